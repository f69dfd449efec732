"""A text embedding model of the build of the real one, small and random, and its right answers in plain NumPy."""

from __future__ import annotations

import math
import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

WIDTH, LAYERS, HEADS, INNER, POSITIONS = 64, 2, 4, 128, 300
SPECIAL = ["<s>", "<pad>", "</s>", "<unk>"]
PIECES = [*SPECIAL, *(chr(c) for c in range(33, 127)), "\u2581", "\u2581red", "shoe", "\u2581shoe", "s", "沙", "沙发"]
REPLACED = {ord("Ａ"): "A", 0x200B: ""}
Array = NDArray[Any]


def pack(values: Array) -> tuple[bytes, Array]:
    """Q4_0 blocks, and the numbers that they stand for."""
    blocks = values.reshape(-1, 32)
    scales = (np.abs(blocks).max(1) / 7).astype(np.float16)
    nibbles = np.clip(np.round(blocks / scales[:, None].astype(np.float32)) + 8, 0, 15).astype(np.uint8)
    data = b"".join(
        s.tobytes() + (n[:16] | n[16:] << 4).tobytes() for s, n in zip(scales.astype("<f2"), nibbles, strict=True)
    )
    return data, ((nibbles.astype(np.float32) - 8) * scales.astype(np.float32)[:, None]).reshape(values.shape)


def write(path: Path, seed: int = 1) -> dict[str, Array]:
    """Write the file; its tensors as plain numbers."""
    random = np.random.default_rng(seed)
    vocabulary = list(dict.fromkeys(PIECES))
    shapes: dict[str, tuple[int, ...]] = {"emb.word": (len(vocabulary), WIDTH), "emb.pos": (POSITIONS, WIDTH)}
    shapes |= {"emb.type": (1, WIDTH), "emb.ln.w": (WIDTH,), "emb.ln.b": (WIDTH,)}
    for layer in range(LAYERS):
        for name in ("q", "k", "v", "ao"):
            shapes |= {f"l{layer}.{name}.w": (WIDTH, WIDTH), f"l{layer}.{name}.b": (WIDTH,)}
        shapes |= {f"l{layer}.fi.w": (INNER, WIDTH), f"l{layer}.fi.b": (INNER,)}
        shapes |= {f"l{layer}.fo.w": (WIDTH, INNER), f"l{layer}.fo.b": (WIDTH,)}
        shapes |= {f"l{layer}.{name}.{end}": (WIDTH,) for name in ("aln", "oln") for end in "wb"}
    tensors, parts = {}, []
    for name, shape in shapes.items():
        values = random.normal(0, 0.3, shape).astype(np.float32) + (1 if name.endswith("ln.w") else 0)
        packed = name == "emb.word" or (name.endswith(".w") and not name.endswith("ln.w"))
        data, tensors[name] = pack(values) if packed else (values.tobytes(), values)
        parts.append((name, int(packed), values.size, data))
    encoded = [piece.encode() for piece in vocabulary]
    offsets = np.cumsum([0, *map(len, encoded)]).astype("<u4")
    scores = np.array([-5.0 - 1 / len(piece) + len(piece) for piece in vocabulary], "<f4")
    out = b"E5S1" + struct.pack("<I7i", 1, WIDTH, LAYERS, HEADS, INNER, len(vocabulary), POSITIONS, 1)
    out += struct.pack("<fi", 1e-12, 32) + struct.pack("<5iQ", len(vocabulary), 0, 2, 1, 3, int(offsets[-1]))
    out += offsets.tobytes() + scores.tobytes() + b"".join(encoded)
    replaced = b"".join(
        struct.pack(f"<IB{len(to)}I", character, len(to), *map(ord, to)) for character, to in sorted(REPLACED.items())
    )
    out += struct.pack("<iI", len(REPLACED), len(replaced)) + replaced
    directory = sum(2 + len(name) + 21 for name, *_ in parts) + 4
    at, entries, blob = len(out) + directory, b"", b""
    for name, kind, count, data in parts:
        entries += struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", kind, count, at, len(data))
        at += len(data)
        blob += data
    path.write_bytes(out + struct.pack("<i", len(parts)) + entries + blob)
    return tensors


def expected(t: dict[str, Array], ids: list[int]) -> Array:
    """The vector of one text, token ids with begin and end, by the book."""

    def normal(x: Array, name: str) -> Array:
        x = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-12)
        return x * t[name + ".w"] + t[name + ".b"]

    def linear(x: Array, name: str) -> Array:
        return x @ t[name + ".w"].T + t[name + ".b"]

    x = normal(t["emb.word"][ids] + t["emb.pos"][: len(ids)] + t["emb.type"][0], "emb.ln")
    for layer in range(LAYERS):
        q, k, v = (linear(x, f"l{layer}.{name}") for name in "qkv")
        mixed = []
        for head in range(HEADS):
            part = slice(head * WIDTH // HEADS, (head + 1) * WIDTH // HEADS)
            weights = np.exp(q[:, part] @ k[:, part].T / math.sqrt(WIDTH / HEADS))
            mixed.append(weights / weights.sum(-1, keepdims=True) @ v[:, part])
        x = normal(x + linear(np.concatenate(mixed, -1), f"l{layer}.ao"), f"l{layer}.aln")
        inner = linear(x, f"l{layer}.fi")
        inner = inner * 0.5 * (1 + np.vectorize(math.erf)(inner / math.sqrt(2)))
        x = normal(x + linear(inner, f"l{layer}.fo"), f"l{layer}.oln")
    mean = x.mean(0)
    return mean / np.linalg.norm(mean)
