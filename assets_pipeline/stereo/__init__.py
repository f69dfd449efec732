"""Dense stereo: what each camera sees, how far away.

A method is a function ``(cameras, prior, options, progress) -> tuple[DepthMap, ...]``; to add one, write it in a
module of its own and list it in ``METHODS`` under the device that it runs on.
"""

from __future__ import annotations

from collections.abc import Callable

from assets_pipeline.errors import InputError
from assets_pipeline.progress import Progress
from assets_pipeline.stereo import cuda
from assets_pipeline.stereo.cpu import estimate_depth_cpu
from assets_pipeline.stereo.cuda import estimate_depth_cuda
from assets_pipeline.stereo.options import StereoOptions
from assets_pipeline.stereo.prior import Prior
from assets_pipeline.types import Cameras, DepthMap, Mesh

_DEFAULTS = StereoOptions()

Method = Callable[[Cameras, Prior, StereoOptions, Progress], tuple[DepthMap, ...]]

METHODS: dict[str, Method] = {"cpu": estimate_depth_cpu, "cuda": estimate_depth_cuda}


def estimate_depth(
    cameras: Cameras,
    prior: Mesh,
    options: StereoOptions = _DEFAULTS,
    device: str = "auto",
    progress: Progress | None = None,
) -> tuple[DepthMap, ...]:
    """Depth of every view.

    Args:
        prior: A mesh around the product, such as its visual hull: the search starts at its surface and stays behind it.
        device: 'cpu', 'cuda', or 'auto' (CUDA where available).

    Raises:
        InputError: ``UNKNOWN_DEVICE``.
        MachineError: ``CUDA_MISSING``.
    """
    if device == "auto":
        device = "cuda" if cuda.available() else "cpu"
    if device not in METHODS:
        raise InputError(
            "UNKNOWN_DEVICE", f"device={device!r} is not known.", f"Use one of auto, {', '.join(METHODS)}."
        )
    return METHODS[device](cameras, Prior(prior), options, progress or Progress())


__all__ = ["METHODS", "StereoOptions", "estimate_depth"]
