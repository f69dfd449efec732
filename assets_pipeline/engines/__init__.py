"""Where conversions run: worker processes of this machine, or Ray. ``batch`` drives either through one interface."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from assets_pipeline.engines.job import Job
from assets_pipeline.progress import Event
from assets_pipeline.report import Report


@dataclass(frozen=True)
class Stepped:
    """A running job moved forward."""

    job: Job
    event: Event


@dataclass(frozen=True)
class Finished:
    """A job ended; ``report`` is None when it was cancelled. ``retry``: a failure that a later run may not meet."""

    job: Job
    report: Report | None
    retry: bool = False


Message = Stepped | Finished


class Engine(Protocol):
    """Runs jobs side by side, at most ``slots`` at once."""

    slots: int

    def start(self, job: Job) -> None:
        """Begin a job; returns at once."""

    def poll(self, timeout_s: float) -> list[Message]:
        """What happened since the last call, waiting up to ``timeout_s`` for something."""

    def cancel(self, job: Job, grace_s: float) -> None:
        """Ask one job to stop; ``poll`` ends it by force after ``grace_s``. Its ``Finished`` has no report."""

    def stop(self, grace_s: float) -> None:
        """Cancel what runs, wait ``grace_s`` for it to end by itself, then end it."""


__all__ = ["Engine", "Finished", "Job", "Message", "Stepped"]
