"""Engines under jobs: one job is cancelled without the others, and programs end with their worker."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from showfloor.jobs.driver import engine_of
from showfloor.services.call import Call
from showfloor.settings import Settings
from showfloor.store.tables import Asset
from showfloor.v1 import generation_pb2 as pb

from assets_pipeline.engines import Engine, Finished, Job, Message, Stepped
from assets_pipeline.engines.local import LocalEngine
from assets_pipeline.progress import Progress
from assets_pipeline.report import Report
from tests.showfloor.job_shop import Shop, gone, run, running
from tests.showfloor.job_work import until


def work(product: str, folder: Path, options: Any, progress: Progress) -> Report:
    """``program`` starts a program and ignores cancel, ``listen`` obeys it; both wait for the file ``go``."""
    go_on = folder.parent / "go"
    with progress.stage("work"):
        progress.show(b"picture")
        if product == "program":
            child = subprocess.Popen(["sleep", "600"])
            (folder / "pid").write_text(str(child.pid))
            (folder / "pid").rename(folder.parent / "pid")
            until(go_on.exists)
        else:
            until(go_on.exists, progress.check)
    return Report(product, "quest3", "pass")


def job(folder: Path, name: str, product: str) -> Job:
    return Job(name, product, folder, None, "quest3", work, "", 1)


def wait_for(engine: Engine, seen: list[Message], kind: type, name: str) -> Message:
    """Poll until a message of this kind about the job has come."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        for m in seen:
            if isinstance(m, kind) and m.job.name == name:
                return m
        seen += engine.poll(0.1)
    raise AssertionError(f"no {kind.__name__} of {name}")


def test_one_of_two_jobs_is_cancelled_with_its_programs(tmp_path: Path) -> None:
    engine = LocalEngine(2)
    seen: list[Message] = []
    kept, cancelled = job(tmp_path, "kept", "listen"), job(tmp_path, "cancelled", "program")
    for j in (kept, cancelled):
        engine.start(j)
        wait_for(engine, seen, Stepped, j.name)
    until((tmp_path / "pid").exists, lambda: seen.extend(engine.poll(0.1)))
    shown = [m.job.name for m in seen if isinstance(m, Stepped) and m.event.preview == b"picture"]
    assert sorted(shown) == ["cancelled", "kept"]
    engine.cancel(cancelled, 0.2)
    finished = wait_for(engine, seen, Finished, "cancelled")
    assert isinstance(finished, Finished)
    assert finished.report is None
    program = int((tmp_path / "pid").read_text())
    until(lambda: gone(program))
    assert not any(isinstance(m, Finished) and m.job is kept for m in seen)
    assert [p.name for p in tmp_path.iterdir() if p.is_dir()] == [".kept.part"]
    (tmp_path / "go").touch()
    finished = wait_for(engine, seen, Finished, "kept")
    assert isinstance(finished, Finished)
    assert finished.report is not None
    engine.cancel(kept, 0.2)  # it has ended: nothing happens
    engine.stop(0.1)


@pytest.fixture
def ray_path(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("ray", reason="pip install 'showfloor[ray]' to test the Ray executor")
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[2]))


@pytest.mark.slow
@pytest.mark.usefixtures("ray_path")
def test_jobs_run_on_ray(tmp_path: Path) -> None:
    """A real local Ray: success, failure, a crash, a worker that obeys a cancel and one that does not."""

    async def go() -> None:
        shop = Shop(tmp_path / "data", executor="ray", workers=2, max_attempts=2)
        async with running(shop):
            ids = {name: await shop.begin(name) for name in ("good", "blurred", "crashonce")}
            rows = {name: await shop.end(job_id) for name, job_id in ids.items()}
            assert rows["good"].state == pb.JOB_STATE_SUCCEEDED
            assert (rows["blurred"].problem or {})["code"] == "ALL_BLURRED"
            assert (rows["crashonce"].state, rows["crashonce"].attempt) == (pb.JOB_STATE_SUCCEEDED, 2)
            for name in ("hold", "stuck"):
                job_id = await shop.begin(name)
                pid = await shop.busy(job_id)
                asked = time.monotonic()
                await shop.service.cancel_job(pb.CancelJobRequest(job_id=job_id), Call())
                assert (await shop.end(job_id)).state == pb.JOB_STATE_CANCELLED
                until(lambda pid=pid: gone(pid))
                print(f"{name}: stopped after {time.monotonic() - asked:.2f} s")
            assert len(shop.all(Asset)) == 2
            shop.check_whole()

    run(go())


def test_the_executor_is_what_the_settings_say(tmp_path: Path) -> None:
    assert isinstance(engine_of(Settings(data_dir=tmp_path)), LocalEngine)
