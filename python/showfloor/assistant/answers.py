"""From an understood turn to a reply of facts: which product is meant, and which tool answers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, replace

from showfloor.assistant import (
    tools_cart,
    tools_facts,
    tools_find,
    tools_fit,
    tools_properties,
    tools_scene,
    tools_talk,
)
from showfloor.assistant.format import listed
from showfloor.assistant.item import TOPICS
from showfloor.assistant.naming import MAX_CHOICES, Named, Names
from showfloor.assistant.recall import recalled
from showfloor.assistant.reference import from_before, points, points_back
from showfloor.assistant.refine import NEVER_OF_PRODUCTS, SELLS, TELL, UNSURE, quantity_of, refine, says, without_names
from showfloor.assistant.reply import Context, Reply, title_facts
from showfloor.assistant.summary import overview
from showfloor.assistant.understand.mood import sounds_upset
from showfloor.assistant.understand.turn import Intent, Space
from showfloor.assistant.understand.wording import attribute
from showfloor.assistant.values import price_text
from showfloor.grounding.claims import claims
from showfloor.search.words import folded

POLICIES = {Intent.DELIVERY, Intent.RETURNS, Intent.WARRANTY, Intent.PAYMENT, Intent.POLICY}
_ABOUT_PRODUCTS = frozenset(Intent) - {
    *(Intent.GREETING, Intent.GOODBYE, Intent.THANKS, Intent.AFFIRM, Intent.DENY, Intent.REPEAT, Intent.HELP),
    *(Intent.FIND, Intent.RECOMMEND, Intent.CART_SHOW, Intent.SCROLL_SHELF, Intent.PAYMENT, Intent.POLICY),
    *(Intent.ORDER_STATUS, Intent.OTHER_PERSON_DATA, Intent.HUMAN, Intent.COMPLAINT, Intent.ABUSE, Intent.OUT_OF_SCOPE),
}
_PERSONAL = {Intent.HUMAN, Intent.COMPLAINT}
_PERSON = re.compile(r"\b(?:manager|supervisor|human|real person|complain|complaint)\b|经理|人工|真人|投诉")
_OTHERS = re.compile(
    r"\b(?:his|her|their|customers?|someone|somebody|other|another|who)\b|\b(?:orders?|address|phone)\s+of\b"
    r"|别人|其他人|他的|她的|顾客|客户"
)
_SURELY_OTHERS = 0.9
_GUESS = 0.55
"""Less likely than this, an intent that no word of the text speaks for is not answered as if it were certain."""
_SHOPS = re.compile(r"\byour?\b|\bthe (?:shop|store)\b|你们|贵店|店里|本店|店铺")
_FEW = {
    Intent.PRICE,
    Intent.STOCK,
    Intent.DIMENSIONS,
    Intent.FIT,
    Intent.COMPARISON,
    Intent.CART_ADD,
    Intent.CART_REMOVE,
}
_STRANGE_WORDS = {
    *(Intent.FIT, Intent.ATTRIBUTE, Intent.COMPATIBILITY, Intent.ALTERNATIVES, Intent.ROTATE, Intent.CHANGE_VARIANT)
}
_TRIED = frozenset([Intent.PRICE, Intent.STOCK, Intent.SHOW, Intent.PLACE, Intent.TRY_ON, Intent.DIMENSIONS])
_SHORT = 24
_POLICY_WORDS = {
    "privacy": r"privacy|personal data|\bdata\b|隐私|个人信息",
    "discounts": r"discount|coupon|voucher|promo|sale\b|student|折扣|优惠|打折|满减",
    "hours": r"opening|open\b|hours|营业|几点",
    "address": r"address|where (?:are|is)|location|store\b|地址|门店|在哪",
    "invoice": r"invoice|receipt|\bvat\b|发票",
}


def answer(c: Context, names: Names, sent: Space | None) -> Reply:
    """The reply to a turn; ``c.items`` are afterwards the products that were meant."""
    turn, state = c.turn, c.state
    intent = turn.intent
    if c.named.ids and turn.confidence < UNSURE and not (turn.upset and sounds_upset(turn.text)) and not turn.abusive:
        intent = refine(c, intent) if intent in NEVER_OF_PRODUCTS | {Intent.COMPLAINT} else intent
        turn = c.turn = replace(c.turn, intent=intent, upset=turn.upset and intent == Intent.COMPLAINT)
    wants_person = turn.upset or intent in _PERSONAL or _PERSON.search(c.text) is not None
    if (turn.abusive or intent == Intent.ABUSE) and not wants_person:
        return tools_talk.answer_plain(c, Intent.ABUSE)
    own = intent == Intent.OUT_OF_SCOPE or (intent == Intent.OTHER_PERSON_DATA and turn.confidence < _SURELY_OTHERS)
    if turn.personal and own and not _OTHERS.search(c.text):
        return tools_talk.answer_personal(c)
    if intent == Intent.OTHER_PERSON_DATA:
        return tools_talk.answer_plain(c, intent)
    if turn.foreign and not c.named.ids and len(c.named.choices) != 1:
        return tools_talk.answer_foreign()
    if turn.injection and not (c.named.ids or c.named.choices or turn.slots.refers_back):
        return tools_talk.answer_orders(c)
    if turn.upset or intent in _PERSONAL or turn.abusive or intent == Intent.ABUSE:
        return tools_talk.answer_person(c, sorry=turn.upset or intent != Intent.HUMAN)
    if intent == Intent.ORDER_STATUS:
        return tools_talk.answer_order(c)
    if intent == Intent.AFFIRM and state.asked == "cart_minimum" and state.focus:
        c.turn = replace(turn, intent=Intent.CART_ADD, slots=replace(turn.slots, quantity=state.slots.get("quantity")))
        c.items = c.load(state.focus[:1])
        return tools_cart.answer_add(c, c.items)
    said_more = bool(turn.slots.ordinals or c.named.ids) or TELL.search(c.text) is not None
    if intent == Intent.REPEAT and state.intent and not said_more:
        intent = Intent(state.intent)
        c.turn = replace(turn, intent=intent, slots=recalled(state.slots))
    if points_back(c):
        c.named = Named()
    intent = _continued(c, refine(c, intent))
    c.turn = replace(c.turn, intent=intent)
    if intent not in _ABOUT_PRODUCTS:
        return _without_product(c, intent, names)
    reply = _with_products(c, intent, sent)
    extra = [
        i for i in c.turn.also if i in _ABOUT_PRODUCTS and i != intent and i in (*tools_properties.TOPIC_OF, *_FEW)
    ]
    if c.items and not reply.asked:
        for other in [i for i in extra if i not in (Intent.COMPARISON, Intent.CART_ADD, Intent.CART_REMOVE)][:2]:
            more = _tool(c, other, sent)
            reply.text += ("" if c.zh else " ") + more.text
            reply.facts += [f for f in more.facts if f not in reply.facts]
    return reply


def _continued(c: Context, intent: Intent) -> Intent:
    """An answer to «which one?» takes up the question that was asked; a bare name is a request to be told of it."""
    state = c.state
    chosen = c.named.ids or c.turn.slots.ordinals or c.turn.slots.refers_back
    waiting = state.asked and state.asked not in ("cart_minimum",)
    bare = intent in (Intent.OUT_OF_SCOPE, Intent.AFFIRM, Intent.ATTRIBUTE, Intent.FIND, Intent.SHOW)
    of_these = bool(c.turn.slots.ordinals) or set(c.named.ids) <= set(state.focus) or intent == Intent.OUT_OF_SCOPE
    short = bool(c.turn.slots.ordinals) and len(c.text) <= _SHORT
    if waiting and chosen and (bare or short) and of_these and not c.turn.slots.attribute:
        slots = recalled(state.slots)
        c.turn = replace(c.turn, intent=Intent(state.asked), slots=replace(slots, ordinals=c.turn.slots.ordinals))
        return Intent(state.asked)
    if waiting and state.asked == Intent.FIT and c.turn.slots.space is not None:
        return Intent.FIT
    if intent == Intent.OUT_OF_SCOPE and (c.named.ids or c.named.choices):
        if state.intent in _ABOUT_PRODUCTS and re.match(r"\s*(?:and|what about|how about|那|还有)", c.text):
            return Intent(state.intent)
        return Intent.ATTRIBUTE if c.named.ids else Intent.FIND
    return intent


def _without_product(c: Context, intent: Intent, names: Names) -> Reply:
    if intent == Intent.FIND and tools_find.GIFT.search(c.text) and not (c.named.ids or c.named.choices):
        return tools_find.answer_recommend(c)
    if intent == Intent.FIND:
        if len(c.named.ids) == 1 and not c.turn.slots.price_max:
            c.items = c.load(c.named.ids)
            if c.items and not _plural_request(c):
                return overview(c, c.items[0])
        if c.turn.slots.sort is not None and c.named.choices and not c.named.unknown:
            return tools_find.answer_most(c, names.of_kind(c.named))
        if c.named.unknown and not c.named.ids and SELLS.search(c.text):
            return _not_here(c, intent)
        return tools_find.answer_find(c, browse=True)
    if intent == Intent.RECOMMEND:
        return tools_find.answer_recommend(c)
    if intent == Intent.CART_SHOW:
        return tools_cart.answer_show(c)
    if intent == Intent.SCROLL_SHELF:
        c.items = c.load(c.named.ids or c.named.choices or c.state.focus)
        return tools_scene.answer_shelf(c, c.items) if c.items else tools_find.answer_find(c, browse=True)
    if intent in (Intent.PAYMENT, Intent.POLICY):
        c.items = c.load(c.named.ids)
        return tools_properties.answer_policy(c, c.items, "payment" if intent == Intent.PAYMENT else _policy(c))
    return tools_talk.answer_plain(c, intent)


def _plural_request(c: Context) -> bool:
    return bool(re.search(r"\b(?:any|some|which|what)\b.*s\b|有哪些|有什么|哪些", c.text))


def _policy(c: Context) -> str:
    """The topic of the shop's file that is meant."""
    own = next((t for t in c.shop.policies if re.search(rf"\b{re.escape(t.casefold())}\b", c.text)), "")
    return own or next((t for t, words in _POLICY_WORDS.items() if re.search(words, c.text)), "policy")


def _with_products(c: Context, intent: Intent, sent: Space | None) -> Reply:
    several = intent in (Intent.COMPARISON, Intent.COMPATIBILITY)
    named = c.named
    ids = list(named.ids)
    if intent == Intent.FIT and named.whole:  # «beside the sink, does the Chopping Board fit?»
        ids = named.whole
    if not ids:
        ids = from_before(c, several)
    elif len(ids) == 1 and (intent == Intent.COMPARISON or (several and c.turn.slots.refers_back)):
        ids += [i for i in (from_before(c, False) or c.state.focus) if i not in ids][:1]
    if intent == Intent.CART_REMOVE and not named.ids and tools_cart.ALL.search(c.text):
        return tools_cart.answer_remove(c, [])
    undecided = c.state.asked == Intent.CART_ADD or c.state.asked in _TRIED
    if undecided and intent == Intent.CART_ADD and len(c.state.focus) > 1 and not (named.ids or c.turn.slots.ordinals):
        return _ask(c, intent, c.state.focus)
    if intent == Intent.CART_REMOVE and not named.ids and (there := [i for i in named.choices if i in c.state.cart]):
        ids = named.ids = there  # «remove the Rolex»: the one that is in the cart
    strange = named.unknown and not (named.ids and intent != Intent.COMPARISON)
    if strange and not (ids and _may_be_other(c, intent)) and not (intent == Intent.FIT and len(named.choices) == 1):
        return _not_here(c, intent)
    if named.unknown and len(named.choices) == 1 and intent == Intent.FIT:
        ids = named.choices
    if not named.ids and named.choices and ids != named.choices and not (ids and (points(c) or named.weak)):
        return _ask(c, intent, named.choices)
    if intent == Intent.CART_REMOVE and not ids:
        return tools_cart.answer_remove(c, [])
    if not ids:
        if intent in POLICIES:
            return tools_properties.answer_policy(c, [], _topic(c, intent))
        return _which(c, intent)
    if intent in POLICIES and not named.ids and _SHOPS.search(c.text) and not c.turn.slots.refers_back:
        topic = _topic(c, intent)
        if c.shop.policies.get(topic):
            return tools_properties.answer_policy(c, [], topic)
    if intent == Intent.COMPARISON and len(ids) < 2:
        c.items = c.load(ids)
        return _ask_second(c)
    c.items = c.load(ids[:4])
    if not c.items:
        return _which(c, intent)
    if len(c.items) == 1 and (n := quantity_of(c, c.items[0])) is not None:
        c.turn = replace(c.turn, slots=replace(c.turn.slots, quantity=n))
    reply = _tool(c, intent, sent)
    if reply.focus is None:
        reply.focus = [i.id for i in c.items]
    if intent == Intent.STOCK and any(i.stock == 0 for i in c.items) and len(c.items) == 1:
        _offer(c, reply)
    return reply


def _may_be_other(c: Context, intent: Intent) -> bool:
    """Whether strange words need not name a product: «is it dishwasher safe?», «does it fit my shelf?»"""
    if c.named.choices and not points(c):
        return False
    if points(c) or intent in _STRANGE_WORDS:
        return True
    if c.zh and intent in (Intent.MATERIAL, Intent.COLOUR) and tools_facts.asks_yes_no(c):  # «是樱桃木的吗»
        return True
    strange = c.named.unknown
    named = re.search(rf"\b(?:the|an?|any|your|of)\s+(?:\w+\s+)?{re.escape(strange.split()[0])}", c.text, re.I)
    return not c.zh and not named and not re.search(r"\d", strange) and strange == strange.lower()


def _tool(c: Context, intent: Intent, sent: Space | None) -> Reply:
    items = c.items
    guessed = c.turn.confidence < _GUESS and c.named.left and says(intent, c.text) is False
    counted = c.turn.slots.quantity is not None or re.search(r"\d", without_names(c, folded(c.turn.text)))
    if guessed and not counted and intent == c.turn.intent and len(items) == 1 and c.named.ids:
        return tools_properties.answer_whether(c, items)  # a product is certain, what is asked of it is not
    if intent == Intent.PRICE:
        return tools_facts.answer_price(c, items)
    if intent == Intent.STOCK:
        return tools_facts.answer_stock(c, items)
    if intent == Intent.DIMENSIONS:
        return tools_facts.answer_dimensions(c, items)
    if intent == Intent.FIT:
        space = tools_fit.wanted_space(c, sent)
        if space is not None:
            c.state.space = asdict(space)
        return tools_fit.answer_fit(c, items, space)
    if intent == Intent.COMPARISON:
        return tools_find.answer_comparison(c, items)
    if intent == Intent.ALTERNATIVES:
        return tools_find.answer_alternatives(c, items[0])
    if intent == Intent.COMPATIBILITY:
        return tools_properties.answer_compatibility(c, items)
    if intent == Intent.CART_ADD:
        return tools_cart.answer_add(c, items)
    if intent == Intent.CART_REMOVE:
        return tools_cart.answer_remove(c, items)
    if intent == Intent.CHANGE_VARIANT:
        return tools_scene.answer_variant(c, items[0])
    if intent in (Intent.SHOW, Intent.PLACE, Intent.ROTATE, Intent.TRY_ON):
        return tools_scene.answer_scene(c, items, intent)
    if intent in POLICIES:
        return tools_properties.answer_policy(c, items, _topic(c, intent))
    topic = _topic(c, intent)
    if topic and claims(topic) and not any(i.about(topic) for i in items):  # «waterproof»: a claim, no property
        return tools_properties.answer_whether(c, items)
    if topic:
        return tools_properties.answer_topic(c, items, topic)
    if tools_facts.asks_yes_no(c) or (c.named.ids and c.named.left and not TELL.search(c.text)):
        return tools_properties.answer_whether(c, items)
    return overview(c, items[0])


def _topic(c: Context, intent: Intent) -> str:
    """The property that is asked for."""
    if intent in tools_properties.TOPIC_OF:
        return tools_properties.TOPIC_OF[intent]
    low = without_names(c, folded(c.turn.text))
    for item in c.items:  # a name that stands in the text is surer than a known topic
        for name in sorted(item.attributes, key=len, reverse=True):
            if len(name) > 2 and re.search(
                rf"(?<![a-z]){re.escape(name)}(?![a-z])" if name.isascii() else re.escape(name), low
            ):
                return name
    of_name = c.named.ids and attribute(folded(c.turn.text)) == c.turn.slots.attribute and not attribute(low)
    if c.turn.slots.attribute and (c.turn.slots.attribute == "brand" or not of_name):
        return c.turn.slots.attribute
    for topic, names in TOPICS.items():
        if any(n in low if not n.isascii() else re.search(rf"\b{re.escape(n)}\b", low) for n in names):
            return topic
    return "brand" if re.search(r"\bbrand\b|\bwho makes\b|品牌|牌子", low) else ""


def _offer(c: Context, reply: Reply) -> None:
    """Similar products in stock, beside one that is sold out."""
    item = c.items[0]
    others = tools_find.answer_alternatives(c, item)
    if others.cards:
        reply.text += ("" if c.zh else " ") + others.text
        reply.facts += [f for f in others.facts if f not in reply.facts]
        reply.cards += others.cards
        reply.focus = [item.id, *others.cards]


def _not_here(c: Context, intent: Intent) -> Reply:
    """Nothing of this name; what is near is offered, and answers nothing by itself."""
    near = c.load(c.named.choices[:3])
    if not near:
        found = c.finder.find(c.session, c.named.unknown, language=c.language)
        near = c.load([i for i, _ in found.hits[:3]])
    text = c.say(
        ["I can't find “{what}” in the catalogue.", "There is no “{what}” in the catalogue."],
        ["目录里没有找到“{what}”。", "抱歉，目录里没有“{what}”。"],
        what=c.named.unknown[:60],
    )
    if near:
        names = listed([c.title(i) for i in near], c.language, "or" if not c.zh else "或")
        text += c.say(" Did you mean {names}?", "您是指{names}吗？", names=names)
    ids = [i.id for i in near]
    c.items = []
    facts = [f for i in near for f in title_facts(i, c.language)]
    return Reply(text, facts, ids, asked=intent.value if ids else "", focus=ids or None)


def _ask(c: Context, intent: Intent, choices: Sequence[str]) -> Reply:
    """Several could be meant: ask, with their cards."""
    items = c.load(choices[:MAX_CHOICES])
    if len(items) == 1:
        c.items = items
        return _tool(c, intent, None)
    titles = [c.title(i) for i in items]
    labels = [
        t if titles.count(t) == 1 else f"{t} ({price_text(i, c.language) or i.id})"
        for t, i in zip(titles, items, strict=True)
    ]
    text = c.say(
        ["Which one do you mean: {names}?", "There are several. Which one: {names}?"],
        ["您指的是哪一个：{names}？", "您问的是哪一款：{names}？"],
        names=listed(labels, c.language, "or" if not c.zh else "还是"),
    )
    ids = [i.id for i in items]
    facts = [f for i in items for f in title_facts(i, c.language)]
    if len(set(titles)) < len(titles):
        facts += [f for i in items for f in [i.fact("price")] if f]
    return Reply(text, facts, ids, asked=intent.value, focus=ids)


def _ask_second(c: Context) -> Reply:
    item = c.items[0]
    text = c.say("With which product shall I compare {title}?", "要把{title}和哪件商品对比？", title=c.title(item))
    return Reply(text, title_facts(item, c.language), [item.id], asked=Intent.COMPARISON.value, focus=[item.id])


def _which(c: Context, intent: Intent) -> Reply:
    text = c.say(
        ["Which product do you mean? Tell me its name.", "Which product is it about?"],
        ["您问的是哪件商品？请告诉我名称。", "请问是哪件商品？"],
    )
    return Reply(text, asked=intent.value)
