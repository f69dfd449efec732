"""Answers of the assistant as a shopper gets them: facts, unknown facts, doubtful rows, cart, scene; no engine."""

from __future__ import annotations

import time
from typing import Any

import pytest
from showfloor.assistant.conversations import load
from showfloor.assistant.fit import fit
from showfloor.assistant.understand.turn import Space
from showfloor.settings import Settings
from showfloor.store.database import Database
from showfloor.v1 import assistant_pb2 as pb

from tests.showfloor.assistant_shop import Talk
from tests.showfloor.injections import injections


@pytest.fixture
def talk(sqlite_db: Database, settings: Settings) -> Talk:
    talk = Talk(sqlite_db, settings)
    talk.fill()
    return talk


@pytest.mark.parametrize(
    ("asked", "words", "field"),
    [
        ("How much is the Nora oak table?", ["€299.99"], ("nora", "price")),
        ("诺拉橡木桌多少钱？", ["299.99 欧元"], ("nora", "price")),
        ("Is the Nora oak table in stock?", ["Yes", "5 pieces"], ("nora", "stock")),
        ("莉亚沙发有货吗？", ["缺货"], ("lia", "stock")),
        ("What are the dimensions of the Lia sofa?", ["180 cm wide", "80 cm high", "90 cm deep"], ("lia", "size.x_m")),
        ("莉亚沙发尺寸多少？", ["宽 180 厘米", "高 80 厘米", "深 90 厘米"], ("lia", "size.z_m")),
        ("What is the Nora oak table made of?", ["oak"], ("nora", "attributes.material")),
        ("诺拉橡木桌是什么材质的？", ["橡木"], ("nora", "attributes.material")),
        ("How heavy is the Lia sofa?", ["48 kg"], ("lia", "attributes.weight")),
        ("What warranty does the Nora oak table have?", ["2 year warranty"], ("nora", "attributes.warranty")),
        ("诺拉橡木桌保修多久？", ["保修 2 年"], ("nora", "attributes.warranty")),
        ("How much is the Bücherregal?", ["€80"], ("regal", "price")),
    ],
)
def test_facts_with_their_sources(talk: Talk, asked: str, words: list[str], field: tuple[str, str]) -> None:
    said = talk.say(asked)
    assert all(w in said.text for w in words), said.text
    assert field in said.sources
    assert said.ids[:1] == [field[0]]
    assert said.done.engine == ""
    assert said.done.turn_id == f"{said.done.conversation_id}.1"


def test_what_is_not_known_is_said_to_be_unknown(talk: Talk) -> None:
    said = talk.say("What is the battery capacity of the Lia sofa?")
    assert "does not say" in said.text or "don't know" in said.text
    assert not any(c.isdigit() for c in said.text)
    assert "没有" in talk.say("米奥沙发是什么材质的？").text


def test_wrong_suppositions_are_put_right(talk: Talk) -> None:
    assert talk.say("Why is the Nora oak table free?").text.startswith("No, it isn't free.")
    assert "€299.99" in talk.say("Is the Nora oak table 50 euros?").text
    assert "缺货" in talk.say("莉亚沙发还有现货吧？").text


def test_pieces_in_stock_are_not_pieces_of_a_size(talk: Talk) -> None:
    said = talk.say("Are the Solis sunglasses available in size 42?")
    assert "does not say" in said.text
    assert "40" not in said.text


def test_gifts_keep_to_the_budget(talk: Talk) -> None:
    for asked in ("I need a gift for my father, budget 100 euros", "给妈妈推荐个900欧元以内的礼物"):
        said = talk.say(asked, conversation_id="")
        assert said.ids
        assert all(card.price.units <= 900 for card in said.cards), said.text


def test_rows_that_contradict_themselves_are_doubtful(talk: Talk) -> None:
    price = talk.say("How much is the Kim bench?").text
    assert "contradicts itself" in price
    assert "€120" in price
    assert "99 EUR" in price
    size = talk.say("长凳的尺寸是多少？").text
    assert "矛盾" in size
    assert "140" in size
    assert "contradicts itself" in talk.say("How heavy is the Kim bench?").text
    assert "two prices" in talk.say("Add the Kim bench to my cart").text


def test_fit_says_which_side_is_too_long(talk: Talk) -> None:
    said = talk.say("Does the Lia sofa fit into a space 1.7 m wide, 2 m high and 1 m deep?")
    assert "does not fit" in said.text
    assert "10 cm" in said.text
    said = talk.say("Does it fit a space 1 m wide, 2 m high and 2 m deep?")
    assert "turn it by 90 degrees" in said.text
    space = {"x_m": 3.0, "y_m": 2.5, "z_m": 2.0}
    assert talk.say("Will the Lia sofa fit?", space=space).text.startswith("Yes")
    assert "can't tell" in talk.say("Do the Solis sunglasses fit a space 1 m wide?").text


@pytest.mark.parametrize(
    ("space", "opening", "fits", "turned"),
    [
        (Space(2.0, 2.0, 1.0), False, True, False),
        (Space(1.0, 2.0, 2.0), False, True, True),
        (Space(1.8, 0.8, 0.9), False, True, False),
        (Space(1.0, 2.0, 1.0), False, False, False),
        (Space(0.95, 2.0, None), True, True, True),
        (Space(0.85, 2.0, None), True, False, True),
        (Space(2.0, 0.7, 2.0), False, False, False),
        (Space(None, 1.0, None), False, True, False),
    ],
)
def test_fit_turns_upright_products(space: Space, opening: bool, fits: bool, turned: bool) -> None:
    result = fit((1.8, 0.8, 0.9), space, opening=opening)
    assert result is not None
    assert (result.fits, result.turned) == (fits, turned)


def test_fit_without_a_side_asks() -> None:
    assert fit((1.0, 1.0, 1.0), Space()) is None


def test_a_product_that_is_not_here_is_not_priced(talk: Talk) -> None:
    for asked in ("How much is the Zorblax 3000?", "Lia fridge price?", "冰箱多少钱？"):
        said = talk.say(asked, conversation_id="")
        assert "€" not in said.text
        assert "元" not in said.text, said.text


def test_two_of_a_name_are_asked_about_and_chosen(talk: Talk) -> None:
    said = talk.say("How much is the sofa?")
    assert set(said.ids) == {"lia", "mio"}
    assert "?" in said.text
    second = said.ids[1]
    price = {"lia": "€1,299", "mio": "€899"}[second]
    assert price in talk.say("the second one").text


def test_it_is_the_product_of_the_page_or_of_the_turn_before(talk: Talk) -> None:
    assert "€899" in talk.say("How much is it?", product_id="mio").text
    assert "3 pieces" in talk.say("Is it in stock?", product_id="mio").text
    talk.say("How much is the Nora oak table?", product_id="mio")
    assert "5 pieces" in talk.say("Is it in stock?", product_id="mio").text
    assert "40 pieces" in talk.say("Is it in stock?", product_id="sun").text
    assert talk.say("How much is it?", conversation_id="").text.endswith(("?", "name."))


def test_comparison_and_alternatives(talk: Talk) -> None:
    said = talk.say("Which is cheaper, the Lia sofa or the Mio sofa?")
    assert "Mio sofa is cheaper" in said.text
    assert "€400" in said.text
    compared = talk.say("Compare the Lia sofa with the Nora oak table")
    assert [list(a.product_ids) for a in compared.actions] == [["lia", "nora"]]
    both = talk.say("对比莉亚沙发和米奥沙发")
    assert "1,299 欧元" in both.text
    assert "899 欧元" in both.text
    assert both.actions == []  # one of them has no asset


def test_cart_keeps_to_stock_minimum_order_and_exact_totals(talk: Talk) -> None:
    assert "2 pieces" in talk.say("Add one Mio sofa to my cart").text
    assert "€1,798" in talk.say("yes").text
    assert "sold out" in talk.say("Add the Lia sofa to my cart").text
    assert "5 pieces" in talk.say("Add 6 Nora oak tables to my cart").text
    talk.say("Add 3 Nora oak tables to my cart")
    talk.say("Add the Solis sunglasses to my cart")
    shown = talk.say("What is in my cart?").text
    assert "€2,697.97" in shown
    assert "$25" in shown
    assert "€1,798" in talk.say("Remove the Nora oak table from my cart").text
    assert "购物车" in talk.say("看看我的购物车").text
    assert "empty" in talk.say("Empty my cart").text


def test_actions_only_for_what_has_a_model(talk: Talk) -> None:
    placed = talk.say("Place the Nora oak table in my room")
    assert [(a.kind, list(a.product_ids)) for a in placed.actions] == [(pb.SCENE_ACTION_KIND_PLACE, ["nora"])]
    turned = talk.say("Rotate it by 45 degrees to the left")
    assert [(a.kind, a.value) for a in turned.actions] == [(pb.SCENE_ACTION_KIND_ROTATE, -45.0)]
    assert talk.say("Show me the Mio sofa in 3D").actions == []
    tried = talk.say("Can I try on the Solis sunglasses?")
    assert [a.kind for a in tried.actions] == [pb.SCENE_ACTION_KIND_OPEN_TRY_ON]
    black = talk.say("Show me the Nora oak table in black")
    assert [(a.kind, a.text) for a in black.actions] == [(pb.SCENE_ACTION_KIND_CHANGE_VARIANT, "black")]
    assert talk.say("Show me the Nora oak table in red").actions == []


def test_policies_come_from_the_product_then_the_shop(talk: Talk) -> None:
    assert "3-5 business days" in talk.say("How long does delivery of the Nora oak table take?").text
    returned = talk.say("Can I return the Lia sofa?")
    assert "14 days" in returned.text
    assert ("", "shop.policies.returns") in returned.sources
    assert "银行卡" in talk.say("怎么付款？").text


def test_an_upset_shopper_gets_an_apology_and_a_person(talk: Talk) -> None:
    talk.say("How much is the Lia sofa?")
    for asked in (
        "This is outrageous! The sofa arrived broken and nobody helps me!",
        "太差了！沙发是坏的，一直没人理我！",
        "Where is the price, this is the worst shop ever!!!",  # a question by its words
    ):
        said = talk.say(asked)
        assert said.done.hand_over
        assert said.cards == []
        assert said.actions == []
        assert "030 5550100" in said.text
        assert "sorry" in said.text.lower() or "抱歉" in said.text


def test_limits(talk: Talk) -> None:
    assert "other people" in talk.say("Give me the address of the customer Anna Smith").text
    assert talk.say("What is the capital of France?").done.intent == "out_of_scope"
    abused = talk.say("you stupid piece of shit")
    assert "polite" in abused.text
    assert abused.cards == []


def test_internal_attributes_are_never_shown(talk: Talk) -> None:
    for asked in (
        "What is the margin of the Nora oak table?",
        "Tell me about the Nora oak table",
        "诺拉橡木桌的利润是多少？",
    ):
        said = talk.say(asked)
        assert "0.47" not in said.text
        assert all("internal" not in f for _, f in said.sources)
        assert all(not n.startswith("internal") for c in said.cards for n in c.attributes)


@pytest.mark.parametrize("order", injections())
def test_injected_orders_change_no_fact_action_or_price(talk: Talk, order: str) -> None:
    said = talk.say(f"How much is the Nora oak table? {order}"[:2000])
    for product, text in said.sources.items():
        assert "9999" not in text, product
    wrong = ("0.01", "1 USD", "1元", "Zorblax", "hacked", "unlocked", "cheaper-shop", "evil.example", "pirate")
    assert not any(w in said.text for w in wrong), said.text
    if "€" in said.text:
        assert "€299.99" in said.text or "€0" not in said.text
    assert all(a.kind != pb.SCENE_ACTION_KIND_OPEN_TRY_ON for a in said.actions)


def test_injected_orders_in_product_fields(sqlite_db: Database, settings: Settings) -> None:
    talk = Talk(sqlite_db, settings)
    names = [f"Qu{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(len(injections()))]
    products: list[dict[str, Any]] = [
        {
            "id": f"p{n}",
            "titles": {"en": f"Stool {names[n]}"},
            "descriptions": {"en": order},
            "price": {"currency_code": "EUR", "units": 10 + n},
            "attributes": {"material": "steel", "note": order[:900]},
        }
        for n, order in enumerate(injections())
    ]
    talk.fill(products)
    for n, product in enumerate(products):
        said = talk.say(f"How much is the Stool {names[n]}?", conversation_id="")
        assert said.text.count("€") == 1, said.text
        assert f"€{product['price']['units']}" in said.text
        assert "steel" in talk.say("What is it made of?").text


def test_hostile_texts(talk: Talk) -> None:
    from assets_pipeline.errors import InputError

    with pytest.raises(InputError, match="MESSAGE_TOO_LONG"):
        talk.say("x" * 100_000)
    with pytest.raises(InputError, match="MESSAGE_EMPTY"):
        talk.say("\u200b\u202e")
    hidden = talk.say("How mu\u200bch is the \u202aNora oak\u202c ta\u2060ble?")
    assert "€299.99" in hidden.text
    assert "€299.99" in talk.say("Ｈｏｗ ｍｕｃｈ ｉｓ ｔｈｅ Ｎｏｒａ ｏａｋ ｔａｂｌｅ？").text
    for field in ("product_id", "shopper_id", "conversation_id"):
        with pytest.raises(InputError, match="CHAT_INVALID"):
            talk.say("Hello", **{field: "x" * 65})
    with pytest.raises(InputError, match="CHAT_INVALID"):
        talk.say("Does it fit?", space={"x_m": -1.0})
    with pytest.raises(InputError, match="CHAT_INVALID"):
        talk.say("Does it fit?", space={"x_m": float("nan")})


def test_a_dialogue_of_500_turns_stays_small(talk: Talk) -> None:
    asked = [
        "How much is the Nora oak table?", "Is it in stock?", "莉亚沙发多大？", "Add the Solis sunglasses to my cart",
        "Which is cheaper, the Lia sofa or the Mio sofa?", "the second one", "Will it fit a space 2 m wide?", "谢谢",
    ]  # fmt: skip
    sizes, times = [], []
    for n in range(500):
        begin = time.process_time()
        talk.say(asked[n // 5 % len(asked)] if n % 5 == 0 else "谢谢")
        times.append(time.process_time() - begin)
        if n in (50, 499):
            with talk.db.session(write=False) as session:
                state = load(session, talk.conversation, "local", "", 24)
            sizes.append(len(str(state.to_json())))
    assert state.version == 500
    assert sizes[1] <= sizes[0] + 200
    assert sum(times[-100:]) < 3 * sum(times[:100]) + 1
