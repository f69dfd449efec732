"""Counts how many triangles cover each texel centre."""

from __future__ import annotations

import numba
import numpy as np

from assets_pipeline.types import Array


@numba.njit(cache=True)
def coverage(corners: Array, side_px: int) -> Array:
    """``corners`` (M, 3, 2) float64 in pixels → (side_px, side_px) uint8 of covering triangles, saturating at 255.

    A centre counts as covered when it lies strictly inside, so that neighbours never count an edge twice.
    """
    count = np.zeros((side_px, side_px), np.uint8)
    for m in range(corners.shape[0]):
        ax, ay = corners[m, 0]
        bx, by = corners[m, 1]
        cx, cy = corners[m, 2]
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if area == 0.0:
            continue
        sign = 1.0 if area > 0 else -1.0
        x0, x1 = max(0, int(min(ax, bx, cx) - 0.5)), min(side_px - 1, int(max(ax, bx, cx) + 0.5))
        y0, y1 = max(0, int(min(ay, by, cy) - 0.5)), min(side_px - 1, int(max(ay, by, cy) + 0.5))
        for y in range(y0, y1 + 1):
            for x in range(x0, x1 + 1):
                px, py = x + 0.5, y + 0.5
                if (
                    sign * ((bx - ax) * (py - ay) - (by - ay) * (px - ax)) > 1e-9
                    and sign * ((cx - bx) * (py - by) - (cy - by) * (px - bx)) > 1e-9
                    and sign * ((ax - cx) * (py - cy) - (ay - cy) * (px - cx)) > 1e-9
                    and count[y, x] < 255
                ):
                    count[y, x] += 1
    return count
