"""Pixels in, glTF out: the conversion steps and the recipes that compose them. Knows no server and no network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assets_pipeline.recipes import ConvertOptions, PhotoRecipe, convert

__all__ = ["ConvertOptions", "PhotoRecipe", "convert"]


def __getattr__(name: str) -> Any:
    """Load the recipes on first use: they import heavy libraries that ``showfloor --help`` does not need."""
    if name in __all__:
        from assets_pipeline import recipes

        return getattr(recipes, name)
    raise AttributeError(f"module 'assets_pipeline' has no attribute {name!r}")
