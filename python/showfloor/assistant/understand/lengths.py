"""Lengths and weights in any unit and order: «a 60 x 40 cm shelf», «1.2m wide», «6 ft 2 in», «宽80公分», «一米二»."""

from __future__ import annotations

import re
from dataclasses import dataclass

from showfloor.assistant.understand.turn import Space

LONGEST_M = 100.0
MOST = 8
"""Lengths of one kind that are read in a text."""
HEAVIEST_KG = 100_000.0
_METRES = {
    "mm": 0.001, "millimetre": 0.001, "millimeter": 0.001, "毫米": 0.001,
    "cm": 0.01, "centimetre": 0.01, "centimeter": 0.01, "厘米": 0.01, "公分": 0.01,
    "dm": 0.1, "分米": 0.1,
    "m": 1.0, "metre": 1.0, "meter": 1.0, "米": 1.0,
    "in": 0.0254, "inch": 0.0254, '"': 0.0254, "英寸": 0.0254, "寸": 0.0254,
    "ft": 0.3048, "foot": 0.3048, "feet": 0.3048, "'": 0.3048, "英尺": 0.3048,
    "yd": 0.9144, "yard": 0.9144, "尺": 1 / 3,
}  # fmt: skip
_KILOGRAMS = {
    "kg": 1.0, "kilo": 1.0, "kilogram": 1.0, "kilogramme": 1.0, "公斤": 1.0, "千克": 1.0,
    "g": 0.001, "gram": 0.001, "gramme": 0.001, "克": 0.001,
    "lb": 0.45359237, "lbs": 0.45359237, "pound": 0.45359237,
    "oz": 0.028349523, "ounce": 0.028349523, "斤": 0.5,
}  # fmt: skip
_NUM = r"(?<![\d.,−-])(\d+(?:\.\d+)?)"
_UNIT = (
    r"(?:(millimet(?:re|er)s?|centimet(?:re|er)s?|met(?:re|er)s?|inch(?:es)?|yards?|yd|feet|foot|ft|mm|cm|dm|m"
    r"|in(?=\W*$|\W*[x×*),.;]|\s+(?:wide|deep|high|tall|long|gap|space))"
    r"|\"|'|毫米|厘米|公分|分米|米|英寸|寸|英尺|尺)(?![a-z²³2-3]))"
)
_WIDE, _HIGH, _DEEP = (
    r"wide|in width|width|w|宽",
    r"high|tall|in height|height|h|高",
    r"deep|in depth|depth|d|深|进深|厚",
)
_LONG = r"long|in length|length|l|长"
_SIDE = rf"({_WIDE}|{_HIGH}|{_DEEP}|{_LONG})"
_LETTER = r"\s*(?:([whdl])(?![a-z]))?"
_PRODUCT = re.compile(
    rf"{_NUM}{_LETTER}\s*{_UNIT}?(?:\s*(?:x|×|\*|乘以?)\s*|\s+by\s+)(\d+(?:\.\d+)?){_LETTER}\s*{_UNIT}?"
    rf"(?:(?:\s*(?:x|×|\*|乘以?)\s*|\s+by\s+)(\d+(?:\.\d+)?){_LETTER}\s*{_UNIT}?)?"
)
_LETTERED = re.compile(r"\b([whdl])\s?[:=]?\s?(\d+(?:\.\d+)?)(?=\s*(?:[x×*]|[cm]?m\b|in\b))")
_FEET_INCHES = re.compile(
    rf"{_NUM}\s*(?:'|ft|feet|foot|英尺)\s*(?:and\s+)?(\d+(?:\.\d+)?)\s*(?:\"|in(?:ch(?:es)?)?\b|英寸|寸|(?=\W|$))"
)
_AFTER = re.compile(rf"{_NUM}\s*{_UNIT}\s*(?:的|of\s)?\s*{_SIDE}(?![a-z])")
_AFTER_BARE = re.compile(rf"{_NUM}\s*(?:的)?\s*{_SIDE}(?![a-z])")
_BETWEEN = r"(?:of|is|=|:|是|为|有|约|大概|大约|不超过|最多|under|below|at most|up to|max|\s)*"
_BEFORE = re.compile(rf"(?<![a-z]){_SIDE}度?{_BETWEEN}{_NUM}\s*{_UNIT}?(?![a-z²³%\d.])")
_SIDE_FIRST = re.compile(r"[宽高深长厚]度?\D{0,4}\d")
_BARE = re.compile(rf"{_NUM}\s*{_UNIT}")
_UPRIGHT = re.compile(r"\b(?:door|window|wall|picture|frame|poster|mirror)\b|门|窗|墙|画|镜")
_CEILING = re.compile(r"ceiling|天花板|层高|吊顶")
_ACROSS = re.compile(
    r"\b(?:door(?:way)?|hall(?:way)?|corridor|gap|niche|walls?|wide|between|side by side)\b"
    r"|走廊|门|墙|空位|凹位|并排|之间"
)
_WEIGHT = re.compile(
    rf"{_NUM}\s*(kilogram(?:me)?s?|kilos?|kgs?|gram(?:me)?s?|g|lbs?|ounces?|oz|公斤|千克|克|斤)(?![a-z])"
)
_POUNDS = re.compile(rf"{_NUM}\s*(pounds?)\b")
_BURDEN = re.compile(r"weigh|heav|hold|carry|load|lift|bear|support")


@dataclass(frozen=True)
class Lengths:
    space: Space | None
    length_m: float | None
    weight_kg: float | None
    rest: str
    """The text without what was read."""


def lengths(text: str) -> Lengths:
    """Sides, a bare length and a weight of a folded text whose numbers are digits. Absurd values are not read."""
    text = re.sub(r"[′’‘]", "'", re.sub(r"[″”“]|′′", '"', text)).replace("''", '"')
    sides: dict[str, float] = {}
    length: float | None = None

    def put(side: str, metres: float) -> None:
        if 0 < metres <= LONGEST_M:
            sides.setdefault(side, round(metres, 4))

    if len(_LETTERED.findall(text)) > 1:
        text = _LETTERED.sub(r"\2 \1", text)
    text = _FEET_INCHES.sub(lambda m: f" {(float(m[1]) * 12 + float(m[2])) * 2.54:.4g} cm ", text)
    if found := _PRODUCT.search(text):
        numbers, units, letters = found.group(1, 4, 7), found.group(3, 6, 9), found.group(2, 5, 8)
        unit = next((u for u in reversed(units) if u), "")
        if unit or min(float(n) for n in numbers if n) >= 10:
            order = (
                ("width", "height") if numbers[2] is None and _UPRIGHT.search(text) else ("width", "depth", "height")
            )
            for n, own, letter, side in zip(numbers, units, letters, order):
                if n:
                    put(_side(letter) if letter else side, float(n) * _metres(own or unit or "cm"))
            text = _without(text, found)
    long_and_wide = re.search(rf"长\D{{0,6}}{_NUM}", text) and re.search(rf"宽\D{{0,6}}{_NUM}", text)
    orders = ((_AFTER, 1, 2, 3), (_BEFORE, 2, 3, 1))
    for pattern, number, unit_at, side_at in reversed(orders) if _SIDE_FIRST.search(text) else orders:
        for found in list(pattern.finditer(text))[:MOST]:
            metric, amount = found[unit_at], float(found[number])
            if metric or (amount >= 10 and found[side_at] > "一"):
                side = _side(found[side_at])
                put("depth" if long_and_wide and found[side_at] == "宽" else side, amount * _metres(metric or "cm"))
        named_units = [m[unit_at] for m in pattern.finditer(text) if m[unit_at]]
        text = pattern.sub(" ", text)
        if named_units:
            for bare in list(_AFTER_BARE.finditer(text))[:MOST]:  # «200 cm wide and 90 deep»
                put(_side(bare[2]), float(bare[1]) * _metres(named_units[-1]))
            text = _AFTER_BARE.sub(" ", text)
    weight: float | None = None
    found = _WEIGHT.search(text) or (_POUNDS.search(text) if _BURDEN.search(text) else None)
    if found:
        kilograms = float(found[1]) * _KILOGRAMS[found[2] if found[2] in _KILOGRAMS else found[2].rstrip("s")]
        weight = kilograms if 0 < kilograms <= HEAVIEST_KG else None
        text = _without(text, found)
    for found in list(_BARE.finditer(text))[:MOST]:
        metres = float(found[1]) * _metres(found[2])
        if not 0 < metres <= LONGEST_M:
            continue
        if _CEILING.search(text):
            put("height", metres)
        elif _ACROSS.search(text):
            put("width", metres)
        elif length is None:
            length = round(metres, 4)
    text = _BARE.sub(" ", text)
    space = Space(*(sides.get(side) for side in ("width", "height", "depth"))) if sides else None
    return Lengths(space, length, weight, text)


def _side(word: str) -> str:
    for side, words in (("height", _HIGH), ("depth", _DEEP)):
        if re.fullmatch(words, word):
            return side
    return "width"


def _metres(unit: str) -> float:
    return _METRES.get(unit) or _METRES.get(unit.removesuffix("s")) or _METRES[unit.removesuffix("es")]


def _without(text: str, found: re.Match[str]) -> str:
    return f"{text[: found.start()]} {text[found.end() :]}"
