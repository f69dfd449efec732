"""Texts as words that compare: case, accents, plurals and scripts out of the way. Index and query use the same."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

_RUN = re.compile(r"[一-鿿㐀-䶿]+|[^\W_一-鿿㐀-䶿]+")
_CJK = re.compile(r"[一-鿿㐀-䶿]")
_POSSESSIVE = re.compile(r"['’]s\b")
_IGNORED = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
MAX_WORD = 40

_STOP = """
a about all am an and any are as at be but by buy can could do find for from get give good have i im in is it looking
me my need nice of on or our please show so some something that the their them there these this to want what which who
will with would you your
"""
_FILLERS = """
我想要 我想买 我想 我要 想要 想买 帮我找 帮我 请问 请 有没有 有什么 有 推荐 适合 给我 寻找 找 买
一部 一个 一双 一件 一款 一些 的 了 吗 呢 和 或 以及 用的 什么 好看 哪些 可以
"""
STOP = frozenset(_STOP.split())
FILLERS = tuple(sorted(_FILLERS.split(), key=len, reverse=True))


def folded(text: str) -> str:
    """Lower case, full-width as half-width, no accents, nothing invisible."""
    text = _IGNORED.sub("", text).casefold()
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKD", text)
    return unicodedata.normalize("NFC", "".join(c for c in text if not unicodedata.combining(c)))


def is_chinese(text: str) -> bool:
    return _CJK.search(text) is not None


def is_chinese_language(language: str) -> bool:
    """Of a BCP 47 tag."""
    return language.lower().partition("-")[0] == "zh"


def words(text: str) -> Iterator[str]:
    """Each word once for each time it stands there; of Chinese, which has no spaces, all pairs of characters."""
    for run in _RUN.findall(_POSSESSIVE.sub("", folded(text))):
        if not _CJK.match(run):
            yield singular(run[:MAX_WORD])
        elif len(run) == 1:
            yield run
        else:
            yield from (run[i : i + 2] for i in range(len(run) - 1))


def joined(texts: Iterable[str]) -> str:
    return " ".join(word for text in texts for word in words(text))


def singular(word: str) -> str:
    """English plurals without their ending; anything else as it is."""
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    return word[:-1]


def without_fillers(text: str) -> str:
    """A folded Chinese query without «I would like», «suitable for» and the like."""
    for phrase in FILLERS:
        text = text.replace(phrase, " ")
    return text
