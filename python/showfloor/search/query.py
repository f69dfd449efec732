"""What a shopper's words ask for: «red shoes under 50, size 42», «适合小户型的沙发»."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from showfloor.search.numerals import digits
from showfloor.search.values import COLOURS, MATERIALS, asked
from showfloor.search.words import STOP, folded, is_chinese, without_fillers, words
from showfloor.v1 import catalog_pb2 as pb

SMALL_HOME_WIDTH_M = 1.8
"""A sofa or bed that is said to suit a small home is at most this wide."""
MAX_WORDS = 32
_NUM = r"(\d+(?:[.,]\d+)?)"
_SIGN = r"(?:[$€£¥]|usd|eur|gbp|cny|rmb|dollars?|bucks|euros?|pounds?|yuan|元|块钱?|人民币|美元|美金|欧元|英镑)"
_UNITS = {"m": 1.0, "米": 1.0, "cm": 0.01, "厘米": 0.01, "公分": 0.01, "mm": 0.001, "毫米": 0.001}
_UNIT = r"(m|cm|mm|米|厘米|公分|毫米)(?![a-z])"
_SIDES = {"wide": "width", "width": "width", "宽": "width", "high": "height", "tall": "height", "height": "height"} | {
    "高": "height",
    "deep": "depth",
    "depth": "depth",
    "深": "depth",
}
_SIDE = "wide|width|high|tall|height|deep|depth|宽|高|深"
_LESS = (
    r"under|below|less than|cheaper than|at most|up to|max(?:imum)?|no more than|(?:a )?budget (?:is|of)|<=?|"
    r"不超过|低于|少于|小于|不到|最多|预算(?:是|在|为)?"
)
_MORE = r"over|above|more than|at least|minimum|>=?|超过|高于|大于|至少|不低于"
_NO_UNIT = r"(?!\s?(?:gb|tb|mb|inch(?:es)?|cm|mm|m|kg|g|l|ml|w|mah|hz|hours?|days?|years?|pieces?)\b)(?![a-z\d%])"
_SIZE_WORD = r"(?:size|sized|尺码|鞋码|码数)"

_LENGTH_MAX = re.compile(rf"(?:(?:{_LESS})\s*{_NUM}\s*{_UNIT}\s*({_SIDE})?|({_SIDE})\s*(?:{_LESS})\s*{_NUM}\s*{_UNIT})")
_BETWEEN = re.compile(
    rf"(?:between\s+)?{_SIGN}?\s*{_NUM}\s*{_SIGN}?\s*(?:-|–|~|to|and|到|至)\s*{_SIGN}?\s*{_NUM}\s*({_SIGN})?(?:之间)?{_NO_UNIT}"
)
_AT_MOST = re.compile(
    rf"(?:{_LESS})\s*{_SIGN}?\s*{_NUM}\s*{_SIGN}?{_NO_UNIT}|{_NUM}\s*{_SIGN}?\s*(?:以下|以内|之内|or less)"
)
_AT_LEAST = re.compile(rf"(?:{_MORE})\s*{_SIGN}?\s*{_NUM}\s*{_SIGN}?{_NO_UNIT}|{_NUM}\s*{_SIGN}?\s*(?:以上|or more)")
_SIZE = re.compile(
    rf"{_SIZE_WORD}\s*[:：]?\s*(\d+(?:\.\d+)?|xxs|xs|s|m|l|xl|xxl|xxxl)(?![a-z\d])|(\d{{2}}(?:\.\d)?)\s*码"
)
_STOCK = re.compile(r"(?:in stock|available now|有货|现货)")
_SMALL = re.compile(r"小户型|小房间|小公寓|small (?:flat|apartment|room|home|space|living room)s?")
_BRAND = re.compile(r"\bbrand\s*[:：]?\s*([a-z0-9&]+)|品牌\s*[:：]?\s*([a-z0-9&]+)")
_LEFT = re.compile(r"\b(?:price|priced|costing|价格|价位)\b|价格|价位")


@dataclass
class Understood:
    """``words`` are what is left to look for; ``text`` what the meaning is compared with; ``rest`` is the folded query
    without the numbers that became filters."""

    text: str
    words: list[str]
    chinese: bool
    rest: str = ""
    filters: list[pb.SearchFilter] = field(default_factory=list)


def understand(query: str) -> Understood:
    """Filters and words of a query of any kind; never fails, at worst everything is a word."""
    text = digits(folded(query))
    result = Understood(query.strip(), [], is_chinese(query))
    filters = result.filters
    said: set[str] = set()

    def take(pattern: re.Pattern[str]) -> re.Match[str] | None:
        nonlocal text
        found = pattern.search(text)
        if found:
            text = f"{text[: found.start()]} {text[found.end() :]}"
        return found

    if found := take(_LENGTH_MAX):
        amount, unit, after, before, amount2, unit2 = found.groups()
        side = _SIDES[before or after or "width"]
        filters.append(pb.SearchFilter(attribute=side, maximum=_float(amount or amount2) * _UNITS[unit or unit2]))
    if take(_SMALL):
        filters.append(pb.SearchFilter(attribute="width", maximum=SMALL_HOME_WIDTH_M))
    if found := take(_SIZE):
        filters.append(pb.SearchFilter(attribute="size", value=found[1] or found[2]))
    if (found := _BETWEEN.search(text)) and ("between" in found[0] or found[3] or re.search(_SIGN, found[0])):
        low, high = sorted((_float(found[1]), _float(found[2])))
        filters.append(pb.SearchFilter(attribute="price", minimum=low, maximum=high))
        text = f"{text[: found.start()]} {text[found.end() :]}"
    else:
        if found := take(_AT_MOST):
            filters.append(pb.SearchFilter(attribute="price", maximum=_float(found[1] or found[2])))
        if found := take(_AT_LEAST):
            filters.append(pb.SearchFilter(attribute="price", minimum=_float(found[1] or found[2])))
    if take(_STOCK):
        filters.append(pb.SearchFilter(attribute="stock", minimum=1))
    if found := take(_BRAND):
        filters.append(pb.SearchFilter(attribute="brand", value=found[1] or found[2]))
    result.rest = text
    for attribute, table in (("colour", COLOURS), ("material", MATERIALS)):
        for value, name in asked(text, table):
            if all(f.attribute != attribute for f in filters):  # «black and white»: the first; the rest are words
                filters.append(pb.SearchFilter(attribute=attribute, value=value))
                said.update(words(name))
                text = text.replace(name, " ", 1) if name > "一" else text
    rest = _LEFT.sub(" ", without_fillers(text))
    found_words = [word for word in dict.fromkeys(words(rest)) if word not in STOP][:MAX_WORDS]
    result.words = [word for word in found_words if word not in said] or found_words
    return result


def _float(text: str) -> float:
    return float(text.replace(",", "."))
