"""Which products a filter lets through, and which filters go first when nothing is left."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from assets_pipeline.errors import InputError
from showfloor.search.facts import Facts, number
from showfloor.search.values import COLOURS, MATERIALS
from showfloor.search.words import folded
from showfloor.services.checks import has_control, shown
from showfloor.v1 import catalog_pb2 as pb

MAX_FILTERS = 20
_SIDES = {"width": 0, "height": 1, "depth": 2}
_GIVEN_UP = ("material", "width", "height", "depth", "size", "colour", "brand", "category", "stock", "price")
"""Of understood filters the first of these is relaxed first: price last."""


def check(filters: Sequence[pb.SearchFilter]) -> None:
    """
    Raises:
        InputError: FILTER_INVALID.
    """
    if len(filters) > MAX_FILTERS:
        raise InputError("FILTER_INVALID", f"There are {len(filters)} filters.", f"Use at most {MAX_FILTERS}.")
    for f in filters:
        ranged = f.HasField("minimum") or f.HasField("maximum")
        sound = (
            f.attribute and len(f.attribute) <= 64 and len(f.value) <= 300 and not has_control(f.attribute + f.value)
        )
        if not sound or bool(f.value) == ranged or not (math.isfinite(f.minimum) and math.isfinite(f.maximum)):
            raise InputError(
                "FILTER_INVALID",
                f"The filter of {shown(f.attribute)} is not usable.",
                "Give an attribute of at most 64 characters, and a value of at most 300 or a range of finite numbers.",
            )


def test(f: pb.SearchFilter) -> Callable[[Facts], bool]:
    """Whether a product is let through. One whose fact is not known is not."""
    attribute = {"color": "colour"}.get(f.attribute.casefold(), f.attribute.casefold())
    if not f.value:
        low = f.minimum if f.HasField("minimum") else -math.inf
        high = f.maximum if f.HasField("maximum") else math.inf
        return lambda facts: (value := _number(facts, attribute)) is not None and low <= value <= high
    value = folded(f.value)
    if attribute == "colour":
        wanted = COLOURS.get(value, value)
        return lambda facts: wanted in facts.colours
    if attribute == "material":
        wanted = MATERIALS.get(value, value)
        return lambda facts: wanted in facts.materials
    if attribute == "size":
        return lambda facts: value in facts.sizes
    if attribute == "brand":
        return lambda facts: value == facts.brand or value in facts.brand.split()
    if attribute == "category":
        return lambda facts: facts.category == value or facts.category.startswith(value + "/")
    if attribute in ("price", "stock", *_SIDES):
        exact = number(value)
        return lambda facts: exact is not None and _number(facts, attribute) == exact
    return lambda facts: facts.attributes.get(attribute) == value


def to_relax(filters: Sequence[pb.SearchFilter]) -> list[pb.SearchFilter]:
    """The filters in the order in which they are given up."""
    return sorted(filters, key=lambda f: _GIVEN_UP.index(f.attribute) if f.attribute in _GIVEN_UP else -1)


def _number(facts: Facts, attribute: str) -> float | None:
    if attribute == "price":
        return facts.price
    if attribute == "stock":
        return facts.stock
    if attribute in _SIDES:
        return None if facts.size_m is None else facts.size_m[_SIDES[attribute]]
    return number(facts.attributes.get(attribute, ""))
