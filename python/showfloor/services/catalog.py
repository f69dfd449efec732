"""CatalogService: the shop's products."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from assets_pipeline.errors import InputError, ShowfloorError
from showfloor.errors import Conflict, LimitReached, NotFound
from showfloor.llm.engine import Engine
from showfloor.search import lexical
from showfloor.search.facts import read_facts
from showfloor.services import pages
from showfloor.services.call import Call, Scope
from showfloor.services.checks import has_control, shown
from showfloor.services.product_files import read_rows
from showfloor.services.products import ID, from_row, keep_internal, normal, to_columns
from showfloor.services.reviews import Reviews
from showfloor.services.shelf import Shelf
from showfloor.services.writing import Writing
from showfloor.settings import MIB
from showfloor.shop import Shop
from showfloor.store.database import Database
from showfloor.store.tables import Asset, Product, now
from showfloor.v1 import catalog_pb2 as pb

MAX_IMPORT_BYTES = 3 * MIB
MAX_PROBLEMS = 1000
ROWS_PER_WRITE = 500
MAX_FILTER = 300
_TRIES = 3


@dataclass(frozen=True)
class _Line:
    """A checked row of an import. ``etag``: what the product must have; empty for any."""

    number: int
    product: pb.Product
    etag: str


@dataclass
class _Tally:
    created: int = 0
    updated: int = 0
    problems: list[pb.ImportProblem] = field(default_factory=list)


class CatalogService:
    """Keeps and finds products."""

    def __init__(
        self,
        db: Database,
        shelf: Shelf | None = None,
        shop: Shop | None = None,
        engine: Engine | None = None,
        engine_wait_s: float = 8.0,
    ) -> None:
        """``engine`` phrases copy; None: templates."""
        self._db = db
        self._shelf = shelf or Shelf(db)
        self._reviews = Reviews(db, self._shelf.meaning)
        self._writing = Writing(db, shop, engine, engine_wait_s)
        self._imports = ThreadPoolExecutor(1, "import")

    def close(self) -> None:
        """Wait for the import and the analysis that run."""
        self._imports.shutdown()
        self._reviews.close()

    async def upsert_product(self, request: pb.UpsertProductRequest, call: Call) -> pb.Product:
        """An empty asset_id leaves the asset as it is; without any internal attribute, those stay as they are.

        Raises:
            InputError: PRODUCT_INVALID.
            Conflict: ETAG_MISMATCH.
        """
        product = normal(request.product)
        for _ in range(_TRIES):
            try:
                written = await self._db.run(_upsert, product, request.product.etag)
                self._shelf.index.written()
                return written
            except IntegrityError:  # somebody else has just created it: replace theirs
                continue
        raise _changed(product.id)

    async def get_product(self, request: pb.GetProductRequest, call: Call) -> pb.Product:
        """
        Raises:
            NotFound: PRODUCT_UNKNOWN.
        """
        return await self._db.read(_get, request.product_id, call.may(Scope.admin))

    async def list_products(self, request: pb.ListProductsRequest, call: Call) -> pb.ListProductsResponse:
        """
        Raises:
            InputError: PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID, FILTER_INVALID.
        """
        filters = {"contains": request.contains, "category": request.category.strip("/")}
        for name, text, limit in (("contains", request.contains, 200), ("category", request.category, MAX_FILTER)):
            if len(text) > limit or has_control(text):
                raise InputError(
                    "FILTER_INVALID", f"{name} is {shown(text)}.", f"Use at most {limit} characters, on one line."
                )
        after = pages.decode("products", filters, request.page_token)
        size = pages.page_size(request.page_size)
        last = None if after is None else str(after[0])
        return await self._db.read(_list, filters, size, last, call.may(Scope.admin))

    async def delete_product(self, request: pb.DeleteProductRequest, call: Call) -> pb.DeleteProductResponse:
        """
        Raises:
            NotFound: PRODUCT_UNKNOWN.
        """
        await self._db.run(_delete, request.product_id)
        self._shelf.index.written()
        return pb.DeleteProductResponse()

    async def import_products(self, request: pb.ImportProductsRequest, call: Call) -> pb.ImportProductsResponse:
        """
        Raises:
            InputError: IMPORT_FORMAT_INVALID, IMPORT_NOT_UTF8, IMPORT_HEADER_INVALID.
            LimitReached: IMPORT_TOO_LARGE.
        """
        size = len(request.data)
        if size > MAX_IMPORT_BYTES:
            raise LimitReached(
                "IMPORT_TOO_LARGE",
                f"The file has {size:,} bytes; an import takes {MAX_IMPORT_BYTES:,}.",
                "Cut it into pieces; CSV needs its header line in each.",
            )
        return await asyncio.get_running_loop().run_in_executor(self._imports, self._import, request)

    async def search(self, request: pb.SearchRequest, call: Call) -> pb.SearchResponse:
        """
        Raises:
            InputError: QUERY_INVALID, FILTER_INVALID, PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID.
        """
        return await self._shelf.search.search(request, internal=call.may(Scope.admin))

    async def recommend(self, request: pb.RecommendRequest, call: Call) -> pb.RecommendResponse:
        """
        Raises:
            InputError: RECOMMEND_INVALID.
        """
        return await self._shelf.recommend.recommend(request, internal=call.may(Scope.admin))

    async def similar_products(self, request: pb.SimilarProductsRequest, call: Call) -> pb.SimilarProductsResponse:
        """
        Raises:
            InputError: RECOMMEND_INVALID.
            NotFound: PRODUCT_UNKNOWN.
        """
        return await self._shelf.recommend.similar(request, internal=call.may(Scope.admin))

    async def write_copy(self, request: pb.WriteCopyRequest, call: Call) -> pb.WriteCopyResponse:
        """
        Raises:
            InputError: COPY_INVALID.
            NotFound: PRODUCT_UNKNOWN.
            Conflict: COPY_NO_FACTS.
        """
        return await self._writing.write(request)

    async def analyze_reviews(self, request: pb.AnalyzeReviewsRequest, call: Call) -> pb.AnalyzeReviewsResponse:
        """
        Raises:
            InputError: REVIEWS_INVALID.
            NotFound: PRODUCT_UNKNOWN.
            LimitReached: REVIEWS_BUSY.
        """
        return await self._reviews.analyse(request)

    def _import(self, request: pb.ImportProductsRequest) -> pb.ImportProductsResponse:
        lines, problems = _check(request)
        tally = _Tally(problems=problems)
        for begin in range(0, len(lines), ROWS_PER_WRITE):  # so that others can write in between
            part = self._save(lines[begin : begin + ROWS_PER_WRITE], request.dry_run)
            tally.created += part.created
            tally.updated += part.updated
            tally.problems += part.problems
        tally.problems.sort(key=lambda p: p.line)
        return pb.ImportProductsResponse(
            created=tally.created, updated=tally.updated, problems=tally.problems[:MAX_PROBLEMS]
        )

    def _save(self, lines: Sequence[_Line], dry_run: bool) -> _Tally:
        if dry_run:
            return self._db.look(_save_all, lines)  # a look is rolled back
        for attempt in range(1, _TRIES + 1):
            try:
                tally = self._db.transact(_save_all, lines)
                self._shelf.index.written()
                return tally
            except IntegrityError:  # somebody else has just created one of them
                if attempt == _TRIES:
                    raise
        raise AssertionError("unreachable")


def _check(request: pb.ImportProductsRequest) -> tuple[list[_Line], list[pb.ImportProblem]]:
    lines: list[_Line] = []
    problems = []
    seen: dict[str, int] = {}
    for row in read_rows(request.format, request.data):
        try:
            if row.problem is not None:
                raise row.problem
            product = normal(row.product)
            if product.id in seen:
                raise InputError(
                    "IMPORT_DUPLICATE", f"Line {seen[product.id]} has the same id.", "Keep one of the two."
                )
            seen[product.id] = row.line
            lines.append(_Line(row.line, product, row.product.etag))
        except ShowfloorError as error:
            problems.append(_problem(row.line, row.product.id, error))
    return lines, problems


def _problem(line: int, product_id: str, error: ShowfloorError) -> pb.ImportProblem:
    problem = pb.ImportProblem(line=line, product_id=product_id)
    problem.problem.code, problem.problem.message, problem.problem.fix = error.code, error.message, error.fix
    return problem


def _save_all(session: Session, lines: Sequence[_Line]) -> _Tally:
    ids = [line.product.id for line in lines]
    rows = {r.id: r for r in session.scalars(select(Product).where(Product.id.in_(ids)).with_for_update())}
    named = {line.product.asset_id for line in lines} - {""}
    assets = set(session.scalars(select(Asset.id).where(Asset.id.in_(named)))) if named else set()
    tally = _Tally()
    written = []
    for line in lines:
        row = rows.get(line.product.id)
        try:
            written.append(_write(session, line.product, line.etag, row, assets))
        except ShowfloorError as error:
            tally.problems.append(_problem(line.number, line.product.id, error))
            continue
        tally.created += row is None
        tally.updated += row is not None
    _index(session, written)
    return tally


def _upsert(session: Session, product: pb.Product, etag: str) -> pb.Product:
    row = session.get(Product, product.id, with_for_update=True)
    asset = session.get(Asset, product.asset_id) if product.asset_id else None
    row = _write(session, product, etag, row, {product.asset_id} if asset else set())
    _index(session, [row])
    return from_row(row, internal=True)  # only an admin writes


def _write(session: Session, product: pb.Product, etag: str, row: Product | None, assets: set[str]) -> Product:
    if etag and (row is None or row.etag != etag):
        raise _changed(product.id)
    if product.asset_id and product.asset_id not in assets:
        raise InputError(
            "PRODUCT_INVALID", f"There is no asset {shown(product.asset_id)}.", "Leave asset_id out, or use another."
        )
    time = now()
    values = to_columns(product) | {"etag": secrets.token_hex(8), "update_time": time}
    if row is None:
        row = Product(id=product.id, asset_id=product.asset_id or None, create_time=time, **values)
        session.add(row)
        return row
    values["data"] = keep_internal(row.data, values["data"])
    for name, value in values.items():
        setattr(row, name, value)
    row.asset_id = product.asset_id or row.asset_id
    return row


def _index(session: Session, rows: Sequence[Product]) -> None:
    session.flush()
    lexical.put(session, [read_facts(row.id, row.data) for row in rows])


def _changed(product_id: str) -> Conflict:
    return Conflict(
        "ETAG_MISMATCH",
        f"The product {product_id} has changed since, or is not there.",
        "Get it again, apply the change, and send it with the new etag.",
    )


def _get(session: Session, product_id: str, internal: bool) -> pb.Product:
    return from_row(_find(session, product_id), internal=internal)


def _find(session: Session, product_id: str) -> Product:
    row = session.get(Product, product_id) if ID.fullmatch(product_id) else None
    if row is None:
        raise NotFound(
            "PRODUCT_UNKNOWN", f"There is no product {shown(product_id)}.", "Check the id; ListProducts shows them."
        )
    return row


def _delete(session: Session, product_id: str) -> None:
    session.delete(_find(session, product_id))


def _list(
    session: Session, filters: dict[str, str], size: int, after: str | None, internal: bool
) -> pb.ListProductsResponse:
    query = select(Product).order_by(Product.id).limit(size + 1)
    if after is not None:
        query = query.where(Product.id > after)
    if filters["contains"]:
        query = query.where(Product.words.contains(filters["contains"].casefold(), autoescape=True))
    if category := filters["category"]:
        below = func.substr(Product.category, 1, len(category) + 1) == category + "/"
        query = query.where(or_(Product.category == category, below))
    rows = list(session.scalars(query))
    response = pb.ListProductsResponse(products=[from_row(r, internal=internal) for r in rows[:size]])
    if len(rows) > size:
        response.next_page_token = pages.encode("products", filters, (rows[size - 1].id,))
    return response
