"""Dense depth on the CPU: PatchMatch from coarse to fine, then agreement across views."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from assets_pipeline.progress import Progress
from assets_pipeline.stereo.neighbours import choose_neighbours
from assets_pipeline.stereo.options import StereoOptions
from assets_pipeline.stereo.patchmatch import agreement, sweep
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
    reach = float((cameras.box[1] - cameras.box[0]).max())
    frames: list[_Frame] = []
    with ThreadPoolExecutor(_threads()) as pool:
        for level in range(options.levels):
            shrink = 0.5 ** (options.levels - 1 - level)
            frames = [
                _frame(v, scale * shrink, prior, cameras.box, frames[i] if frames else None)
                for i, v in enumerate(views)
            ]
            stack = _Stack(frames, neighbours)
            sweeps = max(1, options.sweeps >> level)
            floor = (options.noise * shrink) ** 2
            for geometric in (False, True):

                def solve(i: int, stack=stack, sweeps=sweeps, floor=floor, level=level, geometric=geometric) -> None:  # type: ignore[no-untyped-def]
                    f = stack.frames[i]
                    if progress.cancelled or not len(neighbours[i]) or not f.mask.any():
                        return
                    spread = 0.15 * reach / float(np.median(f.depth[f.mask])) * 0.25**level
                    sweep(
                        f.grey, f.mask, stack.images, stack.sizes, stack.depths,
                        options.geometric if geometric else 0.0, neighbours[i], *stack.relative(i), f.near, f.far,
                        f.depth, f.normal, f.cost, min(options.best, len(neighbours[i])),
                        max(1, sweeps // 2) if geometric else sweeps, floor,
                        spread * (0.1 if geometric else 1.0), i + 1,
                    )  # fmt: skip

                before = (level + (0.7 if geometric else 0.0)) / options.levels
                share = (0.3 if geometric else 0.7) / options.levels
                for done, _ in enumerate(pool.map(solve, range(len(frames)))):
                    progress.update(before + share * done / len(frames), f"depth level {level + 1}/{options.levels}")
                stack.publish(options.max_cost)

        def vote(i: int) -> Array:
            f = stack.frames[i]
            votes: Array = agreement(
                f.depth, f.mask, stack.depths, stack.sizes, neighbours[i], *stack.relative(i), options.agree_px
            )
            return votes

        votes = list(pool.map(vote, range(len(frames))))
    return tuple(_depth_map(i, f, v, options) for i, (f, v) in enumerate(zip(frames, votes)))


class _Stack:
    """All frames of a level as the kernels want them."""

    def __init__(self, frames: list[_Frame], neighbours: list[Array]) -> None:
        self.frames = frames
        self.neighbours = neighbours
        self.sizes = np.array([f.grey.shape for f in frames])
        self.images = np.zeros((len(frames), *self.sizes.max(0)), np.float32)
        for i, f in enumerate(frames):
            self.images[i, : f.grey.shape[0], : f.grey.shape[1]] = f.grey
        self.depths = np.zeros_like(self.images)

    def publish(self, max_cost: float) -> None:
        """Let the neighbours see each frame's confirmed depth."""
        for i, f in enumerate(self.frames):
            h, w = f.depth.shape
            self.depths[i, :h, :w] = np.where(f.mask & (f.cost < max_cost), f.depth, 0)

    def relative(self, i: int) -> tuple[Array, Array, Array, Array]:
        """``A``, ``b``: K_src · source_from_reference; ``back`` (S, 3, 4): K_ref · reference_from_source · K_src⁻¹;
        ``Kinv``: the reference's inverse intrinsics.
        """
        ref = self.frames[i]
        A, b, back = [], [], []
        for s in self.neighbours[i]:
            src = self.frames[s]
            R = src.view.R @ ref.view.R.T
            t = src.view.t - R @ ref.view.t
            A.append(src.K @ R)
            b.append(src.K @ t)
            back.append(np.concatenate([ref.K @ R.T @ np.linalg.inv(src.K), (-ref.K @ R.T @ t)[:, None]], 1))
        empty = not A
        return (
            np.zeros((0, 3, 3)) if empty else np.array(A),
            np.zeros((0, 3)) if empty else np.array(b),
            np.zeros((0, 3, 4)) if empty else np.array(back),
            np.linalg.inv(ref.K),
        )


def _frame(view: View, scale: float, prior: Prior, box: Array, coarse: _Frame | None) -> _Frame:
    size = (max(16, round(view.width * scale)), max(16, round(view.height * scale)))
    grey = cv2.resize(cv2.cvtColor(view.pixels, cv2.COLOR_RGB2GRAY).astype(np.float32), size, interpolation=cv2.INTER_AREA)
    mask = cv2.resize(view.mask, size, interpolation=cv2.INTER_AREA)
    K = np.diag([size[0] / view.width, size[1] / view.height, 1.0]) @ view.K
    front, normal = prior.view(view.R, view.t, K, grey.shape)
    inside = (mask > 64) & (front > 0)
    near = front - 0.03 * float((box[1] - box[0]).max())
    far = np.full_like(front, view.project(_corners(box))[1].max())
    depth, cost = front.copy(), np.full_like(front, UNKNOWN)
    if coarse is not None:
        up: Callable[[Array], Any] = lambda a: cv2.resize(a, size, interpolation=cv2.INTER_NEAREST)  # noqa: E731
        known = (up(coarse.mask.astype(np.uint8)) > 0) & inside & (up(coarse.depth) > near)
        depth = np.where(known, up(coarse.depth), depth)
        normal = np.where(known[..., None], up(coarse.normal), normal)
        cost = np.where(known, up(coarse.cost), cost)
    return _Frame(view, K, grey, inside, near, far, depth, normal, cost)


def _threads() -> int:
    return max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


def _corners(box: Array) -> Array:
    return np.array([[box[i, 0], box[j, 1], box[k, 2]] for i in (0, 1) for j in (0, 1) for k in (0, 1)], np.float64)


def _depth_map(i: int, f: _Frame, votes: Array, options: StereoOptions) -> DepthMap:
    keep = f.mask & (votes >= options.agree_views) & (f.cost < options.max_cost)
    confidence = np.clip(1.0 - f.cost, 0.05, 1.0) * np.minimum(votes, 4) / 4.0
    return DepthMap(
        i,
        np.where(keep, f.depth, 0).astype(np.float32),
        f.normal.astype(np.float32),
        np.where(keep, confidence, 0).astype(np.float32),
        f.K,
    )
