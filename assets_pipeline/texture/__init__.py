"""Unwrap a mesh and bake photos of it into a glTF material."""

from assets_pipeline.texture.bake import BakeOptions, BakeResult, bake
from assets_pipeline.texture.delight import limit_luminance
from assets_pipeline.texture.render import render
from assets_pipeline.texture.score import HoldoutScore, score
from assets_pipeline.texture.unwrap import UnwrapOptions, unwrap

__all__ = [
    "BakeOptions",
    "BakeResult",
    "HoldoutScore",
    "UnwrapOptions",
    "bake",
    "limit_luminance",
    "render",
    "score",
    "unwrap",
]
