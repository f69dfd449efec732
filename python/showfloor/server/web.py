"""The web port: gRPC-Web and Connect for every call of the contract, files, the gallery, metrics and health."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Any

from connectrpc.codec import Codec
from connectrpc.method import IdempotencyLevel, MethodInfo, StreamType
from connectrpc.request import RequestContext
from connectrpc.server import ConnectASGIApplication, Endpoint
from google.protobuf import json_format
from google.protobuf.message import DecodeError, Message

from assets_pipeline.errors import InputError, ShowfloorError
from showfloor.errors import Forbidden, NotBuilt, NotFound
from showfloor.server.contract import RPCS, SERVICES, Rpc
from showfloor.server.files import Files
from showfloor.server.gate import Caller, Gate, make_request_id
from showfloor.server.health import Health
from showfloor.server.http import Header, Receive, Reply, Scope, Send, header, refuse, respond
from showfloor.server.logs import request_id as current_request
from showfloor.server.metrics import CONTENT_TYPE
from showfloor.server.pages import Gallery
from showfloor.server.status import Refused, connect_error, internal, status_of
from showfloor.server.web_body import Body
from showfloor.services.call import Scope as KeyScope
from showfloor.services.encoded import Encoded
from showfloor.settings import Settings

log = logging.getLogger(__name__)

REQUEST_ID = "x-request-id"
BY_PATH = {rpc.path: rpc for rpc in RPCS}
PREFIXES = tuple(f"/{descriptor.full_name}/" for descriptor in SERVICES.values())
NOT_FOUND = NotFound(
    "PATH_NOT_FOUND", "There is nothing at this path.", "The gallery is at /, the calls below /showfloor.v1."
)
ONLY_READ = NotBuilt("METHOD_NOT_ALLOWED", "This path can only be read.", "Use GET or HEAD.")
ACCEPTED = (b"accept-post", b"application/json, application/proto, application/grpc-web+proto")
CONTENT_TYPE_UNKNOWN = InputError(
    "CONTENT_TYPE_UNKNOWN",
    "The call's content type is none that it is answered in.",
    "Send application/json or application/proto (Connect), application/connect+json or +proto where the call streams, "
    "or application/grpc-web+proto.",
)
NOT_LOCAL = Forbidden(
    "HOST_NOT_LOCAL",
    "The server answers without keys, so only under its own address.",
    "Open it as http://127.0.0.1 or http://localhost, or set require_keys.",
)


class Contract(ConnectASGIApplication[Gate]):
    """connectrpc's application, with endpoints made from the contract instead of generated code."""

    def __init__(self, gate: Gate, max_message_bytes: int) -> None:
        super().__init__(
            service=gate,
            endpoints=lambda gate: {rpc.path: _endpoint(gate, rpc) for rpc in RPCS},  # type: ignore[misc]
            read_max_bytes=max_message_bytes,
            compressions=(),
            codecs=(Binary(), Json()),
        )

    @property
    def path(self) -> str:
        return "/"


class Binary(Codec[Any, Any]):
    """Protobuf, or what is serialised already."""

    def name(self) -> str:
        return "proto"

    def encode(self, message: Message | Encoded) -> bytes:
        return message.data if isinstance(message, Encoded) else message.SerializeToString()

    def decode(self, data: bytes | bytearray, message_class: type[Any]) -> Any:
        try:
            return message_class.FromString(bytes(data))
        except DecodeError as error:
            raise _invalid(message_class, "") from error


class Json(Codec[Any, Any]):
    """Protobuf JSON."""

    def name(self) -> str:
        return "json"

    def encode(self, message: Message | Encoded) -> bytes:
        whole = message.message() if isinstance(message, Encoded) else message
        return json_format.MessageToJson(whole, indent=None, ensure_ascii=False).encode()

    def decode(self, data: bytes | bytearray, message_class: type[Any]) -> Any:
        try:
            return json_format.Parse(bytes(data), message_class(), ignore_unknown_fields=True, max_recursion_depth=32)
        except Exception as error:  # the parser does not wrap all that strange text makes it raise
            raise _invalid(message_class, str(error)) from error


def _invalid(message_class: type[Any], why: str) -> Exception:
    name = message_class.DESCRIPTOR.full_name
    detail = ": " + why[:300].rstrip(".") if why else ""
    error = InputError("MESSAGE_INVALID", f"The request is not a {name}{detail}.", "Follow the contract in protos/.")
    return connect_error(status_of(error))


def _endpoint(gate: Gate, rpc: Rpc) -> Endpoint[Any, Any]:
    method: MethodInfo[Any, Any] = MethodInfo(
        name=rpc.name,
        service_name=SERVICES[rpc.service].full_name,
        input=rpc.request,
        output=rpc.response,
        idempotency_level=IdempotencyLevel.NO_SIDE_EFFECTS if rpc.repeatable else IdempotencyLevel.UNKNOWN,
        stream_type=StreamType.SERVER_STREAM if rpc.streams else StreamType.UNARY,
    )

    async def unary(request: Message, context: RequestContext[Any, Any]) -> Message | Encoded:
        try:
            return await gate.unary(rpc, request, _caller(context))
        except Refused as refusal:
            raise connect_error(refusal.status) from None

    async def stream(request: Message, context: RequestContext[Any, Any]) -> AsyncIterator[Message | Encoded]:
        responses = aiter(gate.stream(rpc, request, _caller(context)))
        try:
            async for response in responses:
                yield response
                await asyncio.sleep(0)  # sending may never wait: others get their turn, and a lost client is noticed
        except Refused as refusal:
            raise connect_error(refusal.status) from None
        finally:
            await responses.aclose()

    if rpc.streams:
        return Endpoint.server_stream(method=method, function=stream)
    return Endpoint.unary(method=method, function=unary)


def _caller(context: RequestContext[Any, Any]) -> Caller:
    sent = context.request_headers
    return Caller(
        "web",
        sent.get("authorization", ""),
        context.client_address or "",
        sent.get(REQUEST_ID, ""),
        sent.get("traceparent", ""),
    )


class Explained:
    """A ``send`` that puts an error with code and fix in place of connectrpc's bare 415."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._bare = False

    async def __call__(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start" and message["status"] == 415:
            self._bare = True
            return await refuse(self._send, status_of(CONTENT_TYPE_UNKNOWN), [ACCEPTED], http=415)
        if not self._bare:
            await self._send(message)


class WebApp:
    """The ASGI application of the web port."""

    def __init__(
        self,
        settings: Settings,
        gate: Gate,
        health: Health,
        files: Files,
        count_jobs: Callable[[], Awaitable[dict[int, int]]],
    ) -> None:
        self._gate = gate
        self._health = health
        self._files = files
        self._count_jobs = count_jobs
        self._contract = Contract(gate, settings.max_message_bytes)
        self._max_bytes = settings.max_message_bytes
        self._gallery = Gallery()
        self._origins = frozenset(settings.cors_origins)
        self._any_host = settings.keys_required

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise RuntimeError("only HTTP is served")
        id_ = make_request_id(header(scope, REQUEST_ID.encode()))
        current_request.set(id_)
        tag = (REQUEST_ID.encode(), id_.encode())
        reply = Reply(send, [tag, (b"vary", b"origin")] if self._origins else [tag])
        if not self._any_host and not local_name(header(scope, b"host")):
            return await refuse(reply, status_of(NOT_LOCAL), http=421)
        if self._origins and (origin := header(scope, b"origin")):
            allowed = origin in self._origins or "*" in self._origins
            reply.headers += _cors(origin) if allowed else []
            if scope["method"] == "OPTIONS":
                return await respond(reply, 204, PREFLIGHT if allowed else ())
        try:
            await self._route(scope, receive, reply, tag)
        except Exception as error:
            await self._fail(error, reply, id_)

    async def _route(self, scope: Scope, receive: Receive, reply: Reply, tag: Header) -> None:
        path = scope["path"]
        if path.startswith(PREFIXES):
            await self._contract(_with_id(scope, tag), self._body(scope, receive, tag[1].decode()), Explained(reply))
        elif path.startswith("/files/"):
            async with self._gate.download(_web_caller(scope, tag[1].decode())) as record:
                try:
                    await self._files(scope, receive, reply)
                finally:
                    record.bytes = reply.bytes
        elif path in ("/metrics", "/healthz") and scope["method"] not in ("GET", "HEAD"):
            await refuse(reply, status_of(ONLY_READ), [(b"allow", b"GET, HEAD")], http=405)
        elif path == "/metrics":
            await self._gate.allow(header(scope, b"authorization"), KeyScope.read)
            with suppress(ShowfloorError):  # the rest is wanted most while the database is away
                self._gate.metrics.jobs(await self._count_jobs())
            await respond(reply, 200, [(b"content-type", CONTENT_TYPE.encode())], self._gate.metrics.text())
        elif path == "/healthz":
            problem = self._health.problem
            body = json.dumps({"status": "not serving", "problem": problem} if problem else {"status": "serving"})
            kind = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
            await respond(reply, 503 if problem else 200, kind, body.encode() + b"\n")
        elif path in self._gallery and scope["method"] in ("GET", "HEAD"):
            await self._gallery(scope, reply)
        else:
            raise NOT_FOUND

    def _body(self, scope: Scope, receive: Receive, id_: str) -> Receive:
        rpc = BY_PATH.get(scope["path"])
        if rpc is None:
            return receive
        length = header(scope, b"content-length")
        size = min(int(length), self._max_bytes) if length.isdecimal() else self._max_bytes
        return Body(receive, self._gate, rpc, _web_caller(scope, id_), size)

    @staticmethod
    async def _fail(error: Exception, reply: Reply, id_: str) -> None:
        """Say what went wrong, or, where the answer has begun, leave it unfinished: the connection is then closed."""
        if isinstance(error, Refused):
            return None if reply.started else await refuse(reply, error.status)
        if not isinstance(error, ShowfloorError):
            log.error("the web port failed", exc_info=error)
        elif reply.started:
            log.warning("%s", error)
        if not reply.started:
            await refuse(reply, status_of(error) if isinstance(error, ShowfloorError) else internal(id_))


def _web_caller(scope: Scope, id_: str) -> Caller:
    client = scope.get("client")
    peer = f"{client[0]}:{client[1]}" if client else ""
    return Caller("web", header(scope, b"authorization"), peer, id_, header(scope, b"traceparent"))


def local_name(host: str) -> bool:
    """Whether a Host header can only mean this machine: another name may be a page's that was rebound to loopback."""
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    if name.lower() in ("localhost", ""):
        return True
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False


def _with_id(scope: Scope, tag: Header) -> Scope:
    """The scope with the request id as the only one among its headers.

    Raises:
        InputError: HEADER_INVALID.
    """
    headers = [(name, value) for name, value in scope["headers"] if name != tag[0]]
    if not all(name.isascii() and value.isascii() for name, value in headers):
        raise InputError("HEADER_INVALID", "A request header is not ASCII.", "Encode it, or leave it out.")
    return {**scope, "headers": [*headers, tag]}


PREFLIGHT = (
    (b"access-control-allow-methods", b"GET, HEAD, POST"),
    (
        b"access-control-allow-headers",
        b"authorization, content-type, connect-protocol-version, connect-timeout-ms, grpc-timeout, x-grpc-web, "
        b"x-user-agent, x-request-id, range, if-none-match, if-range",
    ),
    (b"access-control-max-age", b"7200"),
)
EXPOSED = (
    b"x-request-id, grpc-status, grpc-message, grpc-status-details-bin, "
    b"etag, content-range, content-length, accept-ranges"
)


def _cors(origin: str) -> list[Header]:
    return [
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-expose-headers", EXPOSED),
    ]
