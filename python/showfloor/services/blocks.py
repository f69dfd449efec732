"""Stored files as blocks for the event loop: from memory at once, from the disk or an object store by threads."""

from __future__ import annotations

import asyncio
import os
from collections import OrderedDict, deque
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from pathlib import Path
from typing import Protocol

from assets_pipeline.errors import MachineError

BLOCK = 256 * 1024
MIB = 2**20
THREADS = 4
AHEAD = 4
"""Blocks asked for at the same time where each takes a round trip."""
KEPT_BYTES = 32 * MIB
DISK_AHEAD = 2 * MIB
NOWAIT = getattr(os, "RWF_NOWAIT", 0)
"""Linux: read what the page cache holds and never wait for the disk."""


class Ranges(Protocol):
    """What is needed of the blob store; both may block."""

    def local_path(self, sha256: str) -> Path | None: ...

    def open_range(self, sha256: str, offset: int, length: int) -> bytes: ...


class OpenFile:
    """A file, closed once neither the reader nor a thread that still reads refers to it."""

    __slots__ = ("fd",)

    def __init__(self, path: Path) -> None:
        self.fd = -1
        self.fd = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))

    def __del__(self) -> None:
        if self.fd >= 0:
            os.close(self.fd)


def no_head(offset: int, length: int) -> bytes:
    return b""


class BlockReader:
    """Reads files of the blob store.

    What the page cache holds is read right in the event loop, which takes 40 µs a block and spares two changes of
    thread, each dearer than the copy. What is not is read by a thread. Blocks of remote files are read ahead and shared
    among those who want them; files are named by content, so a block never changes.
    """

    def __init__(self, blobs: Ranges, kept_bytes: int = KEPT_BYTES) -> None:
        self._blobs = blobs
        self._threads = ThreadPoolExecutor(THREADS, "blob-read")
        self._scratch = memoryview(bytearray(BLOCK))
        self._shared = SharedBlocks(kept_bytes)

    async def blocks(
        self, sha256: str, begin: int, end: int, head: Callable[[int, int], bytes] = no_head
    ) -> AsyncGenerator[bytes, None]:
        """Bytes ``begin`` to ``end``, which must lie in the file, in blocks that end on multiples of 256 KiB.

        Each block has ``head(its offset, its length)`` before it.

        Raises:
            MachineError: BLOB_MISSING, BLOB_DAMAGED.
            Unavailable: BLOB_STORE_UNAVAILABLE.
        """
        loop = asyncio.get_running_loop()
        file = await loop.run_in_executor(self._threads, self._open, sha256)
        if file is None:
            async with aclosing(self._remote(sha256, begin, end)) as remote:
                async for offset, data in remote:
                    yield b"".join((head(offset, len(data)), data))
            return
        while begin < end:
            length = min(BLOCK - begin % BLOCK, end - begin)
            block = self._cached(file.fd, begin, length, head)
            if block is None:
                data = await loop.run_in_executor(self._threads, _read_file, file, begin, length)
                if len(data) < length:
                    data = await loop.run_in_executor(self._threads, self._exactly, sha256, begin, length)
                block = b"".join((head(begin, length), data))
            yield block
            begin += length

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _open(self, sha256: str) -> OpenFile | None:
        """None where the file is remote, or missing, which the blob store explains when it is read."""
        path = self._blobs.local_path(sha256)
        try:
            return None if path is None else OpenFile(path)
        except OSError:
            return None

    def _cached(self, file: int, offset: int, length: int, head: Callable[[int, int], bytes]) -> bytes | None:
        if not NOWAIT:
            return None
        into = self._scratch[:length]
        try:
            if os.preadv(file, (into,), offset, NOWAIT) < length:
                return None
        except OSError:
            return None
        return b"".join((head(offset, length), into))

    async def _remote(self, sha256: str, begin: int, end: int) -> AsyncGenerator[tuple[int, bytes], None]:
        loop = asyncio.get_running_loop()
        coming: deque[tuple[int, asyncio.Future[bytes]]] = deque()
        at = begin - begin % BLOCK
        while at < end or coming:
            while at < end and len(coming) < AHEAD:
                length = min(BLOCK, end - at)

                def read(at: int = at, length: int = length) -> asyncio.Future[bytes]:
                    return loop.run_in_executor(self._threads, self._exactly, sha256, at, length)

                coming.append((at, self._shared.get((sha256, at, length), read)))
                at += length
            offset, future = coming.popleft()
            block = await asyncio.shield(future)
            skip = max(begin - offset, 0)
            yield offset + skip, block[skip:] if skip else block

    def _exactly(self, sha256: str, offset: int, length: int) -> bytes:
        data = self._blobs.open_range(sha256, offset, length)
        if len(data) != length:
            raise MachineError(
                "BLOB_DAMAGED",
                f"The stored file {sha256} ends after {offset + len(data)} bytes.",
                "Restore it from a backup.",
            )
        return data


class SharedBlocks:
    """The blocks used last, and the reads that are under way."""

    def __init__(self, max_bytes: int) -> None:
        self.bytes = 0
        self._max_bytes = max_bytes
        self._blocks: OrderedDict[tuple[str, int, int], asyncio.Future[bytes]] = OrderedDict()

    def get(self, name: tuple[str, int, int], read: Callable[[], asyncio.Future[bytes]]) -> asyncio.Future[bytes]:
        """The block, or the read that will bring it, which all who want it wait for: do not cancel it."""
        future = self._blocks.get(name)
        if future is None:
            future = self._blocks[name] = read()
            future.add_done_callback(lambda done: self._arrived(name, done))
        self._blocks.move_to_end(name)
        return future

    def _arrived(self, name: tuple[str, int, int], future: asyncio.Future[bytes]) -> None:
        if future.cancelled() or future.exception() is not None:
            self._blocks.pop(name, None)
            return
        self.bytes += len(future.result())
        while self.bytes > self._max_bytes:
            oldest = next(n for n, f in self._blocks.items() if f.done())
            self.bytes -= len(self._blocks.pop(oldest).result())


def _read_file(file: OpenFile, offset: int, length: int) -> bytes:
    """Read from the disk, and have the kernel fetch what comes next."""
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(file.fd, offset + length, DISK_AHEAD, os.POSIX_FADV_WILLNEED)
    if hasattr(os, "pread"):
        return os.pread(file.fd, length, offset)
    os.lseek(file.fd, offset, os.SEEK_SET)  # the only reader of this descriptor
    return os.read(file.fd, length)
