"""What a server has, as tables or as protobuf JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from rich.console import Console
from rich.text import Text

from showfloor.cli.lists import print_rows
from showfloor.cli.view import COLOURS, WORDS
from showfloor.client import Client
from showfloor.v1 import asset_pb2, catalog_pb2, common_pb2, generation_pb2

LISTED_PROBLEMS = 20
STATE_COLOURS = {"succeeded": "green", "failed": "red", "cancelled": "yellow", "running": "cyan"}


def plain(message: Message) -> dict[str, Any]:
    """Protobuf JSON with the names of the contract."""
    return MessageToDict(message, preserving_proto_field_name=True)


def state_word(state: generation_pb2.JobState) -> str:
    """``succeeded`` for ``JOB_STATE_SUCCEEDED``."""
    return generation_pb2.JobState.Name(state).removeprefix("JOB_STATE_").lower()


def print_jobs(client: Client, states: Sequence[str], limit: int, as_json: bool) -> None:
    wanted = [generation_pb2.JobState.Value(f"JOB_STATE_{s.upper()}") for s in states]
    show_jobs(list(islice(client.list_jobs(wanted), limit)), as_json)


def show_jobs(jobs: Sequence[generation_pb2.Job], as_json: bool) -> None:
    if as_json:
        return _print_json(jobs)
    rows = []
    for job in jobs:
        word = state_word(job.state)
        now = f"{job.problem.message} [{job.problem.code}]" if job.problem.code else job.asset_id
        if word == "running":
            now = f"{job.stage} {100 * job.fraction:.0f} %"
        rows.append((job.id, job.display_name, Text(word, STATE_COLOURS.get(word, "")), _time(job.create_time), now))
    print_rows(("Job", "Name", "State", "Asked for", "Asset, step or problem"), rows, "No jobs.")


def print_assets(client: Client, product_id: str, limit: int, as_json: bool) -> None:
    assets = list(islice(client.list_assets(product_id=product_id), limit))
    if as_json:
        return _print_json(assets)
    rows = [
        (a.id, f"{a.display_name} ({a.product_id})" if a.product_id else a.display_name, _verdict(a),
         size_cm(a.size, a.size_known), "\n".join(v.profile for v in a.variants))
        for a in assets
    ]  # fmt: skip
    print_rows(("Asset", "Name", "Verdict", "Size (cm)", "Profiles"), rows, "No assets.")


def print_products(client: Client, contains: str, category: str, limit: int, as_json: bool) -> None:
    products = list(islice(client.list_products(contains=contains, category=category), limit))
    if as_json:
        return _print_json(products)
    rows = [
        (p.id, _title(p), p.category, _money(p.price), str(p.stock) if p.HasField("stock") else "–",
         size_cm(p.size, p.HasField("size")), "yes" if p.asset_id else "–")
        for p in products
    ]  # fmt: skip
    print_rows(("Product", "Title", "Category", "Price", "Stock", "Size (cm)", "Asset"), rows, "No products.")


def import_products(client: Client, file: Path, dry_run: bool, as_json: bool) -> int:
    """Returns the exit code."""
    answer = client.import_products(file, dry_run=dry_run)
    if as_json:
        print(json.dumps(plain(answer), ensure_ascii=False))
        return 1 if answer.problems else 0
    console = Console()
    verb = "would be" if dry_run else "were"
    console.print(f"{answer.created} products {verb} new, {answer.updated} {verb} replaced.", highlight=False)
    rows = [
        (str(p.line), p.product_id or "–", f"{p.problem.message} {p.problem.fix} [{p.problem.code}]")
        for p in answer.problems[:LISTED_PROBLEMS]
    ]
    if rows:
        console.print(f"{len(answer.problems)} rows {'would not be' if dry_run else 'were not'} taken:", style="yellow")
        print_rows(("Line", "Product", "Why"), rows, "")
    return 1 if answer.problems else 0


def size_cm(size: common_pb2.Size, known: bool) -> str:
    return f"{100 * size.x_m:.1f} × {100 * size.y_m:.1f} × {100 * size.z_m:.1f}" if known else "unknown"


def _verdict(asset: asset_pb2.Asset) -> Text:
    return Text(WORDS.get(asset.verdict, asset.verdict), COLOURS.get(asset.verdict, ""))


def _title(product: catalog_pb2.Product) -> str:
    return product.titles.get("en") or next(iter(product.titles.values()), "")


def _money(price: common_pb2.Money) -> str:
    return f"{price.units + price.nanos / 1e9:.2f} {price.currency_code}" if price.currency_code else "–"


def _time(stamp: Timestamp) -> str:
    """The time of today, else the day."""
    if not stamp.seconds:
        return "–"
    moment = stamp.ToDatetime(UTC).astimezone()
    return f"{moment:%H:%M}" if moment.date() == datetime.now().date() else f"{moment:%Y-%m-%d}"


def _print_json(messages: Iterable[Message]) -> None:
    print(json.dumps([plain(m) for m in messages], ensure_ascii=False))
