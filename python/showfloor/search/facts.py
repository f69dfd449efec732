"""What filters compare: the typed facts of a product, read once from its row."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from showfloor.search.values import COLOURS, MATERIALS, named
from showfloor.search.words import folded, is_chinese, joined
from showfloor.shop import is_internal

_NAMES = {
    "colour": ("colour", "color", "colours", "colors", "颜色"),
    "material": ("material", "materials", "材质", "材料"),
    "size": ("size", "sizes", "尺码", "尺寸", "鞋码"),
}
_APART = re.compile(r"[,;/|、，；\s]+")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
PASSAGE_CHARACTERS = 700


@dataclass(frozen=True, slots=True)
class Facts:
    """One product. ``size_m`` is width, height and depth; ``attributes`` are folded; None: not known.

    ``internal`` has the attributes that are the shop's own; nothing else does.
    """

    id: str
    titles: dict[str, str]
    brand: str
    category: str
    price: float | None
    currency: str
    stock: int | None
    size_m: tuple[float, float, float] | None
    colours: frozenset[str]
    materials: frozenset[str]
    sizes: frozenset[str]
    attributes: dict[str, str]
    internal: dict[str, str]
    title_words: str
    body_words: str
    passage: str

    @property
    def digest(self) -> str:
        """Of what its vector is made from."""
        return hashlib.sha256(b"e5-small 1\n" + self.passage.encode()).hexdigest()

    @property
    def sold_out(self) -> bool:
        return self.stock == 0

    def title(self, chinese: bool) -> str:
        """In the language of the reader if there is one, else in any."""
        for language, text in sorted(self.titles.items()):
            if language.lower().startswith("zh") == chinese:
                return text
        return next(iter(self.titles.values()), self.id)


def read_facts(product_id: str, data: dict[str, Any]) -> Facts:
    """From ``Product.data``."""
    shown = {k: v for k, v in data.get("attributes", {}).items() if not is_internal(k)}
    internal = {folded(k): v for k, v in data.get("attributes", {}).items() if is_internal(k)}
    attributes = {folded(k): folded(v) for k, v in shown.items()}
    titles, descriptions = dict(data.get("titles", {})), dict(data.get("descriptions", {}))
    tags, brand, category = list(data.get("tags", [])), data.get("brand", ""), data.get("category", "")
    price, size = data.get("price"), data.get("size")
    head = " ".join([*titles.values(), *tags])
    colours, materials, sizes = (_values(attributes, kind) for kind in ("colour", "material", "size"))
    kind = category.replace("/", " ").replace("-", " ")
    return Facts(
        id=product_id,
        titles=titles,
        brand=folded(brand),
        category=folded(category),
        price=None if price is None else int(price.get("units", 0)) + price.get("nanos", 0) / 1e9,
        currency="" if price is None else price.get("currency_code", ""),
        stock=data.get("stock"),
        size_m=None if size is None else (size["x_m"], size["y_m"], size["z_m"]),
        colours=frozenset(named(colours or head, COLOURS)),
        materials=frozenset(named(materials or head, MATERIALS)),
        sizes=frozenset(s for s in _APART.split(sizes) if s),
        attributes=attributes,
        internal=internal,
        title_words=joined([*titles.values(), brand, kind, *tags]),
        body_words=joined([*descriptions.values(), *shown.values()]),
        passage=_passage(titles, brand, kind, tags, shown.items(), descriptions.values()),
    )


def number(text: str) -> float | None:
    """The first number in ``text``."""
    found = _NUMBER.search(text)
    return float(found[0]) if found else None


def _values(attributes: dict[str, str], kind: str) -> str:
    return " ; ".join(attributes[name] for name in _NAMES[kind] if name in attributes)


def _passage(
    titles: dict[str, str],
    brand: str,
    kind: str,
    tags: Iterable[str],
    attributes: Iterable[tuple[str, str]],
    descriptions: Iterable[str],
) -> str:
    parts = [" / ".join(titles.values()), brand, kind, ", ".join(tags), ", ".join(f"{k} {v}" for k, v in attributes)]
    texts = sorted(descriptions, key=is_chinese)
    share = PASSAGE_CHARACTERS // max(1, len(texts))
    return ". ".join(p for p in [*parts, *(t[:share] for t in texts)] if p)[: 2 * PASSAGE_CHARACTERS]
