"""Put solved cameras into the product's frame: upright, on the table, centred, facing front, in metres."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assets_pipeline.camera.frame import find_ground, product_share
from assets_pipeline.camera.hull import carve, footprint_yaw, sight_lines
from assets_pipeline.camera.marker import marker_side
from assets_pipeline.camera.options import CameraOptions
from assets_pipeline.camera.sfm import Solution
from assets_pipeline.camera.undistort import undistort
from assets_pipeline.errors import CaptureError
from assets_pipeline.progress import Progress
from assets_pipeline.types import Array, Cameras, Photo, Scale, View

MARGIN = 0.05  # of the box beyond the hull, on each side
ELONGATED = 1.15  # footprint aspect from which the product has a long axis
FRONT_TRUST = np.radians(10.0)  # a first photo this close to an axis is taken as square-on
DEFAULT_SIZE = 0.2  # metres of the longest side when the size is unknown
HULL_TOLERANCE = 0.2  # relative error of a size read off the hull: it rises to a cone above a flat top


def place(
    photos: Sequence[Photo],
    masks: list[Array],
    masked: bool,
    solution: Solution,
    options: CameraOptions,
    progress: Progress,
) -> Cameras:
    """Cameras of ``solution`` in the asset frame. ``masked``: whether the masks tell product from surroundings."""
    progress.update(0.9, "finding the table")
    share = product_share(solution, masks)
    ground = find_ground(solution, share, options.seed)
    up = ground.up
    points = solution.points[share >= 0.6]
    middle = sight_lines(solution.poses, masks)[0] if masked else np.median(points, axis=0)
    front = front_direction(solution, middle, up)
    axes = np.stack([np.cross(up, front), up, front])
    hull = product_hull(solution, masks, masked, share, axes, ground.height, progress)
    floor = ground.height if ground.height is not None else float(np.percentile(hull[:, 1], 0.5))
    turn = snap_yaw(hull)
    c, s = np.cos(turn), np.sin(turn)
    axes = np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]]) @ axes
    hull = hull @ np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]]).T
    low, high = hull.min(0), hull.max(0)
    size = high - [low[0], floor, low[2]]
    factor, scale = metric(photos, solution, size, options, progress)
    origin = np.array([(low[0] + high[0]) / 2, floor, (low[2] + high[2]) / 2])
    box = np.stack([low - MARGIN * size, high + MARGIN * size]) - origin
    if ground.height is not None:
        box[0, 1] = -0.02 * size[1]
    views = []
    for i in sorted(solution.poses):
        progress.check()
        pose, photo = solution.poses[i], photos[i]
        pixels, mask = undistort(photo.pixels, masks[i], pose.focal, pose.k)
        K = np.array([[pose.focal, 0, photo.width / 2], [0, pose.focal, photo.height / 2], [0, 0, 1.0]])
        R = pose.R @ axes.T
        views.append(View(photo.file, pixels, mask, K, R, factor * (pose.t + R @ origin)))
    points = (points @ axes.T - origin) * factor
    return Cameras(
        views=tuple(views),
        points=points[((points >= factor * box[0]) & (points <= factor * box[1])).all(1)].astype(np.float32),
        box=(factor * box).astype(np.float32),
        ground=ground.height is not None,
        scale=scale,
        registered=len(views),
        total=len(photos),
        reprojection_px=solution.reprojection_px,
    )


def front_direction(solution: Solution, middle: Array, up: Array) -> Array:
    """Level direction (3,) from the product's ``middle`` towards the camera of the first photo."""
    pose = solution.poses[min(solution.poses)]
    towards = pose.center - middle
    if np.linalg.norm(np.cross(up, towards)) < 0.3 * np.linalg.norm(towards):  # seen from above: its lower edge
        towards = pose.R[1]
    level = towards - (towards @ up) * up
    return np.asarray(level / np.linalg.norm(level))


def product_hull(
    solution: Solution,
    masks: list[Array],
    masked: bool,
    share: Array,
    axes: Array,
    floor: float | None,
    progress: Progress,
) -> Array:
    """Points (N, 3) filling the product in the frame of ``axes``: its visual hull, or its features without masks."""
    if masked:
        middle, radius = sight_lines(solution.poses, masks)
        center = axes @ middle
        low, high = center - 1.3 * radius, center + 1.3 * radius
        for _ in range(2):
            if floor is not None:
                low[1] = floor
            voxels = carve(solution.poses, masks, axes, low, high, progress)
            if len(voxels) < 20:
                break
            cell = (high - low) / 64
            low, high = voxels.min(0) - 1.5 * cell, voxels.max(0) + 1.5 * cell
        if len(voxels) >= 20:
            return voxels
    points = solution.points[share >= 0.6] @ axes.T
    if floor is not None:
        points = points[points[:, 1] >= floor]
    if len(points) < 10:
        raise CaptureError(
            "PRODUCT_NOT_FOUND",
            f"The masks of {len(solution.poses)} photos do not agree on where the product stands.",
            "Keep the whole product in every photo, alone, in front of a background of another colour.",
        )
    middle = np.median(points, axis=0)
    near = np.abs(points - middle) <= 1.5 * np.percentile(np.abs(points - middle), 95, axis=0)
    return np.asarray(points[near.all(1)])


def snap_yaw(hull: Array) -> float:
    """Turn about up that squares a long product with the axes; 0 when the first photo already is close to square."""
    angle, aspect = footprint_yaw(hull[:, [0, 2]])
    if aspect < ELONGATED:
        return 0.0
    quarter = np.pi / 2
    turn = (angle + quarter / 2) % quarter - quarter / 2
    return float(turn) if abs(turn) > FRONT_TRUST else 0.0


def metric(
    photos: Sequence[Photo], solution: Solution, size: Array, options: CameraOptions, progress: Progress
) -> tuple[float, Scale]:
    """Metres per SfM unit, and where they come from."""
    for source, axis, value in (
        ("height", 1, options.height_m),
        ("width", 0, options.width_m),
        ("depth", 2, options.depth_m),
    ):
        if value is not None:
            return value / float(size[axis]), Scale(source, HULL_TOLERANCE)
    if options.marker_m is not None:
        seen = marker_side(photos, solution.poses, progress)
        if seen is None:
            raise CaptureError(
                "MARKER_NOT_FOUND",
                f"No ArUco marker (DICT_4X4_50) was found in two of {len(solution.poses)} photos.",
                "Lay the printed marker flat beside the product, white margin included, or give --height instead.",
            )
        side, tolerance, _ = seen
        return options.marker_m / side, Scale("marker", tolerance)
    return DEFAULT_SIZE / float(size.max()), Scale()
