"""The Unity client on this machine: speed, garbage, time to the first picture, time to quiet.

    python benchmarks/bench_unity.py

The same streams come from the real server and from one that only sends bytes it has ready, which shows who is the
limit.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from showfloor.v1 import asset_pb2

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "tests/unity_bridge"
SIZE_MB = 100
CHUNK = 256 * 1024
sys.path[:0] = [str(FOLDER)]


def ready_response() -> bytes:
    """The response of StreamAsset for one file, as HTTP/1.1 with the chunks that the real server makes."""
    data = os.urandom(SIZE_MB * 1_000_000)
    sha256 = hashlib.sha256(data).hexdigest()
    variant = asset_pb2.Variant(profile="quest3", etag="e", lods=[asset_pb2.Lod(size_bytes=len(data), sha256=sha256)])
    header = asset_pb2.StreamHeader(asset=asset_pb2.Asset(id="ast_1"), variant=variant)
    messages = [asset_pb2.StreamAssetResponse(header=header)]
    for offset in range(0, len(data), CHUNK):
        chunk = asset_pb2.Chunk(offset=offset, data=data[offset : offset + CHUNK])
        messages.append(asset_pb2.StreamAssetResponse(chunk=chunk))
    messages.append(asset_pb2.StreamAssetResponse(lod_end=asset_pb2.LodEnd(sha256=sha256)))
    frames = [b"\0" + m.ByteSize().to_bytes(4, "big") + m.SerializeToString() for m in messages]
    frames.append(b"\x80\0\0\0\x10grpc-status: 0\r\n")
    body = b"".join(b"%x\r\n%b\r\n" % (len(frame), frame) for frame in frames)
    head = b"HTTP/1.1 200 OK\r\ncontent-type: application/grpc-web+proto\r\ntransfer-encoding: chunked\r\n\r\n"
    return head + body + b"0\r\n\r\n"


def serve_ready(listener: socket.socket) -> None:
    response = ready_response()
    while True:
        connection, _ = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with connection:
            while connection.recv(65536):
                connection.sendall(response)


@contextmanager
def fast_server() -> Iterator[int]:
    listener = socket.create_server(("127.0.0.1", 0))
    process = multiprocessing.Process(target=serve_ready, args=(listener,), daemon=True)
    process.start()
    try:
        yield listener.getsockname()[1]
    finally:
        process.kill()


@contextmanager
def real_server() -> Iterator[int]:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, str(FOLDER / "serve.py"), f"{folder}/data", "--size-mb", str(SIZE_MB)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())["web_port"]
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def measure(what: str, port: int) -> None:
    from run import TESTS

    command = [FOLDER / "dotnet", TESTS, "bench", what, str(port)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    for line in done.stdout.splitlines():
        value, name = line.split("\t")
        print(f"    {value:>8}  {name}", flush=True)


def main() -> None:
    from run import build

    build()
    with fast_server() as port:
        for what in ("stream", "download"):
            print(f"{what} of {SIZE_MB} MB from a server that has the bytes ready")
            measure(what, port)
    with real_server() as port:
        for what in ("stream", "download"):
            print(f"{what} of {SIZE_MB} MB from the real server")
            measure(what, port)
        print("a 3 MB asset over 20 Mbit/s with 40 ms in each direction")
        measure("coarse", port)
        measure("cancel", port)


if __name__ == "__main__":
    main()
