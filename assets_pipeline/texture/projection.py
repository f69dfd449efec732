"""From photos to a lit texture: what the product looked like under the light it was photographed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assets_pipeline.progress import Progress
from assets_pipeline.texture.blend import blend
from assets_pipeline.texture.exposure import solve_gains
from assets_pipeline.texture.observe import Observations, observe
from assets_pipeline.texture.raster import Texels
from assets_pipeline.texture.stack import Stack
from assets_pipeline.texture.topology import smooth_normals
from assets_pipeline.types import Array, Mesh

_CHUNK = 65536
_GAIN_TEXELS = 20_000


@dataclass(frozen=True)
class Projection:
    """Colour (T, 3) float32 in 0..255 of every texel and how well it was seen (T,) float32, 0 = not at all."""

    color: Array
    confidence: Array


def project(
    mesh: Mesh,
    texels: Texels,
    stack: Stack,
    uses: Sequence[Array],
    min_cos: float,
    sharpness: float,
    bias_m: float,
    progress: Progress,
) -> list[Projection]:
    """Blend the stack's photos once for each choice of views in ``uses`` ((V,) bool each).

    Projection and visibility are shared; gains are solved for each choice from its own views only.
    """
    normals = smooth_normals(mesh, smoothing=2)

    def look(part: Texels) -> Observations:
        points = part.gather(mesh.faces, mesh.vertices)
        facing = part.gather(mesh.faces, normals)
        facing /= np.maximum(np.linalg.norm(facing, axis=1, keepdims=True), 1e-12)
        return observe(stack, points, facing, bias_m, min_cos)

    count = len(texels.cell)
    sample = look(_part(texels, slice(None, None, max(1, count // _GAIN_TEXELS))))
    gains = [_gains(sample, used) for used in uses]
    results = [Projection(np.empty((count, 3), np.float32), np.empty(count, np.float32)) for _ in uses]
    for first in range(0, count, _CHUNK):
        progress.update(0.2 + 0.5 * first / count, "projecting photos")
        chunk = slice(first, first + _CHUNK)
        seen = look(_part(texels, chunk))
        for used, gain, result in zip(uses, gains, results):
            result.color[chunk], result.confidence[chunk] = blend(stack, seen, gain, used, sharpness)
    return results


def _gains(sample: Observations, used: Array) -> Array:
    gains = np.ones((len(used), 3), np.float32)
    gains[used] = solve_gains(Observations(sample.weight[:, used], sample.low[:, used], sample.pixel[:, used]))
    return gains


def _part(texels: Texels, chosen: slice) -> Texels:
    return Texels(texels.size_px, texels.cell[chosen], texels.face[chosen], texels.bary[chosen])
