"""``showfloor reviews``: what the reviews in a file say, analysed by a server."""

from __future__ import annotations

import csv
import io
import json as json_module
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assets_pipeline.errors import InputError
from showfloor.cli.remote import Ca, Json, Key, Server

if TYPE_CHECKING:
    from showfloor.v1 import catalog_pb2

MAX_BYTES = 20 * 2**20
NAMES = {
    "id": ("id", "review_id"),
    "text": ("text", "comment", "review", "content", "内容", "评论"),
    "stars": ("stars", "rating", "score", "星级", "评分"),
    "time": ("time", "create_time", "date", "created_at", "日期", "时间"),
}


def reviews(
    file: Annotated[
        Path, typer.Argument(help="CSV, JSON Lines or a JSON list: text, and id, stars, time.", show_default=False)
    ],
    product: Annotated[str, typer.Option(metavar="ID", help="Product of the catalogue that they are about.")] = "",
    language: Annotated[str, typer.Option(help="Of the summary: en or zh. Default: that of the reviews.")] = "",
    server: Server = None,
    key: Key = None,
    ca: Ca = None,
    json: Json = False,
) -> None:
    """Say what the reviews in a file praise and criticise, with quotes, and which look fake."""
    from showfloor.cli.remote import _client
    from showfloor.cli.remote_lists import plain

    found = read_reviews(file)
    with _client(server, key, ca) as client:
        answer = client.analyze_reviews(found, product_id=product, language=language)
    if json:
        print(json_module.dumps(plain(answer), ensure_ascii=False))
    else:
        _show(answer)
    sys.exit(0)


def read_reviews(path: Path) -> list[catalog_pb2.Review]:
    """
    Raises:
        InputError: REVIEW_FILE_INVALID, with the row and what is wrong with it.
    """
    from showfloor.v1 import catalog_pb2

    try:
        data = path.expanduser().read_bytes()
        if len(data) > MAX_BYTES:
            raise _invalid(path, f"it has {len(data):,} bytes, at most {MAX_BYTES:,} are read")
        rows = _rows(data.decode("utf-8-sig"))
    except OSError as error:
        raise _invalid(path, error.strerror or "it cannot be read") from error
    except (ValueError, RecursionError, csv.Error) as error:
        raise _invalid(path, str(error)) from error
    result = []
    for number, row in enumerate(rows, 1):
        values = {name: _value(row, names) for name, names in NAMES.items()}
        if values["text"] is None:
            raise _invalid(path, f"row {number} has no column «text»")
        review = catalog_pb2.Review(id=values["id"] or f"row-{number}", text=values["text"])
        try:
            review.stars = round(float(values["stars"] or 0))
            if values["time"]:
                time = datetime.fromisoformat(values["time"].strip().replace("/", "-"))
                review.create_time.FromDatetime(time if time.tzinfo else time.replace(tzinfo=UTC))
        except (ValueError, OverflowError) as error:
            raise _invalid(path, f"row {number}: {error}") from error
        result.append(review)
    return result


def _rows(text: str) -> list[dict[str, Any]]:
    if text.lstrip().startswith("["):
        rows = json_module.loads(text)
    elif text.lstrip().startswith("{"):
        rows = [json_module.loads(line) for line in text.splitlines() if line.strip()]
    else:
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
    if not all(isinstance(row, dict) for row in rows):
        raise ValueError("not every row is an object")
    return rows


def _value(row: dict[str, Any], names: tuple[str, ...]) -> str | None:
    for name, value in row.items():
        if isinstance(name, str) and name.strip().lower() in names and value is not None:
            return str(value)
    return None


def _show(answer: catalog_pb2.AnalyzeReviewsResponse) -> None:
    from rich.console import Console

    from showfloor.cli.lists import print_rows

    print(_visible(answer.summary))
    rows = []
    for aspect in answer.aspects:
        quote = f"{aspect.quotes[0].text} [{aspect.quotes[0].review_id}]" if aspect.quotes else "–"
        trend = (
            f"{aspect.trend[0].sentiment:+.1f} → {aspect.trend[-1].sentiment:+.1f}" if len(aspect.trend) > 1 else "–"
        )
        rows.append((aspect.name, f"{aspect.sentiment:+.2f}", str(aspect.mentions), trend, _visible(quote)))
    if rows:
        print()
        print_rows(("Aspect", "Sentiment", "Reviews", "Months", "Said"), rows, "")
    if answer.suspicious:
        Console(highlight=False).print(
            f"\n{len(answer.suspicious)} look{'s' * (len(answer.suspicious) == 1)} fake:", style="yellow"
        )
        print_rows(("Review", "Why"), [(_visible(s.review_id), _visible(s.reason)) for s in answer.suspicious], "")


def _visible(text: str) -> str:
    """Without what a terminal would obey."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", text)


def _invalid(path: Path, why: str) -> InputError:
    return InputError(
        "REVIEW_FILE_INVALID",
        f"{path}: {why}.",
        "CSV with a header or JSON in UTF-8: text, and if you have them id, stars (1 to 5) and time (2026-03-31).",
    )
