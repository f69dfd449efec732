"""A folder of photos → a capture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from assets_pipeline.capture.formats import is_photo, visible_files
from assets_pipeline.capture.image import read_photo
from assets_pipeline.capture.options import CaptureOptions
from assets_pipeline.capture.quality import judge
from assets_pipeline.errors import CaptureError, InputError
from assets_pipeline.progress import Progress
from assets_pipeline.types import Capture, ImageVerdict, Photo

_DEFAULTS = CaptureOptions()


def load_photos(
    paths: Path | Sequence[Path], options: CaptureOptions = _DEFAULTS, progress: Progress | None = None
) -> Capture:
    """Read the photos of one product from a folder or a list of files; a bad file becomes a verdict, not an error.

    Raises:
        InputError: INPUT_NOT_FOUND.
        CaptureError: EMPTY_CAPTURE, NO_READABLE_PHOTOS, ALL_BLURRED, TOO_FEW_PHOTOS.
    """
    progress = progress or Progress()
    files = _files(paths)
    names = _names(files)
    read: list[tuple[str, Photo | None, str]] = []
    for index, file in enumerate(files):
        progress.update(0.8 * index / len(files), f"reading {names[index]!r}")
        try:
            read.append((names[index], replace(read_photo(file, options), file=names[index]), ""))
        except InputError as error:
            read.append((names[index], None, str(error)))
    readable = [photo for _, photo, _ in read if photo is not None]
    if not readable:
        raise CaptureError(
            "NO_READABLE_PHOTOS", f"None of the {len(files)} files can be used: {read[0][2]}", "Add photos that open."
        )
    return select(readable, [ImageVerdict(n, False, reason) for n, p, reason in read if p is None], options, progress)


def select(
    photos: Sequence[Photo], refused: Sequence[ImageVerdict], options: CaptureOptions, progress: Progress
) -> Capture:
    """Judge readable photos and keep the good ones; ``refused`` are the verdicts of files that could not be read.

    Raises:
        CaptureError: ALL_BLURRED, TOO_FEW_PHOTOS.
    """
    progress.update(0.85, "judging sharpness")
    reasons = judge(photos, options)
    used = tuple(photo for photo, reason in zip(photos, reasons) if not reason)
    verdicts = [*refused, *(ImageVerdict(p.file, not reason, reason) for p, reason in zip(photos, reasons))]
    _check_enough(len(used), verdicts, options)
    return Capture(used, tuple(sorted(verdicts, key=lambda v: v.file)))


def _check_enough(used: int, verdicts: Sequence[ImageVerdict], options: CaptureOptions) -> None:
    if used >= options.min_photos:
        return
    causes = Counter(v.reason.partition(":")[0] for v in verdicts if not v.used)
    if used == 0 and causes.get("BLURRED", 0) == len(verdicts):
        raise CaptureError(
            "ALL_BLURRED",
            f"All {len(verdicts)} photos are blurred.",
            "Shoot again with more light, a steady hand or a shorter exposure, and focus on the product.",
        )
    refused = "".join(f", {count} {cause}" for cause, count in causes.most_common())
    raise CaptureError(
        "TOO_FEW_PHOTOS",
        f"{used} of {len(verdicts)} photos can be used{refused}; {options.min_photos} are needed.",
        "Shoot 30 to 40 sharp photos around the product, each overlapping the last by two thirds.",
    )


def _files(paths: Path | Sequence[Path]) -> list[Path]:
    if isinstance(paths, Path):
        if not paths.exists():
            raise InputError("INPUT_NOT_FOUND", f"{str(paths)!r} does not exist.", "Check the path.")
        files = [p for p in visible_files(paths) if is_photo(p)] if paths.is_dir() else [paths]
    else:
        files = list(paths)
    if not files:
        where = f"{str(paths)!r} holds no photos." if isinstance(paths, Path) else "There are no photos."
        raise CaptureError("EMPTY_CAPTURE", where, "Add JPEG, PNG, WebP, HEIC, TIFF or BMP photos of one product.")
    return files


def _names(files: Sequence[Path]) -> list[str]:
    """File names, with their folder where two files share a name."""
    count = Counter(f.name for f in files)
    return [f.name if count[f.name] == 1 else f"{f.parent.name}/{f.name}" for f in files]
