"""``showfloor copy``: texts for a whole catalogue, as a CSV file that grows and can be gone on with."""

from __future__ import annotations

import codecs
import csv
import io
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assets_pipeline.errors import InputError, MachineError, ShowfloorError
from showfloor.cli.remote import Ca, Key, Quiet, Server

if TYPE_CHECKING:
    from showfloor.client import Client
    from showfloor.v1 import catalog_pb2

COLUMNS = ("product_id", "kind", "language", "tone", "limit", "text", "sources", "engine", "etag", "problem")
AT_ONCE = 4
LISTED = 10


class Kind(StrEnum):
    TITLE = "title"
    BULLETS = "bullets"
    DESCRIPTION = "description"
    MARKETING = "marketing"


class Language(StrEnum):
    EN = "en"
    ZH = "zh"


class Tone(StrEnum):
    PLAIN = "plain"
    WARM = "warm"
    LUXURY = "luxury"
    PLAYFUL = "playful"


@dataclass(frozen=True)
class Wanted:
    """One text of one product."""

    product: catalog_pb2.Product
    kind: str
    language: str
    tone: str
    limit: int

    @property
    def key(self) -> tuple[str, ...]:
        return tuple(map(safe, (self.product.id, self.kind, self.language, self.tone, str(self.limit))))


@dataclass
class Tally:
    kept: int = 0
    written: int = 0
    engines: set[str] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)


def copy(
    out: Annotated[Path, typer.Option("-o", "--out", help="CSV file for the texts.", show_default=False)],
    kind: Annotated[list[Kind] | None, typer.Option(help="What to write; may be repeated. Default: title.")] = None,
    language: Annotated[list[Language] | None, typer.Option(help="May be repeated. Default: en.")] = None,
    tone: Annotated[Tone, typer.Option(help="How it sounds.")] = Tone.PLAIN,
    max_characters: Annotated[int, typer.Option(help="Limit of the channel; 0: that of the kind.", min=0)] = 0,
    contains: Annotated[str, typer.Option(help="Only products with this in id, title, brand or tags.")] = "",
    category: Annotated[str, typer.Option(help="Only products of this category or below it.")] = "",
    server: Server = None,
    key: Key = None,
    ca: Ca = None,
    quiet: Quiet = False,
) -> None:
    """Write titles, bullets, descriptions or marketing copy for the products of a server.

    The same command goes on where it stopped: texts of products that have not changed are kept.

    Exit codes: 0 all written, 1 some products failed, 2 wrong input, 3 server or machine, 130 stopped.
    """
    from rich.console import Console

    from showfloor.cli.remote import _client

    kinds = [k.value for k in kind or [Kind.TITLE]]
    languages = [chosen.value for chosen in language or [Language.EN]]
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    with _client(server, key, ca) as client:
        products = list(client.list_products(contains=contains, category=category))
        wanted = [Wanted(p, k, at, tone.value, max_characters) for p in products for k in kinds for at in languages]
        try:
            tally = write_all(client, wanted, out, None if quiet else console)
        except KeyboardInterrupt:
            console.print(f"Stopped. What is written stays in {out}; the same command goes on.", markup=False)
            sys.exit(130)
    for problem in tally.problems[:LISTED]:
        console.print(problem, style="yellow", markup=False)
    if len(tally.problems) > LISTED:
        console.print(f"… and {len(tally.problems) - LISTED} more; column «problem» of {out} has all.", markup=False)
    if not quiet:
        print(_summary(tally, len(products), out))
    sys.exit(1 if tally.problems else 0)


def write_all(client: Client, wanted: list[Wanted], out: Path, console: object | None) -> Tally:
    """Ask for what ``out`` does not hold yet, and add it row by row; rows that nobody asked for now are kept.

    Raises:
        InputError: COPY_FILE_INVALID.
        MachineError: COPY_FILE_UNWRITABLE.
    """
    from rich.console import Console
    from rich.progress import Progress

    rows = read_rows(out)
    etags = {w.key: safe(w.product.etag) for w in wanted}
    good = [r for r in rows if not r["problem"] and etags.get(_key(r), r["etag"]) == r["etag"]]
    have = {_key(r) for r in good}
    todo = [w for w in wanted if w.key not in have]
    tally = Tally(kept=len(wanted) - len(todo))
    shown = console if isinstance(console, Console) else Console(quiet=True)
    try:
        fresh = out.with_name(out.name + ".new")
        with fresh.open("w", encoding="utf-8-sig", newline="") as file:  # spreadsheets need the mark to read UTF-8
            writer = csv.DictWriter(file, COLUMNS)
            writer.writeheader()
            writer.writerows(good)
        os.replace(fresh, out)
        with (
            out.open("a", encoding="utf-8", newline="") as file,
            Progress(console=shown, transient=True) as progress,
            ThreadPoolExecutor(AT_ONCE) as pool,
        ):
            writer = csv.DictWriter(file, COLUMNS)
            task = progress.add_task("Writing", total=len(todo))
            for some in _batches(todo):
                for row in pool.map(lambda w: _ask(client, w, tally), some):
                    writer.writerow({name: safe(value) for name, value in row.items()})
                    progress.advance(task)
                file.flush()
    except OSError as error:
        raise MachineError(
            "COPY_FILE_UNWRITABLE", f"{out} cannot be written: {error.strerror}.", "Choose another file with -o."
        ) from error
    return tally


def read_rows(path: Path) -> list[dict[str, str]]:
    """Rows of an earlier run; a last one that was cut short is left out."""
    if not path.exists():
        return []
    try:
        # The decoder leaves out a last character that was cut in two.
        text = codecs.getincrementaldecoder("utf-8-sig")().decode(path.read_bytes())
        reader = csv.DictReader(io.StringIO(text, newline=""))
        rows = [row for row in reader if None not in row and None not in row.values()]
        if tuple(reader.fieldnames or COLUMNS) == COLUMNS:
            return rows
    except (OSError, UnicodeDecodeError, csv.Error):
        pass
    raise InputError("COPY_FILE_INVALID", f"{path} is not a file of texts that can be gone on with.", "Choose another.")


def safe(value: str) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    first = value.lstrip(" \n\v\f\u00a0\u3000")[:1]
    return "'" + value if first and first in "=+-@\t\r＝＋－＠" else value


def _key(row: dict[str, str]) -> tuple[str, ...]:
    return tuple(row[name] for name in COLUMNS[:5])


def _batches(todo: list[Wanted]) -> Iterator[list[Wanted]]:
    rest = iter(todo)
    while some := list(islice(rest, 8 * AT_ONCE)):
        yield some


def _ask(client: Client, wanted: Wanted, tally: Tally) -> dict[str, str]:
    """A row. A failure of one product is its row's problem; one of the server or the caller ends the run."""
    row = dict.fromkeys(COLUMNS, "")
    row |= dict(zip(COLUMNS, (wanted.product.id, wanted.kind, wanted.language, wanted.tone, str(wanted.limit))))
    row["etag"] = wanted.product.etag
    try:
        answer = client.write_copy(
            wanted.product.id, wanted.kind, wanted.language, tone=wanted.tone, max_characters=wanted.limit
        )
    except ShowfloorError as error:
        if error.code not in ("COPY_NO_FACTS", "PRODUCT_UNKNOWN"):
            raise
        row["problem"] = f"{error.message} [{error.code}]"
        tally.problems.append(f"{wanted.product.id}, {wanted.kind}, {wanted.language}: {error.message} {error.fix}")
        return row
    tally.written += 1
    tally.engines |= {answer.engine} - {""}
    row |= {"text": answer.text, "engine": answer.engine}
    row["sources"] = "; ".join(f"{s.field}={s.value}" for s in answer.sources)
    return row


def _summary(tally: Tally, products: int, out: Path) -> str:
    parts = [f"{tally.written} texts written for {products} product{'s' * (products != 1)}"]
    if tally.engines:
        parts.append(f"some phrased by {', '.join(sorted(tally.engines))}")
    if tally.kept:
        parts.append(f"{tally.kept} kept from before")
    if tally.problems:
        parts.append(f"{len(tally.problems)} not written")
    return f"{', '.join(parts)}: {out}" if products else "No products."
