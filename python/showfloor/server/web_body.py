"""The body of a call on the web port: read after the key is checked, and for a bounded time."""

from __future__ import annotations

import asyncio
from typing import Any

from assets_pipeline.errors import ShowfloorError
from showfloor.errors import Unavailable
from showfloor.server.contract import Rpc
from showfloor.server.gate import Caller, Gate
from showfloor.server.http import Receive
from showfloor.server.status import Refused, connect_error

BODY_S = 30.0
"""Seconds for a body of no size; each 10 kB add one."""
BYTES_PER_S = 10_000


class Body:
    """An ASGI ``receive`` that raises what ends a call before its request is whole.

    Args:
        size: Bytes that may come.
    """

    def __init__(self, receive: Receive, gate: Gate, rpc: Rpc, caller: Caller, size: int) -> None:
        self._receive, self._gate, self._rpc, self._caller = receive, gate, rpc, caller
        self._seconds = BODY_S + size / BYTES_PER_S
        self._end: float | None = None
        self._whole = False

    async def __call__(self) -> dict[str, Any]:
        """The next event of the request.

        Raises:
            ConnectError: KEY_MISSING, KEY_INVALID, SCOPE_MISSING, REQUEST_TOO_SLOW.
        """
        if self._whole:
            return await self._receive()
        try:
            if self._end is None:
                self._end = asyncio.get_running_loop().time() + self._seconds
                await self._gate.allow(self._caller.authorization, self._rpc.scope)
            event = await self._next(self._end)
        except ShowfloorError as error:
            outcome = self._gate.end(self._gate.begin(self._rpc, self._caller), error)
            if isinstance(outcome, Refused):
                raise connect_error(outcome.status) from None
            raise
        self._whole = not event.get("more_body", False)
        return event

    async def _next(self, end: float) -> dict[str, Any]:
        try:
            async with asyncio.timeout_at(end):
                return await self._receive()
        except TimeoutError:
            raise Unavailable(
                "REQUEST_TOO_SLOW",
                f"The request had not come whole after {self._seconds:.0f} s.",
                "Send it faster or in smaller parts, and fewer at the same time.",
            ) from None
