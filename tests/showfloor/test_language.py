"""Hashed features and the regression on them."""

from __future__ import annotations

import io

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from showfloor.language.features import Hashing, hashed, tokens
from showfloor.language.regression import Softmax, calibration_error, fit, temperature


def test_tokens_of_both_languages() -> None:
    assert tokens("It DIDN’T fit!😀") == ["it", "didn't", "fit", "!", "😀"]
    assert tokens("质量很好，Great") == ["质", "量", "很", "好", ",", "great"]
    assert tokens("cafe\u0301 CAFÉ") == ["cafe", "cafe"]


def test_rows_have_length_one_and_do_not_change() -> None:
    rows = hashed(["great value", "", "很好"], Hashing(width=64))
    assert rows.shape == (3, 64)
    assert np.linalg.norm(rows.toarray(), axis=1) == pytest.approx([1, 0, 1], abs=1e-6)
    words = hashed(["a"], Hashing(width=1000, words=1, characters=(0, 0)))
    assert words.indices.tolist() == [563]  # crc32(b"w a") % 1000: heads that were trained rely on it


def test_fit_separates_and_meets_the_optimum() -> None:
    random = np.random.default_rng(1)
    labels = random.integers(0, 3, 300)
    dense = random.normal(size=(300, 5))
    dense[np.arange(300), labels] += 2
    sparse = csr_matrix(np.eye(3)[labels] * (random.random((300, 1)) < 0.3))
    head = fit([dense, sparse], labels, 3, penalty=(0.01, 0.02))
    assert (head.logits([dense, sparse]).argmax(1) == labels).mean() > 0.85
    error = (head.probabilities([dense, sparse]) - np.eye(3)[labels]) / 300
    assert np.abs(dense.T @ error + 0.01 * head.weights[0]).max() < 1e-3  # the gradient is gone
    with pytest.raises(ValueError, match="features are"):
        head.logits([dense])


def test_temperature_makes_confidence_honest() -> None:
    random = np.random.default_rng(2)
    true = random.normal(size=(4000, 2)) * 1.5
    chance = 1 / (1 + np.exp(true[:, 0] - true[:, 1]))
    labels = (random.random(4000) < chance).astype(int)
    assert temperature(4 * true, labels) == pytest.approx(4, rel=0.15)
    head = Softmax((np.eye(2) * 4,), np.zeros(2))
    before = calibration_error(head.probabilities([true]), labels)
    after = calibration_error(head.calibrated([true], labels).probabilities([true]), labels)
    assert after < 0.03 < before


def test_a_head_survives_its_file() -> None:
    head = fit([np.eye(4)], np.array([0, 1, 0, 1]), 2, penalty=0.1)
    file = io.BytesIO()
    np.savez_compressed(file, **head.arrays())
    file.seek(0)
    again = Softmax.from_arrays(np.load(file))
    assert again.probabilities([np.eye(4)]) == pytest.approx(head.probabilities([np.eye(4)]), abs=1e-3)
