"""Hull, fusion and cleaning on shapes whose surface is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from assets_pipeline.errors import CaptureError, InputError
from assets_pipeline.surface import (
    FuseOptions,
    HullOptions,
    Volume,
    carve_hull,
    drop_loose_parts,
    fuse,
    is_watertight,
    simplify,
)
from assets_pipeline.types import Cameras, DepthMap, Mesh, Scale, View

RADIUS, DISTANCE = 0.05, 0.5
K = np.array([[600.0, 0, 120], [0, 600.0, 120], [0, 0, 1]])


def look_from(eye: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    z = (target - eye) / np.linalg.norm(target - eye)
    x = np.cross(z, [0.0, 1.0, 0.0])
    x /= np.linalg.norm(x)
    R = np.stack([x, np.cross(z, x), z])
    return R, -R @ eye


def sphere_view(azimuth: float, elevation: float) -> tuple[View, np.ndarray]:
    """A photo of a ball that lies on y = 0, and its true depth."""
    centre = np.array([0.0, RADIUS, 0.0])
    away = np.array([np.cos(elevation) * np.sin(azimuth), np.sin(elevation), np.cos(elevation) * np.cos(azimuth)])
    R, t = look_from(centre + DISTANCE * away, centre)
    y, x = np.mgrid[:240, :240] + 0.5
    rays = np.stack([(x - K[0, 2]) / K[0, 0], (y - K[1, 2]) / K[1, 1], np.ones_like(x)], -1)
    c = R @ centre + t
    b, a = rays @ c, (rays**2).sum(-1)
    root = b**2 - a * (c @ c - RADIUS**2)
    hit = root > 0
    depth = np.where(hit, (b - np.sqrt(np.maximum(root, 0))) / a, 0).astype(np.float32)
    mask = (hit * 255).astype(np.uint8)
    return View(f"{azimuth:.2f}-{elevation:.2f}", np.zeros((240, 240, 3), np.uint8), mask, K, R, t), depth


def ball() -> tuple[Cameras, list[DepthMap]]:
    shots = [sphere_view(a, e) for e in (0.2, 0.9) for a in np.linspace(0, 2 * np.pi, 12, endpoint=False)]
    views = tuple(v for v, _ in shots)
    box = np.array([[-0.06, -0.01, -0.06], [0.06, 0.11, 0.06]], np.float32)
    cameras = Cameras(views, np.zeros((0, 3), np.float32), box, True, Scale(), len(views), len(views), 0.0)
    maps = []
    centre = np.array([0.0, RADIUS, 0.0])
    for i, (v, depth) in enumerate(shots):
        y, x = np.mgrid[:240, :240] + 0.5
        points = np.stack([(x - K[0, 2]) / K[0, 0], (y - K[1, 2]) / K[1, 1], np.ones_like(x)], -1) * depth[..., None]
        normal = (points - (v.R @ centre + v.t)) / RADIUS
        maps.append(DepthMap(i, depth, normal.astype(np.float32), (depth > 0).astype(np.float32), K))
    return cameras, maps


def off_the_ball(mesh: Mesh) -> np.ndarray:
    above = mesh.vertices[mesh.vertices[:, 1] > 0.01]  # the flat bottom is the table's
    return np.linalg.norm(above - [0, RADIUS, 0], axis=1) - RADIUS


def volume_of(mesh: Mesh) -> float:
    a, b, c = (mesh.vertices[mesh.faces[:, i]].astype(np.float64) for i in range(3))
    return float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6)


def test_the_hull_encloses_the_ball_closely_and_closed() -> None:
    cameras, _ = ball()
    mesh = carve_hull(cameras, HullOptions(voxels=96, outvoted=0)).mesh()
    off = off_the_ball(mesh)
    assert off.min() > -0.0012
    assert np.median(off) < 0.002
    assert is_watertight(mesh)
    assert volume_of(mesh) > 0, "faces turn outwards"
    assert mesh.vertices[:, 1].min() > -0.001, "nothing below the table"


def test_fusion_is_better_than_the_hull_and_fills_what_no_depth_shows() -> None:
    cameras, maps = ball()
    hull = carve_hull(cameras, HullOptions(voxels=96))
    halved = []
    for m in maps:  # no view knows the right half of its picture
        known = np.arange(240)[None, :] < 120
        halved.append(replace(m, depth=m.depth * known, confidence=m.confidence * known))
    mesh = fuse(cameras, halved, hull).mesh()
    off = np.abs(off_the_ball(mesh))
    assert np.median(off) < 0.0004
    assert np.quantile(off, 0.95) < 0.0015
    assert is_watertight(mesh)

    empty = [replace(m, depth=m.depth * 0, confidence=m.confidence * 0) for m in maps]
    filled = fuse(cameras, empty, hull).mesh()
    assert is_watertight(filled)
    assert np.median(np.abs(off_the_ball(filled))) < 0.002


def test_without_a_table_the_cone_below_the_lowest_view_is_cut() -> None:
    cameras, maps = ball()
    above = replace(cameras, ground=False, box=cameras.box + np.array([[0, -0.03, 0], [0, 0, 0]], np.float32))
    high = [i for i, v in enumerate(above.views) if v.center[1] > 0.3]
    above = replace(above, views=tuple(above.views[i] for i in high))
    seen = [replace(maps[i], view=n) for n, i in enumerate(high)]
    hull = carve_hull(above, HullOptions(voxels=96))
    lowest_seen = min(float((v.R.T @ (ray * d - v.t))[1]) for v, d, ray in _lowest(above.views, seen))
    assert hull.mesh().vertices[:, 1].min() < lowest_seen - 0.01
    assert fuse(above, seen, hull).mesh().vertices[:, 1].min() == pytest.approx(lowest_seen, abs=0.005)


def _lowest(views: tuple[View, ...], maps: list[DepthMap]) -> list[tuple[View, float, np.ndarray]]:
    out = []
    for m in maps:
        v = views[m.view]
        y, x = np.nonzero(m.depth)
        k = y.argmax()
        ray = np.array([(x[k] + 0.5 - K[0, 2]) / K[0, 0], (y[k] + 0.5 - K[1, 2]) / K[1, 1], 1.0])
        out.append((v, float(m.depth[y[k], x[k]]), ray))
    return out


def test_masks_that_never_meet_are_refused() -> None:
    cameras, _ = ball()
    blank = tuple(replace(v, mask=np.zeros_like(v.mask)) for v in cameras.views)
    with pytest.raises(CaptureError, match="EMPTY_HULL"):
        carve_hull(replace(cameras, views=blank), HullOptions(voxels=32))


def two_balls() -> Mesh:
    grid = np.stack(np.meshgrid(*[np.arange(48.0)] * 3, indexing="ij"), -1)
    large = np.linalg.norm(grid - [16, 24, 24], axis=-1) - 12
    small = np.linalg.norm(grid - [40, 24, 24], axis=-1) - 2.5
    return Volume(np.minimum(large, small).astype(np.float32), np.zeros(3), 1.0).mesh()


def test_loose_parts_go_and_the_rest_stays_closed() -> None:
    both = two_balls()
    kept = drop_loose_parts(both)
    assert both.vertices[:, 0].max() > 40
    assert kept.vertices[:, 0].max() < 29
    assert is_watertight(kept)
    assert volume_of(kept) == pytest.approx(4 / 3 * np.pi * 12**3, rel=0.03)


def test_simplifying_keeps_shape_and_closure() -> None:
    ball_mesh = drop_loose_parts(two_balls())
    small = simplify(ball_mesh, 1000)
    assert len(small.faces) <= 1000
    assert is_watertight(small)
    assert volume_of(small) == pytest.approx(volume_of(ball_mesh), rel=0.02)
    assert simplify(small, 5000) is small


def test_a_missing_face_is_not_watertight() -> None:
    mesh = drop_loose_parts(two_balls())
    assert not is_watertight(Mesh(mesh.vertices, mesh.faces[1:]))


def test_options_are_checked() -> None:
    with pytest.raises(InputError, match="HULL_OPTIONS"):
        HullOptions(voxels=3)
    with pytest.raises(InputError, match="FUSE_OPTIONS"):
        FuseOptions(truncation_voxels=0.1)
