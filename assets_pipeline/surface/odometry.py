"""Camera poses of an RGB-D sequence where none were recorded.

Neighbouring frames are aligned by colour and depth together, coarse to fine (Park, Zhou and Koltun, ICCV 2017: hybrid
photometric and geometric odometry); pairs further apart close loops, and a robust pose graph reconciles them all
(Choi, Zhou and Koltun, CVPR 2015).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import open3d as o3d

from assets_pipeline.errors import CaptureError, InputError
from assets_pipeline.progress import Progress
from assets_pipeline.tensors import tensor
from assets_pipeline.types import Array


@dataclass(frozen=True)
class OdometryOptions:
    """How RGB-D frames are aligned."""

    depth_max_m: float = 5.0
    """Depth beyond this is not used."""
    iterations: tuple[int, ...] = (20, 10, 5)
    """Iterations per resolution, coarse to fine."""
    min_fitness: float = 0.3
    """A neighbouring pair with a smaller share of agreeing pixels is lost."""
    loop_stride: int = 5
    """Every so many frames, loop closures are tried; 0 tries none."""
    loop_min_fitness: float = 0.5
    """A loop closure with a smaller share of agreeing pixels is dropped."""
    loop_max_turn_deg: float = 40.0
    """Only frames whose first estimate looks in about the same direction are tried as loops."""

    def __post_init__(self) -> None:
        if self.depth_max_m <= 0 or not self.iterations:
            raise InputError(
                "ODOMETRY_OPTIONS",
                f"depth_max_m={self.depth_max_m}, iterations={self.iterations}: both must be positive.",
                "Leave the defaults.",
            )


def estimate_poses(
    colors: Sequence[Array],
    depths_m: Sequence[Array],
    K: Array,
    options: OdometryOptions | None = None,
    progress: Progress | None = None,
) -> Array:
    """Poses ``cam_from_world`` (N, 4, 4) float64 of an RGB-D sequence; the first camera is the world.

    ``colors`` (H, W, 3) uint8 sRGB and ``depths_m`` (H, W) float32 metres, 0 = none, are registered to each other and
    share ``K`` (3, 3). Raises ``CaptureError`` where a frame cannot be aligned with the one before it.
    """
    options = options or OdometryOptions()
    progress = progress or Progress()
    frames = [_rgbd(c, d) for c, d in zip(colors, depths_m)]
    intrinsic = tensor(K)
    registration = o3d.pipelines.registration
    graph = registration.PoseGraph()
    graph.nodes.append(registration.PoseGraphNode(np.eye(4)))
    world_from_cam = [np.eye(4)]
    step = np.eye(4)
    for i in range(1, len(frames)):
        progress.update(0.7 * i / len(frames), f"odometry, frame {i + 1} of {len(frames)}")
        step, fitness = _align(frames[i - 1], frames[i], intrinsic, step, options)
        if fitness < options.min_fitness:  # constant motion was a bad guess
            step, fitness = _align(frames[i - 1], frames[i], intrinsic, np.eye(4), options)
        if fitness < options.min_fitness:
            raise CaptureError(
                "RGBD_TRACKING_LOST",
                f"Frame {i + 1} of {len(frames)} agrees with the one before it in {fitness:.0%} of its pixels; "
                f"{options.min_fitness:.0%} are needed.",
                "Move more slowly, keep something with structure in view, or hand in the recorded poses.",
            )
        world_from_cam.append(world_from_cam[-1] @ np.linalg.inv(step))
        graph.nodes.append(registration.PoseGraphNode(world_from_cam[-1]))
        information = _information(frames[i - 1], frames[i], intrinsic, step, options)
        graph.edges.append(registration.PoseGraphEdge(i - 1, i, step, information, uncertain=False))
    _close_loops(graph, frames, world_from_cam, intrinsic, options, progress)
    registration.global_optimization(
        graph,
        registration.GlobalOptimizationLevenbergMarquardt(),
        registration.GlobalOptimizationConvergenceCriteria(),
        registration.GlobalOptimizationOption(
            max_correspondence_distance=0.03, edge_prune_threshold=0.25, preference_loop_closure=1.0, reference_node=0
        ),
    )
    return np.stack([np.linalg.inv(node.pose) for node in graph.nodes])


def _close_loops(
    graph: o3d.pipelines.registration.PoseGraph,
    frames: list[o3d.t.geometry.RGBDImage],
    world_from_cam: list[Array],
    intrinsic: o3d.core.Tensor,
    options: OdometryOptions,
    progress: Progress,
) -> None:
    if options.loop_stride == 0:
        return
    keys = list(range(0, len(frames), options.loop_stride))
    pairs = [(a, b) for i, a in enumerate(keys) for b in keys[i + 1 :]]
    for n, (a, b) in enumerate(pairs):
        progress.update(0.7 + 0.3 * n / len(pairs), "closing loops")
        guess = np.linalg.inv(world_from_cam[b]) @ world_from_cam[a]
        turn = np.degrees(np.arccos(np.clip((np.trace(guess[:3, :3]) - 1) / 2, -1, 1)))
        if turn > options.loop_max_turn_deg:
            continue
        step, fitness = _align(frames[a], frames[b], intrinsic, guess, options)
        if fitness < options.loop_min_fitness:
            continue
        information = _information(frames[a], frames[b], intrinsic, step, options)
        graph.edges.append(o3d.pipelines.registration.PoseGraphEdge(a, b, step, information, uncertain=True))


def _rgbd(color: Array, depth_m: Array) -> o3d.t.geometry.RGBDImage:
    rgb = o3d.t.geometry.Image(tensor(color, np.uint8))
    depth = o3d.t.geometry.Image(tensor(depth_m[..., None], np.float32))
    return o3d.t.geometry.RGBDImage(rgb, depth)


def _align(
    source: o3d.t.geometry.RGBDImage,
    target: o3d.t.geometry.RGBDImage,
    intrinsic: o3d.core.Tensor,
    guess: Array,
    options: OdometryOptions,
) -> tuple[Array, float]:
    """``target_from_source`` (4, 4) and the share of pixels that agree, 0 where they do not say."""
    odometry = o3d.t.pipelines.odometry
    criteria = [odometry.OdometryConvergenceCriteria(n) for n in options.iterations]
    try:
        result = odometry.rgbd_odometry_multi_scale(
            source, target, intrinsic, tensor(guess), 1.0, options.depth_max_m, criteria, odometry.Method.Hybrid
        )
    except RuntimeError:  # a singular system: nothing overlaps, or what does has no structure
        return guess, 0.0
    return result.transformation.numpy(), float(result.fitness)


def _information(
    source: o3d.t.geometry.RGBDImage,
    target: o3d.t.geometry.RGBDImage,
    intrinsic: o3d.core.Tensor,
    step: Array,
    options: OdometryOptions,
) -> Array:
    """(6, 6) weight of an edge: how well its overlap pins each direction."""
    matrix: Array = o3d.t.pipelines.odometry.compute_odometry_information_matrix(
        source.depth, target.depth, intrinsic, tensor(step), 0.05, 1.0, options.depth_max_m
    ).numpy()
    return matrix
