"""Stores for the tests: SQLite and a real PostgreSQL, a local folder and a real S3 server."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from showfloor.settings import Settings
from showfloor.store.blobs import Blobs
from showfloor.store.database import Database
from showfloor.store.tables import Base
from sqlalchemy import text

from tests.showfloor.postgres import Postgres, postgres_server

_numbers = itertools.count()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with postgres_server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of an empty database, once of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'data' / 'showfloor.db'}"
    server: Postgres = request.getfixturevalue("postgres")
    return server.create(f"test_{next(_numbers)}")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the tables, to be copied: faster than making them for each test."""
    path = tmp_path_factory.mktemp("template") / "showfloor.db"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    database.close()
    return path


@pytest.fixture(scope="session")
def postgres_tables(postgres: Postgres) -> str:
    """URL of a database with the tables, emptied for each test."""
    url = postgres.create("tables")
    database = Database(url)
    database.migrate()
    database.close()
    return url


@pytest.fixture
def sqlite_db(sqlite_template: Path, settings: Settings) -> Iterator[Database]:
    """A SQLite database with its tables, at the place where ``settings`` has it."""
    settings.root.mkdir(exist_ok=True)
    shutil.copyfile(sqlite_template, settings.root / "showfloor.db")
    database = Database(settings.database, busy_s=3.0)
    yield database
    database.close()


@pytest.fixture
def postgres_db(postgres_tables: str) -> Iterator[Database]:
    """A PostgreSQL database with its tables."""
    database = Database(postgres_tables, busy_s=3.0)
    with database.session() as session:
        names = ", ".join(table.name for table in Base.metadata.sorted_tables)
        session.execute(text(f"TRUNCATE {names}"))
    yield database
    database.close()


@pytest.fixture(params=["sqlite", "postgres"])
def db(request: pytest.FixtureRequest) -> Database:
    """A database with its tables, once of each kind."""
    database: Database = request.getfixturevalue(f"{request.param}_db")
    return database


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """Address of an S3 server on loopback."""
    server_module = pytest.importorskip("moto.server", reason="moto's server is not installed")
    server = server_module.ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3_url(s3: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """URL of an empty place on the S3 server, with what AWS's own variables say to find it."""
    boto3 = pytest.importorskip("boto3")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3)
    bucket = f"bucket-{next(_numbers)}"
    boto3.client("s3").create_bucket(Bucket=bucket)
    return f"s3://{bucket}/showfloor"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data")


@pytest.fixture
def blobs(db: Database, settings: Settings) -> Blobs:
    """A blob store in a local folder."""
    return Blobs(settings.blobs, db)
