"""Whether an upright product goes into a space or through an opening, and which side is in the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from showfloor.assistant.understand.turn import Space

Side = Literal["width", "height", "depth"]
TIGHT_M = 0.02
"""With less room than this it fits on paper only."""
_EXACT_M = 1e-6


@dataclass(frozen=True)
class Along:
    """One side of the product beside the side of the space that it stands along. ``room_m`` < 0: too long."""

    side: Side
    """Of the space."""
    product_side: Side
    product_m: float
    space_m: float

    @property
    def room_m(self) -> float:
        return self.space_m - self.product_m


@dataclass(frozen=True)
class Fit:
    """``turned``: only, or better, with width and depth swapped."""

    fits: bool
    turned: bool
    sides: tuple[Along, ...]
    unknown: tuple[Side, ...]
    """Sides of the space that were not said."""

    @property
    def too_long(self) -> tuple[Along, ...]:
        return tuple(s for s in self.sides if s.room_m < -_EXACT_M)

    @property
    def tight(self) -> bool:
        return self.fits and any(s.room_m < TIGHT_M for s in self.sides)


def fit(size_m: tuple[float, float, float], space: Space, *, opening: bool = False) -> Fit | None:
    """Both ways of turning an upright product; None where the space has no side. All metres.

    Args:
        size_m: Width, height, depth of the product.
        opening: Only width and height of the space count: the product goes through in its smaller way.
    """
    width, height, depth = size_m
    have = {"width": space.width_m, "height": space.height_m, "depth": None if opening else space.depth_m}
    if opening and space.width_m is None and space.depth_m is not None:
        have["width"] = space.depth_m
    wanted: tuple[Side, ...] = ("width", "height") if opening else ("width", "height", "depth")
    if all(have[side] is None for side in wanted):
        return None

    def placed(turned: bool) -> Fit:
        along: dict[Side, tuple[Side, float]] = {
            "width": ("depth", depth) if turned else ("width", width),
            "height": ("height", height),
            "depth": ("width", width) if turned else ("depth", depth),
        }
        sides = tuple(Along(side, *along[side], v) for side in wanted if (v := have[side]) is not None)
        fits = all(s.room_m >= -_EXACT_M for s in sides)
        return Fit(fits, turned, sides, tuple(side for side in wanted if have[side] is None))

    straight, turned = placed(False), placed(True)
    if straight.fits or not turned.fits:
        better = sum(s.room_m for s in turned.too_long) > sum(s.room_m for s in straight.too_long)
        return turned if better and not straight.fits else straight
    return turned
