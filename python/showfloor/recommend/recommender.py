"""Products for a shopper, and products like one."""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sqlalchemy.orm import Session

from assets_pipeline.errors import InputError, ShowfloorError
from showfloor.recommend import history as events
from showfloor.recommend.model import Array, Model, count, fit, solve
from showfloor.recommend.rules import Rules
from showfloor.recommend.saved import Saved, load
from showfloor.recommend.why import Because, Reason, phrase
from showfloor.search import lexical
from showfloor.search.facts import Facts
from showfloor.search.index import Index
from showfloor.shop import RecommendRules
from showfloor.store.database import Database
from showfloor.store.tables import now

_LOG = logging.getLogger(__name__)
_LOOK_EVERY_S = 10.0
_NEW_SHARE = 0.02
"""Learn again once events have grown by so much."""
_CONTENT, _POPULAR, _SAME_KIND = 0.35, 0.1, 0.3
"""Against 1 for what shoppers did."""
_RELEVANCE = 0.8
"""Against likeness to what is already in the list."""
_POOL = 5
_LATER = 10.0
"""More than any order: behind everything else."""
_RECENT, _OLDER = 5, 0.6
"""So many products of the history count by their content, each older one less."""
_BY_WORDS = 300


@dataclass(frozen=True)
class Suggestion:
    """A product, how well it fits, and why, for people."""

    product_id: str
    score: float
    why: str


class Recommender:
    """Recommendation over the catalogue and the events of a database. Methods block: call them in threads."""

    def __init__(
        self, db: Database, index: Index, rules: RecommendRules | None = None, file: Path | None = None
    ) -> None:
        """``file``: what ``showfloor train recommend`` wrote, if it did."""
        self._db, self._index, self._file = db, index, file
        self._rules = Rules(rules or RecommendRules())
        self._saved: Saved | None = None
        self._file_time = 0
        self._model: Model = fit([])
        self._popular: dict[str, float] = {}
        self._learnt = 0
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="recommend", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Wait for the learning that runs."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def learn(self) -> bool:
        """Learn from the file if it is new, and from the events if enough are new or the newest is gone.

        Returns:
            Whether it did.
        """
        fresh = self._read_file()
        newest = self._db.look(events.newest_number)
        if self._learnt <= newest <= self._learnt * (1 + _NEW_SHARE) and not fresh:
            return False
        since = now() - events.LEARNT_FROM
        chosen = self._db.look(events.popularity, since)
        saved = self._saved
        if saved is not None and newest <= saved.newest * (1 + _NEW_SHARE):
            counts = saved.counts
        else:
            counts = count(self._db.look(events.all_histories, since))
            if saved is not None and not saved.newest:
                counts = counts + saved.counts
        if saved is not None and (not saved.newest or not chosen):
            for product, times in saved.counts.chosen().items():
                chosen[product] = chosen.get(product, 0.0) + times
        self._model = solve(counts)
        most = max(chosen.values(), default=0.0)
        self._popular = {i: math.log1p(n) / math.log1p(most) for i, n in chosen.items()}
        self._learnt = newest
        return True

    def taught(self, histories: Sequence[Sequence[str]]) -> Recommender:
        """Another with the same rules that has learnt from ``histories`` alone: to be judged by what they leave out."""
        other = Recommender(self._db, self._index)
        other._rules = self._rules
        counts = count(histories)
        chosen = counts.chosen()
        most = max(chosen.values(), default=0.0)
        other._model = solve(counts)
        other._popular = {i: math.log1p(n) / math.log1p(most) for i, n in chosen.items()}
        return other

    def _read_file(self) -> bool:
        """Whether there is a new one."""
        try:
            changed = self._file.stat().st_mtime_ns if self._file else 0
        except OSError:  # there is none
            changed = 0
        if changed == self._file_time:
            return False
        self._file_time = changed
        try:
            self._saved = load(self._file) if self._file and changed else None
        except InputError as error:
            _LOG.warning("recommendation goes without what was learnt before: %s %s", error.message, error.fix)
            self._saved = None
        return True

    def recommend(
        self,
        session: Session,
        shopper_id: str,
        browsing: Sequence[str],
        count: int,
        exclude: Collection[str],
        chinese: bool = False,
    ) -> list[Suggestion]:
        """In stock, not excluded, not bought, not in the session; what was already looked at only fills up the end."""
        self._index.refresh(session)
        known = events.of_shopper(session, shopper_id, browsing)
        model = self._model
        with self._index.lock:
            history = [(i, w) for i, w in known.chosen if i in self._index.facts]
            never = {*exclude, *browsing, *known.avoid}
            scores, reasons = self._scores(session, history, model)
            seen = [n for i, _ in history if (n := self._index.slot(i)) is not None]
            later = np.zeros(len(scores), np.float32)
            later[seen] = _LATER
            for slot in seen:
                reasons[slot] = Reason(Because.seen)
            return self._pick(session, scores, never, reasons, count, chinese, later)

    def similar(self, session: Session, product_id: str, count: int, chinese: bool = False) -> list[Suggestion]:
        """In stock; not the product itself."""
        self._index.refresh(session)
        model = self._model
        with self._index.lock:
            if product_id not in self._index.facts:
                return []
            own = self._index.facts[product_id]
            scores, reasons = self._scores(session, [(product_id, 1.0)], model, popular=0.0, content=1.0)
            if own.category:
                scores += np.array([_SAME_KIND * (f.category == own.category) for f in self._in_order()], np.float32)
            return self._pick(session, scores, {product_id}, reasons, count, chinese)

    def _scores(
        self,
        session: Session,
        history: Sequence[tuple[str, float]],
        model: Model,
        popular: float = _POPULAR,
        content: float = _CONTENT,
    ) -> tuple[Array, list[Reason | None]]:
        """Of each product of the index; and what each owes it to, None where it is none of the shopper's products."""
        index = self._index
        size = len(index.ids)
        scores = np.array([popular * self._popular.get(i, 0.0) for i in index.ids], np.float32)
        strongest = np.zeros(size, np.float32)
        reasons: list[Reason | None] = [None] * size
        ids, parts = model.parts(history)
        if ids:
            best = max(float(parts.sum(0).max()), 1e-6)
            slots = [(index.slot(i), n) for n, i in enumerate(model.ids)]
            here = np.array([(s, n) for s, n in slots if s is not None], np.int64).reshape(-1, 2)
            share = np.clip(parts[:, here[:, 1]] / best, -1, 1)
            scores[here[:, 0]] += share.sum(0)
            strongest[here[:, 0]] = share.max(0)
            for (slot, _), by in zip(here.tolist(), share.argmax(0).tolist()):
                if strongest[slot] > 0.02:
                    reasons[slot] = Reason(Because.together, ids[by])
        weight = content
        for product_id, _ in list(reversed(history))[:_RECENT]:
            near = np.float32(weight) * self._likeness(session, product_id)
            near[index.slot(product_id)] = 0
            scores += near
            for slot in np.flatnonzero(near > np.maximum(strongest, 0.1 * content)).tolist():
                reasons[slot] = Reason(Because.alike, product_id)
            strongest = np.maximum(strongest, near)
            weight *= _OLDER
        return scores, reasons

    def _likeness(self, session: Session, product_id: str) -> Array:
        """Of each product of the index to one, 0 to 1: in meaning if it has a vector, else in words and category."""
        index = self._index
        vector = index.vectors(session, [product_id]).get(product_id)
        if vector is not None:
            near = index.near(session, vector)
            found = np.zeros(len(index.ids), np.float32)
            found[near.slots] = np.clip((near.cosines - near.middle) / max(1 - near.middle, 1e-6), 0, 1)
            return found
        own = index.facts[product_id]
        words = dict.fromkeys(own.title_words.split(), 1.0)
        shares = {word: index.vocabulary.counts[word] / len(index.facts) for word in words}
        ranked = lexical.find(session, words, shares, _BY_WORDS, self._db.sqlite)
        best = max((score for _, score in ranked), default=0.0)
        found = np.array(
            [0.3 * (own.category != "" and f.category == own.category) for f in self._in_order()], np.float32
        )
        for i, score in ranked:
            slot = index.slot(i)
            if slot is not None and best > 0:
                found[slot] += 0.7 * score / best
        return found

    def _in_order(self) -> Iterator[Facts]:
        return (self._index.facts[i] for i in self._index.ids)

    def _pick(
        self,
        session: Session,
        scores: Array,
        never: Collection[str],
        reasons: Sequence[Reason | None],
        count: int,
        chinese: bool,
        later: Array | None = None,
    ) -> list[Suggestion]:
        """The best, one after the other, each a little less for being like one already taken (MMR).

        ``later`` is taken from a product's place in the order, not from its score.
        """
        index, rules = self._index, self._rules
        slots = np.flatnonzero([not f.sold_out and f.id not in never and rules.allow(f) for f in self._in_order()])
        if not len(slots):
            return []
        best_score = float(scores[slots].max())
        order = scores[slots] / (best_score if best_score > 1e-6 else 1.0)
        if rules.margin_weight:
            margins = [rules.margin(index.facts[index.ids[slot]]) for slot in slots.tolist()]
            order += np.float32(rules.margin_weight) * np.array(margins, np.float32)
        if later is not None:
            order -= later[slots]
        best_first = np.argsort(-order, kind="stable")[: _POOL * count]
        slots, order = slots[best_first], order[best_first]
        ids = [index.ids[slot] for slot in slots.tolist()]
        vectors = index.vectors(session, ids)
        alike = _alike([index.facts[i] for i in ids], [vectors.get(i) for i in ids])
        value = _RELEVANCE * order / max(float(order.max()), 1e-6)
        like = np.zeros(len(slots), np.float32)
        left = np.ones(len(slots), bool)
        picked: list[Suggestion] = []
        while left.any() and len(picked) < count:
            best = int(np.argmax(np.where(left, value - (1 - _RELEVANCE) * like, -np.inf)))
            left[best] = False
            like = np.maximum(like, alike[best])
            slot = int(slots[best])
            other = Because.popular if self._popular.get(ids[best]) else Because.catalogue
            reason = reasons[slot] or Reason(other)
            why = phrase(reason.because, self._title(reason.product_id, chinese), chinese)
            picked.append(Suggestion(ids[best], float(scores[slot]), why))
        return picked

    def _title(self, product_id: str, chinese: bool) -> str:
        facts = self._index.facts.get(product_id)
        return product_id if facts is None else facts.title(chinese)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self.learn()
            except ShowfloorError as error:  # the database is away: later
                _LOG.warning("recommendation learns later: %s", error.message)
            except Exception:
                _LOG.exception("recommendation did not learn")
            self._stop.wait(_LOOK_EVERY_S)


def _alike(facts: Sequence[Facts], vectors: Sequence[Array | None]) -> Array:
    """Of each pair, 0 to 1."""
    if all(v is not None for v in vectors):
        rows = np.array(vectors)
        cosines = rows @ rows.T
        middle = float(np.median(cosines))
        return np.clip((cosines - middle) / max(1 - middle, 1e-6), 0, 1)
    words = [set(f.title_words.split()) for f in facts]
    size = len(facts)
    found = np.zeros((size, size), np.float32)
    for a in range(size):
        for b in range(a):
            same_kind = facts[a].category != "" and facts[a].category == facts[b].category
            share = len(words[a] & words[b]) / max(1, len(words[a] | words[b]))
            found[a, b] = found[b, a] = 0.7 * share + 0.3 * same_kind
    return found
