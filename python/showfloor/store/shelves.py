"""Where the bytes of blobs lie: a local folder, or any object store that fsspec reaches."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import logging
import os
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import fsspec

from assets_pipeline.errors import InputError, MachineError, ShowfloorError
from showfloor.errors import Unavailable

log = logging.getLogger(__name__)

_FULL = (errno.ENOSPC, errno.EDQUOT)
_TIMEOUTS = {
    "config_kwargs": {"connect_timeout": 5, "read_timeout": 30, "retries": {"max_attempts": 3, "mode": "standard"}}
}


class Shelf(Protocol):
    """Files by their SHA-256. A file is there whole or not at all."""

    @property
    def drafts(self) -> Path | None:
        """Folder on the shelf's own disk for files that are about to be put; None for an object store."""

    def size(self, sha256: str) -> int | None:
        """Bytes of the file; None where there is none."""

    def put(self, source: Path, sha256: str, link: bool) -> None:
        """Store ``source``; with ``link`` it may become another name of the same file."""

    def read(self, sha256: str, offset: int, length: int) -> bytes:
        """Up to ``length`` bytes from ``offset``."""

    def fetch(self, sha256: str, to: Path) -> None:
        """Write the file to ``to``, which must not exist."""

    def delete(self, sha256: str) -> None:
        """Remove the file, if there is one."""

    def local(self, sha256: str) -> Path | None:
        """Path of the file on this machine; None for an object store."""

    def tidy(self, older_s: float) -> None:
        """Remove what interrupted writes left behind."""


def open_shelf(url: str) -> Shelf:
    """The shelf at an fsspec URL: ``file:///folder`` or ``s3://bucket/prefix``.

    Raises:
        InputError: BLOB_URL_INVALID.
        MachineError: BLOB_DRIVER_MISSING, BLOBS_UNWRITABLE.
    """
    protocol = fsspec.utils.get_protocol(url)
    try:
        options: dict[str, Any] = {}
        if protocol != "file":
            options = {"skip_instance_cache": True, "use_listings_cache": False}
        if protocol in ("s3", "s3a"):
            options |= _TIMEOUTS
        fs, path = fsspec.core.url_to_fs(url, **options)
    except ImportError as error:
        raise MachineError(
            "BLOB_DRIVER_MISSING",
            f"The driver for {protocol}:// is not installed.",
            "For S3: pip install 'showfloor[s3]'.",
        ) from error
    except (ValueError, TypeError) as error:
        raise InputError(
            "BLOB_URL_INVALID", f"blob_url has an unknown protocol, {protocol!r}.", "Use file:// or s3://."
        ) from error
    return LocalShelf(Path(path)) if protocol == "file" else RemoteShelf(fs, path)


def _place(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def _missing(sha256: str) -> MachineError:
    return MachineError(
        "BLOB_MISSING", f"The stored file {sha256} is gone.", "Restore the blob store from a backup, or make it again."
    )


@contextmanager
def disk_errors() -> Iterator[None]:
    """Names what the disk said.

    Raises:
        MachineError: DISK_FULL, BLOBS_UNWRITABLE.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise MachineError("DISK_FULL", "The disk of the store is full.", "Free some space, then try again.") from (
                error
            )
        raise MachineError(
            "BLOBS_UNWRITABLE", f"The store cannot be used: {error.strerror}.", "Check the folder and its rights."
        ) from error


def sync_folder(folder: Path) -> None:
    """Make the names in ``folder`` survive a power loss."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class LocalShelf:
    """Files in ``root/ab/cd/<sha256>``, written beside and renamed, synced before they count."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._unfinished = root / ".unfinished"
        with disk_errors():
            self._unfinished.mkdir(parents=True, exist_ok=True, mode=0o700)

    @property
    def drafts(self) -> Path | None:
        return self._unfinished

    def local(self, sha256: str) -> Path | None:
        return self._root / _place(sha256)

    def size(self, sha256: str) -> int | None:
        try:
            return (self._root / _place(sha256)).stat().st_size
        except FileNotFoundError:
            return None

    def put(self, source: Path, sha256: str, link: bool) -> None:
        target = self._root / _place(sha256)
        draft = self._unfinished / uuid.uuid4().hex
        with disk_errors():
            try:
                self._make_folders(target.parent)
                _copy(source, draft, link)
                draft.chmod(0o444)
                draft.replace(target)
                sync_folder(target.parent)
            finally:
                draft.unlink(missing_ok=True)

    def read(self, sha256: str, offset: int, length: int) -> bytes:
        try:
            with (self._root / _place(sha256)).open("rb", buffering=0) as file:
                return os.pread(file.fileno(), length, offset)
        except FileNotFoundError as error:
            raise _missing(sha256) from error

    def fetch(self, sha256: str, to: Path) -> None:
        source = self._root / _place(sha256)
        if not source.is_file():
            raise _missing(sha256)
        with disk_errors():
            _copy(source, to, link=True, sync=False)

    def delete(self, sha256: str) -> None:
        with disk_errors():
            (self._root / _place(sha256)).unlink(missing_ok=True)

    def tidy(self, older_s: float) -> None:
        for file in self._unfinished.iterdir():
            with contextlib.suppress(FileNotFoundError):
                if file.stat().st_ctime < time.time() - older_s:
                    file.unlink()

    def _make_folders(self, folder: Path) -> None:
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            sync_folder(folder.parent)
            sync_folder(self._root)


def _copy(source: Path, target: Path, link: bool, sync: bool = True) -> None:
    if link:
        with contextlib.suppress(OSError):  # another disk, a file system without links, or too many of them
            os.link(source, target)
            if sync:
                with target.open("rb") as file:
                    os.fsync(file.fileno())
            return
    with source.open("rb") as read, target.open("xb") as write:
        shutil.copyfileobj(read, write, 2**20)
        write.flush()
        if sync:
            os.fsync(write.fileno())


class RemoteShelf:
    """Objects ``prefix/ab/cd/<sha256>`` of an object store, whose writes are whole or nothing by themselves."""

    def __init__(self, fs: Any, prefix: str) -> None:
        self._fs = fs
        self._prefix = prefix.rstrip("/")

    @property
    def drafts(self) -> Path | None:
        return None

    def local(self, sha256: str) -> Path | None:
        return None

    def size(self, sha256: str) -> int | None:
        with self._errors():
            try:
                return int(self._fs.info(self._key(sha256))["size"])
            except FileNotFoundError:
                return None

    def put(self, source: Path, sha256: str, link: bool) -> None:
        with self._errors():
            self._fs.put_file(str(source), self._key(sha256))

    def read(self, sha256: str, offset: int, length: int) -> bytes:
        if length <= 0:
            return b""
        with self._errors(sha256):
            try:
                return bytes(self._fs.cat_file(self._key(sha256), start=offset, end=offset + length))
            except OSError as error:
                if error.errno == errno.EINVAL and offset >= self._fs.info(self._key(sha256))["size"]:
                    return b""  # S3 refuses a range behind the end
                raise

    def fetch(self, sha256: str, to: Path) -> None:
        draft = to.with_name(f".{uuid.uuid4().hex}")
        try:
            with self._errors(sha256):
                self._fs.get_file(self._key(sha256), str(draft))
            if hash_file(draft) != sha256:
                raise _missing(sha256)
            with disk_errors():
                os.link(draft, to)
        finally:
            draft.unlink(missing_ok=True)

    def delete(self, sha256: str) -> None:
        with self._errors(), contextlib.suppress(FileNotFoundError):
            self._fs.rm_file(self._key(sha256))

    def tidy(self, older_s: float) -> None:
        """Nothing is left behind; a bucket's lifecycle rule ends broken multipart uploads."""

    def _key(self, sha256: str) -> str:
        return f"{self._prefix}/{_place(sha256)}"

    @contextmanager
    def _errors(self, sha256: str = "") -> Iterator[None]:
        """Whatever the driver says, among dozens of classes, means that the store cannot be used now."""
        try:
            yield
        except ShowfloorError:
            raise
        except Exception as error:
            if sha256 and isinstance(error, FileNotFoundError):
                raise _missing(sha256) from error
            if isinstance(error, OSError) and error.errno in _FULL:
                raise MachineError("DISK_FULL", "The disk is full.", "Free some space, then try again.") from error
            log.warning("blob store: %s: %s", type(error).__name__, error)
            raise Unavailable(
                "BLOB_STORE_UNAVAILABLE", "The store of files does not answer.", "Try again in a few seconds."
            ) from error


def hash_file(path: Path) -> str:
    """SHA-256 of a file, 64 lower-case hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
