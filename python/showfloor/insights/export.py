"""The events as one file for other tools: Parquet or CSV, written by DuckDB."""

from __future__ import annotations

import hashlib
import hmac
import os
import tempfile
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from sqlalchemy import Text, cast, select
from sqlalchemy.orm import Session

from assets_pipeline.errors import MachineError
from showfloor.insights.snapshot import time_text
from showfloor.store.database import Database
from showfloor.store.tables import Event
from showfloor.v1 import insights_pb2 as pb

BATCH = 50_000
MEMORY = "1GB"
KINDS = {value: name.removeprefix("EVENT_KIND_").lower() for name, value in pb.EventKind.items()}
_TEXTS = ("id", "kind", "shopper_id", "session_id", "product_id", "scene", "arms")
_WHO = ("id", "shopper_id", "session_id")
"""Ids of events too: by them a row could be found in another file."""


class Format(StrEnum):
    parquet = "parquet"
    csv = "csv"


def export(
    db: Database,
    file: Path,
    kind: Format,
    start: datetime | None = None,
    end: datetime | None = None,
    hash_shoppers: bool = False,
) -> int:
    """Write the events from ``start`` to before ``end``; how many. The file appears when it is whole.

    Events are read in batches, each in a short transaction; what does not fit into some memory waits beside ``file``.
    So neither writers nor the machine notice how many there are. In CSV a text that a spreadsheet would take for a
    formula gets an apostrophe in front.

    ``hash_shoppers`` replaces shoppers, sessions and ids of events by HMAC-SHA256 under a key that is made for this
    file and then forgotten: a shopper has one name in the whole file, and another one in every other file.

    Raises:
        MachineError: EXPORT_UNWRITABLE.
    """
    try:
        with tempfile.TemporaryDirectory(prefix=f".{file.name}-", dir=file.absolute().parent) as folder:
            connection = duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": folder})
            try:
                count = _fill(db, connection, start, end, _pseudonym() if hash_shoppers else None)
                made = Path(folder) / "made"
                connection.execute(f"COPY ({_rows(kind)}) TO '{_quoted(made)}' ({_options(kind)})")
            finally:
                connection.close()
            made.replace(file)
    except (OSError, duckdb.IOException) as error:
        raise MachineError(
            "EXPORT_UNWRITABLE",
            f"{file} cannot be written: {getattr(error, 'strerror', None) or error}.",
            "Choose another place with -o, or free some space.",
        ) from error
    return count


def _fill(
    db: Database,
    connection: duckdb.DuckDBPyConnection,
    start: datetime | None,
    end: datetime | None,
    pseudonym: Callable[[str], str] | None,
) -> int:
    connection.execute("CREATE TABLE events (time TIMESTAMP, " + ", ".join(f"{n} VARCHAR" for n in _TEXTS) + ")")
    last = count = 0
    while rows := db.look(_read, last, start, end):
        columns = dict(zip(("number", "time", *_TEXTS), zip(*rows, strict=True), strict=True))
        columns["kind"] = tuple(KINDS.get(k, str(k)) for k in columns["kind"])
        if pseudonym is not None:
            columns |= {name: tuple(map(pseudonym, columns[name])) for name in _WHO}
        last = int(columns.pop("number")[-1])
        connection.register("batch", {n: np.array(values, dtype=object) for n, values in columns.items()})
        connection.execute(f"INSERT INTO events SELECT CAST(time AS TIMESTAMP), {', '.join(_TEXTS)} FROM batch")
        connection.unregister("batch")
        count += len(rows)
    return count


def _read(session: Session, after: int, start: datetime | None, end: datetime | None) -> Sequence[Any]:
    sqlite = session.get_bind().dialect.name == "sqlite"
    texts = (Event.id, Event.kind, Event.shopper_id, Event.session_id, Event.product_id, Event.scene)
    query = select(Event.number, time_text(sqlite), *texts, cast(Event.arms, Text)).where(Event.number > after)
    if start is not None:
        query = query.where(Event.time >= start)
    if end is not None:
        query = query.where(Event.time < end)
    return session.execute(query.order_by(Event.number).limit(BATCH)).all()


def _pseudonym() -> Callable[[str], str]:
    key = os.urandom(32)

    @lru_cache(100_000)
    def pseudonym(text: str) -> str:
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:32] if text else ""

    return pseudonym


def _rows(kind: Format) -> str:
    if kind == Format.parquet:
        columns = ["id", "kind", "timezone('UTC', time) AS time", *_TEXTS[2:]]
    else:
        safe = "CASE WHEN regexp_matches({0}, '^\\s*[=+@\\t\\r-]') THEN '''' || {0} ELSE {0} END AS {0}"
        columns = [safe.format(name) for name in _TEXTS]
        columns.insert(2, "strftime(time, '%Y-%m-%dT%H:%M:%S.%fZ') AS time")
    return f"SELECT {', '.join(columns)} FROM events"


def _options(kind: Format) -> str:
    return "FORMAT parquet, COMPRESSION zstd" if kind == Format.parquet else "FORMAT csv, HEADER"


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
