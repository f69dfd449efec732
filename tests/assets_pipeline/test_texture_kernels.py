"""The compiled kernels against slow, plain twins; tangents, delighting and scores on cases with a known answer."""

from __future__ import annotations

import numpy as np
import pytest

from assets_pipeline.tangents import vertex_tangents
from assets_pipeline.texture.delight import delight, limit_luminance, to_linear, to_srgb
from assets_pipeline.texture.exposure import solve_gains
from assets_pipeline.texture.fill import to_image
from assets_pipeline.texture.observe import Observations
from assets_pipeline.texture.raster import Texels, rasterize_uv, rasterize_view
from assets_pipeline.texture.score import label_patch, ncc, psnr
from assets_pipeline.texture.stack import trust
from assets_pipeline.types import Mesh, View


def soup(seed: int = 0, count: int = 12) -> Mesh:
    rng = np.random.default_rng(seed)
    vertices = rng.uniform(-1, 1, (count * 3, 3)).astype(np.float32)
    return Mesh(vertices, np.arange(count * 3, dtype=np.int32).reshape(-1, 3))


def camera(width: int = 40, height: int = 30) -> View:
    K = np.array([[30.0, 0, width / 2], [0, 30.0, height / 2], [0, 0, 1]])
    picture = np.zeros((height, width, 3), np.uint8)
    return View("0.jpg", picture, picture[..., 0], K, np.diag([1.0, -1.0, -1.0]), np.array([0.0, 0.0, 3.0]))


def test_view_raster_equals_casting_one_ray_per_pixel() -> None:
    mesh, view = soup(), camera()
    buffer = rasterize_view(mesh.vertices, mesh.faces, view)
    corner = (mesh.vertices.astype(float) @ view.R.T + view.t)[mesh.faces]
    for y in range(view.height):
        for x in range(view.width):
            ray = np.linalg.inv(view.K) @ [x + 0.5, y + 0.5, 1.0]
            nearest = np.inf
            for a, b, c in corner:
                weights = np.linalg.solve(np.column_stack([a, b, c]), ray)  # ray = sum of weights x corners, unscaled
                if (weights >= 0).all():
                    nearest = min(nearest, 1.0 / weights.sum())
            assert buffer.depth[y, x] == pytest.approx(0.0 if np.isinf(nearest) else nearest, rel=1e-4)


def test_texels_interpolate_to_their_own_uv() -> None:
    mesh = Mesh(
        np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], np.float32),
        np.array([[0, 1, 2]], np.int32),
        np.array([[0.1, 0.1], [0.9, 0.2], [0.3, 0.8]], np.float32),
    )
    texels = rasterize_uv(mesh, 64)
    centre = (np.stack([texels.cell % 64, texels.cell // 64], 1) + 0.5) / 64
    assert np.allclose(texels.gather(mesh.faces, mesh.uvs), centre, atol=1e-5)
    assert len(texels.cell) == pytest.approx(0.5 * 0.54 * 64**2, rel=0.05)


def test_gutter_takes_the_nearest_texel() -> None:
    rng = np.random.default_rng(0)
    cell = np.sort(rng.choice(32 * 32, 9, replace=False))
    values = rng.integers(0, 255, (9, 3)).astype(np.uint8)
    image = to_image(Texels(32, cell, np.zeros(9, np.int32), np.zeros((9, 3), np.float32)), values)
    own = np.stack([cell // 32, cell % 32], 1)
    for y in range(32):
        for x in range(32):
            distance = np.linalg.norm(own - [y, x], axis=1)
            near = np.flatnonzero(distance < distance.min() + 0.6)  # OpenCV's 5 x 5 mask is not exact
            assert any((image[y, x] == values[k]).all() for k in near)


def test_gains_are_recovered_up_to_their_mean() -> None:
    rng = np.random.default_rng(0)
    albedo, gain = rng.uniform(40, 180, (2000, 1, 3)), np.exp(rng.normal(0, 0.1, (10, 3)))
    weight = (rng.random((2000, 10)) < 0.4).astype(np.float32)
    low = albedo / gain * np.exp(rng.normal(0, 0.02, (2000, 10, 3)))
    low[:40, 3] = 240  # a highlight in one view
    found = solve_gains(Observations(weight, low.astype(np.float32), np.zeros((2000, 10, 2), np.float32)))
    expected = gain / np.exp(np.log(gain).mean(axis=0))
    assert np.abs(np.log(found / expected)).max() < 0.02


def test_trust_is_zero_along_outlines_and_depth_jumps() -> None:
    depth = np.ones((40, 60), np.float32)
    depth[:, 30:] = 2.0
    inside = np.zeros((40, 60), bool)
    inside[5:35, 5:55] = True
    result = trust(depth, inside, 0.1, 1.5, 6.0)
    assert (result[~inside] == 0).all()
    assert (result[5:35, [29, 30]] == 0).all()
    assert (result[:, 5] == 0).all()
    assert result[20, 17] > 200


def test_tangents_follow_the_texture() -> None:
    """A quad in the xy plane seen from +z; u runs along x, v downwards as in glTF: not mirrored, so w = +1."""
    vertices = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], np.float32)
    faces = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
    uvs = np.array([[0, 1], [1, 1], [1, 0], [0, 0]], np.float32)
    up = np.tile(np.float32([0, 0, 1]), (4, 1))
    assert np.allclose(vertex_tangents(Mesh(vertices, faces, uvs), up), [1, 0, 0, 1], atol=1e-6)
    mirrored = np.column_stack([1 - uvs[:, 0], uvs[:, 1]]).astype(np.float32)
    assert np.allclose(vertex_tangents(Mesh(vertices, faces, mirrored), up), [-1, 0, 0, -1], atol=1e-6)


def test_delighting_evens_a_shaded_ball_and_keeps_hue() -> None:
    rng = np.random.default_rng(0)
    normals = rng.normal(size=(20_000, 3)).astype(np.float32)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    paint = np.array([[0.5, 0.1, 0.05], [0.1, 0.2, 0.45]], np.float32)[rng.integers(0, 2, 20_000)]
    light = np.exp(0.35 * normals @ np.array([0.3, 0.9, 0.2]) / 0.97)[:, None].astype(np.float32)
    color = to_srgb(paint * light)
    open_sky = np.ones(len(color), np.float32)
    plain = delight(color, normals, open_sky, open_sky, 0.7)
    before, after = to_linear(color) / paint, to_linear(plain) / paint
    assert after[:, 0].std() / after[:, 0].mean() < 0.75 * before[:, 0].std() / before[:, 0].mean()
    hue = to_linear(plain) / to_linear(plain).sum(axis=1, keepdims=True)
    assert np.allclose(hue, paint / paint.sum(axis=1, keepdims=True), atol=0.01)
    assert np.array_equal(delight(color, normals, open_sky, open_sky, 0.0), color)


def test_luminance_limits_hold_for_every_colour() -> None:
    grid = np.stack(np.meshgrid(*[np.linspace(0, 255, 16)] * 3), -1).reshape(-1, 3).astype(np.float32)
    luma = np.round(limit_luminance(grid)) @ [0.2126, 0.7152, 0.0722]
    assert luma.min() >= 30
    assert luma.max() <= 243


def test_scores_on_known_pictures() -> None:
    photo = np.full((120, 160, 3), 100, np.uint8)
    assert psnr(photo, photo + np.uint8(10), np.ones((120, 160), bool)) == pytest.approx(28.13, abs=0.01)
    ramp = np.arange(50.0)
    assert ncc(ramp, 3 * ramp + 7) == pytest.approx(1.0)
    assert np.isnan(ncc(ramp, np.ones(50)))
    grey = np.zeros((120, 160), np.float32)
    grey[20:60, 90:140] = np.random.default_rng(0).uniform(0, 255, (40, 50))
    rows, columns = label_patch(grey, np.ones((120, 160), bool))
    assert rows.start <= 20
    assert rows.stop >= 60
    assert columns.start <= 90
    assert columns.stop >= 140
