"""Errors become statuses and come back as the same errors."""

from __future__ import annotations

import base64

import grpc
import pytest
from connectrpc._protocol import ConnectWireError
from google.rpc.error_details_pb2 import ErrorInfo, RetryInfo
from google.rpc.status_pb2 import Status as RpcStatus
from showfloor.errors import Conflict, Forbidden, LimitReached, NotBuilt, NotFound, Unauthenticated, Unavailable
from showfloor.server.status import CODES, connect_error, error_of, internal, status_of
from showfloor.store.failures import Contended

from assets_pipeline.errors import BudgetError, Cancelled, CaptureError, InputError, MachineError, ShowfloorError

EXPECTED = [
    (InputError, "INVALID_ARGUMENT", InputError),
    (CaptureError, "INVALID_ARGUMENT", InputError),
    (BudgetError, "INVALID_ARGUMENT", InputError),
    (NotFound, "NOT_FOUND", NotFound),
    (Conflict, "FAILED_PRECONDITION", Conflict),
    (LimitReached, "RESOURCE_EXHAUSTED", LimitReached),
    (Unauthenticated, "UNAUTHENTICATED", Unauthenticated),
    (Forbidden, "PERMISSION_DENIED", Forbidden),
    (Unavailable, "UNAVAILABLE", Unavailable),
    (Contended, "UNAVAILABLE", Unavailable),
    (MachineError, "UNAVAILABLE", Unavailable),
    (NotBuilt, "UNIMPLEMENTED", NotBuilt),
    (Cancelled, "CANCELLED", Cancelled),
]


@pytest.mark.parametrize(("kind", "name", "back"), EXPECTED)
def test_there_and_back(kind: type[ShowfloorError], name: str, back: type[ShowfloorError]) -> None:
    status = status_of(kind("CODE", "Wörter, %d\r\n.", "Do this."))
    assert status.grpc.name == name
    error = error_of(status.grpc, "ignored where there are details", status.details)
    assert type(error) is back
    assert (error.code, error.message, error.fix) == ("CODE", "Wörter, %d\r\n.", "Do this.")


def test_every_class_of_the_tree_is_mapped() -> None:
    def leaves(kind: type[ShowfloorError]) -> set[type[ShowfloorError]]:
        return {kind}.union(*(leaves(c) for c in kind.__subclasses__()))

    own = {
        k for k in leaves(ShowfloorError) - {ShowfloorError} if k.__module__.startswith(("showfloor.errors", "assets"))
    }
    assert own == set(CODES)


def test_only_unavailable_carries_a_retry_hint() -> None:
    for kind, name, _ in EXPECTED:
        status = RpcStatus.FromString(status_of(kind("CODE", "m", "f")).details)
        kinds = [d.TypeName() for d in status.details]
        assert kinds[0] == ErrorInfo.DESCRIPTOR.full_name
        assert (RetryInfo.DESCRIPTOR.full_name in kinds) == (name == "UNAVAILABLE")


def test_long_texts_are_cut_so_that_trailers_stay_small() -> None:
    status = status_of(InputError("CODE", "ü" * 10_000, "€" * 10_000))
    assert len(status.details) < 4_000
    assert status.message.endswith("ü…")


def test_a_mistake_of_the_server_names_the_request_and_nothing_else() -> None:
    status = internal("req_7")
    assert status.grpc is grpc.StatusCode.INTERNAL
    assert "req_7" in status.message


def test_a_foreign_status_becomes_an_error_too() -> None:
    error = error_of(grpc.StatusCode.DEADLINE_EXCEEDED, "Deadline Exceeded", b"\xff\xff")
    assert (type(error), error.code) == (Unavailable, "DEADLINE_EXCEEDED")
    assert error.fix
    assert type(error_of(grpc.StatusCode.DATA_LOSS, "")) is MachineError


def test_connect_shows_the_details_in_clear_and_packed() -> None:
    wire = ConnectWireError.from_exception(connect_error(status_of(Unavailable("GONE", "Away.", "Wait.")))).to_dict()
    assert (wire["code"], wire["message"]) == ("unavailable", "Away.")
    assert wire["details"][0]["debug"] == {"reason": "GONE", "domain": "showfloor", "metadata": {"fix": "Wait."}}
    packed = ErrorInfo.FromString(base64.b64decode(wire["details"][0]["value"] + "=="))
    assert packed.metadata["fix"] == "Wait."
    assert wire["details"][1]["type"] == "google.rpc.RetryInfo"
