"""Whole turns, the committed classifiers against their phrases, and the training of a classifier."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from showfloor.assistant.understand.classifier import load
from showfloor.assistant.understand.fitting import FitOptions, fit
from showfloor.assistant.understand.heads import INTENTS, MOOD, digest
from showfloor.assistant.understand.phrases import intents, moods, read
from showfloor.assistant.understand.rules import LIKELY, SURE, by_rule
from showfloor.assistant.understand.slots import slots
from showfloor.assistant.understand.turn import Intent, Turn
from showfloor.assistant.understand.understanding import Understanding
from showfloor.search.embedding import MODEL, Embedder
from showfloor.search.words import is_chinese

from assets_pipeline import models
from assets_pipeline.errors import InputError, MachineError
from tests.showfloor.injections import injections

FINAL = read(Path(__file__).parent / "understand_phrases_final.txt")
HELD_OUT = read(Path(__file__).parent / "understand_phrases.txt") + FINAL


@pytest.fixture(scope="module")
def words_alone() -> Understanding:
    return Understanding()


@pytest.fixture(scope="module")
def full() -> Callable[[str], Turn]:
    try:
        path = models.path(MODEL)
    except MachineError:
        pytest.skip("showfloor models pull e5-small")
    return cache(Understanding(Embedder(path)))


def test_the_classifiers_are_of_these_phrases() -> None:
    for path, labelled in ((INTENTS, intents()), (MOOD, moods())):
        classifier, made_of = load(path)
        assert made_of == digest(labelled), "run scripts/train_understanding.py"
        assert set(classifier.labels) == {label for _, label in labelled}
        assert path.stat().st_size < 1_000_000


def test_every_intent_has_phrases_in_both_languages_and_none_is_held_out() -> None:
    for chinese in (False, True):
        for intent in Intent:
            own = [t for t, label in intents() if label == intent]
            assert len(own) >= 50
            assert any(is_chinese(t) == chinese for t, label in HELD_OUT if label == intent)
    held = {text for text, _ in HELD_OUT}
    assert [text for text, _ in intents() + moods() if text in held] == []


def accuracy(understand: Callable[[str], Turn], *, chinese: bool) -> float:
    some = [(t, label) for t, label in FINAL if label[0] not in "+-" and is_chinese(t) == chinese]
    return float(np.mean([understand(text).intent == label for text, label in some]))


def test_words_alone_understand_most(words_alone: Understanding) -> None:
    assert accuracy(words_alone, chinese=False) >= 0.76
    assert accuracy(words_alone, chinese=True) >= 0.78


def test_rules_are_as_right_as_they_say() -> None:
    for confidence in (SURE, LIKELY):
        judged = [(label, by_rule(text, slots(text), None)) for text, label in HELD_OUT if label[0] not in "+-"]
        right = [rule[0] == label for label, rule in judged if rule and rule[1] == confidence]
        assert np.mean(right) >= confidence
        assert len(right) >= 5


def test_with_the_model_nearly_all(full: Callable[[str], Turn]) -> None:
    assert accuracy(full, chinese=False) >= 0.88
    assert accuracy(full, chinese=True) >= 0.9
    for mood, right, found in (("upset", 0.85, 0.9), ("abusive", 0.9, 0.9)):
        judged = [(label[0] == "+", getattr(full(t), mood)) for t, label in HELD_OUT if label[1:] == mood]
        hits = sum(a and b for a, b in judged)
        assert hits / sum(b for _, b in judged) >= right
        assert hits / sum(a for a, _ in judged) >= found


@pytest.mark.parametrize(
    ("text", "previous", "intent"),
    [
        ("yes", None, Intent.AFFIRM),
        ("不用了", None, Intent.DENY),
        ("👍", None, Intent.AFFIRM),
        ("80 x 40 cm", Intent.FIT, Intent.FIT),
        ("and the second one?", Intent.PRICE, Intent.PRICE),
        ("what about the blue lamp", Intent.STOCK, Intent.STOCK),
        ("蓝色的呢", Intent.STOCK, Intent.STOCK),
        ("清空购物车", None, Intent.CART_REMOVE),
        ("order number 4711", None, Intent.ORDER_STATUS),
        ("how much is it", None, Intent.PRICE),
        ("多少钱", None, Intent.PRICE),
        ("你这个傻逼", None, Intent.ABUSE),
    ],
)
def test_plain_turns_need_no_model(
    words_alone: Understanding, text: str, previous: Intent | None, intent: Intent
) -> None:
    assert words_alone(text, previous=previous).intent is intent


def test_a_second_question_is_noticed(words_alone: Understanding) -> None:
    turn = words_alone("How much is it, and is it in stock?")
    assert {turn.intent, *turn.also} == {Intent.PRICE, Intent.STOCK}
    assert words_alone("多少钱?有货吗?").also


def test_a_turn_says_what_else_was_heard(words_alone: Understanding) -> None:
    turn = words_alone("where the hell is my parcel?! call 138 1234 5678", language="zh-CN")
    assert (turn.language, turn.upset, turn.abusive, turn.injection) == ("zh", True, False, False)
    assert "[phone]" in turn.masked
    assert "1234" not in turn.masked
    assert turn.scores[0][1] >= turn.scores[1][1]
    assert 0 <= turn.confidence <= 1


def test_injections_ask_for_nothing_dangerous(words_alone: Understanding) -> None:
    for text in injections():
        turn = words_alone(text)
        assert turn.injection
        assert "\u200b" not in turn.text


@pytest.mark.parametrize("text", ["好" * 3000, "x" * 100_000])
def test_a_flood_is_refused(words_alone: Understanding, text: str) -> None:
    with pytest.raises(InputError, match="MESSAGE_TOO_LONG"):
        words_alone(text)


def test_strange_messages_are_understood_as_something(words_alone: Understanding) -> None:
    for text in ("?", "…", "1" * 2000, "一" * 2000, "a " * 1000, "x1" * 1000, "«»", "١٢٣ كم السعر", "ราคาเท่าไหร่", "💥"):
        assert words_alone(text).language in ("en", "zh")


def test_threads_hear_the_same(words_alone: Understanding) -> None:
    texts = [text for text, _ in HELD_OUT[:60]]
    alone = [words_alone(text) for text in texts]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(words_alone, texts)) == alone


def test_training_learns_and_is_repeatable(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    centres = rng.normal(size=(3, 16))
    labels = ["lamp", "sofa", "rug"] * 30
    texts = [f"{label} {i % 7}" for i, label in enumerate(labels)]
    vectors = np.stack([centres[i % 3] + 0.3 * rng.normal(size=16) for i in range(90)]).astype(np.float32)
    options = FitOptions(buckets=256, iterations=30)
    one = fit(texts, vectors, labels, options=options)
    two = fit(texts, vectors, labels, options=options)
    assert np.array_equal(one.meaning, two.meaning)
    one.save(tmp_path / "one.npz", "d")
    kept, made_of = load(tmp_path / "one.npz")
    assert made_of == "d"
    for embeddings in (vectors, None):
        chances = kept.probabilities(texts, embeddings)
        assert np.allclose(chances.sum(1), 1, atol=1e-5)
        assert [kept.labels[i] for i in chances.argmax(1)] == labels
