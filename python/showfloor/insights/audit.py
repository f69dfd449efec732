"""Whether groups of brands, categories or shoppers are served alike: what they are shown, and how well it fits them.

Exposure: the share of a group in what was shown, divided by its share in what shoppers chose to open, place, try or
buy. Accuracy: the newest choice of a shopper is hidden, the recommender learns without it, and should find it.

A group is called under-served where a share or hit rate is under four fifths of what it should be, the rule of thumb of
the Uniform Guidelines on Employee Selection (29 CFR 1607.4 D), and the difference is beyond chance: one-sided tests,
corrected for their number by the method of Holm (1979), in groups of at least ``SMALLEST`` shoppers or trials.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt

import duckdb
import numpy as np
from scipy.special import ndtr

from showfloor.insights.funnel import Period
from showfloor.insights.snapshot import PERSON
from showfloor.services.checks import shown
from showfloor.v1 import insights_pb2 as pb

LEVEL = 0.05
FAIR = 0.8
SMALLEST = 30
FIRST = 10
"""A hidden choice is found if it is among so many recommendations."""
TRIALS = 1000
HISTORIES = 100_000
LISTED = 200
NAMED = 5
INTEREST = (
    pb.EVENT_KIND_CARD_OPENED,
    pb.EVENT_KIND_AR_PLACED,
    pb.EVENT_KIND_TRY_ON,
    pb.EVENT_KIND_CART,
    pb.EVENT_KIND_PURCHASE,
)

Find = Callable[[Sequence[str]], Sequence[str]]
"""The first recommendations after a history, oldest first."""
Learn = Callable[[Sequence[Sequence[str]]], Find]


@dataclass
class Group:
    """``exposure_p`` and ``hit_p``: chance of such a low value, before correction."""

    name: str
    size: int
    exposures: int = 0
    interest: int = 0
    people: int = 0
    exposure_ratio: float = 0.0
    exposure_p: float = 1.0
    tried: int = 0
    hits: int = 0
    hit_p: float = 1.0
    low: list[str] = field(default_factory=list)
    """In what it is under-served: "shown", "found"."""

    @property
    def hit_rate(self) -> float:
        return self.hits / self.tried if self.tried else 0.0


@dataclass(frozen=True)
class Audit:
    groups: tuple[Group, ...]
    conclusion: str


def audit(
    cursor: duckdb.DuckDBPyConnection,
    period: Period,
    by: str,
    group_of: Mapping[str, str],
    learn: Learn,
    recommendable: Callable[[str], bool],
    budget_s: float,
) -> Audit:
    """``by``: "brand", "category" or "shoppers". ``group_of``: product, or shopper, to its group; others are left out.

    Trials end after ``budget_s`` seconds; their order has nothing to do with groups, so that fewer of them are less
    sure and no less fair. The learning before them is not bounded by it.
    """
    sizes: dict[str, int] = {}
    for name in group_of.values():
        sizes[name] = sizes.get(name, 0) + 1
    groups = {name: Group(name, size) for name, size in sizes.items()}
    if not groups:
        return Audit((), _conclusion([], by))
    _declare(cursor, by == "shoppers", group_of, list(groups))
    _exposure(cursor, period, by == "shoppers", groups)
    _accuracy(cursor, period, by == "shoppers", groups, learn, recommendable, budget_s)
    cursor.execute("DROP TABLE group_of")
    _mark(list(groups.values()))
    ranked = sorted(groups.values(), key=lambda g: (-g.exposures, -g.size, g.name))
    return Audit(tuple(ranked[:LISTED]), _conclusion(ranked, by))


def _declare(
    cursor: duckdb.DuckDBPyConnection, of_shoppers: bool, group_of: Mapping[str, str], names: Sequence[str]
) -> None:
    """A table of products, or of persons, with the place of their group in ``names``."""
    numbers = {name: n for n, name in enumerate(names)}
    keys = np.array([f"u{key}" if of_shoppers else key for key in group_of], dtype=object)
    places = np.array([numbers[name] for name in group_of.values()], np.int64)
    cursor.register("declared", {"key": keys, "grp": places})
    key = PERSON.format("key") if of_shoppers else "key"
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE group_of AS SELECT {key} AS key, grp FROM declared")
    cursor.unregister("declared")


def _exposure(
    cursor: duckdb.DuckDBPyConnection,
    period: Period,
    of_shoppers: bool,
    groups: Mapping[str, Group],
) -> None:
    """Counts, ratio, and the test that both shares are one.

    Events of one shopper are not independent, so the variance of the difference is over shoppers (delta method).
    """
    numbers = {name: n for n, name in enumerate(groups)}
    query = f"""
    SELECT grp, person, count(*) FILTER (kind = {pb.EVENT_KIND_EXPOSURE}), count(*) FILTER (kind IN {INTEREST})
    FROM events JOIN group_of ON group_of.key = {"person" if of_shoppers else "product"}
    WHERE {period.where} GROUP BY grp, person
    """
    rows = cursor.execute(query, period.values).fetchnumpy()
    group, person, exposed, chosen = (np.asarray(column) for column in rows.values())
    if not (exposed.sum() and chosen.sum()):
        return
    by_group = np.argsort(group, kind="stable")
    group, person, exposed, chosen = (column[by_group] for column in (group, person, exposed, chosen))
    _, person = np.unique(person, return_inverse=True)
    shown, wanted = exposed.sum(), chosen.sum()
    all_shown, all_wanted = np.bincount(person, exposed) / shown, np.bincount(person, chosen) / wanted
    squares, products, squares_wanted = all_shown @ all_shown, all_shown @ all_wanted, all_wanted @ all_wanted
    for name, n in numbers.items():
        rows_of = slice(*np.searchsorted(group, (n, n + 1)).tolist())
        e, c, who = exposed[rows_of], chosen[rows_of], person[rows_of]
        found = groups[name]
        found.exposures, found.interest, found.people = int(e.sum()), int(c.sum()), len(e)
        if not found.interest:
            continue
        share_shown, share_wanted = found.exposures / shown, found.interest / wanted
        found.exposure_ratio = float(share_shown / share_wanted)
        own = e / shown - c / wanted
        rest = share_wanted * all_wanted[who] - share_shown * all_shown[who]
        variance = share_shown**2 * squares - 2 * share_shown * share_wanted * products
        variance += share_wanted**2 * squares_wanted + own @ (own + 2 * rest)
        if variance > 0:
            found.exposure_p = float(ndtr((share_shown - share_wanted) / sqrt(variance)))


def _accuracy(
    cursor: duckdb.DuckDBPyConnection,
    period: Period,
    of_shoppers: bool,
    groups: Mapping[str, Group],
    learn: Learn,
    recommendable: Callable[[str], bool],
    budget_s: float,
) -> None:
    """Hide the newest choice of each shopper, learn without it, look for it; Fisher's exact test against all others."""
    names = list(groups)
    query = f"""
    WITH histories AS (
      SELECT person, list(product ORDER BY number) AS products FROM events
      WHERE {period.where} AND product <> '' AND kind IN {INTEREST}
      GROUP BY person HAVING count(DISTINCT product) > 1 ORDER BY person LIMIT {HISTORIES})
    SELECT products, grp FROM histories LEFT JOIN group_of
    ON group_of.key = {"person" if of_shoppers else "products[-1]"} ORDER BY person
    """
    kept: list[list[str]] = []
    trials: list[tuple[list[str], str, str]] = []
    for products, group in cursor.execute(query, period.values).fetchall():
        hidden = products[-1]
        before = [p for p in products if p != hidden]
        kept.append(before)
        if group is not None and len(trials) < TRIALS and recommendable(hidden):
            trials.append((before, hidden, names[group]))
    if not trials:
        return
    find = learn(kept)
    end = time.monotonic() + budget_s
    for before, hidden, group in trials:
        if time.monotonic() > end:
            break
        groups[group].tried += 1
        groups[group].hits += hidden in find(before)
    from scipy.stats import fisher_exact  # 60 MB that a server without audits does not need

    tried, hits = (sum(getattr(g, what) for g in groups.values()) for what in ("tried", "hits"))
    for g in groups.values():
        rest = tried - g.tried
        if g.tried and rest:
            others = hits - g.hits
            table = [[g.hits, g.tried - g.hits], [others, rest - others]]
            g.hit_p = float(fisher_exact(table, alternative="less").pvalue)


def _mark(groups: Sequence[Group]) -> None:
    tried, hits = sum(g.tried for g in groups), sum(g.hits for g in groups)
    tests: list[tuple[float, Group, str, bool]] = []
    for g in groups:
        if g.people >= SMALLEST and g.interest and len(groups) > 1:
            tests.append((g.exposure_p, g, "shown", g.exposure_ratio < FAIR))
        rest = tried - g.tried
        if g.tried >= SMALLEST and rest >= SMALLEST:
            tests.append((g.hit_p, g, "found", g.hit_rate < FAIR * (hits - g.hits) / rest))
    for n, (p, group, what, unfair) in enumerate(sorted(tests, key=lambda t: t[0])):
        if p > LEVEL / (len(tests) - n):
            break
        if unfair:
            group.low.append(what)


def _conclusion(groups: Sequence[Group], by: str) -> str:
    kind = {"brand": "brands", "category": "categories", "shoppers": "groups of shoppers"}[by]
    large = [g for g in groups if g.people >= SMALLEST or g.tried >= SMALLEST]
    if len(groups) < 2:
        return f"There are fewer than two {kind}: nothing to compare."
    if not large:
        return (
            f"Too little is known: none of the {len(groups):,} {kind} has {SMALLEST} shoppers or trials in this time. "
            "Take a longer one."
        )
    low = [g for g in groups if g.low]
    said = []
    for what, text in (("shown", "shown less than shoppers choose them"), ("found", "recommended less fittingly")):
        names = [_one(g, what) for g in low if what in g.low]
        if names:
            more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
            said.append(f"{text}, beyond chance: {', '.join(names[:NAMED])}{more}")
    if said:
        first = f"Of {len(large):,} {kind} with enough events, some are " + "; and some are ".join(said) + "."
    else:
        first = f"Of {len(large):,} {kind} with enough events, none is clearly under-served."
    second = (
        " Why is not in these numbers: popular products are found more easily, and price, stock and season matter. "
        "Look before you change anything."
        if said
        else " That is no proof of fairness: small differences, and what events do not record, stay unseen."
    )
    small = len(groups) - len(large)
    third = f" {small:,} {'has' if small == 1 else 'have'} too few to be judged." if small else ""
    return first + second + third


def _one(group: Group, what: str) -> str:
    if what == "shown":
        return f"{shown(group.name)} ({group.exposure_ratio:.2f} of its share)"
    return f"{shown(group.name)} ({100 * group.hit_rate:.0f} % found)"
