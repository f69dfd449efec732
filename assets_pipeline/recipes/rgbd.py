"""Colour and depth frames around a product → asset, metric by itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from assets_pipeline.capture import Product, RgbdCapture, RgbdOptions, load_rgbd
from assets_pipeline.progress import Progress
from assets_pipeline.recipes.finish import finish, texture_surface
from assets_pipeline.recipes.options import ConvertOptions
from assets_pipeline.recipes.place import simplify_and_place
from assets_pipeline.report import Report
from assets_pipeline.surface import FuseOptions, HullOptions, carve_hull, drop_loose_parts, fuse
from assets_pipeline.surface.placement import PlacementOptions, RgbdProduct, place_product
from assets_pipeline.surface.tsdf import TsdfOptions, fuse_rgbd
from assets_pipeline.types import Cameras, Mesh, Scale

WEIGHTS: dict[str, float] = {
    "capture": 2,
    "fuse": 25,
    "surface": 10,
    "unwrap": 10,
    "texture": 15,
    "export": 20,
    "thumbnail": 3,
}
DEPTH_TOLERANCE = 0.02  # of consumer depth cameras at arm's length
BOX_MARGIN = 0.02  # of the longest side: no layer of the grid then lies in the table, where the level set is flat
WHOLE_SCENE = "The product could not be told from its surroundings, so all of them are kept. Film it alone on a table."


@dataclass(frozen=True)
class RgbdRecipe:
    """The steps from RGB-D frames to an asset, and the settings of each."""

    capture: RgbdOptions = field(default_factory=RgbdOptions)
    tsdf: TsdfOptions = field(default_factory=TsdfOptions)
    placement: PlacementOptions = field(default_factory=PlacementOptions)
    hull: HullOptions = field(default_factory=HullOptions)
    fuse: FuseOptions = field(default_factory=FuseOptions)

    def __call__(self, product: Product, out_dir: Path, options: ConvertOptions, progress: Progress) -> Report:
        """Convert one product; ``out_dir`` exists and belongs to it."""
        progress.weights = WEIGHTS
        with progress.stage("capture", "reading frames"):
            capture = load_rgbd(product.path, self.capture, progress)
        with progress.stage("fuse", "fusing depth"):
            model = fuse_rgbd(capture.colors, capture.depths_m, capture.K, capture.poses, self.tsdf, progress)
        with progress.stage("surface", "standing it up"):
            placed = place_product(
                model, capture.colors, capture.depths_m, capture.K, capture.files, self.placement, progress
            )
            cameras = _cameras(placed, capture)
            dense = self.closed(placed, cameras, progress) if placed.isolated else placed.mesh
            mesh, dense, cameras = simplify_and_place(dense, cameras, options)
        notes = () if placed.isolated else (WHOLE_SCENE,)
        textured, _ = texture_surface(mesh, dense, cameras, options, progress, notes)
        return finish(product.name, out_dir, textured, options, progress, images=capture.verdicts, cameras=cameras)

    def closed(self, placed: RgbdProduct, cameras: Cameras, progress: Progress) -> Mesh:
        """The surface of an isolated product, closed by its outlines and its table where nothing was measured."""
        hull = carve_hull(cameras, self.hull)
        return drop_loose_parts(fuse(cameras, placed.depths, hull, self.fuse, progress).mesh())


def _cameras(placed: RgbdProduct, capture: RgbdCapture) -> Cameras:
    vertices = placed.mesh.vertices
    margin = BOX_MARGIN * placed.mesh.size.max()
    box = np.stack([vertices.min(0) - margin, vertices.max(0) + margin])
    count = len(capture.files)
    return Cameras(
        placed.views, vertices[:: max(1, len(vertices) // 5000)], box, placed.isolated,
        Scale("rgbd", DEPTH_TOLERANCE), count, count, 0.0,
    )  # fmt: skip
