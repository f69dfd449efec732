"""Which photo pairs to match, and whether the product turns before a resting background."""

from __future__ import annotations

import numpy as np

from assets_pipeline.camera.sfm import Matcher
from assets_pipeline.types import Array

MIN_MATCHES = 10


def best_pairs(preview: Matcher, neighbours: int) -> list[tuple[int, int]]:
    """Pairs with the most low-resolution matches per photo, and each photo with its two successors."""
    count = len(preview.photos)
    votes = np.zeros((count, count), int)
    for (a, b), rows in preview.matches().items():
        votes[a, b] = votes[b, a] = len(rows)
    pairs = {(i, j) for i in range(count) for j in (i + 1, i + 2) if j < count}
    for i in range(count):
        for j in np.argsort(-votes[i], kind="stable")[:neighbours]:
            if votes[i, j] > 0:
                pairs.add((min(i, int(j)), max(i, int(j))))
    return sorted(pairs)


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
