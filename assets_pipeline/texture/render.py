"""Draws the textured mesh as a camera sees it, unlit."""

from __future__ import annotations

import cv2
import numpy as np

from assets_pipeline.texture.raster import Buffer, rasterize_view
from assets_pipeline.texture.topology import require_uvs
from assets_pipeline.types import Array, Mesh, View


def render(mesh: Mesh, color_texture: Array, view: View, buffer: Buffer | None = None) -> tuple[Array, Array]:
    """The mesh with ``color_texture`` (S, S, 3) uint8 in the camera of ``view``.

    Returns the picture (H, W, 3) uint8, black beside the mesh, and its mask (H, W) uint8. One sample a pixel, texture
    looked up bilinearly (area-averaged first where the texture is more than twice as fine as the photo).
    ``buffer`` is the view's ``rasterize_view`` where the caller has it already.
    """
    uvs = require_uvs(mesh)
    buffer = buffer or rasterize_view(mesh.vertices, mesh.faces, view)
    seen = buffer.face >= 0
    corners = mesh.faces[buffer.face[seen]]
    uv = (uvs[corners] * buffer.bary[seen][..., None]).sum(axis=1)
    texture = _minified(mesh, color_texture, view)
    grid = np.full((view.height, view.width, 2), -1.0, np.float32)
    grid[seen] = uv * [texture.shape[1], texture.shape[0]] - 0.5
    picture = cv2.remap(texture, grid[..., 0], grid[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    picture[~seen] = 0
    return picture, (seen * np.uint8(255)).astype(np.uint8)


def _minified(mesh: Mesh, texture: Array, view: View) -> Array:
    """The mip level whose texels are at least about half a photo pixel wide."""
    uvs = require_uvs(mesh)
    corner = mesh.vertices[mesh.faces].astype(np.float64)
    surface = np.linalg.norm(np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]), axis=1).sum() / 2
    flat = uvs[mesh.faces].astype(np.float64)
    a, b = flat[:, 1] - flat[:, 0], flat[:, 2] - flat[:, 0]
    covered = np.abs(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum() / 2
    distance = float(np.median(view.project(mesh.vertices[:: max(1, len(mesh.vertices) // 2000)])[1]))
    pixels_per_metre = view.K[0, 0] / max(distance, 1e-9)
    texels_per_pixel = np.sqrt(covered / max(surface, 1e-20)) * texture.shape[0] / pixels_per_metre
    while texels_per_pixel > 2.8 and texture.shape[0] > 64:
        texture = cv2.resize(texture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        texels_per_pixel /= 2
    return texture
