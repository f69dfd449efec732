"""Price, stock and size: looked up, compared with what the shopper supposes, and said; what is unknown or doubtful."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from showfloor.assistant.format import is_plural, length, listed, money, pieces
from showfloor.assistant.format import size as size_text
from showfloor.assistant.item import Doubt, Item
from showfloor.assistant.reply import Context, Reply, title_facts
from showfloor.assistant.values import known_topics, localised, price_text, shown, topic_name
from showfloor.grounding.claims import claims
from showfloor.grounding.quantities import read
from showfloor.search.words import folded

_SIDES = (
    ("width", r"\bwid(?:e|th)\b|\bbroad\b|宽", 0),
    ("height", r"\bhigh\b|\bheight\b|\btall\b|高", 1),
    ("depth", r"\bdeep\b|\bdepth\b|深", 2),
)
_SIDE_ZH = {"width": "宽度", "height": "高度", "depth": "深度"}


def answer_price(c: Context, items: Sequence[Item]) -> Reply:
    """The price of each, the total where a quantity was said; a wrong supposition is put right."""
    parts, facts = [], []
    for item in items:
        facts += title_facts(item, c.language)
        doubt = item.doubt("price")
        if doubt is not None:
            parts.append(doubtful(c, item, doubt))
            facts += doubt.facts
            continue
        fact = item.fact("price")
        if fact is None or item.price is None:
            parts.append(unknown(c, item, "price"))
            continue
        facts.append(fact)
        price = price_text(item, c.language)
        parts.append(_price_premise(c, item) + _price(c, item, price, len(items)))
        if (n := c.turn.slots.quantity) and n > 1:
            total = money(n * item.price, item.currency, c.language)
            parts.append(c.say("{n} cost {total} together.", "{n} 件共 {total}。", n=n, total=total))
    return Reply(" ".join(parts) if not c.zh else "".join(parts), facts, [i.id for i in items])


def _price(c: Context, item: Item, price: str, number: int) -> str:
    title = c.title(item)
    plural = is_plural(title)
    return c.say(
        ["{title} {cost} {price}.", "The price of {title} is {price}."],
        ["{title}的价格是{price}。", "{title}售价{price}。"],
        title=title,
        cost="cost" if plural else "costs",
        price=price,
    )


def _price_premise(c: Context, item: Item) -> str:
    """«Why is it free?», «is it really 5 dollars?», «is it under 50?»"""
    low = folded(c.turn.text)
    price = item.price
    if price is None:
        return ""
    if price > 0 and any(claim.name == "free of charge" for claim in claims(low)):
        return c.say("No, it isn't free. ", "不，它不是免费的。")
    slots = c.turn.slots
    limits = [Decimal(repr(v)) for v in (slots.price_min, slots.price_max) if v is not None]
    if limits and (not slots.currency or slots.currency == item.currency):
        low_end, high_end = slots.price_min, slots.price_max
        inside = (low_end is None or price >= Decimal(repr(low_end))) and (
            high_end is None or price <= Decimal(repr(high_end))
        )
        return c.say("Yes. ", "是的。") if inside else c.say("No. ", "不是。")
    amounts = [q for q in read(low) if q.kinds[0].startswith("money")]
    if not amounts:
        return ""
    kind = f"money:{item.currency.lower()}"
    right = any(q.value == price and kind in q.kinds for q in amounts)
    return c.say("Yes. ", "是的。") if right else c.say("No. ", "不是。")


def answer_stock(c: Context, items: Sequence[Item]) -> Reply:
    parts, facts = [], []
    for item in items:
        title = c.title(item)
        fact = item.fact("stock")
        facts += title_facts(item, c.language)
        if fact is None or item.stock is None:
            parts.append(unknown(c, item, "stock"))
            continue
        facts.append(fact)
        if c.turn.slots.size and (sized := _size_asked(c, item)):
            parts.append(sized)
            facts += item.about("size")
            if not item.about("size") or item.stock == 0:
                continue
        wanted = c.turn.slots.quantity or 0
        plural = is_plural(title)
        denied = _supposed_sold_out(c)
        if item.stock == 0:
            parts.append(
                c.say(
                    ["Sorry, {title} {be} sold out at the moment.", "{title} {be} out of stock right now."],
                    ["抱歉，{title}目前缺货。", "{title}现在没有库存。"],
                    title=title,
                    be="are" if plural else "is",
                )
            )
        elif wanted > item.stock:
            parts.append(
                c.say(
                    "No, only {have} of {title} can be had; you asked for {n}.",
                    "不够，{title}只有{have}库存，您要 {n} 件。",
                    have=pieces(item.stock, c.language),
                    title=title,
                    n=wanted,
                )
            )
        else:
            yes = c.say("It isn't sold out: ", "没有缺货：") if denied else c.say("Yes, ", "有货，")
            if not denied and not asks_yes_no(c):
                yes = ""
            parts.append(
                yes
                + c.say(
                    ["{title} {be} in stock: {have}.", "{have} of {title} {are} in stock."],
                    ["{title}还有{have}库存。", "{title}现有库存{have}。"],
                    title=title,
                    be="are" if plural else "is",
                    have=pieces(item.stock, c.language),
                    are="is" if item.stock == 1 else "are",
                )
            )
    return Reply(join(c, parts), facts, [i.id for i in items])


def _size_asked(c: Context, item: Item) -> str:
    """Whether a size label is listed; pieces by size are not in the catalogue."""
    found, size, title = item.about("size"), c.turn.slots.size, c.title(item)
    if not found:
        return c.say(
            "The catalogue does not say in which sizes {title} can be had, so I can't confirm size {size}.",
            "目录没有注明{title}的尺码，无法确认有没有 {size} 码。",
            title=title,
            size=size,
        )
    labels = [v.upper() for f in found for v in re.split(r"[\s,;/、，]+", f.value)]
    listed_sizes = listed([shown(f, c.language) for f in found], c.language)
    return c.say(
        "{yes}{title} is listed in size {v}; how many there are of each the catalogue does not say.",
        "{yes}{title}列出的尺码有：{v}；各尺码的库存目录没有注明。",
        yes="" if size.upper() in labels else c.say("Not in size {s}. ", "没有{s}码。", s=size),
        title=title,
        v=listed_sizes,
    )


def _supposed_sold_out(c: Context) -> bool:
    return any(claim.name == "sold out" and claim.yes for claim in claims(folded(c.turn.text))) and not re.search(
        r"有没有|没有库存吗|\bor\b", c.text
    )


def asks_yes_no(c: Context) -> bool:
    """«Is it …?», «…吗？»"""
    return bool(
        re.search(r"(?:^|[,.!?;:]\s*)\s*(?:is|are|do|does|have|has|can|will|was)\b", c.text)
        or re.search(r"吗|有没有|是不是|对吧|是吧|对不对|行不行|能不能|可不可以|[不吧][?？]?$", c.text)
    )


def answer_dimensions(c: Context, items: Sequence[Item]) -> Reply:
    parts, facts = [], []
    for item in items:
        facts += title_facts(item, c.language)
        doubt = item.doubt("size")
        if doubt is not None:
            parts.append(doubtful(c, item, doubt))
            facts += doubt.facts
            continue
        size = item.size_m
        if size is None:
            labels = item.about("size")
            parts.append(unknown(c, item, "dimensions"))
            if labels:
                facts += labels
                parts.append(
                    c.say(
                        "It comes in size {v}.",
                        "尺码：{v}。",
                        v=listed([shown(f, c.language) for f in labels], c.language),
                    )
                )
            continue
        facts += item.size_facts
        asked = [(name, size[n]) for name, pattern, n in _SIDES if re.search(pattern, c.text)]
        title = c.title(item)
        if len(asked) == 1:
            name, side = asked[0]
            premise = _length_premise(c, side)
            parts.append(
                premise
                + c.say(
                    ["{title} {be} {v} {word}.", "The {side} of {title} is {v}."],
                    ["{title}的{side}是{v}。", "{title}{side}{v}。"],
                    title=title,
                    be="are" if is_plural(title) else "is",
                    v=length(side, c.language),
                    word={"width": "wide", "height": "high", "depth": "deep"}[name],
                    side=_SIDE_ZH[name] if c.zh else name,
                )
            )
        else:
            parts.append(
                c.say(
                    ["{title} {be} {v}.", "{title} {measure} as follows: {v}."],
                    ["{title}的尺寸：{v}。", "{title}{v}。"],
                    title=title,
                    be="are" if is_plural(title) else "is",
                    measure="measure" if is_plural(title) else "measures",
                    v=size_text(size, c.language),
                )
            )
    return Reply(join(c, parts), facts, [i.id for i in items])


def _length_premise(c: Context, side_m: float) -> str:
    lengths = [q for q in read(folded(c.turn.text)) if q.kinds == ("length",)]
    if not lengths:
        return ""
    right = any(abs(q.value - Decimal(repr(side_m))) <= Decimal("0.001") for q in lengths)
    return c.say("Yes. ", "是的。") if right else c.say("No. ", "不是。")


def unknown(c: Context, item: Item, topic: str) -> str:
    """«The catalogue does not say …», with what it does say."""
    known = [t for t in known_topics(item, c.language) if t != topic_name(topic, c.language)]
    title = c.title(item)
    text = c.say(
        [
            "The catalogue does not say the {topic} of {title}.",
            "I don't know the {topic} of {title}: the catalogue does not say it.",
        ],
        ["商品目录没有注明{title}的{topic}。", "目录里没有{title}的{topic}信息，我不能乱说。"],
        topic=topic_name(topic, c.language),
        title=title,
    )
    if known:
        text += c.say(" It does give: {known}.", "目录里有的是：{known}。", known=listed(known, c.language))
    return text


def doubtful(c: Context, item: Item, doubt: Doubt) -> str:
    """Both facts of a row that contradicts itself; neither is chosen."""
    values = []
    sides = [f for f in doubt.facts if f.field.startswith("size.")]
    if sides and item.size_m:
        values.append(size_text(item.size_m, c.language))
    for fact in doubt.facts:
        if fact in sides:
            continue
        name = fact.field.removeprefix("attributes.")
        value = price_text(item, c.language) if fact.field == "price" else localised(fact.value, c.language)
        values.append(f"{name}: {value}" if fact.field != "price" else value)
    return c.say(
        "The catalogue contradicts itself about the {topic} of {title}: {values}. Please have the shop confirm it.",
        "关于{title}的{topic}，目录里的数据互相矛盾：{values}。请向店家确认。",
        topic=topic_name("dimensions" if doubt.topic == "size" else doubt.topic, c.language),
        title=c.title(item),
        values=("；" if c.zh else " – ").join(values),
    )


def join(c: Context, parts: Sequence[str]) -> str:
    """Sentences in a row: with a space between them in English."""
    return ("" if c.zh else " ").join(p.strip() for p in parts)
