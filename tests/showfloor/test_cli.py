"""The command line: start-up, usage errors, lists, exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from showfloor.cli import exit_code, main
from showfloor.cli.units import metres

from assets_pipeline.errors import BudgetError, Cancelled, CaptureError, InputError, MachineError


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from showfloor.cli import main; main()", *arguments], capture_output=True, text=True
    )


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from showfloor.cli import main\n"
        "try: main(['convert', '--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'open3d', 'numba', 'cv2', 'pycolmap', 'onnxruntime', 'scipy'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "--resume" in done.stdout


def test_version_and_no_arguments() -> None:
    assert run("--version").stdout.startswith("showfloor 0.")
    assert "convert" in run().stdout


def test_a_wrong_option_is_a_usage_error() -> None:
    assert run("convert", "x", "-o", "y", "--engine", "abacus").returncode == 2
    assert run("convert", "x").returncode == 2


def test_a_users_mistake_prints_one_line_and_no_traceback() -> None:
    done = run("convert", "x", "-o", "y", "--height", "tall")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "'tall' is not a length" in done.stderr
    assert "LENGTH_INVALID" in done.stderr


def test_json_errors_are_json() -> None:
    done = run("convert", "x", "-o", "y", "--height", "-1cm", "--json")
    assert json.loads(done.stdout)["error"]["code"] == "LENGTH_INVALID"
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("text", "value"),
    [("0.12m", 0.12), ("12cm", 0.12), ("120 mm", 0.12), ("0,12", 0.12), ("1IN", 0.0254), (".5m", 0.5)],
)
def test_lengths(text: str, value: float) -> None:
    assert metres(text) == pytest.approx(value)


@pytest.mark.parametrize("text", ["", "0", "0cm", "-1m", "1e3", "nan", "12 apples", "1.2.3m"])
def test_wrong_lengths(text: str) -> None:
    with pytest.raises(InputError, match="LENGTH_INVALID"):
        metres(text)


def test_exit_codes() -> None:
    codes = [exit_code(kind("A", "b", "c")) for kind in (InputError, MachineError, CaptureError, BudgetError)]
    assert codes == [2, 3, 3, 3]
    assert exit_code(Cancelled()) == 130


def test_profiles_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["profiles", "--json"])
    by_name = {p["name"]: p for p in json.loads(capsys.readouterr().out)}
    assert by_name["quest3"]["max_triangles"] == [60_000, 20_000, 5_000]


def test_verify_tells_of_a_damaged_file(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOWFLOOR_MODELS_DIR", str(tmp_path))
    with pytest.raises(SystemExit) as e:
        main(["models", "verify"])
    assert "No weight file" in capsys.readouterr().out
    (tmp_path / "u2netp.onnx").write_bytes(b"damaged")
    with pytest.raises(SystemExit) as e:
        main(["models", "verify"])
    assert e.value.code == 3
    assert "u2netp" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["models", "list"])
    assert "damaged" in capsys.readouterr().out


def test_models_list_and_an_unknown_model(
    capsys: pytest.CaptureFixture[str], tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOWFLOOR_MODELS_DIR", str(tmp_path))
    with pytest.raises(SystemExit):
        main(["models", "list", "--json"])
    rows = json.loads(capsys.readouterr().out)
    assert rows
    assert not any(r["here"] for r in rows)
    with pytest.raises(SystemExit) as e:
        main(["models", "verify", "no-such-model"])
    assert e.value.code == 2
    assert "MODEL_UNKNOWN" in capsys.readouterr().err
    with pytest.raises(SystemExit) as e:
        main(["models", "verify", rows[0]["name"]])
    assert e.value.code == 3
    assert "models pull" in capsys.readouterr().err


def test_a_mistake_of_ours_is_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setattr("showfloor.cli.lists.print_profiles", lambda _: {}["missing"])
    with pytest.raises(SystemExit) as ended:
        main(["profiles"])
    told = capsys.readouterr().err
    assert ended.value.code == 3
    assert "UNEXPECTED" in told
    assert "Traceback" not in told
    assert "KeyError" in next(tmp_path.glob("showfloor-error-*.log")).read_text()
