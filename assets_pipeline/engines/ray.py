"""Conversions as Ray tasks: a local cluster when none is given, the one at ``RAY_ADDRESS`` otherwise.

With more than one machine, the photos and OUT must lie on storage that all of them mount at the same path.
"""

from __future__ import annotations

import contextlib
import logging
import math
import os
import time
from typing import Any

from assets_pipeline.engines import Finished, Message, Stepped
from assets_pipeline.engines.job import Job, clean, died, run
from assets_pipeline.errors import Cancelled, MachineError
from assets_pipeline.progress import Event, Progress
from assets_pipeline.report import Report

REPORT_EVERY_S = 0.5


class RayEngine:
    """Ray tasks, ``slots`` at a time; each asks Ray for as many CPUs as its job has threads."""

    def __init__(self, slots: int) -> None:
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        try:
            import ray
            from ray.util.queue import Queue
        except ImportError as e:
            raise MachineError(
                "RAY_MISSING",
                "Ray is not installed.",
                "Install it with: pip install 'showfloor[ray]', or use --engine local.",
            ) from e
        self._ray = ray
        self._owns = not ray.is_initialized()
        try:
            if self._owns:
                ray.init(include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR)
            self.slots = slots
            self._events = Queue(actor_options={"num_cpus": 0})
        except (ConnectionError, RuntimeError, ValueError, TimeoutError) as e:
            raise MachineError(
                "RAY_UNREACHABLE",
                f"No Ray cluster answers at {os.environ.get('RAY_ADDRESS', 'this machine')}: {e}".rstrip(".") + ".",
                "Check RAY_ADDRESS, start the cluster, or use --engine local.",
            ) from e
        self._task = ray.remote(max_calls=1, max_retries=0)(_task)
        self._running: dict[Any, Job] = {}
        self._cancelled: dict[Any, float] = {}  # when to end it by force, on the monotonic clock

    def start(self, job: Job) -> None:
        self._running[self._task.options(num_cpus=job.threads).remote(job, self._events)] = job

    def poll(self, timeout_s: float) -> list[Message]:
        if not self._running:
            return []
        done, _ = self._ray.wait(list(self._running), timeout=timeout_s)
        jobs = {j.name: j for j in self._running.values()}
        messages: list[Message] = [
            Stepped(jobs[name], event)
            for name, event in self._events.get_nowait_batch(self._events.qsize())
            if name in jobs
        ]
        for ref, force_s in self._cancelled.items():
            if time.monotonic() >= force_s:
                self._cancelled[ref] = math.inf
                self._ray.cancel(ref, force=True)
        return messages + [self._finish(ref) for ref in done]

    def cancel(self, job: Job, grace_s: float) -> None:
        for ref, running in self._running.items():
            if running.name == job.name and ref not in self._cancelled:
                self._cancelled[ref] = time.monotonic() + grace_s
                self._ray.cancel(ref)

    def stop(self, grace_s: float) -> None:
        for job in self._running.values():
            self.cancel(job, grace_s)
        deadline = time.monotonic() + 2 * grace_s
        while self._running and time.monotonic() < deadline:
            self.poll(0.1)
        for job in self._running.values():
            clean(job)
        self._running.clear()
        self._events.shutdown(force=True)
        if self._owns:
            self._ray.shutdown()

    def _finish(self, ref: Any) -> Finished:
        job = self._running.pop(ref)
        cancelled = self._cancelled.pop(ref, None) is not None
        try:
            report, retry = self._ray.get(ref)
            return Finished(job, report, retry)
        except self._ray.exceptions.RayError as e:
            if cancelled:
                clean(job)
                return Finished(job, None)
            return Finished(job, died(job, f"was lost by Ray ({type(e).__name__})"), retry=True)


def _task(job: Job, events: Any) -> tuple[Report | None, bool]:
    last_stage, last_s = "", 0.0

    def tell(event: Event) -> None:
        nonlocal last_stage, last_s
        now = time.monotonic()
        if event.preview or event.stage != last_stage or now - last_s > REPORT_EVERY_S:
            last_stage, last_s = event.stage, now
            with contextlib.suppress(Exception):  # progress is a courtesy; it never fails the work
                events.put_nowait((job.name, event))

    try:
        return run(job, Progress(listener=tell))
    except Cancelled:
        return None, False
