"""Move solved cameras into another asset frame."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from assets_pipeline.types import Array, Cameras


def yaw_matrix(yaw_rad: float) -> Array:
    """Rotation about +Y by ``yaw_rad``, (3, 3)."""
    c, s = np.cos(yaw_rad), np.sin(yaw_rad)
    return np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]])


def reframe(cameras: Cameras, *, scale: float = 1.0, yaw_rad: float = 0.0, shift: Array | None = None) -> Cameras:
    """Apply ``x' = scale * Ry(yaw_rad) @ x + shift`` to cameras, points and box.

    Example: ``reframe(cameras, scale=0.12 / mesh_height)`` makes the product 12 cm tall.
    """
    turn = yaw_matrix(yaw_rad)
    move = np.zeros(3) if shift is None else np.asarray(shift, np.float64)
    views = []
    for view in cameras.views:
        rotation = view.R @ turn.T
        views.append(replace(view, R=rotation, t=scale * view.t - rotation @ move))
    corners = np.array([[cameras.box[i, 0], cameras.box[j, 1], cameras.box[k, 2]] for i, j, k in np.ndindex(2, 2, 2)])
    moved = scale * corners @ turn.T + move
    return replace(
        cameras,
        views=tuple(views),
        points=(scale * cameras.points @ turn.T + move).astype(np.float32),
        box=np.stack([moved.min(0), moved.max(0)]).astype(np.float32),
    )
