"""Products beside each other, others like one, products of a kind, suggestions."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial

from showfloor.assistant.format import compact_size, is_plural, listed, money
from showfloor.assistant.item import Item
from showfloor.assistant.measures import DOWN, SAID, measure, said, shown_measure, some
from showfloor.assistant.naming import says_nothing
from showfloor.assistant.reply import Context, Reply, title_facts
from showfloor.assistant.understand.turn import Sort
from showfloor.assistant.values import price_text, shown, topic_name
from showfloor.grounding.facts import Fact
from showfloor.search.finder import filter_text
from showfloor.v1 import assistant_pb2 as pb

CARDS = 4
_LOOKED_AT = 60
GIFT = re.compile(r"\bgift|\bpresent\b|礼物|送给|送礼")
_WORTH = 0.6
"""Of the best score: what is found with less is not shown."""
_MOST_COMPARED = 4
_MOST_OF_KIND = 500
_SHARED = ("material", "colour", "weight", "rating", "warranty", "delivery", "returns", "minimum order")


def answer_comparison(c: Context, items: Sequence[Item]) -> Reply:
    """Facts that all of them have, line by line, and the plain answer to «which is cheaper?»."""
    items = items[:_MOST_COMPARED]
    facts = [f for i in items for f in title_facts(i, c.language)]
    parts = []
    order = c.turn.slots.relative or c.turn.slots.sort
    best = ""
    if order is not None:
        verdict, used, best = _extreme(c, items, order)
        parts.append(verdict)
        facts += used
    else:
        rows, used = _rows(c, items)
        parts += rows
        facts += used
    if not parts:
        names = listed([c.title(i) for i in items], c.language)
        parts = [c.say("The catalogue has no fact that {names} share.", "目录里{names}没有共同的参数。", names=names)]
    action = pb.SceneAction(kind=pb.SCENE_ACTION_KIND_COMPARE, product_ids=[i.id for i in items])
    actions = [action] if all(i.product.asset_id for i in items) else []
    ids = [i.id for i in items]
    focus = [best, *(i for i in ids if i != best)] if best else None
    return Reply("\n".join(parts), facts, ids, actions, focus=focus, open=order is None)


def _rows(c: Context, items: Sequence[Item]) -> tuple[list[str], list[Fact]]:
    rows: list[str] = []
    facts: list[Fact] = []

    def row(topic: str, value: Callable[[Item], tuple[str, list[Fact]]]) -> None:
        found = [value(i) for i in items]
        if not any(v for v, _ in found):
            return
        said = [
            c.say("{title}: {v}", "{title}：{v}", title=c.title(i), v=v or c.say("not stated", "未注明"))
            for i, (v, _) in zip(items, found, strict=True)
        ]
        name = topic_name(topic, c.language)
        rows.append(
            c.say(
                "{name} – {said}.",
                "{name}——{said}。",
                name=name if c.zh else name.capitalize(),
                said="；".join(said) if c.zh else "; ".join(said),
            )
        )
        facts.extend(f for _, used in found for f in used)

    row("price", lambda i: (price_text(i, c.language), some(i.fact("price"))) if not i.doubt("price") else ("", []))
    row("dimensions", lambda i: (compact_size(i.size_m, c.language), i.size_facts) if i.size_m else ("", []))
    row("stock", lambda i: ("" if i.stock is None else _stock(c, i.stock), some(i.fact("stock"))))
    shared = [t for t in _SHARED if sum(bool(i.about(t)) for i in items) >= min(2, len(items))]
    shared = [t for t in shared if t != "weight" or not any(_bare(f.value) for i in items for f in i.about(t))]
    for topic in shared[:3]:
        row(topic, partial(_attribute, c, topic))
    return rows, facts


def _bare(value: str) -> bool:
    """A number without a unit, of which nobody knows what it says."""
    return value.replace(".", "", 1).isdigit()


def _attribute(c: Context, topic: str, item: Item) -> tuple[str, list[Fact]]:
    found = item.about(topic)
    return listed([shown(f, c.language) for f in found], c.language), found


def _stock(c: Context, stock: int) -> str:
    return c.say("sold out", "缺货") if stock == 0 else c.say("{n} in stock", "库存 {n} 件", n=stock)


def _extreme(c: Context, items: Sequence[Item], sort: Sort) -> tuple[str, list[Fact], str]:
    """Which of them is the cheapest, with what all of them have, and its id."""
    if sort not in SAID:
        return c.say("The catalogue does not say that.", "目录里没有这方面的数据。"), [], ""
    measured = [(i, *measure(c, sort, i)) for i in items]
    facts = [f for _, _, used in measured for f in used]
    missing = [i for i, value, _ in measured if value is None]
    values = c.say("; ", "；").join(
        c.say("{t}: {v}", "{t}：{v}", t=c.title(i), v=shown_measure(c, sort, i) or c.say("not stated", "未注明"))
        for i in items
    )
    mixed = sort in (Sort.CHEAPEST, Sort.DEAREST) and len({i.currency for i in items}) > 1
    if missing and sort in (Sort.LIGHTEST, Sort.HEAVIEST) and all(i.about("weight") for i in items):
        return c.say(
            "The catalogue lists weights without a unit, so I can't tell for sure. {values}.",
            "目录里的重量没有注明单位，无法判断。{values}。",
            values=values,
        ), facts, ""  # fmt: skip
    if missing or mixed:
        return c.say(
            "I can't tell for sure from the catalogue. {values}.", "目录里的数据不足以判断。{values}。", values=values
        ), facts, ""  # fmt: skip
    ranked = sorted(measured, key=lambda m: m[1] or Decimal(0), reverse=sort in DOWN)
    if ranked[0][1] == ranked[1][1]:
        return c.say("They are equal in that. {values}.", "这方面两者一样。{values}。", values=values), facts, ""
    words = said(c, sort)
    title = c.title(ranked[0][0])
    text = c.say(
        "{title} {be} {word}. {values}.",
        "{title}{word}。{values}。",
        title=title,
        be="are" if is_plural(title) else "is",
        word=(words[1] if len(items) == 2 else words[0]) if not c.zh else (words[3] if len(items) == 2 else words[2]),
        values=values,
    )
    if sort in (Sort.CHEAPEST, Sort.DEAREST) and len(items) == 2:
        gap = abs((items[0].price or Decimal(0)) - (items[1].price or Decimal(0)))
        text += c.say(" The difference is {gap}.", "相差{gap}。", gap=money(gap, items[0].currency, c.language))
    return text, facts, ranked[0][0].id


def answer_alternatives(c: Context, item: Item) -> Reply:
    """Like it, in stock, and as the shopper wants them: cheaper, smaller …"""
    ids = [s.product_id for s in c.recommender.similar(c.session, item.id, _LOOKED_AT)]
    near = [i for i in c.load(ids) if i.stock != 0]
    order = c.turn.slots.relative or c.turn.slots.sort
    same_kind = [i for i in near if i.product.category == item.product.category]
    if order in SAID:
        own, used = measure(c, order, item)
        if own is None:
            return Reply(
                c.say(
                    "I can't compare by that: the catalogue does not say it for {title}. These are similar: {names}.",
                    "目录没有{title}的这项数据，无法比较。相近的有：{names}。",
                    title=c.title(item),
                    names=_names(c, near[:CARDS]),
                ),
                _list_facts(c, near[:CARDS]),
                [i.id for i in near[:CARDS]],
                focus=[i.id for i in near[:CARDS]],
            )
        down = order in DOWN
        better = [
            i
            for i in same_kind
            if (v := measure(c, order, i)[0]) is not None
            and (v > own if down else v < own)
            and (order not in (Sort.CHEAPEST, Sort.DEAREST) or i.currency == item.currency)
        ]
        better = _within(c, better)[:CARDS]
        word = said(c, order)[1 if not c.zh else 3]
        if not better:
            text = c.say(
                "I found nothing of this kind that is {word} than {title} ({own}) and in stock.",
                "同类现货里没有比{title}（{own}）{word}的。",
                word=word,
                title=c.title(item),
                own=shown_measure(c, order, item),
            )
            return Reply(text, [*title_facts(item, c.language), *used], [])
        text = c.say(
            "{word} than {title} ({own}), in the same category: {names}.",
            "同类商品中，比{title}（{own}）{word}的有：{names}。",
            word=word if c.zh else word.capitalize(),
            title=c.title(item),
            own=shown_measure(c, order, item),
            names=_names(c, better, order),
        )
        facts = [*title_facts(item, c.language), *used, *_list_facts(c, better)]
        return Reply(text, facts, [i.id for i in better], focus=[i.id for i in better])
    chosen = _within(c, same_kind or near)[:CARDS]
    if not chosen:
        return Reply(c.say("I found nothing similar in stock.", "没有找到相近的现货。"))
    text = c.say(
        ["Similar to {title}: {names}.", "Instead of {title} you could look at {names}."],
        ["和{title}相近的有：{names}。", "除了{title}，还可以看看：{names}。"],
        title=c.title(item),
        names=_names(c, chosen),
    )
    facts = [*title_facts(item, c.language), *_list_facts(c, chosen)]
    return Reply(text, facts, [i.id for i in chosen], focus=[i.id for i in chosen], open=True)


def answer_find(c: Context, *, browse: bool) -> Reply:
    """What search finds, and what it had to give up; the app's shelf scrolls there."""
    found = c.finder.find(c.session, c.turn.text[:500], language=c.language)
    narrower = bool(c.state.focus) and says_nothing(c.turn.text) and not GIFT.search(c.text)
    if narrower:
        items = _ordered(c, _of_the_kind(c))[:CARDS]
    else:
        enough = _WORTH * max((score for _, score in found.hits), default=0.0)
        close = [i for i, score in found.hits[:_LOOKED_AT] if score >= enough or i in c.named.choices]
        ids = [*c.named.ids, *close]
        items = _ordered(c, _within(c, c.load(ids)))[:CARDS]
    if not items:
        return Reply(c.say("I found nothing like that in the catalogue.", "目录里没有找到这样的商品。"))
    names = _names(c, items)
    given_up = [f for f in found.relaxed if f.attribute != "price"]  # to prices ``_within`` holds
    dropped = listed([filter_text(f, c.zh) for f in given_up], c.language)
    unknown = c.named.unknown if browse and not c.named.ids and not narrower else ""
    if unknown:
        text = c.say(
            "I found nothing named “{what}” in the catalogue. The nearest I have: {names}.",
            "目录里没有叫“{what}”的商品。相近的有：{names}。",
            what=unknown[:60],
            names=names,
        )
    elif dropped:
        text = c.say(
            "Nothing meets all of that ({dropped}). The nearest: {names}.",
            "没有完全符合的（{dropped}）。最接近的有：{names}。",
            dropped=dropped,
            names=names,
        )
    else:
        text = c.say(
            ["I found {names}.", "These could suit you: {names}."],
            ["找到了：{names}。", "可以看看：{names}。"],
            names=names,
        )
    ids = [i.id for i in items]
    actions = [pb.SceneAction(kind=pb.SCENE_ACTION_KIND_SCROLL_SHELF, product_ids=ids)] if browse else []
    return Reply(text, _list_facts(c, items), ids, actions, focus=ids, open=not (unknown or dropped))


def answer_most(c: Context, ids: Sequence[str]) -> Reply:
    """«The cheapest laptop»: of all products of the kind, those in stock first."""
    sort = c.turn.slots.sort
    items = _within(c, c.load(ids[:_MOST_OF_KIND]))
    if sort not in SAID or not items or any(c.named.choices and i not in ids for i in c.named.choices[:1]):
        return answer_find(c, browse=True)
    currencies = {i.currency for i in items if i.price is not None}
    ranked = [i for i in _ordered(c, items) if i.stock != 0 and measure(c, sort, i)[0] is not None][:CARDS]
    if not ranked or (sort in (Sort.CHEAPEST, Sort.DEAREST) and len(currencies) > 1):
        return answer_find(c, browse=True)
    text = c.say(
        "{word} I have in stock: {first}.",
        "现货里{word}的是 {first}。",
        word=said(c, sort)[0].capitalize() if not c.zh else said(c, sort)[2],
        first=_names(c, ranked[:1], sort),
    )
    if len(ranked) > 1:
        text += c.say(" Then: {rest}.", "其次是：{rest}。", rest=_names(c, ranked[1:], sort))
    shown_ids = [i.id for i in ranked]
    actions = [pb.SceneAction(kind=pb.SCENE_ACTION_KIND_SCROLL_SHELF, product_ids=shown_ids)]
    facts = [*_list_facts(c, ranked), *(f for i in ranked for f in measure(c, sort, i)[1])]
    return Reply(text, list(dict.fromkeys(facts)), shown_ids, actions, focus=shown_ids)


def _of_the_kind(c: Context) -> list[Item]:
    """«Something under 100»: of the kinds that were shown before."""
    before = c.load(c.state.focus)
    kinds = {i.product.category for i in before}
    ids = [s.product_id for s in c.recommender.similar(c.session, before[0].id, _LOOKED_AT)] if before else []
    return _within(c, [i for i in c.load([*c.state.focus, *ids]) if i.product.category in kinds])


def answer_recommend(c: Context) -> Reply:
    """By what was asked for where anything was; else by what the shopper looked at and bought."""
    slots = c.turn.slots
    if c.named.choices or c.named.unknown or slots.colours or slots.materials or c.named.ids:
        return answer_find(c, browse=False)
    suggestions = c.recommender.recommend(c.session, c.shopper_id, c.state.focus[:5], _LOOKED_AT, frozenset(), c.zh)
    items = _within(c, c.load([s.product_id for s in suggestions]))[:CARDS]
    if not items:
        return answer_find(c, browse=False)
    text = c.say(
        ["You could look at {names}.", "I'd start with {names}."],
        ["可以看看：{names}。", "推荐您看看：{names}。"],
        names=_names(c, items),
    )
    if slots.price_max is None:
        text += c.say(
            " Tell me what it is for and your budget, and I'll narrow it down.", "告诉我用途和预算，我再帮您细选。"
        )
    ids = [i.id for i in items]
    return Reply(text, _list_facts(c, items), ids, focus=ids, open=True)


def _within(c: Context, items: Sequence[Item]) -> list[Item]:
    """Those that keep to the prices that were said."""
    low, high, currency = c.turn.slots.price_min, c.turn.slots.price_max, c.turn.slots.currency

    def fine(item: Item) -> bool:
        if low is None and high is None:
            return True
        if item.price is None or (currency and item.currency != currency):
            return False
        return (low is None or item.price >= Decimal(repr(low))) and (high is None or item.price <= Decimal(repr(high)))

    kept = [i for i in items if fine(i)]
    return kept or ([] if (low is not None or high is not None) else list(items))


def _ordered(c: Context, items: list[Item]) -> list[Item]:
    order = c.turn.slots.sort
    if order is None or order not in SAID:
        return items
    known = [(i, v) for i in items if (v := measure(c, order, i)[0]) is not None]
    ranked = sorted(known, key=lambda m: m[1], reverse=order in DOWN)
    return [i for i, _ in ranked] or items


def _names(c: Context, items: Sequence[Item], order: Sort | None = None) -> str:
    """With price, and that one is sold out."""
    parts = []
    for item in items:
        notes = [price_text(item, c.language)] if not item.doubt("price") else []
        if order not in (None, Sort.CHEAPEST, Sort.DEAREST):
            notes.append(shown_measure(c, order, item))
        if item.stock == 0:
            notes.append(c.say("sold out", "缺货"))
        note = ", ".join(n for n in notes if n) if not c.zh else "，".join(n for n in notes if n)
        parts.append(c.title(item) + ((f"（{note}）" if c.zh else f" ({note})") if note else ""))
    return listed(parts, c.language)


def _list_facts(c: Context, items: Sequence[Item]) -> list[Fact]:
    return [
        f
        for i in items
        for f in (
            *title_facts(i, c.language),
            *some(i.fact("price")),
            *(some(i.fact("stock")) if i.stock == 0 else []),
        )
    ]
