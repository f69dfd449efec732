"""Properties, policies and compatibility: what the catalogue says, what name and description mention, else unknown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from showfloor.assistant.format import listed, pieces, sentence
from showfloor.assistant.item import Item
from showfloor.assistant.naming import brand_among, latin_brands
from showfloor.assistant.reply import Context, Reply, title_facts
from showfloor.assistant.summary import joined, nearest
from showfloor.assistant.tools_facts import asks_yes_no, doubtful, join, unknown
from showfloor.assistant.understand.turn import Intent
from showfloor.assistant.values import shown, topic_name
from showfloor.grounding.claims import claims
from showfloor.grounding.facts import Fact
from showfloor.grounding.quantities import COUNT, Quantity, read
from showfloor.grounding.terms import CHINESE, TERMS, covered, terms
from showfloor.search.values import COLOURS
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
_DAYS = {"days": 1, "workdays": 1, "weeks": 7, "months": 30}
_TOLERANCE = Decimal("0.02")
_SHORT = 40
_BY = re.compile(r"\b(?:by|from)\s+(?:the\s+)?(\w+)|是([^是]{1,12}?)(?:出|牌|家|公司|产|做)?的")
_WHICH_BRAND = re.compile(r"\b(?:which|what|who)\b|什么|哪|谁|啥")
_WORD_NUMBERS = {"one": 1, "a single": 1, "single": 1, "two": 2, "three": 3, "一": 1, "两": 2, "三": 3}
_JUST = re.compile(
    r"\b(?:just|only|order|buy|get|need|want)\s+(\d{1,4}|one|two|three|(?:a )?single)\b"
    r"|[就只单]?(?:买|订|要|拿)\s?(\d{1,4}|[一两三])\s?[个件只台瓶张把条双副盒]"
)
_A_SPAN = re.compile(r"\b(?:an?|one)\s+(?:whole\s+|full\s+|entire\s+)?(?=(?:day|week|month|year)\b)")
_HALF_YEAR = re.compile(r"\bhalf a year\b|半年")
_OPEN_QUESTION = re.compile(r"\bwhat(?:'s|s)?\b|\bhow\b|\bwhich\b|什么|多久|怎么|多长|如何|哪")
_PLACE = re.compile(
    r"\b(?:ship|deliver|send|delivered|shipped)\b[^.?!]*?\b(?:to|in)\s+((?:the\s+)?[A-Z][a-z]+)|"
    r"(?:送到|寄到|发到|发货到|配送到|送去|寄去)(?!货|达|家|底|吗)([一-鿿]{2,6}?)(?=吗|么|嘛|不|要|[？?，,。\s]|$)|"
    r"\b(?:abroad|overseas|internationally)\b|国外|海外"
)
_TO = r"\bto\b|worldwide|international|domestic|全国|国际|全球"
_SPEAKS = re.compile(r"warrant|guarantee|return|refund|ship|deliver|dispatch|compatible|保修|退|发货|配送|适")
"""A value that says by itself what it is about."""


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
        if topic == "delivery" and item.stock == 0:
            facts += [f for f in [item.fact("stock")] if f]
            parts.append(c.say("It is sold out at the moment, though.", "不过目前缺货。"))
    return Reply(join(c, parts), facts, [i.id for i in items])


def answer_whether(c: Context, items: Sequence[Item]) -> Reply:
    """A yes-or-no question about a property that no field has: what the texts claim, else that nothing is said."""
    asked = {claim.name for claim in claims(folded(c.turn.text))} if asks_yes_no(c) else set()
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
        known, near = nearest(c, item)
        facts += near
        parts.append(
            c.say(
                [
                    "I can't confirm that: the catalogue has no direct answer for {title}.",
                    "The catalogue does not say that of {title}.",
                ],
                ["关于这一点，目录里没有{title}的直接资料。", "目录没有提到{title}的这一点，我无法确认。"],
                title=c.title(item),
            )
            + (c.say(" It does say: {known}.", "目录里写着：{known}。", known=joined(c, known)) if known else "")
        )
    return Reply(join(c, parts), facts, [i.id for i in items])


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
    if topic == "brand":
        return c.say(
            "The brand of {title} is {v}.", "{title}的品牌是{v}。", title=title, v=found[0].value.strip().rstrip(".")
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
    low, have = _A_SPAN.sub("1 ", _HALF_YEAR.sub("6 months", folded(c.turn.text))), folded(text)
    if topic == "minimum order" and (n := _few(low)) and have.isdigit():
        return c.say("Yes. ", "可以。") if n >= int(have) else c.say("No. ", "不行。")
    by = latin_brands(said[1] or said[2]).split() if (said := _BY.search(low)) else []
    by = brand_among(c.named.left, c.turn.text).split() or by
    if topic == "brand" and by and not _WHICH_BRAND.search(low):
        return c.say("Yes. ", "是的。") if any(w in have for w in by) else c.say("No. ", "不是。")
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
        if topic == "delivery":
            return _in_time(c, asked_q[0], read(have.replace("overnight", "in 1 day")))
    if topic == "warranty" and (lifetime := re.search(r"lifetime|终身", low)) and asks_yes_no(c):
        right = re.search(r"lifetime|终身", have) is not None and lifetime is not None
        return c.say("Yes. ", "是的。") if right else c.say("No. ", "不是。")
    if _OPEN_QUESTION.search(low):
        return ""
    if topic == "returns" and asks_yes_no(c) and re.match(r"\d", have):
        return c.say("Yes. ", "可以。")
    if topic in ("returns", "warranty") and re.match(r"\s*(?:no\b|none\b|不|无)", have):
        return c.say("No. ", "没有。") if topic == "warranty" else c.say("No. ", "不可以。")
    if topic == "delivery" and re.search(r"overnight|tomorrow|隔夜|次日|明天", low):
        return c.say("Yes. ", "是的。") if "overnight" in have else c.say("No. ", "不是。")
    if topic == "delivery" and (place := _PLACE.search(c.turn.text)) and not re.search(_TO, have):
        return c.say(
            "The catalogue does not say where it can be delivered to{place}. ",
            "能不能送到{place}目录没有注明。",
            place=place[2] or place[0] if c.zh else "",
        )
    return ""


def _in_time(c: Context, asked: Quantity, known: Sequence[Quantity]) -> str:
    """«Within a week?» beside «1-2 business days»: in days, where working days count as days."""
    days = [q.value * _DAYS[q.kinds[0]] for q in known if q.kinds[0] in _DAYS]
    if not days or asked.kinds[0] not in _DAYS:
        return ""
    limit = asked.value * _DAYS[asked.kinds[0]]
    least = Decimal(0) if re.search(r"\bwithin\b|\bin\b|\bby\b|\bless than\b|内", c.text) else min(days)
    right = least <= limit and limit >= max(days) if not least else min(days) <= limit <= max(days)
    return c.say("Yes. ", "是的。") if right else c.say("No. ", "不是。")


def _few(low: str) -> int | None:
    """The number that «can I buy just 2?» asks for."""
    number = _JUST.search(low)
    if number is None or re.search(r"more than|必须|得多", low):
        return None
    return _WORD_NUMBERS.get(number[1] or number[2]) or int(number[1] or number[2])


def _compared(c: Context, topic: str, asked: Quantity, known: Quantity) -> str:
    if topic == "returns" or (topic == "warranty" and re.search(r"\bafter\b|\bwithin\b|之后|以内|内", c.text)):
        right = asked.value <= known.value
    else:
        right = abs(asked.value - known.value) <= _TOLERANCE * known.value
    if topic == "returns":
        return c.say("Yes. ", "可以。") if right else c.say("No. ", "不可以。")
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
                    "The catalogue lists no {topic} for {title}, but its {where} mentions {v}.",
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
    return Reply(join(c, parts), facts, [i.id for i in items])
