"""Take the lens distortion out of pictures and masks."""

from __future__ import annotations

import cv2
import numpy as np

from assets_pipeline.types import Array

NEGLIGIBLE_PX = 0.15


def corner_shift_px(width: int, height: int, focal: float, k: float) -> float:
    """How far radial distortion moves the corner of the picture."""
    radius = np.hypot(width, height) / 2 / focal
    return float(abs(k) * radius**3 * focal)


def undistort(pixels: Array, mask: Array, focal: float, k: float) -> tuple[Array, Array]:
    """Resample a picture of a SIMPLE_RADIAL camera as a pinhole one of the same focal length and size."""
    height, width = mask.shape
    if corner_shift_px(width, height, focal, k) < NEGLIGIBLE_PX:
        return pixels, mask
    x = (np.arange(width) + 0.5 - width / 2) / focal
    y = (np.arange(height) + 0.5 - height / 2) / focal
    stretch = 1.0 + k * (x[None, :] ** 2 + y[:, None] ** 2)
    map_x = (focal * x[None, :] * stretch + width / 2 - 0.5).astype(np.float32)
    map_y = (focal * y[:, None] * stretch + height / 2 - 0.5).astype(np.float32)
    straight = cv2.remap(pixels, map_x, map_y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(straight), np.asarray(cv2.remap(mask, map_x, map_y, cv2.INTER_NEAREST))
