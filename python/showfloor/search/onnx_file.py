"""Writes the few parts of an ONNX model that the text embedding needs: nodes, weights, inputs, outputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_TYPES = {"float32": 1, "uint8": 2, "int64": 7}
_FLOAT = 1


def node(
    kind: str, inputs: Sequence[str], output: str, domain: str = "", **attributes: int | float | list[int]
) -> bytes:
    """A NodeProto."""
    fields = [_bytes(1, name.encode()) for name in inputs] + [_bytes(2, output.encode()), _bytes(4, kind.encode())]
    fields += [_bytes(5, _attribute(name, value)) for name, value in attributes.items()]
    return b"".join([*fields, _bytes(7, domain.encode())])


def weights(name: str, values: NDArray[Any]) -> bytes:
    """A TensorProto."""
    dims = b"".join(_number(1, n) for n in values.shape)
    return dims + _number(2, _TYPES[str(values.dtype)]) + _bytes(8, name.encode()) + _bytes(9, values.tobytes())


def model(nodes: Sequence[bytes], tensors: Sequence[bytes], inputs: Sequence[tuple[str, int]], output: str) -> bytes:
    """A ModelProto. ``inputs`` are names and ranks of float tensors of any size."""
    graph = b"".join(
        [
            *(_bytes(1, n) for n in nodes),
            _bytes(2, b"graph"),
            *(_bytes(5, t) for t in tensors),
            *(_bytes(11, _value(name, rank)) for name, rank in inputs),
            _bytes(12, _bytes(1, output.encode())),
        ]
    )
    opsets = _bytes(8, _number(2, 17)) + _bytes(8, _bytes(1, b"com.microsoft") + _number(2, 1))
    return _number(1, 8) + opsets + _bytes(7, graph)


def _value(name: str, rank: int) -> bytes:
    shape = b"".join(_bytes(1, _bytes(2, f"{name}{axis}".encode())) for axis in range(rank))
    tensor = _number(1, _FLOAT) + _bytes(2, shape)
    return _bytes(1, name.encode()) + _bytes(2, _bytes(1, tensor))


def _attribute(name: str, value: int | float | list[int]) -> bytes:
    head = _bytes(1, name.encode())
    if isinstance(value, float):
        return head + b"\x15" + np.float32(value).tobytes() + _number(20, 1)
    if isinstance(value, int):
        return head + _number(3, value) + _number(20, 2)
    return head + b"".join(_number(8, v) for v in value) + _number(20, 7)


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value & (1 << 64) - 1)


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])
