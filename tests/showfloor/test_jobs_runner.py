"""Jobs from queue to asset: success, failure, retries, cancel, restarts."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from showfloor.errors import Unavailable
from showfloor.jobs import runner as runner_module
from showfloor.jobs.publish import publish, store
from showfloor.jobs.runner import Pace
from showfloor.services.call import Call
from showfloor.store.tables import Asset, Job, Lod, Product, Variant
from showfloor.v1 import generation_pb2 as pb

from assets_pipeline.errors import MachineError
from tests.showfloor.job_shop import Shop, gone, run, running, start_server
from tests.showfloor.job_work import until


def test_a_job_becomes_an_asset(tmp_path: Path) -> None:
    async def go() -> None:
        shop = Shop(tmp_path / "data")
        shop.db.transact(lambda s: s.add(Product(id="TIN", data={}, words="", category="", etag="old")))
        async with running(shop):
            job_id = await shop.begin("good", product_id="TIN", options=pb.ReconstructOptions(height_m=0.12))
            row = await shop.end(job_id)
            assert (row.state, row.verdict, row.fraction, row.attempt) == (pb.JOB_STATE_SUCCEEDED, "warn", 1.0, 1)
            assert row.reasons == ["The mesh is not closed."]
            assert row.stage == "gltf"
            (asset,) = shop.all(Asset)
            assert (asset.id, asset.product_id, asset.display_name) == (row.asset_id, "TIN", "good")
            assert (asset.size_x_m, asset.size_y_m, asset.size_z_m) == (0.1, 0.12, 0.3)
            assert (asset.size_known, asset.scale_source, asset.verdict) == (True, "height", "warn")
            assert asset.options["height_m"] == 0.12
            (variant,) = shop.all(Variant)
            assert (variant.profile, variant.extensions_required) == ("quest3", ["KHR_mesh_quantization"])
            assert [(lod.level, lod.triangles) for lod in shop.all(Lod)] == [(0, 300), (1, 200), (2, 100)]
            (product,) = shop.all(Product)
            assert product.asset_id == asset.id
            assert product.etag != "old"
            report = json.loads(shop.blobs.open_range(asset.report or "", 0, 10**6))
            assert (report["name"], report["triangles"]) == ("good", [300, 200, 100])
            shop.check_whole()
            await asyncio.to_thread(until, lambda: not list((shop.data / "work").iterdir()))

    run(go())


def test_failures_name_their_cause_and_the_machines_are_tried_again(tmp_path: Path) -> None:
    wanted: dict[str, tuple[int, str, int]] = {
        "blurred": (pb.JOB_STATE_FAILED, "ALL_BLURRED", 1),
        "unfit": (pb.JOB_STATE_FAILED, "RESULT_REJECTED", 1),
        "machine": (pb.JOB_STATE_FAILED, "NODE_MISSING", 2),
        "machineonce": (pb.JOB_STATE_SUCCEEDED, "", 2),
        "crash": (pb.JOB_STATE_FAILED, "WORKER_DIED", 2),
        "crashonce": (pb.JOB_STATE_SUCCEEDED, "", 2),
        "bug": (pb.JOB_STATE_FAILED, "UNEXPECTED", 2),
    }

    async def go() -> None:
        shop = Shop(tmp_path / "data", workers=2, max_attempts=2)
        async with running(shop):
            ids = {name: await shop.begin(name) for name in wanted}
            rows = {name: await shop.end(job_id) for name, job_id in ids.items()}
            found = {n: (r.state, r.problem["code"] if r.problem else "", r.attempt) for n, r in rows.items()}
            assert found == wanted
            assert rows["blurred"].problem == {
                "code": "ALL_BLURRED", "message": "All 3 photos are blurred.", "fix": "Use a tripod."
            }  # fmt: skip
            assert rows["unfit"].reasons == ["Over budget: file_mb is 9, the limit is 5."]
            assert rows["unfit"].verdict == "fail"
            assert "Over budget" in (rows["unfit"].problem or {})["message"]
            assert "--workers" not in str([r.problem for r in rows.values()])
            shop.check_whole()

    run(go())


def test_a_waiting_job_is_cancelled_at_once_and_one_that_ended_stays(tmp_path: Path) -> None:
    async def go() -> None:
        shop = Shop(tmp_path / "data", workers=0)
        async with running(shop):
            job_id = await shop.begin("good")
            for _ in range(2):
                job = await shop.service.cancel_job(pb.CancelJobRequest(job_id=job_id), Call())
                assert job.state == pb.JOB_STATE_CANCELLED
                assert job.HasField("end_time")
        assert shop.calls() == []

    run(go())


@pytest.mark.parametrize("name", ["hold", "stuck"])
def test_cancel_stops_the_worker(tmp_path: Path, name: str) -> None:
    """With the pace of production: one listens, the other has to be killed."""

    async def go() -> None:
        shop = Shop(tmp_path / "data", Pace())
        async with running(shop):
            job_id = await shop.begin(name)
            pid = await shop.busy(job_id)
            asked = time.monotonic()
            await shop.service.cancel_job(pb.CancelJobRequest(job_id=job_id), Call())
            await asyncio.to_thread(until, lambda: gone(pid))
            print(f"{name}: stopped after {time.monotonic() - asked:.2f} s")
            row = await shop.end(job_id)
            assert (row.state, row.problem, row.asset_id) == (pb.JOB_STATE_CANCELLED, None, None)
            await shop.reach(job_id, lambda _: not shop.runner.running)
            assert not list((shop.data / "work").iterdir())

    run(go())


def test_cancel_by_another_server_and_no_other_job_notices(tmp_path: Path) -> None:
    async def go() -> None:
        shop, other = Shop(tmp_path / "data", workers=2), Shop(tmp_path / "data", workers=0)
        async with running(shop, other):
            kept = await shop.begin("hold-kept")
            await shop.busy(kept)
            job_id = await shop.begin("stuck")
            pid = await shop.busy(job_id)
            await other.service.cancel_job(pb.CancelJobRequest(job_id=job_id), Call())
            assert (await other.end(job_id)).state == pb.JOB_STATE_CANCELLED
            assert gone(pid)
            assert shop.row(kept).state == pb.JOB_STATE_RUNNING
            (shop.data / "go").touch()
            assert (await shop.end(kept)).attempt == 1

    run(go())


def test_a_server_that_stops_keeps_its_jobs(tmp_path: Path) -> None:
    async def go() -> None:
        shop = Shop(tmp_path / "data")
        async with running(shop):
            job_id = await shop.begin("stuck")
            pid = await shop.busy(job_id)
        assert gone(pid)
        again = Shop(tmp_path / "data")
        row = again.row(job_id)
        assert (row.state, row.attempt, row.owner) == (pb.JOB_STATE_QUEUED, 0, None)
        (again.data / "go").touch()
        async with running(again):
            assert (await again.end(job_id)).state == pb.JOB_STATE_SUCCEEDED
            assert len(again.calls()) == 2

    run(go())


def test_a_killed_server_takes_its_job_up_again_at_once_and_its_worker_ends(tmp_path: Path) -> None:
    async def go() -> None:
        shop = Shop(tmp_path / "data", Pace(lease_s=1000, look_s=0.2))
        server = start_server(shop.data)
        job_id = await shop.begin("stuck")
        pid = await shop.busy(job_id)
        server.kill()
        server.wait()
        (shop.data / "go").touch()
        async with running(shop):
            assert (await shop.end(job_id)).attempt == 2
            await asyncio.to_thread(until, lambda: gone(pid))
            shop.check_whole()

    run(go())


def test_a_job_that_kills_each_server_fails(tmp_path: Path) -> None:
    async def go() -> None:
        shop = Shop(tmp_path / "data", max_attempts=1)
        server = start_server(shop.data)
        job_id = await shop.begin("hold")
        await shop.busy(job_id)
        server.kill()
        server.wait()
        async with running(shop):
            row = await shop.end(job_id)
            assert (row.state, (row.problem or {})["code"]) == (pb.JOB_STATE_FAILED, "WORKER_DIED")

    run(go())


def test_the_lease_of_a_server_that_cannot_be_seen_runs_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner_module, "is_gone", lambda owner: False)

    async def go() -> None:
        shop = Shop(tmp_path / "data", workers=0)
        job_id = await shop.begin("good")
        shop.db.transact(_claim_as, "elsewhere:1:1:1", 0.5)
        again = Shop(tmp_path / "data")
        async with running(shop, again):
            assert (await again.end(job_id)).attempt == 2

    run(go())


def test_a_server_that_lost_its_job_publishes_nothing(tmp_path: Path) -> None:
    async def go() -> None:
        shop = Shop(tmp_path / "data")
        async with running(shop):
            job_id = await shop.begin("hold")
            pid = await shop.busy(job_id)
            shop.db.transact(_give_away, job_id)
            await asyncio.to_thread(until, lambda: gone(pid))
            await shop.reach(job_id, lambda _: not shop.runner.running)
            row = shop.row(job_id)
            assert (row.state, row.owner) == (pb.JOB_STATE_RUNNING, "elsewhere:1:1:1")
            assert shop.all(Asset) == []

    run(go())


def test_two_servers_share_the_queue_and_run_each_job_once(tmp_path: Path) -> None:
    names = [f"good-{n}" for n in range(6)]

    async def go() -> None:
        one, two = Shop(tmp_path / "data", workers=0), Shop(tmp_path / "data", workers=2)
        ids = [await one.begin(name) for name in names]
        server = start_server(one.data)
        async with running(one, two):
            for job_id in ids:
                assert (await two.end(job_id)).attempt == 1
            assert sorted(c.split()[0] for c in two.calls()) == names
            two.check_whole()
        server.send_signal(signal.SIGKILL)
        server.wait()

    run(go())


def test_a_result_waits_for_a_database_that_is_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    away = iter([True, True])

    def fails_twice(*args: Any) -> Any:
        outcome = publish(*args)
        if next(away, False):
            raise Unavailable("DATABASE_UNAVAILABLE", "The database does not answer.", "Try again.")
        return outcome

    monkeypatch.setattr(runner_module, "publish", fails_twice)

    async def go() -> None:
        shop = Shop(tmp_path / "data")
        async with running(shop):
            row = await shop.end(await shop.begin("good"))
            assert (row.state, row.attempt) == (pb.JOB_STATE_SUCCEEDED, 1)
            assert next(away, None) is None
            shop.check_whole()

    run(go())


@pytest.mark.parametrize(("number", "code"), [(28, "DISK_FULL"), (2, "BLOBS_UNWRITABLE")])
def test_a_disk_that_fails_while_a_result_is_stored_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: str
) -> None:
    failures = [OSError(number, os.strerror(number)) for _ in range(3)]

    def fails_thrice(*args: Any) -> Any:
        if failures:
            raise failures.pop()
        return store(*args)

    monkeypatch.setattr(runner_module, "store", fails_thrice)

    async def go() -> None:
        shop = Shop(tmp_path / "data", max_attempts=2)
        async with running(shop):
            row = await shop.end(await shop.begin("good"))
            assert (row.state, row.attempt, (row.problem or {}).get("code")) == (pb.JOB_STATE_FAILED, 2, code)
            row = await shop.end(await shop.begin("good"))
            assert (row.state, row.attempt) == (pb.JOB_STATE_SUCCEEDED, 2)
            shop.check_whole()

    run(go())


@pytest.mark.parametrize("error", [MachineError("DISK_FULL", "Full.", "Free."), ValueError("a bug")])
def test_nothing_half_published_remains(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def breaks_late(*args: Any) -> Any:
        publish(*args)
        raise error

    monkeypatch.setattr(runner_module, "publish", breaks_late)

    async def go() -> None:
        shop = Shop(tmp_path / "data", max_attempts=1)
        async with running(shop):
            row = await shop.end(await shop.begin("good"))
            code = "DISK_FULL" if isinstance(error, MachineError) else "UNEXPECTED"
            assert (row.state, (row.problem or {})["code"]) == (pb.JOB_STATE_FAILED, code)
            assert (shop.all(Asset), shop.all(Variant), shop.all(Lod)) == ([], [], [])

    run(go())


@pytest.mark.slow
def test_files_may_lie_in_an_object_store(tmp_path: Path, s3_url: str) -> None:
    async def go() -> None:
        shop = Shop(tmp_path / "data", blob_url=s3_url)
        async with running(shop):
            assert (await shop.end(await shop.begin("good"))).state == pb.JOB_STATE_SUCCEEDED
            shop.check_whole()

    run(go())


@pytest.mark.slow
def test_servers_and_workers_killed_at_any_moment_lose_nothing(tmp_path: Path) -> None:
    async def go() -> None:
        shop = Shop(tmp_path / "data", workers=0, max_attempts=10)
        ids = [await shop.begin(f"good-{n}") for n in range(12)]
        for n in range(20):
            server = start_server(shop.data)
            await asyncio.sleep(0.15 * n)
            if n % 2 and (calls := shop.calls()) and not gone(pid := int(calls[-1].split()[2])):
                os.kill(pid, signal.SIGKILL)
                await asyncio.sleep(0.1)
            server.kill()
            server.wait()
            shop.check_whole()
        last = Shop(tmp_path / "data")
        async with running(shop, last):
            for job_id in ids:
                row = await last.end(job_id)
                assert row.state == pb.JOB_STATE_SUCCEEDED or (row.problem or {})["code"] == "WORKER_DIED"
            last.check_whole()

    run(go(), limit_s=500)


def _claim_as(session: Any, owner: str, lease_s: float) -> None:
    from showfloor.jobs import queue

    assert queue.claim(session, owner, lease_s) is not None


def _give_away(session: Any, job_id: str) -> None:
    job = session.get(Job, job_id)
    job.owner, job.attempt = "elsewhere:1:1:1", job.attempt + 1
