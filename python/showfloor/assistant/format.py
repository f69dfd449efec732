"""Prices, lengths and lists as people of a language write them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

_BEFORE = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "HKD": "HK$", "AUD": "A$", "CAD": "C$", "SGD": "S$"}
_CHINESE = {"CNY": "元", "USD": "美元", "EUR": "欧元", "GBP": "英镑", "JPY": "日元", "HKD": "港元", "AUD": "澳元"} | {
    "CAD": "加元", "SGD": "新加坡元", "TWD": "新台币", "KRW": "韩元", "CHF": "瑞士法郎"
}  # fmt: skip
_NO_DECIMALS = frozenset(["JPY", "KRW"])


def money(value: Decimal, currency: str, language: str) -> str:
    """$1,299.00 or 1,299.00 美元: two decimals where there are any, never fewer digits than the value has."""
    exact = value == value.to_integral_value()
    if exact:
        digits = f"{abs(value):,.0f}"
    else:
        decimals = max(0 if currency in _NO_DECIMALS else 2, -int(value.normalize().as_tuple().exponent))
        digits = f"{abs(value):,.{decimals}f}"
    sign = "-" if value < 0 else ""
    if language == "zh":
        return f"{sign}{digits} {_CHINESE.get(currency, currency)}"
    if currency in _BEFORE:
        return f"{sign}{_BEFORE[currency]}{digits}"
    return f"{sign}{digits} {currency}"


def length(metres: float, language: str) -> str:
    """15.14 cm, 1.8 m: metres from 3 m on, else centimetres; to a tenth of a millimetre."""
    unit, value = ("m", round(metres, 4)) if metres >= 3 else ("cm", round(100 * metres, 2))
    if language == "zh":
        unit = {"m": "米", "cm": "厘米"}[unit]
    return f"{value:,.10g} {unit}"


def size(sides: Sequence[float], language: str) -> str:
    """Width, height and depth in one unit."""
    large = max(sides) >= 3
    factor, digits, unit = (1, 4, "m") if large else (100, 2, "cm")
    values = [f"{round(s * factor, digits):,.10g}" for s in sides]
    if language == "zh":
        word = "米" if large else "厘米"
        return f"宽 {values[0]} {word}、高 {values[1]} {word}、深 {values[2]} {word}"
    return f"{values[0]} {unit} wide, {values[1]} {unit} high and {values[2]} {unit} deep"


def compact_size(sides: Sequence[float], language: str) -> str:
    """Width × height × depth."""
    large = max(sides) >= 3
    factor, digits, unit = (1, 4, "m") if large else (100, 2, "cm")
    values = " × ".join(f"{round(s * factor, digits):,.10g}" for s in sides)
    return f"{values} {({'m': '米', 'cm': '厘米'}[unit]) if language == 'zh' else unit}"


def listed(parts: Sequence[str], language: str, last: str = "") -> str:
    """«a, b and c», «a、b 和 c»; ``last`` is the word before the last: and, or."""
    if len(parts) < 2:
        return "".join(parts)
    if language == "zh":
        word = last or "和"
        before = " " if parts[-2][-1:].isascii() else ""
        after = " " if parts[-1][:1].isascii() else ""
        return "、".join(parts[:-1]) + before + word + after + parts[-1]
    return ", ".join(parts[:-1]) + f" {last or 'and'} " + parts[-1]


def pieces(number: int, language: str) -> str:
    if language == "zh":
        return f"{number} 件"
    return f"{number:,} piece" if number == 1 else f"{number:,} pieces"


def is_plural(title: str) -> bool:
    """Whether an English title stands for several things: «Red Tongs», «Calvin Klein Heel Shoes»."""
    head = title.split(" with ")[0].split(" for ")[0].split(",")[0].split()
    last = head[-1].casefold() if head else ""
    return last.endswith("s") and not last.endswith(("ss", "us", "is", "'s", "ics")) and len(last) > 3


def sentence(text: str, language: str) -> str:
    """Ended by a full stop, unless it is ended."""
    text = text.strip()
    return text if not text or text[-1] in ".!?。！？…" else text + ("。" if language == "zh" else ".")
