"""The catalogue in memory: facts and vectors of every product, brought up to date before each answer."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from showfloor.search import lexical, pgvector
from showfloor.search.e5_file import Array
from showfloor.search.eight_bits import Bytes, products, rounded
from showfloor.search.facts import Facts, read_facts
from showfloor.search.typos import Vocabulary
from showfloor.store.database import Database
from showfloor.store.tables import Product, ProductVector, ProductWords

_CLOCKS = timedelta(minutes=5)
"""How far the clocks of servers on one database may differ."""
_COUNT_EVERY_S = 1.0
_ROWS = 500


NEAREST = 500
"""Products of one answer by meaning."""
_SAMPLE = 500


@dataclass(frozen=True)
class Near:
    """The nearest products: places in ``Index.ids`` and cosines, best first; and the median of the whole catalogue."""

    slots: NDArray[np.int64]
    cosines: Array
    middle: float


class Index:
    """Facts, words and vectors of all products. Methods block: call them in threads.

    One cheap query tells whether any product has changed since; only what changed is read again. So several servers on
    one database agree, and a product is found as soon as it is written. Products that another server deleted are
    missed once a second, since counting takes longer.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self.lock = threading.RLock()
        self.facts: dict[str, Facts] = {}
        self.version = 0
        """Grows whenever ``facts`` change."""
        self.vocabulary = Vocabulary()
        self.ids: list[str] = []
        self._slots: dict[str, int] = {}
        self._vectors: Bytes = np.zeros((0, 0), np.int8)
        self._steps: Array = np.zeros(0, np.float32)
        """What one of the integers of each vector is worth; NaN: it has none yet."""
        self._digests: dict[str, str] = {}
        self._etags: dict[str, str] = {}
        self._seen: tuple[int, datetime | None] = (0, None)
        self._counted = -math.inf
        self._stale = False
        self.stored = False
        """Whether the database finds the nearest vectors, and none are held here."""
        self._sample: Array = np.zeros((0, 0), np.float32)

    def written(self) -> None:
        """A write of this server has been committed: look again, even where its time is not the newest."""
        self._stale = True

    def refresh(self, session: Session, everything: bool = False) -> None:
        """Read what has changed. With ``everything`` compare all products, also those that a slow write left behind."""
        with self.lock:
            stale, self._stale = self._stale or everything, False
            newest = session.scalar(select(func.max(Product.update_time)))
            moment = time.monotonic()
            if newest == self._seen[1] and not stale and moment < self._counted + _COUNT_EVERY_S:
                return
            self._counted = moment
            now = (session.scalar(select(func.count()).select_from(Product)) or 0, newest)
            if now == self._seen and not stale:
                return
            query = select(Product.id, Product.etag)
            if self._seen[1] is not None and not everything:
                query = query.where(Product.update_time >= self._seen[1] - _CLOCKS)
            changed = [i for i, etag in session.execute(query) if self._etags.get(i) != etag]
            for begin in range(0, len(changed), _ROWS):
                self._read(session, changed[begin : begin + _ROWS])
            if len(self.facts) != now[0]:
                self._drop(set(self.facts) - set(session.scalars(select(Product.id))))
            self._seen = now

    def fill_words(self) -> None:
        """Make findable what was written before there was search."""
        missing = select(Product).where(Product.id.not_in(select(ProductWords.product_id))).limit(_ROWS)

        def fill(session: Session) -> int:
            rows = list(session.scalars(missing))
            lexical.put(session, [read_facts(row.id, row.data) for row in rows])
            return len(rows)

        while self._db.transact(fill):
            pass

    def near(self, session: Session, vector: Array) -> Near:
        """What is nearest to ``vector`` in meaning; nothing where products have no vectors yet. Hold ``lock``."""
        if self.stored:
            found = [(self._slots[i], c) for i, c in pgvector.nearest(session, vector) if i in self._digests]
            middle = float(np.median(self._sample @ vector)) if len(self._sample) else 0.0
            slots, cosines = (np.array(v) for v in zip(*found)) if found else (np.zeros(0), np.zeros(0))
            return Near(slots.astype(np.int64), cosines.astype(np.float32), middle)
        if self._vectors.shape[1] != len(vector) or not self._digests:
            return Near(np.zeros(0, np.int64), np.zeros(0, np.float32), 0.0)
        every = products(self._vectors[: len(self.ids)], vector) * self._steps[: len(self.ids)]
        has = np.flatnonzero(~np.isnan(every))
        held = every[has]
        best = np.argpartition(-held, NEAREST)[:NEAREST] if len(held) > NEAREST else np.arange(len(held))
        best = best[np.argsort(-held[best], kind="stable")]
        return Near(has[best], held[best], float(np.median(held)))

    def slot(self, product_id: str) -> int | None:
        """Its place in ``ids``. Hold ``lock``."""
        return self._slots.get(product_id)

    def vectors(self, session: Session, ids: Sequence[str]) -> dict[str, Array]:
        """Of those that have one. Hold ``lock``."""
        known = [i for i in ids if i in self._digests]
        if not self.stored:
            return {i: self._vectors[s] * self._steps[s] for i, s in ((i, self._slots[i]) for i in known)}
        rows = session.execute(
            select(ProductVector.product_id, ProductVector.vector).where(ProductVector.product_id.in_(known))
        )
        return {i: np.frombuffer(blob, "<f2").astype(np.float32) for i, blob in rows}

    def let_go(self, session: Session) -> None:
        """From now on the database finds what is near (``pgvector``); or, later: look at its vectors again."""
        rows = session.scalars(select(ProductVector.vector).order_by(ProductVector.digest).limit(_SAMPLE))
        sample = [np.frombuffer(blob, "<f2").astype(np.float32) for blob in rows]  # digests are as good as dice
        with self.lock:
            self._sample = np.array(sample, np.float32)
            self._vectors, self._steps = np.zeros((0, 0), np.int8), np.zeros(0, np.float32)
            self.stored = True

    def without_vector(self, limit: int) -> list[Facts]:
        """Products whose vector is missing or of an older text."""
        with self.lock:
            found = []
            for i, facts in self.facts.items():
                if self._digests.get(i) is None:
                    found.append(facts)
                    if len(found) == limit:
                        break
            return found

    def load_vectors(self, session: Session, facts: Sequence[Facts]) -> set[str]:
        """Take stored vectors that fit the texts; the ids of those found."""
        rows = session.execute(
            select(ProductVector.product_id, ProductVector.digest, ProductVector.vector).where(
                ProductVector.product_id.in_([f.id for f in facts])
            )
        )
        wanted = {f.id: f.digest for f in facts}
        fitting = [(i, blob) for i, digest, blob in rows if wanted[i] == digest]
        self.set_vectors((i, wanted[i], np.frombuffer(blob, "<f2").astype(np.float32)) for i, blob in fitting)
        return {i for i, _ in fitting}

    def set_vectors(self, found: Iterable[tuple[str, str, Array]]) -> None:
        """Id, digest of the text, vector; what has changed meanwhile is left out."""
        with self.lock:
            for product_id, digest, vector in found:
                facts = self.facts.get(product_id)
                if facts is None or facts.digest != digest:
                    continue
                if self.stored:
                    self._digests[product_id] = digest
                    continue
                if self._vectors.shape[1] != len(vector):
                    rows = max(256, len(self.ids))
                    self._vectors = np.zeros((rows, len(vector)), np.int8)
                    self._steps = np.full(rows, np.nan, np.float32)
                    self._digests.clear()
                slot = self._slots[product_id]
                self._vectors[slot], self._steps[slot] = rounded(vector)
                self._digests[product_id] = digest

    def _read(self, session: Session, ids: Sequence[str]) -> None:
        rows = session.execute(select(Product.id, Product.etag, Product.data).where(Product.id.in_(ids)))
        read = [(i, etag, read_facts(i, data)) for i, etag, data in rows]
        for i, etag, facts in read:
            self._put(facts)
            self._etags[i] = etag
        waiting = [facts for i, _, facts in read if i not in self._digests]
        if waiting:
            self.load_vectors(session, waiting)

    def _put(self, facts: Facts) -> None:
        self.version += 1
        old = self.facts.get(facts.id)
        if old is not None:
            self.vocabulary.remove(_vocabulary(old))
            if old.passage != facts.passage and self._digests.pop(facts.id, "") and not self.stored:
                self._steps[self._slots[facts.id]] = np.nan
        else:
            self._slots[facts.id] = len(self.ids)
            self.ids.append(facts.id)
            self._grow()
        self.facts[facts.id] = facts
        self.vocabulary.add(_vocabulary(facts))

    def _grow(self) -> None:
        more = len(self.ids) - len(self._steps)
        if self._vectors.shape[1] and more > 0:
            more += len(self.ids)
            self._vectors = np.pad(self._vectors, ((0, more), (0, 0)))
            self._steps = np.pad(self._steps, (0, more), constant_values=np.nan)

    def _drop(self, ids: Iterable[str]) -> None:
        for i in ids:
            self.version += 1
            self.vocabulary.remove(_vocabulary(self.facts.pop(i)))
            self._etags.pop(i, None)
            self._digests.pop(i, None)
            slot, last = self._slots.pop(i), self.ids.pop()
            end, held = len(self.ids), bool(self._vectors.shape[1])
            if last != i:
                self.ids[slot], self._slots[last] = last, slot
                if held:
                    self._vectors[slot], self._steps[slot] = self._vectors[end], self._steps[end]
            if held:
                self._steps[end] = np.nan


def _vocabulary(facts: Facts) -> set[str]:
    return {*facts.title_words.split(), *facts.body_words.split()}
