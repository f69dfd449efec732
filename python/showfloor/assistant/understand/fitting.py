"""Training of a ``Classifier``: two regressions and the weights that make their sum a probability."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize

from showfloor.assistant.understand.classifier import Array, Classifier, centred, softmax
from showfloor.assistant.understand.features import hashed

Labels = NDArray[np.intp]


@dataclass(frozen=True)
class FitOptions:
    """How the regressions are fitted."""

    buckets: int = 8192
    """Of the hashed words."""
    meaning_decay: float = 1e-5
    """L2 penalty of the regression on embeddings."""
    words_decay: float = 1e-6
    iterations: int = 80


def fit(
    texts: Sequence[str],
    embeddings: Array,
    labels: Sequence[str],
    held_out: tuple[Sequence[str], Array, Sequence[str]] | None = None,
    options: FitOptions = FitOptions(),
) -> Classifier:
    """A classifier of ``texts``; its weights from ``held_out``, or else from five folds of the texts themselves."""
    names = tuple(sorted(set(labels)))
    known = {name: i for i, name in enumerate(names)}
    wanted = np.array([known[label] for label in labels])
    mean = embeddings.mean(0)
    near, words = centred(embeddings, mean), hashed(texts, options.buckets)

    def regressions(rows: Labels) -> tuple[Array, Array]:
        return (
            regression(near[rows], wanted[rows], len(names), options.meaning_decay, options.iterations),
            regression(words[rows], wanted[rows], len(names), options.words_decay, options.iterations),
        )

    every = np.arange(len(wanted))
    meaning_weights, words_weights = regressions(every)
    if held_out is not None:
        truth = np.array([known[label] for label in held_out[2]])
        a = scores(centred(held_out[1], mean), meaning_weights)
        b = scores(hashed(held_out[0], options.buckets), words_weights)
    else:
        truth, shape = wanted, (len(wanted), len(names))
        a, b = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
        for fold in range(5):
            rows, rest = every[every % 5 == fold], every[every % 5 != fold]
            one, two = regressions(rest)
            a[rows], b[rows] = scores(near[rows], one), scores(words[rows], two)
    both = best_weights(np.stack([a, b]), truth)
    return Classifier(
        names,
        mean,
        meaning_weights,
        words_weights,
        (float(both[0]), float(both[1])),
        float(best_weights(b[None], truth)[0]),
    )


def scores(features: Array | sparse.csr_matrix, weights: Array) -> Array:
    return np.asarray(features @ weights[:-1] + weights[-1], np.float32)


def regression(features: Array | sparse.csr_matrix, labels: Labels, count: int, decay: float, iterations: int) -> Array:
    """Multinomial logistic regression with L2 penalty ``decay``, by L-BFGS; ``(features + 1, count)``, bias last."""
    n, width = features.shape
    truth = np.zeros((n, count), np.float32)
    truth[np.arange(n), labels] = 1
    back = sparse.csr_matrix(features.T) if sparse.issparse(features) else features.T

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = flat.reshape(width + 1, count).astype(np.float32)
        guess = softmax(scores(features, weights))
        off = (guess - truth) / n
        gradient = np.vstack([back @ off + decay * weights[:-1], off.sum(0)])
        likelihood = -np.log(np.maximum(guess[np.arange(n), labels], 1e-12)).mean()
        return float(likelihood + 0.5 * decay * (weights[:-1] ** 2).sum()), gradient.ravel().astype(np.float64)

    found = minimize(loss, np.zeros((width + 1) * count), jac=True, method="L-BFGS-B", options={"maxiter": iterations})
    return np.asarray(found.x.reshape(width + 1, count), np.float32)


def best_weights(views: Array, labels: Labels) -> NDArray[np.float64]:
    """Positive weights of ``(V, N, labels)`` scores whose softmax of the sum is likeliest (temperature scaling, Guo et
    al. 2017, with one temperature a view)."""
    rows = np.arange(len(labels))

    def loss(logs: NDArray[np.float64]) -> float:
        guess = softmax(np.tensordot(np.exp(logs), views, 1))
        return float(-np.log(np.maximum(guess[rows, labels], 1e-12)).mean())

    found = minimize(loss, np.full(len(views), -1.0), method="Nelder-Mead", options={"xatol": 1e-3, "fatol": 1e-6})
    return np.asarray(np.exp(found.x))
