"""A product's name taken out of a message, and brands told from what is left of it."""

from __future__ import annotations

import pytest
from showfloor.assistant.naming import brand_among
from showfloor.assistant.pronoun import with_pronoun


@pytest.mark.parametrize(
    ("text", "titles", "own", "chinese", "plain"),
    [
        ("What does the Tartan Dress cost?", ["Tartan Dress"], [], False, "What does it cost?"),
        ("how many golf balls are left", ["Golf Ball"], ["golf", "ball"], False, "how many it are left"),
        ("Is the Blue & Black Check Shirt ok?", ["Blue & Black Check Shirt"], ["blue", "black"], False, "Is it ok?"),
        ("微波炉多少钱", ["Microwave Oven"], ["微波炉"], True, "这个多少钱"),
        ("Golf Ball多重", ["Golf Ball"], ["golf", "ball"], True, "这个多重"),
        ("how heavy is it", ["Golf Ball"], [], False, "how heavy is it"),
    ],
)
def test_a_name_becomes_a_pronoun(text: str, titles: list[str], own: list[str], chinese: bool, plain: str) -> None:
    assert with_pronoun(text, titles, own, chinese) == plain


@pytest.mark.parametrize(
    ("left", "text", "brand"),
    [
        (["adidas", "shoes"], "Are the Red Sneakers Adidas shoes?", "adidas"),
        (["索尼"], "Monopod那个支架，牌子是索尼对吧", "sony"),
        (["saturday"], "Is the Watch here on Saturday?", ""),
        (["surely"], "Surely the Pan is new?", ""),
        (["new"], "Is the Pan new?", ""),
    ],
)
def test_a_brand_is_written_as_one(left: list[str], text: str, brand: str) -> None:
    assert brand_among(left, text) == brand
