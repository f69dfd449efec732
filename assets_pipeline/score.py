"""Geometry score of a model against its ground truth: precision, recall and F at distances relative to its size.

The measure of Tanks and Temples (Knapitsch et al. 2017), restricted to what at least two cameras saw.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import open3d as o3d
from scipy.spatial import cKDTree

from assets_pipeline.errors import InputError
from assets_pipeline.gltf.decode import read_glb
from assets_pipeline.types import Array, Mesh


@dataclass(frozen=True)
class ScoreOptions:
    """How the surfaces are compared."""

    thresholds: tuple[float, ...] = (0.005, 0.01)
    """Distances that count as right, as fractions of the ground truth's diagonal."""
    samples: int = 200_000
    """Points spread over each surface."""
    icp_iterations: int = 20
    """Rounds of trimmed ICP after the alignment by camera centres."""
    icp_kept: float = 0.8
    """Fraction of the nearest pairs that each round uses."""
    bottom: float = 0.01
    """Lowest part that is left out, because the product stands on it; a fraction of the diagonal."""
    min_views: int = 2
    """Cameras that must see a point of the ground truth to ask for it."""

    def __post_init__(self) -> None:
        if not self.thresholds or min(self.thresholds) <= 0 or self.samples < 1000 or not 0 < self.icp_kept <= 1:
            raise InputError(
                "SCORE_OPTIONS", f"{self} cannot be used.", "Use thresholds above 0 and at least 1000 samples."
            )


@dataclass(frozen=True)
class Score:
    """``precision``, ``recall`` and ``f`` per threshold; lengths in millimetres of the ground truth."""

    thresholds: tuple[float, ...]
    precision: tuple[float, ...]
    recall: tuple[float, ...]
    f: tuple[float, ...]
    cameras: int
    camera_rmse_mm: float
    accuracy_mm: float
    completeness_mm: float


def score(model: Path, cameras: Path, truth_dir: Path, options: ScoreOptions | None = None) -> Score:
    """Compare a mesh file with ``truth_dir/gt.ply``, aligned by the cameras both know.

    Args:
        model: GLB, glTF, PLY, OBJ or STL.
        cameras: ``cameras.json`` of the conversion, ``cam_from_asset``.
        truth_dir: Holds ``gt.ply`` and ``cameras.json`` in the same form.

    Raises:
        InputError: MESH_INVALID, CAMERAS_INVALID, or GLB_INVALID and its like.
    """
    o = options or ScoreOptions()
    estimate, truth = read_mesh(model), read_mesh(truth_dir / "gt.ply")
    ours, theirs = camera_centres(cameras), camera_centres(truth_dir / "cameras.json")
    shared = sorted(ours.keys() & theirs.keys())
    if len(shared) < 3:
        raise InputError(
            "CAMERAS_INVALID",
            f"{cameras} and the ground truth share {len(shared)} photos; 3 are needed.",
            "Check both files.",
        )
    source, target = np.array([ours[k] for k in shared]), np.array([theirs[k] for k in shared])
    scale, rotation, shift = similarity(source, target)
    rmse = float(np.sqrt((np.linalg.norm(scale * source @ rotation.T + shift - target, axis=1) ** 2).mean()))
    vertices = scale * estimate.vertices.astype(np.float64) @ rotation.T + shift

    rng = np.random.default_rng(0)
    low, high = truth.vertices.min(0), truth.vertices.max(0)
    diagonal = float(np.linalg.norm(high - low))
    floor, pad = low[1] + o.bottom * diagonal, 0.05 * (high - low).max()
    whole = sample(truth.vertices, truth.faces, o.samples, rng)
    whole = whole[whole[:, 1] > floor]
    asked = whole[seen_by(whole, truth, np.array(list(theirs.values())), 1e-3 * diagonal) >= o.min_views]
    tree = cKDTree(whole)

    def near_truth(points: Array) -> Array:
        inside = ((points > low - pad) & (points < high + pad)).all(1) & (points[:, 1] > floor)
        return points[inside]

    for _ in range(o.icp_iterations):
        points = near_truth(sample(vertices, estimate.faces, 60_000, rng))[:20_000]
        if len(points) < 100:
            break
        distance, nearest = tree.query(points)
        kept = distance < min(float(np.quantile(distance, o.icp_kept)), 0.03 * diagonal)
        if kept.sum() < 100:
            break
        scale, rotation, shift = similarity(points[kept], whole[nearest[kept]])
        vertices = scale * vertices @ rotation.T + shift

    points = near_truth(sample(vertices, estimate.faces, 3 * o.samples, rng))[: o.samples]
    if len(points) < 100:
        nothing = tuple(0.0 for _ in o.thresholds)
        return Score(o.thresholds, nothing, nothing, nothing, len(shared), 1000 * rmse, float("inf"), float("inf"))
    wrong, missing = tree.query(points)[0], cKDTree(points).query(asked)[0]
    precision = tuple(float((wrong < t * diagonal).mean()) for t in o.thresholds)
    recall = tuple(float((missing < t * diagonal).mean()) for t in o.thresholds)
    f = tuple(2 * p * r / max(p + r, 1e-9) for p, r in zip(precision, recall, strict=True))
    return Score(
        o.thresholds,
        precision,
        recall,
        f,
        len(shared),
        1000 * rmse,
        1000 * float(wrong.mean()),
        1000 * float(missing.mean()),
    )


def similarity(source: Array, target: Array) -> tuple[float, Array, Array]:
    """Least-squares ``target = s · R @ source + t`` (Umeyama 1991); points (N, 3)."""
    a, b = source - source.mean(0), target - target.mean(0)
    u, d, vt = np.linalg.svd(b.T @ a)
    flip = np.array([1, 1, np.sign(np.linalg.det(u @ vt))])
    rotation = u * flip @ vt
    scale = float((d * flip).sum() / (a**2).sum())
    return scale, rotation, target.mean(0) - scale * rotation @ source.mean(0)


def sample(vertices: Array, faces: Array, count: int, rng: np.random.Generator) -> Array:
    """``count`` points (count, 3) spread evenly over the area."""
    corners = vertices[faces].astype(np.float64)
    edge1, edge2 = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    area = np.linalg.norm(np.cross(edge1, edge2), axis=1)
    chosen = rng.choice(len(faces), count, p=area / area.sum())
    u, v = rng.random((2, count, 1))
    over = u + v > 1
    u, v = np.where(over, 1 - u, u), np.where(over, 1 - v, v)
    points: Array = corners[chosen, 0] + u * edge1[chosen] + v * edge2[chosen]
    return points


def seen_by(points: Array, mesh: Mesh, centres: Array, offset: float) -> Array:
    """How many camera centres see each point unoccluded, (N,) int. ``offset`` lifts the rays off the surface."""
    scene = o3d.t.geometry.RaycastingScene()
    tensor = o3d.core.Tensor.from_numpy
    scene.add_triangles(tensor(mesh.vertices.astype(np.float32)), tensor(mesh.faces.astype(np.uint32)))
    count = np.zeros(len(points), int)
    for centre in centres:
        ray = centre - points
        distance = np.linalg.norm(ray, axis=1, keepdims=True)
        ray /= distance
        origin = points + offset * ray
        hit = scene.cast_rays(tensor(np.hstack([origin, ray]).astype(np.float32)))["t_hit"].numpy()
        count += hit > distance[:, 0]
    return count


def camera_centres(path: Path) -> dict[str, Array]:
    """Camera centre per photo, keyed by the file name without folder and ending."""
    try:
        entries: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["cameras"]
        return {Path(k).stem: -np.array(v["R"], float).T @ np.array(v["t"], float) for k, v in entries.items()}
    except (OSError, ValueError, KeyError, TypeError) as e:
        raise InputError(
            "CAMERAS_INVALID", f"{path} is not a cameras.json: {e}.", "Name the file of a conversion."
        ) from e


def read_mesh(path: Path) -> Mesh:
    """Triangles of a GLB, glTF, PLY, OBJ or STL file."""
    if path.suffix.lower() in (".glb", ".gltf"):
        return read_glb(path)[0]
    mesh = o3d.io.read_triangle_mesh(path) if path.is_file() else o3d.geometry.TriangleMesh()
    if not len(mesh.triangles):
        raise InputError("MESH_INVALID", f"{path} holds no triangles.", "Name a GLB, glTF, PLY, OBJ or STL file.")
    return Mesh(np.asarray(mesh.vertices, np.float32), np.asarray(mesh.triangles, np.int32))
