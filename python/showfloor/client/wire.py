"""The two ways over the wire, behind one interface: ``grpc.aio`` for asyncio, ``grpc`` for ordinary code.

Everything above is written once, as coroutines. Over ``BlockingWire`` they never suspend, so ``complete`` runs them
like functions: no second implementation, no thread, callbacks in the caller's own thread, Ctrl-C where it is expected.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import Any, Protocol, TypeVar

import grpc
import grpc.aio
from google.protobuf.message import Message

from showfloor.client.address import Address
from showfloor.server.contract import Rpc

T = TypeVar("T")
Metadata = tuple[tuple[str, str], ...]

OPTIONS: list[tuple[str, Any]] = [
    ("grpc.enable_retries", 0),  # Connection retries; it knows which calls may be repeated
    ("grpc.max_receive_message_length", 16 * 2**20),
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.min_reconnect_backoff_ms", 2_000),
    ("grpc.max_reconnect_backoff_ms", 5_000),
    ("grpc.keepalive_time_ms", 300_000),  # no oftener than servers accept without being told
    ("grpc.keepalive_timeout_ms", 20_000),
]


class Wire(Protocol):
    """Sends calls; raises ``grpc.RpcError``."""

    async def unary(self, rpc: Rpc, request: Message, timeout_s: float) -> Any: ...
    def stream(self, rpc: Rpc, request: Message, timeout_s: float) -> AsyncGenerator[Any, None]: ...
    async def sleep(self, seconds: float) -> None: ...
    async def run(self, work: Callable[..., T], *arguments: Any) -> T: ...
    async def close(self) -> None: ...


class AsyncWire:
    """For asyncio. The channel opens with the first call, inside the running loop."""

    def __init__(self, address: Address, metadata: Metadata) -> None:
        self._address = address
        self._metadata = metadata
        self._open: grpc.aio.Channel | None = None

    async def unary(self, rpc: Rpc, request: Message, timeout_s: float) -> Any:
        call = self._channel().unary_unary(rpc.path, _send, rpc.response.FromString)
        return await call(request, timeout=timeout_s, metadata=self._metadata)

    async def stream(self, rpc: Rpc, request: Message, timeout_s: float) -> AsyncGenerator[Any, None]:
        multicallable = self._channel().unary_stream(rpc.path, _send, rpc.response.FromString)
        call = multicallable(request, timeout=timeout_s, metadata=self._metadata)
        try:
            async for response in call:
                yield response
        finally:
            call.cancel()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def run(self, work: Callable[..., T], *arguments: Any) -> T:
        return await asyncio.to_thread(work, *arguments)

    async def close(self) -> None:
        if self._open is not None:
            await self._open.close()
            self._open = None

    def _channel(self) -> grpc.aio.Channel:
        if self._open is None:
            if self._address.tls:
                credentials = grpc.ssl_channel_credentials(self._address.roots)
                self._open = grpc.aio.secure_channel(self._address.target, credentials, OPTIONS)
            else:
                self._open = grpc.aio.insecure_channel(self._address.target, OPTIONS)
        return self._open


class BlockingWire:
    """For code without asyncio; may be used from several threads."""

    def __init__(self, address: Address, metadata: Metadata) -> None:
        self._metadata = metadata
        if address.tls:
            credentials = grpc.ssl_channel_credentials(address.roots)
            self._channel = grpc.secure_channel(address.target, credentials, OPTIONS)
        else:
            self._channel = grpc.insecure_channel(address.target, OPTIONS)

    async def unary(self, rpc: Rpc, request: Message, timeout_s: float) -> Any:
        call = self._channel.unary_unary(rpc.path, _send, rpc.response.FromString)
        return call(request, timeout=timeout_s, metadata=self._metadata)

    async def stream(self, rpc: Rpc, request: Message, timeout_s: float) -> AsyncGenerator[Any, None]:
        multicallable = self._channel.unary_stream(rpc.path, _send, rpc.response.FromString)
        call = multicallable(request, timeout=timeout_s, metadata=self._metadata)
        try:
            for response in call:
                yield response
        finally:
            call.cancel()

    async def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    async def run(self, work: Callable[..., T], *arguments: Any) -> T:
        return work(*arguments)

    async def close(self) -> None:
        self._channel.close()


def complete(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never suspends, and return what it returns."""
    try:
        work.send(None)
    except StopIteration as done:
        value: T = done.value
        return value
    work.close()
    raise RuntimeError("a coroutine over BlockingWire suspended")


def _send(message: Message) -> bytes:
    return message.SerializeToString()
