"""Metric scale from a printed ArUco marker (Garrido-Jurado et al., 2014)."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from assets_pipeline.camera.sfm import Pose
from assets_pipeline.progress import Progress
from assets_pipeline.types import Array, Photo

MAX_ERROR_PX = 3.0


def marker_side(photos: Sequence[Photo], poses: dict[int, Pose], progress: Progress) -> tuple[float, float, int] | None:
    """Side of a DICT_4X4_50 marker in SfM units, its relative uncertainty and the photos it was seen in.

    None when no marker is seen in two photos.
    """
    detector = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50))
    seen: dict[int, list[tuple[int, Array]]] = {}
    for i in poses:
        progress.check()
        grey = cv2.cvtColor(photos[i].pixels, cv2.COLOR_RGB2GRAY)
        corners, ids, _ = detector.detectMarkers(grey)
        for name, quad in zip([] if ids is None else np.ravel(ids), corners):
            seen.setdefault(int(name), []).append((i, quad.reshape(4, 2) + 0.5))
    best: tuple[float, float, int] | None = None
    for sightings in seen.values():
        if len(sightings) < 2 or (best is not None and len(sightings) <= best[2]):
            continue
        quad = np.array([triangulate([(photos[i], poses[i], q[c]) for i, q in sightings]) for c in range(4)])
        if not np.isfinite(quad).all():
            continue
        sides = np.linalg.norm(quad - np.roll(quad, 1, axis=0), axis=1)
        spread = float(sides.std() / sides.mean())
        if spread < 0.05:
            best = (float(sides.mean()), max(0.002, spread), len(sightings))
    return best


def triangulate(sightings: list[tuple[Photo, Pose, Array]]) -> Array:
    """Point (3,) seen at pixels ``q`` by each pose, by linear least squares; NaN when it does not fit."""
    rows = []
    for photo, pose, q in sightings:
        x, y = straight((q - [photo.width / 2, photo.height / 2]) / pose.focal, pose.k)
        projection = np.column_stack([pose.R, pose.t])
        rows += [x * projection[2] - projection[0], y * projection[2] - projection[1]]
    solution = np.linalg.svd(np.array(rows))[2][-1]
    point = solution[:3] / solution[3]
    for photo, pose, q in sightings:
        cam = pose.R @ point + pose.t
        flat = straight((q - [photo.width / 2, photo.height / 2]) / pose.focal, pose.k)
        if np.linalg.norm(cam[:2] / cam[2] - flat) * pose.focal > MAX_ERROR_PX * max(1.0, photo.width / 1600):
            return np.full(3, np.nan)
    return np.asarray(point)


def straight(distorted: Array, k: float) -> Array:
    """Undo SIMPLE_RADIAL distortion of normalised coordinates by fixed-point iteration."""
    flat = distorted
    for _ in range(10):
        flat = distorted / (1.0 + k * (flat**2).sum())
    return np.asarray(flat)
