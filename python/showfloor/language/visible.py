"""Texts as they read: nothing invisible, no letters of another script that only look Latin, no floods."""

from __future__ import annotations

import re
import unicodedata

_KEPT = "，。！？；：（）《》“”‘’、…～"
_NORMAL = re.compile(rf"[^{_KEPT}]+")
_HIDDEN = {"Cf", "Cc", "Cs", "Co", "Cn"}
_FILLER = "\u115f\u1160\u3164\uffa0\u034f\u2800\ufe0e\ufe0f"
_FLOOD = re.compile(r"(\D)\1{3,}")
_MARKS = re.compile(r"([\u0300-\u036f\u0483-\u0489\u20d0-\u20ff]{2})[\u0300-\u036f\u0483-\u0489\u20d0-\u20ff]+")
_LOOKALIKES = str.maketrans(
    "аеорсухіјѕһԁԛԝвкмнтпгіАВЕКМНОРСТХІЈЅαεορνικτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "aeopcyxijshdqwbkmhtnriABEKMHOPCTXIJSaeopviktuxABEZHIKMNOPTYX",
)
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[A-Za-z]")


def visible(text: str) -> str:
    """``text`` without what nobody sees, in usual letters, on one line; of any length and kind."""
    kept = "".join(" " if c in "\n\r\t\v\f" or c in _FILLER[:4] else c for c in text)
    kept = "".join(c for c in kept if unicodedata.category(c) not in _HIDDEN and c not in _FILLER)
    kept = _NORMAL.sub(lambda m: unicodedata.normalize("NFKC", m[0]), kept)
    kept = _FLOOD.sub(r"\1\1\1", _MARKS.sub(r"\1", kept))
    return " ".join(_WORD.sub(_latin, kept).split())


def _latin(word: re.Match[str]) -> str:
    """A word of Latin letters with a few look-alikes among them, in Latin letters; any other as it is."""
    return word[0].translate(_LOOKALIKES) if _LATIN.search(word[0]) and not word[0].isascii() else word[0]
