"""The assistant's intent classifier on public sets and on its own held-out phrases, and its time a turn.

    python benchmarks/bench_intents.py FOLDER      # with clinc150_small.json and banking77/

The model comes by `showfloor models pull e5-small`; the table is written into README.md of this folder.

CLINC150-small (Larson et al. 2019): 150 intents, and texts that have none; what is less likely than a threshold is out
of scope; the threshold is the largest that keeps 94 % of the validation texts right. Banking77 (Casanueva et al. 2020):
77 intents; 10 % of the training texts fit the weights of the two views. Baselines in the same run: words by TF-IDF with
logistic regression, and the nearest class centroid of the same embeddings. The own phrases were never trained on.
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
from itertools import pairwise
from pathlib import Path

import numpy as np
import page
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
LINES: list[str] = []
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


def tf_idf(train: Texts, labels: np.ndarray, test: Texts, count: int) -> np.ndarray:
    """Guesses for ``test`` by logistic regression on TF-IDF of words and pairs of words."""

    def grams(text: str) -> list[str]:
        read = tokens(text)
        return read + [f"{a} {b}" for a, b in pairwise(read)]

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
        oos = f"oos_{part}"
        return texts[part] + texts[oos], np.vstack([embed(texts[part]), embed(texts[oos])]), labels[part] + labels[oos]

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
    vectors = embed(texts["train"]), embed(texts["test"])
    words = np.mean(tf_idf(texts["train"], train, texts["test"], 150) == truth)
    near = np.mean(centroids(vectors[0], train, vectors[1], 150) == truth)
    turned_away = np.mean(chances["oos_test"].max(1) < threshold)
    report(
        f"CLINC150-small, below {threshold:.2f} out of scope: in-scope right", "≥ 90 %", share(kept("test", threshold))
    )
    report("… out-of-scope recall", "≥ 60 %", share(turned_away))
    report("… never out of scope", "–", share(right["test"].mean()))
    report("… baseline TF-IDF + logistic regression, never out of scope", "–", share(words))
    report("… baseline nearest centroid of the embeddings, never out of scope", "–", share(near))


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
    words = np.mean(tf_idf(texts["train"], train, texts["test"], 77) == truth)
    near = np.mean(centroids(vectors["train"], train, vectors["test"], 77) == truth)
    report("Banking77: right", "≥ 87 %", share(np.mean(guess == truth)))
    report("… baseline TF-IDF + logistic regression", "–", share(words))
    report("… baseline nearest centroid of the embeddings", "–", share(near))


def own(embedder: Embedder) -> None:
    phrases = [
        (t, label) for t, label in read(ROOT / "tests/showfloor/understand_phrases_final.txt") if label[0] not in "+-"
    ]
    for name, understand in (("with the model", Understanding(embedder)), ("words alone", Understanding())):
        for language, chinese in (("English", False), ("Chinese", True)):
            some = [(t, label) for t, label in phrases if is_chinese(t) == chinese]
            turns = [understand(t) for t, _ in some]
            right = np.array([turn.intent == label for turn, (_, label) in zip(turns, some)])
            sure = np.array([turn.confidence for turn in turns])
            report(f"own {len(some)} held-out phrases, {language}, {name}: right", "–", share(right.mean()))
            report("… calibration error (ECE, 10 bins)", "–", share(calibration_error(sure, right)))
        begin = time.perf_counter()
        for i in range(TURNS):
            understand(phrases[i % len(phrases)][0])
        a_turn = (time.perf_counter() - begin) / TURNS * 1000
        report(f"a turn, {name}, mean", "≤ 30 ms", f"{a_turn:.1f} ms")


def calibration_error(sure: np.ndarray, right: np.ndarray) -> float:
    """Expected calibration error (Naeini et al. 2015)."""
    bins = np.minimum((sure * 10).astype(int), 9)
    return float(sum(abs(sure[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean() for b in set(bins)))


def report(what: str, target: str, measured: str) -> None:
    LINES.append(f"| {what} | {target} | {measured} |")
    print(LINES[-1], flush=True)


def share(part: float | np.floating) -> str:
    return f"{100 * part:.1f} %"


def write() -> None:
    table = "| what | target | measured |\n|---|---|---|\n" + "\n".join(LINES)
    page.put("bench_intents.py", f"{page.measured()}\n\n{table}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="folder with clinc150_small.json and banking77/")
    data = parser.parse_args().data
    embedder = Embedder(models.path(MODEL))
    embed = Cached(embedder, ROOT / ".cache" / "intents")
    clinc(data / "clinc150_small.json", embed)
    banking(data / "banking77", embed)
    own(embedder)
    write()


if __name__ == "__main__":
    main()
