"""The encoder of multilingual-e5-small as an ONNX model whose weights keep their four bits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from showfloor.search import onnx_file
from showfloor.search.e5_file import BLOCK, E5File

_MICROSOFT = "com.microsoft"
_INTEGER_ACTIVATIONS = 4
"""accuracy_level of MatMulNBits: inputs are rounded to eight bits, which is what makes it fast."""


def to_onnx(file: E5File) -> bytes:
    """Inputs: ``x`` (texts, tokens, width), the embedded tokens; ``hidden`` (texts, 1, 1, tokens), -1e9 for padding."""
    graph = _Graph(file)
    x = graph.normal("x", "emb.ln")
    graph.tensor("heads", np.array([0, 0, file.heads, file.width // file.heads]))
    graph.tensor("flat", np.array([0, 0, file.width]))
    graph.tensor("scale", np.array(1 / np.sqrt(file.width // file.heads), np.float32))
    for layer in range(file.layers):
        at = f"l{layer}."
        q, k, v = (graph.add("Reshape", graph.linear(x, at + name), "heads") for name in ("q", "k", "v"))
        q, v = (graph.add("Transpose", part, perm=[0, 2, 1, 3]) for part in (q, v))
        k = graph.add("Transpose", k, perm=[0, 2, 3, 1])
        near = graph.add("Add", graph.add("Mul", graph.add("MatMul", q, k), "scale"), "hidden")
        mixed = graph.add("MatMul", graph.add("Softmax", near, axis=-1), v)
        mixed = graph.add("Reshape", graph.add("Transpose", mixed, perm=[0, 2, 1, 3]), "flat")
        x = graph.normal(graph.add("Add", x, graph.linear(mixed, at + "ao")), at + "aln")
        inner = graph.add("Gelu", graph.linear(x, at + "fi"), domain=_MICROSOFT)
        x = graph.normal(graph.add("Add", x, graph.linear(inner, at + "fo")), at + "oln")
    return onnx_file.model(graph.nodes, graph.tensors, [("x", 3), ("hidden", 4)], x)


class _Graph:
    """Nodes and weights, with a fresh name for each result."""

    def __init__(self, file: E5File) -> None:
        self._file = file
        self.nodes: list[bytes] = []
        self.tensors: list[bytes] = []

    def add(self, kind: str, *inputs: str, domain: str = "", **attributes: int | float | list[int]) -> str:
        output = f"v{len(self.nodes)}"
        self.nodes.append(onnx_file.node(kind, inputs, output, domain, **attributes))
        return output

    def tensor(self, name: str, values: NDArray[np.generic]) -> str:
        self.tensors.append(onnx_file.weights(name, values))
        return name

    def normal(self, x: str, name: str) -> str:
        scale, shift = (self.tensor(name + end, self._file.vectors[name + end]) for end in (".w", ".b"))
        return self.add("LayerNormalization", x, scale, shift, axis=-1, epsilon=self._file.epsilon)

    def linear(self, x: str, name: str) -> str:
        blocks = self._file.matrices[name + ".w"]
        rows, across = blocks.shape
        nibbles = np.concatenate([blocks["nibbles"] & 15, blocks["nibbles"] >> 4], axis=-1)
        packed = nibbles[..., 0::2] | nibbles[..., 1::2] << 4  # the runtime wants neighbours in one byte
        product = self.add(
            "MatMulNBits",
            x,
            self.tensor(name + ".q", packed),
            self.tensor(name + ".s", blocks["scale"].astype(np.float32).ravel()),
            domain=_MICROSOFT,
            K=across * BLOCK,
            N=rows,
            bits=4,
            block_size=BLOCK,
            accuracy_level=_INTEGER_ACTIVATIONS,
        )
        return self.add("Add", product, self.tensor(name + ".b", self._file.vectors[name + ".b"]))
