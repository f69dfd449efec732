"""Search against BM25 alone on an own judged set, and its time at 20,000 products.

    python benchmarks/bench_search.py products.json      # of dummyjson; the model by `showfloor models pull e5-small`
    … --esci esci_sample --postgres postgresql://user@host/empty

The set, ``search_judgments.txt``, has English and Chinese queries with graded answers. BM25 is SQLite's, over the same
words (plurals and accents aside), every word of the query by itself. NDCG@10 is the mean over all queries.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from showfloor.search import lexical, pgvector
from showfloor.search.e5_file import Array
from showfloor.search.finder import Finder
from showfloor.search.query import understand
from showfloor.search.vectors import Meaning, store_vectors
from showfloor.search.words import is_chinese, words
from showfloor.services.call import Call
from showfloor.services.catalog import CatalogService
from showfloor.services.shelf import Shelf
from showfloor.store.database import Database
from showfloor.v1 import catalog_pb2 as pb

MANY = 20_000
GRADES = {"click": 1, "item_click": 1, "add_to_cart": 2, "purchase": 3}
Judged = list[tuple[str, dict[str, int]]]


def judgments() -> Judged:
    found = []
    for line in (Path(__file__).parent / "search_judgments.txt").read_text().splitlines():
        if line.startswith("#") or not line:
            continue
        query, *grades = (part.strip() for part in line.split("|"))
        found.append((query, {i: g for g, part in zip((3, 1), grades, strict=True) for i in numbers(part)}))
    return found


def numbers(text: str) -> list[str]:
    ends = [part.partition("-") for part in text.split()]
    return [str(i) for a, _, b in ends for i in range(int(a), int(b or a) + 1)]


def ndcg(ranked: list[str], grades: dict[str, int], top: int = 10) -> float:
    def total(gains: list[int]) -> float:
        return sum((2**g - 1) / np.log2(n + 2) for n, g in enumerate(gains[:top]))

    return total([grades.get(i, 0) for i in ranked]) / total(sorted(grades.values(), reverse=True))


def esci(folder: Path) -> tuple[list[str], Judged]:
    """Products of the events whose titles are known, as rows; and what was chosen by query."""
    titles: dict[str, str] = {}
    queries: dict[str, str] = {}
    did: list[tuple[str, str, int]] = []
    for line in (folder / "ubi_queries_events.ndjson").read_text().splitlines():
        entry = json.loads(line)
        thing = (entry.get("event_attributes") or {}).get("object") or {}
        if entry.get("user_query"):
            queries[entry.get("query_id", "")] = entry["user_query"]
        if thing.get("object_id") and thing.get("description"):
            titles[thing["object_id"]] = thing["description"]
        if entry.get("action_name") in GRADES:
            did.append((entry["query_id"], thing.get("object_id", ""), GRADES[entry["action_name"]]))
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for query_id, product, grade in did:
        if product in titles and query_id in queries:
            grades = found[queries[query_id]]
            grades[product] = max(grade, grades.get(product, 0))
    rows = [json.dumps({"id": i, "titles": {"en": title[:300]}}) for i, title in titles.items()]
    return rows, list(found.items())


def row(p: dict[str, Any], product_id: str, title: str = "") -> str:
    cents = round(100 * p["price"])
    price = {"currencyCode": "USD", "units": cents // 100, "nanos": cents % 100 * 10_000_000}
    texts = {"titles": {"en": title or p["title"]}, "descriptions": {"en": p["description"]}}
    facts = {"brand": p.get("brand", ""), "category": p["category"], "tags": p["tags"], "price": price}
    return json.dumps({"id": product_id, "stock": max(1, p["stock"])} | texts | facts)


def load(db: Database, shelf: Shelf, rows: list[str]) -> None:
    service = CatalogService(db, shelf)
    for begin in range(0, len(rows), 2000):
        data = "\n".join(rows[begin : begin + 2000]).encode()
        request = pb.ImportProductsRequest(format=pb.IMPORT_FORMAT_JSONL, data=data)
        problems = asyncio.run(service.import_products(request, Call())).problems
        assert not problems, problems
    service.close()


def quality(db: Database, shelf: Shelf, judged: Judged) -> None:
    finder, unarmed = (Finder(db, shelf.index, m) for m in (shelf.meaning, Meaning(db, shelf.index)))
    names = ["BM25 alone", "words, synonyms, filters, typos", "and meaning"]
    results: dict[str, list[float]] = {name: [] for name in names}
    with db.session(write=False) as session:
        for query, grades in judged:
            plain = dict.fromkeys(words(query), 1.0)
            ranks = [
                [i for i, _ in lexical.find(session, plain, {}, 10, sqlite=True)],
                [i for i, _ in unarmed.find(session, query).hits],
                [i for i, _ in finder.find(session, query).hits],
            ]
            for name, ranked in zip(names, ranks, strict=True):
                results[name].append(ndcg(ranked, grades))
            if results[names[2]][-1] < 0.5:
                print(f"  weak: {query} {results[names[2]][-1]:.2f} {understand(query).words} {ranks[2][:5]}")
    chinese = np.array([is_chinese(query) for query, _ in judged])
    for name, values in results.items():
        v = np.array(values)
        parts = [v[c].mean() for c in (chinese | True, ~chinese, chinese) if c.any()]
        print(f"| {name} | {' | '.join(f'{part:.3f}' for part in parts)} |")
    print(f"{len(judged)} queries, {chinese.sum()} of them Chinese")


def speed(products: list[dict[str, Any]], model: Meaning, url: str) -> None:
    """Every product many times with other words in its title; vectors are those of the originals with noise."""
    db = Database(url)
    db.migrate()
    shelf = Shelf(db)
    shelf.meaning.embedder = model.embedder
    assert model.embedder is not None
    random.seed(1)
    nouns = [w for p in products for w in p["title"].split()]
    chosen = [products[n % len(products)] for n in range(MANY)]
    load(db, shelf, [row(p, f"p{n}", f"{p['title']} {random.choice(nouns)} {n}") for n, p in enumerate(chosen)])
    begin = time.perf_counter()
    db.look(shelf.index.refresh)
    kind = "SQLite" if db.sqlite else "PostgreSQL"
    print(f"{kind}: reading {MANY:,} products at the start: {time.perf_counter() - begin:.1f} s")
    noise = np.random.default_rng(1).normal(0, 0.03, (MANY, model.embedder.width)).astype(np.float32)
    base = model.embedder.passages([p["title"] for p in products])
    rows = base[np.arange(MANY) % len(products)] + noise
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    made = [(f"p{n}", shelf.index.facts[f"p{n}"].digest, r) for n, r in enumerate(rows)]
    shelf.index.set_vectors(made)
    ask(db, shelf, f"{kind}, vectors in memory")
    if not db.sqlite:
        for first in range(0, MANY, 500):
            db.transact(store_vectors, made[first : first + 500], False)
        begin = time.perf_counter()
        if pgvector.prepare(db, model.embedder.width):
            print(f"pgvector's column and index: {time.perf_counter() - begin:.0f} s")
            db.look(shelf.index.let_go)
            ask(db, shelf, "PostgreSQL, pgvector")
            recall(db, model, rows)
    shelf.close()
    db.close()


def ask(db: Database, shelf: Shelf, what: str) -> None:
    service = CatalogService(db, shelf)
    shelf.finder._vector.cache_clear()  # else the model's time would not be in it
    queries = [query for query, _ in judgments()]
    taken = []

    async def ask_all() -> None:
        for query in queries:
            begin = time.perf_counter()
            await service.search(pb.SearchRequest(query=query), Call())
            taken.append(1000 * (time.perf_counter() - begin))

    asyncio.run(ask_all())
    half, high = np.percentile(taken, [50, 95])
    print(f"{what}, {MANY:,} products, {len(queries)} queries, none twice: {half:.1f} ms median, {high:.1f} ms p95")
    service.close()


def recall(db: Database, model: Meaning, rows: Array) -> None:
    """Share of the truly nearest that pgvector finds."""
    assert model.embedder is not None
    tops: dict[int, list[float]] = {10: [], 100: []}
    with db.session(write=False) as session:
        for query, _ in judgments():
            vector = model.embedder.query(query)
            found = [i for i, _ in pgvector.nearest(session, vector)]
            exact = np.argsort(-(rows @ vector))
            for top, shares in tops.items():
                shares.append(len({*found[:top]} & {f"p{n}" for n in exact[:top]}) / top)
    print("recall of pgvector: " + ", ".join(f"{np.mean(v):.3f} of the nearest {top}" for top, v in tops.items()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("products", type=Path)
    parser.add_argument("--skip-speed", action="store_true")
    parser.add_argument("--esci", type=Path, help="folder esci_sample: what was clicked there, as a second set")
    parser.add_argument("--postgres", default="", help="URL of an empty database with pgvector, for its speed too")
    parser.add_argument("--keep", type=Path, help="folder for the small catalogue, to be used again")
    options = parser.parse_args()
    products = json.loads(options.products.read_text())
    with tempfile.TemporaryDirectory() as folder:
        db = Database(f"sqlite:///{(options.keep or Path(folder)) / 'small.db'}")
        db.migrate()
        shelf = Shelf(db)
        shelf.meaning.load()
        load(db, shelf, [row(p, str(p["id"])) for p in products])
        begin = time.perf_counter()
        while shelf.meaning.step():
            pass
        print(f"vectors of {len(products)} products: {time.perf_counter() - begin:.1f} s")
        quality(db, shelf, judgments())
        db.close()
        if options.esci:
            rows, judged = esci(options.esci)
            clicked = Database(f"sqlite:///{Path(folder) / 'esci.db'}")
            clicked.migrate()
            other = Shelf(clicked)
            other.meaning.embedder = shelf.meaning.embedder
            load(clicked, other, rows)
            while other.meaning.step():
                pass
            print(f"ESCI: {len(rows)} products, {sum(len(g) for _, g in judged)} of them chosen")
            quality(clicked, other, judged)
            clicked.close()
        if not options.skip_speed:
            for url in filter(None, (f"sqlite:///{Path(folder) / 'many.db'}", options.postgres)):
                speed(products, shelf.meaning, url)


if __name__ == "__main__":
    main()
