"""The text embedding: tokens, the graph against plain NumPy, damaged files, and the real weights where they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from showfloor.search.eight_bits import products, rounded
from showfloor.search.embedding import MAX_TOKENS, MODEL, Embedder

from assets_pipeline import models
from assets_pipeline.errors import MachineError
from tests.showfloor import tiny_e5


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> tuple[Embedder, dict[str, tiny_e5.Array]]:
    path = tmp_path_factory.mktemp("model") / "tiny.bin"
    tensors = tiny_e5.write(path)
    return Embedder(path), tensors


def pieces(embedder: Embedder, text: str) -> list[str]:
    names = list(dict.fromkeys(tiny_e5.PIECES))
    return [names[i] for i in embedder.tokens(text)]


def test_the_longest_likely_pieces_win(tiny: tuple[Embedder, dict[str, tiny_e5.Array]]) -> None:
    embedder, _ = tiny
    assert pieces(embedder, "red shoes") == ["\u2581red", "\u2581shoe", "s"]
    assert pieces(embedder, "red  shoe\u200bs") == ["\u2581red", "\u2581shoe", "s"]
    assert pieces(embedder, "沙发") == ["\u2581", "沙发"]
    assert pieces(embedder, "Ａ火") == ["\u2581", "A", "<unk>"]
    assert pieces(embedder, "") == ["\u2581"]


def test_the_graph_computes_what_the_book_says(tiny: tuple[Embedder, dict[str, tiny_e5.Array]]) -> None:
    embedder, tensors = tiny
    texts = ["red shoes", "沙发", "a longer text about red shoes and more", "x"]
    found = embedder.passages(texts)
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    right = np.array([tiny_e5.expected(tensors, [0, *embedder.tokens("passage: " + text), 2]) for text in texts])
    cosines = found @ right.T
    assert cosines.diagonal().min() > 0.999  # the graph rounds what it multiplies to eight bits
    assert cosines.argmax(axis=1).tolist() == [0, 1, 2, 3]


def test_a_text_does_not_depend_on_its_neighbours(tiny: tuple[Embedder, dict[str, tiny_e5.Array]]) -> None:
    embedder, _ = tiny
    alone = embedder.passages(["red"])[0]
    beside = embedder.passages(["red", "shoes " * 50])[0]
    assert np.allclose(alone, beside, atol=1e-4)


def test_long_and_strange_texts_are_cut_not_refused(tiny: tuple[Embedder, dict[str, tiny_e5.Array]]) -> None:
    embedder, _ = tiny
    assert np.isfinite(embedder.query("red shoes " * 20_000)).all()
    assert np.isfinite(embedder.query("\0\ud7ff\u202e🙂")).all()
    assert MAX_TOKENS <= tiny_e5.POSITIONS


@pytest.mark.parametrize("damage", ["magic", "short", "empty", "header"])
def test_a_damaged_file_is_named(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "model.bin"
    tiny_e5.write(path)
    data = path.read_bytes()
    path.write_bytes(
        {"magic": b"X" + data[1:], "short": data[: len(data) // 2], "empty": b"", "header": data[:40] + b"\xff" * 8}[
            damage
        ]
    )
    with pytest.raises(MachineError) as error:
        Embedder(path)
    assert error.value.code == "MODEL_DAMAGED"


def test_eight_bits_are_enough_to_compare() -> None:
    dice = np.random.default_rng(3)
    rows = dice.normal(0, 1, (2000, 384)).astype(np.float32)
    rows[0] *= 50  # whatever the length
    asked = dice.normal(0, 1, 384).astype(np.float32)
    rows, asked = rows / np.linalg.norm(rows, axis=1, keepdims=True), asked / np.linalg.norm(asked)
    integers, steps = zip(*(rounded(row) for row in rows))
    found = products(np.array(integers), asked) * np.array(steps)
    assert np.abs(found - rows @ asked).max() < 0.002  # of 2,000, at random
    assert not rounded(np.zeros(384, np.float32))[0].any()


def test_the_real_model_knows_both_languages() -> None:
    try:
        path = models.path(MODEL)
    except MachineError:
        pytest.skip("showfloor models pull e5-small")
    embedder = Embedder(path)
    rows = embedder.passages(["A three-seat sofa", "Red running shoes", "A steel kitchen knife"])
    assert int(np.argmax(rows @ embedder.query("沙发"))) == 0
    assert int(np.argmax(rows @ embedder.query("跑鞋"))) == 1
    assert int(np.argmax(rows @ embedder.query("something to cut vegetables with"))) == 2
