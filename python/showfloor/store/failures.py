"""What a database says when it cannot, in the project's own errors."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from assets_pipeline.errors import InputError, MachineError, ShowfloorError
from showfloor.errors import Unavailable

log = logging.getLogger(__name__)

_SNAPSHOT_GONE = sqlite3.SQLITE_BUSY | 2 << 8
_SQLITE_AWAY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR}
_POSTGRES_AWAY = ("08", "53", "55", "57", "25006", "58")


class Contended(Unavailable):
    """Another transaction came in between; the same one may pass when it is tried again."""


@contextmanager
def explained() -> Iterator[None]:
    """Turns what callers can act on into coded errors; mistakes in a statement stay what they are.

    Raises:
        Unavailable: DATABASE_UNAVAILABLE.
        MachineError: DISK_FULL, DATABASE_DAMAGED, DATABASE_UNWRITABLE.
        InputError: VALUE_INVALID.
    """
    try:
        yield
    except (DBAPIError, PoolTimeout, sqlite3.Error) as error:
        known = explain(error)
        if known is None:
            raise
        if not isinstance(known, InputError):
            log.warning("database: %s", getattr(error, "orig", error))
        raise known from error


def explain(error: Exception) -> ShowfloorError | None:
    """The coded error for ``error``; None where it is a mistake of ours."""
    cause = getattr(error, "orig", None) or error
    if isinstance(error, IntegrityError):
        return None
    if isinstance(error, PoolTimeout):
        return _away(Unavailable)
    if isinstance(cause, sqlite3.Error):
        return _sqlite(cause)
    if isinstance(error, DataError):
        return InputError(
            "VALUE_INVALID", "A value cannot be stored, such as a NUL in a text.", "Remove control characters."
        )
    state = getattr(cause, "sqlstate", None)
    if state == "53100":
        return _disk_full()
    if state and state.startswith("40"):
        return _away(Contended)
    if (state and state.startswith(_POSTGRES_AWAY)) or (state is None and _lost(error, cause)):
        return _away(Unavailable)
    return None


def _lost(error: Exception, cause: BaseException) -> bool:
    named = type(cause).__name__ in ("OperationalError", "InterfaceError", "ConnectionTimeout")
    return named or bool(getattr(error, "connection_invalidated", False))


def _sqlite(cause: sqlite3.Error) -> ShowfloorError | None:
    code = getattr(cause, "sqlite_errorcode", None)
    if code is None:
        return None
    if code == _SNAPSHOT_GONE:
        return _away(Contended)
    match code & 0xFF:
        case sqlite3.SQLITE_FULL:
            return _disk_full()
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return MachineError(
                "DATABASE_DAMAGED", "The database file is damaged.", "Restore it from a backup; keep the broken file."
            )
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM:
            return MachineError(
                "DATABASE_UNWRITABLE", "The database file cannot be written to.", "Check its owner and access rights."
            )
        case primary if primary in _SQLITE_AWAY:
            return _away(Unavailable)
    return None


def _away(kind: type[Unavailable]) -> Unavailable:
    return kind("DATABASE_UNAVAILABLE", "The database does not answer.", "Try again in a few seconds.")


def _disk_full() -> MachineError:
    return MachineError("DISK_FULL", "The disk of the database is full.", "Free some space, then try again.")
