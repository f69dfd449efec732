"""Sizes, quality and cost of the glTF step on real models.

usage: python benchmarks/bench_gltf.py DATA/gltf [--profile quest3]

For each model: the source's size, the three LODs, CPU time of export and thumbnail, PSNR of the encoded textures and
the LODs' distance from the source surface. Models of several materials are written with the first one's textures, so
their sizes compare geometry and that material only.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
from pathlib import Path

import numpy as np
import open3d as o3d

from assets_pipeline.gltf.decode import read_glb
from assets_pipeline.gltf.export import export_asset
from assets_pipeline.gltf.images import resize
from assets_pipeline.gltf.textures import psnr_db
from assets_pipeline.gltf.thumbnail import render_thumbnail
from assets_pipeline.profiles import PROFILES
from assets_pipeline.types import Asset, Material, Mesh

MODELS = ("ToyCar", "MaterialsVariantsShoe", "SheenChair")
SAMPLES = 50_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--profile", default="quest3", choices=sorted(PROFILES))
    options = parser.parse_args()
    print("| model | source MB | LOD MB | triangles | LOD error mean / p99, 1e-4 of the diagonal | PSNR dB "
          "| export cpu s | thumbnail cpu s | errors, warnings |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|---|")
    for name in MODELS:
        print(row(options.folder / name / "glTF" / f"{name}.gltf", options.profile), flush=True)


def row(path: Path, profile: str) -> str:
    mesh, textures = read_glb(path)
    source_mb = sum(f.stat().st_size for f in path.parent.iterdir()) / 1e6
    material = Material(textures["base_color"], textures.get("normal"), textures.get("orm"))
    asset = Asset(path.stem, (mesh,), material)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        start = cpu_s()
        report = export_asset(asset, folder, PROFILES[profile])
        export_s = cpu_s() - start
        start = cpu_s()
        render_thumbnail(asset, folder / "thumbnail.png")
        thumbnail_s = cpu_s() - start
        lods = [read_glb(folder / file) for file in report.files]
    deviation = [deviations(mesh, lod) for lod, _ in lods]
    quality = []
    for role, pixels in lods[0][1].items():
        height, width = pixels.shape[:2]
        quality.append(f"{role} {width}: {psnr_db(resize(textures[role], width, height, role), pixels):.1f}")
    return " | ".join(
        (
            f"| {path.stem}",
            f"{source_mb:.2f}",
            " / ".join(f"{b / 1e6:.2f}" for b in report.bytes),
            " / ".join(str(t) for t in report.triangles),
            ", ".join(f"{mean * 1e4:.1f} / {p99 * 1e4:.1f}" for mean, p99 in deviation),
            ", ".join(quality),
            f"{export_s:.1f}",
            f"{thumbnail_s:.1f}",
            f"{report.validator.errors}, {report.validator.warnings} |",
        )
    )


def deviations(reference: Mesh, mesh: Mesh) -> tuple[float, float]:
    """Mean and 99th percentile distance of ``reference``'s surface from ``mesh``, relative to the diagonal."""
    rng = np.random.default_rng(0)
    corners = reference.vertices[reference.faces]
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    weights = rng.dirichlet((1, 1, 1), SAMPLES)
    face = rng.choice(len(area), SAMPLES, p=area / area.sum())
    points = np.einsum("nck,nc->nk", corners[face], weights)
    scene = o3d.t.geometry.RaycastingScene()
    vertices, faces = np.ascontiguousarray(mesh.vertices), np.ascontiguousarray(mesh.faces, np.uint32)
    scene.add_triangles(o3d.core.Tensor.from_numpy(vertices), o3d.core.Tensor.from_numpy(faces))
    distance = scene.compute_distance(o3d.core.Tensor.from_numpy(points.astype(np.float32))).numpy()
    diagonal = float(np.linalg.norm(reference.size))
    return float(distance.mean()) / diagonal, float(np.percentile(distance, 99)) / diagonal


def cpu_s() -> float:
    """CPU seconds of this process and of the programs it ran."""
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in usage)


if __name__ == "__main__":
    main()
