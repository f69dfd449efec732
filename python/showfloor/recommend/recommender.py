"""Products for a shopper, and products like one."""

from __future__ import annotations

import logging
import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from assets_pipeline.errors import ShowfloorError
from showfloor.recommend import history as events
from showfloor.recommend.model import Array, Model, fit
from showfloor.search.index import Index
from showfloor.store.database import Database
from showfloor.store.tables import now

_LOG = logging.getLogger(__name__)
_LOOK_EVERY_S = 10.0
_NEW_SHARE = 0.02
"""Learn again once events have grown by so much."""
_CONTENT, _POPULAR, _SAME_KIND = 0.35, 0.1, 0.15
"""Against 1 for what shoppers did."""
_RELEVANCE = 0.8
"""Against likeness to what is already in the list."""
_POOL = 5
_RECENT = 10


@dataclass(frozen=True)
class Suggestion:
    """A product, how well it fits, and why, for people."""

    product_id: str
    score: float
    why: str


class Recommender:
    """Recommendation over the catalogue and the events of a database. Methods block: call them in threads."""

    def __init__(self, db: Database, index: Index) -> None:
        self._db, self._index = db, index
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
        """Learn from the events if there are enough new ones; whether it did."""
        newest = self._db.look(events.newest_number)
        if newest <= self._learnt * (1 + _NEW_SHARE):
            return False
        since = now() - events.LEARNT_FROM
        self._model = fit(self._db.look(events.all_histories, since))
        self._popular = self._db.look(events.popularity, since)
        self._learnt = newest
        return True

    def recommend(
        self, session: Session, shopper_id: str, browsing: Sequence[str], count: int, exclude: Collection[str]
    ) -> list[Suggestion]:
        """In stock, not excluded, not bought, not in the session; what was already looked at only fills up the end."""
        self._index.refresh(session)
        known = events.of_shopper(session, shopper_id, browsing)
        model = self._model
        with self._index.lock:
            history = [(i, w) for i, w in known.chosen if i in self._index.facts]
            never = {*exclude, *browsing, *known.avoid}
            allowed = np.array([i not in never and not self._index.facts[i].sold_out for i in self._index.ids], bool)
            scores, sources = self._scores(history, model)
            seen = [n for i, _ in history if (n := self._index.slot(i)) is not None]
            order = scores.copy()
            order[seen] -= 10.0
            return self._pick(order, scores, allowed, sources, count)

    def similar(self, session: Session, product_id: str, count: int) -> list[Suggestion]:
        """In stock; not the product itself."""
        self._index.refresh(session)
        model = self._model
        with self._index.lock:
            if product_id not in self._index.facts:
                return []
            facts = self._index.facts
            own = facts[product_id]
            scores, sources = self._scores([(product_id, 1.0)], model, popular=0.0, content=1.0)
            for n, i in enumerate(self._index.ids):
                if own.category and facts[i].category == own.category:
                    scores[n] += 2 * _SAME_KIND
            allowed = np.array([i != product_id and not facts[i].sold_out for i in self._index.ids], bool)
            return self._pick(scores, scores, allowed, sources, count)

    def _scores(
        self, history: Sequence[tuple[str, float]], model: Model, popular: float = _POPULAR, content: float = _CONTENT
    ) -> tuple[Array, list[str]]:
        """Of each product of the index; and what each owes it to: «Goes with X», «Like X», or «» for popularity."""
        index = self._index
        size = len(index.ids)
        scores = np.array([popular * self._popular.get(i, 0.0) for i in index.ids], np.float32)
        strongest = np.zeros(size, np.float32)
        sources = [""] * size
        ids, parts = model.parts(history)
        if ids:
            best = max(float(np.partition(parts.sum(0), -1)[-1]), 1e-6)
            slots = [(index.slot(i), n) for n, i in enumerate(model.ids)]
            here = np.array([(s, n) for s, n in slots if s is not None], np.int64).reshape(-1, 2)
            share = np.clip(parts[:, here[:, 1]] / best, -1, 1)
            scores[here[:, 0]] += share.sum(0)
            strongest[here[:, 0]] = share.max(0)
            for (slot, _), by in zip(here.tolist(), share.argmax(0).tolist()):
                if strongest[slot] > 0.02:
                    sources[slot] = f"Goes with {self._title(ids[by])}"
        weight = 1.0
        for product_id, _ in list(reversed(history))[:_RECENT]:
            near = content * weight * self._likeness(product_id)
            scores += near
            for slot in np.flatnonzero(near > np.maximum(strongest, 0.1 * content)).tolist():
                sources[slot] = f"Like {self._title(product_id)}"
            strongest = np.maximum(strongest, near)
            weight *= 0.6
        return scores, sources

    def _likeness(self, product_id: str) -> Array:
        """Of each product of the index to one, 0 to 1: in meaning if it has a vector, else in words and category."""
        index = self._index
        vector = index.vector(product_id)
        if vector is not None:
            cosines = index.similarities(vector)
            middle = np.nanmedian(cosines)
            return np.clip(np.nan_to_num((cosines - middle) / max(1 - float(middle), 1e-6)), 0, 1)
        own = index.facts[product_id]
        words = set(own.title_words.split())
        found = np.zeros(len(index.ids), np.float32)
        for n, i in enumerate(index.ids):
            other = index.facts[i]
            theirs = set(other.title_words.split())
            alike = len(words & theirs) / max(1, len(words | theirs))
            found[n] = 0.7 * alike + 0.3 * (bool(own.category) and own.category == other.category)
        return found

    def _pick(
        self, order: Array, scores: Array, allowed: NDArray[np.bool_], sources: Sequence[str], count: int
    ) -> list[Suggestion]:
        """The best, one after the other, each a little less for being like one already taken (MMR)."""
        index = self._index
        slots = np.flatnonzero(allowed)
        slots = slots[np.argsort(-order[slots], kind="stable")][: _POOL * count]
        if not len(slots):
            return []
        spread = max(float(order[slots].max()), 1e-6)
        like = np.zeros(len(slots), np.float32)
        left = np.ones(len(slots), bool)
        picked: list[Suggestion] = []
        while left.any() and len(picked) < count:
            value = _RELEVANCE * order[slots] / spread - (1 - _RELEVANCE) * like
            best = int(np.argmax(np.where(left, value, -np.inf)))
            left[best] = False
            slot = int(slots[best])
            product_id = index.ids[slot]
            like = np.maximum(like, self._likeness(product_id)[slots])
            why = sources[slot] or ("Popular now" if self._popular.get(product_id) else "From the catalogue")
            picked.append(Suggestion(product_id, float(scores[slot]), why))
        return picked

    def _title(self, product_id: str) -> str:
        facts = self._index.facts.get(product_id)
        return product_id if facts is None else facts.title(chinese=False)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self.learn()
            except ShowfloorError as error:  # the database is away: later
                _LOG.warning("recommendation learns later: %s", error.message)
            self._stop.wait(_LOOK_EVERY_S)
