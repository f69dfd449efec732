"""How well photos that were held out from baking are predicted by the textured model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from skimage.metrics import structural_similarity

from assets_pipeline.texture.raster import Buffer
from assets_pipeline.texture.render import render
from assets_pipeline.types import Array, Mesh, View

_LABEL_PX = 96


@dataclass(frozen=True)
class HoldoutScore:
    """Medians over the held-out photos, inside the photo's mask and the rendered mask; no exposure is matched.

    ``psnr_db`` is the peak signal-to-noise ratio of sRGB; ``ssim`` the structural similarity (Wang et al. 2004);
    ``label_ncc`` the normalised cross-correlation of the photo's most textured patch. NaN without held-out photos.
    """

    psnr_db: float
    ssim: float
    label_ncc: float
    photos: int


def score(mesh: Mesh, lit_color: Array, views: Sequence[View], buffers: Sequence[Buffer | None]) -> HoldoutScore:
    """Re-render ``views`` with ``lit_color`` (S, S, 3) uint8, which must not have been baked from them."""
    rows = []
    for view, buffer in zip(views, buffers):
        picture, mask = render(mesh, lit_color, view, buffer)
        both = (mask > 0) & (view.mask > 127)
        if both.sum() >= 64:
            rows.append((psnr(view.pixels, picture, both), *_structure(view.pixels, picture, both)))
    if not rows:
        return HoldoutScore(float("nan"), float("nan"), float("nan"), 0)
    columns = [[value for value in column if not np.isnan(value)] for column in zip(*rows)]
    middle = [float(np.median(column)) if column else float("nan") for column in columns]
    return HoldoutScore(middle[0], middle[1], middle[2], len(rows))


def psnr(photo: Array, picture: Array, mask: Array) -> float:
    """Peak signal-to-noise ratio in dB of two (H, W, 3) uint8 pictures inside ``mask`` (H, W) bool."""
    error = photo[mask].astype(np.float64) - picture[mask].astype(np.float64)
    return float(10 * np.log10(255.0**2 / max(float((error**2).mean()), 1e-9)))


def label_patch(grey: Array, mask: Array) -> tuple[slice, slice]:
    """The 96 px window (smaller on small products) with the most gradient energy inside ``mask`` (H, W) bool.

    Gradients within 4 px of the mask's border do not count: an outline is no label.
    """
    inner = cv2.erode(mask.astype(np.uint8), np.ones((9, 9), np.uint8))
    energy = cv2.Sobel(grey, cv2.CV_32F, 1, 0) ** 2 + cv2.Sobel(grey, cv2.CV_32F, 0, 1) ** 2
    size = int(min(_LABEL_PX, *grey.shape))
    total = cv2.boxFilter(energy * inner, cv2.CV_32F, (size, size), anchor=(0, 0), normalize=False)
    total = total[: grey.shape[0] - size + 1, : grey.shape[1] - size + 1]
    y, x = np.unravel_index(int(total.argmax()), total.shape)
    return slice(int(y), int(y) + size), slice(int(x), int(x) + size)


def ncc(a: Array, b: Array) -> float:
    """Normalised cross-correlation of two equally long arrays; NaN when one is constant."""
    a, b = a - a.mean(), b - b.mean()
    scale = float(np.sqrt((a**2).sum() * (b**2).sum()))
    return float((a * b).sum() / scale) if scale > 1e-9 else float("nan")


def _structure(photo: Array, picture: Array, mask: Array) -> tuple[float, float]:
    y, x = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    box = slice(y[0], y[-1] + 1), slice(x[0], x[-1] + 1)
    grey = [cv2.cvtColor(p[box], cv2.COLOR_RGB2GRAY).astype(np.float32) for p in (photo, picture)]
    inside = mask[box]
    patch = label_patch(grey[0], inside)
    pixels = inside[patch]
    label = ncc(grey[0][patch][pixels], grey[1][patch][pixels]) if pixels.sum() >= 64 else float("nan")
    if min(inside.shape) < 7:
        return float("nan"), label
    grey[1] = np.where(inside, grey[1], grey[0])
    _, local = structural_similarity(grey[0], grey[1], data_range=255.0, full=True)
    return float(local[inside].mean()), label
