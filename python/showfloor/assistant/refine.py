"""What is understood once it is known which products are named: words that settle an intent, counts before names."""

from __future__ import annotations

import re
from dataclasses import asdict, replace

from showfloor.assistant.item import Item
from showfloor.assistant.naming import brand_among, names_brand, says_nothing, spelled
from showfloor.assistant.reply import Context
from showfloor.assistant.understand.turn import Intent, Sort
from showfloor.grounding.claims import claims
from showfloor.grounding.numbers import numbers
from showfloor.grounding.quantities import read
from showfloor.search.values import COLOURS
from showfloor.search.words import folded, singular

UNSURE = 0.7
_VAGUE = frozenset([Intent.OUT_OF_SCOPE, Intent.FIND, Intent.POLICY, Intent.ATTRIBUTE, Intent.HELP, Intent.SHOW])
NEVER_OF_PRODUCTS = frozenset([Intent.OTHER_PERSON_DATA, Intent.ORDER_STATUS, Intent.OUT_OF_SCOPE, Intent.HUMAN])
_SETTLED = frozenset(
    (
        Intent.PRICE,
        Intent.STOCK,
        Intent.DELIVERY,
        Intent.RETURNS,
        Intent.WARRANTY,
        Intent.WEIGHT,
        Intent.MATERIAL,
        Intent.COLOUR,
        Intent.DIMENSIONS,
    )
)
_SURE_BY_WORDS = 0.95
_SHORT_QUESTION = 8
_SHORT_TEXT = 24
_COMPARING = _VAGUE | {Intent.COMPARISON, Intent.ALTERNATIVES, Intent.PRICE, Intent.DIMENSIONS, Intent.RECOMMEND}
_PRICE_WORDS = (
    r"how much|\bcosts?\b|\bprices?\b|\bdamage\b|set me back|sells? for|go(?:es)? for|going rate|shell out|price tag"
    r"|how expensive"
    r"|set \w+(?: \w+){0,2} back|\b(?:you|u) (?:want|ask|charge) for"
    r"|多少钱|价格|价钱|[什啥]么?价|售价|怎么卖|卖多少|几块钱|花多少|得多少|多少[块米刀]|多贵"
)
_WORDS: tuple[tuple[Intent, str], ...] = (
    (Intent.CART_ADD, r"\b(?:add|put)\b.*\b(?:cart|basket|bag)\b|加(?:入|到|进)?购物车|放(?:入|进)购物车"),
    (Intent.WARRANTY, r"warrant|guarantee|保修|质保"),
    (Intent.RETURNS, r"\breturn|refund|send (?:it|them|\w+) back|退货|退款|能退|可以退|退换"),
    (
        Intent.DELIVERY,
        r"\bship(?:s|ped|ping)?\b|\bdeliver|\barrive|on (?:its|their|the) way|发货|配送|送到|送货|到货|寄"
        r"|什么时候能?[到发]",
    ),
    (
        Intent.STOCK,
        r"in stock|availab|sold out|out of stock|on hand|\bany left\b|\bstill (?:got|have)\b"
        r"|how many .*\b(?:left|you(?:'ve)? (?:got|have)|are there)\b"
        r"|有货|库存|现货|缺货|还有吗|卖完|卖光|售罄|脱销|还有几|还有多少|剩几|还剩|凑得?齐|能拍吗|拍得到|断货|够吗|够不够|\benough\b",
    ),
    (Intent.WEIGHT, r"\bweigh|\bheavy\b|多重|重量"),
    (Intent.MATERIAL, r"made (?:of|from|out of)|\bmaterial|材质|什么材料|[什啥]么?做的|料子|啥材"),
    (Intent.COLOUR, r"\bcolou?rs?\b|什么颜色|哪些颜色|颜色|[什啥]么?色|色儿"),
    (
        Intent.DIMENSIONS,
        r"dimension|how (?:big|large|wide|tall|high|deep)|measure(?:ment)?s?\b|\b(?:width|height|depth)\b"
        r"|尺寸|多大|多宽|多高|多深|[宽高深]多少|长宽高"
        r"|三边|体积|从前到后",
    ),
    (Intent.PRICE, _PRICE_WORDS),
)
_TOPICS: tuple[tuple[str, str], ...] = (
    (
        "minimum order",
        r"minimum order|\bmoq\b|\bmin\b|\bfewest\b|\bsingly\b|\bindividually\b|\b(?:one|a) single\b"
        r"|零买|零卖|单卖|起[卖拍]"
        r"|\b(?:just|only) (?:one|1|two|2)\b.*\b(?:allowed|possible|okay)\b|买[一1][个件只台瓶张把条双副]吗?$"
        r"|minimum (?:quantity|purchase)"
        r"|(?:smallest|least|fewest|minimum).{0,20}\b(?:order|buy|quantity)\b"
        r"|\b(?:order|buy|get|purchase) (?:just|only) (?:one|1|a single|two|2)\b"
        r"|\b(?:just|only) (?:need|want|buy|order) (?:one|1|a single|two|2)\b"
        r"|[就只]要[一1两2][个件只台瓶张把条双副]|单买"
        r"|\b(?:just|only) (?:one|1|a single) .*\b(?:order|buy|get)\b"
        r"|\bminimum\b|more than one\b|起订|起购|起批|必须多买|得多买"
        r"|[最至]少(?:得|要|需要|必须)?(?:买|订|购|拿)|[只单](?:买|订|要)[一1两2三3][个件只台瓶张把双条副]",
    ),
    ("battery", r"batter(?:y|ies)|电池|续航"),
    ("power", r"\bwatts?\b|wattage|\bpower\b(?! bank)|功率|瓦数"),
    ("screen", r"\bscreen|屏幕"),
    ("memory", r"\bmemory\b|\bram\b|\bstorage\b|内存|存储"),
    ("origin", r"where .*\b(?:made|produced|from)\b|\bmade in\b|country of origin|产地|哪里?儿?生?产|哪国|原产"),
    ("energy", r"energy (?:class|label|rating|efficiency)|能效"),
    ("care", r"care instruction|how (?:do|should) i (?:wash|clean)|怎么洗|怎么清洁|保养"),
    ("capacity", r"\bcapacity\b|how many lit(?:er|re)s|容量|容积"),
    (
        "brand",
        r"\bbrand\b|who makes|\bmade by\b|manufacturer|品牌|牌子|厂家|[哪谁]家的?|是[^是]{2,8}(?:出|牌|家|公司)的",
    ),
    ("rating", r"\brating\b|\brated\b|how many stars|评分|几颗星|几星"),
    ("model", r"model number|\bsku\b|型号|货号"),
)
_ORDERS: tuple[tuple[Sort, str], ...] = (
    (
        Sort.CHEAPEST,
        r"cheap|less expensive|costs? less|lower price|save (?:me |us )?(?:some )?money|better (?:value|price)"
        r"|hurt \w+ wallet less|便宜|价[格钱位]?[更要]?低|实惠|省钱|划算",
    ),
    (Sort.DEAREST, r"more expensive|dearer|costs? more|更贵|哪个贵|哪款贵|比较贵"),
    (
        Sort.LARGEST,
        r"\blarge[rs]t?\b|bigge[rs]|\b(?:tall|wid|deep|high)e(?:r|st)\b"
        r"|更大|哪[个款]更?[高宽深长厚]|更[高宽深长厚]|哪个大|哪款大|比较大|(?:个头|体积|尺寸|块头)[更比较]*大|大[一1]?[点些]",
    ),
    (
        Sort.SMALLEST,
        r"small(?:er|est)|compact|\b(?:short|narrow|shallow)e(?:r|st)\b"
        r"|更小|哪[个款]更?[矮窄浅短薄]|更[矮窄浅短薄]|哪个小|哪款小|比较小|(?:个头|体积|尺寸|块头)[更比较]*小|小[一1]?[点些]",
    ),
    (Sort.LIGHTEST, r"light(?:er|est)|更轻|哪个轻|轻[一1]?[点些]|哪款轻"),
    (Sort.HEAVIEST, r"heav(?:ier|iest)|weighs? more|更[重沉]|谁[重沉]|哪个[重沉]|重[一1]?[点些]|哪款重"),
    (Sort.BEST_RATED, r"better rated|best rated|higher rat|评分更高|评分高"),
)
_SIDE_ASKED = re.compile(
    r"^\s*(?:is|are|was)\b.*\d.*\b(?:wide|tall|high|deep)\b\W*$|(?:是|有)\s?\d[\d.]*\s?(?:米|厘米|公分)(?:宽|高|深|长)?吗"
)
_COMMON = frozenset(["free of charge", "warranty", "guarantee", "returns", "delivery", "speed", "in stock", "sold out"])
"""Claims that have an intent of their own."""
_TOTAL = re.compile(r"\btotal\b|altogether|in all|\bcomes? to\b|adds? up|一共|合计|总共|总价")
_DISCOUNT = re.compile(r"\bdiscount|\bcoupon|\bvoucher|打折|折扣|优惠|满减|便宜点吗")
_WHICH = re.compile(r"\bwhich\b|谁|\bwhat(?:'s| is) the\b|哪|最")
_BUDGET = re.compile(r"\bbudget\b|预算|\bspend\b")
TELL = re.compile(r"tell me (?:more )?about|more about|describe|details? (?:of|on)|介绍|说说|讲讲|详细")
_CONTAINER = re.compile(r"\bfits?\b|\broom\b|\bspace\b|\bgap\b|\bdoor|\bbox\b|\bshelf\b|\bgo (?:in|through)|放|装|通过")
_TURNED = re.compile(
    r"\b(?:if|when) (?:i|we|you) (?:turn|rotat|swap|put)|turned|sideways|横|竖|侧着|转一?下?(?:呢|的话)|旋转(?:呢|的话)"
)
_CORRECTS = re.compile(
    r"\b(?:i )?meant?\b|\bnot\b|\bsorry\b|\bactually\b|\brather\b|说错|不对|应该是|不是|是指|其实|更正"
)
_HAS = re.compile(
    r"\b(?:do|have) you (?:have|sell|got|stock|carry)\b|\bany\b|\blooking for\b|有没有|有.{1,20}吗|卖.{1,12}吗|有卖"
)
SELLS = re.compile(
    r"\bdo you (?:have|sell|stock|carry)\b|\bhave you got\b"
    r"|你们|你家|店里|卖.{0,6}吗|有.*[a-z0-9]{3,}.*吗|的.{1,6}有吗|有卖"
)
_TOGETHER = re.compile(r"compatib|work|connect|\bfit|\bwith\b|\bgo\b|兼容|搭配|配|用|连")
_IS_IT = re.compile(
    r"(?:^|[,;:.!] )(?:is|are|was|were)\b|\b(?:is|are)n't (?:it|they)\b|\bright\W*$"
    r"|是.{1,12}(?:吗|吧|么)\W*$"
)
_BY_BRAND = re.compile(r"\b(?:by|from) (?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)[A-Z]\w+\W*$")
_PRICES = re.compile(_PRICE_WORDS)
_COMPARES = re.compile(r"compar|differen|\bvs\b|versus|\bor\b|better|\bthan\b|对比|比较|区别|不同|还是|哪|比")
_COUNTER = r"(?:[个件块副支台双条瓶只把张盒包套部款枚顶根罐颗粒]|pieces? of|pcs(?: of)?|pairs? of|units? of|x|×|of)?"


def refine(c: Context, intent: Intent) -> Intent:
    """The intent by what the text says of named products, or of the one before; slots may be filled in."""
    low = spelled(folded(c.turn.text))
    named = c.named.ids
    if named and intent in NEVER_OF_PRODUCTS and c.turn.confidence < UNSURE:
        intent = next((i for i, _ in c.turn.scores[1:] if i in _SETTLED), Intent.ATTRIBUTE)
        c.turn = replace(c.turn, confidence=dict(c.turn.scores).get(intent, 0.0))
    at_hand = bool(named or c.named.choices or c.state.focus)
    order = (
        c.turn.slots.relative or c.turn.slots.sort or next((s for s, words in _ORDERS if re.search(words, low)), None)
    )
    if not named and c.state.cart and intent == Intent.PRICE and _TOTAL.search(low):
        return Intent.CART_SHOW
    if _DISCOUNT.search(low) and intent in {*_VAGUE, Intent.PRICE, Intent.RECOMMEND}:
        return Intent.POLICY
    unsure_of = c.turn.confidence < UNSURE
    said = c.turn.slots.space is not None or c.turn.slots.length_m is not None
    again = _TURNED.search(low) or (said and _CORRECTS.search(low))
    if c.state.intent == Intent.FIT and not named and again:
        return Intent.FIT
    in_colour = re.search(r"\bin (\w+)\W*$", low)
    if named and intent in (Intent.STOCK, Intent.COLOUR) and in_colour and in_colour[1] in COLOURS:
        return Intent.COLOUR
    single = len(named) == 1 or (not named and len(c.turn.slots.ordinals) == 1)
    if single and TELL.search(low) and (unsure_of or intent in {*_COMPARING, Intent.OUT_OF_SCOPE}):
        return Intent.ATTRIBUTE
    if c.turn.slots.sort is not None and not named and c.named.choices and intent in {*_COMPARING, Intent.OUT_OF_SCOPE}:
        return Intent.FIND
    if intent == Intent.COMPARISON and len(named) >= 2 and _PRICES.search(low) and not _COMPARES.search(low):
        return Intent.PRICE
    chosen = not named and len(c.turn.slots.ordinals) == 1 and c.state.focus and len(low) <= _SHORT_TEXT
    vague = intent in (Intent.OUT_OF_SCOPE, Intent.REPEAT) or (unsure_of and intent == Intent.COMPARISON)
    if chosen and vague:
        return Intent.ATTRIBUTE
    having = not named and len(c.named.choices) > 1 and _HAS.search(low)
    if having and intent in (Intent.ATTRIBUTE, Intent.POLICY, Intent.HELP):
        return Intent.FIND
    strange = bool(c.named.unknown) and not (named or c.named.choices or c.turn.slots.attribute)
    sought = SELLS.search(low) or (not c.state.focus and _HAS.search(low))
    if strange and sought and not c.turn.slots.refers_back and intent in _VAGUE | {Intent.STOCK, Intent.COMPATIBILITY}:
        return Intent.FIND
    if intent == Intent.COMPATIBILITY and unsure_of and not _TOGETHER.search(low):
        intent = Intent.ATTRIBUTE
    several = len(named) >= 2
    nothing_else = c.turn.slots.sort is not None and says_nothing(c.turn.text)
    among = not (named or c.named.choices) and len(c.state.focus) >= 2 and order is not None
    if among and (_WHICH.search(low) or nothing_else) and intent in {*_COMPARING, Intent.STOCK, Intent.OUT_OF_SCOPE}:
        c.turn = replace(c.turn, slots=replace(c.turn.slots, relative=order))
        return Intent.COMPARISON
    narrowing = c.state.intent in (Intent.FIND, Intent.RECOMMEND) and c.turn.slots.price_max is not None
    if intent == Intent.PRICE and narrowing and not named and not c.turn.slots.refers_back:
        return Intent.FIND
    if several:
        if order is not None and (intent in _COMPARING or unsure_of):
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
    one = len(named) == 1 or (not named and bool(c.state.focus))
    mass = any(q.kinds == ("mass",) for q in read(low))
    if one and mass and intent in _VAGUE and c.turn.slots.weight_kg is not None:
        return Intent.WEIGHT
    spaceless = c.turn.slots.space is None and c.turn.slots.length_m is None and not c.state.space
    plain = without_names(c, low)
    odd = {claim.name for claim in claims(plain)} - _COMMON - {"fits"}
    if intent == Intent.FIT and unsure_of and spaceless and not odd and re.search(dict(_WORDS)[Intent.DIMENSIONS], low):
        return Intent.DIMENSIONS
    pointed = c.turn.slots.refers_back and not c.turn.slots.sort and not c.turn.slots.price_max
    if one and pointed and _PRICES.search(low) and intent in (Intent.RECOMMEND, Intent.FIND):
        return Intent.PRICE
    total = _TOTAL.search(low) is not None and (c.turn.slots.quantity is not None or bool(numbers(low)))
    if (
        len(named) == 1
        and total
        and (unsure_of or intent in {*_VAGUE, Intent.CART_ADD, Intent.RECOMMEND, Intent.COMPARISON})
    ):
        return Intent.PRICE
    sides = [s for s in asdict(c.turn.slots.space).values() if s] if c.turn.slots.space else []
    if len(named) == 1 and len(sides) > 1 and intent in _VAGUE:
        return Intent.FIT
    if intent == Intent.FIT and _SIDE_ASKED.search(low) and not _CONTAINER.search(low):
        return Intent.DIMENSIONS
    free = any(claim.name == "free of charge" for claim in claims(low))
    if one and free and not re.search(r"ship|deliver|return|warrant|运费|包邮|配送|退|保修|赠送", low):
        return Intent.PRICE
    whether = c.zh and len(low) <= _SHORT_QUESTION and re.search(r"^[^有卖你].*吗[?？]?$", low)  # «含酒精吗？»
    if whether and not named and c.state.focus and intent == Intent.OUT_OF_SCOPE and c.turn.confidence < UNSURE:
        return Intent.ATTRIBUTE
    topic = next((t for t, words in _TOPICS if re.search(words, plain)), "")
    if topic == "minimum order" and one and intent == Intent.CART_ADD and re.search(r"allowed|吗[?？]?$|行不行", low):
        c.turn = replace(c.turn, slots=replace(c.turn.slots, attribute=topic))
        return Intent.ATTRIBUTE
    is_it = _IS_IT.search(low) and not (c.named.choices or claims(plain) or re.search(r"\d", plain))
    brand = bool(is_it and brand_among(c.named.left, c.turn.text)) or (
        names_brand(low) and re.search(r"是.*的.{0,4}[吗吧]", low) is not None
    )
    if not topic and len(named) == 1 and (brand or _BY_BRAND.search(c.turn.text)):
        topic = "brand"
    others = {Intent.WEIGHT, Intent.COMPARISON, Intent.STOCK, Intent.COLOUR, Intent.DIMENSIONS, Intent.COMPATIBILITY}
    if one and topic and (intent in _VAGUE | others or c.turn.confidence < UNSURE) and intent != Intent.FIT:
        c.turn = replace(c.turn, slots=replace(c.turn.slots, attribute=topic))
        return Intent.ATTRIBUTE
    amount = any(q.kinds[0].startswith("money") for q in read(low))
    unsure = intent in _VAGUE or c.turn.confidence < UNSURE
    searching = intent == Intent.FIND and re.search(r"\bunder\b|\bbelow\b|以下|以内", low)
    if (
        len(named) == 1
        and amount
        and unsure
        and not searching
        and intent not in (Intent.ALTERNATIVES, Intent.RECOMMEND)
    ):
        return Intent.PRICE
    doubted = {Intent.REVIEWS, Intent.POLICY, Intent.OUT_OF_SCOPE, Intent.DIMENSIONS, Intent.ATTRIBUTE}
    doubted |= {Intent.FIT} if spaceless else set()
    if one and odd and c.turn.confidence < UNSURE and intent in doubted:
        return Intent.ATTRIBUTE
    if unsure and (one or c.named.choices) and intent not in (Intent.COMPARISON, Intent.ALTERNATIVES, Intent.FIT):
        return next((i for i, words in _WORDS if re.search(words, low)), intent)
    if one and intent in _SETTLED and c.turn.confidence < _SURE_BY_WORDS:  # plain words are surer than a likeness
        spoken = [i for i, words in _WORDS if re.search(words, low)]
        return spoken[0] if len(spoken) == 1 else intent
    return intent


def says(intent: Intent, low: str) -> bool | None:
    """Whether plain words of an intent stand in a text; None for intents without such words."""
    return next((re.search(words, low) is not None for i, words in _WORDS if i == intent), None)


def without_names(c: Context, low: str) -> str:
    """A folded text without the words that name products: the «battery» of a Battery Pack asks for nothing."""
    for own in sorted(c.named.own, key=len, reverse=True) if c.named.ids else ():
        low = low.replace(own, " ") if not own.isascii() else re.sub(rf"\b{re.escape(own)}\w{{0,2}}\b", " ", low)
    return low


def quantity_of(c: Context, item: Item) -> int | None:
    """Pieces that are asked for: what was understood, else the number before the product's name."""
    if c.turn.slots.quantity is not None:
        return c.turn.slots.quantity
    low = folded(c.turn.text)
    titles = [folded(t) for t in item.product.titles.values()]
    firsts = {own[:2] for own in c.named.own if not own.isascii()}
    firsts |= {singular(w) for t in titles for w in re.findall(r"[a-z0-9]+|[一-鿿]{2}", t)[:1]}
    for number in numbers(low):
        after = re.match(rf"\s*{_COUNTER}\s*(?:the\s+)?([a-z0-9]+|[一-鿿]{{2}})?", low[number.end :])
        word = singular(after[1]) if after and after[1] else None
        inside = any(0 <= (at := low.find(t)) <= number.begin < at + len(t) for t in titles)
        whole = number.value == int(number.value) and 0 < number.value <= 100_000
        if word and {word, word.removesuffix("s")} & firsts and whole and not inside:
            return int(number.value)
    return None
