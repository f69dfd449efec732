"""From the raw level set to a mesh fit for texturing: loose parts dropped, triangles reduced."""

from __future__ import annotations

import numpy as np
import open3d as o3d
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from assets_pipeline.types import Array, Mesh

LOOSE_PART = 0.02  # of the largest part's volume: smaller ones are dropped


def drop_loose_parts(mesh: Mesh, share: float = LOOSE_PART) -> Mesh:
    """Keep the parts whose enclosed volume is at least ``share`` of the largest; inner bubbles go too."""
    n = len(mesh.vertices)
    f = mesh.faces
    graph = coo_matrix((np.ones(2 * len(f)), (np.r_[f[:, 0], f[:, 1]], np.r_[f[:, 1], f[:, 2]])), (n, n))
    count, label = connected_components(graph, directed=False)
    a, b, c = (mesh.vertices[f[:, i]].astype(np.float64) for i in range(3))
    volume = np.zeros(count)
    np.add.at(volume, label[f[:, 0]], np.einsum("ij,ij->i", a, np.cross(b, c)) / 6)
    return compact(mesh, np.isin(label[f[:, 0]], np.flatnonzero(volume >= share * volume.max())))


def compact(mesh: Mesh, keep: Array) -> Mesh:
    """The faces selected by ``keep`` (M,) bool, without unused vertices."""
    faces = mesh.faces[keep]
    used, faces = np.unique(faces, return_inverse=True)
    return Mesh(mesh.vertices[used], faces.reshape(-1, 3).astype(np.int32))


def simplify(mesh: Mesh, triangles: int) -> Mesh:
    """At most ``triangles`` triangles by quadric error (Garland and Heckbert, SIGGRAPH 1997)."""
    if len(mesh.faces) <= triangles:
        return mesh
    legacy = o3d.geometry.TriangleMesh(
        o3d.utility.Vector3dVector(mesh.vertices.astype(np.float64)), o3d.utility.Vector3iVector(mesh.faces)
    )
    small = legacy.simplify_quadric_decimation(triangles)
    small.remove_degenerate_triangles()
    small.remove_unreferenced_vertices()
    return Mesh(np.asarray(small.vertices, np.float32), np.asarray(small.triangles, np.int32))


def is_watertight(mesh: Mesh) -> bool:
    """Whether every edge is shared by exactly two faces that run along it in opposite directions."""
    f = mesh.faces.astype(np.int64)
    n = len(mesh.vertices)
    forward = np.concatenate([f[:, [0, 1]], f[:, [1, 2]], f[:, [2, 0]]])
    key, count = np.unique(forward[:, 0] * n + forward[:, 1], return_counts=True)
    back = np.unique(forward[:, 1] * n + forward[:, 0])
    return bool((count == 1).all() and len(key) == len(back) and (key == back).all())
