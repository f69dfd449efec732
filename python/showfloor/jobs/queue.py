"""The queue of jobs as rows. Each function is one step of a job's life and runs in one transaction.

A server holds a job while the row names it as owner and its lease runs. Whatever a server writes about a job it writes
only while it holds it, so that of two servers that both believe to have a job one is ignored.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from assets_pipeline.errors import ShowfloorError
from showfloor.store.blobs import claim as claim_blobs
from showfloor.store.tables import Capture, CaptureFile, Job, now
from showfloor.v1.generation_pb2 import JobState

QUEUED = int(JobState.JOB_STATE_QUEUED)
RUNNING = int(JobState.JOB_STATE_RUNNING)
SUCCEEDED = int(JobState.JOB_STATE_SUCCEEDED)
FAILED = int(JobState.JOB_STATE_FAILED)
CANCELLED = int(JobState.JOB_STATE_CANCELLED)
OPEN = (QUEUED, RUNNING)


@dataclass(frozen=True)
class Hold:
    """A server's claim to one attempt at a job; void as soon as the row says otherwise."""

    job_id: str
    owner: str
    attempt: int

    def of(self, job: Job | None) -> bool:
        return (
            job is not None
            and (job.state, job.owner, job.attempt) == (RUNNING, self.owner, self.attempt)
        )  # fmt: skip


@dataclass(frozen=True)
class Task:
    """A job that was just claimed, with all that its worker needs."""

    hold: Hold
    kind: int
    profile: str
    options: dict[str, Any]
    display_name: str
    capture_kind: int
    files: tuple[tuple[str, str], ...]
    """``(name, sha256)``"""


@dataclass(frozen=True)
class Due:
    """What there is to do for a server that has room."""

    waiting: bool
    lapsed: bool
    owners: frozenset[str]
    """Owners of the jobs that run."""


@dataclass(frozen=True)
class Note:
    """Progress to write down."""

    hold: Hold
    stage: str
    fraction: float
    message: str


def look(session: Session) -> Due:
    """What waits, and whose jobs run."""
    ready = select(Job.id).where(_ready()).limit(1)
    owners = select(Job.owner, func.min(Job.lease_time)).where(Job.state == RUNNING).group_by(Job.owner)
    leases = session.execute(owners).all()
    return Due(
        session.scalar(ready) is not None,
        any(lease is None or lease < now() for _, lease in leases),
        frozenset(owner for owner, _ in leases if owner),
    )


def claim(session: Session, owner: str, lease_s: float) -> Task | None:
    """Take the job that has waited longest; None when none waits."""
    oldest = select(Job).where(_ready()).order_by(Job.create_time, Job.id).limit(1)
    job = session.scalar(oldest.with_for_update(skip_locked=True))
    if job is None:
        return None
    job.state, job.owner, job.lease_time = RUNNING, owner, now() + timedelta(seconds=lease_s)
    job.attempt += 1
    job.start_time = job.start_time or now()
    _forget_progress(job)
    capture = session.get(Capture, job.capture_id) if job.capture_id else None
    files = session.execute(
        select(CaptureFile.name, CaptureFile.blob)
        .where(CaptureFile.capture_id == job.capture_id, CaptureFile.blob.is_not(None))
        .order_by(CaptureFile.position)
    )
    return Task(
        Hold(job.id, owner, job.attempt), job.kind, job.profile, job.options, job.display_name,
        capture.kind if capture else 0, tuple((name, blob) for name, blob in files if blob),
    )  # fmt: skip


def flags(session: Session, job_ids: Collection[str]) -> dict[str, Job]:
    """The rows of jobs by id."""
    return {job.id: job for job in session.scalars(select(Job).where(Job.id.in_(job_ids)))}


def renew(session: Session, holds: Iterable[Hold], notes: Iterable[Note], lease_s: float) -> None:
    """Prolong leases and write progress down."""
    for hold in holds:
        if (job := _held(session, hold)) is not None:
            job.lease_time = now() + timedelta(seconds=lease_s)
    for note in notes:
        if (job := _held(session, note.hold)) is not None:
            job.stage, job.fraction, job.message = note.stage, note.fraction, note.message


def show(session: Session, hold: Hold, preview: str) -> None:
    """Set the picture of what there is so far; ``preview`` is a blob."""
    if (job := _held(session, hold)) is not None:
        claim_blobs(session, preview)
        job.preview = preview


def put_back(session: Session, hold: Hold, *, delay_s: float = 0.0, count: bool = True) -> None:
    """Give up a job so that it is begun again, not before ``delay_s``; ``count`` whether the attempt counts."""
    if (job := _held(session, hold)) is not None:
        _put_back(job, delay_s, count)


def fail(session: Session, hold: Hold, problem: dict[str, str], reasons: Iterable[str] = ()) -> None:
    """End a job that did not come to a result."""
    if (job := _held(session, hold)) is not None:
        if job.cancel:
            end(job, CANCELLED)
        else:
            job.problem, job.verdict, job.reasons = problem, "fail", list(reasons)
            end(job, FAILED)


def stop(session: Session, hold: Hold) -> None:
    """End a job whose worker has stopped because it was asked to."""
    if (job := _held(session, hold)) is not None:
        end(job, CANCELLED)


def reap(
    session: Session, gone: Collection[str], spare: Collection[str], max_attempts: int, error: ShowfloorError
) -> list[tuple[str, int]]:
    """Take back the jobs of owners that are ``gone`` or whose lease has run out, except the jobs ``spare``.

    They go back into the queue; those begun ``max_attempts`` times fail with ``error``. Returns ids and new states.
    """
    lapsed = or_(Job.lease_time.is_(None), Job.lease_time < now(), Job.owner.in_(gone))
    jobs = session.scalars(
        select(Job).where(Job.state == RUNNING, lapsed, Job.id.not_in(spare)).with_for_update(skip_locked=True)
    ).all()
    for job in jobs:
        if job.attempt < max_attempts or job.cancel:
            _put_back(job, 0.0, True)
        else:
            job.problem = problem_of(error)
            end(job, FAILED)
    return [(job.id, job.state) for job in jobs]


def request_cancel(session: Session, job: Job) -> None:
    """Ask a job to stop; one that waits ends at once, one that has ended stays as it is."""
    session.refresh(job, with_for_update=True)
    if job.state == QUEUED:
        end(job, CANCELLED)
    elif job.state == RUNNING:
        job.cancel = True


def end(job: Job, state: int) -> None:
    """Put a job into one of its last states."""
    job.state, job.end_time, job.owner, job.lease_time = state, now(), None, None


def problem_of(error: ShowfloorError) -> dict[str, str]:
    return {"code": error.code, "message": error.message, "fix": error.fix}


def _ready() -> ColumnElement[bool]:
    return (Job.state == QUEUED) & or_(Job.lease_time.is_(None), Job.lease_time <= now())


def _held(session: Session, hold: Hold) -> Job | None:
    job = session.get(Job, hold.job_id, with_for_update=True)
    return job if hold.of(job) else None


def _put_back(job: Job, delay_s: float, count: bool) -> None:
    if job.cancel:
        end(job, CANCELLED)
        return
    job.state, job.owner = QUEUED, None
    job.lease_time = now() + timedelta(seconds=delay_s) if delay_s else None
    job.attempt -= 0 if count else 1
    _forget_progress(job)


def _forget_progress(job: Job) -> None:
    job.stage, job.fraction, job.message = "", 0.0, ""
