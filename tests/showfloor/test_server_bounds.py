"""Clients that take their time: each costs a bounded amount of memory, for a bounded time."""

from __future__ import annotations

import asyncio
import socket
import struct
import time
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import grpc
import pytest
from showfloor.server import bodies, connections, health, native, web_body
from showfloor.server.auth import Authenticator
from showfloor.server.gate import Gate
from showfloor.server.metrics import Metrics
from showfloor.server.status import DETAILS_KEY, error_of
from showfloor.services.call import Call
from showfloor.services.chunks import chunk_head
from showfloor.services.encoded import Encoded
from showfloor.settings import Settings
from showfloor.v1 import asset_pb2

from assets_pipeline.errors import ShowfloorError
from tests.showfloor.running import BOUND_S, Loop, Transports, rpc, stream, transports, unary

MIB = 2**20
DATA = bytes(256 * 1024)
CHUNK = Encoded(asset_pb2.StreamAssetResponse, chunk_head(0, 0, len(DATA)) + DATA)
REQUEST = asset_pb2.StreamAssetRequest(asset_id="a")
PATH = rpc("StreamAsset").path


class Endless:
    """An AssetService that never stops sending and counts what was taken from it."""

    def __init__(self) -> None:
        self.taken = 0
        self.ended = asyncio.Event()

    async def stream_asset(self, request: asset_pb2.StreamAssetRequest, call: Call) -> AsyncGenerator[Encoded, None]:
        try:
            while True:
                yield CHUNK
                self.taken += len(CHUNK.data)
        finally:
            self.ended.set()


def web_stream(port: int) -> socket.socket:
    """A call of gRPC-Web whose answer nobody reads."""
    client = socket.create_connection(("127.0.0.1", port), timeout=BOUND_S)
    raw = REQUEST.SerializeToString()
    body = b"\0" + struct.pack(">I", len(raw)) + raw
    head = (
        f"POST {PATH} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/grpc-web+proto\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    )
    client.sendall(head.encode() + body)
    return client


def frame(kind: int, flags: int, stream_id: int, payload: bytes) -> bytes:
    """A frame of HTTP/2."""
    return struct.pack(">I", len(payload))[1:] + bytes((kind, flags)) + struct.pack(">I", stream_id) + payload


def call_headers(path: str) -> bytes:
    """The header block of a call."""
    fields = {
        b":method": b"POST",
        b":scheme": b"http",
        b":path": path.encode(),
        b":authority": b"localhost",
        b"te": b"trailers",
        b"content-type": b"application/grpc",
    }
    return b"".join(b"\0" + bytes((len(n),)) + n + bytes((len(v),)) + v for n, v in fields.items())


def http2(port: int) -> socket.socket:
    """A connection of HTTP/2, with a window that holds nothing back."""
    client = socket.create_connection(("127.0.0.1", port), timeout=BOUND_S)
    client.sendall(
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
        + frame(4, 0, 0, struct.pack(">HI", 4, 2**31 - 1))
        + frame(8, 0, 0, struct.pack(">I", 2**31 - 1 - 65535))
    )
    return client


def native_stream(port: int) -> socket.socket:
    """The same in HTTP/2."""
    raw = REQUEST.SerializeToString()
    client = http2(port)
    client.sendall(frame(1, 4, 1, call_headers(PATH)) + frame(0, 1, 1, b"\0" + struct.pack(">I", len(raw)) + raw))
    return client


class Unfinished:
    """Calls on one connection that send as much of a large request as they are let, and never the last of it."""

    def __init__(self, port: int, path: str, calls: int, size: int) -> None:
        self.client = http2(port)
        self.sent = 0
        self._left = {2 * n + 1: b"\0" + struct.pack(">I", size) + bytes(size - 1) for n in range(calls)}
        self._windows = dict.fromkeys((0, *self._left), 65535)
        self._initial = 65535
        self._got = b""
        for stream_id in self._left:
            self.client.sendall(frame(1, 4, stream_id, call_headers(path)))

    def push(self) -> int:
        """Send until the server lets no more come, or has taken all; bytes sent."""
        self.client.settimeout(0.2)
        while True:
            try:
                self._take(self.client.recv(65536))
            except TimeoutError:
                if not self._send():
                    return self.sent
            self._send()

    def _send(self) -> int:
        before = self.sent
        for stream_id, data in self._left.items():
            while room := min(len(data), 16384, self._windows[0], self._windows[stream_id]):
                if room < 0:
                    break
                self.client.sendall(frame(0, 0, stream_id, data[:room]))
                data = data[room:]
                self.sent += room
                self._windows[0] -= room
                self._windows[stream_id] -= room
            self._left[stream_id] = data
        return self.sent - before

    def _take(self, data: bytes) -> None:
        assert data, "the server closed the connection"
        self._got += data
        while len(self._got) >= 9:
            length, kind, flags = int.from_bytes(self._got[:3], "big"), self._got[3], self._got[4]
            if len(self._got) < 9 + length:
                return
            stream_id, payload = int.from_bytes(self._got[5:9], "big"), self._got[9 : 9 + length]
            self._got = self._got[9 + length :]
            if kind == 8 and stream_id in self._windows:
                self._windows[stream_id] += int.from_bytes(payload, "big")
            elif kind == 6 and not flags:
                self.client.sendall(frame(6, 1, 0, payload))
            elif kind == 4 and not flags:
                for at in range(0, length, 6):
                    name, value = struct.unpack(">HI", payload[at : at + 6])
                    if name == 4:
                        for each in self._left:
                            self._windows[each] += value - self._initial
                        self._initial = value
                self.client.sendall(frame(4, 1, 0, b""))
            elif kind == 3 or (kind == 1 and flags & 1):
                self._left[stream_id] = b""


def settled(service: Endless) -> int:
    """Bytes taken once no more are."""
    deadline = time.monotonic() + BOUND_S
    before = -1
    while before != service.taken and time.monotonic() < deadline:
        before = service.taken
        time.sleep(0.3)
    return service.taken


@pytest.mark.parametrize("transport", ["native", "web"])
def test_a_client_that_does_not_read_costs_at_most_8_mib(transport: str) -> None:
    service = Endless()
    with transports({"AssetService": service}) as (server, _):
        client = native_stream(server.port) if transport == "native" else web_stream(server.web_port)
        # What was taken is in the server or in the kernel's socket buffers.
        assert 0 < settled(service) <= 8 * MIB
        client.close()


@pytest.mark.parametrize("transport", ["native", "web"])
def test_a_client_that_reads_nothing_for_too_long_is_cut(transport: str) -> None:
    service = Endless()
    with transports({"AssetService": service}, idle_timeout_s=0.6) as (server, loop):
        if transport == "native":
            with grpc.insecure_channel(f"127.0.0.1:{server.port}") as channel:
                responses = stream(channel, "StreamAsset", REQUEST)
                assert next(responses).chunk.data == DATA
                loop.run(asyncio.wait_for(service.ended.wait(), BOUND_S))
                with pytest.raises(grpc.RpcError) as caught:
                    for _ in responses:
                        pass
                error: Any = caught.value
                details = dict(error.trailing_metadata())[DETAILS_KEY]
                assert error_of(error.code(), error.details(), details).code == "CLIENT_TOO_SLOW"
        else:
            client = web_stream(server.web_port)
            loop.run(asyncio.wait_for(service.ended.wait(), BOUND_S))
            client.close()
        assert loop.run(server.gate.quiet(BOUND_S))


def closed_by_peer(client: socket.socket) -> bool:
    """Whether the server ends the connection, after whatever it still says."""
    client.settimeout(BOUND_S)
    try:
        while client.recv(65536):
            pass
    except ConnectionResetError:
        pass
    except TimeoutError:
        return False
    return True


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET / HTTP/1.1\r\nhost: local",
        b"POST "
        + rpc("GetAsset").path.encode()
        + b" HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{",
        b"\x16\x03\x01\x02\x00 this is no HTTP\r\n\r\n",
    ],
    ids=["silent", "half a header", "half a body", "not HTTP"],
)
def test_the_web_port_closes_on_clients_that_do_not_finish(sent: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEADER_S", 0.4)
    monkeypatch.setattr(connections, "SILENT_BODY_S", 0.4)
    monkeypatch.setattr(connections, "SWEEP_S", 0.1)
    with transports({}) as (server, _), socket.create_connection(("127.0.0.1", server.web_port)) as client:
        client.sendall(sent)
        assert closed_by_peer(client)


@pytest.mark.parametrize("sent", [b"", b"PRI * HTTP/2.0\r\n\r\nSM\r\n", b"GET / HTTP/1.1\r\n\r\n"])
def test_the_native_port_closes_on_clients_that_do_not_begin(sent: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "HANDSHAKE_MS", 400)
    with transports({}) as (server, _), socket.create_connection(("127.0.0.1", server.port)) as client:
        client.sendall(sent)
        assert closed_by_peer(client)


def started(port: int, kind: str, sent: bytes, authorization: str = "") -> socket.socket:
    """A call whose body has begun."""
    client = socket.create_connection(("127.0.0.1", port), timeout=BOUND_S)
    head = f"POST {rpc('GetAsset').path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: {kind}\r\n"
    client.sendall((head + f"content-length: 99\r\n{authorization}\r\n").encode() + sent)
    return client


@pytest.mark.parametrize("kind", ["application/json", "application/grpc-web+proto"])
def test_a_body_that_trickles_in_is_given_up(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_body, "BODY_S", 0.5)
    with transports({}) as (server, _), started(server.web_port, kind, b"\0\0\0\0\x50") as client:
        client.settimeout(0.1)
        answer = b""
        for _ in range(60):
            try:
                client.sendall(b" ")
                answer += client.recv(65536)
            except TimeoutError:
                continue
            except OSError:
                break
            if b"whole" in answer:
                break
        assert b"whole" in answer
        assert b'method="AssetService.GetAsset",status="UNAVAILABLE"' in server.metrics.text()


@pytest.mark.parametrize("kind", ["application/json", "application/grpc-web+proto"])
def test_the_key_is_asked_for_before_the_body(kind: str) -> None:
    with transports({}, require_keys=True) as (server, _), started(server.web_port, kind, b"") as client:
        answer = b""
        while b"API" not in answer and (more := client.recv(65536)):
            answer += more
        assert b"API" in answer


def test_a_slow_handler_is_no_silent_client(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEADER_S", 0.2)
    monkeypatch.setattr(connections, "SILENT_BODY_S", 0.2)
    monkeypatch.setattr(connections, "SWEEP_S", 0.05)

    class Slow:
        async def get_asset(self, request: asset_pb2.GetAssetRequest, call: Call) -> asset_pb2.Asset:
            await asyncio.sleep(0.8)
            return asset_pb2.Asset(id="late")

    from tests.showfloor.running import connect_json

    with transports({"AssetService": Slow()}, idle_timeout_s=0.2) as (server, _):
        assert connect_json(server.web_port, "GetAsset", {"assetId": "a"})[2] == {"id": "late"}


def test_a_client_that_goes_ends_its_call(caplog: pytest.LogCaptureFixture) -> None:
    service = Endless()
    with transports({"AssetService": service}) as (server, loop):
        for open_call in (lambda: web_stream(server.web_port), lambda: native_stream(server.port)) * 3:
            service.ended = loop.call(asyncio.Event)
            before = service.taken
            client = open_call()
            assert client.recv(100)
            while service.taken == before:
                time.sleep(0.01)
            client.close()
            loop.run(asyncio.wait_for(service.ended.wait(), BOUND_S))
        assert loop.run(server.gate.quiet(BOUND_S))
    assert "Traceback" not in caplog.text
    assert "Exception" not in caplog.text
    assert "Error" not in caplog.text


def test_ports_that_are_taken_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from assets_pipeline.errors import MachineError

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        for name in ("port", "web_port"):
            loop = Loop()
            server = Transports({})
            server.settings = server.settings.model_copy(update={name: port})
            with pytest.raises(MachineError, match=f"PORT_IN_USE.*{port}"):
                loop.run(server.start())
            loop.close()


@pytest.mark.parametrize(
    ("path", "keys", "whole"),
    [
        (rpc("UploadPart").path, True, 0),
        (rpc("UploadPart").path, False, 4),
        ("/grpc.health.v1.Health/Check", True, 2),
        ("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", True, 2),
    ],
    ids=["without its key", "without keys", "health", "reflection"],
)
def test_of_unfinished_requests_few_are_taken(
    path: str, keys: bool, whole: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "AT_ONCE", 4)
    monkeypatch.setattr(bodies, "OPEN_AT_ONCE", 2)
    with transports({}, require_keys=keys) as (server, _):
        caller = Unfinished(server.port, path, 60, MIB)
        assert caller.push() <= whole * MIB + 60 * 65536
        caller.client.close()


def test_a_request_that_does_not_come_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "AT_ONCE", 1)
    monkeypatch.setattr(bodies, "BODY_S", 1.0)
    with transports({}) as (server, _):
        caller = Unfinished(server.port, rpc("UploadPart").path, 1, MIB)
        caller.push()
        with grpc.insecure_channel(f"127.0.0.1:{server.port}") as channel, pytest.raises(grpc.RpcError) as caught:
            unary(channel, "GetAsset", asset_pb2.GetAssetRequest(asset_id="a"))
        error: Any = caught.value
        assert error.code() == grpc.StatusCode.UNIMPLEMENTED
        assert b'method="CaptureService.UploadPart",status="UNAVAILABLE"' in server.metrics.text()
        caller.client.close()


@pytest.mark.parametrize("port", ["native", "web"])
def test_what_keeps_a_port_from_listening_is_named(port: str, tmp_path: Path) -> None:
    junk = tmp_path / "junk.pem"
    junk.write_text("no certificate")
    pair = {"tls_cert": junk, "tls_key": junk}
    for options, code in (({"host": "no.such.invalid"}, "HOST_INVALID"), (pair, "TLS_UNREADABLE")):
        loop = Loop()
        settings = Settings(port=0, web_port=0, **options)

        async def probe(*_: Any) -> Any:
            pass

        async def listen(settings: Settings = settings) -> None:
            if port == "native":
                gate = Gate({}, Authenticator(probe, False), Metrics(), max_streams=1)
                native.NativeServer(gate, health.Health(probe), settings)
            else:
                connections.WebServer(None, settings)

        with pytest.raises(ShowfloorError, match=code):
            loop.run(listen())
        loop.close()
