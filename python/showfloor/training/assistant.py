"""``showfloor train assistant``: LoRA on a causal language model, evaluated before and after, merged at the end.

Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", ICLR 2022; by PEFT and Transformers' Trainer. Trainer
runs on Accelerate, so the same command works under ``accelerate launch`` on several GPUs.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import shutil
import warnings
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from assets_pipeline.errors import InputError, MachineError
from showfloor.training.dialogues import Example, split
from showfloor.training.evaluate import Score, score
from showfloor.training.tokens import TEMPLATE, collate, encode

if TYPE_CHECKING:
    import torch

RUN, REPORT = "run.json", "report.json"
CHECKPOINTS, ADAPTER, MERGED = "checkpoints", "adapter", "merged"
_KEPT_CHECKPOINTS = 2
_PATIENCE = timedelta(hours=12)
"""The other processes wait while the first measures."""

Precision = Literal["auto", "fp32", "bf16", "fp16"]


@dataclass(frozen=True)
class TrainOptions:
    """How to train. The defaults suit models of 0.1 to 8 billion weights and some thousand examples."""

    epochs: float = 3.0
    """Times that every example is seen."""
    batch: int = 4
    """Examples at once on each device."""
    accumulate: int = 4
    """Batches whose gradients are added before a step."""
    learning_rate: float = 2e-4
    rank: int = 16
    """Width of the adapter's matrices; its scale is twice that."""
    max_tokens: int = 1024
    """Of a prompt with its reply; older turns are left out."""
    save_steps: int = 50
    """Steps between two checkpoints."""
    precision: Precision = "auto"
    """auto: bf16 or fp16 on CUDA, fp32 on a CPU."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    seed: int = 0

    def __post_init__(self) -> None:
        limits = {
            "epochs": 1000.0,
            "batch": 1024,
            "accumulate": 4096,
            "learning_rate": 1.0,
            "rank": 1024,
            "save_steps": 10**6,
        }
        for name, most in limits.items():
            value = getattr(self, name)
            if not 0 < value <= most:
                raise InputError(
                    "TRAIN_OPTION_INVALID", f"{name} is {value:g}, not above 0 and at most {most:g}.", "Change it."
                )
        if not 64 <= self.max_tokens <= 131_072:
            raise InputError(
                "TRAIN_OPTION_INVALID", f"max_tokens is {self.max_tokens}, not 64 to 131072.", "Change it."
            )


@dataclass(frozen=True)
class TrainReport:
    """What came out. ``merged`` holds weights, tokenizer and config."""

    base: str
    learnt: int
    held_out: int
    steps: int
    trainable: int
    before: Score
    after: Score
    merged: Path


def check_installed() -> None:
    """Refuse early where the extra is not installed.

    Raises:
        MachineError: TRAIN_EXTRA_MISSING.
    """
    from importlib.util import find_spec

    missing = [name for name in ("accelerate", "peft", "torch", "transformers") if find_spec(name) is None]
    if missing:
        raise MachineError(
            "TRAIN_EXTRA_MISSING", f"Not installed: {', '.join(missing)}.", "Run: pip install 'showfloor[train]'"
        )


def _silent(_: str) -> None:
    pass


def train(
    examples: Sequence[Example],
    base: str,
    out: Path,
    options: TrainOptions | None = None,
    say: Callable[[str], None] = _silent,
) -> TrainReport | None:
    """Train, and write ``adapter/``, ``merged/`` and ``report.json`` into ``out``; a run that was stopped goes on.

    Returns None in the processes of ``accelerate launch`` that are not the first.

    Args:
        examples: As ``read_examples`` gives them.
        base: A folder with config, tokenizer and safetensors, or a hub id.
        out: The folder of this training, and of no other.
        options: How.
        say: Told what goes on, one line at a time.

    Raises:
        InputError: TRAIN_DATA_TOO_SMALL, TRAIN_OUT_DIFFERENT, TRAIN_BASE_INVALID, TRAIN_OPTION_INVALID.
        MachineError: TRAIN_EXTRA_MISSING, TRAIN_DEVICE_MISSING, TRAIN_DIVERGED, OUT_NOT_WRITABLE.
    """
    check_installed()
    options = options or TrainOptions()
    learnt, held = split(examples)
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    import torch
    from accelerate import PartialState
    from peft import LoraConfig, get_peft_model
    from transformers import PrinterCallback, Trainer, TrainingArguments, set_seed
    from transformers.utils import logging as hf_logging

    hf_logging.disable_progress_bar()
    hf_logging.set_verbosity_error()
    warnings.filterwarnings("ignore", category=FutureWarning, module="transformers")
    device = _device(options)
    precision = _precision(options, device)
    state = PartialState(cpu=device == "cpu", timeout=_PATIENCE)
    if not state.is_main_process:
        say = _silent
    say(f"{len(learnt):,} replies to learn, {len(held):,} held out")
    say(f"Training on {device} in {precision}, {state.num_processes} process{'es' * (state.num_processes > 1)}")
    run = _Run(out, _fingerprint(learnt, held, base, options), state.is_main_process)
    state.wait_for_everyone()
    set_seed(options.seed)
    model, tokenizer, stored = _open_base(base, torch.float32 if device == "cpu" else _dtype(precision))
    model.to(state.device)
    if state.is_main_process and "before" not in run.known:
        say("Measuring the base model")
        run.remember(before=asdict(score(model, tokenizer, held, options.max_tokens)))
    state.wait_for_everyone()

    adapted = get_peft_model(
        model,
        LoraConfig(
            r=options.rank,
            lora_alpha=2 * options.rank,
            lora_dropout=0.05,
            target_modules="all-linear",
            task_type="CAUSAL_LM",
        ),
    )
    trainable = sum(p.numel() for p in adapted.parameters() if p.requires_grad)
    updates = math.ceil(len(learnt) / (options.batch * options.accumulate * state.num_processes))
    arguments = TrainingArguments(
        output_dir=str(out / CHECKPOINTS),
        num_train_epochs=options.epochs,
        per_device_train_batch_size=options.batch,
        gradient_accumulation_steps=options.accumulate,
        learning_rate=options.learning_rate,
        lr_scheduler_type="cosine",
        warmup_steps=max(1, round(0.03 * updates * options.epochs)),
        bf16=precision == "bf16",
        fp16=precision == "fp16",
        use_cpu=device == "cpu",
        save_steps=options.save_steps,
        save_total_limit=_KEPT_CHECKPOINTS,
        logging_steps=10,
        report_to=[],
        disable_tqdm=True,
        remove_unused_columns=False,
        dataloader_pin_memory=device == "cuda",
        ddp_find_unused_parameters=False,
        seed=options.seed,
    )
    trainer = Trainer(
        model=adapted,
        args=arguments,
        train_dataset=_Rows([encode(tokenizer, e, options.max_tokens) for e in learnt]),
        data_collator=partial(collate, tokenizer),
        callbacks=[_talker(say)] if state.is_main_process else [],
    )
    trainer.remove_callback(PrinterCallback)  # it prints where --json prints
    checkpoint = _last_checkpoint(out / CHECKPOINTS, state.is_main_process)
    state.wait_for_everyone()
    if checkpoint is not None:
        say(f"Going on from {checkpoint.name}")
    done = trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    if not math.isfinite(done.training_loss):
        raise MachineError(
            "TRAIN_DIVERGED", "The loss is no number any more.", "Lower --learning-rate, and take a new folder."
        )
    state.wait_for_everyone()
    if not state.is_main_process:
        return None
    say("Measuring the trained model")
    trained = trainer.accelerator.unwrap_model(trainer.model)
    after = score(trained, tokenizer, held, options.max_tokens)
    _save(trained, tokenizer, out, stored)
    before = Score(**run.known["before"])
    report = TrainReport(base, len(learnt), len(held), done.global_step, trainable, before, after, out / MERGED)
    (out / REPORT).write_text(json.dumps(asdict(report) | {"merged": str(report.merged)}, indent=2) + "\n")
    return report


class _Run:
    """What a folder remembers of the training that it is for."""

    def __init__(self, out: Path, fingerprint: str, writes: bool) -> None:
        self._file = out / RUN
        self.known: dict[str, Any] = {"fingerprint": fingerprint}
        try:
            out.mkdir(parents=True, exist_ok=True)
            if self._file.is_file():
                self.known = json.loads(self._file.read_text())
            elif any(out.iterdir()) and writes:
                raise InputError(
                    "TRAIN_OUT_DIFFERENT", f"{out} holds something else.", "Choose an empty or new folder with -o."
                )
            elif writes:
                self.remember()
        except (OSError, ValueError) as error:
            raise MachineError("OUT_NOT_WRITABLE", f"{out}: {error}.", "Choose another folder with -o.") from error
        if self.known.get("fingerprint") != fingerprint:
            raise InputError(
                "TRAIN_OUT_DIFFERENT",
                f"{out} holds a training with other data, options or base model.",
                "Choose another folder with -o, or delete this one; prices and stock count, with --catalogue.",
            )

    def remember(self, **more: Any) -> None:
        self.known |= more
        part = self._file.with_suffix(".part")
        part.write_text(json.dumps(self.known, indent=2) + "\n")
        os.replace(part, self._file)


def _fingerprint(learnt: Sequence[Example], held: Sequence[Example], base: str, options: TrainOptions) -> str:
    what = {f.name: getattr(options, f.name) for f in fields(options) if f.name not in ("device", "save_steps")}
    return hashlib.sha256(repr((learnt, held, base, what)).encode()).hexdigest()


def _device(options: TrainOptions) -> str:
    import torch

    there = torch.cuda.is_available()
    if options.device == "cuda" and not there:
        raise MachineError(
            "TRAIN_DEVICE_MISSING", "This PyTorch finds no CUDA device.", "Take --device cpu, or install one for CUDA."
        )
    return "cuda" if there and options.device != "cpu" else "cpu"


def _precision(options: TrainOptions, device: str) -> str:
    import torch

    if options.precision == "fp16" and device == "cpu":
        raise InputError("TRAIN_OPTION_INVALID", "fp16 needs a GPU.", "Take fp32 or bf16.")
    if options.precision != "auto":
        return options.precision
    if device == "cpu":
        return "fp32"
    return "bf16" if torch.cuda.is_bf16_supported() else "fp16"


def _dtype(precision: str) -> torch.dtype:
    import torch

    return {"bf16": torch.bfloat16, "fp16": torch.float16, "fp32": torch.float32}[precision]


def _open_base(base: str, dtype: torch.dtype) -> tuple[Any, Any, torch.dtype]:
    """Model, tokenizer, and the type of the weights in the file. Only safetensors are read; no code of a model runs."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

    try:
        stored = AutoConfig.from_pretrained(base, trust_remote_code=False).dtype or torch.float32
        tokenizer = AutoTokenizer.from_pretrained(base, trust_remote_code=False)
        model = AutoModelForCausalLM.from_pretrained(base, trust_remote_code=False, use_safetensors=True, dtype=dtype)
    except (OSError, ValueError, KeyError) as error:
        why = next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)
        raise InputError(
            "TRAIN_BASE_INVALID",
            f"{base} cannot be loaded as a language model: {why[:300].rstrip('.')}.",
            "Give a folder with config.json, tokenizer and .safetensors (no GGUF), or a hub id: Qwen/Qwen3-0.6B.",
        ) from error
    if tokenizer.eos_token_id is None:
        raise InputError("TRAIN_BASE_INVALID", f"The tokenizer of {base} has no end token.", "Set its eos_token.")
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    if tokenizer.chat_template is None:
        tokenizer.chat_template = TEMPLATE
    return model, tokenizer, stored


def _last_checkpoint(folder: Path, deletes: bool) -> Path | None:
    """The newest that was written to its end; Trainer writes its state last."""
    found = sorted(folder.glob("checkpoint-*"), key=lambda p: int(p.name.rpartition("-")[2]), reverse=True)
    for checkpoint in found:
        try:
            json.loads((checkpoint / "trainer_state.json").read_text())
            return checkpoint
        except (OSError, ValueError):
            if deletes:
                shutil.rmtree(checkpoint)
    return None


def _save(model: Any, tokenizer: Any, out: Path, stored: torch.dtype) -> None:
    """The adapter, and base + adapter; added in float32, written as wide as the base model's own weights.

    ``merged/`` is there whole or not at all.
    """
    model.save_pretrained(out / ADAPTER)
    merged = model.float().merge_and_unload().to(stored)
    part = out / (MERGED + ".part")
    shutil.rmtree(part, ignore_errors=True)
    merged.save_pretrained(part)
    tokenizer.save_pretrained(part)
    shutil.rmtree(out / MERGED, ignore_errors=True)
    os.replace(part, out / MERGED)


class _Rows:
    """A data set of encoded examples."""

    def __init__(self, rows: list[dict[str, list[int]]]) -> None:
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, i: int) -> dict[str, list[int]]:
        return self._rows[i]


def _talker(say: Callable[[str], None]) -> Any:
    from transformers import TrainerCallback

    class Talker(TrainerCallback):
        def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, float] | None = None, **_: Any) -> None:
            if logs and "loss" in logs:
                say(f"step {state.global_step:,} of {state.max_steps:,}: loss {float(logs['loss']):.3f}")

    return Talker()
