"""What every view says about every texel."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from assets_pipeline.texture.stack import Stack
from assets_pipeline.types import Array


@dataclass(frozen=True)
class Observations:
    """Of T texels in V views: ``weight`` (T, V) float32, 0 where not seen; ``low`` (T, V, 3) float32, the blurred
    photo; ``pixel`` (T, V, 2) float32, where in the whole photo the texel lies."""

    weight: Array
    low: Array
    pixel: Array


def observe(stack: Stack, points: Array, normals: Array, bias_m: float, min_cos: float) -> Observations:
    """Project ``points`` (T, 3) float32 with unit ``normals`` (T, 3) into all views.

    The weight is trust x cos^2 x sharpness x (resolution relative to the nearest camera)^2; it is 0 where another part
    of the mesh is in front by more than ``bias_m`` or the surface is seen under a cosine below ``min_cos``.
    """
    nearest = float(np.linalg.norm(stack.center - points.mean(axis=0), axis=1).min()) if len(points) else 1.0
    focal = stack.projection[:, 0, :3]
    reach = np.linalg.norm(focal, axis=1)
    return Observations(
        *_observe(
            np.ascontiguousarray(points, np.float32), np.ascontiguousarray(normals, np.float32), stack.projection,
            stack.center, stack.sharpness * (reach / reach.max()) ** 2, stack.crop, stack.start, stack.depth,
            stack.trust, stack.low, bias_m, min_cos, nearest,
        )
    )  # fmt: skip


@numba.njit(cache=True, parallel=True, fastmath=True)
def _observe(points, normals, projection, center, quality, crop, start, depth, trust, low, bias, min_cos, nearest):
    count, views = len(points), len(projection)
    weight = np.zeros((count, views), np.float32)
    color = np.zeros((count, views, 3), np.float32)
    pixel = np.zeros((count, views, 2), np.float32)
    for t in numba.prange(count):
        px, py, pz = points[t, 0], points[t, 1], points[t, 2]
        for v in range(views):
            dx, dy, dz = center[v, 0] - px, center[v, 1] - py, center[v, 2] - pz
            distance = np.sqrt(dx * dx + dy * dy + dz * dz)
            cos = (dx * normals[t, 0] + dy * normals[t, 1] + dz * normals[t, 2]) / distance
            if cos < min_cos:
                continue
            p = projection[v]
            z = p[2, 0] * px + p[2, 1] * py + p[2, 2] * pz + p[2, 3]
            if z <= 0.0:
                continue
            x = (p[0, 0] * px + p[0, 1] * py + p[0, 2] * pz + p[0, 3]) / z
            y = (p[1, 0] * px + p[1, 1] * py + p[1, 2] * pz + p[1, 3]) / z
            ix, iy = int(np.floor(x)) - crop[v, 0], int(np.floor(y)) - crop[v, 1]
            width, height = crop[v, 2], crop[v, 3]
            if ix < 1 or iy < 1 or ix >= width - 1 or iy >= height - 1:
                continue
            here = start[v] + iy * width + ix
            if trust[here] == 0 or depth[here] <= 0.0:
                continue
            slope = np.sqrt(max(0.0, 1.0 - cos * cos)) / cos
            if z > depth[here] + bias * (1.0 + slope):
                continue
            fx, fy = x - 0.5 - crop[v, 0], y - 0.5 - crop[v, 1]
            jx, jy = int(np.floor(fx)), int(np.floor(fy))
            if jx < 0 or jy < 0 or jx >= width - 1 or jy >= height - 1:
                continue
            fx -= jx
            fy -= jy
            at = start[v] + jy * width + jx
            closeness = nearest / distance
            weight[t, v] = trust[here] / 255.0 * cos * cos * quality[v] * closeness * closeness
            pixel[t, v, 0], pixel[t, v, 1] = x, y
            for c in range(3):
                top = low[at, c] * (1.0 - fx) + low[at + 1, c] * fx
                bottom = low[at + width, c] * (1.0 - fx) + low[at + width + 1, c] * fx
                color[t, v, c] = top * (1.0 - fy) + bottom * fy
    return weight, color, pixel
