"""The bytes of a file as ready-made messages of StreamAsset, read ahead of the client and off the event loop."""

from __future__ import annotations

import asyncio
import os
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Executor
from pathlib import Path
from typing import Protocol

from showfloor.services.encoded import Encoded, key, varint
from showfloor.v1 import asset_pb2

CHUNK = 256 * 1024
MIB = 2**20
EVENT_KEY = key(asset_pb2.StreamAssetResponse.CHUNK_FIELD_NUMBER, 2)
LEVEL_KEY = key(asset_pb2.Chunk.LEVEL_FIELD_NUMBER, 0)
OFFSET_KEY = key(asset_pb2.Chunk.OFFSET_FIELD_NUMBER, 0)
DATA_KEY = key(asset_pb2.Chunk.DATA_FIELD_NUMBER, 2)


class Ranges(Protocol):
    """What the blob store offers here."""

    def local_path(self, sha256: str) -> Path | None: ...

    def open_range(self, sha256: str, offset: int, length: int) -> bytes: ...


def chunk_message(level: int, offset: int, data: bytes) -> bytes:
    """``StreamAssetResponse(chunk=Chunk(level, offset, data))``, serialised with a single copy of ``data``."""
    body = (
        (LEVEL_KEY + varint(level) if level else b"")
        + (OFFSET_KEY + varint(offset) if offset else b"")
        + DATA_KEY
        + varint(len(data))
    )
    return b"".join((EVENT_KEY, varint(len(body) + len(data)), body, data))


class ChunkCache:
    """The chunks used last, so that many clients of one file share one copy; content-addressed files never change."""

    def __init__(self, max_bytes: int = 32 * MIB) -> None:
        self.max_bytes = max_bytes
        self.bytes = 0
        self._chunks: OrderedDict[tuple[str, int, int], asyncio.Future[bytes]] = OrderedDict()

    def get(
        self, sha256: str, level: int, offset: int, read: Callable[[], asyncio.Future[bytes]]
    ) -> asyncio.Future[bytes]:
        """The chunk, or the read that will bring it; everybody who asks meanwhile waits for the same read."""
        name = (sha256, level, offset)
        found = self._chunks.get(name)
        if found is not None:
            self._chunks.move_to_end(name)
            return found
        future = read()
        self._chunks[name] = future
        future.add_done_callback(lambda done: self._arrived(name, done))
        return future

    def _arrived(self, name: tuple[str, int, int], future: asyncio.Future[bytes]) -> None:
        if future.cancelled() or future.exception() is not None:
            self._chunks.pop(name, None)
            return
        self.bytes += len(future.result())
        while self.bytes > self.max_bytes:
            oldest = next((n for n, f in self._chunks.items() if f.done()), None)
            if oldest is None:
                return
            self.bytes -= len(self._chunks.pop(oldest).result())


class ChunkReader:
    """Reads files of the blob store as messages; one chunk ahead of each client."""

    def __init__(self, blobs: Ranges, executor: Executor, cache: ChunkCache | None = None) -> None:
        self.blobs = blobs
        self.executor = executor
        self.cache = cache or ChunkCache()

    async def messages(self, sha256: str, size: int, level: int, offset: int = 0) -> AsyncIterator[Encoded]:
        """The messages for ``size`` bytes from ``offset`` on, each at most 256 KiB, on 256 KiB bounds after the first.

        Raises:
            NotFound, Unavailable: As the blob store does.
        """
        loop = asyncio.get_running_loop()

        def begin(at: int) -> asyncio.Future[bytes]:
            length = min(CHUNK - at % CHUNK, size - at)
            if at % CHUNK:
                return loop.run_in_executor(self.executor, self._read, sha256, level, at, length)
            return self.cache.get(
                sha256, level, at, lambda: loop.run_in_executor(self.executor, self._read, sha256, level, at, length)
            )

        coming = begin(offset) if offset < size else None
        while coming is not None:
            following = offset + min(CHUNK - offset % CHUNK, size - offset)
            ahead = begin(following) if following < size else None
            data = coming.result() if coming.done() else await asyncio.shield(coming)
            yield Encoded(asset_pb2.StreamAssetResponse, data)
            coming, offset = ahead, following

    def _read(self, sha256: str, level: int, offset: int, length: int) -> bytes:
        return chunk_message(level, offset, read_range(self.blobs, sha256, offset, length))


def read_range(blobs: Ranges, sha256: str, offset: int, length: int) -> bytes:
    """Bytes of a blob; blocks. A local file is read without the detour through fsspec.

    Raises:
        NotFound, Unavailable: As the blob store does.
    """
    path = blobs.local_path(sha256)
    if path is None:
        return blobs.open_range(sha256, offset, length)
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return blobs.open_range(sha256, offset, length)  # says what is wrong
    try:
        return os.pread(file, length, offset)
    finally:
        os.close(file)
