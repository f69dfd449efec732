"""Resizing of textures, and reading of image files inside glTF."""

from __future__ import annotations

import cv2
import numpy as np

from assets_pipeline.types import Array

_BYTE = np.arange(256) / 255.0
_TO_LINEAR = np.where(_BYTE <= 0.04045, _BYTE / 12.92, ((_BYTE + 0.055) / 1.055) ** 2.4)
_TO_LINEAR16 = np.round(_TO_LINEAR * 65535).astype(np.uint16)
_LINEAR = np.arange(65536) / 65535.0
_TO_SRGB8 = np.round(
    255 * np.where(_LINEAR <= 0.0031308, _LINEAR * 12.92, 1.055 * _LINEAR ** (1 / 2.4) - 0.055)
).astype(np.uint8)


def linear_from_srgb(pixels: Array) -> Array:
    """sRGB bytes of any shape → linear light, float32 in 0..1 (IEC 61966-2-1)."""
    return _TO_LINEAR.astype(np.float32)[pixels]


def power_of_two(length: int) -> int:
    """The power of two nearest to ``length`` on a logarithmic scale, at least 1."""
    return 1 << max(0, round(float(np.log2(max(1, length)))))


def resize(pixels: Array, width: int, height: int, role: str) -> Array:
    """Texture (H, W, 3) uint8 at another size: colour averaged in linear light, normals kept at unit length."""
    if pixels.shape[:2] == (height, width):
        return pixels
    shrinks = width * height < pixels.shape[0] * pixels.shape[1]
    method = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    if role == "base_color":
        return _TO_SRGB8[cv2.resize(_TO_LINEAR16[pixels], (width, height), interpolation=method)]
    scaled: Array = cv2.resize(pixels, (width, height), interpolation=method)
    if role != "normal":
        return scaled
    vectors = scaled.astype(np.float32) / 127.5 - 1
    vectors /= np.maximum(np.linalg.norm(vectors, axis=2, keepdims=True), 1e-6)
    return np.round((vectors + 1) * 127.5).astype(np.uint8)


def read_image(data: bytes) -> Array | None:
    """A PNG or JPEG file as (H, W, 3) uint8 RGB, None when it is neither."""
    if not data:
        return None
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    return None if pixels is None else np.ascontiguousarray(pixels[..., ::-1])
