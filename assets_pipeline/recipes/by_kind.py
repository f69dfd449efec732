"""The recipe for each kind of input."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from assets_pipeline.capture import Product
from assets_pipeline.progress import Progress
from assets_pipeline.recipes.options import ConvertOptions
from assets_pipeline.recipes.photos import PhotoRecipe
from assets_pipeline.recipes.rgbd import RgbdRecipe
from assets_pipeline.recipes.single_photo import SinglePhotoRecipe
from assets_pipeline.recipes.video import VideoRecipe
from assets_pipeline.report import Report

Recipe = Callable[[Product, Path, ConvertOptions, Progress], Report]

RECIPES: dict[str, Callable[[], Recipe]] = {
    "photos": PhotoRecipe,
    "video": VideoRecipe,
    "rgbd": RgbdRecipe,
    "single_photo": SinglePhotoRecipe,
}


def convert(
    product: Product, out_dir: Path, options: ConvertOptions | None = None, progress: Progress | None = None
) -> Report:
    """Convert one product into ``out_dir``, which is made when missing; the report is returned, and not written.

    Raises:
        ShowfloorError: Whatever stopped the conversion, with its code and what to do.
    """
    out_dir.mkdir(parents=True, exist_ok=True)
    return RECIPES[product.kind]()(product, out_dir, options or ConvertOptions(), progress or Progress())
