"""Focal length from EXIF, believed only where it makes sense."""

from __future__ import annotations

import math

from PIL import Image

_EXIF_IFD = 0x8769
_FOCAL_LENGTH_MM = 0x920A
_FOCAL_LENGTH_35MM = 0xA405
_PIXEL_X = 0xA002
_PIXEL_Y = 0xA003
_PLANE_X_RESOLUTION = 0xA20E
_PLANE_UNIT = 0xA210
_UNIT_MM = {2: 25.4, 3: 10.0, 4: 1.0, 5: 0.001}
_FULL_FRAME_DIAGONAL_MM = math.hypot(36.0, 24.0)
_ASPECT_TOLERANCE = 0.03


def focal_px(exif: Image.Exif, width: int, height: int, fov_deg: tuple[float, float]) -> float | None:
    """Focal length in pixels of a ``width`` × ``height`` picture; None where EXIF is silent, lies, or was cropped.

    The 35 mm equivalent refers to the diagonal (CIPA DCG-001). ``fov_deg`` is the believable diagonal field of view.
    """
    tags = exif.get_ifd(_EXIF_IFD)
    taken = _number(tags.get(_PIXEL_X)), _number(tags.get(_PIXEL_Y))
    if min(taken) > 0 and _cropped((max(taken), min(taken)), (max(width, height), min(width, height))):
        return None
    diagonal = math.hypot(width, height)
    equivalent = _number(tags.get(_FOCAL_LENGTH_35MM))
    candidates = [equivalent / _FULL_FRAME_DIAGONAL_MM * diagonal]
    unit = _UNIT_MM.get(int(_number(tags.get(_PLANE_UNIT))))
    if unit:
        original = max(taken) if max(taken) > 0 else max(width, height)
        per_mm = _number(tags.get(_PLANE_X_RESOLUTION)) / unit
        candidates.append(_number(tags.get(_FOCAL_LENGTH_MM)) * per_mm * max(width, height) / original)
    for focal in candidates:
        if focal > 0 and fov_deg[0] <= math.degrees(2 * math.atan(diagonal / 2 / focal)) <= fov_deg[1]:
            return focal
    return None


def _cropped(taken: tuple[float, float], now: tuple[float, float]) -> bool:
    return abs((taken[0] / taken[1]) / (now[0] / now[1]) - 1.0) > _ASPECT_TOLERANCE


def _number(value: object) -> float:
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, ZeroDivisionError):
        return 0.0
    return number if math.isfinite(number) else 0.0
