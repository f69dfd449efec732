"""What goes together and what comes next, learnt from the order in which shoppers chose products.

Two item-to-item matrices. EASE (Steck 2019) is a linear autoencoder in closed form: one inverse, one parameter. It does
not see order, so a second matrix counts what soon followed what, and a shopper's newest products weigh most. Both score
from the history at the moment of asking, so a new event counts at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

MAX_PRODUCTS = 4000
"""Products that are modelled, the most chosen; the inverse takes 10 s and 400 MB at this size."""
REGULARISATION = 300.0
REACH = 10
"""So many products later still count as following."""
FADING = 0.8
"""Weight of each step further in what follows."""
PRIOR = 20.0
"""What followed counts fully once it was seen much more often than this."""
HALF_TOGETHER, HALF_NEXT = 10.0, 2.0
"""Products after which a history weighs half."""
NEXT_WEIGHT = 4.0


@dataclass(frozen=True)
class Counts:
    """What histories say of pairs of products; the sum of two is what both say. Arrays are (n, n) for n ``ids``.

    ``together``: shoppers who chose both, on the diagonal those who chose the one. ``following``: how often, and how
    soon, the second was chosen after the first.
    """

    ids: tuple[str, ...]
    together: Array
    following: Array

    def chosen(self) -> dict[str, float]:
        """Shoppers who chose each product."""
        return dict(zip(self.ids, np.diag(self.together).tolist(), strict=True))

    def __add__(self, other: Counts) -> Counts:
        chosen: Counter[str] = Counter()
        for part in (self, other):
            chosen.update(part.chosen())
        ids = tuple(sorted(i for i, _ in chosen.most_common(MAX_PRODUCTS)))
        slots = {i: n for n, i in enumerate(ids)}
        together, following = (np.zeros((len(ids), len(ids)), np.float32) for _ in range(2))
        for part in (self, other):
            own = [n for n, i in enumerate(part.ids) if i in slots]
            into = [slots[part.ids[n]] for n in own]
            together[np.ix_(into, into)] += part.together[np.ix_(own, own)]
            following[np.ix_(into, into)] += part.following[np.ix_(own, own)]
        return Counts(ids, together, following)


@dataclass(frozen=True)
class Model:
    """``together[i, j]`` and ``following[i, j]``: how much having chosen product i speaks for j."""

    ids: tuple[str, ...]
    slots: dict[str, int]
    together: Array
    following: Array

    def parts(self, history: Sequence[tuple[str, float]]) -> tuple[list[str], Array]:
        """The known products of a history (newest last, with weights), and what each says for each of ``ids``."""
        known = [(i, weight) for i, weight in history if i in self.slots]
        if not known:
            return [], np.zeros((0, len(self.ids)), np.float32)
        slots = [self.slots[i] for i, _ in known]
        age = np.arange(len(known) - 1, -1, -1, dtype=np.float32)
        weights = np.array([w for _, w in known], np.float32)
        together = self.together[slots] * (weights * 0.5 ** (age / HALF_TOGETHER))[:, None]
        following = self.following[slots] * (weights * 0.5 ** (age / HALF_NEXT))[:, None]
        return [i for i, _ in known], together + np.float32(NEXT_WEIGHT) * following

    def scores(self, history: Sequence[tuple[str, float]]) -> Array:
        """In the order of ``ids``."""
        return self.parts(history)[1].sum(axis=0)


def count(histories: Sequence[Sequence[str]]) -> Counts:
    """Of what each shopper chose, oldest first; a repeated product counts at its last place."""
    chosen_by = Counter(i for history in histories for i in set(history))
    ids = tuple(sorted(i for i, _ in chosen_by.most_common(MAX_PRODUCTS)))
    slots = {i: n for n, i in enumerate(ids)}
    together, following = (np.zeros((len(ids), len(ids)), np.float32) for _ in range(2))
    for history in histories:
        chosen = np.array([slots[i] for i in _last_places(history) if i in slots], np.int64)
        together[np.ix_(chosen, chosen)] += 1
        for step in range(1, min(REACH, len(chosen) - 1) + 1):
            following[chosen[:-step], chosen[step:]] += FADING ** (step - 1)
    return Counts(ids, together, following)


def solve(counts: Counts, regularisation: float = REGULARISATION) -> Model:
    """The model of counts."""
    slots = {i: n for n, i in enumerate(counts.ids)}
    gram = counts.together.astype(np.float64)
    if counts.ids:
        gram[np.diag_indices_from(gram)] += regularisation
        inverse = np.linalg.inv(gram)
        gram = inverse / -np.diag(inverse)
        np.fill_diagonal(gram, 0)
    following = counts.following / (counts.following.sum(axis=1, keepdims=True) + np.float32(PRIOR))
    return Model(counts.ids, slots, gram.astype(np.float32), following)


def fit(histories: Sequence[Sequence[str]], regularisation: float = REGULARISATION) -> Model:
    """Learn from what each shopper chose, oldest first."""
    return solve(count(histories), regularisation)


def _last_places(history: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(reversed(history)))[::-1]
