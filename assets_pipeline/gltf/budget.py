"""The order in which an export gives way until it fits a profile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assets_pipeline.gltf.images import power_of_two
from assets_pipeline.gltf.textures import TextureJob
from assets_pipeline.profiles import Profile
from assets_pipeline.types import Array

_SMALLEST_SIDE_PX = 128


@dataclass(frozen=True)
class Rung:
    """One step down the ladder: texture shrink factors, encoding quality and the share of triangles kept."""

    color_shrink: int
    detail_shrink: int
    quality: str
    triangles: float

    def __str__(self) -> str:
        return (
            f"base colour 1/{self.color_shrink}, normal and ORM 1/{self.detail_shrink}, "
            f"{self.quality} quality, {self.triangles:.0%} of the triangles"
        )


# Detail maps give way first, then encoding quality, then the base colour's size, and triangles where all that is spent.
LADDER = (
    Rung(1, 1, "high", 1.0),
    Rung(1, 2, "high", 1.0),
    Rung(1, 2, "medium", 1.0),
    Rung(1, 4, "medium", 1.0),
    Rung(1, 4, "low", 1.0),
    Rung(2, 4, "medium", 1.0),
    Rung(2, 4, "low", 0.7),
    Rung(4, 8, "low", 0.5),
    Rung(8, 16, "low", 0.25),
)


def texture_jobs(sources: dict[str, Array], profile: Profile, rung: Rung, lod: int) -> list[TextureJob]:
    """The textures of one LOD: power-of-two sides within the profile, normal and ORM at most half of the largest side
    on headsets, every side halved with each LOD. A profile without a texture limit keeps the sides as they are."""
    return list(_jobs(sources, profile, rung, lod))


def _jobs(sources: dict[str, Array], profile: Profile, rung: Rung, lod: int) -> Iterator[TextureJob]:
    for role, pixels in sources.items():
        height, width = pixels.shape[:2]
        detail = role != "base_color"
        limit = profile.max_texture_px
        if limit is not None:
            allowed = limit // 2 if detail and profile.ktx2 else limit
            shrink = (rung.detail_shrink if detail else rung.color_shrink) << lod
            # A limit that is no power of two allows the one below it.
            allowed = max(_SMALLEST_SIDE_PX, (1 << (allowed.bit_length() - 1)) // shrink)
            allowed = min(allowed, 1 << (limit.bit_length() - 1))
            width, height = (max(4, min(allowed, power_of_two(side))) for side in (width, height))
        yield TextureJob(role, width, height, _encoding(role, profile), rung.quality)


def _encoding(role: str, profile: Profile) -> str:
    if profile.ktx2:
        return "UASTC" if role == "normal" else "ETC1S"
    return "PNG" if profile.max_file_mb is None else "JPEG"
