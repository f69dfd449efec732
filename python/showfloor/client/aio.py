"""The client for asyncio; ``showfloor.client.Client`` is the same for ordinary code."""

from __future__ import annotations

import os
import uuid
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any

from assets_pipeline.errors import Cancelled, ShowfloorError
from showfloor.client.address import read_address
from showfloor.client.capture import one_product, plan
from showfloor.client.catalog import pieces, read_catalogue
from showfloor.client.connection import Connection
from showfloor.client.download import receive
from showfloor.client.errors import from_problem
from showfloor.client.files import fetch, read_web
from showfloor.client.step import OnProgress, Step, ignore
from showfloor.client.upload import upload
from showfloor.client.wire import AsyncWire, BlockingWire
from showfloor.errors import Unavailable
from showfloor.v1 import asset_pb2, assistant_pb2, capture_pb2, catalog_pb2, generation_pb2

UPLOAD_SHARE = 0.1
CHAT_S = 60.0
"""Deadline of one reply of the assistant."""
REVIEWS_S = 120.0
"""Deadline of an analysis of reviews."""
WATCH_S = 120.0
"""Deadline of one WatchJob; the next goes on."""
CANCEL_S = 3.0
PAGE = 200
ENDED = frozenset(
    {generation_pb2.JOB_STATE_SUCCEEDED, generation_pb2.JOB_STATE_FAILED, generation_pb2.JOB_STATE_CANCELLED}
)


@dataclass(frozen=True)
class Download:
    """What was written, the finest LOD first. ``left_out`` says what was not, and why."""

    asset: asset_pb2.Asset
    variant: asset_pb2.Variant
    files: tuple[Path, ...]
    left_out: tuple[str, ...] = ()


class AsyncClient:
    """A connection to a Showfloor server.

    Args:
        server: ``host:port`` of native gRPC, ``https://host:port`` or ``http://host:port``. Default: SHOWFLOOR_SERVER,
            else localhost:50051. Servers on other machines are spoken to over TLS unless it says ``http://``.
        api_key: Default: SHOWFLOOR_API_KEY.
        ca: PEM file with certificates to trust, for a server with a certificate of your own. Default: SHOWFLOOR_CA.
        web: ``http://host:port`` of the web port, for thumbnails and reports. Default: SHOWFLOOR_WEB; without it
            ``download`` leaves them out and says so.
        timeout_s: Deadline of one call.
        patience_s: How long a call waits for a server that has gone away, such as for a restart.

    Every method raises ``ShowfloorError``, with the same classes and codes as work on this machine.
    """

    _wire: type[AsyncWire] | type[BlockingWire] = AsyncWire

    def __init__(
        self,
        server: str | None = None,
        *,
        api_key: str | None = None,
        ca: Path | str | None = None,
        web: str | None = None,
        timeout_s: float = 30.0,
        patience_s: float = 60.0,
    ) -> None:
        self.address = read_address(server, ca)
        self._key = api_key or os.environ.get("SHOWFLOOR_API_KEY", "")
        self._web = read_web(web)
        metadata = (("authorization", f"Bearer {self._key}"),) if self._key else ()
        self._connection = Connection(self._wire(self.address, metadata), self.address, timeout_s, patience_s)

    async def close(self) -> None:
        """Close the connection."""
        await self._connection.wire.close()

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def reconstruct(
        self,
        photos: Path | str,
        *,
        profile: str = "quest3",
        height_m: float | None = None,
        width_m: float | None = None,
        depth_m: float | None = None,
        marker_m: float | None = None,
        product_id: str | None = None,
        name: str | None = None,
        resume: bool = True,
        on_progress: OnProgress = ignore,
    ) -> asset_pb2.Asset:
        """Upload the photos, video or RGB-D recording of one product, and wait until it is reconstructed.

        Stopping it (Ctrl-C, cancelling the task, an exception in ``on_progress``) cancels the job. A lost connection
        does not: the call waits for the server, and the same call made later goes on where this one was.

        Args:
            photos: What ``showfloor convert`` takes, with one product in it.
            profile: Target device: quest3, quest2, mobile-ar, web, desktop or source.
            height_m: Known height, metres; likewise width and depth. One is enough.
            marker_m: Side of a printed ArUco marker (4x4_50) beside the product, metres.
            product_id: Product of the catalogue that gets the asset.
            name: Name of the asset for people. Default: that of the folder or file.
            resume: Take what the server already has of the same files and options. False: do all of it again.
            on_progress: Called with each ``Step``.
        """
        sizes = {"height_m": height_m, "width_m": width_m, "depth_m": depth_m, "marker_m": marker_m}
        uploading, working = _parts_of(on_progress)
        job = await self.submit(
            photos, profile=profile, product_id=product_id, name=name, resume=resume, on_progress=uploading, **sizes
        )
        try:
            job = await self.wait(job.id, on_progress=working)
        except BaseException as error:
            if isinstance(error, Cancelled) or not isinstance(error, ShowfloorError):
                with suppress(ShowfloorError):
                    await self._connection.once("cancel_job", generation_pb2.CancelJobRequest(job_id=job.id), CANCEL_S)
            raise
        return await self.get_asset(job.asset_id)

    async def submit(
        self,
        photos: Path | str,
        *,
        profile: str = "quest3",
        height_m: float | None = None,
        width_m: float | None = None,
        depth_m: float | None = None,
        marker_m: float | None = None,
        product_id: str | None = None,
        name: str | None = None,
        resume: bool = True,
        on_progress: OnProgress = ignore,
    ) -> generation_pb2.Job:
        """Upload, ask for the reconstruction, and return its job without waiting for it; see ``reconstruct``."""
        from assets_pipeline import ConvertOptions

        wanted = ConvertOptions(profile, height_m, width_m, depth_m, marker_m)
        product = one_product(Path(photos))
        capture = await self.upload(product.path, name=name or product.name, on_progress=on_progress)
        request = generation_pb2.ReconstructRequest(
            capture_id=capture.id,
            product_id=product_id or "",
            options=generation_pb2.ReconstructOptions(
                profile=wanted.profile,
                height_m=wanted.height_m or 0.0,
                width_m=wanted.width_m or 0.0,
                depth_m=wanted.depth_m or 0.0,
                marker_m=wanted.marker_m or 0.0,
            ),
        )
        same = uuid.uuid5(uuid.NAMESPACE_URL, request.SerializeToString(deterministic=True).hex())
        request.request_id = str(same if resume else uuid.uuid4())
        job: generation_pb2.Job = await self._connection.call("reconstruct", request)
        if job.state in (generation_pb2.JOB_STATE_FAILED, generation_pb2.JOB_STATE_CANCELLED):
            request.request_id = str(uuid.uuid4())
            job = await self._connection.call("reconstruct", request)
        return job

    async def upload(
        self, photos: Path | str, *, name: str | None = None, on_progress: OnProgress = ignore
    ) -> capture_pb2.Capture:
        """Upload one product and return its finished capture. Files that have arrived before are not sent again."""
        product = one_product(Path(photos))
        wanted = await self._connection.wire.run(plan, product)
        return await upload(self._connection, wanted, name or product.name, on_progress)

    async def wait(self, job_id: str, *, on_progress: OnProgress = ignore) -> generation_pb2.Job:
        """Watch a job until it has succeeded; raise what made it fail, or ``Cancelled``."""
        async with aclosing(self.watch(job_id)) as events:
            async for event in events:
                job = event.job
                on_progress(_step(event))
        if job.state == generation_pb2.JOB_STATE_FAILED:
            raise from_problem(job.problem)
        if job.state == generation_pb2.JOB_STATE_CANCELLED:
            raise Cancelled("CANCELLED", f"The job {job.id} was cancelled.", "Start it again.")
        return job

    async def watch(self, job_id: str) -> AsyncGenerator[generation_pb2.WatchJobResponse, None]:
        """The job as it is now, then each change until it has ended; goes on by itself after a lost connection."""
        request = generation_pb2.WatchJobRequest(job_id=job_id)
        patience = self._connection.patience()
        last = None
        while True:
            heard = False
            try:
                async with aclosing(self._connection.stream("watch_job", request, WATCH_S)) as events:
                    async for event in events:
                        heard = True
                        patience.heard()
                        if event != last:
                            patience.reset()
                            last = event
                            yield event
                        if event.job.state in ENDED:
                            return
                raise Unavailable("STREAM_BROKEN", "The stream ended before the job.", "Try again.")
            except Unavailable as error:
                if not (heard and error.code == "DEADLINE_EXCEEDED"):
                    await patience.wait(error)

    async def download(
        self,
        asset_id: str,
        folder: Path | str,
        *,
        profile: str = "quest3",
        name: str | None = None,
        finest_lod: int = 0,
        on_progress: OnProgress = ignore,
    ) -> Download:
        """Write ``<name>.glb``, ``<name>.lod1.glb`` … to ``folder``; thumbnail and report where ``web`` is known.

        Files appear whole, with their SHA-256 checked, or not at all. What an earlier call brought is not fetched
        again. A profile that the asset does not have yet is made first.

        Args:
            name: Default: the asset's name, as ``showfloor convert`` would write it.
            finest_lod: The finest level wanted; 0: all of them.
        """
        from assets_pipeline.capture.inputs import safe_name

        asset = await self.get_asset(asset_id)
        target = Path(folder).expanduser()
        request = asset_pb2.StreamAssetRequest(asset_id=asset.id, profile=profile, finest_lod=finest_lod)
        header, files = await receive(
            self._connection, request, asset, target, safe_name(name or asset.display_name), on_progress
        )
        more, left_out = await self._fetch(header.asset, target)
        return Download(header.asset, header.variant, files + more, left_out)

    async def get_job(self, job_id: str) -> generation_pb2.Job:
        """The job as it is now."""
        return await self._connection.call("get_job", generation_pb2.GetJobRequest(job_id=job_id))

    async def cancel_job(self, job_id: str) -> generation_pb2.Job:
        """Ask a job to stop; one that has ended stays as it is."""
        return await self._connection.call("cancel_job", generation_pb2.CancelJobRequest(job_id=job_id))

    async def list_jobs(
        self, states: Sequence[generation_pb2.JobState] = ()
    ) -> AsyncGenerator[generation_pb2.Job, None]:
        """Jobs, newest first; those in one of ``states`` where some are named."""
        request = generation_pb2.ListJobsRequest(page_size=PAGE, states=states)
        async for page in self._pages("list_jobs", request):
            for job in page.jobs:
                yield job

    async def get_asset(self, asset_id: str = "", *, product_id: str = "") -> asset_pb2.Asset:
        """An asset by its id, or the current one of a product."""
        request = asset_pb2.GetAssetRequest(asset_id=asset_id)
        if product_id:
            request = asset_pb2.GetAssetRequest(product_id=product_id)
        return await self._connection.call("get_asset", request)

    async def list_assets(self, *, product_id: str = "") -> AsyncGenerator[asset_pb2.Asset, None]:
        """Assets, newest first."""
        async for page in self._pages(
            "list_assets", asset_pb2.ListAssetsRequest(page_size=PAGE, product_id=product_id)
        ):
            for asset in page.assets:
                yield asset

    async def get_product(self, product_id: str) -> catalog_pb2.Product:
        """A product of the catalogue."""
        return await self._connection.call("get_product", catalog_pb2.GetProductRequest(product_id=product_id))

    async def list_products(
        self, *, contains: str = "", category: str = ""
    ) -> AsyncGenerator[catalog_pb2.Product, None]:
        """Products by id; those whose words hold ``contains``, of ``category`` or below it, where given."""
        request = catalog_pb2.ListProductsRequest(page_size=PAGE, contains=contains, category=category)
        async for page in self._pages("list_products", request):
            for product in page.products:
                yield product

    async def put_product(self, product: catalog_pb2.Product) -> catalog_pb2.Product:
        """Create a product, or replace all of it; with ``etag`` only while it is still the same."""
        return await self._connection.call("upsert_product", catalog_pb2.UpsertProductRequest(product=product))

    async def chat(
        self,
        text: str,
        *,
        conversation_id: str = "",
        product_id: str = "",
        shopper_id: str = "",
        language: str = "",
    ) -> AsyncGenerator[assistant_pb2.ChatResponse, None]:
        """The assistant's reply, event by event; the last, ``done``, names the conversation for the next turn."""
        request = assistant_pb2.ChatRequest(
            text=text,
            conversation_id=conversation_id,
            product_id=product_id,
            shopper_id=shopper_id,
            language=language,
        )
        async with aclosing(self._connection.stream("chat", request, CHAT_S)) as events:
            async for event in events:
                yield event

    async def delete_product(self, product_id: str) -> None:
        """Remove a product; its assets stay."""
        await self._connection.call("delete_product", catalog_pb2.DeleteProductRequest(product_id=product_id))

    async def write_copy(
        self, product_id: str, kind: str, language: str, *, tone: str = "", max_characters: int = 0
    ) -> catalog_pb2.WriteCopyResponse:
        """A title, bullets, a description or marketing copy, from the facts of a product."""
        request = catalog_pb2.WriteCopyRequest(
            product_id=product_id, kind=kind, language=language, tone=tone, max_characters=max_characters
        )
        return await self._connection.call("write_copy", request)

    async def analyze_reviews(
        self, reviews: Sequence[catalog_pb2.Review], *, product_id: str = "", language: str = ""
    ) -> catalog_pb2.AnalyzeReviewsResponse:
        """Aspects with quotes, a summary and suspicious ones of at most 2,000 reviews."""
        request = catalog_pb2.AnalyzeReviewsRequest(product_id=product_id, reviews=reviews, language=language)
        return await self._connection.call("analyze_reviews", request, timeout_s=REVIEWS_S)

    async def import_products(
        self, file: Path | str, *, dry_run: bool = False, on_progress: OnProgress = ignore
    ) -> catalog_pb2.ImportProductsResponse:
        """Upsert the products of a .csv or .jsonl file of any size; wrong rows are told, the others kept."""
        kind, data = read_catalogue(Path(file))
        whole = catalog_pb2.ImportProductsResponse()
        for piece in pieces(kind, data):
            request = catalog_pb2.ImportProductsRequest(format=kind, data=piece.data, dry_run=dry_run)
            answer: catalog_pb2.ImportProductsResponse = await self._connection.call("import_products", request)
            for problem in answer.problems:
                problem.line += piece.shift
            created, updated = whole.created + answer.created, whole.updated + answer.updated
            whole.MergeFrom(answer)
            whole.created, whole.updated = created, updated
            on_progress(Step("import", piece.share, f"{whole.created + whole.updated} products"))
        return whole

    async def _pages(self, name: str, request: Any) -> AsyncGenerator[Any, None]:
        while True:
            page = await self._connection.call(name, request)
            yield page
            if not page.next_page_token:
                return
            request.page_token = page.next_page_token

    async def _fetch(self, asset: asset_pb2.Asset, folder: Path) -> tuple[tuple[Path, ...], tuple[str, ...]]:
        """The files that only the web port has."""
        files, left_out = [], []
        for name, path in (("thumbnail.png", asset.thumbnail_path), ("report.json", asset.report_path)):
            if not path:
                continue
            if not self._web:
                left_out.append(f"{name}: the web port is not known (web=, --web or SHOWFLOOR_WEB)")
                continue
            arguments = (self._web, path, folder / name, self._key, self.address.roots)
            if why := await self._connection.wire.run(fetch, *arguments):
                left_out.append(why)
            else:
                files.append(folder / name)
        return tuple(files), tuple(left_out)


def _parts_of(on_progress: OnProgress) -> tuple[OnProgress, OnProgress]:
    """``on_progress`` for the upload and for the job, with the fraction of the whole."""

    def uploading(step: Step) -> None:
        on_progress(replace(step, fraction=UPLOAD_SHARE * step.fraction))

    def working(step: Step) -> None:
        on_progress(replace(step, fraction=UPLOAD_SHARE + (1.0 - UPLOAD_SHARE) * step.fraction))

    return uploading, working


def _step(event: generation_pb2.WatchJobResponse) -> Step:
    job = event.job
    if job.state == generation_pb2.JOB_STATE_QUEUED:
        return Step("queued", job.fraction, "waiting for a worker", job.id)
    return Step(job.stage, job.fraction, job.message, job.id, event.preview.data)
