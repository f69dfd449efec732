"""Calls of the contract that this version does not serve yet."""

from __future__ import annotations

from showfloor.errors import NotBuilt
from showfloor.services.call import Call
from showfloor.v1 import tryon_pb2


def not_built(what: str) -> NotBuilt:
    """The error of a call whose feature is missing; ``what`` is its subject in plain words."""
    return NotBuilt(
        "NOT_BUILT", f"This version of the server has no {what}.", "Update the server; docs name what each version has."
    )


class TryOnService:
    """Try-on."""

    async def fit_face(self, request: tryon_pb2.FitFaceRequest, call: Call) -> tryon_pb2.FitFaceResponse:
        raise not_built("try-on for faces")

    async def try_on_garment(
        self, request: tryon_pb2.TryOnGarmentRequest, call: Call
    ) -> tryon_pb2.TryOnGarmentResponse:
        raise not_built("try-on for garments")

    async def measure_body(self, request: tryon_pb2.MeasureBodyRequest, call: Call) -> tryon_pb2.MeasureBodyResponse:
        raise not_built("body measures")

    async def makeup(self, request: tryon_pb2.MakeupRequest, call: Call) -> tryon_pb2.MakeupResponse:
        raise not_built("make-up")
