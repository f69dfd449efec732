"""Insights over a million events, beside SQL on the same rows; and experiments that are looked at all the time.

    python benchmarks/bench_insights.py [--events 1000000] [--database postgresql://…] [--write]

Speed: the service as the server runs it, against one SQL query over the table of events that gives the same funnel or
breakdown. While figures are computed, the event loop's longest pause and the time of RecordEvents are watched. Truth:
1,000 experiments with and without a difference, looked at after every shopper by the server's test and by a z-test.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import page
from showfloor.insights.export import Format, export
from showfloor.insights.sequential import EFFECT
from showfloor.services.call import Call
from showfloor.services.insights import InsightsService
from showfloor.store.database import Database
from showfloor.store.tables import Event
from showfloor.v1 import insights_pb2 as pb
from sqlalchemy import insert, text

SHOPPERS_PER_EVENT = 0.1
PERSON = "CASE WHEN shopper_id <> '' THEN 'u' || shopper_id ELSE 's' || session_id END"
FLAGS = ", ".join(f"max(CASE WHEN kind = {k} THEN 1 ELSE 0 END) AS k{k}" for k in range(1, 8))
SUMS = "count(*), sum(CASE WHEN k2 + k6 + k7 > 0 THEN 1 END), sum(k3), sum(k4), sum(k5), sum(max67), sum(k7)"
INNER = f"{FLAGS}, max(CASE WHEN kind IN (6, 7) THEN 1 ELSE 0 END) AS max67 FROM events WHERE time >= :start"
FUNNEL = f"SELECT {SUMS} FROM (SELECT {INNER} GROUP BY {PERSON}) AS people"
PRODUCTS = (
    f"SELECT product_id, {SUMS} FROM (SELECT product_id, {INNER} GROUP BY product_id, {PERSON}) AS people "
    "GROUP BY product_id ORDER BY 2 DESC LIMIT 50"
)
Row = tuple[str, str, str, str]


def rows(count: int) -> Iterator[dict[str, Any]]:
    """Events of a month: ten of each shopper on average, of 2,000 products, of which few are popular."""
    random = np.random.default_rng(1)
    kinds = random.choice(np.arange(1, 9), count, p=[0.55, 0.25, 0.05, 0.03, 0.02, 0.05, 0.04, 0.01])
    shoppers = random.integers(0, max(1, int(count * SHOPPERS_PER_EVENT)), count)
    products = (random.pareto(1.2, count) * 10).astype(int) % 2000
    seconds = np.sort(random.random(count)) * 28 * 86_400
    begin = datetime.now(UTC) - timedelta(days=29)
    for n in range(count):
        shopper = int(shoppers[n])
        yield {
            "id": f"{n:08d}-e7a1-4b1c-9a55-0f6f3d2b7c11",
            "kind": int(kinds[n]),
            "time": begin + timedelta(seconds=float(seconds[n])),
            "shopper_id": f"shopper-{shopper:08d}" if shopper % 5 else "",
            "session_id": f"session-{shopper:08d}",
            "product_id": f"product-{products[n]}",
            "scene": ("web", "vr-showroom/hall-1", "ar-app")[shopper % 3],
            "arms": {"viewer": "ab"[shopper % 2]},
        }


def fill(db: Database, count: int) -> None:
    db.migrate()
    batch: list[dict[str, Any]] = []

    def write() -> None:
        with db.session() as session:
            session.execute(insert(Event), batch)
        batch.clear()

    for row in rows(count):
        batch.append(row)
        if len(batch) == 50_000:
            write()
    if batch:
        write()


async def timed(work: Callable[[], Awaitable[Any]]) -> tuple[float, Any]:
    begin = time.perf_counter()
    answer = await work()
    return time.perf_counter() - begin, answer


async def speed(db: Database, count: int) -> list[Row]:
    insights = InsightsService(db, patience_s=None)
    call = Call()
    asks: dict[str, Callable[[], Awaitable[Any]]] = {
        "funnel and lift": lambda: insights.funnel(pb.FunnelRequest(), call),
        "funnel of a scene": lambda: insights.funnel(pb.FunnelRequest(scene="ar-app"), call),
        "breakdown by product": lambda: insights.breakdown(pb.BreakdownRequest(), call),
        "breakdown by scene": lambda: insights.breakdown(pb.BreakdownRequest(by=pb.BREAKDOWN_BY_SCENE), call),
        "retention": lambda: insights.retention(pb.RetentionRequest(), call),
        "experiment": lambda: insights.experiment(pb.ExperimentRequest(experiment="viewer"), call),
    }
    first, _ = await timed(asks["funnel and lift"])
    found = [("first question after the start, all events read", "–", f"{first:.1f} s", "")]
    start = datetime.now(UTC) - timedelta(days=30)
    for name, ask in asks.items():
        taken = [(await timed(ask))[0] for _ in range(5)]
        query = {"funnel and lift": FUNNEL, "breakdown by product": PRODUCTS}.get(name)
        beside = ""
        if query:
            begin = time.perf_counter()
            with db.session(write=False) as session:
                session.execute(text("SET LOCAL statement_timeout = 0")) if not db.sqlite else None
                moment = start.strftime("%Y-%m-%d %H:%M:%S") if db.sqlite else start
                answer = session.execute(text(query), {"start": moment}).all()
            beside = f"{time.perf_counter() - begin:.2f} s"
            if name == "funnel and lift":
                ours = [step.shoppers for step in (await ask()).steps]
                assert ours == [int(n or 0) for n in answer[0]], (ours, answer)
        found.append((f"{name}, {count:,} events", "≤ 1 s", f"{np.median(taken):.2f} s", beside))
    return [*found, *await beside_writers(insights, asks["breakdown by product"])]


async def beside_writers(insights: InsightsService, ask: Callable[[], Awaitable[Any]]) -> list[Row]:
    """Pauses of the loop and times of RecordEvents while figures are computed one after the other."""
    end = time.perf_counter() + 5
    pauses, writes = [0.0], []

    async def watch() -> None:
        while time.perf_counter() < end:
            before = time.perf_counter()
            await asyncio.sleep(0.001)
            pauses.append(time.perf_counter() - before - 0.001)

    async def write() -> None:
        number = 0
        while time.perf_counter() < end:
            events = [pb.Event(id=f"w{time.time_ns()}-{n}", kind=1, shopper_id="w", product_id="p") for n in range(50)]
            taken, _ = await timed(
                lambda events=events: insights.record_events(pb.RecordEventsRequest(events=events), Call())
            )
            writes.append(1000 * taken)
            number += 1
            await asyncio.sleep(0.02)

    async def look() -> None:
        while time.perf_counter() < end:
            await ask()

    await asyncio.gather(watch(), write(), look())
    insights.close()
    return [
        ("longest pause of the event loop meanwhile", "–", f"{1000 * max(pauses):.0f} ms", ""),
        ("RecordEvents of 50 meanwhile, p95", "–", f"{np.percentile(writes, 95):.0f} ms", ""),
    ]


def truth(experiments: int = 1000, shoppers: int = 10_000) -> list[Row]:
    """Share of experiments that are ever called, looked at after every shopper from the hundredth on."""
    found = []
    for title, rate, rate_b in (
        ("no difference, rate 2 %", 0.02, 0.02),
        ("no difference, rate 10 %", 0.1, 0.1),
        ("no difference, rate 40 %", 0.4, 0.4),
        ("5 % against 7 %", 0.05, 0.07),
        ("10 % against 12 %", 0.1, 0.12),
    ):
        random = np.random.default_rng(1)
        n = np.arange(1, shoppers + 1)
        peeked = once = 0
        stops = []
        for _ in range(experiments):
            in_b = random.random(shoppers) < 0.5
            success = random.random(shoppers) < np.where(in_b, rate_b, rate)
            n_b, x, x_b = np.cumsum(in_b), np.cumsum(success), np.cumsum(success & in_b)
            information = x / n * (1 - x / n) * n_b * (n - n_b) / n
            score = x_b - x * n_b / n
            shrink = 1 + EFFECT**2 * information
            log_e = EFFECT**2 * score**2 / (2 * shrink) - 0.5 * np.log(shrink)
            z = np.abs(score) / np.sqrt(np.where(information > 0, information, np.inf))
            called = np.flatnonzero(log_e[100:] >= np.log(20))
            stops += [100 + int(called[0])] if len(called) else []
            peeked += bool((z[100:] >= 1.96).any())
            once += bool(z[-1] >= 1.96)
        target = "≤ 5 %" if rate == rate_b else "–"
        shown = [f"{100 * k / experiments:.1f} %" for k in (len(stops), peeked, once)]
        after = "" if rate == rate_b else f", half of them by {np.median(stops):,.0f} shoppers"
        beside = f"{shown[1]}; one look at the end {shown[2]}"
        found.append((f"called: {title}, {shoppers:,} shoppers", target, shown[0] + after, beside))
    return found


def files(db: Database, folder: Path) -> list[Row]:
    found = []
    for kind in Format:
        begin = time.perf_counter()
        count = export(db, folder / f"events.{kind.value}", kind)
        taken = time.perf_counter() - begin
        size = (folder / f"events.{kind.value}").stat().st_size
        found.append((f"export of {count:,} events as {kind.value}", "–", f"{taken:.1f} s, {size / 1e6:.0f} MB", ""))
    return found


def table(found: list[Row]) -> str:
    lines = ["| what | target | Showfloor | beside it |", "|---|---|---|---|"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in found)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--database", help="an empty PostgreSQL database; default: SQLite in a temporary folder")
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        db = Database(options.database or f"sqlite:///{folder}/showfloor.db")
        fill(db, options.events)
        found = [*asyncio.run(speed(db, options.events)), *files(db, Path(folder)), *truth()]
        kind = "SQLite" if db.sqlite else "PostgreSQL"
        db.close()
    head = f"{page.measured()} Beside it: one query in {kind}; for experiments a z-test looked at all the time."
    print(f"{head}\n\n{table(found)}")
    if options.write:
        page.put("bench_insights.py", f"{head}\n\n{table(found)}")


if __name__ == "__main__":
    main()
