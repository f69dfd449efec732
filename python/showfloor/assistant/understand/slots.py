"""What a message says beside its intent, by rules, in English and Chinese."""

from __future__ import annotations

import re

from showfloor.assistant.understand.lengths import lengths
from showfloor.assistant.understand.turn import Slots
from showfloor.assistant.understand.wording import ORDINAL, attribute, comparative, ordinals, superlative
from showfloor.search.numerals import digits
from showfloor.search.query import understand
from showfloor.search.values import COLOURS, MATERIALS, asked
from showfloor.search.words import FILLERS, STOP, folded

MOST_PIECES = 9999
DEAREST = 1e9
MOST_DEGREES = 720
_CURRENCIES = [
    (code, re.compile(pattern))
    for code, pattern in (
        ("EUR", r"€|\beur|欧元|\d\s*欧"),
        ("USD", r"\$|usd|dollars?|bucks|美元|美金"),
        ("GBP", r"£|gbp|pounds?\b|英镑"),
        ("CNY", r"cny|rmb|yuan|¥|元|块|人民币"),
    )
]
_NEGATIVE = re.compile(r"(?:(?<![\d\w])(?<!\d\s)[-−]\s?|\bminus\s+|负)(?:[$€£¥]\s?)?\d[\d.]*")
_NO_AMOUNT = re.compile(r"\d{16,}")
_NUMBERED_ZH = re.compile(r"([一二三四五六七八九])号(?=[^码\d]|$)")
_PIECE = "个件把张台双条只套盏部款瓶支副块盒袋包罐顶枚根颗粒束本朵"
_BACK = re.compile(
    rf"\b(?:it|its|this|that|these|those|they|them|the one|the same)\b|它|这[{_PIECE}些]?|那[{_PIECE}些]?|该"
)
_VERB = r"add|put|take|buy|order|want|need|get|give me|make it|have|reserve|remove|delete|cost of|price of|for"
_NO_PIECES = (
    r"%|(?:days?|years?|months?|hours?|weeks?|minutes?|people|persons?|dollars?|euros?|pounds?|bucks|usd|eur|gbp"
    r"|yuan)\b"
    r"|\s*(?:and|to|-)\s*\d"
)
_PIECES = re.compile(
    r"(?<![\d.第])(\d{1,6})\s*(?:x(?!\s*\d)|pcs|pieces?|units?|items?)\b"
    r"|\b(\d{1,6})\s+(?:more\s+)?of\s+(?:the|these|those|them|it|each|this|that)\b"
    rf"|(?<![\d.第])(\d{{1,6}})\s?[{_PIECE}本杯对](?!人|座|月|小时|抽屉)"
    rf"|\b(?:{_VERB})\s+(?:me\s+|another\s+)?(\d{{1,6}})(?![\d.])(?!\s*(?:{_NO_PIECES}))\b"
    r"|^\s*(\d{1,6})(?=\s+[a-z]{3,}s\b)"
)
_ONE = re.compile(
    rf"(?:来|要|买|加|拿|放|订|再|掉|删|去|少)\s*[一1]\s?[{_PIECE}]"
    r"|\b(?:remove|delete|drop|take (?:out|off|away)) (?:just |only )?(?:one|1)\b"
    r"(?! of (?:the|my) products)|\b(?:remove|delete|drop|take) (?:just |only )?(?:one|1) (?:of|out|off|away|again)\b"
)
_LABEL = re.compile(
    r"\b(?:in|eu|uk|us|an?)\s+(\d{2}(?:\.5)?|xxs|xs|xl|xxl|xxxl)\b(?!\s*(?:x\b|%|days?|min|hours?|cm|m\b|gb|[a-z]{3,}))"
    r"|\b(xxs|xs|xl|xxl|xxxl)\b|(?<![a-z])(x{0,3}[sml]|xs)\s?[码号]"
)

_TURN = re.compile(r"turn|rotat|spin|flip|swivel|degree|°|clockwise|behind|from the back|转|旋|时针|背面|侧面|后面看")
_DEGREES = re.compile(r"(?<![\d.])([-−]?\d{1,4}(?:\.\d+)?)\s*(?:°|degrees?|deg\b|度)")
_TO_LEFT = re.compile(r"\bleft\b|counter-?\s?clockwise|anti-?\s?clockwise|左|逆时针")
_TURNS = [
    (re.compile(pattern), degrees)
    for pattern, degrees in (
        (r"quarter|四分之[一1]圈", 90.0),
        (r"full turn|all the way round|(?<![半之])[一1整]圈", 360.0),
        (r"half (?:a )?turn|half ?way|around|behind|the back|半圈|[背后]面|背后|转过[来去]|翻转", 180.0),
        (r"\ba bit\b|a little|slightly|[一1]点|稍微|微微", 30.0),
        (r"\bleft\b|\bright\b|\bside\b|左|右|侧", 90.0),
    )
]

_VARIANT_EN = re.compile(
    r"(?:\b(?:change|switch|swap|set|turn)\b.{0,40}?\b(?:to|in|into|for)|\bmake (?:it|the \w+)|^(?:and |now )?in"
    r"|\bturn it|\b(?:show|see|put|try|have|looks?|display|view)\b.{0,40}?\bin|\buse)\s+(?:the\s+)?(.{2,40}?)"
    r"(?:\s+(?:one|version|variant|model|colou?r|please|for me|instead|too|finish|now))*[\s?.!]*$"
)
_VARIANT_ZH = re.compile(
    r"(?:换成|换个|换|改成|变成|变|切换到|切换成|设成|改为|换为)(.{1,16}?)"
    r"(?:的?(?:那款|款式|款|版本|版|效果|样子)|的)?(?:吧|看看|给我看|试试|呢)*[。？?!！\s]*$"
)
_CAPACITY = re.compile(r"\b\d+\s?(?:gb|tb|ml|l)\b|\d+g(?=的|版|\b)")
_NO_VARIANT = re.compile(
    r"my |room|\b3d|\bar\b|cart|basket|kitchen|bedroom|office|house|home|place|degrees?|\bleft\b|\bright\b|around"
    r"|一下|一个$|别的|它|回去|便宜|另"
)

_INTENT_WORDS = frozenset(
    word
    for line in (
        "price cost much many how available stock left compare difference better add cart basket remove delete weigh",
        "weight heavy material made colour color colours colors dimension dimensions size width height depth wide tall",
        "high deep long big fit fits room space through door deliver delivery shipping return warranty pay review",
        "reviews rating rated rotate turn try see view open place put one ones more other similar alternative cheaper",
        "recommend suggest tell does did has was were it its they them than too very just also still currently now",
        "today should shall may might us we he she him her if there's what's please hello hi thanks yes no not don't",
        "cheapest biggest smallest largest i'll take into onto then so what about which whose where when why",
    )
    for word in line.split()
)
_INTENT_ZH = sorted(
    (
        word
        for line in (
            "多少钱 价格 价钱 怎么卖 有货 库存 现货 多大 尺寸 多宽 多高 多重 重量 材质 什么材料 颜色 放得下 能放",
            "比较 对比 区别 哪个 加入 购物车 删掉 去掉 看看 给我 打开 展示 放到 旋转 换成 试戴 试穿 评价",
            "评论 评分 运费 送货 保修 退货 多少 几个 是不是 能不能 可不可以 吗 呢 吧 啊 呀 这个 那个 这款 那款",
            "它 还有 现在 一下 请问 类似 便宜 推荐 和 跟 与 是 什么 怎么样 怎么",
            "哪款 哪 一点 最 这把 那把 这张 那张 这 那 的 码 我家 放",
        )
        for word in line.split()
    ),
    key=len,
    reverse=True,
)
_WORD = re.compile(r"[a-z0-9][\w'&+.-]*|[一-鿿㐀-䶿]+")


def slots(text: str) -> Slots:
    """Slots of a cleaned text of at most some thousand characters."""
    said = _NUMBERED_ZH.sub(lambda m: f"{'一二三四五六七八九'.index(m[1]) + 1}号", folded(text))
    said = _NEGATIVE.sub(" ", digits(_NO_AMOUNT.sub(" ", said)))
    measured = lengths(said)
    left = _DEGREES.sub(" ", measured.rest) if _TURN.search(said) else measured.rest
    understood = understand(left)
    filters = {f.attribute: f for f in understood.filters}
    price, size = filters.get("price"), filters.get("size")
    return Slots(
        space=measured.space,
        length_m=measured.length_m,
        price_min=_price(price.minimum) if price is not None and price.HasField("minimum") else None,
        price_max=_price(price.maximum) if price is not None and price.HasField("maximum") else None,
        currency=next((code for code, p in _CURRENCIES if p.search(left)), "") if price is not None else "",
        quantity=_quantity(understood.rest),
        weight_kg=measured.weight_kg,
        colours=tuple(dict.fromkeys(value for value, _ in asked(said, COLOURS))),
        materials=tuple(dict.fromkeys(value for value, _ in asked(said, MATERIALS))),
        size=size.value.upper() if size is not None else _label(understood.rest),
        degrees=_degrees(said),
        attribute=attribute(said),
        sort=superlative(said),
        relative=comparative(said),
        ordinals=ordinals(left),
        refers_back=_BACK.search(said) is not None,
        variant=_variant(said),
        rest=_rest(understood.rest),
    )


def _price(amount: float) -> float | None:
    return round(amount, 4) if 0 < amount <= DEAREST else None


def _quantity(text: str) -> int | None:
    text = ORDINAL.sub(" ", text)
    found = _PIECES.search(text)
    number = int(next(g for g in found.groups() if g)) if found else 1 if _ONE.search(text) else 0
    return number if 0 < number <= MOST_PIECES else None


def _label(text: str) -> str:
    found = _LABEL.search(text)
    return next(g for g in found.groups() if g).upper() if found else ""


def _degrees(text: str) -> float | None:
    if not _TURN.search(text):
        return None
    sign = -1.0 if _TO_LEFT.search(text) else 1.0
    if found := _DEGREES.search(text):
        amount = float(found[1].replace("−", "-"))
        return sign * amount if 0 < abs(amount) <= MOST_DEGREES else None
    amount = next((degrees for pattern, degrees in _TURNS if pattern.search(text)), 0.0)
    return (sign * amount if amount < 180 else amount) or None


def _variant(text: str) -> str:
    for pattern in (_VARIANT_EN, _VARIANT_ZH):
        found = pattern.search(text)
        if found and not _NO_VARIANT.search(found[1]):
            return found[1].strip()
    found = _CAPACITY.search(text)
    return found[0].strip() if found else ""


def _rest(text: str) -> str:
    text = _PIECES.sub(" ", ORDINAL.sub(" ", text))
    for phrase in (*FILLERS, *_INTENT_ZH):
        text = text.replace(phrase, " ")
    kept = (w.strip("'.-") for w in _WORD.findall(text))
    return " ".join(w for w in kept if w and w not in STOP and w not in _INTENT_WORDS)
