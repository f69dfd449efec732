"""Cameras against ground truth: ``python benchmarks/bench_sfm.py DATA [NAME…]``.

DATA holds ``captures/<name>/{images,cameras.json,gt.ply}``. Prints photos registered, RMSE of the camera centres in mm,
tilt of the table in degrees, error of its height in mm, wall and CPU seconds. Masks come from the ground-truth mesh.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
from bench_masks import true_masks

from assets_pipeline.camera import aligned_rmse, solve_cameras, umeyama
from assets_pipeline.capture import load_photos


def measure(folder: Path) -> str:
    """One line of the table."""
    photos = load_photos(folder / "images").photos
    masks = true_masks(folder)
    truth = json.loads((folder / "cameras.json").read_text())["cameras"]
    wall, cpu = time.perf_counter(), time.process_time()
    cameras = solve_cameras(photos, [np.where(masks[p.file], 255, 0).astype(np.uint8) for p in photos])
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    found = np.array([v.center for v in cameras.views])
    true = np.array([-np.array(truth[v.file]["R"]).T @ truth[v.file]["t"] for v in cameras.views])
    _, rotation, shift = umeyama(found, true)
    tilt = np.degrees(np.arccos(min(1.0, rotation[1, 1])))
    return (
        f"{folder.name:10s} {cameras.registered}/{cameras.total} rmse {1000 * aligned_rmse(found, true):.2f} mm, "
        f"table {tilt:.3f}° {1000 * shift[1]:+.2f} mm, {wall:.1f} s wall, {cpu:.1f} s cpu"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("names", nargs="*", default=[])
    arguments = parser.parse_args()
    for folder in sorted((arguments.data / "captures").iterdir()):
        if (folder / "cameras.json").is_file() and (not arguments.names or folder.name in arguments.names):
            print(measure(folder), flush=True)


if __name__ == "__main__":
    main()
