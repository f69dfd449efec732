"""One fresh process per product, so that a crash or a leak ends with the product that caused it."""

from __future__ import annotations

import contextlib
import math
import multiprocessing
import os
import signal
import threading
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess

from assets_pipeline.engines import Finished, Message, Stepped
from assets_pipeline.engines.job import Job, clean, died, run
from assets_pipeline.errors import Cancelled
from assets_pipeline.progress import Event, Progress
from assets_pipeline.report import Report

THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "OPENCV_FOR_THREADS_NUM",
)
ORPHAN_GRACE_S = 2.0
EXIT_GRACE_S = 1.0  # for a worker that has given its answer
REPORT_EVERY_S = 0.05


@dataclass
class _Running:
    job: Job
    process: SpawnProcess
    pipe: Connection
    cancelled: bool = False
    kill_s: float = math.inf  # on the monotonic clock


class LocalEngine:
    """Worker processes of this machine, ``slots`` at a time."""

    def __init__(self, slots: int) -> None:
        self.slots = slots
        self._context = multiprocessing.get_context("spawn")
        self._running: dict[Connection, _Running] = {}

    def start(self, job: Job) -> None:
        mine, theirs = self._context.Pipe()
        process = self._context.Process(target=_work, args=(job, theirs), name=f"showfloor {job.name}", daemon=False)
        with _thread_limits(job.threads), _no_interrupt():
            process.start()
        theirs.close()  # so that the end of the process closes the pipe
        self._running[mine] = _Running(job, process, mine)

    def poll(self, timeout_s: float) -> list[Message]:
        messages: list[Message] = []
        now = time.monotonic()
        soonest_s = min((r.kill_s - now for r in self._running.values()), default=timeout_s)
        for pipe in wait(list(self._running), max(0.0, min(timeout_s, soonest_s))):
            messages += self._receive(self._running[pipe])  # type: ignore[index]
        for r in self._running.values():
            if time.monotonic() >= r.kill_s:
                r.kill_s = math.inf
                _kill(r.process)
        return messages

    def cancel(self, job: Job, grace_s: float) -> None:
        for r in self._running.values():
            if r.job.name == job.name and not r.cancelled:
                r.cancelled, r.kill_s = True, time.monotonic() + grace_s
                with contextlib.suppress(OSError):
                    r.pipe.send("cancel")

    def stop(self, grace_s: float) -> None:
        for r in self._running.values():
            self.cancel(r.job, grace_s)
        while self._running:
            self.poll(0.1)

    def _receive(self, r: _Running) -> list[Message]:
        try:
            message = r.pipe.recv()
        except (EOFError, OSError):
            self._end(r)
            if r.cancelled:
                clean(r.job)
                return [Finished(r.job, None)]
            return [Finished(r.job, died(r.job, _how(r.process.exitcode)), retry=True)]
        if isinstance(message, Event):
            return [Stepped(r.job, message)]
        self._end(r)
        report, retry = message
        return [Finished(r.job, report, retry)]

    def _end(self, r: _Running) -> None:
        r.process.join(EXIT_GRACE_S)
        if r.process.is_alive():
            _kill(r.process)
            r.process.join()
        r.pipe.close()
        del self._running[r.pipe]


def _kill(process: SpawnProcess) -> None:
    """End a worker and the programs that it runs."""
    if process.pid is not None and hasattr(os, "killpg"):
        with contextlib.suppress(OSError):  # it is so young that it has no group of its own yet
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()


def _how(exit_code: int | None) -> str:
    if exit_code is not None and exit_code < 0:
        return f"was killed by signal {-exit_code} ({signal.Signals(-exit_code).name})"
    return f"ended with exit code {exit_code}"


@contextlib.contextmanager
def _thread_limits(threads: int) -> Iterator[None]:
    """Numerical libraries read their thread count from the environment when they load; the child inherits it."""
    before = {k: os.environ.get(k) for k in THREAD_VARIABLES}
    os.environ.update({k: v or str(threads) for k, v in before.items()})
    try:
        yield
    finally:
        for k, v in before.items():
            if v is None:
                del os.environ[k]


@contextlib.contextmanager
def _no_interrupt() -> Iterator[None]:
    """Ctrl-C reaches the whole group; a child started in here never sees it, and the parent sees it afterwards."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # its first start, inside the child's, would lift the block
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(job: Job, pipe: Connection) -> None:
    """The worker process: the job runs in the main thread, a side thread listens for the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    if hasattr(os, "setpgrp"):
        os.setpgrp()  # so that the programs it runs end with it
    warnings.simplefilter("ignore")  # what libraries warn their programmers about means nothing to an artist
    progress = Progress()
    last_stage, last_s = "", 0.0

    def tell(event: Event) -> None:
        nonlocal last_stage, last_s
        now = time.monotonic()
        if event.preview or event.stage != last_stage or now - last_s > REPORT_EVERY_S:
            last_stage, last_s = event.stage, now
            with contextlib.suppress(OSError):
                pipe.send(event)

    progress.listener = tell
    threading.Thread(target=_listen, args=(pipe, progress), daemon=True).start()
    answer: tuple[Report | None, bool]
    try:
        answer = run(job, progress)
    except Cancelled:
        answer = (None, False)
    with contextlib.suppress(OSError):  # the parent is gone
        pipe.send(answer)


def _listen(pipe: Connection, progress: Progress) -> None:
    try:
        while True:
            pipe.recv()
            progress.cancel()
    except (EOFError, OSError):  # the parent is gone: finish quickly, or be finished
        progress.cancel()
        time.sleep(ORPHAN_GRACE_S)
        if hasattr(os, "killpg"):
            os.killpg(0, signal.SIGKILL)
        os._exit(1)
