"""File names by what they hold."""

from __future__ import annotations

import re
from pathlib import Path

PHOTO_EXTENSIONS = frozenset({".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif", ".tif", ".tiff", ".bmp"})
RAW_EXTENSIONS = frozenset(
    {".3fr", ".arw", ".cr2", ".cr3", ".crw", ".dng", ".erf", ".iiq", ".kdc", ".mef", ".mos", ".mrw", ".nef", ".nrw"}
    | {".orf", ".pef", ".raf", ".raw", ".rw2", ".rwl", ".sr2", ".srf", ".srw", ".x3f"}
)
VIDEO_EXTENSIONS = frozenset({".mp4", ".mov", ".m4v", ".avi", ".mkv", ".webm", ".mpg", ".mpeg", ".3gp"})


def is_photo(path: Path) -> bool:
    """Whether the name promises a photo; RAW photos count, so that they are refused by name and not in silence."""
    return path.suffix.lower() in PHOTO_EXTENSIONS | RAW_EXTENSIONS


def is_video(path: Path) -> bool:
    """Whether the name promises a video."""
    return path.suffix.lower() in VIDEO_EXTENSIONS


def visible_files(folder: Path) -> list[Path]:
    """Files of a folder that are not hidden, ``photo2`` before ``photo10``."""
    return sorted((p for p in folder.iterdir() if not p.name.startswith(".") and p.is_file()), key=natural_key)


def natural_key(path: Path) -> tuple[tuple[int, int, str], ...]:
    """Sort key that reads numbers as numbers."""
    parts = re.findall(r"[0-9]+|[^0-9]+", path.name.casefold())
    return tuple((0, int(part), "") if part[0] in "0123456789" else (1, 0, part) for part in parts)
