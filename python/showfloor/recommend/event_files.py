"""What shoppers did, from a file: CSV, tab-separated, JSON Lines or Parquet."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import duckdb

from assets_pipeline.errors import InputError
from showfloor.recommend.history import MAX_EVENTS, WEIGHTS
from showfloor.v1 import insights_pb2 as pb

_NAMES = {
    "shopper": ("shopper_id", "shopperid", "user_id", "userid", "user", "customer_id", "visitorid"),
    "session": ("session_id", "sessionid", "session"),
    "product": ("product_id", "productid", "item_id", "itemid", "item", "sku"),
    "time": ("time", "timestamp", "date", "create_time"),
    "kind": ("kind", "event"),
}
_READERS = {
    ".csv": "read_csv(?, all_varchar = true)",
    ".tsv": "read_csv(?, all_varchar = true)",
    ".inter": "read_csv(?, all_varchar = true, delim = '\t')",  # RecBole
    ".jsonl": "read_json(?, format = 'newline_delimited')",
    ".ndjson": "read_json(?, format = 'newline_delimited')",
    ".parquet": "read_parquet(?)",
}


def read_histories(path: Path) -> list[list[str]]:
    """What each shopper, or else session, chose, oldest first; only where there are two products.

    A row is a choice, unless a column ``kind`` has what happened, as RecordEvents names it; then the kinds count that
    count for the server's own events.

    Raises:
        InputError: EVENTS_FILE_INVALID.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise _invalid(f"{path.name} is of no known kind", f"Give a file that ends with {', '.join(_READERS)}.")
    if not path.is_file():
        raise _invalid(f"There is no file {path}", "Check --events.")
    try:
        with duckdb.connect() as connection:
            relation = connection.sql(f"SELECT * FROM {reader}", params=[str(path)])
            columns = {_plain(c): c for c in relation.columns}
            fields = {kind: _first(columns, names) for kind, names in _NAMES.items()}
            if fields["product"] is None or (fields["shopper"] is None and fields["session"] is None):
                raise _invalid(
                    f"{path.name} has the columns {', '.join(relation.columns)[:300]}",
                    "It needs shopper_id, product_id and time; kind is optional.",
                )
            rows = (
                relation.select(
                    *(
                        duckdb.ColumnExpression(c).cast("VARCHAR") if c else duckdb.ConstantExpression("")
                        for c in fields.values()
                    )
                )
                .limit(MAX_EVENTS)
                .fetchall()
            )
    except duckdb.Error as error:
        raise _invalid(f"{path.name}: {str(error).splitlines()[0]}", "Check the file.") from error
    return _histories(rows, path, timed=fields["time"] is not None, kinds=fields["kind"] is not None)


def _histories(rows: list[tuple[Any, ...]], path: Path, *, timed: bool, kinds: bool) -> list[list[str]]:
    counted = {name for k in WEIGHTS for name in (str(k), pb.EventKind.Name(k), pb.EventKind.Name(k)[11:])}
    found: dict[tuple[str, str], list[tuple[float | str, str]]] = defaultdict(list)
    numbers = timed and all(_NUMBER.fullmatch(row[3] or "") for row in rows)
    for shopper, session, product, time, kind in rows:
        if product and (shopper or session) and (not kinds or (kind or "").upper() in counted):
            moment = float(time) if numbers else time or ""
            found[(shopper or "", "" if shopper else session)].append((moment, product))
    if timed:
        for chosen in found.values():
            chosen.sort(key=lambda c: c[0])
    histories = [[product for _, product in chosen] for chosen in found.values()]
    return [h for h in histories if len(set(h)) > 1]


_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e\+?\d+)?", re.IGNORECASE)


def _plain(column: str) -> str:
    return column.partition(":")[0].strip().lower()


def _first(columns: dict[str, str], names: tuple[str, ...]) -> str | None:
    return next((columns[name] for name in names if name in columns), None)


def _invalid(problem: str, fix: str) -> InputError:
    return InputError("EVENTS_FILE_INVALID", f"{problem}.", fix)
