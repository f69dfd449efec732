"""The gallery's insights in a real browser: charts, tables, times, empty shops, and names that mean harm."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from google.rpc.error_details_pb2 import ErrorInfo

from tests.assets_pipeline.browser import find_chromium
from tests.e2e.gallery_page import Page
from tests.e2e.gallery_server import serve
from tests.e2e.test_gallery import connect

EVIL = "<img src=x onerror=alert(1)>"
FORMULA = "=HYPERLINK(1)"
READY = "document.querySelectorAll('.insights section').length === 6 && !document.querySelector('[aria-busy]')"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    program = find_chromium()
    if program is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    with Page(program, tmp_path_factory.mktemp("profile")) as browser:
        browser.prepare()
        yield browser


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serve(tmp_path_factory.mktemp("shop") / "data", workers=0) as url:
        for number, brand in enumerate(("Hollis", "Nord")):
            product = {"id": f"P-{number}", "titles": {"en": f"Thing {number}"}, "brand": brand, "category": "home"}
            connect(url, "CatalogService/UpsertProduct", {"product": product})
        yield url


def send(url: str) -> None:
    """Forty shoppers: all see P-0, half open it, a quarter places it in AR, some buy; two arms with odd names."""
    sent: list[dict[str, Any]] = []
    for n in range(40):
        kinds = [
            "EXPOSURE",
            *["CARD_OPENED"] * (n % 2),
            *["AR_PLACED"] * (n % 4 == 1),
            *["PURCHASE"] * (n % 8 == 1 or n == 4),
        ]
        for kind in kinds:
            moment = datetime.now(UTC) - timedelta(days=3, minutes=n)
            sent.append(
                {
                    "id": f"e{len(sent)}",
                    "kind": f"EVENT_KIND_{kind}",
                    "time": moment.isoformat().replace("+00:00", "Z"),
                    "shopperId": f"s{n}",
                    "productId": "P-0" if n else "GONE",
                    "scene": EVIL if n % 2 else "hall",
                    "arms": {"exp": EVIL if n % 2 else FORMULA},
                }
            )
    assert connect(url, "InsightsService/RecordEvents", {"events": sent})["stored"] == len(sent)


def test_from_an_empty_shop_to_every_figure(page: Page, url: str) -> None:
    page.open(url)
    page.click("[data-tab=insights]")
    page.until("document.querySelector('.empty')")
    assert "RecordEvents" in page.text(".empty")
    assert "EVENT_KIND_EXPOSURE" in page.text(".sent")

    send(url)
    page.click("[data-tab=assets]")
    page.click("[data-tab=insights]")
    page.until(READY)
    funnel = [text.replace("\n", " ") for text in page.texts(".bars:first-child li")]
    assert funnel[0].split() == ["Shown", "40"]
    assert [text.split()[1] for text in funnel] == ["40", "21", "10", "0", "0", "6", "6"]
    width = "Number.parseFloat(document.querySelectorAll('.bars .bar')[{}].getAttribute('width'))"
    assert page.run(width.format(1)) == 52.5
    assert "50.0 % of 10" in page.text(".insights")
    assert "A correlation, not a cause" in page.text(".insights")
    page.click("details summary", "Table")
    page.until("document.querySelector('details[open] tbody tr')")
    page.until("document.querySelector('.wide tbody').innerText.includes('Thing 0')")
    page.until("document.querySelector('.wide tbody').innerText.includes('GONE deleted')")
    assert EVIL in page.text(".insights section:nth-child(3)")
    assert "40" in page.text(".heatmap tbody")
    said = page.text(".insights section:nth-child(5)")
    assert EVIL in said
    assert FORMULA in said
    assert "No arm is surely better yet" in said
    page.click(".insights button", "By brand")
    page.until("document.querySelector('.insights section:last-child .figures')")
    assert "Hollis" in page.text(".insights section:last-child")
    assert page.problems == []


def test_while_the_server_reads_its_events_the_page_says_so(page: Page, url: str) -> None:
    reason = base64.b64encode(ErrorInfo(reason="INSIGHTS_LOADING").SerializeToString()).decode()
    details = [{"type": "google.rpc.ErrorInfo", "value": reason}]
    body = {"code": "unavailable", "message": "The server is still reading its events: 7 so far.", "details": details}
    page.open("about:blank")
    page.open(f"{url}#/jobs")
    page.run(f"""window.server = fetch; window.asked = 0; window.fetch = (url, options) =>
        url.endsWith('/Funnel') && ++asked < 3 ? new Response({json.dumps(json.dumps(body))}, {{status: 503}})
                                               : server(url, options)""")
    page.go("#/insights")
    page.until("document.querySelector('.insights [role=status]')?.innerText.includes('7 so far')")
    page.until(READY)
    assert page.run("asked") == 3
    assert page.problems == []


def test_tables_are_sorted_and_saved_without_formulas(page: Page, url: str) -> None:
    page.open("about:blank")
    page.open(f"{url}#/insights/30d")
    page.until(READY)
    first = ".insights section:nth-child(2)"
    page.click(f"{first} .sort", "Shown")
    assert page.run(f"document.querySelector('{first} [aria-sort]').getAttribute('aria-sort')") == "descending"
    assert page.texts(f"{first} tbody tr td:nth-child(2)") == ["39", "1"]
    page.click(f"{first} .sort", "Shown")
    assert page.texts(f"{first} tbody tr td:nth-child(2)") == ["1", "39"]
    made = """import('./table.js').then(({ csv }) => csv(
        [{ title: 'Arm', value: (r) => r.a }, { title: 'n', value: (r) => r.n }],
        [{ a: '=1+1', n: -2 }, { a: 'a,"b"', n: 0.5 }, { a: ' @x', n: 1 }, { a: '-', n: 0 }]))"""
    assert page.run(made) == 'Arm,n\r\n\'=1+1,-2\r\n"a,""b""",0.5\r\n\' @x,1\r\n\'-,0\r\n'
    page.run("window.saved = []; HTMLAnchorElement.prototype.click = function () { saved.push(this.download) }")
    page.click(f"{first} .quiet", "CSV")
    assert page.run("saved") == ["products.csv"]
    assert page.problems == []


def test_times_products_and_small_screens(page: Page, url: str, tmp_path: Path) -> None:
    page.open("about:blank")
    page.open(f"{url}#/insights/2020-01-01..2020-01-03")
    page.until("document.querySelector('.empty')")
    assert page.run("document.querySelector('.dates input').value") == "2020-01-01"
    page.run("document.querySelectorAll('.dates input')[1].value = '2019-01-01'")
    page.click(".dates button", "Show")
    assert "after the last" in page.text(".dates [role=alert]")
    page.click(".segments label", "7 days")
    page.until(READY)
    assert page.run("location.hash") == "#/insights/7d"
    page.until("document.querySelector('.wide .link')?.innerText === 'Thing 0'")
    page.click(".wide .link", "Thing 0")
    page.until("document.querySelector('.figure b')?.innerText === 'Only P-0'")
    assert page.texts(".bars:first-child li .n")[0] == "39"
    page.click(".figure button", "All products")
    page.until("!document.querySelector('.figure b') && document.querySelector('.bars .n').innerText === '40'")

    names = "[...document.querySelectorAll('.insights button, .insights select, .insights [role=region], main input')]"
    unnamed = f"{names}.filter((e) => !(e.innerText || e.getAttribute('aria-label') || e.labels?.length)).length"
    assert page.run(unnamed) == 0
    for width in (320, 390, 1280):
        page.resize(width, 800, phone=width < 500)
        page.until("document.documentElement.scrollWidth <= innerWidth", 10)
    page.prefer(prefers_color_scheme="dark")
    page.screenshot(tmp_path / "dark.png")
    page.prefer(prefers_color_scheme="light")
    assert page.problems == []
