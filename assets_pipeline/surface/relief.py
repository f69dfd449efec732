"""One photo → an honest guess of the whole product: its silhouette, inflated or revolved, the photo on both sides.

The inflation solves a Poisson equation inside the silhouette, whose square root is a half sphere over a disc (after
Igarashi's Teddy, SIGGRAPH 1999, and Repoussé, SBIM 2014). Nothing behind the product is known: say so to the user.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import cv2
import numpy as np
from scipy import ndimage
from scipy.sparse import coo_matrix
from scipy.sparse.linalg import spsolve

from assets_pipeline.errors import CaptureError, InputError
from assets_pipeline.surface.hull import Volume
from assets_pipeline.types import Array, Material, Mesh, Photo


class SingleImageGenerator(Protocol):
    """Makes a whole product from one photo. Learned generators implement this too."""

    @property
    def name(self) -> str: ...

    def generate(self, photo: Photo, mask: Array) -> tuple[Mesh, Material]:
        """``mask`` (H, W) uint8, 255 on the product → a watertight mesh with ``uvs`` into the material's textures,
        +Y up, front +Z, bottom centre at the origin."""
        ...


@dataclass(frozen=True)
class ReliefOptions:
    """How a silhouette becomes a body."""

    shape: str = "auto"
    """'inflate', 'revolve', or 'auto': revolve what is symmetric about a vertical axis."""
    cells: int = 128
    """Grid cells along the longer side of the silhouette."""
    thickness: float = 0.7
    """Depth of an inflated disc against its diameter."""
    symmetry: float = 0.02
    """Revolved if its rows' middles stray from one axis by less than this share of the width."""
    height_m: float | None = None
    """Height of the product; None assumes 0.2 m, and the size is unknown."""

    def __post_init__(self) -> None:
        if self.shape not in ("auto", "inflate", "revolve"):
            raise InputError("RELIEF_OPTIONS", f"shape={self.shape!r} is unknown.", "Use auto, inflate or revolve.")
        if self.cells < 16 or self.thickness <= 0 or (self.height_m is not None and self.height_m <= 0):
            raise InputError(
                "RELIEF_OPTIONS",
                f"cells={self.cells} (at least 16), thickness={self.thickness}, height_m={self.height_m} (above 0).",
                "Leave the defaults.",
            )


@dataclass(frozen=True)
class ReliefGenerator:
    """The generator that needs no learned model."""

    options: ReliefOptions = field(default_factory=ReliefOptions)
    name: str = "relief"

    def generate(self, photo: Photo, mask: Array) -> tuple[Mesh, Material]:
        return relief_mesh(mask, self.options), Material(relief_texture(photo.pixels, mask))


def relief_mesh(mask: Array, options: ReliefOptions | None = None) -> Mesh:
    """A watertight body with the silhouette ``mask`` (H, W) uint8, its ``uvs`` into ``relief_texture`` of that mask.

    Raises ``CaptureError`` where the mask holds no product.
    """
    options = options or ReliefOptions()
    product = _crop(_largest_part(mask))
    height, width = product.shape
    cell_px = max(height, width) / options.cells
    size = (max(1, round(width / cell_px)), max(1, round(height / cell_px)))
    inside = np.pad(cv2.resize(product.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.5, 3)
    axis = None if options.shape == "inflate" else symmetry_axis(inside, options.symmetry)
    if axis is None and options.shape == "revolve":
        axis = float(np.flatnonzero(inside.any(0)).mean())
    squared = _inflated(inside, options.thickness) if axis is None else _revolved(inside, axis)

    reach = int(np.ceil(np.sqrt(squared.max()))) + 3
    z = np.arange(-reach, reach + 1)
    field_xyz = (z**2 - squared[::-1, :, None]).transpose(1, 0, 2)  # (X, Y up, Z), negative inside
    raw = Volume(field_xyz.astype(np.float32), np.zeros(3, np.float32), 1.0).mesh()
    x = raw.vertices[:, 0] - 3 + 0.5
    y = inside.shape[0] - 1 - raw.vertices[:, 1] - 3 + 0.5
    across = np.clip(x / size[0], 0, 1)
    down = np.clip(y / size[1], 0, 1)

    low, high = raw.vertices.min(0), raw.vertices.max(0)
    metres = (options.height_m or 0.2) / (high[1] - low[1])
    origin = np.array([(low[0] + high[0]) / 2, low[1], reach])
    vertices = (raw.vertices - origin) * metres
    front = vertices[raw.faces, 2].mean(1) >= 0
    uv_front, uv_back = np.c_[across / 2, down], np.c_[1 - across / 2, down]
    n = len(vertices)
    faces = np.where(front[:, None], raw.faces, raw.faces + n)  # one chart for each side
    used, faces = np.unique(faces, return_inverse=True)
    return Mesh(
        np.r_[vertices, vertices][used].astype(np.float32),
        faces.reshape(-1, 3).astype(np.int32),
        np.r_[uv_front, uv_back][used].astype(np.float32),
    )


def relief_texture(pixels: Array, mask: Array) -> Array:
    """The product's part of the photo, (h, 2 w, 3) uint8: as seen on the left, mirrored for the back on the right.

    Colours beside the silhouette, and those mixed with the background on its edge, come from just inside it.
    """
    product = _largest_part(mask)
    rows, columns = _box(product)
    photo, product = pixels[rows, columns], product[rows, columns]
    inner = cv2.erode(np.pad(product.astype(np.uint8), 1), np.ones((3, 3), np.uint8), iterations=2)[1:-1, 1:-1] > 0
    nearest = ndimage.distance_transform_edt(
        ~(inner if inner.any() else product), return_distances=False, return_indices=True
    )
    filled = photo[nearest[0], nearest[1]]
    return np.concatenate([filled, filled[:, ::-1]], 1)


def symmetry_axis(inside: Array, tolerance: float) -> float | None:
    """Column of the vertical axis about which ``inside`` (H, W) bool is symmetric, in pixels; None if it is not."""
    rows = np.flatnonzero(inside.any(1))
    first = inside[rows].argmax(1)
    last = inside.shape[1] - 1 - inside[rows, ::-1].argmax(1)
    solid = inside[rows].sum(1) == last - first + 1
    middle, width = (first + last) / 2, last - first + 1
    axis = float(np.average(middle, weights=width))
    stray = float(np.average(np.abs(middle - axis), weights=width)) / float(width.max())
    return axis if solid.mean() > 0.97 and stray < tolerance else None


def _inflated(inside: Array, thickness: float) -> Array:
    """Squared half depth in cells, negative outside: ∇²u = -4 inside, 0 on the outline (u = r² - ρ² over a disc)."""
    index = np.full(inside.shape, -1)
    index[inside] = np.arange(inside.sum())
    row, column, value = [index[inside]], [index[inside]], [np.full(int(inside.sum()), 4.0)]
    for axis, shift in ((0, 1), (0, -1), (1, 1), (1, -1)):
        neighbour = np.roll(index, shift, axis)[inside]
        linked = neighbour >= 0
        row.append(index[inside][linked])
        column.append(neighbour[linked])
        value.append(np.full(int(linked.sum()), -1.0))
    n = int(inside.sum())
    system = coo_matrix((np.concatenate(value), (np.concatenate(row), np.concatenate(column))), (n, n)).tocsc()
    squared = np.zeros(inside.shape)
    squared[inside] = spsolve(system, np.full(n, 4.0)) * thickness**2
    beside = ndimage.distance_transform_edt(~inside)
    slope = 2 * thickness**2 * np.sqrt(n / np.pi)  # of u at the rim of a disc of the same area
    smooth: Array = ndimage.gaussian_filter(squared - slope * np.maximum(beside - 0.5, 0), 0.8)
    return smooth


def _revolved(inside: Array, axis: float) -> Array:
    """Squared half depth in cells of the body of revolution, negative outside."""
    radius = ndimage.gaussian_filter1d(inside.sum(1) / 2.0, 0.8)
    x = np.arange(inside.shape[1])
    rows = np.flatnonzero(inside.any(1))
    gap = np.maximum(rows[0] - np.arange(inside.shape[0]), np.arange(inside.shape[0]) - rows[-1])
    squared: Array = radius[:, None] ** 2 - (x - axis) ** 2
    return np.where(gap[:, None] > 0, np.minimum(squared, -(squared.max()) * 0.5), squared)


def _largest_part(mask: Array) -> Array:
    count, label, stats, _ = cv2.connectedComponentsWithStats((mask > 127).astype(np.uint8))
    if count < 2 or stats[1:, cv2.CC_STAT_AREA].max() < 64:
        raise CaptureError(
            "NO_PRODUCT", "No product was found in the photo.", "Photograph it before a plain, different background."
        )
    product: Array = label == 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    return product


def _box(product: Array) -> tuple[slice, slice]:
    rows, columns = np.flatnonzero(product.any(1)), np.flatnonzero(product.any(0))
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def _crop(product: Array) -> Array:
    rows, columns = _box(product)
    return product[rows, columns]
