"""From photos and masks to cameras in the product's frame."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pycolmap

from assets_pipeline.camera.diagnose import explain
from assets_pipeline.camera.options import CameraOptions
from assets_pipeline.camera.pairs import best_pairs, resting_background
from assets_pipeline.camera.place import place
from assets_pipeline.camera.sfm import Matcher, Solution
from assets_pipeline.errors import CaptureError, InputError
from assets_pipeline.progress import Progress
from assets_pipeline.types import Array, Cameras, Photo

GOOD_SHARE = 0.9  # of photos registered; with fewer, the next way is tried too
GOOD_REPROJECTION = 1.2  # pixels at 1000 px of longer side
FOCAL_DOUBT = 0.12  # relative change of an EXIF focal length that makes it doubtful
TURNTABLE = 0.3  # share of pairs whose background rests


def solve_cameras(
    photos: Sequence[Photo],
    masks: Sequence[Array] | None = None,
    options: CameraOptions = CameraOptions(),  # noqa: B008 (frozen)
    progress: Progress | None = None,
) -> Cameras:
    """Solve the cameras of photos of one product and put them in its frame.

    Args:
        photos: At least three; several sizes and cameras may mix.
        masks: (H, W) uint8 per photo, 255 on the product; without any, the whole picture counts as product.
        options: Limits, and where the metric size comes from.
        progress: Told of progress, asked for cancellation.

    Returns:
        Undistorted pinhole views of the registered photos, in the order of ``photos``.

    Raises:
        CaptureError: Too few photos could be registered; the code names the likely cause.
        InputError: Fewer than three photos, or masks that do not fit them.
    """
    progress = progress or Progress()
    photos = list(photos)
    check_input(photos, masks, options)
    pycolmap.logging.minloglevel = pycolmap.logging.Level.FATAL.value
    pycolmap.set_random_seed(options.seed)
    with tempfile.TemporaryDirectory(prefix="showfloor-sfm-") as folder:
        solution = find_solution(Path(folder), photos, masks, options, progress)
    full = list(masks) if masks is not None else [np.full(p.pixels.shape[:2], 255, np.uint8) for p in photos]
    return place(photos, full, masks is not None, solution, options, progress)


def check_input(photos: Sequence[Photo], masks: Sequence[Array] | None, options: CameraOptions) -> None:
    if len(photos) < options.min_registered:
        raise CaptureError(
            "TOO_FEW_PHOTOS",
            f"There are {len(photos)} usable photos, {options.min_registered} are the least.",
            "Take 30 to 60 photos all around the product, 10–15° apart, from two or three heights.",
        )
    if masks is None:
        return
    if len(masks) != len(photos):
        raise InputError("MASKS_MISMATCH", f"{len(masks)} masks for {len(photos)} photos.", "Give one mask per photo.")
    for photo, mask in zip(photos, masks):
        if mask.shape != photo.pixels.shape[:2]:
            raise InputError(
                "MASKS_MISMATCH",
                f"The mask of {photo.file} is {mask.shape[1]}×{mask.shape[0]}, the photo {photo.width}×{photo.height}.",
                "Give a mask of the photo's size.",
            )


def find_solution(
    folder: Path, photos: list[Photo], masks: Sequence[Array] | None, options: CameraOptions, progress: Progress
) -> Solution:
    """Try the whole pictures, then other focal lengths, then the product alone, and keep the best."""
    matcher = Matcher(folder / "whole", photos, None, options, progress)
    matcher.extract()
    progress.update(0.3, "matching")
    matcher.set_focals(use_prior=True)
    matcher.match(best_pairs(matcher, options.neighbours))
    resting = resting_background(matcher, list(masks)) if masks is not None else 0.0
    progress.update(0.6, "mapping")
    found: list[Solution] = []
    if resting < TURNTABLE:
        found += solve_with_focals(matcher)
    if masks is not None and not any(is_good(s, photos) for s in found):
        progress.update(0.7, "matching the product alone")
        alone = Matcher(folder / "product", photos, list(masks), options, progress, fine=True)
        alone.extract()
        alone.set_focals(use_prior=True)
        alone.match(best_pairs(alone, options.neighbours))
        product = solve_with_focals(alone)
        if resting >= TURNTABLE or count(product) > count(found):
            matcher = alone
        found += product
    need = max(options.min_registered, round(options.min_registered_share * len(photos)))
    best = max(found, key=lambda s: quality(s, photos), default=None)
    if best is None or len(best.poses) < need:
        registered = sorted(best.poses) if best is not None else []
        raise explain(photos, registered, matcher, resting, need)
    return best


def solve_with_focals(matcher: Matcher) -> list[Solution]:
    """Solve from the EXIF focal lengths; when these look wrong, from a usual one as well."""
    found = [s for s in [matcher.solve()] if s is not None]
    if any(p.focal_px for p in matcher.photos) and not any(
        is_good(s, matcher.photos) and not doubtful(s, matcher.photos) for s in found
    ):
        matcher.set_focals(use_prior=False)
        matcher.verify_again()
        found += [s for s in [matcher.solve()] if s is not None]
    return found


def doubtful(solution: Solution, photos: Sequence[Photo]) -> bool:
    """Whether solving moved the EXIF focal lengths far."""
    moved = [abs(pose.focal / f - 1.0) for i, pose in solution.poses.items() if (f := photos[i].focal_px)]
    return bool(moved) and float(np.median(moved)) > FOCAL_DOUBT


def is_good(solution: Solution, photos: Sequence[Photo]) -> bool:
    return len(solution.poses) >= GOOD_SHARE * len(photos) and relative_error(solution, photos) < GOOD_REPROJECTION


def relative_error(solution: Solution, photos: Sequence[Photo]) -> float:
    return solution.reprojection_px * 1000.0 / float(np.median([max(p.pixels.shape) for p in photos]))


def quality(solution: Solution, photos: Sequence[Photo]) -> tuple[float, float]:
    """More photos first (in steps of 5 %), then the smaller error."""
    return round(len(solution.poses) / len(photos) * 20), -relative_error(solution, photos)


def count(solutions: Sequence[Solution]) -> int:
    return max((len(s.poses) for s in solutions), default=0)
