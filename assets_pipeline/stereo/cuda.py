"""Dense depth on a CUDA device by COLMAP's patch-match stereo (Schönberger et al., ECCV 2016).

Needs the ``pycolmap-cuda12`` build and an NVIDIA GPU. The views are written as a COLMAP workspace, matched with the
same neighbours as on the CPU, and the resulting depth and normal maps are read back.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import cv2
import numpy as np
import pycolmap
from PIL import Image

from assets_pipeline.errors import MachineError
from assets_pipeline.progress import Progress
from assets_pipeline.stereo.neighbours import choose_neighbours
from assets_pipeline.stereo.options import StereoOptions
from assets_pipeline.stereo.prior import Prior
from assets_pipeline.types import Array, Cameras, DepthMap

DEVICES = ("/dev/nvidia0", "/dev/dxg")  # NVIDIA on Linux, and on Windows through WSL


def available() -> bool:
    """Whether this build of pycolmap has CUDA and a device is present."""
    return bool(pycolmap.has_cuda) and any(Path(p).exists() for p in DEVICES)


def estimate_depth_cuda(
    cameras: Cameras, prior: Prior, options: StereoOptions, progress: Progress
) -> tuple[DepthMap, ...]:
    """One depth map per view; see ``assets_pipeline.stereo.estimate_depth``.

    Raises:
        MachineError: ``CUDA_MISSING`` without a CUDA build of pycolmap or without a device.
    """
    if not available():
        raise MachineError(
            "CUDA_MISSING",
            "device='cuda' was asked for, but pycolmap has no CUDA or no device is present.",
            "Install the extra 'cuda' on a machine with an NVIDIA GPU, or use --device cpu.",
        )
    with tempfile.TemporaryDirectory(prefix="showfloor-mvs-") as folder:
        workspace = Path(folder)
        write_workspace(cameras, workspace, options)
        pm = pycolmap.PatchMatchOptions()
        pm.geom_consistency = True
        pm.filter = True
        pm.filter_min_num_consistent = options.agree_views
        pm.depth_min, pm.depth_max = depth_range(cameras)
        progress.update(0.05, "patch-match on the GPU")
        pycolmap.patch_match_stereo(workspace, options=pm)
        progress.check()
        return tuple(_depth_map(i, workspace, cameras, prior) for i in range(len(cameras.views)))


def depth_range(cameras: Cameras) -> tuple[float, float]:
    """Nearest and farthest depth of the product's box over all views, metres."""
    box = cameras.box
    corners = np.array([[box[i, 0], box[j, 1], box[k, 2]] for i in (0, 1) for j in (0, 1) for k in (0, 1)], np.float64)
    depth = np.concatenate([v.project(corners)[1] for v in cameras.views])
    return max(1e-4, 0.98 * float(depth.min())), 1.02 * float(depth.max())


def write_workspace(cameras: Cameras, folder: Path, options: StereoOptions) -> None:
    """``images/``, ``sparse/`` and ``stereo/patch-match.cfg`` as COLMAP's dense stage reads them."""
    (folder / "images").mkdir()
    (folder / "sparse").mkdir()
    for name in ("depth_maps", "normal_maps", "consistency_graphs"):
        (folder / "stereo" / name).mkdir(parents=True)
    model = pycolmap.Reconstruction()
    for i, v in enumerate(cameras.views):
        Image.fromarray(v.pixels).save(folder / "images" / _name(i))
        camera = pycolmap.Camera(
            camera_id=i + 1, model="PINHOLE", width=v.width, height=v.height,
            params=[v.K[0, 0], v.K[1, 1], v.K[0, 2], v.K[1, 2]],
        )  # fmt: skip
        model.add_camera_with_trivial_rig(camera)
        frame = pycolmap.Image(name=_name(i), image_id=i + 1, camera_id=i + 1)
        pose = pycolmap.Rigid3d(pycolmap.Rotation3d(np.ascontiguousarray(v.R)), v.t)
        model.add_image_with_trivial_frame(frame, pose)
    model.write_binary(str(folder / "sparse"))
    neighbours = choose_neighbours(cameras.views, cameras.box.mean(0).astype(np.float64), 2 * options.neighbours)
    lines = [
        line
        for i, near in enumerate(neighbours)
        if len(near)
        for line in (_name(i), ", ".join(_name(int(s)) for s in near))
    ]
    (folder / "stereo" / "patch-match.cfg").write_text("\n".join(lines) + "\n")
    (folder / "stereo" / "fusion.cfg").write_text("\n".join(_name(i) for i in range(len(cameras.views))) + "\n")


def read_map(path: Path) -> Array:
    """A COLMAP ``.bin`` map: text header ``width&height&channels&``, then float32 planes. (h, w) or (h, w, c)."""
    raw = path.read_bytes()
    end = 0
    for _ in range(3):
        end = raw.index(b"&", end) + 1
    width, height, channels = (int(n) for n in raw[: end - 1].split(b"&"))
    planes = np.frombuffer(raw[end:], np.float32).reshape(channels, height, width)
    return np.ascontiguousarray(planes.transpose(1, 2, 0)).squeeze()


def _name(i: int) -> str:
    return f"{i:04d}.png"


def _depth_map(i: int, workspace: Path, cameras: Cameras, prior: Prior) -> DepthMap:
    view = cameras.views[i]
    depth = read_map(workspace / "stereo" / "depth_maps" / f"{_name(i)}.geometric.bin")
    normal = read_map(workspace / "stereo" / "normal_maps" / f"{_name(i)}.geometric.bin")
    scale = depth.shape[1] / view.width
    K = np.diag([scale, depth.shape[0] / view.height, 1.0]) @ view.K
    mask = cv2.resize(view.mask, (depth.shape[1], depth.shape[0]), interpolation=cv2.INTER_AREA) > 64
    front, _ = prior.view(view.R, view.t, K, depth.shape)
    keep = mask & (front > 0) & (depth > 0)
    return DepthMap(i, np.where(keep, depth, 0), normal, keep.astype(np.float32), K)
