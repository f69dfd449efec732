"""Fine-tuning, end to end, on a tiny model that is made here."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from showfloor.llm import Message
from showfloor.training import assistant, evaluate
from showfloor.training.assistant import TrainOptions, TrainReport, train
from showfloor.training.dialogues import Example, read_examples, split

from assets_pipeline.errors import InputError, MachineError

pytest.importorskip("peft", reason="the extra train is not installed")

from tests.showfloor.tiny_llama import make_tiny_llama

OPTIONS = TrainOptions(
    epochs=3, batch=4, accumulate=2, learning_rate=0.02, rank=8, max_tokens=96, save_steps=5, device="cpu"
)
COLOURS = ("red", "blue", "green", "black", "white")


def rows() -> list[dict[str, Any]]:
    return [
        {"question": f"Is chair {n} {COLOURS[n % 5]}?", "answer": f"Yes, chair {n} is {COLOURS[n % 5]}."}
        for n in range(60)
    ]


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Threads only wait for each other in a model this small; its answers need not be long either."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setattr(evaluate, "ANSWER_TOKENS", 8)
    yield
    monkeypatch.undo()
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "dialogues.jsonl"
    path.write_text("\n".join(map(json.dumps, rows())))
    return path


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    texts = [text for row in rows() for text in row.values()]
    return make_tiny_llama(tmp_path_factory.mktemp("base"), texts)


@pytest.fixture(scope="module")
def trained(data: Path, base: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[TrainReport, Path]:
    out = tmp_path_factory.mktemp("out") / "whole"
    report = train(read_examples(data), str(base), out, OPTIONS)
    assert report is not None
    return report, out


def weights(folder: Path) -> dict[str, Any]:
    from safetensors.torch import load_file

    return {k: v for file in folder.glob("*.safetensors") for k, v in load_file(file).items()}


def test_the_model_learns(trained: tuple[TrainReport, Path]) -> None:
    report, out = trained
    assert (report.learnt, report.held_out) == (54, 6)
    assert report.after.loss < report.before.loss - 0.5
    assert report.after.perplexity < report.before.perplexity
    assert report.before.right == 0
    assert json.loads((out / "report.json").read_text())["after"]["loss"] == report.after.loss


def test_merged_weights_are_base_plus_adapter(trained: tuple[TrainReport, Path], base: Path) -> None:
    import torch

    before, after, adapter = weights(base), weights(trained[0].merged), weights(trained[1] / "adapter")
    assert {k: (v.shape, v.dtype) for k, v in before.items()} == {k: (v.shape, v.dtype) for k, v in after.items()}
    changed = 0
    for name, weight in before.items():
        a = adapter.get(f"base_model.model.{name.removesuffix('.weight')}.lora_A.weight")
        b = adapter.get(f"base_model.model.{name.removesuffix('.weight')}.lora_B.weight")
        wanted = weight if a is None or b is None else weight + 2.0 * b @ a
        torch.testing.assert_close(after[name], wanted, rtol=1e-4, atol=1e-5)
        changed += a is not None
    assert changed == 2 * 7


def test_what_is_written_is_what_llama_cpps_converter_reads(trained: tuple[TrainReport, Path], base: Path) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    merged = trained[0].merged
    assert {"config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"} <= {
        p.name for p in merged.iterdir()
    }
    config = json.loads((merged / "config.json").read_text())
    assert config["architectures"] == ["LlamaForCausalLM"]
    assert "quantization_config" not in config
    tokenizer = AutoTokenizer.from_pretrained(merged)
    assert tokenizer.chat_template == AutoTokenizer.from_pretrained(base).chat_template
    assert AutoModelForCausalLM.from_pretrained(merged).num_parameters() > 0


class Killed(Exception):
    pass


def test_a_stopped_training_goes_on_and_ends_the_same(
    trained: tuple[TrainReport, Path], data: Path, base: Path, tmp_path: Path
) -> None:
    import torch

    out, said = tmp_path / "out", list[str]()

    def stop(line: str) -> None:
        if line.startswith("step 10"):
            raise Killed

    with pytest.raises(Killed):
        train(read_examples(data), str(base), out, OPTIONS, stop)
    assert not (out / "merged").exists()
    (out / "merged.part").mkdir()
    (out / "merged.part" / "model-of-a-killed-run.safetensors").write_bytes(b"half")
    half = out / "checkpoints" / "checkpoint-11"
    half.mkdir()
    (half / "trainer_state.json").write_text('{"half": ')
    report = train(read_examples(data), str(base), out, OPTIONS, said.append)
    assert report is not None
    assert not half.exists()
    assert any(line.startswith(("Going on from checkpoint-5", "Going on from checkpoint-10")) for line in said)
    assert "Measuring the base model" not in said
    assert report.before == trained[0].before
    assert report.after.loss == pytest.approx(trained[0].after.loss, rel=1e-3)
    assert {p.name for p in report.merged.iterdir()} == {p.name for p in trained[0].merged.iterdir()}
    assert not (out / "merged.part").exists()
    whole = weights(trained[0].merged)
    for name, weight in weights(report.merged).items():
        torch.testing.assert_close(weight, whole[name], rtol=1e-3, atol=1e-4)


def command(data: Path, base: Path, out: Path) -> list[str]:
    """``showfloor train assistant`` with OPTIONS."""
    given = ["--epochs", "3", "--batch", "4", "--accumulate", "2", "--learning-rate", "0.02", "--rank", "8"]
    given += ["--max-tokens", "96", "--save-steps", "5", "--device", "cpu", "--json"]
    return ["train", "assistant", str(data), "-o", str(out), "--base", str(base), *given]


@pytest.mark.slow
def test_a_killed_process_goes_on(trained: tuple[TrainReport, Path], data: Path, base: Path, tmp_path: Path) -> None:
    out, alone = tmp_path / "out", {**os.environ, "OMP_NUM_THREADS": "1"}
    run = [sys.executable, "-c", "from showfloor.cli import main; main()", *command(data, base, out)]
    process = subprocess.Popen(run, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=alone)
    end = time.monotonic() + 120
    while process.poll() is None and not (out / "checkpoints" / "checkpoint-5").exists() and time.monotonic() < end:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    done = subprocess.run(run, capture_output=True, text=True, timeout=300, check=True, env=alone)
    assert json.loads(done.stdout)["after"]["loss"] == pytest.approx(trained[0].after.loss, rel=1e-3)


@pytest.mark.slow
def test_two_processes_share_the_work(data: Path, base: Path, tmp_path: Path) -> None:
    """Two processes on the CPU, as Accelerate has two GPUs: half the steps, one report."""
    script = tmp_path / "run.py"
    script.write_text("from showfloor.cli import main\nmain()\n")
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2", str(script)]
    done = subprocess.run(
        [*launch, *command(data, base, tmp_path / "out")],
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    assert "2 processes" in done.stderr
    report = json.loads(done.stdout)
    assert report["steps"] == 12
    assert report["after"]["loss"] < report["before"]["loss"]


def test_a_folder_is_for_one_training(
    trained: tuple[TrainReport, Path], data: Path, base: Path, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=r"TRAIN_OUT_DIFFERENT.*other data"):
        train(read_examples(data)[:40], str(base), trained[1], OPTIONS)
    (tmp_path / "holiday.jpg").write_bytes(b"")
    with pytest.raises(InputError, match=r"TRAIN_OUT_DIFFERENT.*something else"):
        train(read_examples(data), str(base), tmp_path, OPTIONS)


def test_bf16_and_a_base_without_template(data: Path, tmp_path: Path) -> None:
    base = make_tiny_llama(tmp_path / "base", ["Yes, chair is red."], template=None)
    options = TrainOptions(
        epochs=2, batch=8, accumulate=1, learning_rate=0.02, precision="bf16", max_tokens=96, device="cpu"
    )
    report = train(read_examples(data)[:24], str(base), tmp_path / "out", options)
    assert report is not None
    assert report.after.loss < report.before.loss
    settings = json.loads((report.merged / "tokenizer_config.json").read_text())
    assert "chat_template" in settings or (report.merged / "chat_template.jinja").exists()


def test_options_and_bases_that_cannot_work(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for bad in ({"epochs": 0}, {"batch": 0}, {"learning_rate": -1.0}, {"max_tokens": 10}, {"rank": 10_000}):
        with pytest.raises(InputError, match="TRAIN_OPTION_INVALID"):
            TrainOptions(**bad)  # type: ignore[arg-type]
    examples = read_examples(data)
    with pytest.raises(InputError, match=r"TRAIN_OPTION_INVALID.*fp16"):
        train(examples, str(tmp_path), tmp_path / "a", TrainOptions(precision="fp16", device="cpu"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="TRAIN_BASE_INVALID"):
        train(examples, str(tmp_path / "empty"), tmp_path / "b", TrainOptions(device="cpu"))


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib.util

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "peft" else object())
    with pytest.raises(MachineError, match=r"TRAIN_EXTRA_MISSING.*peft.*showfloor\[train\]"):
        assistant.check_installed()


def test_torch_is_loaded_only_to_train() -> None:
    script = "import sys, showfloor.cli.app, showfloor.training.dialogues; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, env=os.environ)
    assert done.stdout == "False\n", done.stderr


# Data


def write(path: Path, *lines: Any) -> Path:
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), "utf-8")
    return path


def dialogue(*turns: tuple[str, str]) -> dict[str, Any]:
    return {"messages": [{"role": role, "content": text} for role, text in turns]}


def test_every_reply_of_a_dialogue_is_an_example(tmp_path: Path) -> None:
    turns = [("system", "Be kind."), ("user", "Hi"), ("assistant", "Hello!"), ("user", "Red?"), ("assistant", "Yes.")]
    first, second = read_examples(write(tmp_path / "d.jsonl", dialogue(*turns), ""))
    assert first == Example((Message("system", "Be kind."), Message("user", "Hi")), "Hello!", first.group)
    assert [m.text for m in second.prompt] == ["Be kind.", "Hi", "Hello!", "Red?"]
    assert second.group == first.group


def test_a_folder_of_files(tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", {"question": "a", "answer": "b"})
    write(tmp_path / "b.jsonl", {"question": "椅子多少钱？", "answer": "九十九元。"})
    assert [e.reply for e in read_examples(tmp_path)] == ["b", "九十九元。"]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "no JSON"),
        ("[1]", "no JSON object"),
        ({"text": "x"}, "neither messages"),
        ({"messages": "x"}, "no list"),
        ({"messages": [5]}, r"messages\[0\] is no object"),
        (dialogue(("user", "a"), ("bot", "b")), r"messages\[1\]\.role is 'bot'"),
        (dialogue(("user", "a"), ("assistant", " ")), r"messages\[1\]\.content is no text"),
        (dialogue(("assistant", "a")), "follows a user"),
        (dialogue(("user", "a")), "no reply"),
        (dialogue(("user", "a"), ("assistant", "b"), ("system", "c")), "system stands only first"),
        ({"question": "a"}, "content is no text"),
        ({"question": "a", "answer": "x" * 2_000_000}, "longer than"),
        ({"id": "a b", "titles": {"en": "x"}}, "id is"),
        ({"id": "a", "titles": {"en": "x"}, "stock": "many"}, "stock"),
        ("[" * 100_000, "line 2"),
    ],
    ids=lambda x: x[:20] if isinstance(x, str) else "",
)
def test_a_bad_line_is_named(tmp_path: Path, line: Any, why: str) -> None:
    file = write(tmp_path / "d.jsonl", {"question": "a", "answer": "b"}, line)
    with pytest.raises(InputError, match=rf"TRAIN_DATA_INVALID: d\.jsonl, line 2.*{why}" if why != "line 2" else why):
        read_examples(file)


CHAIR = {
    "id": "a",
    "titles": {"en": "Oak chair", "zh": "橡木椅", "de": "Eichenstuhl"},
    "brand": "Holz & Sohn",
    "price": {"currency_code": "EUR", "units": "89", "nanos": 500000000},
    "stock": 3,
    "size": {"x_m": 0.45, "y_m": 0.82, "z_m": 0.5},
    "attributes": {"material": "oak", "internal.margin": "0.4"},
}


def test_a_product_becomes_questions_whose_answers_hold_to_its_facts(tmp_path: Path) -> None:
    examples = read_examples(write(tmp_path / "p.jsonl", CHAIR))
    replies = [e.reply for e in examples]
    assert "The Oak chair costs 89.50 EUR." in replies
    assert "橡木椅的高度是0.82 m。" in replies
    assert "I do not know that about the Oak chair; I can ask a colleague." in replies
    assert len(replies) == 2 * 8
    for example in examples:
        assert evaluate.is_right(example, example.reply), example.reply
        assert "margin" not in example.prompt[0].text


def test_what_is_sold_out_is_said_to_be(tmp_path: Path) -> None:
    replies = [e.reply for e in read_examples(write(tmp_path / "p.jsonl", CHAIR | {"stock": 0}))]
    assert "The Oak chair is out of stock." in replies
    assert not any("in stock." in r for r in replies)


@pytest.mark.parametrize(
    "answer", ["", "It costs 98.50 EUR.", "The Oak chair is nice.", "It costs 89.50 EUR, 50 % off."]
)
def test_wrong_empty_and_evasive_answers_are_not_right(tmp_path: Path, answer: str) -> None:
    price = next(e for e in read_examples(write(tmp_path / "p.jsonl", CHAIR)) if "costs" in e.reply)
    assert not evaluate.is_right(price, answer)
    assert evaluate.is_right(price, "Its price: 89.50 EUR. It is the Oak chair.")


def test_no_data(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "gone.jsonl"):
        with pytest.raises(InputError, match="TRAIN_DATA_NOT_FOUND"):
            read_examples(path)
    with pytest.raises(InputError, match="TRAIN_DATA_TOO_SMALL"):
        split(read_examples(write(tmp_path / "d.jsonl", {"question": "a", "answer": "b"})))
