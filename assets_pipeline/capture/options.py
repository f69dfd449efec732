"""Options of the capture step."""

from __future__ import annotations

from dataclasses import dataclass

from assets_pipeline.errors import InputError


@dataclass(frozen=True)
class CaptureOptions:
    """What is read and what is refused."""

    max_side_px: int = 2048
    """Photos with a longer side are scaled down to it."""
    min_side_px: int = 240
    """Photos with a shorter side are refused."""
    max_pixels: int = 170_000_000
    """Files with more pixels are refused before they are decoded."""
    min_photos: int = 8
    """Fewest usable photos of a capture."""
    min_sharpness: float = 0.34
    """Least sharpness (see ``quality.sharpness``) of a photo."""
    min_relative_sharpness: float = 0.55
    """Least sharpness as a part of the capture's median."""
    duplicate_difference: float = 0.5
    """Mean grey-level difference (0..255) below which a photo repeats its predecessor."""
    dark_level: int = 40
    """A photo whose brightest half percent is darker than this grey level is too dark."""
    bright_level: int = 225
    """A photo whose darkest half percent is brighter than this grey level is too bright."""
    min_fov_deg: float = 10.0
    """EXIF focal lengths that give a smaller diagonal field of view are not believed."""
    max_fov_deg: float = 120.0
    """EXIF focal lengths that give a larger diagonal field of view are not believed."""
    video_frames: int = 40
    """Frames taken from a video."""

    def __post_init__(self) -> None:
        _at_least("max_side_px", self.max_side_px, self.min_side_px)
        _at_least("min_side_px", self.min_side_px, 1)
        _at_least("max_pixels", self.max_pixels, 1)
        _at_least("min_photos", self.min_photos, 1)
        _at_least("video_frames", self.video_frames, 1)
        _at_least("min_sharpness", self.min_sharpness, 0.0)
        _at_least("max_fov_deg", self.max_fov_deg, self.min_fov_deg)


@dataclass(frozen=True)
class RgbdOptions:
    """How an RGB-D folder is read."""

    intrinsics: tuple[float, float, float, float] | None = None
    """(fx, fy, cx, cy) in pixels; None reads intrinsics.json in the folder."""
    depth_unit_m: float = 0.001
    """Metres per step of the 16-bit depth pictures."""
    min_frames: int = 3
    """Fewest usable pairs of colour and depth."""

    def __post_init__(self) -> None:
        _at_least("min_frames", self.min_frames, 1)
        if self.depth_unit_m <= 0:
            raise InputError("BAD_OPTION", f"depth_unit_m is {self.depth_unit_m}.", "Use a positive number of metres.")


def _at_least(name: str, value: float, least: float) -> None:
    if value < least:
        raise InputError("BAD_OPTION", f"{name} is {value}, the least is {least}.", f"Set {name} to {least} or more.")
