"""Lengths as people count them, and cuts where a sentence or a phrase ends."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from showfloor.search.words import is_chinese

_JOINER = "\u200d"
_END = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])|\n+")
_PHRASE = re.compile(r"[,;:，、；：–—]\s*|\s[-·|/]\s")


def clusters(text: str) -> list[str]:
    """Characters as users see them: accents, joined emoji and flags count once (UAX #29, the cases that shops meet)."""
    found: list[str] = []
    flag = False
    for c in text:
        indicator = 0x1F1E6 <= ord(c) <= 0x1F1FF
        extends = unicodedata.category(c) in ("Mn", "Me", "Mc") or c == _JOINER or 0x1F3FB <= ord(c) <= 0x1F3FF
        joins = bool(found) and found[-1].endswith(_JOINER) and ord(c) >= 0x2190 and ord(found[-1][0]) >= 0x2190
        if found and found[-1] != "\n" and (extends or joins or (indicator and flag)):
            found[-1] += c
            flag = False
        else:
            found.append(c)
            flag = indicator
    return found


def characters(text: str) -> int:
    return len(clusters(text))


def sentences(text: str) -> list[str]:
    """With their marks; abbreviations of one letter don't end one."""
    found: list[str] = []
    for part in (p.strip() for p in _END.split(text)):
        if found and re.search(r"(?:\b[A-Za-z]|\b(?:no|approx|incl|max|min|ca|vs|e\.g|i\.e))\.$", found[-1], re.I):
            found[-1] += " " + part
        elif part:
            found.append(part)
    return found


def fitted(parts: Sequence[str], limit: int, separator: str) -> str:
    """As many whole parts, in their order, as fit; of the first alone a piece, if even that is too long."""
    text = ""
    for part in parts:
        longer = text + separator + part if text else part
        if characters(longer) <= limit:
            text = longer
        elif not text:
            return cut(part, limit)
    return text


def cut(text: str, limit: int) -> str:
    """At most ``limit`` characters: whole sentences, else up to the end of a phrase, else whole words."""
    if characters(text) <= limit:
        return text
    kept = ""
    for sentence in sentences(text):
        longer = f"{kept} {sentence}" if kept and kept[-1] not in "。！？" else kept + sentence
        if characters(longer) > limit:
            break
        kept = longer
    if kept:
        return kept
    head = "".join(clusters(text)[:limit])
    ends = [m.start() for m in _PHRASE.finditer(head) if m.start() > limit // 3]
    if ends:
        return head[: ends[-1]].rstrip()
    space = head.rfind(" ")
    following = text[len(head) : len(head) + 1]
    if following.isalnum() and not is_chinese(following) and space > 0:
        head = head[:space]
    return head.rstrip(" ,;:，、；：-–—·|/")
