"""What the user pointed at → products."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from assets_pipeline.capture.formats import is_photo, is_video, natural_key, visible_files
from assets_pipeline.capture.rgbd import rgbd_folders
from assets_pipeline.errors import InputError

Kind = Literal["photos", "video", "rgbd", "single_photo"]

_MAX_NAME_BYTES = 100
_MAX_DEPTH = 4
_PHOTO_FOLDERS = frozenset({"images", "image", "photos", "input", "imgs", "jpg", "jpeg", "png"})
_RESERVED = frozenset({"con", "prn", "aux", "nul"} | {f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)})


@dataclass(frozen=True)
class Product:
    """One product to convert.

    ``name`` is safe as a file name and unique within the run; ``files`` are its photos or its video.
    """

    name: str
    kind: Kind
    path: Path
    files: tuple[Path, ...]


def find_products(inputs: Sequence[Path]) -> list[Product]:
    """Products in folders of photos, folders of such folders, video files, RGB-D folders and single photos.

    A folder with nothing in it is a product without photos, so that it fails by itself and not the whole run.

    Raises:
        InputError: INPUT_NOT_FOUND, INPUT_UNREADABLE, INPUT_UNSUPPORTED.
    """
    taken: set[str] = set()
    products = []
    for path in inputs:
        for title, kind, place, files in _find(path):
            products.append(Product(_unique(safe_name(title), taken), kind, place, files))
    return products


def safe_name(title: str) -> str:
    """``title`` as a file name: letters, digits, ``-``, ``_`` and inner dots; never empty or reserved."""
    text = unicodedata.normalize("NFC", title)
    text = re.sub(r"[^\w.]+", "-", text)
    text = re.sub(r"\.{2,}", ".", text).strip("-._")
    text = text.encode()[:_MAX_NAME_BYTES].decode(errors="ignore").strip("-._")
    if not text:
        return "product"
    return f"{text}-product" if text.partition(".")[0].casefold() in _RESERVED else text


def _unique(name: str, taken: set[str]) -> str:
    candidate, number = name, 2
    while candidate.casefold() in taken:
        candidate = f"{name}-{number}"
        number += 1
    taken.add(candidate.casefold())
    return candidate


def _find(path: Path) -> Iterator[tuple[str, Kind, Path, tuple[Path, ...]]]:
    try:
        if path.is_dir():
            found = list(_in_folder(path, path.resolve().name, 0))
            yield from found or [(path.resolve().name, "photos", path, ())]
            return
        exists = path.is_file()
    except OSError as error:
        raise InputError(
            "INPUT_UNREADABLE", f"{str(path)!r} cannot be read: {error.strerror}.", "Check its access rights."
        ) from error
    if not exists:
        raise InputError("INPUT_NOT_FOUND", f"{str(path)!r} does not exist.", "Check the path.")
    if is_video(path):
        yield path.stem, "video", path, (path,)
    elif is_photo(path):
        yield path.stem, "single_photo", path, (path,)
    else:
        raise InputError(
            "INPUT_UNSUPPORTED",
            f"{path.name!r} is neither a photo nor a video.",
            "Give a folder of photos, a video, an RGB-D folder or a photo.",
        )


def _in_folder(folder: Path, title: str, depth: int) -> Iterator[tuple[str, Kind, Path, tuple[Path, ...]]]:
    if rgbd_folders(folder) is not None:
        yield title, "rgbd", folder, ()
        return
    files = visible_files(folder)
    photos = tuple(f for f in files if is_photo(f))
    if photos:
        yield title, "photos", folder, photos
        return
    videos = [f for f in files if is_video(f)]
    for video in videos:
        yield title if len(videos) == 1 and depth > 0 else video.stem, "video", video, (video,)
    children = sorted((p for p in folder.iterdir() if p.is_dir() and not p.name.startswith(".")), key=natural_key)
    inner = [c for c in children if c.name.casefold() in _PHOTO_FOLDERS]
    if len(inner) == 1 and any(is_photo(f) for f in visible_files(inner[0])):
        yield from _in_folder(inner[0], title, depth + 1)
        return
    if not children and not videos and depth > 0:
        yield title, "photos", folder, ()
    if depth < _MAX_DEPTH:
        for child in children:
            yield from _in_folder(child, child.name, depth + 1)
