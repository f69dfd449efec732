"""AssetService: what there is, and its bytes, the coarsest first."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Protocol

from assets_pipeline.errors import Cancelled, InputError, ShowfloorError
from assets_pipeline.profiles import PROFILES
from showfloor.errors import Conflict, Unavailable
from showfloor.services.asset_rows import PRODUCT_ID, AssetRows, Loaded, no_product
from showfloor.services.blocks import BlockReader
from showfloor.services.call import Call
from showfloor.services.chunks import chunks
from showfloor.services.encoded import Encoded
from showfloor.services.pages import decode, encode, page_size
from showfloor.services.variants import checked_profile, choose_profile
from showfloor.store.database import Database
from showfloor.v1 import asset_pb2, generation_pb2

MAX_EXTENSIONS = 200


class Maker(Protocol):
    """What makes variants that are missing: the GenerationService."""

    async def ensure_variant(self, asset_id: str, profile: str, call: Call) -> str: ...

    def watch(self, job_id: str) -> AsyncIterator[generation_pb2.WatchJobResponse]: ...


class AssetService:
    """The calls of ``showfloor.v1.AssetService``."""

    def __init__(self, db: Database, reader: BlockReader, maker: Maker) -> None:
        self._rows = AssetRows(db)
        self._reader = reader
        self._maker = maker

    async def list_assets(self, request: asset_pb2.ListAssetsRequest, call: Call) -> asset_pb2.ListAssetsResponse:
        """Assets, newest first.

        Raises:
            InputError: PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID.
            NotFound: PRODUCT_UNKNOWN, for what cannot be a product's id.
        """
        size = page_size(request.page_size)
        if request.product_id and not PRODUCT_ID.fullmatch(request.product_id):
            raise no_product(request.product_id)
        filters = {"product_id": request.product_id}
        key = decode("assets", filters, request.page_token)
        found = await self._rows.page(str(key[0]) if key else "", size + 1, request.product_id)
        response = asset_pb2.ListAssetsResponse(assets=[loaded.message for loaded in found[:size]])
        if len(found) > size:
            response.next_page_token = encode("assets", filters, (found[size - 1].message.id,))
        return response

    async def get_asset(self, request: asset_pb2.GetAssetRequest, call: Call) -> Encoded:
        """One asset.

        Raises:
            InputError: ASSET_NOT_NAMED.
            NotFound: ASSET_NOT_FOUND, PRODUCT_UNKNOWN, PRODUCT_WITHOUT_ASSET.
        """
        return (await self._find(request)).encoded

    async def stream_asset(
        self, request: asset_pb2.StreamAssetRequest, call: Call
    ) -> AsyncGenerator[asset_pb2.StreamAssetResponse | Encoded, None]:
        """The files of the variant that ``variants.choose_profile`` names.

        Raises:
            InputError: ASSET_NOT_NAMED, UNKNOWN_PROFILE, RESUME_INVALID, LOD_INVALID, TOO_MANY_EXTENSIONS.
            NotFound: ASSET_NOT_FOUND, PRODUCT_UNKNOWN, PRODUCT_WITHOUT_ASSET.
            Conflict: With the code of the job that could not make the variant.
        """
        wanted = checked_profile(request.profile)
        if request.finest_lod < 0:
            raise InputError("LOD_INVALID", f"finest_lod is {request.finest_lod}.", "Use 0, the finest, or more.")
        if len(request.readable_extensions) > MAX_EXTENSIONS:
            raise InputError(
                "TOO_MANY_EXTENSIONS",
                f"readable_extensions has {len(request.readable_extensions)} entries, {MAX_EXTENSIONS} at most.",
                "Name each glTF extension once.",
            )
        offsets = _offsets(request)
        readable = frozenset(request.readable_extensions)
        asset = (await self._find(request)).message
        for _ in PROFILES:
            profile = choose_profile(asset.variants, wanted, readable)
            variant = next((v for v in asset.variants if v.profile == profile), None)
            if variant is not None:
                break
            async with aclosing(self._make(asset.id, profile, call)) as jobs:
                async for job in jobs:
                    yield asset_pb2.StreamAssetResponse(preparing=job)
            asset = (await self._find(asset_pb2.GetAssetRequest(asset_id=asset.id))).message
        else:
            raise Unavailable("VARIANT_MISSING", f"The variant {profile} was made and is gone.", "Try again.")

        resumed = bool(request.resume_etag) and request.resume_etag == variant.etag
        if resumed:
            _check_offsets(offsets, variant)
        yield asset_pb2.StreamAssetResponse(
            header=asset_pb2.StreamHeader(asset=asset, variant=variant, resumed=resumed)
        )
        coarsest = max((lod.level for lod in variant.lods), default=0)
        finest = min(request.finest_lod, coarsest)
        for lod in sorted(variant.lods, key=lambda lod: -lod.level):
            if lod.level < finest:
                continue
            begin = offsets.get(lod.level, 0) if resumed else 0
            if begin < lod.size_bytes:
                async with aclosing(chunks(self._reader, lod.sha256, lod.level, begin, lod.size_bytes)) as bytes_:
                    async for chunk in bytes_:
                        yield chunk
            end = asset_pb2.LodEnd(level=lod.level, sha256=lod.sha256)
            yield asset_pb2.StreamAssetResponse(lod_end=end)

    def close(self) -> None:
        self._rows.close()

    async def _find(self, request: asset_pb2.GetAssetRequest | asset_pb2.StreamAssetRequest) -> Loaded:
        if request.WhichOneof("which") is None:
            raise InputError("ASSET_NOT_NAMED", "Neither asset_id nor product_id is set.", "Set one of them.")
        return await self._rows.get(request)

    async def _make(self, asset_id: str, profile: str, call: Call) -> AsyncGenerator[generation_pb2.Job, None]:
        """Have a variant made; yields the job whenever it changes."""
        job_id = await self._maker.ensure_variant(asset_id, profile, call)
        job, shown = generation_pb2.Job(), generation_pb2.Job()
        async for update in self._maker.watch(job_id):
            job = update.job
            if job != shown:
                shown = job
                yield job
        if job.state != generation_pb2.JOB_STATE_SUCCEEDED:
            raise _failure(job)


def _failure(job: generation_pb2.Job) -> ShowfloorError:
    if job.state == generation_pb2.JOB_STATE_CANCELLED:
        return Cancelled(message=f"The job {job.id} that makes the variant was cancelled.", fix="Ask for it again.")
    if job.state == generation_pb2.JOB_STATE_FAILED:
        return Conflict(job.problem.code, job.problem.message, job.problem.fix)
    return Unavailable("JOB_NOT_ENDED", f"The job {job.id} goes on, but cannot be watched now.", "Ask for it again.")


def _offsets(request: asset_pb2.StreamAssetRequest) -> dict[int, int]:
    """What the client says it has.

    Raises:
        InputError: RESUME_INVALID.
    """
    offsets: dict[int, int] = {}
    for progress in request.resume:
        if progress.level < 0 or progress.offset < 0 or progress.level in offsets:
            raise InputError(
                "RESUME_INVALID",
                f"resume names level {progress.level} with offset {progress.offset}, or the level twice.",
                "Name each level once, with the bytes you have from its start.",
            )
        offsets[progress.level] = progress.offset
    return offsets


def _check_offsets(offsets: dict[int, int], variant: asset_pb2.Variant) -> None:
    sizes = {lod.level: lod.size_bytes for lod in variant.lods}
    for level, offset in offsets.items():
        if offset > sizes.get(level, -1):
            raise InputError(
                "RESUME_INVALID",
                f"resume has {offset} bytes of level {level}, which has {sizes.get(level, 0)}.",
                "Begin without resume.",
            )
