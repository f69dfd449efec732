"""Drift of the own RGB-D odometry against recorded poses: ``python benchmarks/bench_rgbd.py DATA [--frames 40]``.

DATA holds ``rgbd_livingroom1_40``. Prints the path's length, the error of camera centres and directions with and
without loop closures, and CPU seconds.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import cv2
import numpy as np

from assets_pipeline.surface.odometry import OdometryOptions, estimate_poses

K = np.array([[525, 0, 319.5], [0, 525, 239.5], [0, 0, 1]])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--frames", type=int, default=40)
    args = parser.parse_args()
    folder = args.data / "rgbd_livingroom1_40"
    stems = [p.stem for p in sorted((folder / "image").glob("*.jpg"))][: args.frames]
    colors = [cv2.cvtColor(cv2.imread(str(folder / f"image/{s}.jpg")), cv2.COLOR_BGR2RGB) for s in stems]
    depths = [cv2.imread(str(folder / f"depth/{s}.png"), cv2.IMREAD_UNCHANGED).astype(np.float32) / 1000 for s in stems]
    rows = [line.split() for line in (folder / "trajectory_all211.log").read_text().splitlines()]
    recorded = {int(rows[i][0]): np.array(rows[i + 1 : i + 5], float) for i in range(0, len(rows), 5)}
    truth = np.stack([np.linalg.inv(recorded[int(stems[0])]) @ recorded[int(s)] for s in stems])
    length = np.linalg.norm(np.diff(truth[:, :3, 3], axis=0), axis=1).sum()
    print(f"{len(stems)} frames, {length:.2f} m")
    for stride in (0, OdometryOptions().loop_stride):
        start = time.process_time()
        poses = np.linalg.inv(estimate_poses(colors, depths, K, OdometryOptions(loop_stride=stride)))
        cpu_s = time.process_time() - start
        error = np.linalg.norm(poses[:, :3, 3] - truth[:, :3, 3], axis=1)
        turn = np.einsum("nij,nij->n", poses[:, :3, :3], truth[:, :3, :3])
        degrees = np.degrees(np.arccos(np.clip((turn - 1) / 2, -1, 1)))
        rmse = float(np.sqrt((error**2).mean()))
        print(
            f"loop_stride {stride}: centres {1000 * rmse:.1f} mm RMSE ({100 * rmse / length:.2f} % of the path), "
            f"last {1000 * error[-1]:.1f} mm, worst turn {degrees.max():.2f}°, {cpu_s:.1f} CPU s"
        )


if __name__ == "__main__":
    main()
