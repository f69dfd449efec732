"""Outlines moved onto the edges of the picture."""

from __future__ import annotations

import cv2
import numpy as np

from assets_pipeline.types import Array


def snap_to_edges(mask: Array, pixels: Array, radius_px: int, smoothness: float) -> Array:
    """(H, W) bool mask whose outline follows the colour edges of ``pixels`` (H, W, 3) uint8 within ``radius_px``.

    The colour guided filter (He, Sun, Tang 2013) on the mask, cut at one half. ``smoothness`` is its epsilon for
    colours in 0..1. Only windows that hold some outline are solved: elsewhere the filter changes nothing.
    """
    guide = pixels.astype(np.float32) / 255.0
    coverage = mask.astype(np.float32)

    def mean(values: Array) -> Array:
        return cv2.boxFilter(values, -1, (2 * radius_px + 1, 2 * radius_px + 1))

    mean_mask, mean_guide = mean(coverage), mean(guide)
    band = (mean_mask > 1e-4) & (mean_mask < 1.0 - 1e-4)
    covariance = mean(guide * coverage[..., None])[band] - mean_guide[band] * mean_mask[band][:, None]
    spread = np.empty((len(covariance), 3, 3), np.float32)
    for i in range(3):
        for j in range(i, 3):
            product = mean(guide[..., i] * guide[..., j])[band] - mean_guide[band][:, i] * mean_guide[band][:, j]
            spread[:, i, j] = spread[:, j, i] = product
    slope = np.zeros_like(guide)
    slope[band] = np.linalg.solve(spread + smoothness * np.eye(3, dtype=np.float32), covariance[..., None])[..., 0]
    offset = mean_mask - (slope * mean_guide).sum(-1)
    return (mean(slope) * guide).sum(-1) + mean(offset) > 0.5
