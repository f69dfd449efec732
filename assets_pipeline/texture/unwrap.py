"""Texture coordinates: charts of our own, packed by xatlas."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xatlas

from assets_pipeline.errors import InputError
from assets_pipeline.progress import Progress
from assets_pipeline.texture.charts import cut_charts, project, separate
from assets_pipeline.texture.topology import face_neighbours, face_normals, vertex_normals, weld
from assets_pipeline.types import Array, Mesh


@dataclass(frozen=True)
class UnwrapOptions:
    """How a mesh is laid out in the texture."""

    size_px: int = 2048
    """Side of the texture that will be baked; decides how wide the gutter is in UV."""
    padding_px: int = 4
    """Least distance between charts, in texels of ``size_px``."""
    cone_deg: float = 55.0
    """Largest angle between a (smoothed) face normal and its chart's plane normal."""
    seeds: int = 24
    """Charts to start with; more appear where the cone demands them."""
    rounds: int = 4
    """How often charts are regrown from their centres."""
    max_faces: int = 400_000
    """More faces than this are refused: simplify first."""

    def __post_init__(self) -> None:
        if not 64 <= self.size_px <= 16384:
            raise InputError(
                "UNWRAP_OPTIONS", f"size_px is {self.size_px}; allowed is 64..16384.", "Choose one of these."
            )
        if not 0 <= self.padding_px <= 64:
            raise InputError(
                "UNWRAP_OPTIONS", f"padding_px is {self.padding_px}; allowed is 0..64.", "Choose one of these."
            )
        if not 10 <= self.cone_deg <= 75:
            raise InputError(
                "UNWRAP_OPTIONS", f"cone_deg is {self.cone_deg}; allowed is 10..75.", "Choose one of these."
            )
        if self.seeds < 1 or self.rounds < 1:
            raise InputError("UNWRAP_OPTIONS", "seeds and rounds must be at least 1.", "Raise them.")


def unwrap(mesh: Mesh, options: UnwrapOptions | None = None, progress: Progress | None = None) -> Mesh:
    """Lay the surface out in 0..1, without overlaps, mirrored charts or folded triangles.

    Returns a mesh with the same triangles in the same order; vertices are split at chart borders, ``normals`` are
    smooth across them. UVs have (0, 0) at the top left. Raises ``InputError`` for an empty or a too large mesh.
    """
    options, progress = options or UnwrapOptions(), progress or Progress()
    if len(mesh.faces) == 0:
        raise InputError("MESH_EMPTY", "The mesh has no triangles.", "Check the reconstruction.")
    if len(mesh.faces) > options.max_faces:
        raise InputError(
            "MESH_TOO_LARGE",
            f"The mesh has {len(mesh.faces)} triangles; at most {options.max_faces} are unwrapped.",
            "Simplify it first.",
        )
    positions, index = weld(mesh)
    faces = index[mesh.faces]
    normals = vertex_normals(positions, faces)
    labels, flat = _charts(positions, faces, options, progress)
    progress.update(0.6, "packing charts")
    keys, first, corner = np.unique(
        (labels[:, None].astype(np.int64) * len(positions) + faces).ravel(), return_index=True, return_inverse=True
    )
    corner = corner.reshape(-1, 3).astype(np.uint32)
    scale = 1.0 / max(float(np.sqrt(np.abs(flat).max() ** 2)), 1e-12)
    plane = _apart(flat.reshape(-1, 2)[first] * scale, keys // len(positions))
    uvs = _pack(plane.astype(np.float32), corner, options)
    progress.update(1.0, "unwrapped")
    source = keys % len(positions)
    return Mesh(positions[source], corner.astype(np.int32), uvs, normals[source])


def _charts(positions: Array, faces: Array, options: UnwrapOptions, progress: Progress) -> tuple[Array, Array]:
    corners = positions[faces].astype(np.float64)
    facets, areas = face_normals(positions, faces)
    neighbours = face_neighbours(faces)
    smooth = vertex_normals(positions, faces, smoothing=3)[faces].mean(axis=1) * 0.8 + facets * 0.2
    smooth = (smooth / np.maximum(np.linalg.norm(smooth, axis=1, keepdims=True), 1e-12)).astype(np.float32)
    progress.update(0.1, "cutting charts")
    centers = np.ascontiguousarray(corners.mean(axis=1), np.float32)
    labels, order = cut_charts(
        centers, smooth, facets, areas, neighbours, options.cone_deg, options.seeds, options.rounds
    )
    progress.update(0.4, "separating overlaps")
    labels = separate(labels, order, corners, facets, areas, neighbours)
    return labels, project(labels, corners, facets, areas)


def _apart(plane: Array, chart: Array) -> Array:
    """Move charts so that no two share a corner position: xatlas joins charts whose UVs touch."""
    count = int(chart.max()) + 1
    low = np.full((count, 2), np.inf)
    np.minimum.at(low, chart, plane)
    high = np.full((count, 2), -np.inf)
    np.maximum.at(high, chart, plane)
    start = np.concatenate([[0.0], np.cumsum(high[:, 0] - low[:, 0] + 1e-3)[:-1]])
    moved = plane - low[chart]
    moved[:, 0] += start[chart]
    return moved


def _pack(plane: Array, corner: Array, options: UnwrapOptions) -> Array:
    atlas = xatlas.Atlas()
    atlas.add_uv_mesh(plane, corner)
    pack = xatlas.PackOptions()
    pack.padding = options.padding_px
    pack.resolution = options.size_px
    pack.rotate_charts = False  # xatlas rotates by swapping u and v, which mirrors
    pack.bilinear = True
    atlas.generate(xatlas.ChartOptions(), pack)
    mapping, _, packed = atlas.get_mesh(0)
    uvs = np.zeros((len(plane), 2), np.float32)
    uvs[mapping] = packed * (np.array([atlas.width, atlas.height], np.float32) / max(atlas.width, atlas.height))
    uvs[:, 1] = 1.0 - uvs[:, 1]
    return np.clip(uvs, 0.0, 1.0)
