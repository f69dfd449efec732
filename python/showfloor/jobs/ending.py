"""How an attempt at a job ended, and what that means for the job."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from assets_pipeline.engines import Finished
from assets_pipeline.errors import MachineError, ShowfloorError
from assets_pipeline.report import Report
from showfloor.jobs.queue import problem_of

DIED = MachineError(
    "WORKER_DIED",
    "The worker or its server died each time that the job was begun.",
    "Most often memory ran out: use fewer or smaller photos, or give the server more.",
)
FIXES = {
    "WORKER_DIED": DIED.fix,
    "OUT_OF_MEMORY": DIED.fix,
    "DISK_FULL": "Free some space on the server, then ask again.",
    "OUT_NOT_WRITABLE": "Give the server the right to write to its data_dir, then ask again.",
    "UNEXPECTED": "Please report it with what the server's log says of the job.",
}
"""What to do about a failure of the machine, where ``convert`` speaks of its own command line."""


@dataclass(frozen=True)
class Ending:
    """``made``: a result to publish; ``failed``; ``stopped``: because somebody asked."""

    kind: Literal["made", "failed", "stopped"]
    report: Report | None = None
    problem: dict[str, str] | None = None
    reasons: tuple[str, ...] = ()
    retry: bool = False
    """Another attempt may succeed."""

    @classmethod
    def of(cls, message: Finished, *, cancelling: bool) -> Ending:
        """What the engine's last word on an attempt means."""
        report = message.report
        if report is None and cancelling:
            return cls("stopped")
        if report is None:
            return cls.failure(DIED, retry=True)
        if report.error is not None:
            error = report.error
            problem = {"code": error.code, "message": error.message, "fix": FIXES.get(error.code, error.fix)}
            return cls("failed", report, problem, report.reasons, message.retry)
        if report.verdict == "fail":
            rejected = ShowfloorError(
                "RESULT_REJECTED",
                f"The result is not fit for use: {' '.join(report.reasons)}",
                "Choose a profile with larger limits, or take better photos.",
            )
            return cls("failed", report, problem_of(rejected), report.reasons)
        return cls("made", report)

    @classmethod
    def failure(cls, error: ShowfloorError, *, retry: bool) -> Ending:
        problem = problem_of(error) | {"fix": FIXES.get(error.code, error.fix)}
        return cls("failed", None, problem, (error.message,), retry)
