"""A folder of colour and depth pictures → an RGB-D capture."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from assets_pipeline.capture.formats import PHOTO_EXTENSIONS, visible_files
from assets_pipeline.capture.image import read_photo
from assets_pipeline.capture.intrinsics import read_intrinsics
from assets_pipeline.capture.options import CaptureOptions, RgbdOptions
from assets_pipeline.capture.poses import read_poses
from assets_pipeline.errors import CaptureError, InputError
from assets_pipeline.progress import Progress
from assets_pipeline.types import Array, ImageVerdict

COLOR_FOLDERS = ("color", "colour", "image", "images", "rgb")
DEPTH_FOLDERS = ("depth", "depths")
_DEFAULTS = RgbdOptions()
_ANY_SIZE = CaptureOptions(max_side_px=65_535, min_side_px=16)


@dataclass(frozen=True)
class RgbdCapture:
    """Colour and depth of one scene, frame by frame.

    ``colors`` (H, W, 3) uint8 sRGB; ``depths_m`` (H, W) float32 metres, 0 = none; ``K`` (3, 3) float64 as
    given; ``poses`` (N, 4, 4) float64 ``cam_from_world``, None where the folder has none.
    """

    files: tuple[str, ...]
    colors: tuple[Array, ...]
    depths_m: tuple[Array, ...]
    K: Array
    poses: Array | None
    verdicts: tuple[ImageVerdict, ...]


def rgbd_folders(folder: Path) -> tuple[Path, Path] | None:
    """The colour and depth folders inside ``folder``; None where it is no RGB-D folder."""
    inside = {p.name.lower(): p for p in folder.iterdir() if p.is_dir()}
    color = next((inside[name] for name in COLOR_FOLDERS if name in inside), None)
    depth = next((inside[name] for name in DEPTH_FOLDERS if name in inside), None)
    return None if color is None or depth is None else (color, depth)


def load_rgbd(folder: Path, options: RgbdOptions = _DEFAULTS, progress: Progress | None = None) -> RgbdCapture:
    """Read ``color|image|rgb`` and ``depth`` (16-bit PNG) pairs, ``intrinsics.json`` and the poses if there are any.

    Pairs are matched by file name, else by order. A bad pair becomes a verdict.

    Raises:
        InputError: INPUT_NOT_FOUND, RGBD_LAYOUT, INTRINSICS_MISSING, INTRINSICS_BAD, POSES_BAD, DEPTH_SIZE_MISMATCH.
        CaptureError: EMPTY_CAPTURE, TOO_FEW_PHOTOS.
    """
    progress = progress or Progress()
    if not folder.is_dir():
        raise InputError("INPUT_NOT_FOUND", f"{str(folder)!r} is no folder.", "Check the path.")
    pairs = _pairs(folder)
    K = read_intrinsics(folder, options.intrinsics)
    poses = read_poses(folder, [color.stem for color, _ in pairs])
    files, colors, depths, kept, verdicts, errors = [], [], [], [], [], []
    for index, (color_file, depth_file) in enumerate(pairs):
        progress.update(index / len(pairs), f"reading {color_file.name!r}")
        try:
            color, depth = _read_pair(color_file, depth_file, options)
        except InputError as error:
            errors.append(error)
            verdicts.append(ImageVerdict(color_file.name, False, str(error)))
            continue
        files.append(color_file.name)
        colors.append(color)
        depths.append(depth)
        kept.append(index)
        verdicts.append(ImageVerdict(color_file.name, True))
    if errors and not files:
        raise errors[0]
    if len(files) < options.min_frames:
        raise CaptureError(
            "TOO_FEW_PHOTOS",
            f"{len(files)} of {len(pairs)} pairs of colour and depth can be used; {options.min_frames} are needed.",
            "Record more frames.",
        )
    return RgbdCapture(
        tuple(files), tuple(colors), tuple(depths), K, None if poses is None else poses[kept], tuple(verdicts)
    )


def _pairs(folder: Path) -> list[tuple[Path, Path]]:
    found = rgbd_folders(folder)
    if found is None:
        raise InputError(
            "RGBD_LAYOUT",
            f"{folder.name!r} has no colour or no depth folder.",
            f"Name them {' or '.join(COLOR_FOLDERS)}, and {DEPTH_FOLDERS[0]}.",
        )
    colors, depths = ([f for f in visible_files(p) if f.suffix.lower() in PHOTO_EXTENSIONS] for p in found)
    if not colors or not depths:
        raise CaptureError("EMPTY_CAPTURE", f"{folder.name!r} holds no pairs of colour and depth.", "Add frames.")
    by_stem = {f.stem: f for f in depths}
    pairs = [(c, by_stem[c.stem]) for c in colors if c.stem in by_stem]
    if pairs:
        return pairs
    if len(colors) != len(depths):
        raise InputError(
            "RGBD_LAYOUT",
            f"{len(colors)} colour and {len(depths)} depth pictures do not match by name or number.",
            "Give each pair the same file name.",
        )
    return list(zip(colors, depths))


def _read_pair(color_file: Path, depth_file: Path, options: RgbdOptions) -> tuple[Array, Array]:
    color = read_photo(color_file, _ANY_SIZE).pixels
    raw = cv2.imdecode(np.fromfile(depth_file, np.uint8), cv2.IMREAD_UNCHANGED) if depth_file.stat().st_size else None
    if raw is None:
        raise InputError("NOT_AN_IMAGE", f"{depth_file.name!r} holds no depth that can be read.", "Export it again.")
    if raw.ndim != 2 or raw.dtype != np.uint16:
        raise InputError(
            "DEPTH_FORMAT", f"{depth_file.name!r} is not a 16-bit grey picture.", "Export depth as 16-bit PNG."
        )
    if raw.shape != color.shape[:2]:
        raise InputError(
            "DEPTH_SIZE_MISMATCH",
            f"{depth_file.name!r} is {raw.shape[1]} × {raw.shape[0]} pixels, "
            f"its colour {color.shape[1]} × {color.shape[0]}.",
            "Register depth to the colour camera so that both have the same size.",
        )
    return color, raw.astype(np.float32) * np.float32(options.depth_unit_m)
