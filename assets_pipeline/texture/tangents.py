"""Tangents as glTF viewers expect them with a normal map."""

from __future__ import annotations

import numpy as np

from assets_pipeline.texture.topology import require_uvs, smooth_normals
from assets_pipeline.types import Array, Mesh


def tangents(mesh: Mesh) -> Array:
    """Unit tangent and handedness (N, 4) float32 per vertex, for glTF's TANGENT.

    As MikkTSpace does on vertices that are already split at chart borders: the triangles' texture directions, weighted
    by corner angle, orthogonal to the vertex normal; ``w`` is +1 where the texture is not mirrored.
    """
    uvs = require_uvs(mesh).astype(np.float64)
    normals = mesh.normals if mesh.normals is not None else smooth_normals(mesh)
    corner, flat = mesh.vertices[mesh.faces].astype(np.float64), uvs[mesh.faces]
    e1, e2 = corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]
    d1, d2 = flat[:, 1] - flat[:, 0], flat[:, 2] - flat[:, 0]
    area = d1[:, 0] * d2[:, 1] - d1[:, 1] * d2[:, 0]
    along_u = (e1 * d2[:, 1:] - e2 * d1[:, 1:]) * np.sign(area)[:, None]
    along_u /= np.maximum(np.linalg.norm(along_u, axis=1, keepdims=True), 1e-20)
    total = np.zeros((len(mesh.vertices), 3))
    side = np.zeros(len(mesh.vertices))
    for k in range(3):
        a = corner[:, (k + 1) % 3] - corner[:, k]
        b = corner[:, (k + 2) % 3] - corner[:, k]
        length = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
        angle = np.arccos(np.clip((a * b).sum(axis=1) / np.maximum(length, 1e-30), -1, 1))
        side += np.bincount(mesh.faces[:, k], -np.sign(area) * angle, len(side))
        for c in range(3):
            total[:, c] += np.bincount(mesh.faces[:, k], along_u[:, c] * angle, len(side))
    total -= normals * (total * normals).sum(axis=1, keepdims=True)
    length = np.linalg.norm(total, axis=1, keepdims=True)
    spare = np.cross(normals, np.eye(3)[np.argmin(np.abs(normals), axis=1)])
    spare /= np.maximum(np.linalg.norm(spare, axis=1, keepdims=True), 1e-20)
    unit = np.where(length > 1e-9, total / np.maximum(length, 1e-20), spare)
    return np.column_stack([unit, np.where(side >= 0, 1.0, -1.0)]).astype(np.float32)
