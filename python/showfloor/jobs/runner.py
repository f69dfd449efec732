"""Runs jobs: claims them from the database, drives their workers, writes down what becomes of them.

Any number of servers may run on one database. What a server promises is in the rows (``jobs.queue``): after a kill -9
its jobs are begun again by whoever sees first that it is gone, at once on the same machine, after the lease elsewhere.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shutil
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from assets_pipeline.capture.inputs import safe_name
from assets_pipeline.engines import Engine, Finished, Job, Message, Stepped
from assets_pipeline.engines.job import Work
from assets_pipeline.errors import MachineError, ShowfloorError
from assets_pipeline.progress import Event
from assets_pipeline.recipes.options import ConvertOptions
from showfloor.jobs import queue
from showfloor.jobs.driver import Driver, engine_of
from showfloor.jobs.ending import DIED, Ending
from showfloor.jobs.messages import STAGES
from showfloor.jobs.owner import is_gone, new_owner
from showfloor.jobs.publish import publish, store
from showfloor.jobs.watch import Live, Watch
from showfloor.jobs.work import Input, reconstruct
from showfloor.settings import Settings
from showfloor.store.blobs import Blobs
from showfloor.store.database import Database
from showfloor.store.shelves import disk_errors

T = TypeVar("T")
log = logging.getLogger(__name__)

MAX_PREVIEW_BYTES = 64 * 1024
MAX_MESSAGE_CHARACTERS = 300
BACKOFF_S = (0.5, 5.0)


@dataclass(frozen=True)
class Pace:
    """How quickly a runner acts, seconds."""

    lease_s: float = 15.0
    """For how long a job is held without a sign of life."""
    renew_s: float = 5.0
    look_s: float = 1.0
    """Between looks for jobs that others have queued or lost."""
    flag_s: float = 0.3
    """Between looks whether a running job shall stop."""
    note_s: float = 1.0
    """Between notes of the progress of one job."""
    grace_s: float = 0.7
    """For a worker to stop by itself; then it is killed."""
    retry_s: float = 1.0
    """Before a job is begun again after a failure of the machine, times the attempts so far."""


@dataclass
class _Run:
    """One attempt that this process holds."""

    task: queue.Task
    job: Job
    renewed: float
    live: Live
    noted: Live
    noted_s: float = 0.0
    cancelling: bool = False
    lost: bool = False
    ending: bool = False

    @property
    def hold(self) -> queue.Hold:
        return self.task.hold


class Runner:
    """Runs jobs of the database, ``settings.workers`` at once. Belongs to one event loop.

    Work of the runner never blocks the event loop: the database has threads of its own, the engine has one, and files
    are stored by two more.
    """

    def __init__(
        self,
        db: Database,
        blobs: Blobs,
        settings: Settings,
        *,
        work: Work = reconstruct,
        engine: Callable[[Settings], Engine] = engine_of,
        pace: Pace = Pace(),
    ) -> None:
        self.watch = Watch(db, blobs)
        self._db = db
        self._blobs = blobs
        self._settings = settings
        self._work = work
        self._pace = pace
        self._owner = new_owner()
        self._folder = settings.root / "work"
        self._threads = max(1, _cores() // max(1, settings.workers))
        self._driver = Driver(partial(engine, settings), self._on_message)
        self._runs: dict[str, _Run] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._pool = ThreadPoolExecutor(2, "results")
        self._wake = asyncio.Event()
        self._looked_s = 0.0
        self._stopping = False
        self._loop: asyncio.Task[None] | None = None

    @property
    def running(self) -> int:
        """Jobs that this process runs."""
        return len(self._runs)

    async def start(self) -> None:
        """Begin to run jobs, those that a server which died here left behind included.

        Raises:
            MachineError: RAY_MISSING, RAY_UNREACHABLE.
        """
        if not self._settings.workers:
            return
        await self._driver.open()
        self._loop = asyncio.create_task(self._run(), name="jobs")

    async def close(self) -> None:
        """Stop the workers; their jobs go back into the queue. Watchers end with UNAVAILABLE."""
        self._stopping = True
        self.watch.close()
        if self._loop is not None:
            self._wake.set()
            await self._loop
            await self._driver.close(self._pace.grace_s)
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=self._pace.renew_s)
            for run in list(self._runs.values()):
                await self._in_thread(_clear, run.job.out_dir)  # first: it may be begun again in this very folder
                with contextlib.suppress(ShowfloorError):
                    await self._db.run(queue.put_back, run.hold, count=False)
        self._pool.shutdown(wait=False, cancel_futures=True)

    def wake(self) -> None:
        """A job was queued, or shall stop: look at once."""
        self._looked_s = 0.0
        self._wake.set()

    async def _run(self) -> None:
        while not self._stopping:
            try:
                await self._look_after()
                if time.monotonic() - self._looked_s >= self._pace.look_s:
                    self._looked_s = time.monotonic()
                    await self._take()
            except ShowfloorError as e:
                log.warning("Jobs wait: %s", e)
                await asyncio.sleep(BACKOFF_S[0])
            except Exception:
                log.exception("The runner of jobs met an error that it does not know")
                await asyncio.sleep(BACKOFF_S[1])
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), self._pace.flag_s if self._runs else self._pace.look_s)
            self._wake.clear()

    async def _look_after(self) -> None:
        """Obey what the rows of running jobs say, renew leases, write progress down."""
        runs = [r for r in self._runs.values() if not r.lost]
        if not runs:
            return
        rows = await self._db.read(queue.flags, [r.hold.job_id for r in runs])
        for r in runs:
            row = rows.get(r.hold.job_id)
            if r.ending:
                continue
            if not r.hold.of(row):
                log.warning("job %s: another server has it now", r.hold.job_id)
                r.lost = True
                self._driver.cancel(r.job, 0.0)
            elif row is not None and row.cancel and not r.cancelling:
                r.cancelling = True
                self._driver.cancel(r.job, self._pace.grace_s)
        now = time.monotonic()
        held = [r for r in runs if not r.lost]
        due = [r for r in held if now - r.renewed >= self._pace.renew_s]
        told = [r for r in held if r.live != r.noted and now - r.noted_s >= self._pace.note_s]
        if due or told:
            notes = [queue.Note(r.hold, r.live.stage, r.live.fraction, r.live.message) for r in told]
            written = [r.live for r in told]
            await self._db.run(queue.renew, [r.hold for r in due], notes, self._pace.lease_s)
            for r in due:
                r.renewed = now
            for r, live in zip(told, written, strict=True):
                r.noted, r.noted_s = live, now

    async def _take(self) -> None:
        """Take back the jobs of dead servers, then claim jobs while there is room."""
        due = await self._db.read(queue.look)
        gone = [owner for owner in due.owners if owner != self._owner and is_gone(owner)]
        if gone or due.lapsed:
            spare = [r.hold.job_id for r in self._runs.values()]
            for job_id, state in await self._db.run(queue.reap, gone, spare, self._settings.max_attempts, DIED):
                log.warning("job %s: its server died; state is now %d", job_id, state)
                self.watch.changed(job_id)
        while not self._stopping and self._has_room():
            task = await self._db.run(queue.claim, self._owner, self._pace.lease_s)
            if task is None:
                return
            self._start(task)

    def _has_room(self) -> bool:
        """Results that wait for a store which is away do not pile up without end."""
        working = sum(not r.ending for r in self._runs.values())
        return working < self._settings.workers and len(self._runs) < 4 * self._settings.workers

    def _start(self, task: queue.Task) -> None:
        hold = task.hold
        folder = self._folder / hold.job_id / str(hold.attempt)
        product = Input(safe_name(task.display_name), folder / "input", self._settings.blobs, task.files)
        options = ConvertOptions(**task.options)
        name = f"{hold.job_id}.{hold.attempt}"
        job = Job(name, product, folder, options, task.profile, self._work, "", self._threads)
        live = Live(hold.attempt)
        self._runs[name] = _Run(task, job, time.monotonic(), live, live)
        self.watch.progress(hold.job_id, live)
        log.info("job %s: attempt %d begins", hold.job_id, hold.attempt)
        self._driver.start(job)

    def _on_message(self, message: Message) -> None:
        run = self._runs.get(message.job.name)
        if run is None:
            return
        if isinstance(message, Finished):
            run.ending = True
            self._spawn(self._finish(run, message))
        elif isinstance(message, Stepped):
            self._on_event(run, message.event)

    def _on_event(self, run: _Run, event: Event) -> None:
        if event.preview:
            if len(event.preview) <= MAX_PREVIEW_BYTES:
                self._spawn(self._show(run, event.preview))
            return
        stage = STAGES.get(event.stage, event.stage)[:32]
        message = event.message.replace("\0", "")[:MAX_MESSAGE_CHARACTERS] or run.live.message
        run.live = Live(run.hold.attempt, stage, event.fraction, message)
        if not run.lost:
            self.watch.progress(run.hold.job_id, run.live)

    async def _show(self, run: _Run, preview: bytes) -> None:
        try:
            sha256 = await self._in_thread(self._blobs.put_bytes, preview, "image/jpeg")
            await self._db.run(queue.show, run.hold, sha256)
            self.watch.changed(run.hold.job_id)
        except ShowfloorError as e:  # a picture less is no reason to fail
            log.warning("job %s: no preview: %s", run.hold.job_id, e)

    async def _finish(self, run: _Run, message: Finished) -> None:
        """Write down how the attempt ended, as often as it takes: the database may be away just now."""
        job_id, wait_s = run.hold.job_id, BACKOFF_S[0]
        ending = Ending.of(message, cancelling=run.cancelling)
        if ending.problem and ending.problem["code"] == "UNEXPECTED":
            log.error("job %s: %s\n%s", job_id, ending.problem["message"], _error_log(run.job))
        while not run.lost:
            try:
                await self._settle(run, ending)
                break
            except ShowfloorError as e:
                log.warning("job %s: its end cannot be written: %s", job_id, e)
            except Exception as e:
                log.exception("job %s: its end cannot be written", job_id)
                error = MachineError("UNEXPECTED", f"The result cannot be used: {type(e).__name__}.", "")
                ending = Ending.failure(error, retry=False)
            if self._stopping:
                return
            await asyncio.sleep(wait_s)
            wait_s = min(2 * wait_s, BACKOFF_S[1])
        await self._in_thread(_clear, run.job.out_dir)
        self._runs.pop(run.job.name, None)
        self.watch.settled(job_id)
        self.wake()

    async def _settle(self, run: _Run, ending: Ending) -> None:
        """Bring the row to where the ending leads.

        Raises:
            ShowfloorError: The database or the blob store cannot take it now.
        """
        hold, live = run.hold, run.live
        note = queue.Note(hold, live.stage, live.fraction, live.message)
        await self._db.run(queue.renew, [hold], [note], self._pace.lease_s)
        if ending.kind == "made" and ending.report is not None:
            try:
                with disk_errors():
                    made = await self._in_thread(
                        store, self._blobs, run.job.folder, run.job.product.name, ending.report
                    )
                outcome: str = await self._db.run(publish, hold, made)
            except MachineError as e:
                ending = Ending.failure(e, retry=True)
        if ending.kind == "failed" and ending.retry and hold.attempt < self._settings.max_attempts:
            await self._db.run(queue.put_back, hold, delay_s=self._pace.retry_s * hold.attempt)
            outcome = "put back"
        elif ending.kind == "failed":
            await self._db.run(queue.fail, hold, ending.problem or {}, ending.reasons)
            outcome = "failed"
        elif ending.kind == "stopped":
            await self._db.run(queue.stop, hold)
            outcome = "cancelled"
        code = ending.problem["code"] if ending.problem else ""
        log.info("job %s: attempt %d %s %s", hold.job_id, hold.attempt, outcome, code)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _in_thread(self, fn: Callable[..., T], *args: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, partial(fn, *args))


def _error_log(job: Job) -> str:
    try:
        return (job.folder / "error.log").read_text(encoding="utf-8")
    except OSError:
        return ""


def _clear(attempt: Path) -> None:
    """Remove the files of an attempt and of those before it."""
    for number in range(1, int(attempt.name) + 1):
        shutil.rmtree(attempt.parent / str(number), ignore_errors=True)
    with contextlib.suppress(OSError):  # a later attempt has begun, or nothing was written
        attempt.parent.rmdir()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
