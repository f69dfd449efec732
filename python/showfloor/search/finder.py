"""The search itself: words and meaning together, filters, and what is given up when nothing is left."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from sqlalchemy.orm import Session

from showfloor.search import filters as rules
from showfloor.search import lexical
from showfloor.search.e5_file import Array
from showfloor.search.facts import Facts
from showfloor.search.index import Index
from showfloor.search.query import Understood, understand
from showfloor.search.synonyms import synonyms
from showfloor.search.vectors import Meaning
from showfloor.search.words import is_chinese_language
from showfloor.store.database import Database
from showfloor.v1 import catalog_pb2 as pb

MOST = 500
"""Products of one answer, over all its pages."""
_BY_WORDS = 500
_SYNONYM = 0.7
_MEANING = 0.5
_NEAR = 0.35
"""Of the way from the middle of the catalogue to its best: what is less near in meaning is not an answer by itself."""
_WORTH = 0.5
"""Of the best score without filters: where nothing so good meets them, they are given up."""
_SAFE = 0.80
"""Cosine below which nothing is near, however far the rest is."""


@dataclass
class Found:
    """Ids and scores, best first, and what was made of the query. ``why`` tells of an id, for people."""

    hits: list[tuple[str, float]]
    why: Callable[[str], str] = str
    understood: list[pb.SearchFilter] = field(default_factory=list)
    relaxed: list[pb.SearchFilter] = field(default_factory=list)
    by_words_only: bool = False


class Finder:
    """Search over the catalogue of a database. Methods block: call them in threads."""

    def __init__(self, db: Database, index: Index, meaning: Meaning) -> None:
        self._sqlite = db.sqlite
        self._index, self._meaning = index, meaning
        self._vector = lru_cache(1000)(self._embed)
        self._beside = ThreadPoolExecutor(4, "meaning")

    def close(self) -> None:
        """End its threads."""
        self._beside.shutdown()

    def find(self, session: Session, query: str, given: Sequence[pb.SearchFilter] = (), language: str = "") -> Found:
        """``given`` filters always hold; understood ones are given up, one after the other, until something is left."""
        self._index.refresh(session)
        asked = understand(query)
        if language:
            asked.chinese = is_chinese_language(language)
        index = self._index
        expanded = self._expand(asked)
        meant = self._beside.submit(self._vector, asked.text) if self._meaning.embedder and asked.text else None
        by_words = self._by_words(session, expanded)
        vector = None if meant is None else meant.result()
        with index.lock:
            must = self._meeting(index.facts, given)
            near = {} if vector is None else self._near(session, vector)
            scores = self._scores(asked, by_words, near, must)
            result = Found([], understood=asked.filters, by_words_only=self._meaning.embedder is None)
            kept = list(asked.filters)
            enough = _WORTH * max(scores.values(), default=0.0)
            allowed: Collection[str] = ()
            for drop in [None, *rules.to_relax(asked.filters)]:
                if drop is not None:
                    kept.remove(drop)
                    result.relaxed.append(drop)
                allowed = self._meeting(scores, kept)
                if any(scores[i] >= enough for i in allowed):
                    break
            for f in list(result.relaxed):  # put back what did no harm
                fewer = self._meeting(allowed, [f])
                if any(scores[i] >= enough for i in fewer):
                    allowed = fewer
                    result.relaxed.remove(f)
            hits = [(i, scores[i]) for i in allowed]
            hits.sort(key=lambda hit: (index.facts[hit[0]].sold_out, -hit[1], hit[0]))
            result.hits = hits[:MOST]
            result.why = self._reason(result, asked, expanded, vector is not None)
        return result

    def _embed(self, text: str) -> Array | None:
        embedder = self._meaning.embedder
        return None if embedder is None else embedder.query(text)

    def _expand(self, asked: Understood) -> dict[str, tuple[float, str]]:
        """Each word to look for, with its weight and the shopper's own word for it."""
        expanded = {word: (1.0, word) for word in asked.words}
        known = synonyms(asked.words)
        for word in asked.words:
            right = None if word in known.values() else self._index.vocabulary.correct(word)
            if right is not None:
                expanded.setdefault(right, (1.0, word))
                for other in synonyms([right]):
                    expanded.setdefault(other, (_SYNONYM, word))
        for word, instead in known.items():
            expanded.setdefault(word, (_SYNONYM, instead))
        return expanded

    def _by_words(self, session: Session, expanded: dict[str, tuple[float, str]]) -> dict[str, float]:
        index = self._index
        total = max(1, len(index.facts))
        counts = index.vocabulary.counts
        known = {word: weight for word, (weight, _) in expanded.items() if counts[word]}
        shares = {word: counts[word] / total for word in known}
        return dict(lexical.find(session, known, shares, _BY_WORDS, self._sqlite))

    def _scores(
        self, asked: Understood, by_words: dict[str, float], near: dict[str, float], must: Collection[str]
    ) -> dict[str, float]:
        """Both scores brought to 0…1 and added; only products that either finds by itself."""
        if not asked.words and (asked.filters or not asked.text):  # «under 20»: everything that meets it
            return dict.fromkeys(must, 1.0)
        best = max(by_words.values(), default=0.0)
        scores = {i: (1 - _MEANING) * max(s, 0.0) / best for i, s in by_words.items()} if best > 0 else {}
        for i, nearness in near.items():
            scores[i] = scores.get(i, 0.0) + _MEANING * nearness
        return {i: s for i, s in scores.items() if i in must}

    def _near(self, session: Session, vector: Array) -> dict[str, float]:
        index = self._index
        found = index.near(session, vector)
        if not len(found.slots) or found.cosines[0] <= 0:
            return {}
        near = np.clip((found.cosines - found.middle) / max(float(found.cosines[0]) - found.middle, 1e-6), 0, 1)
        good = (near >= _NEAR) & (found.cosines >= _SAFE)
        return {index.ids[slot]: float(n) for slot, n in zip(found.slots[good].tolist(), near[good].tolist())}

    def _meeting(self, ids: Collection[str], filters: Sequence[pb.SearchFilter]) -> Collection[str]:
        facts = self._index.facts
        for f in filters:
            passes = rules.test(f)
            ids = {i for i in ids if passes(facts[i])}
        return ids

    def _reason(
        self, found: Found, asked: Understood, expanded: dict[str, tuple[float, str]], meaning: bool
    ) -> Callable[[str], str]:
        kept = [filter_text(f, asked.chinese) for f in found.understood if f not in found.relaxed]
        dropped = [filter_text(f, asked.chinese) for f in found.relaxed]

        def why(product_id: str) -> str:
            facts = self._index.facts.get(product_id)
            return "" if facts is None else _reason(facts, asked, expanded, kept, dropped, meaning)

        return why


def _reason(
    facts: Facts,
    asked: Understood,
    expanded: dict[str, tuple[float, str]],
    kept: Sequence[str],
    dropped: Sequence[str],
    meaning: bool,
) -> str:
    have = {*facts.title_words.split(), *facts.body_words.split()}
    same = [word for word, (_, own) in expanded.items() if word in have and own == word]
    instead = [
        f"{word} ({own})" for word, (_, own) in expanded.items() if word in have and own not in same and own != word
    ]
    zh = asked.chinese
    parts = []
    if same or instead:
        parts.append(("含有：" if zh else "Has ") + ("、" if zh else ", ").join([*same, *instead][:6]))
    elif meaning:
        parts.append("含义相近" if zh else "Near in meaning")
    if kept:
        parts.append(("符合：" if zh else "Meets ") + ("、" if zh else ", ").join(kept))
    if dropped:
        parts.append(("已放宽：" if zh else "Nothing met ") + ("、" if zh else ", ").join(dropped))
    if not meaning:
        parts.append("仅按词语搜索" if zh else "By words alone")
    return ("；" if zh else ". ").join(parts) + ("。" if zh else ".")


_CHINESE = {
    "price": "价格",
    "colour": "颜色",
    "material": "材质",
    "size": "尺码",
    "width": "宽度",
    "height": "高度",
} | {
    "depth": "深度",
    "stock": "库存",
    "brand": "品牌",
}


def filter_text(f: pb.SearchFilter, chinese: bool) -> str:
    """A filter for people: «price ≤ 50»."""
    name = _CHINESE.get(f.attribute, f.attribute) if chinese else f.attribute
    if f.value:
        return f"{name} {f.value}"
    low, high = f.HasField("minimum"), f.HasField("maximum")
    if low and high:
        return f"{name} {f.minimum:g}–{f.maximum:g}"
    return f"{name} ≥ {f.minimum:g}" if low else f"{name} ≤ {f.maximum:g}"
