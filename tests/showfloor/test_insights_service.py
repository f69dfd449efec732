"""Insights over real databases: funnels, lift, breakdowns, retention, experiments, and strange events."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from showfloor.errors import Conflict, NotFound, Unavailable
from showfloor.insights import snapshot
from showfloor.services import insights as services
from showfloor.store.database import Database
from showfloor.store.tables import Event, now
from showfloor.v1 import insights_pb2 as pb
from sqlalchemy import Row, delete
from sqlalchemy.orm import Session

from assets_pipeline.errors import InputError
from tests.showfloor.insights_shop import CALL, Shop, opened, stamp


@pytest.fixture
def shop(db: Database) -> Iterator[Shop]:
    with opened(db) as shop:
        yield shop


@pytest.fixture
def lite(sqlite_db: Database) -> Iterator[Shop]:
    with opened(sqlite_db) as shop:
        yield shop


def test_a_shop_without_events(lite: Shop) -> None:
    assert lite.steps() == [0] * 7
    assert lite.funnel().lift_high == 0
    assert not lite.breakdown().rows
    assert lite.retention() == lite.experiments() == []
    assert "fewer than two brands" in lite.audit().conclusion


def test_one_event(lite: Shop) -> None:
    lite.did("ann", "bought", product="tin")
    found = lite.funnel()
    assert [step.shoppers for step in found.steps] == [1, 1, 0, 0, 0, 1, 1]
    assert [step.rate for step in found.steps] == [1, 1, 0, 0, 0, 1, 1]
    assert (found.lift, found.lift_low, found.lift_high) == (0, 0, 0)
    assert (found.shoppers_with, found.shoppers_without, found.conversion_without) == (0, 1, 1)
    assert [list(c.shares) for c in lite.retention()] == [[1.0]]


def test_the_funnel_counts_shoppers_by_what_they_reached(shop: Shop) -> None:
    shop.did("ann", "shown", "opened", "placed", "cart", "bought", product="tin")
    shop.did("bob", "shown", "shown", "opened", product="tin")
    shop.did("cid", "shown", "bought", product="cup")  # his card and cart were lost on the way
    shop.did("?web-1", "shown", product="tin")
    shop.did("?web-1", "tried", product="tin")
    shop.did("dan", "visited", scene="hall")
    shop.did("eve", "liked", product="tin")
    found = shop.funnel()
    assert [step.shoppers for step in found.steps] == [6, 3, 1, 1, 1, 2, 2]
    assert [step.rate for step in found.steps] == pytest.approx([1, 3 / 6, 1 / 6, 1 / 6, 1 / 6, 2 / 3, 1])
    assert (found.shoppers_with, found.shoppers_without) == (3, 3)
    assert found.lift == pytest.approx(1)
    assert found.lift_low < 1 < found.lift_high
    assert shop.steps(product_id="tin") == [4, 2, 1, 1, 0, 1, 1]


def test_a_shopper_is_no_session_and_nobody_is_nobody(lite: Shop) -> None:
    both = lite.event("same", "shown")
    lite.record([both, pb.Event(id="x", kind=pb.EVENT_KIND_EXPOSURE, session_id="same")])
    assert lite.steps()[0] == 2
    lite.record([pb.Event(id="y", kind=pb.EVENT_KIND_PURCHASE)])
    assert lite.steps()[0] == 2
    lite.record([pb.Event(id="z", kind=pb.EVENT_KIND_CART, shopper_id="same", session_id="other")])
    assert lite.steps()[0] == 2


def test_events_twice_and_clocks_years_off(lite: Shop) -> None:
    event = lite.event("ann", "shown")
    assert lite.record([event, event]) == 1
    assert lite.record([event]) == 0
    for number, year in enumerate((1970, 2001, 2099)):
        odd = lite.event(f"odd-{number}", "opened")
        odd.time.CopyFrom(stamp(datetime(year, 1, 1, tzinfo=UTC)))
        lite.record([odd])
    assert lite.steps() == [4, 3, 0, 0, 0, 0, 0]  # they count at the time of the server
    ahead = lite.event("ahead", "opened", ago=timedelta(hours=-5))
    lite.record([ahead])
    assert lite.steps()[0] == 4  # within a day of ours, so it is believed; it has not come yet
    assert lite.steps(end_time=stamp(now() + timedelta(days=2)))[0] == 5


def test_the_time_range(shop: Shop) -> None:
    shop.did("ann", "shown", ago=timedelta(days=40))
    shop.did("bob", "shown", ago=timedelta(days=3))
    assert shop.steps()[0] == 1
    assert shop.steps(start_time=stamp(now() - timedelta(days=90)))[0] == 2
    assert shop.steps(end_time=stamp(now() - timedelta(days=20)))[0] == 1
    far = Timestamp(seconds=4_000_000_000)
    assert shop.steps(end_time=far, start_time=stamp(now() - timedelta(days=90)))[0] == 2


@pytest.mark.parametrize(
    "fields",
    [
        {"start_time": Timestamp(seconds=200), "end_time": Timestamp(seconds=100)},
        {"start_time": Timestamp(seconds=100), "end_time": Timestamp(seconds=100)},
        {"start_time": Timestamp(seconds=4_000_000_000)},
        {"end_time": Timestamp(seconds=10**15)},
        {"start_time": Timestamp(nanos=-5)},
    ],
)
def test_time_ranges_that_are_none(lite: Shop, fields: dict[str, Timestamp]) -> None:
    for ask in (lite.funnel, lite.breakdown, lite.audit):
        with pytest.raises(InputError, match="TIME_RANGE_INVALID"):
            ask(**fields)


def test_products_that_are_unknown_new_or_deleted(lite: Shop) -> None:
    with pytest.raises(NotFound, match="PRODUCT_UNKNOWN"):
        lite.funnel(product_id="nothing")
    with pytest.raises(NotFound, match="PRODUCT_UNKNOWN"):
        lite.funnel(product_id="' OR 1=1 --")
    with pytest.raises(NotFound, match="SCENE_UNKNOWN"):
        lite.funnel(scene="moon")
    lite.put("tin")
    assert lite.steps(product_id="tin") == [0] * 7
    lite.did("ann", "shown", "bought", product="tin")
    lite.delete("tin")
    assert lite.steps(product_id="tin")[-1] == 1
    assert [row.name for row in lite.breakdown().rows] == ["tin"]


def test_what_is_deleted_is_forgotten(lite: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("showfloor.insights.snapshot._COUNT_EVERY_S", 0.0)
    lite.did("ann", "shown", "bought")
    lite.did("bob", "shown")
    assert lite.steps()[0] == 2
    with lite.db.session() as session:
        session.execute(delete(Event).where(Event.shopper_id == "ann"))
    assert lite.steps() == [1, 0, 0, 0, 0, 0, 0]


def test_events_after_the_newest_was_deleted(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their numbers are new ones, also on SQLite, and so they are noticed before anybody counts."""
    shop.did("ann", "shown", "bought")
    assert shop.steps()[-1] == 1
    with shop.db.session() as session:
        session.execute(delete(Event).where(Event.shopper_id == "ann"))
    shop.did("bob", "shown", "opened")
    assert shop.steps()[:2] == [2, 2]
    monkeypatch.setattr("showfloor.insights.snapshot._COUNT_EVERY_S", 0.0)
    assert shop.steps() == [1, 1, 0, 0, 0, 0, 0]
    with shop.db.session() as session:
        session.execute(delete(Event))
    assert shop.steps() == [0] * 7


def test_many_events_are_read_in_batches(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("showfloor.insights.snapshot.BATCH", 7)
    for number in range(3):
        shop.record([shop.event(f"s{n}", "shown") for n in range(10 * (number + 1))])
        assert shop.steps()[0] == 10 * (number + 1)


def test_breakdown_by_product_in_pages(shop: Shop) -> None:
    for number in range(5):
        for shopper in range(1 + number // 2):
            shop.did(f"s{shopper}", "shown", "opened", product=f"p{number}")
    shop.did("s0", "bought", product="p0")
    names, token = [], ""
    while True:
        page = shop.breakdown(page_size=2, page_token=token)
        names += [(row.name, row.steps[0].shoppers, row.steps[-1].shoppers) for row in page.rows]
        token = page.next_page_token
        if not token:
            break
        shop.did("late", "shown", product="p9")  # comes too late for the pages of before
    assert names == [("p4", 3, 0), ("p2", 2, 0), ("p3", 2, 0), ("p0", 1, 1), ("p1", 1, 0)]
    first = shop.breakdown(page_size=2)
    with pytest.raises(InputError, match="PAGE_TOKEN_INVALID"):
        shop.breakdown(page_size=2, page_token=first.next_page_token, by=pb.BREAKDOWN_BY_SCENE)
    with pytest.raises(InputError, match="PAGE_SIZE_INVALID"):
        shop.breakdown(page_size=201)
    with pytest.raises(InputError, match="BREAKDOWN_INVALID"):
        shop.breakdown(by=7)


def test_a_purchase_counts_for_the_scene_where_the_product_was_met(shop: Shop) -> None:
    shop.did("ann", "shown", "placed", product="tin", scene="hall")
    shop.did("ann", "cart", "bought", product="tin")
    shop.did("ann", "bought", product="cup")
    shop.did("bob", "shown", product="tin", scene="hall")
    shop.did("bob", "bought", product="cup", scene="checkout")
    shop.did("cid", "bought", product="tin")
    assert shop.steps(scene="hall") == [2, 1, 1, 0, 0, 1, 1]
    rows = {row.name: row.steps[-1].shoppers for row in shop.breakdown(by=pb.BREAKDOWN_BY_SCENE).rows}
    assert rows == {"hall": 1, "checkout": 1}
    assert shop.steps(scene="hall", product_id="cup") == [0] * 7


def test_retention_by_week(shop: Shop) -> None:
    today = now()
    monday = today.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=today.weekday())
    first = today - (monday - timedelta(weeks=2))
    shop.did("ann", "shown", ago=first - timedelta(hours=1))
    shop.did("bob", "shown", ago=first - timedelta(days=6))
    shop.did("bob", "opened", "opened", ago=today - monday + timedelta(hours=1))  # late on Sunday, a week later
    shop.did("ann", "opened", ago=today - monday)
    shop.did("cid", "shown", ago=today - monday)
    old, new = shop.retention()
    assert (old.week, new.week) == ((monday - timedelta(weeks=2)).date().isoformat(), monday.date().isoformat())
    assert (old.shoppers, list(old.shares)) == (2, [1.0, 0.5, 0.5])
    assert (new.shoppers, list(new.shares)) == (1, [1.0])
    assert [c.week for c in shop.retention(weeks=1)] == [new.week]  # the others came first before
    for weeks in (-1, 53):
        with pytest.raises(InputError, match="RETENTION_INVALID"):
            shop.retention(weeks=weeks)


def test_an_experiment_by_intention_to_treat(shop: Shop) -> None:
    def saw(who: str, arm: str, hours: int) -> pb.Event:
        return shop.event(who, "shown", ago=timedelta(hours=hours), arms={"exp-3d": arm})

    shop.record([saw("ann", "b", 5), saw("ann", "a", 3), saw("bob", "a", 5), saw("cid", "a", 5), saw("dan", "b", 5)])
    shop.did("ann", "bought", ago=timedelta(hours=2))  # of b, which she saw first
    shop.did("bob", "bought", ago=timedelta(hours=9))  # before he was in any arm
    shop.did("cid", "bought", "bought", ago=timedelta(hours=4))
    shop.did("out", "bought")
    found = shop.experiment("exp-3d")
    assert [(a.name, a.shoppers, a.successes) for a in found.arms] == [("a", 2, 1), ("b", 2, 1)]
    assert all(a.low < a.rate < a.high for a in found.arms)
    assert "1 of 4 shoppers saw several arms" in found.conclusion
    assert [a.successes for a in shop.experiment("exp-3d", goal=pb.EVENT_KIND_CART).arms] == [0, 0]
    assert shop.experiments() == ["exp-3d"]
    late = saw("bob", "b", 8)  # arrives last, happened first
    shop.record([late])
    assert [(a.name, a.shoppers) for a in shop.experiment("exp-3d").arms] == [("a", 1), ("b", 3)]


def test_strange_experiments(lite: Shop) -> None:
    with pytest.raises(NotFound, match="EXPERIMENT_UNKNOWN"):
        lite.experiment("")
    odd = ["<img src=x onerror=alert(1)>", "=HYPERLINK(1)", '"; DROP TABLE events; --', ""]
    lite.record([lite.event(f"s{n}", "shown", arms={odd[0]: arm}) for n, arm in enumerate(odd)])
    assert [a.name for a in lite.experiment(odd[0]).arms] == sorted(odd)
    lite.record([lite.event(f"t{n}", "shown", arms={"twenty": f"arm-{n}"}) for n in range(20)])
    found = lite.experiment("twenty")
    assert len(found.arms) == 20
    assert found.p_value == 1
    lite.record([lite.event("one-more", "shown", arms={"twenty": "arm-20"})])
    with pytest.raises(Conflict, match="EXPERIMENT_ARMS_TOO_MANY"):
        lite.experiment("twenty")
    with pytest.raises(InputError, match="EXPERIMENT_INVALID"):
        lite.experiment("twenty", goal=99)
    assert lite.experiments() == ["twenty", odd[0]]


class SlowReading:
    """Stands between the snapshot and its database until it is let go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reading, self.go = threading.Event(), threading.Event()
        self._read = snapshot._read
        monkeypatch.setattr(snapshot, "_read", self)
        monkeypatch.setattr(snapshot, "BATCH", 2)

    def __call__(self, session: Session, after: int) -> Sequence[Row[Any]]:
        if after:  # the first batch is there
            self.reading.set()
            assert self.go.wait(60)
        return self._read(session, after)


def test_a_question_during_the_first_reading_is_told_to_come_again(lite: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    lite.record([lite.event(f"s{n}", "shown") for n in range(5)])
    slow = SlowReading(monkeypatch)
    lite.insights._patience_s = 0.01
    with pytest.raises(Unavailable):
        lite.funnel()
    assert slow.reading.wait(60)
    with pytest.raises(Unavailable) as error:
        lite.audit()
    assert error.value.code == "INSIGHTS_LOADING"
    assert "2 so far" in error.value.message
    assert lite.record([lite.event("ann", "shown")]) == 1
    slow.go.set()
    lite.insights._patience_s = None
    assert lite.steps()[0] == 6


def test_a_server_that_stops_does_not_read_to_the_end(lite: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    lite.record([lite.event(f"s{n}", "shown") for n in range(50)])
    slow = SlowReading(monkeypatch)
    lite.insights._patience_s = 0.01

    async def ask_and_stop() -> list[dict[str, Any]]:
        problems: list[dict[str, Any]] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, problem: problems.append(problem))
        with pytest.raises(Unavailable):
            await lite.insights.funnel(pb.FunnelRequest(), CALL)
        closing = asyncio.get_running_loop().run_in_executor(None, lite.insights.close)
        while not lite.insights._events._ended:
            await asyncio.sleep(0.001)
        slow.go.set()
        await asyncio.wait_for(closing, 60)
        await asyncio.sleep(0)
        lite.insights._copying = None
        gc.collect()  # asyncio complains about an error that nobody saw when it goes
        return problems

    assert asyncio.run(ask_and_stop()) == []
    assert lite.insights._events.count == 2


def test_a_funnel_does_not_wait_for_an_audit(lite: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    go = threading.Event()
    audit = services.audit

    def slow(*args: Any) -> Any:
        assert go.wait(60)
        return audit(*args)

    monkeypatch.setattr(services, "audit", slow)
    lite.did("ann", "shown", "bought")

    async def both() -> tuple[int, str]:
        asked = asyncio.create_task(lite.insights.audit(pb.AuditRequest(), CALL))
        await asyncio.sleep(0)
        steps = (await asyncio.wait_for(lite.insights.funnel(pb.FunnelRequest(), CALL), 30)).steps
        go.set()
        return steps[0].shoppers, (await asked).conclusion

    assert asyncio.run(both()) == (1, "There are fewer than two brands: nothing to compare.")


def test_figures_are_refused_once_the_server_stops(lite: Shop) -> None:
    lite.insights.close()
    with pytest.raises(Unavailable):
        lite.funnel()
    assert lite.record([lite.event("ann", "shown")]) == 1


def test_the_loop_runs_on_while_figures_are_computed(lite: Shop) -> None:
    lite.record([lite.event(f"s{n}", "shown") for n in range(3000)])

    async def both() -> int:
        asked = asyncio.create_task(lite.insights.funnel(pb.FunnelRequest(), CALL))
        turns = 0
        while not asked.done():
            await asyncio.sleep(0)
            turns += 1
        assert (await asked).steps[0].shoppers == 3000
        return turns

    assert asyncio.run(both()) > 10
