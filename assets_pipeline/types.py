"""The data that flows between steps: plain frozen dataclasses of numpy arrays.

Conventions: metres, +Y up, front +Z, origin at the bottom centre of the product. Intrinsics in pixels with pixel
centres at +0.5. Depth is z in metres, 0 means none. Colour is sRGB uint8 here, linear float32 inside steps.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy.typing as npt

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Photo:
    """One usable photo. ``pixels`` (H, W, 3) uint8 sRGB, EXIF rotation applied, possibly scaled down.

    ``focal_px`` is the focal length in pixels of ``pixels`` as EXIF tells it, None where it does not.
    """

    file: str
    pixels: Array
    focal_px: float | None = None

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])


@dataclass(frozen=True)
class ImageVerdict:
    """Whether a file was used, and why not."""

    file: str
    used: bool
    reason: str = ""


@dataclass(frozen=True)
class Capture:
    """Photos of one product, and a verdict for every file that was offered."""

    photos: tuple[Photo, ...]
    verdicts: tuple[ImageVerdict, ...]


@dataclass(frozen=True)
class View:
    """A photo with its pinhole camera in the product's frame.

    ``pixels`` (H, W, 3) uint8 is free of lens distortion; ``mask`` (H, W) uint8 is 255 on the product, 0 beside it;
    ``K`` (3, 3) and ``R`` (3, 3), ``t`` (3,) float64 are ``cam_from_asset``: ``x_cam = R @ x_asset + t`` (+z forward,
    +y down).
    """

    file: str
    pixels: Array
    mask: Array
    K: Array
    R: Array
    t: Array

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def center(self) -> Array:
        """Camera centre in the asset frame, (3,)."""
        return -self.R.T @ self.t

    def project(self, points: Array) -> tuple[Array, Array]:
        """Asset points (N, 3) → pixel coordinates (N, 2) and depth (N,) in metres."""
        cam = points @ self.R.T + self.t
        uvw = cam @ self.K.T
        return uvw[:, :2] / uvw[:, 2:3], cam[:, 2]


@dataclass(frozen=True)
class Scale:
    """Where the size comes from. ``source`` is 'height', 'width', 'depth', 'marker', 'rgbd' or 'unknown'.

    ``tolerance`` is the relative uncertainty of the size; None when the size is unknown.
    """

    source: str = "unknown"
    tolerance: float | None = None


@dataclass(frozen=True)
class Cameras:
    """Solved cameras in the asset frame.

    ``points`` (M, 3) float32 are triangulated features on the product; ``box`` (2, 3) float32 is a generous bound of
    the product (min, max). ``ground`` tells whether a table was found at y = 0.
    """

    views: tuple[View, ...]
    points: Array
    box: Array
    ground: bool
    scale: Scale
    registered: int
    total: int
    reprojection_px: float


@dataclass(frozen=True)
class DepthMap:
    """Depth of one view: ``depth`` (h, w) float32 metres, 0 = none; ``normal`` (h, w, 3) float32 unit, camera frame;
    ``confidence`` (h, w) float32 in 0..1; ``K`` (3, 3) belongs to this map's resolution.
    """

    view: int
    depth: Array
    normal: Array
    confidence: Array
    K: Array


@dataclass(frozen=True)
class Mesh:
    """Triangles: ``vertices`` (N, 3) float32 metres, ``faces`` (M, 3) int32 counter-clockwise seen from outside.

    ``uvs`` (N, 2) float32 with (0, 0) at the top left of the texture, as glTF has it; ``normals`` (N, 3) float32.
    """

    vertices: Array
    faces: Array
    uvs: Array | None = None
    normals: Array | None = None

    @property
    def size(self) -> Array:
        """Extent along x, y, z in metres, (3,)."""
        return self.vertices.max(0) - self.vertices.min(0)


@dataclass(frozen=True)
class Material:
    """glTF metallic-roughness textures, (H, W, 3) uint8 each.

    ``base_color`` is sRGB; ``normal`` is tangent space, +Y up (OpenGL); ``orm`` is linear: occlusion,
    roughness, metallic.
    """

    base_color: Array
    normal: Array | None = None
    orm: Array | None = None


@dataclass(frozen=True)
class Source:
    """Something the asset was made with: a tool, a model or a data set, for provenance."""

    name: str
    version: str
    licence: str
    commercial: bool


@dataclass(frozen=True)
class Asset:
    """A textured product, finest mesh first, ready to be written as glTF."""

    name: str
    lods: tuple[Mesh, ...]
    material: Material
    provenance: tuple[Source, ...] = ()
    extras: dict[str, Any] = field(default_factory=dict)
