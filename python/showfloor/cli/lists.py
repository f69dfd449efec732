"""The commands that print a list: profiles, scores; and the form of their tables."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

FOLDED = frozenset({"Name", "Title", "Category", "Scopes", "Why", "Said", "Asset, step or problem"})


def print_profiles(as_json: bool) -> None:
    from assets_pipeline.profiles import PROFILES

    if as_json:
        print(json.dumps([asdict(p) for p in PROFILES.values()]))
        return
    table = table_of("Profile", "File ≤", "Triangles LOD 0 / 1 / 2", "Texture ≤", "Geometry", "Textures")
    for p in PROFILES.values():
        table.add_row(
            p.name,
            f"{p.max_file_mb:g} MB" if p.max_file_mb else "–",
            " / ".join(f"{t / 1000:g}k" for t in p.max_triangles) if p.max_triangles else "–",
            f"{p.max_texture_px} px" if p.max_texture_px else "–",
            "quantised, meshopt" if p.meshopt else "plain",
            "KTX2" if p.ktx2 else "JPEG/PNG",
        )
    Console().print(table)


def print_score(mesh: Path, cameras: Path, truth: Path, as_json: bool) -> None:
    from assets_pipeline.score import score

    s = score(mesh, cameras, truth)
    if as_json:
        print(json.dumps(asdict(s)))
        return
    table = table_of("Within", "Precision", "Recall", "F")
    for t, p, r, f in zip(s.thresholds, s.precision, s.recall, s.f, strict=True):
        table.add_row(f"{100 * t:g} % of the diagonal", f"{p:.3f}", f"{r:.3f}", f"{f:.3f}")
    console = Console()
    console.print(table)
    console.print(
        f"Accuracy {s.accuracy_mm:.2f} mm, completeness {s.completeness_mm:.2f} mm, "
        f"camera centres {s.camera_rmse_mm:.2f} mm RMSE over {s.cameras} photos."
    )


def print_rows(columns: Sequence[str], rows: Sequence[Sequence[str | Text]], empty: str) -> None:
    """A table that folds the columns in ``FOLDED`` where the terminal is narrow; ``empty`` when there are no rows."""
    console = Console()
    if not rows:
        console.print(empty)
        return
    table = table_of(*columns)
    for column in table.columns:
        column.no_wrap = column.header not in FOLDED
        column.overflow = "fold"
        column.min_width = None if column.no_wrap else 8
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text(cell) for cell in row))
    console.print(table)


def table_of(*columns: str) -> Table:
    table = Table(box=None, header_style="dim", padding=(0, 2, 0, 0))
    for c in columns:
        table.add_column(c)
    return table
