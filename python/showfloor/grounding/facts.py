"""What a reply, a summary or a text for a product may rest on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from showfloor.shop import is_internal
from showfloor.v1 import catalog_pb2 as pb
from showfloor.v1.common_pb2 import Money


@dataclass(frozen=True, slots=True)
class Fact:
    """One value of a product, as it is stored. ``field``: "price", "size.x_m", "titles.en", "attributes.material" …"""

    product_id: str
    field: str
    value: str


@dataclass(frozen=True)
class Grounds:
    """What may be said: ``facts`` of products, and ``texts`` that stand for themselves (policies, quotes, a template).

    ``names`` are those of the whole catalogue, brands and titles: one that neither facts nor texts hold is not said.
    """

    facts: tuple[Fact, ...] = ()
    texts: tuple[str, ...] = ()
    names: frozenset[str] = field(default_factory=frozenset)

    def of(self, product_ids: Iterable[str]) -> Grounds:
        """Without the facts of other products."""
        wanted = set(product_ids)
        return Grounds(tuple(f for f in self.facts if f.product_id in wanted), self.texts, self.names)

    @cached_property
    def text(self) -> str:
        """All of it as one text."""
        return "\n".join([*(f"{f.field}: {f.value}" for f in self.facts), *self.texts])

    @cached_property
    def titles(self) -> dict[str, frozenset[str]]:
        """Names of each product that the facts are about."""
        found: dict[str, set[str]] = {}
        for f in self.facts:
            if f.field.startswith("titles."):
                found.setdefault(f.product_id, set()).add(f.value)
        return {i: frozenset(names) for i, names in found.items()}


def amount(money: Money) -> str:
    """Exact, with at least two decimals where it has any: "9.99", "12", "0.005"."""
    if not money.nanos:
        return str(money.units)
    decimals = f"{money.nanos:09d}".rstrip("0")
    return f"{money.units}.{decimals:0<2}"


def product_facts(product: pb.Product) -> tuple[Fact, ...]:
    """Every fact of a product that people may see; attributes that begin with ``internal.`` are left out."""
    found = [(f"titles.{language}", text) for language, text in sorted(product.titles.items())]
    found += [(f"descriptions.{language}", text) for language, text in sorted(product.descriptions.items())]
    found += [(name, text) for name, text in (("brand", product.brand), ("category", product.category)) if text]
    if product.HasField("price"):
        found.append(("price", f"{amount(product.price)} {product.price.currency_code}"))
    if product.HasField("stock"):
        found.append(("stock", str(product.stock)))
    if product.HasField("size"):
        sides = (("x_m", product.size.x_m), ("y_m", product.size.y_m), ("z_m", product.size.z_m))
        found += [(f"size.{side}", f"{metres:.10g} m") for side, metres in sides]
    found += [
        (f"attributes.{name}", text) for name, text in sorted(product.attributes.items()) if not is_internal(name)
    ]
    found += [("tags", tag) for tag in product.tags]
    return tuple(Fact(product.id, name, text) for name, text in found)
