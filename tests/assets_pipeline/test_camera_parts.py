"""Parts of camera solving: frames, distortion, markers, pairs."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from assets_pipeline.camera import CameraOptions, reframe, umeyama
from assets_pipeline.camera.diagnose import clusters
from assets_pipeline.camera.frame import find_ground
from assets_pipeline.camera.hull import footprint_yaw
from assets_pipeline.camera.marker import marker_side
from assets_pipeline.camera.sfm import Pose, Solution
from assets_pipeline.camera.undistort import undistort
from assets_pipeline.errors import InputError
from assets_pipeline.progress import Progress
from assets_pipeline.types import Array, Cameras, Photo, Scale, View


def look_at(center: Array, target: Array) -> tuple[Array, Array]:
    """``cam_from_asset`` of an upright camera."""
    forward = (target - center) / np.linalg.norm(target - center)
    right = np.cross(forward, [0.0, 1.0, 0.0])
    right /= np.linalg.norm(right)
    R = np.stack([right, np.cross(forward, right), forward])
    return R, -R @ center


def ring(count: int, radius: float = 0.5, height: float = 0.3) -> list[tuple[Array, Array]]:
    angles = np.linspace(0, 2 * np.pi, count, endpoint=False)
    middle = np.array([0.0, 0.05, 0.0])
    return [look_at(np.array([radius * np.sin(a), height, radius * np.cos(a)]), middle) for a in angles]


def test_reframe_keeps_projections() -> None:
    rng = np.random.default_rng(0)
    K = np.array([[500.0, 0, 160], [0, 500, 120], [0, 0, 1]])
    blank, mask = np.zeros((240, 320, 3), np.uint8), np.zeros((240, 320), np.uint8)
    views = tuple(View(str(i), blank, mask, K, R, t) for i, (R, t) in enumerate(ring(3)))
    points = rng.normal(0, 0.05, (20, 3)).astype(np.float32)
    box = np.stack([points.min(0), points.max(0)])
    before = Cameras(views, points, box, True, Scale(), 3, 3, 0.5)
    after = reframe(before, scale=2.5, yaw_rad=0.7, shift=np.array([0.1, 0.2, -0.3]))
    for old, new in zip(before.views, after.views):
        pixels, depth = old.project(before.points)
        moved, moved_depth = new.project(after.points)
        assert np.allclose(pixels, moved, atol=1e-3)
        assert np.allclose(2.5 * depth, moved_depth, rtol=1e-5)
    assert (after.points >= after.box[0] - 1e-6).all()
    assert (after.points <= after.box[1] + 1e-6).all()


def test_umeyama_recovers_a_similarity() -> None:
    rng = np.random.default_rng(1)
    source = rng.normal(size=(10, 3))
    turn = cv2.Rodrigues(np.array([0.3, -1.2, 0.5]))[0]
    scale, rotation, shift = umeyama(source, 1.7 * source @ turn.T + [1, 2, 3])
    assert scale == pytest.approx(1.7)
    assert np.allclose(rotation, turn)
    assert np.allclose(shift, [1, 2, 3])


@pytest.mark.parametrize("k", [-0.15, 0.12])
def test_undistort_straightens_a_radial_picture(k: float) -> None:
    height, width, focal = 240, 320, 300.0
    x, y = np.meshgrid((np.arange(width) + 0.5 - 160) / focal, (np.arange(height) + 0.5 - 120) / focal)
    flat_x, flat_y = x.copy(), y.copy()
    for _ in range(30):  # where each pixel of the distorted picture lies in the straight one
        stretch = 1 + k * (flat_x**2 + flat_y**2)
        flat_x, flat_y = x / stretch, y / stretch
    wave = lambda a, b: 127 + 60 * np.sin(25 * a) + 60 * np.cos(30 * b)  # noqa: E731
    distorted = np.repeat(wave(flat_x, flat_y)[..., None], 3, 2).astype(np.uint8)
    straight, _ = undistort(distorted, np.full((height, width), 255, np.uint8), focal, k)
    inner = (slice(30, -30), slice(40, -40))
    assert np.abs(straight[..., 0].astype(float) - wave(x, y))[inner].mean() < 1.5
    assert np.abs(distorted[..., 0].astype(float) - wave(x, y))[inner].mean() > 2.5


def test_marker_gives_its_side() -> None:
    side, focal, width, height = 0.04, 900.0, 800, 600
    marker = cv2.aruco.generateImageMarker(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50), 7, 200)
    page = cv2.copyMakeBorder(marker, 50, 50, 50, 50, cv2.BORDER_CONSTANT, value=255)
    half = side / 2 * 300 / 200
    world = np.array([[-half, 0, -half], [half, 0, -half], [half, 0, half], [-half, 0, half]])
    photos, poses = [], {}
    for i, (R, t) in enumerate(ring(4, 0.25, 0.3)):
        cam = world @ R.T + t
        pixels = focal * cam[:, :2] / cam[:, 2:] + [width / 2, height / 2]
        corners = np.array([[0, 0], [300, 0], [300, 300], [0, 300]], np.float32)
        warp = cv2.getPerspectiveTransform(corners - 0.5, pixels.astype(np.float32) - 0.5)
        grey = cv2.warpPerspective(page, warp, (width, height), borderValue=120, flags=cv2.INTER_AREA)
        photos.append(Photo(f"{i}.jpg", np.repeat(grey[..., None], 3, 2)))
        poses[i] = Pose(R, t, focal, 0.0)
    seen = marker_side(photos, poses, Progress())
    assert seen is not None
    assert seen[0] == pytest.approx(side, rel=0.02)
    assert seen[2] == 4
    assert marker_side(photos[:1], {0: poses[0]}, Progress()) is None


def scene(table: bool, tilt: Array) -> tuple[Solution, Array]:
    """A product cloud on a noisy table with clutter and a wall, turned by ``tilt``."""
    rng = np.random.default_rng(2)
    product = rng.uniform([-0.05, 0.0, -0.05], [0.05, 0.15, 0.05], (300, 3))
    plane = rng.uniform([-0.4, 0, -0.4], [0.4, 0, 0.4], (600, 3)) + rng.normal(0, 2e-4, (600, 3))
    wall = rng.uniform([-1, 0, -1.5], [1, 1, -1.5], (500, 3))
    points = np.concatenate([product, plane if table else plane[:0], wall])
    share = np.concatenate([np.ones(len(product)), np.zeros(len(points) - len(product))])
    poses = {i: Pose(R @ tilt.T, t, 900.0, 0.0) for i, (R, t) in enumerate(ring(12))}
    return Solution(poses, points @ tilt.T, np.zeros((0, 4)), 0.5), share


def test_table_is_found_among_clutter() -> None:
    tilt = cv2.Rodrigues(np.array([0.9, 0.4, -0.3]))[0]
    solution, share = scene(True, tilt)
    ground = find_ground(solution, share, seed=1)
    assert ground.height is not None
    assert ground.up @ tilt[:, 1] > np.cos(np.radians(0.1))
    assert abs(ground.height) < 1e-4


def test_without_table_up_comes_from_the_cameras() -> None:
    tilt = cv2.Rodrigues(np.array([-0.5, 1.4, 2.0]))[0]
    solution, share = scene(False, tilt)
    ground = find_ground(solution, share, seed=1)
    assert ground.height is None
    assert ground.up @ tilt[:, 1] > np.cos(np.radians(0.5))


def test_footprint_yaw_of_a_turned_rectangle() -> None:
    u, v = np.meshgrid(np.linspace(-2, 2, 40), np.linspace(-0.5, 0.5, 20))
    c, s = np.cos(0.4), np.sin(0.4)
    angle, aspect = footprint_yaw(np.stack([c * u - s * v, s * u + c * v], -1).reshape(-1, 2))
    assert np.cos(2 * (angle - 0.4)) > 0.999
    assert aspect == pytest.approx(4.0, rel=0.02)


def test_clusters_need_enough_links() -> None:
    assert [len(g) for g in clusters(5, {(0, 1): 50, (1, 2): 40, (3, 4): 100, (2, 3): 12})] == [3, 2]


@pytest.mark.parametrize("bad", [{"height_m": -1.0}, {"threads": 0}, {"min_registered_share": 2.0}, {"max_side_px": 1}])
def test_options_check_themselves(bad: dict[str, float]) -> None:
    with pytest.raises(InputError, match="BAD_OPTION"):
        CameraOptions(**bad)  # type: ignore[arg-type]
