"""Reads GLB and glTF files back: our own compressed ones, and plain ones."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import meshopt
import numpy as np

from assets_pipeline.errors import InputError
from assets_pipeline.gltf.glb import pack, unpack
from assets_pipeline.gltf.images import read_image
from assets_pipeline.gltf.ktx2 import decode_ktx2
from assets_pipeline.types import Array, Mesh

_TYPES: dict[int, Any] = {
    5120: np.int8,
    5121: np.uint8,
    5122: np.int16,
    5123: np.uint16,
    5125: np.uint32,
    5126: np.float32,
}
_WIDTH = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}


def read_glb(path: Path) -> tuple[Mesh, dict[str, Array]]:
    """All triangles of a GLB or glTF file in metres, and the first material's textures (H, W, 3) uint8 by role.

    Undoes EXT_meshopt_compression, KHR_mesh_quantization and KHR_texture_basisu and applies the nodes' transforms.
    Missing roles are left out; ``orm`` is the metallic-roughness texture. Normals are None unless every part has them.

    Raises:
        InputError: GLB_INVALID, or GLB_UNSUPPORTED naming the extension (Draco, for one). MachineError: NODE_MISSING.
    """
    document, buffers = read_buffers(path)
    reader = Reader(document, buffers, path.parent)
    return reader.mesh(), reader.textures()


def read_buffers(path: Path) -> tuple[dict[str, Any], list[bytes]]:
    """The document and its buffers, meshopt undone: all buffer views lie in plain buffers afterwards."""
    try:
        data = path.read_bytes()
        if path.suffix == ".gltf":
            document, binary = json.loads(data), b""
        else:
            document, binary = unpack(data, path.name)
        buffers = [_buffer(b, binary, path.parent) for b in document.get("buffers", [])]
    except (OSError, ValueError) as error:
        raise InputError("GLB_INVALID", f"{path.name} cannot be read: {error}.", "Export it again.") from error
    return decompress(document, buffers)


def decompress(document: dict[str, Any], buffers: list[bytes]) -> tuple[dict[str, Any], list[bytes]]:
    """Undo EXT_meshopt_compression: fill its fallback buffers and drop the extension."""
    document = copy.deepcopy(document)
    filled = [bytearray(b) for b in buffers]
    for view in document.get("bufferViews", []):
        coded = view.get("extensions", {}).pop("EXT_meshopt_compression", None)
        if not view.get("extensions", True):
            del view["extensions"]
        if coded is None:
            continue
        start = coded.get("byteOffset", 0)
        packed = bytes(buffers[coded["buffer"]][start : start + coded["byteLength"]])
        try:
            rows = meshopt.decode_gltf_buffer(
                packed, coded["count"], coded["byteStride"], coded["mode"], coded.get("filter", "NONE")
            )
        except (RuntimeError, ValueError) as error:
            raise InputError("GLB_INVALID", f"A meshopt stream is damaged: {error}.", "Export it again.") from error
        kind = np.uint8 if coded["mode"] == "ATTRIBUTES" else {2: np.uint16, 4: np.uint32}[coded["byteStride"]]
        plain = np.ascontiguousarray(rows, kind).tobytes()
        at = view.get("byteOffset", 0)
        filled[view["buffer"]][at : at + len(plain)] = plain
    for buffer in document.get("buffers", []):
        if "EXT_meshopt_compression" in buffer.get("extensions", {}):
            del buffer["extensions"]
    _drop_extension(document, "EXT_meshopt_compression")
    return document, [bytes(b) for b in filled]


def plain_twin(data: bytes, images: Sequence[bytes]) -> bytes:
    """The same GLB without meshopt and KTX2, for tools that cannot look inside.

    Geometry is decoded; image i becomes ``images[i]``, a PNG or JPEG file.
    """
    source, binary = unpack(data)
    document, buffers = decompress(source, [_buffer(b, binary, Path()) for b in source["buffers"]])
    image_views = {image["bufferView"]: i for i, image in enumerate(document.get("images", []))}
    joined = bytearray()
    for i, view in enumerate(document["bufferViews"]):
        start = view.get("byteOffset", 0)
        part = (
            images[image_views[i]] if i in image_views else buffers[view["buffer"]][start : start + view["byteLength"]]
        )
        joined += b"\0" * (-len(joined) % 4)
        view |= {"buffer": 0, "byteOffset": len(joined), "byteLength": len(part)}
        joined += part
    for image, file in zip(document.get("images", []), images):
        image["mimeType"] = "image/png" if file.startswith(b"\x89PNG") else "image/jpeg"
    for texture in document.get("textures", []):
        basis = texture.pop("extensions", {}).get("KHR_texture_basisu")
        if basis is not None:
            texture["source"] = basis["source"]
    _drop_extension(document, "KHR_texture_basisu")
    joined += b"\0" * (-len(joined) % 4)
    document["buffers"] = [{"byteLength": len(joined)}]
    return pack(document, bytes(joined))


class Reader:
    """Looks up meshes and images of a decompressed document."""

    def __init__(self, document: dict[str, Any], buffers: Sequence[bytes], folder: Path) -> None:
        self.document = document
        self.buffers = buffers
        self.folder = folder

    def view(self, index: int) -> bytes:
        view = self.document["bufferViews"][index]
        start = view.get("byteOffset", 0)
        return self.buffers[view["buffer"]][start : start + view["byteLength"]]

    def accessor(self, index: int) -> Array:
        """(N, k) values, normalised integers as float32."""
        accessor = self.document["accessors"][index]
        kind = np.dtype(_TYPES[accessor["componentType"]])
        width, count = _WIDTH[accessor["type"]], accessor["count"]
        if "sparse" in accessor or "bufferView" not in accessor:
            raise InputError(
                "GLB_UNSUPPORTED", "A sparse accessor cannot be read.", "Export it without sparse accessors."
            )
        view = self.document["bufferViews"][accessor["bufferView"]]
        stride = view.get("byteStride", kind.itemsize * width)
        raw = np.frombuffer(self.view(accessor["bufferView"]), np.uint8)[accessor.get("byteOffset", 0) :]
        if count < 1 or stride * (count - 1) + kind.itemsize * width > len(raw):
            raise InputError("GLB_INVALID", f"Accessor {index} points outside its buffer.", "Export it again.")
        rows = np.lib.stride_tricks.as_strided(raw, (count, kind.itemsize * width), (stride, 1))
        values = np.ascontiguousarray(rows).view(kind).reshape(count, width)
        if not accessor.get("normalized"):
            return values
        return np.maximum(values.astype(np.float32) / np.iinfo(_TYPES[accessor["componentType"]]).max, -1)

    def mesh(self) -> Mesh:
        parts: list[Mesh] = []
        scene = self.document.get("scenes", [{"nodes": range(len(self.document.get("nodes", [])))}])
        for node in scene[self.document.get("scene", 0)].get("nodes", []):
            self._collect(node, np.eye(4), parts)
        if not parts:
            raise InputError("GLB_INVALID", "The file holds no triangles.", "Export it again.")
        offsets = np.cumsum([0] + [len(p.vertices) for p in parts])
        uvs = [p.uvs if p.uvs is not None else np.zeros((len(p.vertices), 2), np.float32) for p in parts]
        normals = [p.normals for p in parts if p.normals is not None]
        return Mesh(
            np.concatenate([p.vertices for p in parts]),
            np.concatenate([p.faces + o for p, o in zip(parts, offsets)]).astype(np.int32),
            np.concatenate(uvs) if any(p.uvs is not None for p in parts) else None,
            np.concatenate(normals) if len(normals) == len(parts) else None,
        )

    def textures(self) -> dict[str, Array]:
        materials = self.document.get("materials", [])
        if not materials:
            return {}
        pbr = materials[0].get("pbrMetallicRoughness", {})
        references = {
            "base_color": pbr.get("baseColorTexture"),
            "normal": materials[0].get("normalTexture"),
            "orm": pbr.get("metallicRoughnessTexture"),
        }
        pixels, basis = {}, {}
        for role, reference in references.items():
            if reference is None:
                continue
            texture = self.document["textures"][reference["index"]]
            source = texture.get("extensions", {}).get("KHR_texture_basisu", texture)["source"]
            data = self.image(source)
            if data.startswith(b"\xabKTX 20"):
                basis[role] = data
            elif (image := read_image(data)) is not None:
                pixels[role] = image
        if basis:
            pixels.update(zip(basis, decode_ktx2(list(basis.values()))))
        return {role: pixels[role] for role in references if role in pixels}

    def image(self, index: int) -> bytes:
        """The image file ``index``, embedded or beside the document."""
        image = self.document["images"][index]
        return self.view(image["bufferView"]) if "bufferView" in image else _resource(image["uri"], self.folder)

    def _collect(self, index: int, parent: Array, parts: list[Mesh]) -> None:
        node = self.document["nodes"][index]
        world = parent @ _matrix(node)
        for primitive in self.document["meshes"][node["mesh"]]["primitives"] if "mesh" in node else []:
            if "KHR_draco_mesh_compression" in primitive.get("extensions", {}):
                raise InputError("GLB_UNSUPPORTED", "Draco geometry cannot be read.", "Export it without Draco.")
            if primitive.get("mode", 4) == 4:
                parts.append(self._part(primitive, world))
        for child in node.get("children", []):
            self._collect(child, world, parts)

    def _part(self, primitive: dict[str, Any], world: Array) -> Mesh:
        attributes = primitive["attributes"]
        positions = self.accessor(attributes["POSITION"]).astype(np.float64) @ world[:3, :3].T + world[:3, 3]
        if "indices" in primitive:
            faces = self.accessor(primitive["indices"]).reshape(-1, 3).astype(np.int32)
        else:
            faces = np.arange(len(positions), dtype=np.int32).reshape(-1, 3)
        if np.linalg.det(world[:3, :3]) < 0:
            faces = faces[:, ::-1]
        normals = None
        if "NORMAL" in attributes:
            normals = self.accessor(attributes["NORMAL"]).astype(np.float64) @ np.linalg.inv(world[:3, :3])
            normals = (normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)).astype(np.float32)
        uvs = self.accessor(attributes["TEXCOORD_0"]).astype(np.float32) if "TEXCOORD_0" in attributes else None
        return Mesh(positions.astype(np.float32), np.ascontiguousarray(faces), uvs, normals)


def _buffer(buffer: dict[str, Any], binary: bytes, folder: Path) -> bytes:
    uri = buffer.get("uri")
    if uri is None:
        fallback = buffer.get("extensions", {}).get("EXT_meshopt_compression", {}).get("fallback")
        return bytes(buffer["byteLength"]) if fallback else binary
    return _resource(uri, folder)


def _resource(uri: str, folder: Path) -> bytes:
    if uri.startswith("data:"):
        return base64.b64decode(uri.split(",", 1)[1])
    file = (folder / unquote(uri)).resolve()
    if not file.is_relative_to(folder.resolve()):
        raise InputError("GLB_INVALID", f"{uri} lies outside the document's folder.", "Keep resources beside the file.")
    return file.read_bytes()


def _matrix(node: dict[str, Any]) -> Array:
    if "matrix" in node:
        return np.array(node["matrix"], np.float64).reshape(4, 4).T
    x, y, z, w = node.get("rotation", (0, 0, 0, 1))
    rotation = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
    matrix = np.eye(4)
    matrix[:3, :3] = rotation * np.array(node.get("scale", (1, 1, 1)))
    matrix[:3, 3] = node.get("translation", (0, 0, 0))
    return matrix


def _drop_extension(document: dict[str, Any], name: str) -> None:
    for key in ("extensionsUsed", "extensionsRequired"):
        if name in document.get(key, []):
            document[key] = [e for e in document[key] if e != name]
            if not document[key]:
                del document[key]
