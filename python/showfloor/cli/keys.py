"""``showfloor keys`` and ``showfloor gc``: what an operator does beside the running server."""

from __future__ import annotations

import json as json_module
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from showfloor.settings import Settings
    from showfloor.store.database import Database
    from showfloor.store.keys import KeyInfo

app = typer.Typer(help="API keys of the server: create, list, revoke.", no_args_is_help=True)

Config = Annotated[
    Path | None, typer.Option(metavar="FILE", help="TOML file with the server's settings.", show_default=False)
]
DataDir = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="The server's data; default: SHOWFLOOR_DATA_DIR.", show_default=False),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="Who or what uses it.", show_default=False)],
    scope: Annotated[
        list[str] | None,
        typer.Option(metavar="SCOPE", help="read, capture, generate or admin; repeat it. Default: read."),
    ] = None,
    config: Config = None,
    data_dir: DataDir = None,
    json: Json = False,
) -> None:
    """Make a key and print it. It is shown this once: the server keeps only its SHA-256."""
    from showfloor.store.keys import create_key

    with opened(config, data_dir) as (db, _):
        info, secret = db.transact(create_key, name, scope or ["read"])
    if json:
        print(json_module.dumps(_plain(info) | {"key": secret}))
        return
    scopes = ", ".join(sorted(info.scopes))
    typer.echo(f"{info.id} for {info.name} ({scopes}). Keep it now, it is not shown again:", err=True)
    print(secret)


@app.command("list")
def list_(config: Config = None, data_dir: DataDir = None, json: Json = False) -> None:
    """List the keys, the revoked ones too."""
    from showfloor.store.keys import list_keys

    with opened(config, data_dir) as (db, _):
        found = db.look(list_keys)
    _print(found, json)


@app.command()
def revoke(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="Id of the key, not the key itself.", show_default=False)],
    config: Config = None,
    data_dir: DataDir = None,
    json: Json = False,
) -> None:
    """End a key. Servers that run refuse it within seconds."""
    from showfloor.store.keys import revoke_key

    with opened(config, data_dir) as (db, _):
        info = db.transact(revoke_key, key_id)
    _print([info], json)


def gc(config: Config = None, data_dir: DataDir = None, json: Json = False) -> None:
    """Remove unfinished captures past their time, leftovers of jobs, idle conversations, and files that nothing uses.

    Servers do the same once an hour. Safe while they run, and on several machines at once.
    """
    from showfloor.store.blobs import Blobs
    from showfloor.store.gc import collect

    with opened(config, data_dir) as (db, settings):
        report = collect(db, Blobs(settings.blobs, db), settings)
    if json:
        print(json_module.dumps(asdict(report)))
        return
    print(
        f"Removed {report.captures} unfinished captures, {report.folders} folders of uploads and jobs, "
        f"{report.blobs} files ({report.bytes / 1e6:.1f} MB), {report.conversations} idle conversations."
    )


@contextmanager
def opened(config: Path | None, data_dir: Path | None) -> Iterator[tuple[Database, Settings]]:
    """The server's database with its tables, and its settings."""
    from showfloor.settings import load_settings
    from showfloor.store.database import Database

    settings = load_settings(config, data_dir=data_dir)
    db = Database(settings.database)
    try:
        db.migrate()
        yield db, settings
    finally:
        db.close()


def _print(keys: Sequence[KeyInfo], as_json: bool) -> None:
    if as_json:
        print(json_module.dumps([_plain(k) for k in keys]))
        return
    from showfloor.cli.lists import print_rows

    rows = [(k.id, k.name, ", ".join(sorted(k.scopes)), _time(k.create_time), _time(k.revoke_time)) for k in keys]
    columns = ("Key", "Name", "Scopes", "Made", "Revoked")
    print_rows(columns, rows, "No keys. Make one with: showfloor keys create NAME --scope read")


def _time(moment: datetime | None) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}" if moment else "–"


def _plain(info: KeyInfo) -> dict[str, Any]:
    return {
        "id": info.id,
        "name": info.name,
        "scopes": sorted(info.scopes),
        "create_time": info.create_time.isoformat(),
        "revoke_time": info.revoke_time.isoformat() if info.revoke_time else None,
    }
