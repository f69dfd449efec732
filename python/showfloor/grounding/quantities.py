"""Numbers with units, brought to one unit of each kind, and what they are said to be: a width, a price, a stock."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from showfloor.grounding.numbers import Number, numbers

COUNT = "count"
_CODES = "eur usd gbp cny jpy chf sek nok dkk pln czk huf hkd twd sgd krw inr aud cad nzd brl mxn try zar thb myr aed"
_DOLLARS = "usd cad aud nzd hkd sgd"

_UNITS: dict[str, tuple[str, str]] = {
    r"毫米|mm|millimet(?:er|re)s?": ("length", "0.001"),
    r"厘米|公分|cms?|centimet(?:er|re)s?": ("length", "0.01"),
    r"平方米|平米|㎡|m2|sqm|square met(?:er|re)s?": ("area", "1"),
    r"立方米|m3|cubic met(?:er|re)s?": ("space", "1"),
    r"公里|千米|km": ("length", "1000"),
    r"英寸|inch(?:es)?|\"|″|'{2}": ("length", "0.0254"),
    r"英尺|ft|feet|foot": ("length", "0.3048"),
    r"米|met(?:er|re)s?|m": ("length", "1"),
    r"毫克|mg": ("mass", "0.000001"),
    r"千克|公斤|kgs?|kilo(?:gram(?:me)?)?s?": ("mass", "1"),
    r"斤": ("mass", "0.5"),
    r"吨|tonnes?": ("mass", "1000"),
    r"克|grams?|g": ("mass", "0.001"),
    r"磅|lbs?": ("mass", "0.45359237"),
    r"盎司|oz|ounces?": ("mass", "0.028349523"),
    r"毫升|ml|millilit(?:er|re)s?": ("volume", "0.001"),
    r"cl": ("volume", "0.01"),
    r"升|lit(?:er|re)s?|l": ("volume", "1"),
    r"%|percent|per cent": ("percent", "1"),
    r"个?工作日|(?:business|working)[ -]days?": ("workdays", "1"),
    r"小时|钟头|hours?|hrs?|h": ("days", "0.041666667"),
    r"分钟|minutes?|mins?": ("minutes", "1"),
    r"秒|seconds?|secs?": ("seconds", "1"),
    r"天|日|days?": ("days", "1"),
    r"周|星期|个星期|weeks?": ("days", "7"),
    r"个月|months?": ("months", "1"),
    r"年|years?|yrs?": ("months", "12"),
    r"千瓦|kw|kilowatts?": ("power", "1000"),
    r"瓦|watts?|w": ("power", "1"),
    r"毫安时?|mah": ("charge", "1"),
    r"伏|volts?|v": ("voltage", "1"),
    r"gb": ("storage", "1"),
    r"tb": ("storage", "1024"),
    r"mb": ("storage", "0.0009765625"),
    r"ghz": ("frequency", "1000000000"),
    r"mhz": ("frequency", "1000000"),
    r"hz|赫兹": ("frequency", "1"),
    r"°c|摄氏度|℃|degrees celsius": ("celsius", "1"),
    r"°f|华氏度": ("fahrenheit", "1"),
    r"°|degrees?": ("angle", "1"),
    r"mp|megapixels?|万像素": ("pixels", "1"),
}
_AFTER = re.compile(
    r"[ \u00a0-]?(?:"
    + "|".join(
        f"(?P<u{n}>{p})(?![a-z0-9])" if not p[0] > "一" else f"(?P<u{n}>{p})(?![a-z])" for n, p in enumerate(_UNITS)
    )
    + ")"
)
_KINDS = [(kind, Decimal(factor)) for kind, factor in _UNITS.values()]
_MONEY_AFTER = re.compile(
    rf"\s?(?:(?P<code>{_CODES.replace(' ', '|')})\b|(?P<cents>cents?|分钱)(?![a-z])|(?P<sign>us\$|hk\$|€|£|¥|\$)"
    r"|(?P<name>美元|美金|欧元|英镑|日元|港元|港币|人民币|元|块钱?(?![状糖])|rmb|yuan|euros?|dollars?|bucks|pounds?)(?![a-z]))"
)
_MONEY_BEFORE = re.compile(
    rf"(?:\b(?P<code>{_CODES.replace(' ', '|')}|rmb)|(?P<sign>us\$|hk\$|a\$|c\$|s\$|€|£|¥|\$))\s?$"
)
_NAMES = {"美元": "usd", "美金": "usd", "欧元": "eur", "英镑": "gbp", "日元": "jpy", "港元": "hkd", "港币": "hkd"} | {
    "人民币": "cny", "元": "cny", "块": "cny", "块钱": "cny", "rmb": "cny", "yuan": "cny", "euro": "eur", "euros": "eur"
}  # fmt: skip
_SIGNS = {"€": "eur", "£": "gbp", "¥": "cny jpy", "$": _DOLLARS, "us$": "usd", "hk$": "hkd", "a$": "aud", "c$": "cad"}
_SIGNS |= {"s$": "sgd", "dollar": _DOLLARS, "dollars": _DOLLARS, "bucks": _DOLLARS, "pound": "gbp", "pounds": "gbp"}
_JOIN = re.compile(r"\s?(?:[-–—~x×*/]|to|by|and|or|through|[至到乘和或])\s?")
_COUNTER = re.compile(r"\s?[件个只台张把条双套款种人座颗星层片盒包瓶支本份位次组门抽格罐袋枚顶辆部]")

_ROLES = {
    "width": (r"wide|width|breadth|宽度?", r"size\.x_m|width|宽"),
    "height": (r"high|height|tall|高度?(?![级端品档清效])", r"size\.y_m|height|高"),
    "depth": (r"deep|depth|深度?(?![色蓝绿灰红])|进深", r"size\.z_m|depth|深"),
    "weight": (r"weigh(?:s|ing|t)?|heavy|(?:净|毛)?重量?(?![要新视])", r"weight|重"),
    "stock": (r"in stock|left|available|remaining|stock|库存|现货|剩余?|存货", r"stock|库存"),
    "price": (r"prices?d?|costs?|价格?|售价|卖", r"price|价"),
    "warranty": (r"warrant(?:y|ed)|guaranteed?|保修|质保|保用", r"warrant|guarantee|保修|质保"),
    "returns": (r"returns?|returned|refund|退[货换款]|退", r"return|refund|退"),
    "delivery": (
        r"deliver(?:y|ed|s)?|ships?|shipping|dispatch(?:ed)?|发货|配送|送达|送货|运",
        r"deliver|shipping|配送|发货",
    ),
    "seats": (r"seats?|seater|seating|坐", r"seat|座"),
    "reviews": (r"reviews?|stars?|rated|ratings?|评论|评分|颗?星", r"rating|review|star|评分|评论"),
}
_ROLE = re.compile("|".join(f"(?P<{name}>(?<![a-z])(?:{words})(?![a-z]))" for name, (words, _) in _ROLES.items()))
_FIELDS = {name: re.compile(fields) for name, (_, fields) in _ROLES.items()}
_ROLE_AFTER = re.compile(rf"\s?(?:(?:in|of|pieces?|pcs|items?|units?|are|is|still|的)\s?){{0,3}}(?:{_ROLE.pattern})")
_CLAUSE = re.compile(r"[,;，；。、|\n]|\band\b|\bbut\b|[(（]")
_NEAR = 28
_FIELD_UNIT = re.compile(r"[_ (\[（]([a-z]{1,2}|inch|mah|ghz|厘米|毫米|公斤|克|米)[)\]）]?$")


class Quantity(NamedTuple):
    """``value`` in the unit of its ``kind``, which is "money:eur", "length", "count" … ``text``: as it was written."""

    value: Decimal
    kinds: tuple[str, ...]
    role: str
    text: str
    step: Decimal
    spoken: bool


def quantities(text: str) -> list[Quantity]:
    """All quantities of a folded text."""
    read = [(number, *_unit(text, number)) for number in numbers(text)]
    for i in range(len(read) - 2, -1, -1):  # «60 × 80 cm»: the unit of the last is that of all
        number, kinds, factor, end = read[i]
        after = read[i + 1]
        if kinds == (COUNT,) and after[1] != (COUNT,) and _JOIN.fullmatch(text[number.end : after[0].begin]):
            money = after[1][0].startswith("money")
            if not (money and text[number.end : after[0].begin].strip() in ("x", "×", "*", "and", "和")):
                read[i] = (number, after[1], after[2], end)
    found = []
    for n, (number, kinds, factor, end) in enumerate(read):
        before = read[n - 1][3] if n else 0
        step = factor * Decimal(1).scaleb(-number.decimals)
        role = _role(text, before, number.begin, end)
        found.append(Quantity(number.value * factor, kinds, role, text[number.begin : end], step, number.spoken))
    return found


def is_article(q: Quantity) -> bool:
    """«this one», «一个», «两» without anything: no number is meant."""
    if not q.spoken or q.kinds != (COUNT,):
        return False
    alone = q.text.strip()
    return q.value == 1 or (len(alone) == 1 and alone > "一")


def field_role(name: str) -> str:
    """What the number in a field of this name is."""
    folded = name.casefold()
    return next((role for role, pattern in _FIELDS.items() if pattern.search(folded)), "")


def field_unit(name: str) -> str:
    """The unit that the name of a field ends with: «width_cm», «weight (kg)»; empty for none."""
    found = _FIELD_UNIT.search(name.casefold())
    return found[1] if found else ""


def _unit(text: str, number: Number) -> tuple[tuple[str, ...], Decimal, int]:
    begin, end = number.begin, number.end
    if text[max(0, begin - 4) : begin].endswith("百分之"):
        return ("percent",), Decimal(1), end
    if found := _MONEY_AFTER.match(text, end):
        kinds, factor = _money(found)
        return kinds, factor, found.end()
    if found := _MONEY_BEFORE.search(text[max(0, begin - 6) : begin]):
        return _money(found)[0], Decimal(1), end
    if found := _AFTER.match(text, end):
        kind, factor = _KINDS[int((found.lastgroup or "u0")[1:])]
        return (kind,), factor, found.end()
    if found := _COUNTER.match(text, end):
        return (COUNT,), Decimal(1), found.end()
    return (COUNT,), Decimal(1), end


def _money(found: re.Match[str]) -> tuple[tuple[str, ...], Decimal]:
    groups = found.groupdict()
    if groups.get("cents"):
        return tuple(f"money:{c}" for c in (*_DOLLARS.split(), "eur", "cny")), Decimal("0.01")
    name = groups.get("code") or groups.get("sign") or groups.get("name") or ""
    codes = _SIGNS.get(name) or _NAMES.get(name) or name
    return tuple(f"money:{c}" for c in codes.split()), Decimal(1)


def _role(text: str, before: int, begin: int, end: int) -> str:
    if found := _ROLE_AFTER.match(text, end):
        return _named(found)
    near = text[max(before, begin - _NEAR) : begin]
    clause = _CLAUSE.split(near)[-1]
    last = ""
    for found in _ROLE.finditer(clause):
        last = _named(found)
    return last


def _named(found: re.Match[str]) -> str:
    return next((name for name, value in found.groupdict().items() if value), "")


@lru_cache(maxsize=4096)
def read(text: str) -> tuple[Quantity, ...]:
    """``quantities``, remembered."""
    return tuple(quantities(text))


def in_field(name: str, value: str) -> Iterator[Quantity]:
    """Quantities of a fact; the field's name says what they are, and its unit where the value has none."""
    role = field_role(name)
    for q in read(value):
        if q.kinds == (COUNT,) and (unit := field_unit(name)):
            for measured in read(f"{q.value:f} {unit}"):
                yield measured._replace(role=role or q.role)
        yield q._replace(role=role or q.role)
