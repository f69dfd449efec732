"""Which share of the shoppers comes back, by the week (Monday, UTC) of their first visit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import duckdb

_WEEK = timedelta(weeks=1)


@dataclass(frozen=True)
class Cohort:
    """``shares``: of the first week (1) and each later one."""

    week: date
    shoppers: int
    shares: tuple[float, ...]


def retention(cursor: duckdb.DuckDBPyConnection, weeks: int, now: datetime) -> list[Cohort]:
    """The last ``weeks`` weeks, this one included, oldest first; a week without new shoppers is left out.

    The first visit is that of all stored events, not only of these weeks. The week that runs is not over yet.
    """
    this = now.date() - timedelta(days=now.weekday())
    query = """
    WITH visits AS (
      SELECT person, CAST(date_trunc('week', time) AS DATE) AS week FROM events
      WHERE person IS NOT NULL AND time <= $now GROUP BY ALL),
    firsts AS (SELECT person, min(week) AS first FROM visits GROUP BY person)
    SELECT first, week, count(*) FROM visits JOIN firsts USING (person) WHERE first >= $since GROUP BY ALL
    """
    values = {"now": now.replace(tzinfo=None), "since": this - (weeks - 1) * _WEEK}
    counts = {(first, week): n for first, week, n in cursor.execute(query, values).fetchall()}
    cohorts = []
    for first in sorted({first for first, _ in counts}):
        later = [first + n * _WEEK for n in range((this - first) // _WEEK + 1)]
        size = counts[first, first]
        cohorts.append(Cohort(first, size, tuple(counts.get((first, week), 0) / size for week in later)))
    return cohorts
