"""WriteCopy, as the catalogue serves it."""

from __future__ import annotations

import asyncio

from sqlalchemy.orm import Session

from assets_pipeline.errors import InputError
from showfloor.errors import Conflict, NotFound
from showfloor.grounding.facts import Grounds, product_facts
from showfloor.llm.engine import Engine
from showfloor.services.checks import shown
from showfloor.services.products import ID, from_row
from showfloor.shop import Shop
from showfloor.store.database import Database
from showfloor.store.tables import Product
from showfloor.v1 import catalog_pb2 as pb
from showfloor.writing import phrasing
from showfloor.writing.claims import banned
from showfloor.writing.points import read_points
from showfloor.writing.template import DEFAULTS, KINDS, TONES, Copy, write

MIN_CHARACTERS, MAX_CHARACTERS = 10, 10_000
PHRASED = ("description", "marketing")
"""Kinds that an engine may phrase; titles and bullets are lists of facts."""


class Writing:
    """Answers WriteCopy. ``engine`` None: templates alone write."""

    def __init__(
        self,
        db: Database,
        shop: Shop | None = None,
        engine: Engine | None = None,
        wait_s: float = 8.0,
    ) -> None:
        self._db, self._rules = db, (shop or Shop()).writing
        self._engine, self._wait_s = engine, wait_s

    async def write(self, request: pb.WriteCopyRequest) -> pb.WriteCopyResponse:
        """The same product and request give the same text.

        Raises:
            InputError: COPY_INVALID.
            NotFound: PRODUCT_UNKNOWN.
            Conflict: COPY_NO_FACTS.
        """
        chinese, tone, limit = _checked(request)

        def find(session: Session) -> pb.Product:
            row = session.get(Product, request.product_id) if ID.fullmatch(request.product_id) else None
            if row is None:
                raise NotFound("PRODUCT_UNKNOWN", f"There is no product {shown(request.product_id)}.", "Check the id.")
            return from_row(row)

        product = await self._db.read(find)
        copy = await asyncio.to_thread(self._template, product, request.kind, tone, chinese, limit)
        engine = self._engine if request.kind in PHRASED else None
        name = ""
        if engine is not None:
            grounds = Grounds(product_facts(product), (copy.text,))
            said = await phrasing.phrased(
                engine, copy.text, tone, chinese, limit, grounds, self._rules.banned_claims, self._wait_s
            )
            if said is not None:
                copy, name = Copy(said, copy.sources), engine.name
        sources = [pb.Source(product_id=f.product_id, field=f.field, value=f.value) for f in copy.sources]
        return pb.WriteCopyResponse(text=copy.text, sources=sources, engine=name)

    def _template(self, product: pb.Product, kind: str, tone: str, chinese: bool, limit: int) -> Copy:
        points = read_points(product, chinese, self._rules.banned_claims)
        copy = Copy("", ()) if points.empty else write(points, kind, tone, chinese, limit, product.id)
        made_by_a_cut = banned(copy.text, self._rules.banned_claims)  # «100%» of «100% cotton»
        if not copy.text or not copy.sources or made_by_a_cut:
            raise Conflict(
                "COPY_NO_FACTS",
                f"The product {product.id} has no fact that a {kind} of {limit} characters could state.",
                "Give it a title, a description or attributes without banned claims, or allow more characters.",
            )
        return copy


def _checked(request: pb.WriteCopyRequest) -> tuple[bool, str, int]:
    language = request.language.lower().replace("_", "-").split("-")[0]
    tone = request.tone or "plain"
    for name, value, allowed in (
        ("kind", request.kind, KINDS),
        ("tone", tone, TONES),
        ("language", language, ("en", "zh")),
    ):
        if value not in allowed:
            raise InputError("COPY_INVALID", f"{name} is {shown(value)}.", f"Use {', '.join(allowed)}.")
    chinese = language == "zh"
    limit = request.max_characters or DEFAULTS[chinese][request.kind]
    if not MIN_CHARACTERS <= limit <= MAX_CHARACTERS:
        raise InputError(
            "COPY_INVALID",
            f"max_characters is {request.max_characters}.",
            f"Use {MIN_CHARACTERS} to {MAX_CHARACTERS:,}, or 0 for the default of the kind.",
        )
    return chinese, tone, limit
