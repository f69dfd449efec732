"""A server's insides to run jobs in, in this process or in one to be killed."""

from __future__ import annotations

import asyncio
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from PIL import Image
from showfloor.ids import new_id
from showfloor.jobs.runner import Pace, Runner
from showfloor.services.call import Call
from showfloor.services.generation import GenerationService
from showfloor.settings import Settings
from showfloor.store.blobs import Blobs, claim
from showfloor.store.database import Database
from showfloor.store.tables import Asset, Capture, CaptureFile, Job, Lod, Variant
from showfloor.v1 import capture_pb2
from showfloor.v1 import generation_pb2 as pb
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.showfloor.job_work import END_S, work

T = TypeVar("T")
QUICK = Pace(look_s=0.2, flag_s=0.1, note_s=0.2, retry_s=0.1)


class Shop:
    """The insides of a server on the folder ``data``, without transports."""

    def __init__(self, data: Path, pace: Pace = QUICK, **settings: Any) -> None:
        data.mkdir(exist_ok=True)
        Image.new("RGB", (512, 400), (200, 30, 30)).save(data / "thumbnail.png")
        self.data = data
        self.settings = Settings(data_dir=data, **settings)
        self.db = Database(self.settings.database)
        self.db.migrate()
        self.blobs = Blobs(self.settings.blobs, self.db)
        self.runner = Runner(self.db, self.blobs, self.settings, work=work, pace=pace)
        self.service = GenerationService(self.db, self.settings, self.runner)

    def capture(self, name: str, state: int = capture_pb2.CAPTURE_STATE_READY) -> str:
        """A finished capture of two files."""
        files = {f"{n}.jpg": f"{name} {n}".encode() for n in (1, 2)}
        sha256s = {n: self.blobs.put_bytes(b, "image/jpeg") for n, b in files.items()}

        def insert(session: Session) -> str:
            claim(session, *sha256s.values())
            capture = Capture(id=new_id("cap"), key_id="local", display_name=name, kind=1, state=state)
            session.add(capture)
            session.flush()
            for position, (file, sha256) in enumerate(sha256s.items()):
                size = len(files[file])
                session.add(
                    CaptureFile(
                        capture_id=capture.id, name=file, position=position, size_bytes=size, sha256=sha256,
                        received_bytes=size, blob=sha256,
                    )
                )  # fmt: skip
            return capture.id

        return self.db.transact(insert)

    async def begin(self, name: str, **fields: Any) -> str:
        """Queue a job; ``name`` says how its worker behaves."""
        capture_id = await asyncio.to_thread(self.capture, name)
        request = pb.ReconstructRequest(capture_id=capture_id, **fields)
        return (await self.service.reconstruct(request, Call())).id

    def row(self, job_id: str) -> Job:
        job = self.db.look(lambda session: session.get(Job, job_id))
        assert job is not None
        return job

    async def reach(self, job_id: str, wanted: Callable[[Job], object]) -> Job:
        """Wait until the row is as ``wanted``."""
        end = time.monotonic() + END_S
        while not wanted(row := await asyncio.to_thread(self.row, job_id)):
            assert time.monotonic() < end, f"{job_id} is {row.state} {row.stage} {row.problem}"
            await asyncio.sleep(0.05)
        return row

    async def end(self, job_id: str) -> Job:
        return await self.reach(job_id, lambda row: row.state not in (pb.JOB_STATE_QUEUED, pb.JOB_STATE_RUNNING))

    async def busy(self, job_id: str) -> int:
        """Wait until the worker is in the middle of its work; its process id."""
        await self.reach(job_id, lambda row: row.state == pb.JOB_STATE_RUNNING and row.stage == "surface")
        return int(self.calls()[-1].split()[2])

    def calls(self) -> list[str]:
        """``name attempt process`` of each attempt that a worker began."""
        file = self.data / "calls.txt"
        return file.read_text().splitlines() if file.exists() else []

    def all(self, table: type[T]) -> list[T]:
        return self.db.look(lambda session: list(session.scalars(select(table))))

    def check_whole(self) -> None:
        """What a crash at any moment must leave true: every asset is complete, every success has its asset."""
        assets = {a.id: a for a in self.all(Asset)}
        made = {j.asset_id for j in self.all(Job) if j.state == pb.JOB_STATE_SUCCEEDED}
        assert made == set(assets)
        levels = [(lod.asset_id, lod.level) for lod in self.all(Lod)]
        assert sorted(levels) == sorted((id_, level) for id_ in assets for level in range(3))
        assert {v.asset_id for v in self.all(Variant)} == set(assets)
        for lod in self.all(Lod):
            size = self.blobs.stat(lod.blob).size_bytes
            assert hashlib.sha256(self.blobs.open_range(lod.blob, 0, size)).hexdigest() == lod.blob
        assert all(a.thumbnail and a.report for a in assets.values())

    def close(self) -> None:
        self.db.close()


@asynccontextmanager
async def running(*shops: Shop) -> AsyncIterator[None]:
    for shop in shops:
        await shop.runner.start()
    try:
        yield
    finally:
        for shop in shops:
            await shop.runner.close()
            shop.close()


def run(work: Awaitable[T], limit_s: float = 2 * END_S) -> T:
    async def bounded() -> T:
        return await asyncio.wait_for(work, limit_s)

    return asyncio.run(bounded())


def gone(pid: int) -> bool:
    try:
        return "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True


SERVER = """
import asyncio, sys
from pathlib import Path
from tests.showfloor.job_shop import Shop, running

async def serve():
    shop = Shop(Path(sys.argv[1]))
    async with running(shop):
        print("serving", flush=True)
        await asyncio.Event().wait()

if __name__ == "__main__":
    asyncio.run(serve())
"""


def start_server(data: Path) -> subprocess.Popen[str]:
    """A server in a process of its own, to be killed."""
    root = Path(__file__).resolve().parents[2]
    script = data.with_suffix(".py")
    script.write_text(SERVER)
    environment = os.environ | {"PYTHONPATH": str(root)}
    server = subprocess.Popen(
        [sys.executable, str(script), str(data)], stdout=subprocess.PIPE, text=True, cwd=root, env=environment
    )
    assert server.stdout is not None
    assert server.stdout.readline() == "serving\n"
    return server
