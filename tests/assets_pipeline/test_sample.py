"""The sample capture is complete, small, readable by the recipe, and true to its ground truth."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import open3d as o3d
import pytest
from PIL import Image
from synthetic import SyntheticOptions, render, write

SAMPLE = Path(__file__).resolve().parents[2] / "samples/tin"


@pytest.fixture(scope="module")
def mesh() -> o3d.geometry.TriangleMesh:
    return o3d.io.read_triangle_mesh(str(SAMPLE / "gt.ply"))


def test_sample_fits_its_size_limit() -> None:
    assert sum(p.stat().st_size for p in SAMPLE.rglob("*") if p.is_file()) <= 3.5e6
    assert (SAMPLE / "gt.ply").stat().st_size <= 300_000


def test_ground_truth_is_closed_and_stands_on_the_origin(mesh: o3d.geometry.TriangleMesh) -> None:
    facts = json.loads((SAMPLE / "sample.json").read_text())
    low, high = mesh.get_min_bound(), mesh.get_max_bound()
    assert mesh.is_watertight()
    assert mesh.get_volume() > 0
    assert low[1] == pytest.approx(0, abs=1e-6)
    assert high - low == pytest.approx(facts["size_m"], abs=1e-4)
    assert facts["height_m"] == facts["size_m"][1]


def test_every_photo_has_a_camera_and_a_focal_length() -> None:
    table = json.loads((SAMPLE / "cameras.json").read_text())
    photos = sorted((SAMPLE / "photos").glob("*.jpg"))
    assert [p.name for p in photos] == sorted(table["cameras"])
    assert len(photos) == 36
    for photo in photos:
        with Image.open(photo) as image:
            assert image.size == (table["width"], table["height"])
            focal_mm = image.getexif().get_ifd(0x8769)[0xA405]
        focal_px = table["cameras"][photo.name]["K"][0][0]
        assert focal_mm / 36 * table["width"] == pytest.approx(focal_px, rel=0.02)


def test_the_tin_is_where_the_cameras_say(mesh: o3d.geometry.TriangleMesh) -> None:
    """The lid's navy field must be seen where the ground truth projects it, in the photos from above."""
    table = json.loads((SAMPLE / "cameras.json").read_text())
    inner_lid = np.array([[x, 0.1172, z] for x in (-0.02, 0.02) for z in (-0.013, 0.013)])
    for name in ("018.jpg", "025.jpg", "031.jpg"):
        camera = {k: np.array(v) for k, v in table["cameras"][name].items()}
        uvw = (inner_lid @ camera["R"].T + camera["t"]) @ camera["K"].T
        x, y = np.floor(uvw[:, :2] / uvw[:, 2:]).astype(int).T
        blue, _, red = cv2.imread(str(SAMPLE / "photos" / name))[y, x].astype(int).T
        assert (blue > red + 15).all()


@pytest.mark.parametrize("shape", ["tin", "box", "vase"])
def test_synthetic_masks_agree_with_their_mesh(shape: str) -> None:
    capture = render(SyntheticOptions(shape=shape, views=2, width=240, height=180))
    for view in capture.views:
        pixel, _ = view.project(capture.mesh.vertices.astype(np.float64))
        hull = cv2.convexHull(pixel.round().astype(np.int32))
        drawn = cv2.fillConvexPoly(np.zeros_like(view.mask), hull, 255)
        assert (view.mask[drawn == 0] > 0).mean() < 0.002
        assert (view.mask > 0).sum() > 0.6 * (drawn > 0).sum()


def test_synthetic_turntable_has_a_still_background(tmp_path: Path) -> None:
    capture = render(SyntheticOptions(views=4, width=240, height=180, turntable=True, noise=0))
    first, second = capture.views[:2]
    still = (first.mask == 0) & (second.mask == 0)
    still = cv2.erode(still.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    assert (first.pixels[still] == second.pixels[still]).all()
    write(capture, tmp_path)
    assert len(list(tmp_path.glob("*.jpg"))) == 4
