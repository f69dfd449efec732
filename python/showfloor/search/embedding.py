"""Texts as vectors: near in meaning, in any of a hundred languages, is near in direction.

multilingual-e5-small: 12 layers, 384 wide, weights of four bits, run by ONNX Runtime.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime

from showfloor.search.e5_file import Array, E5File, read_e5, unpack
from showfloor.search.e5_graph import to_onnx

MODEL = "e5-small"
MAX_TOKENS = 256
"""Tokens of one text that are read; the rest of a long description says little more."""
_SPACE = "\u2581"
_UNKNOWN_PENALTY = 10.0
_TOKENS_AT_ONCE = 2048


class Embedder:
    """The model, loaded. Safe to call from several threads.

    Raises:
        MachineError: MODEL_DAMAGED.
    """

    def __init__(self, path: Path, threads: int = 1) -> None:
        self._model: E5File = read_e5(path)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(to_onnx(self._model), options, ["CPUExecutionProvider"])
        self.width = self._model.width
        self._longest = max(map(len, self._model.pieces))
        self._unknown_score = min(score for _, score in self._model.pieces.values()) - _UNKNOWN_PENALTY

    def query(self, text: str) -> Array:
        """What a shopper typed as a vector of length 1."""
        return self._embed(["query: " + text])[0]

    def passages(self, texts: Sequence[str]) -> Array:
        """Texts to be found, one row each, of length 1."""
        return self._embed(["passage: " + text for text in texts])

    def tokens(self, text: str) -> list[int]:
        """Ids of the most likely pieces of ``text`` (unigram model), without begin and end."""
        model = self._model
        read = "".join(model.replacements.get(ord(c), c) for c in text)
        while "  " in read:
            read = read.replace("  ", " ")
        read = (read if read.startswith(" ") else " " + read).replace(" ", _SPACE)
        best = [(0.0, 0, 0)] + [(-1e30, 0, model.unknown)] * len(read)
        for begin in range(len(read)):
            score = best[begin][0]
            if score + self._unknown_score > best[begin + 1][0]:
                best[begin + 1] = (score + self._unknown_score, begin, model.unknown)
            for end in range(begin + 1, min(begin + self._longest, len(read)) + 1):
                piece = model.pieces.get(read[begin:end])
                if piece is not None and piece[0] != model.unknown and score + piece[1] > best[end][0]:
                    best[end] = (score + piece[1], begin, piece[0])
        ids, at = [], len(read)
        while at > 0:
            _, at, token = best[at]
            ids.append(token)
        return ids[::-1]

    def _embed(self, texts: Sequence[str]) -> Array:
        model = self._model
        rows = [[model.begin, *self.tokens(t[: 8 * MAX_TOKENS])[: MAX_TOKENS - 2], model.end] for t in texts]
        out = np.empty((len(rows), self.width), np.float32)
        order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
        while order:  # texts of one length together, so that little is padding
            longest = len(rows[order[-1]])
            now = order[-max(1, _TOKENS_AT_ONCE // longest) :]
            del order[-len(now) :]
            out[now] = self._forward([rows[i] for i in now], longest)
        return out

    def _forward(self, rows: Sequence[Sequence[int]], length: int) -> Array:
        m = self._model
        ids = np.zeros((len(rows), length), np.int64)
        held = np.zeros((len(rows), length), np.float32)
        for i, row in enumerate(rows):
            ids[i, : len(row)], held[i, : len(row)] = row, 1
        x = unpack(m.words[ids.ravel()]).reshape(*ids.shape, m.width)
        x += m.vectors["emb.pos"].reshape(-1, m.width)[:length] + m.vectors["emb.type"][: m.width]
        hidden = np.where(held, 0, -1e9).astype(np.float32)[:, None, None, :]
        (y,) = self._session.run(None, {"x": x, "hidden": hidden})
        mean = (y * held[..., None]).sum(1)
        return mean / np.linalg.norm(mean, axis=1, keepdims=True)
