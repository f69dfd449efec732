"""``showfloor insights``: what the events in the server's database say. The commands and their options."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from assets_pipeline.errors import InputError
from showfloor.cli.keys import Config, DataDir, Json, opened

if TYPE_CHECKING:
    from google.protobuf.timestamp_pb2 import Timestamp

    from showfloor.services.insights import InsightsService

T = TypeVar("T")

app = typer.Typer(
    help="What shoppers do: funnels, retention, experiments, audit, export. Safe while the server runs.",
    no_args_is_help=True,
)

_FORMATS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
From = Annotated[
    datetime | None,
    typer.Option("--from", formats=_FORMATS, metavar="TIME", help="UTC. Default: 30 days ago.", show_default=False),
]
To = Annotated[
    datetime | None,
    typer.Option("--to", formats=_FORMATS, metavar="TIME", help="Before this, UTC. Default: now.", show_default=False),
]


class By(StrEnum):
    product = "product"
    scene = "scene"


class Group(StrEnum):
    brand = "brand"
    category = "category"
    shoppers = "shoppers"


class Goal(StrEnum):
    exposure = "exposure"
    card_opened = "card_opened"
    ar_placed = "ar_placed"
    try_on = "try_on"
    vr_visit = "vr_visit"
    cart = "cart"
    purchase = "purchase"
    thumbs_up = "thumbs_up"
    thumbs_down = "thumbs_down"


class Format(StrEnum):
    parquet = "parquet"
    csv = "csv"


@app.command()
def funnel(
    start: From = None,
    end: To = None,
    product: Annotated[str, typer.Option(metavar="ID", help="Only this product.", show_default=False)] = "",
    scene: Annotated[str, typer.Option(help="Only this scene.", show_default=False)] = "",
    config: Config = None,
    data_dir: DataDir = None,
    json: Json = False,
) -> None:
    """How many shoppers reach each step, and whether those with AR, try-on or VR buy more."""
    from showfloor.cli.insights_text import print_funnel
    from showfloor.services.call import Call
    from showfloor.v1 import insights_pb2 as pb

    request = pb.FunnelRequest(start_time=_stamp(start), end_time=_stamp(end), product_id=product, scene=scene)
    print_funnel(_ask(config, data_dir, lambda insights: insights.funnel(request, Call())), json)


@app.command()
def breakdown(
    by: Annotated[By, typer.Option(help="What to list.")] = By.product,
    limit: Annotated[int, typer.Option(min=1, max=200, help="At most this many.")] = 20,
    start: From = None,
    end: To = None,
    config: Config = None,
    data_dir: DataDir = None,
    json: Json = False,
) -> None:
    """The funnel of each product or scene, those with the most shoppers first."""
    from showfloor.cli.insights_text import print_breakdown
    from showfloor.services.call import Call
    from showfloor.v1 import insights_pb2 as pb

    request = pb.BreakdownRequest(
        start_time=_stamp(start),
        end_time=_stamp(end),
        by=pb.BreakdownBy.Value(f"BREAKDOWN_BY_{by.value.upper()}"),
        page_size=limit,
    )
    print_breakdown(_ask(config, data_dir, lambda insights: insights.breakdown(request, Call())), by.value, json)


@app.command()
def retention(
    weeks: Annotated[int, typer.Option(min=1, max=52, help="Weeks to look back.")] = 8,
    config: Config = None,
    data_dir: DataDir = None,
    json: Json = False,
) -> None:
    """Which share of the shoppers comes back, by the week of their first visit."""
    from showfloor.cli.insights_text import print_retention
    from showfloor.services.call import Call
    from showfloor.v1 import insights_pb2 as pb

    request = pb.RetentionRequest(weeks=weeks)
    print_retention(_ask(config, data_dir, lambda insights: insights.retention(request, Call())), json)


@app.command()
def experiment(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="Default: list them.", show_default=False)] = "",
    goal: Annotated[Goal, typer.Option(help="Event that counts as success.")] = Goal.purchase,
    config: Config = None,
    data_dir: DataDir = None,
    json: Json = False,
) -> None:
    """Whether one arm of an experiment is better. You may look as often as you like."""
    from showfloor.cli.insights_text import print_experiment, print_experiments
    from showfloor.services.call import Call
    from showfloor.v1 import insights_pb2 as pb

    if not name:
        asked = pb.ListExperimentsRequest()
        print_experiments(_ask(config, data_dir, lambda insights: insights.list_experiments(asked, Call())), json)
        return
    request = pb.ExperimentRequest(experiment=name, goal=pb.EventKind.Value(f"EVENT_KIND_{goal.value.upper()}"))
    print_experiment(_ask(config, data_dir, lambda insights: insights.experiment(request, Call())), json)


@app.command()
def audit(
    by: Annotated[Group, typer.Option(help="What to group by.")] = Group.brand,
    groups: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="For shoppers: CSV of shopper and declared group.", show_default=False),
    ] = None,
    start: From = None,
    end: To = None,
    config: Config = None,
    data_dir: DataDir = None,
    json: Json = False,
) -> None:
    """Whether brands, categories or groups of shoppers are served alike."""
    from showfloor.cli.insights_text import print_audit
    from showfloor.services.call import Call
    from showfloor.v1 import insights_pb2 as pb

    if (by == Group.shoppers) != (groups is not None):
        raise InputError(
            "AUDIT_INVALID", "--by shoppers and --groups go together.", "Use both: --by shoppers --groups groups.csv"
        )
    request = pb.AuditRequest(
        by=pb.AuditBy.Value(f"AUDIT_BY_{by.value.upper()}"),
        start_time=_stamp(start),
        end_time=_stamp(end),
        shopper_groups=_read_groups(groups) if groups else {},
    )
    print_audit(_ask(config, data_dir, lambda insights: insights.audit(request, Call())), by.value, json)


@app.command()
def export(
    out: Annotated[Path, typer.Option("-o", "--out", metavar="FILE", help="File to write.", show_default=False)],
    kind: Annotated[
        Format | None, typer.Option("--format", help="Default: as the file is called.", show_default=False)
    ] = None,
    start: From = None,
    end: To = None,
    hash_shoppers: Annotated[
        bool, typer.Option("--hash-shoppers", help="Replace shoppers and sessions by names that lead to nobody.")
    ] = False,
    config: Config = None,
    data_dir: DataDir = None,
    json: Json = False,
) -> None:
    """Write the events as Parquet or CSV. Without --from and --to: all of them."""
    import json as json_module

    from showfloor.insights.export import Format as Kind
    from showfloor.insights.export import export as write

    wanted = kind.value if kind else out.suffix.lower().lstrip(".")
    if wanted not in [f.value for f in Kind]:
        raise InputError(
            "EXPORT_FORMAT", f"{out.name!r} is neither .parquet nor .csv.", "Name it so, or add --format csv."
        )
    with opened(config, data_dir) as (db, _):
        count = write(db, out, Kind(wanted), _utc(start), _utc(end), hash_shoppers)
    if json:
        print(json_module.dumps({"file": str(out), "events": count}))
    else:
        print(f"Wrote {count:,} events to {out}.")


def _ask(config: Path | None, data_dir: Path | None, ask: Callable[[InsightsService], Coroutine[Any, Any, T]]) -> T:
    """What the service answers over the server's database."""
    from rich.console import Console

    from showfloor.services.insights import InsightsService
    from showfloor.services.shelf import Shelf
    from showfloor.shop import load_shop

    with opened(config, data_dir) as (db, settings):
        shelf = Shelf(db, load_shop(settings.shop_file))
        insights = InsightsService(db, shelf, patience_s=None)
        try:
            with Console(stderr=True).status("Reading the events …"):
                return asyncio.run(ask(insights))
        finally:
            insights.close()
            shelf.close()


def _utc(moment: datetime | None) -> datetime | None:
    return moment and moment.replace(tzinfo=UTC)


def _stamp(moment: datetime | None) -> Timestamp | None:
    from google.protobuf.timestamp_pb2 import Timestamp

    if moment is None:
        return None
    stamp = Timestamp()
    stamp.FromDatetime(moment)
    return stamp


def _read_groups(file: Path) -> dict[str, str]:
    """
    Raises:
        InputError: GROUPS_UNREADABLE.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = [row for row in csv.reader(lines) if row]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(
            "GROUPS_UNREADABLE", f"{file} cannot be read: {error}.", "Give a CSV file in UTF-8."
        ) from error
    for number, row in enumerate(rows, 1):
        if len(row) != 2 or not all(cell.strip() for cell in row):
            raise InputError(
                "GROUPS_UNREADABLE",
                f"Row {number} of {file} has not two values.",
                "Write a shopper id and a group in each row: ann,18-30",
            )
    if rows and rows[0][0].strip().lower() in ("shopper", "shopper_id"):
        rows = rows[1:]
    return {shopper.strip(): group.strip() for shopper, group in rows}
