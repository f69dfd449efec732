"""``showfloor train assistant``: fine-tune the assistant's model on the shop's own dialogues and catalogue."""

from __future__ import annotations

import json as json_module
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from showfloor.cli.keys import Config, DataDir, Json, opened

if TYPE_CHECKING:
    from showfloor.training.assistant import TrainReport
    from showfloor.training.dialogues import Example


class Precision(StrEnum):
    auto = "auto"
    fp32 = "fp32"
    bf16 = "bf16"
    fp16 = "fp16"


class Device(StrEnum):
    auto = "auto"
    cpu = "cpu"
    cuda = "cuda"


def assistant(
    data: Annotated[
        Path,
        typer.Argument(
            metavar="DATA",
            help="JSON Lines, or a folder of them: dialogues, questions with answers, products.",
            show_default=False,
        ),
    ],
    out: Annotated[
        Path,
        typer.Option(
            "-o", "--out", help="Folder for this training; the same command goes on there.", show_default=False
        ),
    ],
    base: Annotated[
        str,
        typer.Option(help="Folder with config, tokenizer and safetensors, or a hub id.", show_default=False),
    ],
    catalogue: Annotated[bool, typer.Option("--catalogue", help="Learn from the server's products too.")] = False,
    epochs: Annotated[float, typer.Option(help="Times that every example is seen.")] = 3.0,
    batch: Annotated[int, typer.Option(help="Examples at once on each device.")] = 4,
    accumulate: Annotated[int, typer.Option(help="Batches whose gradients are added before a step.")] = 4,
    learning_rate: Annotated[float, typer.Option(help="Highest step size.")] = 2e-4,
    rank: Annotated[int, typer.Option(help="Width of the adapter.")] = 16,
    max_tokens: Annotated[int, typer.Option(help="Of a prompt with its reply.")] = 1024,
    save_steps: Annotated[int, typer.Option(help="Steps between two checkpoints.")] = 50,
    precision: Annotated[Precision, typer.Option(help="auto: bf16 or fp16 on a GPU, fp32 else.")] = Precision.auto,
    device: Annotated[Device, typer.Option(help="Where to train.")] = Device.auto,
    seed: Annotated[int, typer.Option(help="The same seed and data train the same on the same machine.")] = 0,
    config: Config = None,
    data_dir: DataDir = None,
    json: Json = False,
) -> None:
    """Fine-tune a language model with LoRA, measure it before and after, and write it merged, ready for GGUF.

    Needs the extra train. Stopped, it goes on from its last checkpoint. On several GPUs: accelerate launch "$(which
    showfloor)" train assistant …
    """
    from showfloor.training.assistant import TrainOptions, check_installed, train
    from showfloor.training.dialogues import read_examples

    check_installed()
    options = TrainOptions(
        epochs=epochs,
        batch=batch,
        accumulate=accumulate,
        learning_rate=learning_rate,
        rank=rank,
        max_tokens=max_tokens,
        save_steps=save_steps,
        precision=precision.value,
        device=device.value,
        seed=seed,
    )
    examples = read_examples(data)
    if catalogue:
        examples += _products(config, data_dir)
    report = train(examples, base, out, options, lambda line: typer.echo(line, err=True))
    if report is None:
        return
    if json:
        print(json_module.dumps(asdict(report) | {"merged": str(report.merged)}))
        return
    _print(report)


def _products(config: Path | None, data_dir: Path | None) -> list[Example]:
    from sqlalchemy import select

    from showfloor.services.products import from_row
    from showfloor.store.tables import Product
    from showfloor.training.dialogues import product_examples

    with opened(config, data_dir) as (db, _):
        products = db.look(lambda session: [from_row(row) for row in session.scalars(select(Product))])
    return [example for product in products for example in product_examples(product)]


def _print(report: TrainReport) -> None:
    from rich.console import Console

    from showfloor.cli.lists import table_of

    table = table_of("On what was held out", "Before", "After")
    before, after = report.before, report.after
    table.add_row("Loss, nats a token", f"{before.loss:.3f}", f"{after.loss:.3f}")
    table.add_row("Perplexity", f"{before.perplexity:.2f}", f"{after.perplexity:.2f}")
    if after.answered:
        table.add_row(f"Facts right, of {after.answered} answers", f"{before.right:.0%}", f"{after.right:.0%}")
    Console().print(table)
    print(
        f"Merged weights: {report.merged} (safetensors, tokenizer and config, as llama.cpp's converter reads them).\n"
        "For the assistant in the server's process:\n"
        f"  python convert_hf_to_gguf.py {report.merged} --outtype q8_0 --outfile ours.gguf\n"
        "  showfloor models add ours file:ours.gguf --licence … --commercial\n"
        f"For a URL: vllm serve {report.merged}"
    )
