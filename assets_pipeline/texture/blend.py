"""Blends what the views say: tones averaged over all of them, detail from the best one.

Two-band blending (Burt and Adelson 1983; Allene, Pons and Keriven 2008 for textures): low frequencies are a robust mean
over views, so that seams between views level out and highlights fall away; high frequencies come from the best view, so
that print stays sharp, with a short cross-fade where the best view changes.
"""

from __future__ import annotations

import numba
import numpy as np

from assets_pipeline.texture.observe import Observations
from assets_pipeline.texture.stack import Stack
from assets_pipeline.types import Array


def blend(stack: Stack, seen: Observations, gains: Array, used: Array, sharpness: float) -> tuple[Array, Array]:
    """Colour (T, 3) float32 in 0..255 and confidence (T,) float32 (0 = unseen) from the views ``used`` (V,) bool.

    ``sharpness`` is the power that the weights are raised to for detail: high takes it from one view alone.
    """
    return _blend(
        seen.weight, seen.low, seen.pixel, gains, used, stack.photo, stack.crop, stack.start, np.float32(sharpness)
    )


@numba.njit(cache=True, fastmath=True)
def _cubic(t):
    """Catmull-Rom weights of the four samples around ``t`` in 0..1."""
    t2, t3 = t * t, t * t * t
    return -0.5 * t3 + t2 - 0.5 * t, 1.5 * t3 - 2.5 * t2 + 1.0, -1.5 * t3 + 2.0 * t2 + 0.5 * t, 0.5 * t3 - 0.5 * t2


@numba.njit(cache=True, fastmath=True)
def _sample(photo, first, width, height, x, y, out):
    """Catmull-Rom sample of one photo's crop at (x, y), pixel centres at +0.5."""
    fx, fy = x - 0.5, y - 0.5
    ix, iy = int(np.floor(fx)), int(np.floor(fy))
    wx, wy = _cubic(fx - ix), _cubic(fy - iy)
    out[:] = 0.0
    for j in range(4):
        row = min(max(iy - 1 + j, 0), height - 1)
        for i in range(4):
            column = min(max(ix - 1 + i, 0), width - 1)
            weight = wx[i] * wy[j]
            at = first + row * width + column
            for c in range(3):
                out[c] += weight * photo[at, c]


@numba.njit(cache=True, parallel=True, fastmath=True)
def _blend(weight, low, pixel, gains, used, photo, crop, start, sharpness):
    count, views = weight.shape
    color = np.zeros((count, 3), np.float32)
    confidence = np.zeros(count, np.float32)
    for t in numba.prange(count):
        index = np.empty(views, np.int64)
        w = np.empty(views, np.float32)
        vote = np.empty(views, np.float32)
        tone = np.empty((views, 3), np.float32)
        n = 0
        for v in range(views):
            if used[v] and weight[t, v] > 0.0:
                index[n] = v
                w[n] = weight[t, v]
                vote[n] = np.sqrt(w[n])
                for c in range(3):
                    tone[n, c] = low[t, v, c] * gains[v, c]
                n += 1
        if n == 0:
            continue
        middle = np.zeros(3, np.float32)
        robust = np.ones(views, np.float32)
        spread = np.float32(0.0)
        for turn in range(10):
            total = np.float32(0.0)
            mean = np.zeros(3, np.float32)
            for k in range(n):
                a = robust[k] * (w[k] if turn == 9 else vote[k])
                total += a
                for c in range(3):
                    mean[c] += a * tone[k, c]
            for c in range(3):
                middle[c] = mean[c] / total
            if turn == 9:
                break
            spread = np.float32(0.0)
            heft = np.float32(0.0)
            for k in range(n):
                d = np.sqrt(
                    (tone[k, 0] - middle[0]) ** 2 + (tone[k, 1] - middle[1]) ** 2 + (tone[k, 2] - middle[2]) ** 2
                )
                spread += d * vote[k] * robust[k]
                heft += vote[k] * robust[k]
                robust[k] = d
            spread = spread / heft
            for k in range(n):
                if turn < 8:  # geometric median (Weiszfeld 1937)
                    robust[k] = 1.0 / (robust[k] + 2.0)
                else:  # then reject what is far from it
                    far = robust[k] / (2.0 * spread + 5.0)
                    robust[k] = 1.0 / (1.0 + far * far * far * far)
        best = np.float32(0.0)
        for k in range(n):
            confidence[t] += w[k]
            w[k] *= robust[k]
            best = max(best, w[k])
        detail = np.zeros(3, np.float32)
        sample = np.zeros(3, np.float32)
        total = np.float32(0.0)
        for k in range(n):
            share = (w[k] / best) ** sharpness
            if share < 0.05:
                continue
            v = index[k]
            x, y = pixel[t, v, 0] - crop[v, 0], pixel[t, v, 1] - crop[v, 1]
            _sample(photo, start[v], crop[v, 2], crop[v, 3], x, y, sample)
            for c in range(3):
                detail[c] += share * (sample[c] * gains[v, c] - tone[k, c])
            total += share
        for c in range(3):
            color[t, c] = middle[c] + detail[c] / total
    return color, confidence
