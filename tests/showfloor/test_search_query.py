"""What is understood from a query, what words are equal, and which slips are forgiven."""

from __future__ import annotations

import random

import pytest
from showfloor.search.facts import read_facts
from showfloor.search.filters import test as passes
from showfloor.search.query import MAX_WORDS, understand
from showfloor.search.synonyms import synonyms
from showfloor.search.typos import Vocabulary, distance
from showfloor.search.words import words
from showfloor.v1 import catalog_pb2 as pb


def filters(query: str) -> dict[str, object]:
    found: dict[str, object] = {}
    for f in understand(query).filters:
        ends = [round(getattr(f, end), 6) if f.HasField(end) else None for end in ("minimum", "maximum")]
        found[f.attribute] = f.value or tuple(ends)
    return found


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("red shoes under 50, size 42", {"colour": "red", "price": (None, 50.0), "size": "42"}),
        ("RED SHOES below $49.90", {"colour": "red", "price": (None, 49.9)}),
        ("watch between 100 and 300", {"price": (100.0, 300.0)}),
        ("watch 300-100 euros", {"price": (100.0, 300.0)}),
        ("watch over 500 usd", {"price": (500.0, None)}),
        ("leather bag in stock", {"material": "leather", "stock": (1.0, None)}),
        ("wooden table under 1.2 m wide", {"material": "wood", "width": (None, 1.2)}),
        ("shelf at most 80 cm high", {"height": (None, 0.8)}),
        ("brand: nike trainers", {"brand": "nike"}),
        ("shirt size XL", {"size": "xl"}),
        ("红色的鞋子 50元以下 42码", {"colour": "red", "price": (None, 50.0), "size": "42"}),
        ("100到200元的手表", {"price": (100.0, 200.0)}),
        ("不超过500块的手机", {"price": (None, 500.0)}),
        ("适合小户型的沙发", {"width": (None, 1.8)}),
        ("宽不超过80厘米的书架", {"width": (None, 0.8)}),
        ("黑色真皮手提包 有货", {"colour": "black", "material": "leather", "stock": (1.0, None)}),
        ("ｕｎｄｅｒ ５０", {"price": (None, 50.0)}),
        ("phone with at least 8 gb", {}),
        ("rose perfume", {}),
        ("orange juice", {}),
        ("iphone 13", {}),
        ("14-15 inch laptop", {}),
        ("hundred percent", {}),
    ],
)
def test_filters_are_understood(query: str, expected: dict[str, object]) -> None:
    assert filters(query) == expected


def test_what_is_left_are_the_words() -> None:
    assert understand("I am looking for red shoes under 50, size 42").words == ["shoe"]
    assert understand("something red").words == ["red"]
    assert understand("适合小户型的沙发").words == ["沙发"]
    assert understand("我想买一部500以下的手机").words == ["手机"]


def test_words_that_are_the_same() -> None:
    for left, right in [("Shoes", "shoe"), ("Café", "cafe"), ("men's", "men"), ("ＴＥＡ", "tea"), ("Löwe", "lowe")]:
        assert list(words(left)) == list(words(right))
    assert list(words("dresses watches batteries glass bus")) == ["dress", "watch", "battery", "glass", "bus"]
    assert list(words("茶叶罐 tea")) == ["茶叶", "叶罐", "tea"]
    assert list(words("re\u200bd sh\u202eoes")) == ["red", "shoe"]


def test_other_names_in_both_languages() -> None:
    assert {"couch", "sofa"} <= set(synonyms(["沙发"]))
    assert "沙发" in synonyms(["couch"])
    assert "sofa" not in synonyms(["sofa", "bed"])
    assert synonyms(["gibberish"]) == {}


def test_slips_are_forgiven_in_words_that_are_long_enough() -> None:
    vocabulary = Vocabulary()
    vocabulary.add(["shoe", "perfume", "headphone", "samsung"])
    vocabulary.add(["shoe", "shop"])
    assert vocabulary.correct("perfum") == "perfume"
    assert vocabulary.correct("pefrume") == "perfume"
    assert vocabulary.correct("haedphnoe") == "headphone"
    assert vocabulary.correct("headfone") == "headphone"
    assert vocabulary.correct("shoee") == "shoe"  # the commoner of two
    assert vocabulary.correct("perfume") is None
    assert vocabulary.correct("tea") is None
    vocabulary.remove(["perfume"])
    assert vocabulary.correct("perfum") is None


def test_distance_counts_swaps_once() -> None:
    assert [distance("abcd", w) for w in ("abcd", "abdc", "abc", "abxd", "bcde")] == [0, 1, 1, 1, 2]


def test_a_third_language_and_noise_never_fail() -> None:
    dice = random.Random(7)
    alphabet = "ab 0.-$€<=≤到元红м鞋\u202e\u200b\0'\"|*()%\\/شיさ🙂"
    for _ in range(2000):
        query = "".join(dice.choice(alphabet) for _ in range(dice.randint(0, 60)))
        understand(query)
    understand("1" * 500)
    assert len(understand("".join(chr(0x4E00 + n) for n in range(500))).words) == MAX_WORDS
    understand("under " * 80 + "5-" * 100)
    assert understand("красные туфли").words == ["красные", "туфли"]


def test_a_product_without_the_fact_does_not_pass() -> None:
    bare = read_facts("a", {"titles": {"en": "Sofa"}})
    full = read_facts(
        "b",
        {
            "titles": {"en": "Sofa"},
            "price": {"currency_code": "EUR", "units": "49", "nanos": 900_000_000},
            "stock": 3,
            "size": {"x_m": 1.6, "y_m": 0.8, "z_m": 0.9},
            "attributes": {"Color": "Dark red, black", "size": "41/42", "材质": "实木", "seats": "3 seats"},
        },
    )
    for f, passing in [
        (pb.SearchFilter(attribute="price", maximum=50), True),
        (pb.SearchFilter(attribute="price", maximum=49), False),
        (pb.SearchFilter(attribute="color", value="Red"), True),
        (pb.SearchFilter(attribute="colour", value="红色"), True),
        (pb.SearchFilter(attribute="colour", value="blue"), False),
        (pb.SearchFilter(attribute="size", value="42"), True),
        (pb.SearchFilter(attribute="size", value="4"), False),
        (pb.SearchFilter(attribute="material", value="wood"), True),
        (pb.SearchFilter(attribute="width", maximum=1.8), True),
        (pb.SearchFilter(attribute="seats", minimum=3, maximum=3), True),
        (pb.SearchFilter(attribute="seats", value="3 seats"), True),
        (pb.SearchFilter(attribute="stock", minimum=1), True),
    ]:
        assert passes(f)(full) is passing
        assert passes(f)(bare) is False
