"""The page of one product: everything report.json says, for people."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from assets_pipeline.pages.html import (
    badge,
    mb_text,
    page,
    reasons,
    seconds_text,
    size_text,
    table,
    url,
    value_text,
)
from assets_pipeline.report import Report

QUALITY_TEXT = {
    "holdout_psnr_db": "Likeness of photos kept back (PSNR, dB)",
    "holdout_ssim": "Likeness of photos kept back (SSIM)",
    "label_ncc": "Small print, photo against model (correlation)",
    "watertight": "Closed surface",
    "visible_texel_fraction": "Texture seen by a photo (fraction)",
}
OK, NOT_OK = '<span class="ok">✓ ok</span>', '<span class="bad">✗ over</span>'


def product_html(r: Report, folder: Path, has_preview: bool) -> str:
    """``folder`` tells which files exist."""
    sections = [
        ("Size", _size(r)),
        ("Budget", _budget(r)),
        ("Levels of detail", _levels(r)),
        ("Textures", _textures(r)),
        ("Quality", _pairs({QUALITY_TEXT.get(k, k): v for k, v in r.quality.items()})),
        ("Cameras", _pairs(_words(r.camera))),
        ("glTF validator", _pairs(_words(r.validator))),
        ("Commerce audit", _pairs(_words(r.audit))),
        ("Time", _timings(r)),
        ("Photos", _images(r)),
        ("Made with", _provenance(r)),
        ("Files", _files(r, folder)),
    ]
    shown = "".join(
        f'<section class="{"wide" if title == "Photos" else ""}"><h2>{title}</h2>{html}</section>'
        for title, html in sections
        if html
    )
    name = escape(r.name)
    profile = f"Profile <b>{escape(r.profile)}</b>" if r.profile else ""
    body = f"""<header class="top"><div><p><a href="../index.html">← All products</a></p>
<h1>{name} {badge(r)}</h1><p>{profile} · {size_text(r)} · {seconds_text(r.timings_s.get("total"))}</p></div></header>
<main class="product"><div class="hero">{_picture(r, folder, has_preview)}<div>
{reasons(r) or "<p>Nothing to complain about.</p>"}</div></div><div class="sections">{shown}</div></main>"""
    return page(f"{r.name} · Showfloor", "../", body)


def _picture(r: Report, folder: Path, has_preview: bool) -> str:
    name = escape(r.name)
    image = (
        f'<img src="thumbnail.png" alt="{name}">'
        if (folder / "thumbnail.png").is_file()
        else '<span class="empty">no picture</span>'
    )
    if not has_preview:
        return f'<div class="picture">{image}</div>'
    model = url("..", "_viewer", "models", f"{r.name}.js")
    return (
        f'<button type="button" class="picture" data-model="{model}" data-name="{name}" aria-label="Show in 3D">'
        f'{image}<span class="turn">3D</span></button>'
    )


def _size(r: Report) -> str:
    if r.size_m is None:
        return ""
    names = ("Width (x)", "Height (y)", "Depth (z)")
    rows = [(n, f"{1000 * s:.1f} mm") for n, s in zip(names, r.size_m, strict=True)]
    rows.append(("Known from", escape(r.scale_source)))
    rows.append(("Tolerance", "–" if r.scale_tolerance is None else f"± {100 * r.scale_tolerance:.1f} %"))
    return table(("", ""), rows, (1,))


def _budget(r: Report) -> str:
    rows = []
    for name, b in r.budget.items():
        limit, value = b.get("limit"), b.get("value")
        share = ""
        if isinstance(limit, int | float) and isinstance(value, int | float) and limit:
            share = f'<meter max="{limit}" value="{value}" title="{100 * value / limit:.0f} %"></meter>'
        rows.append((escape(_label(name)), value_text(value), value_text(limit), share, OK if b.get("ok") else NOT_OK))
    return table(("", "Value", "Limit", "", ""), rows, (1, 2)) if rows else ""


def _levels(r: Report) -> str:
    rows = [(f"LOD {i}", f"{t:,}", mb_text(r.bytes[i]) if i < len(r.bytes) else "–") for i, t in enumerate(r.triangles)]
    return table(("", "Triangles", "File"), rows, (1, 2)) if rows else ""


def _textures(r: Report) -> str:
    rows = [
        (
            escape(str(t.get("role", ""))),
            f"{t.get('width')} × {t.get('height')}",
            escape(str(t.get("encoding", ""))),
            mb_text(t.get("bytes") or 0),
        )
        for t in r.textures
    ]
    return table(("Role", "Pixels", "Encoding", "Size"), rows, (1, 3)) if rows else ""


def _timings(r: Report) -> str:
    longest = max((s for k, s in r.timings_s.items() if k != "total"), default=0.0)
    rows = [
        (escape(_label(k)), f"{s:.1f} s", f'<meter max="{longest or 1:.3f}" value="{s:.3f}"></meter>')
        for k, s in r.timings_s.items()
        if k != "total"
    ]
    rows.append(("<b>Total</b>", f"<b>{seconds_text(r.timings_s.get('total'))}</b>", ""))
    if r.peak_memory_mb:
        rows.append(("Peak memory", f"{r.peak_memory_mb:,.0f} MB", ""))
    return table(("", "", ""), rows, (1,)) if r.timings_s else ""


def _images(r: Report) -> str:
    if not r.images:
        return ""
    used = [i for i in r.images if i.get("used")]
    left_out = [i for i in r.images if not i.get("used")]

    def rows(images: list[dict[str, Any]]) -> str:
        return table(
            ("File", ""), [(escape(str(i.get("file", ""))), escape(str(i.get("reason") or ""))) for i in images]
        )

    refused = f"<p>{len(left_out)} left out</p>{rows(left_out)}" if left_out else ""
    return f"{refused}<details><summary>{len(used)} of {len(r.images)} used</summary>{rows(used)}</details>"


def _provenance(r: Report) -> str:
    rows = [
        (
            escape(str(p.get("name", ""))),
            escape(str(p.get("version", ""))),
            escape(str(p.get("licence", ""))),
            "yes" if p.get("commercial") else '<span class="bad">no</span>',
        )
        for p in r.provenance
    ]
    return table(("Tool or model", "Version", "Licence", "Commercial use"), rows) if rows else ""


def _files(r: Report, folder: Path) -> str:
    names = sorted({*r.files, "report.json"})
    links = [
        f'<li><a href="{url(*n.split("/"))}">{escape(n)}</a> {mb_text((folder / n).stat().st_size)}</li>'
        for n in names
        if (folder / n).is_file()
    ]
    return f'<ul class="files">{"".join(links)}</ul>'


def _pairs(values: Mapping[str, Any]) -> str:
    return table(("", ""), [(escape(k), value_text(v)) for k, v in values.items()], (1,)) if values else ""


def _words(values: Mapping[str, Any]) -> dict[str, Any]:
    return {_label(k): v for k, v in values.items()}


def _label(key: str) -> str:
    text = key.replace("_", " ")
    return text[:1].upper() + text[1:]
