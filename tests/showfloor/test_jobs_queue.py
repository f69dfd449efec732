"""The queue in the database, on SQLite and PostgreSQL: who may have a job, and until when."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from showfloor.ids import new_id
from showfloor.jobs import queue
from showfloor.jobs.ending import DIED
from showfloor.jobs.owner import is_gone, new_owner
from showfloor.store.database import Database
from showfloor.store.tables import Job, now
from sqlalchemy.orm import Session


def add(db: Database, count: int = 1) -> list[str]:
    def insert(session: Session) -> list[str]:
        jobs = [
            Job(
                id=new_id("job"), key_id="local", kind=1, state=queue.QUEUED, display_name=str(n), profile="quest3",
                options={}, create_time=now() + timedelta(milliseconds=n - count),
            )
            for n in range(count)
        ]  # fmt: skip
        session.add_all(jobs)
        return [job.id for job in jobs]

    return db.transact(insert)


def row(db: Database, job_id: str) -> Job:
    job = db.look(lambda session: session.get(Job, job_id))
    assert job is not None
    return job


def claim(db: Database, owner: str = "me", lease_s: float = 60.0) -> queue.Hold:
    task = db.transact(queue.claim, owner, lease_s)
    assert task is not None
    return task.hold


def test_the_oldest_job_comes_first(db: Database) -> None:
    ids = add(db, 3)
    assert [claim(db).job_id for _ in ids] == ids
    assert db.transact(queue.claim, "me", 60.0) is None
    assert row(db, ids[0]).start_time is not None


def test_many_that_claim_at_once_get_each_job_once(db: Database) -> None:
    ids = add(db, 24)
    with ThreadPoolExecutor(8) as pool:
        claims = list(pool.map(lambda n: db.transact(queue.claim, f"owner{n % 8}", 60.0), range(40)))
    assert sorted(c.hold.job_id for c in claims if c) == sorted(ids)


def test_look_tells_what_there_is_to_do(db: Database) -> None:
    assert db.look(queue.look) == queue.Due(False, False, frozenset())
    add(db, 2)
    claim(db, "a")
    assert db.look(queue.look) == queue.Due(True, False, frozenset({"a"}))
    claim(db, "b", -1.0)
    assert db.look(queue.look) == queue.Due(False, True, frozenset({"a", "b"}))


def test_jobs_of_the_dead_are_begun_again_until_they_fail(db: Database) -> None:
    alive, dead, lapsed, mine, tired = add(db, 5)
    claim(db, "alive")
    claim(db, "dead")
    claim(db, "lapsed", -1.0)
    claim(db, "me", -1.0)
    claim(db, "dead")
    db.transact(lambda s: setattr(s.get(Job, tired), "attempt", 3))
    states = dict(db.transact(queue.reap, ["dead"], [mine], 3, DIED))
    assert states == {dead: queue.QUEUED, lapsed: queue.QUEUED, tired: queue.FAILED}
    assert (row(db, tired).problem or {})["code"] == "WORKER_DIED"
    assert row(db, tired).end_time is not None
    assert row(db, alive).owner == "alive"
    assert claim(db, "next").job_id == dead
    assert row(db, dead).attempt == 2


def test_whoever_lost_a_job_changes_nothing_any_more(db: Database) -> None:
    (job_id,) = add(db)
    old = claim(db, "slow", -1.0)
    db.transact(queue.reap, [], [], 3, DIED)
    new = claim(db, "quick")
    before = row(db, job_id)
    note = queue.Note(old, "gltf", 0.9, "late")
    db.transact(queue.renew, [old], [note], 999.0)
    db.transact(queue.fail, old, {"code": "X", "message": "", "fix": ""})
    db.transact(queue.stop, old)
    db.transact(queue.put_back, old)
    after = row(db, job_id)
    for name in ("state", "owner", "attempt", "stage", "lease_time", "problem"):
        assert getattr(after, name) == getattr(before, name), name
    db.transact(queue.renew, [new], [queue.Note(new, "camera", 0.4, "now")], 60.0)
    assert (row(db, job_id).stage, row(db, job_id).fraction) == ("camera", 0.4)


def test_a_job_put_back_waits_its_time_and_may_not_count(db: Database) -> None:
    (job_id,) = add(db)
    db.transact(queue.put_back, claim(db), delay_s=60.0)
    assert db.transact(queue.claim, "me", 60.0) is None
    db.transact(lambda s: setattr(s.get(Job, job_id), "lease_time", now() - timedelta(seconds=1)))
    hold = claim(db)
    assert hold.attempt == 2
    db.transact(queue.put_back, hold, count=False)
    assert row(db, job_id).attempt == 1
    assert claim(db).attempt == 2


@pytest.mark.parametrize("way", ["put back", "failed", "reaped", "stopped"])
def test_a_job_that_shall_stop_is_never_begun_again(db: Database, way: str) -> None:
    (job_id,) = add(db)
    hold = claim(db, lease_s=-1.0)
    db.transact(lambda s: queue.request_cancel(s, s.get_one(Job, job_id)))
    assert row(db, job_id).state == queue.RUNNING
    match way:
        case "put back":
            db.transact(queue.put_back, hold)
        case "failed":
            db.transact(queue.fail, hold, {"code": "X", "message": "", "fix": ""})
        case "reaped":
            db.transact(queue.reap, [], [], 3, DIED)
        case "stopped":
            db.transact(queue.stop, hold)
    assert row(db, job_id).state == queue.CANCELLED
    assert row(db, job_id).problem is None
    db.transact(lambda s: queue.request_cancel(s, s.get_one(Job, job_id)))
    assert row(db, job_id).state == queue.CANCELLED


def test_owners_are_told_dead_only_where_that_is_certain() -> None:
    me = new_owner()
    place, pid, start, tail = me.split(":")
    assert len(me) <= 80
    assert me != new_owner()
    assert not is_gone(me)
    assert is_gone(f"{place}:{2**22 + 1}:{start}:{tail}")
    assert is_gone(f"{place}:{pid}:{int(start) - 1000}:{tail}"), "another process has its number now"
    assert not is_gone(f"elsewhere:{2**22 + 1}:{start}:{tail}")
