"""Names of kinds, attributes and values in the other language, as far as two word lists go."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from showfloor.search.words import folded, is_chinese

_UNITS = {
    "day": "天",
    "week": "周",
    "month": "个月",
    "year": "年",
    "hour": "小时",
    "piece": "件",
    "business day": "个工作日",
}
_UNIT = "|".join(sorted(_UNITS, key=len, reverse=True))
_PATTERNS = (
    (re.compile(rf"(\d+)[- ]({_UNIT})s? warranty"), "保修{0}{1}"),
    (re.compile(rf"(\d+)[- ]({_UNIT})s? returns?(?: policy)?"), "{0}{1}内可退货"),
    (re.compile(rf"ships in (\d+(?:-\d+)?) ({_UNIT})s?"), "{0}{1}内发货"),
    (re.compile(rf"(\d+(?:-\d+)?) ({_UNIT})s?"), "{0}{1}"),
)
_BACK = {zh: en for en, zh in _UNITS.items()}
_BACK_PATTERN = re.compile(r"(\d+)\s?(" + "|".join(sorted(_BACK, key=len, reverse=True)) + ")")
_LIST = re.compile(r"\s*[,;/、，；]\s*|\s+(?:and|&)\s+")
_SHARE = re.compile(r"(\d+(?:\.\d+)?\s?%)\s*(.+)|(.+?)\s*(\d+(?:\.\d+)?\s?%)")
_WORD = re.compile(r"[a-z]{3,}")


def translated(text: str, chinese: bool) -> str | None:
    """``text`` in Chinese, or in English; itself if it is so or is of numbers and codes; None: not known."""
    if is_chinese(text) == chinese and (chinese or not is_chinese(text)):
        return text
    if chinese and not _WORD.search(text):
        return text
    plain = re.sub(r"\s+", " ", folded(text)).strip(" .。").replace("’", "'")
    known = _table(chinese).get(plain) or _by_pattern(plain, chinese)
    if known:
        return known
    parts = _LIST.split(plain)
    if len(parts) < 2:
        return _with_share(plain, chinese)
    done = [translated(p, chinese) for p in parts if p]
    return None if None in done else ("、" if chinese else ", ").join(d for d in done if d)


def _with_share(text: str, chinese: bool) -> str | None:
    match = _SHARE.fullmatch(text)
    if not match:
        return None
    share, name = (match[1], match[2]) if match[1] else (match[4], match[3])
    known = translated(name, chinese)
    return None if known is None else (f"{share}{known}" if chinese else f"{share} {known}")


def _by_pattern(text: str, chinese: bool) -> str | None:
    if not chinese:
        match = _BACK_PATTERN.fullmatch(text)
        return None if match is None else f"{match[1]} {_BACK[match[2]]}{'s' * (match[1] != '1')}"
    for pattern, form in _PATTERNS:
        if match := pattern.fullmatch(text):
            return form.format(match[1], _UNITS[match[2]])
    return None


@cache
def _table(chinese: bool) -> dict[str, str]:
    """Folded name to its name in the other language; of several names the first is taken."""
    table: dict[str, str] = {}
    for english, zh in _rows():
        for name in zh if not chinese else english:
            table.setdefault(folded(name), (zh if chinese else english)[0])
    return table


def _rows() -> Iterator[tuple[list[str], list[str]]]:
    for line in files("showfloor.writing").joinpath("words.txt").read_text("utf-8").splitlines()[1:]:
        english, _, zh = line.partition(" | ")
        yield [e.strip() for e in english.split(",")], [zh.strip()]
    for line in files("showfloor.grounding").joinpath("terms.txt").read_text("utf-8").splitlines()[1:]:
        english, _, zh = line.partition("|")
        names = [e.strip() for e in english.partition("<")[0].split(",") if e.strip()]
        if names and zh.split():
            yield names, zh.split()
