"""RGB-D frames become a coloured mesh, a placed product and views that the texture step can bake from."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from synthetic import SyntheticCapture, SyntheticOptions, render

from assets_pipeline.errors import Cancelled, CaptureError, InputError
from assets_pipeline.progress import Progress
from assets_pipeline.surface.odometry import estimate_poses
from assets_pipeline.surface.placement import PlacementOptions, place_product
from assets_pipeline.surface.tsdf import RgbdModel, TsdfOptions, fuse_rgbd
from assets_pipeline.types import Array


def poses_of(capture: SyntheticCapture) -> Array:
    poses = np.tile(np.eye(4), (len(capture.views), 1, 1))
    for pose, view in zip(poses, capture.views):
        pose[:3, :3], pose[:3, 3] = view.R, view.t
    return poses


@pytest.fixture(scope="module")
def capture() -> SyntheticCapture:
    return render(SyntheticOptions(shape="box", views=16, width=320, height=240, samples=1))


@pytest.fixture(scope="module")
def model(capture: SyntheticCapture) -> RgbdModel:
    return fuse_rgbd([v.pixels for v in capture.views], capture.depths, capture.views[0].K, poses_of(capture))


def test_fused_surface_lies_on_the_measured_depth(capture: SyntheticCapture, model: RgbdModel) -> None:
    product = (model.mesh.vertices[:, 1] > 0.01) & (np.abs(model.mesh.vertices[:, [0, 2]]) < 0.1).all(1)
    top = model.mesh.vertices[product, 1].max()
    assert top == pytest.approx(0.12, abs=0.002)
    assert model.colors.shape == model.mesh.vertices.shape
    assert model.colors.dtype == np.uint8


def test_product_stands_on_the_origin_with_its_true_size(capture: SyntheticCapture, model: RgbdModel) -> None:
    views = capture.views
    files = [v.file for v in views]
    product = place_product(model, [v.pixels for v in views], capture.depths, views[0].K, files)
    assert product.ground
    assert product.isolated
    width, _, depth = product.mesh.size
    assert product.mesh.vertices[:, 1].max() == pytest.approx(0.12, abs=0.003)
    assert sorted([width, depth]) == pytest.approx(sorted([0.084, 0.054]), abs=0.004)
    assert product.mesh.vertices[:, 1].min() == pytest.approx(0, abs=0.008)
    assert (product.mesh.vertices.min(0) + product.mesh.vertices.max(0))[[0, 2]] == pytest.approx([0, 0], abs=1e-4)
    for placed, true in zip(product.views, views):
        overlap = (placed.mask > 0) & (true.mask > 0)
        union = (placed.mask > 0) | (true.mask > 0)
        assert overlap.sum() / union.sum() > 0.85
    assert product.views[0].center[2] > 0  # the first camera sees the front
    assert abs(product.views[0].center[0]) < 0.02


def test_vertex_colours_agree_with_the_photos(capture: SyntheticCapture, model: RgbdModel) -> None:
    view = capture.views[0]
    pixel, z = view.project(model.mesh.vertices.astype(np.float64))
    x, y = np.floor(pixel).astype(int).T
    inside = (x >= 0) & (y >= 0) & (x < view.width) & (y < view.height)
    inside[inside] = np.abs(capture.depths[0][y[inside], x[inside]] - z[inside]) < 0.002
    error = np.abs(model.colors[inside].astype(int) - view.pixels[y[inside], x[inside]]).mean(1)
    assert inside.sum() > 1000
    assert np.median(error) < 20


def test_own_odometry_follows_the_true_cameras() -> None:
    capture = render(SyntheticOptions(shape="box", views=72, width=320, height=240, samples=1, elevations_deg=(30,)))
    views, depths = capture.views[:8], capture.depths[:8]  # 35 degrees of an arc
    found = estimate_poses([v.pixels for v in views], depths, views[0].K)
    true = poses_of(capture)[:8]
    true = true @ np.linalg.inv(true[0])
    assert found[0] == pytest.approx(np.eye(4))
    centers, truth = (np.linalg.inv(p)[:, :3, 3] for p in (found, true))
    travelled = np.linalg.norm(np.diff(truth, axis=0), axis=1).sum()
    assert np.linalg.norm(centers - truth, axis=1).max() < 0.05 * travelled


def test_frames_without_overlap_are_refused(capture: SyntheticCapture) -> None:
    blank = np.zeros_like(capture.depths[0])
    with pytest.raises(CaptureError) as error:
        estimate_poses([capture.views[0].pixels] * 2, [capture.depths[0], blank], capture.views[0].K)
    assert error.value.code == "RGBD_TRACKING_LOST"


def test_frames_that_contradict_each_other_are_refused(capture: SyntheticCapture) -> None:
    colors, K = [v.pixels for v in capture.views], capture.views[0].K
    with pytest.raises(InputError) as error:
        fuse_rgbd(colors, capture.depths, K, poses_of(capture)[::-1])
    assert error.value.code == "POSES_BAD"
    with pytest.raises(CaptureError) as lost:
        fuse_rgbd(colors, capture.depths, K)  # 45 degrees between frames
    assert lost.value.code == "RGBD_TRACKING_LOST"


def test_walls_reach_the_table_and_depth_lies_on_the_product(capture: SyntheticCapture, model: RgbdModel) -> None:
    views = capture.views
    files = [v.file for v in views]
    options = PlacementOptions(max_views=5)
    product = place_product(model, [v.pixels for v in views], capture.depths, views[0].K, files, options)
    assert product.mesh.vertices[:, 1].min() == pytest.approx(0, abs=1e-6)
    assert [v.file for v in product.views] == [files[i] for i in (0, 4, 8, 11, 15)]
    for view, measured in zip(product.views, product.depths):
        assert (measured.depth[view.mask == 0] == 0).all()
        assert (measured.depth > 0).sum() > 0.9 * (view.mask > 0).sum()


def test_depth_in_a_wrong_unit_is_named(capture: SyntheticCapture) -> None:
    views = capture.views
    far = [1000 * d for d in capture.depths]
    with pytest.raises(CaptureError) as error:
        fuse_rgbd([v.pixels for v in views], far, views[0].K, poses_of(capture))
    assert error.value.code == "RGBD_NO_DEPTH"


def test_options_check_themselves() -> None:
    with pytest.raises(InputError):
        TsdfOptions(voxel_m=0)


def test_fusion_can_be_cancelled(capture: SyntheticCapture) -> None:
    progress = Progress(listener=lambda event: progress.cancel())
    with pytest.raises(Cancelled):
        fuse_rgbd(
            [v.pixels for v in capture.views], capture.depths, capture.views[0].K, poses_of(capture), progress=progress
        )


def test_real_frames_track_and_fuse(shared_data: Path) -> None:
    folder = shared_data / "rgbd_livingroom1_40"
    stems = [p.stem for p in sorted((folder / "image").glob("*.jpg"))][:10]
    colors = [cv2.cvtColor(cv2.imread(str(folder / "image" / f"{s}.jpg")), cv2.COLOR_BGR2RGB) for s in stems]
    depths = [
        cv2.imread(str(folder / "depth" / f"{s}.png"), cv2.IMREAD_UNCHANGED).astype(np.float32) / 1000 for s in stems
    ]
    K = np.array([[525, 0, 319.5], [0, 525, 239.5], [0, 0, 1]])
    model = fuse_rgbd(colors, depths, K)
    rows = [line.split() for line in (folder / "trajectory_all211.log").read_text().splitlines()]
    world_from_cam = {int(rows[i][0]): np.array(rows[i + 1 : i + 5], float) for i in range(0, len(rows), 5)}
    last = np.linalg.inv(world_from_cam[int(stems[0])]) @ world_from_cam[int(stems[-1])]
    found = np.linalg.inv(model.cam_from_world[-1])
    assert np.linalg.norm(found[:3, 3] - last[:3, 3]) < 0.04
    pixel = model.mesh.vertices @ K.T
    u, v = np.floor(pixel[:, :2] / pixel[:, 2:]).astype(int).T
    inside = (u >= 0) & (v >= 0) & (u < 640) & (v < 480) & (model.mesh.vertices[:, 2] > 0)
    gap = np.abs(depths[0][v[inside], u[inside]] - model.mesh.vertices[inside, 2])
    assert np.median(gap) < 0.01
