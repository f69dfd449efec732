"""Compare solved cameras with known ones."""

from __future__ import annotations

import numpy as np

from assets_pipeline.types import Array


def umeyama(source: Array, target: Array) -> tuple[float, Array, Array]:
    """Scale s, rotation R and shift t that minimise |s R source + t - target| (Umeyama, PAMI 1991). Points (N, 3)."""
    mean_s, mean_t = source.mean(0), target.mean(0)
    a, b = source - mean_s, target - mean_t
    u, d, vt = np.linalg.svd(b.T @ a / len(a))
    sign = np.array([1.0, 1.0, np.sign(np.linalg.det(u) * np.linalg.det(vt))])
    rotation = (u * sign) @ vt
    scale = float((d * sign).sum() / (a**2).sum(1).mean())
    return scale, rotation, mean_t - scale * rotation @ mean_s


def aligned_rmse(source: Array, target: Array) -> float:
    """Root mean square distance after alignment, in the target's unit."""
    scale, rotation, shift = umeyama(source, target)
    left = scale * source @ rotation.T + shift - target
    return float(np.sqrt((left**2).sum(1).mean()))
