"""The parts of a server, put together."""

from __future__ import annotations

import asyncio

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from assets_pipeline.errors import MachineError
from showfloor.assistant.phrasing import SYSTEM
from showfloor.jobs.runner import Runner
from showfloor.llm.engine import open_engine
from showfloor.server.auth import Authenticator, Grant
from showfloor.server.files import Files
from showfloor.server.gate import Gate
from showfloor.server.health import Health
from showfloor.server.metrics import Metrics
from showfloor.server.traces import open_traces
from showfloor.server.web import WebApp
from showfloor.services.asset import AssetService
from showfloor.services.assistant import AssistantService
from showfloor.services.blocks import BlockReader
from showfloor.services.capture import CaptureService
from showfloor.services.catalog import CatalogService
from showfloor.services.generation import GenerationService
from showfloor.services.insights import InsightsService
from showfloor.services.pending import TryOnService
from showfloor.services.shelf import Shelf
from showfloor.settings import Settings
from showfloor.shop import load_shop
from showfloor.store import keys
from showfloor.store.blobs import BlobInfo, Blobs, find_blob
from showfloor.store.database import Database
from showfloor.store.gc import collect_regularly
from showfloor.store.tables import Job


class App:
    """Database, blobs, jobs, services, and what stands between them and the transports.

    Raises:
        InputError: DATABASE_URL_INVALID, BLOB_URL_INVALID, SHOP_FILE_INVALID, and as ``open_engine`` does.
        MachineError: DATA_DIR_UNWRITABLE, OTEL_MISSING, and as database and blob store do.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.shop = load_shop(settings.shop_file)
        try:
            settings.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise MachineError(
                "DATA_DIR_UNWRITABLE", f"{settings.root} cannot be made: {error.strerror}.", "Choose another data_dir."
            ) from error
        self._collecting: asyncio.Task[None] | None = None
        self._warming: asyncio.Task[None] | None = None
        self.traces = open_traces(settings.otlp_endpoint)
        self.db = Database(settings.database)
        self.db.migrate()
        self.blobs = Blobs(settings.blobs, self.db)
        self.runner = Runner(self.db, self.blobs, settings)
        generation = GenerationService(self.db, settings, self.runner)
        self.reader = BlockReader(self.blobs)
        self.shelf = Shelf(self.db, self.shop, settings.root)
        self.metrics = Metrics()
        self.engine = open_engine(settings)
        self.services: dict[str, object] = {
            "CaptureService": CaptureService(self.db, self.blobs, settings),
            "GenerationService": generation,
            "AssetService": AssetService(self.db, self.reader, generation),
            "CatalogService": CatalogService(
                self.db,
                self.shelf,
                self.shop,
                self.engine if settings.engine == "openai" else None,
                settings.engine_timeout_s,
            ),
            "TryOnService": TryOnService(),
            "AssistantService": AssistantService(
                self.db, self.shelf, self.shop, settings, self.engine, self.metrics.sentence
            ),
            "InsightsService": InsightsService(self.db, self.shelf),
        }
        self.health = Health(self._probe)
        self.gate = Gate(
            self.services,
            Authenticator(self._grant, settings.keys_required),
            self.metrics,
            max_streams=settings.max_streams,
            traces=self.traces,
        )
        files = Files(self._find_blob, self.reader, self.metrics, private=settings.keys_required)
        self.web = WebApp(settings, self.gate, self.health, files, self._count_jobs)

    async def start(self) -> None:
        """Begin to run jobs, to collect garbage, and to keep search and recommendation up to date."""
        await self.runner.start()
        self.shelf.start()
        self._collecting = asyncio.create_task(collect_regularly(self.db, self.blobs, self.settings))
        if self.engine is not None:
            self._warming = asyncio.create_task(self.engine.warm(SYSTEM))

    async def close(self) -> None:
        """Hand jobs back and close what is open; call it once, after the transports."""
        if self._collecting is not None:
            self._collecting.cancel()
        if self._warming is not None:
            self._warming.cancel()
        await self.runner.close()
        if self.engine is not None:
            await self.engine.close()
        for task in (self._collecting, self._warming):
            if task is not None:
                await asyncio.wait([task])
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self.reader.close()
        self.shelf.close()
        for service in self.services.values():
            if isinstance(service, AssetService | CaptureService | CatalogService | InsightsService):
                service.close()
        self.db.close()
        if self.traces is not None:
            self.traces.close()

    async def _grant(self, key: str) -> Grant:
        found = await self.db.read(keys.authenticate, key)
        return found.id, found.scopes

    async def _find_blob(self, sha256: str) -> BlobInfo:
        return await self.db.read(find_blob, sha256)

    async def _probe(self) -> None:
        await self.db.read(_ping)

    async def _count_jobs(self) -> dict[int, int]:
        return await self.db.read(_count_jobs)


def _ping(session: Session) -> None:
    session.execute(text("SELECT 1"))


def _count_jobs(session: Session) -> dict[int, int]:
    rows = session.execute(select(Job.state, func.count()).group_by(Job.state))
    return dict(rows.all())
