"""Calls with deadlines, the exception tree, and another try where that is safe."""

from __future__ import annotations

import random
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import grpc
from google.protobuf.message import Message

from assets_pipeline.errors import ShowfloorError
from showfloor.client.address import Address
from showfloor.client.errors import Away, from_rpc
from showfloor.client.wire import Wire
from showfloor.errors import Unavailable
from showfloor.server.contract import RPCS, Rpc

FIRST_CONTACT_S = 3.0
FIRST_DELAY_S, LONGEST_DELAY_S = 0.2, 10.0
CALLS: dict[str, Rpc] = {rpc.attribute: rpc for rpc in RPCS}
IDEMPOTENT = frozenset({"upload_part", "finish_capture", "cancel_job", "import_products"})
"""They change something, and doing it twice leaves the same."""


class Connection:
    """Sends the calls of the contract by name.

    ``timeout_s`` is the deadline of one attempt, ``patience_s`` how long a server that was there may be away. One that
    never answered is given up after ``FIRST_CONTACT_S``, so that a wrong address is told at once.
    """

    def __init__(self, wire: Wire, address: Address, timeout_s: float, patience_s: float) -> None:
        self.wire = wire
        self.address = address
        self.timeout_s = timeout_s
        self._patience_s = patience_s
        self._met = False

    async def call(self, name: str, request: Message, timeout_s: float | None = None) -> Any:
        """The response; tried again where the call may be repeated. Raises ``ShowfloorError``."""
        rpc, patience = CALLS[name], self.patience()
        while True:
            try:
                return await self.once(name, request, timeout_s)
            except Unavailable as error:
                if not _repeatable(rpc, request):
                    raise
                await patience.wait(error)

    async def once(self, name: str, request: Message, timeout_s: float | None = None) -> Any:
        """The response of one attempt. Raises ``ShowfloorError``."""
        try:
            response = await self.wire.unary(CALLS[name], request, timeout_s or self.timeout_s)
        except grpc.RpcError as error:
            raise self._read(error) from None
        self._met = True
        return response

    async def stream(self, name: str, request: Message, timeout_s: float) -> AsyncGenerator[Any, None]:
        """The responses of one attempt; close it to stop. Raises ``ShowfloorError``."""
        try:
            async with aclosing(self.wire.stream(CALLS[name], request, timeout_s)) as responses:
                async for response in responses:
                    self._met = True
                    yield response
        except grpc.RpcError as error:
            raise self._read(error) from None

    def patience(self) -> Patience:
        return Patience(self.wire, self._patience_s if self._met else min(self._patience_s, FIRST_CONTACT_S))

    def _read(self, error: grpc.RpcError) -> ShowfloorError:
        return from_rpc(error, self.address)


class Patience:
    """Waits between attempts: exponential with full jitter, never less than the server asks for."""

    def __init__(self, wire: Wire, seconds: float) -> None:
        self._wire = wire
        self._seconds = seconds
        self.reset()

    def reset(self) -> None:
        """Something worked: the next failure is the first again."""
        self._tries = 0
        self.heard()

    def heard(self) -> None:
        """The server answered, without bringing anything on: wait on, but ask no oftener."""
        self._since: float | None = None

    async def wait(self, error: Unavailable) -> None:
        """Wait, or raise ``error`` when patience is over."""
        now = time.monotonic()
        self._since = now if self._since is None else self._since
        delay = random.uniform(0.0, min(LONGEST_DELAY_S, FIRST_DELAY_S * 2**self._tries))
        if isinstance(error, Away):
            delay = max(delay, error.retry_s)
        left = self._since + self._seconds - now
        if left <= 0:
            raise error
        self._tries += 1
        await self._wire.sleep(min(delay, left))


def _repeatable(rpc: Rpc, request: Any) -> bool:
    if rpc.attribute == "upsert_product":
        return not request.product.etag
    return rpc.repeatable or rpc.attribute in IDEMPOTENT or bool(getattr(request, "request_id", ""))
