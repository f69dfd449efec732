"""What the catalogue says of a product in a few words: an overview, or what is nearest to a question."""

from __future__ import annotations

import re

from showfloor.assistant import tools_facts
from showfloor.assistant.format import listed
from showfloor.assistant.format import size as size_text
from showfloor.assistant.item import Item
from showfloor.assistant.reply import Context, Reply, title_facts
from showfloor.assistant.understand.turn import Intent
from showfloor.assistant.values import price_text, shown, topic_name
from showfloor.grounding.facts import Fact

_NEAREST = {
    Intent.DIMENSIONS: "size",
    Intent.FIT: "size",
    Intent.COLOUR: "colour",
    Intent.MATERIAL: "material",
    Intent.DELIVERY: "delivery",
    Intent.RETURNS: "returns",
    Intent.WARRANTY: "warranty",
}
_TOPICS = ("price", "stock", "size", "colour", "material", "delivery", "returns", "warranty")
_ALWAYS = ("price", "stock")


def overview(c: Context, item: Item) -> Reply:
    """The main facts of one product."""
    c.items = [item]
    parts, facts = said(c, item, ("price", "size", "stock", "colour", "material"))
    facts = [*title_facts(item, c.language), *facts]
    if not parts:
        return Reply(tools_facts.unknown(c, item, "price"), facts, [item.id], focus=[item.id])
    text = c.say(
        ["{title}: {facts}.", "About {title}: {facts}."], "{title}：{facts}。",
        title=c.title(item), facts=joined(c, parts),
    )  # fmt: skip
    described = [f for f in item.facts if f.field.startswith("descriptions.")]
    return Reply(text, facts + described[:1], [item.id], focus=[item.id], open=True)


def nearest(c: Context, item: Item) -> tuple[list[str], list[Fact]]:
    """Price, stock and what the message is likeliest to ask for, where no answer is sure."""
    likely = {_NEAREST[intent] for intent, _ in c.turn.scores if intent in _NEAREST}
    return said(c, item, tuple(t for t in _TOPICS if t in _ALWAYS or t in likely))


def said(c: Context, item: Item, topics: tuple[str, ...]) -> tuple[list[str], list[Fact]]:
    """Each topic that the catalogue states without contradiction, with the facts used."""
    parts: list[str] = []
    facts: list[Fact] = []
    for topic in topics:
        if item.doubt(topic):
            continue
        if topic == "price" and item.price is not None:
            parts.append(price_text(item, c.language))
            facts += [f for f in [item.fact("price")] if f]
        elif topic == "size" and item.size_m is not None:
            parts.append(size_text(item.size_m, c.language))
            facts += item.size_facts
        elif topic == "stock" and item.stock is not None:
            parts.append(
                c.say("sold out", "目前缺货") if item.stock == 0 else c.say("{n} in stock", "库存 {n} 件", n=item.stock)
            )
            facts += [f for f in [item.fact("stock")] if f]
        elif topic not in ("price", "size", "stock") and (found := item.about(topic)):
            values = listed([shown(f, c.language).rstrip(".。") for f in found], c.language)
            own_words = topic not in ("colour", "material") and re.search(r"[A-Za-z一-鿿]", values)
            name = topic_name(topic, c.language)
            parts.append(values[:1].lower() + values[1:] if own_words else f"{name}{'：' if c.zh else ' '}{values}")
            facts += found
    return parts, facts


def joined(c: Context, parts: list[str]) -> str:
    return ("；" if c.zh else "; ").join(parts)
