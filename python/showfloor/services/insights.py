"""InsightsService: what shoppers do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from assets_pipeline.errors import InputError
from showfloor.services.call import Call
from showfloor.services.checks import has_control, shown
from showfloor.services.pending import not_built
from showfloor.store.database import Database
from showfloor.store.tables import Event, now
from showfloor.v1 import insights_pb2 as pb

MAX_EVENTS = 1000
MAX_ID = 64
MAX_SCENE = 200
MAX_ARMS = 20
OLDEST = timedelta(days=400)
NEWEST = timedelta(days=1)
_ORDER = 0x53464556  # any number that no other program uses for its advisory locks


class InsightsService:
    """Events, funnels and experiments."""

    def __init__(self, db: Database) -> None:
        self._db = db

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
        raise not_built("funnels")

    async def experiment(self, request: pb.ExperimentRequest, call: Call) -> pb.ExperimentResponse:
        raise not_built("experiments")


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
