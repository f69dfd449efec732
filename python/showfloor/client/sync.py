"""The client for ordinary code: each call is that of ``AsyncClient``, run to its end."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from showfloor.client.aio import AsyncClient, Download
from showfloor.client.step import OnProgress, ignore
from showfloor.client.wire import BlockingWire, complete
from showfloor.v1 import asset_pb2, assistant_pb2, capture_pb2, catalog_pb2, generation_pb2

T = TypeVar("T")


class _Blocking(AsyncClient):
    _wire = BlockingWire


class Client:
    """A connection to a Showfloor server; its arguments are those of ``AsyncClient``.

    >>> client = Client("localhost:50051")
    >>> asset = client.reconstruct("photos/", height_m=0.12, on_progress=print)
    >>> client.download(asset.id, "out/").files

    May be used from several threads. ``on_progress`` is called in the thread of the caller. Every method raises
    ``ShowfloorError``, with the same classes and codes as work on this machine.
    """

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
        self._client = _Blocking(server, api_key=api_key, ca=ca, web=web, timeout_s=timeout_s, patience_s=patience_s)

    def close(self) -> None:
        """Close the connection."""
        complete(self._client.close())

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def reconstruct(
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

        See ``AsyncClient.reconstruct``. Ctrl-C cancels the job; a lost connection does not.
        """
        return complete(
            self._client.reconstruct(
                photos,
                profile=profile,
                height_m=height_m,
                width_m=width_m,
                depth_m=depth_m,
                marker_m=marker_m,
                product_id=product_id,
                name=name,
                resume=resume,
                on_progress=on_progress,
            )
        )

    def submit(
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
        """Upload, ask for the reconstruction, and return its job without waiting for it."""
        return complete(
            self._client.submit(
                photos,
                profile=profile,
                height_m=height_m,
                width_m=width_m,
                depth_m=depth_m,
                marker_m=marker_m,
                product_id=product_id,
                name=name,
                resume=resume,
                on_progress=on_progress,
            )
        )

    def upload(
        self, photos: Path | str, *, name: str | None = None, on_progress: OnProgress = ignore
    ) -> capture_pb2.Capture:
        """Upload one product and return its finished capture. Files that have arrived before are not sent again."""
        return complete(self._client.upload(photos, name=name, on_progress=on_progress))

    def wait(self, job_id: str, *, on_progress: OnProgress = ignore) -> generation_pb2.Job:
        """Watch a job until it has succeeded; raise what made it fail, or ``Cancelled``."""
        return complete(self._client.wait(job_id, on_progress=on_progress))

    def watch(self, job_id: str) -> Iterator[generation_pb2.WatchJobResponse]:
        """The job as it is now, then each change until it has ended; goes on by itself after a lost connection."""
        return _each(self._client.watch(job_id))

    def download(
        self,
        asset_id: str,
        folder: Path | str,
        *,
        profile: str = "quest3",
        name: str | None = None,
        finest_lod: int = 0,
        on_progress: OnProgress = ignore,
    ) -> Download:
        """Write ``<name>.glb``, ``<name>.lod1.glb`` … to ``folder``; see ``AsyncClient.download``."""
        return complete(
            self._client.download(
                asset_id, folder, profile=profile, name=name, finest_lod=finest_lod, on_progress=on_progress
            )
        )

    def get_job(self, job_id: str) -> generation_pb2.Job:
        """The job as it is now."""
        return complete(self._client.get_job(job_id))

    def cancel_job(self, job_id: str) -> generation_pb2.Job:
        """Ask a job to stop; one that has ended stays as it is."""
        return complete(self._client.cancel_job(job_id))

    def list_jobs(self, states: Sequence[generation_pb2.JobState] = ()) -> Iterator[generation_pb2.Job]:
        """Jobs, newest first; those in one of ``states`` where some are named."""
        return _each(self._client.list_jobs(states))

    def get_asset(self, asset_id: str = "", *, product_id: str = "") -> asset_pb2.Asset:
        """An asset by its id, or the current one of a product."""
        return complete(self._client.get_asset(asset_id, product_id=product_id))

    def list_assets(self, *, product_id: str = "") -> Iterator[asset_pb2.Asset]:
        """Assets, newest first."""
        return _each(self._client.list_assets(product_id=product_id))

    def get_product(self, product_id: str) -> catalog_pb2.Product:
        """A product of the catalogue."""
        return complete(self._client.get_product(product_id))

    def list_products(self, *, contains: str = "", category: str = "") -> Iterator[catalog_pb2.Product]:
        """Products by id; those whose words hold ``contains``, of ``category`` or below it, where given."""
        return _each(self._client.list_products(contains=contains, category=category))

    def put_product(self, product: catalog_pb2.Product) -> catalog_pb2.Product:
        """Create a product, or replace all of it; with ``etag`` only while it is still the same."""
        return complete(self._client.put_product(product))

    def write_copy(
        self, product_id: str, kind: str, language: str, *, tone: str = "", max_characters: int = 0
    ) -> catalog_pb2.WriteCopyResponse:
        """A title, bullets, a description or marketing copy, from the facts of a product."""
        return complete(self._client.write_copy(product_id, kind, language, tone=tone, max_characters=max_characters))

    def analyze_reviews(
        self, reviews: Sequence[catalog_pb2.Review], *, product_id: str = "", language: str = ""
    ) -> catalog_pb2.AnalyzeReviewsResponse:
        """Aspects with quotes, a summary and suspicious ones of at most 2,000 reviews."""
        return complete(self._client.analyze_reviews(reviews, product_id=product_id, language=language))

    def chat(
        self,
        text: str,
        *,
        conversation_id: str = "",
        product_id: str = "",
        shopper_id: str = "",
        language: str = "",
    ) -> Iterator[assistant_pb2.ChatResponse]:
        """The assistant's reply, event by event; the last, ``done``, names the conversation for the next turn."""
        return _each(
            self._client.chat(
                text,
                conversation_id=conversation_id,
                product_id=product_id,
                shopper_id=shopper_id,
                language=language,
            )
        )

    def delete_product(self, product_id: str) -> None:
        """Remove a product; its assets stay."""
        complete(self._client.delete_product(product_id))

    def import_products(
        self, file: Path | str, *, dry_run: bool = False, on_progress: OnProgress = ignore
    ) -> catalog_pb2.ImportProductsResponse:
        """Upsert the products of a .csv or .jsonl file of any size; wrong rows are told, the others kept."""
        return complete(self._client.import_products(file, dry_run=dry_run, on_progress=on_progress))


def _each(items: AsyncGenerator[T, None]) -> Iterator[T]:
    try:
        while True:
            try:
                item = complete(anext(items))
            except StopAsyncIteration:
                return
            yield item
    finally:
        complete(items.aclose())
