"""Reviews as opinions: one for each clause, with its sentiment and the aspects it speaks of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from showfloor.language.injection import gives_orders
from showfloor.language.regression import Array
from showfloor.reviews.aspects import meant, named
from showfloor.reviews.clauses import Clause, clauses
from showfloor.reviews.sentiment import NEGATIVE, POSITIVE, Embed, heads

MAX_EMBEDDED = 800
"""Clauses that are embedded; of more, those that words alone leave most in doubt. Bounds the time."""
MAX_EMBEDDED_CHARACTERS = 40_000
"""Characters of them, together."""
_EMBEDDED_AT_ONCE = 100
"""Clauses between two checks."""


@dataclass(frozen=True)
class Text:
    """A review. ``time`` is in UTC; None: not known. ``stars`` 0: none."""

    id: str
    text: str
    stars: int = 0
    time: datetime | None = None


@dataclass(frozen=True)
class Opinion:
    """A clause of review number ``review``. ``sentiment`` -1 … 1: chance of praise less chance of complaint."""

    review: int
    clause: Clause
    sentiment: float
    aspects: tuple[str, ...]


def opinions(reviews: Sequence[Text], embed: Embed | None, check: Callable[[], None] = lambda: None) -> list[Opinion]:
    """Equal clauses are judged once. Orders to a machine are no opinions. ``check``: as of ``analyse``."""
    found = []
    for i, review in enumerate(reviews):
        check()
        found += [(i, clause) for clause in clauses(review.text) if not gives_orders(clause.text)]
    distinct = list(dict.fromkeys(clause.text for _, clause in found))
    scores, aspects = _judge(distinct, embed, check)
    at = {text: n for n, text in enumerate(distinct)}
    return [Opinion(i, clause, float(scores[at[clause.text]]), tuple(aspects[at[clause.text]])) for i, clause in found]


def review_sentiment(count: int, said: Sequence[Opinion]) -> Array:
    """Sentiment of each of ``count`` reviews: mean of its clauses, weighted by how clear they are; nan: none."""
    total, weight = np.zeros(count), np.zeros(count)
    for opinion in said:
        share = 0.1 + abs(opinion.sentiment)
        total[opinion.review] += share * opinion.sentiment
        weight[opinion.review] += share
    return np.divide(total, weight, out=np.full(count, np.nan), where=weight > 0)


def _judge(texts: list[str], embed: Embed | None, check: Callable[[], None]) -> tuple[Array, list[list[str]]]:
    if not texts:
        return np.zeros(0), []
    chances = heads().sentiment(texts)
    aspects = [named(text) for text in texts]
    check()
    if embed is not None:
        chosen = _doubtful(texts, chances, aspects)
        some = [texts[i] for i in chosen]
        parts = []
        for begin in range(0, len(some), _EMBEDDED_AT_ONCE):
            check()
            parts.append(embed(some[begin : begin + _EMBEDDED_AT_ONCE]))
        rows = np.concatenate(parts)
        chances[chosen] = heads().sentiment(some, rows)
        for i, aspect in zip(chosen, meant(heads(), rows), strict=True):
            if aspect is not None and not aspects[i]:
                aspects[i] = [aspect]
    return chances[:, POSITIVE] - chances[:, NEGATIVE], aspects


def _doubtful(texts: list[str], chances: Array, aspects: list[list[str]]) -> list[int]:
    """The least sure first, until the limits are reached."""
    doubt = 1 - chances.max(1) + 0.2 * np.array([not a for a in aspects])
    chosen: list[int] = []
    characters = 0
    for i in np.argsort(-doubt, kind="stable").tolist():
        characters += len(texts[i])
        if len(chosen) == MAX_EMBEDDED or characters > MAX_EMBEDDED_CHARACTERS:
            break
        chosen.append(i)
    return chosen
