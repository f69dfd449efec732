"""What a worker does with a capture: files under their names, the right recipe, a first picture, a real asset."""

from __future__ import annotations

import asyncio
import io
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from showfloor.errors import Unavailable
from showfloor.jobs.preview import first_picture, jpeg_of
from showfloor.jobs.runner import Runner
from showfloor.jobs.work import Input, fetch
from showfloor.services.call import Call
from showfloor.services.capture_files import as_product
from showfloor.services.generation import GenerationService
from showfloor.store import shelves
from showfloor.store.tables import Asset, CaptureFile
from showfloor.v1 import generation_pb2 as pb
from sqlalchemy import delete
from sqlalchemy.orm import Session

from assets_pipeline.errors import InputError, MachineError
from assets_pipeline.progress import Progress
from tests.showfloor.job_shop import Shop, run, running
from tests.showfloor.postgres import Postgres

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "assets_pipeline"))


def test_files_arrive_under_their_own_names(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "data")
    sha256 = shop.blobs.put_bytes(b"colour", "image/png")
    folder = tmp_path / "input"
    fetch(Input("x", folder, shop.settings.blobs, (("color/ü 1.png", sha256),)), Progress())
    assert (folder / "color/ü 1.png").read_bytes() == b"colour"
    with pytest.raises(InputError, match="NAME_INVALID"):
        fetch(Input("x", folder, shop.settings.blobs, (("../out.png", sha256),)), Progress())
    assert not (tmp_path / "out.png").exists()
    with pytest.raises(MachineError, match="BLOB_MISSING"):
        fetch(Input("x", folder, shop.settings.blobs, (("a.png", "0" * 64),)), Progress())


def test_a_blob_store_that_is_away_is_a_fault_of_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(url: str) -> None:
        raise Unavailable("BLOB_STORE_UNAVAILABLE", "It does not answer.", "Try again.")

    monkeypatch.setattr(shelves, "open_shelf", away)
    with pytest.raises(MachineError, match="BLOB_STORE_UNAVAILABLE"):
        fetch(Input("x", tmp_path, "s3://x", (("a", "0" * 64),)), Progress())


def test_the_first_picture_is_small_and_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90°
    pixels = np.random.default_rng(0).integers(0, 255, (900, 1600, 3), np.uint8)
    (tmp_path / "color").mkdir()
    (tmp_path / "depth").mkdir()
    Image.fromarray(pixels).save(tmp_path / "color/1.jpg", exif=exif)
    Image.fromarray(pixels).save(tmp_path / "depth/1.png")
    (tmp_path / "intrinsics.json").write_text("{}")
    names = ["color/1.jpg", "depth/1.png", "intrinsics.json"]
    small = first_picture(as_product(tmp_path, names))
    assert Image.open(io.BytesIO(small)).size == (180, 320)
    assert len(small) <= 64 * 1024, "noise is the worst case"
    (tmp_path / "bad.jpg").write_bytes(b"no picture")
    assert jpeg_of(tmp_path / "bad.jpg") == b""


def test_the_first_picture_of_a_video(tmp_path: Path) -> None:
    video = cv2.VideoWriter(str(tmp_path / "v.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 10, (640, 480))
    for _ in range(3):
        video.write(np.full((480, 640, 3), (200, 30, 30), np.uint8))  # blue in OpenCV's order
    video.release()
    picture = Image.open(io.BytesIO(first_picture(as_product(tmp_path, ["v.avi"]))))
    assert picture.size == (320, 240)
    red, _, blue = picture.getpixel((100, 100))
    assert blue > red + 100


@pytest.mark.slow
def test_a_real_capture_becomes_a_real_asset(tmp_path: Path, mask_model: str) -> None:
    from synthetic import SyntheticOptions, render, write

    write(render(SyntheticOptions(views=24)), tmp_path / "photos")

    async def go() -> None:
        shop = Shop(tmp_path / "data")
        shop.runner = Runner(shop.db, shop.blobs, shop.settings)
        shop.service = GenerationService(shop.db, shop.settings, shop.runner)
        capture_id = await asyncio.to_thread(_upload, shop, tmp_path / "photos")
        async with running(shop):
            options = pb.ReconstructOptions(profile="quest2", height_m=0.12)
            request = pb.ReconstructRequest(capture_id=capture_id, options=options)
            job = await shop.service.reconstruct(request, Call())
            seen = [state async for state in shop.service.watch(job.id)]
            last = seen[-1].job
            assert last.state == pb.JOB_STATE_SUCCEEDED, last
            stages = list(dict.fromkeys(s.job.stage for s in seen if s.job.stage))
            assert stages == ["capture", "segment", "camera", "surface", "stereo", "texture", "gltf", "proof"]
            assert len({s.preview.data for s in seen if s.HasField("preview")}) == 2
            (asset,) = shop.all(Asset)
            assert asset.size_y_m == pytest.approx(0.12, rel=0.02)
            assert asset.verdict in ("pass", "warn")
            shop.check_whole()

    run(go(), limit_s=550)


@pytest.mark.slow
def test_a_database_that_stops_in_the_middle_costs_nothing(tmp_path: Path, postgres: Postgres) -> None:
    async def go() -> None:
        shop = Shop(tmp_path / "data", database_url=postgres.create("stops_in_the_middle"))
        async with running(shop):
            job_id = await shop.begin("hold")
            await shop.busy(job_id)
            await asyncio.to_thread(postgres.stop)
            (shop.data / "go").touch()
            await asyncio.sleep(3)
            await asyncio.to_thread(postgres.start)
            row = await shop.end(job_id)
            assert (row.state, row.attempt) == (pb.JOB_STATE_SUCCEEDED, 1)
            shop.check_whole()

    run(go())


def _upload(shop: Shop, folder: Path) -> str:
    """A capture with the files of ``folder``."""
    capture_id = shop.capture("Tin")
    files = sorted(folder.iterdir())
    sha256s = [shop.blobs.put_file(f, "image/jpeg") for f in files]

    def replace(session: Session) -> None:
        session.execute(delete(CaptureFile).where(CaptureFile.capture_id == capture_id))
        for n, (file, sha256) in enumerate(zip(files, sha256s, strict=True)):
            size = file.stat().st_size
            session.add(
                CaptureFile(
                    capture_id=capture_id, name=file.name, position=n, size_bytes=size, sha256=sha256,
                    received_bytes=size, blob=sha256,
                )
            )  # fmt: skip

    shop.db.transact(replace)
    return capture_id
