"""Trains the heads of ``showfloor.reviews`` and writes them beside its code.

    python scripts/review_head.py uci_sentences/        # needs `showfloor models pull e5-small`

Reads ``scripts/review_sentences.tsv`` (our own) and the UCI sentences («From Group to Individual Labels using Deep
Features», Kotzias et al., KDD 2015; CC BY 4.0). A fifth of both, chosen by a fixed seed, is held out: it is never
trained on, and the printed scores are of it.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from showfloor.language.regression import Array, Softmax, calibration_error, fit, temperature
from showfloor.reviews import sentiment
from showfloor.reviews.sentiment import HEADS, Heads, word_features
from showfloor.search.embedding import MODEL, Embedder

from assets_pipeline import models

OWN = Path(__file__).parent / "review_sentences.tsv"
SIGNS = {"-": sentiment.NEGATIVE, "0": sentiment.NEUTRAL, "+": sentiment.POSITIVE}
NONE = "-"
WORDS_PENALTY, MEANING_PENALTY, ASPECT_PENALTY = (3e-4, 1e-3), (1e-1, 1e-3, 1e-2), 3e-2
PARTS = 5
SEED = 5


@dataclass(frozen=True)
class Sentences:
    texts: list[str]
    labels: Array
    aspects: list[str]
    origin: list[str]
    """amazon_cells, imdb, yelp, en or zh."""

    def pick(self, mask: Array) -> Sentences:
        at = np.flatnonzero(mask)
        return Sentences(
            [self.texts[i] for i in at], self.labels[at], [self.aspects[i] for i in at], [self.origin[i] for i in at]
        )


def own() -> Sentences:
    rows = [line.split("\t") for line in OWN.read_text("utf-8").splitlines() if not line.startswith("#")]
    languages, signs, aspects, texts = zip(*rows, strict=True)
    return Sentences(list(texts), np.array([SIGNS[s] for s in signs]), list(aspects), list(languages))


def uci(folder: Path) -> Sentences:
    rows = []
    for name in ("amazon_cells", "imdb", "yelp"):
        for line in (folder / f"{name}_labelled.txt").read_text("utf-8").split("\n"):
            text, _, label = line.rpartition("\t")
            if text:
                rows.append((text.strip(), 2 * int(label), "", name))
    texts, labels, aspects, origin = zip(*rows, strict=True)
    return Sentences(list(texts), np.array(labels), list(aspects), list(origin))


def joined(a: Sentences, b: Sentences) -> Sentences:
    return Sentences(
        a.texts + b.texts, np.concatenate([a.labels, b.labels]), a.aspects + b.aspects, a.origin + b.origin
    )


def parts(sentences: Sentences, count: int = PARTS, seed: int = SEED) -> Array:
    """Part of each sentence, 0 to count - 1; every origin and label is spread evenly. Part 0 is held out."""
    random = np.random.default_rng(seed)
    found = np.zeros(len(sentences.texts), int)
    groups = np.array([f"{o} {label}" for o, label in zip(sentences.origin, sentences.labels, strict=True)])
    for group in np.unique(groups):
        at = random.permutation(np.flatnonzero(groups == group))
        found[at] = np.arange(len(at)) % count
    return found


def train(sentences: Sentences, rows: Array) -> Heads:
    """Heads on these sentences and their embeddings; temperatures by cross-validation inside them."""
    mean, scale = rows.mean(0), rows.std(0) + 1e-6
    dense = ((rows - mean) / scale).astype(np.float32)
    words = word_features(sentences.texts)
    by_words = fitted(words, sentences, WORDS_PENALTY)
    by_meaning = fitted([dense, *words], sentences, MEANING_PENALTY)
    mine = np.array([a != "" for a in sentences.aspects])
    if not mine.any():
        mine[:] = True
    names = [a or NONE for a in sentences.aspects]
    aspects = [*sorted(set(names) - {NONE}), NONE]
    labels = np.array([aspects.index(names[i]) for i in np.flatnonzero(mine)])
    aspect = fit([dense[mine]], labels, len(aspects), penalty=ASPECT_PENALTY)
    return Heads(by_words, by_meaning, aspect, tuple(aspects), mean.astype(np.float32), scale.astype(np.float32))


def fitted(blocks: list[Array], sentences: Sentences, penalty: tuple[float, ...]) -> Softmax:
    fold = parts(sentences, PARTS, SEED + 1)
    outside = np.zeros((len(fold), 3), np.float32)
    for part in range(PARTS):
        inside = np.flatnonzero(fold != part)
        other = np.flatnonzero(fold == part)
        head = fit([b[inside] for b in blocks], sentences.labels[inside], 3, penalty=penalty)
        outside[other] = head.logits([b[other] for b in blocks])
    whole = fit(blocks, sentences.labels, 3, penalty=penalty)
    return Softmax(whole.weights, whole.bias, temperature(outside, sentences.labels))


def accuracy(probabilities: Array, labels: Array) -> float:
    """Of positive against negative; neutral sentences are left out."""
    told = labels != sentiment.NEUTRAL
    positive = probabilities[:, sentiment.POSITIVE] > probabilities[:, sentiment.NEGATIVE]
    return float((positive[told] == (labels[told] == sentiment.POSITIVE)).mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("uci", type=Path, help="folder with amazon_cells_labelled.txt and the others")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    everything = joined(uci(options.uci), own())
    rows = Embedder(models.path(MODEL), options.threads).passages(everything.texts)
    held = parts(everything) == 0
    made = train(everything.pick(~held), rows[~held])
    path = Path(sentiment.__file__).parent / HEADS
    np.savez_compressed(path, **made.arrays())
    print(f"{path}: {path.stat().st_size:,} bytes")
    test, vectors = everything.pick(held), rows[held]
    for name, wanted in (("UCI", ("amazon_cells", "imdb", "yelp")), ("English", ("en",)), ("Chinese", ("zh",))):
        mask = np.array([o in wanted for o in test.origin])
        some = test.pick(mask)
        words, both = made.sentiment(some.texts), made.sentiment(some.texts, vectors[mask])
        print(
            f"{name}: {mask.sum()} held out, by words {accuracy(words, some.labels):.3f}, "
            f"by meaning {accuracy(both, some.labels):.3f}, "
            f"calibration error {calibration_error(both, some.labels):.3f}"
        )
    named = np.flatnonzero([a != "" for a in test.aspects])
    told = made.aspect.probabilities([made.standard(vectors[named])]).argmax(1)
    right = [made.aspects[t] == test.aspects[i] for t, i in zip(told, named, strict=True)]
    print(f"aspect: {len(right)} held out, {np.mean(right):.3f}")


if __name__ == "__main__":
    main()
