"""Reviews and copy: sentiment, aspects, false alarms, time; texts for a catalogue checked against its raw rows.

    python benchmarks/bench_reviews.py data/        # text/uci_sentences and catalogue/dummyjson in it; needs e5-small

Sentiment stands beside two baselines in the same run and on the same splits: a lexicon of opinion words, and logistic
regression on TF-IDF. The tables go between the markers of benchmarks/README.md with ``--write``.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import page
from showfloor.language.features import tokens
from showfloor.language.regression import Array, fit
from showfloor.reviews.analysis import analyse
from showfloor.reviews.lexicon import counts
from showfloor.reviews.opinions import Text, opinions
from showfloor.reviews.sentiment import NEUTRAL, heads
from showfloor.reviews.suspicious import suspicious
from showfloor.search.embedding import MODEL, Embedder
from showfloor.v1 import catalog_pb2 as pb
from showfloor.writing.claims import banned
from showfloor.writing.length import characters
from showfloor.writing.points import read_points
from showfloor.writing.template import DEFAULTS, KINDS, TONES, write

from assets_pipeline import models

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "scripts"))
import review_head as trainer  # noqa: E402

FOLDS = 5
DIGITS = re.compile(r"\d+(?:\.\d+)?")


class Cached:
    """Embeds each text once."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder, self._rows = embedder, {}

    def __call__(self, texts: list[str]) -> Array:
        new = [t for t in dict.fromkeys(texts) if t not in self._rows]
        if new:
            self._rows |= dict(zip(new, self._embedder.passages(new), strict=True))
        return np.array([self._rows[t] for t in texts])


def by_lexicon(texts: list[str]) -> Array:
    pairs = np.array([counts(t) for t in texts], float)
    return np.column_stack([pairs[:, 1], np.zeros(len(texts)), pairs[:, 0] + 1e-3])


def tfidf(train: trainer.Sentences, test: trainer.Sentences) -> Array:
    """Words and pairs of words (of Chinese, characters), smoothed idf, rows of length 1."""
    grams = [[*r, *(" ".join(p) for p in pairwise(r))] for r in map(tokens, [*train.texts, *test.texts])]
    count = len(train.texts)
    documents = Counter(g for row in grams[:count] for g in set(row))
    column = {g: i for i, g in enumerate(documents)}
    idf = np.array([math.log((1 + count) / (1 + n)) + 1 for n in documents.values()])
    from scipy.sparse import csr_matrix, diags

    cells = [(i, column[g], n) for i, row in enumerate(grams) for g, n in Counter(row).items() if g in column]
    rows, columns, values = zip(*cells, strict=True)
    x = csr_matrix((values, (rows, columns)), (len(grams), len(column))) @ diags(idf)
    lengths = np.sqrt(np.asarray(x.multiply(x).sum(1)).ravel())
    x = diags(1 / np.maximum(lengths, 1e-9)) @ x
    return fit([x[:count].tocsr()], train.labels, 3, penalty=1 / count).probabilities([x[count:].tocsr()])


def sentiment(folder: Path, embed: Cached) -> list[str]:
    everything = trainer.joined(trainer.uci(folder), trainer.own())
    rows = embed(everything.texts)
    part = trainer.parts(everything)
    origin = np.array(everything.origin)
    public, chinese = np.isin(origin, ("amazon_cells", "imdb", "yelp")), origin == "zh"
    methods = ("lexicon", "TF-IDF + logistic regression", "ours, by words", "ours, by meaning")

    def scores(train: Array, test: Array) -> list[float]:
        a, b = everything.pick(train), everything.pick(test)
        made = trainer.train(a, rows[train])
        found = [by_lexicon(b.texts), tfidf(a, b), made.sentiment(b.texts), made.sentiment(b.texts, rows[test])]
        return [trainer.accuracy(f, b.labels) for f in found]

    held = scores((part != 0) & public, (part == 0) & public)
    folds = np.array([scores((part != k) & public, (part == k) & public) for k in range(FOLDS)])
    zero = scores(public, chinese)
    both = np.array([scores(~(chinese & (part == k)), chinese & (part == k)) for k in range(FOLDS)])
    table = [
        f"| sentiment, accuracy | UCI held out ({((part == 0) & public).sum()}) | UCI, {FOLDS} folds "
        f"| Chinese ({chinese.sum()}), trained on English | Chinese, {FOLDS} folds, trained on both |",
        "|---|---|---|---|---|",
    ]
    for i, name in enumerate(methods):
        table.append(
            f"| {name} | {held[i]:.3f} | {folds[:, i].mean():.3f} ± {folds[:, i].std():.3f} "
            f"| {zero[i]:.3f} | {both[:, i].mean():.3f} |"
        )
    test = everything.pick((part == 0) & public)
    shipped = heads().sentiment(test.texts, rows[(part == 0) & public])
    table += [
        "",
        f"The shipped heads, on the same held-out UCI sentences: {trainer.accuracy(shipped, test.labels):.3f}.",
    ]
    neutral = everything.pick((everything.labels == NEUTRAL) & (part == 0))
    said = heads().sentiment(neutral.texts, embed(neutral.texts)).argmax(1) == NEUTRAL
    return [*table, f"Neutral sentences held out and called so: {said.sum()} of {len(said)}."]


def aspects(embed: Cached) -> list[str]:
    table = ["| aspects | precision | recall | with the right side |", "|---|---|---|---|"]
    lines = [line for line in (HERE / "review_aspects.txt").read_text("utf-8").splitlines() if not line.startswith("#")]
    judged = [(text.strip(), names.split()) for text, _, names in (line.partition("|") for line in lines)]
    reviews = [Text(str(i), text) for i, (text, _) in enumerate(judged)]
    for name, function in (("by words", None), ("by words and meaning", embed)):
        found: dict[int, dict[str, float]] = {i: {} for i in range(len(judged))}
        for o in opinions(reviews, function):
            for aspect in o.aspects:
                found[o.review][aspect] = found[o.review].get(aspect, 0) + o.sentiment
        wanted = [{n[:-1]: n[-1] for n in names} for _, names in judged]
        hits = [(i, a) for i, w in enumerate(wanted) for a in w if a in found[i]]
        told, right = sum(map(len, found.values())), len(hits)
        side = sum((found[i][a] > 0) == (wanted[i][a] == "+") for i, a in hits)
        table.append(
            f"| {name} | {right / told:.3f} | {right / sum(map(len, wanted)):.3f} | {side / max(1, right):.3f} |"
        )
        if function is not None:
            for i, (text, names) in enumerate(judged):
                if set(found[i]) != {n[:-1] for n in names}:
                    print("  ", text, names, {a: round(s, 2) for a, s in found[i].items()})
    return [*table, "", f"{len(judged)} judged reviews, half Chinese."]


def alarms(folder: Path, products: list[dict[str, Any]], embed: Cached) -> list[str]:
    """Share of honest reviews that are called fake."""
    begin = datetime(2025, 1, 1, tzinfo=UTC)
    dummy = [
        [Text(f"{p['id']}-{i}", r["comment"], r["rating"], datetime.fromisoformat(r["date"]))
         for i, r in enumerate(p["reviews"])]
        for p in products
    ]  # fmt: skip
    everything = trainer.uci(folder)
    public = [
        Text(str(i), text, 5 if label else 1, begin + timedelta(hours=7 * i))
        for i, (text, label) in enumerate(zip(everything.texts, everything.labels, strict=True))
    ]
    table = ["| honest reviews | called fake | reasons |", "|---|---|---|"]
    pooled = [r for product in dummy for r in product]
    groups = (("dummyjson, product by product", dummy), ("dummyjson, all as one product", [pooled]))
    for name, lists in (*groups, ("UCI, stars by its labels, one each 7 h", [public])):
        found = [s for r in lists for s in suspicious(r, opinions(r, embed), False)]
        reasons = Counter(re.sub(r"review \S+|\d+(\.\d+)?", "…", reason) for _, reason in found)
        shown = ", ".join(f"{reason.rstrip('.')} {n}" for reason, n in reasons.most_common(4)) or "–"
        total = sum(map(len, lists))
        table.append(f"| {name} | {len(found)} of {total} ({100 * len(found) / total:.2f} %) | {shown} |")
    return table


def speed(folder: Path, embedder: Embedder) -> list[str]:
    """2,000 reviews, none like another, of one and of four sentences; no cache."""
    texts = trainer.joined(trainer.uci(folder), trainer.own()).texts
    random = np.random.default_rng(3)
    table = ["| 2,000 reviews | by words | by meaning |", "|---|---|---|"]
    for count in (1, 4):
        reviews = [
            Text(str(i), " ".join(texts[j] for j in random.choice(len(texts), count, replace=False)), int(i % 5) + 1)
            for i in range(2000)
        ]
        taken = []
        for embed in (None, embedder.passages):
            begin = time.perf_counter()
            analyse(reviews, embed, False)
            taken.append(time.perf_counter() - begin)
        table.append(f"| of {count} sentence{'s' * (count > 1)} | {taken[0]:.1f} s | {taken[1]:.1f} s |")
    return table


def product(p: dict[str, Any]) -> pb.Product:
    """With its texts, its terms of sale, and its dimensions as centimetres."""
    result = pb.Product(
        id=str(p["id"]), titles={"en": p["title"]}, descriptions={"en": p["description"]}, brand=p.get("brand", ""),
        category=p["category"], tags=p["tags"], stock=p["stock"],
    )  # fmt: skip
    result.attributes["warranty"] = p["warrantyInformation"]
    result.attributes["shipping"] = p["shippingInformation"]
    result.attributes["return policy"] = p["returnPolicy"]
    result.attributes["internal.margin"] = "0.37731"
    d = p["dimensions"]
    result.size.x_m, result.size.y_m, result.size.z_m = d["width"] / 100, d["height"] / 100, d["depth"] / 100
    return result


def unheld(text: str, p: dict[str, Any]) -> list[str]:
    """Numbers and English words of a text that the raw row does not hold: an own check, not the product's."""
    raw = json.dumps([p[k] for k in ("title", "description", "tags", "category", "warrantyInformation",
                                     "shippingInformation", "returnPolicy")] + [p.get("brand", "")])  # fmt: skip
    numbers = {float(n) for n in DIGITS.findall(raw)}
    numbers |= {round(v, n) for v in p["dimensions"].values() for n in (0, 1, 2)}
    wrong = [n for n in DIGITS.findall(text) if float(n) not in numbers]
    held = set(re.findall(r"[a-z]+", raw.lower())) | FRAME
    return wrong + [w for w in re.findall(r"[a-z]+", text.lower()) if w not in held and w + "s" not in held]


def _frame() -> set[str]:
    """Words of the frames, and of units and labels."""
    from showfloor.writing import phrases

    tables = [table for name, table in vars(phrases).items() if name.isupper()]
    words = {w for t in tables for some in t.values() for text in some for w in re.findall(r"[a-z]+", text.lower())}
    return words | {
        "cm",
        "wide",
        "high",
        "deep",
        "dimensions",
        "type",
        "brand",
        "day",
        "month",
        "week",
        "year",
        "it",
        "they",
    }


FRAME = _frame()


def copy(products: list[dict[str, Any]]) -> list[str]:
    texts: list[tuple[str, str, str]] = []
    bad: Counter[str] = Counter()
    taken = []
    for p in products:
        made = product(p)
        for chinese in (False, True):
            for n, kind in enumerate(KINDS):
                limit = DEFAULTS[chinese][kind]
                begin = time.perf_counter()
                text = write(read_points(made, chinese), kind, TONES[(p["id"] + n) % 4], chinese, limit, made.id).text
                taken.append(1000 * (time.perf_counter() - begin))
                texts.append((kind, "zh" if chinese else "en", text))
                if wrong := unheld(text, p):
                    bad["unsupported"] += 1
                    print("  unsupported:", wrong, text[:150])
                bad["over the limit"] += characters(text) > limit
                bad["banned"] += bool(banned(text))
                bad["empty"] += not text
    table = ["| copy | texts | different | without its name, different |", "|---|---|---|---|"]
    for language in ("en", "zh"):
        for kind in KINDS:
            some = [t for k, at, t in texts if (k, at) == (kind, language)]
            bare = {re.sub(r"[\dA-Z][\w'’.]*", "", t) for t in some}
            table.append(f"| {kind}, {language} | {len(some)} | {len(set(some))} | {len(bare)} |")
    wrong = ", ".join(f"{name} {bad[name]}" for name in ("unsupported", "over the limit", "banned", "empty"))
    half, high = np.percentile(taken, [50, 95])
    return [*table, "", f"Of {len(texts)} texts: {wrong}. One takes {half:.2f} ms (p95 {high:.2f} ms), by template."]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--only", choices=["sentiment", "aspects", "alarms", "speed", "copy"])
    parser.add_argument("--write", action="store_true", help="put the tables into benchmarks/README.md")
    options = parser.parse_args()
    folder = options.data / "text" / "uci_sentences"
    products = json.loads((options.data / "catalogue" / "dummyjson" / "database" / "products.json").read_text())
    embedder = Embedder(models.path(MODEL), threads=2)
    embed = Cached(embedder)
    parts: dict[str, Callable[[], list[str]]] = {
        "sentiment": lambda: sentiment(folder, embed),
        "aspects": lambda: aspects(embed),
        "alarms": lambda: alarms(folder, products, embed),
        "speed": lambda: speed(folder, embedder),
        "copy": lambda: copy(products),
    }
    blocks = []
    for name, part in parts.items():
        if options.only in (None, name):
            blocks.append("\n".join(part()))
            print(blocks[-1], flush=True)
    if options.write:
        page.put("bench_reviews.py", "\n\n".join([page.measured(), *blocks]))


if __name__ == "__main__":
    main()
