"""Dense stereo against the true depth of a rendered product, and the CUDA path's files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pycolmap
import pytest

from assets_pipeline.errors import Cancelled, InputError, MachineError
from assets_pipeline.progress import Event, Progress
from assets_pipeline.stereo import StereoOptions, cuda, estimate_depth
from assets_pipeline.stereo.cpu import local_variance
from assets_pipeline.stereo.neighbours import choose_neighbours
from assets_pipeline.stereo.patchmatch import SIDE, _load_patch, _match
from assets_pipeline.types import Array, Cameras, DepthMap, Mesh, Scale
from tests.assets_pipeline.synthetic import SyntheticCapture, SyntheticOptions, render

OPTIONS = StereoOptions(product_px=12_000)


@pytest.fixture(scope="module")
def shot() -> SyntheticCapture:
    return render(SyntheticOptions(views=14, elevations_deg=(30.0,)))


def cameras_of(shot: SyntheticCapture) -> Cameras:
    low, high = shot.mesh.vertices.min(0), shot.mesh.vertices.max(0)
    pad = 0.05 * (high - low).max()
    count = len(shot.views)
    return Cameras(
        shot.views,
        shot.mesh.vertices,
        np.stack([low - pad, high + pad]),
        True,
        Scale("height", 0.01),
        count,
        count,
        0.3,
    )


def grown(mesh: Mesh, share: float) -> Mesh:
    """A rough prior: the mesh, larger about its middle."""
    middle = (mesh.vertices.max(0) + mesh.vertices.min(0)) / 2
    return Mesh(((mesh.vertices - middle) * (1 + share) + middle).astype(np.float32), mesh.faces)


@pytest.fixture(scope="module")
def maps(shot: SyntheticCapture) -> tuple[DepthMap, ...]:
    return estimate_depth(cameras_of(shot), grown(shot.mesh, 0.12), OPTIONS, device="cpu")


def true_depth(shot: SyntheticCapture, m: DepthMap) -> Array:
    h, w = m.depth.shape
    depth = shot.depths[m.view]
    rows = ((np.arange(h) + 0.5) * depth.shape[0] / h).astype(int)
    columns = ((np.arange(w) + 0.5) * depth.shape[1] / w).astype(int)
    return depth[np.ix_(rows, columns)]


def test_depth_is_right_and_covers_the_product(shot: SyntheticCapture, maps: tuple[DepthMap, ...]) -> None:
    errors, found, wanted = [], 0, 0
    for m in maps:
        inside = shot.views[m.view].mask > 127
        wanted += np.count_nonzero(inside) * m.depth.size / inside.size
        known = m.depth > 0
        found += np.count_nonzero(known)
        errors.append(np.abs(m.depth - true_depth(shot, m))[known])
    error = np.concatenate(errors)
    assert found > 0.6 * wanted
    assert np.median(error) < 0.0007, "the prior was 6 mm off; matching has to find the surface"
    assert np.mean(error < 0.002) > 0.85


def test_normals_face_the_camera_and_confidence_marks_the_known(maps: tuple[DepthMap, ...]) -> None:
    for m in maps:
        known = m.depth > 0
        assert ((m.confidence > 0) <= known).all()
        assert (m.confidence <= 1).all()
        assert np.mean(m.normal[known][:, 2] < 0) > 0.95
        np.testing.assert_allclose(np.linalg.norm(m.normal[known], axis=1), 1, atol=1e-3)


def test_the_same_photos_give_the_same_depth(shot: SyntheticCapture, maps: tuple[DepthMap, ...]) -> None:
    again = estimate_depth(cameras_of(shot), grown(shot.mesh, 0.12), OPTIONS, device="cpu")
    for a, b in zip(maps, again):
        np.testing.assert_array_equal(a.depth, b.depth)


def test_cancel_stops_between_views(shot: SyntheticCapture) -> None:
    def stop(event: Event) -> None:
        progress.cancel()

    progress = Progress(stop)
    with pytest.raises(Cancelled):
        estimate_depth(cameras_of(shot), shot.mesh, OPTIONS, device="cpu", progress=progress)


def test_match_agrees_with_a_plain_twin() -> None:
    rng = np.random.default_rng(3)
    image = rng.uniform(0, 255, (60, 80)).astype(np.float32)
    source = np.roll(image, 4, axis=1) * 0.7 + 20
    K = np.array([[100.0, 0, 40], [0, 100.0, 30], [0, 0, 1]])
    depth, x, y = 2.0, 40, 30
    t = np.array([4 * depth / 100.0, 0, 0])  # shifts the picture by 4 pixels at this depth
    patch, weight = np.empty(SIDE * SIDE, np.float32), np.empty(SIDE * SIDE, np.float32)
    variance = _load_patch(image, np.ones(image.shape, bool), x, y, patch, weight)
    fast = _match(
        patch,
        weight,
        variance,
        source,
        80,
        60,
        K @ np.eye(3),
        K @ t,
        np.linalg.inv(K),
        x,
        y,
        depth,
        0.0,
        0.0,
        -1.0,
        1.0,
    )
    offsets = range(-5, 6, 2)
    seen = np.array([source[y + dy, x + dx + 4] for dy in offsets for dx in offsets], np.float64)
    mean = (weight * seen).sum()
    slow = 1 - (weight * patch * (seen - mean)).sum() / np.sqrt(variance * (weight * (seen - mean) ** 2).sum())
    assert fast == pytest.approx(slow, abs=1e-3)
    assert fast < 0.01, "gain and offset do not count"


def test_windows_stop_at_the_outline() -> None:
    grey = np.zeros((20, 20), np.float32)
    grey[:, 10:] = 200  # a bright background beside a plain product
    mask = np.zeros(grey.shape, bool)
    mask[:, :10] = True
    assert local_variance(grey, mask)[10, 8] < 1
    assert local_variance(grey, np.ones_like(mask))[10, 8] > 100


def test_neighbours_are_near_but_not_too_near(shot: SyntheticCapture) -> None:
    target = shot.mesh.vertices.mean(0).astype(np.float64)
    for i, near in enumerate(choose_neighbours(shot.views, target, 4)):
        rays = np.array([v.center - target for v in shot.views])
        rays /= np.linalg.norm(rays, axis=1, keepdims=True)
        angles = np.degrees(np.arccos(rays[near] @ rays[i]))
        assert len(near) == 4
        assert i not in near
        assert (angles > 3).all()
        assert (angles < 60).all()


def test_options_and_devices_are_checked(shot: SyntheticCapture) -> None:
    with pytest.raises(InputError, match="STEREO_OPTIONS"):
        StereoOptions(best=9)
    with pytest.raises(InputError, match="UNKNOWN_DEVICE"):
        estimate_depth(cameras_of(shot), shot.mesh, device="tpu")


def test_cuda_is_refused_where_there_is_none(shot: SyntheticCapture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cuda, "available", lambda: False)
    with pytest.raises(MachineError, match="CUDA_MISSING"):
        estimate_depth(cameras_of(shot), shot.mesh, device="cuda")


def test_the_cuda_workspace_holds_the_same_cameras(shot: SyntheticCapture, tmp_path: Path) -> None:
    cameras = cameras_of(shot)
    cuda.write_workspace(cameras, tmp_path, OPTIONS)
    model = pycolmap.Reconstruction(str(tmp_path / "sparse"))
    assert model.num_images() == len(cameras.views)
    for i, view in enumerate(cameras.views):
        image = model.images[i + 1]
        np.testing.assert_allclose(image.cam_from_world().matrix()[:, :3], view.R, atol=1e-9)
        np.testing.assert_allclose(image.cam_from_world().matrix()[:, 3], view.t, atol=1e-9)
        np.testing.assert_allclose(model.cameras[image.camera_id].calibration_matrix(), view.K, atol=1e-9)
        assert (tmp_path / "images" / image.name).is_file()
    lines = (tmp_path / "stereo" / "patch-match.cfg").read_text().split("\n")
    assert len(lines[1].split(", ")) == 4, "the views within 60 degrees"
    near, far = cuda.depth_range(cameras)
    known = np.concatenate([d[v.mask > 127] for d, v in zip(shot.depths, shot.views)])
    assert near < known.min()
    assert far > np.quantile(known, 0.98), "a few edge pixels show the table"


def test_a_colmap_map_is_read(tmp_path: Path) -> None:
    values = np.arange(2 * 3 * 3, dtype=np.float32).reshape(3, 2, 3)  # channels, height, width
    (tmp_path / "map.bin").write_bytes(b"3&2&3&" + values.tobytes())
    np.testing.assert_array_equal(cuda.read_map(tmp_path / "map.bin"), values.transpose(1, 2, 0))


@pytest.mark.gpu
def test_cuda_depth_is_right(shot: SyntheticCapture) -> None:
    if not cuda.available():
        pytest.skip("no CUDA build of pycolmap or no device")
    maps = estimate_depth(cameras_of(shot), grown(shot.mesh, 0.12), replace(OPTIONS), device="cuda")
    error = np.concatenate([np.abs(m.depth - true_depth(shot, m))[m.depth > 0] for m in maps])
    assert np.median(error) < 0.001
