"""Leave-one-out recommendation: the own model against EASE, and ALS and BPR of ``implicit``, on one split.

Data: what shoppers chose, as `showfloor eval recommend --events` takes it: MovieLens 100K in RecBole's format
(``ml-100k.inter`` of the package recbole), where every rating counts as a choice. The last choice of each user is to be
found among all products that the user has not chosen before. Settings of the baselines are the best of a grid for the
choice before the last one; those of the own model are its defaults, which were found in the same way. The own model is
the one method that sees the order of choices; the row «own, without order» is the fair one beside the others.

    python benchmarks/bench_recommend.py ml-100k.inter        # `pip install implicit` for ALS and BPR
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import random
import tempfile
import time
from pathlib import Path

from showfloor.recommend.evaluation import LIBRARY, METHODS, Split, has_implicit
from showfloor.recommend.event_files import read_histories
from showfloor.recommend.model import fit
from showfloor.services.call import Call
from showfloor.services.catalog import CatalogService
from showfloor.services.insights import InsightsService
from showfloor.services.shelf import Shelf
from showfloor.store.database import Database
from showfloor.v1 import catalog_pb2
from showfloor.v1.insights_pb2 import Event, EventKind, RecordEventsRequest

ALS = tuple(itertools.product((16, 32, 64), (0.1, 1, 10), (1, 5, 20)))
"""Factors, regularisation, confidence: a wider grid than `showfloor eval recommend` has time for."""
PRODUCTS = 20_000


def ingest(folder: Path, batches: int = 30) -> None:
    """Events a second from one client that waits for each batch of 1,000; then how soon one more changes an answer."""
    db = Database(f"sqlite:///{folder / 'events.db'}")
    db.migrate()
    shelf = Shelf(db)
    catalogue, insights = CatalogService(db, shelf), InsightsService(db)
    rows = "\n".join(f'{{"id": "p{n}", "titles": {{"en": "Thing {n % 400} {n}"}}}}' for n in range(PRODUCTS))
    request = catalog_pb2.ImportProductsRequest(format=catalog_pb2.IMPORT_FORMAT_JSONL, data=rows.encode())
    dice = random.Random(1)

    def event(number: int, shopper: str, product: str) -> Event:
        kind = EventKind.EVENT_KIND_CARD_OPENED
        return Event(id=f"e{number}", kind=kind, shopper_id=shopper, session_id="s", product_id=product)

    async def ask(shopper: str) -> list[str]:
        answer = await catalogue.recommend(catalog_pb2.RecommendRequest(shopper_id=shopper), Call())
        return [hit.product.id for hit in answer.hits]

    async def work() -> None:
        await catalogue.import_products(request, Call())
        sent = [
            RecordEventsRequest(
                events=[
                    event(1000 * b + n, f"u{dice.randrange(3000)}", f"p{int(PRODUCTS * dice.random() ** 3)}")
                    for n in range(1000)
                ]
            )
            for b in range(batches)
        ]
        begin = time.perf_counter()
        for batch in sent:
            await insights.record_events(batch, Call())
        print(f"events: {1000 * batches / (time.perf_counter() - begin):,.0f} a second")
        shelf.recommender.learn()
        before = await ask("new")
        taken = []
        for n in range(20):
            begin = time.perf_counter()
            await insights.record_events(RecordEventsRequest(events=[event(10**6 + n, "new", f"p{3 * n}")]), Call())
            after = await ask("new")
            taken.append(1000 * (time.perf_counter() - begin))
            assert after != before
            before = after
        print(f"event and changed answer at {PRODUCTS:,} products: {max(taken):.0f} ms at most of {len(taken)}")

    asyncio.run(work())
    catalogue.close()
    db.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    with tempfile.TemporaryDirectory() as folder:
        ingest(Path(folder))
    split = Split(read_histories(parser.parse_args().file))
    choices = sum(map(len, split.histories))
    print(f"{len(split.histories)} users, {len(split.ids)} products, {choices} choices")
    begin = time.perf_counter()
    fit([history[:-1] for history in split.histories])
    print(f"learning {time.perf_counter() - begin:.1f} s")
    print("| | NDCG@10 | hit rate@10 | coverage | diversity |\n|---|---|---|---|---|")
    for method, make, grid in (*METHODS, *LIBRARY) if has_implicit() else METHODS:
        row = split.best(method, make, ALS if method == "implicit ALS" else grid)
        settings = f", {row.settings}" if row.settings else ""
        numbers = " | ".join(f"{x:.3f}" for x in (row.ndcg, row.hit_rate, row.coverage, row.diversity))
        print(f"| {method}{settings} | {numbers} |", flush=True)


if __name__ == "__main__":
    main()
