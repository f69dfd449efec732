"""What is understood once it is known which products are named: words that settle an intent, counts before names."""

from __future__ import annotations

import re
from dataclasses import replace

from showfloor.assistant.item import Item
from showfloor.assistant.reply import Context
from showfloor.assistant.understand.turn import Intent, Sort
from showfloor.grounding.claims import claims
from showfloor.grounding.numbers import numbers
from showfloor.grounding.quantities import read
from showfloor.search.words import folded

_UNSURE = 0.7
_VAGUE = frozenset([Intent.OUT_OF_SCOPE, Intent.FIND, Intent.POLICY, Intent.ATTRIBUTE, Intent.HELP, Intent.SHOW])
_COMPARING = _VAGUE | {Intent.COMPARISON, Intent.ALTERNATIVES, Intent.PRICE, Intent.DIMENSIONS, Intent.RECOMMEND}
_WORDS: tuple[tuple[Intent, str], ...] = (
    (Intent.CART_ADD, r"\b(?:add|put)\b.*\b(?:cart|basket|bag)\b|加(?:入|到|进)?购物车|放(?:入|进)购物车"),
    (Intent.WARRANTY, r"warrant|guarantee|保修|质保"),
    (Intent.RETURNS, r"\breturn|refund|send (?:it|them|\w+) back|退货|退款|能退|可以退|退换"),
    (Intent.DELIVERY, r"\bship(?:s|ped|ping)?\b|\bdeliver|\barrive|发货|配送|送到|送货|到货"),
    (Intent.STOCK, r"in stock|available|availab|sold out|out of stock|有货|库存|现货|缺货|还有吗|卖完"),
    (Intent.WEIGHT, r"\bweigh|\bheavy\b|多重|重量"),
    (Intent.MATERIAL, r"made (?:of|from|out of)|\bmaterial|材质|什么材料|什么做的"),
    (Intent.COLOUR, r"\bcolou?rs?\b|什么颜色|哪些颜色|颜色"),
    (
        Intent.DIMENSIONS,
        r"dimension|how (?:big|large|wide|tall|high|deep)|measurements?|尺寸|多大|多宽|多高|多深|长宽高",
    ),
    (Intent.PRICE, r"how much|\bcosts?\b|\bprices?\b|多少钱|价格|价钱|什么价|售价"),
)
_TOPICS: tuple[tuple[str, str], ...] = (
    ("minimum order", r"minimum order|\bmoq\b|起订量|最少买|最低起订"),
    ("battery", r"batter(?:y|ies)|电池|续航"),
    ("power", r"\bwatts?\b|wattage|\bpower\b(?! bank)|功率|瓦数"),
    ("screen", r"\bscreen|屏幕"),
    ("memory", r"\bmemory\b|\bram\b|\bstorage\b|内存|存储"),
    ("origin", r"where .*\b(?:made|produced|from)\b|\bmade in\b|country of origin|产地|哪里生产|哪里产|哪国"),
    ("energy", r"energy (?:class|label|rating|efficiency)|能效"),
    ("care", r"care instruction|how (?:do|should) i (?:wash|clean)|怎么洗|怎么清洁|保养"),
    ("capacity", r"\bcapacity\b|how many lit(?:er|re)s|容量|容积"),
    ("brand", r"\bbrand\b|who makes|manufacturer|品牌|牌子|厂家"),
    ("rating", r"\brating\b|\brated\b|how many stars|评分|几颗星|几星"),
    ("model", r"model number|\bsku\b|型号|货号"),
)
_ORDERS: tuple[tuple[Sort, str], ...] = (
    (Sort.CHEAPEST, r"cheap|less expensive|costs? less|lower price|便宜|价格低"),
    (Sort.DEAREST, r"more expensive|dearer|costs? more|更贵|哪个贵|哪款贵|比较贵"),
    (Sort.LARGEST, r"\blarge[rs]t?\b|bigge[rs]|更大|哪个大|哪款大|比较大"),
    (Sort.SMALLEST, r"small(?:er|est)|compact|更小|哪个小|哪款小|比较小"),
    (Sort.LIGHTEST, r"light(?:er|est)|更轻|哪个轻"),
    (Sort.HEAVIEST, r"heav(?:ier|iest)|更重|哪个重"),
    (Sort.BEST_RATED, r"better rated|best rated|higher rat|评分更高|评分高"),
)
_SIDE_ASKED = re.compile(
    r"^\s*(?:is|are|was)\b.*\d.*\b(?:wide|tall|high|deep)\b\W*$|(?:是|有)\s?\d[\d.]*\s?(?:米|厘米|公分)(?:宽|高|深|长)?吗"
)
_COMMON = frozenset(["free of charge", "warranty", "guarantee", "returns", "delivery", "speed", "in stock", "sold out"])
"""Claims that have an intent of their own."""
_TOTAL = re.compile(r"\btotal\b|altogether|in all|一共|合计|总共|总价")
_DISCOUNT = re.compile(r"\bdiscount|\bcoupon|\bvoucher|打折|折扣|优惠|满减|便宜点吗")
_WHICH = re.compile(r"\bwhich\b|\bwhat(?:'s| is) the\b|哪|最")
_BUDGET = re.compile(r"\bbudget\b|预算|\bspend\b")
_TELL = re.compile(r"tell me (?:more )?about|more about|describe|details? (?:of|on)|介绍|说说|讲讲|详细")
_CONTAINER = re.compile(r"\bfits?\b|\broom\b|\bspace\b|\bgap\b|\bdoor|\bbox\b|\bshelf\b|\bgo (?:in|through)|放|装|通过")
_COUNTER = r"(?:[个件块副支台双条瓶只把张盒包套部款枚顶]|pieces? of|pcs(?: of)?|pairs? of|units? of|x|×|of)?"


def refine(c: Context, intent: Intent) -> Intent:
    """The intent by what the text says of named products, or of the one before; slots may be filled in."""
    low = folded(c.turn.text)
    named = c.named.ids
    at_hand = bool(named or c.named.choices or c.state.focus)
    order = (
        c.turn.slots.relative or c.turn.slots.sort or next((s for s, words in _ORDERS if re.search(words, low)), None)
    )
    if not named and c.state.cart and intent == Intent.PRICE and _TOTAL.search(low):
        return Intent.CART_SHOW
    if _DISCOUNT.search(low) and intent in {*_VAGUE, Intent.PRICE, Intent.RECOMMEND}:
        return Intent.POLICY
    several = len(named) >= 2
    among = not named and len(c.state.focus) >= 2 and order is not None and _WHICH.search(low)
    if among and intent in {*_COMPARING, Intent.STOCK}:
        c.turn = replace(c.turn, slots=replace(c.turn.slots, relative=order))
        return Intent.COMPARISON
    narrowing = c.state.intent in (Intent.FIND, Intent.RECOMMEND) and c.turn.slots.price_max is not None
    if intent == Intent.PRICE and narrowing and not named and not c.turn.slots.refers_back:
        return Intent.FIND
    if len(named) == 1 and intent in (Intent.COMPARISON, Intent.RECOMMEND, Intent.FIND) and _TELL.search(low):
        return Intent.ATTRIBUTE
    if several:
        if order is not None and intent in _COMPARING:
            c.turn = replace(c.turn, slots=replace(c.turn.slots, relative=order))
            return Intent.COMPARISON
        if intent in _VAGUE:
            return Intent.COMPARISON
    if intent == Intent.ALTERNATIVES and order is not None:
        c.turn = replace(c.turn, slots=replace(c.turn.slots, relative=order))
    if c.turn.slots.price_max is None and _BUDGET.search(low):
        amounts = [q.value for q in read(low) if q.kinds[0].startswith("money")]
        if amounts:
            c.turn = replace(c.turn, slots=replace(c.turn.slots, price_max=float(max(amounts))))
    than = len(named) == 1 and order is not None and re.search(r"\bthan\b|比", low)
    if than and intent in (Intent.COMPARISON, Intent.FIND, Intent.RECOMMEND, Intent.OUT_OF_SCOPE):
        c.turn = replace(c.turn, slots=replace(c.turn.slots, relative=order))
        return Intent.ALTERNATIVES
    if not at_hand:
        return intent
    if intent == Intent.FIT and _SIDE_ASKED.search(low) and not _CONTAINER.search(low):
        return Intent.DIMENSIONS
    one = len(named) == 1 or (not named and bool(c.state.focus))
    free = any(claim.name == "free of charge" for claim in claims(low))
    if one and free and not re.search(r"ship|deliver|return|warrant|运费|包邮|配送|退|保修|赠送", low):
        return Intent.PRICE
    topic = next((t for t, words in _TOPICS if re.search(words, low)), "")
    if (
        one
        and topic
        and intent in {*_VAGUE, Intent.WEIGHT, Intent.COMPARISON, Intent.STOCK, Intent.COLOUR, Intent.DIMENSIONS}
    ):
        c.turn = replace(c.turn, slots=replace(c.turn.slots, attribute=topic))
        return Intent.ATTRIBUTE
    amount = any(q.kinds[0].startswith("money") for q in read(low))
    unsure = intent in _VAGUE or c.turn.confidence < _UNSURE
    searching = intent == Intent.FIND and re.search(r"\bunder\b|\bbelow\b|以下|以内", low)
    if (
        len(named) == 1
        and amount
        and unsure
        and not searching
        and intent not in (Intent.ALTERNATIVES, Intent.RECOMMEND)
    ):
        return Intent.PRICE
    odd = {claim.name for claim in claims(low)} - _COMMON
    if one and odd and c.turn.confidence < _UNSURE and intent in (Intent.REVIEWS, Intent.POLICY, Intent.OUT_OF_SCOPE):
        return Intent.ATTRIBUTE
    if unsure and (one or c.named.choices) and intent not in (Intent.COMPARISON, Intent.ALTERNATIVES, Intent.FIT):
        return next((i for i, words in _WORDS if re.search(words, low)), intent)
    return intent


def quantity_of(c: Context, item: Item) -> int | None:
    """Pieces that are asked for: what was understood, else the number before the product's name."""
    if c.turn.slots.quantity is not None:
        return c.turn.slots.quantity
    low = folded(c.turn.text)
    if c.turn.intent == Intent.CART_REMOVE and re.search(r"\bone\b(?! of (?:the|my) products)|一[个件瓶副双条只]", low):
        return 1
    titles = [folded(t) for t in item.product.titles.values()]
    firsts = {w for t in titles for w in re.findall(r"[a-z0-9]+|[一-鿿]{2}", t)[:1]}
    for number in numbers(low):
        after = re.match(rf"\s*{_COUNTER}\s*(?:the\s+)?([a-z0-9]+|[一-鿿]{{2}})?", low[number.end :])
        word = after[1] if after else None
        inside = any(0 <= (at := low.find(t)) <= number.begin < at + len(t) for t in titles)
        whole = number.value == int(number.value) and 0 < number.value <= 100_000
        if word in firsts and whole and not inside:
            return int(number.value)
    return None
