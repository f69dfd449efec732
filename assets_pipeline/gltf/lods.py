"""Levels of detail: simplification of a UV-mapped mesh that keeps its texture in place."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assets_pipeline.errors import InputError, MachineError
from assets_pipeline.gltf.node import node_command
from assets_pipeline.gltf.process import run_all, scratch_folder
from assets_pipeline.progress import Progress
from assets_pipeline.tangents import unit, vertex_normals
from assets_pipeline.types import Array, Mesh

# Least surface deviation and texture shift on a shoe at 11k to 2k triangles, of seven pairs tried.
_NORMAL_WEIGHT, _UV_WEIGHT = 0.1, 0.3


@dataclass(frozen=True)
class Lod:
    """A simplified mesh. ``error_m`` bounds the surface's move; ``method`` is 'seam-aware', 'permissive' or 'sloppy'.

    Permissive collapses across texture seams, when that errs less or the count cannot be reached otherwise; sloppy, the
    last resort, also changes the topology.
    """

    mesh: Mesh
    error_m: float
    method: str


def make_lods(mesh: Mesh, targets: Sequence[int], progress: Progress | None = None) -> tuple[Mesh, ...]:
    """``mesh`` at each of the ``targets`` triangle counts; a target the mesh meets already returns it unchanged.

    >>> lod1, lod2 = make_lods(mesh, (20_000, 5_000))

    Raises:
        InputError: LOD_TARGET when a target is below 1. MachineError: NODE_MISSING, SIMPLIFY_FAILED.
    """
    return tuple(lod.mesh for lod in simplify(mesh, targets, progress))


def simplify(mesh: Mesh, targets: Sequence[int], progress: Progress | None = None) -> tuple[Lod, ...]:
    """As ``make_lods``, with the error and the method of each level.

    Quadric edge collapse with vertex updates by meshoptimizer (Garland and Heckbert 1997; attributes after Hoppe 1999),
    in one Node process. Vertices on both sides of a texture seam move together, so a watertight mesh stays so.
    """
    if any(t < 1 for t in targets):
        raise InputError("LOD_TARGET", f"A level of detail asks for {min(targets)} triangles.", "Ask for at least 1.")
    needed = sorted({t for t in targets if t < len(mesh.faces)}, reverse=True)
    made = dict(zip(needed, _run(mesh, needed, progress or Progress()))) if needed else {}
    return tuple(made[t] if t in made else Lod(mesh, 0.0, "seam-aware") for t in targets)


def _run(mesh: Mesh, targets: list[int], progress: Progress) -> list[Lod]:
    normals = mesh.normals if mesh.normals is not None else vertex_normals(mesh.vertices, mesh.faces)
    attributes = [normals] if mesh.uvs is None else [normals, mesh.uvs]
    weights = [_NORMAL_WEIGHT] * 3 + ([] if mesh.uvs is None else [_UV_WEIGHT] * 2)
    with scratch_folder("lods") as folder:
        np.ascontiguousarray(mesh.vertices, np.float32).tofile(folder / "positions.f32")
        np.ascontiguousarray(np.concatenate(attributes, 1), np.float32).tofile(folder / "attributes.f32")
        np.ascontiguousarray(mesh.faces, np.uint32).tofile(folder / "indices.u32")
        (folder / "job.json").write_text(json.dumps({"weights": weights, "targets": targets}))
        run_all([[*node_command("simplify.mjs"), str(folder)]], progress, code="SIMPLIFY_FAILED")
        results = json.loads((folder / "result.json").read_text())
        lods = []
        for i, (target, result) in enumerate(zip(targets, results)):
            vertices = np.fromfile(folder / f"lod{i}.positions.f32", np.float32).reshape(-1, 3)
            values = np.fromfile(folder / f"lod{i}.attributes.f32", np.float32).reshape(len(vertices), -1)
            faces = np.fromfile(folder / f"lod{i}.indices.u32", np.uint32).reshape(-1, 3)
            if not 0 < len(faces) <= target:
                raise MachineError(
                    "SIMPLIFY_FAILED",
                    f"{len(mesh.faces)} triangles became {len(faces)}; {target} were asked for.",
                    "Ask for more triangles, or clean the mesh.",
                )
            lods.append(Lod(_compact(vertices, values, faces, mesh), result["error"], result["method"]))
    return lods


def _compact(vertices: Array, values: Array, faces: Array, source: Mesh) -> Mesh:
    used, renumbered = np.unique(faces, return_inverse=True)
    normals = unit(values[used, :3], np.array([0.0, 1.0, 0.0]))
    uvs = None if source.uvs is None else np.clip(values[used, 3:5], source.uvs.min(0), source.uvs.max(0))
    return Mesh(vertices[used], renumbered.reshape(-1, 3).astype(np.int32), uvs, normals)
