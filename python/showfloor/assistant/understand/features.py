"""What a classifier sees of a text without a model of language: words, pairs of words and pieces of words, hashed."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from showfloor.search.words import folded, singular

Array = NDArray[np.float32]
_TOKEN = re.compile(r"[一-鿿㐀-䶿]|[^\W\d_一-鿿㐀-䶿]+|\d+|[?!]")
_APOSTROPHE = re.compile(r"['’`]")
_PIECES = (3, 4, 5)


def tokens(text: str) -> list[str]:
    """Words, single Chinese characters, and # for any number."""
    found = _TOKEN.findall(_APOSTROPHE.sub("", folded(text)))
    return ["#" if t[0].isdecimal() else singular(t) for t in found]


def pieces(text: str) -> Iterator[str]:
    """Words, pairs and triples of neighbours, and pieces of 3 to 5 letters."""
    read = ["<", *tokens(text), ">"]
    for n in (1, 2, 3):
        for i in range(len(read) - n + 1):
            yield " ".join(read[i : i + n])
    for word in read:
        if len(word) > 2:
            marked = f"<{word}>"
            for n in _PIECES:
                for i in range(len(marked) - n + 1):
                    yield "~" + marked[i : i + n]


def hashed(texts: Sequence[str], buckets: int) -> sparse.csr_matrix:
    """One row of ``buckets`` numbers a text, of length 1: the logarithm of how often each piece stands there
    (feature hashing, Weinberger et al. 2009)."""
    at = [0]
    columns: list[int] = []
    values: list[Array] = []
    for text in texts:
        row: Counter[int] = Counter(zlib.crc32(piece.encode()) % buckets for piece in pieces(text))
        counts = 1 + np.log(np.fromiter(row.values(), np.float32, len(row)))
        columns.extend(row)
        values.append(counts / np.linalg.norm(counts))
        at.append(len(columns))
    data = np.concatenate(values) if values else np.empty(0, np.float32)
    return sparse.csr_matrix((data, np.array(columns, np.int32), at), (len(texts), buckets), dtype=np.float32)
