"""RGB-D folders: pairs, intrinsics, poses, and what can be wrong with them."""

import json
import shutil

import cv2
import numpy as np
import pytest

from assets_pipeline.capture import RgbdOptions, find_products, load_rgbd
from assets_pipeline.errors import CaptureError, InputError

K_LIST = {"fx": 200.0, "fy": 201.0, "cx": 80.0, "cy": 60.0}
K = np.array([[200.0, 0, 80], [0, 201, 60], [0, 0, 1]])


@pytest.fixture
def folder(tmp_path):
    """Four frames of 160 × 120 without poses."""
    for name in ("color", "depth"):
        (tmp_path / name).mkdir()
    for index in range(4):
        color = np.random.default_rng(index).integers(0, 255, (120, 160, 3), np.uint8)
        cv2.imwrite(str(tmp_path / "color" / f"{index:04d}.png"), color)
        depth = np.full((120, 160), 1000 + index, np.uint16)
        depth[:10] = 0
        cv2.imwrite(str(tmp_path / "depth" / f"{index:04d}.png"), depth)
    (tmp_path / "intrinsics.json").write_text(json.dumps(K_LIST))
    return tmp_path


def code_of(folder, options=RgbdOptions()):  # noqa: B008
    with pytest.raises((InputError, CaptureError)) as error:
        load_rgbd(folder, options)
    assert error.value.fix
    return error.value.code


def test_depth_is_metres_and_zero_is_none(folder):
    capture = load_rgbd(folder)
    assert capture.files == tuple(f"{i:04d}.png" for i in range(4))
    assert capture.depths_m[3].dtype == np.float32
    assert capture.depths_m[3][50, 50] == pytest.approx(1.003)
    assert (capture.depths_m[3][:10] == 0).all()
    assert capture.colors[0].shape == (120, 160, 3)
    assert capture.poses is None
    assert all(v.used for v in capture.verdicts)


@pytest.mark.parametrize(
    "data", [K_LIST, {"K": K.tolist()}, {"width": 160, "height": 120, "intrinsic_matrix": K.T.ravel().tolist()}]
)
def test_intrinsics_in_three_dialects(folder, data):
    (folder / "intrinsics.json").write_text(json.dumps(data))
    assert np.allclose(load_rgbd(folder).K, K)


@pytest.mark.parametrize("text", ["{", "{}", '{"fx": 0, "fy": 1, "cx": 1, "cy": 1}', '{"K": [1, 2]}', "[]"])
def test_bad_intrinsics(folder, text):
    (folder / "intrinsics.json").write_text(text)
    assert code_of(folder) == "INTRINSICS_BAD"


def test_missing_intrinsics_can_be_given(folder):
    (folder / "intrinsics.json").unlink()
    assert code_of(folder) == "INTRINSICS_MISSING"
    assert np.allclose(load_rgbd(folder, RgbdOptions(intrinsics=(200, 201, 80, 60))).K, K)


def test_depth_of_another_size(folder):
    small = np.ones((60, 80), np.uint16)
    cv2.imwrite(str(folder / "depth" / "0001.png"), small)
    capture = load_rgbd(folder)
    assert len(capture.files) == 3
    assert capture.verdicts[1].reason.startswith("DEPTH_SIZE_MISMATCH")
    for index in range(4):
        cv2.imwrite(str(folder / "depth" / f"{index:04d}.png"), small)
    assert code_of(folder) == "DEPTH_SIZE_MISMATCH"


def test_eight_bit_and_broken_depth_become_verdicts(folder):
    (folder / "depth" / "0000.png").write_bytes(b"")
    assert load_rgbd(folder).verdicts[0].reason.startswith("NOT_AN_IMAGE")
    cv2.imwrite(str(folder / "depth" / "0001.png"), np.ones((120, 160), np.uint8))
    with pytest.raises(CaptureError, match=r"TOO_FEW_PHOTOS: 2 of 4"):
        load_rgbd(folder)


def test_no_pairs(folder):
    (folder / "depth" / "0003.png").unlink()
    for index in range(3):
        (folder / "depth" / f"{index:04d}.png").rename(folder / "depth" / f"d{index}.png")
    assert code_of(folder) == "RGBD_LAYOUT"
    shutil.rmtree(folder / "depth")
    assert code_of(folder) == "RGBD_LAYOUT"
    (folder / "depth").mkdir()
    assert code_of(folder) == "EMPTY_CAPTURE"


def _pose(angle, shift):
    pose = np.eye(4)
    pose[:3, :3] = cv2.Rodrigues(np.array([0.0, angle, 0.0]))[0]
    pose[:3, 3] = shift
    return pose


def test_poses_from_json_are_cam_from_world(folder):
    poses = {f"{i:04d}.png": _pose(0.1 * i, [i, 0, 0]).tolist() for i in range(4)}
    (folder / "poses.json").write_text(json.dumps(poses))
    assert np.allclose(load_rgbd(folder).poses[2], _pose(0.2, [2, 0, 0]))


def test_poses_from_log_are_inverted_and_follow_dropped_frames(folder):
    blocks = [
        f"{i} {i} {i + 1}\n" + "\n".join(" ".join(map(str, r)) for r in _pose(0.1 * i, [i, 0, 0])) for i in range(4)
    ]
    (folder / "trajectory.log").write_text("\n".join(blocks) + "\n")
    (folder / "color" / "0001.png").write_bytes(b"broken")
    capture = load_rgbd(folder)
    assert capture.files == ("0000.png", "0002.png", "0003.png")
    assert np.allclose(capture.poses[1] @ _pose(0.2, [2, 0, 0]), np.eye(4))


@pytest.mark.parametrize("text", ["", "0 0 1\n1 0 0 0\n", "0 0 1\n2 0 0 0\n0 2 0 0\n0 0 2 0\n0 0 0 1\n" * 4])
def test_bad_poses(folder, text):
    (folder / "trajectory.log").write_text(text)
    assert code_of(folder) == "POSES_BAD"


def test_real_sequence(shared_data):
    folder = shared_data / "rgbd_livingroom1_40"
    assert [p.kind for p in find_products([folder])] == ["rgbd"]
    capture = load_rgbd(folder, RgbdOptions(intrinsics=(525, 525, 319.5, 239.5)))
    assert len(capture.files) == 40
    assert capture.colors[0].shape == (480, 640, 3)
    assert 1.0 < np.median(capture.depths_m[0]) < 5.0
    # poses and depth agree: frame 0's points seen from frame 5 land on frame 5's depth
    first, other = 0, 5
    rows, columns = np.mgrid[40:440:40, 40:600:40]
    z = capture.depths_m[first][rows, columns].ravel()
    rays = np.linalg.inv(capture.K) @ np.stack([columns.ravel(), rows.ravel(), np.ones(rows.size)])
    world = np.linalg.inv(capture.poses[first]) @ np.vstack([rays * z, np.ones(rows.size)])
    seen = (capture.poses[other] @ world)[:3]
    pixel = np.rint((capture.K @ seen)[:2] / seen[2]).astype(int)
    inside = (z > 0) & (pixel >= 0).all(0) & (pixel[0] < 640) & (pixel[1] < 480)
    difference = np.abs(capture.depths_m[other][pixel[1, inside], pixel[0, inside]] - seen[2, inside])
    assert np.median(difference) < 0.02
