"""``showfloor train``: learn from the shop's own data."""

from __future__ import annotations

import json as json_module
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from showfloor.cli.keys import Config, DataDir, Json, opened
from showfloor.cli.train_assistant import assistant

app = typer.Typer(help="Learn from the shop's own data.", no_args_is_help=True)


Events = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="CSV, TSV, JSON Lines or Parquet with shopper_id, product_id, time, kind. Default: the database's events.",
        show_default=False,
    ),
]


@app.command()
def recommend(events: Events = None, config: Config = None, data_dir: DataDir = None, json: Json = False) -> None:
    """Learn what goes together, and write it where servers find it.

    Servers learn from their own events by themselves. This is for a server that has none yet: give it the orders of an
    older shop system. They count beside the server's own events from then on.
    """
    from showfloor.recommend.saved import FILE
    from showfloor.recommend.training import train

    with opened(config, data_dir) as (db, settings):
        report = train(db, events, settings.root / FILE)
    if json:
        print(json_module.dumps(asdict(report)))
        return
    print(
        f"Learnt from {report.choices:,} choices of {report.shoppers:,} shoppers ({report.source}) "
        f"about {report.products:,} products."
    )
    print("Most chosen: " + ", ".join(f"{i} ({n:,})" for i, n in report.most_chosen))
    if report.pairs:
        print("Chosen together: " + ", ".join(f"{a} + {b} ({n:,})" for a, b, n in report.pairs))
    print(f"Wrote {report.file}. Servers that use this data_dir load it within seconds.")


app.command()(assistant)
