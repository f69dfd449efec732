"""Options of camera solving."""

from __future__ import annotations

from dataclasses import dataclass

from assets_pipeline.errors import InputError


@dataclass(frozen=True)
class CameraOptions:
    """How photos are matched and solved, and where the metric size comes from."""

    max_side_px: int = 1600  # photos are scaled down to this longer side for matching
    max_features: int = 3000  # SIFT features per photo
    neighbours: int = 12  # photos that each is matched with: those whose largest features resemble it most
    min_registered: int = 5  # fewer solved photos are an error
    min_registered_share: float = 0.3  # a smaller share of solved photos is an error
    threads: int = 2  # worker threads at most
    seed: int = 1  # of every random choice
    height_m: float | None = None  # known size along +Y, metres
    width_m: float | None = None  # known size along X, metres
    depth_m: float | None = None  # known size along Z, metres
    marker_m: float | None = None  # side of a printed ArUco DICT_4X4_50 marker, metres

    def __post_init__(self) -> None:
        for name in ("height_m", "width_m", "depth_m", "marker_m"):
            value = getattr(self, name)
            if value is not None and not 1e-4 < value < 1e3:
                raise InputError("BAD_OPTION", f"{name} is {value}, not within 0.0001–1000 m.", "Give metres.")
        for name, low in (("max_side_px", 200), ("max_features", 200), ("threads", 1), ("neighbours", 2)):
            if getattr(self, name) < low:
                raise InputError("BAD_OPTION", f"{name} is {getattr(self, name)}, below {low}.", f"Give {low} or more.")
        if self.min_registered < 3:
            raise InputError("BAD_OPTION", f"min_registered is {self.min_registered}, below 3.", "Give 3 or more.")
        if not 0 <= self.min_registered_share <= 1:
            raise InputError(
                "BAD_OPTION", f"min_registered_share is {self.min_registered_share}, not within 0–1.", "Give a share."
            )
