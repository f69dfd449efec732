"""The Khronos 3D Commerce audit: what a shop's viewer expects of an asset (Asset Creation Guidelines 1.0)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from assets_pipeline.gltf.images import power_of_two
from assets_pipeline.gltf.raster import coverage
from assets_pipeline.types import Array, Mesh

MAX_MATERIALS = 5
LUMINANCE_RANGE = (30, 243)
MIN_LUMINANCE_SHARE = 0.98
MAX_OVERLAP_SHARE = 0.005
SIZE_RANGE_M = (0.005, 20.0)
_UV_RASTER_PX = 1024


@dataclass(frozen=True)
class Check:
    """One question of the audit."""

    ok: bool
    value: float
    limit: str


@dataclass(frozen=True)
class Audit:
    """``passed`` is true when every check is ok. ``watertight`` is passed through; None where nobody looked."""

    passed: bool
    checks: dict[str, Check]
    watertight: bool | None = None


def audit_asset(
    mesh: Mesh,
    textures: dict[str, Array],
    sides_px: Sequence[tuple[int, int]],
    *,
    materials: int = 1,
    watertight: bool | None = None,
) -> Audit:
    """Check a mesh with its ``textures`` (role → (H, W, 3) uint8) and the sides its written textures have."""
    checks = {"materials": Check(materials <= MAX_MATERIALS, materials, f"≤ {MAX_MATERIALS}")}
    if mesh.uvs is not None:
        covered = rasterise_uvs(mesh, _UV_RASTER_PX)
        checks |= _uv_checks(mesh, covered)
        if "base_color" in textures:
            share = luminance_share(textures["base_color"], covered)
            low, high = LUMINANCE_RANGE
            limit = f"≥ {MIN_LUMINANCE_SHARE} of the texels in {low}–{high}"
            checks["base_color_luminance"] = Check(share >= MIN_LUMINANCE_SHARE, share, limit)
    odd = sum(power_of_two(side) != side for pair in sides_px for side in pair)
    checks["power_of_two_textures"] = Check(odd == 0, odd, "0 sides that are no power of two")
    low_m, high_m = SIZE_RANGE_M
    longest = float(mesh.size.max())
    checks["size_m"] = Check(low_m <= longest <= high_m, longest, f"{low_m}–{high_m} m")
    off = origin_offset(mesh)
    checks["origin_bottom_centre"] = Check(off <= 0.02, off, "≤ 0.02 of the longest side")
    return Audit(all(c.ok for c in checks.values()), checks, watertight)


def rasterise_uvs(mesh: Mesh, side_px: int) -> Array:
    """How many triangles' interiors cover each texel centre, (side_px, side_px) uint8, saturating at 255."""
    assert mesh.uvs is not None
    return coverage(mesh.uvs[mesh.faces].astype(np.float64) * side_px, side_px)


def luminance_share(base_color: Array, covered: Array) -> float:
    """The share of used texels whose sRGB luminance (Rec. 709 weights) lies within 30–243."""
    side = covered.shape[0]
    pixels = cv2.resize(base_color, (side, side), interpolation=cv2.INTER_AREA).astype(np.float32)
    luminance = pixels @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    used = luminance[covered > 0]
    low, high = LUMINANCE_RANGE
    return float(np.mean((used >= low - 0.5) & (used <= high + 0.5))) if len(used) else 1.0


def origin_offset(mesh: Mesh) -> float:
    """Distance of the origin from the bounds' bottom centre, relative to the longest side."""
    low, high = mesh.vertices.min(0), mesh.vertices.max(0)
    bottom = np.array([(low[0] + high[0]) / 2, low[1], (low[2] + high[2]) / 2])
    return float(np.linalg.norm(bottom) / max(float(mesh.size.max()), 1e-9))


def inverted_share(mesh: Mesh) -> float:
    """The share of UV area that is mirrored within its chart: triangles turned against most of their chart's area.

    A whole mirrored chart is legal, since TANGENT w says so; a triangle folded over inside a chart is not.
    """
    assert mesh.uvs is not None
    area = _signed_area(mesh.uvs[mesh.faces].astype(np.float64))
    chart = _charts(mesh)
    turned = np.sign(np.bincount(chart, area))[chart]
    total = float(np.abs(area).sum())
    return float(np.abs(area[area * turned < 0]).sum() / total) if total > 0 else 0.0


def _uv_checks(mesh: Mesh, covered: Array) -> dict[str, Check]:
    assert mesh.uvs is not None
    outside = float(np.mean((mesh.uvs < -1e-6) | (mesh.uvs > 1 + 1e-6)))
    used = int((covered > 0).sum())
    overlap = float((covered > 1).sum() / used) if used else 0.0
    inverted = inverted_share(mesh)
    return {
        "uv_inside_unit_square": Check(outside == 0, outside, "0 coordinates outside"),
        "uv_overlap": Check(overlap <= MAX_OVERLAP_SHARE, overlap, f"≤ {MAX_OVERLAP_SHARE} of the used texels"),
        "uv_inverted": Check(inverted <= MAX_OVERLAP_SHARE, inverted, f"≤ {MAX_OVERLAP_SHARE} of the UV area"),
    }


def _signed_area(corners: Array) -> Array:
    a, b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    area: Array = (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]) / 2
    return area


def _charts(mesh: Mesh) -> Array:
    """The chart of each face: faces linked by shared vertices, (M,) int."""
    count = len(mesh.vertices)
    start, end = mesh.faces[:, [0, 1]].ravel(), mesh.faces[:, [1, 2]].ravel()
    links = coo_matrix((np.ones(len(start), bool), (start, end)), (count, count))
    labels: Array = connected_components(links, directed=False)[1]
    return labels[mesh.faces[:, 0]]
