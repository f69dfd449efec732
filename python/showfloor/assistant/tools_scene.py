"""What the scene shall do; only with products that have what it takes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from showfloor.assistant.format import listed
from showfloor.assistant.item import Item
from showfloor.assistant.reply import Context, Reply, title_facts
from showfloor.assistant.understand.turn import Intent
from showfloor.assistant.values import shown
from showfloor.grounding.facts import Fact
from showfloor.grounding.terms import TERMS, covered, terms
from showfloor.search.words import folded
from showfloor.v1 import assistant_pb2 as pb

_WORN = re.compile(
    r"glass|eyewear|hat|cap\b|helmet|shoe|sneaker|trainer|slipper|sandal|heel|boot|dress|gown|frock|shirt|top|skirt|suit|"
    r"jacket|coat|trouser|jean|watch|ring|necklace|earring|jewel|lipstick|mascara|makeup|beauty|eyeshadow|bag|backpack|"
    r"眼镜|墨镜|帽|鞋|裙|衫|衣|裤|外套|手表|戒指|项链|耳环|首饰|口红|睫毛|眼影|包"
)
_TURN = 90.0


def answer_scene(c: Context, items: Sequence[Item], intent: Intent) -> Reply:
    """Show, place, rotate, try on."""
    facts = [f for i in items for f in title_facts(i, c.language)]
    ids = [i.id for i in items]
    names = listed([c.title(i) for i in items], c.language)
    shown_items = [i for i in items if i.product.asset_id]
    if not shown_items:
        text = c.say(
            "There is no 3D model of {names} yet, so I can only show the card.",
            "{names}还没有 3D 模型，只能先看商品卡片。",
            names=names,
        )
        return Reply(text, facts, ids)
    names = listed([c.title(i) for i in shown_items], c.language)
    item = shown_items[0]
    ready = [i.id for i in shown_items]
    if intent == Intent.TRY_ON:
        kind = " ".join([item.product.category, *item.product.titles.values(), *item.product.tags])
        if not _WORN.search(folded(kind)):
            text = c.say(
                "{name} is not something to try on; I can place it in your room instead.",
                "{name}不能试穿试戴，不过可以放到您的房间里看效果。",
                name=c.title(item),
            )
            return Reply(text, facts, ids)
        action = pb.SceneAction(kind=pb.SCENE_ACTION_KIND_OPEN_TRY_ON, product_ids=[item.id])
        return Reply(
            c.say("Opening try-on with {name}.", "正在为您打开{name}的试穿试戴。", name=c.title(item)),
            facts,
            ids,
            [action],
        )
    if intent == Intent.ROTATE:
        degrees = c.turn.slots.degrees if c.turn.slots.degrees is not None else _TURN
        action = pb.SceneAction(kind=pb.SCENE_ACTION_KIND_ROTATE, product_ids=[item.id], value=degrees)
        text = c.say(
            "Turning {name} by {n} degrees to the {way}.",
            "把{name}向{way}转 {n} 度。",
            name=c.title(item),
            n=f"{abs(degrees):g}",
            way=("left" if degrees < 0 else "right") if not c.zh else ("左" if degrees < 0 else "右"),
        )
        return Reply(text, facts, [], [action])
    if intent == Intent.PLACE:
        action = pb.SceneAction(kind=pb.SCENE_ACTION_KIND_PLACE, product_ids=ready)
        return Reply(
            c.say("Placing {names} in your room.", "正在把{names}放到您的房间里。", names=names), facts, ids, [action]
        )
    action = pb.SceneAction(kind=pb.SCENE_ACTION_KIND_SHOW, product_ids=ready)
    return Reply(
        c.say(["Here: {names}.", "This is {names}."], ["请看：{names}。", "这就是{names}。"], names=names),
        facts,
        ids,
        [action],
    )


def answer_variant(c: Context, item: Item) -> Reply:
    """Switch only to a variant that the catalogue lists."""
    have = [f for topic in ("colour", "variant", "material", "size") for f in item.about(topic)]
    facts: list[Fact] = [*title_facts(item, c.language), *have]
    wanted = (
        c.turn.slots.variant or " ".join([*c.turn.slots.colours, *c.turn.slots.materials, c.turn.slots.size]).strip()
    )
    if not have:
        text = c.say(
            "The catalogue lists no other variants of {name}.", "目录里没有列出{name}的其他款式。", name=c.title(item)
        )
        return Reply(text, facts, [item.id])
    values = listed([shown(f, c.language) for f in have], c.language)
    found = _variant(wanted, have)
    if not found:
        text = c.say("{name} is listed in {values}.", "{name}可选：{values}。", name=c.title(item), values=values)
        if wanted:
            text = c.say("Not in that one. ", "没有这一款。") + text
        return Reply(text, facts, [item.id])
    if not item.product.asset_id:
        text = c.say(
            "{name} is listed in {v}, but there is no 3D model to show it on yet.",
            "{name}有{v}，但还没有 3D 模型可以展示。",
            name=c.title(item),
            v=found,
        )
        return Reply(text, facts, [item.id])
    action = pb.SceneAction(kind=pb.SCENE_ACTION_KIND_CHANGE_VARIANT, product_ids=[item.id], text=found)
    return Reply(
        c.say("Here is {name} in {v}.", "这是{v}的{name}。", name=c.title(item), v=found), facts, [item.id], [action]
    )


def _variant(wanted: str, have: Sequence[Fact]) -> str:
    """The listed value that is meant, as it is stored."""
    low = folded(wanted)
    asked = {TERMS.get(low, low)} | set(terms(low))
    for fact in have:
        for value in re.split(r"\s*[,;/|、，；]\s*", fact.value):
            mine = folded(value)
            if mine and (mine == low or covered(set(terms(mine))) & asked):
                return value
    return ""


def answer_shelf(c: Context, items: Sequence[Item]) -> Reply:
    """Scroll to what was spoken of."""
    ids = [i.id for i in items]
    if not ids:
        return Reply(c.say("Which products shall I scroll to?", "要滚动到哪些商品？"))
    action = pb.SceneAction(kind=pb.SCENE_ACTION_KIND_SCROLL_SHELF, product_ids=ids)
    names = listed([c.title(i) for i in items], c.language)
    facts = [f for i in items for f in title_facts(i, c.language)]
    return Reply(c.say("The shelf moves to {names}.", "货架已移动到{names}。", names=names), facts, ids, [action])
