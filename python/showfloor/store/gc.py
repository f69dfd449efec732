"""Garbage collection: captures nobody finished, what uploads and jobs left behind, and blobs nothing refers to."""

from __future__ import annotations

import asyncio
import logging
import shutil
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from assets_pipeline.errors import ShowfloorError
from showfloor.settings import Settings
from showfloor.store.blobs import Blobs
from showfloor.store.database import Database
from showfloor.store.shelves import Shelf, disk_errors
from showfloor.store.tables import Base, Blob, Capture, Conversation, Job, now
from showfloor.v1.capture_pb2 import CAPTURE_STATE_UPLOADING
from showfloor.v1.generation_pb2 import JOB_STATE_CANCELLED, JOB_STATE_FAILED, JOB_STATE_SUCCEEDED

log = logging.getLogger(__name__)

INTERVAL_S = 3600.0
BATCH = 200
UNFINISHED_S = 24 * 3600.0
"""Age from which a half-written file belongs to nobody."""
_ENDED = (JOB_STATE_SUCCEEDED, JOB_STATE_FAILED, JOB_STATE_CANCELLED)


@dataclass(frozen=True)
class GcReport:
    """What was removed."""

    captures: int
    """Unfinished captures past their time."""
    folders: int
    """Folders of uploads and jobs that have ended."""
    blobs: int
    """Files that nothing referred to."""
    bytes: int
    """Their size."""
    conversations: int = 0
    """Conversations with the assistant that were idle for ``Settings.conversation_ttl_h``."""


def collect(db: Database, blobs: Blobs, settings: Settings, stop: threading.Event | None = None) -> GcReport:
    """Remove what is of no use any more. Blocks. Safe while servers work, and when several processes do it at once.

    A blob goes when nothing has referred to it for ``Settings.blob_grace_h``, counted from the collection that saw so
    first. It is first marked, in a transaction that sees that nothing refers to it and that nobody has put it lately; a
    marked one takes no new references (``claim``). Then its row and its file go, under the row's lock. When the
    collector dies in between, the next one goes on, or the next ``put`` of the same content takes the blob back.

    Once ``stop`` is set, it ends after the folder or the blob at hand; the report then says what was done so far.

    Raises:
        Unavailable: DATABASE_UNAVAILABLE, BLOB_STORE_UNAVAILABLE.
        MachineError: DISK_FULL, BLOBS_UNWRITABLE.
    """
    stop = stop or threading.Event()
    captures = db.transact(_drop_expired)
    conversations = db.transact(_drop_idle, now() - timedelta(hours=settings.conversation_ttl_h))
    folders = _drop_folders(db, settings.root, stop)
    _note_uses(db, stop)
    cutoff = now() - timedelta(hours=settings.blob_grace_h)
    while not stop.is_set() and db.transact(_mark, cutoff) == BATCH:
        pass
    removed = size = 0
    for sha256 in db.look(_marked, cutoff):
        if stop.is_set():
            break
        freed = db.transact(_remove, blobs.shelf, sha256)
        if freed is not None:
            removed, size = removed + 1, size + freed
    if not stop.is_set():
        with disk_errors():
            blobs.shelf.tidy(UNFINISHED_S)
    return GcReport(captures, folders, removed, size, conversations)


async def collect_regularly(db: Database, blobs: Blobs, settings: Settings, interval_s: float = INTERVAL_S) -> None:
    """``collect`` now and then, until cancelled. What fails is logged, and done the next time.

    When the cancelled task ends, no collection runs any more: cancel it and wait for it before the database is closed.
    """
    stop = threading.Event()
    while True:
        work = asyncio.ensure_future(asyncio.to_thread(collect, db, blobs, settings, stop))
        try:
            log.info("collected %s", await asyncio.shield(work))
        except asyncio.CancelledError:
            stop.set()
            await asyncio.wait([work])
            raise
        except ShowfloorError as error:
            log.warning("garbage collection: %s", error)
        except Exception:
            log.exception("garbage collection met an error that it does not know")
        await asyncio.sleep(interval_s)


def _drop_expired(session: Session) -> int:
    expired = delete(Capture).where(Capture.state == CAPTURE_STATE_UPLOADING, Capture.expire_time < now())
    return session.connection().execute(expired).rowcount


def _drop_idle(session: Session, cutoff: datetime) -> int:
    return session.connection().execute(delete(Conversation).where(Conversation.update_time < cutoff)).rowcount


def _drop_folders(db: Database, root: Path, stop: threading.Event) -> int:
    """A row is made before its folder, so a folder without one is left over."""
    removed = 0
    for kind, in_use in (("uploads", _uploading), ("work", _working)):
        with disk_errors():
            folders = list((root / kind).iterdir()) if (root / kind).is_dir() else []
        for folder in folders:
            if stop.is_set():
                return removed
            if not db.look(in_use, folder.name):
                shutil.rmtree(folder, ignore_errors=True)
                removed += 1
    return removed


def _uploading(session: Session, capture_id: str) -> bool:
    capture = session.get(Capture, capture_id)
    return capture is not None and capture.state == CAPTURE_STATE_UPLOADING


def _working(session: Session, job_id: str) -> bool:
    job = session.get(Job, job_id)
    return job is not None and job.state not in _ENDED


def _referred() -> Iterator[ColumnElement[bool]]:
    """For each column of any table that names a blob: whether one of its rows names this one."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if any(key.column is Blob.__table__.c.sha256 for key in column.foreign_keys):
                yield exists().where(column == Blob.sha256)


def _unreferred() -> list[ColumnElement[bool]]:
    return [~reference for reference in _referred()]


def _note_uses(db: Database, stop: threading.Event) -> None:
    """Keep ``Blob.unused_time``: note what nothing refers to any more, and what is used again."""
    unused = (Blob.unused_time.is_(None), *_unreferred())
    used = (Blob.unused_time.is_not(None), or_(*_referred()))
    for changed, gone in ((unused, True), (used, False)):
        found = db.look(_select, *changed)
        for first in range(0, len(found), BATCH):
            if stop.is_set():
                return
            db.transact(_note, found[first : first + BATCH], changed, now() if gone else None)


def _select(session: Session, *conditions: ColumnElement[bool]) -> list[str]:
    return list(session.scalars(select(Blob.sha256).where(*conditions).order_by(Blob.sha256)))


def _note(
    session: Session, sha256s: Sequence[str], changed: tuple[ColumnElement[bool], ...], time: datetime | None
) -> None:
    """Locks and looks again as ``_mark`` does; what somebody else holds is noted the next time."""
    query = select(Blob.sha256).where(Blob.sha256.in_(sha256s)).order_by(Blob.sha256)
    held = session.scalars(query.with_for_update(skip_locked=True)).all()
    session.connection().execute(update(Blob).where(Blob.sha256.in_(held), *changed).values(unused_time=time))


def _mark(session: Session, cutoff: datetime) -> int:
    """Locks first and looks for references again then: a claim that was under way has ended, none can begin."""
    free = (Blob.removing.is_(False), Blob.unused_time < cutoff, Blob.used_time < cutoff)
    query = select(Blob.sha256).where(*free, *_unreferred()).order_by(Blob.sha256).limit(BATCH)
    found = session.scalars(query.with_for_update(skip_locked=True)).all()
    marked = update(Blob).where(Blob.sha256.in_(found), *free, *_unreferred()).values(removing=True)
    session.connection().execute(marked)
    return len(found)


def _marked(session: Session, cutoff: datetime) -> list[str]:
    """Without those that are just being put."""
    return list(session.scalars(select(Blob.sha256).where(Blob.removing.is_(True), Blob.used_time < cutoff)))


def _remove(session: Session, shelf: Shelf, sha256: str) -> int | None:
    """Delete one marked blob; returns its bytes, or None where somebody has taken it back or removed it before."""
    blob = session.scalar(select(Blob).where(Blob.sha256 == sha256, Blob.removing.is_(True)).with_for_update())
    if blob is None:
        return None
    if session.scalar(select(Blob.sha256).where(Blob.sha256 == sha256, *_unreferred())) is None:
        blob.removing = False  # referred to without a claim
        return None
    size = blob.size_bytes
    session.delete(blob)
    session.flush()  # the foreign keys have the last word, before any file is gone
    shelf.delete(sha256)
    return size
