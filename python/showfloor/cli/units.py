"""Lengths as people write them."""

from __future__ import annotations

import math
import re

from assets_pipeline.errors import InputError

METRES = {"": 1.0, "m": 1.0, "cm": 0.01, "mm": 0.001, "in": 0.0254}


def metres(text: str) -> float:
    """``0.12m``, ``12cm``, ``120 mm``, ``4.7in`` or ``0.12`` (metres); raises ``InputError`` LENGTH_INVALID."""
    match = re.fullmatch(r"([0-9]*[.,]?[0-9]+)\s*([a-z]*)", text.strip().lower())
    value = math.nan
    if match and match[2] in METRES:
        value = float(match[1].replace(",", ".")) * METRES[match[2]]
    if not value > 0:
        raise InputError(
            "LENGTH_INVALID", f"'{text}' is not a length above 0.", "Write it like 0.12m, 12cm, 120mm or 4.7in."
        )
    return value
