"""Structure from motion: where each photo was taken, in the product's own metric frame."""

from assets_pipeline.camera.align import aligned_rmse, umeyama
from assets_pipeline.camera.options import CameraOptions
from assets_pipeline.camera.reframe import reframe
from assets_pipeline.camera.solve import solve_cameras

__all__ = ["CameraOptions", "aligned_rmse", "reframe", "solve_cameras", "umeyama"]
