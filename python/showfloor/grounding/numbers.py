"""Numbers as people write them: digits, English words, Chinese numerals."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

_ONES: tuple[str, ...] = (
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)
_ONES += ("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
_DECADES = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_TENS = {word: 10 * n for n, word in enumerate(_DECADES, 2)}
_SCALES = {"dozen": 12, "hundred": 100, "thousand": 1000, "million": 1_000_000}
_WORDS = {w: n for n, w in enumerate(_ONES)} | _TENS
_WORD = "|".join(sorted([*_WORDS, *_SCALES], key=len, reverse=True))

_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10_000, "亿": 100_000_000}
_HAN = "零〇一二两三四五六七八九十百千万亿"
_IDIOMS = (
    "十分|万一|千万|一定|一样|一些|一下|一起|一直|一般|统一|唯一|百搭|百货|四季|三星|五金|万能|千克|千瓦|一点(?![零一二三四五六七八九])|一旦|一律|一致|一切|"
    "一同|一边|一旁|一流|一款|进一步|之一|一共|一键|一体|三脚架|三角|四方|五星|七夕|八角|九宫|十字|两者|双十一|百叶|千层|三明治|二手|二维|三维"
)

_PATTERN = re.compile(
    rf"(?P<idiom>第[{_HAN}\d]+|{_IDIOMS})"
    r"|(?P<digits>\d{1,3}(?:[,' ]\d{3})+(?:\.\d+)?(?!\d)|\d+(?:[.,]\d+)?)"
    r"(?P<times>\s?[万千百亿](?![瓦克])|k\b(?=\s?(?:元|usd|eur)))?"
    rf"|\b(?P<words>(?:an?[ -])?(?:{_WORD})(?:[ -]+(?:and[ -]+)?(?:{_WORD}))*(?P<half>[ -]and[ -]a[ -]half)?)\b"
    r"|\b(?P<halved>half(?=[ -](?:an?[ -])?(?:met|kilo|lit|year|inch|pound|hour|day)))(?:[ -]an?\b)?"
    rf"|(?P<han>[{_HAN}]+(?:点[零〇一二三四五六七八九]+)?|半(?=米|公斤|斤|升|年|天|个月|小时))"
)
_VULGAR = re.compile(r"(\d+)\u2044(\d+)")


class Number(NamedTuple):
    """A number, where it stands, and the decimals that were written. ``spoken``: in words, where «one» may be «it»."""

    value: Decimal
    begin: int
    end: int
    decimals: int
    spoken: bool


def numbers(text: str) -> list[Number]:
    """All numbers of a folded text, in order."""
    text = _VULGAR.sub(lambda m: f"{int(m[1]) / max(1, int(m[2])):<{len(m[0])}.3g}"[: len(m[0])], text)
    found = []
    for match in _PATTERN.finditer(text):
        if match["idiom"]:
            continue
        if digits := match["digits"]:
            value, decimals = _digits(digits)
            if times := match["times"]:
                value *= {"k": 1000, **_PLACES, **_MYRIADS}[times.strip()]
            spoken = False
        else:
            spoken, decimals = True, 0
            if words := match["words"]:
                value = _words(words, bool(match["half"]))
            elif match["halved"] or match["han"] == "半":
                value, decimals = Decimal("0.5"), 1
            else:
                value = _han(match["han"])
        found.append(Number(value, match.start(), match.end(), decimals, spoken))
    return found


def _digits(text: str) -> tuple[Decimal, int]:
    whole = re.sub(r"[' ]", "", text)
    if "," in whole and (re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", whole)):
        whole = whole.replace(",", "")
    whole = whole.replace(",", ".")
    return Decimal(whole), len(whole.partition(".")[2])


def _words(text: str, half: bool) -> Decimal:
    total = part = 0
    for word in re.findall(_WORD, text):
        if word in _WORDS:
            part += _WORDS[word]
        elif word in ("hundred", "dozen"):
            part = max(1, part) * _SCALES[word]
        else:
            total, part = total + max(1, part) * _SCALES[word], 0
    return Decimal(total + part) + (Decimal("0.5") if half else 0)


def _han(text: str) -> Decimal:
    whole, _, decimals = text.partition("点")
    if not set(whole) & {*_PLACES, *_MYRIADS}:  # 二〇二六
        value = int("".join(str(_DIGITS[c]) for c in whole))
    else:
        total = section = digit = 0
        for c in whole:
            if c in _DIGITS:
                digit = _DIGITS[c]
            elif c in _PLACES:
                section, digit = section + (digit or 1) * _PLACES[c], 0
            else:
                total, section, digit = (total + section + digit or 1) * _MYRIADS[c], 0, 0
        value = total + section + digit
    return Decimal(f"{value}.{''.join(str(_DIGITS[c]) for c in decimals)}") if decimals else Decimal(value)
