"""One picture file → one photo, or an error that says what is wrong with it."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

import numpy as np
from pi_heif import register_heif_opener
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from assets_pipeline.capture.exif import focal_px
from assets_pipeline.capture.formats import RAW_EXTENSIONS
from assets_pipeline.capture.options import CaptureOptions
from assets_pipeline.errors import InputError
from assets_pipeline.types import Photo

register_heif_opener()

_SRGB = ImageCms.createProfile("sRGB")


def read_photo(path: Path, options: CaptureOptions) -> Photo:
    """Read one picture: upright, 8-bit sRGB, not larger than ``options.max_side_px``.

    CMYK, grey, palette and 16-bit pictures are converted, embedded colour profiles applied, transparency laid on white.

    Raises:
        InputError: RAW_NOT_SUPPORTED, FILE_UNREADABLE, NOT_AN_IMAGE, IMAGE_TRUNCATED, IMAGE_TOO_LARGE, IMAGE_TOO_SMALL,
            IMAGE_MODE_UNSUPPORTED.
    """
    if path.suffix.lower() in RAW_EXTENSIONS:
        raise InputError("RAW_NOT_SUPPORTED", f"{path.name!r} is a RAW photo.", "Export it as JPEG, PNG or TIFF.")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of large and odd files; they are judged here instead
        with _open(path) as image:
            _check_size(path, image, options)
            return _decode(path, image, options)


def _open(path: Path) -> Image.Image:
    try:
        return Image.open(path)
    except Image.DecompressionBombError as error:
        raise _too_large(path, "more than 178 million pixels") from error
    except UnidentifiedImageError as error:
        raise InputError(
            "NOT_AN_IMAGE", f"{path.name!r} holds no picture that can be read.", "Remove it or export it again as JPEG."
        ) from error
    except OSError as error:
        raise InputError(
            "FILE_UNREADABLE",
            f"{path.name!r} cannot be read: {error.strerror or error}.",
            "Check the file and its rights.",
        ) from error
    except Exception as error:  # decoders raise anything on hostile files
        raise InputError(
            "NOT_AN_IMAGE", f"{path.name!r} is damaged: {error}.", "Remove it or export it again as JPEG."
        ) from error


def _check_size(path: Path, image: Image.Image, options: CaptureOptions) -> None:
    width, height = image.size
    if width * height > options.max_pixels:
        raise _too_large(path, f"{width} × {height} pixels")
    if min(width, height) < options.min_side_px:
        raise InputError(
            "IMAGE_TOO_SMALL",
            f"{path.name!r} is {width} × {height} pixels, the shorter side must have {options.min_side_px}.",
            "Use the photo in its original size.",
        )


def _too_large(path: Path, size: str) -> InputError:
    return InputError(
        "IMAGE_TOO_LARGE", f"{path.name!r} has {size}, too many to read.", "Scale it down to 8000 pixels."
    )


def _decode(path: Path, image: Image.Image, options: CaptureOptions) -> Photo:
    try:
        exif = image.getexif()
        focal = focal_px(exif, *image.size, (options.min_fov_deg, options.max_fov_deg))
        side = max(image.size)
        if image.format == "JPEG" and side > options.max_side_px:
            image.draft(None, (options.max_side_px, options.max_side_px))
        image.load()
        upright = _to_rgb(_shrink(ImageOps.exif_transpose(image), options.max_side_px))
    except InputError:
        raise
    except Exception as error:  # decoders raise anything on truncated and hostile files
        raise InputError(
            "IMAGE_TRUNCATED", f"{path.name!r} is cut off or damaged: {error}.", "Copy it from the camera again."
        ) from error
    scale = max(upright.size) / side
    return Photo(path.name, np.array(upright), None if focal is None else focal * scale)


def _shrink(image: Image.Image, max_side_px: int) -> Image.Image:
    factor = max_side_px / max(image.size)
    if factor >= 1.0:
        return image
    size = (max(1, round(image.width * factor)), max(1, round(image.height * factor)))
    if image.mode in ("P", "1"):
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    if image.mode.startswith("I;16"):
        image = image.convert("I")
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _to_rgb(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile")
    if image.mode.startswith("I"):
        return _grey16_to_rgb(image)
    if image.mode == "F":
        raise InputError(
            "IMAGE_MODE_UNSUPPORTED", "The picture holds floating-point values.", "Export it as 8-bit or 16-bit."
        )
    if image.mode in ("P", "LA", "PA", "RGBA", "La", "RGBa") or "transparency" in image.info:
        rgba = image.convert("RGBA")
        white = Image.new("RGBA", rgba.size, (255, 255, 255, 255))
        image = Image.alpha_composite(white, rgba).convert("RGB")
    if profile and image.mode in ("RGB", "CMYK", "L"):
        converted = _apply_profile(image, profile)
        if converted is not None:
            return converted
    return image.convert("RGB")


def _grey16_to_rgb(image: Image.Image) -> Image.Image:
    values = np.asarray(image, dtype=np.float32)
    if image.mode == "I" and values.max(initial=0) > 65535:
        values = values / 65536.0
    grey = np.clip(np.rint(values / 257.0), 0, 255).astype(np.uint8)
    return Image.fromarray(np.repeat(grey[..., None], 3, axis=2))


def _apply_profile(image: Image.Image, profile: bytes) -> Image.Image | None:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "srgb" in ImageCms.getProfileDescription(source).lower():
            return None
        return ImageCms.profileToProfile(image, source, _SRGB, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None  # a broken profile says nothing about the colours
