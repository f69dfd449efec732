"""``showfloor eval``: measure what was learnt on the shop's own data."""

from __future__ import annotations

import json as json_module
from dataclasses import asdict

import typer

from showfloor.cli.keys import Config, DataDir, Json, opened
from showfloor.cli.train import Events

app = typer.Typer(help="Measure on the shop's own data.", no_args_is_help=True)


@app.command()
def recommend(events: Events = None, config: Config = None, data_dir: DataDir = None, json: Json = False) -> None:
    """Find each shopper's last choice by those before, beside popularity, item-kNN, EASE and, if installed, implicit.

    It measures what is learnt from choices; content, rules and diversity, which shape the list further, are not in it.
    """
    from showfloor.cli.lists import table_of
    from showfloor.recommend.evaluation import Split, evaluate, has_implicit
    from showfloor.recommend.training import histories_of

    with opened(config, data_dir) as (db, _):
        split = Split(histories_of(db, events))
    size = {"shoppers": len(split.histories), "products": len(split.ids), "choices": sum(map(len, split.histories))}
    if json:
        print(json_module.dumps(size | {"methods": [asdict(row) for row in evaluate(split)]}))
        return
    from rich.console import Console

    table = table_of("Method", "Settings", "NDCG@10", "Hit rate@10", "Coverage", "Diversity")
    console = Console()
    typer.echo("{shoppers:,} shoppers, {products:,} products, {choices:,} choices".format(**size))
    with console.status("Measuring …"):
        for row in evaluate(split):
            numbers = (f"{x:.3f}" for x in (row.ndcg, row.hit_rate, row.coverage, row.diversity))
            table.add_row(row.method, row.settings or "–", *numbers)
    console.print(table)
    if not has_implicit():
        typer.echo("pip install implicit adds its ALS and BPR.", err=True)
