"""The gallery in a real browser against a real server: look, search, upload, watch, turn the model."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from showfloor.store.keys import create_key
from showfloor.v1.capture_pb2 import UploadPartRequest

from assets_pipeline.errors import MachineError
from assets_pipeline.gltf.node import model_viewer_js
from tests.assets_pipeline.browser import find_chromium
from tests.assets_pipeline.synthetic import SyntheticOptions, render, write
from tests.e2e.gallery_page import Page
from tests.e2e.gallery_server import publish_tin, serve, store

LEVELS = {"web": (900, 450, 150), "desktop": (600, 300, 100)}
LOADED = "document.querySelector('.stage')?.dataset"

TIN = {
    "id": "TIN-1",
    "titles": {"en": "Tea tin, Harbour", "zh": "茶叶罐"},
    "descriptions": {"en": "A printed steel tin.\nKeeps tea fresh."},
    "brand": "Hollis",
    "category": "home/kitchen",
    "price": {"currencyCode": "EUR", "units": "18", "nanos": 900_000_000},
    "attributes": {"material": "steel"},
    "tags": ["gift"],
}


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    program = find_chromium()
    if program is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    try:
        model_viewer_js()
    except MachineError as error:
        pytest.skip(f"the 3D preview is not installed: {error}")
    with Page(program, tmp_path_factory.mktemp("profile")) as browser:
        browser.prepare()
        yield browser


@dataclass(frozen=True)
class Shop:
    url: str
    asset_id: str
    model: Path
    """Folder with tin.glb, its LODs and thumbnail.png."""
    data: Path
    """The store as it was before the server started."""

    def call(self, method: str, message: dict[str, Any]) -> Any:
        return connect(self.url, method, message)


def connect(url: str, method: str, message: dict[str, Any]) -> Any:
    """A unary call as curl would make it."""
    headers = {"content-type": "application/json"}
    request = urllib.request.Request(f"{url}showfloor.v1.{method}", json.dumps(message).encode(), headers)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A server with one whole asset, a plain one, and two products; it takes jobs but runs none, and has no models."""
    data = tmp_path_factory.mktemp("shop") / "data"
    scratch = tmp_path_factory.mktemp("scratch")
    asset_id = publish_tin(data, scratch, LEVELS)
    shutil.copy(scratch / "thumbnail.png", scratch / "desktop")
    shutil.copytree(data, data.with_name("before"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHOWFLOOR_MODELS_DIR", str(scratch / "models"))
        with serve(data, workers=0) as url:
            made = Shop(url, asset_id, scratch / "desktop", data.with_name("before"))
            made.call("CatalogService/UpsertProduct", {"product": TIN | {"assetId": asset_id}})
            made.call("CatalogService/UpsertProduct", {"product": {"id": "CUP-1", "titles": {"en": "Cup"}}})
            yield made


@pytest.fixture
def gallery(page: Page, shop: Shop) -> Iterator[Page]:
    """The page, freshly opened; at its end nothing may have gone wrong in it, nor come from elsewhere."""
    page.resize(1280, 800)
    page.prefer(prefers_reduced_motion="no-preference")
    page.open("about:blank")
    page.open(shop.url)
    page.until("document.querySelectorAll('.card').length === 2")
    yield page
    assert page.problems == []
    names = "performance.getEntriesByType('resource').map((r) => r.name)"
    outside = f"{names}.filter((n) => !n.startsWith(location.origin) && !n.startsWith('blob:'))"
    assert page.run(outside) == []


def test_assets_products_and_search(gallery: Page) -> None:
    assert sorted(gallery.texts(".card h2")) == ["Harbour <b>tin</b>", "Lamp"]
    assert "Check" in gallery.text(".card:nth-child(2)") + gallery.text(".card:nth-child(1)")
    assert any("12.0" in text for text in gallery.texts(".card"))
    assert any("Size unknown" in text for text in gallery.texts(".card"))
    gallery.until("[...document.querySelectorAll('.card img')].every((i) => i.complete && i.naturalWidth === 128)")

    gallery.type("#search", "LAM")
    gallery.until("document.querySelectorAll('.card').length === 1")
    assert gallery.texts(".card h2") == ["Lamp"]
    gallery.type("#search", "nothing like it")
    gallery.until("document.querySelector('.empty')")
    assert "nothing like it" in gallery.text(".empty")

    gallery.type("#search", "harbour")
    gallery.click("[data-tab=products]")
    gallery.until("document.querySelectorAll('.card').length === 1")
    assert "Tea tin, Harbour" in gallery.text(".card")
    assert "€18.90" in gallery.text(".card")
    gallery.type("#search", "")
    gallery.until("document.querySelectorAll('.card').length === 2")
    gallery.click(".card a", "Cup")
    gallery.until("document.querySelector('.empty')")
    assert "No model" in gallery.text(".empty")


def test_a_sentence_is_understood(gallery: Page, shop: Shop) -> None:
    gallery.go("#/products")
    gallery.until("document.querySelectorAll('.card').length === 2")
    gallery.type("#search", "a steel tin under 50 in green")
    gallery.until("document.querySelector('.found .tags')")
    gallery.until("document.querySelectorAll('.card').length === 1")
    assert gallery.texts(".card h2") == ["Tea tin, Harbour"]
    assert {"material steel", "price at most 50"} <= set(gallery.texts(".found .tags span"))
    assert gallery.texts(".found s") == ["colour green"]
    assert "By words alone" in gallery.text(".card .why")
    assert "Found by words only" in gallery.text(".found")
    gallery.type("#search", "茶叶罐")
    gallery.until("document.querySelector('.card .why')?.innerText.includes('含有')")
    assert gallery.texts(".card h2") == ["Tea tin, Harbour"]
    assert gallery.texts(".found .tags") == []
    gallery.type("#search", "cu")  # a word that is still being typed
    gallery.until("document.querySelector('.card h2')?.innerText === 'Cup'")
    assert gallery.text(".found") == ""
    gallery.type("#search", "harbuor")  # in no title: what search makes of it
    gallery.until("document.querySelector('.card h2')?.innerText === 'Tea tin, Harbour'")
    gallery.type("#search", "zzz yyy")
    gallery.until("document.querySelector('.empty')")
    assert "zzz yyy" in gallery.text(".empty")
    assert gallery.text(".found") == ""


def shows_a_label(stage: np.ndarray[Any, Any]) -> bool:
    """A product with a colourful print before the grey of the studio."""
    coloured = np.ptp(stage, axis=-1) > 40
    return 0.03 < coloured.mean() < 0.9 and len(np.unique(stage[coloured] // 32, axis=0)) > 20


def test_the_model_turns_and_can_be_examined(gallery: Page, shop: Shop) -> None:
    gallery.go(f"#/assets/{shop.asset_id}")
    gallery.until(f"{LOADED}?.level === '0'")
    assert gallery.run(f"{LOADED}.profile") == "web"
    assert "900 triangles" in gallery.text(".view [role=status]")
    assert gallery.text("h1") == "Harbour <b>tin</b>"
    gallery.until_model(shows_a_label)

    angle = "document.querySelector('model-viewer').turntableRotation"
    before = gallery.run(angle)
    gallery.until(f"{angle} > {before} + 0.05")
    assert "12.0 cm" in gallery.texts(".dimensions text")
    gallery.click(".tools button", "Rotate")
    gallery.click(".tools button", "Dimensions")
    assert gallery.run("document.querySelectorAll('.dimensions text').length") == 0

    still = gallery.model()

    def changed(shown: np.ndarray[Any, Any]) -> float:
        return float((np.abs(shown.astype(int) - still).sum(-1) > 60).mean())

    gallery.click(".tools button", "Wireframe")
    gallery.until_model(lambda shown: changed(shown) > 0.05)
    gallery.click(".tools button", "Wireframe")
    gallery.until_model(lambda shown: changed(shown) < 0.01)

    gallery.click(".lods label", "LOD 2")
    gallery.until(f"{LOADED}.level === '2'")
    assert "150 triangles" in gallery.text(".view [role=status]")
    gallery.click(".segments label", "Desktop")
    gallery.until(f"{LOADED}.profile === 'desktop'")
    assert "100 triangles" in gallery.text(".view [role=status]"), "the level stays chosen"

    link = gallery.run("document.querySelector('.lods a').href")
    with urllib.request.urlopen(link, timeout=20) as answer:
        assert hashlib.sha256(answer.read()).hexdigest() == link.split("/")[4]


def test_the_report_and_the_product_stand_beside_the_model(gallery: Page, shop: Shop) -> None:
    gallery.go(f"#/products/{'TIN-1'}")
    gallery.until("document.querySelectorAll('.report details').length >= 4")
    gallery.run("document.querySelectorAll('.report details').forEach((d) => (d.open = true))")
    panel = gallery.text(".panel")
    for text in ("Only 61 % was seen.", "25.25", "Closed surface", "File MB", "31.5 s", "1 min 41 s", "blurred"):
        assert text in panel
    for text in ("A printed steel tin.", "Hollis", "€18.90", "steel", "gift", "home › kitchen"):
        assert text in panel
    gallery.until(f"{LOADED}?.level === '0'")


def photos(folder: Path, count: int) -> dict[str, str]:
    """Noise, so that files are large; name → SHA-256."""
    folder.mkdir()
    noise = np.random.default_rng(5)
    for i in range(count):
        Image.fromarray(noise.integers(0, 255, (640, 900, 3), np.uint8)).save(folder / f"{i}.png")
    (folder / "notes.txt").write_text("not a photo")
    return {f"{i}.png": hashlib.sha256((folder / f"{i}.png").read_bytes()).hexdigest() for i in range(count)}


def test_an_upload_survives_a_lost_connection(gallery: Page, shop: Shop, tmp_path: Path) -> None:
    hashes = photos(tmp_path / "vase", 3)
    gallery.run("""(() => {
      Object.defineProperty(crypto, "subtle", { value: undefined }); // as over plain http from another machine
      const real = fetch;
      window.parts = 0;
      window.fetch = (url, options) => {
        if (!String(url).endsWith("UploadPart")) return real(url, options);
        parts++;
        if (parts === 2) return Promise.reject(new TypeError("connection lost"));
        if (parts === 3) return real(url, options).then(() => Promise.reject(new TypeError("answer lost")));
        return real(url, options);
      };
    })()""")
    gallery.drop([tmp_path / "vase"])
    gallery.until("document.querySelector('#capture[open]')")
    gallery.until("document.querySelectorAll('.strip img').length === 3")
    assert "notes.txt" in gallery.text("#capture")
    assert gallery.run("document.querySelector('#capture-name').value") == "vase"

    gallery.type("#capture-height", "twelve")
    gallery.click("#capture [type=submit]")
    gallery.until("document.querySelector('#capture .problem')")
    assert "no height" in gallery.text("#capture .problem")
    gallery.type("#capture-height", "12,5 cm")
    gallery.type("#capture-product", "CUP-1")
    gallery.click("#capture [type=submit]")
    gallery.until("location.hash.startsWith('#/jobs/job_')")
    gallery.until("document.querySelector('.now').innerText.includes('Waits')")
    assert gallery.run("parts") >= 7, "three files of two parts each, and those that were lost"

    job = shop.call("GenerationService/GetJob", {"jobId": gallery.run("location.hash.split('/').pop()")})
    assert (job["productId"], job["profile"], job["displayName"]) == ("CUP-1", "quest3", "vase")
    capture = shop.call("CaptureService/GetCapture", {"captureId": job["captureId"]})
    assert capture["state"] == "CAPTURE_STATE_READY"
    assert {f["name"]: f["sha256"] for f in capture["files"]} == hashes

    gallery.click("[data-tab=jobs]")
    gallery.until("document.querySelectorAll('.job').length === 1")
    assert "Waiting" in gallery.text(".job")
    gallery.click(".job button", "Cancel")
    gallery.until("document.querySelector('.job').innerText.includes('Cancelled')")


def test_what_is_no_capture_is_refused_with_what_to_do(gallery: Page, tmp_path: Path) -> None:
    for name in ("tin/1.jpg", "cup/1.jpg", "film/a.mp4", "film/b.mp4", "raw/1.cr2"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    cases = {("tin", "cup"): "2 folders", ("film",): "2 videos", ("raw",): "RAW"}
    for folders, said in cases.items():
        gallery.drop([tmp_path / f for f in folders])
        gallery.until(f"document.querySelector('#capture').innerText.includes({json.dumps(said)})")
        assert gallery.run("document.querySelector('#capture [type=submit]').disabled")
        gallery.click("#capture footer button", "Cancel")


def test_errors_of_the_server_say_what_to_do(gallery: Page, shop: Shop) -> None:
    gallery.go("#/assets/ast_00000000000000000000000000")
    gallery.until("document.querySelector('.problem')")
    assert "ASSET_NOT_FOUND" in gallery.text(".problem")
    gallery.run("window.fetch = () => Promise.reject(new TypeError('no route'))")
    gallery.go("#/products")
    gallery.until("document.querySelector('.problem')?.innerText.includes('does not answer')")
    assert "Check that it runs" in gallery.text(".problem")


def test_keyboard_and_small_screens(gallery: Page, shop: Shop) -> None:
    gallery.run("document.body.focus()")
    gallery.press("Tab", 9)
    assert gallery.run("document.activeElement.className") == "skip"
    for _ in range(8):
        gallery.press("Tab", 9)
    shown = "getComputedStyle(document.activeElement).outlineStyle"
    assert gallery.run("document.activeElement.id") == "open-capture"
    assert gallery.run(shown) == "solid"
    gallery.press("Enter", 13)
    assert gallery.run("document.querySelector('#capture').open")
    assert gallery.run("document.activeElement.innerText") == "Choose files"
    gallery.click("#capture footer button", "Cancel")

    for width in (320, 768, 1920):
        gallery.resize(width, 700, phone=width == 320)
        for place in ("#/assets", "#/products", "#/jobs", f"#/assets/{shop.asset_id}"):
            gallery.go(place)
            gallery.until("document.querySelector('h1') && !document.querySelector('[aria-busy]')")
            if place.endswith(shop.asset_id):
                gallery.until("document.querySelectorAll('.report details').length >= 4")
                gallery.run("document.querySelectorAll('.report details').forEach((d) => (d.open = true))")
            assert gallery.run("document.documentElement.scrollWidth <= innerWidth"), f"{place} at {width} px"


def test_an_api_key_is_asked_for_and_kept_for_the_tab(page: Page, shop: Shop, tmp_path: Path) -> None:
    shutil.copytree(shop.data, tmp_path / "data")
    with store(tmp_path / "data") as (db, _):
        _, key = db.transact(create_key, "test", ["read"])
    with serve(tmp_path / "data", workers=0, require_keys=True) as url:
        page.open(url)
        page.until("document.querySelector('#key').open")
        page.type("#key-value", "sfk_wrong")
        page.click("#key .primary")
        page.until("document.querySelector('#key').open && document.querySelector('.problem')")
        assert "KEY_" in page.text(".problem")
        page.type("#key-value", key)
        page.click("#key .primary")
        page.until("document.querySelectorAll('.card').length === 2")
        page.until("[...document.querySelectorAll('.card img')].every((i) => i.naturalWidth === 128)")
        page.click(".card a", "Harbour")
        page.until("document.querySelectorAll('.report details').length >= 4")
        assert page.run("localStorage.length") == 0
        page.click("#open-key")
        page.click("#key button", "Forget")
        page.until("document.querySelector('#key').open && document.querySelector('.problem')")
        assert page.problems == []


def test_hashes_without_the_browsers_help(gallery: Page) -> None:
    """``crypto.subtle`` is missing where the page came over plain http from another machine."""
    sizes = (0, 1, 55, 56, 63, 64, 65, 119, 120, 1000)
    hashed = gallery.run(f"""import("./sha256.js").then((module) => {json.dumps(sizes)}.map((n) => {{
        const bytes = Uint8Array.from({{ length: n }}, (_, i) => i % 251);
        const hash = new module.Sha256().update(bytes.subarray(0, n % 7));
        return hash.update(bytes.subarray(n % 7)).hex();
    }}))""")
    assert hashed == [hashlib.sha256(bytes(i % 251 for i in range(n))).hexdigest() for n in sizes]


def test_parts_are_encoded_as_protobuf(gallery: Page) -> None:
    message = "{captureId: 'cap_1', fileName: 'grün.jpg', offset: 5e9, data: new Uint8Array(300), sha256: 'ab'}"
    part = gallery.run(f"import('./proto.js').then((module) => [...module.encodeUploadPart({message})])")
    assert UploadPartRequest.FromString(bytes(part)) == UploadPartRequest(
        capture_id="cap_1", file_name="grün.jpg", offset=5_000_000_000, data=bytes(300), sha256="ab"
    )


CAPTURES: dict[tuple[str, ...], tuple[str, list[str], str]] = {
    ("a/color/1.png", "a/depth/1.png", "a/poses.txt"): ("rgbd", ["color/1.png", "depth/1.png", "poses.txt"], "a"),
    ("image.jpg", "image.jpg", "b.txt"): ("photos", ["image.jpg", "image-2.jpg"], ""),
    ("10.jpg", "9.jpg"): ("photos", ["9.jpg", "10.jpg"], ""),
    ("clip.MOV",): ("video", ["clip.MOV"], "clip"),
    (".hidden/1.jpg",): ("", [], ""),
}


def test_files_become_one_capture(gallery: Page) -> None:
    for paths, expected in CAPTURES.items():
        found = json.dumps([{"path": path} for path in paths])
        made = gallery.run(f"import('./files.js').then((module) => module.sort({found}))")
        assert (made["kind"], [f["name"] for f in made["files"]], made["title"]) == expected


def test_a_job_is_watched_until_its_model_opens(page: Page, shop: Shop, tmp_path: Path) -> None:
    """Drop, upload, watch, look, and ask for the variant of another device; only the reconstruction is short."""
    photos(tmp_path / "vase", 3)
    with serve(tmp_path / "data", model=shop.model) as url:
        page.open(url)
        page.until("document.querySelector('.empty')")
        page.drop([tmp_path / "vase"])
        page.until("document.querySelectorAll('.strip img').length === 3")
        page.type("#capture-height", "12")
        page.click("#capture [type=submit]")
        page.until("location.hash.startsWith('#/assets/ast_')")
        page.until(f"{LOADED}?.level === '0'")
        page.until_model(shows_a_label)
        assert "12.0" in page.text(".panel header")

        page.click(".segments label", "Quest 2")
        assert page.run("document.querySelector('.making progress')") is None, "nothing is made before one asks"
        page.click(".making button", "Make it")
        page.until(f"{LOADED}.profile === 'quest2'")
        page.click("[data-tab=jobs]")
        page.until("document.querySelectorAll('.job').length === 2")
        page.until("[...document.querySelectorAll('.job .badge')].every((b) => b.innerText === 'Done')")
        page.click("[data-tab=assets]")
        page.until("document.querySelectorAll('.card').length === 1")
        assert page.texts(".card h2") == ["vase"]
        assert page.problems == []


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_from_photos_to_a_turning_model(page: Page, mask_model: str, tmp_path: Path) -> None:
    """Drop a rendered capture, watch its reconstruction, see the model."""
    write(render(SyntheticOptions(views=24)), tmp_path / "Synthetic tin")
    with serve(tmp_path / "data") as url:
        page.resize(1280, 800)
        page.open(url)
        page.until("document.querySelector('.empty')")
        page.drop([tmp_path / "Synthetic tin"])
        page.until("document.querySelectorAll('.strip img').length > 5")
        page.type("#capture-height", "12")
        page.click("#capture [type=submit]")
        page.until("location.hash.startsWith('#/jobs/job_')")
        page.until("document.querySelector('.steps .running')")
        page.until("document.querySelector('.preview img')?.naturalWidth > 100", 600)
        page.until("location.hash.startsWith('#/assets/ast_')", 600)
        page.until(f"{LOADED}?.level === '0'")
        page.until_model(shows_a_label)
        assert "12.0" in page.text(".panel header")
        angle = "document.querySelector('model-viewer').turntableRotation"
        before = page.run(angle)
        page.until(f"{angle} > {before} + 0.05")

        page.click("[data-tab=assets]")
        page.until("document.querySelectorAll('.card').length === 1")
        assert page.texts(".card h2") == ["Synthetic tin"]
        assert page.problems == []
    if folder := os.environ.get("SHOWFLOOR_TEST_SCREENSHOTS"):
        page.screenshot(Path(folder) / "gallery.png")


@pytest.mark.slow
def test_a_failed_job_says_what_to_shoot(page: Page, mask_model: str, tmp_path: Path) -> None:
    photos(tmp_path / "noise", 3)
    with serve(tmp_path / "data") as url:
        page.open(url)
        page.until("document.querySelector('.empty')")
        page.drop([tmp_path / "noise"])
        page.until("document.querySelectorAll('.strip img').length === 3")
        page.click("#capture [type=submit]")
        page.until("location.hash.startsWith('#/jobs/job_')")
        page.until("document.querySelector('.job-page .problem')", 240)
        job = connect(url, "GenerationService/GetJob", {"jobId": page.run("location.hash.split('/').pop()")})
        assert job["problem"]["code"] in page.text(".problem")
        assert job["problem"]["fix"] in page.text(".problem")
        assert page.text(".title .badge") == "Failed"
