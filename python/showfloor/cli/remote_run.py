"""``showfloor remote reconstruct``, ``watch`` and ``get``: work that takes a while, and its progress."""

from __future__ import annotations

import asyncio
import json
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from rich.console import Console
from rich.text import Text

from assets_pipeline.batch import BatchEvent, BatchResult
from assets_pipeline.capture.inputs import Product, find_products, safe_name
from assets_pipeline.errors import InputError, ShowfloorError
from assets_pipeline.report import FILE_NAME, Report
from showfloor.cli.remote_lists import plain, show_jobs
from showfloor.cli.view import Quiet, View, make_view, print_result, report_table
from showfloor.client import AsyncClient, Client, Download, OnProgress, Step
from showfloor.errors import Forbidden, Unauthenticated
from showfloor.v1 import asset_pb2, generation_pb2

AT_ONCE = 8
"""Products that are uploaded or waited for at the same time."""
FETCH_SHARE = 0.05
START = Step("", 0.0)
Kind = Literal["started", "progress", "finished"]


@dataclass(frozen=True)
class Request:
    """What the user asked for."""

    inputs: tuple[Path, ...]
    out_dir: Path | None = None
    profile: str = "quest3"
    height_m: float | None = None
    width_m: float | None = None
    depth_m: float | None = None
    marker_m: float | None = None
    product_id: str | None = None
    resume: bool = True
    detach: bool = False
    json: bool = False
    quiet: bool = False

    @property
    def options(self) -> dict[str, Any]:
        """Arguments of ``AsyncClient.submit``."""
        names = ("profile", "height_m", "width_m", "depth_m", "marker_m", "product_id", "resume")
        return {name: getattr(self, name) for name in names}


def run(request: Request, client: AsyncClient) -> int:
    """Run the request and return the exit code; raises ``ShowfloorError`` when nothing could start."""
    products = find_products(request.inputs)
    if request.product_id and len(products) > 1:
        raise InputError(
            "SEVERAL_PRODUCTS", f"--product names one product, the inputs hold {len(products)}.", "Name one folder."
        )
    view: View = Quiet() if request.json or request.quiet else make_view(len(products))
    batch = _Batch(request, client, products, view)
    with view:
        result = asyncio.run(batch.run())
    if request.json:
        print(json.dumps(batch.document(result), ensure_ascii=False))
    elif not request.quiet:
        batch.print(result)
    return result.exit_code


class _Batch:
    """Products on their way; one that fails stops no other."""

    def __init__(self, request: Request, client: AsyncClient, products: Sequence[Product], view: View) -> None:
        self.jobs: list[generation_pb2.Job] = []
        self._request = request
        self._client = client
        self._products = products
        self._view = view
        self._reports: dict[str, Report] = {}
        self._assets: dict[str, asset_pb2.Asset] = {}
        self._left_out: dict[str, tuple[str, ...]] = {}

    async def run(self) -> BatchResult:
        start, cancelled = time.perf_counter(), False
        task = asyncio.current_task()
        assert task is not None
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        places = asyncio.Semaphore(AT_ONCE)
        async with self._client:
            await anext(self._client.list_jobs(), None)  # a wrong address or key is told once, and before any work
            try:
                async with asyncio.TaskGroup() as group:
                    for product in self._products:
                        group.create_task(self._one(product, places))
            except asyncio.CancelledError:
                self._view.say("Stopped; jobs that were not ready are cancelled.")
                cancelled = True
            except ExceptionGroup as group:
                raise group.exceptions[0] from None
        reports = tuple(self._reports[p.name] for p in self._products if p.name in self._reports)
        return BatchResult(reports, (), cancelled, time.perf_counter() - start)

    def print(self, result: BatchResult) -> None:
        """The final table, then the files, or the assets or jobs where no files were asked for."""
        if self._request.detach:
            show_jobs(self.jobs, False)
            if result.reports:
                Console().print(report_table(result.reports))
        elif self._request.out_dir is not None:
            print_result(result, self._request.out_dir, None)
        else:
            console = Console()
            if result.reports:
                console.print(report_table(result.reports))
            if result.cancelled:
                console.print("Cancelled. Run the same command again to go on.", style="yellow")
            for name, asset in self._assets.items():
                console.print(Text(f"{name}: {asset.id}"), soft_wrap=True)
            if self._assets:
                console.print(Text("Fetch them with: showfloor remote get ASSET -o FOLDER"), style="dim")
        print_left_out(dict.fromkeys(why for all_why in self._left_out.values() for why in all_why))

    def document(self, result: BatchResult) -> dict[str, Any]:
        verdicts = [r.verdict for r in result.reports]
        return {
            "out": str(self._request.out_dir) if self._request.out_dir else None,
            "exit_code": result.exit_code,
            "cancelled": result.cancelled,
            "seconds": round(result.seconds, 3),
            "jobs": [plain(job) for job in self.jobs],
            "counts": {v: verdicts.count(v) for v in ("pass", "warn", "fail")},
            "products": [
                r.to_dict()
                | {
                    "asset_id": self._assets[r.name].id if r.name in self._assets else None,
                    "left_out": list(self._left_out.get(r.name, ())),
                }
                for r in result.reports
            ],
        }

    async def _one(self, product: Product, places: asyncio.Semaphore) -> None:
        async with places:
            self._tell("started", product.name)
            start = time.perf_counter()
            try:
                report = await self._work(product)
            except (Unauthenticated, Forbidden):  # true for every product: told once, and it ends the run
                raise
            except ShowfloorError as error:
                report = Report.failure(product.name, self._request.profile, error)
            if report is not None:
                report = replace(report, timings_s=report.timings_s or {"total": time.perf_counter() - start})
                self._reports[product.name] = report
                self._tell("finished", product.name, report=report)

    async def _work(self, product: Product) -> Report | None:
        name, out_dir = product.name, self._request.out_dir
        share = 1.0 if out_dir is None else 1.0 - FETCH_SHARE
        options = self._request.options | {"name": name}
        if self._request.detach:
            self.jobs.append(await self._client.submit(product.path, on_progress=self._show(name, 0.0, 1.0), **options))
            return None
        asset = await self._client.reconstruct(product.path, on_progress=self._show(name, 0.0, share), **options)
        self._assets[name] = asset
        if out_dir is None:
            return report_of(asset, name, self._request.profile)
        done = await self._client.download(
            asset.id,
            out_dir / name,
            profile=self._request.profile,
            name=name,
            on_progress=self._show(name, share, 1.0),
        )
        self._left_out[name] = done.left_out
        return report_of_files(done, name, out_dir / name)

    def _show(self, name: str, low: float, high: float) -> OnProgress:
        def show(step: Step) -> None:
            self._tell("progress", name, replace(step, fraction=low + (high - low) * step.fraction))

        return show

    def _tell(self, kind: Kind, name: str, step: Step = START, report: Report | None = None) -> None:
        done, total = len(self._reports), len(self._products)
        self._view.show(BatchEvent(kind, name, done, total, step.stage, step.fraction, step.message, report))


def report_of(asset: asset_pb2.Asset, name: str, profile: str) -> Report:
    """What is known of an asset without its report.json."""
    variant = next((v for v in asset.variants if v.profile == profile), asset_pb2.Variant())
    return Report(
        name=name,
        profile=profile,
        verdict=asset.verdict if asset.verdict in ("pass", "warn", "fail") else "warn",  # type: ignore[arg-type]
        reasons=tuple(asset.reasons),
        size_m=(asset.size.x_m, asset.size.y_m, asset.size.z_m),
        scale_source=asset.scale_source if asset.size_known else "unknown",
        triangles=tuple(lod.triangles for lod in variant.lods),
        bytes=tuple(lod.size_bytes for lod in variant.lods),
    )


def report_of_files(done: Download, name: str, folder: Path) -> Report:
    """The report that came with the files, else what the asset says."""
    if any(f.name == FILE_NAME for f in done.files):
        report = replace(Report.read(folder), name=name)
    else:
        report = report_of(done.asset, name, done.variant.profile)
    return replace(
        report,
        profile=done.variant.profile,
        triangles=tuple(lod.triangles for lod in done.variant.lods),
        bytes=tuple(lod.size_bytes for lod in done.variant.lods),
        files=tuple(f.name for f in done.files if f.name != FILE_NAME),
    )


def print_left_out(reasons: Sequence[str] | dict[str, None]) -> None:
    for why in reasons:
        Console(stderr=True, soft_wrap=True).print(Text(f"Left out: {why}", "yellow"))


def watch(client: Client, job_id: str, as_json: bool, quiet: bool) -> int:
    """Follow a job and return the exit code."""
    job = client.get_job(job_id)
    name = job.display_name or job.id
    view: View = Quiet() if as_json or quiet else make_view(1)
    with view:
        view.show(BatchEvent("started", name, 0, 1))
        for event in client.watch(job_id):
            job = event.job
            stage = job.stage or "waiting for a worker"
            view.show(BatchEvent("progress", name, 0, 1, stage, job.fraction, job.message))
    if as_json:
        print(json.dumps(plain(job), ensure_ascii=False))
    elif not quiet:
        show_jobs([job], False)
        for reason in job.reasons:
            Console().print(Text(reason), soft_wrap=True)
    if job.state == generation_pb2.JOB_STATE_CANCELLED:
        return 130
    return 1 if job.state == generation_pb2.JOB_STATE_FAILED else 0


def fetch(
    client: Client, asset_id: str, product_id: str, out_dir: Path, profile: str, as_json: bool, quiet: bool
) -> None:
    """Write an asset to ``out_dir/<name>/`` and say what was written."""
    if bool(asset_id) == bool(product_id):
        raise InputError("ASSET_NOT_NAMED", "Name an asset, or a product with --product, and not both.", "See --help.")
    asset = client.get_asset(asset_id, product_id=product_id)
    name = safe_name(asset.display_name)
    view: View = Quiet() if as_json or quiet else make_view(1)
    with view:
        view.show(BatchEvent("started", name, 0, 1))

        def show(step: Step) -> None:
            view.show(BatchEvent("progress", name, 0, 1, step.stage, step.fraction, step.message))

        done = client.download(asset.id, out_dir / name, profile=profile, name=name, on_progress=show)
    if as_json:
        document = {
            "asset": plain(done.asset),
            "profile": done.variant.profile,
            "files": [str(f) for f in done.files],
            "left_out": list(done.left_out),
        }
        print(json.dumps(document, ensure_ascii=False))
    elif not quiet:
        print_result(BatchResult((report_of_files(done, name, out_dir / name),), (), False, 0.0), out_dir, None)
        if done.variant.profile != profile:
            print_left_out([f"{profile}: the server sent {done.variant.profile}, the nearest that fits"])
        print_left_out(done.left_out)
