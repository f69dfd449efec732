"""What a target device can take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Profile:
    """Limits and encodings of one target. None means no limit."""

    name: str
    max_file_mb: float | None  # of one LOD's GLB, in 1e6 bytes
    max_triangles: tuple[int, ...] | None  # per LOD, finest first
    max_texture_px: int | None  # side of the largest texture
    meshopt: bool  # KHR_mesh_quantization + EXT_meshopt_compression
    ktx2: bool  # KHR_texture_basisu: ETC1S colour, UASTC normal


PROFILES = {
    p.name: p
    for p in (
        Profile("quest3", 5.0, (60_000, 20_000, 5_000), 2048, meshopt=True, ktx2=True),
        Profile("quest2", 3.0, (30_000, 10_000, 2_500), 1024, meshopt=True, ktx2=True),
        Profile("mobile-ar", 3.0, (100_000, 30_000, 8_000), 2048, meshopt=True, ktx2=True),
        Profile("web", 3.0, (100_000, 30_000, 8_000), 2048, meshopt=True, ktx2=True),
        Profile("desktop", 15.0, (250_000, 80_000, 20_000), 4096, meshopt=False, ktx2=False),
        Profile("source", None, None, None, meshopt=False, ktx2=False),
    )
}
