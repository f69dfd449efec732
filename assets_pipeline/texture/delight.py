"""Takes the light out of a photographed colour, carefully: what cannot be told apart from paint stays."""

from __future__ import annotations

import cv2
import numpy as np

from assets_pipeline.types import Array

LUMINANCE_MIN, LUMINANCE_MAX = 32.0, 240.0
"""Khronos 3D Commerce allows 30..243 in sRGB; the margin is for the texture encoder."""

_LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)
_MAX_LOG_SHADING = 0.5


def delight(color: Array, normals: Array, occlusion: Array, confidence: Array, strength: float = 0.7) -> Array:
    """Divide ``color`` (T, 3) float32 sRGB 0..255 by an estimate of its low-frequency shading.

    Log luminance is explained by one albedo per colour cluster plus spherical harmonics of order 2 of the ``normals``
    (T, 3) (Ramamoorthi and Hanrahan 2001) plus ambient ``occlusion`` (T,) 0..1, fitted robustly with ridge
    regularisation on the seen texels (``confidence`` (T,) > 0). Only one factor per texel is applied to linear light,
    so hue and saturation stay, and the mean luminance is kept. ``strength`` 0..1 is how much of the shading goes.
    """
    seen = np.flatnonzero(confidence > 0)
    if strength <= 0 or len(seen) < 256:
        return color
    sample = seen[:: max(1, len(seen) // 30_000)]
    linear = to_linear(color[sample])
    luminance = linear @ _LUMA
    lit = (luminance > 0.004) & (luminance < 0.95)
    sample, linear, luminance = sample[lit], linear[lit], luminance[lit]
    if len(sample) < 256:
        return color
    albedo = _clusters(linear)
    basis = _basis(normals[sample], occlusion[sample])
    shape = _fit(np.log(luminance), albedo, basis)
    shading = _basis(normals, occlusion) @ shape.astype(np.float32)
    shading = np.clip(shading - np.median(shading[sample]), -_MAX_LOG_SHADING, _MAX_LOG_SHADING) * strength
    light = to_linear(color)
    result = light * np.exp(-shading)[:, None]
    result *= float((light[seen] @ _LUMA).mean()) / max(float((result[seen] @ _LUMA).mean()), 1e-9)
    peak = result.max(axis=1, keepdims=True)
    return to_srgb(result / np.maximum(peak, 1.0))


def limit_luminance(color: Array, low: float = LUMINANCE_MIN, high: float = LUMINANCE_MAX) -> Array:
    """Bring the sRGB luminance of ``color`` (..., 3) float32 0..255 into ``low``..``high``.

    Bright colours are scaled down; dark ones scaled up at most twofold, the rest is added as grey.
    """
    luma = color @ _LUMA
    result = color * np.minimum(1.0, high / np.maximum(luma, 1e-6))[..., None]
    result *= np.clip(low / np.maximum(luma, 1e-6), 1.0, 2.0)[..., None]
    result = np.minimum(result, 255.0)
    result += np.maximum(low - result @ _LUMA, 0.0)[..., None]
    return np.clip(result, 0.0, 255.0).astype(np.float32)


def to_linear(color: Array) -> Array:
    """sRGB 0..255 → linear 0..1 float32 (IEC 61966-2-1)."""
    table = np.arange(4096, dtype=np.float32) / 4095
    table = np.where(table <= 0.04045, table / 12.92, ((table + 0.055) / 1.055) ** 2.4).astype(np.float32)
    return table[np.clip(color * (4095 / 255) + 0.5, 0, 4095).astype(np.int16)]


def to_srgb(linear: Array) -> Array:
    """Linear 0..1 → sRGB 0..255 float32."""
    x = np.clip(linear, 0.0, 1.0)
    return (np.where(x <= 0.0031308, 12.92 * x, 1.055 * np.power(x, np.float32(1 / 2.4)) - 0.055) * 255).astype(
        np.float32
    )


def _clusters(linear: Array, count: int = 8) -> Array:
    """Cluster (S,) of each colour by chromaticity and, weakly, brightness: stands for 'the same paint'."""
    total = linear.sum(axis=1, keepdims=True)
    feature = np.concatenate([linear / total * 4.0, 0.25 * np.log(total)], axis=1).astype(np.float32)
    cv2.setRNGSeed(0)
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 20, 1e-3)
    _, label, _ = cv2.kmeans(
        feature, min(count, len(feature)), np.zeros((len(feature), 1), np.int32), stop, 1, cv2.KMEANS_PP_CENTERS
    )
    return label.ravel()


def _basis(normals: Array, occlusion: Array) -> Array:
    x, y, z = normals[:, 0], normals[:, 1], normals[:, 2]
    shade = np.log(np.clip(occlusion, 0.2, 1.0))
    return np.stack([x, y, z, x * y, y * z, z * x, x * x - y * y, 3 * z * z - 1, shade], axis=1).astype(np.float32)


def _fit(log_luminance: Array, cluster: Array, basis: Array, rounds: int = 6) -> Array:
    count = int(cluster.max()) + 1
    design = np.concatenate([np.eye(count)[cluster], basis], axis=1)
    ridge = np.concatenate([np.full(count, 1e-6), np.full(basis.shape[1], 0.01)]) * len(basis)
    weight = np.ones(len(basis))
    for _ in range(rounds):
        left = design.T @ (design * weight[:, None]) + np.diag(ridge)
        answer = np.linalg.solve(left, design.T @ (weight * log_luminance))
        weight = 1.0 / (1.0 + ((log_luminance - design @ answer) / 0.25) ** 2)
    shape = answer[count:]
    shape[-1] = np.clip(shape[-1], 0.0, 1.0)
    return shape
