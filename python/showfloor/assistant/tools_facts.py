"""Price, stock, size and other properties of products: looked up, compared with what the shopper supposes, and said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from showfloor.assistant.format import is_plural, length, listed, money, pieces, sentence
from showfloor.assistant.format import size as size_text
from showfloor.assistant.item import Doubt, Item
from showfloor.assistant.reply import Context, Reply, title_facts
from showfloor.assistant.understand.turn import Intent
from showfloor.assistant.values import known_topics, localised, price_text, shown, topic_name
from showfloor.grounding.claims import claims
from showfloor.grounding.facts import Fact
from showfloor.grounding.quantities import COUNT, Quantity, read
from showfloor.grounding.terms import CHINESE, TERMS, covered, terms
from showfloor.search.words import folded

TOPIC_OF = {
    Intent.WEIGHT: "weight",
    Intent.MATERIAL: "material",
    Intent.COLOUR: "colour",
    Intent.DELIVERY: "delivery",
    Intent.RETURNS: "returns",
    Intent.WARRANTY: "warranty",
    Intent.PAYMENT: "payment",
    Intent.REVIEWS: "rating",
}
_SIDES = (
    ("width", r"\bwid(?:e|th)\b|\bbroad\b|宽", 0),
    ("height", r"\bhigh\b|\bheight\b|\btall\b|高", 1),
    ("depth", r"\bdeep\b|\bdepth\b|深", 2),
)
_SIDE_ZH = {"width": "宽度", "height": "高度", "depth": "深度"}
_TOLERANCE = Decimal("0.02")
_SHORT = 40
_SPEAKS = re.compile(r"warrant|guarantee|return|refund|ship|deliver|dispatch|compatible|保修|退|发货|配送|适")
"""A value that says by itself what it is about."""


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
    return Reply(_join(c, parts), facts, [i.id for i in items])


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
        or re.search(r"吗|有没有|是不是", c.text)
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
    return Reply(_join(c, parts), facts, [i.id for i in items])


def _length_premise(c: Context, side_m: float) -> str:
    lengths = [q for q in read(folded(c.turn.text)) if q.kinds == ("length",)]
    if not lengths:
        return ""
    right = any(abs(q.value - Decimal(repr(side_m))) <= Decimal("0.001") for q in lengths)
    return c.say("Yes. ", "是的。") if right else c.say("No. ", "不是。")


def answer_topic(c: Context, items: Sequence[Item], topic: str) -> Reply:
    """Any property. What the catalogue does not say is said to be unknown, with what it does say."""
    parts: list[str] = []
    facts: list[Fact] = []
    for item in items:
        facts += title_facts(item, c.language)
        doubt = item.doubt(topic)
        if doubt is not None:
            parts.append(doubtful(c, item, doubt))
            facts += doubt.facts
            continue
        found = item.about(topic) or _basic(item, topic)
        if not found:
            said, hints = _hints(c, item, topic)
            parts.append(said or unknown(c, item, topic))
            facts += hints
            continue
        facts += found
        parts.append(_premise(c, topic, found) + _topic(c, item, topic, found))
    return Reply(_join(c, parts), facts, [i.id for i in items])


def answer_whether(c: Context, items: Sequence[Item]) -> Reply:
    """A yes-or-no question about a property that no field has: what the texts claim, else that nothing is said."""
    asked = {claim.name: claim.word for claim in claims(folded(c.turn.text))}
    parts: list[str] = []
    facts: list[Fact] = []
    for item in items:
        facts += title_facts(item, c.language)
        stated = None
        for fact in item.facts:
            stated = stated or next(
                ((fact, claim) for claim in claims(folded(fact.value)) if claim.name in asked), None
            )
        if stated is not None:
            fact, claim = stated
            facts.append(fact)
            parts.append(
                c.say(
                    "The catalogue says so of {title}: “{v}”."
                    if claim.yes
                    else "Not according to the catalogue: {title}, “{v}”.",
                    "目录对{title}的描述里提到：“{v}”。" if claim.yes else "目录对{title}的描述是：没有“{v}”。",
                    title=c.title(item),
                    v=claim.word,
                )
            )
            continue
        known = known_topics(item, c.language)
        parts.append(
            c.say(
                [
                    "The catalogue does not say that of {title}.",
                    "I can't confirm that: the catalogue says nothing of it for {title}.",
                ],
                ["目录没有提到{title}的这一点，我无法确认。", "关于这一点，目录里没有{title}的资料。"],
                title=c.title(item),
            )
            + (
                c.say(" It does give: {known}.", "目录里有的是：{known}。", known=listed(known, c.language))
                if known
                else ""
            )
        )
    return Reply(_join(c, parts), facts, [i.id for i in items])


def _basic(item: Item, topic: str) -> list[Fact]:
    fields = {"brand": "brand", "category": "category", "manufacturer": "brand", "maker": "brand", "price": "price"}
    fact = item.fact(fields.get(topic, ""))
    return [fact] if fact else []


def _topic(c: Context, item: Item, topic: str, found: Sequence[Fact]) -> str:
    title, value = c.title(item), listed([shown(f, c.language) for f in found], c.language)
    low = folded(found[0].value)
    bare = len(found) == 1 and re.fullmatch(r"\d+(?:\.\d+)?", low)
    if topic == "weight" and bare:
        return c.say(
            "The catalogue lists a weight of {v} for {title}, without saying the unit.",
            "商品目录中{title}的重量为 {v}，但没有注明单位。",
            v=value,
            title=title,
        )
    if topic == "rating" and bare:
        return c.say(
            "{title} has a rating of {v}, as the catalogue lists it; I don't have the reviews themselves here.",
            "商品目录中{title}的评分是 {v}；我这里没有评论原文。",
            title=title,
            v=value,
        )
    if topic == "minimum order" and bare:
        return c.say(
            "The minimum order of {title} is {v}.",
            "{title}的起订量是{v}。",
            title=title,
            v=pieces(int(float(low)), c.language),
        )
    own_words = len(found) == 1 and _SPEAKS.search(low)
    if own_words or (c.zh and value != found[0].value):
        text = value if c.zh else value[:1].lower() + value[1:]
        return c.say(
            ["The catalogue lists for {title}: {v}", "{title}: {v}"],
            ["{title}：{v}", "目录里写着：{title}，{v}"],
            title=title,
            v=sentence(text, c.language),
        )
    if len(value) <= _SHORT:
        return c.say(
            ["The {name} of {title} is {v}", "{title} – {name}: {v}"],
            ["{title}的{name}是{v}", "{title}的{name}：{v}"],
            name=topic_name(topic, c.language),
            title=title,
            v=sentence(value, c.language),
        )
    return c.say(
        "The catalogue says about the {name} of {title}: {v}",
        "关于{title}的{name}，目录里写着：{v}",
        name=topic_name(topic, c.language),
        title=title,
        v=sentence(value, c.language),
    )


def _premise(c: Context, topic: str, found: Sequence[Fact]) -> str:
    """«Yes» or «No» where the shopper names a value: «is it oak?», «can I return it after 60 days?»"""
    text = " ; ".join(f.value for f in found)
    low, have = folded(c.turn.text), folded(text)
    if topic in ("material", "colour"):
        asked = set(_asked_terms(c, topic))
        if not asked:
            return ""
        ground = covered(set(terms(have)))
        return c.say("Yes. ", "是的。") if asked <= ground else c.say("No. ", "不是。")
    asked_q = [q for q in read(low) if q.kinds[0] not in (COUNT, "length") and not q.kinds[0].startswith("money")]
    if asked_q:
        known = [q for q in read(have) if q.kinds[0] == asked_q[0].kinds[0]]
        if known:
            return _compared(c, topic, asked_q[0], known[0])
    if topic in ("returns", "warranty") and re.match(r"\s*(?:no\b|none\b|不|无)", have):
        return c.say("No. ", "没有。") if topic == "warranty" else c.say("No. ", "不可以。")
    if topic == "delivery" and re.search(r"overnight|tomorrow|隔夜|次日|明天", low):
        return c.say("Yes. ", "是的。") if "overnight" in have else c.say("No. ", "不是。")
    return ""


def _compared(c: Context, topic: str, asked: Quantity, known: Quantity) -> str:
    if topic == "returns" or (topic == "warranty" and re.search(r"\bafter\b|\bwithin\b|之后|以内|内", c.text)):
        right = asked.value <= known.value
    else:
        right = abs(asked.value - known.value) <= _TOLERANCE * known.value
    return c.say("Yes. ", "是的。") if right else c.say("No. ", "不是。")


def _asked_terms(c: Context, topic: str) -> list[str]:
    colours = {TERMS.get(v, v) for v in c.turn.slots.colours}
    materials = {TERMS.get(v, v) for v in c.turn.slots.materials}
    named = set(terms(folded(c.turn.text)))
    title_terms = {t for item in c.items for t in terms(folded(" ".join(item.product.titles.values())))}
    wanted = (colours if topic == "colour" else materials) or named
    return sorted(t for t in wanted | (named - title_terms if wanted & named else set()) if t not in title_terms)


def _hints(c: Context, item: Item, topic: str) -> tuple[str, list[Fact]]:
    """Colours and materials that stand in the name or the description, said as such."""
    if topic not in ("material", "colour"):
        return "", []
    from showfloor.search.values import COLOURS

    for fields, where, where_zh in (
        ("titles.", "name", "名称"),
        ("descriptions.", "description", "介绍"),
        ("tags", "tags", "标签"),
    ):
        for fact in item.facts:
            if not fact.field.startswith(fields):
                continue
            words = terms(folded(fact.value))
            fitting = [
                word
                for name, word in words.items()
                if (name in COLOURS.values() or name in COLOURS or _colourish(name)) == (topic == "colour")
            ]
            if fitting:
                asked = set(_asked_terms(c, topic))
                names = covered({TERMS.get(w, w) for w in fitting} | set(words))
                lead = ""
                if asked:
                    lead = (
                        c.say("It seems so. ", "看起来是的。")
                        if asked <= names
                        else c.say("Not as far as I can see. ", "从资料看不是。")
                    )
                shown_words = [CHINESE.get(TERMS.get(w, w), w) if c.zh else w for w in fitting]
                return lead + c.say(
                    "The catalogue has no {topic} of its own for {title}, but its {where} mentions {v}.",
                    "商品目录没有单独列出{title}的{topic}，但其{where}里提到{v}。",
                    topic=topic_name(topic, c.language),
                    title=c.title(item),
                    where=where_zh if c.zh else where,
                    v=listed(shown_words, c.language),
                ), [fact]
    return "", []


_COLOURISH = frozenset(
    ["red", "blue", "green", "black", "white", "grey", "yellow", "orange", "pink", "purple", "brown", "beige", "gold"]
) | {"silver", "transparent", "multicoloured", "bronze"}


def _colourish(name: str) -> bool:
    return bool(covered({name}) & _COLOURISH)


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


def answer_policy(c: Context, items: Sequence[Item], topic: str) -> Reply:
    """The product's own rule first, then the shop's; else unknown, with how to reach a person."""
    own = [i for i in items if i.about(topic) or i.doubt(topic)]
    if own:
        return answer_topic(c, own, topic)
    text = c.in_language(c.shop.policies.get(topic, {}))
    if text:
        return Reply(sentence(text, c.language), [Fact("", f"shop.policies.{topic}", text)])
    name = topic_name(topic, c.language)
    reply = c.say(
        "I have no information about {name}, and I'd rather not guess.",
        "我这里没有关于{name}的信息，不想随便猜测。",
        name=name if topic != "policy" else c.say("that", "这方面"),
    )
    if contact := c.contact():
        reply += c.say(" {contact}", "{contact}", contact=sentence(contact, c.language))
    return Reply(reply, hand_over=bool(contact), cards=[])


def answer_compatibility(c: Context, items: Sequence[Item]) -> Reply:
    """What the product says it works with; both products' facts where two are named; else unknown."""
    if not items:
        return answer_policy(c, items, "compatibility")
    parts: list[str] = []
    facts: list[Fact] = []
    for item in items:
        facts += title_facts(item, c.language)
        found = item.about("compatibility")
        facts += found
        if found:
            others = [o for o in items if o.id != item.id]
            stated = folded(" ".join(f.value for f in found))
            for other in others:
                if any(folded(t) in stated for t in other.product.titles.values()):
                    parts.append(c.say("Yes. ", "是的。"))
            parts.append(_topic(c, item, "compatibility", found))
    if not facts or not parts:
        names = listed([c.title(i) for i in items], c.language)
        parts = [
            c.say(
                "The catalogue does not say what {names} can be combined with, so I can't confirm it.",
                "目录没有说明{names}可以和什么搭配使用，我无法确认。",
                names=names,
            )
        ]
    return Reply(_join(c, parts), facts, [i.id for i in items])


def _join(c: Context, parts: Sequence[str]) -> str:
    return ("" if c.zh else " ").join(p.strip() for p in parts)
