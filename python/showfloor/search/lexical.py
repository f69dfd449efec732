"""Full-text search in the database itself: FTS5 with BM25 in SQLite, tsvector in PostgreSQL."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from showfloor.search.facts import Facts
from showfloor.store.tables import ProductWords

_TITLE_WEIGHT = 4.0
_SQLITE = text(
    "SELECT w.product_id, -f.rank FROM (SELECT rowid, rank FROM product_fts WHERE product_fts MATCH :query "
    f"AND rank MATCH 'bm25({_TITLE_WEIGHT}, 1.0)' ORDER BY rank LIMIT :limit) AS f "
    "JOIN product_words w ON w.number = f.rowid ORDER BY f.rank"
)


def put(session: Session, products: Sequence[Facts]) -> None:
    """Make products findable as they are now."""
    rows = {
        row.product_id: row
        for row in session.scalars(select(ProductWords).where(ProductWords.product_id.in_([p.id for p in products])))
    }
    for facts in products:
        row = rows.get(facts.id)
        if row is None:
            session.add(ProductWords(product_id=facts.id, title=facts.title_words, body=facts.body_words))
        else:
            row.title, row.body = facts.title_words, facts.body_words


def find(
    session: Session, words: Mapping[str, float], shares: Mapping[str, float], limit: int, sqlite: bool
) -> list[tuple[str, float]]:
    """Products that have any of ``words``, with their scores, best first.

    Args:
        words: Each with its weight, which counts in PostgreSQL only: BM25 in SQLite has weights of its own.
        shares: Each with the share of products that have it.
    """
    if not words:
        return []
    if sqlite:
        query = " OR ".join(f'"{word}"' for word in words)
        found = session.execute(_SQLITE, {"query": query, "limit": limit})
        return [(row[0], float(row[1])) for row in found]
    ranks: list[str] = []
    values: dict[str, str | float] = {}
    for i, (word, weight) in enumerate(words.items()):
        ranks.append(f":w{i} * ts_rank(array[0.25, 0.25, 0.25, 1.0], terms, to_tsquery('simple', :t{i}), 1)")
        values |= {f"t{i}": f"'{word}'", f"w{i}": weight * -math.log(max(shares.get(word, 0.0), 1e-6) * 0.9)}
    anything = " | ".join(f"'{word}'" for word in words)
    statement = text(
        f"SELECT product_id, {' + '.join(ranks)} AS score FROM product_words "
        "WHERE terms @@ to_tsquery('simple', :anything) ORDER BY score DESC LIMIT :limit"
    )
    found = session.execute(statement, values | {"anything": anything, "limit": limit})
    return [(row[0], float(row[1])) for row in found]
