"""``showfloor dialogues``: what the assistant kept, for training."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from showfloor.cli.keys import Config, DataDir, opened

app = typer.Typer(help="Dialogues that a server kept with keep_dialogues.", no_args_is_help=True)


@app.command()
def export(
    out: Annotated[Path, typer.Option("-o", "--out", help="JSON Lines file.", show_default=False)],
    without_bad: Annotated[bool, typer.Option(help="Leave out turns with thumbs down.")] = False,
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Write kept dialogues, one a line: {"messages": [{"role": "user", "content": …}, …]}."""
    from assets_pipeline.errors import MachineError
    from showfloor.assistant.export import export as lines

    with opened(config, data_dir) as (db, _), db.session(write=False) as session:
        number = 0
        try:
            with out.expanduser().open("w", encoding="utf-8") as file:
                for line in lines(session, without_bad=without_bad):
                    file.write(line + "\n")
                    number += 1
        except OSError as error:
            raise MachineError(
                "EXPORT_UNWRITABLE", f"{out} cannot be written: {error.strerror}.", "Choose another file."
            ) from error
    print(f"Wrote {number:,} dialogues to {out}.")
    if not number:
        print("None are kept: set keep_dialogues = true and tell the shoppers.")


@app.command()
def drop(
    days: Annotated[int, typer.Option(min=0, help="Age in days from which turns are deleted.")],
    config: Config = None,
    data_dir: DataDir = None,
) -> None:
    """Delete kept dialogues older than so many days."""
    from showfloor.assistant.export import drop_before

    with opened(config, data_dir) as (db, _):
        number = db.transact(drop_before, datetime.now(UTC) - timedelta(days=days))
    print(f"Deleted {number:,} turns.")
