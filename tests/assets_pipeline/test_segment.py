"""Masks: exact where the truth is known, sane where it is not."""

import json

import cv2
import numpy as np
import open3d as o3d
import pytest

from assets_pipeline.capture import CaptureOptions, load_photos
from assets_pipeline.errors import Cancelled, InputError
from assets_pipeline.progress import Progress
from assets_pipeline.segment import SegmentOptions, segment_photos
from assets_pipeline.segment.parts import close_holes, crop_around, keep_product, product_box
from assets_pipeline.segment.refine import snap_to_edges
from assets_pipeline.types import Photo

FEW = CaptureOptions(min_photos=1)


def _true_mask(folder, name):
    scene = o3d.t.geometry.RaycastingScene()
    scene.add_triangles(o3d.t.geometry.TriangleMesh.from_legacy(o3d.io.read_triangle_mesh(str(folder / "gt.ply"))))
    table = json.loads((folder / "cameras.json").read_text())
    camera = table["cameras"][name]
    pose = np.eye(4)
    pose[:3, :3], pose[:3, 3] = camera["R"], camera["t"]
    K = o3d.core.Tensor(np.array(camera["K"]))
    rays = scene.create_rays_pinhole(K, o3d.core.Tensor(pose), table["width"], table["height"])
    return np.isfinite(scene.cast_rays(rays)["t_hit"].numpy())


def _outline_distance(mask, truth):
    edges = [m & ~cv2.erode(m.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool) for m in (mask, truth)]
    away = cv2.distanceTransform((~edges[1]).astype(np.uint8), cv2.DIST_L2, 5)
    return float(away[edges[0]].mean())


@pytest.mark.parametrize("capture", ["shoe", "bottle"])
def test_masks_match_the_truth(shared_data, mask_model, capture):
    folder = shared_data / "captures" / capture
    files = sorted((folder / "images").iterdir())[::9]
    photos = load_photos(files, FEW).photos
    for photo, mask in zip(photos, segment_photos(photos)):
        assert mask.dtype == np.uint8
        assert set(np.unique(mask)) == {0, 255}
        found, truth = mask > 127, _true_mask(folder, photo.file)
        assert (found & truth).sum() / (found | truth).sum() > 0.97
        assert _outline_distance(found, truth) < 0.9
        assert (truth & ~found).sum() / truth.sum() < 0.02


@pytest.mark.parametrize(("capture", "least", "most"), [("mv_viking", 0.12, 0.5), ("mv_skull_small", 0.12, 0.6)])
def test_real_photos_give_one_plausible_product(shared_data, mask_model, capture, least, most):
    files = [f for f in sorted((shared_data / capture / "images").iterdir()) if f.suffix == ".jpg"][::16]
    for mask in segment_photos(load_photos(files, FEW).photos):
        assert least < (mask > 127).mean() < most
        count, _, stats, _ = cv2.connectedComponentsWithStats(mask)
        areas = stats[1:, cv2.CC_STAT_AREA]
        assert areas.max() > 0.95 * areas.sum()
        assert count < 6


def test_cancel_stops_between_photos(mask_model):
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        segment_photos([Photo("a", np.zeros((64, 64, 3), np.uint8))], progress=progress)


def test_model_that_makes_no_masks_is_refused():
    with pytest.raises(InputError, match="MODEL_UNKNOWN"):
        segment_photos([], SegmentOptions(model="nonsense"))


@pytest.mark.parametrize("bad", [{"threads": 0}, {"threshold": 1.5}, {"crop_margin": -0.1}])
def test_options_check_themselves(bad):
    with pytest.raises(InputError, match="BAD_OPTION"):
        SegmentOptions(**bad)


def test_keep_product_prefers_the_middle_and_keeps_real_parts():
    mask = np.zeros((200, 200), bool)
    mask[80:120, 80:120] = True  # the product
    mask[80:120, 125:130] = True  # a part of it
    mask[150:152, 100:102] = True  # a speck
    mask[0:45, 0:45] = True  # something larger in the corner
    kept = keep_product(mask, min_part_area=0.05)
    assert kept[100, 100]
    assert kept[100, 127]
    assert not kept[150, 100]
    assert not kept[10, 10]


def test_close_holes_fills_only_small_enclosed_ones():
    mask = np.zeros((100, 100), bool)
    mask[10:90, 10:90] = True
    mask[20, 20] = False
    mask[40:60, 40:60] = False  # a handle
    closed = close_holes(mask, max_hole_area=0.002)
    assert closed[20, 20]
    assert not closed[50, 50]
    assert not closed[0, 0]


def test_crop_stays_inside_the_picture():
    saliency = np.zeros((100, 200), np.float32)
    saliency[70:95, 5:60] = 1.0
    box = product_box(saliency, 0.5)
    assert box == (5, 70, 60, 95)
    x0, y0, x1, y1 = crop_around(box, 0.2, saliency.shape)
    assert (x0, y1) == (0, 100)
    assert x1 > 60
    assert y0 < 70


def test_outline_snaps_to_the_edge_of_the_picture():
    truth = np.zeros((200, 200), np.uint8)
    cv2.circle(truth, (100, 100), 60, 1, -1)
    noise = np.random.default_rng(0).integers(-8, 9, (200, 200, 3))
    pixels = (np.where(truth[..., None], (160, 90, 60), (90, 110, 140)) + noise).astype(np.uint8)
    rough = cv2.dilate(truth, np.ones((5, 5), np.uint8)).astype(bool)
    snapped = snap_to_edges(rough, pixels, 5, 1e-3)
    wrong = truth.astype(bool) ^ snapped
    assert wrong.sum() < 0.4 * (truth.astype(bool) ^ rough).sum()


def test_outline_without_an_edge_stays():
    mask = np.zeros((100, 100), bool)
    mask[30:70, 30:70] = True
    snapped = snap_to_edges(mask, np.full((100, 100, 3), 128, np.uint8), 4, 1e-3)
    assert (snapped ^ mask).sum() < 60  # corners are rounded


def test_nothing_salient_gives_no_box():
    assert product_box(np.zeros((50, 50), np.float32), 0.5) is None
