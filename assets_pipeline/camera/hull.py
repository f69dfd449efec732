"""A coarse visual hull of the product: where it stands, how big it is, which way it points (Laurentini, 1994)."""

from __future__ import annotations

import cv2
import numpy as np

from assets_pipeline.camera.sfm import Pose
from assets_pipeline.progress import Progress
from assets_pipeline.types import Array

GRID = 64


def sight_lines(poses: dict[int, Pose], masks: list[Array]) -> tuple[Array, float]:
    """Middle of the product (3,) and a radius around it, from the masks' centres and extents."""
    system, right, radii = np.zeros((3, 3)), np.zeros(3), []
    for i, pose in poses.items():
        ys, xs = np.nonzero(masks[i][::4, ::4] > 127)
        if len(xs) == 0:
            continue
        height, width = masks[i].shape
        x, y = 4 * xs - width / 2, 4 * ys - height / 2
        mid = np.array([(x.min() + x.max()) / 2, (y.min() + y.max()) / 2])
        ray = pose.R.T @ np.array([mid[0] / pose.focal, mid[1] / pose.focal, 1.0])
        ray /= np.linalg.norm(ray)
        across = np.eye(3) - np.outer(ray, ray)
        system += across
        right += across @ pose.center
        radii.append((pose, np.hypot(x - mid[0], y - mid[1]).max() / pose.focal))
    middle = np.linalg.lstsq(system, right, rcond=None)[0]
    sizes = [r * np.linalg.norm(p.center - middle) for p, r in radii]
    return middle, float(np.percentile(sizes, 90)) if sizes else 0.0


def carve(
    poses: dict[int, Pose],
    masks: list[Array],
    axes: Array,
    low: Array,
    high: Array,
    progress: Progress,
) -> Array:
    """Voxel centres (N, 3), in the frame of the rows of ``axes`` (3, 3), that nearly all views have in their mask.

    A view decides only on voxels inside its picture; one view in twelve may disagree, as masks err.
    """
    steps = [np.linspace(low[a], high[a], GRID + 1)[:-1] + (high[a] - low[a]) / (2 * GRID) for a in range(3)]
    grid = np.stack(np.meshgrid(*steps, indexing="ij"), -1).reshape(-1, 3)
    points = (grid @ axes).astype(np.float32)
    seen = np.zeros(len(points), np.uint16)
    outside = np.zeros(len(points), np.uint16)
    for i, pose in poses.items():
        progress.check()
        cam = points @ pose.R.T.astype(np.float32) + pose.t.astype(np.float32)
        height, width = masks[i].shape
        z = np.maximum(cam[:, 2], 1e-9)
        x = np.floor(pose.focal * cam[:, 0] / z + width / 2).astype(np.int32)
        y = np.floor(pose.focal * cam[:, 1] / z + height / 2).astype(np.int32)
        within = (x >= 0) & (x < width) & (y >= 0) & (y < height) & (cam[:, 2] > 0)
        rows = np.flatnonzero(within)
        seen[rows] += 1
        outside[rows] += masks[i][y[rows], x[rows]] <= 127
    allowed = max(1, len(poses) // 12)
    return np.asarray(grid[(outside <= allowed) & (seen >= max(3, len(poses) // 3))])


def footprint_yaw(voxels: Array) -> tuple[float, float]:
    """Angle of the long side of the smallest rectangle around the footprint (u, v) and its aspect ratio ≥ 1."""
    (_, _), (a, b), angle = cv2.minAreaRect(voxels.astype(np.float32))
    if a < b:
        a, b, angle = b, a, angle + 90.0
    return float(np.radians(angle)), float(a / max(b, 1e-12))
