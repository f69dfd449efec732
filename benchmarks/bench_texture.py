"""Texture step on a capture with ground truth: cpu seconds and held-out scores, on the true mesh and on a noisy one.

Usage: python benchmarks/bench_texture.py CAPTURE_FOLDER [--triangles 60000] [--noise-mm 0.4]
CAPTURE_FOLDER holds images/, cameras.json and gt.ply (metres).
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import cv2
import numpy as np
import open3d as o3d
from scipy import ndimage

from assets_pipeline.texture import bake, unwrap
from assets_pipeline.texture.raster import rasterize_view
from assets_pipeline.texture.topology import vertex_normals
from assets_pipeline.types import Array, Cameras, Mesh, Scale, View


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("capture", type=Path)
    parser.add_argument("--triangles", type=int, default=60_000)
    parser.add_argument("--noise-mm", type=float, default=0.4)
    options = parser.parse_args()
    truth = dense_mesh(options.capture / "gt.ply")
    views = load_views(options.capture, truth)
    none = np.zeros((0, 3), np.float32)
    cameras = Cameras(views, none, np.zeros((2, 3), np.float32), True, Scale(), len(views), len(views), 0.0)
    print("| mesh | triangles | unwrap cpu s | bake cpu s | PSNR dB | SSIM | label NCC | seen |")
    for name, noise in (("warm-up", 0.0), ("truth", 0.0), (f"{options.noise_mm} mm noise", options.noise_mm / 1000)):
        dense = displaced(truth, noise)
        mesh = simplified(dense, options.triangles)
        start = time.process_time()
        laid_out = unwrap(mesh)
        middle = time.process_time()
        result = bake(laid_out, cameras, dense)
        end = time.process_time()
        s = result.holdout
        print(
            f"| {name} | {len(mesh.faces)} | {middle - start:.1f} | {end - middle:.1f} | {s.psnr_db:.2f} "
            f"| {s.ssim:.3f} | {s.label_ncc:.3f} | {result.visible_texel_fraction:.3f} |",
            flush=True,
        )


def dense_mesh(path: Path) -> Mesh:
    """The true surface, split until its edges are about 1.5 mm."""
    mesh = o3d.io.read_triangle_mesh(str(path))
    while len(mesh.triangles) < 150_000:
        mesh = mesh.subdivide_midpoint(1)
    mesh.merge_close_vertices(1e-7)
    return Mesh(np.asarray(mesh.vertices, np.float32), np.asarray(mesh.triangles, np.int32))


def displaced(mesh: Mesh, rms_m: float) -> Mesh:
    """Move the surface along its normals by smooth noise (3 mm correlation length)."""
    low, cell = mesh.vertices.min(0) - 0.005, 0.001
    field = np.random.default_rng(1).standard_normal(np.ceil((mesh.vertices.max(0) + 0.005 - low) / cell).astype(int))
    field = ndimage.gaussian_filter(field, 3.0)
    offset = ndimage.map_coordinates(field * (rms_m / field.std()), ((mesh.vertices - low) / cell).T, order=1)
    normals = vertex_normals(mesh.vertices, mesh.faces, smoothing=2)
    return Mesh((mesh.vertices + normals * offset[:, None]).astype(np.float32), mesh.faces)


def simplified(mesh: Mesh, triangles: int) -> Mesh:
    legacy = o3d.geometry.TriangleMesh(
        o3d.utility.Vector3dVector(mesh.vertices.astype(float)), o3d.utility.Vector3iVector(mesh.faces)
    )
    small = legacy.simplify_quadric_decimation(triangles)
    return Mesh(np.asarray(small.vertices, np.float32), np.asarray(small.triangles, np.int32))


def load_views(folder: Path, mesh: Mesh) -> tuple[View, ...]:
    """Photos with their true cameras and the masks of the true mesh."""
    views = []
    for file, camera in sorted(json.loads((folder / "cameras.json").read_text())["cameras"].items()):
        photo = cv2.imread(str(folder / "images" / file))
        if photo is None:
            raise SystemExit(f"{folder / 'images' / file} cannot be read")
        pixels: Array = cv2.cvtColor(photo, cv2.COLOR_BGR2RGB)
        K, R, t = (np.array(camera[key], float) for key in "KRt")
        bare = View(file, pixels, np.zeros(pixels.shape[:2], np.uint8), K, R, t)
        mask = (rasterize_view(mesh.vertices, mesh.faces, bare).face >= 0).astype(np.uint8) * 255
        views.append(View(file, pixels, mask, K, R, t))
    return tuple(views)


if __name__ == "__main__":
    main()
