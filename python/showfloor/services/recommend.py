"""Recommendations and products like one, as the catalogue serves them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from sqlalchemy.orm import Session

from assets_pipeline.errors import InputError
from showfloor.errors import NotFound
from showfloor.recommend.recommender import Recommender, Suggestion
from showfloor.search.words import is_chinese_language
from showfloor.services.checks import shown
from showfloor.services.products import ID
from showfloor.services.search import MAX_LANGUAGE, as_hits
from showfloor.store.database import Database
from showfloor.store.tables import Product
from showfloor.v1 import catalog_pb2 as pb

DEFAULT_COUNT = 10
MAX_COUNT = 100
MAX_SESSION = 200
MAX_EXCLUDED = 1000
MAX_SHOPPER = 64


class Recommend:
    """Answers Recommend and SimilarProducts."""

    def __init__(self, db: Database, recommender: Recommender) -> None:
        self._db, self._recommender = db, recommender

    async def recommend(self, request: pb.RecommendRequest, *, internal: bool = False) -> pb.RecommendResponse:
        """
        Args:
            internal: Show the internal attributes too.

        Raises:
            InputError: RECOMMEND_INVALID.
        """
        count = _count(request.count)
        for name, length, limit in (
            ("shopper_id", len(request.shopper_id), MAX_SHOPPER),
            ("session_product_ids", len(request.session_product_ids), MAX_SESSION),
            ("exclude_product_ids", len(request.exclude_product_ids), MAX_EXCLUDED),
            ("language", len(request.language), MAX_LANGUAGE),
        ):
            if length > limit:
                raise InputError("RECOMMEND_INVALID", f"{name} has a length of {length:,}.", f"Use at most {limit:,}.")
        find = partial(
            self._recommender.recommend,
            shopper_id=request.shopper_id,
            browsing=list(request.session_product_ids),
            count=count,
            exclude=frozenset(request.exclude_product_ids),
            chinese=is_chinese_language(request.language),
        )
        return pb.RecommendResponse(hits=await self._db.read(lambda session: _hits(session, find(session), internal)))

    async def similar(
        self, request: pb.SimilarProductsRequest, *, internal: bool = False
    ) -> pb.SimilarProductsResponse:
        """
        Args:
            internal: Show the internal attributes too.

        Raises:
            InputError: RECOMMEND_INVALID.
            NotFound: PRODUCT_UNKNOWN.
        """
        count = _count(request.count)
        if len(request.language) > MAX_LANGUAGE:
            raise InputError(
                "RECOMMEND_INVALID",
                f"language has a length of {len(request.language):,}.",
                f"Use at most {MAX_LANGUAGE}.",
            )
        chinese = is_chinese_language(request.language)

        def find(session: Session) -> list[pb.SearchHit]:
            known = ID.fullmatch(request.product_id) and session.get(Product, request.product_id)
            if not known:
                raise NotFound("PRODUCT_UNKNOWN", f"There is no product {shown(request.product_id)}.", "Check the id.")
            return _hits(session, self._recommender.similar(session, request.product_id, count, chinese), internal)

        return pb.SimilarProductsResponse(hits=await self._db.read(find))


def _count(requested: int) -> int:
    if not 0 <= requested <= MAX_COUNT:
        raise InputError(
            "RECOMMEND_INVALID", f"count is {requested}.", f"Use 1 to {MAX_COUNT}, or 0 for {DEFAULT_COUNT}."
        )
    return requested or DEFAULT_COUNT


def _hits(session: Session, suggestions: Sequence[Suggestion], internal: bool) -> list[pb.SearchHit]:
    why = {s.product_id: s.why for s in suggestions}
    return as_hits(session, [(s.product_id, s.score) for s in suggestions], why.__getitem__, internal)
