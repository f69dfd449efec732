"""Native gRPC: every call of the contract on a ``grpc.aio`` server, by way of the gate."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import Any

import grpc
import grpc.aio
from google.protobuf.message import Message
from grpc_reflection.v1alpha import reflection, reflection_pb2

from assets_pipeline.errors import MachineError
from showfloor.errors import Unavailable
from showfloor.server import bodies, health
from showfloor.server.contract import RPCS, SERVICES, Rpc
from showfloor.server.gate import Caller, Gate, make_request_id
from showfloor.server.listening import read_pair, resolve
from showfloor.server.status import DETAILS_KEY, Refused, Status, status_of
from showfloor.services.encoded import Encoded
from showfloor.settings import Settings

REQUEST_ID = "x-request-id"
HANDSHAKE_MS = 10_000
STREAMS_PER_CONNECTION = 100
CONNECTIONS = 4_096
CALLS_BESIDE_STREAMS = 500
TOO_SLOW = Unavailable(
    "CLIENT_TOO_SLOW",
    "The client read nothing for too long.",
    "Read on while a stream runs, and resume where it broke.",
)


class NativeServer:
    """The port of native gRPC.

    Raises:
        InputError: HOST_INVALID.
        MachineError: PORT_IN_USE, TLS_UNREADABLE.
    """

    def __init__(self, gate: Gate, state: health.Health, settings: Settings) -> None:
        self._server = grpc.aio.server(
            options=_options(settings), maximum_concurrent_rpcs=settings.max_streams + CALLS_BESIDE_STREAMS
        )
        self._server.add_generic_rpc_handlers(_handlers(gate, state, settings.idle_timeout_s))
        resolve(settings.host, settings.port)
        address = f"[{settings.host}]:{settings.port}" if ":" in settings.host else f"{settings.host}:{settings.port}"
        try:
            if settings.tls:
                self.port = self._server.add_secure_port(address, grpc.ssl_server_credentials([read_pair(settings)]))
            else:
                self.port = self._server.add_insecure_port(address)
        except RuntimeError as error:
            raise MachineError(
                "PORT_IN_USE",
                f"The server cannot listen on {address}.",
                "Stop the program that has the port, or choose another with --port.",
            ) from error

    async def start(self) -> None:
        await self._server.start()

    async def stop(self, grace_s: float) -> None:
        """Take no new connections, and end what still runs after ``grace_s``."""
        await self._server.stop(grace_s)


def _options(settings: Settings) -> list[tuple[str, int]]:
    return [
        ("grpc.so_reuseport", 0),  # or a second server would share the port in silence
        ("grpc.max_receive_message_length", settings.max_message_bytes),
        ("grpc.max_send_message_length", -1),
        ("grpc.max_concurrent_streams", STREAMS_PER_CONNECTION),
        ("grpc.max_allowed_incoming_connections", CONNECTIONS),
        ("grpc.http2.bdp_probe", 0),  # which widens the windows of calls that nobody reads yet
        ("grpc.server_handshake_timeout_ms", HANDSHAKE_MS),
        ("grpc.max_connection_idle_ms", int(settings.idle_timeout_s * 1000)),
        ("grpc.keepalive_time_ms", 60_000),
        ("grpc.keepalive_timeout_ms", 20_000),
        ("grpc.keepalive_permit_without_calls", 1),
        ("grpc.http2.min_ping_interval_without_data_ms", 10_000),
    ]


def _handlers(gate: Gate, state: health.Health, idle_s: float) -> list[grpc.GenericRpcHandler]:
    by_service: dict[str, dict[str, grpc.RpcMethodHandler]] = {}
    requests = bodies.Bodies(bodies.AT_ONCE, bodies.BODY_S)
    for rpc in RPCS:  # as streams of requests, which gRPC leaves to the handler to read
        if rpc.streams:
            handler = grpc.stream_stream_rpc_method_handler(_stream(gate, rpc, requests, idle_s), None, _serialised)
        else:
            handler = grpc.stream_unary_rpc_method_handler(_unary(gate, rpc, requests), None, _serialised)
        by_service.setdefault(SERVICES[rpc.service].full_name, {})[rpc.name] = handler
    handlers = [grpc.method_handlers_generic_handler(name, methods) for name, methods in by_service.items()]
    for calls in (state.handlers(), _reflection([*by_service, health.SERVICE, reflection.SERVICE_NAME])):
        handlers.append(bodies.OpenCalls(calls, bodies.Bodies(bodies.OPEN_AT_ONCE, bodies.OPEN_BODY_S)))
    return handlers


def _reflection(names: list[str]) -> grpc.GenericRpcHandler:
    method = grpc.stream_stream_rpc_method_handler(
        reflection.aio.ReflectionServicer(names).ServerReflectionInfo,
        reflection_pb2.ServerReflectionRequest.FromString,
        reflection_pb2.ServerReflectionResponse.SerializeToString,
    )
    return grpc.method_handlers_generic_handler(reflection.SERVICE_NAME, {"ServerReflectionInfo": method})


def _serialised(response: Message | Encoded) -> bytes:
    return response.data if isinstance(response, Encoded) else response.SerializeToString()


def _unary(gate: Gate, rpc: Rpc, requests: bodies.Bodies) -> Callable[[Any, Any], Awaitable[Message | Encoded]]:
    async def call(_: Any, context: Any) -> Message | Encoded:
        caller = _caller(context)
        context.set_trailing_metadata(((REQUEST_ID, caller.request_id),))  # initial metadata halves the rate of calls
        try:
            return await gate.unary(rpc, await requests.admitted(gate, rpc, caller, context), caller)
        except Refused as refusal:
            await _abort(context, refusal.status, caller)
            raise AssertionError("abort raises") from None

    return call


def _stream(gate: Gate, rpc: Rpc, requests: bodies.Bodies, idle_s: float) -> Callable[[Any, Any], Awaitable[None]]:
    async def call(_: Any, context: Any) -> None:
        caller = _caller(context)
        await context.send_initial_metadata(((REQUEST_ID, caller.request_id),))
        try:
            request = await requests.admitted(gate, rpc, caller, context)
            async with aclosing(aiter(gate.stream(rpc, request, caller))) as responses:
                async for response in responses:
                    async with asyncio.timeout(idle_s):
                        await context.write(response)
        except grpc.aio.InternalError:
            raise asyncio.CancelledError from None  # the client has gone in the middle of a message
        except Refused as refusal:
            await _abort(context, refusal.status, caller)
        except TimeoutError:
            await _abort(context, status_of(TOO_SLOW), caller)

    return call


def _caller(context: Any) -> Caller:
    sent = dict(context.invocation_metadata())
    return Caller(
        "native",
        sent.get("authorization", ""),
        context.peer(),
        make_request_id(sent.get(REQUEST_ID)),
        sent.get("traceparent", ""),
    )


async def _abort(context: Any, status: Status, caller: Caller) -> None:
    trailing = ((DETAILS_KEY, status.details), (REQUEST_ID, caller.request_id))
    await context.abort(status.grpc, status.message, trailing)
