"""Vertex normals and tangents."""

from __future__ import annotations

import numpy as np

from assets_pipeline.types import Array, Mesh


def vertex_normals(vertices: Array, faces: Array) -> Array:
    """Area-weighted vertex normals, (N, 3) float32 of unit length; vertices at one position share one normal."""
    _, position = np.unique(np.ascontiguousarray(vertices, np.float32).view("V12").ravel(), return_inverse=True)
    corners = vertices[faces].astype(np.float64)
    face_normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    total = _scatter(position[faces].ravel(), np.repeat(face_normals, 3, 0), int(position.max()) + 1)
    return unit(total[position], np.array([0.0, 1.0, 0.0]))


def vertex_tangents(mesh: Mesh, normals: Array) -> Array:
    """Tangents for a normal map, (N, 4) float32, w the handedness of the bitangent.

    Lengyel's method, with the angle weights and the Gram-Schmidt step of MikkTSpace: needs ``mesh.uvs``, and vertices
    split where the texture mirrors, as every atlas of charts has them.
    """
    assert mesh.uvs is not None
    count = len(mesh.vertices)
    corners = mesh.vertices[mesh.faces].astype(np.float64)
    uv = mesh.uvs[mesh.faces].astype(np.float64)
    edge1, edge2 = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    du1, du2 = uv[:, 1] - uv[:, 0], uv[:, 2] - uv[:, 0]
    flip = np.sign(du1[:, 0] * du2[:, 1] - du2[:, 0] * du1[:, 1])[:, None]
    along_u = unit((edge1 * du2[:, 1:2] - edge2 * du1[:, 1:2]) * flip, np.zeros(3))
    along_v = unit((edge2 * du1[:, 0:1] - edge1 * du2[:, 0:1]) * flip, np.zeros(3))
    weight = _corner_angles(corners)[..., None]
    index = mesh.faces.ravel()
    tangent = _scatter(index, (along_u[:, None] * weight).reshape(-1, 3), count)
    bitangent = _scatter(index, (along_v[:, None] * weight).reshape(-1, 3), count)
    tangent -= normals * np.sum(normals * tangent, 1, keepdims=True)
    fallback = np.cross(normals, np.where(np.abs(normals[:, :1]) < 0.9, [[1.0, 0, 0]], [[0, 1.0, 0]]))
    tangent = unit(tangent, fallback)
    # glTF's texture v runs down, so its bitangent cross(n, t) * w points towards decreasing v.
    w = np.where(np.sum(np.cross(normals, tangent) * bitangent, 1) > 0, -1.0, 1.0)
    return np.concatenate([tangent, w[:, None]], 1).astype(np.float32)


def unit(vectors: Array, fallback: Array) -> Array:
    """``vectors`` (N, 3) with unit length, ``fallback`` normalised likewise where they vanish."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    fallback_length = np.linalg.norm(fallback, axis=-1, keepdims=True)
    safe = fallback / np.where(fallback_length > 0, fallback_length, 1)
    result: Array = np.where(length > 1e-12, vectors / np.where(length > 1e-12, length, 1), safe).astype(np.float32)
    return result


def _corner_angles(corners: Array) -> Array:
    ahead = np.roll(corners, -1, 1) - corners
    behind = np.roll(corners, 1, 1) - corners
    sine = np.linalg.norm(np.cross(ahead, behind), axis=2)
    angles: Array = np.arctan2(sine, np.sum(ahead * behind, 2))
    return angles


def _scatter(index: Array, values: Array, count: int) -> Array:
    return np.stack([np.bincount(index, values[:, k], count) for k in range(values.shape[1])], 1)
