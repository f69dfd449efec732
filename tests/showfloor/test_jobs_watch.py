"""Watching jobs: the state at once, each change, the end; however many watch and however slowly."""

from __future__ import annotations

import asyncio
import io
from contextlib import aclosing
from pathlib import Path

import pytest
from PIL import Image
from showfloor.errors import NotFound, Unavailable
from showfloor.jobs.watch import Live
from showfloor.services.call import Call
from showfloor.v1 import generation_pb2 as pb

from tests.showfloor.job_shop import Shop, run, running, start_server


async def collect(shop: Shop, job_id: str) -> list[pb.WatchJobResponse]:
    return [state async for state in shop.service.watch_job(pb.WatchJobRequest(job_id=job_id), Call())]


def test_watchers_see_everything_from_queue_to_end(tmp_path: Path) -> None:
    async def go() -> None:
        shop = Shop(tmp_path / "data")
        job_id = await shop.begin("hold")
        early = [asyncio.create_task(collect(shop, job_id)) for _ in range(50)]
        await asyncio.sleep(0.3)
        async with running(shop):
            await shop.busy(job_id)
            late = asyncio.create_task(collect(shop, job_id))
            await asyncio.sleep(0.3)
            (shop.data / "go").touch()
            for seen in await asyncio.gather(*early):
                states = [s.job.state for s in seen]
                assert states[0] == pb.JOB_STATE_QUEUED
                assert states[-1] == pb.JOB_STATE_SUCCEEDED
                assert states.count(pb.JOB_STATE_SUCCEEDED) == 1
                assert states == sorted(states)
                running_ones = [s.job for s in seen if s.job.state == pb.JOB_STATE_RUNNING]
                assert "surface" in {j.stage for j in running_ones}
                assert "carving" in {j.message for j in running_ones}
                fractions = [j.fraction for j in running_ones]
                assert fractions == sorted(fractions)
                pictures = [s.preview.data for s in seen if s.HasField("preview")]
                assert pictures[0] == b"JPEG of hold"
                assert Image.open(io.BytesIO(pictures[-1])).size == (320, 250)
                assert len(pictures) == 2
            seen = await late
            assert (seen[0].job.state, seen[0].job.stage) == (pb.JOB_STATE_RUNNING, "surface")
            assert seen[0].preview.data == b"JPEG of hold"
            (after,) = await collect(shop, job_id)
            assert after.job == seen[-1].job
            assert after.job.asset_id.startswith("ast_")
            assert after.preview.media_type == "image/jpeg"

    run(go())


def test_jobs_of_another_server_are_seen(tmp_path: Path) -> None:
    async def go() -> None:
        shop = Shop(tmp_path / "data", workers=0)
        server = start_server(shop.data)
        async with running(shop):
            job_id = await shop.begin("hold")
            watcher = asyncio.create_task(collect(shop, job_id))
            await shop.busy(job_id)
            await asyncio.sleep(1.5)
            (shop.data / "go").touch()
            seen = await watcher
            assert "surface" in {s.job.stage for s in seen if s.job.state == pb.JOB_STATE_RUNNING}
            assert seen[-1].job.state == pb.JOB_STATE_SUCCEEDED
        server.kill()
        server.wait()

    run(go())


def test_a_slow_watcher_gets_the_newest_state_and_nothing_is_kept_for_it(tmp_path: Path) -> None:
    async def go() -> None:
        shop = Shop(tmp_path / "data", workers=0)
        async with running(shop):
            job_id = await shop.begin("good")
            shop.db.transact(_claim)
            async with aclosing(shop.service.watch(job_id)) as states:
                first = await anext(states)
                assert first.job.state == pb.JOB_STATE_RUNNING
                for n in range(1000):
                    shop.runner.watch.progress(job_id, Live(1, "camera", n / 1000, f"step {n}"))
                second = await anext(states)
                assert (second.job.fraction, second.job.message) == (0.999, "step 999")
                shop.runner.watch.progress(job_id, Live(1, "stereo", 0.9995, ""))
                assert (await anext(states)).job.stage == "stereo"
            assert not shop.runner.watch._channels

    run(go())


def test_an_unknown_job_and_a_server_that_stops(tmp_path: Path) -> None:
    async def go() -> None:
        shop = Shop(tmp_path / "data", workers=0)
        async with running(shop):
            for job_id in ("", "job_none", "x" * 10_000, "ü\0"):
                with pytest.raises(NotFound) as missing:
                    await collect(shop, job_id)
                assert missing.value.code == "JOB_NOT_FOUND"
                assert len(str(missing.value)) < 300
            job_id = await shop.begin("good")
            watcher = asyncio.create_task(collect(shop, job_id))
            await asyncio.sleep(0.3)
            shop.runner.watch.close()
            with pytest.raises(Unavailable) as stopping:
                await watcher
            assert stopping.value.code == "SERVER_STOPPING"

    run(go())


def _claim(session: object) -> None:
    from showfloor.jobs import queue

    assert queue.claim(session, "elsewhere:1:1:1", 1000.0) is not None  # type: ignore[arg-type]
