"""Is a photo sharp, well exposed and new?"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from assets_pipeline.capture.options import CaptureOptions
from assets_pipeline.types import Array, Photo

_MEASURE_SIDE_PX = 960
_DUPLICATE_SIDE_PX = 160
_ROUNDING = 0.5  # grey levels: the steps that whole numbers make in a smooth, faint picture


def sharpness(pixels: Array) -> float:
    """How steep the strongest edges are for their height, about 0.28 (blurred) to 0.8 (crisp).

    The strongest one-pixel steps over the strongest steps across nine pixels, in the picture scaled to 960 pixels:
    a ratio that does not depend on contrast, so plain-coloured products and dark backgrounds count as sharp when their
    outline is. The worse of the two directions counts, so motion blur shows.
    """
    grey = _grey(pixels, _MEASURE_SIDE_PX).astype(np.float32)
    return min(_steepness(grey, 1, 0), _steepness(grey, 0, 1))


def _steepness(grey: Array, x: int, y: int) -> float:
    line = np.ones((9, 1) if y else (1, 9), np.uint8)
    reach = cv2.dilate(grey, line) - cv2.erode(grey, line)
    strong = reach >= max(np.percentile(reach, 99.0), 8.0)
    if not strong.any():
        return 0.0
    steps = cv2.dilate(np.abs(cv2.Sobel(grey, cv2.CV_32F, x, y)) / 4.0, line) - _ROUNDING
    return float(np.median(steps[strong] / reach[strong]))


def thumbnail(pixels: Array) -> Array:
    """Small grey float32 picture for comparing neighbours."""
    return _grey(pixels, _DUPLICATE_SIDE_PX).astype(np.float32)


def judge(photos: Sequence[Photo], options: CaptureOptions) -> list[str]:
    """One reason per photo why it should not be used; empty where it is good."""
    sharp = [sharpness(photo.pixels) for photo in photos]
    median = float(np.median(sharp)) if sharp else 0.0
    least = max(options.min_sharpness, options.min_relative_sharpness * median)
    reasons = []
    last: Array | None = None
    for photo, value in zip(photos, sharp):
        small = thumbnail(photo.pixels)
        reason = _exposure(photo.pixels, options)
        if not reason and value < least:
            reason = f"BLURRED: sharpness {value:.2f}, needed {least:.2f}. Hold the camera still and use more light."
        if not reason and last is not None and last.shape == small.shape:
            difference = float(np.abs(last - small).mean())
            if difference < options.duplicate_difference:
                reason = (
                    f"DUPLICATE: differs by {difference:.2f} grey levels from the photo before. Move between shots."
                )
        if not reason:
            last = small
        reasons.append(reason)
    return reasons


def _exposure(pixels: Array, options: CaptureOptions) -> str:
    grey = _grey(pixels, _DUPLICATE_SIDE_PX * 2)
    low, high = np.percentile(grey, [0.5, 99.5])
    if high < options.dark_level:
        return f"TOO_DARK: the brightest parts reach {high:.0f} of 255. Use more light."
    if low > options.bright_level:
        return f"TOO_BRIGHT: the darkest parts reach {low:.0f} of 255. Lower the exposure."
    return ""


def _grey(pixels: Array, side_px: int) -> Array:
    factor = side_px / max(pixels.shape[:2])
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    return grey if factor >= 1.0 else cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
