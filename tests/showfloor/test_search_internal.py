"""Attributes that are the shop's own: kept for admins, and nowhere else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from google.protobuf.message import Message
from showfloor.search.facts import read_facts
from showfloor.services.call import Call, Scope
from showfloor.services.catalog import CatalogService
from showfloor.services.shelf import Shelf
from showfloor.store.database import Database
from showfloor.store.tables import Product, ProductWords
from showfloor.v1 import catalog_pb2 as pb
from sqlalchemy import select

ADMIN = Call()
SHOPPER = Call(scopes=frozenset({Scope.read}))
SECRET = "zirconium"
OWN = {"internal.margin": "0.4", "Internal.supplier": f"{SECRET} works"}
TIN = {
    "id": "tin",
    "titles": {"en": "Tea tin"},
    "category": "tea",
    "attributes": {"material": "steel", "Internals": "two lids"} | OWN,
}


class Shop:
    def __init__(self, db: Database) -> None:
        self.db = db
        self.shelf = Shelf(db)
        self.service = CatalogService(db, self.shelf)

    def put(self, **fields: Any) -> pb.Product:
        request = pb.UpsertProductRequest(product=pb.Product(**fields))
        return asyncio.run(self.service.upsert_product(request, ADMIN))

    def answers(self, call: Call) -> dict[str, tuple[Message, pb.Product]]:
        """The whole answer of every call that shows products, and the tin in it."""
        service = self.service
        one = asyncio.run(service.get_product(pb.GetProductRequest(product_id="tin"), call))
        page = asyncio.run(service.list_products(pb.ListProductsRequest(), call))
        found = asyncio.run(service.search(pb.SearchRequest(query="tea tin"), call))
        offered = asyncio.run(service.recommend(pb.RecommendRequest(), call))
        alike = asyncio.run(service.similar_products(pb.SimilarProductsRequest(product_id="pot"), call))
        tins = [one, next(p for p in page.products if p.id == "tin")]
        tins += [next(h.product for h in m.hits if h.product.id == "tin") for m in (found, offered, alike)]
        return dict(
            zip(("get", "list", "search", "recommend", "similar"), zip((one, page, found, offered, alike), tins))
        )


@pytest.fixture
def shop(db: Database) -> Iterator[Shop]:
    shop = Shop(db)
    shop.put(**TIN)
    shop.put(id="pot", titles={"en": "Tea pot"}, category="tea")
    yield shop
    shop.service.close()


def test_only_admins_see_them(shop: Shop) -> None:
    for name, (answer, product) in shop.answers(SHOPPER).items():
        assert dict(product.attributes) == {"material": "steel", "Internals": "two lids"}, name
        assert SECRET not in str(answer), name
        assert "margin" not in str(answer), name
    for name, (_, product) in shop.answers(ADMIN).items():
        assert dict(product.attributes) == TIN["attributes"], name


def test_they_are_not_searched_filtered_or_embedded(shop: Shop) -> None:
    def ids(**fields: Any) -> list[str]:
        answer = asyncio.run(shop.service.search(pb.SearchRequest(**fields), ADMIN))
        return [hit.product.id for hit in answer.hits]

    assert ids(query=SECRET) == []
    assert ids(query="two lids") == ["tin"]
    for f in (
        pb.SearchFilter(attribute="internal.margin", minimum=0.1),
        pb.SearchFilter(attribute="internal.margin", value="0.4"),
        pb.SearchFilter(attribute="INTERNAL.supplier", value=f"{SECRET} works"),
    ):
        assert ids(query="tea", filters=[f]) == []
    with shop.db.session(write=False) as session:
        kept = session.scalars(select(ProductWords.body)).all() + session.scalars(select(ProductWords.title)).all()
        facts = read_facts("tin", session.get(Product, "tin").data)
    assert SECRET not in " ".join(kept)
    assert SECRET not in facts.passage
    assert facts.internal == {"internal.margin": "0.4", "internal.supplier": f"{SECRET} works"}
    assert facts.attributes.keys() == {"material", "internals"}


def test_they_stay_when_a_write_names_none(shop: Shop) -> None:
    seen = shop.answers(SHOPPER)["get"][1]
    seen.attributes["colour"] = "red"
    written = shop.put(id=seen.id, titles=seen.titles, category=seen.category, attributes=seen.attributes)
    assert dict(written.attributes) == dict(seen.attributes) | OWN
    row = {"id": "tin", "titles": {"en": "Tea tin"}, "category": "tea"}
    request = pb.ImportProductsRequest(format=pb.IMPORT_FORMAT_JSONL, data=json.dumps(row).encode())
    assert asyncio.run(shop.service.import_products(request, ADMIN)).updated == 1
    assert dict(shop.answers(ADMIN)["get"][1].attributes) == OWN
    changed = shop.put(**TIN | {"attributes": {"internal.margin": "0.1"}})
    assert dict(changed.attributes) == {"internal.margin": "0.1"}  # one named: what is sent is all
