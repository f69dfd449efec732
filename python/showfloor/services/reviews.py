"""AnalyzeReviews, as the catalogue serves it."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from google.protobuf.timestamp_pb2 import Timestamp

from assets_pipeline.errors import InputError
from showfloor.errors import LimitReached, NotFound, Unavailable
from showfloor.reviews.analysis import analyse
from showfloor.reviews.opinions import Text
from showfloor.search.vectors import Meaning
from showfloor.search.words import is_chinese
from showfloor.services.checks import shown
from showfloor.services.products import ID
from showfloor.store.database import Database
from showfloor.store.tables import Product
from showfloor.v1 import catalog_pb2 as pb

MAX_REVIEWS = 2000
MAX_TEXT = 5000
MAX_ID = 64
MAX_WAITING = 16
_FIRST, _LAST = -62135596800, 253402300799
"""Seconds of the years 1 and 9999."""


class Reviews:
    """Answers AnalyzeReviews in a thread of its own, one request after the other."""

    def __init__(self, db: Database, meaning: Meaning) -> None:
        self._db, self._meaning = db, meaning
        self._thread = ThreadPoolExecutor(1, "reviews")
        self._waiting = 0
        self._closing = threading.Event()

    def close(self) -> None:
        """Analyses are given up, that which runs within a second or two."""
        self._closing.set()
        self._thread.shutdown(cancel_futures=True)

    async def analyse(self, request: pb.AnalyzeReviewsRequest) -> pb.AnalyzeReviewsResponse:
        """
        Raises:
            InputError: REVIEWS_INVALID.
            NotFound: PRODUCT_UNKNOWN.
            LimitReached: REVIEWS_BUSY.
            Unavailable: SERVER_STOPPING.
        """
        reviews = _checked(request)
        chinese = _chinese(request)
        if request.product_id:
            await self._db.read(lambda session: _known(session.get(Product, request.product_id), request.product_id))
        if self._waiting >= MAX_WAITING:
            raise LimitReached(
                "REVIEWS_BUSY", f"{MAX_WAITING} analyses of reviews are under way.", "Try again in a minute."
            )
        embedder = self._meaning.embedder
        embed = None if embedder is None else embedder.passages
        self._waiting += 1
        work = asyncio.get_running_loop().run_in_executor(self._thread, analyse, reviews, embed, chinese, self._check)
        work.add_done_callback(self._ended)
        return await work

    def _check(self) -> None:
        if self._closing.is_set():
            raise Unavailable("SERVER_STOPPING", "The server is stopping.", "Try again in a few seconds.")

    def _ended(self, work: asyncio.Future[pb.AnalyzeReviewsResponse]) -> None:
        self._waiting -= 1


def _known(row: Product | None, product_id: str) -> None:
    if row is None or not ID.fullmatch(product_id):
        raise NotFound("PRODUCT_UNKNOWN", f"There is no product {shown(product_id)}.", "Check the id, or leave it out.")


def _checked(request: pb.AnalyzeReviewsRequest) -> list[Text]:
    if len(request.reviews) > MAX_REVIEWS:
        raise _invalid(f"There are {len(request.reviews):,} reviews", f"Send at most {MAX_REVIEWS:,} at once.")
    seen: dict[str, int] = {}
    for number, review in enumerate(request.reviews, 1):
        if not 1 <= len(review.id) <= MAX_ID or not review.id.isprintable():
            raise _invalid(
                f"Review number {number} has the id {shown(review.id)}", f"Use 1 to {MAX_ID} printable characters."
            )
        if review.id in seen:
            raise _invalid(
                f"Reviews number {seen[review.id]} and {number} have the same id {shown(review.id)}",
                "Quotes name reviews by id: make each unique.",
            )
        seen[review.id] = number
        if len(review.text) > MAX_TEXT:
            raise _invalid(
                f"Review {shown(review.id)} has {len(review.text):,} characters", f"Send at most {MAX_TEXT:,}."
            )
        if not 0 <= review.stars <= 5:
            raise _invalid(f"Review {shown(review.id)} has {review.stars} stars", "Use 1 to 5, or 0 for none.")
    return [Text(r.id, r.text, r.stars, _time(r)) for r in request.reviews]


def _time(review: pb.Review) -> datetime | None:
    if not review.HasField("create_time"):
        return None
    stamp: Timestamp = review.create_time
    if not _FIRST <= stamp.seconds <= _LAST or not 0 <= stamp.nanos < 10**9:
        raise _invalid(
            f"Review {shown(review.id)} has the time {stamp.seconds} s", "Use a time of the years 1 to 9999."
        )
    return stamp.ToDatetime(UTC)


def _chinese(request: pb.AnalyzeReviewsRequest) -> bool:
    language = request.language.lower().replace("_", "-").split("-")[0]
    if not language:
        return 2 * sum(is_chinese(r.text) for r in request.reviews) > len(request.reviews)
    if language not in ("en", "zh"):
        raise _invalid(f"language is {shown(request.language)}", "Summaries are written in en or zh.")
    return language == "zh"


def _invalid(problem: str, fix: str) -> InputError:
    return InputError("REVIEWS_INVALID", f"{problem}.", fix)
