"""Leave-one-out: the last choice of each shopper is to be found among all products that they had not chosen before.

The baselines do not see order: popularity, item-kNN (cosine), EASE (Steck 2019), and ALS (Hu, Koren and Volinsky 2008)
and BPR (Rendle et al. 2009) of the library ``implicit`` where it is installed. Each gets the best of a few settings, by
the choice before the last one; the own model has its defaults.
"""

from __future__ import annotations

import importlib.util
import math
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from assets_pipeline.errors import InputError
from showfloor.recommend.model import MAX_PRODUCTS, Array, fit

TOP = 10
SHORTEST = 4
"""Choices that a shopper must have: one to find, one to choose settings by, two to know them by."""
MAX_SHOPPERS = 5000
"""Of more, so many are drawn at random."""
_SEED = 1

Histories = list[list[str]]
Scorer = Callable[[int, Sequence[str]], Array]
"""Number of a history and the history itself to a score of each product."""
Maker = Callable[..., Scorer]


@dataclass(frozen=True)
class Row:
    """One method. ``ndcg`` and ``hit_rate`` are at 10; ``coverage`` is the share of products that somebody's ten have;
    ``diversity`` is 1 less the mean cosine of who chose the products of a list: 1 means that nobody chose two of them.
    """

    method: str
    settings: str
    ndcg: float
    hit_rate: float
    coverage: float
    diversity: float


class Split:
    """Histories of at least ``SHORTEST`` different products of those that the model takes in.

    Raises:
        InputError: NOTHING_TO_LEARN.
    """

    def __init__(self, histories: Iterable[Sequence[str]]) -> None:
        whole = [list(dict.fromkeys(reversed(h)))[::-1] for h in histories]
        counts = Counter(i for h in whole for i in h)
        if len(counts) > MAX_PRODUCTS:
            kept = {i for i, _ in counts.most_common(MAX_PRODUCTS)}
            whole = [[i for i in h if i in kept] for h in whole]
        self.histories: Histories = [h for h in whole if len(h) >= SHORTEST]
        if len(self.histories) < 2:
            raise InputError(
                "NOTHING_TO_LEARN",
                f"{len(self.histories)} shoppers chose {SHORTEST} products or more.",
                "Send more events with RecordEvents, or give a file with --events.",
            )
        dice = np.random.default_rng(_SEED)
        if len(self.histories) > MAX_SHOPPERS:
            drawn = dice.choice(len(self.histories), MAX_SHOPPERS, replace=False)
            self.histories = [self.histories[n] for n in sorted(drawn)]
        self.ids = sorted({i for history in self.histories for i in history})
        self.slots = {i: n for n, i in enumerate(self.ids)}
        chosen = self.table(self.histories)
        norms = np.maximum(np.linalg.norm(chosen, axis=0), 1e-9)
        self._alike = (chosen.T @ chosen) / np.outer(norms, norms)

    def table(self, histories: Sequence[Sequence[str]]) -> Array:
        """(shoppers, products): 1 where chosen."""
        found = np.zeros((len(histories), len(self.ids)), np.float32)
        for row, history in zip(found, histories, strict=True):
            row[[self.slots[i] for i in history]] = 1
        return found

    def measure(self, score: Scorer, hidden: int, method: str = "", settings: str = "") -> Row:
        """How well ``score`` finds the choice with ``hidden`` choices at the end unknown."""
        gain = hits = apart = 0.0
        shown: set[int] = set()
        for number, history in enumerate(self.histories):
            known, answer = history[:-hidden], self.slots[history[-hidden]]
            scores = np.array(score(number, known), np.float64)
            scores[[self.slots[i] for i in known]] = -np.inf
            best = np.argsort(-scores, kind="stable")[:TOP]
            shown.update(best.tolist())
            alike = self._alike[np.ix_(best, best)]
            apart += 1 - float(alike.sum() - np.trace(alike)) / max(1, len(best) * (len(best) - 1))
            place = np.flatnonzero(best == answer)
            if len(place):
                gain += 1 / math.log2(int(place[0]) + 2)
                hits += 1
        size = len(self.histories)
        return Row(method, settings, gain / size, hits / size, len(shown) / len(self.ids), apart / size)

    def best(self, method: str, make: Maker, grid: Sequence[tuple[float, ...]]) -> Row:
        """With the settings of ``grid`` that find the choice before the last one best."""
        choice = grid[0]
        if len(grid) > 1:
            before = [h[:-2] for h in self.histories]
            choice = max(grid, key=lambda c: self.measure(make(self, before, *c), 2).ndcg)
        known = [h[:-1] for h in self.histories]
        return self.measure(make(self, known, *choice), 1, method, " ".join(f"{x:g}" for x in choice))


def own(split: Split, histories: Histories) -> Scorer:
    model = fit(histories)
    place = [split.slots[i] for i in model.ids]

    def score(_: int, history: Sequence[str]) -> Array:
        found = np.zeros(len(split.ids), np.float32)
        found[place] = model.scores([(i, 1.0) for i in history])
        return found

    return score


def unordered(split: Split, histories: Histories) -> Scorer:
    """Of the own model what goes together alone, every choice as old as the other."""
    model = fit(histories)
    place = [split.slots[i] for i in model.ids]

    def score(_: int, history: Sequence[str]) -> Array:
        found = np.zeros(len(split.ids), np.float32)
        found[place] = model.together[[model.slots[i] for i in history if i in model.slots]].sum(0)
        return found

    return score


def popularity(split: Split, histories: Histories) -> Scorer:
    counts = split.table(histories).sum(0)
    return lambda _, history: counts


def item_knn(split: Split, histories: Histories, neighbours: float) -> Scorer:
    table = split.table(histories)
    norms = np.maximum(np.linalg.norm(table, axis=0), 1e-9)
    alike = (table.T @ table) / np.outer(norms, norms)
    np.fill_diagonal(alike, 0)
    if neighbours < len(alike):
        alike[alike < np.partition(alike, -int(neighbours), axis=1)[:, [-int(neighbours)]]] = 0
    return lambda _, history: alike[:, [split.slots[i] for i in history]].sum(1)


def ease(split: Split, histories: Histories, regularisation: float) -> Scorer:
    table = split.table(histories).astype(np.float64)
    inverse = np.linalg.inv(table.T @ table + regularisation * np.eye(len(split.ids)))
    weights = inverse / -np.diag(inverse)
    np.fill_diagonal(weights, 0)
    return lambda _, history: weights[[split.slots[i] for i in history]].sum(0)


def als(split: Split, histories: Histories, factors: float, regularisation: float, alpha: float) -> Scorer:
    from implicit.als import AlternatingLeastSquares
    from scipy.sparse import csr_matrix

    with warnings.catch_warnings():  # about threads of OpenBLAS, which only cost time
        warnings.simplefilter("ignore", RuntimeWarning)
        model = AlternatingLeastSquares(
            int(factors), regularization=regularisation, alpha=alpha, iterations=15, random_state=_SEED, num_threads=1
        )
    model.fit(csr_matrix(split.table(histories)), show_progress=False)
    return lambda number, _: model.item_factors @ model.user_factors[number]


def bpr(split: Split, histories: Histories, factors: float, rate: float, regularisation: float) -> Scorer:
    from implicit.bpr import BayesianPersonalizedRanking
    from scipy.sparse import csr_matrix

    model = BayesianPersonalizedRanking(
        int(factors), learning_rate=rate, regularization=regularisation, random_state=_SEED, num_threads=1
    )
    model.fit(csr_matrix(split.table(histories)), show_progress=False)
    return lambda number, _: model.item_factors @ model.user_factors[number]


METHODS: tuple[tuple[str, Maker, tuple[tuple[float, ...], ...]], ...] = (
    ("own", own, ((),)),
    ("own, without order", unordered, ((),)),
    ("popularity", popularity, ((),)),
    ("item-kNN", item_knn, ((20,), (100,), (500,))),
    ("EASE", ease, ((30,), (100,), (300,), (1000,))),
)
LIBRARY: tuple[tuple[str, Maker, tuple[tuple[float, ...], ...]], ...] = (
    ("implicit ALS", als, ((16, 0.1, 5), (16, 10, 1), (32, 1, 5), (32, 10, 1), (64, 10, 5))),
    ("implicit BPR", bpr, ((32, 0.05, 0.01), (64, 0.05, 0.01), (64, 0.1, 0.01), (64, 0.05, 0.1))),
)


def has_implicit() -> bool:
    return importlib.util.find_spec("implicit") is not None


def evaluate(split: Split) -> Iterable[Row]:
    """One row for each method, as it is done."""
    for method, make, grid in (*METHODS, *(LIBRARY if has_implicit() else ())):
        yield split.best(method, make, grid)
