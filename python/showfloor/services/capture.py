"""CaptureService: captures, declared first and then uploaded in parts."""

from __future__ import annotations

import asyncio
import contextvars
import hashlib
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from assets_pipeline.errors import InputError, MachineError
from showfloor.errors import Conflict, LimitReached
from showfloor.ids import new_id
from showfloor.services.call import Call
from showfloor.services.capture_files import check_files, check_sha256, find_kind
from showfloor.services.checks import check_display_name, check_request_id, shown
from showfloor.settings import MIB, Settings
from showfloor.store.blobs import Blobs
from showfloor.store.database import Database
from showfloor.store.shelves import disk_errors
from showfloor.store.tables import Capture, CaptureFile, now
from showfloor.store.uploads import Uploads, find_capture
from showfloor.v1 import capture_pb2 as pb

T = TypeVar("T")

UPLOAD_THREADS = 4
RESERVE_BYTES = 200 * MIB


class CaptureService:
    """Takes captures in. All of its work on bytes and files happens in threads of its own."""

    def __init__(self, db: Database, blobs: Blobs, settings: Settings) -> None:
        self._db = db
        self._settings = settings
        self._folder = settings.root / "uploads"
        with disk_errors():
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._uploads = Uploads(self._folder, db, blobs, settings.max_image_pixels)
        self._threads = ThreadPoolExecutor(UPLOAD_THREADS, "upload")

    def close(self) -> None:
        """Wait for the parts that are being written."""
        self._threads.shutdown()

    async def create_capture(self, request: pb.CreateCaptureRequest, call: Call) -> pb.Capture:
        """
        Raises:
            InputError: see ``check_files`` and ``find_kind``; REQUEST_ID_INVALID, DISPLAY_NAME_INVALID.
            LimitReached: CAPTURE_TOO_MANY_FILES, CAPTURE_TOO_LARGE.
            Conflict: REQUEST_ID_REUSED.
            MachineError: DISK_FULL.
        """
        return await self._in_thread(self._create, request, call)

    async def upload_part(self, request: pb.UploadPartRequest, call: Call) -> pb.UploadPartResponse:
        """
        Raises:
            InputError: PART_EMPTY, PART_HASH_MISMATCH, HASH_INVALID.
            LimitReached: PART_TOO_LARGE.
            ShowfloorError: see ``Uploads.add``.
        """
        check_sha256(request.sha256, "the part")
        size, limit = len(request.data), self._settings.max_part_bytes
        if not size:
            raise InputError("PART_EMPTY", "The part holds no bytes.", "Send at least one.")
        if size > limit:
            raise LimitReached(
                "PART_TOO_LARGE",
                f"The part has {size:,} bytes; this server takes {limit:,} (max_part_bytes).",
                "Cut the file into smaller parts.",
            )
        return pb.UploadPartResponse(received_bytes=await self._in_thread(self._take, request))

    async def finish_capture(self, request: pb.FinishCaptureRequest, call: Call) -> pb.Capture:
        """
        Raises:
            NotFound: CAPTURE_NOT_FOUND.
            Conflict: CAPTURE_INCOMPLETE.
        """
        capture = await self._db.run(_finish, request.capture_id)
        await self._in_thread(self._uploads.discard, capture.id)
        return capture

    async def get_capture(self, request: pb.GetCaptureRequest, call: Call) -> pb.Capture:
        """
        Raises:
            NotFound: CAPTURE_NOT_FOUND.
        """
        return await self._db.read(_get, request.capture_id)

    def _create(self, request: pb.CreateCaptureRequest, call: Call) -> pb.Capture:
        request_id = check_request_id(request.request_id)
        name = check_display_name(request.display_name)
        check_files(request.files, self._settings)
        kind = find_kind([f.name for f in request.files], request.kind)
        if request_id is not None:
            before = self._db.look(_made_before, call.key_id, request_id)
            if before is not None:
                return _same(before, request, kind)
        self._check_room(sum(f.size_bytes for f in request.files))
        values = {
            "id": (capture_id := new_id("cap")),
            "key_id": call.key_id,
            "request_id": request_id,
            "display_name": name or capture_id,
            "kind": kind,
            "state": pb.CAPTURE_STATE_UPLOADING,
            "create_time": (created := now()),
            "expire_time": created + timedelta(hours=self._settings.capture_ttl_h),
        }
        try:
            return self._db.transact(_insert, values, request.files)
        except IntegrityError:  # the same request has just been served by another thread or process
            before = self._db.look(_made_before, call.key_id, request_id or "")
            if before is None:
                raise
            return _same(before, request, kind)

    def _take(self, request: pb.UploadPartRequest) -> int:
        digest = hashlib.sha256(request.data).hexdigest()
        if digest != request.sha256:
            raise InputError(
                "PART_HASH_MISMATCH",
                f"The part has SHA-256 {digest}, sent was {request.sha256}.",
                "It was damaged on its way: send it again.",
            )
        return self._uploads.add(request.capture_id, request.file_name, request.offset, request.data)

    def _check_room(self, size: int) -> None:
        with disk_errors():
            free = shutil.disk_usage(self._folder).free
        if free < size + RESERVE_BYTES:
            raise MachineError(
                "DISK_FULL",
                f"The capture has {size / 1e6:,.0f} MB, and {free / 1e6:,.0f} MB are free on the server.",
                "Free some space on the server, then try again.",
            )

    async def _in_thread(self, fn: Callable[..., T], *args: object) -> T:
        work = partial(contextvars.copy_context().run, fn, *args)
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


def _insert(session: Session, values: dict[str, Any], files: Sequence[pb.CaptureFile]) -> pb.Capture:
    session.add(capture := Capture(**values))
    session.flush()
    rows = [
        CaptureFile(
            capture_id=capture.id, name=f.name, position=n, size_bytes=f.size_bytes, sha256=f.sha256, received_bytes=0
        )
        for n, f in enumerate(files)
    ]
    session.add_all(rows)
    session.flush()
    return _message(capture, rows)


def _made_before(session: Session, key_id: str, request_id: str) -> pb.Capture | None:
    row = session.scalar(select(Capture).where(Capture.key_id == key_id, Capture.request_id == request_id))
    return None if row is None else _message(row, _files(session, row.id))


def _same(before: pb.Capture, request: pb.CreateCaptureRequest, kind: pb.CaptureKind) -> pb.Capture:
    was = [(f.name, f.size_bytes, f.sha256) for f in before.files]
    if kind != before.kind or was != [(f.name, f.size_bytes, f.sha256) for f in request.files]:
        raise Conflict(
            "REQUEST_ID_REUSED",
            f"request_id {shown(request.request_id)} made the capture {before.id}, from other files.",
            "Use a new UUID for each capture.",
        )
    return before


def _finish(session: Session, capture_id: str) -> pb.Capture:
    row = find_capture(session, capture_id)
    files = _files(session, row.id)
    missing = [f for f in files if f.blob is None]
    if missing:
        first = missing[0]
        raise Conflict(
            "CAPTURE_INCOMPLETE",
            f"{len(missing)} of {len(files)} files are not whole; {shown(first.name)} has {first.received_bytes:,} of "
            f"{first.size_bytes:,} bytes.",
            "Send the missing parts; GetCapture tells where to go on.",
        )
    row.state, row.expire_time = pb.CAPTURE_STATE_READY, None
    return _message(row, files)


def _get(session: Session, capture_id: str) -> pb.Capture:
    row = find_capture(session, capture_id)
    return _message(row, _files(session, row.id))


def _files(session: Session, capture_id: str) -> list[CaptureFile]:
    query = select(CaptureFile).where(CaptureFile.capture_id == capture_id).order_by(CaptureFile.position)
    return list(session.scalars(query))


def _message(row: Capture, files: Sequence[CaptureFile]) -> pb.Capture:
    capture = pb.Capture(
        id=row.id,
        display_name=row.display_name,
        kind=pb.CaptureKind.ValueType(row.kind),
        state=pb.CaptureState.ValueType(row.state),
        files=[
            pb.CaptureFile(name=f.name, size_bytes=f.size_bytes, sha256=f.sha256, received_bytes=f.received_bytes)
            for f in files
        ],
    )
    capture.create_time.FromDatetime(row.create_time)
    if row.expire_time is not None:
        capture.expire_time.FromDatetime(row.expire_time)
    return capture
