"""Options of the mask step."""

from __future__ import annotations

from dataclasses import dataclass

from assets_pipeline.errors import InputError


@dataclass(frozen=True)
class SegmentOptions:
    """How product masks are made."""

    model: str = "u2netp"
    """Name of a mask model in ``assets_pipeline.models``."""
    commercial_only: bool = True
    """Refuse models whose licence does not allow commercial use."""
    threads: int = 2
    """CPU threads of the network."""
    crop_margin: float = 0.15
    """Margin around the product in the second, closer look, as a part of its longer side."""
    threshold: float = 0.5
    """Probability from which a pixel belongs to the product."""
    edge_reach: float = 0.009
    """How far the outline may move to the next edge, as a part of the crop's longer side."""
    edge_smoothness: float = 1e-3
    """Variance of colour (0..1) below which an edge is no edge."""
    min_part_area: float = 0.02
    """Loose parts smaller than this part of the product are dropped."""
    max_hole_area: float = 0.002
    """Holes smaller than this part of the product are closed."""

    def __post_init__(self) -> None:
        if self.threads < 1:
            raise InputError("BAD_OPTION", f"threads is {self.threads}, the least is 1.", "Set threads to 1 or more.")
        for name in ("crop_margin", "threshold", "edge_reach", "edge_smoothness", "min_part_area", "max_hole_area"):
            value = getattr(self, name)
            if not 0.0 <= value < 1.0:
                raise InputError("BAD_OPTION", f"{name} is {value}, allowed is 0 ≤ x < 1.", f"Change {name}.")
