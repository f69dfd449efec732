"""Servers for the tests: both transports on free ports, in a thread with an event loop of its own."""

from __future__ import annotations

import asyncio
import http.client
import json
import struct
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import grpc
from google.protobuf.message import Message
from showfloor.errors import Unauthenticated
from showfloor.server.auth import Authenticator, Grant
from showfloor.server.connections import WebServer
from showfloor.server.contract import RPCS, Rpc
from showfloor.server.files import Files
from showfloor.server.gate import Gate
from showfloor.server.health import Health
from showfloor.server.metrics import Metrics
from showfloor.server.native import NativeServer
from showfloor.server.web import WebApp
from showfloor.services.blocks import BlockReader
from showfloor.services.call import Scope
from showfloor.settings import Settings
from showfloor.store.blobs import BlobInfo

T = TypeVar("T")
BOUND_S = 20.0


class Loop:
    """An event loop in a thread."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(BOUND_S)

    def call(self, fn: Callable[[], T]) -> T:
        async def work() -> T:
            return fn()

        return self.run(work())

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(BOUND_S)


class Transports:
    """Gate and transports before services of the test's own; no store."""

    def __init__(
        self,
        services: dict[str, object],
        *,
        keys: dict[str, Grant] | None = None,
        reader: BlockReader | None = None,
        blobs: dict[str, BlobInfo] | None = None,
        **settings: Any,
    ) -> None:
        self.settings = Settings(port=0, web_port=0, **settings)
        self.keys = {} if keys is None else keys
        self.looked_up: list[str] = []
        self.problem: Exception | None = None
        self._services, self._reader, self._blobs = services, reader, blobs or {}

    async def start(self) -> None:
        self.metrics = Metrics()
        authenticator = Authenticator(self._grant, self.settings.keys_required)
        self.gate = Gate(self._services, authenticator, self.metrics, max_streams=self.settings.max_streams)
        self.health = Health(self._probe)
        self._native = NativeServer(self.gate, self.health, self.settings)
        reader = self._reader or BlockReader(_Nothing())
        files = Files(self._find, reader, self.metrics, private=self.settings.keys_required)
        self.app = WebApp(self.settings, self.gate, self.health, files, self._count)
        self._web = WebServer(self.app, self.settings)
        await self._native.start()
        await self._web.start()
        self.port, self.web_port = self._native.port, self._web.port

    async def stop(self) -> None:
        self.gate.drain()
        await asyncio.gather(self._native.stop(0.2), self._web.stop(0.2))

    async def _grant(self, key: str) -> Grant:
        self.looked_up.append(key)
        if key not in self.keys:
            raise Unauthenticated("KEY_INVALID", "The API key is not known.", "Ask the operator for a key.")
        return self.keys[key]

    async def _probe(self) -> None:
        if self.problem is not None:
            raise self.problem

    async def _find(self, sha256: str) -> BlobInfo:
        from showfloor.errors import NotFound

        if sha256 not in self._blobs:
            raise NotFound("FILE_NOT_FOUND", "There is no such file.", "Ask for the asset again.")
        return self._blobs[sha256]

    async def _count(self) -> dict[int, int]:
        return {1: 3, 2: 1}


class _Nothing:
    def local_path(self, sha256: str) -> None:
        return None

    def open_range(self, sha256: str, offset: int, length: int) -> bytes:
        raise AssertionError("no file was expected to be read")


@contextmanager
def transports(services: dict[str, object], **options: Any) -> Iterator[tuple[Transports, Loop]]:
    loop = Loop()
    server = Transports(services, **options)
    loop.run(server.start())
    try:
        yield server, loop
    finally:
        loop.run(server.stop())
        loop.close()


def grant(*scopes: Scope, id_: str = "key_1") -> Grant:
    return id_, frozenset(scopes)


def rpc(name: str) -> Rpc:
    """A call by its name, as GetAsset."""
    return next(r for r in RPCS if r.name == name)


def unary(channel: grpc.Channel, name: str, request: Message | bytes, **options: Any) -> Any:
    """Call natively; raises ``grpc.RpcError``."""
    call = rpc(name)
    raw = request if isinstance(request, bytes) else request.SerializeToString()
    return channel.unary_unary(call.path, None, call.response.FromString)(raw, timeout=BOUND_S, **options)


def stream(channel: grpc.Channel, name: str, request: Message | bytes, **options: Any) -> Any:
    call = rpc(name)
    raw = request if isinstance(request, bytes) else request.SerializeToString()
    return channel.unary_stream(call.path, None, call.response.FromString)(raw, timeout=BOUND_S, **options)


def request_http(
    port: int, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> tuple[int, dict[str, str], bytes]:
    """One HTTP request; header names in lower case."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=BOUND_S)
    try:
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        return response.status, {k.lower(): v for k, v in response.getheaders()}, response.read()
    finally:
        connection.close()


def connect_json(
    port: int, name: str, body: Any, headers: dict[str, str] | None = None
) -> tuple[int, dict[str, str], Any]:
    """A unary call as Connect JSON."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent = {"content-type": "application/json", **(headers or {})}
    status, received, answer = request_http(port, "POST", rpc(name).path, raw, sent)
    return status, received, json.loads(answer) if answer else None


def grpc_web(
    port: int, name: str, request: Message | bytes, headers: dict[str, str] | None = None
) -> tuple[list[bytes], dict[str, str]]:
    """A call as gRPC-Web: the messages and the trailers."""
    raw = request if isinstance(request, bytes) else request.SerializeToString()
    sent = {"content-type": "application/grpc-web+proto", **(headers or {})}
    body = b"\0" + struct.pack(">I", len(raw)) + raw
    status, received, answer = request_http(port, "POST", rpc(name).path, body, sent)
    assert status == 200, (status, answer)
    messages, trailers = [], dict(received)
    while answer:
        length = int.from_bytes(answer[1:5], "big")
        payload = answer[5 : 5 + length]
        if answer[0] & 0x80:
            trailers |= dict(line.split(": ", 1) for line in payload.decode().split("\r\n") if line)
        else:
            messages.append(payload)
        answer = answer[5 + length :]
    return messages, trailers
