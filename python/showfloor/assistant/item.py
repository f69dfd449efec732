"""A product as the fact tools read it: topics instead of field names, and rows that contradict themselves."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from showfloor.grounding.facts import Fact, amount, product_facts
from showfloor.grounding.quantities import field_unit, read
from showfloor.search.words import folded
from showfloor.v1 import catalog_pb2 as pb
from showfloor.v1.common_pb2 import Money

_TOPICS = """
weight: weight, net weight, weight kg, weight g, 重量, 净重, 毛重
material: material, materials, fabric, composition, 材质, 材料, 面料, 成分
colour: colour, color, colours, colors, 颜色, 色彩
size: size, sizes, 尺码, 鞋码
variant: variant, variants, option, options, finish, finishes, 款式, 规格
warranty: warranty, guarantee, warranty information, 保修, 质保
delivery: delivery, shipping, shipping information, delivery time, 配送, 发货, 送货
returns: returns, return policy, return, 退货, 退换
payment: payment, payment methods, 付款, 支付
compatibility: compatible with, compatibility, works with, fits models, 兼容, 适配, 适用于
minimum order: minimum order, minimum order quantity, moq, min order, 起订量, 最小起订量, 最低起订量
rating: rating, stars, average rating, 评分
care: care, care instructions, washing, cleaning, 保养, 清洁, 洗涤
power: power, wattage, 功率
battery: battery, battery life, battery capacity, 电池, 续航
screen: screen, screen size, display, 屏幕
memory: memory, ram, storage, 内存, 存储
age: age, recommended age, 适用年龄
capacity: capacity, volume, 容量, 容积
origin: origin, country of origin, made in, 产地
model: model, model number, sku, 型号, 货号
barcode: barcode, ean, gtin, upc, 条码, 条形码
discount: discount, discount percentage, 折扣
energy: energy class, energy label, energy, 能效
"""
TOPICS = {
    topic.strip(): frozenset(name.strip() for name in names.split(","))
    for topic, _, names in (line.partition(":") for line in _TOPICS.strip().splitlines())
}
_SIDES = {"width": "x_m", "宽度": "x_m", "宽": "x_m", "height": "y_m", "高度": "y_m", "高": "y_m"} | {
    "depth": "z_m", "深度": "z_m", "深": "z_m"
}  # fmt: skip
_ALL_SIDES = frozenset(["dimensions", "size", "measurements", "尺寸", "规格尺寸"])
_CONTRADICTS = Decimal("0.01")


def plain(name: str) -> str:
    """A field's name as it is compared: «Return_Policy» is «return policy»."""
    return re.sub(r"[\s_-]+", " ", folded(name)).strip(" ()")


@dataclass(frozen=True)
class Doubt:
    """Two facts of one product that cannot both be right."""

    topic: str
    facts: tuple[Fact, ...]


class Item:
    """One product. Attributes that begin with ``internal.`` are not here."""

    def __init__(self, product: pb.Product) -> None:
        self.product = product
        self.id = product.id

    def title(self, language: str) -> str:
        """In the language of the reader if there is one, else in English, else in any."""
        titles = self.product.titles
        for wanted in (language, "en"):
            for name in sorted(titles):
                if name.lower().startswith(wanted):
                    return titles[name]
        return next(iter(titles.values()), self.id)

    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        return product_facts(self.product)

    @cached_property
    def attributes(self) -> dict[str, list[Fact]]:
        """By their plain names."""
        found: dict[str, list[Fact]] = {}
        for fact in self.facts:
            if fact.field.startswith("attributes."):
                found.setdefault(plain(fact.field.removeprefix("attributes.")), []).append(fact)
        return found

    def about(self, topic: str) -> list[Fact]:
        """Attributes of a topic, or of this very name."""
        wanted = TOPICS.get(topic, frozenset()) | {plain(topic)}
        return [fact for name, facts in self.attributes.items() if self._bare(name) in wanted for fact in facts]

    def fact(self, field: str) -> Fact | None:
        return next((f for f in self.facts if f.field == field), None)

    @property
    def money(self) -> Money | None:
        return self.product.price if self.product.HasField("price") else None

    @property
    def price(self) -> Decimal | None:
        return None if self.money is None else Decimal(amount(self.money))

    @property
    def currency(self) -> str:
        return self.product.price.currency_code

    @property
    def stock(self) -> int | None:
        return self.product.stock if self.product.HasField("stock") else None

    @property
    def size_m(self) -> tuple[float, float, float] | None:
        """Width, height, depth."""
        size = self.product.size
        return (size.x_m, size.y_m, size.z_m) if self.product.HasField("size") else None

    @property
    def size_facts(self) -> list[Fact]:
        return [f for f in self.facts if f.field.startswith("size.")]

    @property
    def minimum_order(self) -> int:
        """Pieces; 1 where nothing is said."""
        for fact in self.about("minimum order"):
            if found := re.search(r"\d{1,6}", fact.value):
                return max(1, int(found[0]))
        return 1

    @cached_property
    def doubts(self) -> tuple[Doubt, ...]:
        """Rows whose facts contradict each other."""
        return tuple(d for d in (self._price_doubt(), self._size_doubt(), *self._twice()) if d is not None)

    def doubt(self, topic: str) -> Doubt | None:
        return next((d for d in self.doubts if d.topic == topic), None)

    def _price_doubt(self) -> Doubt | None:
        stated = self.fact("price")
        others = [f for name in ("price", "价格", "售价") for f in self.attributes.get(name, [])]
        if stated is None:
            return Doubt("price", tuple(others)) if len({f.value for f in others}) > 1 else None
        for fact in others:
            amounts = read(folded(fact.value))
            kind = f"money:{self.currency.lower()}"
            if amounts and not any(
                q.value == self.price and (kind in q.kinds or q.kinds == ("count",)) for q in amounts
            ):
                return Doubt("price", (stated, fact))
        return None

    def _size_doubt(self) -> Doubt | None:
        size = self.size_m
        if size is None:
            return None
        by_side = dict(zip(("x_m", "y_m", "z_m"), (Decimal(repr(s)) for s in size), strict=True))
        for name, facts in self.attributes.items():
            bare = self._bare(name)
            for fact in facts if bare in _SIDES or bare in _ALL_SIDES else ():
                lengths = _lengths(fact)
                allowed = [by_side[_SIDES[bare]]] if bare in _SIDES else list(by_side.values())
                if any(all(abs(v - a) > _CONTRADICTS * a for a in allowed) for v in lengths):
                    return Doubt("size", (*self.size_facts, fact))
        return None

    def _twice(self) -> list[Doubt]:
        """One topic under two names with values that differ: weight 5 kg and net weight 7 kg."""
        found = []
        for topic in ("weight", "warranty", "returns", "minimum order"):
            by_name = {f.field: f for f in self.about(topic)}
            if len(by_name) > 1 and len({_compared(f) for f in by_name.values()}) > 1:
                found.append(Doubt(topic, tuple(by_name.values())))
        return found

    @staticmethod
    def _bare(name: str) -> str:
        unit = field_unit(name)
        return re.sub(r"[ (]+" + re.escape(unit) + r"\)?$", "", name).strip() if unit else name


def _lengths(fact: Fact) -> list[Decimal]:
    text = folded(fact.value)
    found = [q.value for q in read(text) if q.kinds == ("length",)]
    if not found and (unit := field_unit(fact.field)):
        found = [m.value for q in read(text) for m in read(f"{q.value:f} {unit}") if m.kinds == ("length",)]
    return found


def _compared(fact: Fact) -> tuple[object, ...]:
    values = tuple((q.kinds, q.value) for q in read(folded(fact.value)))
    return values or (folded(fact.value),)
