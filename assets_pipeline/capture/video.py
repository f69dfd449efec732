"""A video around a product → a capture of its sharpest frames."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from assets_pipeline.capture.options import CaptureOptions
from assets_pipeline.capture.photos import select
from assets_pipeline.errors import InputError
from assets_pipeline.progress import Progress
from assets_pipeline.types import Array, Capture, Photo

_LOOKS_PER_WINDOW = 8
_LOOK_SIDE_PX = 480
_DEFAULTS = CaptureOptions()


def load_video(path: Path, options: CaptureOptions = _DEFAULTS, progress: Progress | None = None) -> Capture:
    """The sharpest frame of each of ``options.video_frames`` equal spans of time, judged like photos.

    Raises:
        InputError: INPUT_NOT_FOUND, VIDEO_UNREADABLE, VIDEO_NO_FRAMES.
        CaptureError: ALL_BLURRED, TOO_FEW_PHOTOS.
    """
    progress = progress or Progress()
    if not path.is_file():
        raise InputError("INPUT_NOT_FOUND", f"{str(path)!r} does not exist.", "Check the path.")
    total = _count_frames(path, progress)
    if total == 0:
        raise InputError("VIDEO_NO_FRAMES", f"{path.name!r} holds no frames.", "Record or export the video again.")
    return select(_best_frames(path, total, options, progress), [], options, progress)


@dataclass
class _Best:
    index: int
    score: float
    pixels: Array


def _open(path: Path) -> cv2.VideoCapture:
    reader = cv2.VideoCapture(str(path))
    if not reader.isOpened():
        raise InputError(
            "VIDEO_UNREADABLE", f"{path.name!r} holds no video that can be read.", "Export it as MP4 (H.264)."
        )
    return reader


def _count_frames(path: Path, progress: Progress) -> int:
    """Count by walking through: containers lie about their length."""
    reader = _open(path)
    try:
        total = 0
        while reader.grab():
            total += 1
            if total % 16 == 0:
                progress.update(0.0, f"counting frames: {total}")
        return total
    finally:
        reader.release()


def _best_frames(path: Path, total: int, options: CaptureOptions, progress: Progress) -> list[Photo]:
    windows = min(options.video_frames, total)
    stride = max(1, total // (windows * _LOOKS_PER_WINDOW))
    best: list[_Best | None] = [None] * windows
    reader = _open(path)
    try:
        for index in range(total):
            progress.update(0.8 * index / total, f"frame {index + 1} of {total}")
            if not reader.grab():
                break
            if index % stride:
                continue
            ok, frame = reader.retrieve()
            if not ok:
                continue
            window = index * windows // total
            score = _steepness(frame)
            current = best[window]
            if current is None or score > current.score:
                best[window] = _Best(index, score, _shrink(frame, options.max_side_px))
    finally:
        reader.release()
    return [Photo(f"frame_{b.index:06d}", cv2.cvtColor(b.pixels, cv2.COLOR_BGR2RGB)) for b in best if b is not None]


def _steepness(frame: Array) -> float:
    """Energy of the Laplacian; comparable only between frames of one short span."""
    grey = cv2.cvtColor(_shrink(frame, _LOOK_SIDE_PX), cv2.COLOR_BGR2GRAY)
    return float(np.var(cv2.Laplacian(grey, cv2.CV_32F)))


def _shrink(frame: Array, side_px: int) -> Array:
    factor = side_px / max(frame.shape[:2])
    return frame if factor >= 1.0 else cv2.resize(frame, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
