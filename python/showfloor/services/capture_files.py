"""What may be declared as a capture, and what kind of capture it is."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from assets_pipeline.capture.formats import is_photo
from assets_pipeline.capture.inputs import Product, find_products
from assets_pipeline.errors import InputError
from showfloor.errors import LimitReached
from showfloor.services.checks import has_control, shown
from showfloor.settings import Settings
from showfloor.store.shelves import disk_errors
from showfloor.v1 import capture_pb2 as pb

MAX_NAME_BYTES = 200
MIN_PHOTOS = 3
SHA256 = re.compile(r"[0-9a-f]{64}")

KINDS: dict[str, pb.CaptureKind] = {
    "photos": pb.CAPTURE_KIND_PHOTOS,
    "video": pb.CAPTURE_KIND_VIDEO,
    "rgbd": pb.CAPTURE_KIND_RGBD,
    "single_photo": pb.CAPTURE_KIND_SINGLE_PHOTO,
}
"""Kinds of ``assets_pipeline`` and of the contract."""
_CALLED = {"photos": "photos", "video": "a video", "rgbd": "colour and depth folders", "single_photo": "one photo"}


def check_files(files: Sequence[pb.CaptureFile], settings: Settings) -> None:
    """Refuse what no upload could make right.

    Raises:
        InputError: EMPTY_CAPTURE, FILE_NAME_INVALID, FILE_SIZE_INVALID, HASH_INVALID.
        LimitReached: CAPTURE_TOO_MANY_FILES, CAPTURE_TOO_LARGE.
    """
    if not files:
        raise InputError("EMPTY_CAPTURE", "No file was declared.", "Name the photos, or the video, in files.")
    if len(files) > settings.max_capture_files:
        raise LimitReached(
            "CAPTURE_TOO_MANY_FILES",
            f"{len(files)} files were declared; this server takes {settings.max_capture_files} in a capture "
            "(max_capture_files).",
            "Leave some out: 30 to 60 photos are enough.",
        )
    for file in files:
        _check_name(file.name)
        check_sha256(file.sha256, file.name)
        if file.size_bytes < 1:
            raise InputError(
                "FILE_SIZE_INVALID", f"{shown(file.name)} has size_bytes {file.size_bytes}.", "Leave empty files out."
            )
    _check_together([f.name for f in files])
    total = sum(f.size_bytes for f in files)
    if total > settings.max_capture_bytes:
        raise LimitReached(
            "CAPTURE_TOO_LARGE",
            f"The files have {total:,} bytes; this server takes {settings.max_capture_bytes:,} (max_capture_bytes).",
            "Leave some out, or save the photos smaller: 4000 pixels are enough.",
        )


def check_sha256(text: str, what: str) -> None:
    """
    Raises:
        InputError: HASH_INVALID.
    """
    if not SHA256.fullmatch(text):
        raise InputError(
            "HASH_INVALID", f"sha256 of {shown(what)} is {shown(text)}.", "Send SHA-256 as 64 lower-case hex digits."
        )


def find_kind(names: Sequence[str], declared: int) -> pb.CaptureKind:
    """The kind of a capture with these (checked) names, as ``showfloor convert`` would find it.

    Raises:
        InputError: CAPTURE_KIND_INVALID, CAPTURE_KIND_MISMATCH, CAPTURE_NOT_ONE_PRODUCT, EMPTY_CAPTURE,
            INPUT_UNSUPPORTED, TOO_FEW_PHOTOS.
    """
    if declared not in (pb.CAPTURE_KIND_UNSPECIFIED, *KINDS.values()):
        raise InputError("CAPTURE_KIND_INVALID", f"There is no kind {declared}.", "Leave kind out.")
    with disk_errors(), tempfile.TemporaryDirectory(prefix="showfloor-") as folder:
        for name in names:  # empty files: convert looks at names only
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        found = as_product(Path(folder), names).kind
    if declared == pb.CAPTURE_KIND_PHOTOS and found == "single_photo":
        raise _too_few(1)
    if declared and KINDS[found] != declared:
        wanted = next(text for text, kind in KINDS.items() if kind == declared)
        raise InputError(
            "CAPTURE_KIND_MISMATCH",
            f"The capture was declared as {_CALLED[wanted]}, but its files are {_CALLED[found]}.",
            "Leave kind out; depth needs folders in the names: color/0001.jpg, depth/0001.png.",
        )
    photos = sum(is_photo(Path(name)) for name in names)
    if found == "photos" and photos < MIN_PHOTOS:
        raise _too_few(photos)
    return KINDS[found]


def as_product(folder: Path, names: Sequence[str]) -> Product:
    """The one product that the files ``names`` inside ``folder`` show.

    Raises:
        InputError: CAPTURE_NOT_ONE_PRODUCT, EMPTY_CAPTURE, INPUT_UNSUPPORTED.
    """
    products = find_products([folder / names[0] if len(names) == 1 else folder])
    if len(products) > 1:
        places = ", ".join(shown(str(p.path.relative_to(folder))) for p in products[:3])
        raise InputError(
            "CAPTURE_NOT_ONE_PRODUCT",
            f"The files show {len(products)} products, as {places}.",
            "Make one capture for each product, with its photos in one folder.",
        )
    product = products[0]
    if product.kind == "photos" and not product.files:
        raise InputError(
            "EMPTY_CAPTURE", "No file is a photo or a video by its name.", "Use names like 0001.jpg or tour.mp4."
        )
    return product


def _check_name(name: str) -> None:
    size = len(name.encode())
    problem = ""
    if not name or size > MAX_NAME_BYTES:
        problem = f"has {size} bytes; 1 to {MAX_NAME_BYTES} are allowed"
    elif has_control(name) or "\\" in name:
        problem = "holds a control character or a backslash"
    elif any(part in ("", ".", "..") for part in name.split("/")):
        problem = 'has an empty part, "." or ".." in its path'
    if problem:
        raise InputError(
            "FILE_NAME_INVALID", f"The file name {shown(name)} {problem}.", 'Use relative names: "0001.jpg".'
        )


def _check_together(names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise InputError("FILE_NAME_INVALID", f"{shown(name)} was declared twice.", "Give each file its own name.")
        seen.add(name)
    for name in seen:
        parts = name.split("/")
        folder = next((f for n in range(1, len(parts)) if (f := "/".join(parts[:n])) in seen), None)
        if folder is not None:
            raise InputError(
                "FILE_NAME_INVALID", f"{shown(folder)} is a file and a folder at once.", "Rename one of them."
            )


def _too_few(photos: int) -> InputError:
    return InputError(
        "TOO_FEW_PHOTOS",
        f"{photos} photos were declared; {MIN_PHOTOS} are the least that can be tried, 30 to 60 are good.",
        "Add photos from all around; for a relief of one photo use SINGLE_PHOTO with that one.",
    )
