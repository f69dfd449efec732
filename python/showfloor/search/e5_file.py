"""The file of the text embedding model: multilingual-e5-small, 4 bits a weight, with its vocabulary."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assets_pipeline.errors import MachineError

MAGIC = b"E5S1"
BLOCK = 32
_BLOCK_TYPE = np.dtype([("scale", "<f2"), ("nibbles", "u1", (BLOCK // 2,))])
_MAX_PIECES = 1_000_000

Array = NDArray[np.float32]


@dataclass(frozen=True)
class E5File:
    """``matrices`` and ``words`` stay packed: rows of blocks of 32 weights with one scale."""

    width: int
    layers: int
    heads: int
    positions: int
    epsilon: float
    pieces: dict[str, tuple[int, float]]
    """Piece of text to its id and log probability."""
    begin: int
    end: int
    unknown: int
    replacements: dict[int, str]
    """Character to what the model reads instead."""
    words: NDArray[np.void]
    matrices: dict[str, NDArray[np.void]]
    vectors: dict[str, Array]


def read_e5(path: Path) -> E5File:
    """
    Raises:
        MachineError: MODEL_DAMAGED.
    """
    try:
        return _read(path.read_bytes())
    except (OSError, ValueError, KeyError, IndexError, struct.error) as error:
        raise MachineError(
            "MODEL_DAMAGED",
            f"{path.name} is not the text embedding model: {error}.",
            "Delete it and run: showfloor models pull e5-small",
        ) from error


def unpack(blocks: NDArray[np.void]) -> Array:
    """Rows of packed blocks as numbers: a weight is its four bits less eight, times the scale of its block."""
    nibbles = blocks["nibbles"]
    values = np.concatenate([nibbles & 15, nibbles >> 4], axis=-1).astype(np.float32) - 8
    values *= blocks["scale"].astype(np.float32)[..., None]
    return values.reshape(*blocks.shape[:-1], -1)


def _read(data: bytes) -> E5File:
    if data[:4] != MAGIC:
        raise ValueError("it begins otherwise")
    width, layers, heads, inner, words, positions, _types = struct.unpack_from("<7i", data, 8)
    epsilon, block = struct.unpack_from("<fi", data, 36)
    n, begin, end, _pad, unknown, length = struct.unpack_from("<5iQ", data, 44)
    if block != BLOCK or not 0 < n <= _MAX_PIECES or width % BLOCK or inner % BLOCK:
        raise ValueError("its header makes no sense")
    at = 72
    offsets = np.frombuffer(data, "<u4", n + 1, at)
    scores = np.frombuffer(data, "<f4", n, at + 4 * (n + 1))
    at += 4 * (2 * n + 1)
    blob = data[at : at + length]
    at += length
    pieces = {
        blob[a:b].decode(): (i, float(score))
        for i, (a, b, score) in enumerate(zip(offsets[:-1].tolist(), offsets[1:].tolist(), scores.tolist()))
        if b > a
    }
    replacements, at = _replacements(data, at)
    tensors = _directory(data, at)
    matrices, vectors = {}, {}
    shapes = {"q.w": width, "k.w": width, "v.w": width, "ao.w": width, "fi.w": width, "fo.w": inner}
    for name, (offset, count) in tensors.items():
        inputs = shapes.get(name.partition(".")[2])
        if inputs is None:
            if name != "emb.word":
                vectors[name] = np.frombuffer(data, "<f4", count, offset)
            continue
        rows = count // inputs
        matrices[name] = _blocks(data, offset, rows, inputs)
    return E5File(
        width=width,
        layers=layers,
        heads=heads,
        positions=positions,
        epsilon=epsilon,
        pieces=pieces,
        begin=begin,
        end=end,
        unknown=unknown,
        replacements=replacements,
        words=_blocks(data, tensors["emb.word"][0], words, width),
        matrices=matrices,
        vectors=vectors,
    )


def _blocks(data: bytes, offset: int, rows: int, inputs: int) -> NDArray[np.void]:
    return np.frombuffer(data, _BLOCK_TYPE, rows * inputs // BLOCK, offset).reshape(rows, inputs // BLOCK)


def _replacements(data: bytes, at: int) -> tuple[dict[int, str], int]:
    count, length = struct.unpack_from("<iI", data, at)
    at += 8
    end, found = at + length, {}
    for _ in range(count):
        character, n = struct.unpack_from("<IB", data, at)
        found[character] = "".join(map(chr, struct.unpack_from(f"<{n}I", data, at + 5)))
        at += 5 + 4 * n
    return found, end


def _directory(data: bytes, at: int) -> dict[str, tuple[int, int]]:
    """Name of each tensor to its offset and number of values."""
    (count,) = struct.unpack_from("<i", data, at)
    at += 4
    found = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode()
        at += 2 + length
        _type, values, offset, _bytes = struct.unpack_from("<BIQQ", data, at)
        at += 21
        found[name] = (offset, values)
    return found
