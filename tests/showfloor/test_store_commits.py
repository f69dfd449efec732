"""The number that changes with every commit."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from showfloor.store.commits import Commits
from showfloor.store.database import Database
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.showfloor.postgres import Postgres

INSERT = "INSERT INTO api_keys (id, name, digest, scopes, create_time) VALUES (:n, 'n', :n, '[]', '2026-01-01')"


def insert(session: Session, name: str) -> None:
    session.execute(text(INSERT), {"n": name})


def test_it_changes_with_commits_of_any_connection_and_process_only(tmp_path: Path) -> None:
    file = tmp_path / "a folder ü" / "show#floor.db"
    db = Database(f"sqlite:///{file}")
    db.migrate()
    commits = Commits(db)
    first = commits.now()
    assert first is not None
    db.look(lambda session: session.execute(text("SELECT * FROM api_keys")).all())
    assert commits.now() == first
    db.transact(insert, "one")
    second = commits.now()
    assert second != first
    assert commits.now() == second
    code = f"import sqlite3; c = sqlite3.connect({str(file)!r}); c.execute('DELETE FROM api_keys'); c.commit()"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=30)
    assert commits.now() not in (first, second)
    with db.session() as session:
        insert(session, "two")
        during = commits.now()
    assert commits.now() != during
    commits.close()
    assert commits.now() is None
    db.close()


def test_postgres_has_no_such_number(postgres: Postgres) -> None:
    db = Database(postgres.create("commits"))
    assert Commits(db).now() is None
    db.close()
