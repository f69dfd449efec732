"""CaptureService: declare, upload in parts, finish; lost connections, crashes and bad input."""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
import random
import struct
import subprocess
import sys
import time
import uuid
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from showfloor.errors import Conflict, LimitReached, NotFound
from showfloor.services.call import Call
from showfloor.services.capture import CaptureService
from showfloor.settings import MIB, Settings
from showfloor.store import uploads
from showfloor.store.blobs import Blobs
from showfloor.store.database import Database
from showfloor.store.gc import collect
from showfloor.store.tables import Blob, Capture, CaptureFile, now
from showfloor.v1 import capture_pb2 as pb
from sqlalchemy import select, update

from assets_pipeline.errors import InputError, MachineError, ShowfloorError

ROOT = Path(__file__).resolve().parents[2]
CALL = Call()
FILES = {f"{n:04}.jpg": random.Random(n).randbytes(2500 + n) for n in range(4)}
PART = 1000


class Desk:
    """The service, called as a client would, without asyncio in each test."""

    def __init__(self, db: Database, blobs: Blobs, settings: Settings) -> None:
        self.service = CaptureService(db, blobs, settings)
        self.db, self.blobs, self.settings = db, blobs, settings

    def create(self, files: dict[str, bytes], call: Call = CALL, **fields: object) -> pb.Capture:
        declared = [
            pb.CaptureFile(name=n, size_bytes=len(d), sha256=hashlib.sha256(d).hexdigest()) for n, d in files.items()
        ]
        return asyncio.run(self.service.create_capture(pb.CreateCaptureRequest(files=declared, **fields), call))  # type: ignore[arg-type]

    def send(self, capture_id: str, name: str, offset: int, data: bytes, sha256: str | None = None) -> int:
        digest = hashlib.sha256(data).hexdigest() if sha256 is None else sha256
        request = pb.UploadPartRequest(capture_id=capture_id, file_name=name, offset=offset, data=data, sha256=digest)
        return asyncio.run(self.service.upload_part(request, CALL)).received_bytes

    def send_all(self, capture_id: str, name: str, data: bytes, begin: int = 0) -> None:
        for offset in range(begin, len(data), PART):
            self.send(capture_id, name, offset, data[offset : offset + PART])

    def finish(self, capture_id: str) -> pb.Capture:
        return asyncio.run(self.service.finish_capture(pb.FinishCaptureRequest(capture_id=capture_id), CALL))

    def get(self, capture_id: str) -> pb.Capture:
        return asyncio.run(self.service.get_capture(pb.GetCaptureRequest(capture_id=capture_id), CALL))

    def part(self, capture_id: str, position: int = 0) -> Path:
        return self.settings.root / "uploads" / capture_id / f"{position}.part"


@pytest.fixture
def desk(db: Database, blobs: Blobs, settings: Settings) -> Iterator[Desk]:
    desk = Desk(db, blobs, settings)
    yield desk
    desk.service.close()


@pytest.fixture
def lite(sqlite_db: Database, settings: Settings) -> Iterator[Desk]:
    """As ``desk``, on SQLite alone, with small limits."""
    small = settings.model_copy(update={"max_capture_files": 5, "max_capture_bytes": 20_000, "max_part_bytes": PART})
    desk = Desk(sqlite_db, Blobs(small.blobs, sqlite_db), small)
    yield desk
    desk.service.close()


def test_a_capture_from_declaration_to_blobs(desk: Desk) -> None:
    made = desk.create(FILES, display_name="Tea tin")
    assert (made.state, made.kind, made.display_name) == (
        pb.CAPTURE_STATE_UPLOADING,
        pb.CAPTURE_KIND_PHOTOS,
        "Tea tin",
    )
    assert [f.name for f in made.files] == list(FILES)
    assert made.expire_time.ToDatetime() > made.create_time.ToDatetime()
    for name, data in FILES.items():
        desk.send_all(made.id, name, data)
    assert [f.received_bytes for f in desk.get(made.id).files] == [len(d) for d in FILES.values()]
    done = desk.finish(made.id)
    assert done.state == pb.CAPTURE_STATE_READY
    assert not done.HasField("expire_time")
    assert desk.finish(made.id) == done == desk.get(made.id)
    assert not desk.part(made.id).parent.exists()
    with desk.db.session(write=False) as session:
        rows = session.scalars(select(CaptureFile).order_by(CaptureFile.position)).all()
    for row, data in zip(rows, FILES.values()):
        assert desk.blobs.open_range(row.blob or "", 0, len(data)) == data
        assert desk.blobs.stat(row.blob or "").media_type == "image/jpeg"


def test_an_upload_goes_on_where_it_stopped(desk: Desk) -> None:
    capture_id = desk.create(FILES).id
    data = FILES["0000.jpg"]
    assert desk.send(capture_id, "0000.jpg", 0, data[:PART]) == PART
    assert desk.send(capture_id, "0000.jpg", 0, data[:PART]) == PART, "the answer was lost; the part comes again"
    assert desk.send(capture_id, "0000.jpg", 500, data[500:1500]) == 1500, "parts may overlap"
    desk.service.close()
    desk.service = CaptureService(desk.db, desk.blobs, desk.settings)  # the server starts again
    received = desk.get(capture_id).files[0].received_bytes
    assert received == 1500
    desk.send_all(capture_id, "0000.jpg", data, received)
    assert desk.send(capture_id, "0000.jpg", 2000, data[2000:]) == len(data), "the last one again, of a whole file"
    with pytest.raises(Conflict, match="PART_DIFFERS"):
        desk.send(capture_id, "0000.jpg", 0, b"x" * 10)


def test_the_same_request_makes_one_capture(desk: Desk) -> None:
    request_id = str(uuid.uuid4())
    first = desk.create(FILES, request_id=request_id)
    assert desk.create(FILES, request_id=request_id) == first
    assert desk.create(FILES, Call(key_id="key_other"), request_id=request_id).id != first.id
    assert desk.create(FILES).id != desk.create(FILES).id
    with pytest.raises(Conflict, match="REQUEST_ID_REUSED"):
        desk.create({**FILES, "more.jpg": b"x"}, request_id=request_id)
    desk.send_all(first.id, "0000.jpg", FILES["0000.jpg"])
    assert desk.create(FILES, request_id=request_id).files[0].received_bytes == len(FILES["0000.jpg"])


def test_the_same_request_many_times_at_once(desk: Desk) -> None:
    request_id = str(uuid.uuid4())
    with ThreadPoolExecutor(6) as pool:
        ids = set(pool.map(lambda _: desk.create(FILES, request_id=request_id).id, range(6)))
    assert len(ids) == 1


def test_parts_of_one_file_at_once(desk: Desk) -> None:
    """Many senders of the same file: each part is refused until its turn, and the file comes out right."""
    data = random.Random(5).randbytes(12 * PART)
    capture_id = desk.create({"0.jpg": data, "1.jpg": b"1", "2.jpg": b"2"}).id

    async def send(begin: int) -> None:
        part = data[begin : begin + PART]
        request = pb.UploadPartRequest(
            capture_id=capture_id,
            file_name="0.jpg",
            offset=begin,
            data=part,
            sha256=hashlib.sha256(part).hexdigest(),
        )
        for _ in range(2000):
            try:
                await desk.service.upload_part(request, CALL)
                return
            except Conflict as error:
                if error.code != "PART_OUT_OF_ORDER":
                    raise
                await asyncio.sleep(0.002)
        raise AssertionError("the part never had its turn")

    async def main() -> None:
        begins = [b for b in range(0, len(data), PART) for _ in range(2)]
        random.Random(1).shuffle(begins)
        await asyncio.gather(*map(send, begins))

    asyncio.run(main())
    blob = desk.db.look(lambda s: s.get(CaptureFile, (capture_id, "0.jpg")).blob)  # type: ignore[union-attr]
    assert desk.blobs.open_range(blob or "", 0, len(data)) == data


def test_two_servers_on_one_data_folder(desk: Desk) -> None:
    """Each has locks of its own; the row decides."""
    other = Desk(desk.db, desk.blobs, desk.settings)
    data = random.Random(6).randbytes(20 * PART)
    capture_id = desk.create({"0.jpg": data, "1.jpg": b"1", "2.jpg": b"2"}).id

    def send(which: Desk) -> None:
        while True:
            received = which.get(capture_id).files[0].received_bytes
            if received == len(data):
                return
            try:
                which.send(capture_id, "0.jpg", received, data[received : received + PART])
            except Conflict as error:
                if error.code != "PART_OUT_OF_ORDER":
                    raise

    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(send, d) for d in (desk, other)]:
            future.result(60)
    other.service.close()
    blob = desk.db.look(lambda s: s.get(CaptureFile, (capture_id, "0.jpg")).blob)  # type: ignore[union-attr]
    assert desk.blobs.open_range(blob or "", 0, len(data)) == data


def test_uploads_to_an_object_store(sqlite_db: Database, settings: Settings, s3_url: str) -> None:
    desk = Desk(sqlite_db, Blobs(s3_url, sqlite_db), settings)
    capture_id = desk.create(FILES).id
    for name, data in FILES.items():
        desk.send_all(capture_id, name, data)
        assert desk.send(capture_id, name, 0, data[:PART]) == len(data), "compared with what the store has"
    assert desk.finish(capture_id).state == pb.CAPTURE_STATE_READY
    for data in FILES.values():
        assert desk.blobs.open_range(hashlib.sha256(data).hexdigest(), 0, len(data)) == data
    desk.service.close()


def test_two_captures_share_the_same_photo(desk: Desk) -> None:
    for _ in range(2):
        capture_id = desk.create(FILES).id
        for name, data in FILES.items():
            desk.send_all(capture_id, name, data)
        desk.finish(capture_id)
    assert desk.db.look(lambda s: len(s.scalars(select(Blob)).all())) == len(FILES)


def test_uploads_do_not_block_the_event_loop(lite: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(handle: int) -> None:
        time.sleep(0.3)

    monkeypatch.setattr(uploads.os, "fdatasync", slow)
    capture_id = lite.create(FILES).id
    data = FILES["0000.jpg"][:PART]
    request = pb.UploadPartRequest(
        capture_id=capture_id, file_name="0000.jpg", data=data, sha256=hashlib.sha256(data).hexdigest()
    )

    async def main() -> int:
        sending = asyncio.create_task(lite.service.upload_part(request, CALL))
        beats = 0
        while not sending.done():
            await asyncio.sleep(0.005)
            beats += 1
        return beats

    assert asyncio.run(main()) > 10


def test_a_caller_that_gives_up_does_no_harm(lite: Desk) -> None:
    capture_id = lite.create(FILES).id
    data = FILES["0000.jpg"][:PART]
    request = pb.UploadPartRequest(
        capture_id=capture_id, file_name="0000.jpg", data=data, sha256=hashlib.sha256(data).hexdigest()
    )

    async def main() -> None:
        sending = asyncio.create_task(lite.service.upload_part(request, CALL))
        await asyncio.sleep(0)
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)

    asyncio.run(main())
    lite.send_all(capture_id, "0000.jpg", FILES["0000.jpg"])


BAD_FILES: list[tuple[str, dict[str, object]]] = [
    ("FILE_NAME_INVALID", {"name": name})
    for name in (
        "",
        "..",
        "../a.jpg",
        "a/../../b.jpg",
        "/etc/a.jpg",
        "a//b.jpg",
        "a/./b.jpg",
        "a/",
        "a\\b.jpg",
        "a\0.jpg",
        "a\n.jpg",
        "a\x85.jpg",
        "x" * 201,
        "é" * 101,
        "x" * 10_000,
        "0001.jpg",
        "0001.jpg/a.jpg",
    )
]
BAD_FILES += [("FILE_SIZE_INVALID", {"size_bytes": size}) for size in (0, -1, -(2**63))]
BAD_FILES += [("HASH_INVALID", {"sha256": text}) for text in ("", "0" * 63, "0" * 65, "A" * 64, "g" * 64, "\0" * 64)]
BAD_FILES += [("CAPTURE_TOO_LARGE", {"size_bytes": size}) for size in (20_001, 2**63 - 1)]


@pytest.mark.parametrize(("code", "fields"), BAD_FILES)
def test_bad_declarations(lite: Desk, code: str, fields: dict[str, object]) -> None:
    good = [pb.CaptureFile(name=f"000{n}.jpg", size_bytes=10, sha256="0" * 64) for n in (1, 2, 3)]
    bad = pb.CaptureFile(**{"name": "0004.jpg", "size_bytes": 10, "sha256": "0" * 64} | fields)  # type: ignore[arg-type]
    with pytest.raises((InputError, LimitReached)) as error:
        asyncio.run(lite.service.create_capture(pb.CreateCaptureRequest(files=[*good, bad]), CALL))
    assert error.value.code == code
    assert len(str(error.value)) < 500
    assert str(error.value).isprintable()


def test_too_many_files_name_the_limit(lite: Desk) -> None:
    with pytest.raises(LimitReached, match=r"CAPTURE_TOO_MANY_FILES.*5 .*max_capture_files"):
        lite.create({f"{n}.jpg": b"x" for n in range(6)})
    with pytest.raises(InputError, match="EMPTY_CAPTURE"):
        lite.create({})


@pytest.mark.parametrize("request_id", ["x" * 65, "a b", "é", "\0", "x" * 10_000])
def test_bad_request_ids(lite: Desk, request_id: str) -> None:
    with pytest.raises(InputError, match="REQUEST_ID_INVALID"):
        lite.create(FILES, request_id=request_id)


@pytest.mark.parametrize("name", ["x" * 201, "a\nb", "\0"])
def test_bad_display_names(lite: Desk, name: str) -> None:
    with pytest.raises(InputError, match="DISPLAY_NAME_INVALID"):
        lite.create(FILES, display_name=name)


PHOTOS, VIDEO, RGBD, SINGLE = (
    pb.CAPTURE_KIND_PHOTOS,
    pb.CAPTURE_KIND_VIDEO,
    pb.CAPTURE_KIND_RGBD,
    pb.CAPTURE_KIND_SINGLE_PHOTO,
)
THREE = ["a.jpg", "b.PNG", "c.heic"]
DEPTH = ["color/1.jpg", "depth/1.png", "intrinsics.json"]


@pytest.mark.parametrize(
    ("names", "declared", "kind"),
    [
        (THREE, 0, PHOTOS),
        (THREE, PHOTOS, PHOTOS),
        ([*THREE, "notes.txt"], 0, PHOTOS),
        (["images/a.jpg", "images/b.jpg", "images/c.jpg"], 0, PHOTOS),
        (["tour.MP4"], 0, VIDEO),
        (["tour.mov", "readme.txt"], VIDEO, VIDEO),
        (DEPTH, 0, RGBD),
        (DEPTH, RGBD, RGBD),
        (["a.webp"], 0, SINGLE),
        (["a.webp"], SINGLE, SINGLE),
    ],
)
def test_the_kind_is_what_convert_would_find(lite: Desk, names: list[str], declared: int, kind: int) -> None:
    assert lite.create(dict.fromkeys(names, b"x"), kind=declared).kind == kind


@pytest.mark.parametrize(
    ("names", "declared", "code"),
    [
        (THREE, VIDEO, "CAPTURE_KIND_MISMATCH"),
        (THREE, RGBD, "CAPTURE_KIND_MISMATCH"),
        (THREE, SINGLE, "CAPTURE_KIND_MISMATCH"),
        (DEPTH, PHOTOS, "CAPTURE_KIND_MISMATCH"),
        (["tour.mp4"], PHOTOS, "CAPTURE_KIND_MISMATCH"),
        (THREE, 5, "CAPTURE_KIND_INVALID"),
        (THREE, -1, "CAPTURE_KIND_INVALID"),
        (["a.jpg", "b.jpg"], 0, "TOO_FEW_PHOTOS"),
        (["a.jpg"], PHOTOS, "TOO_FEW_PHOTOS"),
        (["a.txt"], 0, "INPUT_UNSUPPORTED"),
        (["a.txt", "b.txt"], 0, "EMPTY_CAPTURE"),
        (["a.mp4", "b.mp4"], 0, "CAPTURE_NOT_ONE_PRODUCT"),
        (["cup/1.jpg", "cup/2.jpg", "tin/1.jpg"], 0, "CAPTURE_NOT_ONE_PRODUCT"),
    ],
)
def test_a_kind_that_the_files_contradict(lite: Desk, names: list[str], declared: int, code: str) -> None:
    with pytest.raises(InputError) as error:
        lite.create(dict.fromkeys(names, b"x"), kind=declared)
    assert error.value.code == code


def test_bad_parts(lite: Desk) -> None:
    capture_id = lite.create(FILES).id
    data = FILES["0000.jpg"]
    cases: list[tuple[str, type[ShowfloorError], tuple[object, ...]]] = [
        ("PART_HASH_MISMATCH", InputError, (capture_id, "0000.jpg", 0, data[:10], "0" * 64)),
        ("HASH_INVALID", InputError, (capture_id, "0000.jpg", 0, data[:10], "nonsense")),
        ("PART_EMPTY", InputError, (capture_id, "0000.jpg", 0, b"")),
        ("PART_TOO_LARGE", LimitReached, (capture_id, "0000.jpg", 0, data[: PART + 1])),
        ("PART_OUT_OF_ORDER", Conflict, (capture_id, "0000.jpg", PART, data[PART : PART + 10])),
        ("PART_OUT_OF_ORDER", Conflict, (capture_id, "0000.jpg", 2**63 - 1, b"x")),
        ("PART_OUT_OF_ORDER", Conflict, (capture_id, "0000.jpg", -5, b"x")),
        ("CAPTURE_NOT_FOUND", NotFound, ("cap_" + "0" * 26, "0000.jpg", 0, b"x")),
        ("CAPTURE_NOT_FOUND", NotFound, ("x" * 10_000, "0000.jpg", 0, b"x")),
        ("CAPTURE_NOT_FOUND", NotFound, ("../../etc", "0000.jpg", 0, b"x")),
        ("CAPTURE_NOT_FOUND", NotFound, ("", "0000.jpg", 0, b"x")),
        ("CAPTURE_FILE_UNKNOWN", NotFound, (capture_id, "../0000.jpg", 0, b"x")),
        ("CAPTURE_FILE_UNKNOWN", NotFound, (capture_id, "a\0b", 0, b"x")),
        ("CAPTURE_FILE_UNKNOWN", NotFound, (capture_id, "x" * 10_000, 0, b"x")),
    ]
    for code, kind, args in cases:
        with pytest.raises(kind) as error:
            lite.send(*args)  # type: ignore[arg-type]
        assert error.value.code == code
        assert len(str(error.value)) < 500
    assert [f.received_bytes for f in lite.get(capture_id).files] == [0] * 4
    assert not lite.part(capture_id).exists()


def test_more_bytes_than_declared(lite: Desk) -> None:
    capture_id = lite.create({"0.jpg": b"x" * 100, "1.jpg": b"1", "2.jpg": b"2"}).id
    lite.send(capture_id, "0.jpg", 0, b"x" * 60)
    with pytest.raises(InputError, match="PART_BEYOND_END"):
        lite.send(capture_id, "0.jpg", 60, b"x" * 41)
    assert lite.send(capture_id, "0.jpg", 60, b"x" * 40) == 100


def test_a_file_that_is_not_what_was_declared_begins_again(lite: Desk) -> None:
    good = FILES["0000.jpg"]
    capture_id = lite.create(FILES).id
    lite.send(capture_id, "0000.jpg", 0, b"?" * PART)
    with pytest.raises(InputError, match="FILE_HASH_MISMATCH"):
        lite.send_all(capture_id, "0000.jpg", good, PART)
    assert lite.get(capture_id).files[0].received_bytes == 0
    lite.send_all(capture_id, "0000.jpg", good)
    assert lite.get(capture_id).files[0].received_bytes == len(good)


def test_finishing_too_early_and_sending_too_late(lite: Desk) -> None:
    capture_id = lite.create(FILES).id
    for name in list(FILES)[:3]:
        lite.send_all(capture_id, name, FILES[name])
    lite.send(capture_id, "0003.jpg", 0, FILES["0003.jpg"][:PART])
    with pytest.raises(Conflict, match=r"CAPTURE_INCOMPLETE: 1 of 4 .*'0003.jpg' has 1,000 of 2,503"):
        lite.finish(capture_id)
    lite.send_all(capture_id, "0003.jpg", FILES["0003.jpg"], PART)
    lite.finish(capture_id)
    with pytest.raises(Conflict, match="CAPTURE_FINISHED"):
        lite.send(capture_id, "0003.jpg", 0, FILES["0003.jpg"][:PART])
    for call in (lite.finish, lite.get):
        for unknown in ("cap_" + "0" * 26, "", "a\0b", "x" * 10_000):
            with pytest.raises(NotFound, match="CAPTURE_NOT_FOUND"):
                call(unknown)


def test_pictures_with_too_many_pixels(sqlite_db: Database, settings: Settings) -> None:
    small = settings.model_copy(update={"max_image_pixels": 9_999})
    desk = Desk(sqlite_db, Blobs(small.blobs, sqlite_db), small)
    pictures = {}
    for name, side in (("large.png", 100), ("small.png", 99)):
        file = io.BytesIO()
        Image.new("L", (side, 100)).save(file, "PNG")
        pictures[name] = file.getvalue()
    capture_id = desk.create({**pictures, "broken.png": b"\x89PNG\r\n\x1a\nnonsense"}).id
    with pytest.raises(LimitReached, match=r"IMAGE_TOO_LARGE: .*10,000 pixels; this server takes 9,999"):
        desk.send(capture_id, "large.png", 0, pictures["large.png"])
    desk.send(capture_id, "small.png", 0, pictures["small.png"])
    desk.send(capture_id, "broken.png", 0, b"\x89PNG\r\n\x1a\nnonsense")  # the recipe will say so
    desk.service.close()


def png_header(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def heic_of(width: int, height: int) -> bytes:
    """A real HEIC file, but for the size that its header says."""
    data = (ROOT / "tests/assets_pipeline/files/four_colours.heic").read_bytes()
    size = data.index(b"ispe") + 8
    return data[:size] + struct.pack(">II", width, height) + data[size + 8 :]


@pytest.mark.parametrize("make", [png_header, heic_of])
@pytest.mark.parametrize(("width", "height", "pixels"), [(125, 80, "10,000"), (60_000, 50_000, "3,000,000,000")])
def test_the_true_number_of_pixels_is_named(
    sqlite_db: Database, settings: Settings, make: Callable[[int, int], bytes], width: int, height: int, pixels: str
) -> None:
    small = settings.model_copy(update={"max_image_pixels": 9_999})
    desk = Desk(sqlite_db, Blobs(small.blobs, sqlite_db), small)
    files = {"large.jpg": make(width, height), "fits.jpg": make(99, 101), "other.jpg": b"other"}
    capture_id = desk.create(files).id
    with pytest.raises(LimitReached, match=f"IMAGE_TOO_LARGE: .* has {pixels} pixels; this server takes 9,999"):
        desk.send(capture_id, "large.jpg", 0, files["large.jpg"])
    assert desk.send(capture_id, "fits.jpg", 0, files["fits.jpg"]) == len(files["fits.jpg"])
    desk.service.close()


def test_measuring_leaves_the_limit_of_other_threads_alone(
    sqlite_db: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = settings.model_copy(update={"max_image_pixels": 9_999})
    desk = Desk(sqlite_db, Blobs(small.blobs, sqlite_db), small)
    picture = png_header(60_000, 50_000)
    capture_id = desk.create({"a.png": picture}).id
    Image.init()
    reader, accepts = Image.OPEN["PNG"]
    limits = []

    def look(*args: Any) -> Any:
        limits.append(Image.MAX_IMAGE_PIXELS)
        return reader(*args)

    monkeypatch.setitem(Image.OPEN, "PNG", (look, accepts))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1234)
    with pytest.raises(LimitReached, match="3,000,000,000 pixels"):
        desk.send(capture_id, "a.png", 0, picture)
    assert limits == [1234]
    assert Image.MAX_IMAGE_PIXELS == 1234
    desk.service.close()


def test_a_full_disk_is_named_before_and_during_an_upload(lite: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    capture_id = lite.create(FILES).id
    lite.send(capture_id, "0000.jpg", 0, FILES["0000.jpg"][:PART])

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(uploads.os, "pwrite", full)
        with pytest.raises(MachineError, match="DISK_FULL"):
            lite.send(capture_id, "0000.jpg", PART, FILES["0000.jpg"][PART : 2 * PART])
    assert lite.get(capture_id).files[0].received_bytes == PART
    lite.send_all(capture_id, "0000.jpg", FILES["0000.jpg"], PART)
    usage = type("Usage", (), {"free": 100 * MIB})
    monkeypatch.setattr("showfloor.services.capture.shutil.disk_usage", lambda _: usage)
    with pytest.raises(MachineError, match="DISK_FULL"):
        lite.create(FILES)


def test_parts_that_the_disk_lost_are_asked_for_again(lite: Desk) -> None:
    capture_id = lite.create(FILES).id
    data = FILES["0000.jpg"]
    lite.send(capture_id, "0000.jpg", 0, data[:PART])
    lite.part(capture_id).unlink()
    with pytest.raises(Conflict, match="PARTS_LOST"):
        lite.send(capture_id, "0000.jpg", PART, data[PART : 2 * PART])
    lite.send_all(capture_id, "0000.jpg", data)


def test_a_crash_between_blob_and_row_cannot_damage_the_blob(lite: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The part file is then another name of the stored file; other bytes must not go through it."""
    capture_id = lite.create(FILES).id
    data = FILES["0000.jpg"]
    lite.send(capture_id, "0000.jpg", 0, data[:PART])
    lite.send(capture_id, "0000.jpg", PART, data[PART : 2 * PART])

    def crash(*_: object) -> None:
        raise RuntimeError("crash")

    with monkeypatch.context() as patch:
        patch.setattr(uploads, "_fulfil", crash)
        with pytest.raises(RuntimeError):
            lite.send(capture_id, "0000.jpg", 2 * PART, data[2 * PART :])
    sha256 = hashlib.sha256(data).hexdigest()
    assert lite.part(capture_id).stat().st_nlink == 2
    with pytest.raises(InputError, match="FILE_HASH_MISMATCH"):
        lite.send(capture_id, "0000.jpg", 2 * PART, b"?" * (len(data) - 2 * PART))
    assert lite.blobs.open_range(sha256, 0, len(data)) == data
    lite.send_all(capture_id, "0000.jpg", data)
    assert lite.get(capture_id).files[0].received_bytes == len(data)


def test_a_capture_that_is_collected_while_parts_arrive(lite: Desk) -> None:
    capture_id = lite.create(FILES).id
    lite.send(capture_id, "0000.jpg", 0, FILES["0000.jpg"][:PART])
    with lite.db.session() as session:
        session.execute(update(Capture).values(expire_time=now()))
    assert collect(lite.db, lite.blobs, lite.settings).captures == 1
    assert not lite.part(capture_id).parent.exists()
    with pytest.raises(NotFound, match="CAPTURE_NOT_FOUND"):
        lite.send(capture_id, "0000.jpg", PART, FILES["0000.jpg"][PART : 2 * PART])


UPLOADER = """
import asyncio, os, signal, sys, random, threading
from pathlib import Path
from tests.showfloor.test_capture_service import Desk, PART
from showfloor.settings import Settings
from showfloor.store.blobs import Blobs
from showfloor.store.database import Database
settings = Settings(data_dir=Path(sys.argv[1]))
db = Database(settings.database)
desk = Desk(db, Blobs(settings.blobs, db), settings)
data = Path(sys.argv[3]).read_bytes()
threading.Timer(float(sys.argv[4]), os.kill, (os.getpid(), signal.SIGKILL)).start()
received = desk.get(sys.argv[2]).files[0].received_bytes
while received < len(data):
    received = desk.send(sys.argv[2], "0.jpg", received, data[received:received + PART])
    print(received, flush=True)
print("done", flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_by_kill_at_random_moments(
    sqlite_db: Database, settings: Settings, tmp_path: Path
) -> None:
    desk = Desk(sqlite_db, Blobs(settings.blobs, sqlite_db), settings)
    data = random.Random(9).randbytes(200 * PART + 123)
    (tmp_path / "source").write_bytes(data)
    capture_id = desk.create({"0.jpg": data, "1.jpg": b"1", "2.jpg": b"2"}).id
    dice = random.Random(3)
    for _ in range(20):
        line = [sys.executable, "-c", UPLOADER, str(settings.data_dir), capture_id, str(tmp_path / "source")]
        ended = subprocess.run(
            [*line, str(dice.uniform(0.0, 0.15))], cwd=ROOT, timeout=60, capture_output=True, text=True
        )
        assert ended.returncode == -9, ended.stderr
        said = [int(n) for n in ended.stdout.split() if n.isdigit()]
        received = desk.get(capture_id).files[0].received_bytes
        assert not said or received >= said[-1]
        assert received == len(data) or desk.part(capture_id).stat().st_size >= received or received == 0
    desk.send_all(capture_id, "0.jpg", data, desk.get(capture_id).files[0].received_bytes)
    desk.send(capture_id, "1.jpg", 0, b"1")
    desk.send(capture_id, "2.jpg", 0, b"2")
    assert desk.finish(capture_id).state == pb.CAPTURE_STATE_READY
    assert desk.blobs.open_range(hashlib.sha256(data).hexdigest(), 0, len(data)) == data
    desk.service.close()
    assert os.listdir(settings.root / "uploads") == []
