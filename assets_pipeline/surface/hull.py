"""The visual hull: what all silhouettes allow (Laurentini, PAMI 1994), as a signed distance on a grid."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numba
import numpy as np

from assets_pipeline.errors import CaptureError, InputError
from assets_pipeline.types import Array, Cameras, Mesh, View


@dataclass(frozen=True)
class HullOptions:
    """How the silhouettes are carved."""

    voxels: int = 256
    """Grid cells along the longest side of the product's box."""
    outvoted: int = 1
    """A cell survives this many views that see it outside the product: masks make mistakes."""
    margin_px: float = 0.0
    """Silhouettes are grown by this many pixels before carving."""

    def __post_init__(self) -> None:
        if self.voxels < 16:
            raise InputError("HULL_OPTIONS", f"voxels={self.voxels} is below 16.", "Use 128 to 512.")


@dataclass(frozen=True)
class Volume:
    """A scalar field on a grid: ``values`` (X, Y, Z) float32, negative inside, metres; cell (i, j, k) is centred at
    ``origin + (i, j, k) * cell``.
    """

    values: Array
    origin: Array
    cell: float

    def mesh(self) -> Mesh:
        """The zero level as a mesh (Lewiner et al. 2003, marching cubes); closed if the border is positive."""
        from skimage.measure import marching_cubes

        solid = np.where(self.values == 0, np.float32(1e-4 * self.cell), self.values)  # 0 opens the mesh
        v, f, _, _ = marching_cubes(solid, 0.0, spacing=(self.cell,) * 3, gradient_direction="descent")
        return Mesh((v + self.origin).astype(np.float32), f.astype(np.int32))


def silhouette_distance(mask: Array, margin_px: float = 0.0) -> Array:
    """Signed distance to the outline in pixels, (H, W) float32, positive inside."""
    inside = (mask > 127).astype(np.uint8)
    out: Array = cv2.distanceTransform(inside, cv2.DIST_L2, 5) - cv2.distanceTransform(1 - inside, cv2.DIST_L2, 5)
    return out + np.float32(margin_px)


@numba.njit(parallel=True, cache=True, fastmath=True, nogil=True)
def _carve(field, P, depth_scale, sdf, sizes, origin, cell, outvoted):
    nx, ny, nz = field.shape
    n = P.shape[0]
    for i in numba.prange(nx):
        lowest = np.empty(outvoted + 1, np.float32)
        for j in range(ny):
            for k in range(nz):
                X = origin[0] + i * cell
                Y = origin[1] + j * cell
                Z = origin[2] + k * cell
                lowest[:] = 1e9
                for v in range(n):
                    w = P[v, 2, 0] * X + P[v, 2, 1] * Y + P[v, 2, 2] * Z + P[v, 2, 3]
                    if w <= 1e-6:
                        continue
                    px = (P[v, 0, 0] * X + P[v, 0, 1] * Y + P[v, 0, 2] * Z + P[v, 0, 3]) / w - 0.5
                    py = (P[v, 1, 0] * X + P[v, 1, 1] * Y + P[v, 1, 2] * Z + P[v, 1, 3]) / w - 0.5
                    # a view whose frame does not contain the cell says nothing about it
                    if not (px >= 0 and py >= 0 and px < sizes[v, 1] - 1 and py < sizes[v, 0] - 1):
                        continue
                    x0 = int(px)
                    y0 = int(py)
                    ax = px - x0
                    ay = py - y0
                    top = sdf[v, y0, x0] * (1 - ax) + sdf[v, y0, x0 + 1] * ax
                    low = sdf[v, y0 + 1, x0] * (1 - ax) + sdf[v, y0 + 1, x0 + 1] * ax
                    d = (top * (1 - ay) + low * ay) * w * depth_scale[v]  # pixels → metres at this depth
                    for m in range(outvoted + 1):
                        if d < lowest[m]:
                            for q in range(outvoted, m, -1):
                                lowest[q] = lowest[q - 1]
                            lowest[m] = d
                            break
                value = -lowest[outvoted]
                field[i, j, k] = min(max(value, -1e3), 1e3)


def projection(view: View) -> Array:
    """(3, 4) pixels_from_asset."""
    return view.K @ np.concatenate([view.R, view.t[:, None]], 1)


def carve_hull(cameras: Cameras, options: HullOptions | None = None) -> Volume:
    """Carve the product's box with every silhouette.

    Raises:
        CaptureError: ``EMPTY_HULL`` when the masks do not meet anywhere.
    """
    options = options or HullOptions()
    low, high = cameras.box.astype(np.float64)
    cell = float((high - low).max() / options.voxels)
    low, high = low - 3 * cell, high + 3 * cell
    shape = np.ceil((high - low) / cell).astype(int) + 1
    views = cameras.views
    sizes = np.array([(v.height, v.width) for v in views])
    sdf = np.zeros((len(views), *sizes.max(0)), np.float32)
    for i, v in enumerate(views):
        sdf[i, : v.height, : v.width] = silhouette_distance(v.mask, options.margin_px)
    field = np.empty(tuple(shape), np.float32)
    P = np.stack([projection(v) for v in views])
    scale = np.array([1.0 / v.K[0, 0] for v in views])
    _carve(field, P, scale, sdf, sizes, low, cell, min(options.outvoted, max(0, len(views) // 8)))
    if cameras.ground:
        below = -(low[1] + np.arange(shape[1]) * cell)
        field = np.maximum(field, below[None, :, None].astype(np.float32))
    field[[0, -1]] = np.maximum(field[[0, -1]], cell)
    field[:, [0, -1]] = np.maximum(field[:, [0, -1]], cell)
    field[:, :, [0, -1]] = np.maximum(field[:, :, [0, -1]], cell)
    if not (field < 0).any():
        raise CaptureError(
            "EMPTY_HULL",
            "The product's outlines in the photos do not meet in one place.",
            "Photograph one product that stands still, against a background it stands out from.",
        )
    return Volume(field, low, cell)
