"""Texts as sparse rows: n-grams of words and characters, each in the column that its hash names.

Hashing needs no vocabulary (Weinberger et al., «Feature Hashing for Large Scale Multitask Learning», 2009), so a
trained head is an array of fixed size. CRC-32 is the hash: the same on every machine.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from showfloor.search.words import folded

_TOKEN = re.compile(r"[一-鿿㐀-䶿]+|[^\W_一-鿿㐀-䶿]+(?:['’][^\W_一-鿿㐀-䶿]+)*|[.,;:!?。，；：！？…]|[^\w\s]")
_CJK = re.compile(r"[一-鿿㐀-䶿]")


@dataclass(frozen=True)
class Hashing:
    """Which n-grams become features."""

    width: int = 2**15
    """Columns."""
    words: int = 2
    """Words of the longest word n-gram; 0: none. Of Chinese, which has no spaces, characters count as words."""
    characters: tuple[int, int] = (3, 5)
    """Shortest and longest run of letters inside one word; (0, 0): none."""

    def __post_init__(self) -> None:
        if self.width < 2 or self.words < 0 or not 0 <= self.characters[0] <= self.characters[1]:
            raise ValueError(f"no such hashing: {self}")


def tokens(text: str) -> list[str]:
    """Words in lower case without accents, each Chinese character by itself, punctuation and emoji."""
    found: list[str] = []
    for run in _TOKEN.findall(folded(text)):
        found += run if _CJK.match(run) else [run.replace("’", "'")]
    return found


def hashed(texts: Sequence[str], hashing: Hashing = Hashing()) -> csr_matrix:
    """One row of length 1 for each text, ``(N, width) float32``; counts enter as 1 + log. Empty texts: 0."""
    return hashed_tokens([tokens(text) for text in texts], hashing)


def hashed_tokens(rows: Sequence[Sequence[str]], hashing: Hashing = Hashing()) -> csr_matrix:
    """As ``hashed``, of tokens that the caller has prepared."""
    columns: list[int] = []
    values: list[float] = []
    ends = [0]
    for row in rows:
        counts = Counter(zlib.crc32(gram.encode()) % hashing.width for gram in _grams(row, hashing))
        weights = 1 + np.log(np.fromiter(counts.values(), np.float32, len(counts)))
        if len(weights):
            weights /= np.linalg.norm(weights)
        columns += counts
        values += weights.tolist()
        ends.append(len(columns))
    shape = (len(rows), hashing.width)
    return csr_matrix((np.array(values, np.float32), np.array(columns, np.int32), np.array(ends)), shape)


def _grams(row: Sequence[str], hashing: Hashing) -> Iterator[str]:
    for length in range(1, hashing.words + 1):
        for begin in range(len(row) - length + 1):
            yield "w " + " ".join(row[begin : begin + length])
    short, long = hashing.characters
    if not long:
        return
    for word in row:
        if len(word) < 2 or _CJK.match(word):
            continue
        padded = f"<{word}>"
        for length in range(short, min(long, len(padded)) + 1):
            for begin in range(len(padded) - length + 1):
                yield "c " + padded[begin : begin + length]
