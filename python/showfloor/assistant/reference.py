"""Which product «it», «that one» and «the second» stand for."""

from __future__ import annotations

import re

from showfloor.assistant import tools_properties
from showfloor.assistant.reply import Context
from showfloor.assistant.understand.turn import Intent
from showfloor.search.words import folded

_POINTS = re.compile(
    r"\b(?:it|its|they|them|their|this one|that one|the one)\b|\b(?:this|that|these|those)\b"
    r"|它们?|[这那][个款件把张台双条只套盏部瓶支副块]?"
)
_LINKS = re.compile(r"(?:\s+[a-z0-9&-]+)?\s*")
_FACTS = frozenset(tools_properties.TOPIC_OF) | {
    *(Intent.PRICE, Intent.STOCK, Intent.DIMENSIONS, Intent.FIT, Intent.ATTRIBUTE, Intent.PLACE, Intent.ROTATE)
}


def points_back(c: Context) -> bool:
    """Whether a pronoun stands before what looks like a name: «does it have a camera?», but not «that sofa»."""
    if not (c.state.focus and c.turn.slots.refers_back) or c.turn.intent not in _FACTS:
        return False
    low = folded(c.turn.text)
    places = [at for own in c.named.own if (at := low.find(own)) >= 0]
    if not places or (c.named.whole and c.turn.intent != Intent.FIT):
        return False
    pronoun = _POINTS.search(low[: min(places)])
    if pronoun is None:
        return False
    between = low[pronoun.end() : min(places)]
    determiner = pronoun[0] in ("this", "that", "these", "those") or pronoun[0][0] in "这那"
    return not (determiner and (_LINKS.fullmatch(between) if between.isascii() else len(between) <= 2))


def points(c: Context) -> bool:
    return bool(c.turn.slots.refers_back or c.turn.slots.ordinals)


def from_before(c: Context, several: bool) -> list[str]:
    """The product of the app's page or of the turn before; with ordinals that of the list shown."""
    focus = c.state.focus
    ordinals = c.turn.slots.ordinals
    if ordinals and focus:
        picked = [
            focus[n - 1 if n > 0 else n]
            for n in ordinals
            if n != 0 and -len(focus) <= (n if n < 0 else n - 1) < len(focus)
        ]
        if picked:
            return picked
    if several:
        return focus[:4]
    return focus[:1]
