"""Textures as a target device takes them: sized, encoded, measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from assets_pipeline.gltf import ktx2
from assets_pipeline.gltf.images import read_image, resize
from assets_pipeline.progress import Progress
from assets_pipeline.types import Array

ROLES = ("base_color", "normal", "orm")
QUALITIES = ("high", "medium", "low")
_JPEG_QUALITY = {"high": 92, "medium": 84, "low": 72}


@dataclass(frozen=True)
class TextureJob:
    """One texture to encode. ``encoding`` is ETC1S, UASTC, JPEG or PNG; ``quality`` high, medium or low."""

    role: str
    width: int
    height: int
    encoding: str
    quality: str = "high"


@dataclass(frozen=True)
class EncodedTexture:
    """A finished image file for glTF."""

    role: str
    width: int
    height: int
    encoding: str
    data: bytes

    @property
    def mime_type(self) -> str:
        return {"JPEG": "image/jpeg", "PNG": "image/png"}.get(self.encoding, "image/ktx2")


def encode_textures(
    sources: dict[str, Array], jobs: Sequence[TextureJob], progress: Progress | None = None, workers: int = 2
) -> dict[TextureJob, EncodedTexture]:
    """Encode every job from ``sources[job.role]`` (H, W, 3) uint8, several at a time.

    Raises:
        MachineError: NODE_MISSING, KTX2_UNSUPPORTED or KTX2_FAILED.
    """
    progress = progress or Progress()
    scaled: dict[tuple[str, int, int], Array] = {}
    for job in jobs:
        progress.check()
        key = (job.role, job.width, job.height)
        if key not in scaled:
            scaled[key] = resize(sources[job.role], job.width, job.height, job.role)
    basis = sorted((j for j in jobs if j.encoding in ("ETC1S", "UASTC")), key=lambda j: (-j.width, j.role))
    files: dict[TextureJob, bytes] = {}
    if basis:
        pairs = [(scaled[j.role, j.width, j.height], ktx2.arguments(j.role, j.encoding, j.quality)) for j in basis]
        files.update(zip(basis, ktx2.encode_ktx2(pairs, progress, workers)))
    for job in jobs:
        if job not in files:
            progress.check()
            files[job] = _plain(scaled[job.role, job.width, job.height], job)
    return {j: EncodedTexture(j.role, j.width, j.height, j.encoding, files[j]) for j in jobs}


def decode_textures(textures: Sequence[EncodedTexture], progress: Progress | None = None) -> list[Array]:
    """The pixels (H, W, 3) uint8 that a client sees."""
    basis = [t for t in textures if t.mime_type == "image/ktx2"]
    decoded = dict(zip(map(id, basis), ktx2.decode_ktx2([t.data for t in basis], progress))) if basis else {}
    for texture in textures:
        if id(texture) not in decoded:
            pixels = read_image(texture.data)
            assert pixels is not None
            decoded[id(texture)] = pixels
    return [decoded[id(t)] for t in textures]


def psnr_db(reference: Array, pixels: Array) -> float:
    """Peak signal-to-noise ratio of two (H, W, 3) uint8 images; infinite when they are equal."""
    error = float(np.mean((reference.astype(np.float32) - pixels.astype(np.float32)) ** 2))
    return float("inf") if error == 0 else 10 * float(np.log10(255**2 / error))


def _plain(pixels: Array, job: TextureJob) -> bytes:
    if job.encoding == "PNG":
        options = [cv2.IMWRITE_PNG_COMPRESSION, 6]
        suffix = ".png"
    else:
        full_chroma = job.role != "base_color" or job.quality == "high"
        sampling = cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444 if full_chroma else cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420
        options = [
            *(cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY[job.quality], cv2.IMWRITE_JPEG_OPTIMIZE, 1),
            *(cv2.IMWRITE_JPEG_SAMPLING_FACTOR, sampling),
        ]
        suffix = ".jpg"
    done, data = cv2.imencode(suffix, pixels[..., ::-1], options)
    assert done
    return data.tobytes()
