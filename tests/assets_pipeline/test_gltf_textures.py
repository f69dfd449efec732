"""Texture encoding: sizes, quality, and the KTX2 container."""

from __future__ import annotations

import gltf_samples as samples
import numpy as np
import pytest

from assets_pipeline.errors import Cancelled, InputError
from assets_pipeline.gltf.images import linear_from_srgb, power_of_two, resize
from assets_pipeline.gltf.ktx2 import read_header
from assets_pipeline.gltf.textures import QUALITIES, TextureJob, decode_textures, encode_textures, psnr_db
from assets_pipeline.progress import Progress


@pytest.mark.parametrize(
    ("role", "encoding", "floor_db"),
    [
        ("base_color", "ETC1S", 27),
        ("orm", "ETC1S", 36),
        ("normal", "UASTC", 36),
        ("base_color", "JPEG", 34),
        ("base_color", "PNG", 1e9),
    ],
)
def test_encodings_look_like_their_source(role: str, encoding: str, floor_db: float) -> None:
    source = samples.textures(256)
    job = TextureJob(role, 256, 256, encoding)
    encoded = encode_textures(source, [job])[job]
    (pixels,) = decode_textures([encoded])
    assert psnr_db(source[role], pixels) >= floor_db
    assert len(encoded.data) < source[role].nbytes


@pytest.mark.parametrize("encoding", ["ETC1S", "UASTC", "JPEG"])
def test_lower_quality_is_smaller(encoding: str) -> None:
    source = samples.textures(256)
    noise = np.random.default_rng(0).normal(0, 12, source["base_color"].shape)
    source["base_color"] = np.clip(source["base_color"] + noise, 0, 255).astype(np.uint8)
    jobs = [TextureJob("base_color", 256, 256, encoding, quality) for quality in QUALITIES]
    encoded = encode_textures(source, jobs)
    sizes = [len(encoded[job].data) for job in jobs]
    assert sizes[0] > sizes[1] > sizes[2]


def test_ktx2_holds_all_mip_levels_and_its_colour_space() -> None:
    jobs = [TextureJob("base_color", 64, 128, "ETC1S"), TextureJob("normal", 128, 128, "UASTC")]
    encoded = encode_textures(samples.textures(128), jobs)
    colour, normal = (read_header(encoded[job].data) for job in jobs)
    assert (colour.width, colour.height, colour.levels, colour.encoding, colour.srgb) == (64, 128, 8, "ETC1S", True)
    assert (normal.width, normal.levels, normal.encoding, normal.srgb) == (128, 8, "UASTC", False)


def test_truncated_ktx2_is_refused() -> None:
    job = TextureJob("base_color", 64, 64, "ETC1S")
    data = encode_textures(samples.textures(64), [job])[job].data
    for broken in (data[:40], data[: len(data) // 2], b"x" * len(data)):
        with pytest.raises(InputError, match="KTX2_INVALID"):
            read_header(broken)


def test_resize_averages_light_and_keeps_normals_unit() -> None:
    checker = np.zeros((64, 64, 3), np.uint8)
    checker[::2, ::2] = checker[1::2, 1::2] = 255
    half = resize(checker, 32, 32, "base_color")
    assert np.abs(linear_from_srgb(half) - 0.5).max() < 0.01  # 188 in sRGB, not 128
    normal = resize(samples.textures(256)["normal"], 64, 64, "normal").astype(np.float32) / 127.5 - 1
    assert np.abs(np.linalg.norm(normal, axis=2) - 1).max() < 0.02


def test_power_of_two_rounds_to_the_nearest() -> None:
    assert [power_of_two(n) for n in (1, 3, 1000, 1300, 1600, 2048)] == [1, 4, 1024, 1024, 2048, 2048]


def test_encoding_stops_when_cancelled() -> None:
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        encode_textures(samples.textures(64), [TextureJob("base_color", 64, 64, "ETC1S")], progress)
