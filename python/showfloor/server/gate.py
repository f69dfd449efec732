"""What happens round every call, whichever transport it came by: who calls, limits, errors, logs, metrics."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import DecodeError, Message

from assets_pipeline.errors import InputError, ShowfloorError
from showfloor.errors import Forbidden, LimitReached, NotBuilt, Unavailable
from showfloor.ids import new_id
from showfloor.server.auth import Authenticator
from showfloor.server.contract import DOWNLOAD, Rpc
from showfloor.server.logs import FIELDS, request_id
from showfloor.server.metrics import Metrics
from showfloor.server.status import Refused, Status, internal, status_of
from showfloor.server.traces import Traces
from showfloor.services.call import Call, Scope
from showfloor.services.encoded import Encoded

log = logging.getLogger("showfloor.calls")

_REQUEST_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
STOPPING = Unavailable("SERVER_STOPPING", "The server is stopping.", "Try again in a few seconds.")


@dataclass(frozen=True, slots=True)
class Caller:
    """What a transport knows of a call."""

    transport: str
    authorization: str
    peer: str
    request_id: str
    traceparent: str = ""


def make_request_id(offered: str | None) -> str:
    """The caller's own id where it sent a plain one, else a new one."""
    return offered if offered and _REQUEST_ID.fullmatch(offered) else new_id("req")


class Gate:
    """Every call of every transport passes here and nowhere else.

    Args:
        services: By short name, as "AssetService"; a service that is missing answers NOT_BUILT.
        max_streams: Streams open at the same time.
    """

    def __init__(
        self,
        services: Mapping[str, object],
        authenticator: Authenticator,
        metrics: Metrics,
        *,
        max_streams: int,
        traces: Traces | None = None,
    ) -> None:
        self.authenticator = authenticator
        self.metrics = metrics
        self.max_streams = max_streams
        self.stopping = False
        self._services = services
        self._traces = traces
        self._streams: set[Stream | Download] = set()
        self._calls = 0
        self._quiet = asyncio.Event()
        self._quiet.set()

    async def unary(self, rpc: Rpc, request: Message | bytes, caller: Caller) -> Message | Encoded:
        """The response.

        Raises:
            Refused: With what the caller is told.
        """
        record = self.begin(rpc, caller)
        try:
            message, call = await self.admit(rpc, request, caller)
            response: Message | Encoded = await self.method(rpc)(message, call)
        except BaseException as error:
            raise self.end(record, error) or error from None
        self.end(record)
        return response

    def stream(self, rpc: Rpc, request: Message | bytes, caller: Caller) -> Stream:
        """The responses; iterate over it once, in the task that may be cancelled when the server stops."""
        return Stream(self, rpc, request, caller)

    @asynccontextmanager
    async def download(self, caller: Caller) -> AsyncIterator[Record]:
        """A file that is being sent: a stream that the server lets end in ``drain_s``.

        Raises:
            Refused: With what the caller is told, also in place of what the body raises.
        """
        record, place = self.begin(DOWNLOAD, caller), Download()
        try:
            if self.stopping:
                raise STOPPING
            await self.allow(caller.authorization, DOWNLOAD.scope)
            self.add(place)
            yield record
        except BaseException as error:
            raise self.end(record, error) or error from None
        else:
            self.end(record)
        finally:
            self.remove(place)

    async def allow(self, authorization: str, scope: Scope) -> tuple[str, frozenset[Scope]]:
        """The caller's grant.

        Raises:
            Unauthenticated: KEY_MISSING, KEY_INVALID.
            Forbidden: SCOPE_MISSING.
        """
        key_id, scopes = await self.authenticator.grant(authorization)
        if scope not in scopes and Scope.admin not in scopes:
            raise Forbidden(
                "SCOPE_MISSING",
                f"The API key may not do this: it lacks the scope {scope.value!r}.",
                f"Use a key made with `showfloor keys create --scope {scope.value}`.",
            )
        return key_id, scopes

    def drain(self) -> None:
        """Take no new calls and end the streams: those that wait at once, the others with their next message."""
        self.stopping = True
        for stream in tuple(self._streams):
            stream.stop(STOPPING)

    async def quiet(self, timeout_s: float) -> bool:
        """Wait until no call is left; False when ``timeout_s`` was too short."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._quiet.wait()
        except TimeoutError:
            return False
        return True

    def method(self, rpc: Rpc) -> Any:
        found = getattr(self._services.get(rpc.service), rpc.attribute, None)
        if found is None:
            raise NotBuilt(
                "NOT_BUILT", f"This server does not have {rpc.service}.{rpc.name} yet.", "Update the server later."
            )
        return found

    async def admit(self, rpc: Rpc, request: Message | bytes, caller: Caller) -> tuple[Message, Call]:
        if self.stopping:
            raise STOPPING
        key_id, scopes = await self.allow(caller.authorization, rpc.scope)
        if isinstance(request, bytes):
            try:
                request = rpc.request.FromString(request)
            except DecodeError as error:
                raise InputError(
                    "MESSAGE_INVALID",
                    f"The request is not a {rpc.request.DESCRIPTOR.full_name}.",
                    "Generate the client from the contract in protos/.",
                ) from error
        return request, Call(key_id, scopes, caller.request_id, f"{rpc.service}.{rpc.name}")

    def add(self, stream: Stream | Download) -> None:
        if len(self._streams) >= self.max_streams:
            raise LimitReached(
                "TOO_MANY_STREAMS",
                f"{self.max_streams} streams are open, and the server takes no more.",
                "Close streams that are not needed, or try again later; the setting is max_streams.",
            )
        self._streams.add(stream)
        self.metrics.streams(len(self._streams))

    def remove(self, stream: Stream | Download) -> None:
        self._streams.discard(stream)
        self.metrics.streams(len(self._streams))

    def begin(self, rpc: Rpc, caller: Caller) -> Record:
        self._calls += 1
        self._quiet.clear()
        request_id.set(caller.request_id)
        span = self._traces.start(rpc, caller) if self._traces else None
        return Record(rpc, caller, time.perf_counter(), span)

    def end(self, record: Record, error: BaseException | None = None) -> BaseException | None:
        """Count and log a call, and turn what ended it into what the transport may raise."""
        self._calls -= 1
        if not self._calls:
            self._quiet.set()
        seconds = time.perf_counter() - record.began
        rpc, caller = record.rpc, record.caller
        status: Status | None = None
        outcome: BaseException | None = error
        name = "OK"
        if isinstance(error, ShowfloorError):
            status = status_of(error)
        elif isinstance(error, Exception):
            status = internal(caller.request_id)
            log.error("%s failed", rpc.label, exc_info=error, extra={FIELDS: record.fields()})
        elif error is not None:
            name = "CANCELLED"
        if status is not None:
            name, outcome = status.grpc.name, Refused(status)
        self.metrics.ended(rpc.label, caller.transport, name, seconds)
        if record.span is not None:
            record.span.finish(name)
        level = logging.DEBUG if status is None and rpc.repeatable and not rpc.streams else logging.INFO
        if log.isEnabledFor(level):
            fields = record.fields() | {"status": name, "ms": round(seconds * 1000, 1)}
            if status is not None:
                fields["code"] = status.code
            if rpc.streams:
                fields["bytes"] = record.bytes
            log.log(level, "%s", rpc.label, extra={FIELDS: fields})
        return outcome


@dataclass(slots=True)
class Record:
    """A call while it runs."""

    rpc: Rpc
    caller: Caller
    began: float
    span: Any = None
    bytes: int = 0

    def fields(self) -> dict[str, Any]:
        return {"request_id": self.caller.request_id, "transport": self.caller.transport, "peer": self.caller.peer}


class Download:
    """The place of a file among the streams."""

    def stop(self, why: ShowfloorError) -> None:
        """Let it end."""


class Stream:
    """One server stream. ``stopped`` is why the server ends it, once it does."""

    def __init__(self, gate: Gate, rpc: Rpc, request: Message | bytes, caller: Caller) -> None:
        self.stopped: ShowfloorError | None = None
        self._gate, self._rpc, self._request, self._caller = gate, rpc, request, caller
        self._task: asyncio.Task[Any] | None = None
        self._waits = False

    def stop(self, why: ShowfloorError) -> None:
        """End the stream with ``why``: at once while it waits for something to send, else after the current message."""
        if self.stopped is None:
            self.stopped = why
            if self._waits and self._task is not None:
                self._task.cancel()

    async def __aiter__(self) -> AsyncGenerator[Message | Encoded, None]:
        gate, self._task = self._gate, asyncio.current_task()
        record = gate.begin(self._rpc, self._caller)
        try:
            message, call = await gate.admit(self._rpc, self._request, self._caller)
            gate.add(self)
            sent = gate.metrics.stream_bytes
            async with aclosing(gate.method(self._rpc)(message, call)) as source:
                self._waits = True
                async for response in source:
                    self._waits = False
                    if self.stopped is not None:
                        raise self.stopped
                    size = len(response.data) if isinstance(response, Encoded) else response.ByteSize()
                    record.bytes += size
                    sent.inc(size)
                    yield response
                    if self.stopped is not None:
                        raise self.stopped
                    self._waits = True
        except BaseException as error:
            cause: BaseException = error
            if isinstance(error, asyncio.CancelledError) and self.stopped is not None and self._waits:
                if self._task is not None:
                    self._task.uncancel()
                cause = self.stopped
            raise gate.end(record, cause) or cause from None
        else:
            gate.end(record)
        finally:
            self._waits = False
            gate.remove(self)
