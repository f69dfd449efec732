"""An engine in a thread of its own: neither the event loop nor another engine call ever waits for it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import queue
import threading
from collections.abc import Callable

from assets_pipeline.engines import Engine, Finished, Job, Message
from assets_pipeline.engines.job import failed
from showfloor.settings import Settings

log = logging.getLogger(__name__)

POLL_S = 0.1


def engine_of(settings: Settings) -> Engine:
    """The engine that the settings name.

    Raises:
        MachineError: RAY_MISSING, RAY_UNREACHABLE.
    """
    if settings.executor == "ray":
        from assets_pipeline.engines.ray import RayEngine

        return RayEngine(settings.workers)
    from assets_pipeline.engines.local import LocalEngine

    return LocalEngine(settings.workers)


class Driver:
    """Drives one engine; ``on_message`` is called in the event loop that called ``open``."""

    def __init__(self, make: Callable[[], Engine], on_message: Callable[[Message], None]) -> None:
        self._make = make
        self._on_message = on_message
        self._commands: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._running: dict[str, Job] = {}
        self._engine: Engine | None = None
        self._ended = False
        self._thread = threading.Thread(target=self._drive, name="jobs", daemon=True)

    async def open(self) -> None:
        """Make the engine; raises what making it raises."""
        self._loop = asyncio.get_running_loop()
        opened = self._loop.create_future()

        def make() -> None:
            try:
                self._engine = self._make()
                self._tell(opened.set_result, None)
            except Exception as e:
                self._ended = True
                self._tell(opened.set_exception, e)

        self._commands.put(make)
        self._thread.start()
        await opened

    def start(self, job: Job) -> None:
        self._commands.put(lambda: self._start(job))

    def cancel(self, job: Job, grace_s: float) -> None:
        """Stop one job; it ends with a ``Finished`` without a report."""
        self._commands.put(lambda: self._engine.cancel(job, grace_s) if self._engine else None)

    async def close(self, grace_s: float) -> None:
        """Stop all jobs, wait ``grace_s`` for them to end by themselves, then end them."""

        def stop() -> None:
            self._ended = True
            if self._engine is not None:
                self._engine.stop(grace_s)

        self._commands.put(stop)
        await asyncio.to_thread(self._thread.join)

    def _drive(self) -> None:
        while not self._ended:
            try:
                if self._engine is not None and self._running:
                    for message in self._engine.poll(POLL_S):
                        self._pass_on(message)
                self._obey(wait=not self._running)
            except Exception as e:
                log.exception("The %s has failed; its jobs are begun again", type(self._engine).__name__)
                self._give_up(e)

    def _obey(self, wait: bool) -> None:
        with contextlib.suppress(queue.Empty):
            while not self._ended:
                self._commands.get(block=wait)()
                wait = False

    def _start(self, job: Job) -> None:
        self._running[job.name] = job
        try:
            if self._engine is None:
                self._engine = self._make()
            self._engine.start(job)
        except Exception as e:
            self._lose(job, e)

    def _give_up(self, error: Exception) -> None:
        """The engine is not to be trusted any more: all it ran is lost, the next job gets a new one."""
        engine, self._engine = self._engine, None
        if engine is not None:
            with contextlib.suppress(Exception):
                engine.stop(0.0)
        for job in list(self._running.values()):
            self._lose(job, error)

    def _lose(self, job: Job, error: Exception) -> None:
        report, _ = failed(job, error)
        self._pass_on(Finished(job, report, retry=True))

    def _pass_on(self, message: Message) -> None:
        if isinstance(message, Finished):
            self._running.pop(message.job.name, None)
        self._tell(self._on_message, message)

    def _tell(self, fn: Callable[..., object], *args: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has been closed: nobody listens any more
            self._loop.call_soon_threadsafe(fn, *args)
