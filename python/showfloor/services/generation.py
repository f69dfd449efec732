"""GenerationService: jobs are queued here; ``showfloor.jobs`` runs them."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from google.protobuf import json_format
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from assets_pipeline.errors import InputError
from assets_pipeline.recipes.options import ConvertOptions
from showfloor.errors import Conflict, Forbidden, LimitReached, NotBuilt, NotFound
from showfloor.ids import new_id
from showfloor.jobs.messages import job_message
from showfloor.jobs.queue import FAILED, OPEN, QUEUED, SUCCEEDED, request_cancel
from showfloor.jobs.runner import Runner
from showfloor.jobs.watch import find_job
from showfloor.services import pages
from showfloor.services.call import Call, Scope
from showfloor.services.checks import check_request_id, shown
from showfloor.settings import Settings
from showfloor.store.database import Database
from showfloor.store.tables import Asset, Job, Product, Variant, now
from showfloor.store.uploads import find_capture
from showfloor.v1 import capture_pb2, catalog_pb2
from showfloor.v1 import generation_pb2 as pb

SIZES = ("height_m", "width_m", "depth_m", "marker_m")
FAILED_VARIANT_FOR = timedelta(minutes=10)
"""A variant that failed is not tried again for so long, however often it is asked for."""


class GenerationService:
    """Queues, shows and cancels jobs."""

    def __init__(self, db: Database, settings: Settings, runner: Runner) -> None:
        self._db = db
        self._settings = settings
        self._runner = runner

    async def reconstruct(self, request: pb.ReconstructRequest, call: Call) -> pb.Job:
        """
        Raises:
            InputError: REQUEST_ID_INVALID, UNKNOWN_PROFILE, SIZE_OUT_OF_RANGE.
            NotFound: CAPTURE_NOT_FOUND, PRODUCT_UNKNOWN.
            Conflict: CAPTURE_NOT_READY, REQUEST_ID_REUSED.
            LimitReached: TOO_MANY_JOBS, QUEUE_FULL.
        """
        request_id = check_request_id(request.request_id)
        options = _options(request.options)
        try:
            job = await self._db.run(self._reconstruct, request, request_id, options, call)
        except IntegrityError:  # the same request has just been served; now it is found
            job = await self._db.run(self._reconstruct, request, request_id, options, call)
        self._runner.wake()
        return job

    async def generate_texture(self, request: pb.GenerateTextureRequest, call: Call) -> pb.Job:
        raise NotBuilt("NOT_BUILT", "This server cannot generate textures yet.", "Use Reconstruct.")

    async def fit_garment(self, request: pb.FitGarmentRequest, call: Call) -> pb.Job:
        raise NotBuilt("NOT_BUILT", "This server cannot fit garments yet.", "Use Reconstruct.")

    async def watch_job(self, request: pb.WatchJobRequest, call: Call) -> AsyncGenerator[pb.WatchJobResponse]:
        """
        Raises:
            NotFound: JOB_NOT_FOUND.
            Unavailable: SERVER_STOPPING.
        """
        async with aclosing(self.watch(request.job_id)) as states:
            async for state in states:
                yield state

    async def get_job(self, request: pb.GetJobRequest, call: Call) -> pb.Job:
        """
        Raises:
            NotFound: JOB_NOT_FOUND.
        """
        return job_message(await self._db.read(find_job, request.job_id))

    async def list_jobs(self, request: pb.ListJobsRequest, call: Call) -> pb.ListJobsResponse:
        """
        Raises:
            InputError: PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID, JOB_STATE_INVALID.
        """
        size = pages.page_size(request.page_size)
        states = sorted(set(request.states))
        known = set(pb.JobState.values()) - {pb.JOB_STATE_UNSPECIFIED}
        if not known.issuperset(states):
            raise InputError("JOB_STATE_INVALID", f"There is no state {states[0]}.", "Use states of JobState.")
        filters = {"states": states}
        key = pages.decode("jobs", filters, request.page_token)
        rows = await self._db.read(_list, states, key, size + 1)
        more = len(rows) > size
        return pb.ListJobsResponse(
            jobs=[job_message(row) for row in rows[:size]],
            next_page_token=pages.encode("jobs", filters, (rows[size - 1].id,)) if more else "",
        )

    async def cancel_job(self, request: pb.CancelJobRequest, call: Call) -> pb.Job:
        """
        Raises:
            NotFound: JOB_NOT_FOUND.
        """
        row = await self._db.run(_cancel, request.job_id)
        self._runner.wake()
        self._runner.watch.changed(row.id)
        return job_message(row)

    def watch(self, job_id: str) -> AsyncGenerator[pb.WatchJobResponse]:
        """The job now, then after each change, until it has ended; see ``Watch.watch``."""
        return self._runner.watch.watch(job_id)

    async def ensure_variant(self, asset_id: str, profile: str, call: Call) -> str:
        """The id of the job that makes an asset's variant: the one that runs, the one that has, or a new one.

        Raises:
            InputError: UNKNOWN_PROFILE.
            NotFound: ASSET_NOT_FOUND.
            Conflict: CAPTURE_GONE.
            Forbidden: SCOPE_MISSING, when a new job is needed and the caller may not start one.
            LimitReached: TOO_MANY_JOBS, QUEUE_FULL.
        """
        ConvertOptions(profile=profile)
        job_id = await self._db.run(self._ensure_variant, asset_id, profile, call)
        self._runner.wake()
        return job_id

    def _reconstruct(
        self,
        session: Session,
        request: pb.ReconstructRequest,
        request_id: str | None,
        options: ConvertOptions,
        call: Call,
    ) -> pb.Job:
        if request_id is not None:
            before = session.scalar(select(Job).where(Job.key_id == call.key_id, Job.request_id == request_id))
            if before is not None:
                return _same(before, request, options)
        capture = find_capture(session, request.capture_id)
        if capture.state != capture_pb2.CAPTURE_STATE_READY:
            raise Conflict(
                "CAPTURE_NOT_READY",
                f"The capture {capture.id} is not finished.",
                "Send its missing parts, then call FinishCapture.",
            )
        if request.product_id:
            options = _sized(options, _find_product(session, request.product_id))
        return job_message(
            self._add(
                session,
                call,
                request_id=request_id,
                kind=pb.JOB_KIND_RECONSTRUCT,
                display_name=capture.display_name,
                capture_id=capture.id,
                product_id=request.product_id or None,
                profile=options.profile,
                options=asdict(options),
            )
        )

    def _ensure_variant(self, session: Session, asset_id: str, profile: str, call: Call) -> str:
        # Writing the row makes others that ask for the same asset wait, so that all get the same job.
        session.execute(update(Asset).where(Asset.id == asset_id).values(etag=Asset.etag))
        asset = session.get(Asset, asset_id)
        if asset is None:
            raise NotFound("ASSET_NOT_FOUND", f"There is no asset {shown(asset_id)}.", "ListAssets shows them.")
        last = session.scalar(
            select(Job).where(Job.asset_id == asset_id, Job.profile == profile).order_by(Job.id.desc()).limit(1)
        )
        if last is not None and _serves(last, session.get(Variant, (asset_id, profile)) is not None):
            return last.id
        if asset.capture_id is None:
            raise Conflict(
                "CAPTURE_GONE",
                f"The asset {asset_id} has no capture to make the profile {profile} from.",
                "Stream one of the profiles that it has.",
            )
        if not call.may(Scope.generate):
            raise Forbidden(
                "SCOPE_MISSING",
                f"The asset {asset_id} has no variant for {profile} yet; to have it made needs the scope 'generate'.",
                "Stream a profile that it has, or ask for this one once with a key that has the scope.",
            )
        return self._add(
            session,
            call,
            request_id=None,
            kind=pb.JOB_KIND_VARIANT,
            display_name=asset.display_name,
            capture_id=asset.capture_id,
            asset_id=asset.id,
            product_id=asset.product_id,
            profile=profile,
            options={**asset.options, "profile": profile},
        ).id

    def _add(self, session: Session, call: Call, **values: Any) -> Job:
        limit = self._settings.max_jobs_per_key
        own = select(func.count()).where(Job.key_id == call.key_id, Job.state.in_(OPEN))
        if (session.scalar(own) or 0) >= limit:
            raise LimitReached(
                "TOO_MANY_JOBS",
                f"This key has {limit} jobs that have not ended, as many as it may (max_jobs_per_key).",
                "Wait for some to end, or cancel them.",
            )
        limit = self._settings.max_queue
        if (session.scalar(select(func.count()).where(Job.state == QUEUED)) or 0) >= limit:
            raise LimitReached(
                "QUEUE_FULL", f"{limit} jobs wait, as many as may (max_queue).", "Try again when some have ended."
            )
        job = Job(id=new_id("job"), key_id=call.key_id, state=QUEUED, create_time=now(), **values)
        session.add(job)
        session.flush()
        return job


def _cancel(session: Session, job_id: str) -> Job:
    job = find_job(session, job_id)
    request_cancel(session, job)
    return job


def _options(wanted: pb.ReconstructOptions) -> ConvertOptions:
    """
    Raises:
        InputError: UNKNOWN_PROFILE, SIZE_OUT_OF_RANGE.
    """
    given: dict[str, Any] = {name: value for name in ("profile", *SIZES) if (value := getattr(wanted, name))}
    return ConvertOptions(**given)


def _sized(options: ConvertOptions, product: Product) -> ConvertOptions:
    """``options`` with the product's declared size, where they give none."""
    if any(getattr(options, name) is not None for name in SIZES):
        return options
    declared = json_format.ParseDict(product.data, catalog_pb2.Product(), ignore_unknown_fields=True)
    if not declared.HasField("size"):
        return options
    size = declared.size
    return ConvertOptions(
        options.profile, height_m=size.y_m or None, width_m=size.x_m or None, depth_m=size.z_m or None
    )


def _same(before: Job, request: pb.ReconstructRequest, options: ConvertOptions) -> pb.Job:
    """The job that the same request made before."""
    was = before.options
    given = {name: getattr(options, name) for name in SIZES if getattr(options, name) is not None}
    same = (before.capture_id, before.product_id or "", before.profile) == (
        request.capture_id, request.product_id, options.profile,
    )  # fmt: skip
    if not same or (given and given != {name: was[name] for name in SIZES if was.get(name) is not None}):
        raise Conflict(
            "REQUEST_ID_REUSED",
            f"request_id {shown(request.request_id)} made the job {before.id}, from another request.",
            "Use a new UUID for each job.",
        )
    return job_message(before)


def _serves(last: Job, there: bool) -> bool:
    """Whether the last job for a variant answers a new wish for it."""
    if last.state in OPEN:
        return True
    if last.state == FAILED:
        return last.end_time is not None and now() - last.end_time < FAILED_VARIANT_FOR
    return last.state == SUCCEEDED and there


def _find_product(session: Session, product_id: str) -> Product:
    product = session.get(Product, product_id) if product_id.isprintable() else None
    if product is None:
        raise NotFound(
            "PRODUCT_UNKNOWN", f"There is no product {shown(product_id)}.", "Add it with UpsertProduct first."
        )
    return product


def _list(session: Session, states: list[int], key: pages.Key | None, limit: int) -> list[Job]:
    query = select(Job).order_by(Job.id.desc()).limit(limit)
    if states:
        query = query.where(Job.state.in_(states))
    if key:
        query = query.where(Job.id < str(key[0]))
    return list(session.scalars(query))
