"""Search as a client sees it, on both databases, by words alone and with a stand-in for meaning."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from showfloor.search.e5_file import Array
from showfloor.services.call import Call
from showfloor.services.catalog import CatalogService
from showfloor.services.shelf import Shelf
from showfloor.store.database import Database
from showfloor.store.tables import Product, ProductVector, ProductWords, now
from showfloor.v1 import catalog_pb2 as pb
from sqlalchemy import delete, func, select, update

from assets_pipeline.errors import InputError

CALL = Call()
PRODUCTS: list[dict[str, Any]] = [
    {
        "id": "shoe-red",
        "titles": {"en": "Runner Pro shoes", "zh": "跑鞋"},
        "category": "shoes/sport",
        "price": {"currency_code": "EUR", "units": 45},
        "stock": 3,
        "attributes": {"colour": "red", "size": "41, 42, 43", "material": "cotton"},
    },
    {
        "id": "shoe-red-dear",
        "titles": {"en": "Evening shoes"},
        "category": "shoes",
        "price": {"currency_code": "EUR", "units": 250},
        "attributes": {"color": "Red", "size": "38"},
    },
    {
        "id": "shoe-blue",
        "titles": {"en": "Walking shoes"},
        "price": {"currency_code": "EUR", "units": 30},
        "attributes": {"colour": "blue", "size": "42"},
    },
    {
        "id": "sofa-small",
        "titles": {"en": "Two-seat sofa", "zh": "双人沙发"},
        "category": "furniture",
        "size": {"x_m": 1.5, "y_m": 0.8, "z_m": 0.9},
    },
    {
        "id": "sofa-large",
        "titles": {"en": "Corner sofa"},
        "category": "furniture",
        "size": {"x_m": 3.0, "y_m": 0.8, "z_m": 2.0},
    },
    {"id": "perfume", "titles": {"en": "Rose perfume"}, "stock": 0},
]


class Stand:
    """Instead of the model: texts that share a word of one group are near."""

    GROUPS = (("sofa", "沙发", "sit"), ("shoe", "walk", "running"), ("perfume", "smell"))
    width = 4

    def query(self, text: str) -> Array:
        found = [float(any(word in text.lower() for word in group)) for group in self.GROUPS]
        vector = np.array([*found, 0.3], np.float32)
        return vector / np.linalg.norm(vector)

    def passages(self, texts: list[str]) -> Array:
        return np.array([self.query(text) for text in texts])


class Shop:
    def __init__(self, db: Database) -> None:
        self.db = db
        self.shelf = Shelf(db)
        self.service = CatalogService(db, self.shelf)

    def put(self, **fields: Any) -> None:
        request = pb.UpsertProductRequest(product=pb.Product(**fields))
        asyncio.run(self.service.upsert_product(request, CALL))

    def search(self, query: str, **fields: Any) -> pb.SearchResponse:
        return asyncio.run(self.service.search(pb.SearchRequest(query=query, **fields), CALL))

    def ids(self, query: str, **fields: Any) -> list[str]:
        return [hit.product.id for hit in self.search(query, **fields).hits]

    def learn_meaning(self) -> None:
        self.shelf.meaning.embedder = Stand()  # type: ignore[assignment]
        while self.shelf.meaning.step():
            pass


@pytest.fixture
def shop(db: Database) -> Iterator[Shop]:
    shop = Shop(db)
    for product in PRODUCTS:
        shop.put(**product)
    yield shop
    shop.service.close()


@pytest.fixture
def lite(sqlite_db: Database) -> Iterator[Shop]:
    shop = Shop(sqlite_db)
    for product in PRODUCTS:
        shop.put(**product)
    yield shop
    shop.service.close()


def test_words_filters_slips_and_other_names(shop: Shop) -> None:
    found = shop.search("red shoes under 50, size 42")
    assert [hit.product.id for hit in found.hits] == ["shoe-red"]
    assert {f.attribute for f in found.understood} == {"colour", "price", "size"}
    assert not found.relaxed
    assert "colour red" in found.hits[0].why
    assert "By words alone" in found.hits[0].why
    assert shop.ids("适合小户型的沙发") == ["sofa-small"]
    assert set(shop.ids("couch")) == {"sofa-small", "sofa-large"}
    assert shop.ids("perfumme") == ["perfume"]
    assert set(shop.ids("under 50")) == {"shoe-red", "shoe-blue"}
    assert shop.ids("umbrella") == []


def test_nothing_left_relaxes_the_least_and_says_so(shop: Shop) -> None:
    found = shop.search("red shoes under 50, size 38")
    assert [f.attribute for f in found.relaxed] == ["size"]
    assert [hit.product.id for hit in found.hits] == ["shoe-red"]
    assert "Nothing met size 38" in found.hits[0].why
    found = shop.search("green shoes under 40 made of silk")
    assert {f.attribute for f in found.relaxed} == {"material", "colour"}
    assert [hit.product.id for hit in found.hits] == ["shoe-blue"]
    shop.put(id="pepper", titles={"en": "Green pepper"}, descriptions={"en": "Not a sofa."})
    assert [f.attribute for f in shop.search("green sofa").relaxed] == ["colour"]  # a word in passing is no answer
    assert "已放宽" in shop.search("绿色 跑鞋").hits[0].why


def test_given_filters_always_hold(lite: Shop) -> None:
    def by(**fields: Any) -> list[str]:
        return lite.ids("shoes", filters=[pb.SearchFilter(**fields)])

    assert by(attribute="price", maximum=40) == ["shoe-blue"]
    assert by(attribute="category", value="shoes/sport") == ["shoe-red"]
    assert set(by(attribute="category", value="shoes")) == {"shoe-red", "shoe-red-dear"}
    assert by(attribute="colour", value="green") == []
    assert lite.ids("", filters=[pb.SearchFilter(attribute="width", maximum=2)]) == ["sofa-small"]


def test_an_answer_follows_every_write(shop: Shop) -> None:
    shop.put(id="lamp", titles={"en": "Desk lamp"})
    assert shop.ids("lamp") == ["lamp"]
    shop.put(id="lamp", titles={"en": "Trampoline"})
    assert shop.ids("lamp") == []
    assert shop.ids("trampoline") == ["lamp"]
    other = Shop(shop.db)  # another server on the same database
    assert other.ids("trampoline") == ["lamp"]
    asyncio.run(shop.service.delete_product(pb.DeleteProductRequest(product_id="lamp"), CALL))
    assert shop.ids("trampoline") == other.ids("trampoline") == []
    with shop.db.session(write=False) as session:
        assert session.scalar(select(func.count()).select_from(ProductWords)) == len(PRODUCTS)
    other.service.close()


def test_a_slow_write_with_an_older_time_is_seen(lite: Shop) -> None:
    other = Shop(lite.db)
    assert other.ids("trampoline") == []
    lite.put(id="sofa-small", titles={"en": "Trampoline"})
    with lite.db.session() as session:  # as if another write had been committed in between
        session.execute(
            update(Product).where(Product.id == "sofa-small").values(update_time=now() - timedelta(minutes=1))
        )
    assert other.ids("trampoline") == []
    lite.db.look(other.shelf.index.refresh, True)
    assert other.ids("trampoline") == ["sofa-small"]
    other.service.close()


def test_products_from_before_search_become_findable(shop: Shop) -> None:
    with shop.db.session() as session:
        session.execute(delete(ProductWords))
    assert shop.ids("sofa") == []
    shop.shelf.index.fill_words()
    assert len(shop.ids("sofa")) == 2


def test_meaning_finds_what_has_other_words(shop: Shop) -> None:
    assert shop.ids("somewhere to sit") == []
    shop.learn_meaning()
    found = shop.search("somewhere to sit")
    assert {hit.product.id for hit in found.hits} == {"sofa-small", "sofa-large"}
    assert found.hits[0].why == "Near in meaning."
    with shop.db.session(write=False) as session:
        assert session.scalar(select(func.count()).select_from(ProductVector)) == len(PRODUCTS)
    other = Shop(shop.db)  # takes the stored vectors
    other.shelf.index._db.look(other.shelf.index.refresh)
    assert other.shelf.index.without_vector(10) == []
    other.service.close()


def test_vectors_follow_texts(lite: Shop) -> None:
    lite.learn_meaning()
    lite.put(id="sofa-large", titles={"en": "Running belt"})
    assert [facts.id for facts in (lite.ids("x"), lite.shelf.index.without_vector(10))[1]] == ["sofa-large"]
    lite.learn_meaning()
    assert lite.ids("somewhere to sit") == ["sofa-small"]
    asyncio.run(lite.service.delete_product(pb.DeleteProductRequest(product_id="shoe-red"), CALL))
    assert lite.ids("somewhere to sit") == ["sofa-small"]  # what took its place in memory kept its own vector
    for number in range(300):
        lite.put(id=f"more-{number}", titles={"en": "Filler"})
    lite.learn_meaning()
    assert lite.ids("somewhere to sit")[0] == "sofa-small"


def test_sold_out_comes_last(lite: Shop) -> None:
    lite.put(id="rose-soap", titles={"en": "Soap"}, descriptions={"en": "Smells of rose perfume, a little."}, stock=1)
    assert lite.ids("rose perfume") == ["rose-soap", "perfume"]


def test_pages_hold_together(lite: Shop) -> None:
    for number in range(25):
        lite.put(id=f"cup-{number:02}", titles={"en": f"Cup number {number}"})
    first = lite.search("cup", page_size=10)
    second = lite.search("cup", page_size=10, page_token=first.next_page_token)
    third = lite.search("cup", page_size=10, page_token=second.next_page_token)
    ids = [hit.product.id for page in (first, second, third) for hit in page.hits]
    assert sorted(ids) == [f"cup-{number:02}" for number in range(25)]
    assert third.next_page_token == ""
    with pytest.raises(InputError) as error:
        lite.search("plate", page_token=first.next_page_token)
    assert error.value.code == "PAGE_TOKEN_INVALID"


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("QUERY_INVALID", {"query": ""}),
        ("QUERY_INVALID", {"query": "x" * 501}),
        ("QUERY_INVALID", {"query": "x", "language": "x" * 36}),
        ("FILTER_INVALID", {"query": "x", "filters": [pb.SearchFilter(attribute="price")]}),
        ("FILTER_INVALID", {"query": "x", "filters": [pb.SearchFilter(value="a")]}),
        ("FILTER_INVALID", {"query": "x", "filters": [pb.SearchFilter(attribute="price", value="1", minimum=1)]}),
        ("FILTER_INVALID", {"query": "x", "filters": [pb.SearchFilter(attribute="price", minimum=float("nan"))]}),
        ("FILTER_INVALID", {"query": "x", "filters": [pb.SearchFilter(attribute="a", value="b")] * 21}),
        ("PAGE_SIZE_INVALID", {"query": "x", "page_size": 101}),
        ("PAGE_TOKEN_INVALID", {"query": "x", "page_token": "x"}),
    ],
)
def test_bad_requests(lite: Shop, code: str, fields: dict[str, Any]) -> None:
    with pytest.raises(InputError) as error:
        lite.search(**fields)
    assert error.value.code == code


@pytest.mark.parametrize(
    "query",
    [
        '"shoes',
        "shoes OR NOT AND (",
        "title:shoes*",
        "shoes' OR 1=1 --",
        "NEAR(shoes, 2)",
        "shoes & | ! <->",
        "shoes\0",
        "%_",
    ],
)
def test_operators_of_the_databases_are_plain_words(shop: Shop, query: str) -> None:
    found = shop.ids(query)
    assert not found if query == "%_" else "shoe-blue" in found
