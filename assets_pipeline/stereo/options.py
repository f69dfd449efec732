"""Settings of dense stereo."""

from __future__ import annotations

from dataclasses import dataclass

from assets_pipeline.errors import InputError


@dataclass(frozen=True)
class StereoOptions:
    """How dense depth is estimated."""

    product_px: int = 30_000
    """Pictures are scaled so that the product covers about this many pixels in the median view (area)."""
    neighbours: int = 6
    """Views that each view is matched against."""
    best: int = 3
    """Of these, the cheapest this many decide: the others may be occluded."""
    levels: int = 3
    """Pyramid levels, each half the size of the next: coarse ones reach into plain and dark regions."""
    sweeps: int = 4
    """Scan-line passes at the coarsest level, halved at each finer one; a geometric round of half as many follows."""
    noise: float = 1.4
    """Standard deviation of a window at full size, in grey levels, below which it holds noise and no texture."""
    geometric: float = 0.15
    """Cost per pixel of disagreement with the neighbours' depth, in units of 1 - NCC."""
    texture: float = 3.0
    """A window of this many times the noise counts half; plainer ones less, so that smoothness decides there."""
    max_cost: float = 0.55
    """Depth whose cost is above this is dropped (0 is a perfect match, 1 is none)."""
    agree_px: float = 1.5
    """A neighbour agrees when the round trip through its depth map ends within this many pixels."""
    agree_views: int = 2
    """Neighbours that must agree."""

    def __post_init__(self) -> None:
        if not 1 <= self.best <= self.neighbours:
            raise InputError(
                "STEREO_OPTIONS",
                f"best={self.best} must lie between 1 and neighbours={self.neighbours}.",
                "Lower best or raise neighbours.",
            )
        if self.product_px < 1000:
            raise InputError("STEREO_OPTIONS", f"product_px={self.product_px} is below 1000.", "Use 10000 or more.")
