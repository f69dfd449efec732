"""GenerationService: what it takes, what it refuses, and with which words."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from showfloor.errors import Conflict, Forbidden, LimitReached, NotBuilt, NotFound
from showfloor.services.call import Call, Scope
from showfloor.store.tables import Asset, Job, Lod, Product, Variant
from showfloor.v1 import capture_pb2
from showfloor.v1 import generation_pb2 as pb

from assets_pipeline.errors import InputError, ShowfloorError
from tests.showfloor.job_shop import Shop, run, running


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A server that runs no jobs."""
    shop = Shop(tmp_path / "data", workers=0, max_jobs_per_key=4, max_queue=6)
    yield shop
    shop.close()


def ask(shop: Shop, key: str = "local", **fields: Any) -> pb.Job:
    return run(shop.service.reconstruct(pb.ReconstructRequest(**fields), Call(key)))


def refused(shop: Shop, kind: type[ShowfloorError], **fields: Any) -> str:
    with pytest.raises(kind) as e:
        ask(shop, **fields)
    assert e.value.message
    assert e.value.fix
    assert len(str(e.value)) < 400
    return e.value.code


def list_jobs(shop: Shop, **fields: Any) -> pb.ListJobsResponse:
    return run(shop.service.list_jobs(pb.ListJobsRequest(**fields), Call()))


def test_a_job_is_queued_as_asked(shop: Shop) -> None:
    capture_id = shop.capture("Tea tin")
    job = ask(shop, capture_id=capture_id, options=pb.ReconstructOptions(profile="web", marker_m=0.05))
    assert (job.kind, job.state) == (pb.JOB_KIND_RECONSTRUCT, pb.JOB_STATE_QUEUED)
    assert (job.capture_id, job.display_name, job.profile, job.attempt) == (capture_id, "Tea tin", "web", 0)
    assert job.HasField("create_time")
    assert not job.HasField("start_time")
    assert shop.row(job.id).options["marker_m"] == 0.05
    assert run(shop.service.get_job(pb.GetJobRequest(job_id=job.id), Call())) == job
    assert ask(shop, capture_id=capture_id).profile == "quest3"


def test_the_same_request_makes_one_job(shop: Shop) -> None:
    capture_id = shop.capture("tin")
    first = ask(shop, capture_id=capture_id, request_id="a")
    assert ask(shop, capture_id=capture_id, request_id="a").id == first.id
    assert ask(shop, key="another", capture_id=capture_id, request_id="a").id != first.id
    assert refused(shop, Conflict, capture_id=shop.capture("box"), request_id="a") == "REQUEST_ID_REUSED"
    other = pb.ReconstructOptions(height_m=0.2)
    assert refused(shop, Conflict, capture_id=capture_id, request_id="a", options=other) == "REQUEST_ID_REUSED"
    with ThreadPoolExecutor(8) as pool:
        jobs = list(pool.map(lambda _: ask(shop, capture_id=capture_id, request_id="b").id, range(16)))
    assert len(set(jobs)) == 1
    run(shop.service.cancel_job(pb.CancelJobRequest(job_id=first.id), Call()))
    assert ask(shop, capture_id=capture_id, request_id="a").state == pb.JOB_STATE_CANCELLED


def test_bad_requests(shop: Shop) -> None:
    ready = shop.capture("tin")
    uploading = shop.capture("new", capture_pb2.CAPTURE_STATE_UPLOADING)
    assert refused(shop, NotFound, capture_id="cap_none") == "CAPTURE_NOT_FOUND"
    assert refused(shop, NotFound, capture_id="") == "CAPTURE_NOT_FOUND"
    assert refused(shop, Conflict, capture_id=uploading) == "CAPTURE_NOT_READY"
    for product_id in ("none", "x" * 10_000, "a\0b"):
        assert refused(shop, NotFound, capture_id=ready, product_id=product_id) == "PRODUCT_UNKNOWN"
    for request_id in ("x" * 65, "a b", "a\0"):
        assert refused(shop, InputError, capture_id=ready, request_id=request_id) == "REQUEST_ID_INVALID"
    profile = pb.ReconstructOptions(profile="quest9")
    assert refused(shop, InputError, capture_id=ready, options=profile) == "UNKNOWN_PROFILE"
    for size in (-0.1, 0.0001, 101.0, float("nan"), float("inf")):
        options = pb.ReconstructOptions(width_m=size)
        assert refused(shop, InputError, capture_id=ready, options=options) == "SIZE_OUT_OF_RANGE"
    assert shop.all(Job) == []


def test_the_declared_size_counts_where_options_give_none(shop: Shop) -> None:
    def products(session: Any) -> None:
        size = {"xM": 0.1, "yM": 0.2, "zM": 0.3}
        session.add(Product(id="sized", data={"titles": {"en": "Tin"}, "size": size}, words="", category="", etag=""))
        session.add(Product(id="bare", data={"titles": {"en": "Tin"}}, words="", category="", etag=""))

    shop.db.transact(products)
    capture_id = shop.capture("tin")

    def sizes(**fields: Any) -> list[float | None]:
        options = shop.row(ask(shop, capture_id=capture_id, **fields).id).options
        return [options[name] for name in ("width_m", "height_m", "depth_m", "marker_m")]

    assert sizes(product_id="sized") == [0.1, 0.2, 0.3, None]
    assert sizes(product_id="sized", options=pb.ReconstructOptions(marker_m=0.05)) == [None, None, None, 0.05]
    assert sizes(product_id="bare") == [None] * 4


def test_limits_name_themselves(shop: Shop) -> None:
    capture_id = shop.capture("tin")
    jobs = [ask(shop, capture_id=capture_id) for _ in range(4)]
    with pytest.raises(LimitReached, match=r"TOO_MANY_JOBS.* 4 .*max_jobs_per_key"):
        ask(shop, capture_id=capture_id)
    for _ in range(2):
        ask(shop, key="another", capture_id=capture_id)
    with pytest.raises(LimitReached, match=r"QUEUE_FULL.*6.*max_queue"):
        ask(shop, key="third", capture_id=capture_id)
    run(shop.service.cancel_job(pb.CancelJobRequest(job_id=jobs[0].id), Call()))
    ask(shop, capture_id=capture_id)


def test_lists_are_newest_first_and_paged(shop: Shop) -> None:
    capture_id = shop.capture("tin")
    ids = [ask(shop, capture_id=capture_id).id for _ in range(4)][::-1]
    run(shop.service.cancel_job(pb.CancelJobRequest(job_id=ids[1]), Call()))
    first = list_jobs(shop, page_size=3)
    last = list_jobs(shop, page_size=3, page_token=first.next_page_token)
    assert sorted(j.id for j in (*first.jobs, *last.jobs)) == sorted(ids)
    assert [j.id for j in first.jobs] == sorted((j.id for j in first.jobs), reverse=True)
    assert (len(first.jobs), len(last.jobs), last.next_page_token) == (3, 1, "")
    cancelled = list_jobs(shop, states=[pb.JOB_STATE_CANCELLED])
    assert [j.id for j in cancelled.jobs] == [ids[1]]
    for fields in ({"page_size": 201}, {"page_size": -1}):
        with pytest.raises(InputError, match="PAGE_SIZE_INVALID"):
            list_jobs(shop, **fields)
    with pytest.raises(InputError, match="PAGE_TOKEN_INVALID"):
        list_jobs(shop, page_token=first.next_page_token, states=[pb.JOB_STATE_QUEUED])
    for states in ([0], [77], [-1]):
        with pytest.raises(InputError, match="JOB_STATE_INVALID"):
            list_jobs(shop, states=states)


def test_unknown_jobs_and_calls_that_are_not_built(shop: Shop) -> None:
    for job_id in ("", "job_none", "a\0", "x" * 10_000):
        with pytest.raises(NotFound, match="JOB_NOT_FOUND"):
            run(shop.service.get_job(pb.GetJobRequest(job_id=job_id), Call()))
        with pytest.raises(NotFound, match="JOB_NOT_FOUND"):
            run(shop.service.cancel_job(pb.CancelJobRequest(job_id=job_id), Call()))
    with pytest.raises(NotBuilt):
        run(shop.service.generate_texture(pb.GenerateTextureRequest(), Call()))
    with pytest.raises(NotBuilt):
        run(shop.service.fit_garment(pb.FitGarmentRequest(), Call()))


def test_a_variant_is_made_once_and_joins_its_asset(tmp_path: Path) -> None:
    async def go() -> None:
        shop = Shop(tmp_path / "data", workers=2)
        async with running(shop):
            go_on = shop.data / "go"
            go_on.touch()
            made = await shop.end(await shop.begin("hold", options=pb.ReconstructOptions(height_m=0.12)))
            (asset,) = shop.all(Asset)
            go_on.unlink()
            ensure = shop.service.ensure_variant
            reader = Call("reader", frozenset({Scope.read}))
            with pytest.raises(Forbidden, match="SCOPE_MISSING"):
                await ensure(asset.id, "web", reader)
            assert await ensure(asset.id, "quest3", reader) == made.id
            ids = {await ensure(asset.id, "web", Call()) for _ in range(5)}
            assert await ensure(asset.id, "web", reader) in ids
            ids |= set(await asyncio.gather(*(ensure(asset.id, "web", Call(f"key{n}")) for n in range(10))))
            (job_id,) = ids
            go_on.touch()
            row = await shop.end(job_id)
            assert (row.kind, row.state, row.asset_id) == (pb.JOB_KIND_VARIANT, pb.JOB_STATE_SUCCEEDED, asset.id)
            assert row.options == {**made.options, "profile": "web"}
            (after,) = shop.all(Asset)
            assert after.etag != asset.etag
            assert (after.report, after.thumbnail, after.create_time) == (
                asset.report,
                asset.thumbnail,
                asset.create_time,
            )
            variants = {v.profile: v for v in shop.all(Variant)}
            assert set(variants) == {"quest3", "web"}
            assert variants["web"].etag != variants["quest3"].etag
            assert len(shop.all(Lod)) == 6
            assert await ensure(asset.id, "web", Call()) == job_id
            assert await ensure(asset.id, "quest3", Call()) == made.id
            with pytest.raises(NotFound, match="ASSET_NOT_FOUND"):
                await ensure("ast_none", "web", Call())
            with pytest.raises(InputError, match="UNKNOWN_PROFILE"):
                await ensure(asset.id, "quest9", Call())
            shop.db.transact(lambda s: setattr(s.get(Asset, asset.id), "capture_id", None))
            with pytest.raises(Conflict, match="CAPTURE_GONE"):
                await ensure(asset.id, "desktop", Call())

    run(go())
