"""The geometry score: exact for a perfect model wherever it lies, and falling with each kind of defect."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import open3d as o3d
import pytest

from assets_pipeline.errors import InputError
from assets_pipeline.score import Score, ScoreOptions, score
from assets_pipeline.types import Array

OPTIONS = ScoreOptions(samples=100_000, icp_iterations=3)


def write(path: Path, vertices: Array, faces: Array) -> Path:
    mesh = o3d.geometry.TriangleMesh(o3d.utility.Vector3dVector(vertices), o3d.utility.Vector3iVector(faces))
    assert o3d.io.write_triangle_mesh(path, mesh)
    return path


@pytest.fixture
def truth(tmp_path: Path) -> tuple[Path, Array, Array]:
    """A bumpy blob on the floor, seen by a ring of 12 cameras."""
    sphere = o3d.geometry.TriangleMesh.create_sphere(0.05, resolution=60)
    vertices, faces = np.asarray(sphere.vertices), np.asarray(sphere.triangles)
    vertices = vertices * (1 + 0.1 * np.sin(60 * vertices[:, :1]) * np.cos(80 * vertices[:, 1:2])) * (1, 1.4, 0.8)
    vertices -= (0, vertices[:, 1].min(), 0)
    folder = tmp_path / "gt"
    folder.mkdir()
    write(folder / "gt.ply", vertices, faces)
    cameras = {}
    for i, angle in enumerate(np.linspace(0, 2 * np.pi, 12, endpoint=False)):
        centre = np.array([0.3 * np.sin(angle), 0.15 + 0.05 * (i % 3), 0.3 * np.cos(angle)])
        cameras[f"{i:03d}.jpg"] = {"R": np.eye(3).tolist(), "t": (-centre).tolist()}
    (folder / "cameras.json").write_text(json.dumps({"cameras": cameras}))
    return folder, vertices, faces


def moved(folder: Path, vertices: Array, faces: Array, tmp_path: Path) -> Score:
    """The score of a mesh that lies elsewhere, turned and twice as large, with its cameras."""
    turn = o3d.geometry.get_rotation_matrix_from_xyz((0.3, 1.0, -0.2))
    cameras = json.loads((folder / "cameras.json").read_text())["cameras"]
    ours = {}
    for name, c in cameras.items():
        centre = 2 * turn @ -np.array(c["t"]) + (0.1, 0.2, 0.3)
        ours[f"photos/{Path(name).stem}.png"] = {"R": turn.T.tolist(), "t": (-turn.T @ centre).tolist()}
    (tmp_path / "cameras.json").write_text(json.dumps({"cameras": ours}))
    mesh = write(tmp_path / "mesh.ply", 2 * vertices @ turn.T + (0.1, 0.2, 0.3), faces)
    return score(mesh, tmp_path / "cameras.json", folder, OPTIONS)


def test_a_perfect_model_scores_one_wherever_it_lies(truth: tuple[Path, Array, Array], tmp_path: Path) -> None:
    s = moved(*truth, tmp_path)
    assert s.cameras == 12
    assert s.camera_rmse_mm < 1e-3
    assert s.f[0] > 0.97
    assert s.f[1] > 0.995


def test_holes_cost_recall_and_noise_costs_precision(truth: tuple[Path, Array, Array], tmp_path: Path) -> None:
    folder, vertices, faces = truth
    half = faces[vertices[faces].mean(1)[:, 0] > 0]
    holed = moved(folder, vertices, half, tmp_path)
    assert holed.precision[1] > 0.98
    assert 0.4 < holed.recall[1] < 0.6
    noise = np.random.default_rng(0).normal(0, 0.0015, vertices.shape)
    noisy = moved(folder, vertices + noise, faces, tmp_path)
    assert noisy.precision[0] < 0.9
    assert noisy.precision[0] < noisy.precision[1]


def test_wrong_files_are_told(truth: tuple[Path, Array, Array], tmp_path: Path) -> None:
    folder = truth[0]
    (tmp_path / "empty.ply").write_text("ply\n")
    with pytest.raises(InputError, match="MESH_INVALID"):
        score(tmp_path / "empty.ply", folder / "cameras.json", folder, OPTIONS)
    (tmp_path / "cameras.json").write_text('{"cameras": {}}')
    with pytest.raises(InputError, match="CAMERAS_INVALID"):
        score(folder / "gt.ply", tmp_path / "cameras.json", folder, OPTIONS)
