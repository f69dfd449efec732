"""AssetService on a real store, with a maker of variants that the test plays."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from showfloor.errors import Conflict, NotFound
from showfloor.services.asset import AssetService
from showfloor.services.asset_rows import AssetRows
from showfloor.services.blocks import BLOCK, BlockReader
from showfloor.services.call import Call
from showfloor.services.chunks import chunk_head
from showfloor.services.encoded import Encoded
from showfloor.services.variants import choose_profile, expected_extensions
from showfloor.store.blobs import Blobs
from showfloor.store.database import Database
from showfloor.store.tables import Asset
from showfloor.v1 import asset_pb2, common_pb2, generation_pb2
from sqlalchemy.orm import Session

from assets_pipeline.errors import Cancelled, InputError, MachineError
from assets_pipeline.profiles import PROFILES
from tests.showfloor.assets import COMPRESSED, add_asset, add_variant, content

FINE, COARSE = content(2 * BLOCK + 77, 1), content(1000, 2)
CALL = Call()
Job = generation_pb2.Job


class Maker:
    """Plays the GenerationService: ``work`` runs between the job's states."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.work: Callable[[str, str], None] = lambda asset_id, profile: None
        self.end: dict[str, Any] = {"state": generation_pb2.JOB_STATE_SUCCEEDED}

    async def ensure_variant(self, asset_id: str, profile: str, call: Call) -> str:
        self.asked.append((asset_id, profile))
        return "job_1"

    async def watch(self, job_id: str) -> AsyncGenerator[generation_pb2.WatchJobResponse, None]:
        yield generation_pb2.WatchJobResponse(job=Job(id=job_id, state=generation_pb2.JOB_STATE_RUNNING))
        yield generation_pb2.WatchJobResponse(
            job=Job(id=job_id, state=generation_pb2.JOB_STATE_RUNNING), preview=common_pb2.Image(data=b"x")
        )
        await asyncio.to_thread(self.work, *self.asked[-1])
        yield generation_pb2.WatchJobResponse(job=Job(id=job_id, **self.end))


class Shop:
    def __init__(self, db: Database, blobs: Blobs) -> None:
        self.db, self.blobs, self.maker = db, blobs, Maker()
        self.service = AssetService(db, BlockReader(blobs), self.maker)

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run(work)

    def get(self, **which: str) -> asset_pb2.Asset:
        answer = self.run(self.service.get_asset(asset_pb2.GetAssetRequest(**which), CALL))
        return asset_pb2.Asset.FromString(answer.data)

    def list(self, **fields: Any) -> asset_pb2.ListAssetsResponse:
        return self.run(self.service.list_assets(asset_pb2.ListAssetsRequest(**fields), CALL))

    def stream(self, asset_id: str, **fields: Any) -> list[asset_pb2.StreamAssetResponse]:
        async def read() -> list[asset_pb2.StreamAssetResponse]:
            request = asset_pb2.StreamAssetRequest(asset_id=asset_id, **fields)
            return [
                r.kind.FromString(r.data) if isinstance(r, Encoded) else r
                async for r in self.service.stream_asset(request, CALL)
            ]

        return self.run(read())


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    db = Database(f"sqlite:///{tmp_path / 'showfloor.db'}")
    db.migrate()
    yield Shop(db, Blobs(f"file://{tmp_path / 'blobs'}", db))
    db.close()


@pytest.fixture
def asset_id(shop: Shop) -> str:
    return add_asset(shop.db, shop.blobs, (FINE, COARSE), product_id="tin-1")


def kinds(messages: list[asset_pb2.StreamAssetResponse]) -> list[str]:
    """What each message is; equal neighbours once."""
    names = [str(m.WhichOneof("event")) for m in messages]
    return [n for i, n in enumerate(names) if not i or names[i - 1] != n]


def files(messages: list[asset_pb2.StreamAssetResponse]) -> dict[int, bytes]:
    """Bytes by level, which must come without gaps."""
    out: dict[int, bytearray] = {}
    began: dict[int, int] = {}
    for message in messages:
        if message.HasField("chunk"):
            chunk = message.chunk
            data = out.setdefault(chunk.level, bytearray())
            began.setdefault(chunk.level, chunk.offset)
            assert chunk.offset == began[chunk.level] + len(data)
            assert 0 < len(chunk.data) <= BLOCK
            data += chunk.data
    return {level: bytes(data) for level, data in out.items()}


def test_an_asset_with_all_that_there_is_of_it(shop: Shop, asset_id: str) -> None:
    asset = shop.get(asset_id=asset_id)
    assert asset == shop.get(product_id="tin-1")
    assert (asset.id, asset.display_name, asset.size.y_m, asset.size_known) == (asset_id, "Tea tin", 0.2, True)
    (variant,) = asset.variants
    assert (variant.profile, list(variant.extensions_required)) == ("quest3", list(COMPRESSED))
    assert [(lod.level, lod.size_bytes, lod.triangles) for lod in variant.lods] == [
        (0, len(FINE), 1000),
        (1, 1000, 500),
    ]
    digest = hashlib.sha256(FINE).hexdigest()
    assert variant.lods[0].sha256 == digest
    assert variant.lods[0].path == f"/files/{digest}/Tea-tin.quest3.lod0.glb"
    assert asset.thumbnail_path.endswith("/Tea-tin.png")
    assert asset.create_time.seconds > 1_700_000_000


def test_what_is_not_there(shop: Shop, asset_id: str) -> None:
    unknown = "ast_" + "0" * 26
    for which, code in (
        ({"asset_id": unknown}, "ASSET_NOT_FOUND"),
        ({"asset_id": "../etc/passwd"}, "ASSET_NOT_FOUND"),
        ({"asset_id": "a\x00b"}, "ASSET_NOT_FOUND"),
        ({"asset_id": ""}, "ASSET_NOT_FOUND"),
        ({"product_id": "x" * 10_000}, "PRODUCT_UNKNOWN"),
        ({"product_id": "other"}, "PRODUCT_UNKNOWN"),
    ):
        with pytest.raises(NotFound, match=code) as caught:
            shop.get(**which)
        assert len(str(caught.value)) < 300
    with pytest.raises(InputError, match="ASSET_NOT_NAMED"):
        shop.get()
    add_asset(shop.db, shop.blobs, product_id="bare")
    shop.db.transact(lambda s: s.execute(_no_asset("bare")))
    with pytest.raises(NotFound, match="PRODUCT_WITHOUT_ASSET"):
        shop.get(product_id="bare")


def _no_asset(product_id: str) -> Any:
    from showfloor.store.tables import Product
    from sqlalchemy import update

    return update(Product).where(Product.id == product_id).values(asset_id=None)


def test_every_answer_is_as_new_as_the_database(shop: Shop, asset_id: str) -> None:
    def rename(session: Session, name: str) -> None:
        asset = session.get(Asset, asset_id)
        assert asset is not None
        asset.display_name, asset.etag = name, name

    async def turns() -> list[str]:
        names = []
        for n in range(5):
            await shop.db.run(rename, f"name {n}")
            answer = await shop.service.get_asset(asset_pb2.GetAssetRequest(asset_id=asset_id), CALL)
            names.append(asset_pb2.Asset.FromString(answer.data).display_name)
        return names

    assert shop.run(turns()) == [f"name {n}" for n in range(5)]
    assert shop.list().assets[0].display_name == "name 4"


def test_many_callers_share_few_looks_at_the_database(
    shop: Shop, asset_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = AssetRows(shop.db)
    looks = []
    look = rows._look
    monkeypatch.setattr(rows, "_look", lambda session, names: looks.append(len(names)) or look(session, names))

    async def ask(n: int) -> str:
        request = asset_pb2.GetAssetRequest(asset_id=asset_id if n % 2 else f"ast_{n:026d}")
        try:
            return (await rows.get(request)).message.id
        except NotFound as error:
            return error.code

    async def all_at_once() -> list[str]:
        return list(await asyncio.gather(*(ask(n) for n in range(100))))

    answers = shop.run(all_at_once())
    assert answers == [asset_id if n % 2 else "ASSET_NOT_FOUND" for n in range(100)]
    assert len(looks) <= 3


def test_lists_are_newest_first_and_come_in_pages(shop: Shop) -> None:
    ids = [add_asset(shop.db, shop.blobs, name=f"n{n}", product_id="p" if n % 2 else None) for n in range(7)]
    newest = ids[::-1]
    assert [a.id for a in shop.list().assets] == newest
    seen, token = [], ""
    while True:
        page = shop.list(page_size=3, page_token=token)
        seen += [a.id for a in page.assets]
        token = page.next_page_token
        if not token:
            break
        assert len(page.assets) == 3
    assert seen == newest
    assert [a.id for a in shop.list(product_id="p").assets] == newest[1::2]
    token = shop.list(page_size=3).next_page_token
    for fields in ({"page_token": token, "product_id": "p"}, {"page_token": "x"}, {"page_token": token[:-2]}):
        with pytest.raises(InputError, match="PAGE_TOKEN_INVALID"):
            shop.list(**fields)
    for size in (-1, 201):
        with pytest.raises(InputError, match="PAGE_SIZE_INVALID"):
            shop.list(page_size=size)


def test_the_coarse_lod_comes_first_and_everything_is_whole(shop: Shop, asset_id: str) -> None:
    messages = shop.stream(asset_id)
    assert kinds(messages) == ["header", "chunk", "lod_end", "chunk", "lod_end"]
    header = messages[0].header
    assert (header.asset.id, header.variant.profile, header.resumed) == (asset_id, "quest3", False)
    assert [m.chunk.level for m in messages if m.HasField("chunk")] == [1, 0, 0, 0]
    assert files(messages) == {0: FINE, 1: COARSE}
    ends = {m.lod_end.level: m.lod_end.sha256 for m in messages if m.HasField("lod_end")}
    assert ends == {0: hashlib.sha256(FINE).hexdigest(), 1: hashlib.sha256(COARSE).hexdigest()}


def test_the_finest_lod_can_be_bounded(shop: Shop, asset_id: str) -> None:
    assert files(shop.stream(asset_id, finest_lod=1)) == {1: COARSE}
    assert files(shop.stream(asset_id, finest_lod=9)) == {1: COARSE}
    with pytest.raises(InputError, match="LOD_INVALID"):
        shop.stream(asset_id, finest_lod=-1)


@pytest.mark.parametrize("have", [0, 1, BLOCK - 1, BLOCK, BLOCK + 5, len(FINE) - 1, len(FINE)])
def test_a_broken_stream_goes_on_where_it_stopped(shop: Shop, asset_id: str, have: int) -> None:
    etag = shop.stream(asset_id)[0].header.variant.etag
    resume = [asset_pb2.LodProgress(level=1, offset=len(COARSE)), asset_pb2.LodProgress(level=0, offset=have)]
    messages = shop.stream(asset_id, resume_etag=etag, resume=resume)
    assert messages[0].header.resumed
    got = files(messages)
    assert FINE[:have] + got.get(0, b"") == FINE
    assert 1 not in got
    assert sum(m.HasField("lod_end") for m in messages) == 2


def test_progress_of_another_variant_is_not_used(shop: Shop, asset_id: str) -> None:
    messages = shop.stream(asset_id, resume_etag="old", resume=[asset_pb2.LodProgress(level=0, offset=5)])
    assert not messages[0].header.resumed
    assert files(messages)[0] == FINE


@pytest.mark.parametrize("resume", [[(0, 10**9)], [(7, 1)], [(0, -1)], [(-1, 0)], [(0, 1), (0, 1)]])
def test_progress_that_cannot_be(shop: Shop, asset_id: str, resume: list[tuple[int, int]]) -> None:
    etag = shop.get(asset_id=asset_id).variants[0].etag
    progress = [asset_pb2.LodProgress(level=level, offset=offset) for level, offset in resume]
    with pytest.raises(InputError, match="RESUME_INVALID"):
        shop.stream(asset_id, resume_etag=etag, resume=progress)


def test_an_unknown_profile_names_the_known_ones(shop: Shop, asset_id: str) -> None:
    with pytest.raises(InputError, match="UNKNOWN_PROFILE") as caught:
        shop.stream(asset_id, profile="quest9")
    assert all(name in caught.value.fix for name in PROFILES)


def test_a_missing_variant_is_made_and_its_progress_told(shop: Shop, asset_id: str) -> None:
    shop.maker.work = lambda id_, profile: add_variant(shop.db, shop.blobs, id_, profile, (b"new", b"n"), ())
    messages = shop.stream(asset_id, profile="desktop")
    assert kinds(messages) == ["preparing", "header", "chunk", "lod_end", "chunk", "lod_end"]
    assert [m.preparing.state for m in messages if m.HasField("preparing")] == [
        generation_pb2.JOB_STATE_RUNNING,
        generation_pb2.JOB_STATE_SUCCEEDED,
    ]
    assert shop.maker.asked == [(asset_id, "desktop")]
    assert files(messages) == {0: b"new", 1: b"n"}
    assert "preparing" not in kinds(shop.stream(asset_id, profile="desktop"))


def test_a_variant_that_cannot_be_made_ends_with_the_jobs_problem(shop: Shop, asset_id: str) -> None:
    problem = common_pb2.Problem(code="BUDGET_MISSED", message="3.1 MB is over 3 MB.", fix="Choose desktop.")
    shop.maker.end = {"state": generation_pb2.JOB_STATE_FAILED, "problem": problem}
    with pytest.raises(Conflict, match="BUDGET_MISSED") as caught:
        shop.stream(asset_id, profile="web")
    assert caught.value.fix == "Choose desktop."
    shop.maker.end = {"state": generation_pb2.JOB_STATE_CANCELLED}
    with pytest.raises(Cancelled):
        shop.stream(asset_id, profile="web")


def test_what_the_client_cannot_read_is_not_sent(shop: Shop, asset_id: str) -> None:
    shop.maker.work = lambda id_, profile: add_variant(shop.db, shop.blobs, id_, profile, (b"new",), ())
    readable = ["KHR_mesh_quantization", "EXT_meshopt_compression"]
    messages = shop.stream(asset_id, readable_extensions=readable)
    header = next(m.header for m in messages if m.HasField("header"))
    assert header.variant.profile == "desktop"
    assert set(header.variant.extensions_required) <= set(readable)
    assert "preparing" not in kinds(shop.stream(asset_id, readable_extensions=[*COMPRESSED, "KHR_materials_unlit"]))
    with pytest.raises(InputError, match="TOO_MANY_EXTENSIONS"):
        shop.stream(asset_id, readable_extensions=["x"] * 201)


def test_a_lost_file_is_told(shop: Shop, asset_id: str) -> None:
    path = shop.blobs.local_path(hashlib.sha256(COARSE).hexdigest())
    assert path is not None
    path.unlink()
    with pytest.raises(MachineError, match="BLOB_MISSING"):
        shop.stream(asset_id)


def test_a_file_that_was_cut_is_told(shop: Shop, asset_id: str) -> None:
    path = shop.blobs.local_path(hashlib.sha256(FINE).hexdigest())
    assert path is not None
    path.chmod(0o600)
    path.write_bytes(FINE[: BLOCK + 10])
    with pytest.raises(MachineError, match="BLOB_DAMAGED"):
        shop.stream(asset_id)


def variant(profile: str, *extensions: str) -> asset_pb2.Variant:
    return asset_pb2.Variant(profile=profile, extensions_required=extensions)


def test_the_choice_of_variants() -> None:
    everything = set(COMPRESSED)
    assert choose_profile([], "web", ()) == "web"
    assert choose_profile([], "quest2", everything) == "quest2"
    assert choose_profile([], "quest3", {"KHR_texture_basisu"}) == "desktop"
    assert choose_profile([variant("desktop", "KHR_draco_mesh_compression")], "quest3", {"x"}) == "source"
    assert choose_profile([variant("mobile-ar")], "quest3", {"x"}) == "mobile-ar"
    assert choose_profile([variant("quest2"), variant("web")], "quest3", {"x"}) == "web"
    assert choose_profile([variant("source", "A"), variant("desktop", "B")], "source", {"x"}) == "source"
    assert choose_profile([variant("unknown", "A")], "quest3", everything) == "quest3"


def test_expected_extensions_are_what_the_export_writes() -> None:
    assert expected_extensions("quest3") == set(COMPRESSED)
    assert expected_extensions("desktop") == expected_extensions("source") == frozenset()


@pytest.mark.parametrize(("level", "offset", "size"), [(0, 0, 0), (0, 0, 1), (2, 300_000, 200), (300, 2**40, 262_144)])
def test_chunks_written_by_hand_are_what_protobuf_reads(level: int, offset: int, size: int) -> None:
    data = content(size)
    read = asset_pb2.StreamAssetResponse.FromString(chunk_head(level, offset, size) + data)
    assert read == asset_pb2.StreamAssetResponse(chunk=asset_pb2.Chunk(level=level, offset=offset, data=data))
