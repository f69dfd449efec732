"""Surface steps: carve the visual hull, fuse depth with it, clean and simplify."""

from assets_pipeline.surface.clean import drop_loose_parts, is_watertight, simplify
from assets_pipeline.surface.fuse import FuseOptions, fuse
from assets_pipeline.surface.hull import HullOptions, Volume, carve_hull

__all__ = [
    "FuseOptions",
    "HullOptions",
    "Volume",
    "carve_hull",
    "drop_loose_parts",
    "fuse",
    "is_watertight",
    "simplify",
]
