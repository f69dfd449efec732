"""What a shop says of itself: policies, contacts, rules. One TOML file, read at the start."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assets_pipeline.errors import InputError

Texts = dict[str, str]
"""Text by BCP 47 language: {"en": …, "zh": …}."""

INTERNAL = "internal."
"""Attributes of products that begin so are the shop's own: no shopper, search or reply sees them."""


def is_internal(attribute: str) -> bool:
    """Whether only callers with the scope ``admin`` may see it."""
    return attribute.strip().casefold().startswith(INTERNAL)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RecommendRules(_Part):
    """Business rules of recommendation."""

    exclude_products: tuple[str, ...] = ()
    exclude_brands: tuple[str, ...] = ()
    exclude_categories: tuple[str, ...] = ()
    margin_attribute: str = INTERNAL + "margin"
    """Attribute with the margin as a share of the price, 0 to 1."""
    margin_weight: float = Field(default=0.0, ge=0, le=1)
    """How much margin may move a product up: 0 not at all; 1 as much as the shopper's interest."""


class CopyRules(_Part):
    """Rules of written copy."""

    banned_claims: tuple[str, ...] = ()
    """Words that copy never uses, beside the built-in ones."""


class Shop(_Part):
    """The shop. ``policies`` by topic: returns, delivery, payment, warranty, privacy, or any other."""

    name: str = ""
    policies: dict[str, Texts] = Field(default_factory=dict)
    hand_over: Texts = Field(default_factory=dict)
    """How to reach a person."""
    recommend: RecommendRules = RecommendRules()
    writing: CopyRules = CopyRules()


def load_shop(path: Path | None) -> Shop:
    """The shop of ``path``; without a path one that states nothing.

    Raises:
        InputError: SHOP_FILE_INVALID.
    """
    if path is None:
        return Shop()
    try:
        return Shop.model_validate(tomllib.loads(path.expanduser().read_text("utf-8")))
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, p['loc']))}: {p['msg']}" for p in error.errors())
        raise _invalid(path, problems) from error
    except OSError as error:
        raise _invalid(path, error.strerror or str(error)) from error
    except ValueError as error:  # not UTF-8, not TOML
        raise _invalid(path, str(error)) from error


def _invalid(path: Path, why: str) -> InputError:
    return InputError("SHOP_FILE_INVALID", f"{path}: {why}.", "docs/assistant.md shows a whole file.")
