"""Many products: side by side, resumable, one failure never stops the others."""

from __future__ import annotations

import hashlib
import os
import re
import threading
import time
import unicodedata
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, is_dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import psutil

from assets_pipeline.engines import Engine, Finished, Job, Stepped
from assets_pipeline.engines.job import Work, clean
from assets_pipeline.errors import InputError
from assets_pipeline.manifest import Entry, Manifest
from assets_pipeline.outdir import prepare
from assets_pipeline.report import Report

EngineName = Literal["local", "ray"]
MEMORY_PER_WORKER_MB = 3500
CANCEL_GRACE_S = 5.0
POLL_S = 0.2


@dataclass(frozen=True)
class BatchEvent:
    """Something to show: ``kind`` is 'started', 'progress', 'finished', 'skipped'; ``done`` of ``total`` ended."""

    kind: Literal["started", "progress", "finished", "skipped"]
    name: str
    done: int
    total: int
    stage: str = ""
    fraction: float = 0.0
    message: str = ""
    report: Report | None = None


@dataclass(frozen=True)
class BatchResult:
    """All reports in the order of the products; those of a cancelled run that did not end are missing."""

    reports: tuple[Report, ...]
    skipped: tuple[str, ...]
    cancelled: bool
    seconds: float

    @property
    def exit_code(self) -> int:
        """0: all pass or warn; 1: some failed; 130: cancelled."""
        if self.cancelled:
            return 130
        return 1 if any(r.verdict == "fail" for r in self.reports) else 0


def convert_all(
    products: Sequence[Any],
    out_dir: Path,
    options: Any,
    *,
    work: Work,
    engine: EngineName = "local",
    workers: int | None = None,
    resume: bool = True,
    mb_per_product: float = 40.0,
    on_event: Callable[[BatchEvent], None] | None = None,
    cancel: threading.Event | None = None,
) -> BatchResult:
    """Convert every product into its own folder ``out_dir/<name>``.

    Each product is written in a hidden folder and moved to its place when complete, so that a run that is killed leaves
    nothing half made. ``out_dir/manifest.jsonl`` gets one line as each product ends.

    Args:
        products: Dataclasses with ``name``, ``path`` and ``files``, as ``find_products`` returns them.
        out_dir: Made when missing.
        options: Handed to ``work``; a dataclass. Part of what decides whether earlier work is still good.
        work: ``work(product, folder, options, progress) -> Report``; picklable, usually ``assets_pipeline.convert``.
        engine: ``local``: processes of this machine; ``ray``: Ray tasks (``RAY_ADDRESS`` or a local cluster).
        workers: Products at the same time; None chooses by cores and free memory.
        resume: Skip products that finished before with the same files and options. Failures of the machine
            (memory, disk, a killed worker) are tried again.
        mb_per_product: Expected size of one result, for the check of the free space.
        on_event: Called in this thread with each step.
        cancel: Set it from anywhere to stop; so does KeyboardInterrupt.

    Raises:
        InputError: NO_PRODUCTS, ENGINE_UNKNOWN, WORKERS_INVALID.
        MachineError: OUT_NOT_WRITABLE, OUT_BUSY, DISK_FULL, RAY_MISSING, RAY_UNREACHABLE.
    """
    start = time.perf_counter()
    if not products:
        raise InputError(
            "NO_PRODUCTS", "There is nothing to convert.", "Name a folder of photos, or a folder of such folders."
        )
    slots, threads = _slots(workers, len(products))
    out_dir = out_dir.expanduser().absolute()
    prepare(out_dir)
    profile = str(getattr(options, "profile", ""))
    jobs = [
        Job(name, replace(p, name=name), out_dir, options, profile, work, fingerprint(p, options), threads)
        for p, name in zip(products, folder_names(p.name for p in products), strict=True)
    ]
    with Manifest(out_dir / "manifest.jsonl") as manifest:
        for job in jobs:
            clean(job)
        reports = {j.name: r for j in jobs if resume and (r := manifest.finished(j.name, j.fingerprint)) is not None}
        waiting = [j for j in jobs if j.name not in reports]
        prepare(out_dir, mb_per_product * len(waiting))
        run = _Run(manifest, reports, len(jobs), on_event or (lambda _: None), cancel or threading.Event())
        for name, report in list(reports.items()):
            run.tell("skipped", name, report=report)
        skipped = tuple(reports)
        if waiting:
            run.drive(_engine(engine, slots), deque(waiting))
    return BatchResult(
        tuple(reports[j.name] for j in jobs if j.name in reports),
        skipped,
        run.cancel.is_set(),
        time.perf_counter() - start,
    )


@dataclass
class _Run:
    manifest: Manifest
    reports: dict[str, Report]
    total: int
    on_event: Callable[[BatchEvent], None]
    cancel: threading.Event

    def drive(self, engine: Engine, waiting: deque[Job]) -> None:
        running = 0
        try:
            while (waiting or running) and not self.cancel.is_set():
                while waiting and running < engine.slots:
                    job = waiting.popleft()
                    engine.start(job)
                    running += 1
                    self.tell("started", job.name)
                for message in engine.poll(POLL_S):
                    if isinstance(message, Stepped):
                        e = message.event
                        self.tell("progress", message.job.name, e.stage, e.fraction, e.message)
                    else:
                        running -= 1
                        self._finish(message)
        except KeyboardInterrupt:
            self.cancel.set()
        finally:
            engine.stop(CANCEL_GRACE_S)

    def tell(
        self,
        kind: Literal["started", "progress", "finished", "skipped"],
        name: str,
        stage: str = "",
        fraction: float = 0.0,
        message: str = "",
        report: Report | None = None,
    ) -> None:
        self.on_event(BatchEvent(kind, name, len(self.reports), self.total, stage, fraction, message, report))

    def _finish(self, message: Finished) -> None:
        if message.report is None:
            return
        job, report = message.job, message.report
        self.reports[job.name] = report
        self.manifest.append(Entry.of(report, job.fingerprint, message.retry))
        self.tell("finished", job.name, report=report)


def folder_names(names: Iterable[str]) -> list[str]:
    """Names that are safe as a folder on every system, each once, in the order given.

    Unicode and spaces stay; path separators, control characters and outer dots and spaces go.
    """
    taken: set[str] = set()
    safe = []
    for name in names:
        base = (
            re.sub(r'[\x00-\x1f\x7f/\\:*?"<>|]+', "_", unicodedata.normalize("NFC", name)).strip(" .")[:100]
            or "product"
        )
        unique, n = base, 2
        while unique.casefold() in taken:
            unique, n = f"{base}-{n}", n + 1
        taken.add(unique.casefold())
        safe.append(unique)
    return safe


def fingerprint(product: Any, options: Any) -> str:
    """Changes when the product's files (names, sizes, times), the options or Showfloor's version change."""
    parts = [version("showfloor"), str(product.path), repr(asdict(options) if is_dataclass(options) else options)]  # type: ignore[arg-type]
    for file in sorted(map(str, product.files)):
        try:
            s = os.stat(file)
            parts.append(f"{file} {s.st_size} {s.st_mtime_ns}")
        except OSError:
            parts.append(f"{file} missing")
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:32]


def _slots(workers: int | None, products: int) -> tuple[int, int]:
    """How many products at once, and how many threads each."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if workers is not None and workers < 1:
        raise InputError(
            "WORKERS_INVALID", f"--workers is {workers}; it must be 1 or more.", "Leave it out to let Showfloor choose."
        )
    fits = int(psutil.virtual_memory().available / 1e6 // MEMORY_PER_WORKER_MB)
    slots = min(workers or max(1, min(cores, fits)), products)
    return slots, max(1, cores // slots)


def _engine(name: str, slots: int) -> Engine:
    if name == "local":
        from assets_pipeline.engines.local import LocalEngine

        return LocalEngine(slots)
    if name == "ray":
        from assets_pipeline.engines.ray import RayEngine

        return RayEngine(slots)
    raise InputError("ENGINE_UNKNOWN", f"There is no engine '{name}'.", "Choose local or ray.")
