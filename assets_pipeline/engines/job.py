"""One product inside a worker: run it in a hidden folder, turn every failure into a report, publish by rename."""

from __future__ import annotations

import errno
import shutil
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psutil

from assets_pipeline.errors import Cancelled, MachineError, ShowfloorError
from assets_pipeline.files import FULL_DISK, unwritable
from assets_pipeline.progress import Progress
from assets_pipeline.report import Report

try:
    import resource
except ImportError:  # Windows keeps no such record: what is resident now stands for the peak
    resource = None  # type: ignore[assignment]

Work = Callable[[Any, Path, Any, Progress], Report]
"""``work(product, folder, options, progress) -> Report``: writes its files into ``folder``. Must be picklable."""


@dataclass(frozen=True)
class Job:
    """One product to convert. ``product`` has ``name``; ``name`` is the safe, unique name of its folder."""

    name: str
    product: Any
    out_dir: Path
    options: Any
    profile: str
    work: Work
    fingerprint: str
    threads: int

    @property
    def folder(self) -> Path:
        return self.out_dir / self.name

    @property
    def old(self) -> Path:
        """Where an earlier result waits while the new one takes its place."""
        return self.out_dir / f".{self.name}.old"

    @property
    def part(self) -> Path:
        """Where the files are written before they are complete."""
        return self.out_dir / f".{self.name}.part"


def run(job: Job, progress: Progress) -> tuple[Report, bool]:
    """Convert one product and publish its folder.

    Returns the report, and whether a failure is worth another try later (the machine's fault, not the photos').
    Raises ``Cancelled`` after cleaning up when the progress was cancelled.
    """
    start = time.perf_counter()
    clean(job)
    try:
        job.part.mkdir(parents=True)
        report, retry = job.work(job.product, job.part, job.options, progress), False
    except Cancelled:
        _remove(job.part)
        raise
    except BaseException as e:
        report, retry = failed(job, e)
    report = replace(
        report,
        name=job.name,
        timings_s={**progress.timings_s, **report.timings_s, "total": time.perf_counter() - start},
        peak_memory_mb=max(report.peak_memory_mb, peak_memory_mb()),
    )
    try:
        publish(job, report)
    except (OSError, MachineError) as e:
        error = unwritable(job.folder, e) if isinstance(e, OSError) else e
        report, retry = Report.failure(job.name, job.profile, error), True
    finally:
        _remove(job.part)
    return report, retry


def failed(job: Job, error: BaseException) -> tuple[Report, bool]:
    """The report for an exception, and whether another try may succeed. Leaves no half made file behind."""
    _remove(job.part)
    if isinstance(error, KeyboardInterrupt):  # Ray cancels by interrupting
        raise Cancelled() from error
    known = _known(job, error)
    report = Report.failure(job.name, job.profile, known)
    if known.code == "UNEXPECTED":
        try:
            job.part.mkdir(parents=True, exist_ok=True)
            (job.part / "error.log").write_text("".join(traceback.format_exception(error)), encoding="utf-8")
            report = replace(report, files=("error.log",))
        except OSError:
            pass  # the report still tells the message
    return report, isinstance(known, MachineError)


def publish(job: Job, report: Report) -> None:
    """Write the report beside the files and move the finished folder to its place in one step."""
    job.part.mkdir(parents=True, exist_ok=True)
    report.write(job.part)
    _remove(job.old)
    if job.folder.exists():
        job.folder.rename(job.old)
    job.part.rename(job.folder)
    _remove(job.old)


def clean(job: Job) -> None:
    """Take away what a worker that was killed left behind; an earlier result that it had moved aside comes back."""
    _remove(job.part)
    if job.old.exists() and not job.folder.exists():
        job.old.rename(job.folder)
    _remove(job.old)


def died(job: Job, how: str) -> Report:
    """The published report of a job whose worker process ended without an answer."""
    clean(job)
    error = MachineError(
        "WORKER_DIED",
        f"The worker process of '{job.name}' {how}, most likely because the machine ran out of memory.",
        "Run the same command again with fewer --workers, or close other programs.",
    )
    report = Report.failure(job.name, job.profile, error)
    try:
        publish(job, report)
    except (OSError, MachineError):
        _remove(job.part)
    return report


def peak_memory_mb() -> float:
    """Largest resident memory of this process so far, in 1e6 bytes."""
    if resource is None:
        return float(psutil.Process().memory_info().rss / 1e6)
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def _known(job: Job, error: BaseException) -> ShowfloorError:
    if isinstance(error, ShowfloorError):
        return error
    if isinstance(error, MemoryError):
        return MachineError(
            "OUT_OF_MEMORY",
            f"'{job.name}' needs more memory than this machine has free.",
            "Run it with --workers 1, close other programs, or use smaller photos.",
        )
    if isinstance(error, OSError) and error.errno in (*FULL_DISK, errno.EACCES, errno.EPERM, errno.EROFS):
        return unwritable(job.folder, error)
    return MachineError(
        "UNEXPECTED",
        f"'{job.name}' met an error that Showfloor does not know: {type(error).__name__}: {error}".rstrip(".") + ".",
        f"Please report it with the file {job.name}/error.log.",
    )


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
