"""Numbers that are written as words, or with separators, as plain digits: «五百», «a dozen», «1,299.99», «一米二»."""

from __future__ import annotations

import re
from itertools import pairwise

_ZH_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2}
_ZH_POWERS = {"十": 10, "百": 100, "千": 1000, "万": 10_000}
_ZH = "零〇一二两三四五六七八九十百千万"
_ZH_UNIT = (
    r"厘米|公分|毫米|分米|米|英寸|寸|英尺|尺|平|元|块|欧|美元|美金|英镑|镑|刀|人民币|公斤|千克|斤|克|"
    r"[个件把张台双条只套盏部款瓶支本打度码号人年天位杯对]|以内|以下|以上|之内|左右"
)
_ZH_MEASURED = re.compile(
    rf"(?<![{_ZH}])([{_ZH}]+)(?=\s*(?:{_ZH_UNIT}))|(?<=第)([{_ZH}]+)|([{_ZH}]*[十百千万][{_ZH}]*)"
)
_ZH_PAIR = re.compile(
    rf"(?<![{_ZH}])([{_ZH}]+)(?=\s*(?:乘以?|[x×*]))|(?<=[乘x×*])\s*([{_ZH}]+)|(?<=[宽高深长到至过])([{_ZH}]+)"
)
_ARTICLE = re.compile(r"一\s*[个件把张台双条只套盏部款瓶支本位杯对]")
_HALF = re.compile(r"(?<![\d.一半])半(?=(?:米|公斤|斤|尺))")
_AND_A_HALF = re.compile(r"(\d+)(米|公斤|斤|块)半")
_REST = re.compile(
    rf"(\d+)(米|块|尺)([{_ZH[:12]}]{{1,2}}|\d{{1,2}})(?![\d.{_ZH}]|\s*(?:厘|公分|毫|分米|米|寸|尺|块|元|[x×*乘个件把张台]))"
)
_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d,])")
_THOUSANDS_POINT = re.compile(r"(?<![\d.,])\d{1,3}(?:\.\d{3})+,\d{1,2}(?!\d)")
_DECIMAL_COMMA = re.compile(r"(?<![\d.,])(\d+),(\d{1,2})(?![\d,.])(?=\s*(?:m\b|cm\b|mm\b|kg\b|€|eur|米|厘米))")

_EN_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_EN_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_EN_VALUES = {w: i for i, w in enumerate(_EN_ONES)} | {w: 20 + 10 * i for i, w in enumerate(_EN_TENS)}
_EN_WORD = "|".join(sorted(_EN_VALUES, key=len, reverse=True))
_EN_NUMBER = re.compile(
    rf"\b(?:(?:an?|half an?|{_EN_WORD})[\s-]+(?:hundred|thousand|dozen)|{_EN_WORD}|dozen)\b"
    rf"(?:(?:[\s-]+(?:and[\s-]+)?)(?:{_EN_WORD}|hundred|thousand)\b)*"
)
_EN_HALF = re.compile(r"\b(\d+)\s+and\s+a\s+half\b")
_EN_HALF_UNIT = re.compile(r"\bhalf\s+an?\s+(?=met(?:re|er)|m\b|foot|kilo)")
_PRONOUN_ONE = re.compile(
    r"one(?!\s+(?:of|and\s+a\s+half|m|met(?:re|er)s?|cm|mm|foot|feet|ft|inch|kg|kilos?|piece|dollar|euro|more)\b)"
)


def digits(text: str) -> str:
    """``text`` (folded) with its numbers as digits; «one» as a pronoun and «一» as an article stay."""
    text = _THOUSANDS_POINT.sub(lambda m: m[0].replace(".", "").replace(",", "."), text)
    text = _THOUSANDS.sub(lambda m: m[0].replace(",", ""), text)
    text = _DECIMAL_COMMA.sub(r"\1.\2", text)
    for pattern in (_ZH_MEASURED, _ZH_PAIR):
        text = pattern.sub(_measured, text)
    text = _AND_A_HALF.sub(r"\1.5\2", _HALF.sub("0.5", text))
    text = _REST.sub(lambda m: f"{m[1]}.{''.join(str(_ZH_DIGITS.get(c, c)) for c in m[3])}{m[2]}", text)
    text = _EN_HALF_UNIT.sub("0.5 ", _EN_NUMBER.sub(_english, text))
    return _EN_HALF.sub(r"\1.5", text)


def _measured(found: re.Match[str]) -> str:
    if found[0] == "一" and _ARTICLE.match(found.string, found.start()) and found.string[: found.start()][-1:] != "第":
        return found[0]
    return _chinese(found[0].strip())


def _chinese(numeral: str) -> str:
    """«三百五» is 350, «一万二» 12000, «二零» 20; «两三», two or three, stays."""
    if not any(c in _ZH_POWERS for c in numeral):
        if len(numeral) == 2 and _ZH_DIGITS[numeral[0]] + 1 == _ZH_DIGITS[numeral[1]]:
            return numeral
        return "".join(str(_ZH_DIGITS[c]) for c in numeral)
    total = part = digit = 0
    power = 1
    for before, c in pairwise(" " + numeral):
        if c in _ZH_DIGITS:
            digit = _ZH_DIGITS[c]
            if before == "零":
                power = 10
        elif c == "万":
            total, part, digit, power = (total + part + digit or 1) * 10_000, 0, 0, 10_000
        else:
            power = _ZH_POWERS[c]
            part, digit = part + (digit or 1) * power, 0
    return str(total + part + digit * (power // 10 if digit and power > 10 else 1))


def _english(found: re.Match[str]) -> str:
    if found[0] == "one" and _PRONOUN_ONE.match(found.string, found.start()):
        return found[0]
    total, part = 0, 0.0
    for word in re.split(r"[\s-]+", found[0]):
        if word in ("a", "an"):
            part = part or 1
        elif word == "half":
            part = 0.5
        elif word in ("hundred", "dozen"):
            part = (part or 1) * (100 if word == "hundred" else 12)
        elif word == "thousand":
            total, part = total + int((part or 1) * 1000), 0
        elif word != "and":
            part += _EN_VALUES[word]
    return f"{total + part:g}" if total + part < 1e6 else str(int(total + part))
