"""What a turn is answered with, before anybody phrases it otherwise, and what the answers have at hand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sqlalchemy.orm import Session

from showfloor.assistant.item import Item
from showfloor.assistant.naming import Named
from showfloor.assistant.state import State
from showfloor.assistant.understand.turn import Turn
from showfloor.grounding.facts import Fact
from showfloor.recommend.recommender import Recommender
from showfloor.search.finder import Finder
from showfloor.services.products import from_row
from showfloor.shop import Shop
from showfloor.store.tables import Product
from showfloor.v1 import assistant_pb2 as pb

_EDGE = "\x01"
_LATIN = r"[A-Za-z0-9$€£¥]"
_HAN_LATIN = re.compile(rf"(?<=[一-鿿]){_EDGE}+(?={_LATIN})|(?<={_LATIN}){_EDGE}+(?=[一-鿿])")
_FIELD = re.compile(r"\{(\w+)\}")


@dataclass
class Reply:
    """``text`` holds facts only. ``cards`` are product ids. ``open``: an engine may go on from here."""

    text: str
    facts: list[Fact] = field(default_factory=list)
    cards: list[str] = field(default_factory=list)
    actions: list[pb.SceneAction] = field(default_factory=list)
    hand_over: bool = False
    asked: str = ""
    focus: list[str] | None = None
    """Products that are spoken of now; None: those before."""
    open: bool = False


@dataclass
class Context:
    """One turn: what was said, what came before, and where facts are."""

    session: Session
    turn: Turn
    state: State
    shop: Shop
    finder: Finder
    recommender: Recommender
    named: Named
    shopper_id: str = ""
    items: list[Item] = field(default_factory=list)
    """Products that are meant."""

    @property
    def language(self) -> str:
        return "zh" if self.turn.language.startswith("zh") else "en"

    @property
    def zh(self) -> bool:
        return self.language == "zh"

    def load(self, ids: Sequence[str]) -> list[Item]:
        """Products that exist, in this order."""
        found = []
        for product_id in dict.fromkeys(ids):
            row = self.session.get(Product, product_id)
            if row is not None:
                found.append(Item(from_row(row)))
        return found

    def say(self, english: str | Sequence[str], chinese: str | Sequence[str], **values: object) -> str:
        """One of the phrasings, another one each turn, with ``{name}`` filled in.

        In Chinese a space parts Chinese from Latin where a value begins or ends.
        """
        options = chinese if self.zh else english
        template = options if isinstance(options, str) else options[self.state.version % len(options)]

        filled = _FIELD.sub(lambda match: f"{_EDGE}{values[match[1]]}{_EDGE}", template)
        if self.zh:
            filled = _HAN_LATIN.sub(" ", filled)
        return filled.replace(_EDGE, "")

    @cached_property
    def text(self) -> str:
        return self.turn.text.casefold()

    def contact(self) -> str:
        """How to reach a person, as the shop says it; empty where it does not."""
        return self.in_language(self.shop.hand_over)

    def in_language(self, texts: dict[str, str]) -> str:
        for wanted in (self.language, "en", ""):
            for name in sorted(texts):
                if name.lower().startswith(wanted):
                    return texts[name].strip()
        return ""

    def title(self, item: Item) -> str:
        return item.title(self.language)


def title_facts(item: Item, language: str) -> list[Fact]:
    """The title that was used, so that a source says who is spoken of."""
    title = item.title(language)
    return [f for f in item.facts if f.field.startswith("titles.") and f.value == title][:1]
