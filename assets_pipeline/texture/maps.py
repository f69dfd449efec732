"""Normal map and ambient occlusion from the dense mesh."""

from __future__ import annotations

import numpy as np
import open3d as o3d

from assets_pipeline.progress import Progress
from assets_pipeline.tangents import vertex_tangents
from assets_pipeline.texture.raster import Texels
from assets_pipeline.texture.topology import averaging, smooth_normals, weld
from assets_pipeline.types import Array, Mesh

_CHUNK = 100_000


def scene_of(mesh: Mesh) -> o3d.t.geometry.RaycastingScene:
    """A ray-casting scene holding ``mesh``."""
    scene = o3d.t.geometry.RaycastingScene()
    scene.add_triangles(
        o3d.core.Tensor.from_numpy(np.ascontiguousarray(mesh.vertices, np.float32)),
        o3d.core.Tensor.from_numpy(np.ascontiguousarray(mesh.faces, np.uint32)),
    )
    return scene


def normal_map(mesh: Mesh, dense: Mesh, texels: Texels, smoothing: int, progress: Progress) -> Array:
    """Tangent-space normals (T, 3) uint8 (+Y up) of the texels: the dense mesh's normal at the closest point.

    ``smoothing`` rounds of averaging take the reconstruction's noise out of the dense normals first. Where the closest
    point faces another way than the mesh (the other side of a thin wall) the normal stays flat.
    """
    points = texels.gather(mesh.faces, mesh.vertices)
    fine = smooth_normals(dense, smoothing)
    scene = scene_of(dense)
    found = np.empty_like(points)
    for first in range(0, len(points), _CHUNK):
        progress.update(0.8 + 0.1 * first / len(points), "normal map")
        chunk = slice(first, first + _CHUNK)
        answer = scene.compute_closest_points(o3d.core.Tensor.from_numpy(points[chunk]))
        face, uv = answer["primitive_ids"].numpy(), answer["primitive_uvs"].numpy()
        corner = dense.faces[face]
        found[chunk] = (
            fine[corner[:, 0]] * (1 - uv.sum(axis=1, keepdims=True))
            + fine[corner[:, 1]] * uv[:, :1]
            + fine[corner[:, 2]] * uv[:, 1:]
        )
    return _encode(mesh, texels, found)


def ambient_occlusion(mesh: Mesh, rays: int, progress: Progress) -> Array:
    """Unoccluded share (N,) float32 of a cosine-weighted hemisphere at each vertex, smoothed over the surface.

    The mesh alone occludes; what it stood on does not. Distances over a quarter of the diagonal count as open.
    """
    positions, index = weld(mesh)
    normals = np.empty_like(positions)
    normals[index] = smooth_normals(mesh)
    scene = scene_of(mesh)
    diagonal = float(np.linalg.norm(mesh.size))
    rng = np.random.default_rng(0)
    radius, turn = np.sqrt((np.arange(rays) + 0.5) / rays), np.arange(rays) * 2.399963
    disc = np.stack([radius * np.cos(turn), radius * np.sin(turn), np.sqrt(1 - radius**2)], axis=1)
    tangent = np.cross(normals, np.eye(3, dtype=np.float32)[np.argmin(np.abs(normals), axis=1)])
    tangent /= np.maximum(np.linalg.norm(tangent, axis=1, keepdims=True), 1e-12)
    spin = rng.uniform(0, 2 * np.pi, len(positions)).astype(np.float32)[:, None]
    tangent = tangent * np.cos(spin) + np.cross(normals, tangent) * np.sin(spin)
    bitangent = np.cross(normals, tangent)
    origin = positions + normals * (2e-3 * diagonal)
    blocked = np.zeros(len(positions), np.float32)
    for k, (x, y, z) in enumerate(disc.astype(np.float32)):
        progress.update(0.72 + 0.08 * k / rays, "ambient occlusion")
        lines = np.concatenate([origin, tangent * x + bitangent * y + normals * z], axis=1).astype(np.float32)
        blocked += scene.test_occlusions(o3d.core.Tensor.from_numpy(lines), tfar=0.25 * diagonal).numpy()
    mean = averaging(index[mesh.faces], len(positions))
    openness = 1 - blocked / rays
    for _ in range(3):
        openness = mean @ openness
    return openness[index].astype(np.float32)


def _encode(mesh: Mesh, texels: Texels, normals: Array) -> Array:
    own = mesh.normals if mesh.normals is not None else smooth_normals(mesh)
    frame = vertex_tangents(mesh, own)
    n = texels.gather(mesh.faces, own)
    n /= np.maximum(np.linalg.norm(n, axis=1, keepdims=True), 1e-12)
    t = texels.gather(mesh.faces, frame[:, :3])
    b = np.cross(n, t) * texels.gather(mesh.faces, frame[:, 3:])
    local = np.stack([(normals * axis).sum(axis=1) for axis in (t, b, n)], axis=1)
    local /= np.maximum(np.linalg.norm(local, axis=1, keepdims=True), 1e-12)
    local = np.where(local[:, 2:] > 0.3, local, [[0.0, 0.0, 1.0]])
    return np.clip(np.round(local * 127.5 + 127.5), 0, 255).astype(np.uint8)
