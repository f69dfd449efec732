"""Colours where no photo saw the surface, and beyond the borders of the charts."""

from __future__ import annotations

import cv2
import numpy as np

from assets_pipeline.texture.raster import Texels
from assets_pipeline.texture.topology import averaging, weld
from assets_pipeline.types import Array, Mesh


def fill_unseen(mesh: Mesh, texels: Texels, color: Array, confidence: Array, rounds: int = 400) -> Array:
    """Replace the colour (T, 3) of texels with ``confidence`` (T,) 0 by that of their neighbours on the surface.

    Colours spread from the seen vertices along the edges of the mesh (a Laplace problem), across chart borders.
    """
    unseen = confidence <= 0
    if not unseen.any() or unseen.all():
        return color
    positions, index = weld(mesh)
    faces = index[mesh.faces]
    seen = np.flatnonzero(~unseen)
    corner = faces[texels.face[seen]]
    known = np.zeros(len(positions))
    total = np.zeros((len(positions), 3))
    for k in range(3):
        weight = texels.bary[seen, k].astype(np.float64)
        known += np.bincount(corner[:, k], weight, len(positions))
        for c in range(3):
            total[:, c] += np.bincount(corner[:, k], weight * color[seen, c], len(positions))
    fixed = known > 1e-3
    value = np.where(fixed[:, None], total / np.maximum(known, 1e-9)[:, None], color[seen].mean(axis=0))
    value = _spread(value.astype(np.float32), fixed, faces, rounds)
    result = color.copy()
    hidden = Texels(texels.size_px, texels.cell[unseen], texels.face[unseen], texels.bary[unseen])
    result[unseen] = hidden.gather(faces, value)
    return result


def _spread(value: Array, fixed: Array, faces: Array, rounds: int) -> Array:
    """First outwards ring by ring, so that far regions start near their answer, then averaged until smooth."""
    mean = averaging(faces, len(value))
    reached = fixed.copy()
    for _ in range(rounds):
        heft = mean @ reached.astype(np.float32)
        fresh = ~reached & (heft > 0)
        if not fresh.any():
            break
        spread = mean[fresh] @ (value * reached[:, None])
        value[fresh] = spread / heft[fresh, None]
        reached |= fresh
    free = np.flatnonzero(~fixed & reached)
    rows = mean[free]
    for _ in range(min(rounds, 60)):
        value[free] = rows @ value
    return value


def to_image(texels: Texels, values: Array) -> Array:
    """Spread texel values (T, C) uint8 to a whole (S, S, C) texture: every other texel takes its nearest one's."""
    size = texels.size_px
    empty = np.ones(size * size, np.uint8)
    empty[texels.cell] = 0
    _, label = cv2.distanceTransformWithLabels(
        empty.reshape(size, size), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    lookup = np.zeros(int(label.max()) + 1, np.int64)
    lookup[label.ravel()[texels.cell]] = np.arange(len(texels.cell))
    return values[lookup[label]]
