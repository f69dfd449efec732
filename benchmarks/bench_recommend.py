"""Leave-one-out recommendation: the own model against EASE and the ALS of ``implicit``, on one split.

Data: a file with a header and the tab-separated columns user, item, rating, time, such as MovieLens 100K in RecBole's
format (``ml-100k.inter``). Every rating counts as a choice. The last choice of each user is to be found among all
products that the user has not chosen before. Parameters of the baselines are the best of a grid for the choice before
the last one; those of the own model are its defaults, which were found in the same way.

    python benchmarks/bench_recommend.py ml-100k.inter        # `pip install implicit` for ALS
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import random
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np
from showfloor.recommend.model import Array, fit
from showfloor.services.call import Call
from showfloor.services.catalog import CatalogService
from showfloor.services.insights import InsightsService
from showfloor.services.shelf import Shelf
from showfloor.store.database import Database
from showfloor.v1 import catalog_pb2
from showfloor.v1.insights_pb2 import Event, EventKind, RecordEventsRequest

Histories = list[list[str]]
Scorer = Callable[[list[str]], Array]
TOP = 10
PRODUCTS = 20_000


def read(path: Path) -> Histories:
    rows = defaultdict(list)
    for line in path.read_text().splitlines()[1:]:
        user, item, _, moment = line.split("\t")
        rows[user].append((float(moment), item))
    return [[item for _, item in sorted(v)] for v in rows.values() if len(v) > 3]


def measure(histories: Histories, answers: list[str], slots: dict[str, int], score: Scorer) -> tuple[float, float]:
    """NDCG@10 and hit rate@10."""
    gain = hits = 0.0
    for history, answer in zip(histories, answers, strict=True):
        scores = np.array(score(history), np.float64)
        scores[[slots[i] for i in history if i in slots]] = -np.inf
        place = int((scores > scores[slots[answer]]).sum()) if answer in slots else TOP
        if place < TOP:
            gain += 1 / np.log2(place + 2)
            hits += 1
    return gain / len(histories), hits / len(histories)


def ease(histories: Histories, ids: list[str], regularisation: float) -> Scorer:
    slots = {i: n for n, i in enumerate(ids)}
    x = np.zeros((len(histories), len(ids)))
    for row, history in zip(x, histories, strict=True):
        row[[slots[i] for i in history]] = 1
    inverse = np.linalg.inv(x.T @ x + regularisation * np.eye(len(ids)))
    weights = inverse / -np.diag(inverse)
    np.fill_diagonal(weights, 0)
    return lambda history: weights[[slots[i] for i in history]].sum(0)


def als(histories: Histories, ids: list[str], factors: int, regularisation: float, alpha: float) -> Scorer:
    from implicit.als import AlternatingLeastSquares
    from scipy.sparse import csr_matrix

    slots = {i: n for n, i in enumerate(ids)}
    rows = [(u, slots[i]) for u, history in enumerate(histories) for i in history]
    users, items = zip(*rows, strict=True)
    table = csr_matrix((np.ones(len(rows), np.float32), (users, items)), (len(histories), len(ids)))
    model = AlternatingLeastSquares(
        factors, regularization=regularisation, alpha=alpha, iterations=15, random_state=1, num_threads=1
    )
    model.fit(table, show_progress=False)
    place = {tuple(history): u for u, history in enumerate(histories)}
    return lambda history: model.item_factors @ model.user_factors[place[tuple(history)]]


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
    histories = read(parser.parse_args().file)
    ids = sorted({i for history in histories for i in history})
    slots = {i: n for n, i in enumerate(ids)}
    before, held = [h[:-2] for h in histories], [h[-2] for h in histories]
    known, last = [h[:-1] for h in histories], [h[-1] for h in histories]

    def best(name: str, make: Callable[..., Scorer], grid: list[tuple[float, ...]]) -> None:
        tried = [(measure(before, held, slots, make(before, ids, *choice))[0], choice) for choice in grid]
        choice = max(tried)[1]
        ndcg, hit = measure(known, last, slots, make(known, ids, *choice))
        print(f"| {name}, {choice} | {ndcg:.4f} | {hit:.4f} |", flush=True)

    print(f"{len(histories)} users, {len(ids)} products, {sum(map(len, histories))} choices")
    begin = time.perf_counter()
    model = fit(known)
    learnt = time.perf_counter() - begin

    def own(history: list[str]) -> Array:
        found = np.zeros(len(ids), np.float32)
        found[[slots[i] for i in model.ids]] = model.scores([(i, 1.0) for i in history])
        return found

    ndcg, hit = measure(known, last, slots, own)
    print(f"learning {learnt:.1f} s")
    print(f"| own | {ndcg:.4f} | {hit:.4f} |", flush=True)
    counts = np.zeros(len(ids))
    for history in known:
        counts[[slots[i] for i in history]] += 1
    ndcg, hit = measure(known, last, slots, lambda _: counts)
    print(f"| popularity | {ndcg:.4f} | {hit:.4f} |", flush=True)
    best("EASE", ease, [(r,) for r in (30, 100, 300, 1000)])
    grid = list(itertools.product((16, 32, 64), (0.1, 1.0, 10.0), (1.0, 5.0, 20.0)))
    best("implicit ALS", als, [(f, r, a) for f, r, a in grid])


if __name__ == "__main__":
    main()
