"""Why a product is recommended, for shoppers, in English or Chinese."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Because(StrEnum):
    """The strongest reason. The shop's own rules are none: a shopper is not told of them."""

    together = "Goes with {}"
    alike = "Like {}"
    seen = "Looked at before"
    popular = "Popular now"
    catalogue = "From the catalogue"


class Reason(NamedTuple):
    """``product_id``: which product of the shopper's it is about, if any."""

    because: Because
    product_id: str = ""


_CHINESE = {
    Because.together: "与「{}」常一起被选择",
    Because.alike: "与「{}」相似",
    Because.seen: "您之前看过",
    Because.popular: "近期热门",
    Because.catalogue: "店内商品",
}


def phrase(because: Because, title: str, chinese: bool) -> str:
    """``title``: of the product that the reason is about."""
    return (_CHINESE[because] if chinese else because.value).format(title)
