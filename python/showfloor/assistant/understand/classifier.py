"""Intents from two views of a text: what it means (a multilingual embedding) and which words it has (hashed).

Each view has its multinomial logistic regression; their scores are added with weights fitted for the best calibrated
probabilities, on texts that trained neither. Without an embedding the words decide alone, with their own weight.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from showfloor.assistant.understand.features import Array, hashed


def centred(embeddings: Array, mean: Array) -> Array:
    """Embeddings without their common part, of length 1: those of e5 all point into one narrow cone."""
    moved = embeddings - mean
    return np.asarray(moved / np.maximum(np.linalg.norm(moved, axis=-1, keepdims=True), 1e-9), np.float32)


@dataclass(frozen=True)
class Classifier:
    """Both regressions. Rows of ``meaning`` and ``words`` are features and, last, the bias; columns are labels."""

    labels: tuple[str, ...]
    mean: Array
    meaning: Array
    words: Array
    weights: tuple[float, float]
    """Of meaning and words where both are known."""
    weight_alone: float
    """Of the words where the meaning is not."""

    def probabilities(self, texts: Sequence[str], embeddings: Array | None) -> Array:
        """``(N, labels)``, rows sum to 1. ``embeddings`` ``(N, width)`` or None."""
        scores = hashed(texts, len(self.words) - 1) @ self.words[:-1] + self.words[-1]
        if embeddings is None:
            return softmax(self.weight_alone * scores)
        near = centred(embeddings, self.mean) @ self.meaning[:-1] + self.meaning[-1]
        return softmax(self.weights[0] * near + self.weights[1] * scores)

    def save(self, path: Path, digest: str) -> None:
        """Writes the arrays; ``digest`` tells of what they were made."""
        out = io.BytesIO()
        steps = {name: np.abs(getattr(self, name)).max() / 127 for name in ("meaning", "words")}
        np.savez_compressed(
            out,
            labels=np.array(self.labels),
            mean=self.mean.astype(np.float32),
            **{name: np.round(getattr(self, name) / step).astype(np.int8) for name, step in steps.items()},
            steps=np.array(list(steps.values()), np.float32),
            weights=np.array([*self.weights, self.weight_alone], np.float32),
            digest=np.array(digest),
        )
        path.write_bytes(out.getvalue())


def load(path: Path) -> tuple[Classifier, str]:
    """A saved classifier and its digest."""
    with np.load(path, allow_pickle=False) as held:
        meaning, words = held["meaning"] * held["steps"][0], held["words"] * held["steps"][1]
        a, b, alone = (float(w) for w in held["weights"])
        labels = tuple(str(label) for label in held["labels"])
        return Classifier(labels, held["mean"], meaning, words, (a, b), alone), str(held["digest"])


def softmax(scores: NDArray[np.floating]) -> Array:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)
