"""CatalogService: products, lists and imports."""

from __future__ import annotations

import asyncio
import contextlib
import csv
import io
import json
import math
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from google.protobuf import json_format
from showfloor.errors import Conflict, LimitReached, NotBuilt, NotFound
from showfloor.server.contract import RPCS
from showfloor.services.call import Call
from showfloor.services.catalog import MAX_IMPORT_BYTES, CatalogService
from showfloor.services.pending import TryOnService
from showfloor.store.database import Database
from showfloor.store.tables import Asset
from showfloor.v1 import catalog_pb2 as pb
from sqlalchemy.orm import Session

from assets_pipeline.errors import InputError

CALL = Call()
CSV, JSONL = pb.IMPORT_FORMAT_CSV, pb.IMPORT_FORMAT_JSONL
TIN: dict[str, Any] = {
    "id": "tin-1",
    "titles": {"en": "Tea tin", "zh": "茶叶罐"},
    "descriptions": {"en": "A tin.\nFor tea."},
    "brand": "Löwe",
    "category": "home/kitchen/tins",
    "price": {"currency_code": "EUR", "units": 19, "nanos": 990_000_000},
    "stock": 0,
    "size": {"x_m": 0.08, "y_m": 0.12, "z_m": 0.08},
    "attributes": {"material": "steel"},
    "tags": ["tea", "Metal"],
}


class Shop:
    """The service, called as a client would."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.service = CatalogService(db)

    def upsert(self, **fields: Any) -> pb.Product:
        return asyncio.run(self.service.upsert_product(pb.UpsertProductRequest(product=pb.Product(**fields)), CALL))

    def get(self, product_id: str) -> pb.Product:
        return asyncio.run(self.service.get_product(pb.GetProductRequest(product_id=product_id), CALL))

    def delete(self, product_id: str) -> None:
        asyncio.run(self.service.delete_product(pb.DeleteProductRequest(product_id=product_id), CALL))

    def list(self, **fields: Any) -> pb.ListProductsResponse:
        return asyncio.run(self.service.list_products(pb.ListProductsRequest(**fields), CALL))

    def ids(self, **fields: Any) -> list[str]:
        return [p.id for p in self.list(**fields).products]

    def load(self, format: int, data: bytes | str, dry_run: bool = False) -> pb.ImportProductsResponse:
        data = data.encode() if isinstance(data, str) else data
        request = pb.ImportProductsRequest(format=format, data=data, dry_run=dry_run)  # type: ignore[arg-type]
        return asyncio.run(self.service.import_products(request, CALL))


@pytest.fixture
def shop(db: Database) -> Iterator[Shop]:
    shop = Shop(db)
    yield shop
    shop.service.close()


@pytest.fixture
def lite(sqlite_db: Database) -> Iterator[Shop]:
    """As ``shop``, on SQLite alone."""
    shop = Shop(sqlite_db)
    yield shop
    shop.service.close()


def add_asset(session: Session, asset_id: str) -> None:
    size = dict.fromkeys(("size_x_m", "size_y_m", "size_z_m"), 1.0)
    texts = dict.fromkeys(("display_name", "scale_source", "verdict", "etag"), "")
    session.add(Asset(id=asset_id, size_known=True, reasons=[], options={}, **size, **texts))


def test_a_product_comes_back_as_it_was_sent(shop: Shop) -> None:
    made = shop.upsert(**TIN)
    assert made == shop.get("tin-1")
    assert made.etag
    assert made.create_time == made.update_time
    sent = pb.Product(**TIN, etag=made.etag, create_time=made.create_time, update_time=made.update_time)
    assert made == sent
    free = shop.upsert(id="free", titles={"en": "x"}, price={"currency_code": "EUR"})
    assert free.HasField("price")
    assert not free.HasField("stock")
    assert made.HasField("stock")


def test_a_write_replaces_all_but_the_asset(shop: Shop) -> None:
    shop.db.transact(add_asset, "ast_1")
    first = shop.upsert(**TIN, asset_id="ast_1")
    second = shop.upsert(id="tin-1", titles={"de": "Dose"})
    assert second.titles == {"de": "Dose"}
    assert (second.brand, list(second.tags), second.HasField("price")) == ("", [], False)
    assert second.asset_id == "ast_1"
    assert second.etag != first.etag
    assert second.create_time == first.create_time
    assert shop.ids(contains="Löwe") == []
    with pytest.raises(InputError, match="no asset"):
        shop.upsert(**TIN, asset_id="ast_2")


def test_etags(shop: Shop) -> None:
    with pytest.raises(Conflict, match="ETAG_MISMATCH"):
        shop.upsert(**TIN, etag="anything")
    first = shop.upsert(**TIN)
    second = shop.upsert(**TIN, etag=first.etag)
    with pytest.raises(Conflict, match="ETAG_MISMATCH"):
        shop.upsert(**TIN, etag=first.etag)
    assert shop.get("tin-1").etag == second.etag


def test_of_many_writers_with_one_etag_one_wins(shop: Shop) -> None:
    etag = shop.upsert(**TIN).etag

    def write(number: int) -> bool:
        try:
            shop.upsert(**TIN | {"brand": str(number)}, etag=etag)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(write, range(6))) == 1


def test_many_may_create_the_same_product_at_once(shop: Shop) -> None:
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda n: shop.upsert(**TIN | {"brand": str(n)}), range(6)))
    assert shop.get("tin-1") in made


def test_deleting(shop: Shop) -> None:
    shop.upsert(**TIN)
    shop.delete("tin-1")
    for call in (shop.delete, shop.get):
        with pytest.raises(NotFound, match="PRODUCT_UNKNOWN"):
            call("tin-1")


@pytest.mark.parametrize("product_id", ["", "none", "a b", "../x", "a\0b", "é", "x" * 10_000])
def test_unknown_products(shop: Shop, product_id: str) -> None:
    for call in (shop.get, shop.delete):
        with pytest.raises(NotFound) as error:
            call(product_id)
        assert error.value.code == "PRODUCT_UNKNOWN"
        assert len(str(error.value)) < 300


BAD: list[dict[str, Any]] = [
    *({"id": i} for i in ("", "a b", "a/b", "é", "a\n", "a\0", "x" * 65, "x" * 10_000)),
    *({"titles": t} for t in ({}, {"en": ""}, {"en": " "}, {"en": "x" * 301}, {"en": "a\0"}, {"en": "a\nb"})),
    *({"titles": t} for t in ({"": "x"}, {"english!": "x"}, {"e\0": "x"}, {"en-" + "x" * 9: "x"})),
    {"descriptions": {"en": "x" * 10_001}},
    {"descriptions": {"en": "a\0b"}},
    {"brand": "x" * 201},
    {"category": "x" * 301},
    {"category": "a//b"},
    {"category": "a\0"},
    *({"price": {"currency_code": c, "units": 1}} for c in ("", "eur", "EURO", "€")),
    *({"price": {"currency_code": "EUR", "units": u, "nanos": n}} for u, n in ((-1, 0), (0, -1), (0, 10**9))),
    {"stock": -1},
    *({"size": {"x_m": x, "y_m": 1, "z_m": 1}} for x in (0, -1, math.nan, math.inf, 101, 1e-9)),
    {"size": {}},
    {"attributes": {str(n): "x" for n in range(101)}},
    {"attributes": {"": "x"}},
    {"attributes": {"x" * 65: "x"}},
    {"attributes": {"x": "x" * 1001}},
    {"tags": ["x"] * 51},
    {"tags": [""]},
    {"tags": ["x" * 65]},
    {"asset_id": "x" * 41},
    {"asset_id": "ast_none"},
    {"asset_id": "a\0"},
]


@pytest.mark.parametrize("fields", BAD)
def test_bad_products(lite: Shop, fields: dict[str, Any]) -> None:
    with pytest.raises(InputError) as error:
        lite.upsert(**TIN | fields)
    assert error.value.code == "PRODUCT_INVALID"
    assert len(str(error.value)) < 500
    assert str(error.value).isprintable()
    assert lite.ids() == []


def test_lists_by_page(shop: Shop) -> None:
    wanted = sorted(f"p{n:03}" for n in range(25))
    for product_id in random.Random(1).sample(wanted, len(wanted)):
        shop.upsert(id=product_id, titles={"en": "x"})
    found: list[str] = []
    token, pages = "", 0
    while True:
        page = shop.list(page_size=10, page_token=token)
        found += [p.id for p in page.products]
        token, pages = page.next_page_token, pages + 1
        if pages == 1:
            shop.upsert(id="p000x", titles={"en": "comes in before the page that is read"})
            shop.delete("p012")
        if not token:
            break
    assert pages == 3
    assert found == [i for i in wanted if i != "p012"]


def test_filters(shop: Shop) -> None:
    shop.upsert(**TIN)
    shop.upsert(id="cup", titles={"en": "Cup 100%_[x]"}, category="home/kitchen", tags=["ÉTÉ"])
    shop.upsert(id="sofa", titles={"en": "Straße"}, category="home/kitchenette")
    cases: list[tuple[dict[str, Any], list[str]]] = [
        ({"contains": "TEA"}, ["tin-1"]),
        ({"contains": "löw"}, ["tin-1"]),
        ({"contains": "LÖW"}, ["tin-1"]),
        ({"contains": "茶叶"}, ["tin-1"]),
        ({"contains": "strasse"}, ["sofa"]),
        ({"contains": "été"}, ["cup"]),
        ({"contains": "0%_["}, ["cup"]),
        ({"contains": "%"}, ["cup"]),
        ({"contains": "_"}, ["cup"]),
        ({"contains": "steel"}, []),
        ({"contains": "tin-1tea"}, []),
        ({"category": "home/kitchen"}, ["cup", "tin-1"]),
        ({"category": "/home/kitchen/"}, ["cup", "tin-1"]),
        ({"category": "home"}, ["cup", "sofa", "tin-1"]),
        ({"category": "HOME"}, []),
        ({"category": "home/kit%"}, []),
        ({"category": "home", "contains": "cup"}, ["cup"]),
    ]
    for filters, ids in cases:
        assert shop.ids(**filters) == ids, filters


def test_bad_lists(lite: Shop) -> None:
    for n in range(3):
        lite.upsert(id=f"p{n}", titles={"en": "x"})
    token = lite.list(page_size=1).next_page_token
    cases: list[tuple[str, dict[str, Any]]] = [
        ("PAGE_TOKEN_INVALID", {"page_token": token, "contains": "p"}),
        ("PAGE_TOKEN_INVALID", {"page_token": token, "category": "x"}),
        ("PAGE_TOKEN_INVALID", {"page_token": token[:-1]}),
        ("PAGE_TOKEN_INVALID", {"page_token": "nonsense"}),
        ("PAGE_TOKEN_INVALID", {"page_token": "x" * 10_000}),
        ("PAGE_SIZE_INVALID", {"page_size": 201}),
        ("PAGE_SIZE_INVALID", {"page_size": -1}),
        ("FILTER_INVALID", {"contains": "x" * 201}),
        ("FILTER_INVALID", {"contains": "\0"}),
        ("FILTER_INVALID", {"category": "x" * 301}),
        ("FILTER_INVALID", {"category": "a\0"}),
    ]
    for code, fields in cases:
        with pytest.raises(InputError) as error:
            lite.list(**fields)
        assert error.value.code == code
    assert lite.ids(page_token=token, page_size=200) == ["p1", "p2"]


SHEET = (
    "\ufeffid,title,title.de,description.en,brand,category,price,currency,stock,width_m,height_m,depth_m,tags,attribute.material\r\n"
    'tin-1,Tea tin,Teedose,"A tin,\nfor ""tea""",Löwe,home/tins,19.99,EUR,3,0.08,0.12,0.08,tea; metal ;,steel\r\n'
    "\r\n"
    "cup,Cup,,,,,5,EUR,,,,,,\r\n"
)


def test_csv(shop: Shop) -> None:
    answer = shop.load(CSV, SHEET)
    assert (answer.created, answer.updated, list(answer.problems)) == (2, 0, [])
    tin, cup = shop.get("tin-1"), shop.get("cup")
    assert tin.titles == {"und": "Tea tin", "de": "Teedose"}
    assert tin.descriptions == {"en": 'A tin,\nfor "tea"'}
    assert (tin.price.currency_code, tin.price.units, tin.price.nanos) == ("EUR", 19, 990_000_000)
    assert (tin.stock, tin.size.y_m, list(tin.tags), tin.attributes["material"]) == (3, 0.12, ["tea", "metal"], "steel")
    assert (cup.price.units, cup.price.nanos) == (5, 0)
    assert not cup.HasField("stock")
    assert not cup.HasField("size")
    again = shop.load(CSV, SHEET)
    assert (again.created, again.updated) == (0, 2)


def test_rows_that_are_wrong_do_not_stop_the_others(shop: Shop) -> None:
    sheet = [
        ["id", "title", "price", "currency", "stock", "width_m", "height_m", "depth_m"],
        ["good", "Good", "", "", "", "", "", ""],
        ["bad id", "x", "", "", "", "", "", ""],
        ["b1", "x", "19,99", "EUR", "", "", "", ""],
        ["b2", "x", "1", "", "", "", "", ""],
        ["b3", "x", "", "", "many", "", "", ""],
        ["b4", "x", "", "", "", "0.1", "", ""],
        ["b5", "x"],
        ["good", "again", "", "", "", "", "", ""],
        ["b6", "", "", "", "", "", "", ""],
        ["b7", "x", "-1", "EUR", "", "", "", ""],
        ["b8", "a\0b", "", "", "", "", "", ""],
        ["last", "two\nlines", "", "", "", "", "", ""],
        ["fine", "Fine", "", "", "", "", "", ""],
    ]
    text = io.StringIO()
    csv.writer(text).writerows(sheet)
    answer = shop.load(CSV, text.getvalue())
    found = [(p.line, p.product_id, p.problem.code) for p in answer.problems]
    assert found == [
        (3, "bad id", "PRODUCT_INVALID"),
        (4, "b1", "IMPORT_ROW_INVALID"),
        (5, "b2", "PRODUCT_INVALID"),
        (6, "b3", "IMPORT_ROW_INVALID"),
        (7, "b4", "PRODUCT_INVALID"),
        (8, "b5", "IMPORT_ROW_INVALID"),
        (9, "good", "IMPORT_DUPLICATE"),
        (10, "b6", "PRODUCT_INVALID"),
        (11, "b7", "PRODUCT_INVALID"),
        (12, "b8", "PRODUCT_INVALID"),
        (13, "last", "PRODUCT_INVALID"),
    ]
    assert all(p.problem.message and p.problem.fix for p in answer.problems)
    assert answer.created == 2
    assert shop.ids() == ["fine", "good"]


def test_a_quote_that_never_ends_is_one_problem(lite: Shop) -> None:
    answer = lite.load(CSV, 'id,title\na,A\nb,"B\nc,C\n')
    assert [(p.line, p.problem.code) for p in answer.problems] == [(3, "IMPORT_ROW_INVALID")]
    assert lite.ids() == ["a"]


def test_jsonl(shop: Shop) -> None:
    shop.db.transact(add_asset, "ast_1")
    old = shop.upsert(id="old", titles={"en": "old"})
    good = json_format.MessageToJson(pb.Product(**TIN, asset_id="ast_1"), indent=None)
    lines = [
        good,
        "",
        '{"id": "a", "titles": {"en": "A"}, "stock": 5}',
        "not json",
        "[]",
        '{"id": "b", "titles": {"en": "B"}, "colour": "red"}',
        '{"id": "c", "titles": {"en": "C"}, "assetId": "ast_none"}',
        '{"id": "d", "titles": {"en": "\\ud800"}}',
        '{"id": "old", "titles": {"en": "new"}, "etag": "wrong"}',
        "[" * 100_000,
        '{"id": "e", "titles": {"en": "E"}, "stock": 1e99}',
    ]
    answer = shop.load(JSONL, "\n".join(lines))
    assert [(p.line, p.problem.code) for p in answer.problems] == [
        (4, "IMPORT_ROW_INVALID"),
        (5, "PRODUCT_INVALID"),
        (6, "IMPORT_ROW_INVALID"),
        (7, "PRODUCT_INVALID"),
        (8, "IMPORT_ROW_INVALID"),
        (9, "ETAG_MISMATCH"),
        (10, "IMPORT_ROW_INVALID"),
        (11, "IMPORT_ROW_INVALID"),
    ]
    assert (answer.created, answer.updated) == (2, 0)
    assert shop.get("tin-1").asset_id == "ast_1"
    assert shop.get("old") == old
    assert shop.load(CSV, "id,title\ntin-1,T\n").updated == 1
    assert shop.get("tin-1").asset_id == "ast_1", "an import keeps the asset"


def test_a_dry_run_says_the_same_and_writes_nothing(shop: Shop) -> None:
    shop.upsert(id="cup", titles={"en": "Cup"})
    text = SHEET + "bad id" + "," * 13
    dry = shop.load(CSV, text, dry_run=True)
    assert shop.ids() == ["cup"]
    assert shop.get("cup").titles == {"en": "Cup"}
    assert dry == shop.load(CSV, text)
    assert (dry.created, dry.updated, len(dry.problems)) == (1, 1, 1)


@pytest.mark.parametrize(
    ("format", "data", "code"),
    [
        (0, b"x", "IMPORT_FORMAT_INVALID"),
        (9, b"x", "IMPORT_FORMAT_INVALID"),
        (CSV, b"", "IMPORT_HEADER_INVALID"),
        (CSV, b"id,title\n\xff\xfe", "IMPORT_NOT_UTF8"),
        (JSONL, "{}".encode("utf-16"), "IMPORT_NOT_UTF8"),
        (CSV, b"id;title\n", "IMPORT_HEADER_INVALID"),
        (CSV, b"id,title,colour\n", "IMPORT_HEADER_INVALID"),
        (CSV, b"id,title,title\n", "IMPORT_HEADER_INVALID"),
        (CSV, b"id,brand\n", "IMPORT_HEADER_INVALID"),
        (CSV, b"title\n", "IMPORT_HEADER_INVALID"),
        (CSV, b"id,title,attribute.\n", "IMPORT_HEADER_INVALID"),
        (CSV, b'"id,title\n', "IMPORT_HEADER_INVALID"),
        (CSV, b"x" * 200_000, "IMPORT_HEADER_INVALID"),
    ],
)
def test_files_that_are_wrong_as_a_whole(lite: Shop, format: int, data: bytes, code: str) -> None:
    with pytest.raises(InputError) as error:
        lite.load(format, data)
    assert error.value.code == code
    assert len(str(error.value)) < 500


def test_a_file_that_is_too_large(lite: Shop) -> None:
    with pytest.raises(LimitReached, match="IMPORT_TOO_LARGE"):
        lite.load(JSONL, b" " * (MAX_IMPORT_BYTES + 1))


def test_problems_are_cut_at_a_thousand(lite: Shop) -> None:
    answer = lite.load(JSONL, "x\n" * 1500 + '{"id": "a", "titles": {"en": "A"}}')
    assert (len(answer.problems), answer.created) == (1000, 1)


def test_an_import_larger_than_a_batch(shop: Shop) -> None:
    lines = [json.dumps({"id": f"p{n:04}", "titles": {"en": f"Product {n}"}}) for n in range(1200)]
    assert shop.load(JSONL, "\n".join(lines)).created == 1200
    assert shop.ids(contains="product 1199") == ["p1199"]


def test_damaged_imports_have_coded_answers(lite: Shop) -> None:
    dice = random.Random(4)
    sources = [(CSV, SHEET.encode()), (JSONL, json_format.MessageToJson(pb.Product(**TIN), indent=None).encode())]
    for _ in range(300):
        format, data = dice.choice(sources)
        damaged = bytearray(data)
        for _ in range(dice.randint(1, 4)):
            damaged[dice.randrange(len(damaged))] = dice.randrange(256)
        with contextlib.suppress(InputError):
            lite.load(format, bytes(damaged), dry_run=True)


def test_what_is_not_built_says_so() -> None:
    services = {"TryOnService": TryOnService()}
    calls = [r for r in RPCS if r.service in services]
    assert len(calls) == 4

    async def drain(stream: Any) -> None:
        async for _ in stream:
            pass

    for rpc in calls:
        answer = getattr(services[rpc.service], rpc.attribute)(rpc.request(), CALL)
        with pytest.raises(NotBuilt) as error:
            asyncio.run(drain(answer) if rpc.streams else answer)
        assert error.value.code == "NOT_BUILT"
        assert len(error.value.message) > 20
