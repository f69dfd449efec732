"""Writes one textured mesh as a GLB 2.0 file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import meshopt
import numpy as np

from assets_pipeline.errors import InputError
from assets_pipeline.files import write_atomic
from assets_pipeline.gltf.glb import pack
from assets_pipeline.gltf.quantise import geometry, prepare
from assets_pipeline.gltf.textures import EncodedTexture
from assets_pipeline.types import Array, Mesh

_FALLBACK_BUFFER = 1
_ARRAY_BUFFER, _ELEMENT_ARRAY_BUFFER = 34962, 34963


@dataclass(frozen=True)
class EncodingOptions:
    """How geometry is stored."""

    quantise: bool = True  # KHR_mesh_quantization
    meshopt: bool = True  # EXT_meshopt_compression
    position_bits: int = 14  # per axis of the longest side: 17 µm on 28 cm
    roughness: float = 0.8  # of a material without ORM texture

    def __post_init__(self) -> None:
        if not 8 <= self.position_bits <= 16:
            raise InputError("OPTION_INVALID", f"position_bits is {self.position_bits}.", "Use 8 to 16.")
        if not 0 <= self.roughness <= 1:
            raise InputError("OPTION_INVALID", f"roughness is {self.roughness}.", "Use 0 to 1.")


def write_glb(
    path: Path,
    mesh: Mesh,
    textures: Sequence[EncodedTexture],
    options: EncodingOptions | None = None,
    *,
    name: str = "",
    extras: dict[str, Any] | None = None,
) -> int:
    """Write ``build_glb`` to ``path`` in one step; returns the bytes written.

    Raises:
        InputError: MESH_INVALID. MachineError: OUT_NOT_WRITABLE.
    """
    data = build_glb(mesh, textures, options, name=name or path.name.split(".")[0], extras=extras)
    write_atomic(path, data)
    return len(data)


def build_glb(
    mesh: Mesh,
    textures: Sequence[EncodedTexture],
    options: EncodingOptions | None = None,
    *,
    name: str,
    extras: dict[str, Any] | None = None,
) -> bytes:
    """A GLB with one node, mesh and material; the same input gives the same bytes.

    ``textures`` hold at most one image per role (base_color, normal, orm); ``extras`` goes to ``asset.extras``.
    Tangents are written where there is a normal map.
    """
    options = options or EncodingOptions()
    builder = _Builder(options.meshopt)
    roles = {texture.role: texture for texture in textures}
    stored = geometry(
        prepare(mesh), tangents="normal" in roles, quantise=options.quantise, position_bits=options.position_bits
    )
    attributes = {}
    for stream in stored.streams:
        coded = stream.coded if stream.coded is not None else stream.rows
        view = builder.add_geometry(stream.rows, coded, "ATTRIBUTES", stream.filter)
        attributes[stream.semantic] = builder.add_accessor(view, stream.accessor)
    view = builder.add_geometry(stored.indices.view(np.uint8), stored.indices, "TRIANGLES", "NONE")
    component = 5123 if stored.indices.dtype == np.uint16 else 5125
    count = len(stored.indices)
    indices = builder.add_accessor(view, {"componentType": component, "count": count, "type": "SCALAR"})
    builder.add_material(roles, options.roughness, tiled=_tiled(mesh))
    primitive = {"attributes": attributes, "indices": indices, "material": 0}
    shape: dict[str, Any] = {"name": f"{name} mesh", "mesh": 0}
    if options.quantise:
        shape["translation"], shape["scale"] = list(stored.translation), [stored.scale] * 3
        builder.extensions.add("KHR_mesh_quantization")
    document: dict[str, Any] = {
        "asset": {"version": "2.0", "generator": f"Showfloor {_version()}"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"name": name, "children": [1]}, shape],
        "meshes": [{"name": name, "primitives": [primitive]}],
    }
    if extras:
        document["asset"]["extras"] = extras
    return builder.finish(document)


def _tiled(mesh: Mesh) -> bool:
    return mesh.uvs is not None and bool(mesh.uvs.min() < 0 or mesh.uvs.max() > 1)


def _version() -> str:
    try:
        return metadata.version("showfloor")
    except metadata.PackageNotFoundError:
        return "0"


class _Builder:
    """Collects buffer views, accessors and textures into one binary chunk."""

    def __init__(self, compress: bool) -> None:
        self.compress = compress
        self.binary = bytearray()
        self.fallback_bytes = 0
        self.parts: dict[str, list[Any]] = {}
        self.extensions: set[str] = set()

    def add(self, kind: str, entry: Any) -> int:
        self.parts.setdefault(kind, []).append(entry)
        return len(self.parts[kind]) - 1

    def append(self, data: bytes) -> dict[str, Any]:
        self.binary += b"\0" * (-len(self.binary) % 4)
        view = {"buffer": 0, "byteOffset": len(self.binary), "byteLength": len(data)}
        self.binary += data
        return view

    def add_geometry(self, rows: Array, coded: Array, mode: str, filter_name: str) -> int:
        stride = rows.shape[1] if mode == "ATTRIBUTES" else coded.itemsize
        if not self.compress:
            view = self.append(rows.tobytes())
        else:
            packed = self.append(meshopt.encode_gltf_buffer(np.ascontiguousarray(coded), mode))
            packed |= {"byteStride": stride, "count": rows.size // stride, "mode": mode}
            if filter_name != "NONE":
                packed["filter"] = filter_name
            view = {"buffer": _FALLBACK_BUFFER, "byteOffset": self.fallback_bytes, "byteLength": rows.size}
            self.fallback_bytes += rows.size + (-rows.size % 4)
            view["extensions"] = {"EXT_meshopt_compression": packed}
            self.extensions.add("EXT_meshopt_compression")
        if mode == "ATTRIBUTES":
            view["byteStride"] = stride
        view["target"] = _ARRAY_BUFFER if mode == "ATTRIBUTES" else _ELEMENT_ARRAY_BUFFER
        return self.add("bufferViews", view)

    def add_accessor(self, view: int, accessor: dict[str, Any]) -> int:
        return self.add("accessors", {"bufferView": view, **accessor})

    def add_material(self, roles: dict[str, EncodedTexture], roughness: float, tiled: bool) -> None:
        if roles:
            wrap = 10497 if tiled else 33071
            self.add("samplers", {"magFilter": 9729, "minFilter": 9987, "wrapS": wrap, "wrapT": wrap})
        references = {role: {"index": self._add_texture(texture)} for role, texture in roles.items()}
        pbr: dict[str, Any] = {"metallicFactor": 0.0, "roughnessFactor": roughness}
        material: dict[str, Any] = {"name": "product", "pbrMetallicRoughness": pbr}
        if "base_color" in references:
            pbr["baseColorTexture"] = references["base_color"]
        if "orm" in references:
            pbr |= {"metallicFactor": 1.0, "roughnessFactor": 1.0, "metallicRoughnessTexture": references["orm"]}
            material["occlusionTexture"] = references["orm"]
        if "normal" in references:
            material["normalTexture"] = references["normal"]
        self.add("materials", material)

    def _add_texture(self, texture: EncodedTexture) -> int:
        view = self.add("bufferViews", self.append(texture.data))
        image = self.add("images", {"name": texture.role, "mimeType": texture.mime_type, "bufferView": view})
        if texture.mime_type != "image/ktx2":
            return self.add("textures", {"sampler": 0, "source": image})
        self.extensions.add("KHR_texture_basisu")
        return self.add("textures", {"sampler": 0, "extensions": {"KHR_texture_basisu": {"source": image}}})

    def finish(self, document: dict[str, Any]) -> bytes:
        if self.extensions:
            document["extensionsUsed"] = document["extensionsRequired"] = sorted(self.extensions)
        self.binary += b"\0" * (-len(self.binary) % 4)
        document["buffers"] = [{"byteLength": len(self.binary)}]
        if self.fallback_bytes:
            marker = {"EXT_meshopt_compression": {"fallback": True}}
            document["buffers"].append({"byteLength": self.fallback_bytes, "extensions": marker})
        return pack(document | self.parts, bytes(self.binary))
