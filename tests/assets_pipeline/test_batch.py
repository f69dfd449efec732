"""Many products: isolation, resume, cancel, names, disk."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

import assets_pipeline.outdir
from assets_pipeline.batch import BatchEvent, convert_all, folder_names
from assets_pipeline.errors import InputError, MachineError
from assets_pipeline.report import Report

sys.path.insert(0, str(Path(__file__).parent))
from batch_work import Thing, ThingOptions, make_things, work


def convert(things: list[Thing], out: Path, options: ThingOptions | None = None, **kwargs: object):
    kwargs.setdefault("workers", 2)
    return convert_all(things, out, options or ThingOptions(), work=work, mb_per_product=1, **kwargs)  # type: ignore[arg-type]


def calls(tmp_path: Path) -> list[str]:
    return sorted(line.rsplit(" ", 1)[0] for line in (tmp_path / "calls.txt").read_text().splitlines())


def hidden(out: Path) -> list[str]:
    return [p.name for p in out.rglob(".*")]


def test_bad_products_do_not_stop_the_others(tmp_path: Path) -> None:
    events: list[BatchEvent] = []
    things = make_things(tmp_path, "good", "blurred", "killed", "bug", "diskfull", "memory", "good2")
    result = convert(things, tmp_path / "out", on_event=events.append)
    codes = {r.name: r.error.code if r.error else None for r in result.reports}
    assert codes == {
        "good": None,
        "blurred": "ALL_BLURRED",
        "killed": "WORKER_DIED",
        "bug": "UNEXPECTED",
        "diskfull": "DISK_FULL",
        "memory": "OUT_OF_MEMORY",
        "good2": None,
    }
    assert result.exit_code == 1
    assert (tmp_path / "out/good/good.txt").read_text() == "0.0"
    for r in result.reports:
        assert Report.read(tmp_path / "out" / r.name) == r
    assert "ZeroDivisionError" in (tmp_path / "out/bug/error.log").read_text()
    assert not (tmp_path / "out/blurred/blurred.txt").exists()
    assert not hidden(tmp_path / "out")
    lines = [json.loads(s) for s in (tmp_path / "out/manifest.jsonl").read_text().splitlines()]
    assert {s["name"]: s["retry"] for s in lines} == {
        "good": False,
        "blurred": False,
        "killed": True,
        "bug": True,
        "diskfull": True,
        "memory": True,
        "good2": False,
    }
    assert {e.name for e in events if e.kind == "finished"} == set(codes)
    assert {e.stage for e in events if e.kind == "progress" and e.name == "good"} == {"read", "hold"}


def test_each_product_has_its_own_process_and_a_share_of_the_cores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    things = make_things(tmp_path, "a", "b")
    result = convert(things, tmp_path / "out")
    pids = {line.split()[1] for line in (tmp_path / "calls.txt").read_text().splitlines()}
    assert len(pids) == 2
    assert str(os.getpid()) not in pids
    cores = len(os.sched_getaffinity(0))
    assert {r.audit["threads"] for r in result.reports} == {str(max(1, cores // 2))}
    assert "OMP_NUM_THREADS" not in os.environ
    assert all(r.peak_memory_mb > 1 and r.timings_s["total"] > 0 for r in result.reports)


def test_resume_does_only_what_is_missing_or_changed(tmp_path: Path) -> None:
    out = tmp_path / "out"
    things = make_things(tmp_path, "same", "changed", "killedonce", "blurred")
    assert convert(things, out).exit_code == 1
    things[1].files[0].write_bytes(b"new")
    second = convert(things, out)
    assert second.skipped == ("same", "blurred")
    assert calls(tmp_path) == ["blurred", "changed", "changed", "killedonce", "killedonce", "same"]
    assert [r.verdict for r in second.reports] == ["pass", "pass", "pass", "fail"]
    assert convert(things, out, ThingOptions("web")).skipped == ()
    assert convert(things, out, ThingOptions("web"), resume=False).skipped == ()
    (out / "same/report.json").write_text("{")
    assert "same" not in convert(things, out, ThingOptions("web")).skipped


def test_a_torn_manifest_line_costs_only_that_product(tmp_path: Path) -> None:
    out = tmp_path / "out"
    things = make_things(tmp_path, "a", "b")
    convert(things, out, workers=1)
    manifest = out / "manifest.jsonl"
    manifest.write_bytes(manifest.read_bytes()[:-20])
    assert convert(things, out).skipped == ("a",)
    assert convert(things, out).skipped == ("a", "b")


def test_cancel_ends_soon_and_leaves_nothing_half_made(tmp_path: Path) -> None:
    out, cancel = tmp_path / "out", threading.Event()
    (out / "held").mkdir(parents=True)
    (out / "held/earlier.txt").write_text("keep me")

    def stop(event: BatchEvent) -> None:
        if event.stage == "hold":
            cancel.set()

    result = convert(
        make_things(tmp_path, "held", "b", "c"), out, ThingOptions(hold_s=60), on_event=stop, cancel=cancel
    )
    assert result.cancelled
    assert result.exit_code == 130
    assert result.reports == ()
    assert sorted(p.name for p in out.iterdir()) == ["held", "manifest.jsonl"]
    assert (out / "held/earlier.txt").read_text() == "keep me"


def test_a_worker_that_does_not_listen_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assets_pipeline.batch.CANCEL_GRACE_S", 0.5)
    cancel = threading.Event()
    result = convert(
        make_things(tmp_path, "stuck"),
        tmp_path / "out",
        on_event=lambda e: cancel.set() if e.stage == "hold" else None,
        cancel=cancel,
    )
    assert result.exit_code == 130
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["manifest.jsonl"]


SCRIPT = """
import sys; from pathlib import Path
sys.path.insert(0, {tests!r})
from batch_work import ThingOptions, Thing, work
from assets_pipeline.batch import convert_all
if __name__ == "__main__":
    base = Path({base!r})
    things = [Thing(n, base / f"in{{i}}", (base / f"in{{i}}/data.bin",)) for i, n in enumerate({names!r})]
    held = ThingOptions(hold_s=float(sys.argv[1]))
    show = lambda e: print(e.kind, e.name, e.stage, flush=True)
    sys.exit(convert_all(things, base / "out", held, work=work, workers=1, on_event=show).exit_code)
"""


def start_run(tmp_path: Path, names: list[str], hold_s: float) -> subprocess.Popen[str]:
    script = tmp_path / "run.py"
    script.write_text(textwrap.dedent(SCRIPT).format(tests=str(Path(__file__).parent), base=str(tmp_path), names=names))
    return subprocess.Popen(
        [sys.executable, str(script), str(hold_s)], stdout=subprocess.PIPE, text=True, start_new_session=True
    )


def wait_for(process: subprocess.Popen[str], text: str) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if text in line:
            return
    raise AssertionError(f"never saw {text!r}")


def test_a_killed_run_resumes_and_its_workers_do_not_outlive_it(tmp_path: Path) -> None:
    names = ["a", "b"]
    things = make_things(tmp_path, *names)
    run = start_run(tmp_path, names, 1.5)
    wait_for(run, "progress b hold")
    run.kill()
    run.wait()
    worker = int((tmp_path / "calls.txt").read_text().splitlines()[-1].split()[1])
    deadline = time.monotonic() + 20
    while Path(f"/proc/{worker}").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not Path(f"/proc/{worker}").exists()
    assert not (tmp_path / "out/b").exists()
    result = convert(things, tmp_path / "out", ThingOptions(hold_s=1.5))
    assert result.skipped == ("a",)
    assert calls(tmp_path) == ["a", "b", "b"]
    assert not hidden(tmp_path / "out")


def test_ctrl_c_reaches_the_whole_group_and_still_ends_cleanly(tmp_path: Path) -> None:
    make_things(tmp_path, "a", "b")
    run = start_run(tmp_path, ["a", "b"], 60)
    wait_for(run, "progress a hold")
    os.killpg(run.pid, signal.SIGINT)
    assert run.wait(20) == 130
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["manifest.jsonl"]


def test_names_become_safe_and_unique_folders(tmp_path: Path) -> None:
    assert folder_names(["a/b", "..", "line\nbreak", " Dose grün ", "dose", "Dose", "", "罐头"]) == [
        "a_b",
        "product",
        "line_break",
        "Dose grün",
        "dose",
        "Dose-2",
        "product-2",
        "罐头",
    ]
    names = ["../escape", "zwei\nZeilen", "a b"]
    result = convert(make_things(tmp_path, *names), tmp_path / "out")
    assert result.exit_code == 0
    assert sorted(p.name for p in (tmp_path / "out").iterdir() if p.is_dir()) == ["_escape", "a b", "zwei_Zeilen"]
    assert not (tmp_path / "escape").exists()


def test_out_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(MachineError) as e:
        convert(make_things(tmp_path, "a"), tmp_path / "file/out")
    assert e.value.code == "OUT_NOT_WRITABLE"


def test_a_full_disk_is_told_before_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = assets_pipeline.outdir.shutil.disk_usage(tmp_path)
    monkeypatch.setattr(assets_pipeline.outdir.shutil, "disk_usage", lambda _: usage._replace(free=10_000_000))
    with pytest.raises(MachineError) as e:
        convert(make_things(tmp_path, "a"), tmp_path / "out")
    assert e.value.code == "DISK_FULL"
    assert not (tmp_path / "calls.txt").exists()


def test_a_disk_that_fills_up_during_the_run_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    things = make_things(tmp_path, "good")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(MachineError) as e:
        convert(things, tmp_path / "out")
    assert e.value.code == "DISK_FULL"
    monkeypatch.undo()
    assert convert(things, tmp_path / "out").exit_code == 0


def test_two_runs_into_one_folder(tmp_path: Path) -> None:
    from assets_pipeline.manifest import Manifest

    (tmp_path / "out").mkdir()
    with Manifest(tmp_path / "out/manifest.jsonl"), pytest.raises(MachineError) as e:
        convert(make_things(tmp_path, "a"), tmp_path / "out")
    assert e.value.code == "OUT_BUSY"


@pytest.mark.parametrize(
    ("kwargs", "code"), [({"workers": 0}, "WORKERS_INVALID"), ({"engine": "abacus"}, "ENGINE_UNKNOWN")]
)
def test_wrong_arguments(tmp_path: Path, kwargs: dict[str, object], code: str) -> None:
    with pytest.raises(InputError) as e:
        convert(make_things(tmp_path, "a"), tmp_path / "out", **kwargs)
    assert e.value.code == code


def test_nothing_to_convert(tmp_path: Path) -> None:
    with pytest.raises(InputError) as e:
        convert([], tmp_path / "out")
    assert e.value.code == "NO_PRODUCTS"
