"""``showfloor remote``: the same work, done by a server. The commands and their options."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from showfloor.client import Client

app = typer.Typer(help="Work with a Showfloor server: reconstruct, watch, fetch, import.", no_args_is_help=True)

Server = Annotated[
    str | None,
    typer.Option(
        envvar="SHOWFLOOR_SERVER",
        metavar="ADDRESS",
        help="host:port of native gRPC, or https://host:port; default: localhost:50051.",
        show_default=False,
    ),
]
Key = Annotated[
    str | None,
    typer.Option("--api-key", envvar="SHOWFLOOR_API_KEY", metavar="KEY", help="API key.", show_default=False),
]
Ca = Annotated[
    Path | None, typer.Option(help="PEM file with certificates to trust; default: SHOWFLOOR_CA.", show_default=False)
]
Web = Annotated[
    str | None,
    typer.Option(
        envvar="SHOWFLOOR_WEB",
        metavar="URL",
        help="http://host:port of the web port: brings thumbnail and report too.",
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")]
Profile = Annotated[str, typer.Option(help="Target device; `showfloor profiles` lists them.")]
Limit = Annotated[int, typer.Option(min=1, help="At most this many.")]


class State(StrEnum):
    queued = "queued"
    running = "running"
    succeeded = "succeeded"
    failed = "failed"
    cancelled = "cancelled"


@app.command()
def reconstruct(
    inputs: Annotated[
        list[Path],
        typer.Argument(
            metavar="INPUT…",
            help="A folder of photos, a folder of such folders, a video, an RGB-D folder, or one photo.",
            show_default=False,
        ),
    ],
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Fetch the results into this folder.", show_default=False)
    ] = None,
    profile: Profile = "quest3",
    height: Annotated[str | None, typer.Option(metavar="LENGTH", help="Known height: 0.12m, 12cm, 120mm.")] = None,
    width: Annotated[str | None, typer.Option(metavar="LENGTH", help="Known width.")] = None,
    depth: Annotated[str | None, typer.Option(metavar="LENGTH", help="Known depth.")] = None,
    marker: Annotated[
        str | None, typer.Option(metavar="LENGTH", help="Side of a printed ArUco marker (4x4_50) in the photos.")
    ] = None,
    product: Annotated[
        str | None, typer.Option(metavar="ID", help="Product of the catalogue that gets the asset (one input).")
    ] = None,
    resume: Annotated[bool, typer.Option(help="Take what the server has of the same files and options.")] = True,
    detach: Annotated[bool, typer.Option("--detach", help="Print the jobs and leave them to the server.")] = False,
    server: Server = None,
    key: Key = None,
    ca: Ca = None,
    web: Web = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Upload photos, have them reconstructed, and fetch the GLB files.

    Ctrl-C cancels what is not ready. The same command goes on where it stopped.

    Exit codes: 0 every product passed or is usable, 1 some failed, 2 wrong input, 3 server or machine, 130 cancelled.
    """
    _hush()
    from showfloor.cli.remote_run import Request, run
    from showfloor.cli.units import metres
    from showfloor.client import AsyncClient

    def length(text: str | None) -> float | None:
        return None if text is None else metres(text)

    request = Request(
        inputs=tuple(inputs),
        out_dir=out,
        profile=profile,
        height_m=length(height),
        width_m=length(width),
        depth_m=length(depth),
        marker_m=length(marker),
        product_id=product,
        resume=resume,
        detach=detach,
        json=json,
        quiet=quiet,
    )
    sys.exit(run(request, AsyncClient(server, api_key=key, ca=ca, web=web)))


@app.command()
def jobs(
    state: Annotated[list[State] | None, typer.Option(help="Only jobs in this state.", show_default=False)] = None,
    limit: Limit = 20,
    server: Server = None,
    key: Key = None,
    ca: Ca = None,
    json: Json = False,
) -> None:
    """List jobs, the newest first."""
    from showfloor.cli.remote_lists import print_jobs

    with _client(server, key, ca) as client:
        print_jobs(client, [s.value for s in state or ()], limit, json)


@app.command()
def watch(
    job: Annotated[str, typer.Argument(metavar="JOB", show_default=False)],
    server: Server = None,
    key: Key = None,
    ca: Ca = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Follow a job until it has ended. Ctrl-C leaves the job alone.

    Exit codes: 0 it succeeded, 1 it failed, 130 it was cancelled.
    """
    from showfloor.cli.remote_run import watch as follow

    with _client(server, key, ca) as client:
        sys.exit(follow(client, job, json, quiet))


@app.command()
def cancel(
    job: Annotated[list[str], typer.Argument(metavar="JOB…", show_default=False)],
    server: Server = None,
    key: Key = None,
    ca: Ca = None,
    json: Json = False,
) -> None:
    """Ask jobs to stop."""
    from showfloor.cli.remote_lists import show_jobs

    with _client(server, key, ca) as client:
        show_jobs([client.cancel_job(j) for j in job], json)


@app.command()
def assets(
    product: Annotated[str, typer.Option(metavar="ID", help="Only assets of this product.", show_default=False)] = "",
    limit: Limit = 20,
    server: Server = None,
    key: Key = None,
    ca: Ca = None,
    json: Json = False,
) -> None:
    """List assets, the newest first."""
    from showfloor.cli.remote_lists import print_assets

    with _client(server, key, ca) as client:
        print_assets(client, product, limit, json)


@app.command()
def get(
    asset: Annotated[str, typer.Argument(metavar="[ASSET]", help="Id of the asset.", show_default=False)] = "",
    product: Annotated[
        str, typer.Option(metavar="ID", help="The current asset of this product.", show_default=False)
    ] = "",
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for the results.")] = Path(),
    profile: Profile = "quest3",
    server: Server = None,
    key: Key = None,
    ca: Ca = None,
    web: Web = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Fetch the GLB files of an asset into OUT/<name>/; a profile that is not there yet is made first."""
    from showfloor.cli.remote_run import fetch

    with _client(server, key, ca, web) as client:
        fetch(client, asset, product, out, profile, json, quiet)


@app.command()
def products(
    contains: Annotated[str, typer.Option(help="Only those with this in id, title, brand or tags.")] = "",
    category: Annotated[str, typer.Option(help="Only those of this category or below it.")] = "",
    limit: Limit = 50,
    server: Server = None,
    key: Key = None,
    ca: Ca = None,
    json: Json = False,
) -> None:
    """List products of the catalogue by id."""
    from showfloor.cli.remote_lists import print_products

    with _client(server, key, ca) as client:
        print_products(client, contains, category, limit, json)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV or JSON Lines, of any size.", show_default=False)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check only, write nothing.")] = False,
    server: Server = None,
    key: Key = None,
    ca: Ca = None,
    json: Json = False,
) -> None:
    """Create or replace the products of a file. Exit code 1: some rows were not taken."""
    from showfloor.cli.remote_lists import import_products

    with _client(server, key, ca) as client:
        sys.exit(import_products(client, file, dry_run, json))


def _client(server: str | None, key: str | None, ca: Path | None, web: str | None = None) -> Client:
    _hush()
    from showfloor.client import Client

    return Client(server, api_key=key, ca=ca, web=web)


def _hush() -> None:
    """gRPC writes to the terminal by itself, beside the errors that it reports."""
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
