"""Which faces and vertices of a mesh touch, and what its surface is like."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from assets_pipeline.errors import InputError
from assets_pipeline.types import Array, Mesh


def weld(mesh: Mesh) -> tuple[Array, Array]:
    """Positions (W, 3) float32 without duplicates, and the welded index (N,) of each vertex of ``mesh``."""
    rows = np.ascontiguousarray(mesh.vertices, np.float32).view(np.dtype((np.void, 12))).ravel()
    _, first, inverse = np.unique(rows, return_index=True, return_inverse=True)
    return np.asarray(mesh.vertices, np.float32)[first], inverse.reshape(-1).astype(np.int32)


def face_normals(vertices: Array, faces: Array) -> tuple[Array, Array]:
    """Unit normals (M, 3) float32 (zero where degenerate) and areas (M,) float32 in square metres."""
    a, b, c = (vertices[faces[:, i]].astype(np.float64) for i in range(3))
    cross = np.cross(b - a, c - a)
    length = np.linalg.norm(cross, axis=1)
    unit = cross / np.maximum(length, 1e-30)[:, None]
    return unit.astype(np.float32), (0.5 * length).astype(np.float32)


def face_neighbours(faces: Array) -> Array:
    """Faces (M, 3) int32 across each edge of a face; -1 at a border or where more than two faces meet."""
    count = len(faces)
    edges = np.sort(np.stack([faces, np.roll(faces, -1, axis=1)], axis=-1).reshape(-1, 2), axis=1).astype(np.int64)
    key = edges[:, 0] * (int(faces.max()) + 1) + edges[:, 1]
    order = np.argsort(key, kind="stable")
    ranked = key[order]
    same = np.concatenate([ranked[1:] == ranked[:-1], [False]])
    crowded = np.concatenate([[False], same[:-1]]) & same
    pairs = np.flatnonzero(same & ~crowded & ~np.concatenate([crowded[1:], [False]]))
    result = np.full(count * 3, -1, np.int32)
    first, second = order[pairs], order[pairs + 1]
    result[first], result[second] = second // 3, first // 3
    return result.reshape(count, 3)


def averaging(faces: Array, count: int) -> sparse.csr_matrix:
    """(count, count) matrix that replaces a vertex value by the mean of itself and its neighbours."""
    i = np.concatenate([faces[:, 0], faces[:, 1], faces[:, 2]])
    j = np.concatenate([faces[:, 1], faces[:, 2], faces[:, 0]])
    ones = np.ones(len(i), np.float32)
    links = sparse.coo_matrix((ones, (i, j)), shape=(count, count)).tocsr()
    links = links + links.T + sparse.identity(count, np.float32, format="csr")
    links.data[:] = 1.0
    inverse = 1.0 / np.asarray(links.sum(axis=1)).ravel()
    return (sparse.diags(inverse.astype(np.float32)) @ links).tocsr()


def vertex_normals(vertices: Array, faces: Array, smoothing: int = 0) -> Array:
    """Area-weighted unit normals (N, 3) float32, averaged ``smoothing`` times over the one-ring."""
    unit, area = face_normals(vertices, faces)
    weighted = unit * area[:, None]
    normals = np.stack(
        [sum(np.bincount(faces[:, k], weighted[:, c], len(vertices)) for k in range(3)) for c in range(3)],
        axis=1,
    )
    normals = _unit(normals)
    if smoothing:
        mean = averaging(faces, len(vertices))
        for _ in range(smoothing):
            normals = _unit(mean @ normals)
    return normals.astype(np.float32)


def smooth_normals(mesh: Mesh, smoothing: int = 0) -> Array:
    """``vertex_normals`` of a mesh whose vertices are split at chart borders: equal on both sides of a seam."""
    positions, index = weld(mesh)
    return vertex_normals(positions, index[mesh.faces], smoothing)[index]


def require_uvs(mesh: Mesh) -> Array:
    """The UVs of ``mesh``; raises ``InputError`` (MESH_WITHOUT_UVS) where there are none or they leave 0..1."""
    if mesh.uvs is None or len(mesh.uvs) != len(mesh.vertices):
        raise InputError("MESH_WITHOUT_UVS", "The mesh has no texture coordinates.", "Unwrap it first.")
    if mesh.uvs.min() < -1e-6 or mesh.uvs.max() > 1 + 1e-6:
        raise InputError(
            "MESH_UVS_OUTSIDE",
            f"Texture coordinates reach from {mesh.uvs.min():.3f} to {mesh.uvs.max():.3f}; allowed is 0..1.",
            "Unwrap the mesh into 0..1.",
        )
    return mesh.uvs


def _unit(vectors: Array) -> Array:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-20)
