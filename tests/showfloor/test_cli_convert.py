"""``showfloor convert`` end to end around a small unit of work: output, files, JSON, exit codes, Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from showfloor.cli import main

import assets_pipeline
from assets_pipeline.recipes.options import ConvertOptions

sys.path.insert(0, str(Path(__file__).parents[1] / "assets_pipeline"))
import batch_work

WORK = Path(batch_work.__file__).parent


def make_inputs(folder: Path, *names: str) -> Path:
    for i, name in enumerate(names):
        (folder / name).mkdir(parents=True)
        for k in range(2):
            noise = np.random.default_rng(10 * i + k).integers(0, 255, (32, 32, 3), np.uint8)
            Image.fromarray(noise).save(folder / name / f"{k}.jpg")
    return folder


@pytest.fixture
def small_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets_pipeline, "convert", batch_work.work, raising=False)
    monkeypatch.setattr(assets_pipeline, "ConvertOptions", batch_options, raising=False)


def batch_options(**kwargs: object) -> batch_work.ThingOptions:
    return batch_work.ThingOptions(ConvertOptions(**kwargs).profile)  # type: ignore[arg-type]


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as e:
        main(["convert", *map(str, arguments)])
    assert isinstance(e.value.code, int)
    return e.value.code


@pytest.mark.usefixtures("small_work")
def test_a_run_says_what_it_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert run(make_inputs(tmp_path / "in", "good", "blurred"), "-o", out, "--height", "12cm", "--workers", 2) == 1
    shown = capsys.readouterr()
    flat = " ".join(shown.out.split())
    assert "ALL_BLURRED" in flat
    assert "Use a tripod." in flat
    for file in (out / "good/good.txt", out / "good/report.json", out / "good/report.html", out / "index.html"):
        assert str(file) in shown.out
        assert file.is_file()
    assert "good: pass" in shown.err
    assert "Traceback" not in shown.out + shown.err
    assert run(tmp_path / "in/good", "-o", out, "--no-report", "-q") == 0
    assert capsys.readouterr().out == ""


@pytest.mark.usefixtures("small_work")
def test_json_is_one_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    inputs = make_inputs(tmp_path / "in", "a", "bug")
    assert run(inputs, "-o", tmp_path / "out", "--json", "--profile", "web") == 1
    shown = capsys.readouterr()
    document = json.loads(shown.out)
    assert shown.err == ""
    assert document["counts"] == {"pass": 1, "warn": 0, "fail": 1}
    assert {p["name"]: p["profile"] for p in document["products"]} == {"a": "web", "bug": "web"}
    assert Path(document["index"]).is_file()
    assert run(inputs, "-o", tmp_path / "out", "--json", "--profile", "web") == 1
    assert json.loads(capsys.readouterr().out)["skipped"] == ["a"]


@pytest.mark.usefixtures("small_work")
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["missing", "-o", "out"], "INPUT_NOT_FOUND"),
        (["in", "-o", "out", "--profile", "toaster"], "UNKNOWN_PROFILE"),
        (["in", "-o", "out", "--height", "5km"], "LENGTH_INVALID"),
        (["in", "-o", "out", "--height", "5000m"], "SIZE_OUT_OF_RANGE"),
        (["in", "-o", "out", "--workers", "0"], "WORKERS_INVALID"),
    ],
)
def test_wrong_input_is_told_in_one_line(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    code: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    make_inputs(tmp_path / "in", "a")
    assert run(*arguments) == 2
    shown = capsys.readouterr()
    assert code in shown.err
    assert shown.err.count("\n") == 1
    assert shown.out == ""


@pytest.mark.usefixtures("small_work")
def test_an_unwritable_out_is_the_machines_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    assert run(make_inputs(tmp_path / "in", "a"), "-o", tmp_path / "file/out") == 3
    assert "OUT_NOT_WRITABLE" in capsys.readouterr().err


SCRIPT = """
import sys; sys.path.insert(0, {work!r})
import assets_pipeline, batch_work
from showfloor.cli import main
if __name__ == "__main__":
    assets_pipeline.convert = batch_work.work
    assets_pipeline.ConvertOptions = lambda **_: batch_work.ThingOptions(hold_s=60)
    main()
"""


def test_ctrl_c_ends_the_run_with_130(tmp_path: Path) -> None:
    (tmp_path / "cli.py").write_text(SCRIPT.format(work=str(WORK)))
    inputs = make_inputs(tmp_path / "in", "a", "b")
    process = subprocess.Popen(
        [sys.executable, str(tmp_path / "cli.py"), "convert", str(inputs), "-o", str(tmp_path / "out")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stderr is not None
    for line in process.stderr:
        if "hold" in line:
            break
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Cancelled" in out
    assert "Traceback" not in err
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["manifest.jsonl"]
