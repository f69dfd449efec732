"""A video around a product → asset: its sharpest frames are photos."""

from __future__ import annotations

from assets_pipeline.capture import Product, load_video
from assets_pipeline.progress import Progress
from assets_pipeline.recipes.photos import PhotoRecipe
from assets_pipeline.types import Capture


class VideoRecipe(PhotoRecipe):
    """``PhotoRecipe`` on the sharpest frames of a video."""

    def load(self, product: Product, progress: Progress) -> Capture:
        return load_video(product.files[0], self.capture, progress)
