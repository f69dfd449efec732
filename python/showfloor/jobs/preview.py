"""Small pictures for those who watch a job."""

from __future__ import annotations

import contextlib
import io
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageOps

if TYPE_CHECKING:
    from assets_pipeline.capture import Product

SIDE_PX = 320


def jpeg(image: Image.Image) -> bytes:
    """``image`` as a JPEG with sides of at most ``SIDE_PX``."""
    small = image.convert("RGB")
    small.thumbnail((SIDE_PX, SIDE_PX))
    out = io.BytesIO()
    small.save(out, "JPEG", quality=75)
    return out.getvalue()


def jpeg_of(path: Path) -> bytes:
    """The picture at ``path`` as a small upright JPEG; empty where there is none that opens."""
    with contextlib.suppress(Exception), warnings.catch_warnings():  # decoders raise anything on hostile files
        warnings.simplefilter("ignore")
        with Image.open(path) as image:
            image.draft("RGB", (2 * SIDE_PX, 2 * SIDE_PX))
            return jpeg(ImageOps.exif_transpose(image))
    return b""


def first_picture(product: Product) -> bytes:
    """The first photo or frame of a product as a small JPEG; empty where there is none that opens."""
    import cv2

    from assets_pipeline.capture.formats import visible_files
    from assets_pipeline.capture.rgbd import rgbd_folders

    if product.kind == "video":
        ok, frame = cv2.VideoCapture(str(product.files[0])).read()
        return jpeg(Image.fromarray(frame[..., ::-1])) if ok else b""
    folders = rgbd_folders(product.path) if product.kind == "rgbd" else None
    files = visible_files(folders[0]) if folders else product.files
    return jpeg_of(files[0]) if files else b""
