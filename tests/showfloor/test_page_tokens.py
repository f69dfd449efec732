"""Page tokens."""

from __future__ import annotations

import random

import pytest
from showfloor.services.pages import decode, encode, page_size

from assets_pipeline.errors import InputError


@pytest.mark.parametrize("key", [("tin-1",), ("茶" * 64, 3), (-1.5, "a/b")])
def test_a_token_gives_back_its_key(key: tuple[str | int | float, ...]) -> None:
    filters = {"contains": "ü", "states": [1, 2]}
    token = encode("products", filters, key)
    assert decode("products", filters, token) == key
    assert token.isascii()
    assert decode("products", filters, "") is None


@pytest.mark.parametrize(
    ("list_name", "filters"), [("assets", {"contains": "a"}), ("products", {"contains": "b"}), ("products", {})]
)
def test_a_token_of_another_list_or_filter_is_refused(list_name: str, filters: dict[str, str]) -> None:
    token = encode("products", {"contains": "a"}, ("x",))
    with pytest.raises(InputError) as error:
        decode(list_name, filters, token)
    assert error.value.code == "PAGE_TOKEN_INVALID"


def test_no_changed_token_is_accepted() -> None:
    token = encode("products", {}, ("tin-1",))
    dice = random.Random(1)
    changed = {token[:i] + c + token[i + 1 :] for i in range(len(token)) for c in "Aé=\0" if token[i] != c}
    changed |= {token[:-1], token + "A", "=", "é", "a" * 10_000, token + "====", token + "\n"}
    changed |= {"".join(dice.choices("ABCxyz019-_", k=dice.randint(1, 60))) for _ in range(500)}
    for other in changed:
        with pytest.raises(InputError, match="PAGE_TOKEN_INVALID"):
            decode("products", {}, other)


def test_page_sizes() -> None:
    assert (page_size(0), page_size(1), page_size(200)) == (50, 1, 200)
    for bad in (-1, 201, 2**31 - 1):
        with pytest.raises(InputError, match="PAGE_SIZE_INVALID"):
            page_size(bad)
