"""One engine for SQLite or PostgreSQL, and transactions that neither block the event loop nor half-happen."""

from __future__ import annotations

import asyncio
import contextvars
import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session

from assets_pipeline.errors import InputError, MachineError
from showfloor.errors import Unavailable
from showfloor.store.failures import Contended, explained

P = ParamSpec("P")
T = TypeVar("T")

BUSY_S = 5.0
"""How long a transaction waits for the lock of another one."""
READERS = 4
POSTGRES_WRITERS = 8
TRIES = 6
_MIGRATION_LOCK = 0x53464C52  # any number that no other program uses for its advisory locks


class Database:
    """The database at a SQLAlchemy URL: ``sqlite:///path`` or ``postgresql://…``.

    Use ``read`` for what only looks and ``run`` for what changes something: on SQLite a ``run`` takes the one write
    lock when it begins, so that it never fails half-way because another process wrote in between.

    Raises:
        InputError: DATABASE_URL_INVALID.
        MachineError: DATABASE_DRIVER_MISSING, DATABASE_UNWRITABLE.
    """

    def __init__(self, url: str, *, busy_s: float = BUSY_S) -> None:
        self.url = _parse(url)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        self._busy_s = busy_s
        self.engine: Engine = _sqlite(self.url, busy_s) if self.sqlite else _postgres(self.url, busy_s)
        self._writing = self.engine.execution_options(write=True)
        self._turn = threading.Lock()
        self._readers = ThreadPoolExecutor(READERS, "database-read")
        self._writers = ThreadPoolExecutor(1 if self.sqlite else POSTGRES_WRITERS, "database-write")
        self._closed = False

    @contextmanager
    def session(self, *, write: bool = True) -> Iterator[Session]:
        """One transaction: committed at the end, rolled back on any error. With ``write=False`` always rolled back.

        Blocks, so call it from threads only. Rows stay readable after the end. Do not nest writing sessions.

        Raises:
            Unavailable: DATABASE_UNAVAILABLE.
            MachineError: DISK_FULL, DATABASE_DAMAGED, DATABASE_UNWRITABLE.
        """
        engine = self._writing if write else self.engine
        with explained(), self._wait_for_turn(write), Session(engine, expire_on_commit=False) as session:
            yield session
            if write:
                session.commit()

    def transact(self, fn: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """``fn(session, …)`` in one writing transaction, begun again when another one came in between. Blocks."""
        for attempt in range(1, TRIES + 1):
            try:
                with self.session() as session:
                    return fn(session, *args, **kwargs)
            except Contended:
                if attempt == TRIES:
                    raise
                time.sleep(random.uniform(0.005, 0.02) * 2**attempt)
        raise AssertionError("unreachable")

    def look(self, fn: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """``fn(session, …)`` in one reading transaction. Blocks."""
        with self.session(write=False) as session:
            return fn(session, *args, **kwargs)

    async def run(self, fn: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """``transact`` in a thread of its own pool. ``fn`` may be called several times: it changes only the session."""
        return await self._in_thread(self._writers, partial(self.transact, fn, *args, **kwargs))

    async def read(self, fn: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """``look`` in a thread of its own pool; what ``fn`` changes is lost."""
        return await self._in_thread(self._readers, partial(self.look, fn, *args, **kwargs))

    def migrate(self) -> None:
        """Bring the tables to this version's shape. Safe when several processes do it at once.

        Raises:
            MachineError: DATABASE_TOO_NEW.
        """
        if self.is_current():
            return
        config, scripts, known = _migrations()
        with explained(), self._wait_for_turn(True), self._writing.begin() as connection:
            if not self.sqlite:
                connection.execute(text("SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0"))
                connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _MIGRATION_LOCK})
            if not _is_current(connection, scripts, known):
                config.attributes["connection"] = connection
                command.upgrade(config, "head")

    def is_current(self) -> bool:
        """Whether the tables have this version's shape; changes nothing.

        Raises:
            MachineError: DATABASE_TOO_NEW. Unavailable: DATABASE_UNAVAILABLE.
        """
        _, scripts, known = _migrations()
        with explained(), self.engine.connect() as connection:
            return _is_current(connection, scripts, known)

    def close(self) -> None:
        """End the threads and connections; waits for transactions that run."""
        self._closed = True
        self._readers.shutdown()
        self._writers.shutdown()
        self.engine.dispose()

    @contextmanager
    def _wait_for_turn(self, write: bool) -> Iterator[None]:
        """SQLite has one writer at a time; waiting here is fair and wakes at once, its own waiting sleeps and polls."""
        if not (write and self.sqlite):
            yield
            return
        if not self._turn.acquire(timeout=2 * self._busy_s):
            raise Unavailable("DATABASE_UNAVAILABLE", "The database is busy.", "Try again in a few seconds.")
        try:
            yield
        finally:
            self._turn.release()

    async def _in_thread(self, pool: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        if self._closed:
            raise Unavailable("DATABASE_UNAVAILABLE", "The server is stopping.", "Try again in a few seconds.")
        return await asyncio.get_running_loop().run_in_executor(pool, contextvars.copy_context().run, work)


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    if parsed is not None and parsed.drivername in ("postgres", "postgresql"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    usable = parsed is not None and (
        parsed.drivername == "postgresql+psycopg"
        or (parsed.drivername == "sqlite" and parsed.database not in (None, "", ":memory:"))
    )
    if parsed is None or not usable:
        raise InputError(
            "DATABASE_URL_INVALID",
            "The database URL is neither of a SQLite file nor of PostgreSQL.",
            "Write sqlite:////path/to/showfloor.db or postgresql://user:password@host/name.",
        )
    return parsed


def _sqlite(url: URL, busy_s: float) -> Engine:
    folder = Path(url.database or "").absolute().parent
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise MachineError(
            "DATABASE_UNWRITABLE", f"{folder} cannot be made: {error.strerror}.", "Choose another data_dir."
        ) from error
    engine = create_engine(url, pool_size=16, max_overflow=32, pool_timeout=busy_s)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # the begin below is ours; the driver's own comes too late for reads
        for pragma in (f"busy_timeout={int(busy_s * 1000)}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        write = connection.get_execution_options().get("write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def _postgres(url: URL, busy_s: float) -> Engine:
    limits = f"-c lock_timeout={int(busy_s * 1000)} -c statement_timeout={int(busy_s * 6000)}"
    defaults = {"connect_timeout": str(int(busy_s)), "application_name": "showfloor", "options": limits}
    try:
        return create_engine(
            url.set(query=defaults | dict(url.query)),
            pool_size=READERS + POSTGRES_WRITERS,
            max_overflow=16,
            pool_timeout=busy_s,
            pool_pre_ping=True,
        )
    except ImportError as error:
        raise MachineError(
            "DATABASE_DRIVER_MISSING", "PostgreSQL's driver is not installed.", "pip install 'showfloor[postgres]'."
        ) from error


def _migrations() -> tuple[Config, ScriptDirectory, set[str]]:
    """The migrations that come with this version, and the names of all of them."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    scripts = ScriptDirectory.from_config(config)
    return config, scripts, {script.revision for script in scripts.walk_revisions()}


def _is_current(connection: Connection, scripts: ScriptDirectory, known: set[str]) -> bool:
    here = set(MigrationContext.configure(connection).get_current_heads())
    if here - known:
        raise MachineError(
            "DATABASE_TOO_NEW",
            f"The database was made by a newer version of Showfloor (its shape is {min(here - known)!r}).",
            "Install that version, or restore a backup from before.",
        )
    return here == set(scripts.get_heads())
