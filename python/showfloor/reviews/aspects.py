"""Of which aspects a clause speaks: by its words, and where they say nothing by its meaning."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files

from showfloor.language.regression import Array
from showfloor.reviews.sentiment import Heads
from showfloor.search.words import folded

SURE = 0.6
"""Probability from which the meaning alone names an aspect."""


@dataclass(frozen=True)
class AspectWords:
    """``english`` are patterns of whole words, ``chinese`` of characters. ``en`` and ``zh`` name it to people."""

    name: str
    en: str
    zh: str
    english: str
    chinese: str


def _table() -> tuple[AspectWords, ...]:
    lines = files(__package__).joinpath("aspects.txt").read_text("utf-8").splitlines()[1:]
    return tuple(AspectWords(*line.split("\t")) for line in lines)


ASPECTS = _table()
BY_NAME = {aspect.name: aspect for aspect in ASPECTS}
_PATTERNS = [(a.name, re.compile(rf"\b(?:{a.english})\b|{a.chinese}")) for a in ASPECTS]


_PRAISE = frozenset(["beautiful", "pretty", "gorgeous", "elegant", "ugly", "漂亮", "好看", "难看", "美观", "大方"])
"""Says how something looks, but not what: beside another aspect it is of that."""


def named(text: str) -> list[str]:
    """Aspects that the words of ``text`` name."""
    plain = folded(text).replace("’", "'")
    found = {name: match[0] for name, pattern in _PATTERNS if (match := pattern.search(plain))}
    if len(found) > 1 and found.get("look", "") in _PRAISE:
        del found["look"]
    return list(found)


def meant(heads: Heads, rows: Array) -> list[str | None]:
    """The aspect that each text means, of its embedding; None where it is doubtful or none."""
    if not len(rows):
        return []
    chances = heads.aspect.probabilities([heads.standard(rows)])
    best = chances.argmax(1)
    sure = (chances.max(1) >= SURE) & (best < len(heads.aspects) - 1)
    return [heads.aspects[b] if s else None for b, s in zip(best, sure, strict=True)]


def label(name: str, chinese: bool) -> str:
    aspect = BY_NAME[name]
    return aspect.zh if chinese else aspect.en
