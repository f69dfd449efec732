"""Gains that bring all photos to one exposure and white balance."""

from __future__ import annotations

import numpy as np

from assets_pipeline.texture.observe import Observations
from assets_pipeline.types import Array


def solve_gains(seen: Observations, prior: float = 0.05, rounds: int = 4) -> Array:
    """Gain (V, 3) float32 per view and channel, to be multiplied onto its (gamma-encoded) colour.

    Least squares in log space: every texel has one colour, every view one gain; the colours are eliminated, what
    remains is a V x V Laplacian. Texels where a view disagrees count less from round to round (Cauchy weights), and
    a weak prior holds gains at 1. On gamma-encoded colour a gain is that of linear light to the power 1/2.2.
    """
    views = seen.weight.shape[1]
    log = np.log(np.maximum(seen.low, 2.0).astype(np.float64) / 255.0)
    usable = (seen.low > 8.0).all(axis=2) & (seen.low < 250.0).all(axis=2)
    weight = np.where(usable, seen.weight, 0.0).astype(np.float64)
    weight[(weight > 0).sum(axis=1) < 2] = 0.0
    gains = np.zeros((views, 3))
    robust = np.ones_like(weight)
    for _ in range(rounds):
        w = weight * robust
        total = np.maximum(w.sum(axis=1), 1e-12)
        laplacian = np.diag(w.sum(axis=0)) - (w / total[:, None]).T @ w
        scale = max(float(np.diag(laplacian).mean()), 1e-9)
        mean = np.einsum("tv,tvc->tc", w, log) / total[:, None]
        right = -np.einsum("tv,tvc->vc", w, log - mean[:, None])
        gains = np.linalg.solve(laplacian + (prior * scale + 1e-9) * np.eye(views), right)
        gains -= gains.mean(axis=0)
        residual = np.abs(log + gains - (np.einsum("tv,tvc->tc", w, log + gains) / total[:, None])[:, None]).max(axis=2)
        robust = 1.0 / (1.0 + (residual / 0.08) ** 2)
    return np.exp(np.clip(gains, -0.7, 0.7)).astype(np.float32)
