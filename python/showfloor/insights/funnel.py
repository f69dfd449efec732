"""Funnels of all events, of one product or scene, and of each product or scene.

A shopper reaches one of the main steps (exposure, card opened, cart, purchase) by its event or by that of a later main
step, so that an event that was lost does not break the funnel; whoever did anything was shown something. AR, try-on and
VR are ways and no condition: they count by their own event alone. The order in time is not asked for, because clocks of
devices differ; nor is it for the lift, where asking would put whoever bought first on the side without.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import duckdb

from showfloor.insights.ratio import Ratio, ratio
from showfloor.v1 import insights_pb2 as pb

MAIN = (
    pb.EVENT_KIND_EXPOSURE,
    pb.EVENT_KIND_CARD_OPENED,
    pb.EVENT_KIND_CART,
    pb.EVENT_KIND_PURCHASE,
)
WAYS = (pb.EVENT_KIND_AR_PLACED, pb.EVENT_KIND_TRY_ON, pb.EVENT_KIND_VR_VISIT)
ORDER = (*MAIN[:2], *WAYS, *MAIN[2:])


class By(StrEnum):
    product = "product"
    scene = "scene"


@dataclass(frozen=True)
class Period:
    """Events from ``start`` to before ``end``, of those that were stored up to ``newest``."""

    start: datetime
    end: datetime
    newest: int | None = None

    @property
    def where(self) -> str:
        return "time >= $start AND time < $end AND person IS NOT NULL AND ($newest IS NULL OR number <= $newest)"

    @property
    def values(self) -> dict[str, object]:
        return {"start": self.start.replace(tzinfo=None), "end": self.end.replace(tzinfo=None), "newest": self.newest}


@dataclass(frozen=True)
class Step:
    """``rate``: of the main step before; of AR, try-on and VR of all shoppers."""

    kind: pb.EventKind
    shoppers: int
    rate: float


@dataclass(frozen=True)
class Lift:
    """Conversion of shoppers with AR, try-on or VR in the period against that of those without."""

    ratio: Ratio
    shoppers_with: int
    bought_with: int
    shoppers_without: int
    bought_without: int


@dataclass(frozen=True)
class Row:
    """The funnel of one product or scene."""

    name: str
    steps: tuple[Step, ...]


_ALL = "SELECT '' AS name, person, kind FROM e"
_PRODUCT = "SELECT product AS name, person, kind FROM e WHERE product <> ''"
_SCENE = f"""
SELECT scene AS name, person, kind FROM e WHERE scene <> ''
UNION ALL
SELECT met.scene, e.person, e.kind
FROM e JOIN (SELECT DISTINCT scene, person, product FROM e WHERE scene <> '' AND product <> '') met
  ON e.person = met.person AND e.product = met.product AND e.scene <> met.scene
WHERE e.kind IN ({pb.EVENT_KIND_CART}, {pb.EVENT_KIND_PURCHASE})
"""
"""A cart or purchase counts for a scene that it names, and for those where the shopper met the product."""


def funnel(
    cursor: duckdb.DuckDBPyConnection, period: Period, product: str = "", scene: str = ""
) -> tuple[tuple[Step, ...], Lift]:
    """Of all events, or of those of one product, or one scene, or of one product in one scene."""
    flows = _SCENE if scene else _ALL
    narrow = f"{period.where} AND ($product = '' OR product = $product)"
    query = f"""
    WITH e AS (SELECT * FROM events WHERE {narrow}), flows AS ({flows}),
    people AS (SELECT {_DID} FROM flows WHERE name = $scene GROUP BY person)
    SELECT {_COUNTS}, count(*) FILTER ({_USED}), count(*) FILTER ({_USED} AND {_BOUGHT}) FROM people
    """
    found = cursor.execute(query, period.values | {"product": product, "scene": scene}).fetchone()
    assert found is not None
    *counts, used, bought_with = found
    steps = _steps(counts)
    without, bought_without = counts[0] - used, counts[-1] - bought_with
    return steps, Lift(ratio(bought_with, used, bought_without, without), used, bought_with, without, bought_without)


def breakdown(
    cursor: duckdb.DuckDBPyConnection, period: Period, by: By, limit: int, after: tuple[int, str] | None
) -> list[Row]:
    """Those with the most shoppers first, from behind ``after``: shoppers and name of the last row before."""
    flows = _PRODUCT if by == By.product else _SCENE
    query = f"""
    WITH e AS (SELECT * FROM events WHERE {period.where}), flows AS ({flows}),
    people AS (SELECT name, {_DID} FROM flows GROUP BY name, person),
    rows AS (SELECT name, {_COUNTS} FROM people GROUP BY name)
    SELECT * FROM rows WHERE $n IS NULL OR shown < $n OR (shown = $n AND name > $name)
    ORDER BY shown DESC, name LIMIT {limit:d}
    """
    n, name = after or (None, "")
    found = cursor.execute(query, period.values | {"n": n, "name": name}).fetchall()
    return [Row(name, _steps(counts)) for name, *counts in found]


_DID = "bit_or(1::SMALLINT << kind) AS did"


def _mask(*kinds: int) -> int:
    return sum(1 << kind for kind in kinds)


_REACHED = {kind: _mask(kind) for kind in WAYS} | {kind: _mask(*MAIN[n:]) for n, kind in enumerate(MAIN)}
_COUNTS = ", ".join(
    "count(*) AS shown" if kind == MAIN[0] else f"count(*) FILTER (did & {_REACHED[kind]} > 0)" for kind in ORDER
)
_USED = f"did & {_mask(*WAYS)} > 0"
_BOUGHT = f"did & {_mask(pb.EVENT_KIND_PURCHASE)} > 0"


def _steps(counts: Sequence[int]) -> tuple[Step, ...]:
    steps = []
    before = counts[0]
    for kind, shoppers in zip(ORDER, counts, strict=True):
        of = counts[0] if kind in WAYS else before
        steps.append(Step(kind, shoppers, shoppers / of if of else 0.0))
        if kind in MAIN:
            before = shoppers
    return tuple(steps)
