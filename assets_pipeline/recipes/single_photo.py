"""One photo → an honest guess, marked as one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from assets_pipeline.capture import CaptureOptions, Product, read_photo
from assets_pipeline.errors import CaptureError
from assets_pipeline.progress import Progress
from assets_pipeline.recipes.finish import Textured, finish, mask_source
from assets_pipeline.recipes.options import ConvertOptions
from assets_pipeline.report import Report
from assets_pipeline.segment import SegmentOptions, segment_photos
from assets_pipeline.surface import is_watertight
from assets_pipeline.surface.relief import ReliefGenerator, SingleImageGenerator
from assets_pipeline.texture import limit_luminance
from assets_pipeline.types import ImageVerdict, Mesh, Scale

WEIGHTS: dict[str, float] = {"capture": 1, "segment": 3, "surface": 5, "export": 20, "thumbnail": 3}
GUESS = "Made from one photo: the depth and everything behind are guessed. Take 30 photos all around for a real model."
MIN_PRODUCT_SHARE = 0.01  # of the photo's area


@dataclass(frozen=True)
class SinglePhotoRecipe:
    """The steps from one photo to an asset; ``generator`` may be a learned one."""

    capture: CaptureOptions = field(default_factory=CaptureOptions)
    segment: SegmentOptions = field(default_factory=SegmentOptions)
    generator: SingleImageGenerator = field(default_factory=ReliefGenerator)

    def __call__(self, product: Product, out_dir: Path, options: ConvertOptions, progress: Progress) -> Report:
        """Convert one product; ``out_dir`` exists and belongs to it."""
        progress.weights = dict(WEIGHTS)
        with progress.stage("capture", "reading the photo"):
            photo = read_photo(product.files[0], self.capture)
        with progress.stage("segment", "finding the product"):
            mask = segment_photos([photo], self.segment, progress)[0]
        share = float((mask > 127).mean())
        if share < MIN_PRODUCT_SHARE:
            raise CaptureError(
                "NO_PRODUCT",
                f"What stands out from the background in {photo.file!r} covers {100 * share:.1f} % of the photo; at "
                f"least {100 * MIN_PRODUCT_SHARE:g} % are needed.",
                "Photograph the product alone, larger, against a background of another colour.",
            )
        with progress.stage("surface", "guessing the shape"):
            mesh, material = self.generator.generate(photo, mask)
            material = replace(material, base_color=np.rint(limit_luminance(material.base_color)).astype(np.uint8))
            size = mesh.size
            exact = options.exact_scale((float(size[0]), float(size[1]), float(size[2])))
            scale = Scale()
            if exact is not None:
                mesh = replace(mesh, vertices=mesh.vertices * exact[1])
                scale = Scale(exact[0], None)
        textured = Textured(mesh, material, is_watertight(_welded(mesh)), scale, {}, (GUESS,))
        return finish(
            product.name, out_dir, textured, options, progress,
            images=(ImageVerdict(photo.file, True),), provenance=(mask_source(self.segment.model),),
        )  # fmt: skip


def _welded(mesh: Mesh) -> Mesh:
    """``mesh`` without the cuts that its texture coordinates make, and without triangles that have no area."""
    points, index = np.unique(mesh.vertices, axis=0, return_inverse=True)
    faces = index.reshape(-1)[mesh.faces]
    return Mesh(points, faces[(faces != np.roll(faces, 1, axis=1)).all(1)])
