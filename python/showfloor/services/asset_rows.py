"""Assets as messages: many read at once, and only those read in full that have changed since."""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from assets_pipeline.errors import ShowfloorError
from showfloor.errors import NotFound
from showfloor.services.encoded import Encoded
from showfloor.store.commits import Commits
from showfloor.store.database import Database
from showfloor.store.tables import Asset, Blob, Lod, Product, Variant
from showfloor.v1 import asset_pb2, common_pb2

BATCH = 200
KEPT = 2_000
ASSET_ID = re.compile(r"ast_[0-9a-z]{26}")
PRODUCT_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
MAX_PAUSE_S = 0.005

_IDS: BindParameter[list[str]] = bindparam("ids", expanding=True)
_ETAGS = select(Asset.id, Asset.etag).where(Asset.id.in_(_IDS))
_SHOWN = select(Product.id, Product.asset_id).where(Product.id.in_(_IDS))


@dataclass(frozen=True, slots=True)
class Loaded:
    """An asset as it was when the call came. Nobody changes the message."""

    message: asset_pb2.Asset
    encoded: Encoded


class AssetRows:
    """Reads assets. An answer is given again only while nobody has committed anything, or its etag was read again.

    Calls that come while the database answers others are answered together by the next look, so that a thousand callers
    cost little more than one.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self._commits = Commits(db)
        self._seen: int | None = None
        self._current: dict[tuple[str, bool], Loaded] = {}
        """Answers that hold as long as ``_commits`` says ``_seen``."""
        self._kept: OrderedDict[str, Loaded] = OrderedDict()
        self._waiting: list[tuple[tuple[str, bool], asyncio.Future[Loaded | ShowfloorError]]] = []
        self._worker: asyncio.Task[None] | None = None

    async def get(self, request: asset_pb2.GetAssetRequest | asset_pb2.StreamAssetRequest) -> Loaded:
        """The asset that a request names.

        Raises:
            NotFound: ASSET_NOT_FOUND, PRODUCT_UNKNOWN, PRODUCT_WITHOUT_ASSET.
            Unavailable: DATABASE_UNAVAILABLE.
        """
        which = request.WhichOneof("which")
        id_ = request.product_id if which == "product_id" else request.asset_id
        if which == "product_id":
            if not PRODUCT_ID.fullmatch(id_):
                raise no_product(id_)
        elif not ASSET_ID.fullmatch(id_):
            raise no_asset(id_)
        name = (id_, which == "product_id")
        current = self._current.get(name)
        if current is not None and self._commits.now() == self._seen:
            return current
        future: asyncio.Future[Loaded | ShowfloorError] = asyncio.get_running_loop().create_future()
        self._waiting.append((name, future))
        if self._worker is None:
            self._worker = asyncio.create_task(self._answer())
        found = await future
        if isinstance(found, ShowfloorError):
            raise type(found)(found.code, found.message, found.fix)
        return found

    def close(self) -> None:
        self._commits.close()

    async def page(self, after: str, size: int, product_id: str) -> list[Loaded]:
        """Up to ``size`` assets, newest first, that are older than the id ``after``, where it is not empty."""
        return await self._db.read(self._page, after, size, product_id)

    async def _answer(self) -> None:
        try:
            loop = asyncio.get_running_loop()
            while self._waiting:
                began = loop.time()
                batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
                names = {name for name, _ in batch}
                seen = self._commits.now()
                answers: dict[tuple[str, bool], Loaded | ShowfloorError] | Exception
                try:
                    answers = await self._db.read(self._look, names)
                    self._remember(seen, answers)
                except Exception as error:
                    answers = error
                for name, future in batch:
                    if future.done():
                        continue
                    if isinstance(answers, Exception):
                        future.set_exception(answers)
                    else:
                        future.set_result(answers[name])
                if (
                    len(batch) > 1
                ):  # many ask: let more come together, so that looking takes a third of the time at most
                    await asyncio.sleep(min(2 * (loop.time() - began), MAX_PAUSE_S))
        finally:
            self._worker = None

    def _remember(self, seen: int | None, answers: dict[tuple[str, bool], Loaded | ShowfloorError]) -> None:
        """``seen`` was read before the look began, so a commit in between only makes the next call look again."""
        if seen != self._seen or len(self._current) > KEPT:
            self._current.clear()
            self._seen = seen
        if seen is not None:
            self._current.update({name: a for name, a in answers.items() if isinstance(a, Loaded)})

    def _look(self, session: Session, names: set[tuple[str, bool]]) -> dict[tuple[str, bool], Loaded | ShowfloorError]:
        products = [id_ for id_, is_product in names if is_product]
        shows: dict[str, str | None] = {}
        if products:
            shows = dict(session.connection().execute(_SHOWN, {"ids": products}).all())
        wanted = {id_ for id_, is_product in names if not is_product} | {a for a in shows.values() if a}
        assets = self._fresh(session, wanted)

        def answer(id_: str, is_product: bool) -> Loaded | ShowfloorError:
            asset_id: str | None = id_
            if is_product:
                if id_ not in shows:
                    return no_product(id_)
                asset_id = shows[id_]
                if asset_id is None:
                    return NotFound(
                        "PRODUCT_WITHOUT_ASSET", f"No asset shows the product {id_!r} yet.", "Reconstruct it first."
                    )
            return assets.get(asset_id or "") or no_asset(asset_id or "")

        return {name: answer(*name) for name in names}

    def _page(self, session: Session, after: str, size: int, product_id: str) -> list[Loaded]:
        query = select(Asset.id).order_by(Asset.id.desc()).limit(size)
        if after:
            query = query.where(Asset.id < after)
        if product_id:
            query = query.where(Asset.product_id == product_id)
        ids = session.scalars(query).all()
        assets = self._fresh(session, ids)
        return [assets[id_] for id_ in ids if id_ in assets]

    def _fresh(self, session: Session, ids: Collection[str]) -> dict[str, Loaded]:
        """Those of ``ids`` that exist, as they are now. Runs in threads; each step on ``_kept`` is atomic."""
        if not ids:
            return {}
        etags = dict(session.connection().execute(_ETAGS, {"ids": list(ids)}).all())
        found = {}
        for id_, etag in etags.items():
            kept = self._kept.get(id_)
            if kept is not None and kept.message.etag == etag:
                found[id_] = kept
        missing = etags.keys() - found.keys()
        if missing:
            for message in load_assets(session, sorted(missing)):
                loaded = Loaded(message, Encoded(asset_pb2.Asset, message.SerializeToString()))
                found[message.id] = loaded
                self._kept[message.id] = loaded
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
        return found


def load_assets(session: Session, ids: Sequence[str]) -> list[asset_pb2.Asset]:
    """Assets with their variants and files, in no order."""
    lods: dict[tuple[str, str], list[asset_pb2.Lod]] = defaultdict(list)
    assets = session.scalars(select(Asset).where(Asset.id.in_(ids))).all()
    names = {asset.id: _file_name(asset) for asset in assets}
    rows = session.execute(
        select(Lod, Blob.size_bytes)
        .join(Blob, Blob.sha256 == Lod.blob)
        .where(Lod.asset_id.in_(ids))
        .order_by(Lod.level)
    )
    for lod, size in rows:
        if lod.asset_id in names:
            path = f"/files/{lod.blob}/{names[lod.asset_id]}.{lod.profile}.lod{lod.level}.glb"
            lods[lod.asset_id, lod.profile].append(
                asset_pb2.Lod(level=lod.level, triangles=lod.triangles, size_bytes=size, sha256=lod.blob, path=path)
            )
    variants: dict[str, list[asset_pb2.Variant]] = defaultdict(list)
    query = select(Variant).where(Variant.asset_id.in_(ids)).order_by(Variant.profile)
    for variant in session.scalars(query):
        variants[variant.asset_id].append(
            asset_pb2.Variant(
                profile=variant.profile,
                lods=lods[variant.asset_id, variant.profile],
                extensions_required=variant.extensions_required,
                etag=variant.etag,
            )
        )
    return [_message(asset, names[asset.id], variants[asset.id]) for asset in assets]


def no_asset(id_: str) -> NotFound:
    return NotFound("ASSET_NOT_FOUND", f"There is no asset {id_[:60]!r}.", "ListAssets tells which there are.")


def no_product(id_: str) -> NotFound:
    return NotFound("PRODUCT_UNKNOWN", f"There is no product {id_[:70]!r}.", "ListProducts tells which there are.")


def _message(asset: Asset, name: str, variants: list[asset_pb2.Variant]) -> asset_pb2.Asset:
    message = asset_pb2.Asset(
        id=asset.id,
        display_name=asset.display_name,
        product_id=asset.product_id or "",
        capture_id=asset.capture_id or "",
        size=common_pb2.Size(x_m=asset.size_x_m, y_m=asset.size_y_m, z_m=asset.size_z_m),
        size_known=asset.size_known,
        scale_source=asset.scale_source,
        verdict=asset.verdict,
        reasons=asset.reasons,
        variants=variants,
        thumbnail_path=f"/files/{asset.thumbnail}/{name}.png" if asset.thumbnail else "",
        report_path=f"/files/{asset.report}/report.json" if asset.report else "",
        etag=asset.etag,
    )
    message.create_time.FromDatetime(asset.create_time)
    return message


def _file_name(asset: Asset) -> str:
    """The asset's name as a file name; its id where nothing of the name can be kept."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", asset.display_name).strip("-")[:60] or asset.id
