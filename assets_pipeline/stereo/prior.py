"""What is known of the shape before matching: a mesh that encloses the product, seen from each view."""

from __future__ import annotations

import numpy as np
import open3d as o3d

from assets_pipeline.tensors import tensor
from assets_pipeline.types import Array, Mesh


class Prior:
    """Depth and normals of a mesh (such as the visual hull) as cameras see it."""

    def __init__(self, mesh: Mesh) -> None:
        self._scene = o3d.t.geometry.RaycastingScene(nthreads=0)
        self._scene.add_triangles(tensor(mesh.vertices, np.float32), tensor(mesh.faces, np.uint32))

    def view(self, R: Array, t: Array, K: Array, shape: tuple[int, ...]) -> tuple[Array, Array]:
        """Depth (h, w) float32, 0 beside the mesh, and unit normals (h, w, 3) float32 in the camera frame
        that face it."""
        E = np.eye(4)
        E[:3, :3], E[:3, 3] = R, t
        rays = self._scene.create_rays_pinhole(tensor(K), tensor(E), shape[1], shape[0])
        hit = self._scene.cast_rays(rays)
        depth = hit["t_hit"].numpy()  # the rays of Open3D have z = 1 in the camera frame, so t is z
        normal = (hit["primitive_normals"].numpy() @ R.T).astype(np.float32)
        away = (normal * _ray_grid(K, shape)).sum(-1) > 0
        normal[away] *= -1
        miss = ~np.isfinite(depth)
        depth = np.where(miss, 0, depth).astype(np.float32)
        normal[miss] = (0, 0, -1)
        return depth, normal


def _ray_grid(K: Array, shape: tuple[int, ...]) -> Array:
    x = (np.arange(shape[1]) + 0.5 - K[0, 2]) / K[0, 0]
    y = (np.arange(shape[0]) + 0.5 - K[1, 2]) / K[1, 1]
    gx, gy = np.meshgrid(x, y)
    return np.stack([gx, gy, np.ones_like(gx)], -1).astype(np.float32)
