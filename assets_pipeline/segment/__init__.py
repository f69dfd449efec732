"""Foreground masks."""

from assets_pipeline.segment.masks import segment_photos
from assets_pipeline.segment.options import SegmentOptions

__all__ = ["SegmentOptions", "segment_photos"]
