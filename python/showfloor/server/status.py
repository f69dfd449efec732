"""Errors to gRPC status and back; the one place that knows which class is which status."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import grpc
from google.protobuf.any_pb2 import Any as PackedAny
from google.protobuf.message import DecodeError
from google.rpc.error_details_pb2 import ErrorInfo, RetryInfo
from google.rpc.status_pb2 import Status as RpcStatus

from assets_pipeline.errors import BudgetError, Cancelled, CaptureError, InputError, MachineError, ShowfloorError
from showfloor.errors import Conflict, Forbidden, LimitReached, NotBuilt, NotFound, Unauthenticated, Unavailable

if TYPE_CHECKING:
    from connectrpc.errors import ConnectError

DOMAIN = "showfloor"
DETAILS_KEY = "grpc-status-details-bin"
RETRY_S = 1
MAX_TEXT_BYTES = 1000  # clients refuse trailers beyond 8 KiB, and percent-encoding triples what is not ASCII

Code = grpc.StatusCode
CODES: dict[type[ShowfloorError], grpc.StatusCode] = {
    InputError: Code.INVALID_ARGUMENT,
    CaptureError: Code.INVALID_ARGUMENT,
    BudgetError: Code.INVALID_ARGUMENT,
    NotFound: Code.NOT_FOUND,
    Conflict: Code.FAILED_PRECONDITION,
    LimitReached: Code.RESOURCE_EXHAUSTED,
    Unauthenticated: Code.UNAUTHENTICATED,
    Forbidden: Code.PERMISSION_DENIED,
    Unavailable: Code.UNAVAILABLE,
    MachineError: Code.UNAVAILABLE,
    NotBuilt: Code.UNIMPLEMENTED,
    Cancelled: Code.CANCELLED,
}
CLASSES: dict[grpc.StatusCode, type[ShowfloorError]] = {
    Code.INVALID_ARGUMENT: InputError,
    Code.OUT_OF_RANGE: InputError,
    Code.NOT_FOUND: NotFound,
    Code.FAILED_PRECONDITION: Conflict,
    Code.ALREADY_EXISTS: Conflict,
    Code.ABORTED: Conflict,
    Code.RESOURCE_EXHAUSTED: LimitReached,
    Code.UNAUTHENTICATED: Unauthenticated,
    Code.PERMISSION_DENIED: Forbidden,
    Code.UNAVAILABLE: Unavailable,
    Code.DEADLINE_EXCEEDED: Unavailable,
    Code.UNIMPLEMENTED: NotBuilt,
    Code.CANCELLED: Cancelled,
}
FIXES = {
    Code.UNAVAILABLE: "Check the address and that the server runs; then try again.",
    Code.DEADLINE_EXCEEDED: "Try again with a longer deadline.",
    Code.UNIMPLEMENTED: "Update the server, or do without the call.",
    Code.RESOURCE_EXHAUSTED: "Send less at once.",
    Code.UNAUTHENTICATED: "Give an API key; `showfloor keys create` makes one.",
}


@dataclass(frozen=True)
class Status:
    """What a caller is told: a gRPC status, the stable code, what was wrong and what to do."""

    grpc: grpc.StatusCode
    code: str
    message: str
    fix: str

    @functools.cached_property
    def details(self) -> bytes:
        """A serialised ``google.rpc.Status`` with ErrorInfo, and RetryInfo where trying again helps."""
        status = RpcStatus(code=self.grpc.value[0], message=self.message)
        for part in self.parts:
            packed = PackedAny()
            packed.Pack(part)
            status.details.append(packed)
        return status.SerializeToString()

    @property
    def parts(self) -> list[ErrorInfo | RetryInfo]:
        parts: list[ErrorInfo | RetryInfo] = [
            ErrorInfo(reason=self.code, domain=DOMAIN, metadata={"fix": self.fix} if self.fix else {})
        ]
        if self.grpc is Code.UNAVAILABLE:
            retry = RetryInfo()
            retry.retry_delay.seconds = RETRY_S
            parts.append(retry)
        return parts


class Refused(Exception):
    """A call that ends with a status other than OK; each transport writes it in its own form."""

    def __init__(self, status: Status) -> None:
        super().__init__(status.code)
        self.status = status


def status_of(error: ShowfloorError) -> Status:
    """The status of an error; the class that comes first in its MRO decides."""
    for kind in type(error).__mro__:
        if kind in CODES:
            return Status(CODES[kind], error.code, _short(error.message), _short(error.fix))
    return Status(Code.FAILED_PRECONDITION, error.code, _short(error.message), _short(error.fix))


def internal(request_id: str) -> Status:
    """For a mistake of the server; what it was stands in the log under the request id and nowhere else."""
    return Status(
        Code.INTERNAL,
        "UNEXPECTED",
        f"The server made a mistake. Request id: {request_id}.",
        "Report it with the request id; the server's log holds the rest.",
    )


def error_of(code: grpc.StatusCode, message: str, details: bytes = b"") -> ShowfloorError:
    """The error that a status stands for, as a client raises it.

    Args:
        code: gRPC status, not OK.
        message: Its text.
        details: Serialised ``google.rpc.Status``, where one came along.
    """
    name, fix = code.name, FIXES.get(code, "The message says what was wrong.")
    status = RpcStatus()
    try:
        status.ParseFromString(details)
    except DecodeError:
        status.Clear()
    for packed in status.details:
        info = ErrorInfo()
        if packed.Is(ErrorInfo.DESCRIPTOR) and packed.Unpack(info) and info.domain == DOMAIN:
            name, fix, message = info.reason, info.metadata.get("fix", ""), status.message or message
    return CLASSES.get(code, MachineError)(name, message or code.value[1], fix)


def connect_error(status: Status) -> ConnectError:
    """The same status for gRPC-Web and Connect. In JSON each detail also stands in clear, under ``debug``."""
    from connectrpc.code import Code as ConnectCode
    from connectrpc.errors import ConnectError, ErrorDetail
    from google.protobuf.json_format import MessageToJson
    from protobuf.wkt import Any, Struct

    class ReadableDetail(ErrorDetail):
        """A detail of a message class that connectrpc does not know."""

        def __init__(self, part: ErrorInfo | RetryInfo) -> None:
            name = part.DESCRIPTOR.full_name
            super().__init__(Any(type_url=f"type.googleapis.com/{name}", value=part.SerializeToString()))
            self._part = part

        def value(self, _: object = None) -> Struct:  # type: ignore[override]
            return Struct.from_json(MessageToJson(self._part))

    name = "canceled" if status.grpc is Code.CANCELLED else status.grpc.name.lower()
    return ConnectError(ConnectCode(name), status.message, [ReadableDetail(part) for part in status.parts])


def _short(text: str) -> str:
    data = text.encode(errors="replace")
    return text if len(data) <= MAX_TEXT_BYTES else data[:MAX_TEXT_BYTES].decode(errors="ignore") + "…"
