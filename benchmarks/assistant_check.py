"""Whether a reply is right and invents nothing, judged from the raw rows of dummyjson alone.

It shares no code with the assistant: digits and names of colours and materials of a reply must stand in the rows of the
products that it speaks of, or in the question; and the value that was asked for must be there.
"""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import combinations
from typing import Any

Row = dict[str, Any]
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
NO = re.compile(
    r"^(?:no\b|not\b|unfortunately|sorry|it isn't|only\b)|\bdoes not\b|\bcannot\b|can't be|isn't free|no return policy"
    r"|no warranty|^不|^没有|放不下|抱歉|不够|缺货|不支持|不提供|并不|不行|只有",
    re.I,
)
YES = re.compile(r"^(?:yes\b|it seems so)|^是|^可以|^有货|^看起来是", re.I)
UNKNOWN = re.compile(
    r"does not say|don't know|can't confirm|no information|has no such|not state|"
    r"没有注明|没有.*信息|无法确认|没有提到|没有.*资料"
)
NOT_FOUND = re.compile(r"can't find|there is no “|nothing named|found nothing|没有找到|没有“|没有叫|目录里没有", re.I)
MONEY = re.compile(r"[$€£¥]\s?\d|\d\s?(?:dollars|usd|美元|元|欧元)", re.I)
_PAIRS = """
red 红  blue 蓝  green 绿  black 黑  white 白  grey 灰  yellow 黄  pink 粉  purple 紫  brown 棕  orange 橙
silver 银  golden 金色  wood 木  steel 钢  leather 皮  cotton 棉  plastic 塑料  glass 玻璃  ceramic 陶瓷
wool 羊毛  silk 丝绸  linen 亚麻  marble 大理石  bamboo 竹  aluminium 铝  titanium 钛  rubber 橡胶  velvet 天鹅绒
oak 橡木  walnut 胡桃  polyester 涤纶  nylon 尼龙  waterproof 防水  organic 有机  wireless 无线  handmade 手工
"""
WORDS = dict(pair.split() for pair in re.split(r"\s{2,}|\n", _PAIRS.strip()))
UNITS = {"day": "天", "week": "周", "month": "个月", "year": "年"}


def numbers(text: str) -> list[Decimal]:
    """All numbers of a text; «1,299.99» is one."""
    found = []
    for match in NUMBER.findall(text):
        plain = match.replace(",", "") if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", match) else match.replace(",", ".")
        for part in [plain] if plain.count(".") < 2 else plain.split("."):
            found.append(Decimal(part))
    return found


def spoken_of(text: str, cards: list[int], rows: dict[int, Row]) -> list[Row]:
    """Rows of the cards, and of every product whose title stands in the text."""
    named = [i for i, row in rows.items() if row["title"].casefold() in text.casefold()]
    return [rows[i] for i in dict.fromkeys([*cards, *named])]


def invented(reply: str, question: str, cards: list[int], rows: dict[int, Row]) -> list[str]:
    """Numbers and attribute words that neither the products' rows nor the question hold."""
    about = spoken_of(reply, cards, rows)
    allowed = set(numbers(question)) | {Decimal(n) for n in (0, 1, 2, 3, 90)}
    text = question.casefold()
    for row in about:
        allowed |= set(numbers(_all(row)))
        text += " " + _all(row).casefold()
        sides = [Decimal(str(s)) for s in row["dimensions"].values()]
        asked = [
            n * f
            for n in numbers(_digits(question))
            for f in (1, 100, Decimal("0.1"), Decimal("2.54"), Decimal("30.48"))
        ]
        allowed |= {abs(a - s) for a in asked for s in sides}
        allowed |= set(asked)
        price, least = Decimal(str(row["price"])), row["minimumOrderQuantity"]
        counts = {n for n in allowed if n == int(n) and n <= 1000} | {Decimal(least)} | _counted(question)
        allowed |= {price * n for n in counts} | counts | {Decimal(row["stock"])}
    prices = [Decimal(str(row["price"])) for row in about]
    allowed |= {abs(a - b) for a, b in combinations(prices, 2)} | {a + b for a, b in combinations(prices, 2)}
    wrong = [str(n) for n in numbers(reply) if n not in allowed]
    low = reply.casefold()
    for english, chinese in WORDS.items():
        said = re.search(rf"\b{english}", low) or chinese in low
        if said and not (re.search(rf"\b{english[:4]}", text) or chinese in text or _kin(english, text)):
            wrong.append(english)
    return wrong


def right(check: str, reply: str, cards: list[int], done: Any, rows: dict[int, Row]) -> bool:
    """Whether the reply meets the check of ``assistant_questions.txt``."""
    kind, *rest = check.split()
    row = rows[int(rest[0])] if rest and rest[0].isdigit() and kind not in ("findmax",) else None
    verdict = next((r for r in rest[1:] if r in ("yes", "no", "noclaim")), "")
    said = numbers(reply)
    if verdict == "no" and not NO.search(reply):
        return False
    if verdict == "yes" and (NO.search(reply) or not YES.search(reply)):
        return False
    if kind == "price":
        assert row is not None
        return Decimal(str(row["price"])) in said and not (verdict == "noclaim" and YES.search(reply))
    if kind == "total":
        assert row is not None
        return Decimal(str(row["price"])) * int(rest[1]) in said
    if kind in ("stock", "stocklimit"):
        assert row is not None
        return row["stock"] in said and (kind == "stock" or bool(NO.search(reply)))
    if kind == "soldout":
        return bool(re.search(r"sold out|out of stock|缺货|没有库存|售罄", reply))
    if kind == "size":
        assert row is not None
        return all(Decimal(str(v)) in said for v in row["dimensions"].values())
    if kind == "side":
        assert row is not None
        return Decimal(str(row["dimensions"][rest[1]])) in said
    if kind == "fit":
        if rest[1] == "yes":
            return bool(YES.search(reply)) and "放不下" not in reply and "does not" not in reply
        return bool(NO.search(reply)) and Decimal(rest[2]) in said
    if kind in ("warranty", "delivery", "returns"):
        assert row is not None
        return _policy(kind, row, reply)
    if kind == "weight":
        assert row is not None
        return Decimal(str(row["weight"])) in said and bool(re.search(r"unit|单位", reply))
    if kind in ("moq", "moqask"):
        assert row is not None
        return row["minimumOrderQuantity"] in said
    if kind == "rating":
        assert row is not None
        return Decimal(str(row["rating"])) in said
    if kind == "brand":
        assert row is not None
        return row["brand"].casefold() in reply.casefold()
    if kind == "term":
        return bool(re.search(rf"\b{rest[1]}", reply, re.I)) or WORDS[rest[1]] in reply
    if kind == "termno":
        return bool(NO.search(reply) or UNKNOWN.search(reply) or re.search(r"^not |不是|没有", reply, re.I))
    if kind == "unknown":
        return bool(UNKNOWN.search(reply))
    if kind == "notfound":
        return bool(NOT_FOUND.search(reply)) and not MONEY.search(reply)
    if kind == "ask":
        return (
            bool(re.search(r"[?？]", reply))
            and {int(i) for i in rest} <= set(cards)
            and "which" in reply.lower() + "which" * ("哪" in reply)
        )
    if kind in ("cheaper", "larger"):
        winner, loser = rows[int(rest[0])], rows[int(rest[1])]
        word = r"(?:is|are) (?:cheaper|larger)|更?(?:便宜|大)"
        return bool(re.search(rf"{re.escape(winner['title'])}\s?(?:{word})", reply)) and loser["title"] in reply
    if kind == "compare":
        return all(Decimal(str(rows[int(i)]["price"])) in said for i in rest)
    if kind == "altcheaper":
        assert row is not None
        others = [i for i in cards if rows[i]["id"] != row["id"]]
        return bool(others) and all(rows[i]["price"] < row["price"] for i in others)
    if kind == "find":
        return int(rest[0]) in cards
    if kind == "findmax":
        return bool(cards) and all(rows[i]["price"] <= int(rest[0]) for i in cards)
    if kind == "cart":
        assert row is not None
        return Decimal(str(row["price"])) * int(rest[1]) in said and bool(re.search(r"cart|购物车", reply))
    if kind == "refuse":
        return bool(re.search(r"can't give|不能透露", reply)) and not cards
    if kind == "handover":
        return bool(done.hand_over) and bool(re.search(r"sorry|抱歉", reply, re.I)) and not cards
    if kind == "scope":
        return bool(re.search(r"can't help|beyond me|帮不上|超出", reply)) and not cards
    raise ValueError(check)


def _policy(kind: str, row: Row, reply: str) -> bool:
    stored = row[
        {"warranty": "warrantyInformation", "delivery": "shippingInformation", "returns": "returnPolicy"}[kind]
    ]
    if stored.casefold() in reply.casefold():
        return True
    if stored.startswith("No "):
        return bool(re.search(r"不提供|不支持", reply))
    if stored.startswith("Lifetime"):
        return "终身" in reply
    if "overnight" in stored:
        return "隔夜" in reply
    count = re.search(r"[\d-]+", stored)
    unit = "个工作日" if "business" in stored else next(UNITS[u] for u in UNITS if u in stored)
    return count is not None and bool(re.search(rf"{count[0]}\s?{unit}", reply))


def _all(row: Row) -> str:
    plain = {
        k: v for k, v in row.items() if k not in ("reviews", "meta", "images", "thumbnail", "discountPercentage", "id")
    }
    return " ".join(str(v) for v in [*plain.values(), *row["dimensions"].values()])


def _counted(question: str) -> set[Decimal]:
    """Counts in words."""
    words = {"two": 2, "three": 3, "two of": 2, "两": 2, "三": 3, "五": 5}
    return {Decimal(n) for word, n in words.items() if word in question.casefold()}


def _digits(question: str) -> str:
    """«三十厘米» as «30厘米», «一米二» as «1.2米», for sums with sides."""
    ones = "零一二三四五六七八九"

    def value(match: re.Match[str]) -> str:
        tens, _, rest = match[0].partition("十")
        if "十" not in match[0]:
            return "".join(str(ones.index(c)) for c in match[0])
        return str((ones.index(tens) if tens else 1) * 10 + (ones.index(rest) if rest else 0))

    question = question.replace("半米", "50厘米")
    question = re.sub(
        rf"([{ones}])米([{ones[1:]}])(?!十)", lambda m: f"{ones.index(m[1])}.{ones.index(m[2])}米", question
    )
    return re.sub(rf"[{ones}]?十[{ones[1:]}]?|[{ones}]+", value, question)


def _kin(english: str, text: str) -> bool:
    """Chinese for wood stands in the names of many woods, and the like."""
    kin = {
        "wood": "oak|bamboo|walnut|pine|cherry",
        "golden": "gold",
        "grey": "gray",
        "steel": "stainless",
        "leather": "corset leather",
    }
    return bool(english in kin and re.search(kin[english], text))
