"""A finished conversion → blobs, and asset, variant and LODs in one transaction with the end of its job."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from assets_pipeline.errors import MachineError
from assets_pipeline.report import Report
from showfloor.ids import new_id
from showfloor.jobs.preview import jpeg_of
from showfloor.jobs.queue import CANCELLED, SUCCEEDED, Hold, end
from showfloor.store.blobs import Blobs, claim
from showfloor.store.tables import Asset, Job, Lod, Product, Variant, now
from showfloor.v1.generation_pb2 import JobKind

Outcome = Literal["published", "cancelled", "lost"]

SCALE_SOURCES = {"rgbd": "depth-camera"}
"""Where the report and the contract differ."""


@dataclass(frozen=True)
class Level:
    """One LOD in the blob store."""

    sha256: str
    triangles: int


@dataclass(frozen=True)
class Made:
    """What a worker made, stored but not yet referred to."""

    report: Report
    levels: tuple[Level, ...]
    extensions_required: tuple[str, ...]
    report_sha256: str
    thumbnail: str | None
    preview: str | None

    @property
    def blobs(self) -> set[str]:
        own = {level.sha256 for level in self.levels} | {self.report_sha256, self.thumbnail, self.preview}
        return {sha256 for sha256 in own if sha256}


def store(blobs: Blobs, folder: Path, name: str, report: Report) -> Made:
    """Put the files of a conversion called ``name`` into the blob store. Blocks.

    Raises:
        MachineError: RESULT_MISSING; DISK_FULL, BLOBS_UNWRITABLE.
        Unavailable: BLOB_STORE_UNAVAILABLE, DATABASE_UNAVAILABLE.
    """
    report = replace(report, name=name)
    files = [folder / f"{name}.glb", *(folder / f"{name}.lod{n}.glb" for n in range(1, len(report.triangles)))]
    missing = [f.name for f in files if not f.is_file()]
    if missing or not report.triangles or report.size_m is None:
        raise MachineError(
            "RESULT_MISSING", f"The conversion left out {', '.join(missing) or 'its size'}.", "Please report it."
        )
    required = sorted({e for f in files for e in extensions_required(f)})
    levels = [
        Level(blobs.put_file(f, "model/gltf-binary", link=True), n)
        for f, n in zip(files, report.triangles, strict=True)
    ]
    picture = folder / "thumbnail.png"
    small = jpeg_of(picture)
    return Made(
        report,
        tuple(levels),
        tuple(required),
        blobs.put_bytes(report.to_json().encode(), "application/json"),
        blobs.put_file(picture, "image/png", link=True) if picture.is_file() else None,
        blobs.put_bytes(small, "image/jpeg") if small else None,
    )


def publish(session: Session, hold: Hold, made: Made) -> Outcome:
    """End the job with its result, unless it was cancelled or is not held any more.

    Raises:
        Unavailable: BLOB_REMOVED; ``store`` has to be repeated.
    """
    job = session.get(Job, hold.job_id, with_for_update=True)
    if job is None or not hold.of(job):
        return "lost"
    if job.cancel:
        end(job, CANCELLED)
        return "cancelled"
    claim(session, *made.blobs)
    report = made.report
    asset = session.get(Asset, job.asset_id, with_for_update=True) if job.kind == JobKind.JOB_KIND_VARIANT else None
    if asset is None:
        asset = _new_asset(job, made)
        session.add(asset)
        session.flush()
    _set_variant(session, asset.id, job.profile, made)
    asset.etag = _asset_etag(session, asset)
    job.asset_id, job.preview = asset.id, made.preview or job.preview
    job.verdict, job.reasons, job.fraction, job.message = report.verdict, list(report.reasons), 1.0, ""
    end(job, SUCCEEDED)
    if job.kind != JobKind.JOB_KIND_VARIANT and job.product_id:
        product = session.get(Product, job.product_id, with_for_update=True)
        if product is not None:
            product.asset_id, product.etag, product.update_time = asset.id, digest(product.etag, asset.id), now()
    return "published"


def extensions_required(glb: Path) -> list[str]:
    """``extensionsRequired`` of a GLB file, from its JSON chunk alone."""
    with glb.open("rb") as file:
        _, _, _, length, _ = struct.unpack("<5I", file.read(20))
        return list(json.loads(file.read(length)).get("extensionsRequired", ()))


def digest(*parts: object) -> str:
    """32 hex digits that change when any part does."""
    return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()[:32]


def _new_asset(job: Job, made: Made) -> Asset:
    report = made.report
    x, y, z = report.size_m or (0.0, 0.0, 0.0)
    return Asset(
        id=new_id("ast"),
        display_name=job.display_name,
        product_id=job.product_id,
        capture_id=job.capture_id,
        size_x_m=x,
        size_y_m=y,
        size_z_m=z,
        size_known=report.scale_source != "unknown",
        scale_source=SCALE_SOURCES.get(report.scale_source, report.scale_source),
        verdict=report.verdict,
        reasons=list(report.reasons),
        options=job.options,
        thumbnail=made.thumbnail,
        report=made.report_sha256,
        etag="",
        create_time=now(),
    )


def _set_variant(session: Session, asset_id: str, profile: str, made: Made) -> None:
    session.execute(delete(Lod).where(Lod.asset_id == asset_id, Lod.profile == profile))
    session.execute(delete(Variant).where(Variant.asset_id == asset_id, Variant.profile == profile))
    etag = digest(*(level.sha256 for level in made.levels))
    session.add(
        Variant(asset_id=asset_id, profile=profile, extensions_required=list(made.extensions_required), etag=etag)
    )
    session.add_all(
        Lod(asset_id=asset_id, profile=profile, level=n, triangles=level.triangles, blob=level.sha256)
        for n, level in enumerate(made.levels)
    )
    session.flush()


def _asset_etag(session: Session, asset: Asset) -> str:
    variants: Iterable[Any] = session.execute(
        select(Variant.profile, Variant.etag).where(Variant.asset_id == asset.id).order_by(Variant.profile)
    )
    return digest(asset.id, asset.display_name, asset.product_id, [tuple(v) for v in variants])
