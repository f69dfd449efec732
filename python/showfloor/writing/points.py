"""What a product's facts let a text say, in one language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from showfloor.grounding.facts import Fact, product_facts
from showfloor.language.contacts import has_contact, has_link
from showfloor.language.injection import gives_orders, looks_like_injection
from showfloor.search.words import folded, is_chinese
from showfloor.v1 import catalog_pb2 as pb
from showfloor.writing.claims import banned, without
from showfloor.writing.length import sentences
from showfloor.writing.names import translated
from showfloor.writing.plain import plain

_TERM = re.compile(r"^(\d+) (day|week|month|year)s? (warranty|return policy)$", re.I)
MAX_VALUE = 160
_SHORTEST = {True: 4, False: 9}
"""Characters of a sentence that says something, in Chinese and in English."""
_FIRST = ("material", "colour", "color", "材质", "颜色", "size", "尺码", "capacity", "容量")
_MEASURED = ("weight", "length", "width", "height", "depth", "diameter", "thickness", "power", "voltage", "volume")
"""A bare number says nothing of these."""
_LAST = (
    "minimum order quantity",
    "minimum order",
    "起订量",
    "warranty",
    "return",
    "returns",
    "return policy",
    "shipping",
    "delivery",
    "保修",
    "退货",
    "发货",
)
_SKIPPED = re.compile(r"(?:sku|barcode|ean|gtin|upc|asin|id|url|image|images|link|rating|reviews?)$")
_NOT = re.compile(r"(?:no|none|not|n/?a|without|unknown|无|没有|不|未知|-|–)(?:\b|(?=[一-鿿]))")
_PRICE = re.compile(r"[$€£¥￥]\s?\d|\d\s?(?:usd|eur|cny|元|美元|欧元)|\b(?:sale|discount|% off)\b|打折|促销|特价", re.I)


@dataclass(frozen=True)
class Point:
    """A fact as words of the language. ``label`` empty: the value says it all. ``late``: terms of sale."""

    label: str
    value: str
    sources: tuple[Fact, ...]
    late: bool = False


@dataclass(frozen=True)
class Points:
    """Everything that may be said of a product. ``name`` and ``kind`` may be empty."""

    name: str
    kind: str
    brand: str
    colour: str
    material: str
    points: tuple[Point, ...]
    sentences: tuple[str, ...]
    """Of its description, in the language, without claims."""
    sources: dict[str, Fact] = field(default_factory=dict)
    """Of name, kind, brand, colour, material and sentences (by their text)."""

    @property
    def empty(self) -> bool:
        return not (self.name or self.kind or self.points or self.sentences)


def read_points(product: pb.Product, chinese: bool, more_banned: Sequence[str] = ()) -> Points:
    """Price and stock are left out: they change, a text stays. So is what says what a product has not."""
    facts = {f.field: f for f in product_facts(product) if f.field != "tags"}
    sources: dict[str, Fact] = {}
    title = _of_language(facts, "titles.", chinese) or _of_language(facts, "titles.", not chinese)
    title = title or next((f for name, f in sorted(facts.items()) if name.startswith("titles.")), None)
    name = _name(title.value, more_banned) if title else ""
    brand = _name(product.brand, more_banned)
    kind, kind_source = _kind(product, chinese, more_banned)
    if title:
        sources["name"] = title
    if brand:
        sources["brand"] = facts["brand"]
    if kind_source:
        sources["kind"] = kind_source
    points, short = [], {"colour": "", "material": ""}
    for attribute in sorted(product.attributes, key=_order):
        fact = facts.get(f"attributes.{attribute}")
        point = None if fact is None else _point(attribute, fact, chinese, more_banned)
        if point is None or fact is None:
            continue
        points.append(point)
        which = {"color": "colour", "颜色": "colour", "材质": "material"}.get(folded(attribute), folded(attribute))
        if which in short and not short[which] and len(point.value) <= 30 and is_chinese(point.value) == chinese:
            short[which], sources[which] = point.value, fact
    if product.HasField("size"):
        points.insert(sum(not p.late for p in points), _size(product, facts, chinese))
    described = _of_language(facts, "descriptions.", chinese)
    told = []
    for sentence in sentences(plain(described.value)) if described else ():
        said = " ".join(sentence.split())
        if len(said) < _SHORTEST[chinese] or banned(said, more_banned) or _PRICE.search(said) or not _of_product(said):
            continue
        said = said if said[-1] in ".!?。！？" else said + ("。" if chinese else ".")
        if described and said not in sources:
            told.append(said)
            sources[said] = described
    return Points(name, kind, brand, short["colour"], short["material"], tuple(points), tuple(told), sources)


def _name(value: str, more_banned: Sequence[str]) -> str:
    read = " ".join(plain(value).split())
    kept = without(read, more_banned)
    return kept if kept == read or not read[:1].isupper() else kept[:1].upper() + kept[1:]


def _of_product(text: str) -> bool:
    """Not how to reach somebody, and no order to a machine."""
    return not (has_link(text) or has_contact(text) or gives_orders(text) or looks_like_injection(text))


def foreign(text: str, chinese: bool) -> str:
    """``text`` of the other language, marked as such."""
    return f"“{text}”（英文原文）" if chinese else f"“{text}” (in Chinese)"


def _of_language(facts: dict[str, Fact], prefix: str, chinese: bool) -> Fact | None:
    for name, fact in sorted(facts.items()):
        language = name.removeprefix(prefix).lower() if name.startswith(prefix) else ""
        if not language or not fact.value.strip():
            continue
        if language.startswith(("zh", "en")):
            if language.startswith("zh") == chinese:
                return fact
        elif language == "und" and is_chinese(fact.value) == chinese:
            return fact
    return None


def _kind(product: pb.Product, chinese: bool, more_banned: Sequence[str]) -> tuple[str, Fact | None]:
    """The narrowest tag or level of the category that the word list knows in the language."""
    levels = [level.replace("-", " ").replace("_", " ") for level in product.category.split("/") if level]
    head = folded(" ".join(product.titles.values()))
    last_first = list(reversed(product.tags))
    tags = [t for t in last_first if folded(t) in head] + [t for t in last_first if folded(t) not in head]
    candidates = [(t, Fact(product.id, "tags", t)) for t in tags if folded(t) != folded(product.brand)]
    candidates += [(level, Fact(product.id, "category", product.category)) for level in reversed(levels)]
    for text, fact in candidates:
        known = _known_kind(text, chinese)
        if known and not banned(known, more_banned):
            return known, fact
    return "", None


def _known_kind(text: str, chinese: bool) -> str | None:
    if is_chinese(text) == chinese:
        reversible = translated(text, not chinese)
        return text if reversible is not None and reversible != text else None
    found = translated(text, chinese)
    return found if found != text else None


def _order(name: str) -> tuple[int, str]:
    plain = folded(name)
    if plain in _FIRST:
        return _FIRST.index(plain), plain
    return (200 + _LAST.index(plain) if plain in _LAST else 100), plain


def _point(name: str, fact: Fact, chinese: bool, more_banned: Sequence[str]) -> Point | None:
    name = " ".join(plain(name).split())
    value = " ".join(plain(fact.value).split())
    compared = folded(value)
    if not value or not name or len(value) > MAX_VALUE or _SKIPPED.search(folded(name)) or _NOT.match(compared):
        return None
    if banned(value, more_banned) or banned(name, more_banned) or _PRICE.search(value) or not _of_product(value):
        return None
    words = name.replace("_", " ").replace("-", " ").strip()
    if re.fullmatch(r"[\d.,]+", value) and (folded(words) in _MEASURED or translated(words, False) in _MEASURED):
        return None
    label = translated(words, chinese)
    label = foreign(words, chinese) if label is None else label
    said = translated(value, chinese)
    if said is not None and not chinese:
        said = _TERM.sub(r"\1-\2 \3", said)
    said = foreign(value, chinese) if said is None else said
    if chinese and folded(words) in ("material", "材质"):
        said = re.sub("([金银])色", r"\1", said)  # the metal, not the colour
    ends = [w.removesuffix("s") for w in folded(words).split()[-1:]]
    if (ends and ends[0] in compared) or (chinese and label in said) or compared.startswith("ships"):
        label = ""  # «1 year warranty» needs no «Warranty:» before it
    return Point(label if chinese else label[:1].upper() + label[1:], said, (fact,), folded(name) in _LAST)


def _size(product: pb.Product, facts: dict[str, Fact], chinese: bool) -> Point:
    x, y, z = (f"{100 * v:.1f}".removesuffix(".0") for v in (product.size.x_m, product.size.y_m, product.size.z_m))
    sources = tuple(facts[f"size.{side}"] for side in ("x_m", "y_m", "z_m"))
    if chinese:
        return Point("尺寸", f"宽 {x} 厘米，高 {y} 厘米，深 {z} 厘米", sources)
    return Point("Dimensions", f"{x} cm wide, {y} cm high, {z} cm deep", sources)
