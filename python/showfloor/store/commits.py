"""Whether anybody has committed anything since: asked in microseconds, so that unchanged answers can be given again."""

from __future__ import annotations

import contextlib
import sqlite3
from urllib.parse import quote

from showfloor.store.database import Database


class Commits:
    """A number that is another one after every commit of any connection and any process.

    SQLite tells it by ``PRAGMA data_version``, from shared memory and without waiting, so the event loop may ask.
    PostgreSQL has nothing like it: there the number is always unknown.
    """

    def __init__(self, db: Database) -> None:
        self._path = db.url.database if db.sqlite else None
        self._connection: sqlite3.Connection | None = None

    def now(self) -> int | None:
        """The number, which only this object's own earlier answers can be compared with; None where it is unknown."""
        if self._path is None:
            return None
        try:
            if self._connection is None:
                address = f"file:{quote(self._path)}?mode=ro"
                self._connection = sqlite3.connect(
                    address, uri=True, timeout=0, isolation_level=None, check_same_thread=False
                )
            return int(self._connection.execute("PRAGMA data_version").fetchone()[0])
        except sqlite3.Error:
            return None

    def close(self) -> None:
        """Numbers from before cannot be compared any more."""
        self._path = None
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None
