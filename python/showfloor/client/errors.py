"""gRPC's errors and failed jobs → the exception tree; nothing of gRPC reaches a caller."""

from __future__ import annotations

import grpc
from google.protobuf.message import DecodeError
from google.rpc import error_details_pb2, status_pb2

from assets_pipeline.errors import BudgetError, Cancelled, CaptureError, InputError, MachineError, ShowfloorError
from showfloor.client.address import Address
from showfloor.errors import NotBuilt, Unavailable
from showfloor.server.status import DETAILS_KEY, error_of
from showfloor.v1 import common_pb2

CAPTURE_CODES = frozenset(
    {
        "ALL_BLURRED", "EMPTY_CAPTURE", "EMPTY_HULL", "EMPTY_SURFACE", "MARKER_NOT_FOUND", "NO_OVERLAP", "NO_PRODUCT",
        "NO_READABLE_PHOTOS", "PHOTOS_OF_DIFFERENT_OBJECTS", "PLAIN_TURNTABLE", "PRODUCT_NOT_FOUND", "RGBD_EMPTY",
        "RGBD_NO_DEPTH", "RGBD_TRACKING_LOST", "TEXTURE_UNSEEN", "TOO_FEW_PHOTOS", "TOO_FEW_REGISTERED",
        "TOO_LITTLE_TEXTURE",
    }
)  # fmt: skip
MACHINE_CODES = frozenset(
    {
        "CUDA_MISSING", "DATABASE_DAMAGED", "DATABASE_UNWRITABLE", "DISK_FULL", "KTX2_FAILED", "KTX2_UNSUPPORTED",
        "MODEL_FOLDER_UNWRITABLE", "MODEL_HASH_MISMATCH", "MODEL_MISSING", "MODEL_PULL_FAILED", "NODE_MISSING",
        "OUT_NOT_WRITABLE", "OUT_OF_MEMORY", "RAY_MISSING", "RAY_UNREACHABLE",
        "SCRATCH_UNWRITABLE", "SIMPLIFY_FAILED", "UNEXPECTED", "VALIDATOR_FAILED", "WORKER_DIED",
    }
)  # fmt: skip


class Away(Unavailable):
    """The server or the way to it is away; ``retry_s`` is the wait that the server asks for, seconds."""

    retry_s = 0.0


def from_rpc(error: grpc.RpcError, address: Address) -> ShowfloorError:
    """The error to raise for a failed call."""
    status, text = error.code(), error.details() or ""
    details = next((value for key, value in error.trailing_metadata() or () if key == DETAILS_KEY), b"")
    read = error_of(status, text, details)
    if read.code == status.name:
        read = _foreign(status, text.rstrip("."), read, address)
    elif read.code == "KEY_MISSING":
        read.fix = (
            "Give it as api_key=, --api-key or SHOWFLOOR_API_KEY; `showfloor keys create` on the server makes one."
        )
    kind = _class_of(read.code) or (Away if isinstance(read, Unavailable) else type(read))
    told = kind(read.code, read.message, read.fix)
    if isinstance(told, Away):
        told.retry_s = _retry_s(details)
    return told


def from_problem(problem: common_pb2.Problem) -> ShowfloorError:
    """The error that a failed job stands for, as ``assets_pipeline.convert`` would have raised it here."""
    kind = _class_of(problem.code) or InputError
    return kind(problem.code, problem.message, problem.fix)


def _class_of(code: str) -> type[ShowfloorError] | None:
    """The status on the wire is coarser than the tree; the code tells the class."""
    if code == "CANCELLED":
        return Cancelled
    if code == "BUDGET_MISSED":
        return BudgetError
    if code in CAPTURE_CODES:
        return CaptureError
    return MachineError if code in MACHINE_CODES else None


def _retry_s(details: bytes) -> float:
    retry = error_details_pb2.RetryInfo()
    try:
        found = any(detail.Unpack(retry) for detail in status_pb2.Status.FromString(details).details)
    except DecodeError:
        return 0.0
    return retry.retry_delay.ToTimedelta().total_seconds() if found else 0.0


def _foreign(status: grpc.StatusCode, text: str, read: ShowfloorError, address: Address) -> ShowfloorError:
    """For a status that gRPC itself, or something in between, made."""
    if status is grpc.StatusCode.UNAVAILABLE and any(word in text for word in ("CERTIFICATE", "handshake", "SSL")):
        return MachineError(
            "TLS_FAILED",
            f"No encrypted connection to {address}: {text}.",
            "Trust its certificate with --ca, use the name that stands in it, or write http:// where it has none.",
        )
    if status is grpc.StatusCode.UNAVAILABLE:
        return Unavailable(
            "SERVER_UNREACHABLE",
            f"No server answers at {address}: {text}.",
            "Start it with `showfloor serve`, or check address and port, and whether it uses TLS.",
        )
    if status is grpc.StatusCode.DEADLINE_EXCEEDED:
        return Unavailable("DEADLINE_EXCEEDED", f"{address} did not answer in time.", "Try again, or allow more time.")
    if status is grpc.StatusCode.UNIMPLEMENTED:
        return NotBuilt("NOT_BUILT", f"{address} does not know this call.", "Update the server.")
    if status is grpc.StatusCode.CANCELLED:
        return Cancelled("CANCELLED", f"The call to {address} was cancelled.", "Run it again to resume.")
    return type(read)(code="SERVER_ERROR", message=f"{address} answered {status.name}: {text}.", fix=read.fix)
