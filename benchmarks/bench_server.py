"""The server's speed: streams against plain GET, first bytes, many clients at once, calls per second, the catalogue.

The server runs in a process of its own, started as users start it; the clients are those of ``lean.py``. Every number
stands beside its baseline from the same run.

    python benchmarks/bench_server.py [--only streams,first,link,many,calls,catalogue] [--write]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import grpc
import page
import psutil
from lean import Native, Times, Web, closed_loop, finish
from link import Link
from showfloor.ids import new_id
from showfloor.store.blobs import Blobs, claim
from showfloor.store.database import Database
from showfloor.store.tables import Asset, Lod, Variant
from showfloor.v1 import asset_pb2, catalog_pb2
from sqlalchemy.orm import Session

ASSETS = "/showfloor.v1.AssetService/"
CATALOG = "/showfloor.v1.CatalogService/"
LARGE = (100_000_000,)
USUAL = (2_200_000, 550_000, 250_000)
"""A 3 MB asset; the sizes of its LODs stand to each other as in real conversions."""
Row = tuple[str, str, str, bool]


class Server:
    """``showfloor serve`` over a fresh store with a large and a usual asset."""

    def __init__(self, folder: Path) -> None:
        db = Database(f"sqlite:///{folder / 'showfloor.db'}")
        db.migrate()
        blobs = Blobs(f"file://{folder / 'blobs'}", db)
        self.large = add_asset(db, blobs, LARGE)
        self.usual = add_asset(db, blobs, USUAL)
        db.close()
        command = "from showfloor.cli import main; main()"
        flags = [
            "--port",
            "0",
            "--web-port",
            "0",
            "--data-dir",
            str(folder),
            "--workers",
            "0",
            "--log-level",
            "warning",
        ]
        self.process = subprocess.Popen(
            [sys.executable, "-c", command, "serve", *flags], stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        first, second = self.process.stdout.readline(), self.process.stdout.readline()
        self.port = int(re.findall(r":(\d+) \(gRPC", first)[0])
        self.web_port = int(re.findall(r":(\d+)/$", second.strip())[0])
        self.channel = grpc.insecure_channel(
            f"127.0.0.1:{self.port}", [("grpc.max_receive_message_length", 16 * 2**20)]
        )

    def asset(self, asset_id: str) -> asset_pb2.Asset:
        call = self.channel.unary_unary(f"{ASSETS}GetAsset", None, asset_pb2.Asset.FromString)
        return call(asset_pb2.GetAssetRequest(asset_id=asset_id).SerializeToString(), timeout=30)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)


def add_asset(db: Database, blobs: Blobs, sizes: Sequence[int]) -> str:
    names = [blobs.put_bytes(os.urandom(size), "model/gltf-binary") for size in sizes]
    asset_id = new_id("ast")

    def write(session: Session) -> None:
        claim(session, *names)
        size = {"size_x_m": 0.1, "size_y_m": 0.1, "size_z_m": 0.1, "size_known": True, "scale_source": "height"}
        session.add(Asset(id=asset_id, display_name="b", verdict="pass", reasons=[], options={}, etag="e", **size))
        session.add(Variant(asset_id=asset_id, profile="quest3", extensions_required=[], etag="v"))
        for level, name in enumerate(names):
            session.add(Lod(asset_id=asset_id, profile="quest3", level=level, triangles=9, blob=name))

    db.transact(write)
    return asset_id


def request(asset_id: str) -> bytes:
    return asset_pb2.StreamAssetRequest(asset_id=asset_id).SerializeToString()


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def checked(times: list[Times]) -> list[Times]:
    failed = [t.failed for t in times if t.failed]
    if failed:
        raise RuntimeError(f"{len(failed)} of {len(times)} failed: {failed[0]}")
    return times


def streams(server: Server, rounds: int = 9) -> list[Row]:
    """100 MB by each way, in turns."""
    path = server.asset(server.large).variants[0].lods[0].path
    ways: dict[str, tuple[Callable[[], Native | Web], str, bytes | None]] = {
        "native": (lambda: Native(server.port), f"{ASSETS}StreamAsset", request(server.large)),
        "gRPC-Web": (lambda: Web(server.web_port), f"{ASSETS}StreamAsset", request(server.large)),
        "GET": (lambda: Web(server.web_port), path, None),
    }
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, (make, where, message) in ways.items():
            client = make()
            client.send(where, message)  # type: ignore[arg-type]
            (times,) = checked(finish([client]))  # type: ignore[list-item]
            client.socket.close()
            rates[name].append(LARGE[0] / times.end / 1e6)
    middle = {name: statistics.median(values) for name, values in rates.items()}
    usual = server.channel.unary_stream(f"{ASSETS}StreamAsset")
    ordinary = []
    for _ in range(3):
        began, size = time.perf_counter(), 0
        for message in usual(request(server.large), timeout=60):
            size += len(message)
        ordinary.append(size / (time.perf_counter() - began) / 1e6)
    rows = []
    for name, target in (("native", 200), ("gRPC-Web", 300)):
        ratio = middle[name] / middle["GET"]
        text = f"{middle[name]:.0f} MB/s, {ratio:.2f} of GET's {middle['GET']:.0f}"
        rows.append(
            (
                f"StreamAsset 100 MB, {name}",
                f"≥ {target} MB/s, ≥ 0.5 of GET",
                text,
                middle[name] >= target and ratio >= 0.5,
            )
        )
    rows.append(("the same, native, grpcio's own client", "–", f"{statistics.median(ordinary):.0f} MB/s", True))
    return rows


def first_bytes(server: Server, calls: int = 300) -> list[Row]:
    """Until the first byte of the coarse LOD is there; one client, one connection."""
    before = header_bytes(server)
    rows = []
    for name, client in (("native", Native(server.port)), ("gRPC-Web", Web(server.web_port))):
        took = []
        for _ in range(calls):
            client.send(f"{ASSETS}StreamAsset", request(server.usual), (before + 64,))
            (times,) = checked(finish([client]))  # type: ignore[list-item]
            took.append(times.marks[before + 64] * 1e3)
        text = f"p50 {percentile(took, 0.5):.1f} ms, p95 {percentile(took, 0.95):.1f} ms"
        rows.append((f"first byte of the coarse LOD, {name}", "≤ 10 ms p95", text, percentile(took, 0.95) <= 10))
    return rows


def header_bytes(server: Server) -> int:
    """Bytes that come before the first chunk."""
    stream = server.channel.unary_stream(f"{ASSETS}StreamAsset")(request(server.usual), timeout=30)
    size = 5 + len(next(stream))
    stream.cancel()
    return size


def slow_link(server: Server, calls: int = 10) -> list[Row]:
    """20 Mbit/s and 40 ms, with connections that are new each time: by our lean client, and by grpcio's."""
    before, coarse = header_bytes(server), USUAL[-1]
    rows = []
    for name, port, make in (("native", server.port, Native), ("gRPC-Web", server.web_port, Web)):
        took, whole = [], []
        for _ in range(calls):
            client = make(Link(port, 20, 40).port)
            client.send(f"{ASSETS}StreamAsset", request(server.usual), (before + coarse,))
            (times,) = checked(finish([client]))
            client.socket.close()
            took.append(times.marks[before + coarse])
            whole.append(times.end)
        text = f"{max(took):.2f} s (all 3 MB: {statistics.median(whole):.2f} s)"
        rows.append((f"20 Mbit/s, 40 ms: coarse LOD complete, {name}", "≤ 1 s", text, max(took) <= 1))
    took = []
    for _ in range(calls):
        with grpc.insecure_channel(f"127.0.0.1:{Link(server.port, 20, 40).port}") as channel:
            began = time.perf_counter()
            for raw in channel.unary_stream(f"{ASSETS}StreamAsset")(request(server.usual), timeout=30):
                if asset_pb2.StreamAssetResponse.FromString(raw).HasField("lod_end"):
                    took.append(time.perf_counter() - began)
                    break
    rows.append(("the same, native, grpcio's own client", "≤ 1 s", f"{max(took):.2f} s", max(took) <= 1))
    return rows


class Memory:
    """The largest resident size of a process while the block runs."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self._end = threading.Event()
        self.mb = 0.0

    def __enter__(self) -> Memory:
        threading.Thread(target=self._watch, daemon=True).start()
        return self

    def _watch(self) -> None:
        while not self._end.wait(0.02):
            self.mb = max(self.mb, self._process.memory_info().rss / 1e6)

    def __exit__(self, *_: object) -> None:
        self._end.set()


def many(server: Server, clients: int = 200, rounds: int = 3) -> list[Row]:
    """200 connections at once, each streaming the 3 MB asset."""
    rows = []
    for name, make in (("native", lambda: Native(server.port)), ("gRPC-Web", lambda: Web(server.web_port))):
        took: list[float] = []
        failed = 0
        began = time.perf_counter()
        with Memory(server.process.pid) as memory:
            for _ in range(rounds):
                open_ = [make() for _ in range(clients)]
                for client in open_:
                    client.send(f"{ASSETS}StreamAsset", request(server.usual))
                for times in finish(open_):  # type: ignore[arg-type]
                    failed += bool(times.failed)
                    took.append(times.end)
                for client in open_:
                    client.socket.close()
        rate = clients * rounds * sum(USUAL) / (time.perf_counter() - began) / 1e6
        p50, p99 = percentile(took, 0.5), percentile(took, 0.99)
        text = f"{failed} errors, {memory.mb:.0f} MB, p50 {p50:.2f} s, p99 {p99:.2f} s ({p99 / p50:.1f}×)"
        text += f", {rate:.0f} MB/s together"
        passed = not failed and memory.mb <= 400 and p99 <= 3 * p50
        rows.append((f"200 clients × 3 MB × 3 rounds, {name}", "0 errors, RSS ≤ 400 MB, p99 ≤ 3× p50", text, passed))
    return rows


def calls(server: Server, seconds: float = 5.0) -> list[Row]:
    """GetAsset over 32 connections, each calling again at once."""
    message = asset_pb2.GetAssetRequest(asset_id=server.usual).SerializeToString()
    clients = [Native(server.port) for _ in range(32)]
    closed_loop(clients[:1], f"{ASSETS}GetAsset", message, 0.5)
    clients = [Native(server.port) for _ in range(32)]
    rates, p95 = [], []
    for _ in range(3):
        clients = [Native(server.port) for _ in range(32)]
        took = closed_loop(clients, f"{ASSETS}GetAsset", message, seconds)
        rates.append(len(took) / seconds)
        p95.append(percentile(took, 0.95) * 1e3)
    rate = statistics.median(rates)
    text = f"{rate:.0f}/s, p95 {statistics.median(p95):.0f} ms"
    return [("GetAsset, 32 clients, native", "≥ 1,500/s", text, rate >= 1500)]


def catalogue(server: Server, products: int = 10_000, tries: int = 400) -> list[Row]:
    """Pages and single products out of 10,000."""
    rng = random.Random(1)
    words = [f"word{n}" for n in range(2000)]
    lines = [
        json.dumps(
            {
                "id": f"sku-{n:05d}",
                "titles": {"en": " ".join(rng.sample(words, 4)), "de": " ".join(rng.sample(words, 4))},
                "brand": rng.choice(words),
                "category": f"home/c{n % 40}",
                "price": {"currencyCode": "EUR", "units": n % 300},
                "stock": n % 9,
                "tags": rng.sample(words, 3),
                "attributes": {"material": "steel", "colour": rng.choice(words)},
            }
        )
        for n in range(products)
    ]
    load = server.channel.unary_unary(f"{CATALOG}ImportProducts", None, catalog_pb2.ImportProductsResponse.FromString)
    for at in range(0, products, 5000):
        data = "\n".join(lines[at : at + 5000]).encode()
        sent = catalog_pb2.ImportProductsRequest(format=catalog_pb2.IMPORT_FORMAT_JSONL, data=data)
        answer = load(sent.SerializeToString(), timeout=120)
        if answer.created != min(5000, products - at):
            raise RuntimeError(f"only {answer.created} products were imported: {list(answer.problems)[:1]}")
    pages = server.channel.unary_unary(f"{CATALOG}ListProducts", None, catalog_pb2.ListProductsResponse.FromString)
    tokens, token = [""], ""
    while token or len(tokens) == 1:
        token = pages(catalog_pb2.ListProductsRequest(page_token=token).SerializeToString(), timeout=30).next_page_token
        tokens.append(token)
    tokens = [t for t in tokens if t]
    client = Native(server.port)

    def p95(name: str, make: Callable[[], bytes]) -> tuple[float, float]:
        took = []
        for _ in range(tries):
            client.send(CATALOG + name, make())
            took.append(checked(finish([client]))[0].end * 1e3)
        return percentile(took, 0.5), percentile(took, 0.95)

    asks: dict[str, tuple[str, Callable[[], bytes]]] = {
        "ListProducts, a page of 50": (
            "ListProducts",
            lambda: catalog_pb2.ListProductsRequest(page_token=rng.choice(tokens)).SerializeToString(),
        ),
        "ListProducts, contains a word": (
            "ListProducts",
            lambda: catalog_pb2.ListProductsRequest(contains=rng.choice(words)).SerializeToString(),
        ),
        "GetProduct": (
            "GetProduct",
            lambda: catalog_pb2.GetProductRequest(product_id=f"sku-{rng.randrange(products):05d}").SerializeToString(),
        ),
    }
    rows = []
    for title, (name, make) in asks.items():
        half, most = p95(name, make)
        rows.append(
            (f"{products:,} products: {title}", "≤ 20 ms p95", f"p50 {half:.1f} ms, p95 {most:.1f} ms", most <= 20)
        )
    return rows


PARTS: dict[str, Callable[[Server], list[Row]]] = {
    "streams": streams,
    "first": first_bytes,
    "link": slow_link,
    "many": many,
    "calls": calls,
    "catalogue": catalogue,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(PARTS), help="parts, with commas between")
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    arguments = parser.parse_args()

    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder))
        try:
            for name in arguments.only.split(","):
                for row in PARTS[name](server):
                    print(f"{'ok  ' if row[3] else 'MISS'} {row[0]}: {row[2]}  (target {row[1]})", flush=True)
                    rows.append(row)
        finally:
            server.stop()
    if arguments.write:
        write(rows)


def write(rows: list[Row]) -> None:
    """Replace the table in README.md."""
    table = "\n".join(
        f"| {what} | {target} | {text} | {'yes' if good else 'no'} |" for what, target, text, good in rows
    )
    head = "Server and clients share the cores.\n\n| what | target | measured | reached |\n|---|---|---|---|\n"
    page.put("bench_server.py", f"{page.measured()} {head}{table}")


if __name__ == "__main__":
    main()
