"""From a fused RGB-D scene to the product: stand it up, take it off its table, and give every frame a view of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import open3d as o3d

from assets_pipeline.errors import InputError
from assets_pipeline.progress import Progress
from assets_pipeline.surface.tsdf import RgbdModel
from assets_pipeline.tensors import tensor
from assets_pipeline.types import Array, DepthMap, Mesh, View


@dataclass(frozen=True)
class PlacementOptions:
    """How the product is told from what it stands on."""

    isolate: bool = True
    """Cut the product off its table; False keeps the whole scene."""
    table_voxels: float = 3.0
    """What is nearer to the table than this many voxels belongs to the table."""
    table_share: float = 0.08
    """A plane with a smaller share of the vertices is no table."""
    tilt_deg: float = 50.0
    """The table's normal may differ from the cameras' mean up direction by this much."""
    max_views: int = 60
    """Of a longer sequence, this many frames, evenly spread, become views."""

    def __post_init__(self) -> None:
        if not 0 < self.table_share < 1 or self.table_voxels <= 0 or self.max_views < 1:
            raise InputError(
                "PLACEMENT_OPTIONS",
                f"table_share={self.table_share} is outside 0..1, or table_voxels={self.table_voxels} or "
                f"max_views={self.max_views} is not above 0.",
                "Leave the defaults.",
            )


@dataclass(frozen=True)
class RgbdProduct:
    """``mesh``, ``views`` and the ``depths`` measured on the product in the asset frame. ``ground`` tells whether a
    table was found, ``isolated`` whether the product was cut off it, its walls then run down to the table; where it
    was not, the whole scene is the product. The mesh is open where nothing was measured, as underneath.
    """

    mesh: Mesh
    views: tuple[View, ...]
    depths: tuple[DepthMap, ...]
    ground: bool
    isolated: bool


def place_product(
    model: RgbdModel,
    colors: Sequence[Array],
    depths_m: Sequence[Array],
    K: Array,
    files: Sequence[str],
    options: PlacementOptions | None = None,
    progress: Progress | None = None,
) -> RgbdProduct:
    """Put what the cameras looked at upright on the origin, bottom centre, front towards the first camera.

    The frames are those that were fused: ``colors`` (H, W, 3) uint8, ``depths_m`` (H, W) metres, ``K`` (3, 3) of both.
    The views' masks are the product's visible silhouette.
    """
    options = options or PlacementOptions()
    progress = progress or Progress()
    poses = model.cam_from_world
    seen_up = -poses[:, 1, :3].mean(0)
    seen_up /= np.linalg.norm(seen_up)
    plane = _table(model.mesh.vertices, seen_up, model.voxel_m, options)
    up = seen_up if plane is None else plane[:3]
    keep = None
    if plane is not None and options.isolate:
        keep = _product_faces(model, plane, options)
    isolated = keep is not None
    mesh = _submesh(model.mesh, keep) if keep is not None else model.mesh

    asset_from_world = _upright(mesh, up, -plane[3] if plane is not None and isolated else None, poses[0])
    placed = Mesh(_move(mesh.vertices, asset_from_world), mesh.faces)
    if isolated:
        placed = _down_to_table(placed, 2 * options.table_voxels * model.voxel_m)
    scene = o3d.t.geometry.RaycastingScene()
    scene.add_triangles(tensor(placed.vertices, np.float32), tensor(placed.faces, np.uint32))
    views, depths = [], []
    chosen = np.unique(np.linspace(0, len(files) - 1, min(options.max_views, len(files))).round().astype(int))
    for n, i in enumerate(chosen):
        progress.update(n / len(chosen), f"masking frame {n + 1} of {len(chosen)}")
        cam = poses[i] @ np.linalg.inv(asset_from_world)
        view = View(
            files[i], colors[i], np.full(depths_m[i].shape, 255, np.uint8), np.asarray(K, np.float64),
            cam[:3, :3].copy(), cam[:3, 3].copy(),
        )  # fmt: skip
        mask, measured = _seen(scene, view, depths_m[i], n, 4 * model.voxel_m)
        views.append(replace(view, mask=mask) if isolated else view)
        depths.append(measured)
    return RgbdProduct(placed, tuple(views), tuple(depths), plane is not None, isolated)


def _table(vertices: Array, up: Array, voxel_m: float, options: PlacementOptions) -> Array | None:
    """The largest plane that faces up: (a, b, c, d) with unit normal upwards, or None."""
    rng = np.random.default_rng(0)
    points = vertices[rng.permutation(len(vertices))[:60_000]].astype(np.float64)
    total = len(points)
    o3d.utility.random.seed(0)
    for _ in range(6):
        if len(points) < max(options.table_share * total, 100):
            return None
        cloud = o3d.geometry.PointCloud(o3d.utility.Vector3dVector(points))
        model, inliers = cloud.segment_plane(1.5 * voxel_m, 3, 600)
        plane = np.asarray(model) / np.linalg.norm(model[:3])
        if len(inliers) < options.table_share * total:
            return None
        if abs(plane[:3] @ up) > np.cos(np.radians(options.tilt_deg)):
            return plane if plane[:3] @ up > 0 else -plane
        points = np.delete(points, inliers, 0)
    return None


def _product_faces(model: RgbdModel, plane: Array, options: PlacementOptions) -> Array | None:
    """Faces (M,) bool of the largest part on the table where the cameras look; None where they look at no such part."""
    vertices, faces = model.mesh.vertices, model.mesh.faces
    above = vertices @ plane[:3] + plane[3] > options.table_voxels * model.voxel_m
    candidate = above[faces].all(1)
    if not candidate.any():
        return None
    parts = o3d.geometry.TriangleMesh(
        o3d.utility.Vector3dVector(vertices.astype(np.float64)), o3d.utility.Vector3iVector(faces[candidate])
    )
    label, count, _ = parts.cluster_connected_triangles()
    labels, counts = np.asarray(label), np.asarray(count)
    focus = _focus(model.cam_from_world)
    for part in np.argsort(-counts):
        if counts[part] < 0.01 * counts.max():
            break
        corners = vertices[faces[candidate][labels == part].ravel()]
        low, high = corners.min(0), corners.max(0)
        slack = 0.25 * (high - low).max()
        if ((focus > low - slack) & (focus < high + slack)).all() and (high - low).max() < 0.6 * model.mesh.size.max():
            keep = np.zeros(len(faces), bool)
            keep[np.flatnonzero(candidate)[labels == part]] = True
            return keep
    return None


def _focus(cam_from_world: Array) -> Array:
    """The point nearest to all optical axes, (3,)."""
    axes = cam_from_world[:, 2, :3]
    centers = -np.einsum("nji,nj->ni", cam_from_world[:, :3, :3], cam_from_world[:, :3, 3])
    across = np.eye(3) - axes[:, :, None] * axes[:, None, :]
    solution: Array = np.linalg.lstsq(across.sum(0), np.einsum("nij,nj->i", across, centers), rcond=None)[0]
    return solution


def _submesh(mesh: Mesh, keep: Array) -> Mesh:
    used, faces = np.unique(mesh.faces[keep], return_inverse=True)
    return Mesh(mesh.vertices[used], faces.reshape(-1, 3).astype(np.int32))


def _down_to_table(mesh: Mesh, below_m: float) -> Mesh:
    """``mesh`` with a vertical wall from its open edges lower than ``below_m`` to y = 0."""
    n = len(mesh.vertices)
    edges = np.concatenate([mesh.faces[:, [0, 1]], mesh.faces[:, [1, 2]], mesh.faces[:, [2, 0]]]).astype(np.int64)
    single = ~np.isin(edges[:, 0] * n + edges[:, 1], edges[:, 1] * n + edges[:, 0])
    low = (mesh.vertices[edges, 1] < below_m).all(1)
    a, b = edges[single & low].T
    foot = mesh.vertices * np.array([1, 0, 1], np.float32)
    wall = np.concatenate([np.stack([b, a, a + n], 1), np.stack([b, a + n, b + n], 1)])
    both = Mesh(np.concatenate([mesh.vertices, foot]), np.concatenate([mesh.faces, wall]).astype(np.int32))
    return _submesh(both, np.ones(len(both.faces), bool))


def _upright(mesh: Mesh, up: Array, table_height: float | None, first: Array) -> Array:
    """``asset_from_world`` (4, 4): +Y along ``up``, +Z towards the first camera, bottom centre at the origin."""
    towards = -first[:3, :3].T @ first[:3, 3] - mesh.vertices.mean(0)
    front = towards - up * (towards @ up)
    front /= np.linalg.norm(front)
    R = np.stack([np.cross(up, front), up, front])
    turned = mesh.vertices @ R.T
    low, high = turned.min(0), turned.max(0)
    bottom = low[1] if table_height is None else table_height
    out = np.eye(4)
    out[:3, :3] = R
    out[:3, 3] = -np.array([(low[0] + high[0]) / 2, bottom, (low[2] + high[2]) / 2])
    return out


def _move(points: Array, transform: Array) -> Array:
    moved: Array = (points @ transform[:3, :3].T + transform[:3, 3]).astype(np.float32)
    return moved


def _seen(
    scene: o3d.t.geometry.RaycastingScene, view: View, depth: Array, index: int, tolerance_m: float
) -> tuple[Array, DepthMap]:
    """Where the product is hit and nothing measured lies in front of it, (H, W) uint8; and what was measured there."""
    height, width = depth.shape
    pose = np.eye(4)
    pose[:3, :3], pose[:3, 3] = view.R, view.t
    found = scene.cast_rays(scene.create_rays_pinhole(tensor(view.K), tensor(pose), width, height))
    hit = found["t_hit"].numpy()  # rays have z = 1 in the camera: this is depth
    visible = np.isfinite(hit) & ((depth == 0) | (depth > hit - tolerance_m))
    measured = visible & (depth > 0) & (np.abs(depth - hit) < tolerance_m)
    normal = (found["primitive_normals"].numpy() @ view.R.T).astype(np.float32)
    kept = np.where(measured, depth, 0).astype(np.float32)
    return visible.astype(np.uint8) * 255, DepthMap(index, kept, normal, measured.astype(np.float32), view.K)
