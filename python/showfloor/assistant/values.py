"""Stored texts in the language of the reader, where that needs no guess: terms, durations, plain policies."""

from __future__ import annotations

import re

from showfloor.assistant.format import money
from showfloor.assistant.item import TOPICS, Item, plain
from showfloor.grounding.facts import Fact
from showfloor.grounding.terms import CHINESE
from showfloor.search.words import folded, is_chinese

_UNITS = {"day": "天", "week": "周", "month": "个月", "year": "年", "hour": "小时"}
_N = r"(\d+(?:-\d+)?)"
_RULES: tuple[tuple[str, str], ...] = (
    (r"no warranty", "不提供保修"),
    (r"lifetime warranty", "终身保修"),
    (rf"{_N} (day|week|month|year)s? warranty", "保修 {0} {1}"),
    (r"no return policy", "不支持退货"),
    (rf"{_N} (day|week|month|year)s? return policy", "{0} {1}内可退货"),
    (r"ships overnight", "隔夜发货"),
    (rf"ships in {_N} business days?", "{0} 个工作日内发货"),
    (rf"ships in {_N} (hour|day|week|month)s?", "{0} {1}内发货"),
    (rf"{_N} (day|week|month|year)s?", "{0} {1}"),
)
_CHINESE_NAMES = """
price 价格, stock 库存, size 尺寸, weight 重量, material 材质, colour 颜色,
warranty 保修, delivery 配送, returns 退货, payment 付款, compatibility 兼容, minimum_order 起订量,
rating 评分, care 保养, power 功率, battery 电池, screen 屏幕, memory 内存,
age 适用年龄, capacity 容量, origin 产地, model 型号, barcode 条码, brand 品牌,
category 类别, description 介绍, variant 款式, discount 折扣, energy 能效, dimensions 尺寸,
privacy 隐私,
discounts 折扣, hours 营业时间, address 地址, invoice 发票, waterproof 防水
"""
_NAMES = {
    english.replace("_", " "): chinese for english, chinese in (pair.split() for pair in _CHINESE_NAMES.split(","))
}
_WORDS = {"colour": "colour", "size": "dimensions", "model": "model number", "compatibility": "compatibility"}


def localised(value: str, language: str) -> str:
    """A stored value for a reader: a Chinese one gets known phrases and terms translated, no more."""
    if language != "zh" or is_chinese(value):
        return value
    low = folded(value).strip(" .")
    for pattern, chinese in _RULES:
        if found := re.fullmatch(pattern, low):
            return chinese.format(*(_UNITS.get(g, g) for g in found.groups()))
    parts = [p.strip() for p in re.split(r",|/|\band\b|&", low) if p.strip()]
    if parts and all(p in CHINESE for p in parts):
        return "、".join(CHINESE[p] for p in parts)
    return value


def shown(fact: Fact, language: str) -> str:
    """As ``localised``; where a Chinese reader meets another language, in quotes."""
    value = localised(fact.value, language)
    return f"“{value}”" if language == "zh" and re.search(r"[A-Za-z]{4,}.*\s", value) else value


def topic_name(topic: str, language: str) -> str:
    """«warranty», «保修»."""
    return _NAMES.get(topic, topic) if language == "zh" else _WORDS.get(topic, topic)


def known_topics(item: Item, language: str, most: int = 5) -> list[str]:
    """What the catalogue does say of a product, for «it does not say …, but …»."""
    found = [
        name for name, here in (("price", item.money), ("stock", item.stock), ("size", item.size_m)) if here is not None
    ]
    for name in item.attributes:
        topic = next((t for t, names in TOPICS.items() if plain(name) in names), name)
        if topic not in found:
            found.append(topic)
    return [topic_name(t, language) for t in found[:most]]


def price_text(item: Item, language: str) -> str:
    return "" if item.price is None else money(item.price, item.currency, language)
