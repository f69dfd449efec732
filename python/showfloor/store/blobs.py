"""Files by their content: bytes on a shelf, one row each in the database."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from assets_pipeline.errors import MachineError
from showfloor.errors import NotFound, Unavailable
from showfloor.store.database import Database
from showfloor.store.failures import Contended
from showfloor.store.shelves import Shelf, disk_errors, hash_file, open_shelf
from showfloor.store.tables import Blob, now

_TRIES = 50
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class BlobInfo:
    """A stored file."""

    sha256: str
    size_bytes: int
    media_type: str


class Blobs:
    """The blob store. Its methods block: call them from threads.

    A writer stores a file with ``put_…`` and then refers to it in a transaction that calls ``claim``. Until then
    garbage collection spares it for ``Settings.blob_grace_h``; afterwards for as long as the reference lasts.

    Raises:
        InputError: BLOB_URL_INVALID.
        MachineError: BLOB_DRIVER_MISSING, BLOBS_UNWRITABLE.
    """

    def __init__(self, url: str, db: Database) -> None:
        self._db = db
        self.shelf = open_shelf(url)

    def put_file(self, path: Path, media_type: str, *, sha256: str | None = None, link: bool = False) -> str:
        """Store a file and return its SHA-256, 64 lower-case hex digits. What is there already is not written again.

        ``sha256``: of the file, where the caller has just computed it. ``link``: ``path`` may become another name of
        the stored file, which costs no time; the caller must not write to it any more.

        Raises:
            MachineError: DISK_FULL, BLOBS_UNWRITABLE.
            Unavailable: BLOB_STORE_UNAVAILABLE, DATABASE_UNAVAILABLE.
        """
        with disk_errors():
            size = path.stat().st_size
            sha256 = sha256 or hash_file(path)
            for _ in range(_TRIES):  # more than one only where collection takes what it has just been given
                if self._db.transact(_secure, self.shelf, sha256, size, media_type):
                    return sha256
                self.shelf.put(path, sha256, link)
        raise MachineError("BLOBS_UNWRITABLE", "The store does not keep what is written.", "Check the blob store.")

    def put_bytes(self, data: bytes, media_type: str) -> str:
        """Store ``data``; see ``put_file``."""
        with disk_errors(), tempfile.NamedTemporaryFile(dir=self.shelf.drafts) as file:
            file.write(data)
            file.flush()
            return self.put_file(Path(file.name), media_type)

    def open_range(self, sha256: str, offset: int, length: int) -> bytes:
        """Up to ``length`` bytes from ``offset``; fewer at the end of the file.

        Raises:
            MachineError: BLOB_MISSING.
            Unavailable: BLOB_STORE_UNAVAILABLE.
        """
        return self.shelf.read(sha256, offset, length)

    def local_path(self, sha256: str) -> Path | None:
        """Path of the file where the store is a local folder, else None. Does not look whether it exists."""
        return self.shelf.local(sha256)

    def fetch(self, sha256: str, to: Path) -> None:
        """Put a copy at ``to``, which must not exist. Do not write to it: it may be a link to the stored file.

        Raises:
            MachineError: BLOB_MISSING, DISK_FULL, BLOBS_UNWRITABLE.
            Unavailable: BLOB_STORE_UNAVAILABLE.
        """
        self.shelf.fetch(sha256, to)

    def stat(self, sha256: str) -> BlobInfo:
        """Size and type of a stored file.

        Raises:
            NotFound: FILE_NOT_FOUND.
        """
        return self._db.look(find_blob, sha256)


def find_blob(session: Session, sha256: str) -> BlobInfo:
    """``Blobs.stat`` inside a transaction: ``await db.read(find_blob, sha256)``."""
    blob = session.get(Blob, sha256) if _SHA256.fullmatch(sha256) else None
    if blob is None or blob.removing:
        raise NotFound("FILE_NOT_FOUND", f"There is no file {sha256[:80]!r}.", "Ask for the asset again.")
    return BlobInfo(blob.sha256, blob.size_bytes, blob.media_type)


def claim(session: Session, *sha256s: str) -> None:
    """Call it in each transaction that writes references to blobs: garbage collection then waits, or has gone before.

    Raises:
        Unavailable: BLOB_REMOVED, when collection was faster; storing the files again helps.
    """
    wanted = sorted(set(sha256s))
    held = 0
    for sha256 in wanted:  # in one order everywhere, so that two claims cannot wait for each other
        statement = update(Blob).where(Blob.sha256 == sha256, Blob.removing.is_(False))
        held += session.connection().execute(statement.values(used_time=now(), unused_time=None)).rowcount
    if held != len(wanted):
        raise Unavailable("BLOB_REMOVED", "A stored file was removed before anything referred to it.", "Send it again.")


def _secure(session: Session, shelf: Shelf, sha256: str, size: int, media_type: str) -> bool:
    """Whether the file is there, for certain and to stay. If not, there is a row for it now, and it shall be put.

    A row comes before its file, so that no file is ever without one, and says ``removing`` until the file is seen
    under the row's lock, which the collector holds too while it deletes.
    """
    blob = session.get(Blob, sha256, with_for_update=True)
    there = shelf.size(sha256) == size
    if blob is not None:
        blob.used_time, blob.unused_time, blob.removing = now(), None, not there
        return there
    session.add(Blob(sha256=sha256, size_bytes=size, media_type=media_type, removing=not there))
    try:
        session.flush()
    except IntegrityError as error:  # somebody else has just put the same: look again
        raise Contended("DATABASE_UNAVAILABLE", "The database is busy.", "Try again in a few seconds.") from error
    return there
