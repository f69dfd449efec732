"""A product: what is valid, and how it is kept in a row."""

from __future__ import annotations

import math
import re
from typing import Any

from google.protobuf import json_format

from assets_pipeline.errors import InputError
from showfloor.services.checks import has_control, shown
from showfloor.shop import is_internal
from showfloor.store.tables import Product
from showfloor.v1 import catalog_pb2 as pb
from showfloor.v1.common_pb2 import Money, Size

ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,8}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_TEXT = "\n\r\t"
_MIN_M, _MAX_M = 0.001, 100.0
_MAX_NANOS = 999_999_999


def normal(product: pb.Product) -> pb.Product:
    """A checked copy: texts without spaces around them, without what only the server sets.

    Raises:
        InputError: PRODUCT_INVALID, with the field, its value and the limit.
    """
    if not ID.fullmatch(product.id):
        raise _invalid(f"id is {shown(product.id)}", "Use 1 to 64 of A-Z a-z 0-9 . _ -")
    result = pb.Product(
        id=product.id,
        brand=_line("brand", product.brand, 200),
        category=_category(product.category),
        asset_id=_line("asset_id", product.asset_id, 40),
    )
    if not product.titles:
        raise _invalid("titles is empty", 'Give at least one: {"en": "Tea tin"}.')
    for language, text in product.titles.items():
        result.titles[_language("titles", language)] = _line(f'titles["{language}"]', text, 300, needed=True)
    for language, text in product.descriptions.items():
        result.descriptions[_language("descriptions", language)] = _text(
            f'descriptions["{language}"]', text, 10_000, lines=True
        )
    _count("attributes", len(product.attributes), 100)
    for name, text in product.attributes.items():
        result.attributes[_line("a name in attributes", name, 64, needed=True)] = _text(
            f"attributes[{shown(name)}]", text, 1000, lines=True
        )
    _count("tags", len(product.tags), 50)
    result.tags.extend(dict.fromkeys(_line("a tag", tag, 64, needed=True) for tag in product.tags))
    if product.HasField("price"):
        result.price.CopyFrom(_price(product.price))
    if product.HasField("stock"):
        if product.stock < 0:
            raise _invalid(f"stock is {product.stock}", "Use 0 or more, or leave it out.")
        result.stock = product.stock
    if product.HasField("size"):
        result.size.CopyFrom(_size(product.size))
    return result


def to_columns(product: pb.Product) -> dict[str, Any]:
    """Columns of a row from a normal product; id, asset, etag and times are not among them."""
    data = json_format.MessageToDict(product, preserving_proto_field_name=True)
    data.pop("asset_id", None)
    words = [product.id, *product.titles.values(), product.brand, *product.tags]
    return {"data": data, "words": "\n".join(words).casefold(), "category": product.category}


def from_row(row: Product, *, internal: bool = False) -> pb.Product:
    """The product as callers see it; the shop's own attributes only with ``internal``, for callers who are admin."""
    data = dict(row.data)
    if not internal and "attributes" in data:
        data["attributes"] = {k: v for k, v in data["attributes"].items() if not is_internal(k)}
    if "price" in data:
        data["price"] = {"units": 0} | data["price"]
        data["price"]["units"] = int(data["price"]["units"])  # protobuf JSON writes 64-bit numbers as texts
    product = pb.Product(**data, etag=row.etag)
    if row.asset_id:
        product.asset_id = row.asset_id
    product.create_time.FromDatetime(row.create_time)
    product.update_time.FromDatetime(row.update_time)
    return product


def keep_internal(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """``new`` with the internal attributes of ``old`` where it has none: lists made for shoppers do not name them."""
    kept = {k: v for k, v in old.get("attributes", {}).items() if is_internal(k)}
    if not kept or any(map(is_internal, new.get("attributes", {}))):
        return new
    return new | {"attributes": new.get("attributes", {}) | kept}


def _invalid(problem: str, fix: str) -> InputError:
    return InputError("PRODUCT_INVALID", f"{problem}.", fix)


def _text(field: str, text: str, limit: int, *, lines: bool, needed: bool = False) -> str:
    text = text.strip()
    if len(text) > limit:
        raise _invalid(f"{field} has {len(text):,} characters; at most {limit:,} are allowed", "Shorten it.")
    if has_control(text, _TEXT if lines else ""):
        raise _invalid(f"{field} holds a control character", "Remove it.")
    if needed and not text:
        raise _invalid(f"{field} is empty", "Fill it, or leave it out.")
    return text


def _line(field: str, text: str, limit: int, *, needed: bool = False) -> str:
    return _text(field, text, limit, lines=False, needed=needed)


def _language(field: str, text: str) -> str:
    if not _LANGUAGE.fullmatch(text):
        raise _invalid(f"{field} has the language {shown(text)}", 'Use BCP 47: "en", "zh-Hans".')
    return text


def _category(text: str) -> str:
    levels = [level.strip() for level in _line("category", text, 300).strip("/").split("/")]
    if levels != [""] and "" in levels:
        raise _invalid(f"category is {shown(text)}, with an empty level", 'Write "home/kitchen/tins".')
    return "/".join(levels)


def _count(field: str, number: int, limit: int) -> None:
    if number > limit:
        raise _invalid(f"{field} has {number:,} entries; at most {limit} are allowed", "Leave some out.")


def _price(price: Money) -> Money:
    if not _CURRENCY.fullmatch(price.currency_code):
        raise _invalid(f"price has the currency {shown(price.currency_code)}", 'Use ISO 4217: "EUR".')
    if price.units < 0 or not 0 <= price.nanos <= _MAX_NANOS:
        raise _invalid(
            f"price has {price.units} units and {price.nanos} nanos", "A price is 0 or more, its nanos below a billion."
        )
    return price


def _size(size: Size) -> Size:
    for axis, value in (("x_m", size.x_m), ("y_m", size.y_m), ("z_m", size.z_m)):
        if not (math.isfinite(value) and _MIN_M <= value <= _MAX_M):
            raise _invalid(f"size.{axis} is {value:g} m", f"Give all three, each {_MIN_M:g} to {_MAX_M:g} metres.")
    return size
