"""Mesh attributes as glTF accessors, in floats or in small integers (KHR_mesh_quantization)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import meshopt
import numpy as np

from assets_pipeline.errors import InputError
from assets_pipeline.tangents import vertex_normals, vertex_tangents
from assets_pipeline.types import Array, Mesh

_COMPONENT = {"f4": 5126, "u2": 5123, "i1": 5120, "u4": 5125, "u1": 5121}


@dataclass(frozen=True)
class Stream:
    """One vertex attribute: ``rows`` (N, stride) uint8 as it lies in the buffer, and its accessor."""

    semantic: str
    rows: Array
    accessor: dict[str, Any]
    filter: str = "NONE"
    coded: Array | None = None  # rows as the meshopt filter wants them, where it is not the identity


@dataclass(frozen=True)
class Geometry:
    """Streams and indices ready for a buffer. ``p_metres = scale * p_stored + translation``."""

    streams: tuple[Stream, ...]
    indices: Array
    scale: float
    translation: tuple[float, float, float]


def prepare(mesh: Mesh) -> Mesh:
    """Order ``mesh`` for the GPU's vertex caches, drop unused vertices and give it normals.

    Raises:
        InputError: MESH_INVALID when it is empty, not finite, or an index points outside.
    """
    vertices, faces = mesh.vertices, mesh.faces
    if len(faces) == 0 or len(vertices) == 0:
        raise InputError("MESH_INVALID", "The mesh has no triangles.", "Check the reconstruction step.")
    if faces.min() < 0 or faces.max() >= len(vertices):
        raise InputError("MESH_INVALID", "A triangle names a vertex that does not exist.", "Check the mesh's faces.")
    for name, values in (("position", vertices), ("uv", mesh.uvs), ("normal", mesh.normals)):
        if values is not None and not np.isfinite(values).all():
            raise InputError(
                "MESH_INVALID", f"A vertex {name} is not a finite number.", "Check the step before export."
            )
    normals = mesh.normals if mesh.normals is not None else vertex_normals(vertices, faces)
    indices, remap, used = meshopt.reorder_mesh(np.ascontiguousarray(faces, np.uint32).ravel(), True, False)
    order = np.argsort(remap, kind="stable")[:used]
    return Mesh(
        np.ascontiguousarray(vertices[order], np.float32),
        np.asarray(indices, np.int32).reshape(-1, 3),
        None if mesh.uvs is None else np.ascontiguousarray(mesh.uvs[order], np.float32),
        np.ascontiguousarray(normals[order], np.float32),
    )


def geometry(mesh: Mesh, *, tangents: bool, quantise: bool, position_bits: int) -> Geometry:
    """Streams of a prepared mesh: positions, normals, and where it has uvs also uvs and (if asked) tangents."""
    assert mesh.normals is not None
    normals = mesh.normals / np.maximum(np.linalg.norm(mesh.normals, axis=1, keepdims=True), 1e-12)
    tangent = vertex_tangents(mesh, normals) if tangents and mesh.uvs is not None else None
    low, scale = np.zeros(3), 1.0
    if quantise:
        low = mesh.vertices.min(0).astype(np.float64)
        extent = float((mesh.vertices.max(0) - low).max())
        scale = max(extent, 1e-9) / (2**position_bits - 1)
        stored = np.round((mesh.vertices - low) / scale).astype(np.uint16)
        streams = [_stream("POSITION", stored, 8, False)]
        streams.append(_octahedral("NORMAL", np.concatenate([normals, np.zeros((len(normals), 1))], 1), 3))
        if tangent is not None:
            streams.append(_octahedral("TANGENT", tangent, 4))
    else:
        streams = [_stream("POSITION", mesh.vertices.astype(np.float32), 12, False)]
        streams.append(_stream("NORMAL", normals.astype(np.float32), 12, False))
        if tangent is not None:
            streams.append(_stream("TANGENT", tangent, 16, False))
    if mesh.uvs is not None:
        inside = bool(mesh.uvs.min() >= 0 and mesh.uvs.max() <= 1)
        if quantise and inside:
            streams.append(_stream("TEXCOORD_0", np.round(mesh.uvs * 65535.0).astype(np.uint16), 4, True))
        else:
            streams.append(_stream("TEXCOORD_0", mesh.uvs.astype(np.float32), 8, False))
    kind = np.uint16 if len(mesh.vertices) < 65535 else np.uint32
    return Geometry(tuple(streams), mesh.faces.astype(kind).ravel(), scale, (low[0], low[1], low[2]))


def _stream(semantic: str, values: Array, stride: int, normalized: bool) -> Stream:
    rows = np.zeros((len(values), stride), np.uint8)
    raw = np.ascontiguousarray(values).view(np.uint8).reshape(len(values), -1)
    rows[:, : raw.shape[1]] = raw
    return Stream(semantic, rows, _accessor(semantic, values, normalized))


def _octahedral(semantic: str, vectors: Array, components: int) -> Stream:
    """Unit vectors as normalised bytes; the meshopt stream stores them folded on an octahedron."""
    coded = meshopt.encode_filter_oct(np.ascontiguousarray(vectors, np.float32), 4, 8)
    packed = meshopt.encode_gltf_buffer(coded, "ATTRIBUTES")
    rows = np.asarray(meshopt.decode_gltf_buffer(packed, len(coded), 4, "ATTRIBUTES", "OCTAHEDRAL"), np.uint8)
    values = rows.view(np.int8)[:, :components]
    return Stream(semantic, rows, _accessor(semantic, values, True), "OCTAHEDRAL", coded)


def _accessor(semantic: str, values: Array, normalized: bool) -> dict[str, Any]:
    accessor: dict[str, Any] = {
        "componentType": _COMPONENT[values.dtype.str[1:]],
        "count": len(values),
        "type": f"VEC{values.shape[1]}",
    }
    if normalized:
        accessor["normalized"] = True
    if semantic == "POSITION":
        accessor["min"], accessor["max"] = values.min(0).tolist(), values.max(0).tolist()
    return accessor
