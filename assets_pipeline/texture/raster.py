"""Rasterises triangles: into the texture (which face owns a texel) and into a photo (what a camera sees)."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from assets_pipeline.texture.topology import require_uvs
from assets_pipeline.types import Array, Mesh, View


@dataclass(frozen=True)
class Texels:
    """The texels that lie on the surface, row by row.

    ``size_px`` is the side of the texture; ``cell`` (T,) int64 is row * size_px + column; ``face`` (T,) int32;
    ``bary`` (T, 3) float32 weights of the face's corners.
    """

    size_px: int
    cell: Array
    face: Array
    bary: Array

    def gather(self, faces: Array, values: Array) -> Array:
        """Values (N, C) at vertices, interpolated to the texels: (T, C) float32."""
        return _interpolate(self.face, self.bary, faces, np.ascontiguousarray(values, np.float32))


@dataclass(frozen=True)
class Buffer:
    """What one camera sees: ``depth`` (H, W) float32 metres (0 = nothing), ``face`` (H, W) int32 (-1 = nothing),
    ``bary`` (H, W, 3) float32, perspective-correct."""

    depth: Array
    face: Array
    bary: Array


def rasterize_uv(mesh: Mesh, size_px: int) -> Texels:
    """Texels whose centre lies inside a triangle's UVs. Raises ``InputError`` where the mesh has no UVs in 0..1."""
    uvs = require_uvs(mesh)
    owner, bary = _fill_uv(np.ascontiguousarray(uvs[mesh.faces], np.float64) * size_px, size_px)
    cell = np.flatnonzero(owner.ravel() >= 0)
    return Texels(size_px, cell, owner.ravel()[cell], bary.reshape(-1, 3)[cell])


def rasterize_view(vertices: Array, faces: Array, view: View) -> Buffer:
    """Z-buffer of a mesh in the camera of ``view``; triangles seen from behind occlude as well."""
    cam = vertices.astype(np.float64) @ view.R.T + view.t
    z = np.maximum(cam[:, 2], 1e-9)
    xy = cam[:, :2] / z[:, None] * [view.K[0, 0], view.K[1, 1]] + [view.K[0, 2], view.K[1, 2]]
    xy[:, 0] += cam[:, 1] / z * view.K[0, 1]
    return Buffer(*_fill_view(np.ascontiguousarray(xy), cam[:, 2].copy(), faces, view.height, view.width))


@numba.njit(cache=True, parallel=True)
def _interpolate(face, bary, faces, values):
    result = np.empty((len(face), values.shape[1]), np.float32)
    for t in numba.prange(len(face)):
        a, b, c = faces[face[t], 0], faces[face[t], 1], faces[face[t], 2]
        for k in range(values.shape[1]):
            result[t, k] = values[a, k] * bary[t, 0] + values[b, k] * bary[t, 1] + values[c, k] * bary[t, 2]
    return result


@numba.njit(cache=True)
def _fill_uv(tri, size):
    owner = np.full((size, size), -1, np.int32)
    bary = np.zeros((size, size, 3), np.float32)
    for f in range(len(tri)):
        ax, ay, bx, by, cx, cy = tri[f, 0, 0], tri[f, 0, 1], tri[f, 1, 0], tri[f, 1, 1], tri[f, 2, 0], tri[f, 2, 1]
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if area == 0.0:
            continue
        x0, x1 = max(0, int(np.floor(min(ax, bx, cx) - 0.5))), min(size - 1, int(np.ceil(max(ax, bx, cx))))
        y0, y1 = max(0, int(np.floor(min(ay, by, cy) - 0.5))), min(size - 1, int(np.ceil(max(ay, by, cy))))
        for y in range(y0, y1 + 1):
            for x in range(x0, x1 + 1):
                px, py = x + 0.5, y + 0.5
                wa = ((bx - px) * (cy - py) - (by - py) * (cx - px)) / area
                wb = ((cx - px) * (ay - py) - (cy - py) * (ax - px)) / area
                wc = 1.0 - wa - wb
                if wa < 0.0 or wb < 0.0 or wc < 0.0:
                    continue
                owner[y, x] = f
                bary[y, x, 0], bary[y, x, 1], bary[y, x, 2] = wa, wb, wc
    return owner, bary


@numba.njit(cache=True)
def _fill_view(xy, z, faces, height, width):
    depth = np.zeros((height, width), np.float32)
    owner = np.full((height, width), -1, np.int32)
    bary = np.zeros((height, width, 3), np.float32)
    for f in range(len(faces)):
        i, j, k = faces[f, 0], faces[f, 1], faces[f, 2]
        if z[i] <= 1e-6 or z[j] <= 1e-6 or z[k] <= 1e-6:
            continue
        ax, ay, bx, by, cx, cy = xy[i, 0], xy[i, 1], xy[j, 0], xy[j, 1], xy[k, 0], xy[k, 1]
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if area == 0.0:
            continue
        x0, x1 = max(0, int(np.floor(min(ax, bx, cx) - 0.5))), min(width - 1, int(np.ceil(max(ax, bx, cx))))
        y0, y1 = max(0, int(np.floor(min(ay, by, cy) - 0.5))), min(height - 1, int(np.ceil(max(ay, by, cy))))
        for y in range(y0, y1 + 1):
            for x in range(x0, x1 + 1):
                px, py = x + 0.5, y + 0.5
                wa = ((bx - px) * (cy - py) - (by - py) * (cx - px)) / area
                wb = ((cx - px) * (ay - py) - (cy - py) * (ax - px)) / area
                wc = 1.0 - wa - wb
                if wa < 0.0 or wb < 0.0 or wc < 0.0:
                    continue
                inverse = wa / z[i] + wb / z[j] + wc / z[k]
                here = 1.0 / inverse
                if depth[y, x] > 0.0 and depth[y, x] <= here:
                    continue
                depth[y, x] = here
                owner[y, x] = f
                bary[y, x, 0] = wa / z[i] * here
                bary[y, x, 1] = wb / z[j] * here
                bary[y, x, 2] = wc / z[k] * here
    return depth, owner, bary
