"""The unwrapped layout: complete, inside 0..1, no overlap, nothing mirrored."""

from __future__ import annotations

import numpy as np
import pytest

from assets_pipeline.errors import InputError
from assets_pipeline.tangents import vertex_normals, vertex_tangents
from assets_pipeline.texture import UnwrapOptions, unwrap
from assets_pipeline.texture.raster import rasterize_uv
from assets_pipeline.texture.topology import face_neighbours
from assets_pipeline.types import Mesh


def torus(rings: int = 60, sides: int = 30, noise: float = 0.0) -> Mesh:
    """A ring of 60 mm with a hole: no single projection can flatten it."""
    a, b = np.meshgrid(np.arange(rings) * 2 * np.pi / rings, np.arange(sides) * 2 * np.pi / sides, indexing="ij")
    radius = 0.02 + np.random.default_rng(0).normal(0, noise, a.shape)
    x, z = (0.04 + radius * np.cos(b)) * np.cos(a), (0.04 + radius * np.cos(b)) * np.sin(a)
    vertices = np.stack([x, 0.02 + radius * np.sin(b), z], -1).reshape(-1, 3)
    i, j = (g.ravel() for g in np.meshgrid(np.arange(rings), np.arange(sides), indexing="ij"))
    k, m = (i + 1) % rings, (j + 1) % sides
    p, q, r, s = i * sides + j, k * sides + j, k * sides + m, i * sides + m
    faces = np.concatenate([np.stack([p, r, q], -1), np.stack([p, s, r], -1)])
    return Mesh(vertices.astype(np.float32), faces.astype(np.int32))


def signed_areas(mesh: Mesh) -> np.ndarray:
    uv = mesh.uvs[mesh.faces].astype(float)
    a, b = uv[:, 1] - uv[:, 0], uv[:, 2] - uv[:, 0]
    return 0.5 * (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0])


@pytest.fixture(scope="module", params=[0.0, 0.0008], ids=["smooth", "noisy"])
def pair(request: pytest.FixtureRequest) -> tuple[Mesh, Mesh]:
    mesh = torus(noise=request.param)
    return mesh, unwrap(mesh, UnwrapOptions(size_px=1024))


def test_same_triangles_in_the_same_order(pair: tuple[Mesh, Mesh]) -> None:
    before, after = pair
    assert np.array_equal(after.vertices[after.faces], before.vertices[before.faces])


def test_uvs_lie_in_the_unit_square_and_use_a_fair_share_of_it(pair: tuple[Mesh, Mesh]) -> None:
    mesh = pair[1]
    assert mesh.uvs.min() >= 0
    assert mesh.uvs.max() <= 1
    assert np.abs(signed_areas(mesh)).sum() > 0.35


def test_nothing_is_mirrored(pair: tuple[Mesh, Mesh]) -> None:
    """With (0, 0) at the top left, a face seen from outside runs clockwise in (u, v): negative area."""
    assert (signed_areas(pair[1]) < 0).all()
    mesh = pair[1]
    assert (vertex_tangents(mesh, vertex_normals(mesh.vertices, mesh.faces))[:, 3] == 1).all()


def test_no_overlap(pair: tuple[Mesh, Mesh]) -> None:
    """Every triangle owns as many texels as its area says; a covered one would own fewer."""
    mesh = pair[1]
    size = 2048
    owned = np.bincount(rasterize_uv(mesh, size).face, minlength=len(mesh.faces))
    expected = np.abs(signed_areas(mesh)) * size**2
    assert owned.sum() > 0.995 * expected.sum()
    assert (owned > 0.5 * expected - 12).all()


def test_charts_are_few_and_stretch_is_bounded(pair: tuple[Mesh, Mesh]) -> None:
    mesh = pair[1]
    open_edges = (face_neighbours(mesh.faces) < 0).sum()
    assert open_edges < 0.25 * mesh.faces.size
    corner = mesh.vertices[mesh.faces].astype(float)
    solid = np.linalg.norm(np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]), axis=1) / 2
    density = np.abs(signed_areas(mesh)) / solid
    assert np.percentile(density, 95) / np.percentile(density, 5) < 4


def test_normals_agree_across_seams(pair: tuple[Mesh, Mesh]) -> None:
    mesh = pair[1]
    _, index = np.unique(mesh.vertices, axis=0, return_inverse=True)
    index = index.ravel()
    mean = np.stack([np.bincount(index, mesh.normals[:, c]) for c in range(3)], 1) / np.bincount(index)[:, None]
    assert np.allclose(mesh.normals, mean[index], atol=1e-5)


def test_too_large_and_empty_meshes_are_refused() -> None:
    with pytest.raises(InputError, match="MESH_TOO_LARGE"):
        unwrap(torus(), UnwrapOptions(max_faces=100))
    with pytest.raises(InputError, match="MESH_EMPTY"):
        unwrap(Mesh(np.zeros((3, 3), np.float32), np.zeros((0, 3), np.int32)))
    with pytest.raises(InputError, match="UNWRAP_OPTIONS"):
        UnwrapOptions(cone_deg=90)
