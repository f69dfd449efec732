"""Messages made safe, their language, personal data, moods, and orders to the assistant."""

from __future__ import annotations

import pytest
from showfloor.assistant.understand.mood import is_abusive, sounds_upset
from showfloor.assistant.understand.personal import mask
from showfloor.assistant.understand.phrases import intents
from showfloor.assistant.understand.text import MAX_CHARACTERS, clean, language
from showfloor.language.injection import looks_like_injection

from assets_pipeline.errors import InputError
from tests.showfloor.injections import injections


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  how\tmuch \n is it ", "how much is it"),
        ("多少钱？我要两个，谢谢。", "多少钱？我要两个，谢谢。"),
        ("ｈｅｌｌｏ　１２３", "hello 123"),
        ("in\u200bvis\u2060i\u00adble", "invisible"),
        ("\u202eabc\u202c \u2066def\u2069", "abc def"),
        ("pr\u0456c\u0435 of th\u0435 l\u0430mp", "price of the lamp"),
        ("цена лампы", "цена лампы"),
        ("noooooooo!!!!!!!!", "nooo!!!"),
        ("1000000", "1000000"),
        ("a\x00b\x07c\ud800", "abc"),
        ("tag\U000e0041ged", "tagged"),
        ("👍", "👍"),
        ("z" + "\u0336\u0320" * 20 + "a", "z\u0336\u0336a"),
    ],
)
def test_a_message_is_cleaned(text: str, expected: str) -> None:
    assert clean(text) == expected


@pytest.mark.parametrize("text", ["", "   ", "\u200b\u200b", "\u202e\u202c", "\x00\x01", "\u3164\u3164"])
def test_nothing_readable_is_refused(text: str) -> None:
    with pytest.raises(InputError) as refused:
        clean(text)
    assert refused.value.code == "MESSAGE_EMPTY"


def test_a_flood_is_refused_with_the_limit() -> None:
    assert clean("ab " * (MAX_CHARACTERS // 3))
    for text in ("a" * (MAX_CHARACTERS + 1), "好" * 100_000, "\u200b" * 100_000):
        with pytest.raises(InputError) as refused:
            clean(text)
        assert refused.value.code == "MESSAGE_TOO_LONG"
        assert "2,000" in refused.value.message


@pytest.mark.parametrize(
    ("text", "requested", "previous", "expected"),
    [
        ("how much is it", "", "zh", "en"),
        ("多少钱", "", "en", "zh"),
        ("我想买 iPhone 13 Pro Max", "", "", "zh"),
        ("what does 红色 mean", "", "", "en"),
        ("多少钱", "en-GB", "", "en"),
        ("how much", "zh-Hant-TW", "", "zh"),
        ("42", "", "zh", "zh"),
        ("ok", "", "zh", "zh"),
        ("iPhone 13", "", "zh", "zh"),
        ("XL", "", "", "en"),
        ("сколько стоит", "", "zh", "en"),
        ("いくらですか", "", "zh", "en"),
        ("wie teuer ist die Lampe", "", "", "en"),
    ],
)
def test_the_language_follows_the_shopper(text: str, requested: str, previous: str, expected: str) -> None:
    assert language(text, requested, previous) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mail Anna.Berg+shop@example.co.uk now", "mail [email] now"),
        ("anna (at) example dot com", "[email]"),
        ("call 138 1234 5678 or +49 30 901820", "call [phone] or [phone]"),
        ("我的手机号是13812345678", "我的手机号是[phone]"),
        ("座机021-62345678", "座机[phone]"),
        ("一三八一二三四五六七八", "[phone]"),
        ("(415) 555-0132", "[phone]"),
        ("my phone is 5550132", "my phone is [phone]"),
        ("card 4111 1111 1111 1111, thanks", "card [card], thanks"),
        ("378282246310005", "[card]"),
        ("DE89 3704 0044 0532 0130 00", "[iban]"),
        ("身份证11010519491231002X", "身份证[id]"),
        ("I live at 221B Baker Street, London", "I live at [address]"),
        ("Hauptstraße 12, 10115 Berlin", "[address]"),
        ("寄到上海市浦东新区世纪大道100号3号楼502室", "[address]"),
        ("my name is John Smith and I want a sofa", "my name is [name] and I want a sofa"),
        ("我叫张伟，想买沙发", "我叫[name]，想买沙发"),
    ],
)
def test_personal_data_is_masked(text: str, expected: str) -> None:
    assert mask(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1112",
        "110105194912310021",
        "order number 13812345678",
        "SKU 4006381333931 costs 1,299.99 and is 60 x 40 x 180 cm",
        "1299.00 2599.00 3999.00 元",
        "2 of the iPhone 13 Pro Max 256GB, 42码, under 5000",
        "between 1000-2000 on 2026-11-22 at 18:00",
        "价格13999元,宽120厘米,第3号",
        "帮我叫个车",
        "is it 100 200 300 cm",
    ],
)
def test_prices_sizes_and_article_numbers_stay(text: str) -> None:
    assert mask(text) == text


def test_no_training_phrase_holds_personal_data() -> None:
    assert [text for text, _ in intents() if mask(text) != text] == []


def test_masking_long_texts_takes_no_powers_of_time() -> None:
    for text in ("1 " * 50_000, "a.b@" * 25_000, "路1号" * 30_000, "Ab " * 30_000 + "Street", "+1-" * 30_000):
        assert mask(text)


def test_known_injections_are_noticed_and_shoppers_are_not_suspected() -> None:
    known = injections()
    assert len(known) >= 30
    assert [text for text in known if not looks_like_injection(text)] == []
    suspected = [text for text, intent in intents() if looks_like_injection(text) and intent != "out_of_scope"]
    assert suspected == []


@pytest.mark.parametrize(
    "text", ["you stupid bot", "f*ck you", "kill yourself", "你这个傻逼", "闭嘴,白痴", "滚", "what an asshole"]
)
def test_abuse_is_noticed(text: str) -> None:
    assert is_abusive(text)


@pytest.mark.parametrize(
    "text",
    [
        "this stupid zip",
        "a cocktail dress",
        "shitake",
        "do you sell trash cans",
        "滚筒洗衣机",
        "操作简单吗",
        "有垃圾桶吗",
    ],
)
def test_strong_words_about_things_are_no_abuse(text: str) -> None:
    assert not is_abusive(text)


def test_strong_words_are_heard_as_upset() -> None:
    assert sounds_upset("WHERE IS MY ORDER YOU PROMISED IT!!!")
    assert sounds_upset("太过分了,退钱")
    assert sounds_upset("😡")
    assert not sounds_upset("do buyers say it is a rip-off")
    assert not sounds_upset("WOW")
