"""Recommendation on both databases: what shoppers did, content for the rest, rules, and events that count at once."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from showfloor.errors import NotFound
from showfloor.recommend.event_files import read_histories
from showfloor.recommend.history import WEIGHTS
from showfloor.recommend.model import PRIOR, REGULARISATION, count, fit
from showfloor.recommend.saved import FILE
from showfloor.recommend.training import train
from showfloor.services.call import Call
from showfloor.services.catalog import CatalogService
from showfloor.services.insights import InsightsService
from showfloor.services.shelf import Shelf
from showfloor.shop import RecommendRules
from showfloor.shop import Shop as ShopFile
from showfloor.store.database import Database
from showfloor.store.tables import Event
from showfloor.v1 import catalog_pb2 as pb
from showfloor.v1 import insights_pb2 as events
from sqlalchemy import delete, func, select

from assets_pipeline.errors import InputError

CALL = Call()
KINDS = {"tea": ("pot", "cup", "tin", "kettle"), "golf": ("ball", "club", "glove", "bag")}
NAMES = [f"{kind}-{name}" for kind, names in KINDS.items() for name in names]


class Shop:
    def __init__(self, db: Database, file: ShopFile | None = None, folder: Path | None = None) -> None:
        self.db = db
        self.shelf = Shelf(db, file, folder)
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


def test_learning_goes_on_after_events_were_deleted(shop: Shop) -> None:
    crowd(shop)
    learn = shop.shelf.recommender.learn
    assert not learn()
    with shop.db.session() as session:
        newest = session.scalar(select(func.max(Event.number))) or 0
        session.execute(delete(Event).where(Event.number > newest - 100))
    assert learn()
    assert not learn()
    for number in range(10):  # fewer than were deleted
        shop.did(f"new-{number}", "golf-ball")
        shop.did(f"new-{number}", "tea-cup")
    assert learn()
    model = shop.shelf.recommender._model
    assert model.scores([("golf-ball", 1.0)])[model.slots["tea-cup"]] > 0


def test_the_thread_that_learns_outlives_what_nobody_foresaw(
    lite: Shop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    recommender = lite.shelf.recommender
    monkeypatch.setattr("showfloor.recommend.recommender._LOOK_EVERY_S", 0.0)
    again = threading.Event()
    asked: list[int] = []

    def learn() -> bool:
        asked.append(1)
        if len(asked) == 1:
            raise ValueError("odd")
        again.set()
        return False

    monkeypatch.setattr(recommender, "learn", learn)
    recommender.start()
    assert again.wait(30)
    recommender.close()
    assert "did not learn" in caplog.text


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


def with_rules(db: Database, **rules: Any) -> Shop:
    """Another server on the same database, with a shop file."""
    shop = Shop(db, ShopFile(recommend=RecommendRules(**rules)))
    shop.shelf.recommender.learn()
    return shop


def test_what_the_shop_excludes_is_never_shown(lite: Shop) -> None:
    crowd(lite)
    lite.put("golf-tee", brand="Ænon Sports")
    lite.put("tea-spoon")
    spoon = pb.Product(id="tea-spoon", titles={"en": "Tea Spoon"}, category="Tea/Small/Spoons")
    asyncio.run(lite.service.upsert_product(pb.UpsertProductRequest(product=spoon), CALL))
    near = pb.Product(id="teak", titles={"en": "Teak Oil"}, category="teak")
    asyncio.run(lite.service.upsert_product(pb.UpsertProductRequest(product=near), CALL))
    strict = with_rules(
        lite.db,
        exclude_products=["golf-bag"],
        exclude_brands=["ænon sports"],
        exclude_categories=["tea/small/"],
    )
    assert set(strict.ids(count=100)) == {*NAMES, "teak"} - {"golf-bag"}
    like = pb.SimilarProductsRequest(product_id="golf-bag", count=100)
    alike = {hit.product.id for hit in asyncio.run(strict.service.similar_products(like, CALL)).hits}
    assert alike == {*NAMES, "teak"} - {"golf-bag"}
    assert set(with_rules(lite.db, exclude_categories=["TEA"]).ids(count=100)) == {
        "teak",
        "golf-tee",
        *(name for name in NAMES if name.startswith("golf")),
    }


def test_margin_moves_products_up_and_is_never_spoken_of(lite: Shop) -> None:
    crowd(lite)
    lite.did("me", "golf-ball")
    plain = with_rules(lite.db).recommend(shopper_id="me", count=8)
    last = plain[-2].product.id  # behind it is only what was looked at
    assert last.startswith("tea-")
    lite.put(last, attributes={"internal.margin": "0.9"})
    lite.put("golf-bag", attributes={"internal.margin": "lots"})  # states none
    unweighed = with_rules(lite.db, margin_weight=0.0).recommend(shopper_id="me", count=8)
    assert [hit.product.id for hit in unweighed] == [hit.product.id for hit in plain]
    weighed = with_rules(lite.db, margin_weight=1.0).recommend(shopper_id="me", count=8)
    assert last in [hit.product.id for hit in weighed[:2]]
    assert {hit.product.id: hit.score for hit in weighed} == pytest.approx({h.product.id: h.score for h in plain})
    for hit in weighed:
        assert "margin" not in hit.why.lower()
    named = with_rules(lite.db, margin_weight=1.0, margin_attribute="profit")
    named.put("tea-tin", attributes={"profit": "1"})
    assert named.ids(shopper_id="me", count=2)[0:2].count("tea-tin") == 1


def test_reasons_in_chinese(lite: Shop) -> None:
    crowd(lite)
    pot = pb.Product(id="tea-pot", titles={"en": "Tea Pot", "zh": "茶壶"}, category="tea")
    asyncio.run(lite.service.upsert_product(pb.UpsertProductRequest(product=pot), CALL))
    lite.did("me", "tea-pot")
    found = lite.recommend(shopper_id="me", language="zh-Hans", count=8)
    assert {hit.why for hit in found} <= {
        "与「茶壶」常一起被选择",
        "与「茶壶」相似",
        "近期热门",
        "店内商品",
        "您之前看过",
    }
    assert "茶壶" in found[0].why
    assert "Tea Pot" in lite.recommend(shopper_id="me", count=1)[0].why
    like = pb.SimilarProductsRequest(product_id="tea-pot", count=1, language="zh")
    assert asyncio.run(lite.service.similar_products(like, CALL)).hits[0].why in (
        "与「茶壶」常一起被选择",
        "与「茶壶」相似",
    )


ORDERS = """shopper_id,product_id,time,kind
{}
x,tea-pot,2020-01-01T00:00:00Z,EXPOSURE
"""


def past_orders(folder: Path) -> Path:
    rows = [
        f"s{shopper},golf-{name},2020-01-0{day + 1}T00:00:00Z,EVENT_KIND_PURCHASE"
        for shopper in range(60)
        for day, name in enumerate(KINDS["golf"])
    ]
    path = folder / "orders.csv"
    path.write_text(ORDERS.format("\n".join(reversed(rows))))
    return path


def test_past_orders_teach_a_server_without_events(lite: Shop, tmp_path: Path) -> None:
    report = train(lite.db, past_orders(tmp_path), tmp_path / FILE)
    assert (report.shoppers, report.choices, report.products) == (60, 240, 4)
    assert report.pairs[0][2] == 60
    cold = Shop(lite.db, folder=tmp_path)
    assert cold.shelf.recommender.learn()
    assert not cold.shelf.recommender.learn()  # nothing new
    hit = cold.recommend(session_product_ids=["golf-ball"], count=1)[0]
    assert (hit.product.id, hit.why) == ("golf-club", "Goes with Golf Ball")  # it came next
    assert {hit.product.id for hit in cold.recommend(count=4) if hit.why == "Popular now"}
    crowd(cold)  # its own events count beside
    assert cold.shelf.recommender._model.slots.keys() == set(NAMES)
    alone = fit([[f"golf-{name}" for name in KINDS["golf"]]] * 20)
    both = cold.shelf.recommender._model
    pair = both.slots["golf-ball"], both.slots["golf-club"]
    assert both.following[pair] > alone.following[alone.slots["golf-ball"], alone.slots["golf-club"]]
    (tmp_path / FILE).write_bytes(b"no model")
    assert cold.shelf.recommender.learn()  # goes on with its events alone
    assert cold.ids(session_product_ids=["golf-ball"], count=1)[0].startswith("golf-")


def test_what_the_database_taught_is_not_counted_twice(lite: Shop, tmp_path: Path) -> None:
    crowd(lite)
    report = train(lite.db, None, tmp_path / FILE)
    assert (report.source, report.shoppers) == ("database", 60)
    warm = Shop(lite.db, folder=tmp_path)
    assert warm.shelf.recommender.learn()
    ours, theirs = warm.shelf.recommender._model, lite.shelf.recommender._model
    assert ours.ids == theirs.ids
    assert np.allclose(ours.together, theirs.together)
    assert np.allclose(ours.following, theirs.following)


def test_counts_add_up() -> None:
    first, second = [["a", "b", "c"], ["b", "a"]], [["c", "d"], ["a", "d", "b"]]
    whole, added = count([*first, *second]), count(first) + count(second)
    assert whole.ids == added.ids
    assert np.allclose(whole.together, added.together)
    assert np.allclose(whole.following, added.following)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "shopper,what\n1,2\n"),
        ("a.csv", "\0\0\0"),
        ("a.txt", "x"),
        ("a.parquet", "not parquet"),
        ("missing.csv", None),
        ("a.jsonl", "{nonsense"),
    ],
)
def test_bad_files_of_events(lite: Shop, tmp_path: Path, name: str, text: str | None) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(InputError) as error:
        train(lite.db, tmp_path / name, tmp_path / FILE)
    assert error.value.code == "EVENTS_FILE_INVALID"
    assert not (tmp_path / FILE).exists()


def test_files_of_other_systems(tmp_path: Path) -> None:
    same = [["p1", "p2"], ["p2", "p1"]]
    ratings = tmp_path / "set.inter"
    ratings.write_text(
        "user_id:token\titem_id:token\trating:float\ttimestamp:float\n"
        "u\tp2\t3\t1000000000\nu\tp1\t3\t999999999\nv\tp2\t1\t5\nv\tp1\t1\t7.5e2\n"
    )
    assert read_histories(ratings) == same
    lines = tmp_path / "events.jsonl"
    lines.write_text(
        '{"kind": "EVENT_KIND_CART", "sessionId": "u", "productId": "p1", "time": "2026-01-01T00:00:00Z"}\n'
        '{"kind": "EVENT_KIND_CART", "sessionId": "u", "productId": "p2", "time": "2026-01-01T00:00:00.5Z"}\n'
        '{"kind": "EVENT_KIND_CART", "sessionId": "v", "productId": "p1"}\n'
    )
    assert read_histories(lines) == same[:1]


def test_nothing_to_learn_is_said(lite: Shop, tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        train(lite.db, None, tmp_path / FILE)
    assert error.value.code == "NOTHING_TO_LEARN"


@pytest.mark.parametrize(
    "fields",
    [
        {"count": -1},
        {"language": "x" * 36},
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
