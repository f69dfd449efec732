"""Rows of jobs as the contract shows them."""

from __future__ import annotations

from showfloor.store import tables
from showfloor.v1 import common_pb2, generation_pb2

STAGES = {
    "hull": "surface",
    "fuse": "surface",
    "simplify": "surface",
    "unwrap": "texture",
    "export": "gltf",
    "thumbnail": "proof",
}
"""Steps of the recipes → the coarser ones that the contract names; the others are called the same."""


def job_message(row: tables.Job) -> generation_pb2.Job:
    job = generation_pb2.Job(
        id=row.id,
        kind=generation_pb2.JobKind.ValueType(row.kind),
        state=generation_pb2.JobState.ValueType(row.state),
        stage=row.stage,
        fraction=row.fraction,
        message=row.message,
        problem=common_pb2.Problem(**row.problem) if row.problem else None,
        verdict=row.verdict,
        reasons=row.reasons,
        capture_id=row.capture_id or "",
        asset_id=row.asset_id or "",
        product_id=row.product_id or "",
        profile=row.profile,
        display_name=row.display_name,
        attempt=row.attempt,
    )
    for name in ("create_time", "start_time", "end_time"):
        if (moment := getattr(row, name)) is not None:
            getattr(job, name).FromDatetime(moment)
    return job
