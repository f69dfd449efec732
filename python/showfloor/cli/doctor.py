"""``showfloor doctor``: what is installed, which paths are active, and what to do about the rest."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from assets_pipeline.errors import ShowfloorError

Status = Literal["ok", "warn", "missing", "optional"]
COLOURS: dict[Status, str] = {"ok": "green", "warn": "yellow", "missing": "red", "optional": "dim"}

INSTALL = "Install the packages again: `make setup`, or pip install --force-reinstall showfloor."


@dataclass(frozen=True)
class Check:
    """One line. ``missing``: needed and not there; ``optional``: not there, and not needed as things are set."""

    name: str
    status: Status
    found: str
    fix: str = ""


def doctor(config: Path | None, data_dir: Path | None, as_json: bool) -> int:
    """Print the table; return 1 when something needed is missing, else 0."""
    logging.getLogger("showfloor").addHandler(logging.NullHandler())  # what it says stands in the table
    found = [check for group in _groups(config, data_dir) for check in group]
    code = 1 if any(c.status == "missing" for c in found) else 0
    if as_json:
        print(json.dumps({"exit_code": code, "checks": [asdict(c) for c in found]}, ensure_ascii=False))
    else:
        _print(found)
    return code


def _groups(config: Path | None, data_dir: Path | None) -> Iterator[Sequence[Check]]:
    try:
        from showfloor.cli import doctor_install

        for check in doctor_install.CHECKS:
            yield _run(check.__name__, check)
        from showfloor.cli import doctor_server

        settings = doctor_server.read_settings(config, data_dir)
        for ask in doctor_server.CHECKS:
            yield _run(ask.__name__, partial(ask, settings))
    except ShowfloorError as error:
        yield [Check("Settings", "missing", error.message, error.fix)]
    except ImportError as error:
        yield [Check("Showfloor", "missing", f"cannot be loaded: {error}", INSTALL)]


def _run(name: str, check: Callable[[], Sequence[Check]]) -> Sequence[Check]:
    try:
        return check()
    except ImportError as error:  # a broken package must not hide what the other checks find
        return [Check(name, "missing", f"cannot be loaded: {error}", INSTALL)]


def _print(checks: Sequence[Check]) -> None:
    console = Console()
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for check in checks:
        text = Text(check.found)
        if check.fix and check.status != "ok":
            text.append(f"\n→ {check.fix}", COLOURS[check.status])
        table.add_row(Text(check.status, COLOURS[check.status]), Text(check.name, "bold"), text)
    console.print(table)
    missing = [c.name for c in checks if c.status == "missing"]
    if missing:
        console.print(Text(f"Needed and not there: {', '.join(missing)}.", "bold red"))
    else:
        console.print(Text("Everything that is needed is there.", "bold green"))
