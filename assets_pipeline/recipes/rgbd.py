"""Colour and depth frames around a product → asset, metric by itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from assets_pipeline.capture import Product, RgbdOptions, load_rgbd
from assets_pipeline.progress import Progress
from assets_pipeline.recipes.finish import UNWRAPPED_TRIANGLES, finish, texture_surface
from assets_pipeline.recipes.options import ConvertOptions
from assets_pipeline.recipes.place import place
from assets_pipeline.report import Report
from assets_pipeline.surface import drop_loose_parts, simplify
from assets_pipeline.surface.placement import PlacementOptions, place_product
from assets_pipeline.surface.tsdf import TsdfOptions, fuse_rgbd
from assets_pipeline.types import Cameras, Scale

WEIGHTS: dict[str, float] = {
    "capture": 2,
    "fuse": 25,
    "surface": 5,
    "unwrap": 10,
    "texture": 15,
    "export": 20,
    "thumbnail": 3,
}
DEPTH_TOLERANCE = 0.02  # of consumer depth cameras at arm's length


@dataclass(frozen=True)
class RgbdRecipe:
    """The steps from RGB-D frames to an asset, and the settings of each."""

    capture: RgbdOptions = field(default_factory=RgbdOptions)
    tsdf: TsdfOptions = field(default_factory=TsdfOptions)
    placement: PlacementOptions = field(default_factory=PlacementOptions)

    def __call__(self, product: Product, out_dir: Path, options: ConvertOptions, progress: Progress) -> Report:
        """Convert one product; ``out_dir`` exists and belongs to it."""
        progress.weights = dict(WEIGHTS)
        with progress.stage("capture", "reading frames"):
            capture = load_rgbd(product.path, self.capture, progress)
        with progress.stage("fuse", "fusing depth"):
            model = fuse_rgbd(capture.colors, capture.depths_m, capture.K, capture.poses, self.tsdf, progress)
        with progress.stage("surface", "standing it up"):
            placed = place_product(
                model, capture.colors, capture.depths_m, capture.K, capture.files, self.placement, progress
            )
            dense = drop_loose_parts(placed.mesh)
            box = np.stack([dense.vertices.min(0), dense.vertices.max(0)])
            cameras = Cameras(
                placed.views, dense.vertices[::50], box, placed.ground, Scale("rgbd", DEPTH_TOLERANCE),
                len(placed.views), len(capture.files), 0.0,
            )  # fmt: skip
            limits = options.target.max_triangles
            mesh = simplify(dense, min(limits[0] if limits else UNWRAPPED_TRIANGLES, UNWRAPPED_TRIANGLES))
            (mesh, dense), cameras = place((mesh, dense), cameras, options)
        notes = () if placed.isolated else ("The product could not be told from its surroundings: all of it is kept.",)
        textured, _ = texture_surface(mesh, dense, cameras, options, progress, notes)
        return finish(product.name, out_dir, textured, options, progress, images=capture.verdicts, cameras=cameras)
