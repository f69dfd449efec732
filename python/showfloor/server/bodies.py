"""Requests of native gRPC before they are whole: read only after the key is checked, few at a time, for a bounded time.

A call that waits to be read holds no more than the window of its stream, 64 KiB.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import grpc
import grpc.aio
from google.protobuf.message import DecodeError

from assets_pipeline.errors import InputError, ShowfloorError
from showfloor.errors import Unavailable
from showfloor.server.contract import Rpc
from showfloor.server.gate import Caller, Gate
from showfloor.server.status import status_of

AT_ONCE = 24
"""Requests that are read at the same time; each may hold max_message_bytes."""
BODY_S = 60.0
OPEN_AT_ONCE = 8
"""The same for calls that need no key: health and reflection."""
OPEN_BODY_S = 5.0


class Bodies:
    """A bounded number of requests that are being read.

    Args:
        at_once: Further ones wait for their turn.
        seconds: Time for a request to come, its wait for a turn included.
    """

    def __init__(self, at_once: int, seconds: float) -> None:
        self._turns = asyncio.Semaphore(at_once)
        self._seconds = seconds

    async def read(self, context: Any) -> bytes | None:
        """The next message of a call, None where there is none.

        Raises:
            Unavailable: REQUEST_TOO_SLOW.
        """
        try:
            async with asyncio.timeout(self._seconds), self._turns:
                message = await context.read()
        except TimeoutError:
            raise Unavailable(
                "REQUEST_TOO_SLOW",
                f"The request had not come whole after {self._seconds:g} s.",
                "Send it faster or in smaller parts, and fewer at the same time.",
            ) from None
        return None if message is grpc.aio.EOF else bytes(message)

    async def one(self, context: Any) -> bytes:
        """The only message of a call.

        Raises:
            InputError: MESSAGE_INVALID: there is none.
            Unavailable: REQUEST_TOO_SLOW.
        """
        message = await self.read(context)
        if message is None:
            raise InputError("MESSAGE_INVALID", "The call ended without a request.", "Send one message.")
        return message

    async def admitted(self, gate: Gate, rpc: Rpc, caller: Caller, context: Any) -> bytes:
        """The request of a call, which is not read unless the caller may make the call.

        Raises:
            Refused: With what the caller is told.
        """
        try:
            await gate.allow(caller.authorization, rpc.scope)
            return await self.one(context)
        except Exception as error:
            raise gate.end(gate.begin(rpc, caller), error) or error from None


class OpenCalls(grpc.GenericRpcHandler):
    """Calls that need no key and pass no gate, as those of grpc.health.v1, with bounded requests."""

    def __init__(self, inner: grpc.GenericRpcHandler, bodies: Bodies) -> None:
        self._inner, self._bodies = inner, bodies

    def service(self, details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler | None:
        handler: Any = self._inner.service(details)
        if handler is None:
            return None
        if handler.response_streaming:
            return grpc.stream_stream_rpc_method_handler(self._stream(handler), None, handler.response_serializer)
        return grpc.stream_unary_rpc_method_handler(self._unary(handler), None, handler.response_serializer)

    def _unary(self, handler: Any) -> Callable[[Any, Any], Awaitable[Any]]:
        async def call(_: Any, context: Any) -> Any:
            return await handler.unary_unary(await anext(self._requests(handler, context)), context)

        return call

    def _stream(self, handler: Any) -> Callable[[Any, Any], AsyncIterator[Any]]:
        async def call(_: Any, context: Any) -> AsyncIterator[Any]:
            requests = self._requests(handler, context)
            if handler.request_streaming:
                responses = handler.stream_stream(requests, context)
            else:
                responses = handler.unary_stream(await anext(requests), context)
            async for response in responses:
                yield response

        return call

    async def _requests(self, handler: Any, context: Any) -> AsyncIterator[Any]:
        while True:
            try:
                message = (
                    await self._bodies.read(context) if handler.request_streaming else await self._bodies.one(context)
                )
                request = None if message is None else handler.request_deserializer(message)
            except ShowfloorError as error:
                status = status_of(error)
                await context.abort(status.grpc, status.message)
            except DecodeError:
                await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "The request is not the message of the call.")
            if request is None:
                return
            yield request
