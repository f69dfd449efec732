"""Multinomial logistic regression on dense and sparse features side by side, with calibrated probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax, softmax

Array = NDArray[Any]
Block: TypeAlias = Any
"""Features of N texts: ``(N, width)``, a NumPy array or a ``csr_matrix``."""


@dataclass(frozen=True)
class Softmax:
    """A trained head. ``weights`` has one ``(width, classes)`` array for each block of features, in their order."""

    weights: tuple[Array, ...]
    bias: Array
    temperature: float = 1.0

    def logits(self, blocks: Sequence[Block]) -> Array:
        """``(N, classes) float32``, before the temperature.

        Raises:
            ValueError: The blocks are not those that it was trained on.
        """
        if [b.shape[1] for b in blocks] != [w.shape[0] for w in self.weights]:
            raise ValueError(f"features are {[b.shape for b in blocks]}, weights {[w.shape for w in self.weights]}")
        return np.asarray(sum(b @ w for b, w in zip(blocks, self.weights, strict=True)) + self.bias, np.float32)

    def probabilities(self, blocks: Sequence[Block]) -> Array:
        """``(N, classes)``, rows sum to 1."""
        return np.asarray(softmax(self.logits(blocks) / self.temperature, axis=1))

    def calibrated(self, blocks: Sequence[Block], labels: Array) -> Softmax:
        """With the temperature that fits texts which it was not trained on."""
        return replace(self, temperature=temperature(self.logits(blocks), labels))

    def arrays(self) -> dict[str, Array]:
        """For ``np.savez_compressed``; weights in half precision."""
        parts = {f"weights{i}": w.astype(np.float16) for i, w in enumerate(self.weights)}
        return parts | {"bias": self.bias.astype(np.float32), "temperature": np.asarray(self.temperature, np.float32)}

    @classmethod
    def from_arrays(cls, arrays: Any) -> Softmax:
        """From what ``arrays`` gave, as ``np.load`` returns it."""
        names = sorted((n for n in arrays if n.startswith("weights")), key=lambda n: int(n.removeprefix("weights")))
        weights = tuple(np.asarray(arrays[n], np.float32) for n in names)
        return cls(weights, np.asarray(arrays["bias"], np.float32), float(arrays["temperature"]))


def fit(
    blocks: Sequence[Block],
    labels: Array,
    classes: int,
    *,
    penalty: float | Sequence[float] = 1e-3,
    sample_weights: Array | None = None,
    steps: int = 200,
) -> Softmax:
    """Weights with the least mean cross entropy + penalty / 2 · squared weights, by L-BFGS (Liu and Nocedal, 1989).

    ``labels``: ``(N,)`` integers from 0. ``penalty``: one for all blocks, or one each. Deterministic.
    """
    from scipy.optimize import minimize

    penalties = [float(penalty)] * len(blocks) if isinstance(penalty, (int, float)) else list(penalty)
    count = len(labels)
    shapes = [(b.shape[1], classes) for b in blocks]
    ends = np.cumsum([0] + [a * c for a, c in shapes])
    share = np.full(count, 1.0) if sample_weights is None else np.asarray(sample_weights, float)
    share = (share / share.sum())[:, None]
    truth = np.zeros((count, classes))
    truth[np.arange(count), labels] = 1.0

    def unpack(flat: Array) -> list[Array]:
        return [flat[ends[i] : ends[i + 1]].reshape(shape) for i, shape in enumerate(shapes)]

    def loss(flat: Array) -> tuple[float, Array]:
        parts = unpack(flat)
        scores = sum(b @ w for b, w in zip(blocks, parts, strict=True)) + flat[ends[-1] :]
        logs = log_softmax(scores, axis=1)
        error = share * (np.exp(logs) - truth)
        gradients = [(b.T @ error + p * w).ravel() for b, w, p in zip(blocks, parts, penalties, strict=True)]
        value = -float((share * truth * logs).sum()) + sum(
            p / 2 * float((w * w).sum()) for w, p in zip(parts, penalties, strict=True)
        )
        return value, np.concatenate([*gradients, error.sum(0)])

    found = minimize(loss, np.zeros(ends[-1] + classes), jac=True, method="L-BFGS-B", options={"maxiter": steps}).x
    return Softmax(tuple(w.astype(np.float32) for w in unpack(found)), found[ends[-1] :].astype(np.float32))


def temperature(logits: Array, labels: Array) -> float:
    """By which logits are divided so that probabilities are honest (Guo et al., 2017); of texts not trained on."""
    from scipy.optimize import minimize_scalar

    rows = np.arange(len(labels))

    def loss(log_t: float) -> float:
        return -float(log_softmax(logits / np.exp(log_t), axis=1)[rows, labels].mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-3.0, 3.0), method="bounded").x))


def calibration_error(probabilities: Array, labels: Array, bins: int = 10) -> float:
    """Expected calibration error: mean distance of confidence from accuracy, over bins of equal width."""
    confidence, right = probabilities.max(1), probabilities.argmax(1) == labels
    slots = np.minimum((confidence * bins).astype(int), bins - 1)
    return float(
        sum(abs(confidence[slots == b].sum() - right[slots == b].sum()) for b in range(bins)) / max(1, len(labels))
    )
