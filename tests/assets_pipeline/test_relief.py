"""One photo becomes a closed body with its silhouette, the photo on its front, and no overlapping uvs."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from synthetic import SyntheticOptions, render

from assets_pipeline.errors import CaptureError, InputError
from assets_pipeline.surface.clean import is_watertight
from assets_pipeline.surface.relief import ReliefGenerator, ReliefOptions, relief_mesh, relief_texture, symmetry_axis
from assets_pipeline.types import Array, Mesh, Photo


def disc(radius: int = 90) -> Array:
    mask = np.zeros((240, 320), np.uint8)
    return cv2.circle(mask, (160, 120), radius, 255, -1)


def mug() -> Array:
    """Not symmetric, with a hole in its handle."""
    mask = np.zeros((240, 320), np.uint8)
    cv2.rectangle(mask, (80, 30), (180, 180), 255, -1)
    return cv2.ellipse(mask, (180, 120), (60, 50), 0, -90, 90, 255, 18)


def welded(mesh: Mesh) -> Mesh:
    points, index = np.unique(mesh.vertices, axis=0, return_inverse=True)
    return Mesh(points, index.reshape(-1)[mesh.faces].astype(np.int32))


def volume(mesh: Mesh) -> float:
    a, b, c = (mesh.vertices[mesh.faces[:, i]].astype(np.float64) for i in range(3))
    return float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6)


@pytest.mark.parametrize("shape", ["inflate", "revolve"])
def test_a_disc_becomes_a_ball(shape: str) -> None:
    mesh = relief_mesh(disc(), ReliefOptions(shape=shape, thickness=1.0, height_m=0.2))
    assert mesh.size == pytest.approx([0.2, 0.2, 0.2], rel=0.04)
    assert volume(mesh) == pytest.approx(4 / 3 * np.pi * 0.1**3, rel=0.06)


@pytest.mark.parametrize("mask", [disc(), mug()])
def test_body_is_closed_and_stands_on_the_origin(mask: Array) -> None:
    mesh = relief_mesh(mask)
    assert is_watertight(welded(mesh))
    assert volume(mesh) > 0
    low, high = mesh.vertices.min(0), mesh.vertices.max(0)
    assert low[1] == pytest.approx(0, abs=1e-6)
    assert (low + high)[[0, 2]] == pytest.approx([0, 0], abs=0.004)


def test_seen_from_the_front_it_has_the_silhouette() -> None:
    mask = mug()
    mesh = relief_mesh(mask, ReliefOptions(height_m=1.0))
    rows, columns = np.nonzero(mask)
    tall = rows.max() - rows.min() + 1
    x = mesh.vertices[:, 0] * tall + (columns.min() + columns.max() + 1) / 2
    y = rows.max() + 1 - mesh.vertices[:, 1] * tall
    drawn = np.zeros_like(mask)
    for triangle in np.stack([x, y], -1)[mesh.faces].round().astype(np.int32):
        cv2.fillConvexPoly(drawn, triangle, 255)
    agree = ((drawn > 0) & (mask > 0)).sum() / ((drawn > 0) | (mask > 0)).sum()
    assert agree > 0.93


def test_the_front_shows_the_photo_and_the_back_its_mirror_image() -> None:
    view = render(SyntheticOptions(shape="box", views=1, width=320, height=240, elevations_deg=(5,))).views[0]
    mesh, material = ReliefGenerator().generate(Photo(view.file, view.pixels), view.mask)
    assert mesh.uvs is not None
    height, width = material.base_color.shape[:2]
    rows, columns = np.nonzero(view.mask)
    assert (height, width) == (np.ptp(rows) + 1, 2 * (np.ptp(columns) + 1))
    assert (material.base_color[:, : width // 2] == material.base_color[:, width // 2 :][:, ::-1]).all()
    middle = (rows.min() + rows.max()) // 2, (columns.min() + columns.max()) // 2
    found = material.base_color[middle[0] - rows.min(), middle[1] - columns.min()]
    assert (found == view.pixels[middle]).all()
    area = np.cross(*(np.diff(mesh.uvs[mesh.faces], axis=1).transpose(1, 0, 2)))
    front = mesh.vertices[mesh.faces, 2].mean(1) > 0.002
    back = mesh.vertices[mesh.faces, 2].mean(1) < -0.002
    assert (mesh.uvs[mesh.faces[front]][..., 0] <= 0.5).all()
    assert (mesh.uvs[mesh.faces[back]][..., 0] >= 0.5).all()
    assert (area[front] <= 1e-9).mean() > 0.98  # v runs down, so unmirrored charts turn the other way
    assert (area[back] <= 1e-9).mean() > 0.98


def test_no_background_in_the_texture() -> None:
    pixels = np.full((240, 320, 3), (255, 0, 255), np.uint8)
    pixels[disc() > 0] = (10, 200, 30)
    texture = relief_texture(cv2.GaussianBlur(pixels, (0, 0), 0.7), disc())
    assert (np.abs(texture.astype(int) - [10, 200, 30]) < 40).all()


def test_symmetry_is_found_and_not_imagined() -> None:
    assert symmetry_axis(disc() > 0, 0.02) == pytest.approx(160, abs=0.6)
    assert symmetry_axis(mug() > 0, 0.02) is None


def test_an_empty_mask_is_refused() -> None:
    with pytest.raises(CaptureError) as error:
        relief_mesh(np.zeros((100, 100), np.uint8))
    assert error.value.code == "NO_PRODUCT"


def test_options_check_themselves() -> None:
    with pytest.raises(InputError):
        ReliefOptions(shape="cube")
