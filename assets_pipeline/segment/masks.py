"""Masks of the product in every photo."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from assets_pipeline import models
from assets_pipeline.progress import Progress
from assets_pipeline.segment.network import SaliencyNetwork
from assets_pipeline.segment.options import SegmentOptions
from assets_pipeline.segment.parts import close_holes, crop_around, keep_product, product_box
from assets_pipeline.segment.refine import snap_to_edges
from assets_pipeline.types import Array, Photo

_DEFAULTS = SegmentOptions()


def segment_photos(
    photos: Sequence[Photo], options: SegmentOptions = _DEFAULTS, progress: Progress | None = None
) -> tuple[Array, ...]:
    """One (H, W) uint8 mask per photo, 255 on the product and 0 beside it; all 0 where no product stands out.

    The network looks twice: at the whole photo to find the product, then at a crop around it; the outline
    is then moved onto the edges of the picture.

    Raises:
        InputError: MODEL_UNKNOWN, MODEL_NOT_COMMERCIAL, MODEL_NOT_FOR_MASKS.
        MachineError: MODEL_MISSING, MODEL_HASH_MISMATCH.
    """
    progress = progress or Progress()
    file = models.path(options.model, options.commercial_only)
    network = SaliencyNetwork(options.model, file, options.threads)
    masks = []
    for index, photo in enumerate(photos):
        progress.update(index / len(photos), f"mask {index + 1} of {len(photos)}")
        masks.append(_segment(photo.pixels, network, options))
    return tuple(masks)


def _segment(pixels: Array, network: SaliencyNetwork, options: SegmentOptions) -> Array:
    far = network(pixels)
    box = product_box(far, options.threshold)
    if box is None:
        return np.zeros(pixels.shape[:2], np.uint8)
    x0, y0, x1, y1 = crop_around(box, options.crop_margin, pixels.shape[:2])
    crop = pixels[y0:y1, x0:x1]
    near = (network(crop) > options.threshold) | _core(far > options.threshold, box)[y0:y1, x0:x1]
    radius = max(2, round(options.edge_reach * max(crop.shape[:2])))
    mask = np.zeros(far.shape, bool)
    mask[y0:y1, x0:x1] = snap_to_edges(near, crop, radius, options.edge_smoothness)
    mask = close_holes(keep_product(mask, options.min_part_area), options.max_hole_area)
    return np.where(mask, 255, 0).astype(np.uint8)


def _core(far: Array, box: tuple[int, int, int, int]) -> Array:
    """The inside of the first look's mask: sure product, even where the closer look doubts it."""
    size = max(box[2] - box[0], box[3] - box[1])
    radius = max(3, round(size * 0.03))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    return cv2.erode(far.astype(np.uint8), disc).astype(bool)
