"""What rules read beside the intent: sizes, money, pieces, places in line, turns."""

from __future__ import annotations

from dataclasses import fields

import pytest
from showfloor.assistant.understand.slots import slots
from showfloor.assistant.understand.turn import Slots, Sort, Space
from showfloor.search.numerals import digits


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("五百块以内", "500块以内"),
        ("三百五十元", "350元"),
        ("一千零五十元", "1050元"),
        ("一万二", "12000"),
        ("一米二", "1.2米"),
        ("一米八五高", "1.85米高"),
        ("两米半", "2.5米"),
        ("第二个和两个", "第2个和2个"),
        ("3米4米", "3米4米"),
        ("给我看一下一些", "给我看一下一些"),
        ("一个", "一个"),
        ("两三个", "两三个"),
        ("two hundred and fifty euros", "250 euros"),
        ("three thousand five hundred", "3500"),
        ("half a dozen", "6"),
        ("one and a half metres", "1.5 metres"),
        ("this one, one of them", "this one, 1 of them"),
        ("€1,299.99", "€1299.99"),
        ("1.299,99 €", "1299.99 €"),
        ("1,5 m", "1.5 m"),
        ("hundred percent", "hundred percent"),
    ],
)
def test_numbers_become_digits(text: str, expected: str) -> None:
    assert digits(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a 60 x 40 cm shelf", Space(0.6, None, 0.4)),
        ("1.2m wide", Space(1.2)),
        ("80 cm wide and 2 m high", Space(0.8, 2.0)),
        ("a space of 200 x 90 x 85 cm", Space(2.0, 0.85, 0.9)),
        ("h 180 x w 90 x d 40 cm", Space(0.9, 1.8, 0.4)),
        ("width: 70 cm, depth 35 cm", Space(0.7, None, 0.35)),
        ("a 3 by 4 metre room", Space(3.0, None, 4.0)),
        ("a door of 80 x 200 cm", Space(0.8, 2.0)),
        ("through an 80 cm door", Space(0.8)),
        ("a 24 inch gap", Space(0.6096)),
        ("6'2\" tall", Space(None, 1.88)),
        ("a ceiling of 2.2 m", Space(None, 2.2)),
        ("宽80公分", Space(0.8)),
        ("宽一米二高两米", Space(1.2, 2.0)),
        ("长200宽90高85", Space(2.0, 0.85, 0.9)),
        ("六十乘四十厘米", Space(0.6, None, 0.4)),
        ("70乘70的角落", Space(0.7, None, 0.7)),
        ("天花板两米二", Space(None, 2.2)),
        ("-80 cm wide", None),
        ("5000 m wide", None),
        ("0 cm wide", None),
    ],
)
def test_sides_are_read_in_any_unit_and_order(text: str, expected: Space | None) -> None:
    assert slots(text).space == expected


EMPTY = Slots()


def said(text: str) -> dict[str, object]:
    found = slots(text)
    names = [f.name for f in fields(found) if f.name not in ("rest", "refers_back", "variant")]
    return {n: getattr(found, n) for n in names if getattr(found, n) != getattr(EMPTY, n)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("will it go into 2 metres", {"length_m": 2.0}),
        ("an object of 6 ft", {"length_m": 1.8288}),
        ("lamp under 50", {"price_max": 50.0}),
        ("less than €1,299.99", {"price_max": 1299.99, "currency": "EUR"}),
        ("between $100 and $300", {"price_min": 100.0, "price_max": 300.0, "currency": "USD"}),
        ("五百块以内", {"price_max": 500.0, "currency": "CNY"}),
        ("不超过300美元", {"price_max": 300.0, "currency": "USD"}),
        ("三百到五百欧元", {"price_min": 300.0, "price_max": 500.0, "currency": "EUR"}),
        ("a sofa under -50 dollars", {}),
        ("负五十元以下", {}),
        ("add two of them", {"quantity": 2}),
        ("放两个到购物车", {"quantity": 2}),
        ("给我来一个", {"quantity": 1}),
        ("please add a dozen glasses", {"quantity": 12}),
        ("I'll take three", {"quantity": 3}),
        ("add 99999 of them", {}),
        ("add the iphone 13", {}),
        ("for 5 years", {}),
        ("can it hold 100 kg", {"weight_kg": 100.0, "attribute": "load"}),
        ("承重150斤", {"weight_kg": 75.0, "attribute": "load"}),
        ("red leather shoes, size 42", {"colours": ("red",), "materials": ("leather",), "size": "42"}),
        ("XL码", {"size": "XL"}),
        ("compare the first and the third", {"ordinals": (1, 3)}),
        ("第二个和最后一个", {"ordinals": (2, -1)}),
        ("turn it 90 degrees to the left", {"degrees": -90.0}),
        ("顺时针转三十度", {"degrees": 30.0}),
        ("spin it by 4000 degrees", {}),
        ("from behind", {"degrees": 180.0}),
        ("the cheapest watch", {"sort": Sort.CHEAPEST}),
        ("最大的沙发", {"sort": Sort.LARGEST}),
        ("a cheaper one", {"relative": Sort.CHEAPEST}),
        ("有小一点的吗", {"relative": Sort.SMALLEST}),
        ("how long does the battery last", {"attribute": "battery"}),
        ("防水吗", {"attribute": "waterproof"}),
        ("how much is the table", {}),
    ],
)
def test_slots(text: str, expected: dict[str, object]) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    ("text", "variant"),
    [
        ("change it to dark walnut please", "dark walnut"),
        ("show the sofa in grey", "grey"),
        ("换成深蓝色的", "深蓝色"),
        ("the 256 GB one", "256 gb"),
        ("show it in my room", ""),
        ("换一下", ""),
    ],
)
def test_variants(text: str, variant: str) -> None:
    assert slots(text).variant == variant


def test_what_is_left_may_name_a_product() -> None:
    assert slots("how much is the Annibale Colombo sofa?").rest == "annibale colombo sofa"
    assert slots("iPhone 13 多少钱").rest == "iphone 13"
    assert slots("will the grey sofa fit into a space of 2 x 1 m?").rest == "grey sofa"
    assert slots("is it in stock").refers_back
    assert slots("这个有货吗").refers_back
    assert not slots("sofas").refers_back
