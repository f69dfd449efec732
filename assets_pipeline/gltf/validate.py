"""Proof that a GLB is sound: the Khronos validator on its decoded twin, and a check of what the twin leaves out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2

from assets_pipeline.errors import InputError, ShowfloorError
from assets_pipeline.gltf.decode import plain_twin
from assets_pipeline.gltf.glb import unpack
from assets_pipeline.gltf.ktx2 import decode_ktx2, read_header
from assets_pipeline.gltf.node import node_command
from assets_pipeline.gltf.process import run_all, scratch_folder
from assets_pipeline.progress import Progress

# What glTFast 6.x reads, and with it every client of ours.
READABLE_EXTENSIONS = frozenset(
    {
        "KHR_mesh_quantization",
        "EXT_meshopt_compression",
        "KHR_draco_mesh_compression",
        "KHR_texture_basisu",
        "KHR_texture_transform",
        "KHR_materials_variants",
        "KHR_materials_unlit",
    }
)


@dataclass(frozen=True)
class Validation:
    """What the validator and the structural check found in one file."""

    errors: int
    warnings: int
    messages: tuple[str, ...]


def validate_glbs(paths: Sequence[Path], progress: Progress | None = None) -> tuple[Validation, ...]:
    """Validate GLB files with the Khronos glTF validator, all in one process.

    The validator does not look inside meshopt and KTX2: it gets a twin with the geometry decoded and the textures
    transcoded to PNG. Buffer layout, KTX2 headers and extensions of the real file are checked here.

    Raises:
        MachineError: NODE_MISSING, or VALIDATOR_FAILED when the validator cannot run.
    """
    progress = progress or Progress()
    found: list[list[str]] = []
    with scratch_folder("validate") as folder:
        twins = []
        for i, path in enumerate(paths):
            data = path.read_bytes()
            try:
                found.append(check_structure(data))
                twin = decoded_twin(data, progress)
            except InputError as error:
                found.append([str(error)])
                continue
            twins.append((i, folder / f"{i}.glb"))
            twins[-1][1].write_bytes(twin)
        command = [*node_command("validate.mjs"), *(str(file) for _, file in twins)]
        (output,) = run_all([command], progress, code="VALIDATOR_FAILED") if twins else ("[]",)
    reports = dict(zip((i for i, _ in twins), json.loads(output)))
    return tuple(_merge(messages, reports.get(i)) for i, messages in enumerate(found))


def decoded_twin(data: bytes, progress: Progress | None = None) -> bytes:
    """A GLB file with its geometry decoded and its KTX2 textures transcoded to PNG: plain glTF 2.0 for any viewer.

    Raises:
        InputError: GLB_INVALID, KTX2_INVALID. MachineError: NODE_MISSING, KTX2_UNSUPPORTED, KTX2_FAILED.
    """
    return plain_twin(data, _plain_images(data, progress or Progress()))


def check_structure(data: bytes) -> list[str]:
    """What is wrong with a GLB's extensions, buffers and KTX2 images; empty when nothing is."""
    document, binary = unpack(data)
    problems = [f"{e} is not read by glTFast" for e in _used(document) if e not in READABLE_EXTENSIONS]
    if set(document.get("extensionsRequired", [])) - set(document.get("extensionsUsed", [])):
        problems.append("extensionsRequired names what extensionsUsed does not")
    limits = [b["byteLength"] for b in document.get("buffers", [])]
    if limits and not 0 <= len(binary) - limits[0] < 4:
        problems.append(f"buffer 0 says {limits[0]} bytes, the binary chunk has {len(binary)}")
    for i, view in enumerate(document.get("bufferViews", [])):
        spans = [view, *(v for k, v in view.get("extensions", {}).items() if k == "EXT_meshopt_compression")]
        for span in spans:
            if span.get("byteOffset", 0) + span["byteLength"] > limits[span["buffer"]]:
                problems.append(f"buffer view {i} runs past buffer {span['buffer']}")
    for i, image in enumerate(document.get("images", [])):
        if image.get("mimeType") == "image/ktx2":
            problems += _check_ktx2(i, _image(document, binary, i))
    return problems


def _check_ktx2(index: int, data: bytes) -> list[str]:
    try:
        header = read_header(data)
    except ShowfloorError as error:
        return [f"image {index}: {error.message}"]
    if header.width % 4 or header.height % 4:
        return [f"image {index} is {header.width}×{header.height}; KHR_texture_basisu wants multiples of 4"]
    return []


def _used(document: dict[str, Any]) -> list[str]:
    return list(document.get("extensionsUsed", []))


def _image(document: dict[str, Any], binary: bytes, index: int) -> bytes:
    view = document["bufferViews"][document["images"][index]["bufferView"]]
    start = view.get("byteOffset", 0)
    return binary[start : start + view["byteLength"]]


def _plain_images(data: bytes, progress: Progress) -> list[bytes]:
    document, binary = unpack(data)
    files = [_image(document, binary, i) for i in range(len(document.get("images", [])))]
    basis = [i for i, f in enumerate(files) if f.startswith(b"\xabKTX 20")]
    if basis:
        for i, pixels in zip(basis, decode_ktx2([files[i] for i in basis], progress)):
            files[i] = cv2.imencode(".png", pixels[..., ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 1])[1].tobytes()
    return files


def _merge(problems: list[str], report: dict[str, Any] | None) -> Validation:
    if report is None:
        return Validation(len(problems), 0, tuple(problems))
    messages = [f"{m['code']} at {m['pointer']}: {m['message']}" for m in report["messages"] if m["severity"] <= 1]
    return Validation(report["errors"] + len(problems), report["warnings"], (*problems, *messages))
