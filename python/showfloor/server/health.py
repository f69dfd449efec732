"""Whether the server can work, told by grpc.health.v1 and /healthz."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import grpc
from grpc_health.v1 import health_pb2

from assets_pipeline.errors import ShowfloorError
from showfloor.server.contract import SERVICES

log = logging.getLogger(__name__)

CHECK_S = 2.0
SERVICE = "grpc.health.v1.Health"
NAMES = {"", *(descriptor.full_name for descriptor in SERVICES.values())}
MAX_WATCHERS = 100


class Health:
    """Serving as long as ``probe`` passes and the server is not stopping.

    Args:
        probe: Raises ShowfloorError while something that the server needs is away.
    """

    def __init__(self, probe: Callable[[], Awaitable[None]]) -> None:
        self.problem: str = ""
        """Why it does not serve; empty while it does."""
        self._probe = probe
        self._stopping = False
        self._changed = asyncio.Event()
        self._watchers = 0

    async def check(self) -> None:
        """Ask the probe once."""
        try:
            async with asyncio.timeout(2 * CHECK_S):
                await self._probe()
            problem = ""
        except TimeoutError:
            problem = "DATABASE_UNAVAILABLE: The database does not answer."
        except ShowfloorError as error:
            problem = f"{error.code}: {error.message}"
        if not self._stopping:
            self._set(problem)

    async def watch(self) -> None:
        """Ask the probe every 2 s, until cancelled."""
        while True:
            await self.check()
            await asyncio.sleep(CHECK_S)

    def stop(self) -> None:
        """Not serving from now on."""
        self._stopping = True
        self._set("SERVER_STOPPING: The server is stopping.")

    def handlers(self) -> grpc.GenericRpcHandler:
        """grpc.health.v1 for a ``grpc.aio`` server."""
        codec: dict[str, Any] = {
            "request_deserializer": health_pb2.HealthCheckRequest.FromString,
            "response_serializer": health_pb2.HealthCheckResponse.SerializeToString,
        }
        return grpc.method_handlers_generic_handler(
            SERVICE,
            {
                "Check": grpc.unary_unary_rpc_method_handler(self._check, **codec),
                "Watch": grpc.unary_stream_rpc_method_handler(self._watch, **codec),
            },
        )

    def _set(self, problem: str) -> None:
        if problem == self.problem:
            return
        if not self._stopping:
            log.warning("%s", problem) if problem else log.info("serving")
        self.problem = problem
        self._changed.set()
        self._changed = asyncio.Event()

    def _answer(self) -> health_pb2.HealthCheckResponse:
        states = health_pb2.HealthCheckResponse
        return states(status=states.NOT_SERVING if self.problem else states.SERVING)

    async def _check(self, request: health_pb2.HealthCheckRequest, context: Any) -> health_pb2.HealthCheckResponse:
        if request.service not in NAMES:
            await context.abort(grpc.StatusCode.NOT_FOUND, "There is no such service.")
        return self._answer()

    async def _watch(
        self, request: health_pb2.HealthCheckRequest, context: Any
    ) -> AsyncIterator[health_pb2.HealthCheckResponse]:
        if self._watchers >= MAX_WATCHERS:
            await context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, f"{MAX_WATCHERS} clients watch already.")
        self._watchers += 1
        try:
            if request.service not in NAMES:
                unknown = health_pb2.HealthCheckResponse
                yield unknown(status=unknown.SERVICE_UNKNOWN)
                await asyncio.Event().wait()
            while True:
                changed, last = self._changed, self._stopping
                yield self._answer()
                if last:
                    return
                await changed.wait()
        finally:
            self._watchers -= 1
