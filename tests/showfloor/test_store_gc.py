"""Garbage collection: it takes what is of no use, and never anything that is."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from showfloor.errors import Unavailable
from showfloor.ids import new_id
from showfloor.settings import Settings
from showfloor.store import gc
from showfloor.store.blobs import Blobs, claim
from showfloor.store.database import Database
from showfloor.store.gc import GcReport, collect
from showfloor.store.shelves import hash_file
from showfloor.store.tables import Asset, Base, Blob, Capture, CaptureFile, Job, Lod, Variant, now
from showfloor.v1 import capture_pb2, generation_pb2
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from assets_pipeline.errors import MachineError

ROOT = Path(__file__).resolve().parents[2]
OLD = timedelta(hours=2)


def age(session: Session) -> None:
    session.execute(update(Blob).values(used_time=now() - OLD, unused_time=now() - OLD))


def add_capture(session: Session, state: int, blob: str | None = None, age_h: float = 0.0) -> str:
    capture_id = new_id("cap")
    time = now() - timedelta(hours=age_h)
    session.add(
        Capture(
            id=capture_id, key_id="local", display_name="x", kind=1, state=state, create_time=time, expire_time=time
        )
    )
    session.flush()
    session.add(
        CaptureFile(capture_id=capture_id, name="a", position=0, size_bytes=1, sha256="0", received_bytes=0, blob=blob)
    )
    return capture_id


def add_asset(session: Session, *, thumbnail: str | None = None, report: str | None = None, lod: str = "") -> None:
    row = Asset(
        id=new_id("ast"),
        display_name="",
        size_x_m=1.0,
        size_y_m=1.0,
        size_z_m=1.0,
        size_known=True,
        scale_source="height",
        verdict="pass",
        reasons=[],
        options={},
        thumbnail=thumbnail,
        report=report,
        etag="",
    )
    session.add(row)
    session.flush()
    if lod:
        session.add(Variant(asset_id=row.id, profile="web", extensions_required=[], etag=""))
        session.add(Lod(asset_id=row.id, profile="web", level=0, triangles=1, blob=lod))


def add_job(session: Session, state: int, preview: str | None = None) -> str:
    job_id = new_id("job")
    session.add(
        Job(id=job_id, key_id="local", kind=1, state=state, display_name="", profile="web", options={}, preview=preview)
    )
    return job_id


def test_every_reference_holds_its_blob(db: Database, blobs: Blobs, settings: Settings) -> None:
    kept = [blobs.put_bytes(f"kept {n}".encode(), "a/b") for n in range(5)]
    young = blobs.put_bytes(b"young", "a/b")
    loose = [blobs.put_bytes(f"loose {n}".encode(), "a/b") for n in range(3)]
    with db.session() as session:
        age(session)
        add_capture(session, capture_pb2.CAPTURE_STATE_READY, kept[0], 99)
        add_asset(session, thumbnail=kept[1])
        add_asset(session, report=kept[2])
        add_asset(session, lod=kept[3])
        add_job(session, generation_pb2.JOB_STATE_SUCCEEDED, preview=kept[4])
    referring = {c for t in Base.metadata.sorted_tables for c in t.columns for k in c.foreign_keys if "blobs" in str(k)}
    assert len(referring) == 5, "a new reference needs a line above"
    blobs.put_bytes(b"young", "a/b")  # put again: in use
    assert collect(db, blobs, settings) == GcReport(0, 0, 3, sum(len(f"loose {n}") for n in range(3)))
    assert all(blobs.shelf.size(b) for b in [*kept, young])
    assert [blobs.shelf.size(b) for b in loose] == [None] * 3
    assert db.look(lambda s: set(s.scalars(select(Blob.sha256)))) == {*kept, young}
    assert collect(db, blobs, settings) == GcReport(0, 0, 0, 0)


def test_the_grace_counts_from_when_the_last_reference_went(db: Database, blobs: Blobs, settings: Settings) -> None:
    blob = blobs.put_bytes(b"one", "a/b")

    def unused(session: Session) -> object:
        return session.scalars(select(Blob.unused_time)).one()

    with db.session() as session:
        age(session)
        capture_id = add_capture(session, capture_pb2.CAPTURE_STATE_READY, blob)
    assert collect(db, blobs, settings).blobs == 0
    assert db.look(unused) is None, "it is in use, whatever was noted before"
    with db.session() as session:
        session.delete(session.get(Capture, capture_id))
    for _ in range(2):
        assert collect(db, blobs, settings).blobs == 0, "put long ago, but used until just now"
    assert db.look(unused) is not None
    db.transact(claim, blob)
    assert db.look(unused) is None
    assert collect(db, blobs, settings).blobs == 0
    blobs.put_bytes(b"one", "a/b")
    assert db.look(unused) is None
    assert collect(db, blobs, settings.model_copy(update={"blob_grace_h": 0.0})).blobs == 1


def test_more_than_a_batch_goes(
    db: Database, blobs: Blobs, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gc, "BATCH", 3)
    for n in range(7):
        blobs.put_bytes(f"{n}".encode(), "a/b")
    db.transact(age)
    assert collect(db, blobs, settings).blobs == 7


def test_captures_that_nobody_finished_go_with_their_parts(db: Database, blobs: Blobs, settings: Settings) -> None:
    with db.session() as session:
        late = add_capture(session, capture_pb2.CAPTURE_STATE_UPLOADING, age_h=1)
        fresh = add_capture(session, capture_pb2.CAPTURE_STATE_UPLOADING, age_h=-1)
        ready = add_capture(session, capture_pb2.CAPTURE_STATE_READY, age_h=1)
        running = add_job(session, generation_pb2.JOB_STATE_RUNNING)
        ended = add_job(session, generation_pb2.JOB_STATE_FAILED)
    folders = [settings.root / "uploads" / name for name in (late, fresh, ready, "unknown")]
    folders += [settings.root / "work" / name for name in (running, ended)]
    for folder in folders:
        folder.mkdir(parents=True)
        (folder / "0.part").write_bytes(b"x")
    assert collect(db, blobs, settings) == GcReport(1, 4, 0, 0)
    assert [f.exists() for f in folders] == [False, True, False, False, True, False]
    assert db.look(lambda s: set(s.scalars(select(Capture.id)))) == {fresh, ready}
    assert db.look(lambda s: set(s.scalars(select(CaptureFile.capture_id)))) == {fresh, ready}


def test_a_collector_that_died_is_followed_by_the_next_or_by_a_put(
    db: Database, blobs: Blobs, settings: Settings
) -> None:
    one, two = (blobs.put_bytes(text, "a/b") for text in (b"one", b"two"))
    with db.session() as session:
        session.execute(update(Blob).values(removing=True, used_time=now() - OLD))
    blobs.shelf.delete(one)  # so far it came with the first
    assert blobs.put_bytes(b"one", "a/b") == one
    assert blobs.open_range(one, 0, 9) == b"one"
    db.transact(claim, one)
    assert collect(db, blobs, settings) == GcReport(0, 0, 1, 3)
    assert (blobs.shelf.size(one), blobs.shelf.size(two)) == (3, None)


def test_on_an_object_store(s3_url: str, sqlite_db: Database, settings: Settings) -> None:
    db = sqlite_db
    blobs = Blobs(s3_url, db)
    kept, loose = (blobs.put_bytes(text, "a/b") for text in (b"kept", b"loose"))
    with db.session() as session:
        age(session)
        add_asset(session, report=kept)
    assert collect(db, blobs, settings) == GcReport(0, 0, 1, 5)
    assert (blobs.shelf.size(kept), blobs.shelf.size(loose)) == (4, None)


def test_a_reference_made_without_a_claim_still_wins(db: Database, blobs: Blobs, settings: Settings) -> None:
    blob = blobs.put_bytes(b"one", "a/b")
    with db.session() as session:
        session.execute(update(Blob).values(removing=True, used_time=now() - OLD))
        add_asset(session, report=blob)
    assert collect(db, blobs, settings).blobs == 0
    assert blobs.stat(blob).size_bytes == 3


def test_a_store_that_fails_keeps_the_row_for_the_next_time(
    db: Database, blobs: Blobs, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs.put_bytes(b"one", "a/b")
    db.transact(age)

    def away(_: str) -> None:
        raise Unavailable("BLOB_STORE_UNAVAILABLE", "", "")

    with monkeypatch.context() as patch:
        patch.setattr(blobs.shelf, "delete", away)
        with pytest.raises(Unavailable):
            collect(db, blobs, settings)
    assert db.look(lambda s: s.scalars(select(Blob.removing)).all()) == [True]
    assert collect(db, blobs, settings).blobs == 1


def test_a_collector_that_is_stopped_ends_after_the_blob_at_hand(
    db: Database, blobs: Blobs, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(4):
        blobs.put_bytes(f"{n}".encode(), "a/b")
    db.transact(age)
    (settings.root / "work" / "unknown").mkdir(parents=True)
    stop, delete = threading.Event(), blobs.shelf.delete

    def delete_and_stop(sha256: str) -> None:
        delete(sha256)
        stop.set()

    monkeypatch.setattr(blobs.shelf, "delete", delete_and_stop)
    assert collect(db, blobs, settings, stop) == GcReport(0, 1, 1, 1)
    (settings.root / "work" / "other").mkdir()
    assert collect(db, blobs, settings, stop) == GcReport(0, 0, 0, 0)
    assert collect(db, blobs, settings) == GcReport(0, 1, 3, 3)


@pytest.mark.parametrize("unlisted", ["work", ".unfinished"])
def test_a_folder_that_cannot_be_listed_is_named(
    sqlite_db: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch, unlisted: str
) -> None:
    blobs = Blobs(settings.blobs, sqlite_db)
    (settings.root / "work").mkdir()
    listed = Path.iterdir

    def refuse(folder: Path) -> Iterator[Path]:
        if folder.name == unlisted:
            raise PermissionError(13, "Permission denied")
        return listed(folder)

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(MachineError, match=r"BLOBS_UNWRITABLE: .*Permission denied"):
        collect(sqlite_db, blobs, settings)


@pytest.mark.parametrize("error", [Unavailable("DATABASE_UNAVAILABLE", "", ""), ValueError("a bug")])
def test_a_collector_that_failed_tries_again(
    sqlite_db: Database,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
) -> None:
    calls = []

    def collect_once(*_: object) -> str:
        calls.append(1)
        if len(calls) == 1:
            raise error
        return "report"

    async def main() -> None:
        blobs = Blobs(settings.blobs, sqlite_db)
        task = asyncio.create_task(gc.collect_regularly(sqlite_db, blobs, settings, 0.001))
        while len(calls) < 3:
            assert not task.done()
            await asyncio.sleep(0.001)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert task.cancelled()

    monkeypatch.setattr(gc, "collect", collect_once)
    asyncio.run(asyncio.wait_for(main(), 30))
    assert "garbage collection" in caplog.text


def test_a_cancelled_collector_ends_with_the_collection_that_runs(
    sqlite_db: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, ended = threading.Event(), threading.Event()

    def collect_until(_db: Database, _blobs: Blobs, _settings: Settings, stop: threading.Event) -> None:
        begun.set()
        assert stop.wait(30)
        ended.set()

    async def main() -> None:
        blobs = Blobs(settings.blobs, sqlite_db)
        task = asyncio.create_task(gc.collect_regularly(sqlite_db, blobs, settings))
        await asyncio.to_thread(begun.wait, 30)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert task.cancelled()
        assert ended.is_set()

    monkeypatch.setattr(gc, "collect", collect_until)
    asyncio.run(asyncio.wait_for(main(), 60))


COLLECTOR = """
import sys
from pathlib import Path
from showfloor.settings import Settings
from showfloor.store.blobs import Blobs
from showfloor.store.database import Database
from showfloor.store.gc import collect
settings = Settings(data_dir=Path(sys.argv[2]), blob_grace_h=0.0)
db = Database(sys.argv[1])
blobs = Blobs(settings.blobs, db)
removed = 0
print("ready", flush=True)
while not Path(sys.argv[2], "stop").exists():
    removed += collect(db, blobs, settings).blobs
print(removed)
"""


def test_no_file_in_use_is_ever_taken(db: Database, blobs: Blobs, settings: Settings) -> None:
    """Writers put, refer to and let go of a few files again and again while collectors take all they may.

    One of these runs in a process of its own, as ``showfloor gc`` does beside a server.
    """
    eager = settings.model_copy(update={"blob_grace_h": 0.0})
    line = [sys.executable, "-c", COLLECTOR, db.url.render_as_string(hide_password=False), str(settings.root)]
    other = subprocess.Popen(line, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    assert other.stdout.readline() == "ready\n"
    stop = threading.Event()
    removed = []

    def sweep() -> None:
        while not stop.is_set():
            removed.append(collect(db, blobs, eager).blobs)

    def refer(session: Session, sha256: str, name: str) -> str:
        claim(session, sha256)
        return add_capture(session, capture_pb2.CAPTURE_STATE_READY, sha256)

    def let_go(session: Session, capture_id: str) -> None:
        session.delete(session.get(Capture, capture_id))

    def work(seed: int) -> int:
        dice = random.Random(seed)
        lost = 0
        for turn in range(25):
            content = f"content {dice.randrange(9)}".encode() * 500
            while True:
                sha256 = blobs.put_bytes(content, "a/b")
                try:
                    capture_id = db.transact(refer, sha256, str(turn))
                    break
                except Unavailable as error:
                    if error.code != "BLOB_REMOVED":
                        raise
                    lost += 1
            path = blobs.local_path(sha256)
            assert path is not None
            for _ in range(3):
                assert hash_file(path) == sha256
            assert blobs.stat(sha256).size_bytes == len(content)
            if dice.random() < 0.9:
                db.transact(let_go, capture_id)
        return lost

    with ThreadPoolExecutor(6) as pool:
        sweepers = [pool.submit(sweep)]
        workers = [pool.submit(work, seed) for seed in range(4)]
        try:
            for worker in workers:
                worker.result(120)
        finally:
            stop.set()
            (settings.root / "stop").touch()
        for sweeper in sweepers:
            sweeper.result(60)
    removed.append(int(other.communicate(timeout=60)[0]))
    assert other.returncode == 0
    assert sum(removed) > 0, "the collectors met nothing to take"
    collect(db, blobs, eager)
    with db.session(write=False) as session:
        referred = set(session.scalars(select(CaptureFile.blob)))
        assert set(session.scalars(select(Blob.sha256))) == referred
    files = {p.name for p in Path(settings.root / "blobs").glob("??/??/*")}
    assert files == referred
