"""The catalogue in memory: facts and vectors of every product, brought up to date before each answer."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from showfloor.search import lexical
from showfloor.search.e5_file import Array
from showfloor.search.facts import Facts, read_facts
from showfloor.search.typos import Vocabulary
from showfloor.store.database import Database
from showfloor.store.tables import Product, ProductVector, ProductWords

_CLOCKS = timedelta(minutes=5)
"""How far the clocks of servers on one database may differ."""
_ROWS = 500


class Index:
    """Facts, words and vectors of all products. Methods block: call them in threads.

    One cheap query tells whether any product has changed since; only what changed is read again. So several servers on
    one database agree, and a product is found as soon as it is written.
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
        self._vectors: Array = np.zeros((0, 0), np.float32)
        self._digests: dict[str, str] = {}
        self._etags: dict[str, str] = {}
        self._seen: tuple[int, datetime | None] = (0, None)
        self._stale = False

    def written(self) -> None:
        """A write of this server has been committed: look again, even where its time is not the newest."""
        self._stale = True

    def refresh(self, session: Session, everything: bool = False) -> None:
        """Read what has changed. With ``everything`` compare all products, also those that a slow write left behind."""
        with self.lock:
            stale, self._stale = self._stale or everything, False
            state = session.execute(select(func.count(), func.max(Product.update_time)).select_from(Product)).one()
            now = (int(state[0]), state[1])
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

    def similarities(self, vector: Array) -> Array:
        """Cosine of each product, in the order of ``ids``; NaN where there is no vector yet. Hold ``lock``."""
        n = len(self.ids)
        if self._vectors.shape[1] != len(vector):
            return np.full(n, np.nan, np.float32)
        return self._vectors[:n] @ vector

    def slot(self, product_id: str) -> int | None:
        """Its place in ``ids``. Hold ``lock``."""
        return self._slots.get(product_id)

    def vector(self, product_id: str) -> Array | None:
        """Hold ``lock``."""
        slot = self._slots.get(product_id)
        if slot is None or product_id not in self._digests:
            return None
        return self._vectors[slot]

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
                if self._vectors.shape[1] != len(vector):
                    self._vectors = np.full((max(256, len(self.ids)), len(vector)), np.nan, np.float32)
                    self._digests.clear()
                self._vectors[self._slots[product_id]] = vector
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
            if old.passage != facts.passage and self._digests.pop(facts.id, ""):
                self._vectors[self._slots[facts.id]] = np.nan
        else:
            self._slots[facts.id] = len(self.ids)
            self.ids.append(facts.id)
            self._grow()
        self.facts[facts.id] = facts
        self.vocabulary.add(_vocabulary(facts))

    def _grow(self) -> None:
        have, width = self._vectors.shape
        if width and len(self.ids) > have:
            larger = np.full((2 * len(self.ids), width), np.nan, np.float32)
            larger[:have] = self._vectors
            self._vectors = larger

    def _drop(self, ids: Iterable[str]) -> None:
        for i in ids:
            self.version += 1
            self.vocabulary.remove(_vocabulary(self.facts.pop(i)))
            self._etags.pop(i, None)
            self._digests.pop(i, None)
            slot, last = self._slots.pop(i), self.ids.pop()
            if last != i:
                self.ids[slot], self._slots[last] = last, slot
                if self._vectors.shape[1]:
                    self._vectors[slot] = self._vectors[len(self.ids)]
            if self._vectors.shape[1]:
                self._vectors[len(self.ids)] = np.nan


def _vocabulary(facts: Facts) -> set[str]:
    return {*facts.title_words.split(), *facts.body_words.split()}
