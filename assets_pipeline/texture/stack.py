"""Photos prepared for baking: cropped to the product, split in two bands, with what each pixel can be trusted for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from assets_pipeline.progress import Progress
from assets_pipeline.texture.raster import Buffer, rasterize_view
from assets_pipeline.types import Array, Mesh, View


@dataclass(frozen=True)
class Stack:
    """All views, pixels laid end to end so that one compiled loop can reach them.

    ``crop`` (V, 4) int64 is x0, y0, width, height; ``start`` (V,) int64 the first pixel of a view in ``photo`` (P, 3)
    uint8, ``low`` (P, 3) uint8 (the blurred photo), ``depth`` (P,) float32 and ``trust`` (P,) uint8. ``projection``
    (V, 3, 4) float64 is ``K @ cam_from_asset``; ``center`` (V, 3); ``sharpness`` (V,) about 1.
    """

    crop: Array
    start: Array
    photo: Array
    low: Array
    depth: Array
    trust: Array
    projection: Array
    center: Array
    sharpness: Array


def prepare(
    mesh: Mesh, views: Sequence[View], low_sigma_px: float, erode_px: float, progress: Progress
) -> tuple[Stack, list[Buffer]]:
    """Render the depth of every view and prepare its photo. The buffers come back for scoring."""
    jump = 0.015 * float(np.linalg.norm(mesh.size))
    crops, photos, lows, depths, trusts, sharp, buffers = [], [], [], [], [], [], []
    for k, view in enumerate(views):
        progress.update(0.2 * k / len(views), "looking through the cameras")
        buffer = rasterize_view(mesh.vertices, mesh.faces, view)
        inside = (buffer.face >= 0) & (view.mask > 127)
        box = _bounds(inside, 4)
        buffers.append(buffer)
        crops.append(box)
        window = slice(box[1], box[1] + box[3]), slice(box[0], box[0] + box[2])
        photo, depth, seen = view.pixels[window], buffer.depth[window], inside[window]
        photos.append(photo.reshape(-1, 3))
        lows.append(blurred(photo, seen, low_sigma_px).reshape(-1, 3))
        depths.append(depth.ravel())
        trusts.append(trust(depth, seen, jump, erode_px, 2.0 * low_sigma_px).ravel())
        sharp.append(_sharpness(photo, seen))
    sizes = [len(d) for d in depths]
    relative = np.array(sharp) / max(float(np.median(sharp)), 1e-9)
    stack = Stack(
        np.array(crops, np.int64),
        np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64),
        np.concatenate(photos),
        np.concatenate(lows),
        np.concatenate(depths),
        np.concatenate(trusts),
        np.stack([v.K @ np.column_stack([v.R, v.t]) for v in views]),
        np.stack([v.center for v in views]),
        np.clip(relative, 0.3, 1.5),
    )
    return stack, buffers


def blurred(photo: Array, inside: Array, sigma_px: float) -> Array:
    """``photo`` (h, w, 3) uint8 blurred over the pixels ``inside`` (h, w) bool only."""
    weight = inside.astype(np.float32)
    total = cv2.GaussianBlur(weight, (0, 0), sigma_px)
    mean = cv2.GaussianBlur(photo * weight[..., None], (0, 0), sigma_px) / np.maximum(total, 1e-3)[..., None]
    return np.where((total > 1e-2)[..., None], np.clip(mean + 0.5, 0, 255), photo).astype(np.uint8)


def trust(depth: Array, inside: Array, jump_m: float, erode_px: float, ramp_px: float) -> Array:
    """0 beside the product and within ``erode_px`` of its outline or of a jump in depth, rising to 255 after
    ``ramp_px``: there the silhouette of an imperfect mesh may not be where the photo shows it. (h, w) uint8."""
    kernel = np.ones((3, 3), np.uint8)
    far, near = cv2.dilate(depth, kernel), cv2.erode(depth, kernel)
    sound = inside & (far - near < jump_m)
    distance = cv2.distanceTransform(np.pad(sound.astype(np.uint8), 1), cv2.DIST_L2, 5)[1:-1, 1:-1]
    ramp = np.clip((distance - erode_px) / max(ramp_px, 1e-6), 0.0, 1.0)
    return np.where(distance > erode_px, 5 + 250 * ramp**2 * (3 - 2 * ramp), 0).astype(np.uint8)


def _bounds(inside: Array, margin: int) -> tuple[int, int, int, int]:
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    if len(rows) == 0:
        return 0, 0, 1, 1
    height, width = inside.shape
    y0, y1 = max(0, rows[0] - margin), min(height, rows[-1] + 1 + margin)
    x0, x1 = max(0, columns[0] - margin), min(width, columns[-1] + 1 + margin)
    return int(x0), int(y0), int(x1 - x0), int(y1 - y0)


def _sharpness(photo: Array, inside: Array) -> float:
    """Curvature against slope inside the product: falls as a photo blurs, whatever its contrast."""
    inner = cv2.erode(inside.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    if inner.sum() < 64:
        return 1e-3
    grey = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY).astype(np.float32)
    slope = np.hypot(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1))
    return float(np.abs(cv2.Laplacian(grey, cv2.CV_32F))[inner].mean() / max(float(slope[inner].mean()), 1e-6))
