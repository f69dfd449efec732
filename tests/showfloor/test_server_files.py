"""GET and HEAD of stored files."""

from __future__ import annotations

import asyncio
import hashlib
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from showfloor.server.files import content_type, matches, parse_range
from showfloor.services import blocks
from showfloor.services.blocks import BLOCK, BlockReader
from showfloor.store.blobs import BlobInfo

from assets_pipeline.errors import MachineError
from tests.showfloor.assets import content
from tests.showfloor.running import BOUND_S, Loop, request_http, transports

DATA = content(2 * BLOCK + 1000)
NAME = hashlib.sha256(DATA).hexdigest()
EMPTY = hashlib.sha256(b"").hexdigest()
LOST = "0" * 64
PATH = f"/files/{NAME}/tin.glb"


class Folder:
    """A blob store in memory or in a folder."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self.files = {NAME: DATA, EMPTY: b""}
        self.reads: list[tuple[int, int]] = []
        if folder:
            for name, data in self.files.items():
                (folder / name).write_bytes(data)

    def local_path(self, sha256: str) -> Path | None:
        return self.folder / sha256 if self.folder else None

    def open_range(self, sha256: str, offset: int, length: int) -> bytes:
        self.reads.append((offset, length))
        if sha256 not in self.files:
            raise MachineError("BLOB_MISSING", f"The stored file {sha256} is missing.", "Restore it.")
        return self.files[sha256][offset : offset + length]


@pytest.fixture(params=["local", "remote"])
def port(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[int]:
    known = {
        NAME: BlobInfo(NAME, len(DATA), "model/gltf-binary"),
        EMPTY: BlobInfo(EMPTY, 0, "text/plain"),
        LOST: BlobInfo(LOST, 10, "model/gltf-binary"),
    }
    reader = BlockReader(Folder(tmp_path if request.param == "local" else None))
    with transports({}, reader=reader, blobs=known) as (server, _):
        yield server.web_port
    reader.close()


def test_the_whole_file(port: int) -> None:
    status, headers, body = request_http(port, "GET", PATH)
    assert (status, body == DATA) == (200, True)
    assert headers["etag"] == f'"{NAME}"'
    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    assert headers["content-type"] == "model/gltf-binary"
    assert headers["accept-ranges"] == "bytes"
    assert headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in headers["content-security-policy"]
    assert headers["x-request-id"]


def test_head_tells_the_same_without_a_body(port: int) -> None:
    whole = request_http(port, "GET", PATH)[1]
    status, headers, body = request_http(port, "HEAD", PATH)
    assert (status, body) == (200, b"")
    for name in ("content-length", "etag", "content-type", "cache-control"):
        assert headers[name] == whole[name]
    status, headers, _ = request_http(port, "HEAD", PATH, headers={"range": "bytes=10-19"})
    assert (status, headers["content-length"]) == (206, "10")


@pytest.mark.parametrize(
    ("text", "begin", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=5-", 5, len(DATA)),
        ("bytes=-7", len(DATA) - 7, len(DATA)),
        ("bytes=0-", 0, len(DATA)),
        (f"bytes=-{10**9}", 0, len(DATA)),
        (f"bytes={BLOCK - 3}-{BLOCK + 2}", BLOCK - 3, BLOCK + 3),
        (f"bytes=100-{10**9}", 100, len(DATA)),
    ],
)
def test_one_range(port: int, text: str, begin: int, end: int) -> None:
    status, headers, body = request_http(port, "GET", PATH, headers={"range": text})
    assert (status, body == DATA[begin:end]) == (206, True)
    assert headers["content-range"] == f"bytes {begin}-{end - 1}/{len(DATA)}"


@pytest.mark.parametrize("text", ["bytes=1-2,5-6", "bytes=9-5", "items=0-1", "bytes=-", "nonsense"])
def test_other_ranges_get_the_whole_file(port: int, text: str) -> None:
    status, headers, body = request_http(port, "GET", PATH, headers={"range": text})
    assert (status, body == DATA, "content-range" in headers) == (200, True, False)


@pytest.mark.parametrize("text", [f"bytes={len(DATA)}-", "bytes=-0"])
def test_a_range_outside_is_refused(port: int, text: str) -> None:
    status, headers, body = request_http(port, "GET", PATH, headers={"range": text})
    assert (status, headers["content-range"]) == (416, f"bytes */{len(DATA)}")
    assert b"RANGE_INVALID" in body


def test_what_the_client_has_is_not_sent_again(port: int) -> None:
    for tag in (f'"{NAME}"', f'W/"{NAME}"', f'"x", "{NAME}"', "*"):
        status, headers, body = request_http(port, "GET", PATH, headers={"if-none-match": tag})
        assert (status, body, headers["etag"]) == (304, b"", f'"{NAME}"'), tag
    assert request_http(port, "GET", PATH, headers={"if-none-match": '"x"'})[0] == 200
    ranged = {"range": "bytes=0-9", "if-range": f'"{NAME}"'}
    assert request_http(port, "GET", PATH, headers=ranged)[0] == 206
    assert request_http(port, "GET", PATH, headers=ranged | {"if-range": '"old"'})[0] == 200


def test_an_empty_file(port: int) -> None:
    status, headers, body = request_http(port, "GET", f"/files/{EMPTY}/nothing.txt")
    assert (status, headers["content-length"], body) == (200, "0", b"")


@pytest.mark.parametrize(
    "path",
    [
        "/files/",
        f"/files/{NAME}",
        f"/files/{NAME}/",
        f"/files/{NAME.upper()}/x",
        f"/files/{NAME}/a/b",
        "/files/../../etc/passwd",
        f"/files/%2e%2e/{NAME}",
        f"/files/{'1' * 64}/x.glb",
        f"/files/{NAME}/{'x' * 201}",
    ],
)
def test_paths_that_name_nothing(port: int, path: str) -> None:
    status, _, body = request_http(port, "GET", path)
    assert status == 404
    assert b"FILE_NOT_FOUND" in body


def test_other_methods_are_refused(port: int) -> None:
    status, headers, body = request_http(port, "PUT", PATH, b"x")
    assert (status, headers["allow"]) == (405, "GET, HEAD")
    assert b"METHOD_NOT_ALLOWED" in body


def test_a_file_that_the_store_lost_is_an_error_before_any_byte(port: int) -> None:
    status, _, body = request_http(port, "GET", f"/files/{LOST}/x.glb")
    assert status == 503
    assert b"BLOB_MISSING" in body


def test_keys_make_the_files_private(tmp_path: Path) -> None:
    from showfloor.services.call import Scope

    from tests.showfloor.running import grant

    known = {NAME: BlobInfo(NAME, len(DATA), "model/gltf-binary")}
    reader = BlockReader(Folder(tmp_path))
    with transports({}, reader=reader, blobs=known, require_keys=True, keys={"k": grant(Scope.read)}) as (server, _):
        assert request_http(server.web_port, "GET", PATH)[0] == 401
        headers = request_http(server.web_port, "GET", PATH, headers={"authorization": "Bearer k"})[1]
        assert headers["cache-control"].startswith("private")
    reader.close()


def test_ranges_as_numbers() -> None:
    assert parse_range("", 10) is None
    assert parse_range("bytes=2-3", 10) == (2, 4)
    assert parse_range("bytes=" + "9" * 16 + "-", 10) is None
    with pytest.raises(ValueError, match="outside"):
        parse_range("bytes=0-", 0)


def test_content_types() -> None:
    assert content_type("image/png", "x.glb") == "image/png"
    assert content_type("", "x.GLB") == "model/gltf-binary"
    assert content_type("application/octet-stream", "x") == "application/octet-stream"
    assert not matches("", '"a"')


def test_remote_blocks_are_read_once_for_all_who_want_them() -> None:
    store = Folder(None)
    loop = Loop()
    reader = BlockReader(store)

    async def read(begin: int, end: int) -> bytes:
        return b"".join([block async for block in reader.blocks(NAME, begin, end)])

    async def many() -> list[bytes]:
        return await asyncio.gather(*(read(0, len(DATA)) for _ in range(20)))

    assert set(loop.run(many())) == {DATA}
    assert len(store.reads) == 3
    assert loop.run(read(BLOCK + 5, BLOCK + 9)) == DATA[BLOCK + 5 : BLOCK + 9]
    reader.close()
    loop.close()


def test_the_shared_blocks_stay_below_their_limit() -> None:
    store = Folder(None)
    store.files = {str(n) * 64: content(BLOCK, n) for n in range(8)}
    loop = Loop()
    reader = BlockReader(store, kept_bytes=3 * BLOCK)

    async def read(name: str) -> bytes:
        return b"".join([block async for block in reader.blocks(name, 0, BLOCK)])

    for name, data in store.files.items():
        assert loop.run(read(name)) == data
    assert reader._shared.bytes <= 3 * BLOCK
    assert len(reader._shared._blocks) <= 3
    reader.close()
    loop.close()


def descriptors_of(path: Path) -> int:
    """How often this process has a file open."""
    wanted, found = path.stat(), 0
    for number in range(4096):
        try:
            found += os.path.samestat(os.fstat(number), wanted)
        except OSError:
            continue
    return found


async def leave(reader: BlockReader, busy: threading.Event) -> None:
    """Begin to read, and go as soon as a thread is busy with it."""

    async def read() -> None:
        async for _ in reader.blocks(NAME, 0, len(DATA)):
            pass

    task = asyncio.create_task(read())
    await asyncio.to_thread(busy.wait, BOUND_S)
    task.cancel()
    await asyncio.wait([task], timeout=BOUND_S)
    assert task.cancelled()


def test_a_client_that_leaves_while_its_file_is_opened_leaves_none_open(tmp_path: Path) -> None:
    busy, go_on = threading.Event(), threading.Event()

    class Slow(Folder):
        def local_path(self, sha256: str) -> Path | None:
            busy.set()
            go_on.wait(BOUND_S)
            return super().local_path(sha256)

    loop, reader = Loop(), BlockReader(Slow(tmp_path))
    loop.run(leave(reader, busy))
    go_on.set()
    reader._threads.shutdown(wait=True)
    loop.call(lambda: None)
    assert descriptors_of(tmp_path / NAME) == 0
    loop.close()


def test_a_file_is_not_closed_under_a_thread_that_reads_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    busy, go_on, read = threading.Event(), threading.Event(), blocks._read_file
    got: list[bytes] = []

    def slow(file: blocks.OpenFile, offset: int, length: int) -> bytes:
        busy.set()
        go_on.wait(BOUND_S)
        got.append(read(file, offset, length))
        return got[0]

    monkeypatch.setattr(blocks, "NOWAIT", 0)
    monkeypatch.setattr(blocks, "_read_file", slow)
    loop, reader = Loop(), BlockReader(Folder(tmp_path))
    loop.run(leave(reader, busy))
    with (tmp_path / EMPTY).open("rb"):  # takes the number of a descriptor that was closed
        go_on.set()
        reader._threads.shutdown(wait=True)
    assert got == [DATA[:BLOCK]]
    loop.call(lambda: None)
    assert descriptors_of(tmp_path / NAME) == 0
    loop.close()


def test_downloads_pass_the_gate(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    busy, go_on = threading.Event(), threading.Event()

    class Slow(Folder):
        def local_path(self, sha256: str) -> Path | None:
            busy.set()
            go_on.wait(BOUND_S)
            return super().local_path(sha256)

    known = {NAME: BlobInfo(NAME, len(DATA), "model/gltf-binary")}
    reader = BlockReader(Slow(tmp_path))
    caplog.set_level("INFO", "showfloor.calls")
    with (
        transports({}, reader=reader, blobs=known, max_streams=1) as (server, loop),
        ThreadPoolExecutor(1) as threads,
    ):
        first = threads.submit(request_http, server.web_port, "GET", PATH)
        assert busy.wait(BOUND_S)
        status, _, body = request_http(server.web_port, "GET", PATH)
        assert (status, b"TOO_MANY_STREAMS" in body) == (429, True)
        loop.call(server.gate.drain)
        status, _, body = request_http(server.web_port, "GET", PATH)
        assert (status, b"SERVER_STOPPING" in body) == (503, True)
        assert not loop.run(server.gate.quiet(0.1))
        go_on.set()
        assert first.result(BOUND_S)[2] == DATA
        assert loop.run(server.gate.quiet(BOUND_S))
        text = server.metrics.text()
    assert b'showfloor_calls_total{method="GET /files",status="OK",transport="web"} 1.0' in text
    assert "GET /files" in caplog.messages
    reader.close()
