"""``showfloor keys`` and ``showfloor gc`` on a real database."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from showfloor.cli import main
from showfloor.errors import Unauthenticated
from showfloor.settings import load_settings
from showfloor.store.blobs import Blobs
from showfloor.store.database import Database
from showfloor.store.keys import authenticate
from showfloor.store.tables import Blob, now
from sqlalchemy import update


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SHOWFLOOR_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path / "data"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> object:
    def call(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            main(list(arguments))
        shown = capsys.readouterr()
        return int(end.value.code or 0), shown.out, shown.err

    return call


def database() -> Database:
    return Database(load_settings().database)


def test_a_key_is_shown_once_and_kept_as_a_hash(run, data: Path) -> None:  # type: ignore[no-untyped-def]
    code, out, err = run("keys", "create", "Web shop", "--scope", "read", "--scope", "generate")
    assert code == 0
    assert re.fullmatch(r"sfk_[a-z2-7]{32}\n", out)
    assert "generate, read" in err
    secret = out.strip()
    db = database()
    assert db.look(authenticate, secret).name == "Web shop"
    db.close()
    for file in data.iterdir():
        assert secret.encode() not in file.read_bytes()
    _, listed, _ = run("keys", "list")
    assert secret not in listed
    (info,) = json.loads(run("keys", "list", "--json")[1])
    assert info["scopes"] == ["generate", "read"]
    assert info["id"] in listed


def test_a_revoked_key_does_not_work_any_more(run) -> None:  # type: ignore[no-untyped-def]
    made = json.loads(run("keys", "create", "Till", "--json")[1])
    assert made["scopes"] == ["read"]
    assert run("keys", "revoke", made["id"])[0] == 0
    db = database()
    with pytest.raises(Unauthenticated, match="KEY_REVOKED"):
        db.look(authenticate, made["key"])
    db.close()
    assert json.loads(run("keys", "list", "--json")[1])[0]["revoke_time"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("revoke", "key_no"), "KEY_NOT_FOUND"),
        (("create", "a", "--scope", "everything"), "SCOPE_UNKNOWN"),
        (("create", " "), "KEY_NAME_INVALID"),
        (("list", "--config", "/no/such.toml"), "CONFIG_NOT_FOUND"),
    ],
)
def test_mistakes_are_told_in_one_line(run, arguments: tuple[str, ...], code: str) -> None:  # type: ignore[no-untyped-def]
    status, out, err = run("keys", *arguments)
    assert (status, out) == (2, "")
    assert code in err
    assert err.count("\n") == 1


def test_keys_go_where_the_settings_say(run, tmp_path: Path, data: Path) -> None:  # type: ignore[no-untyped-def]
    config = tmp_path / "server.toml"
    config.write_text(f'database_url = "sqlite:///{tmp_path}/other.db"\n')
    assert run("keys", "create", "a", "--config", str(config))[0] == 0
    assert (tmp_path / "other.db").exists()
    assert not (data / "showfloor.db").exists()


def test_gc_removes_what_nothing_refers_to(run, data: Path) -> None:  # type: ignore[no-untyped-def]
    run("keys", "list")
    db = database()
    blobs = Blobs(load_settings().blobs, db)
    old, young = (blobs.put_bytes(content, "text/plain") for content in (b"old" * 1000, b"young"))
    long_ago = now() - timedelta(hours=2)
    aged = update(Blob).where(Blob.sha256 == old).values(used_time=long_ago, unused_time=long_ago)
    db.transact(lambda session: session.execute(aged) and None)
    report = json.loads(run("gc", "--json")[1])
    assert (report["blobs"], report["bytes"]) == (1, 3000)
    assert [f.name for f in (data / "blobs").rglob("*") if f.is_file()] == [young]
    db.close()
    assert "0 files" in run("gc")[1]
