"""The list of known attempts to give the assistant orders."""

from __future__ import annotations

import re
from pathlib import Path


def injections() -> list[str]:
    """The texts of ``injections.txt`` with their escapes resolved."""
    lines = (Path(__file__).parent / "injections.txt").read_text(encoding="utf-8").splitlines()
    return [
        re.sub(r"\\u([0-9A-Fa-f]{4})", lambda m: chr(int(m[1], 16)), line).replace("\\n", "\n")
        for line in lines
        if line.strip() and not line.startswith("# ")
    ]
