"""Which photo pairs to match, and whether the product turns before a resting background."""

from __future__ import annotations

import numpy as np

from assets_pipeline.camera.sfm import Matcher
from assets_pipeline.progress import Progress
from assets_pipeline.types import Array

MIN_MATCHES = 10
COARSE_FEATURES = 500  # per photo, to choose pairs by
SUCCESSORS = 3  # photos after each, in order of their names, that it is always matched with
ALIKE = 0.85  # cosine of two descriptors


def best_pairs(matcher: Matcher, neighbours: int) -> list[tuple[int, int]]:
    """The pairs whose largest features resemble each other most, per photo, and each photo with its successors."""
    count = len(matcher.photos)
    votes = resemblance(matcher.coarse_features(COARSE_FEATURES), matcher.progress)
    pairs = {(i, j) for i in range(count) for j in range(i + 1, min(count, i + 1 + SUCCESSORS))}
    for i in range(count):
        for j in np.argsort(-votes[i], kind="stable")[:neighbours]:
            if votes[i, j] > 0:
                pairs.add((min(i, int(j)), max(i, int(j))))
    return sorted(pairs)


def resemblance(features: list[Array], progress: Progress) -> Array:
    """How many features (unit rows) of each pair of photos are each other's nearest and alike, (N, N) int."""
    count = len(features)
    votes = np.zeros((count, count), int)
    ends = np.cumsum([0] + [len(f) for f in features])
    stacked = np.concatenate(features) if count else np.zeros((0, 0), np.float32)
    for i in range(count - 1):
        progress.check()
        if len(features[i]) == 0:
            continue
        similarity = features[i] @ stacked[ends[i + 1] :].T
        rows = np.arange(len(features[i]))
        for j in range(i + 1, count):
            part = similarity[:, ends[j] - ends[i + 1] : ends[j + 1] - ends[i + 1]]
            if part.shape[1] == 0:
                continue
            forth, back = part.argmax(1), part.argmax(0)
            mutual = (back[forth] == rows) & (part[rows, forth] > ALIKE)
            votes[i, j] = votes[j, i] = np.count_nonzero(mutual)
    return votes


def resting_background(matcher: Matcher, masks: list[Array]) -> float:
    """Share of the pairs with a moving product whose background stays where it is: near 1 on a turntable."""
    points = matcher.keypoints()
    on_product = []
    for i, mask in enumerate(masks):
        x = np.clip(points[i][:, 0].astype(int), 0, mask.shape[1] - 1)
        y = np.clip(points[i][:, 1].astype(int), 0, mask.shape[0] - 1)
        on_product.append(mask[y, x] > 127)
    moving = resting = 0
    for (a, b), rows in matcher.matches().items():
        if len(rows) == 0:
            continue
        ia, ib = rows[:, 0].astype(int), rows[:, 1].astype(int)
        shift = np.linalg.norm(points[a][ia] - points[b][ib], axis=1)
        inside = on_product[a][ia] & on_product[b][ib]
        outside = ~on_product[a][ia] & ~on_product[b][ib]
        still = 0.003 * max(masks[a].shape)
        if inside.sum() < MIN_MATCHES or np.median(shift[inside]) < 4 * still:
            continue
        moving += 1
        resting += int(outside.sum() >= MIN_MATCHES and np.median(shift[outside]) < still)
    return resting / moving if moving else 0.0
