"""The pages: everything a report says is on them, whatever the names, and the 3D preview loads from disk."""

from __future__ import annotations

import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pytest
from PIL import Image

from assets_pipeline.errors import CaptureError
from assets_pipeline.gltf.export import ExportOptions, export_asset
from assets_pipeline.pages import Pages, write_pages
from assets_pipeline.profiles import PROFILES
from assets_pipeline.report import Report
from assets_pipeline.types import Asset, Material, Mesh

sys.path.insert(0, str(Path(__file__).parent))
from browser import Browser, find_chromium

NAMES = ("tin", "Dose grün #1 100%", 'a "quoted" <b>')
GLB = b"glTF pretend"


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [v for k, v in attrs if k in ("src", "href", "data-model") and v]


def links(page: Path) -> list[str]:
    parser = Links()
    parser.feed(page.read_text())
    return [link for link in parser.links if not link.startswith("data:")]


def make_product(out: Path, name: str, glb: bytes = GLB) -> Report:
    (out / name).mkdir(parents=True)
    (out / name / f"{name}.glb").write_bytes(glb)
    Image.fromarray(np.full((8, 8, 3), 200, np.uint8)).save(out / name / "thumbnail.png")
    report = Report(
        name,
        "quest3",
        "warn",
        reasons=("Only 60 % <seen>.",),
        size_m=(0.08, 0.1, 0.08),
        scale_source="height",
        scale_tolerance=0.01,
        triangles=(59_960, 19_996),
        bytes=(3_400_000, 1_000_000),
        budget={
            "file_mb": {"limit": 5.0, "value": 3.4, "ok": True},
            "triangles": {"limit": 1, "value": 2, "ok": False},
        },
        images=({"file": "7.jpg", "used": False, "reason": "blurred"}, {"file": "8.jpg", "used": True, "reason": ""}),
        audit={"materials": {"value": 1, "limit": 5}},
        timings_s={"stereo": 31.5, "total": 101.0},
        provenance=({"name": "pycolmap", "version": "4.2.1", "licence": "BSD-3-Clause", "commercial": True},),
        files=(f"{name}.glb", "thumbnail.png"),
    )
    report.write(out / name)
    return report


def test_every_link_leads_somewhere(tmp_path: Path) -> None:
    for name in NAMES:
        make_product(tmp_path, name)
    index = write_pages(tmp_path)
    pages = [index, *(tmp_path / n / "report.html" for n in NAMES)]
    for page in pages:
        for link in links(page):
            assert (page.parent / unquote(link)).resolve().is_file(), f"{page}: {link}"
            assert not re.match(r"[a-z]+:", link)


def test_the_pages_say_what_the_report_says(tmp_path: Path) -> None:
    make_product(tmp_path, NAMES[2])
    failed = Report.failure("two", "quest3", CaptureError("TOO_FEW_PHOTOS", "Only 2 photos.", "Take 30."))
    (tmp_path / "two").mkdir()
    failed.write(tmp_path / "two")
    index = write_pages(tmp_path).read_text()
    for text in ("8.0 × 10.0 × 8.0 cm", "59,960 triangles", "3.40 MB", "1 min 41 s", "TOO_FEW_PHOTOS", "Take 30."):
        assert text in index
    assert "&lt;b&gt;" in index
    assert "<b>" not in re.findall(r"<h2>.*?</h2>", index)[0]
    page = (tmp_path / NAMES[2] / "report.html").read_text()
    for text in (
        "Only 60 % &lt;seen&gt;.",
        "✓ ok",
        "✗ over",
        "blurred",
        "31.5 s",
        "BSD-3-Clause",
        "value: 1, limit: 5",
    ):
        assert text in page


def test_products_appear_as_they_end_beside_those_of_earlier_runs(tmp_path: Path) -> None:
    make_product(tmp_path, "early")
    pages = Pages(tmp_path)
    pages.add(make_product(tmp_path, "late"))
    index = (tmp_path / "index.html").read_text()
    assert "early/report.html" in index
    assert "late/report.html" in index


def test_without_the_node_parts_the_page_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOWFLOOR_NODE_DIR", str(tmp_path / "nowhere"))
    make_product(tmp_path, "tin")
    index = write_pages(tmp_path).read_text()
    assert "make setup" in index
    assert "data-model=" not in index


def textured_sphere(out_dir: Path, name: str) -> bytes:
    """A GLB as Showfloor ships it: quantised, meshopt, KTX2."""
    u, v = np.meshgrid(np.linspace(0, 1, 33), np.linspace(0, 1, 17))
    around, down = 2 * np.pi * u, np.pi * v
    vertices = np.stack([np.sin(down) * np.cos(around), np.cos(down), -np.sin(down) * np.sin(around)], -1).reshape(
        -1, 3
    )
    corner = (np.arange(16)[:, None] * 33 + np.arange(32)).ravel()
    faces = np.concatenate(
        [np.stack([corner, corner + 33, corner + 1], 1), np.stack([corner + 1, corner + 33, corner + 34], 1)]
    )
    mesh = Mesh(
        (0.05 * vertices).astype(np.float32),
        faces.astype(np.int32),
        np.stack([u, v], -1).reshape(-1, 2).astype(np.float32),
        vertices.astype(np.float32),
    )
    stripes = np.where((np.arange(256) // 32 % 2)[None, :, None], (240, 200, 80), (200, 60, 50)).astype(np.uint8)
    asset = Asset(name, (mesh,), Material(np.repeat(stripes, 256, 0)))
    export_asset(asset, out_dir, PROFILES["quest3"], ExportOptions(validate=False))
    return (out_dir / f"{name}.glb").read_bytes()


def test_the_pages_work_from_disk_in_a_browser(tmp_path: Path) -> None:
    program = find_chromium()
    if program is None:
        pytest.skip("chromium is not installed")
    out = tmp_path / "out"
    make_product(out, "Dose 1", textured_sphere(tmp_path, "ball"))
    make_product(out, "other")
    index = write_pages(out)
    assert b"KHR_texture_basisu" in (out / "Dose 1/Dose 1.glb").read_bytes()
    if not (out / "_viewer/model-viewer.js").is_file():
        pytest.skip("the Node parts are not installed: run make setup")
    loaded = "document.querySelector('#viewer .stage').dataset.loaded"
    said = "document.querySelector('#viewer .stage').textContent"
    with Browser(program, tmp_path / "profile") as browser:
        browser.open(index.as_uri())
        browser.evaluate("document.querySelector('button[data-name=\"Dose 1\"]').click()")
        assert browser.wait_for(loaded) == "Dose 1", browser.evaluate(said)
        outside = "performance.getEntriesByType('resource').map(r => r.name).filter(n => n.startsWith('http'))"
        assert browser.evaluate(outside) == []
        browser.evaluate("document.querySelector('#viewer .close').click()")

        search = "document.querySelector('[name=text]')"
        browser.evaluate(f"{search}.value = 'DOSE'; {search}.dispatchEvent(new Event('input', {{bubbles: true}}))")
        shown = "[...document.querySelectorAll('.card:not([hidden])')].map(c => c.dataset.name)"
        assert browser.evaluate(shown) == ["Dose 1"]
        browser.evaluate("document.querySelector('[name=verdict][value=fail]').click()")
        assert browser.evaluate(shown) == []
        assert browser.evaluate("document.querySelector('.none').hidden") is False

        browser.open((out / "Dose 1/report.html").as_uri() + "#Dose%201")
        assert browser.wait_for(loaded) == "Dose 1", browser.evaluate(said)
