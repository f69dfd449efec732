"""The triangles that are textured, their exact size and their origin, once the surface is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from assets_pipeline.camera import reframe
from assets_pipeline.recipes.options import ConvertOptions
from assets_pipeline.surface import simplify
from assets_pipeline.types import Cameras, Mesh, Scale

MASK_TOLERANCE = 0.01  # a dimension measured on the surface is right to about this share

UNWRAPPED_TRIANGLES = 100_000  # the most that is textured, also where the profile sets no limit


def simplify_and_place(dense: Mesh, cameras: Cameras, options: ConvertOptions) -> tuple[Mesh, Mesh, Cameras]:
    """The mesh to texture, with as many triangles as the profile takes, and the dense one, both in their place."""
    limits = options.target.max_triangles
    mesh = simplify(dense, min(limits[0] if limits else UNWRAPPED_TRIANGLES, UNWRAPPED_TRIANGLES))
    (mesh, dense), cameras = place((mesh, dense), cameras, options)
    return mesh, dense, cameras


def place(meshes: tuple[Mesh, ...], cameras: Cameras, options: ConvertOptions) -> tuple[tuple[Mesh, ...], Cameras]:
    """Scale to the known dimension and put the origin at the bottom centre of ``meshes[0]``; cameras follow."""
    low, high = meshes[0].vertices.min(0).astype(np.float64), meshes[0].vertices.max(0).astype(np.float64)
    size = high - low
    exact = options.exact_scale((float(size[0]), float(size[1]), float(size[2])))
    factor = 1.0 if exact is None else exact[1]
    shift = -factor * np.array([(low[0] + high[0]) / 2, low[1], (low[2] + high[2]) / 2])
    moved = tuple(replace(m, vertices=(m.vertices * factor + shift).astype(np.float32)) for m in meshes)
    cameras = reframe(cameras, scale=factor, shift=shift)
    if exact is not None:
        cameras = replace(cameras, scale=Scale(exact[0], MASK_TOLERANCE))
    return moved, cameras
