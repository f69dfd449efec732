"""Masks against ground truth: ``python benchmarks/bench_masks.py DATA [--model u2netp]``.

DATA holds ``captures/<name>/{images,cameras.json,gt.ply}``. Prints IoU, mean distance of the outlines in pixels (both
ways), the share of the product that is missing and of the mask that is too much, and CPU seconds per photo.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import cv2
import numpy as np
import open3d as o3d

from assets_pipeline.capture import load_photos
from assets_pipeline.segment import SegmentOptions, segment_photos
from assets_pipeline.types import Array


def true_masks(folder: Path) -> dict[str, Array]:
    """File name → (H, W) bool mask, cast from the ground-truth mesh."""
    scene = o3d.t.geometry.RaycastingScene()
    scene.add_triangles(o3d.t.geometry.TriangleMesh.from_legacy(o3d.io.read_triangle_mesh(str(folder / "gt.ply"))))
    table = json.loads((folder / "cameras.json").read_text())
    masks = {}
    for name, camera in table["cameras"].items():
        pose = np.eye(4)
        pose[:3, :3], pose[:3, 3] = camera["R"], camera["t"]
        rays = scene.create_rays_pinhole(
            o3d.core.Tensor(np.array(camera["K"])), o3d.core.Tensor(pose), table["width"], table["height"]
        )
        masks[name] = np.isfinite(scene.cast_rays(rays)["t_hit"].numpy())
    return masks


def compare(mask: Array, truth: Array) -> tuple[float, float, float, float]:
    """IoU, mean outline distance in pixels, missing share, surplus share of two (H, W) bool masks."""
    iou = (mask & truth).sum() / max(1, (mask | truth).sum())
    edges = [_outline(m) for m in (mask, truth)]
    away = [cv2.distanceTransform((~edge).astype(np.uint8), cv2.DIST_L2, 5) for edge in edges]
    distance = (away[1][edges[0]].mean() + away[0][edges[1]].mean()) / 2 if mask.any() else float("inf")
    return iou, distance, (truth & ~mask).sum() / truth.sum(), (mask & ~truth).sum() / truth.sum()


def _outline(mask: Array) -> Array:
    return mask & ~cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", default="u2netp")
    arguments = parser.parse_args()
    print("| capture | photos | IoU mean | IoU min | outline px | missing | surplus | cpu-s per photo |")
    print("|---|---|---|---|---|---|---|---|")
    for folder in sorted((arguments.data / "captures").iterdir()):
        truth = true_masks(folder)
        photos = load_photos(folder / "images").photos
        start = time.process_time()
        masks = segment_photos(photos, SegmentOptions(model=arguments.model))
        seconds = (time.process_time() - start) / len(photos)
        scores = np.array([compare(m > 127, truth[p.file]) for p, m in zip(photos, masks)])
        mean = scores.mean(0)
        print(
            f"| {folder.name} | {len(photos)} | {mean[0]:.4f} | {scores[:, 0].min():.4f} | {mean[1]:.2f} "
            f"| {mean[2]:.4f} | {mean[3]:.4f} | {seconds:.2f} |"
        )


if __name__ == "__main__":
    main()
