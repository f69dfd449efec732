"""Gives every product its vector, in a thread beside the server."""

from __future__ import annotations

import logging
import threading
import time

import numpy as np
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from assets_pipeline import models
from assets_pipeline.errors import ShowfloorError
from showfloor.search import pgvector
from showfloor.search.e5_file import Array
from showfloor.search.embedding import MODEL, Embedder
from showfloor.search.index import Index
from showfloor.store.database import Database
from showfloor.store.tables import ProductVector

_LOG = logging.getLogger(__name__)
_AT_ONCE = 16
_LOADED_AT_ONCE = 500
_PAUSE_S = 1.0
_COMPARE_EVERY_S = 60.0
MOST_HELD = 200_000
"""Products whose vectors are compared in memory even where PostgreSQL could: up to here that is faster."""


class Meaning:
    """The embedding model, if it is installed, and the thread that applies it to the catalogue."""

    def __init__(self, db: Database, index: Index) -> None:
        self._db, self._index = db, index
        self._stop = threading.Event()
        self._compared = time.monotonic()
        self._thread: threading.Thread | None = None
        self.embedder: Embedder | None = None
        """None: not installed, or not loaded yet; search goes by words alone."""
        self._may_let_go = not db.sqlite

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="vectors", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Wait for the batch that runs."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def load(self) -> None:
        """
        Raises:
            MachineError: MODEL_MISSING, MODEL_HASH_MISMATCH, MODEL_DAMAGED.
        """
        self.embedder = Embedder(models.path(MODEL))

    def step(self) -> bool:
        """Bring the index up to date and embed some products; whether there is more to do."""
        now = time.monotonic()
        everything = now - self._compared > _COMPARE_EVERY_S
        self._db.look(self._index.refresh, everything)
        self._compared = now if everything else self._compared
        if self.embedder is None:
            return False
        if len(self._index.facts) > MOST_HELD and (everything or not self._index.stored):
            self._let_go()
        missing = self._index.without_vector(_LOADED_AT_ONCE)
        if not missing:
            return False
        known = self._db.look(self._index.load_vectors, missing)
        new = [facts for facts in missing if facts.id not in known][:_AT_ONCE]
        if new:
            rows = self.embedder.passages([facts.passage for facts in new])
            made = [(f.id, f.digest, row) for f, row in zip(new, rows, strict=True)]
            try:
                self._db.transact(store_vectors, made, self._index.stored)
            except IntegrityError:  # one was deleted, or another server was faster; the next round sees which
                return True
            self._index.set_vectors((i, d, row.astype(np.float16).astype(np.float32)) for i, d, row in made)
        return True

    def _let_go(self) -> None:
        """Leave the nearest vectors of a large catalogue to PostgreSQL, if it can."""
        if not self._may_let_go or self.embedder is None:
            return
        if self._index.stored:
            pgvector.fill(self._db)  # what another server stored before it knew
        elif not pgvector.prepare(self._db, self.embedder.width):
            self._may_let_go = False
            _LOG.warning(
                "%s products, and the database has no pgvector 0.7 or newer: all vectors stay in memory",
                f"{len(self._index.facts):,}",
            )
            return
        self._db.look(self._index.let_go)

    def _run(self) -> None:
        try:
            self.load()
        except ShowfloorError as error:
            _LOG.warning("search goes by words alone: %s %s", error.message, error.fix)
        try:
            self._index.fill_words()
        except ShowfloorError as error:
            _LOG.warning("older products are not findable yet: %s", error.message)
        while not self._stop.is_set():
            try:
                more = self.step()
            except ShowfloorError as error:  # the database is away: later
                _LOG.warning("vectors wait: %s", error.message)
                more = False
            except Exception:
                _LOG.exception("products got no vectors")
                more = False
            if not more:
                self._stop.wait(_PAUSE_S)


def store_vectors(session: Session, rows: list[tuple[str, str, Array]], nearest: bool) -> None:
    """Ids, digests and vectors; ``nearest``: for pgvector too."""
    session.execute(delete(ProductVector).where(ProductVector.product_id.in_([i for i, _, _ in rows])))
    session.add_all(
        ProductVector(product_id=i, digest=digest, vector=row.astype("<f2").tobytes()) for i, digest, row in rows
    )
    if nearest:
        session.flush()
        pgvector.put(session, [(i, row) for i, _, row in rows])
