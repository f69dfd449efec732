"""The client against a real server of the contract, with connections that break."""

from __future__ import annotations

import ast
import asyncio
import hashlib
import http.server
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import grpc
import pytest
from contract_server import ContractServer, Proxy, wait_for
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from showfloor.client import AsyncClient, Client, Step
from showfloor.client.address import read_address
from showfloor.client.catalog import pieces
from showfloor.client.errors import CAPTURE_CODES, MACHINE_CODES, from_problem
from showfloor.client.wire import BlockingWire
from showfloor.errors import Conflict, Forbidden, LimitReached, NotBuilt, NotFound, Unauthenticated, Unavailable
from showfloor.v1 import asset_pb2, catalog_pb2, common_pb2, generation_pb2

from assets_pipeline.errors import BudgetError, Cancelled, CaptureError, InputError, MachineError, ShowfloorError

ROOT = Path(__file__).resolve().parents[2]
PHOTO_BYTES = (1_500_000, 20_000, 2_100_000, 1)


@pytest.fixture
def server() -> Iterator[ContractServer]:
    server = ContractServer()
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server asks for no wait."""
    monkeypatch.setattr("showfloor.server.status.RETRY_S", 0)


@pytest.fixture
def proxy(server: ContractServer) -> Iterator[Proxy]:
    proxy = Proxy(server.port)
    yield proxy
    proxy.stop()


@pytest.fixture
def client(server: ContractServer) -> Iterator[Client]:
    with Client(server.address, patience_s=15) as client:
        yield client


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Files that have the names of photos; nobody opens them as such here."""
    folder = tmp_path / "tea tin"
    folder.mkdir()
    for number, size in enumerate(PHOTO_BYTES):
        (folder / f"{number}.jpg").write_bytes(hashlib.shake_128(bytes([number])).digest(size))
    return folder


def uploaded(server: ContractServer) -> dict[str, bytes]:
    return {name: bytes(content) for (_, name), content in server.bytes.items()}


def on_disk(photos: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in photos.iterdir()}


@pytest.mark.parametrize(
    ("text", "target", "tls"),
    [
        ("localhost", "localhost:50051", False),
        ("127.0.0.1:7", "127.0.0.1:7", False),
        ("[::1]:7", "[::1]:7", False),
        ("shop.example", "shop.example:50051", True),
        ("http://shop.example:80", "shop.example:80", False),
        ("https://localhost/", "localhost:50051", True),
    ],
)
def test_addresses(text: str, target: str, tls: bool) -> None:
    address = read_address(text)
    assert (address.target, address.tls) == (target, tls)


@pytest.mark.parametrize("text", ["ftp://a", "a:b", "http://", "a/b", "http://me@a", "a:99999"])
def test_wrong_addresses(text: str) -> None:
    with pytest.raises(InputError, match="SERVER_ADDRESS"):
        read_address(text)


def test_defaults_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    server = ContractServer(key="sfk_right")
    monkeypatch.setenv("SHOWFLOOR_SERVER", server.address)
    monkeypatch.setenv("SHOWFLOOR_API_KEY", "sfk_right")
    with Client() as client:
        assert list(client.list_jobs()) == []
    with Client(api_key="sfk_wrong") as client, pytest.raises(Unauthenticated, match="KEY_WRONG"):
        list(client.list_jobs())
    server.stop()


def test_reconstruct_brings_the_files_and_tells_its_progress(
    server: ContractServer, client: Client, photos: Path
) -> None:
    steps: list[Step] = []
    asset = client.reconstruct(photos, height_m=0.12, product_id="tin-1", on_progress=steps.append)
    assert uploaded(server) == on_disk(photos)
    assert asset.display_name == "tea-tin"
    (request,) = server.seen["reconstruct"]
    assert request.options == generation_pb2.ReconstructOptions(profile="quest3", height_m=0.12)
    assert request.product_id == "tin-1"
    fractions = [s.fraction for s in steps]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert [s.stage for s in steps if s.stage != "upload"] == ["queued", "camera", "proof"]


def test_the_async_client_is_the_same(server: ContractServer, photos: Path, tmp_path: Path) -> None:
    async def run() -> tuple[str, list[str], bool]:
        async with AsyncClient(server.address) as client:
            asset = await client.reconstruct(photos)
            done = await client.download(asset.id, tmp_path / "out")
            jobs = [job.id async for job in client.list_jobs()]
            return asset.display_name, [f.name for f in done.files], len(jobs) == 1

    names = ["tea-tin.glb", "tea-tin.lod1.glb", "tea-tin.lod2.glb"]
    assert asyncio.run(run()) == ("tea-tin", names, True)


def test_an_upload_goes_on_after_its_connection_broke(server: ContractServer, proxy: Proxy, photos: Path) -> None:
    with Client(proxy.address, patience_s=15) as client:
        list(client.list_jobs())
        proxy.cut_after(700_000, 1_900_000)
        capture = client.upload(photos)
    assert proxy.cuts == 2
    assert uploaded(server) == on_disk(photos)
    assert capture.display_name == "tea-tin"
    assert len(server.seen["get_capture"]) >= 2
    assert len(server.captures) == 1
    sent = sum(len(part.data) for part in server.seen["upload_part"])
    assert sent <= sum(PHOTO_BYTES) + 2 * 2**20


def test_parts_that_the_server_lost_are_sent_again(server: ContractServer, client: Client, photos: Path) -> None:
    def lose() -> Conflict:
        for (capture_id, name), content in server.bytes.items():
            content.clear()
            next(f for f in server.captures[capture_id].files if f.name == name).received_bytes = 0
        return Conflict("PARTS_LOST", "The server has lost the bytes it had.", "Send it from offset 0.")

    server.on["finish_capture"] = [lose, lose]
    client.upload(photos)
    assert uploaded(server) == on_disk(photos)
    changed = Conflict("PART_DIFFERS", "Other bytes arrived before.", "The file has changed.")
    server.fail["upload_part"] = [changed] * 9
    (photos / "new.jpg").write_bytes(b"new")
    with pytest.raises(Conflict, match="PART_DIFFERS"):
        client.upload(photos)


def test_a_second_run_sends_nothing_again(server: ContractServer, client: Client, photos: Path) -> None:
    first = client.reconstruct(photos)
    parts = len(server.seen["upload_part"])
    assert client.reconstruct(photos).id == first.id
    assert len(server.seen["upload_part"]) == parts
    assert client.reconstruct(photos, resume=False).id != first.id
    assert client.reconstruct(photos, height_m=0.2).id != first.id
    assert len(server.seen["upload_part"]) == parts
    (photos / "0.jpg").write_bytes(b"another")
    client.upload(photos)
    assert len(server.seen["upload_part"]) > parts


def test_a_failed_job_is_tried_again_by_the_next_call(server: ContractServer, client: Client, photos: Path) -> None:
    script = server.script
    problem = common_pb2.Problem(code="TOO_FEW_PHOTOS", message="2 of 8.", fix="Take 30.")
    server.script = [{"state": generation_pb2.JOB_STATE_FAILED, "problem": problem}]
    with pytest.raises(CaptureError) as caught:
        client.reconstruct(photos)
    assert (caught.value.code, caught.value.message, caught.value.fix) == ("TOO_FEW_PHOTOS", "2 of 8.", "Take 30.")
    server.script = script
    assert client.reconstruct(photos).display_name == "tea-tin"


def test_lost_answers_do_nothing_twice(server: ContractServer, client: Client, photos: Path) -> None:
    server.lose = {"create_capture": 2, "reconstruct": 1, "upload_part": 1, "finish_capture": 1, "get_asset": 1}
    client.reconstruct(photos)
    assert len(server.captures) == len(server.jobs) == 1
    assert uploaded(server) == on_disk(photos)
    server.lose = {"delete_product": 1}
    server.products["a"] = catalog_pb2.Product(id="a")
    with pytest.raises(Unavailable):
        client.delete_product("a")
    assert len(server.seen["delete_product"]) == 1


def test_watching_goes_on_after_a_break(server: ContractServer, proxy: Proxy, photos: Path) -> None:
    server.hold.clear()
    with Client(proxy.address, patience_s=15) as client:
        job = client.submit(photos)
        seen = []
        for event in client.watch(job.id):
            seen.append(event.job.state)
            if len(seen) == 2:
                proxy._cut()
                server.hold.set()
        assert seen[-1] == generation_pb2.JOB_STATE_SUCCEEDED
        assert len(server.seen["watch_job"]) == 2


class Barren(ContractServer):
    """Its streams end before they bring anything on; the seventh watch sees the end of the job."""

    def stream_asset(self, request: asset_pb2.StreamAssetRequest) -> Iterator[asset_pb2.StreamAssetResponse]:
        asset = self.assets[request.asset_id]
        header = asset_pb2.StreamHeader(asset=asset, variant=asset.variants[0])
        yield asset_pb2.StreamAssetResponse(header=header)

    def watch_job(self, request: generation_pb2.WatchJobRequest) -> Iterator[generation_pb2.WatchJobResponse]:
        job = self.jobs[request.job_id]
        if len(self.seen["watch_job"]) == 7:
            job.state = generation_pb2.JOB_STATE_SUCCEEDED
        yield generation_pb2.WatchJobResponse(job=job)


def test_streams_that_bring_nothing_are_asked_for_less_and_less(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Barren()
    asset = server.add_asset("tin")
    waits: list[float] = []

    async def sleep(_: BlockingWire, seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr(BlockingWire, "sleep", sleep)
    monkeypatch.setattr("showfloor.client.connection.random.uniform", lambda low, high: high)
    monkeypatch.setattr("showfloor.client.connection.time", SimpleNamespace(monotonic=lambda: sum(waits)))
    with Client(server.address, patience_s=1.0) as client:
        list(client.list_jobs())
        with pytest.raises(Unavailable, match="STREAM_BROKEN"):
            client.download(asset.id, tmp_path)
        assert waits == pytest.approx([0.2, 0.4, 0.4])
        waits.clear()
        states = [e.job.state for e in client.watch(client.submit(photos).id)]
    assert states == [generation_pb2.JOB_STATE_QUEUED, generation_pb2.JOB_STATE_SUCCEEDED]
    assert waits == pytest.approx([0.2, 0.4, 0.8, 1.0, 1.0, 1.0])
    server.stop()


def test_a_server_may_restart_in_mid_job(photos: Path) -> None:
    first = ContractServer()
    first.hold.clear()
    with Client(first.address, patience_s=15) as client:
        job = client.submit(photos)
        events = client.watch(job.id)
        next(events)
        first.stop()
        second = ContractServer(port=first.port)
        second.jobs = first.jobs
        assert [e.job.state for e in events][-1] == generation_pb2.JOB_STATE_SUCCEEDED
        second.stop()


def test_stopping_the_call_cancels_the_job(server: ContractServer, client: Client, photos: Path) -> None:
    server.hold.clear()

    def stop(step: Step) -> None:
        if step.stage == "camera":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        client.reconstruct(photos, on_progress=stop)
    assert len(server.seen["cancel_job"]) == 1


def test_ctrl_c_reaches_a_call_that_blocks(server: ContractServer, photos: Path) -> None:
    server.hold.clear()
    code = f"from showfloor.client import Client; Client({server.address!r}).reconstruct({str(photos)!r})"
    process = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True)
    wait_for(lambda: server.seen["watch_job"], 30)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert "KeyboardInterrupt" in err
    assert len(server.seen["cancel_job"]) == 1


def test_cancelling_the_task_cancels_the_job(server: ContractServer, photos: Path) -> None:
    server.hold.clear()

    async def run() -> None:
        async with AsyncClient(server.address) as client:
            reached = asyncio.Event()

            def show(step: Step) -> None:
                if step.stage == "camera":
                    reached.set()

            task = asyncio.create_task(client.reconstruct(photos, on_progress=show))
            await asyncio.wait_for(reached.wait(), 10)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(run())
    assert len(server.seen["cancel_job"]) == 1


def test_a_job_that_somebody_cancels(server: ContractServer, client: Client, photos: Path) -> None:
    server.hold.clear()
    job = client.submit(photos)
    threading.Timer(0.1, client.cancel_job, (job.id,)).start()
    with pytest.raises(Cancelled, match=job.id):
        client.wait(job.id)


def test_a_lost_server_leaves_the_job_alone(photos: Path) -> None:
    server = ContractServer()
    server.hold.clear()
    with Client(server.address, patience_s=0.5) as client:

        def stop(step: Step) -> None:
            if step.stage == "camera":
                server.stop()

        with pytest.raises(Unavailable, match="SERVER_UNREACHABLE"):
            client.reconstruct(photos, on_progress=stop)
    assert server.seen["cancel_job"] == []


def test_download_writes_whole_files_under_the_names_of_convert(
    server: ContractServer, client: Client, tmp_path: Path
) -> None:
    asset = server.add_asset("../Tea tin / 2")
    steps: list[Step] = []
    done = client.download(asset.id, tmp_path, on_progress=steps.append)
    assert [f.name for f in done.files] == ["Tea-tin-2.glb", "Tea-tin-2.lod1.glb", "Tea-tin-2.lod2.glb"]
    assert sorted(tmp_path.iterdir()) == sorted(done.files)
    for file, lod in zip(done.files, asset.variants[0].lods, strict=True):
        assert hashlib.sha256(file.read_bytes()).hexdigest() == lod.sha256
    assert steps[-1].fraction == 1.0
    assert done.variant.profile == "quest3"
    again = client.download(asset.id, tmp_path)
    assert again.files == done.files
    sent = {r.level: r.offset for r in server.seen["stream_asset"][-1].resume}
    assert sent == {lod.level: lod.size_bytes for lod in asset.variants[0].lods}


def test_download_goes_on_after_breaks(server: ContractServer, proxy: Proxy, tmp_path: Path) -> None:
    asset = server.add_asset("tin", (5_000_000, 900_000, 90_000))
    with Client(proxy.address, patience_s=15) as client:
        client.get_asset(asset.id)
        proxy.cut_after(600_000, 2_000_000, 2_500_000)
        done = client.download(asset.id, tmp_path)
    assert proxy.cuts == 3
    assert [f.read_bytes() for f in done.files] == [server.files[x.sha256] for x in asset.variants[0].lods]
    assert sorted(tmp_path.iterdir()) == sorted(done.files)
    progress = [sum(r.offset for r in request.resume) for request in server.seen["stream_asset"]]
    assert progress == sorted(progress)


def test_download_asks_for_what_is_missing_only(server: ContractServer, client: Client, tmp_path: Path) -> None:
    asset = server.add_asset("tin", (2_000_000, 900_000, 90_000))
    server.breaks = [lambda: None, lambda: None]
    done = client.download(asset.id, tmp_path)
    assert [f.read_bytes() for f in done.files] == [server.files[x.sha256] for x in asset.variants[0].lods]
    chunk = 256 * 1024
    asked = [{r.level: r.offset for r in request.resume} for request in server.seen["stream_asset"]]
    assert asked == [{}, {2: 90_000, 1: 2 * chunk}, {2: 90_000, 1: 900_000, 0: chunk}]
    assert [r.resume_etag for r in server.seen["stream_asset"]] == ["", *[asset.variants[0].etag] * 2]


def test_download_goes_on_where_an_earlier_run_stopped(server: ContractServer, client: Client, tmp_path: Path) -> None:
    asset = server.add_asset("tin")

    def stop(step: Step) -> None:
        if step.fraction > 0.7:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        client.download(asset.id, tmp_path, on_progress=stop)
    assert not (tmp_path / "tin.glb").exists()
    done = client.download(asset.id, tmp_path)
    assert sum(r.offset for r in server.seen["stream_asset"][-1].resume) > 0.7 * 1_090_000
    assert done.files[0].read_bytes() == server.files[asset.variants[0].lods[0].sha256]
    assert sorted(tmp_path.iterdir()) == sorted(done.files)


def test_an_asset_that_changes_in_between_is_fetched_anew(
    server: ContractServer, client: Client, tmp_path: Path
) -> None:
    asset = server.add_asset("tin", (3_000_000, 200_000, 90_000))

    def change() -> None:
        del asset.variants[:]
        server.add_variant(asset, "quest3", (2_000_000, 200_000, 90_000))

    server.breaks.append(change)
    done = client.download(asset.id, tmp_path)
    assert [f.read_bytes() for f in done.files] == [server.files[x.sha256] for x in asset.variants[0].lods]
    assert sorted(tmp_path.iterdir()) == sorted(done.files)
    assert server.seen["stream_asset"][1].resume


def test_damaged_bytes_are_fetched_again_and_never_kept(server: ContractServer, client: Client, tmp_path: Path) -> None:
    asset = server.add_asset("tin")
    server.damage = 1
    done = client.download(asset.id, tmp_path)
    assert [f.read_bytes() for f in done.files] == [server.files[x.sha256] for x in asset.variants[0].lods]
    server.damage = 99
    with pytest.raises(MachineError, match="DOWNLOAD_DAMAGED"):
        client.download(asset.id, tmp_path / "other")
    assert not list((tmp_path / "other").glob("*.glb"))


def test_a_missing_variant_is_made_first(server: ContractServer, client: Client, tmp_path: Path) -> None:
    asset = server.add_asset("tin")
    steps: list[Step] = []
    done = client.download(asset.id, tmp_path, profile="web", finest_lod=1, on_progress=steps.append)
    assert [f.name for f in done.files] == ["tin.lod1.glb", "tin.lod2.glb"]
    assert (steps[0].stage, steps[0].fraction) == ("gltf", 0.45)
    assert [s.fraction for s in steps] == sorted(s.fraction for s in steps)


def test_a_full_disk_is_told_as_such(client: Client, server: ContractServer, tmp_path: Path) -> None:
    asset = server.add_asset("tin")
    (tmp_path / "file").write_text("")
    with pytest.raises(MachineError, match="OUT_NOT_WRITABLE"):
        client.download(asset.id, tmp_path / "file")


class Files(http.server.BaseHTTPRequestHandler):
    content = b'{"name": "tin"}'
    keys: list[str | None] = []  # noqa: RUF012

    def do_GET(self) -> None:
        self.keys.append(self.headers["authorization"])
        if self.path.startswith("/files/"):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(self.content)
        else:
            self.send_error(404)

    def log_message(self, *_: Any) -> None:
        pass


def test_thumbnail_and_report_come_from_the_web_port(server: ContractServer, tmp_path: Path) -> None:
    web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Files)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    sha256 = hashlib.sha256(Files.content).hexdigest()
    asset = server.add_asset("tin", report_path=f"/files/{sha256}/report.json", thumbnail_path="/files/0/t.png")
    with Client(server.address, web=f"http://127.0.0.1:{web.server_port}", api_key="sfk_a") as client:
        done = client.download(asset.id, tmp_path)
    assert (tmp_path / "report.json").read_bytes() == Files.content
    assert tmp_path / "report.json" in done.files
    assert ["SHA-256" in text for text in done.left_out] == [True]
    assert not (tmp_path / "thumbnail.png").exists()
    assert Files.keys == ["Bearer sfk_a"] * 2
    web.shutdown()
    web.server_close()
    with Client(server.address) as client:
        assert "SHOWFLOOR_WEB" in client.download(asset.id, tmp_path).left_out[0]


def test_lists_run_over_all_pages(server: ContractServer, client: Client) -> None:
    for number in range(17):
        server.add_asset(f"a{number}")
        client.put_product(catalog_pb2.Product(id=f"p{number:02}"))
    assert [a.display_name for a in client.list_assets()] == [f"a{n}" for n in range(17)]
    assert [p.id for p in client.list_products(contains="P1")] == [f"p{n}" for n in range(10, 17)]
    client.delete_product("p11")
    with pytest.raises(NotFound):
        client.get_product("p11")


def test_a_large_catalogue_is_imported_in_pieces(server: ContractServer, client: Client, tmp_path: Path) -> None:
    rows = [f'p{n},"Title {n}, {"x" * 900}"' for n in range(6000)]
    rows[4321] = "bad,row"
    file = tmp_path / "shop.csv"
    file.write_text("id,title\n" + "\n".join(rows) + "\n")
    answer = client.import_products(file, dry_run=True)
    assert answer.created == 5999
    assert [p.line for p in answer.problems] == [4323]
    requests = server.seen["import_products"]
    assert len(requests) == 3
    assert all(len(r.data) <= 3 * 2**20 and r.dry_run for r in requests)
    with pytest.raises(InputError, match="CATALOGUE_FORMAT"):
        client.import_products(tmp_path / "shop.xlsx")


def test_pieces_end_at_rows_and_lose_nothing() -> None:
    data = b"id,title\r\n" + b"".join(b'p%d,"two\r\nlines ""%d"""\r\n' % (n, n) for n in range(50)) + b"last,x"
    found = list(pieces(catalog_pb2.IMPORT_FORMAT_CSV, data, 300))
    assert len(found) >= 5
    assert b"id,title\r\n" + b"".join(p.data.removeprefix(b"id,title\r\n") for p in found) == data
    assert all(p.data.startswith(b"id,title\r\np") or p.data.endswith(b"last,x") for p in found)
    lines = data.split(b"\n")
    for piece in found:
        assert lines[1 + piece.shift] == piece.data.split(b"\n")[1]
    json_lines = b'{"id":"a"}\n{"id":"b"}\n{"id":"c"}'
    assert [p.data for p in pieces(catalog_pb2.IMPORT_FORMAT_JSONL, json_lines, 12)] == json_lines.splitlines(True)


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (InputError, InputError),
        (NotFound, NotFound),
        (Conflict, Conflict),
        (LimitReached, LimitReached),
        (Unauthenticated, Unauthenticated),
        (Forbidden, Forbidden),
        (NotBuilt, NotBuilt),
    ],
)
def test_errors_keep_class_code_message_and_fix(
    server: ContractServer, client: Client, kind: type[ShowfloorError], told: type[ShowfloorError]
) -> None:
    server.fail["get_job"] = [kind("SOME_CODE", "Zu groß: 茶.", "Make it smaller.")]
    with pytest.raises(told) as caught:
        client.get_job("job_x")
    assert type(caught.value) is told
    assert caught.value.args == ("SOME_CODE", "Zu groß: 茶.", "Make it smaller.")
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_the_code_tells_the_class_where_the_status_is_coarse(server: ContractServer, client: Client) -> None:
    server.fail["create_capture"] = [MachineError("DISK_FULL", "Full.", "Free some.")]
    server.fail["get_job"] = [BudgetError("BUDGET_MISSED", "Too big.", "Other profile.")]
    with pytest.raises(MachineError, match="DISK_FULL"):
        client.upload(ROOT / "samples" / "tin" / "photos")
    with pytest.raises(BudgetError):
        client.get_job("job_x")


def test_the_wait_is_at_least_what_the_server_asks_for(
    server: ContractServer, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("showfloor.server.status.RETRY_S", 7)
    waits: list[float] = []

    async def sleep(_: BlockingWire, seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr(BlockingWire, "sleep", sleep)
    server.fail["get_asset"] = [Unavailable("DATABASE_UNAVAILABLE", "Away.", "Later.")]
    asset = server.add_asset("tin")
    list(client.list_jobs())
    assert client.get_asset(asset.id).id == asset.id
    assert len(waits) == 1
    assert waits[0] >= 7.0


def test_the_tables_of_codes_agree_with_the_source() -> None:
    found: dict[str, set[str]] = {"CaptureError": set(), "BudgetError": set()}
    for file in (ROOT / "assets_pipeline").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in found and node.args:
                code = node.args[0]
                assert isinstance(code, ast.Constant)
                found[node.func.id].add(code.value)
    assert found["CaptureError"] == CAPTURE_CODES
    assert found["BudgetError"] == {"BUDGET_MISSED"}
    for code in found["CaptureError"] | found["BudgetError"] | MACHINE_CODES:
        assert type(from_problem(common_pb2.Problem(code=code))) is not InputError


def test_no_server_is_told_at_once_and_without_grpc() -> None:
    with Client("127.0.0.1:1", patience_s=0.3) as client, pytest.raises(Unavailable) as caught:
        client.get_job("job_x")
    assert caught.value.code == "SERVER_UNREACHABLE"
    assert "127.0.0.1:1" in caught.value.message
    assert "showfloor serve" in caught.value.fix
    assert "grpc" not in repr(caught.value).lower()


def test_a_server_that_never_answers_runs_into_the_deadline() -> None:
    server = ContractServer()
    server.hold.clear()
    deaf = Proxy(server.port)
    with Client(deaf.address, timeout_s=0.3, patience_s=0.0) as client:
        deaf._due = lambda size: wait_for(server.hold.is_set, 20) or False  # type: ignore[method-assign, func-returns-value]
        with pytest.raises(Unavailable, match="DEADLINE_EXCEEDED"):
            client.get_job("job_x")
    server.stop()
    deaf.stop()


def test_tls_with_a_certificate_of_ones_own(tmp_path: Path) -> None:
    key, certificate = self_signed(tmp_path)
    credentials = grpc.ssl_server_credentials([(key.read_bytes(), certificate.read_bytes())])
    server = ContractServer(credentials=credentials)
    with Client(f"localhost:{server.port}", ca=certificate) as client:
        assert list(client.list_jobs()) == []
    with (
        Client(f"https://localhost:{server.port}", patience_s=0.2) as client,
        pytest.raises(MachineError, match="TLS_FAILED"),
    ):
        list(client.list_jobs())
    with (
        Client(f"http://localhost:{server.port}", patience_s=0.2) as client,
        pytest.raises(Unavailable, match="whether it uses TLS"),
    ):
        list(client.list_jobs())
    server.stop()
    with pytest.raises(InputError, match="FILE_UNREADABLE"):
        Client("localhost", ca=tmp_path / "none.pem")


def self_signed(folder: Path) -> tuple[Path, Path]:
    """Key and certificate for localhost."""
    key, certificate = folder / "key.pem", folder / "cert.pem"
    secret = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder(name, name, secret.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(secret, hashes.SHA256())
    )
    key.write_bytes(
        secret.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    certificate.write_bytes(built.public_bytes(serialization.Encoding.PEM))
    return key, certificate


def test_several_products_are_refused_by_name(client: Client, photos: Path, tmp_path: Path) -> None:
    (tmp_path / "mug").mkdir()
    (tmp_path / "mug" / "1.jpg").write_bytes(b"x")
    with pytest.raises(InputError, match=r"SEVERAL_PRODUCTS.*mug"):
        client.reconstruct(tmp_path)
    with pytest.raises(InputError, match="SIZE_OUT_OF_RANGE"):
        client.reconstruct(photos, height_m=1e6)


def test_what_is_not_worth_uploading_is_left_out_and_told(server: ContractServer, client: Client, photos: Path) -> None:
    (photos / "8.dng").write_bytes(b"raw")
    (photos / "9.jpg").write_bytes(b"")
    steps: list[Step] = []
    capture = client.upload(photos, on_progress=steps.append)
    assert [f.name for f in capture.files] == ["0.jpg", "1.jpg", "2.jpg", "3.jpg"]
    assert any("8.dng (camera RAW)" in s.message and "9.jpg (empty)" in s.message for s in steps)


def test_rgbd_recordings_keep_their_folders(server: ContractServer, client: Client, tmp_path: Path) -> None:
    folder = tmp_path / "scan"
    for name in ("color/1.jpg", "depth/1.png", "intrinsics.json", "trajectory.log", "notes.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(name.encode())
    client.upload(folder)
    assert set(uploaded(server)) == {"color/1.jpg", "depth/1.png", "intrinsics.json", "trajectory.log"}
