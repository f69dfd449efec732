"""Statements without a number that need a fact behind them, as ``claims.txt`` lists them."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import NamedTuple

_LINK = re.compile(r"https?://\S+|www\.\S+|\b[\w.+-]+@[\w-]+\.\w+|\b[\w-]+\.(?:com|net|org|cn|shop|io)\b")
_NOT = re.compile(
    r"(?:\b(?:not|no|never|without|nor|neither|cannot|isn't|aren't|doesn't|don't|can't|won't|wasn't)\b(?:\W+\w+){0,3}\W*|"
    r"(?:不|没有|没|无法|无|未|并非|非)(?:能|会|可以|是|提供|支持|含|带|可|再|太|有|到|具备|属于|用|享受|接受|要)*)$"
)
_SPLIT_NEGATIVE = re.compile(r"放不下|放不进")
_OPPOSITE = {"in stock": "sold out", "sold out": "in stock"}
_NEAR = 40
_APART = frozenset(["origin", "natural", "safe", "certified", "medical", "payment"])
_SAME_WORDS = """
ital 意大利; german 德国; french 法国; swiss 瑞士; japan 日本; scandinavian 北欧; american 美国
made 产自 原产; imported 进口
organic 有机; natural 天然; vegan 纯素; cruelty 零残忍; gluten 麸质; sugar 无糖
toxic 无毒; food 食品级; bpa 双酚; allergenic 低敏
certif 认证; award 获奖; patent 专利; paypal; alipay 支付宝; wechat 微信; credit 信用卡; instal 分期; cash 货到付款
"""
_SAME = [tuple(group.split()) for group in re.split(r"[;\n]", _SAME_WORDS) if group.strip()]
"""Parts of words for one thing, in both languages."""


def _table() -> dict[str, re.Pattern[str]]:
    found = {}
    for line in files(__package__).joinpath("claims.txt").read_text("utf-8").splitlines()[1:]:
        name, _, rest = line.partition(" | ")
        english, _, chinese = rest.rpartition(" | ")
        found[name] = re.compile(f"{english.strip()}|{chinese.strip()}")
    return found


CLAIMS = _table()


class Claim(NamedTuple):
    """``yes`` is False where it is denied. ``word``: as it stood there."""

    name: str
    yes: bool
    word: str


def claims(text: str) -> list[Claim]:
    """Claims of a folded text."""
    found = []
    for name, pattern in CLAIMS.items():
        for match in pattern.finditer(text):
            before = re.split(r"[.,;:!?，。；：！？\n]", text[max(0, match.start() - _NEAR) : match.start()])[-1]
            denied = bool(_NOT.search(before)) != bool(_SPLIT_NEGATIVE.search(match[0]))
            found.append(Claim(name, not denied, match[0]))
    return found + [Claim("link", True, m[0]) for m in _LINK.finditer(text)]


def held(text: str) -> set[tuple[str, bool]]:
    """What a folded text of the grounds says: each claim with its polarity; a link with itself."""
    found = {(_key(c), c.yes) for c in claims(text)}
    return found | {(_OPPOSITE[name], not yes) for name, yes in found if name in _OPPOSITE}


def holds(said: Claim, ground: set[tuple[str, bool]]) -> bool:
    return (_key(said), said.yes) in ground


def _key(claim: Claim) -> str:
    """What two claims must share: their name; where a name stands for different things, the thing itself."""
    if claim.name == "link":
        return claim.word
    if claim.name not in _APART:
        return claim.name
    same = next((roots for roots in _SAME if any(r in claim.word for r in roots)), None)
    return f"{claim.name}: {same[0] if same else claim.word}"
