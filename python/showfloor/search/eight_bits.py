"""Vectors as eight-bit integers: a quarter of the memory to read for each query, and cosines right to 0.001.

What they are compared with has sixteen bits; it is one, and costs nothing.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from showfloor.search.e5_file import Array

Bytes = NDArray[np.int8]
Words = NDArray[np.int16]


def rounded(vector: Array) -> tuple[Bytes, float]:
    """Integers of -127 to 127, and what one of them is worth."""
    step = max(float(np.abs(vector).max()) / 127, 1e-12)
    return np.rint(vector / step).astype(np.int8), step


def finely_rounded(vector: Array) -> tuple[Words, float]:
    """Integers of -32767 to 32767, and what one of them is worth."""
    step = max(float(np.abs(vector).max()) / 32767, 1e-12)
    return np.rint(vector / step).astype(np.int16), step


@numba.njit("float32[:](int8[:,::1], int16[::1])", nogil=True, cache=True)
def products(rows: Bytes, vector: Words) -> Array:
    """The inner product of ``vector`` with each row, of at most 512 numbers: more might not fit the sum."""
    out = np.empty(rows.shape[0], np.float32)
    for i in range(rows.shape[0]):
        total = np.int32(0)
        for j in range(rows.shape[1]):
            total += np.int32(rows[i, j]) * np.int32(vector[j])
        out[i] = total
    return out
