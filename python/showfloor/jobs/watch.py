"""Any number of watchers of a job: each gets the state as it is, then the newest after each change, then the end.

A job has one channel in this process, however many watch it. The channel holds the latest state and nothing older, so
a slow watcher costs no memory and misses only what has passed. Jobs that run here tell their progress at once; those
that another server runs are read from the database about once a second.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from assets_pipeline.errors import ShowfloorError
from showfloor.errors import NotFound, Unavailable
from showfloor.jobs.messages import job_message
from showfloor.jobs.queue import OPEN, RUNNING
from showfloor.services.checks import shown
from showfloor.store.blobs import Blobs
from showfloor.store.database import Database
from showfloor.store.tables import Job
from showfloor.v1 import common_pb2, generation_pb2

log = logging.getLogger(__name__)

READ_EVERY_S = 1.0
SEND_EVERY_S = 0.1  # at most so often to one watcher
MAX_PREVIEW_BYTES = 256 * 1024


@dataclass(frozen=True)
class Live:
    """Progress of an attempt that runs in this process."""

    attempt: int
    stage: str = ""
    fraction: float = 0.0
    message: str = ""


@dataclass
class _Channel:
    job: generation_pb2.Job
    preview: common_pb2.Image = field(default_factory=common_pb2.Image)
    preview_id: str | None = None
    watchers: int = 0
    read_now: asyncio.Event = field(default_factory=asyncio.Event)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    reader: asyncio.Task[None] | None = None

    @property
    def ended(self) -> bool:
        return self.job.state not in OPEN

    def set(self, job: generation_pb2.Job) -> None:
        if job != self.job:
            self.job = job
            self.tell()

    def tell(self) -> None:
        changed, self.changed = self.changed, asyncio.Event()
        changed.set()


class Watch:
    """Follows jobs. Belongs to one event loop."""

    def __init__(self, db: Database, blobs: Blobs) -> None:
        self._db = db
        self._blobs = blobs
        self._channels: dict[str, _Channel] = {}
        self._live: dict[str, Live] = {}
        self._closed = False

    async def watch(self, job_id: str) -> AsyncGenerator[generation_pb2.WatchJobResponse]:
        """The job now, then after each change, until it has ended.

        Raises:
            NotFound: JOB_NOT_FOUND.
            Unavailable: SERVER_STOPPING, DATABASE_UNAVAILABLE.
        """
        first = await self._db.read(find_job, job_id)
        channel = self._channels.get(job_id)
        if channel is None:
            channel = self._channels[job_id] = _Channel(self._merge(first))
        elif first.state not in OPEN:
            channel.set(job_message(first))
        channel.watchers += 1
        try:
            await self._load_preview(channel, first.preview)
            if channel.reader is None:
                channel.reader = asyncio.create_task(self._read(job_id, channel))
            shown: str | None = None
            while True:
                job, changed = channel.job, channel.changed
                response = generation_pb2.WatchJobResponse(job=job)
                if channel.preview_id != shown:
                    shown = channel.preview_id
                    response.preview.CopyFrom(channel.preview)
                yield response
                if job.state not in OPEN:
                    return
                await asyncio.sleep(SEND_EVERY_S)
                if not self._closed:
                    await changed.wait()
                if self._closed and not channel.ended:
                    raise Unavailable("SERVER_STOPPING", "The server is stopping; the job goes on.", "Watch it again.")
        finally:
            channel.watchers -= 1
            if channel.watchers == 0:
                self._channels.pop(job_id, None)
                if channel.reader is not None:
                    channel.reader.cancel()

    def progress(self, job_id: str, live: Live) -> None:
        """A job that runs in this process has got on."""
        self._live[job_id] = live
        channel = self._channels.get(job_id)
        if channel is not None:
            if channel.job.attempt == live.attempt and channel.job.state == RUNNING:
                channel.set(_with(channel.job, live))
            else:
                channel.read_now.set()

    def settled(self, job_id: str) -> None:
        """A job does not run in this process any more."""
        self._live.pop(job_id, None)
        self.changed(job_id)

    def changed(self, job_id: str) -> None:
        """The row of a job has changed."""
        if (channel := self._channels.get(job_id)) is not None:
            channel.read_now.set()

    def close(self) -> None:
        """End all watchers; those of jobs that have not ended get UNAVAILABLE."""
        self._closed = True
        for channel in self._channels.values():
            channel.tell()

    async def _read(self, job_id: str, channel: _Channel) -> None:
        while not channel.ended:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(channel.read_now.wait(), READ_EVERY_S)
            channel.read_now.clear()
            try:
                row = await self._db.read(find_job, job_id)
                await self._load_preview(channel, row.preview)
                channel.set(self._merge(row))
            except ShowfloorError as e:  # the next reading may succeed, and the watchers have what was known
                log.debug("job %s cannot be read: %s", job_id, e)
            except Exception:
                log.exception("job %s cannot be read", job_id)

    def _merge(self, row: Job) -> generation_pb2.Job:
        """The row, with the progress of this process where that is newer."""
        job = job_message(row)
        live = self._live.get(row.id)
        return _with(job, live) if live and live.attempt == job.attempt and job.state == RUNNING else job

    async def _load_preview(self, channel: _Channel, preview_id: str | None) -> None:
        if preview_id is None or preview_id == channel.preview_id:
            return
        try:
            data = await asyncio.to_thread(self._blobs.open_range, preview_id, 0, MAX_PREVIEW_BYTES)
        except ShowfloorError as e:  # a picture less is no reason to end
            log.warning("preview of job %s: %s", channel.job.id, e)
            return
        channel.preview, channel.preview_id = common_pb2.Image(data=data, media_type="image/jpeg"), preview_id
        channel.tell()


def find_job(session: Session, job_id: str) -> Job:
    """
    Raises:
        NotFound: JOB_NOT_FOUND.
    """
    job = session.get(Job, job_id) if job_id.isascii() and job_id.isprintable() else None
    if job is None:
        raise NotFound("JOB_NOT_FOUND", f"There is no job {shown(job_id)}.", "Check the id; ListJobs shows them.")
    return job


def _with(job: generation_pb2.Job, live: Live) -> generation_pb2.Job:
    new = generation_pb2.Job()
    new.CopyFrom(job)
    new.stage, new.fraction, new.message = live.stage, live.fraction, live.message
    return new
