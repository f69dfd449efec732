"""The little of HTTP that the web port's own paths need."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import grpc

from showfloor.server.status import Status

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Header = tuple[bytes, bytes]

HTTP_STATUS = {
    grpc.StatusCode.INVALID_ARGUMENT: 400,
    grpc.StatusCode.UNAUTHENTICATED: 401,
    grpc.StatusCode.PERMISSION_DENIED: 403,
    grpc.StatusCode.NOT_FOUND: 404,
    grpc.StatusCode.FAILED_PRECONDITION: 409,
    grpc.StatusCode.RESOURCE_EXHAUSTED: 429,
    grpc.StatusCode.CANCELLED: 499,
    grpc.StatusCode.UNIMPLEMENTED: 501,
    grpc.StatusCode.UNAVAILABLE: 503,
}
SAFE_HEADERS: tuple[Header, ...] = ((b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"no-referrer"))


class Reply:
    """The answer to one request, with headers that every answer has."""

    def __init__(self, send: Send, headers: list[Header]) -> None:
        self.headers = headers
        self.started = False
        self.bytes = 0
        self._send = send

    async def __call__(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            message = {**message, "headers": [*message["headers"], *self.headers]}
        await self._send(message)
        self.bytes += len(message.get("body", b""))


def header(scope: Scope, name: bytes) -> str:
    """Value of a request header, "" where it was not sent. ``name`` in lower case."""
    for key, value in scope["headers"]:
        if key == name:
            return str(value.decode("latin-1"))
    return ""


async def respond(
    send: Send, status: int, headers: Iterable[Header], body: bytes = b"", *, length: int | None = None
) -> None:
    """Send a whole response. ``length`` is told instead of the body's own, as HEAD wants it."""
    framing = [] if status in (204, 304) else [(b"content-length", b"%d" % (len(body) if length is None else length))]
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *SAFE_HEADERS, *framing]})
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def refuse(send: Send, status: Status, headers: Iterable[Header] = (), *, http: int | None = None) -> None:
    """Send an error as JSON: code, message and fix, as everywhere else."""
    number = http or HTTP_STATUS.get(status.grpc, 500)
    extra = [(b"www-authenticate", b'Bearer realm="showfloor"')] if number == 401 else []
    if number == 503:
        extra.append((b"retry-after", b"1"))
    body = json.dumps({"code": status.code, "message": status.message, "fix": status.fix}, ensure_ascii=False)
    await respond(
        send,
        number,
        [*headers, *extra, (b"content-type", b"application/json"), (b"cache-control", b"no-store")],
        body.encode() + b"\n",
    )
