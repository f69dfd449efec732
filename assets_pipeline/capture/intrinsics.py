"""Camera matrix from ``intrinsics.json``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from assets_pipeline.errors import InputError
from assets_pipeline.types import Array

_NAMES = ("intrinsics.json", "intrinsic.json", "camera_intrinsic.json")
_FIX = 'Write intrinsics.json: {"fx": …, "fy": …, "cx": …, "cy": …} in pixels.'


def read_intrinsics(folder: Path, given: tuple[float, float, float, float] | None) -> Array:
    """(3, 3) float64 from ``given`` (fx, fy, cx, cy) or the folder's JSON file.

    The file holds ``{"fx", "fy", "cx", "cy"}``, ``{"K": 3×3 rows}`` or Open3D's ``intrinsic_matrix`` (nine numbers,
    column by column).

    Raises:
        InputError: INTRINSICS_MISSING, INTRINSICS_BAD.
    """
    if given is not None:
        return _checked(_matrix(*given))
    file = next((folder / name for name in _NAMES if (folder / name).is_file()), None)
    if file is None:
        raise InputError("INTRINSICS_MISSING", f"{folder.name!r} has no {_NAMES[0]}.", _FIX)
    try:
        return _checked(_parse(json.loads(file.read_text("utf-8"))))
    except (ValueError, TypeError, KeyError) as error:
        raise InputError("INTRINSICS_BAD", f"{file.name} cannot be understood: {error}.", _FIX) from error


def _parse(data: dict[str, Any]) -> Array:
    if "intrinsic_matrix" in data:
        return np.asarray(data["intrinsic_matrix"], np.float64).reshape(3, 3).T
    if "K" in data:
        return np.asarray(data["K"], np.float64).reshape(3, 3)
    return _matrix(*(float(data[key]) for key in ("fx", "fy", "cx", "cy")))


def _matrix(fx: float, fy: float, cx: float, cy: float) -> Array:
    return np.array([[fx, 0.0, cx], [0.0, fy, cy], [0.0, 0.0, 1.0]])


def _checked(K: Array) -> Array:
    if not np.isfinite(K).all() or min(K[0, 0], K[1, 1], K[0, 2], K[1, 2]) <= 0 or not np.allclose(K[2], [0, 0, 1]):
        raise InputError("INTRINSICS_BAD", f"The camera matrix is {K.tolist()}.", _FIX)
    return K
