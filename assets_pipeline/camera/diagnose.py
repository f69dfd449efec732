"""Why a capture could not be solved, and what to shoot next."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assets_pipeline.camera.sfm import Matcher
from assets_pipeline.errors import CaptureError
from assets_pipeline.types import Array, Photo

FEW_FEATURES = 120
OVERLAP = 30


def clusters(count: int, links: dict[tuple[int, int], int]) -> list[list[int]]:
    """Groups of photos connected by at least ``OVERLAP`` verified matches, largest first."""
    group = list(range(count))

    def root(i: int) -> int:
        while group[i] != i:
            i = group[i]
        return i

    for (a, b), n in links.items():
        if n >= OVERLAP:
            group[root(a)] = root(b)
    members: dict[int, list[int]] = {}
    for i in range(count):
        members.setdefault(root(i), []).append(i)
    return sorted(members.values(), key=len, reverse=True)


def explain(
    photos: Sequence[Photo], registered: Sequence[int], matcher: Matcher, resting: float, need: int
) -> CaptureError:
    """The error for a capture of which only ``registered`` photos could be solved, where ``need`` are needed."""
    total = len(photos)
    missing = [p.file for i, p in enumerate(photos) if i not in set(registered)]
    names = ", ".join(missing[:8]) + (f" and {len(missing) - 8} more" if len(missing) > 8 else "")
    solved = f"{len(registered)} of {total} photos could be placed in space, {need} are needed (not placed: {names})."
    features = float(np.median([len(k) for k in matcher.keypoints()]))
    groups = clusters(total, matcher.verified())
    large = [g for g in groups if len(g) >= max(3, total // 5)]
    alone = sum(len(g) == 1 for g in groups)
    if resting > 0.3:
        return CaptureError(
            "PLAIN_TURNTABLE",
            f"The product turns before a background that rests, and shows too little texture of its own: {solved}",
            "Put a printed sheet with many small details on the turntable under the product, or walk around it.",
        )
    if len(large) >= 2:
        sizes = " + ".join(str(len(g)) for g in large)
        first = ", ".join(photos[g[0]].file for g in large[:4])
        return CaptureError(
            "PHOTOS_OF_DIFFERENT_OBJECTS",
            f"The photos fall into groups of {sizes} that have nothing in common (for example {first}): {solved}",
            "Put each product in a folder of its own; if it is one product, add photos between these viewpoints.",
        )
    if features < FEW_FEATURES:
        return CaptureError(
            "TOO_LITTLE_TEXTURE",
            f"A photo shows {features:.0f} distinct details in the median, {FEW_FEATURES} are needed: {solved}",
            "Place the product on a printed sheet or newspaper, use soft light and sharp focus, and shoot again.",
        )
    if alone > total / 2:
        return CaptureError(
            "NO_OVERLAP",
            f"{alone} of {total} photos overlap with no other: {solved}",
            "Walk around the product in steps of 10–15°, so that each photo shows most of what the last one showed.",
        )
    return CaptureError(
        "TOO_FEW_REGISTERED",
        solved,
        "Add photos between the viewpoints, 10–15° apart, sharp and with a textured surface under the product.",
    )


def empty_masks(masks: Sequence[Array], photos: Sequence[Photo]) -> list[str]:
    """Files whose mask holds less than 0.1 % of the picture."""
    return [p.file for p, m in zip(photos, masks) if np.count_nonzero(m[::4, ::4]) < 1e-3 * m[::4, ::4].size]
