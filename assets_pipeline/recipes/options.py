"""What a caller says about a conversion."""

from __future__ import annotations

from dataclasses import dataclass

from assets_pipeline.errors import InputError
from assets_pipeline.profiles import PROFILES, Profile

SIZE_LIMITS_M = (0.001, 100.0)


@dataclass(frozen=True)
class ConvertOptions:
    """One conversion: the target, the known size, the device."""

    profile: str = "quest3"
    """Name of a target in ``assets_pipeline.profiles.PROFILES``."""
    height_m: float | None = None
    """Known extent along +Y, metres."""
    width_m: float | None = None
    """Known extent along X, metres."""
    depth_m: float | None = None
    """Known extent along Z, metres."""
    marker_m: float | None = None
    """Side of a printed ArUco marker (DICT_4X4_50) that lies beside the product, metres."""
    device: str = "auto"
    """Where dense stereo runs: 'auto', 'cpu' or 'cuda'."""

    def __post_init__(self) -> None:
        if self.profile not in PROFILES:
            raise InputError(
                "UNKNOWN_PROFILE", f"profile={self.profile!r} is not known.", f"Use one of {', '.join(PROFILES)}."
            )
        for name in ("height_m", "width_m", "depth_m", "marker_m"):
            value = getattr(self, name)
            if value is not None and not SIZE_LIMITS_M[0] <= value <= SIZE_LIMITS_M[1]:
                raise InputError(
                    "SIZE_OUT_OF_RANGE",
                    f"{name}={value} is outside {SIZE_LIMITS_M[0]}..{SIZE_LIMITS_M[1]} m.",
                    "Give the size in metres, or with a unit: 12cm, 120mm.",
                )

    @property
    def target(self) -> Profile:
        return PROFILES[self.profile]

    def exact_scale(self, size: tuple[float, float, float]) -> tuple[str, float] | None:
        """Name of the first known dimension and the factor that makes ``size`` (x, y, z) agree with it."""
        known = (("height", self.height_m, size[1]), ("width", self.width_m, size[0]), ("depth", self.depth_m, size[2]))
        for name, wanted, actual in known:
            if wanted is not None and actual > 0:
                return name, wanted / actual
        return None
