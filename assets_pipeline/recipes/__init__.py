"""Recipes compose steps into conversions, one per kind of input."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assets_pipeline.recipes.options import ConvertOptions

if TYPE_CHECKING:
    from assets_pipeline.recipes.by_kind import (
        RECIPES,
        PhotoRecipe,
        Recipe,
        RgbdRecipe,
        SinglePhotoRecipe,
        VideoRecipe,
        convert,
    )

__all__ = [
    "RECIPES",
    "ConvertOptions",
    "PhotoRecipe",
    "Recipe",
    "RgbdRecipe",
    "SinglePhotoRecipe",
    "VideoRecipe",
    "convert",
]


def __getattr__(name: str) -> Any:
    """Load the recipes on first use: they import heavy libraries; a server needs the options alone."""
    if name in __all__:
        from assets_pipeline.recipes import by_kind

        return getattr(by_kind, name)
    raise AttributeError(f"module 'assets_pipeline.recipes' has no attribute {name!r}")
