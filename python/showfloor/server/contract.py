"""The contract as data: every call, its message classes, what it needs, and which method serves it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from google.protobuf.descriptor import ServiceDescriptor
from google.protobuf.descriptor_pb2 import MethodOptions
from google.protobuf.empty_pb2 import Empty
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from showfloor.services.call import Scope
from showfloor.v1 import (
    asset_pb2,
    assistant_pb2,
    capture_pb2,
    catalog_pb2,
    generation_pb2,
    insights_pb2,
    tryon_pb2,
)

FILES = (asset_pb2, assistant_pb2, capture_pb2, catalog_pb2, generation_pb2, insights_pb2, tryon_pb2)
SERVICES: dict[str, ServiceDescriptor] = {
    s.name: s for file in FILES for s in file.DESCRIPTOR.services_by_name.values()
}
"""Short name, as CaptureService, to descriptor."""

SCOPES = {
    "CaptureService": Scope.capture,
    "GenerationService": Scope.generate,
    "CatalogService": Scope.admin,
    "TryOnService": Scope.generate,
    "AssistantService": Scope.read,
    "InsightsService": Scope.read,
}
"""What a call that changes something needs; one without side effects needs ``read``."""


@dataclass(frozen=True)
class Rpc:
    """One call of the contract. ``attribute`` is the method of the service class: ``create_capture``."""

    service: str
    name: str
    attribute: str
    request: type[Message]
    response: type[Message]
    streams: bool
    scope: Scope
    repeatable: bool
    """Without side effects: a client may try again after a lost connection."""

    @property
    def label(self) -> str:
        """``CaptureService.CreateCapture``, as log and metrics name it."""
        return f"{self.service}.{self.name}" if self.service else self.name

    @property
    def path(self) -> str:
        """``/showfloor.v1.CaptureService/CreateCapture``"""
        return f"/{SERVICES[self.service].full_name}/{self.name}"


def _rpcs() -> Iterator[Rpc]:
    for service in SERVICES.values():
        for method in service.methods:
            free = method.GetOptions().idempotency_level == MethodOptions.NO_SIDE_EFFECTS
            yield Rpc(
                service.name,
                method.name,
                re.sub(r"(?<!^)(?=[A-Z])", "_", method.name).lower(),
                GetMessageClass(method.input_type),
                GetMessageClass(method.output_type),
                method.server_streaming,
                Scope.read if free else SCOPES.get(service.name, Scope.admin),
                free,
            )


RPCS: tuple[Rpc, ...] = tuple(_rpcs())
DOWNLOAD = Rpc("", "GET /files", "", Empty, Empty, True, Scope.read, True)
"""What stands for a file of the web port in log and metrics."""
