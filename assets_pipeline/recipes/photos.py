"""Photos all around a product → asset."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from assets_pipeline.camera import CameraOptions, solve_cameras
from assets_pipeline.capture import CaptureOptions, Product, load_photos
from assets_pipeline.progress import Progress
from assets_pipeline.recipes.finish import finish, mask_source, texture_surface, with_unregistered
from assets_pipeline.recipes.options import ConvertOptions
from assets_pipeline.recipes.place import simplify_and_place
from assets_pipeline.report import Report
from assets_pipeline.segment import SegmentOptions, segment_photos
from assets_pipeline.stereo import StereoOptions, estimate_depth
from assets_pipeline.surface import FuseOptions, HullOptions, carve_hull, drop_loose_parts, fuse
from assets_pipeline.types import Cameras, Capture, Mesh

WEIGHTS: dict[str, float] = {
    "capture": 2, "segment": 23, "camera": 20, "hull": 3, "stereo": 28, "surface": 2, "simplify": 2, "unwrap": 2,
    "texture": 10, "export": 9, "thumbnail": 2,
}  # fmt: skip


@dataclass(frozen=True)
class PhotoRecipe:
    """The steps from photos to an asset, and the settings of each."""

    capture: CaptureOptions = field(default_factory=CaptureOptions)
    segment: SegmentOptions = field(default_factory=SegmentOptions)
    camera: CameraOptions = field(default_factory=CameraOptions)
    hull: HullOptions = field(default_factory=HullOptions)
    stereo: StereoOptions = field(default_factory=StereoOptions)
    fuse: FuseOptions = field(default_factory=FuseOptions)

    def __call__(self, product: Product, out_dir: Path, options: ConvertOptions, progress: Progress) -> Report:
        """Convert one product; ``out_dir`` exists and belongs to it."""
        progress.weights = dict(WEIGHTS)
        with progress.stage("capture", "reading photos"):
            capture = self.load(product, progress)
        return self.convert(product.name, capture, out_dir, options, progress)

    def load(self, product: Product, progress: Progress) -> Capture:
        """The photos of ``product``."""
        return load_photos(product.files, self.capture, progress)

    def convert(
        self, name: str, capture: Capture, out_dir: Path, options: ConvertOptions, progress: Progress
    ) -> Report:
        """Everything after the photos are in memory."""
        cameras = self.solve(capture, options, progress)
        dense = self.reconstruct(cameras, options.device, progress)
        with progress.stage("simplify", "reducing triangles"):
            mesh, dense, cameras = simplify_and_place(dense, cameras, options)
        textured, _ = texture_surface(mesh, dense, cameras, options, progress)
        return finish(
            name, out_dir, textured, options, progress,
            images=with_unregistered(capture.verdicts, cameras), cameras=cameras,
            provenance=(mask_source(self.segment.model),),
        )  # fmt: skip

    def solve(self, capture: Capture, options: ConvertOptions, progress: Progress) -> Cameras:
        """Masks and cameras."""
        with progress.stage("segment", "finding the product"):
            masks = segment_photos(capture.photos, self.segment, progress)
        with progress.stage("camera", "placing the cameras"):
            known = replace(
                self.camera, height_m=options.height_m, width_m=options.width_m, depth_m=options.depth_m,
                marker_m=options.marker_m,
            )  # fmt: skip
            return solve_cameras(capture.photos, masks, known, progress)

    def reconstruct(self, cameras: Cameras, device: str, progress: Progress) -> Mesh:
        """The full-resolution surface, closed, in the frame of ``cameras``."""
        with progress.stage("hull", "carving the outline"):
            hull = carve_hull(cameras, self.hull)
        with progress.stage("stereo", "measuring depth"):
            depths = estimate_depth(cameras, hull.mesh(), self.stereo, device, progress)
        with progress.stage("surface", "fusing depth"):
            return drop_loose_parts(fuse(cameras, depths, hull, self.fuse, progress).mesh())
