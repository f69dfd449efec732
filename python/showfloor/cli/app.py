"""The commands and their options; each does its work in a module of its own."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from showfloor.cli import dialogues, evaluate, insights, keys, models, remote, train
from showfloor.cli.chat import chat
from showfloor.cli.copies import copy
from showfloor.cli.reviews import reviews
from showfloor.cli.serve import serve

app = typer.Typer(
    help="Product photos in, AR/VR-ready glTF out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(models.app, name="models")
app.add_typer(remote.app, name="remote")
app.add_typer(keys.app, name="keys")
app.add_typer(train.app, name="train")
app.add_typer(evaluate.app, name="eval")
app.add_typer(insights.app, name="insights")
app.add_typer(dialogues.app, name="dialogues")


class Engine(StrEnum):
    local = "local"
    ray = "ray"


class Device(StrEnum):
    auto = "auto"
    cpu = "cpu"
    cuda = "cuda"


Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]


@app.callback(invoke_without_command=True)
def root(version: Annotated[bool, typer.Option("--version", help="Print the version.", is_eager=True)] = False) -> None:
    if version:
        from importlib.metadata import version as installed

        print(f"showfloor {installed('showfloor')}")
        raise typer.Exit


@app.command()
def convert(
    inputs: Annotated[
        list[Path],
        typer.Argument(
            metavar="INPUT…",
            help="A folder of photos, a folder of such folders, a video, an RGB-D folder, or one photo.",
            show_default=False,
        ),
    ],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for the results.", show_default=False)],
    profile: Annotated[str, typer.Option(help="Target device; `showfloor profiles` lists them.")] = "quest3",
    height: Annotated[str | None, typer.Option(metavar="LENGTH", help="Known height: 0.12m, 12cm, 120mm.")] = None,
    width: Annotated[str | None, typer.Option(metavar="LENGTH", help="Known width.")] = None,
    depth: Annotated[str | None, typer.Option(metavar="LENGTH", help="Known depth.")] = None,
    marker: Annotated[
        str | None, typer.Option(metavar="LENGTH", help="Side of a printed ArUco marker (4x4_50) in the photos.")
    ] = None,
    engine: Annotated[Engine, typer.Option(help="Where to run; ray uses RAY_ADDRESS or starts itself.")] = Engine.local,
    workers: Annotated[
        int | None, typer.Option(help="Products at the same time; default: what the machine takes.")
    ] = None,
    resume: Annotated[
        bool, typer.Option(help="Skip what an earlier run finished with the same files and options.")
    ] = True,
    device: Annotated[Device, typer.Option(help="Where dense stereo runs.")] = Device.auto,
    report: Annotated[bool, typer.Option(help="Write index.html and report.html.")] = True,
    json: Json = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")] = False,
) -> None:
    """Turn photos of products into GLB files that fit a headset or a phone.

    Exit codes: 0 every product passed or is usable, 1 some failed, 2 wrong input, 3 the machine's fault, 130 cancelled.
    """
    from showfloor.cli.convert import Request, convert_inputs
    from showfloor.cli.units import metres

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
        engine=engine.value,
        workers=workers,
        resume=resume,
        device=device.value,
        pages=report,
        json=json,
        quiet=quiet,
    )
    sys.exit(convert_inputs(request))


@app.command()
def profiles(json: Json = False) -> None:
    """Print the limits and encodings of each target."""
    from showfloor.cli.lists import print_profiles

    print_profiles(json)


@app.command()
def score(
    mesh: Annotated[Path, typer.Argument(help="GLB, glTF, PLY, OBJ or STL.", show_default=False)],
    cameras: Annotated[Path, typer.Argument(help="cameras.json of the conversion.", show_default=False)],
    truth: Annotated[
        Path, typer.Argument(metavar="GT_DIR", help="Folder with gt.ply and cameras.json.", show_default=False)
    ],
    json: Json = False,
) -> None:
    """Compare a model with its ground truth: precision, recall and F at 0.5 % and 1 % of its diagonal."""
    from showfloor.cli.lists import print_score

    print_score(mesh, cameras, truth, json)


@app.command()
def doctor(config: keys.Config = None, data_dir: keys.DataDir = None, json: Json = False) -> None:
    """Print what is installed, which paths are active, and what to do about the rest.

    Exit code 1: something needed is missing.
    """
    from showfloor.cli.doctor import doctor as examine

    sys.exit(examine(config, data_dir, json))


app.command()(serve)
app.command()(chat)
app.command()(copy)
app.command()(reviews)
app.command()(keys.gc)
