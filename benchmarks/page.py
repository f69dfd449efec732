"""The page of results: each script replaces what stands between its own two marks in ``README.md``."""

from __future__ import annotations

import os
import platform
from datetime import date
from pathlib import Path

README = Path(__file__).with_name("README.md")
_LOAD = os.getloadavg()[0]


def measured() -> str:
    """When and where: «Measured 2026-11-22, 2 cores, x86_64, Python 3.11.7, load before the run 0.3.»"""
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    return f"Measured {date.today()}, {machine}, load before the run {_LOAD:.1f}."


def put(script: str, text: str) -> None:
    """Replace the results of ``script``: a file name, as ``run.py``.

    Raises:
        SystemExit: The page has no marks of this script.
    """
    begin, end = f"<!-- measured by {script} -->", f"<!-- end of {script} -->"
    page = README.read_text("utf-8")
    before, found, rest = page.partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise SystemExit(f"{README} has no place for the results: add the lines {begin} and {end}.")
    README.write_text(f"{before}{begin}\n\n{text.strip()}\n\n{end}{after}", "utf-8")
