"""Baking a rendered product: does the texture predict photos it has not used, and survive bad ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from assets_pipeline.errors import Cancelled, CaptureError, InputError
from assets_pipeline.progress import Event, Progress
from assets_pipeline.texture import BakeOptions, BakeResult, UnwrapOptions, bake, render, unwrap
from assets_pipeline.texture.observe import observe
from assets_pipeline.texture.raster import rasterize_uv
from assets_pipeline.texture.stack import prepare
from assets_pipeline.texture.topology import smooth_normals, weld
from assets_pipeline.types import Cameras, Mesh, Scale, View
from tests.assets_pipeline.synthetic import SyntheticCapture, SyntheticOptions
from tests.assets_pipeline.synthetic import render as shoot

SMALL = BakeOptions(size_px=1024, map_size_px=256, occlusion_rays=16)


def cameras(views: tuple[View, ...]) -> Cameras:
    nothing = np.zeros((0, 3), np.float32)
    return Cameras(views, nothing, np.zeros((2, 3), np.float32), True, Scale(), len(views), len(views), 0.5)


def refined(mesh: Mesh, rounds: int = 2) -> Mesh:
    """Split every triangle in four, ``rounds`` times."""
    vertices, index = weld(mesh)
    faces = index[mesh.faces]
    for _ in range(rounds):
        corner = vertices[faces]
        middle = (corner + np.roll(corner, -1, axis=1)) / 2
        a, b, c = (corner[:, k] for k in range(3))
        ab, bc, ca = (middle[:, k] for k in range(3))
        soup = np.stack([a, ab, ca, ab, b, bc, ca, bc, c, ab, bc, ca], 1).reshape(-1, 3)
        vertices, index = weld(Mesh(soup, np.arange(len(soup)).reshape(-1, 3)))
        faces = index.reshape(-1, 3)
        solid = (faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 2] != faces[:, 0])
        faces = faces[solid]
    return Mesh(vertices, faces.astype(np.int32))


def bumpy(mesh: Mesh, amplitude_m: float) -> Mesh:
    """Move the surface in and out by smooth waves, as a reconstruction errs."""
    p = mesh.vertices.astype(float)
    wave = sum(np.sin(p @ (k / 0.004) + i) for i, k in enumerate(np.random.default_rng(3).normal(0, 1, (8, 3))))
    offset = amplitude_m * wave / wave.std()
    return replace(mesh, vertices=(p + smooth_normals(mesh) * offset[:, None]).astype(np.float32))


@pytest.fixture(scope="module")
def capture() -> SyntheticCapture:
    return shoot(SyntheticOptions(shape="vase", views=24))


@pytest.fixture(scope="module")
def mesh(capture: SyntheticCapture) -> Mesh:
    return unwrap(refined(capture.mesh, 1), UnwrapOptions(size_px=1024))


@pytest.fixture(scope="module")
def result(capture: SyntheticCapture, mesh: Mesh) -> BakeResult:
    return bake(mesh, cameras(capture.views), mesh, SMALL)


def test_held_out_photos_are_predicted(result: BakeResult) -> None:
    assert result.holdout.photos == 3
    assert result.holdout.psnr_db > 26
    assert result.holdout.label_ncc > 0.9
    assert result.visible_texel_fraction > 0.8


def test_small_geometry_errors_keep_the_print_readable(capture: SyntheticCapture) -> None:
    rough = unwrap(bumpy(refined(capture.mesh, 1), 0.0004), UnwrapOptions(size_px=1024))
    score = bake(rough, cameras(capture.views), None, SMALL).holdout
    assert score.psnr_db > 22
    assert score.label_ncc > 0.85


def test_the_score_is_honest(capture: SyntheticCapture, mesh: Mesh) -> None:
    """Replacing the held-out photos must ruin the score: nothing of them may reach the scored texture."""
    held = range(4, len(capture.views), 8)
    rng = np.random.default_rng(0)
    views = list(capture.views)
    for k in held:
        views[k] = replace(views[k], pixels=rng.integers(0, 255, views[k].pixels.shape, np.uint8))
    assert bake(mesh, cameras(tuple(views)), None, SMALL).holdout.psnr_db < 12


def test_exposure_differences_are_levelled(capture: SyntheticCapture, mesh: Mesh, result: BakeResult) -> None:
    rng = np.random.default_rng(1)
    gains = np.exp(rng.normal(0, 0.15, (len(capture.views), 1, 1, 3)))
    views = tuple(
        replace(v, pixels=np.clip(v.pixels * g, 0, 255).astype(np.uint8)) for v, g in zip(capture.views, gains)
    )
    uneven = bake(mesh, cameras(views), None, SMALL)
    ratio = (uneven.lit_color.astype(float) + 1) / (result.lit_color.astype(float) + 1)
    spread = np.percentile(ratio, 90, axis=(0, 1)) / np.percentile(ratio, 10, axis=(0, 1))
    assert (spread < 1.25).all()  # the photos differ by 1.47 between the same percentiles


def test_an_occluder_in_some_photos_does_not_reach_the_texture(
    capture: SyntheticCapture, mesh: Mesh, result: BakeResult
) -> None:
    views, hidden = list(capture.views), (2, 9, 17)
    for k in hidden:
        pixels = views[k].pixels.copy()
        pixels[150:230, 215:265] = (255, 0, 255)
        views[k] = replace(views[k], pixels=pixels)
    marred = bake(mesh, cameras(tuple(views)), None, SMALL).lit_color.astype(int)
    changed = np.abs(marred - result.lit_color.astype(int)).max(axis=2) > 60
    texels = rasterize_uv(mesh, SMALL.size_px)
    stack, _ = prepare(mesh, views, 3.0, 1.5, Progress())
    seen = observe(
        stack, texels.gather(mesh.faces, mesh.vertices), texels.gather(mesh.faces, mesh.normals), 0.001, 0.15
    )
    best = seen.weight.argmax(axis=1)
    x, y = seen.pixel[np.arange(len(best)), best].T
    covered = np.isin(best, hidden) & (x > 215) & (x < 265) & (y > 150) & (y < 230)
    assert changed.ravel()[texels.cell].mean() < 0.5 * covered.mean()


def test_background_does_not_bleed_in(capture: SyntheticCapture, mesh: Mesh) -> None:
    """Photos of a black product before a green wall: no texel may turn green."""
    views = tuple(
        replace(v, pixels=np.where(v.mask[..., None] > 0, 60, np.array([0, 255, 0])).astype(np.uint8))
        for v in capture.views
    )
    lit = bake(mesh, cameras(views), None, SMALL).lit_color.astype(int)
    assert (lit[..., 1] - lit[..., 0]).max() < 20


def test_maps_are_what_gltf_asks_for(result: BakeResult) -> None:
    material = result.material
    assert material.base_color.shape == (1024, 1024, 3)
    luma = material.base_color.astype(float) @ [0.2126, 0.7152, 0.0722]
    assert luma.min() >= 30
    assert luma.max() <= 243
    assert material.normal is not None
    normal = material.normal.astype(float) / 127.5 - 1
    assert np.allclose(np.linalg.norm(normal, axis=2), 1, atol=0.03)
    assert np.median(normal[..., 2]) > 0.97
    assert material.orm is not None
    assert (material.orm[..., 2] == 0).all()
    assert material.orm[..., 0].mean() > 150
    assert any("roughness" in note for note in result.notes)


def test_unseen_surface_takes_the_colour_of_its_neighbours(capture: SyntheticCapture, mesh: Mesh) -> None:
    views = tuple(replace(v, pixels=np.full_like(v.pixels, (200, 80, 40))) for v in capture.views[:6])
    lit = bake(mesh, cameras(views), None, SMALL).lit_color
    assert np.abs(lit.astype(int) - [200, 80, 40]).max() <= 3


def test_render_shows_the_texture_where_the_mesh_is(capture: SyntheticCapture, mesh: Mesh) -> None:
    picture, mask = render(mesh, np.full((64, 64, 3), (10, 200, 30), np.uint8), capture.views[0])
    assert (picture[mask > 0] == (10, 200, 30)).all()
    assert (picture[mask == 0] == 0).all()
    assert ((mask > 0) != (capture.views[0].mask > 0)).mean() < 0.01


def test_bad_input_is_refused_by_name(capture: SyntheticCapture, mesh: Mesh) -> None:
    with pytest.raises(InputError, match="NO_VIEWS"):
        bake(mesh, cameras(()), None, SMALL)
    with pytest.raises(InputError, match="MESH_WITHOUT_UVS"):
        bake(replace(mesh, uvs=None), cameras(capture.views), None, SMALL)
    blind = tuple(replace(v, mask=np.zeros_like(v.mask)) for v in capture.views[:4])
    with pytest.raises(CaptureError, match="TEXTURE_UNSEEN"):
        bake(mesh, cameras(blind), None, SMALL)
    with pytest.raises(InputError, match="size_px"):
        BakeOptions(size_px=10)


def test_cancel_stops_the_bake(capture: SyntheticCapture, mesh: Mesh) -> None:
    progress = Progress()

    def stop(event: Event) -> None:
        if "projecting" in event.message:
            progress.cancel()

    progress.listener = stop
    with pytest.raises(Cancelled):
        bake(mesh, cameras(capture.views), None, SMALL, progress)
