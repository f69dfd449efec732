"""Depth maps and visual hull → one closed surface.

A truncated signed distance field (Curless and Levoy, SIGGRAPH 1996) averages the depth maps; the visual hull fills in
where no depth is known and bounds it everywhere. A few steps of weighted diffusion smooth the field where it is
unsure and leave it alone where many views agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numba
import numpy as np

from assets_pipeline.errors import CaptureError, InputError
from assets_pipeline.progress import Progress
from assets_pipeline.surface.hull import Volume
from assets_pipeline.types import Array, Cameras, DepthMap

CONFIRMED = 0.5  # summed confidence of the depth maps at a voxel that is surely surface


@dataclass(frozen=True)
class FuseOptions:
    """How depth maps become a surface."""

    truncation_voxels: float = 4.0
    """Depth speaks about this many voxels in front of and behind the surface."""
    free_space: float = 0.25
    """Weight of "nothing is here" further in front of the surface than the truncation, relative to the band."""
    hull_weight: float = 0.15
    """Weight of the visual hull, in units of one confident view."""
    smoothing: float = 1.5
    """Diffusion against one confident view; 0 is none."""
    iterations: int = 16
    """Steps of the diffusion."""

    def __post_init__(self) -> None:
        if self.truncation_voxels < 1:
            raise InputError(
                "FUSE_OPTIONS", f"truncation_voxels={self.truncation_voxels} is below 1.", "Use 2 to 8 voxels."
            )


@numba.njit(parallel=True, cache=True, fastmath=True, nogil=True)
def _integrate(hull, total, weight, R, t, K, depth, slant, confidence, sizes, origin, cell, trunc, free):
    nx, ny, nz = hull.shape
    for i in numba.prange(nx):
        for j in range(ny):
            for k in range(nz):
                if hull[i, j, k] > trunc:
                    continue
                X = origin[0] + i * cell
                Y = origin[1] + j * cell
                Z = origin[2] + k * cell
                s_sum = 0.0
                w_sum = 0.0
                for v in range(R.shape[0]):
                    z = R[v, 2, 0] * X + R[v, 2, 1] * Y + R[v, 2, 2] * Z + t[v, 2]
                    if z <= 1e-6:
                        continue
                    x = (R[v, 0, 0] * X + R[v, 0, 1] * Y + R[v, 0, 2] * Z + t[v, 0]) / z
                    y = (R[v, 1, 0] * X + R[v, 1, 1] * Y + R[v, 1, 2] * Z + t[v, 1]) / z
                    px = K[v, 0, 0] * x + K[v, 0, 2]
                    py = K[v, 1, 1] * y + K[v, 1, 2]
                    if not (px >= 0 and py >= 0 and px < sizes[v, 1] and py < sizes[v, 0]):
                        continue
                    c = confidence[v, int(py), int(px)]
                    if c <= 0:
                        continue
                    s = (depth[v, int(py), int(px)] - z) * slant[v, int(py), int(px)]
                    if s < -trunc:
                        continue
                    w = c
                    if s > trunc:
                        s = trunc
                        w *= free
                    s_sum += w * s
                    w_sum += w
                total[i, j, k] = s_sum
                weight[i, j, k] = w_sum


@numba.njit(parallel=True, cache=True, fastmath=True, nogil=True)
def _diffuse(field, out, data, weight, band, strength):
    nx, ny, nz = field.shape
    for i in numba.prange(1, nx - 1):
        for j in range(1, ny - 1):
            for k in range(1, nz - 1):
                if abs(field[i, j, k]) >= band:
                    out[i, j, k] = field[i, j, k]
                    continue
                near = (
                    field[i - 1, j, k] + field[i + 1, j, k] + field[i, j - 1, k]
                    + field[i, j + 1, k] + field[i, j, k - 1] + field[i, j, k + 1]
                )  # fmt: skip
                w = weight[i, j, k]
                out[i, j, k] = (w * data[i, j, k] + strength * near) / (w + 6.0 * strength)


def _slant(d: DepthMap) -> Array:
    """Distance to the plane per distance along the ray, (h, w): |n · r| with r of unit z."""
    h, w = d.depth.shape
    x = (np.arange(w) + 0.5 - d.K[0, 2]) / d.K[0, 0]
    y = (np.arange(h) + 0.5 - d.K[1, 2]) / d.K[1, 1]
    n = d.normal
    out: Array = np.abs(n[..., 0] * x[None] + n[..., 1] * y[:, None] + n[..., 2]).astype(np.float32)
    return out


def _lowest_seen(data: Array, weight: Array, hull: Volume) -> float:
    """Height of the lowest surface that depth maps confirm: below it the hull is but the cone of the lowest views."""
    rows = np.nonzero((np.abs(data) < hull.cell) & (weight > CONFIRMED))[1]
    lowest = np.quantile(rows, 0.005) if len(rows) else 0.0
    return float(hull.origin[1] + lowest * hull.cell)


def fuse(
    cameras: Cameras,
    depths: Sequence[DepthMap],
    hull: Volume,
    options: FuseOptions | None = None,
    progress: Progress | None = None,
) -> Volume:
    """Fuse depth maps into a closed field on the hull's grid; its ``mesh()`` is the surface.

    Raises:
        CaptureError: ``EMPTY_SURFACE`` when nothing is left.
    """
    options, progress = options or FuseOptions(), progress or Progress()
    cell, trunc = hull.cell, options.truncation_voxels * hull.cell
    sizes = np.array([d.depth.shape for d in depths])
    shape = (len(depths), *sizes.max(0))
    depth, slant, confidence = (np.zeros(shape, np.float32) for _ in range(3))
    for i, d in enumerate(depths):
        h, w = d.depth.shape
        facing = _slant(d)
        depth[i, :h, :w], slant[i, :h, :w] = d.depth, facing
        confidence[i, :h, :w] = d.confidence * np.clip(facing, 0.1, 1.0)
    views = [cameras.views[d.view] for d in depths]
    total, weight = np.zeros_like(hull.values), np.zeros_like(hull.values)
    _integrate(
        hull.values, total, weight, np.stack([v.R for v in views]), np.stack([v.t for v in views]),
        np.stack([d.K for d in depths]), depth, slant, confidence, sizes, hull.origin, cell, trunc,
        options.free_space,
    )  # fmt: skip
    progress.update(0.5, "fused")
    bound = np.clip(hull.values, -trunc, trunc)
    weight += options.hull_weight
    data = (total + options.hull_weight * bound) / weight
    field = np.where(hull.values > trunc, trunc, data).astype(np.float32)
    other = field.copy()
    for _ in range(options.iterations):
        progress.check()
        _diffuse(field, other, data, weight, trunc * 0.98, options.smoothing)
        field, other = other, field
    field = np.maximum(field, hull.values - cell)
    floor = 0.0 if cameras.ground else _lowest_seen(data, weight, hull)
    height = hull.origin[1] + np.arange(field.shape[1]) * cell
    field = np.maximum(field, floor - height[None, :, None]).astype(np.float32)
    field[[0, -1]] = trunc
    field[:, [0, -1]] = trunc
    field[:, :, [0, -1]] = trunc
    if not (field < 0).any():
        raise CaptureError(
            "EMPTY_SURFACE",
            "No surface is left after fusing the depth maps.",
            "Photograph the product from more sides, with 15-20 degrees between neighbours.",
        )
    return Volume(field, hull.origin, cell)
