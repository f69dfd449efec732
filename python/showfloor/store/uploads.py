"""Files that arrive in parts: what has been acknowledged is on the disk, and what is whole becomes a blob."""

from __future__ import annotations

import mimetypes
import os
import re
import shutil
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pi_heif import register_heif_opener
from PIL import Image
from sqlalchemy import update
from sqlalchemy.orm import Session

from assets_pipeline.errors import InputError, MachineError
from showfloor.errors import Conflict, LimitReached, NotFound
from showfloor.store.blobs import Blobs, claim
from showfloor.store.database import Database
from showfloor.store.shelves import disk_errors, hash_file, sync_folder
from showfloor.store.tables import Capture, CaptureFile
from showfloor.v1.capture_pb2 import CAPTURE_STATE_UPLOADING

_ID = re.compile(r"cap_[0-9a-z]{26}")
_MEASURED = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "HEIF")
_measuring = threading.Lock()

register_heif_opener()


class Uploads:
    """Part files ``<folder>/<capture>/<position>.part`` and the rows that say how much of each counts.

    Bytes are written and synced first, then the row is advanced; whatever a crash leaves behind the row's count is
    written again. Its methods block: call them from threads.
    """

    def __init__(self, folder: Path, db: Database, blobs: Blobs, max_pixels: int) -> None:
        self._folder = folder
        self._db = db
        self._blobs = blobs
        self._max_pixels = max_pixels
        self._locks = _Locks()

    def add(self, capture_id: str, name: str, offset: int, data: bytes) -> int:
        """Take a part whose hash was checked; returns the bytes of the file that have arrived without a gap.

        Raises:
            NotFound: CAPTURE_NOT_FOUND, CAPTURE_FILE_UNKNOWN.
            Conflict: CAPTURE_FINISHED, PART_OUT_OF_ORDER, PART_DIFFERS, PARTS_LOST.
            InputError: PART_BEYOND_END, FILE_HASH_MISMATCH.
            LimitReached: IMAGE_TOO_LARGE.
            MachineError: DISK_FULL, BLOBS_UNWRITABLE.
        """
        with self._locks.hold((capture_id, name)):
            file = self._db.look(find_file, capture_id, name)
            received, end = file.received_bytes, offset + len(data)
            if offset > received or offset < 0:
                raise _out_of_order(offset, received)
            if end > file.size_bytes:
                raise InputError(
                    "PART_BEYOND_END",
                    f"The part ends at byte {end:,}; the file was declared with {file.size_bytes:,}.",
                    "Declare the file's true size in a new capture.",
                )
            part = self._part(file)
            known = min(end, received) - offset
            stored = self._stored(file, part, offset, known)
            if len(stored) < known:
                raise self._lost(file, part)
            if stored != data[:known]:
                raise Conflict(
                    "PART_DIFFERS",
                    f"Bytes {offset:,} to {offset + known:,} are already here, and are not the same.",
                    "The file has changed since: make a new capture.",
                )
            if end <= received:
                return received
            with disk_errors():
                appended = self._append(part, received, data[known:])
            if not appended:
                raise self._lost(file, part)
            if end == file.size_bytes:
                try:
                    self._complete(file, part)
                except (MachineError, OSError):
                    if part.exists() or self._db.look(find_file, capture_id, name).blob is None:
                        raise  # else another server on this folder has just completed the file
            else:
                self._db.transact(_advance, file, end)
            return end

    def discard(self, capture_id: str) -> None:
        """Remove the part files of a capture."""
        shutil.rmtree(self._folder / capture_id, ignore_errors=True)

    def _part(self, file: CaptureFile) -> Path:
        return self._folder / file.capture_id / f"{file.position}.part"

    def _stored(self, file: CaptureFile, part: Path, offset: int, length: int) -> bytes:
        if not length:
            return b""
        if file.blob is not None:
            return self._blobs.open_range(file.blob, offset, length)
        try:
            with part.open("rb", buffering=0) as stream:
                return os.pread(stream.fileno(), length, offset)
        except FileNotFoundError:
            return b""

    def _append(self, part: Path, received: int, data: bytes) -> bool:
        """Write and sync ``data`` after the first ``received`` bytes; False when these are not there any more."""
        fresh = not part.exists()
        if fresh:
            part.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        elif part.stat().st_nlink > 1:  # a crash came between blob and row; the blob must not be written through it
            copy = part.with_name(uuid.uuid4().hex)
            shutil.copyfile(part, copy)
            copy.replace(part)
        handle = os.open(part, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if os.fstat(handle).st_size < received:
                return False
            view = memoryview(data)
            while view:
                written = os.pwrite(handle, view, received)
                view, received = view[written:], received + written
            os.fdatasync(handle)
        finally:
            os.close(handle)
        if fresh:
            sync_folder(part.parent)
            sync_folder(self._folder)
        return True

    def _complete(self, file: CaptureFile, part: Path) -> None:
        with disk_errors():
            whole = hash_file(part)
        if whole != file.sha256:
            self._start_again(file, part)
            raise InputError(
                "FILE_HASH_MISMATCH",
                f"The whole file has SHA-256 {whole}, declared was {file.sha256}.",
                "Send it again from offset 0; if it has changed since, make a new capture.",
            )
        pixels = _pixels(part)
        if pixels > self._max_pixels:
            self._start_again(file, part)
            raise LimitReached(
                "IMAGE_TOO_LARGE",
                f"The picture has {pixels:,} pixels; this server takes {self._max_pixels:,} (max_image_pixels).",
                "Scale it down to 8000 pixels and make a new capture.",
            )
        media_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        sha256 = self._blobs.put_file(part, media_type, sha256=whole, link=True)
        self._db.transact(_fulfil, file, sha256)
        part.unlink(missing_ok=True)

    def _start_again(self, file: CaptureFile, part: Path) -> None:
        self._db.transact(_advance, file, 0)
        part.unlink(missing_ok=True)

    def _lost(self, file: CaptureFile, part: Path) -> Conflict:
        self._start_again(file, part)
        return Conflict(
            "PARTS_LOST", f"The server has lost the {file.received_bytes:,} bytes it had.", "Send it from offset 0."
        )


def find_file(session: Session, capture_id: str, name: str) -> CaptureFile:
    """A file of a capture that still takes parts.

    Raises:
        NotFound: CAPTURE_NOT_FOUND, CAPTURE_FILE_UNKNOWN.
        Conflict: CAPTURE_FINISHED.
    """
    capture = find_capture(session, capture_id)
    file = session.get(CaptureFile, (capture_id, name)) if "\0" not in name else None
    if file is None:
        raise NotFound(
            "CAPTURE_FILE_UNKNOWN",
            f"The capture {capture_id} has no file {name[:80]!r}.",
            "Use a name that CreateCapture declared.",
        )
    if capture.state != CAPTURE_STATE_UPLOADING:
        raise Conflict(
            "CAPTURE_FINISHED", f"The capture {capture_id} is finished and does not change.", "Make a new capture."
        )
    return file


def find_capture(session: Session, capture_id: str) -> Capture:
    """
    Raises:
        NotFound: CAPTURE_NOT_FOUND.
    """
    capture = session.get(Capture, capture_id) if _ID.fullmatch(capture_id) else None
    if capture is None:
        raise NotFound(
            "CAPTURE_NOT_FOUND",
            f"There is no capture {capture_id[:40]!r}; unfinished ones are removed after a while.",
            "Check the id, or make a new capture.",
        )
    return capture


def _advance(session: Session, file: CaptureFile, received: int) -> None:
    _change(session, file, {"received_bytes": received})


def _fulfil(session: Session, file: CaptureFile, sha256: str) -> None:
    claim(session, sha256)
    _change(session, file, {"received_bytes": file.size_bytes, "blob": sha256})


def _change(session: Session, file: CaptureFile, values: dict[str, Any]) -> None:
    """Only if the row is as it was read: another process may take parts of the same capture."""
    same = (
        CaptureFile.capture_id == file.capture_id,
        CaptureFile.name == file.name,
        CaptureFile.received_bytes == file.received_bytes,
        CaptureFile.blob.is_(None),
    )
    if session.connection().execute(update(CaptureFile).where(*same).values(values)).rowcount != 1:
        there = find_file(session, file.capture_id, file.name)
        raise _out_of_order(file.received_bytes, there.received_bytes)


def _out_of_order(offset: int, received: int) -> Conflict:
    return Conflict(
        "PART_OUT_OF_ORDER",
        f"The part begins at byte {offset:,}; the file has {received:,} so far.",
        f"Go on at offset {received}.",
    )


def _pixels(path: Path) -> int:
    """Pixels that a picture would unpack to, by its header; 0 where there is none to read.

    Asks Pillow's readers themselves, because ``Image.open`` has a limit of its own, which all threads share. One file
    at a time, because some readers take all of it into memory.
    """
    try:
        with _measuring, path.open("rb") as file:
            Image.init()
            begin = file.read(16)
            for name in _MEASURED:
                reader, accepts = Image.OPEN[name]
                if accepts is not None and accepts(begin) is True:
                    file.seek(0)
                    with reader(file, str(path)) as image:
                        return image.width * image.height
    except Exception:  # readers raise anything on hostile files; whether it is a picture is the recipe's to say
        pass
    return 0


class _Locks:
    """One lock for each key in use."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._held: dict[tuple[str, str], tuple[threading.Lock, int]] = {}

    @contextmanager
    def hold(self, key: tuple[str, str]) -> Iterator[None]:
        with self._guard:
            lock, users = self._held.get(key, (threading.Lock(), 0))
            self._held[key] = lock, users + 1
        try:
            with lock:
                yield
        finally:
            with self._guard:
                lock, users = self._held[key]
                if users == 1:
                    del self._held[key]
                else:
                    self._held[key] = lock, users - 1
