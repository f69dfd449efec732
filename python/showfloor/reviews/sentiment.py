"""Sentiment and aspect of short pieces of text, by small trained heads.

On multilingual-e5-small embeddings beside hashed n-grams and opinion words; without the embedding model on the latter
alone, which is worse. The heads are made by ``scripts/review_head.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

from showfloor.language.features import Hashing, hashed_tokens
from showfloor.language.regression import Array, Block, Softmax
from showfloor.reviews.lexicon import marked, opinion_features

HASHING = Hashing(width=2**14)
NEGATIVE, NEUTRAL, POSITIVE = range(3)
HEADS = "heads.npz"
Embed = Callable[[Sequence[str]], Array]
"""Texts to rows of length 1; ``Embedder.passages`` is one."""


def word_features(texts: Sequence[str]) -> list[Block]:
    return [hashed_tokens([marked(t) for t in texts], HASHING), opinion_features(texts)]


@dataclass(frozen=True)
class Heads:
    """``by_words`` reads words alone, ``by_meaning`` embeddings too; ``aspect`` reads embeddings alone.

    ``mean`` and ``scale`` standardise embeddings. The last aspect is none of them.
    """

    by_words: Softmax
    by_meaning: Softmax
    aspect: Softmax
    aspects: tuple[str, ...]
    mean: Array
    scale: Array

    def standard(self, rows: Array) -> Array:
        return np.asarray((rows - self.mean) / self.scale, np.float32)

    def sentiment(self, texts: Sequence[str], rows: Array | None = None) -> Array:
        """Probabilities of negative, neutral, positive, ``(N, 3)``; ``rows`` are the embeddings of the texts."""
        words = word_features(texts)
        if rows is None:
            return self.by_words.probabilities(words)
        return self.by_meaning.probabilities([self.standard(rows), *words])

    def arrays(self) -> dict[str, Any]:
        """For ``np.savez_compressed``."""
        parts = {"mean": self.mean, "scale": self.scale, "aspects": np.array(self.aspects)}
        for name in ("by_words", "by_meaning", "aspect"):
            parts |= {f"{name}.{k}": v for k, v in getattr(self, name).arrays().items()}
        return parts


def read_heads(arrays: Any) -> Heads:
    def head(name: str) -> Softmax:
        return Softmax.from_arrays({k.removeprefix(name + "."): arrays[k] for k in arrays if k.startswith(name + ".")})

    return Heads(
        head("by_words"), head("by_meaning"), head("aspect"), tuple(map(str, arrays["aspects"])),
        np.asarray(arrays["mean"], np.float32), np.asarray(arrays["scale"], np.float32),
    )  # fmt: skip


@cache
def heads() -> Heads:
    """The heads that are part of this package."""
    with resources.files("showfloor.reviews").joinpath(HEADS).open("rb") as file, np.load(file) as arrays:
        return read_heads(arrays)
