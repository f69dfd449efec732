"""Cuts a review into clauses, each an exact piece of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from showfloor.language.features import tokens

MAX_CLAUSE = 200
"""Characters; a longer one is cut at a space or mark."""
MAX_CLAUSES = 60
"""Of one review; the rest of a very long one is not read."""
_SENTENCE = re.compile(r"(?:\d[.,]\d|https?://\S+|[^.!?。！？；;\n…~])+[.!?。！？；;…~]*")
_TURN = re.compile(
    r"[,，]?\s*\b(?=(?:but|however|although|though|yet|except|unfortunately)\b)|[，,]?(?=但是|但|不过|可是|然而|就是|只是|可惜)",
    re.IGNORECASE,
)
_COMMA = re.compile(r"(?<!\d)[,，、]|[,，、](?!\d)")
_JOINT = re.compile(
    r"(?:(?:but|however|although|though|yet|and)\b|但是|但|不过|可是|然而|而且|就是|只是|可惜)[\s,，]*", re.IGNORECASE
)
_TRIM = " \t\r\n,，、;；"


@dataclass(frozen=True)
class Clause:
    """``text`` is ``review[begin : begin + len(text)]``."""

    begin: int
    text: str


def clauses(review: str) -> list[Clause]:
    """Sentences, cut again where the mind turns («but», «但是») and at commas between pieces of several words."""
    found: list[Clause] = []
    for sentence in _SENTENCE.finditer(review):
        for begin, end in _parts(review, sentence.start(), sentence.end()):
            while begin < end:
                cut = end if end - begin <= MAX_CLAUSE else _break(review, begin, begin + MAX_CLAUSE)
                piece = review[begin:cut]
                text = piece.strip(_TRIM)
                text = text[joint.end() :] if (joint := _JOINT.match(text)) else text
                if any(c.isalnum() or ord(c) > 0x2600 for c in text):
                    found.append(Clause(begin + piece.rindex(text), text))
                begin = cut
                if len(found) == MAX_CLAUSES:
                    return found
    return found


def _parts(review: str, begin: int, end: int) -> list[tuple[int, int]]:
    cuts = {m.start() for m in _TURN.finditer(review, begin, end)} - {begin}
    edges = [begin, *sorted(cuts), end]
    parts: list[tuple[int, int]] = []
    for low, high in pairwise(edges):
        commas = [low, *(m.end() for m in _COMMA.finditer(review, low, high)), high]
        start = len(parts)
        for a, b in pairwise(commas):
            if a == b:
                continue
            small = len(tokens(review[a:b].strip(_TRIM))) < 2
            if len(parts) > start and (small or _small(review, *parts[-1])):
                parts[-1] = (parts[-1][0], b)
            else:
                parts.append((a, b))
    return parts


def _small(review: str, begin: int, end: int) -> bool:
    return len(tokens(review[begin:end].strip(_TRIM))) < 2


def _break(text: str, begin: int, end: int) -> int:
    for mark in (" ", "，", ","):
        at = text.rfind(mark, begin + MAX_CLAUSE // 2, end)
        if at > 0:
            return at + 1
    return end
