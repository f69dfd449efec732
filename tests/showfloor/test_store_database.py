"""The database: transactions, several processes, and what happens when it is locked, damaged or gone."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from showfloor.errors import Unavailable
from showfloor.store.database import Database, _migrations
from showfloor.store.tables import ApiKey, Base, Blob, CaptureFile, Event, now
from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from assets_pipeline.errors import InputError, MachineError
from tests.showfloor.postgres import Postgres


def put(session: Session, name: str, scopes: list[str] | None = None) -> None:
    session.add(ApiKey(id=name, name=name, digest=name, scopes=scopes or []))


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(ApiKey)) or 0


def no_full_text(name: str | None, kind: str, _parents: object) -> bool:
    """Full-text indexes are each database's own: FTS5 tables, or a generated column and its index."""
    return not (name or "").startswith("product_fts") and name not in ("terms", "ix_product_words_terms")


def test_migrations_make_exactly_the_tables(db: Database) -> None:
    with db.engine.connect() as connection:
        opts = {"compare_type": True, "include_name": no_full_text}
        context = MigrationContext.configure(connection, opts=opts)
        differences = compare_metadata(context, Base.metadata)
    only_sqlite = ["ix_products_id_words"] if db.sqlite else []
    assert [(name, index.name) for name, index in differences] == [("remove_index", name) for name in only_sqlite]
    db.migrate()  # again changes nothing


def event(name: str) -> Event:
    return Event(
        id=name, kind=1, time=now(), shopper_id=name, session_id="", product_id="", scene="", arms={"test": "b"}
    )


def test_the_number_of_a_deleted_event_is_never_given_again(db: Database) -> None:
    with db.session() as session:
        session.add_all([event("a"), event("b")])
    with db.session() as session:
        newest = session.scalar(select(func.max(Event.number))) or 0
        session.execute(delete(Event))
    with db.session() as session:
        session.add(event("c"))
        session.flush()
        assert session.scalars(select(Event.number)).one() > newest


def test_events_of_before_keep_their_numbers(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path / 'old.db'}")
    config, _, _ = _migrations()
    with db.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0004")
    with db.session() as session:
        session.add_all([event(name) for name in "abc"])
    with db.session() as session:
        session.execute(delete(Event).where(Event.id == "b"))
    db.migrate()
    with db.session() as session:
        session.add(event("d"))
    found = db.look(lambda session: session.execute(select(Event.number, Event.id, Event.arms)).all())
    assert [tuple(row) for row in found] == [(n, i, {"test": "b"}) for n, i in ((1, "a"), (3, "c"), (4, "d"))]
    db.close()


def test_a_transaction_happens_whole_or_not_at_all(db: Database) -> None:
    def half(session: Session) -> None:
        put(session, "a")
        session.flush()
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError):
        asyncio.run(db.run(half))
    assert asyncio.run(db.read(count)) == 0
    asyncio.run(db.run(put, "a"))
    assert asyncio.run(db.read(count)) == 1
    asyncio.run(db.read(put, "b"))  # a look changes nothing
    assert asyncio.run(db.read(count)) == 1


def test_foreign_keys_are_enforced(db: Database) -> None:
    def dangling(session: Session) -> None:
        session.add(CaptureFile(capture_id="none", name="a", position=0, size_bytes=1, sha256="0", received_bytes=0))

    with pytest.raises(IntegrityError):
        asyncio.run(db.run(dangling))


def add_to_counter(session: Session) -> None:
    blob = session.get(Blob, "counter", with_for_update=True)
    assert blob is not None
    blob.size_bytes += 1


def test_no_update_is_lost_between_threads(db: Database) -> None:
    with db.session() as session:
        session.add(Blob(sha256="counter", size_bytes=0, media_type=""))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: db.transact(add_to_counter), range(64)))
    assert db.look(lambda s: s.get(Blob, "counter").size_bytes) == 64  # type: ignore[union-attr]


PROCESS = """
import sys
from showfloor.store.database import Database
from showfloor.store.tables import Blob

def add_to_counter(session):
    session.get(Blob, "counter", with_for_update=True).size_bytes += 1

db = Database(sys.argv[1])
db.migrate()
for _ in range(50):
    db.transact(add_to_counter)
db.close()
"""


def test_no_update_is_lost_between_processes(db: Database) -> None:
    with db.session() as session:
        session.add(Blob(sha256="counter", size_bytes=0, media_type=""))
    url = db.url.render_as_string(hide_password=False)
    others = [subprocess.Popen([sys.executable, "-c", PROCESS, url]) for _ in range(2)]
    for _ in range(50):
        db.transact(add_to_counter)
    assert [p.wait(60) for p in others] == [0, 0]
    assert db.look(lambda s: s.get(Blob, "counter").size_bytes) == 150  # type: ignore[union-attr]


def test_several_may_migrate_at_once(database_url: str) -> None:
    databases = [Database(database_url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(Database.migrate, databases))
    for database in databases:
        assert database.look(count) == 0
        database.close()


def test_a_newer_database_is_left_alone(database_url: str) -> None:
    db = Database(database_url)
    db.migrate()
    with db.session() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(MachineError, match="DATABASE_TOO_NEW"):
        db.migrate()
    db.close()


def test_reads_go_on_while_somebody_writes_and_a_writer_waits_for_a_bounded_time(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    db = Database(f"sqlite:///{path}", busy_s=0.2)
    db.migrate()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert asyncio.run(db.read(count)) == 0
    with pytest.raises(Unavailable) as error:
        asyncio.run(db.run(put, "a"))
    assert error.value.code == "DATABASE_UNAVAILABLE"
    other.execute("COMMIT")
    asyncio.run(db.run(put, "a"))
    assert db.look(count) == 1
    other.close()
    db.close()


def test_a_long_transaction_does_not_block_the_event_loop(db: Database) -> None:
    async def main() -> int:
        held = threading.Event()
        release = threading.Event()

        def long(session: Session) -> None:
            put(session, "a")
            held.set()
            assert release.wait(30)

        writing = asyncio.create_task(db.run(long))
        while not held.is_set():
            await asyncio.sleep(0.001)
        beats = 0
        for _ in range(50):
            assert await db.read(count) == 0
            beats += 1
        release.set()
        await writing
        return beats

    assert asyncio.run(main()) == 50


def test_deadlocks_are_tried_again(db: Database) -> None:
    with db.session() as session:
        put(session, "a")
        put(session, "b")
    both = threading.Barrier(2, timeout=10)
    tries: list[str] = []

    def swap(session: Session, first: str, second: str) -> None:
        tries.append(first)
        session.get(ApiKey, first, with_for_update=True).name += "!"  # type: ignore[union-attr]
        session.flush()
        if len(tries) <= 2 and not db.sqlite:
            both.wait()
        session.get(ApiKey, second, with_for_update=True).name += "!"  # type: ignore[union-attr]

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda pair: db.transact(swap, *pair), [("a", "b"), ("b", "a")]))
    assert len(tries) == (2 if db.sqlite else 3)
    assert db.look(lambda s: [s.get(ApiKey, k).name for k in "ab"]) == ["a!!", "b!!"]  # type: ignore[union-attr]


def test_values_that_cannot_be_stored_are_the_callers_mistake(postgres: Postgres) -> None:
    db = Database(postgres.create("nul"))
    db.migrate()
    with pytest.raises(InputError, match="VALUE_INVALID"):
        asyncio.run(db.read(lambda s: s.get(ApiKey, "a\0b")))
    db.close()


def test_postgres_may_stop_and_come_back(postgres: Postgres) -> None:
    db = Database(postgres.create("comes_back"), busy_s=2.0)
    db.migrate()
    asyncio.run(db.run(put, "a"))
    postgres.stop()
    try:
        began = time.monotonic()
        for call in (db.read(count), db.run(put, "b")):
            with pytest.raises(Unavailable) as error:
                asyncio.run(call)
            assert error.value.code == "DATABASE_UNAVAILABLE"
            assert "127.0.0.1" not in str(error.value)
        assert time.monotonic() - began < 30
    finally:
        postgres.start()
    assert asyncio.run(db.read(count)) == 1
    asyncio.run(db.run(put, "b"))
    db.close()


def test_postgres_stopped_inside_a_transaction(postgres: Postgres) -> None:
    db = Database(postgres.create("inside"), busy_s=2.0)
    db.migrate()

    def cut(session: Session) -> None:
        put(session, "a")
        session.flush()
        postgres.stop()

    try:
        with pytest.raises(Unavailable):
            asyncio.run(db.run(cut))
    finally:
        postgres.start()
    assert asyncio.run(db.read(count)) == 0
    db.close()


def test_a_full_disk_is_named(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path / 'x.db'}")
    db.migrate()

    def fill(session: Session) -> None:
        pages = session.execute(text("PRAGMA page_count")).scalar_one()
        session.execute(text(f"PRAGMA max_page_count={pages}"))
        put(session, "a", ["x" * 100_000])

    with pytest.raises(MachineError, match="DISK_FULL"):
        asyncio.run(db.run(fill))
    db.close()


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    path.write_bytes(b"this is no database" * 1000)
    db = Database(f"sqlite:///{path}")
    with pytest.raises(MachineError, match="DATABASE_DAMAGED"):
        db.migrate()
    db.close()


@pytest.mark.parametrize(
    "url", ["", "nonsense", "sqlite://", "sqlite:///:memory:", "mysql://host/db", "postgresql+asyncpg://h/d"]
)
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(InputError, match="DATABASE_URL_INVALID"):
        Database(url)


def test_a_closed_database_says_so(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path / 'x.db'}")
    db.close()
    with pytest.raises(Unavailable):
        asyncio.run(db.read(count))


KILLED = """
import os, signal, sys
from showfloor.store.database import Database
from showfloor.store.tables import ApiKey

def put(session, name):
    session.add(ApiKey(id=name, name=name, digest=name, scopes=[]))

db = Database(sys.argv[1])
db.transact(put, "kept")
with db.session() as session:
    put(session, "lost")
    session.flush()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_was_committed_survives_a_kill_and_nothing_else_does(db: Database) -> None:
    url = db.url.render_as_string(hide_password=False)
    assert subprocess.run([sys.executable, "-c", KILLED, url], timeout=60).returncode == -9
    assert db.look(lambda s: [k.id for k in s.scalars(select(ApiKey))]) == ["kept"]
    db.transact(put, "next")  # and no lock is left behind
