"""Where up is: the table beneath the product, or without one the cameras' own horizon."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assets_pipeline.camera.sfm import Solution, grow
from assets_pipeline.types import Array


@dataclass(frozen=True)
class Ground:
    """``up`` (3,) unit, ``height``: the table is up @ x = height in the SfM frame; None when there is no table."""

    up: Array
    height: float | None


def product_share(solution: Solution, masks: list[Array] | tuple[Array, ...]) -> Array:
    """Share of the photos seeing each point that have it inside the slightly grown mask, (M,)."""
    number = solution.observations[:, 0].astype(int)
    photo = solution.observations[:, 1].astype(int)
    inside = np.zeros(len(number))
    for i in np.unique(photo):
        rows = photo == i
        mask = grow(masks[i], 0.004)
        x = np.clip(solution.observations[rows, 2].astype(int), 0, mask.shape[1] - 1)
        y = np.clip(solution.observations[rows, 3].astype(int), 0, mask.shape[0] - 1)
        inside[rows] = mask[y, x] > 127
    count = np.bincount(number, minlength=len(solution.points))
    return np.bincount(number, inside, minlength=len(solution.points)) / np.maximum(count, 1)


def horizon_up(solution: Solution) -> Array:
    """Up as photographers hold it: across all photos the camera's x axis is level. (3,) unit."""
    poses = list(solution.poses.values())
    across = np.array([p.R[0] for p in poses])
    upright = -np.array([p.R[1] for p in poses])
    weights = np.ones(len(across))
    up = upright.mean(0)
    for _ in range(10):
        scatter = (across * weights[:, None]).T @ across
        if np.linalg.eigvalsh(scatter)[1] < 0.02 * weights.sum():  # all photos from one side: tilt is unknown
            up = upright.mean(0)
            break
        up = np.linalg.eigh(scatter)[1][:, 0]
        weights = 1.0 / (1.0 + (across @ up / np.sin(np.radians(3.0))) ** 2)
    up = up / np.linalg.norm(up)
    return up if (upright @ up).mean() >= 0 else -up


def ring_up(solution: Solution, guess: Array) -> Array:
    """The axis of a turntable: normal of the plane of camera centres, when they lie in one close to level."""
    centers = np.array([p.center for p in solution.poses.values()])
    spread = np.linalg.svd(centers - centers.mean(0))
    if len(centers) < 8 or spread[1][2] > 0.05 * spread[1][1] or spread[1][1] < 0.3 * spread[1][0]:
        return guess
    normal = spread[2][2]
    normal = normal if normal @ guess > 0 else -normal
    return normal if normal @ guess > np.cos(np.radians(12.0)) else guess


def find_ground(solution: Solution, share: Array, seed: int) -> Ground:
    """Fit the table by RANSAC to the points beside the product, refined by least squares.

    Cameras and product must lie above the plane, and its normal must roughly agree with the photographer's up.
    """
    guess = horizon_up(solution)
    centers = np.array([p.center for p in solution.poses.values()])
    product = solution.points[share >= 0.6]
    beside = solution.points[share <= 0.1]
    if len(product) < 10 or len(beside) < 30:
        return Ground(ring_up(solution, guess), None)
    middle = np.median(product, axis=0)
    reach = float(np.median(np.linalg.norm(centers - middle, axis=1)))
    beside = beside[np.linalg.norm(beside - middle, axis=1) < reach]
    if len(beside) < 30:
        return Ground(ring_up(solution, guess), None)
    random = np.random.default_rng(seed)
    tolerance = 0.004 * reach
    picks = beside[random.integers(0, len(beside), (2000, 3))]
    normals = np.cross(picks[:, 1] - picks[:, 0], picks[:, 2] - picks[:, 0])
    lengths = np.linalg.norm(normals, axis=1)
    keep = lengths > 1e-12
    normals = normals[keep] / lengths[keep, None]
    normals[normals @ guess < 0] *= -1
    offsets = (normals * picks[keep, 0]).sum(1)
    right = (normals @ guess > np.cos(np.radians(35.0))) & (
        ((normals @ centers.T - offsets[:, None]) > 0).mean(1) > 0.95
    )
    right &= ((normals @ product.T - offsets[:, None]) > -3 * tolerance).mean(1) > 0.9
    if not right.any():
        return Ground(ring_up(solution, guess), None)
    normals, offsets = normals[right], offsets[right]
    votes = (np.abs(normals @ beside.T - offsets[:, None]) < tolerance).sum(1)
    best = int(np.argmax(votes))
    if votes[best] < max(30, 0.2 * len(beside)):
        return Ground(ring_up(solution, guess), None)
    up, height = normals[best], offsets[best]
    for _ in range(8):
        distance = beside @ up - height
        near = np.abs(distance) < tolerance
        tolerance = max(3.0 * 1.4826 * float(np.median(np.abs(distance[near]))), 1e-4 * reach)
        near = np.abs(distance) < tolerance
        center = beside[near].mean(0)
        normal = np.linalg.svd(beside[near] - center, full_matrices=False)[2][2]
        up = normal if normal @ up > 0 else -normal
        height = float(up @ center)
    return Ground(up, height)
