"""The page of a whole run: every product with its picture, verdict and reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape
from pathlib import Path

from assets_pipeline.pages.html import VERDICT_TEXT, badge, mb_text, page, reasons, seconds_text, size_text, url
from assets_pipeline.report import Report


def index_html(reports: Sequence[Report], out_dir: Path, has_viewer: bool) -> str:
    """``out_dir`` tells which thumbnails and models exist."""
    counts = Counter(str(r.verdict) for r in reports)
    total_s = sum(r.timings_s.get("total", 0.0) for r in reports)
    choices = "".join(
        f'<label class="{key}"><input type="radio" name="verdict" value="{key}"{" checked" if not key else ""}>'
        f"{text} <b>{len(reports) if not key else counts[key]}</b></label>"
        for key, text in (("", "All"), *VERDICT_TEXT.items())
    )
    note = "" if has_viewer else '<p class="note">The 3D preview is not installed: run <code>make setup</code>.</p>'
    body = f"""<header class="top">
<div><h1>{escape(out_dir.name)}</h1><p>{len(reports)} products · {seconds_text(total_s)} of work</p></div>
<form class="filter" role="search">
<fieldset aria-label="Verdict">{choices}</fieldset>
<input type="search" name="text" placeholder="Search names and reasons" aria-label="Search names and reasons">
<select name="order" aria-label="Order">
<option value="name">By name</option><option value="verdict">Problems first</option>
<option value="seconds">Slowest first</option><option value="bytes">Largest first</option></select>
</form></header>
<main>{note}<div class="grid">{"".join(_card(r, out_dir, has_viewer) for r in reports)}</div>
<p class="none" hidden>No product matches.</p></main>"""
    return page(f"{out_dir.name} · Showfloor", "", body)


def _card(r: Report, out_dir: Path, has_viewer: bool) -> str:
    folder = out_dir / r.name
    name = escape(r.name)
    size = r.bytes[0] if r.bytes else 0
    picture = f'<img src="{url(r.name, "thumbnail.png")}" alt="" loading="lazy">'
    if not (folder / "thumbnail.png").is_file():
        picture = '<span class="empty">no picture</span>'
    if has_viewer and (folder / f"{r.name}.glb").is_file():
        model = url("_viewer", "models", f"{r.name}.js")
        picture = (
            f'<button type="button" class="picture" data-model="{model}" data-name="{name}" '
            f'aria-label="Show {name} in 3D">{picture}<span class="turn">3D</span></button>'
        )
    else:
        picture = f'<div class="picture">{picture}</div>'
    facts = [size_text(r)]
    if r.triangles:
        facts.append(f"{r.triangles[0]:,} triangles")
    if size:
        facts.append(mb_text(size))
    facts.append(seconds_text(r.timings_s.get("total")))
    words = escape(" ".join((r.name, r.error.code if r.error else "", *r.reasons)).casefold())
    return f"""<article class="card" data-verdict="{r.verdict}" data-text="{words}" data-name="{name}"
 data-seconds="{r.timings_s.get("total", 0):.3f}" data-bytes="{size}">
{picture}<div class="body"><h2><a href="{url(r.name, "report.html")}">{name}</a>{badge(r)}</h2>
<p class="facts">{" · ".join(facts)}</p>{reasons(r)}</div></article>"""
