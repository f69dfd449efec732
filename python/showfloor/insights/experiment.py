"""Experiments: who was in which arm, who reached the goal, and what that says, at whatever moment it is asked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import duckdb
import numpy as np

from showfloor.errors import Conflict
from showfloor.insights.sequential import difference, rate_interval, split
from showfloor.insights.snapshot import arms_of
from showfloor.services.checks import shown

MAX_ARMS = 20
LEVEL = 0.05
MISMATCH = 0.01
MANY_MIXED = 0.01
"""Share of shoppers in several arms that is worth a warning."""
LISTED = 200
_FIRST = "epoch_us(time)::HUGEINT * 1099511627776 + number"
"""By time, then by number."""


@dataclass(frozen=True)
class Arm:
    """``low`` to ``high`` holds the rate at every moment with 95 %."""

    name: str
    shoppers: int
    successes: int
    low: float
    high: float

    @property
    def rate(self) -> float:
        return self.successes / self.shoppers if self.shoppers else 0.0


@dataclass(frozen=True)
class Result:
    """``p_value``: of the best arm against the next, corrected for the number of pairs. ``mixed``: saw several arms."""

    arms: tuple[Arm, ...]
    p_value: float
    mixed: int
    conclusion: str


def names(cursor: duckdb.DuckDBPyConnection) -> list[str]:
    """Every experiment that an event names, by its newest event first."""
    query = "SELECT arms FROM events WHERE arms <> '{}' GROUP BY arms ORDER BY max(number) DESC"
    found = dict.fromkeys(name for (text,) in cursor.execute(query).fetchall() for name in sorted(json.loads(text)))
    return list(found)[:LISTED]


def experiment(cursor: duckdb.DuckDBPyConnection, name: str, goal: int) -> Result | None:
    """None where no event names it.

    By intention to treat: a shopper belongs to the arm seen first, whatever came later, and succeeds by an event of the
    goal from that moment on, with or without the arm in it.

    Raises:
        Conflict: EXPERIMENT_ARMS_TOO_MANY.
    """
    of_text = arms_of(name, cursor)
    arms = sorted(set(of_text.values()))
    if not arms:
        return None
    if len(arms) > MAX_ARMS:
        raise Conflict(
            "EXPERIMENT_ARMS_TOO_MANY",
            f"The experiment {shown(name)} has {len(arms):,} arms; {MAX_ARMS} can be compared.",
            "Send the same few names, as 'a' and 'b', and nothing about the shopper in them.",
        )
    cursor.register("arm_of", {"arms": np.array([*of_text], object), "arm": np.array([*of_text.values()], object)})
    query = f"""
    WITH assigned AS (
      SELECT person, arg_min(arm, {_FIRST}) AS arm, min(time) AS since, count(DISTINCT arm) AS seen
      FROM events JOIN arm_of USING (arms) WHERE person IS NOT NULL GROUP BY person),
    reached AS (
      SELECT DISTINCT person FROM events JOIN assigned USING (person) WHERE kind = ? AND time >= since)
    SELECT arm, count(*), count(reached.person), count(*) FILTER (seen > 1)
    FROM assigned LEFT JOIN reached USING (person) GROUP BY arm
    """
    counted = {arm: counts for arm, *counts in cursor.execute(query, [goal]).fetchall()}
    cursor.unregister("arm_of")
    measured = [_arm(arm, *counted.get(arm, (0, 0, 0))[:2]) for arm in arms]
    return judge(measured, mixed=sum(counts[2] for counts in counted.values()))


def judge(arms: Sequence[Arm], mixed: int = 0) -> Result:
    """What the counts say. p-values are multiplied by the number of pairs of arms (Bonferroni)."""
    ranked = sorted(arms, key=lambda a: (-a.rate, a.name))
    pairs = len(list(combinations(arms, 2)))

    def p(a: Arm, b: Arm) -> float:
        return min(1.0, pairs * difference(a.successes, a.shoppers, b.successes, b.shoppers))

    said = []
    value = 1.0
    if pairs == 0:
        said.append(f"There is only the arm {shown(arms[0].name)}: nothing to compare it with.")
    else:
        best, following = ranked[:2]
        value = p(best, following)
        worse = [a for a in ranked[1:] if p(best, a) <= LEVEL]
        if value <= LEVEL:
            than = "every other arm" if pairs > 1 else f"{shown(following.name)} ({_percent(following.rate)})"
            said.append(
                f"{shown(best.name)} ({_percent(best.rate)}) is better than {than}, "
                "beyond what chance explains. You may stop now."
            )
        elif worse:
            than = ", ".join(shown(a.name) for a in worse)
            said.append(
                f"{shown(best.name)} is better than {than}, but not yet surely better than {shown(following.name)}. "
                "Stop what is worse and let the rest run."
            )
        else:
            said.append(
                f"No arm is surely better yet: {shown(best.name)} is ahead with {_percent(best.rate)} against "
                f"{_percent(following.rate)}, which chance may explain. Let it run, or keep what is simplest."
            )
        said.append(
            f"{_p(value)}, valid at whatever moment you look: where there is no difference, at most 1 experiment in 20 "
            "is ever called."
        )
    if pairs and split([a.shoppers for a in arms]) <= MISMATCH:
        sizes = ", ".join(f"{a.shoppers:,}" for a in arms)
        said.insert(
            0,
            f"Careful: the arms do not have equally many shoppers ({sizes}), beyond chance. "
            "Unless that was planned, something assigns or records them wrongly, and the result cannot be trusted.",
        )
    everybody = sum(a.shoppers for a in arms)
    if mixed:
        said.append(
            f"{mixed:,} of {everybody:,} shoppers saw several arms and count in their first."
            + (" That many blur the difference: check the assignment." if mixed > MANY_MIXED * everybody else "")
        )
    return Result(tuple(arms), value, mixed, " ".join(said))


def _arm(name: str, shoppers: int, successes: int) -> Arm:
    return Arm(name, shoppers, successes, *rate_interval(successes, shoppers))


def _percent(rate: float) -> str:
    return f"{100 * rate:.{1 if rate >= 0.01 else 2}f} %"


def _p(value: float) -> str:
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"
