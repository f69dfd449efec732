"""Which parts of a saliency map are the product."""

from __future__ import annotations

import cv2
import numpy as np

from assets_pipeline.types import Array

_MAX_GAP = 0.3  # between parts of one product, relative to the longer side of the main part


def product_box(saliency: Array, threshold: float) -> tuple[int, int, int, int] | None:
    """Box (x0, y0, x1, y1) of the product in a (H, W) saliency map; None where nothing stands out."""
    mask = keep_product(saliency > threshold, min_part_area=0.1)
    if not mask.any():
        return None
    x, y, width, height = cv2.boundingRect(mask.astype(np.uint8))
    return x, y, x + width, y + height


def crop_around(box: tuple[int, int, int, int], margin: float, shape: tuple[int, int]) -> tuple[int, int, int, int]:
    """Square around ``box`` with a margin relative to its longer side, cut at the picture's (height, width)."""
    x0, y0, x1, y1 = box
    half = max(x1 - x0, y1 - y0) * (0.5 + margin)
    cx, cy = (x0 + x1) / 2, (y0 + y1) / 2
    return (
        max(0, round(cx - half)),
        max(0, round(cy - half)),
        min(shape[1], round(cx + half)),
        min(shape[0], round(cy + half)),
    )


def keep_product(mask: Array, min_part_area: float) -> Array:
    """(H, W) bool without parts smaller than ``min_part_area`` of the main part, and without parts far away from it.

    The main part is the largest, counted less the farther it lies from the middle of the picture.
    """
    count, labels, stats, centers = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    if count <= 1:
        return mask.astype(bool)
    height, width = mask.shape
    offset = np.hypot(centers[1:, 0] / width - 0.5, centers[1:, 1] / height - 0.5)
    areas = stats[1:, cv2.CC_STAT_AREA]
    main = int(np.argmax(areas * np.exp(-4.0 * offset**2)))
    near = _gaps(stats[1:], main) <= _MAX_GAP * max(stats[1 + main, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]])
    keep = np.concatenate([[False], near & (areas >= min_part_area * areas[main])])
    return keep[labels]


def _gaps(stats: Array, main: int) -> Array:
    """Distance in pixels from the box of each part to the box of the main part."""
    low = stats[:, [cv2.CC_STAT_LEFT, cv2.CC_STAT_TOP]]
    high = low + stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]]
    return np.hypot(*np.maximum(0, np.maximum(low[main] - high, low - high[main])).T)


def close_holes(mask: Array, max_hole_area: float) -> Array:
    """(H, W) bool with enclosed holes filled that are smaller than ``max_hole_area`` of the product."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats((~mask).astype(np.uint8), connectivity=4)
    if count <= 1:
        return mask
    height, width = mask.shape
    inside = (
        (stats[:, cv2.CC_STAT_LEFT] > 0)
        & (stats[:, cv2.CC_STAT_TOP] > 0)
        & (stats[:, cv2.CC_STAT_LEFT] + stats[:, cv2.CC_STAT_WIDTH] < width)
        & (stats[:, cv2.CC_STAT_TOP] + stats[:, cv2.CC_STAT_HEIGHT] < height)
    )
    fill = inside & (stats[:, cv2.CC_STAT_AREA] <= max_hole_area * mask.sum())
    fill[0] = False
    return mask | fill[labels]
