"""InsightsService: what shoppers do."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from duckdb import DuckDBPyConnection
from sqlalchemy import select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from assets_pipeline.errors import InputError, ShowfloorError
from showfloor.errors import NotFound, Unavailable
from showfloor.insights.audit import FIRST, Find, audit
from showfloor.insights.experiment import experiment, names
from showfloor.insights.funnel import By, Period, Step, breakdown, funnel
from showfloor.insights.retention import retention
from showfloor.insights.snapshot import Snapshot
from showfloor.services import pages
from showfloor.services.call import Call
from showfloor.services.checks import has_control, shown
from showfloor.services.periods import period
from showfloor.services.products import ID
from showfloor.services.shelf import Shelf
from showfloor.store.database import Database
from showfloor.store.tables import Event, Product, now
from showfloor.v1 import insights_pb2 as pb

T = TypeVar("T")

MAX_EVENTS = 1000
MAX_ID = 64
MAX_SCENE = 200
MAX_ARMS = 20
OLDEST = timedelta(days=400)
NEWEST = timedelta(days=1)
DEFAULT_WEEKS = 8
MAX_WEEKS = 52
MAX_DECLARED = 50_000
MAX_BROWSING = 50
TRIALS_S = 12.0
"""For the trials of an audit; a client waits 30 s."""
PATIENCE_S = 5.0
"""For the first reading of all events."""
_ORDER = 0x53464556  # any number that no other program uses for its advisory locks


class InsightsService:
    """Events, and what they say. Figures are computed in a thread of their own, from a copy of the events.

    Audits, which take longest, have another one. The copy is made with the first question.
    """

    def __init__(self, db: Database, shelf: Shelf | None = None, patience_s: float | None = PATIENCE_S) -> None:
        """``patience_s``: how long a question waits for the copy; None: until it is made."""
        self._db = db
        self._shelf = shelf or Shelf(db)
        self._patience_s = patience_s
        self._events = Snapshot(db)
        self._thread = ThreadPoolExecutor(1, "insights")
        self._audits = ThreadPoolExecutor(1, "audit")
        self._copying: Future[ShowfloorError | None] | None = None
        self._closed = False

    def close(self) -> None:
        """Wait for the figure that is being computed."""
        self._closed = True
        self._events.stop()
        for thread in (self._thread, self._audits):
            thread.shutdown(cancel_futures=True)
        self._events.close()

    async def record_events(self, request: pb.RecordEventsRequest, call: Call) -> pb.RecordEventsResponse:
        """All or none. An event without a time, or with one more than 400 days ago or a day ahead, gets the server's.

        Raises:
            InputError: EVENTS_INVALID.
        """
        if len(request.events) > MAX_EVENTS:
            raise InputError(
                "EVENTS_INVALID", f"There are {len(request.events):,} events.", f"Send at most {MAX_EVENTS:,} at once."
            )
        received = now()
        rows = [_row(position, event, received) for position, event in enumerate(request.events)]
        return pb.RecordEventsResponse(stored=await self._db.run(_store, rows) if rows else 0)

    async def funnel(self, request: pb.FunnelRequest, call: Call) -> pb.FunnelResponse:
        """
        Raises:
            InputError: TIME_RANGE_INVALID.
            NotFound: PRODUCT_UNKNOWN, SCENE_UNKNOWN.
        """
        when = _period(request)

        def compute() -> pb.FunnelResponse:
            with self._events.look() as cursor:
                self._check_known(cursor, request.product_id, request.scene)
                steps, lift = funnel(cursor, when, request.product_id, request.scene)
            return pb.FunnelResponse(
                steps=_steps(steps),
                lift=lift.ratio.value,
                lift_low=lift.ratio.low,
                lift_high=lift.ratio.high,
                shoppers_with=lift.shoppers_with,
                conversion_with=_share(lift.bought_with, lift.shoppers_with),
                shoppers_without=lift.shoppers_without,
                conversion_without=_share(lift.bought_without, lift.shoppers_without),
            )

        return await self._compute(compute)

    async def breakdown(self, request: pb.BreakdownRequest, call: Call) -> pb.BreakdownResponse:
        """Further pages show the events of the first one, whatever has come since.

        Raises:
            InputError: TIME_RANGE_INVALID, BREAKDOWN_INVALID, PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID.
        """
        size = pages.page_size(request.page_size)
        when = _period(request)
        if request.by not in pb.BreakdownBy.values():
            raise InputError("BREAKDOWN_INVALID", f"by is {request.by}.", "Use a value of the contract.")
        filters = {
            "by": request.by,
            "start": request.start_time.ToJsonString() if request.HasField("start_time") else "",
            "end": request.end_time.ToJsonString() if request.HasField("end_time") else "",
        }
        key = pages.decode("breakdown", filters, request.page_token)
        by = By.scene if request.by == pb.BREAKDOWN_BY_SCENE else By.product

        def compute() -> pb.BreakdownResponse:
            with self._events.look() as cursor:
                if key is None:
                    period, after = replace(when, newest=self._events.newest), None
                else:
                    begin, end, newest, shoppers, name = key
                    ends = [datetime.fromisoformat(str(moment)) for moment in (begin, end)]
                    period, after = Period(ends[0], ends[1], int(newest)), (int(shoppers), str(name))
                rows = breakdown(cursor, period, by, size + 1, after)
            response = pb.BreakdownResponse(
                rows=[pb.BreakdownRow(name=r.name, steps=_steps(r.steps)) for r in rows[:size]]
            )
            if len(rows) > size:
                last = rows[size - 1]
                place = (period.start.isoformat(), period.end.isoformat(), period.newest or 0)
                following = (*place, last.steps[0].shoppers, last.name)
                response.next_page_token = pages.encode("breakdown", filters, following)
            return response

        return await self._compute(compute)

    async def retention(self, request: pb.RetentionRequest, call: Call) -> pb.RetentionResponse:
        """
        Raises:
            InputError: RETENTION_INVALID.
        """
        if not 0 <= request.weeks <= MAX_WEEKS:
            raise InputError(
                "RETENTION_INVALID", f"weeks is {request.weeks}.", f"Use 1 to {MAX_WEEKS}, or 0 for {DEFAULT_WEEKS}."
            )

        def compute() -> pb.RetentionResponse:
            with self._events.look() as cursor:
                cohorts = retention(cursor, request.weeks or DEFAULT_WEEKS, now())
            return pb.RetentionResponse(
                cohorts=[
                    pb.RetentionCohort(week=c.week.isoformat(), shoppers=c.shoppers, shares=c.shares) for c in cohorts
                ]
            )

        return await self._compute(compute)

    async def list_experiments(self, request: pb.ListExperimentsRequest, call: Call) -> pb.ListExperimentsResponse:
        def compute() -> pb.ListExperimentsResponse:
            with self._events.look() as cursor:
                return pb.ListExperimentsResponse(experiments=names(cursor))

        return await self._compute(compute)

    async def experiment(self, request: pb.ExperimentRequest, call: Call) -> pb.ExperimentResponse:
        """
        Raises:
            InputError: EXPERIMENT_INVALID.
            NotFound: EXPERIMENT_UNKNOWN.
            Conflict: EXPERIMENT_ARMS_TOO_MANY.
        """
        if request.goal not in pb.EventKind.values():
            raise InputError("EXPERIMENT_INVALID", f"goal is {request.goal}.", "Use a kind of the contract.")

        def compute() -> pb.ExperimentResponse:
            with self._events.look() as cursor:
                result = experiment(cursor, request.experiment, request.goal or pb.EVENT_KIND_PURCHASE)
            if result is None:
                raise NotFound(
                    "EXPERIMENT_UNKNOWN",
                    f"No event names an experiment {shown(request.experiment)}.",
                    "ListExperiments tells which there are; Event.arms names them.",
                )
            arms = [
                pb.ExperimentArm(
                    name=a.name, shoppers=a.shoppers, successes=a.successes, rate=a.rate, low=a.low, high=a.high
                )
                for a in result.arms
            ]
            return pb.ExperimentResponse(arms=arms, p_value=result.p_value, conclusion=result.conclusion)

        return await self._compute(compute)

    async def audit(self, request: pb.AuditRequest, call: Call) -> pb.AuditResponse:
        """
        Raises:
            InputError: TIME_RANGE_INVALID, AUDIT_INVALID.
        """
        if request.by not in pb.AuditBy.values():
            raise InputError("AUDIT_INVALID", f"by is {request.by}.", "Use a value of the contract.")
        if len(request.shopper_groups) > MAX_DECLARED:
            raise InputError(
                "AUDIT_INVALID",
                f"shopper_groups has {len(request.shopper_groups):,} entries.",
                f"Send at most {MAX_DECLARED:,}, chosen at random.",
            )
        if (request.by == pb.AUDIT_BY_SHOPPERS) != bool(request.shopper_groups):
            raise InputError(
                "AUDIT_INVALID",
                "shopper_groups and by do not fit each other.",
                "Send shopper_groups with AUDIT_BY_SHOPPERS, and with nothing else.",
            )
        when = _period(request)
        by = {pb.AUDIT_BY_SHOPPERS: "shoppers", pb.AUDIT_BY_CATEGORY: "category"}.get(request.by, "brand")

        def compute() -> pb.AuditResponse:
            index = self._shelf.index
            self._db.look(index.refresh)
            with index.lock:
                facts = dict(index.facts)
            declared = dict(request.shopper_groups)
            group_of = declared if by == "shoppers" else self._db.look(_groups, by)

            def recommendable(product: str) -> bool:
                return product in facts and not facts[product].sold_out

            with self._events.look() as cursor:
                found = audit(cursor, when, by, group_of, self._learn, recommendable, TRIALS_S)
            groups = [
                pb.AuditGroup(
                    name=g.name,
                    size=g.size,
                    exposures=g.exposures,
                    exposure_ratio=g.exposure_ratio,
                    tried=g.tried,
                    hit_rate=g.hit_rate,
                    under_served=bool(g.low),
                )
                for g in found.groups
            ]
            return pb.AuditResponse(groups=groups, conclusion=found.conclusion)

        return await self._compute(compute, self._audits)

    def _learn(self, histories: Sequence[Sequence[str]]) -> Find:
        taught = self._shelf.recommender.taught(histories)

        def find(history: Sequence[str]) -> list[str]:
            self._check_open()
            hits = self._db.look(
                taught.recommend, shopper_id="", browsing=history[-MAX_BROWSING:], count=FIRST, exclude=frozenset()
            )
            return [hit.product_id for hit in hits]

        return find

    async def _compute(self, work: Callable[[], T], thread: ThreadPoolExecutor | None = None) -> T:
        self._check_open()
        if not self._events.complete:
            await self._copy()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(thread or self._thread, contextvars.copy_context().run, work)

    async def _copy(self) -> None:
        if self._copying is None or self._copying.done():
            self._copying = self._thread.submit(self._read_events)
        copied = asyncio.wrap_future(self._copying)
        await asyncio.wait([copied], timeout=self._patience_s)  # does not cancel it: others wait, too
        if not copied.done():
            raise Unavailable(
                "INSIGHTS_LOADING",
                f"The server is still reading its events: {self._events.count:,} so far.",
                "Ask again in a few seconds.",
            )
        error = copied.result()
        if error is not None:
            raise error

    def _read_events(self) -> ShowfloorError | None:
        """The error is returned: perhaps nobody waits for it any more."""
        try:
            self._events.refresh()
        except ShowfloorError as error:
            return error
        return None

    def _check_open(self) -> None:
        if self._closed:
            raise Unavailable("DATABASE_UNAVAILABLE", "The server is stopping.", "Try again in a few seconds.")

    def _check_known(self, cursor: DuckDBPyConnection, product: str, scene: str) -> None:
        """A product that was deleted is known by its events."""
        if product and not _has(cursor, "product", product) and not self._db.look(_exists, product):
            raise NotFound("PRODUCT_UNKNOWN", f"There is no product {shown(product)}.", "Check the id.")
        if scene and not _has(cursor, "scene", scene):
            raise NotFound("SCENE_UNKNOWN", f"No event names a scene {shown(scene)}.", "Breakdown lists the scenes.")


def _period(request: pb.FunnelRequest | pb.BreakdownRequest | pb.AuditRequest) -> Period:
    start = request.start_time if request.HasField("start_time") else None
    end = request.end_time if request.HasField("end_time") else None
    return period(start, end, now())


def _has(cursor: DuckDBPyConnection, column: str, value: str) -> bool:
    return cursor.execute(f"SELECT 1 FROM events WHERE {column} = ? LIMIT 1", [value]).fetchone() is not None


def _exists(session: Session, product: str) -> bool:
    return ID.fullmatch(product) is not None and session.get(Product, product) is not None


def _groups(session: Session, by: str) -> dict[str, str]:
    """Product to its brand, or the top of its category; of several spellings that differ in case, the first."""
    value = Product.data["brand"].as_string() if by == "brand" else Product.category
    spellings: dict[str, str] = {}
    found = {}
    for product, written in session.execute(select(Product.id, value).order_by(Product.id)):
        name = (written or "") if by == "brand" else written.split("/")[0]
        found[product] = spellings.setdefault(name.casefold(), name) or f"(no {by})"
    return found


def _steps(steps: Sequence[Step]) -> list[pb.FunnelStep]:
    return [pb.FunnelStep(kind=s.kind, shoppers=s.shoppers, rate=s.rate) for s in steps]


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _row(position: int, event: pb.Event, received: datetime) -> dict[str, Any]:
    if not event.id:
        raise _invalid(position, "id is empty", "Give each event an id of its own, such as a UUID.")
    for name, limit in (("id", MAX_ID), ("shopper_id", MAX_ID), ("session_id", MAX_ID), ("product_id", MAX_ID)):
        _check(position, name, getattr(event, name), limit)
    _check(position, "scene", event.scene, MAX_SCENE)
    if event.kind == pb.EVENT_KIND_UNSPECIFIED or event.kind not in pb.EventKind.values():
        raise _invalid(position, f"kind is {event.kind}", "Use a kind of the contract.")
    if len(event.arms) > MAX_ARMS:
        raise _invalid(position, f"arms has {len(event.arms)} entries", f"Use at most {MAX_ARMS}.")
    for name, value in event.arms.items():
        _check(position, "a name in arms", name, MAX_ID)
        _check(position, f"arms[{shown(name)}]", value, MAX_ID)
    return {
        "id": event.id,
        "kind": event.kind,
        "time": _time(event, received),
        "shopper_id": event.shopper_id,
        "session_id": event.session_id,
        "product_id": event.product_id,
        "scene": event.scene,
        "arms": dict(event.arms),
    }


def _time(event: pb.Event, received: datetime) -> datetime:
    try:
        time = event.time.ToDatetime(UTC)
    except (ValueError, OverflowError):
        return received
    return time if received - OLDEST <= time <= received + NEWEST else received


def _check(position: int, name: str, value: str, limit: int) -> None:
    if len(value) > limit or (not value.isprintable() and has_control(value)):
        raise _invalid(position, f"{name} is {shown(value)}", f"Use at most {limit} characters, on one line.")


def _invalid(position: int, problem: str, fix: str) -> InputError:
    return InputError("EVENTS_INVALID", f"Of event {position + 1}, {problem}; none was stored.", fix)


def _store(session: Session, rows: list[dict[str, Any]]) -> int:
    insert: sqlite.Insert | postgresql.Insert = sqlite.insert(Event)
    if session.get_bind().dialect.name != "sqlite":
        insert = postgresql.insert(Event)
        session.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _ORDER})  # numbers in the order of commits
    new = {row["id"]: row for row in reversed(rows)}  # of two with one id the first counts
    known = session.scalars(select(Event.id).where(Event.id.in_(new)))
    for event_id in known:
        del new[event_id]
    if new:
        session.execute(insert.on_conflict_do_nothing(), list(reversed(new.values())))
    return len(new)
