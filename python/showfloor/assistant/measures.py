"""What «cheaper», «taller» or «best rated» look at, and how they are said."""

from __future__ import annotations

import re
from decimal import Decimal

from showfloor.assistant.format import compact_size, listed
from showfloor.assistant.item import Item
from showfloor.assistant.reply import Context
from showfloor.assistant.understand.turn import Sort
from showfloor.assistant.values import price_text, shown
from showfloor.grounding.facts import Fact
from showfloor.grounding.quantities import read
from showfloor.search.words import folded


def some(fact: Fact | None) -> list[Fact]:
    return [fact] if fact else []


_SIDES = (
    (
        1,
        r"\btall|\bhigh(?:er|est)\b|更高|最高|哪[个款]更?高|矮",
        ("taller", "tallest", "高"),
    ),
    (0, r"\bwid(?:er|est)|\bnarrow|宽|窄", ("wider", "widest", "宽")),
    (2, r"\bdeep(?:er|est)|\bshallow|深|浅|厚", ("deeper", "deepest", "深")),
)
_SMALLER = {1: ("shorter", "shortest", "矮"), 0: ("narrower", "narrowest", "窄"), 2: ("shallower", "shallowest", "浅")}


def one_side(c: Context, sort: Sort) -> int | None:
    """The one side that «taller» or «narrower» looks at: 0 width, 1 height, 2 depth."""
    if sort not in (Sort.LARGEST, Sort.SMALLEST):
        return None
    found = [side for side, pattern, _ in _SIDES if re.search(pattern, c.text)]
    return found[0] if len(found) == 1 else None


def said(c: Context, sort: Sort) -> tuple[str, str, str, str]:
    """The superlative and the comparative, English and Chinese."""
    side = one_side(c, sort)
    if side is None:
        return SAID[sort]
    large = next(words for n, _, words in _SIDES if n == side)
    more, most, zh = large if sort == Sort.LARGEST else _SMALLER[side]
    return f"the {most}", more, f"最{zh}", f"更{zh}"


def measure(c: Context, sort: Sort, item: Item) -> tuple[Decimal | None, list[Fact]]:
    """What ``sort`` looks at, smaller first."""
    if sort in (Sort.CHEAPEST, Sort.DEAREST):
        return (None if item.doubt("price") else item.price), some(item.fact("price"))
    if sort in (Sort.SMALLEST, Sort.LARGEST):
        if item.size_m is None or item.doubt("size"):
            return None, []
        if (side := one_side(c, sort)) is not None:
            return Decimal(repr(item.size_m[side])), item.size_facts
        volume = item.size_m[0] * item.size_m[1] * item.size_m[2]
        return Decimal(repr(volume)), item.size_facts
    topic = {Sort.LIGHTEST: "weight", Sort.HEAVIEST: "weight", Sort.BEST_RATED: "rating"}.get(sort, "")
    for fact in item.about(topic) if topic else []:
        amounts = [q for q in read(folded(fact.value)) if topic == "rating" or q.kinds == ("mass",)]
        if amounts and not item.doubt(topic):
            return amounts[0].value, [fact]
    return None, [*item.about(topic)] if topic else []


DOWN = frozenset([Sort.DEAREST, Sort.LARGEST, Sort.HEAVIEST, Sort.BEST_RATED])
SAID = {
    Sort.CHEAPEST: ("the cheapest", "cheaper", "最便宜", "更便宜"),
    Sort.DEAREST: ("the most expensive", "more expensive", "最贵", "更贵"),
    Sort.SMALLEST: ("the smallest", "smaller", "最小", "更小"),
    Sort.LARGEST: ("the largest", "larger", "最大", "更大"),
    Sort.LIGHTEST: ("the lightest", "lighter", "最轻", "更轻"),
    Sort.HEAVIEST: ("the heaviest", "heavier", "最重", "更重"),
    Sort.BEST_RATED: ("the best rated", "better rated", "评分最高", "评分更高"),
}


def shown_measure(c: Context, sort: Sort, item: Item) -> str:
    if sort in (Sort.CHEAPEST, Sort.DEAREST):
        return price_text(item, c.language)
    if sort in (Sort.SMALLEST, Sort.LARGEST):
        return compact_size(item.size_m, c.language) if item.size_m else ""
    topic = "rating" if sort == Sort.BEST_RATED else "weight"
    return listed([shown(f, c.language) for f in item.about(topic)], c.language)
