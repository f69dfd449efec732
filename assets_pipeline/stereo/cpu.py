"""Dense depth on the CPU: PatchMatch from coarse to fine, then agreement across views."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np

from assets_pipeline.progress import Progress
from assets_pipeline.stereo.neighbours import choose_neighbours
from assets_pipeline.stereo.options import StereoOptions
from assets_pipeline.stereo.patchmatch import RADIUS, agreement, sweep
from assets_pipeline.stereo.prior import Prior
from assets_pipeline.types import Array, Cameras, DepthMap, View

UNKNOWN = 2.0  # cost of depth that nothing has confirmed


@dataclass
class _Frame:
    """One view at one level of the pyramid, and its growing solution."""

    view: View
    K: Array
    grey: Array
    mask: Array
    near: Array
    far: Array
    depth: Array
    normal: Array
    cost: Array


def estimate_depth_cpu(
    cameras: Cameras, prior: Prior, options: StereoOptions, progress: Progress
) -> tuple[DepthMap, ...]:
    """One depth map per view; see ``assets_pipeline.stereo.estimate_depth``."""
    views = cameras.views
    area = float(np.median([np.count_nonzero(v.mask > 127) for v in views]))
    scale = min(1.0, float(np.sqrt(options.product_px / max(area, 1.0))))
    neighbours = choose_neighbours(views, cameras.box.mean(0).astype(np.float64), options.neighbours)
    reach_m = 0.15 * float((cameras.box[1] - cameras.box[0]).max())
    level = _Level([], [], options)
    with ThreadPoolExecutor(_threads()) as pool:
        for n in range(options.levels):
            shrink = 0.5 ** (options.levels - 1 - n)
            coarse: list[_Frame | None] = [*level.frames] or [None] * len(views)
            frames = [_frame(v, scale * shrink, prior, cameras.box, c) for v, c in zip(views, coarse)]
            level = _Level(frames, neighbours, options)
            sweeps = max(1, options.sweeps >> n)
            floor = (options.noise * shrink) ** 2
            rounds = (
                _Round(sweeps, floor, reach_m * 0.25**n, 0.0),
                _Round(max(1, sweeps // 2), floor, reach_m * 0.25**n * 0.1, options.geometric),
            )
            for k, settings in enumerate(rounds):
                work = partial(level.improve, settings=settings, progress=progress)
                for done, _ in enumerate(pool.map(work, range(len(views)))):
                    share = (n + (k + done / len(views)) / len(rounds)) / options.levels
                    progress.update(share, f"depth, level {n + 1} of {options.levels}")
                level.publish()
        return tuple(pool.map(level.depth_map, range(len(views))))


@dataclass(frozen=True)
class _Round:
    """Settings of one pass over all views."""

    sweeps: int
    floor: float
    reach_m: float
    geometric: float


class _Level:
    """All frames at one resolution, stacked as the kernels want them."""

    def __init__(self, frames: list[_Frame], neighbours: list[Array], options: StereoOptions) -> None:
        self.frames = frames
        self.neighbours = neighbours
        self.options = options
        self.sizes = np.array([f.grey.shape for f in frames])
        largest = self.sizes.max(0) if frames else (0, 0)
        self.images = np.zeros((len(frames), *largest), np.float32)
        for i, f in enumerate(frames):
            self.images[i, : f.grey.shape[0], : f.grey.shape[1]] = f.grey
        self.depths = np.zeros_like(self.images)

    def improve(self, i: int, settings: _Round, progress: Progress) -> None:
        """One round of PatchMatch on frame ``i``."""
        f, sources = self.frames[i], self.neighbours[i]
        if progress.cancelled or not len(sources) or not f.mask.any():
            return
        spread = settings.reach_m / float(np.median(f.depth[f.mask]))
        sweep(
            f.grey, f.mask, self.images, self.sizes, self.depths, settings.geometric, sources, *self._relative(i),
            f.near, f.far, f.depth, f.normal, f.cost, min(self.options.best, len(sources)), settings.sweeps,
            settings.floor, spread, i + 1,
        )  # fmt: skip

    def publish(self) -> None:
        """Let the neighbours see each frame's confirmed depth."""
        for i, f in enumerate(self.frames):
            h, w = f.depth.shape
            self.depths[i, :h, :w] = np.where(f.mask & (f.cost < self.options.max_cost), f.depth, 0)

    def depth_map(self, i: int) -> DepthMap:
        """What is left of frame ``i`` after its neighbours have voted; plain windows count for less."""
        f, o = self.frames[i], self.options
        votes = agreement(f.depth, f.mask, self.depths, self.sizes, self.neighbours[i], *self._relative(i), o.agree_px)
        keep = f.mask & (votes >= o.agree_views) & (f.cost < o.max_cost)
        variance = local_variance(f.grey, f.mask)
        texture = variance / (variance + (o.texture * o.noise) ** 2)
        confidence = np.clip(1.0 - f.cost, 0.05, 1.0) * np.minimum(votes, 4) / 4.0 * texture
        return DepthMap(
            i,
            np.where(keep, f.depth, 0).astype(np.float32),
            f.normal.astype(np.float32),
            np.where(keep, confidence, 0).astype(np.float32),
            f.K,
        )

    def _relative(self, i: int) -> tuple[Array, Array, Array, Array]:
        """``A``, ``b``: K_src · source_from_reference; ``back`` (S, 3, 4): K_ref · reference_from_source · K_src⁻¹;
        ``Kinv``: the reference's inverse intrinsics.
        """
        ref, count = self.frames[i], len(self.neighbours[i])
        A, b, back = np.zeros((count, 3, 3)), np.zeros((count, 3)), np.zeros((count, 3, 4))
        for n, s in enumerate(self.neighbours[i]):
            src = self.frames[s]
            R = src.view.R @ ref.view.R.T
            t = src.view.t - R @ ref.view.t
            A[n], b[n] = src.K @ R, src.K @ t
            back[n, :, :3], back[n, :, 3] = ref.K @ R.T @ np.linalg.inv(src.K), -ref.K @ R.T @ t
        return A, b, back, np.linalg.inv(ref.K)


def local_variance(grey: Array, mask: Array) -> Array:
    """Variance of the product's part of the window around each pixel, (h, w) float32, grey levels squared."""
    side = (2 * RADIUS + 1, 2 * RADIUS + 1)
    inside = mask.astype(np.float32)
    share = np.maximum(cv2.blur(inside, side), 1e-6)
    mean = cv2.blur(grey * inside, side) / share
    out: Array = np.maximum(cv2.blur(grey * grey * inside, side) / share - mean * mean, 0)
    return out


def _frame(view: View, scale: float, prior: Prior, box: Array, coarse: _Frame | None) -> _Frame:
    size = (max(16, round(view.width * scale)), max(16, round(view.height * scale)))
    grey = cv2.resize(
        cv2.cvtColor(view.pixels, cv2.COLOR_RGB2GRAY).astype(np.float32), size, interpolation=cv2.INTER_AREA
    )
    mask = cv2.resize(view.mask, size, interpolation=cv2.INTER_AREA)
    K = np.diag([size[0] / view.width, size[1] / view.height, 1.0]) @ view.K
    front, normal = prior.view(view.R, view.t, K, grey.shape)
    inside = (mask > 64) & (front > 0)
    near = front - 0.03 * float((box[1] - box[0]).max())
    far = np.full_like(front, view.project(_corners(box))[1].max())
    depth, cost = front.copy(), np.full_like(front, UNKNOWN)
    if coarse is not None:
        up = partial(_enlarged, size=size)
        known = (up(coarse.mask.astype(np.uint8)) > 0) & inside & (up(coarse.depth) > near)
        depth = np.where(known, up(coarse.depth), depth)
        normal = np.where(known[..., None], up(coarse.normal), normal)
        cost = np.where(known, up(coarse.cost), cost)
    return _Frame(view, K, grey, inside, near, far, depth, normal, cost)


def _enlarged(a: Array, size: tuple[int, int]) -> Array:
    return cv2.resize(a, size, interpolation=cv2.INTER_NEAREST)


def _threads() -> int:
    return max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


def _corners(box: Array) -> Array:
    return np.array([[box[i, 0], box[j, 1], box[k, 2]] for i in (0, 1) for j in (0, 1) for k in (0, 1)], np.float64)
