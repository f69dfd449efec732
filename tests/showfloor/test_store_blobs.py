"""The blob store, on a local folder and on a real S3 server."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from showfloor.errors import NotFound, Unavailable
from showfloor.store import blobs, shelves
from showfloor.store.blobs import Blobs, claim
from showfloor.store.database import Database
from showfloor.store.shelves import LocalShelf, open_shelf
from showfloor.store.tables import Blob, now

from assets_pipeline.errors import InputError, MachineError

ROOT = Path(__file__).resolve().parents[2]
DATA = random.Random(1).randbytes(700_001)
SHA256 = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def lite(sqlite_db: Database) -> Database:
    return sqlite_db


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path, lite: Database) -> Blobs:
    """A blob store, once of each kind."""
    if request.param == "folder":
        return Blobs(f"file://{tmp_path}/with space/blobs", lite)
    return Blobs(request.getfixturevalue("s3_url"), lite)


def test_what_is_put_can_be_read(store: Blobs, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(DATA)
    assert store.put_file(source, "model/gltf-binary") == SHA256
    source.write_bytes(b"changed")
    info = store.stat(SHA256)
    assert (info.sha256, info.size_bytes, info.media_type) == (SHA256, len(DATA), "model/gltf-binary")
    for offset, length in ((0, 10), (262_144, 262_144), (len(DATA) - 3, 100), (len(DATA) + 5, 10), (5, 0)):
        assert store.open_range(SHA256, offset, length) == DATA[offset : offset + length]
    store.fetch(SHA256, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == DATA
    assert store.put_bytes(DATA, "model/gltf-binary") == SHA256  # again changes nothing
    empty = store.put_bytes(b"", "text/plain")
    assert store.stat(empty).size_bytes == 0


def test_layout(store: Blobs) -> None:
    store.put_bytes(DATA, "a/b")
    path = store.local_path(SHA256)
    if isinstance(store.shelf, LocalShelf):
        assert path is not None
        assert path.parts[-4:] == ("blobs", SHA256[:2], SHA256[2:4], SHA256)
        assert path.read_bytes() == DATA
        assert path.stat().st_mode & 0o222 == 0
    else:
        assert path is None


def test_many_may_put_the_same_at_once(store: Blobs) -> None:
    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(lambda _: store.put_bytes(DATA, "a/b"), range(12))) == {SHA256}
    assert store.open_range(SHA256, 0, len(DATA)) == DATA


def test_a_link_costs_no_copy_and_the_source_may_go(tmp_path: Path, lite: Database) -> None:
    store = Blobs(f"file://{tmp_path}/blobs", lite)
    source = tmp_path / "source"
    source.write_bytes(DATA)
    store.put_file(source, "a/b", link=True)
    path = store.local_path(SHA256)
    assert path is not None
    assert path.samefile(source)
    source.unlink()
    assert store.open_range(SHA256, 0, len(DATA)) == DATA


def test_no_link_becomes_a_copy(tmp_path: Path, lite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    store = Blobs(f"file://{tmp_path}/blobs", lite)
    source = tmp_path / "source"
    source.write_bytes(DATA)
    monkeypatch.setattr(os, "link", refuse)
    store.put_file(source, "a/b", link=True)
    store.fetch(SHA256, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == DATA


def test_a_lost_file_is_written_again_and_missed_when_read(store: Blobs, tmp_path: Path) -> None:
    store.put_bytes(DATA, "a/b")
    store.shelf.delete(SHA256)
    for read in (lambda: store.open_range(SHA256, 0, 1), lambda: store.fetch(SHA256, tmp_path / "copy")):
        with pytest.raises(MachineError, match="BLOB_MISSING"):
            read()
    assert not (tmp_path / "copy").exists()
    store.put_bytes(DATA, "a/b")
    assert store.open_range(SHA256, 0, len(DATA)) == DATA


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "0" * 64, "A" * 64, "a\0b", "x" * 10_000])
def test_unknown_files_are_not_found(lite: Database, tmp_path: Path, name: str) -> None:
    with pytest.raises(NotFound, match="FILE_NOT_FOUND"):
        Blobs(f"file://{tmp_path}/blobs", lite).stat(name)


def test_a_claim_needs_blobs_that_stay(lite: Database) -> None:
    with lite.session() as session:
        session.add(Blob(sha256="a", size_bytes=1, media_type="", used_time=now()))
        session.add(Blob(sha256="b", size_bytes=1, media_type="", used_time=now(), removing=True))
    lite.transact(claim, "a", "a")
    for gone in ("b", "c"):
        with pytest.raises(Unavailable, match="BLOB_REMOVED"):
            lite.transact(claim, "a", gone)


@pytest.mark.parametrize("number", [28, 122])
def test_a_full_disk_leaves_nothing_behind(
    tmp_path: Path, lite: Database, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def full(*_: object) -> None:
        raise OSError(number, "No space left on device")

    store = Blobs(f"file://{tmp_path}/blobs", lite)
    with monkeypatch.context() as patch:
        patch.setattr(shelves.shutil, "copyfileobj", full)
        with pytest.raises(MachineError, match="DISK_FULL"):
            store.put_bytes(DATA, "a/b")
    assert [p for p in (tmp_path / "blobs").rglob("*") if p.is_file()] == []
    store.put_bytes(DATA, "a/b")
    assert store.open_range(SHA256, 0, len(DATA)) == DATA


def test_bytes_need_no_temporary_folder_beside_the_store(
    tmp_path: Path, lite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    store = Blobs(f"file://{tmp_path}/blobs", lite)
    store.put_bytes(DATA, "a/b")
    assert store.open_range(SHA256, 0, len(DATA)) == DATA
    assert list((tmp_path / "blobs/.unfinished").iterdir()) == []


@pytest.mark.parametrize(("number", "code"), [(28, "DISK_FULL"), (122, "DISK_FULL"), (2, "BLOBS_UNWRITABLE")])
def test_what_the_disk_says_before_the_first_byte_is_named(
    store: Blobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(blobs.tempfile, "NamedTemporaryFile", refuse)
        with pytest.raises(MachineError, match=code):
            store.put_bytes(DATA, "a/b")
    source = tmp_path / "source"
    source.write_bytes(DATA)
    with monkeypatch.context() as patch:
        patch.setattr(blobs, "hash_file", refuse)
        with pytest.raises(MachineError, match=code):
            store.put_file(source, "a/b")
    assert store.put_file(source, "a/b") == SHA256


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, lite: Database) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(MachineError, match="BLOBS_UNWRITABLE"):
        Blobs(f"file://{tmp_path}/file/blobs", lite)


@pytest.mark.parametrize("url", ["nonsense://x", "foo:bar://"])
def test_unknown_urls_are_refused(url: str) -> None:
    with pytest.raises(InputError, match="BLOB_URL_INVALID"):
        open_shelf(url)


def test_an_object_store_that_does_not_answer(s3_url: str, lite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")  # discard: nobody listens
    store = Blobs(s3_url, lite)
    with pytest.raises(Unavailable, match="BLOB_STORE_UNAVAILABLE"):
        store.put_bytes(DATA, "a/b")


def test_a_bucket_that_is_not_there(s3_url: str, lite: Database) -> None:
    with pytest.raises(Unavailable, match="BLOB_STORE_UNAVAILABLE"):
        Blobs(s3_url.replace("bucket-", "no-bucket-"), lite).put_bytes(DATA, "a/b")


def test_damage_on_the_way_from_an_object_store_is_seen(s3_url: str, lite: Database, tmp_path: Path) -> None:
    store = Blobs(s3_url, lite)
    store.put_bytes(DATA, "a/b")
    (tmp_path / "other").write_bytes(b"other")
    store.shelf.put(tmp_path / "other", SHA256, False)
    with pytest.raises(MachineError, match="BLOB_MISSING"):
        store.fetch(SHA256, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


KILLED = """
import os, shutil, signal, sys
from pathlib import Path
from showfloor.store.blobs import Blobs
from showfloor.store.database import Database
db = Database(sys.argv[1])
blobs = Blobs(sys.argv[2], db)
def copy(read, write, size):
    write.write(read.read(1000))
    write.flush()
    os.kill(os.getpid(), signal.SIGKILL)
shutil.copyfileobj = copy
blobs.put_bytes(b"x" * 100_000, "a/b")
"""


def test_a_kill_in_the_middle_leaves_no_half_file(tmp_path: Path, lite: Database) -> None:
    url = f"file://{tmp_path}/blobs"
    line = [sys.executable, "-c", KILLED, str(lite.url), url]
    assert subprocess.run(line, cwd=ROOT, timeout=60).returncode == -9
    store = Blobs(url, lite)
    sha256 = hashlib.sha256(b"x" * 100_000).hexdigest()
    assert store.shelf.size(sha256) is None
    assert len(list((tmp_path / "blobs/.unfinished").iterdir())) == 2, "the bytes, and half of their copy"
    store.put_bytes(b"x" * 100_000, "a/b")
    assert store.open_range(sha256, 0, 200_000) == b"x" * 100_000
    store.shelf.tidy(-1)
    assert list((tmp_path / "blobs/.unfinished").iterdir()) == []
