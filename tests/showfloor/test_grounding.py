"""The check of texts against facts: misses and false alarms on sentences of our own, and its parts."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from showfloor.grounding.check import unsupported
from showfloor.grounding.claims import claims
from showfloor.grounding.facts import Fact, Grounds, amount, product_facts
from showfloor.grounding.numbers import numbers
from showfloor.grounding.quantities import read
from showfloor.v1 import catalog_pb2 as pb
from showfloor.v1.common_pb2 import Money

from tests.showfloor.injections import injections

TABLE = pb.Product(
    id="table",
    titles={"en": "Nora oak table", "zh": "橡木桌"},
    price=Money(currency_code="EUR", units=299, nanos=990_000_000),
    stock=5,
    size={"x_m": 0.6, "y_m": 0.75, "z_m": 1.2},
    attributes={
        "material": "solid oak", "colour": "brown", "weight": "12 kg", "warranty": "2 years", "returns": "30 days",
        "delivery": "ships in 3-5 business days", "internal.margin": "0.4",
    },
)  # fmt: skip
SOFA = pb.Product(
    id="sofa",
    titles={"en": "Lia sofa", "zh": "沙发"},
    price=Money(currency_code="USD", units=1299),
    stock=0,
    size={"x_m": 1.8, "y_m": 0.8, "z_m": 0.9},
    attributes={
        "cover": "linen", "colour": "grey", "seats": "3", "weight": "48 kg", "warranty": "no warranty",
        "returns": "no returns",
    },
)  # fmt: skip
LAMP = pb.Product(
    id="lamp",
    titles={"en": "Moon lamp", "zh": "台灯"},
    price=Money(currency_code="GBP", units=45, nanos=500_000_000),
    stock=1,
    size={"x_m": 0.15, "y_m": 0.32, "z_m": 0.15},
    attributes={"material": "steel", "colour": "black, white", "power": "7 W", "protection": "waterproof"},
)
NAMES = frozenset({"Gucci", "Nora oak table", "Lia sofa", "Moon lamp"})
PRODUCTS = {"table": TABLE, "sofa": SOFA, "lamp": LAMP}
SENTENCES = [
    (line[0] == "+", line[2:])
    for line in (Path(__file__).parent / "grounding_sentences.txt").read_text("utf-8").splitlines()
    if line[:2] in ("+ ", "- ")
]


def grounds(*names: str) -> Grounds:
    return Grounds(tuple(f for n in names or PRODUCTS for f in product_facts(PRODUCTS[n])), (), NAMES)


def meant(sentence: str, before: str) -> str:
    """The product that a sentence is about: the last one named, as they stand in the file."""
    for product, words in (("table", "Nora|table|桌"), ("sofa", "Lia|sofa|沙发"), ("lamp", "Moon|lamp|台灯")):
        if any(word in sentence for word in words.split("|")):
            return product
    return before


def test_true_sentences_leave_and_changed_ones_do_not() -> None:
    true = [s for good, s in SENTENCES if good]
    changed = [s for good, s in SENTENCES if not good]
    assert len(true) >= 80
    assert len(changed) >= 80
    about, alarms, misses = "table", [], []
    for good, sentence in SENTENCES:
        about = meant(sentence, about)
        found = unsupported(sentence, grounds(about))
        if good and found:
            alarms.append((sentence, found))
        if not good and not found:
            misses.append(sentence)
    print(f"false alarms {len(alarms)} of {len(true)}, misses {len(misses)} of {len(changed)}", alarms, misses)
    assert len(alarms) <= 0.03 * len(true), alarms
    assert len(misses) <= 0.03 * len(changed), misses


def test_a_sentence_about_one_product_rests_on_that_one() -> None:
    assert unsupported("The Nora oak table costs €299.99.", grounds()) == []
    assert unsupported("The Nora oak table costs $1,299.", grounds()) != []
    assert unsupported("The Moon lamp is 120 cm high.", grounds()) != []
    assert unsupported("橡木桌缺货。", grounds()) != []


def test_what_is_internal_is_no_ground() -> None:
    assert all("internal" not in f.field for f in product_facts(TABLE))
    assert unsupported("Its margin is 0.4.", grounds("table")) != []


def test_texts_are_grounds_too() -> None:
    policy = Grounds(texts=("We deliver free of charge within 3 days.",))
    assert unsupported("Delivery is free and takes 3 days.", policy) == []
    assert unsupported("Delivery takes 4 days.", policy) == ["4 days"]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("twenty-five", ["25"]),
        ("one hundred and twenty", ["120"]),
        ("1,299.99", ["1299.99"]),
        ("9,99", ["9.99"]),
        ("三十", ["30"]),
        ("一百二十三", ["123"]),
        ("两万五千", ["25000"]),
        ("二〇二六", ["2026"]),
        ("一点五", ["1.5"]),
        ("十分好看", []),
        ("3万", ["30000"]),
        ("two and a half", ["2.5"]),
    ],
)
def test_numbers(text: str, values: list[str]) -> None:
    assert [n.value for n in numbers(text)] == [Decimal(v) for v in values]


@pytest.mark.parametrize(
    ("one", "other"),
    [("0.6 m", "60 cm"), ("60公分", "600 mm"), ("€9.99", "9.99 eur"), ("9.99欧元", "€9.99"), ("24斤", "12 kg"),
     ("2 years", "24 months"), ("两年", "24个月"), ("two weeks", "14天"), ("1.5 kg", "1500 g")],
)  # fmt: skip
def test_the_same_quantity_in_other_units(one: str, other: str) -> None:
    a, b = read(one)[0], read(other)[0]
    assert a.value == b.value
    assert set(a.kinds) & set(b.kinds)


def test_money_is_exact_and_measures_may_be_rounded() -> None:
    facts = Grounds((Fact("a", "price", "9.99 EUR"), Fact("a", "size.x_m", "0.1514 m")))
    assert unsupported("It is 15.1 cm wide.", facts) == []
    assert unsupported("It is 15 cm wide.", facts) == []
    assert unsupported("It is 16 cm wide.", facts) != []
    assert unsupported("It costs 10 euros.", facts) != []


def test_denied_claims_are_other_claims() -> None:
    assert [(c.name, c.yes) for c in claims("it is not waterproof")] == [("waterproof", False)]
    assert [(c.name, c.yes) for c in claims("不支持退货")] == [("returns", False)]


def test_amounts_are_exact() -> None:
    assert amount(Money(currency_code="EUR", units=9, nanos=990_000_000)) == "9.99"
    assert amount(Money(currency_code="EUR", units=9)) == "9"
    assert amount(Money(currency_code="EUR", units=0, nanos=500_000_000)) == "0.50"
    assert amount(Money(currency_code="KWD", units=1, nanos=234_567_891)) == "1.234567891"


def test_orders_in_texts_rest_on_nothing() -> None:
    """An engine that repeats an injected order is caught where the order names prices, claims or links."""
    dangerous = [t for t in injections() if any(w in t for w in ("free", "USD", "EUR", "免费", "1元", "example"))]
    assert len(dangerous) >= 5
    for text in dangerous:
        assert unsupported(text, grounds()), text
