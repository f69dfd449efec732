"""Small pieces of HTML and the way numbers are shown, shared by all pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any
from urllib.parse import quote

from assets_pipeline.report import Report

VERDICT_TEXT = {"pass": "Pass", "warn": "Check", "fail": "Fail"}


def page(title: str, root: str, body: str) -> str:
    """A whole page; ``root`` leads from it to the output folder."""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{escape(title)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{root}_viewer/style.css">
<script defer src="{root}_viewer/page.js"></script>
</head>
<body>
{body}
<dialog id="viewer" aria-label="3D preview">
<header><h2></h2><button type="button" class="close" aria-label="Close the preview">✕</button></header>
<div class="stage"></div>
<p class="hint">Drag to turn, scroll or pinch to zoom, two fingers or right button to move. Arrow keys turn too.</p>
</dialog>
</body>
</html>
"""


def url(*parts: str) -> str:
    """A relative link that survives spaces, unicode, ``#`` and ``%`` in names."""
    return "/".join(quote(p) for p in parts)


def badge(report: Report) -> str:
    return f'<span class="badge {report.verdict}">{VERDICT_TEXT[report.verdict]}</span>'


def reasons(report: Report) -> str:
    """Why, and what to do."""
    items = "".join(f"<li>{escape(r)}</li>" for r in report.reasons)
    fix = (
        f'<p class="fix">{escape(report.error.fix)} <code>{escape(report.error.code)}</code></p>'
        if report.error
        else ""
    )
    return f'<ul class="reasons">{items}</ul>{fix}' if items or fix else ""


def table(head: Sequence[str], rows: Iterable[Sequence[str]], numbers: Sequence[int] = ()) -> str:
    """A table from cells that are HTML already; columns in ``numbers`` are set flush right."""

    def cells(tag: str, row: Sequence[str]) -> str:
        return "".join(f"<{tag}{' class=n' if i in numbers else ''}>{c}</{tag}>" for i, c in enumerate(row))

    lines = "".join(f"<tr>{cells('td', r)}</tr>" for r in rows)
    return f'<div class="scroll"><table><thead><tr>{cells("th", head)}</tr></thead><tbody>{lines}</tbody></table></div>'


def size_text(report: Report) -> str:
    """``8.0 × 10.0 × 8.0 cm``, and that it is a guess where it is one."""
    if report.size_m is None:
        return "–"
    text = " × ".join(f"{100 * s:.1f}" for s in report.size_m) + " cm"
    return text if report.scale_source != "unknown" else "size unknown"


def seconds_text(seconds: float | None) -> str:
    if seconds is None:
        return "–"
    return f"{seconds:.1f} s" if seconds < 100 else f"{int(seconds // 60)} min {int(seconds % 60):02d} s"


def mb_text(size_bytes: float) -> str:
    return f"{size_bytes / 1e6:.2f} MB"


def value_text(value: Any) -> str:
    """Any JSON value as HTML, for people."""
    return escape(_words(value))


def _words(value: Any) -> str:
    if value is None or (isinstance(value, dict | list | tuple) and not value):
        return "–"
    match value:
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
        case float():
            return f"{value:,.4g}"
        case dict():
            return ", ".join(f"{k}: {_words(v)}" for k, v in value.items())
        case list() | tuple():
            return ", ".join(map(_words, value))
    return str(value)
