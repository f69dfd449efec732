"""Streams an asset into a folder, coarse first; goes on where an earlier stream or run stopped."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path
from typing import BinaryIO

from assets_pipeline.errors import MachineError
from assets_pipeline.outdir import prepare
from showfloor.client.connection import Connection
from showfloor.client.step import OnProgress, Step
from showfloor.errors import Unavailable
from showfloor.v1 import asset_pb2

STREAM_S = 600.0
"""Deadline of one stream; the next goes on where it stopped."""
DAMAGED_TRIES = 2
PREPARE_SHARE = 0.9
"""Share of the progress that making a missing variant takes."""


async def receive(
    connection: Connection,
    request: asset_pb2.StreamAssetRequest,
    asset: asset_pb2.Asset,
    folder: Path,
    name: str,
    on_progress: OnProgress,
) -> tuple[asset_pb2.StreamHeader, tuple[Path, ...]]:
    """Write ``<name>.glb``, ``<name>.lod1.glb`` … of the variant that ``request`` asks for; return what they are.

    Raises:
        ShowfloorError: What the server refuses. Unavailable: It stayed away.
        MachineError: OUT_NOT_WRITABLE, DISK_FULL, DOWNLOAD_DAMAGED.
    """
    prepare(folder)
    with _explained(folder):
        receiver = _Receiver(folder, name, request, on_progress)
        for variant in asset.variants:
            if variant.profile == request.profile:
                receiver.expect(variant)
        patience, damaged = connection.patience(), 0
        while True:
            try:
                async with aclosing(connection.stream("stream_asset", receiver.request(), STREAM_S)) as messages:
                    async for message in messages:
                        receiver.take(message)
                        if message.WhichOneof("event") != "header":
                            patience.reset()
                if receiver.header is not None and receiver.complete:
                    return receiver.header, receiver.files
                raise Unavailable("STREAM_BROKEN", "The stream ended before the asset was whole.", "Try again.")
            except Unavailable as error:
                await patience.wait(error)
            except DamagedError:
                damaged += 1
                if damaged == DAMAGED_TRIES:
                    raise
            finally:
                receiver.close()


class DamagedError(MachineError):
    """Bytes that are not those that were announced."""


class _Part:
    """One file as it grows: ``.<name>.<hash>.part`` until its hash is right, then ``name``."""

    def __init__(self, folder: Path, name: str, lod: asset_pb2.Lod) -> None:
        self.lod = lod
        self.target = folder / name
        self.part = folder / f".{name}.{lod.sha256[:16]}.part"
        self.whole = _sha256(self.target, lod.size_bytes) == lod.sha256
        self._stream: BinaryIO | None = None
        self._digest = hashlib.sha256()
        self.offset = lod.size_bytes if self.whole else 0

    def resume(self) -> None:
        """Read what an earlier run left."""
        if self.whole or not self.part.is_file():
            return
        with self.part.open("rb") as stream:
            self._digest = hashlib.file_digest(stream, "sha256")
            self.offset = stream.tell()
        if self.offset > self.lod.size_bytes:
            self.restart()

    def restart(self) -> None:
        """Throw away what is there."""
        self.close()
        self.part.unlink(missing_ok=True)
        self._digest, self.offset, self.whole = hashlib.sha256(), 0, False

    def write(self, offset: int, data: bytes) -> None:
        if offset != self.offset or self.offset + len(data) > self.lod.size_bytes:
            wrong = f"{len(data)} bytes at {offset} follow upon {self.offset} of {self.lod.size_bytes}"
            self.restart()
            raise _damaged(self.target, wrong)
        if self._stream is None:
            self._stream = self.part.open("ab")
        self._stream.write(data)
        self._digest.update(data)
        self.offset += len(data)

    def finish(self, sha256: str) -> None:
        """Check the hash and give the file its name."""
        if self.whole:
            return
        if self._digest.hexdigest() != self.lod.sha256 or sha256 != self.lod.sha256:
            self.restart()
            raise _damaged(self.target, "SHA-256 is wrong")
        if self._stream is None:
            self._stream = self.part.open("ab")
        self._stream.flush()
        os.fsync(self._stream.fileno())
        self.close()
        os.replace(self.part, self.target)
        self.whole = True
        for older in self.target.parent.glob(f".{self.target.name}.*.part"):
            older.unlink(missing_ok=True)

    def close(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None


class _Receiver:
    """Writes the messages of ``StreamAsset`` to ``folder``."""

    def __init__(self, folder: Path, name: str, request: asset_pb2.StreamAssetRequest, on_progress: OnProgress) -> None:
        self.header: asset_pb2.StreamHeader | None = None
        self._folder = folder
        self._name = name
        self._request = request
        self._on_progress = on_progress
        self._parts: dict[int, _Part] = {}
        self._etag = ""
        self._prepared = 0.0

    @property
    def complete(self) -> bool:
        return self.header is not None and all(p.whole for p in self._parts.values())

    @property
    def files(self) -> tuple[Path, ...]:
        """The finest first."""
        return tuple(p.target for _, p in sorted(self._parts.items()))

    @property
    def received(self) -> int:
        return sum(p.offset for p in self._parts.values())

    def expect(self, variant: asset_pb2.Variant) -> None:
        """Look for what is here of ``variant``."""
        self.close()
        self._parts = {}
        for lod in variant.lods:
            if lod.level >= self._request.finest_lod:
                suffix = f".lod{lod.level}" if lod.level else ""
                self._parts[lod.level] = _Part(self._folder, f"{self._name}{suffix}.glb", lod)
                self._parts[lod.level].resume()
        self._etag = variant.etag

    def request(self) -> asset_pb2.StreamAssetRequest:
        """The request that goes on from here."""
        request = asset_pb2.StreamAssetRequest()
        request.CopyFrom(self._request)
        if self.received:
            request.resume_etag = self._etag
            for level, part in self._parts.items():
                if part.offset:
                    request.resume.add(level=level, offset=part.offset)
        return request

    def take(self, message: asset_pb2.StreamAssetResponse) -> None:
        kind = message.WhichOneof("event")
        if kind == "chunk":
            self._part(message.chunk.level).write(message.chunk.offset, message.chunk.data)
            self._tell()
        elif kind == "lod_end":
            self._part(message.lod_end.level).finish(message.lod_end.sha256)
            self._tell()
        elif kind == "header":
            self._begin(message.header)
        elif kind == "preparing":
            job = message.preparing
            self._prepared = PREPARE_SHARE
            stage, text = (job.stage, job.message) if job.stage else ("queued", "waiting for a worker")
            self._on_progress(Step(stage, PREPARE_SHARE * job.fraction, text, job.id))

    def close(self) -> None:
        for part in self._parts.values():
            part.close()

    def _begin(self, header: asset_pb2.StreamHeader) -> None:
        asked = self.received
        if self.header is None or header.variant.etag != self._etag or not self._parts:
            self.expect(header.variant)
        if not header.resumed and (asked or self.received):
            for part in self._parts.values():
                part.restart()
        self.header = header
        self._tell()

    def _part(self, level: int) -> _Part:
        if level not in self._parts:
            raise _damaged(self._folder, f"LOD {level} was not announced")
        return self._parts[level]

    def _tell(self) -> None:
        total = sum(p.lod.size_bytes for p in self._parts.values()) or 1
        fraction = self._prepared + (1.0 - self._prepared) * self.received / total
        self._on_progress(Step("download", fraction, f"{self.received / 1e6:.1f} of {total / 1e6:.1f} MB"))


def _sha256(file: Path, size_bytes: int) -> str:
    """Of a file that has this size; empty where there is none."""
    if not file.is_file() or file.stat().st_size != size_bytes:
        return ""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _damaged(file: Path, why: str) -> DamagedError:
    return DamagedError(
        "DOWNLOAD_DAMAGED", f"{file.name} did not arrive whole: {why}.", "Try again; report it if it stays."
    )


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as e:
        if e.errno in (errno.ENOSPC, errno.EDQUOT):
            raise MachineError("DISK_FULL", f"The disk of {folder} is full.", "Free some space, then try again.") from e
        fix = "Check its access rights, or choose another folder."
        raise MachineError("OUT_NOT_WRITABLE", f"{e.filename or folder} cannot be written: {e.strerror}.", fix) from e
