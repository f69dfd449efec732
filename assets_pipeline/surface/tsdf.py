"""RGB-D frames → coloured mesh, by a truncated signed distance field in a hashed voxel grid.

Curless and Levoy (SIGGRAPH 1996), as implemented on sparse blocks by Open3D (Dong et al., TPAMI 2022).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import open3d as o3d

from assets_pipeline.errors import CaptureError, InputError
from assets_pipeline.progress import Progress
from assets_pipeline.surface.odometry import OdometryOptions, estimate_poses
from assets_pipeline.tensors import tensor
from assets_pipeline.types import Array, Mesh

BLOCK = 16  # voxels along a block's side


@dataclass(frozen=True)
class TsdfOptions:
    """How RGB-D frames become a surface."""

    voxel_m: float | None = None
    """Side of a voxel; None takes what one pixel covers at the median depth, at least 1 mm."""
    truncation_voxels: float = 3.0
    """Depth speaks about this many voxels in front of and behind the surface."""
    depth_max_m: float = 5.0
    """Depth beyond this is not used."""
    min_views: float = 2.0
    """A voxel seen by fewer frames makes no surface."""
    odometry: OdometryOptions = field(default_factory=OdometryOptions)
    """Used where poses are missing."""
    min_agreement: float = 0.5
    """The fused surface must explain this share of the depth in the median frame, or the poses are wrong."""

    def __post_init__(self) -> None:
        if self.voxel_m is not None and self.voxel_m <= 0:
            raise InputError("TSDF_OPTIONS", f"voxel_m={self.voxel_m} is not above 0.", "Use 0.001 to 0.02.")


@dataclass(frozen=True)
class RgbdModel:
    """A fused scene: ``mesh`` with ``colors`` (N, 3) uint8 sRGB per vertex, and the pose of each frame,
    ``cam_from_world`` (F, 4, 4) float64.
    """

    mesh: Mesh
    colors: Array
    cam_from_world: Array
    voxel_m: float


def fuse_rgbd(
    colors: Sequence[Array],
    depths_m: Sequence[Array],
    K: Array,
    poses: Array | None = None,
    options: TsdfOptions | None = None,
    progress: Progress | None = None,
) -> RgbdModel:
    """Fuse registered RGB-D frames into one coloured mesh.

    ``colors`` (H, W, 3) uint8 sRGB; ``depths_m`` (H, W) float32 metres, 0 = none; ``K`` (3, 3) of both; ``poses``
    (F, 4, 4) ``cam_from_world``, None estimates them. Raises ``CaptureError`` where nothing solid was seen or frames
    cannot be aligned, ``InputError`` ``POSES_BAD`` where the poses that were given contradict the depth.
    """
    options = options or TsdfOptions()
    progress = progress or Progress()
    given = poses is not None
    if poses is None:
        poses = estimate_poses(colors, depths_m, K, options.odometry, progress)
    near = np.concatenate([d[::8, ::8][d[::8, ::8] > 0] for d in depths_m])
    near = near[near < options.depth_max_m]
    if near.size == 0:
        raise CaptureError(
            "RGBD_NO_DEPTH",
            f"No depth below {options.depth_max_m} m in {len(depths_m)} frames.",
            "Check the unit of the depth maps (16-bit millimetres) and stay closer than that.",
        )
    voxel = options.voxel_m or max(0.001, float(np.median(near)) / float(K[0, 0]) * 2)
    grid = o3d.t.geometry.VoxelBlockGrid(
        ("tsdf", "weight", "color"),
        (o3d.core.float32, o3d.core.float32, o3d.core.float32),
        [o3d.core.SizeVector([n]) for n in (1, 1, 3)],
        voxel,
        BLOCK,
        4000,
    )
    intrinsic = tensor(K)
    for i, (color, depth, pose) in enumerate(zip(colors, depths_m, poses)):
        progress.update(i / len(colors), f"fusing frame {i + 1} of {len(colors)}")
        image = o3d.t.geometry.Image(tensor(depth[..., None], np.float32))
        rgb = o3d.t.geometry.Image(tensor(color.astype(np.float32) / 255, np.float32))
        extrinsic = tensor(pose)
        reach = (1.0, options.depth_max_m, options.truncation_voxels)
        blocks = grid.compute_unique_block_coordinates(image, intrinsic, extrinsic, *reach)
        grid.integrate(blocks, image, rgb, intrinsic, intrinsic, extrinsic, *reach)
    surface = grid.extract_triangle_mesh(options.min_views)
    faces = surface.triangle.indices.numpy().astype(np.int32) if "indices" in surface.triangle else np.zeros((0, 3))
    if len(faces) == 0:
        raise CaptureError(
            "RGBD_EMPTY",
            f"No surface was seen by at least {options.min_views:g} of {len(colors)} frames.",
            "Film the product from overlapping directions; check that the poses are cam_from_world in metres.",
        )
    shade = np.clip(np.round(surface.vertex.colors.numpy() * 255), 0, 255).astype(np.uint8)
    mesh = Mesh(surface.vertex.positions.numpy().astype(np.float32), faces)
    agreement = float(np.median(_agreement(mesh, depths_m, K, poses, 4 * voxel, options.depth_max_m)))
    if agreement < options.min_agreement:
        found = f"The frames contradict each other: the fused surface explains {agreement:.0%} of the depth"
        if given:
            raise InputError("POSES_BAD", f"{found}.", "Poses are cam_from_world in metres; remove them to solve them.")
        raise CaptureError(
            "RGBD_TRACKING_LOST",
            f"{found}, {options.min_agreement:.0%} are needed.",
            "Record more frames with less movement between them, or hand in the recorded poses.",
        )
    return RgbdModel(mesh, shade, np.asarray(poses, np.float64), voxel)


def _agreement(
    mesh: Mesh, depths_m: Sequence[Array], K: Array, poses: Array, tolerance_m: float, depth_max_m: float
) -> list[float]:
    """For each frame the share of its depth that lies within ``tolerance_m`` of the surface."""
    scene = o3d.t.geometry.RaycastingScene()
    scene.add_triangles(tensor(mesh.vertices, np.float32), tensor(mesh.faces, np.uint32))
    stride = 4
    coarse = tensor(np.diag([1 / stride, 1 / stride, 1.0]) @ K)
    shares = []
    for depth, pose in zip(depths_m, poses):
        sample = depth[stride // 2 :: stride, stride // 2 :: stride]
        rays = scene.create_rays_pinhole(coarse, tensor(pose), sample.shape[1], sample.shape[0])
        known = (sample > 0) & (sample < depth_max_m)
        if known.any():
            gap = np.abs(scene.cast_rays(rays)["t_hit"].numpy()[known] - sample[known])
            shares.append(float((gap < tolerance_m).mean()))
    return shares
