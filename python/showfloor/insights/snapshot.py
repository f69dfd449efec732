"""The events of the shop in columns, in memory, kept up to date: what every figure is computed from.

A funnel over a million events takes a tenth of the time that SQLite needs for its rows (``bench_insights.py``), and no
figure is in the way of the database. Events are added under ever higher numbers or deleted, but never changed, so an
update reads those with higher numbers, and now and then looks which are gone.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Row, Text, and_, case, cast, func, select, type_coerce
from sqlalchemy.orm import Session

from showfloor.errors import Unavailable
from showfloor.store.database import Database
from showfloor.store.tables import Event

BATCH = 100_000
_COUNT_EVERY_S = 60.0
_TABLE = """
CREATE TABLE events (
  number BIGINT, kind UTINYINT, time TIMESTAMP, person UBIGINT, product VARCHAR, scene VARCHAR, arms VARCHAR)
"""
PERSON = "hash(CAST({} AS VARCHAR))"
"""Of ``u`` and the shopper's id, or ``s`` and that of the session."""
_CHOSEN = {
    "time": "CAST(time AS TIMESTAMP)",
    "person": f"CASE WHEN person IS NOT NULL THEN {PERSON.format('person')} END",
}
_NAMES = ("number", "kind", "time", "person", "product", "scene", "arms")


class Snapshot:
    """A copy of the events in DuckDB. Methods block: call them in threads.

    ``person`` is who did it, as ``PERSON`` hashes it: the shopper, else the session, else null; that two of a million
    share a 64-bit hash has a chance of 3 in 100 million. Times are UTC, without a zone.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self._lock = threading.Lock()
        threads = max(1, (os.cpu_count() or 1) // 2)
        self._connection = duckdb.connect(":memory:", config={"threads": threads, "enable_external_access": False})
        self._connection.execute(_TABLE)
        self._last = 0
        self._counted = 0.0
        self._ended = False
        self.count = 0
        """Events that are here."""
        self.complete = False
        """Whether all events have been read once."""

    @contextmanager
    def look(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection of the caller's own, with every event that was committed before.

        Raises:
            Unavailable: DATABASE_UNAVAILABLE.
        """
        with self._lock:
            self._refresh()
            cursor = self._connection.cursor()
        try:
            yield cursor
        finally:
            cursor.close()

    def refresh(self) -> None:
        """Read what is new; once a minute drop what was deleted.

        Raises:
            Unavailable: DATABASE_UNAVAILABLE.
        """
        with self._lock:
            self._refresh()

    def _refresh(self) -> None:
        self._check_open()
        if time.monotonic() - self._counted >= _COUNT_EVERY_S:
            if self._db.look(_count, self._last) != self.count:
                self._drop_deleted()
            self._counted = time.monotonic()
        while rows := self._db.look(_read, self._last):
            self._check_open()
            columns = dict(zip(_NAMES, zip(*rows, strict=True), strict=True))
            numbers = {n: np.array(columns.pop(n), np.int64) for n in ("number", "kind")}
            texts = {n: np.array(values, dtype=object) for n, values in columns.items()}
            with self._connection.cursor() as writer:
                writer.register("batch", numbers | texts)
                chosen = ", ".join(_CHOSEN.get(n, n) for n in _NAMES)
                writer.execute(f"INSERT INTO events SELECT {chosen} FROM batch")
            self._last = int(numbers["number"][-1])
            self.count += len(rows)
        self.complete = True

    def _drop_deleted(self) -> None:
        with self._connection.cursor() as writer:
            writer.register("present", {"number": self._db.look(_numbers, self._last)})
            writer.execute("DELETE FROM events WHERE number NOT IN (SELECT number FROM present)")
            (self.count,) = writer.execute("SELECT count(*) FROM events").fetchone() or (0,)

    @property
    def newest(self) -> int:
        """Number of the newest event that is here."""
        return self._last

    def stop(self) -> None:
        """Whoever looks from now on is refused; reading that is under way ends after its batch."""
        self._ended = True

    def close(self) -> None:
        self.stop()
        with self._lock:
            self._connection.close()

    def _check_open(self) -> None:
        if self._ended:
            raise Unavailable("DATABASE_UNAVAILABLE", "The server is stopping.", "Try again in a few seconds.")


def arms_of(experiment: str, cursor: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Text of ``arms`` to the arm of ``experiment``, for each text that names one."""
    texts = cursor.execute("SELECT DISTINCT arms FROM events WHERE arms <> '{}'").fetchall()
    read = ((text, json.loads(text)) for (text,) in texts)
    return {text: str(arms[experiment]) for text, arms in read if experiment in arms}


def time_text(sqlite: bool) -> ColumnElement[str]:
    """The column ``time`` as ``2026-11-22 09:30:00.000000``, in UTC: no object is made of each."""
    if sqlite:
        return type_coerce(Event.time, Text)
    return func.to_char(func.timezone("UTC", Event.time), "YYYY-MM-DD HH24:MI:SS.US")


def _count(session: Session, last: int) -> int:
    return session.scalar(select(func.count()).select_from(Event).where(Event.number <= last)) or 0


def _numbers(session: Session, last: int) -> NDArray[np.int64]:
    found = (
        session.connection()
        .execution_options(yield_per=BATCH)
        .scalars(select(Event.number).where(Event.number <= last))
    )
    return np.fromiter(found, np.int64)


def _read(session: Session, after: int) -> Sequence[Row[Any]]:
    person = case(
        (Event.shopper_id != "", "u" + Event.shopper_id),
        (and_(Event.shopper_id == "", Event.session_id != ""), "s" + Event.session_id),
    )
    sqlite = session.get_bind().dialect.name == "sqlite"
    columns = (Event.number, Event.kind, time_text(sqlite), person, Event.product_id, Event.scene)
    query = select(*columns, cast(Event.arms, Text)).where(Event.number > after).order_by(Event.number).limit(BATCH)
    return session.execute(query).all()
