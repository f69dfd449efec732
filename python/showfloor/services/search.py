"""Search and products like one, as the catalogue serves them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from assets_pipeline.errors import InputError
from showfloor.search import filters as rules
from showfloor.search.finder import Finder
from showfloor.services import pages
from showfloor.services.products import from_row
from showfloor.store.database import Database
from showfloor.store.tables import Product
from showfloor.v1 import catalog_pb2 as pb

MAX_QUERY = 500
MAX_LANGUAGE = 35
DEFAULT_HITS = 20
MAX_HITS = 100


class Search:
    """Answers Search."""

    def __init__(self, db: Database, finder: Finder) -> None:
        self._db, self._finder = db, finder

    async def search(self, request: pb.SearchRequest, *, internal: bool = False) -> pb.SearchResponse:
        """Sold-out products come last. Filters of the request always hold; those of the query may be relaxed.

        Args:
            internal: Show the internal attributes too; they are never searched.

        Raises:
            InputError: QUERY_INVALID, FILTER_INVALID, PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID.
        """
        query = request.query.strip()
        if len(query) > MAX_QUERY or len(request.language) > MAX_LANGUAGE or not (query or request.filters):
            raise InputError(
                "QUERY_INVALID",
                f"The query has {len(query):,} characters and {len(request.filters)} filters.",
                f"Give 1 to {MAX_QUERY} characters or a filter, and a BCP 47 language or none.",
            )
        rules.check(request.filters)
        asked = {"query": query, "language": request.language, "filters": [str(f) for f in request.filters]}
        after = pages.decode("search", asked, request.page_token)
        size = pages.page_size(request.page_size, DEFAULT_HITS, MAX_HITS)
        begin = 0 if after is None else int(after[0])
        return await self._db.read(
            partial(self._find, request=request, query=query, asked=asked, begin=begin, size=size, internal=internal)
        )

    def _find(
        self,
        session: Session,
        request: pb.SearchRequest,
        query: str,
        asked: Mapping[str, object],
        begin: int,
        size: int,
        internal: bool,
    ) -> pb.SearchResponse:
        found = self._finder.find(session, query, request.filters, request.language)
        page = found.hits[begin : begin + size]
        response = pb.SearchResponse(
            hits=as_hits(session, page, found.why, internal),
            understood=found.understood,
            relaxed=found.relaxed,
            by_words_only=found.by_words_only,
        )
        if len(found.hits) > begin + size:
            response.next_page_token = pages.encode("search", asked, (begin + size,))
        return response


def as_hits(
    session: Session, ranked: list[tuple[str, float]], why: Callable[[str], str], internal: bool
) -> list[pb.SearchHit]:
    """With their products; one that has gone meanwhile is left out."""
    rows = {r.id: r for r in session.scalars(select(Product).where(Product.id.in_([i for i, _ in ranked])))}
    return [
        pb.SearchHit(product=from_row(rows[i], internal=internal), score=score, why=why(i))
        for i, score in ranked
        if i in rows
    ]
