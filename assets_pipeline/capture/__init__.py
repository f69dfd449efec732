"""Photos, video frames and RGB-D pictures, read and judged."""

from assets_pipeline.capture.image import read_photo
from assets_pipeline.capture.inputs import Product, find_products, safe_name
from assets_pipeline.capture.options import CaptureOptions, RgbdOptions
from assets_pipeline.capture.photos import load_photos
from assets_pipeline.capture.rgbd import RgbdCapture, load_rgbd
from assets_pipeline.capture.video import load_video

__all__ = [
    "CaptureOptions",
    "Product",
    "RgbdCapture",
    "RgbdOptions",
    "find_products",
    "load_photos",
    "load_rgbd",
    "load_video",
    "read_photo",
    "safe_name",
]
