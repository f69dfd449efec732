"""Intents that rules know better than a classifier: single words, gestures, bare numbers, elliptic questions."""

from __future__ import annotations

import re

from showfloor.assistant.understand.turn import Intent, Slots
from showfloor.search.words import folded

SURE = 0.98
LIKELY = 0.9
"""Confidence of rules, set by hand; on the phrases, held-out ones included, they are right no less often."""
_EDGES = re.compile(r"^[\s\W_]+|[\s\W_]+$")
_WHOLE = {
    Intent.AFFIRM: "yes yeah yep yup ok okay sure fine right correct exactly absolutely definitely alright "
    "是 是的 好 好的 对 对的 嗯 嗯嗯 行 可以 要 没错 当然 好啊 好呀 确定 中",
    Intent.DENY: "no nope nah cancel stop 不 不是 不要 不对 不用 不用了 不行 算了 取消 别 停 不了",
    Intent.GREETING: "hi hello hey hiya 你好 您好 嗨 哈喽 在吗 喂",
    Intent.GOODBYE: "bye goodbye byebye 再见 拜拜 晚安 88",
    Intent.THANKS: "thanks thx ty thankyou cheers 谢谢 多谢 谢了 感谢 3q",
    Intent.REPEAT: "huh pardon what sorry eh 啊 啥 什么",
    Intent.HELP: "help 帮助",
    Intent.SCROLL_SHELF: "more next 更多 下一页 继续",
}
_BY_WORD = {word: intent for intent, words in _WHOLE.items() for word in words.split()}
_SIGNS = (
    (re.compile(r"^[\s👍👌✅🆗🙆🏻-🏿]+$"), Intent.AFFIRM),
    (re.compile(r"^[\s👎❌🙅🏻-🏿]+$"), Intent.DENY),
    (re.compile(r"^[\s🙏❤♥😍😊😀🙂👏💯🏻-🏿]+$"), Intent.THANKS),
    (re.compile(r"^[\s👋🏻-🏿]+$"), Intent.GREETING),
    (re.compile(r"^[\s😠😡🤬😤]+$"), Intent.COMPLAINT),
    (re.compile(r"^[\s?？]+$"), Intent.REPEAT),
)
_FOLLOW_UP = re.compile(
    r"^(?:and |so |then |ok(?:ay)?,? )?(?:what|how) about\b|^and\b.{0,40}\?*$"
    r"|^(?:那么?|还有|那)?.{1,14}呢[？?]?$|^same for\b"
)
_CAN_FOLLOW = frozenset(
    {
        Intent.PRICE,
        Intent.STOCK,
        Intent.DIMENSIONS,
        Intent.FIT,
        Intent.WEIGHT,
        Intent.MATERIAL,
        Intent.COLOUR,
        Intent.ATTRIBUTE,
        Intent.COMPATIBILITY,
        Intent.DELIVERY,
        Intent.WARRANTY,
        Intent.RETURNS,
        Intent.REVIEWS,
        Intent.FIND,
        Intent.SHOW,
        Intent.CART_ADD,
        Intent.CART_REMOVE,
        Intent.CHANGE_VARIANT,
        Intent.PLACE,
        Intent.TRY_ON,
    }
)
_OWN_QUESTION = re.compile(
    r"\bhow (?:much|many|tall|high|wide|deep|big|large|long|heavy|soon|fast)\b|\b(?:price|cost|stock|size|weigh|weight"
    r"|material|colou?rs?|made of|deliver|delivery|ship|shipping|warranty|guarantee|return|returns|rating|reviews"
    r"|dimensions|height|width|depth|cart|basket)\b|多少钱|价格|多[高宽深大长重久]|有货|库存|材质|颜色|尺寸|重量|保修"
    r"|退货|配送|发货|送货|评分|评价|购物车"
)
_CART = re.compile(r"购物[车袋篮]|\b(?:cart|basket|shopping bag)\b")
_CART_WORDS = (
    (
        re.compile(
            r"remove|delete|take (?:\w+ ){0,4}out|empty|clear|删|移除|移出|移走|去掉|清空|拿出|拿走|不要了|不买了|清了"
        ),
        Intent.CART_REMOVE,
    ),
    (
        re.compile(
            r"^(?:please )?(?:add|put|throw|stick)\b(?!.*\b(?:back|out)\b)|加入|加到|加进|放进|放到|放入|放.{0,4}购物"
        ),
        Intent.CART_ADD,
    ),
)
_BOUGHT = re.compile(
    r"\b(?:what|which)\b.{0,20}\b(?:did|has|have)\s+(?!i\b|you\b|we\b)[a-z]+(?: [a-z]+)?"
    r" (?:buy|bought|order|ordered|purchased?)\b"
    r"|^who (?:bought|ordered|purchased)\b|谁(?:买|订|下单)了"
    r"|^(?!我|你|咱|请|人家)[一-鿿]{2,4}(?:上个?月|上周|昨天|前天|最近|去年|之前|都)?(?:买|订)了(?:什么|啥|哪|多少)"
)
_TAKE = re.compile(
    r"^(?:please |ok,? )?(?:i(?:'ll| will)? (?:take|have|want)|give me|make (?:it|that))\b"
    r"|^(?:我?就?要|给?我?来|我?买|改成|改为)"
)
_ORDER_NUMBER = re.compile(
    r"\border\s*(?:number|no\.?|#|nr\.?)?\s*(?:is|:)?\s*#?\d{3,}"
    r"|订单号?\s*[:：是]?\s*\d{3,}|\d{3,}\s*号?订单|快递单号|tracking number"
)


def by_rule(text: str, slots: Slots, previous: Intent | None) -> tuple[Intent, float] | None:
    """Intent and confidence of a cleaned text, if a rule knows them."""
    read = folded(text)
    for pattern, intent in _SIGNS:
        if pattern.match(text):
            return intent, SURE
    core = _EDGES.sub("", read).replace(" ", "")
    single = _BY_WORD.get(core)
    if single is not None and not (single in (Intent.AFFIRM, Intent.DENY) and read.endswith(("?", "？"))):
        return single, SURE
    if _CART.search(read):
        for pattern, intent in _CART_WORDS:
            if pattern.search(read):
                return intent, SURE
    if _BOUGHT.search(read):
        return Intent.OTHER_PERSON_DATA, LIKELY
    if slots.quantity and _TAKE.search(read) and slots.rest in ("", "要", "来", "改成", "改为"):
        return Intent.CART_ADD, LIKELY
    if _ORDER_NUMBER.search(read):
        return Intent.ORDER_STATUS, LIKELY
    return _bare(slots, previous) if not slots.rest and len(read) < 30 else None


def _bare(slots: Slots, previous: Intent | None) -> tuple[Intent, float] | None:
    """What only a size, a price or a turn can mean."""
    if (slots.space or slots.length_m) and previous not in (None, Intent.FIND, Intent.DIMENSIONS):
        return Intent.FIT, LIKELY
    return None


def follows(text: str, previous: Intent | None) -> Intent | None:
    """The intent of an elliptic question, «and the second one?», «蓝色的呢»: that of the one before."""
    read = folded(text)
    if not _FOLLOW_UP.search(read) or _OWN_QUESTION.search(read):
        return None
    if previous in (Intent.ALTERNATIVES, Intent.RECOMMEND):
        return Intent.FIND
    return previous if previous in _CAN_FOLLOW else None
