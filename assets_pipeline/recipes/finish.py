"""The second half of every recipe: a surface and its photos become a measured, validated asset and its report."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from assets_pipeline.files import write_atomic
from assets_pipeline.gltf.export import ExportOptions, ExportReport, export_asset
from assets_pipeline.gltf.thumbnail import render_thumbnail
from assets_pipeline.models import find_model
from assets_pipeline.progress import Progress
from assets_pipeline.recipes.options import ConvertOptions
from assets_pipeline.report import Report
from assets_pipeline.surface import is_watertight
from assets_pipeline.texture import BakeOptions, BakeResult, UnwrapOptions, bake, unwrap
from assets_pipeline.types import Asset, Cameras, ImageVerdict, Material, Mesh, Scale, Source

MAX_BAKED_PX = 4096
LEAST_SEEN = 0.1  # of the surface; with less there is nothing to ship
TOOLS = (
    ("pycolmap", "BSD-3-Clause"),
    ("open3d", "MIT"),
    ("opencv-python-headless", "Apache-2.0"),
    ("xatlas", "MIT"),
    ("meshopt", "MIT"),
)


@dataclass(frozen=True)
class Textured:
    """A product ready for export. ``notes`` are facts that keep the verdict from being ``pass``."""

    mesh: Mesh
    material: Material
    watertight: bool
    scale: Scale
    quality: dict[str, Any]
    notes: tuple[str, ...] = ()


def texture_surface(
    mesh: Mesh,
    dense: Mesh | None,
    cameras: Cameras,
    options: ConvertOptions,
    progress: Progress,
    notes: tuple[str, ...] = (),
) -> tuple[Textured, BakeResult]:
    """Unwrap ``mesh``, bake it from the photos, measure the result on photos held out."""
    size_px = min(options.target.max_texture_px or MAX_BAKED_PX, MAX_BAKED_PX)
    with progress.stage("unwrap", "unfolding the surface"):
        unwrapped = unwrap(mesh, UnwrapOptions(size_px=size_px), progress)
    with progress.stage("texture", "painting from the photos"):
        baked = bake(unwrapped, cameras, dense, BakeOptions(size_px=size_px), progress)
    quality = {
        "holdout_psnr_db": baked.holdout.psnr_db,
        "holdout_ssim": baked.holdout.ssim,
        "label_ncc": baked.holdout.label_ncc,
        "visible_texel_fraction": baked.visible_texel_fraction,
    }
    return Textured(unwrapped, baked.material, is_watertight(mesh), cameras.scale, quality, notes), baked


def finish(
    name: str,
    out_dir: Path,
    product: Textured,
    options: ConvertOptions,
    progress: Progress,
    *,
    images: Sequence[ImageVerdict] = (),
    cameras: Cameras | None = None,
    provenance: Sequence[Source] = (),
) -> Report:
    """Write GLBs, thumbnail and cameras.json into ``out_dir`` and return the report."""
    sources = (*provenance, *_tools())
    asset = Asset(name, (product.mesh,), product.material, sources, {"scale": asdict(product.scale)})
    with progress.stage("export", "writing glTF"):
        exported = export_asset(asset, out_dir, options.target, ExportOptions(watertight=product.watertight), progress)
    with progress.stage("thumbnail", "taking a picture"):
        render_thumbnail(asset, out_dir / "thumbnail.png")
    if cameras is not None:
        write_atomic(out_dir / "cameras.json", json.dumps(cameras_json(cameras)).encode())
    verdict, reasons = _judge(product, exported, cameras)
    size = product.mesh.size
    return Report(
        name=name,
        profile=options.profile,
        verdict=verdict,
        reasons=reasons,
        size_m=(float(size[0]), float(size[1]), float(size[2])),
        scale_source=product.scale.source,
        scale_tolerance=product.scale.tolerance,
        triangles=exported.triangles,
        bytes=exported.bytes,
        textures=exported.textures,
        budget={limit: asdict(b) for limit, b in exported.budget.items()},
        images=tuple(asdict(v) for v in images),
        camera=_camera(cameras),
        quality={**product.quality, "watertight": product.watertight},
        validator=asdict(exported.validator),
        audit=asdict(exported.audit),
        timings_s=dict(progress.timings_s),
        provenance=tuple(asdict(s) for s in sources),
        files=tuple(sorted(p.name for p in out_dir.iterdir())),
    )


def cameras_json(cameras: Cameras) -> dict[str, Any]:
    """``{"width", "height", "cameras": {file: {"K", "R", "t"}}}`` as ``cam_from_asset``; a view of another size than
    the first carries its own ``width`` and ``height``.
    """
    first = cameras.views[0]
    entries: dict[str, Any] = {}
    for v in cameras.views:
        entries[v.file] = {"K": v.K.tolist(), "R": v.R.tolist(), "t": v.t.tolist()}
        if (v.width, v.height) != (first.width, first.height):
            entries[v.file] |= {"width": v.width, "height": v.height}
    return {"width": first.width, "height": first.height, "cameras": entries}


def with_unregistered(verdicts: Sequence[ImageVerdict], cameras: Cameras) -> tuple[ImageVerdict, ...]:
    """The verdicts of the capture, with the photos that could not be placed marked as unused."""
    placed = {v.file for v in cameras.views}
    return tuple(
        replace(v, used=False, reason="could not be placed among the other photos")
        if v.used and v.file not in placed
        else v
        for v in verdicts
    )


def mask_source(model: str) -> Source:
    """Provenance of the masks."""
    return find_model(model).provenance


def _camera(cameras: Cameras | None) -> dict[str, Any]:
    if cameras is None:
        return {}
    return {
        "registered": cameras.registered,
        "total": cameras.total,
        "reprojection_px": cameras.reprojection_px,
    }


def _judge(product: Textured, exported: ExportReport, cameras: Cameras | None) -> tuple[Any, tuple[str, ...]]:
    broken = [
        f"Over budget: {limit} is {b.value}, the limit is {b.limit}."
        for limit, b in exported.budget.items()
        if not b.ok
    ]
    if exported.validator.errors:
        broken.append(f"The glTF validator found {exported.validator.errors} errors.")
    seen = product.quality.get("visible_texel_fraction")
    if seen is not None and seen < LEAST_SEEN:
        broken.append(f"Only {100 * seen:.0f} % of the surface was photographed: shoot all around the product.")
    doubts = list(product.notes)
    doubts += [
        f"Commerce audit: {name} is {c.value:.4g}, it should be {c.limit}."
        for name, c in exported.audit.checks.items()
        if not c.ok
    ]
    if product.scale.source == "unknown":
        doubts.append("The real size is unknown: give --height, --width, --depth or --marker.")
    if cameras is not None and cameras.registered < 0.75 * cameras.total:
        doubts.append(f"Only {cameras.registered} of {cameras.total} photos could be placed.")
    psnr = product.quality.get("holdout_psnr_db")
    if psnr is not None and np.isfinite(psnr) and psnr < 18:
        doubts.append(f"The model looks unlike the photos held out: {psnr:.1f} dB.")
    if seen is not None and LEAST_SEEN <= seen < 0.6:
        doubts.append(f"Only {100 * seen:.0f} % of the surface was photographed; the rest is filled in.")
    if not product.watertight:
        doubts.append("The mesh is not closed.")
    verdict = "fail" if broken else "warn" if doubts else "pass"
    return verdict, (*broken, *doubts)


def _tools() -> tuple[Source, ...]:
    found = []
    for name, licence in TOOLS:
        try:
            found.append(Source(name, version(name), licence, True))
        except PackageNotFoundError:
            continue
    return tuple(found)
