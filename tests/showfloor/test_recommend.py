"""Recommendation on both databases: what shoppers did, content for the rest, rules, and events that count at once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from showfloor.errors import NotFound
from showfloor.recommend.history import WEIGHTS
from showfloor.recommend.model import PRIOR, REGULARISATION, fit
from showfloor.services.call import Call
from showfloor.services.catalog import CatalogService
from showfloor.services.insights import InsightsService
from showfloor.services.shelf import Shelf
from showfloor.store.database import Database
from showfloor.store.tables import Event
from showfloor.v1 import catalog_pb2 as pb
from showfloor.v1 import insights_pb2 as events
from sqlalchemy import func, select

from assets_pipeline.errors import InputError

CALL = Call()
KINDS = {"tea": ("pot", "cup", "tin", "kettle"), "golf": ("ball", "club", "glove", "bag")}
NAMES = [f"{kind}-{name}" for kind, names in KINDS.items() for name in names]


class Shop:
    def __init__(self, db: Database) -> None:
        self.db = db
        self.shelf = Shelf(db)
        self.service = CatalogService(db, self.shelf)
        self.insights = InsightsService(db)
        self.count = 0

    def put(self, product_id: str, **fields: Any) -> None:
        kind, _, name = product_id.partition("-")
        product = pb.Product(id=product_id, titles={"en": f"{kind} {name}".title()}, category=kind, **fields)
        asyncio.run(self.service.upsert_product(pb.UpsertProductRequest(product=product), CALL))

    def record(self, *sent: events.Event) -> int:
        return asyncio.run(self.insights.record_events(events.RecordEventsRequest(events=sent), CALL)).stored

    def event(
        self, shopper: str, product: str, kind: int = events.EVENT_KIND_CARD_OPENED, **fields: Any
    ) -> events.Event:
        self.count += 1
        return events.Event(id=f"e{self.count}", kind=kind, shopper_id=shopper, product_id=product, **fields)

    def did(self, shopper: str, product: str, kind: int = events.EVENT_KIND_CARD_OPENED) -> None:
        assert self.record(self.event(shopper, product, kind)) == 1

    def recommend(self, **fields: Any) -> list[pb.SearchHit]:
        return list(asyncio.run(self.service.recommend(pb.RecommendRequest(**fields), CALL)).hits)

    def ids(self, **fields: Any) -> list[str]:
        return [hit.product.id for hit in self.recommend(**fields)]


@pytest.fixture
def shop(db: Database) -> Iterator[Shop]:
    yield from furnished(db)


@pytest.fixture
def lite(sqlite_db: Database) -> Iterator[Shop]:
    yield from furnished(sqlite_db)


def furnished(db: Database) -> Iterator[Shop]:
    shop = Shop(db)
    for name in NAMES:
        shop.put(name)
    yield shop
    shop.service.close()


def crowd(shop: Shop) -> None:
    """Sixty shoppers who keep to one kind, in the order of ``KINDS``; tea is the more popular."""
    sent = []
    for number in range(60):
        kind = "golf" if number % 3 == 0 else "tea"
        for name in KINDS[kind]:
            sent.append(shop.event(f"s{number}", f"{kind}-{name}"))
    shop.record(*sent)
    assert shop.shelf.recommender.learn()


def test_what_others_chose_together(shop: Shop) -> None:
    crowd(shop)
    shop.did("me", "golf-ball")
    first = shop.recommend(shopper_id="me", count=3)
    assert {hit.product.id for hit in first} == {"golf-club", "golf-glove", "golf-bag"}
    assert first[0].product.id == "golf-club"  # it came next for the others too
    assert first[0].why in ("Goes with Golf Ball", "Like Golf Ball")
    assert first[0].score > first[-1].score


def test_a_new_event_changes_the_next_answer(shop: Shop) -> None:
    crowd(shop)
    assert shop.ids(shopper_id="me", count=1)[0].startswith("tea-")
    shop.did("me", "golf-club")
    assert shop.ids(shopper_id="me", count=1)[0].startswith("golf-")
    other = Shop(shop.db)  # and that of another server
    assert other.ids(shopper_id="me", count=1)[0].startswith("golf-")
    shop.did("me", "tea-pot")
    shop.did("me", "tea-cup")
    assert shop.ids(shopper_id="me", count=1)[0].startswith("tea-")  # the newest weigh most
    other.service.close()


def test_the_session_counts_for_unknown_shoppers(lite: Shop) -> None:
    crowd(lite)
    found = lite.ids(session_product_ids=["golf-ball", "no-such-product"], count=3)
    assert all(i.startswith("golf-") for i in found)
    assert "golf-ball" not in found


def test_rules_always_hold(lite: Shop) -> None:
    crowd(lite)
    lite.put("golf-club", stock=0)
    lite.did("me", "golf-ball", events.EVENT_KIND_PURCHASE)
    lite.did("me", "golf-glove", events.EVENT_KIND_THUMBS_DOWN)
    found = lite.ids(shopper_id="me", exclude_product_ids=["tea-pot"], session_product_ids=["tea-cup"], count=100)
    assert set(found) == set(NAMES) - {"golf-club", "golf-ball", "golf-glove", "tea-pot", "tea-cup"}
    asyncio.run(lite.service.delete_product(pb.DeleteProductRequest(product_id="golf-bag"), CALL))
    assert "golf-bag" not in lite.ids(shopper_id="me", count=100)


def test_what_was_looked_at_comes_after_what_was_not(lite: Shop) -> None:
    crowd(lite)
    for name in KINDS["golf"]:
        lite.did("me", f"golf-{name}")
    found = lite.recommend(shopper_id="me", count=8)
    assert {hit.product.id for hit in found[4:]} == {f"golf-{name}" for name in KINDS["golf"]}
    assert {hit.why for hit in found[4:]} == {"Looked at before"}


def test_nothing_known_gives_the_popular(lite: Shop) -> None:
    crowd(lite)
    found = lite.recommend(count=4)
    assert found[0].why == "Popular now"
    assert found[0].product.category == "tea"
    assert all(hit.why == "From the catalogue" for hit in Shop(lite.db).recommend(count=4))  # nothing learnt yet


def test_a_cold_product_is_found_by_its_content(lite: Shop) -> None:
    crowd(lite)
    lite.put("golf-tee")
    found = {hit.product.id: hit.why for hit in lite.recommend(session_product_ids=["golf-ball"], count=5)}
    assert found["golf-tee"] == "Like Golf Ball"


def test_a_list_is_not_all_of_one_kind(lite: Shop) -> None:
    for number in range(12):
        lite.put(f"tea-mug{number}")
    found = lite.ids(count=10)
    assert any(i.startswith("golf-") for i in found)


def test_products_like_one(shop: Shop) -> None:
    def similar(product_id: str, **fields: Any) -> list[pb.SearchHit]:
        request = pb.SimilarProductsRequest(product_id=product_id, **fields)
        return list(asyncio.run(shop.service.similar_products(request, CALL)).hits)

    found = similar("tea-cup", count=3)
    assert {hit.product.id for hit in found} == {"tea-pot", "tea-tin", "tea-kettle"}
    assert found[0].why == "Like Tea Cup"
    for wrong in ("no-such", "\0", "x" * 100):
        with pytest.raises(NotFound) as error:
            similar(wrong)
        assert error.value.code == "PRODUCT_UNKNOWN"


@pytest.mark.parametrize(
    "fields",
    [
        {"count": -1},
        {"count": 101},
        {"shopper_id": "x" * 65},
        {"session_product_ids": ["a"] * 201},
        {"exclude_product_ids": ["a"] * 1001},
    ],
)
def test_bad_requests(lite: Shop, fields: dict[str, Any]) -> None:
    with pytest.raises(InputError) as error:
        lite.recommend(**fields)
    assert error.value.code == "RECOMMEND_INVALID"


def test_events_are_stored_once(shop: Shop) -> None:
    sent = [shop.event("a", "tea-pot"), shop.event("a", "tea-cup")]
    assert shop.record(*sent) == 2
    assert shop.record(*sent, shop.event("b", "tea-cup")) == 1
    twice = shop.event("c", "tea-cup")
    assert shop.record(twice, twice) == 1
    assert shop.record() == 0
    with shop.db.session(write=False) as session:
        assert session.scalar(select(func.count()).select_from(Event)) == 4


def test_clocks_that_are_years_off(lite: Shop) -> None:
    now = datetime.now(UTC)
    sent = []
    for off in (timedelta(days=-4000), timedelta(days=-2), timedelta(hours=2), timedelta(days=3000)):
        event = lite.event("a", "tea-pot")
        event.time.FromDatetime(now + off)
        sent.append(event)
    broken = lite.event("a", "tea-pot")
    broken.time.seconds = 2**60
    assert lite.record(*sent, broken, lite.event("a", "tea-pot")) == 6
    with lite.db.session(write=False) as session:
        times = list(session.scalars(select(Event.time).order_by(Event.number)))
    offs = [(time - now).total_seconds() for time in times]
    assert offs == pytest.approx([0, -172_800, 7200, 0, 0, 0], abs=60)


@pytest.mark.parametrize(
    "fields",
    [
        {"id": ""},
        {"id": "x" * 65},
        {"kind": 0},
        {"kind": 99},
        {"shopper_id": "a\0"},
        {"product_id": "x" * 65},
        {"scene": "x" * 201},
        {"arms": {"e": "x" * 65}},
        {"arms": {str(n): "a" for n in range(21)}},
    ],
)
def test_bad_events(lite: Shop, fields: dict[str, Any]) -> None:
    good = lite.event("a", "tea-pot")
    bad = events.Event(**({"id": "bad", "kind": events.EVENT_KIND_CART} | fields))
    with pytest.raises(InputError) as error:
        lite.record(good, bad)
    assert error.value.code == "EVENTS_INVALID"
    assert "event 2" in error.value.message
    assert lite.record(good) == 1  # nothing of the refused batch was kept


def test_too_many_events(lite: Shop) -> None:
    with pytest.raises(InputError) as error:
        lite.record(*(lite.event("a", "b") for _ in range(1001)))
    assert error.value.code == "EVENTS_INVALID"


def test_the_model_against_plain_arithmetic() -> None:
    histories = [["a", "b", "c"], ["a", "b"], ["b", "c", "a"], ["c", "d"], ["a", "a", "b"]]
    model = fit(histories)
    assert model.ids == ("a", "b", "c", "d")
    x = np.array([[i in history for i in model.ids] for history in histories], float)
    inverse = np.linalg.inv(x.T @ x + REGULARISATION * np.eye(4))
    weights = inverse / -np.diag(inverse)
    np.fill_diagonal(weights, 0)
    assert np.allclose(model.together, weights, atol=1e-6)
    counts = np.array([[0, 3, 0.8, 0], [0.8, 0, 2, 0], [1, 0, 0, 1], [0, 0, 0, 0]])
    assert np.allclose(model.following, counts / (counts.sum(1, keepdims=True) + PRIOR), atol=1e-6)
    known, parts = model.parts([("unknown", 1.0), ("a", 2.0), ("b", 1.0)])
    assert known == ["a", "b"]
    assert np.allclose(model.scores([("a", 2.0), ("b", 1.0)]), parts.sum(0))
    assert not fit([]).scores([("a", 1.0)]).size


def test_every_kind_has_its_place() -> None:
    silent = {events.EVENT_KIND_UNSPECIFIED, events.EVENT_KIND_EXPOSURE, events.EVENT_KIND_VR_VISIT}
    assert set(WEIGHTS) | silent | {events.EVENT_KIND_THUMBS_DOWN} == set(events.EventKind.values())
