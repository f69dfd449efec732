"""What shoppers did, as the event table has it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from showfloor.store.tables import Event
from showfloor.v1 import insights_pb2 as pb

WEIGHTS: dict[int, float] = {
    pb.EVENT_KIND_CARD_OPENED: 1.0,
    pb.EVENT_KIND_AR_PLACED: 1.5,
    pb.EVENT_KIND_TRY_ON: 1.5,
    pb.EVENT_KIND_CART: 2.0,
    pb.EVENT_KIND_THUMBS_UP: 2.0,
    pb.EVENT_KIND_PURCHASE: 2.0,
}
"""How much an event says for its product. Having been shown says nothing."""
MAX_HISTORY = 200
LEARNT_FROM = timedelta(days=180)
MAX_EVENTS = 2_000_000


@dataclass(frozen=True)
class History:
    """``chosen``: products with weights, newest last, each once. ``avoid``: bought, or given a thumb down."""

    chosen: tuple[tuple[str, float], ...] = ()
    avoid: frozenset[str] = frozenset()


def of_shopper(session: Session, shopper_id: str, browsing: Sequence[str]) -> History:
    """With the products of the session that runs, newest last, behind what was stored."""
    chosen: dict[str, float] = {}
    avoid: set[str] = set()
    if shopper_id:
        newest = (
            select(Event.kind, Event.product_id)
            .where(Event.shopper_id == shopper_id, Event.product_id != "", Event.kind != pb.EVENT_KIND_EXPOSURE)
            .order_by(Event.number.desc())
            .limit(MAX_HISTORY)
        )
        for kind, product in reversed(session.execute(newest).all()):
            if kind == pb.EVENT_KIND_THUMBS_DOWN:
                chosen.pop(product, None)
                avoid.add(product)
            elif kind in WEIGHTS:
                before = chosen.pop(product, 0.0)
                chosen[product] = max(before, WEIGHTS[kind])
                if kind == pb.EVENT_KIND_PURCHASE:
                    avoid.add(product)
                elif kind == pb.EVENT_KIND_THUMBS_UP:
                    avoid.discard(product)
    for product in browsing:
        chosen[product] = max(chosen.pop(product, 0.0), 1.0)
    return History(tuple(chosen.items()), frozenset(avoid))


def newest_number(session: Session) -> int:
    """Grows with every event."""
    return session.scalar(select(func.max(Event.number))) or 0


def all_histories(session: Session, since: datetime) -> list[list[str]]:
    """What each shopper, or else session, chose since then, oldest first; only where there are two products."""
    query = (
        select(Event.shopper_id, Event.session_id, Event.product_id)
        .where(Event.time >= since, Event.product_id != "", Event.kind.in_(WEIGHTS))
        .order_by(Event.number.desc())
        .limit(MAX_EVENTS)
    )
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for shopper, browsing, product in session.execute(query):
        if shopper or browsing:
            found[(shopper, "" if shopper else browsing)].append(product)
    return [list(reversed(h)) for h in found.values() if len(set(h)) > 1]


def popularity(session: Session, since: datetime) -> dict[str, float]:
    """Product to how much it was chosen, by the weights of what was done."""
    query = (
        select(Event.product_id, Event.kind, func.count())
        .where(Event.time >= since, Event.product_id != "", Event.kind.in_(WEIGHTS))
        .group_by(Event.product_id, Event.kind)
    )
    sums: dict[str, float] = defaultdict(float)
    for product, kind, count in session.execute(query):
        sums[product] += WEIGHTS[kind] * count
    return dict(sums)
