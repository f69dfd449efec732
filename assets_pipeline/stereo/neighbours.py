"""Which views to match with which."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assets_pipeline.types import Array, View

IDEAL_DEG = 18.0  # wide enough for depth, narrow enough to look alike
MIN_DEG, MAX_DEG = 3.0, 60.0


def choose_neighbours(views: Sequence[View], target: Array, count: int) -> list[Array]:
    """For each view the indices of up to ``count`` others, best first.

    ``target`` (3,) is the point all views look at. Ranked by how near the angle between the lines of sight is to the
    ideal, and by how alike the distances are.
    """
    rays = np.array([v.center - target for v in views])
    distance = np.linalg.norm(rays, axis=1)
    rays /= distance[:, None]
    angle = np.degrees(np.arccos(np.clip(rays @ rays.T, -1, 1)))
    penalty = np.abs(np.log(np.maximum(angle, 1e-3) / IDEAL_DEG)) + np.abs(np.log(distance[:, None] / distance[None]))
    penalty[(angle < MIN_DEG) | (angle > MAX_DEG)] = np.inf
    np.fill_diagonal(penalty, np.inf)
    order = np.argsort(penalty, axis=1, kind="stable")
    return [row[np.isfinite(penalty[i, row])][:count].astype(np.int64) for i, row in enumerate(order)]
