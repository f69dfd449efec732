"""The assistant's intent classifier on public sets and on its own held-out phrases, and its time a turn.

    python benchmarks/bench_intents.py [folder with clinc150_small.json and banking77/]   # the model: showfloor models pull e5-small

CLINC150-small (Larson et al. 2019): 150 intents and texts that have none; what is less likely than a threshold is out of
scope, the threshold being the one that keeps 94 % of the validation texts right. Banking77 (Casanueva et al. 2020):
77 intents; 10 % of the training texts fit the weights of the two views. Baselines in the same run: words by TF-IDF with
logistic regression, and the nearest class centroid of the same embeddings.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from scipy import sparse
from showfloor.assistant.understand.classifier import Array, centred
from showfloor.assistant.understand.features import tokens
from showfloor.assistant.understand.fitting import fit, regression, scores
from showfloor.assistant.understand.phrases import read
from showfloor.assistant.understand.understanding import Understanding
from showfloor.search.embedding import MODEL, Embedder
from showfloor.search.words import is_chinese

from assets_pipeline import models

ROOT = Path(__file__).parent.parent
KEPT_RIGHT = 0.94
TURNS = 200
Texts = Sequence[str]


class Cached:
    """Embeddings of lists of texts, kept in a folder between runs."""

    def __init__(self, embedder: Embedder, folder: Path) -> None:
        self.embedder, self.folder = embedder, folder
        folder.mkdir(parents=True, exist_ok=True)

    def __call__(self, texts: Texts) -> Array:
        key = hashlib.sha256((f"{MODEL}\n" + "\n".join(texts)).encode()).hexdigest()[:16]
        path = self.folder / f"{key}.npy"
        if not path.exists():
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                np.save(path, np.stack(list(pool.map(self.embedder.query, texts))))
        return np.asarray(np.load(path), np.float32)


def tf_idf(train: Texts, labels: np.ndarray, test: Texts, count: int) -> float | np.ndarray:
    """Guesses for ``test`` by logistic regression on TF-IDF of words and pairs of words."""

    def grams(text: str) -> list[str]:
        read = tokens(text)
        return read + [f"{a} {b}" for a, b in zip(read, read[1:])]

    known: dict[str, int] = {}
    for text in train:
        for gram in grams(text):
            known.setdefault(gram, len(known))
    found = np.zeros(len(known))
    for text in train:
        for gram in set(grams(text)):
            found[known[gram]] += 1
    weight = 1 + np.log(len(train) / found)

    def matrix(texts: Texts) -> sparse.csr_matrix:
        rows, columns, values = [], [], []
        for i, text in enumerate(texts):
            at = [known[g] for g in grams(text) if g in known]
            length = np.linalg.norm(weight[at]) if at else 1.0
            rows += [i] * len(at)
            columns += at
            values += list(weight[at] / length)
        return sparse.csr_matrix((values, (rows, columns)), (len(texts), len(known)), dtype=np.float32)

    weights = regression(matrix(train), labels, count, 1e-6, 60)
    return scores(matrix(test), weights).argmax(1)


def centroids(train: Array, labels: np.ndarray, test: Array, count: int) -> np.ndarray:
    mean = train.mean(0)
    near = centred(train, mean)
    centres = np.stack([near[labels == i].mean(0) for i in range(count)])
    return (centred(test, mean) @ (centres / np.linalg.norm(centres, axis=1, keepdims=True)).T).argmax(1)


def clinc(path: Path, embed: Cached) -> None:
    data = {name: [tuple(row) for row in rows] for name, rows in json.loads(path.read_text()).items()}
    texts = {name: [t for t, _ in rows] for name, rows in data.items()}
    labels = {name: [label for _, label in rows] for name, rows in data.items()}

    def both(part: str) -> tuple[list[str], Array, list[str]]:
        at = (part, f"oos_{part}")
        return (
            sum((texts[p] for p in at), []),
            np.vstack([embed(texts[p]) for p in at]),
            sum((labels[p] for p in at), []),
        )

    classifier = fit(*both("train"), both("val"))
    names = [n for n in classifier.labels if n != "oos"]
    inside = [i for i, n in enumerate(classifier.labels) if n != "oos"]
    known = {n: i for i, n in enumerate(names)}
    chances = {
        p: classifier.probabilities(texts[p], embed(texts[p]))[:, inside]
        for p in ("val", "oos_val", "test", "oos_test")
    }
    right = {p: chances[p].argmax(1) == np.array([known[n] for n in labels[p]]) for p in ("val", "test")}

    def kept(part: str, least: float) -> float:
        return float((right[part] & (chances[part].max(1) >= least)).mean())

    threshold = max(t for t in np.arange(0.01, 1, 0.01) if kept("val", t) >= KEPT_RIGHT)
    truth = np.array([known[n] for n in labels["test"]])
    train = np.array([known[n] for n in labels["train"]])
    report("CLINC150-small, 4,500 test texts, never rejecting: right", float(right["test"].mean()))
    report(f"CLINC150-small, rejecting below {threshold:.2f}: in-scope right", kept("test", threshold))
    report("   … out-of-scope recall, 1,000 texts", float((chances["oos_test"].max(1) < threshold).mean()))
    report(
        "   baseline TF-IDF + logistic regression, never rejecting",
        float(np.mean(tf_idf(texts["train"], train, texts["test"], 150) == truth)),
    )
    report(
        "   baseline nearest centroid of the embeddings, never rejecting",
        float((centroids(embed(texts["train"]), train, embed(texts["test"]), 150) == truth).mean()),
    )


def banking(folder: Path, embed: Cached) -> None:
    parts = {}
    for name in ("train", "test"):
        with (folder / f"{name}.csv").open(newline="") as file:
            parts[name] = [(row["text"], row["category"]) for row in csv.DictReader(file)]
    texts, labels = ({n: [row[i] for row in rows] for n, rows in parts.items()} for i in (0, 1))
    vectors = {name: embed(texts[name]) for name in parts}
    held = np.random.default_rng(0).permutation(len(texts["train"])) % 10 == 0

    def some(rows: np.ndarray) -> tuple[list[str], Array, list[str]]:
        at = np.flatnonzero(rows)
        return [texts["train"][i] for i in at], vectors["train"][at], [labels["train"][i] for i in at]

    classifier = fit(*some(~held), some(held))
    known = {n: i for i, n in enumerate(classifier.labels)}
    truth, train = (np.array([known[n] for n in labels[p]]) for p in ("test", "train"))
    guess = classifier.probabilities(texts["test"], vectors["test"]).argmax(1)
    report("Banking77, 3,080 test texts: right", float((guess == truth).mean()))
    report(
        "   baseline TF-IDF + logistic regression",
        float(np.mean(tf_idf(texts["train"], train, texts["test"], 77) == truth)),
    )
    report(
        "   baseline nearest centroid of the embeddings",
        float((centroids(vectors["train"], train, vectors["test"], 77) == truth).mean()),
    )


def own(embedder: Embedder) -> None:
    phrases = [(t, label) for t, label in read(ROOT / "tests/showfloor/understand_phrases_final.txt")]
    for name, understand in (("with the model", Understanding(embedder)), ("words alone", Understanding())):
        for language, chinese in (("English", False), ("Chinese", True)):
            some = [(t, label) for t, label in phrases if is_chinese(t) == chinese]
            turns = [understand(t) for t, _ in some]
            right = np.array([turn.intent == label for turn, (_, label) in zip(turns, some)])
            sure = np.array([turn.confidence for turn in turns])
            report(f"own held-out phrases, {language} ({len(some)}), {name}: right", float(right.mean()))
            report("   … calibration error (ECE, 10 bins)", calibration_error(sure, right))
        begin = time.perf_counter()
        for i in range(TURNS):
            understand(phrases[i % len(phrases)][0])
        print(f"| a turn, {name} | {(time.perf_counter() - begin) / TURNS * 1000:.1f} ms |", flush=True)


def calibration_error(sure: np.ndarray, right: np.ndarray) -> float:
    """Expected calibration error (Naeini et al. 2015)."""
    bins = np.minimum((sure * 10).astype(int), 9)
    return float(sum(abs(sure[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean() for b in set(bins)))


def report(what: str, share: float) -> None:
    print(f"| {what} | {100 * share:.1f} % |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="?", help="folder with clinc150_small.json and banking77/")
    data = parser.parse_args().data
    embedder = Embedder(models.path(MODEL))
    print("| what | measured |\n|---|---|")
    own(embedder)
    if data is not None:
        embed = Cached(embedder, ROOT / ".cache" / "intents")
        clinc(data / "clinc150_small.json", embed)
        banking(data / "banking77", embed)


if __name__ == "__main__":
    main()
