"""Nearest vectors by PostgreSQL's extension pgvector, for catalogues too large to compare one by one in memory.

HNSW (Malkov and Yashunin 2018) over 16-bit floats; it needs pgvector 0.7. It is no part of the migrations: the
column comes when a catalogue needs it, also where the extension is installed later.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from showfloor.search.e5_file import Array
from showfloor.store.database import Database

NEAREST = 200
"""Products of one answer."""
_LOCK = 0x53464C56  # any number that no other program uses for its advisory locks
_ROWS = 500
_AVAILABLE = text("SELECT 1 FROM pg_available_extensions WHERE name = 'vector'")
_EXTENSION = text("CREATE EXTENSION IF NOT EXISTS vector")
_WITHOUT = text("SELECT product_id, vector FROM product_vectors WHERE nearest IS NULL LIMIT :rows")
_PUT = text("UPDATE product_vectors SET nearest = CAST(:vector AS halfvec) WHERE product_id = :id")
_FIND = text(
    "SELECT product_id, 1 - (nearest <=> CAST(:vector AS halfvec)) FROM product_vectors "
    "ORDER BY nearest <=> CAST(:vector AS halfvec) LIMIT :limit"
)


def prepare(db: Database, width: int) -> bool:
    """Add column and index, and fill them; False where the extension is not there or may not be made. Takes minutes."""
    if not db.look(lambda session: session.scalar(_AVAILABLE)):
        return False
    try:
        db.transact(_column, width)
        while fill(db):
            pass
        db.transact(_index)
    except DBAPIError:  # no right to make the extension, or one that is too old
        return False
    return True


def fill(db: Database) -> int:
    """Take over some vectors that were stored without it; how many."""

    def take(session: Session) -> int:
        rows = session.execute(_WITHOUT, {"rows": _ROWS}).all()
        put(session, [(i, np.frombuffer(blob, "<f2")) for i, blob in rows])
        return len(rows)

    return db.transact(take)


def put(session: Session, rows: Sequence[tuple[str, Array]]) -> None:
    """Beside rows of ``product_vectors`` that are there."""
    if rows:
        session.execute(_PUT, [{"id": i, "vector": _text(vector)} for i, vector in rows])


def nearest(session: Session, vector: Array) -> list[tuple[str, float]]:
    """Ids with cosines, best first."""
    session.execute(text(f"SET LOCAL hnsw.ef_search = {NEAREST}"))
    rows = session.execute(_FIND, {"vector": _text(vector), "limit": NEAREST})
    return [(i, float(cosine)) for i, cosine in rows if cosine is not None]


def _column(session: Session, width: int) -> None:
    session.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _LOCK})
    session.execute(_EXTENSION)
    session.execute(text(f"ALTER TABLE product_vectors ADD COLUMN IF NOT EXISTS nearest halfvec({int(width)})"))


def _index(session: Session) -> None:
    session.execute(text("SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0"))
    session.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _LOCK})
    session.execute(
        text(
            "CREATE INDEX IF NOT EXISTS ix_product_vectors_nearest ON product_vectors "
            "USING hnsw (nearest halfvec_cosine_ops)"
        )
    )


def _text(vector: Array) -> str:
    return "[" + ",".join(f"{x:.5g}" for x in vector.tolist()) + "]"
