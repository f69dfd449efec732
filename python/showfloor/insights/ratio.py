"""The ratio of two conversion rates, with an interval that also holds for few buyers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, sqrt

from scipy.special import chdtri

_SMALLEST, _LARGEST = 1e-9, 1e9


@dataclass(frozen=True)
class Ratio:
    """``value`` with its interval; all 0 where there is nothing to divide by."""

    value: float = 0.0
    low: float = 0.0
    high: float = 0.0


def ratio(bought: int, of: int, bought_without: int, of_without: int, level: float = 0.95) -> Ratio:
    """The rate ``bought / of`` over ``bought_without / of_without``.

    The interval inverts the score test (Koopman 1984, Biometrics 40:513), which Fagerland, Lydersen and Laake (2015,
    Stat. Methods Med. Res. 24:224) recommend for small and moderate samples, where the log interval of Katz is off.
    """
    if not (of and of_without and bought_without):
        return Ratio()
    limit = float(chdtri(1, 1 - level))

    def beyond(phi: float) -> float:
        return _score(phi, bought, of, bought_without, of_without) - limit

    value = bought / of / (bought_without / of_without)
    start = value or _SMALLEST
    low = 0.0 if bought == 0 else _root(beyond, start, _SMALLEST)
    return Ratio(value, low, _root(beyond, start, _LARGEST))


def _root(beyond: Callable[[float], float], inside: float, outside: float) -> float:
    if beyond(outside) < 0:
        return 0.0 if outside < inside else inf
    from scipy.optimize import brentq

    return float(brentq(beyond, inside, outside, xtol=1e-12, rtol=1e-10))


def _score(phi: float, x1: int, n1: int, x0: int, n0: int) -> float:
    """The score statistic for a ratio of ``phi``: chi-squared with one degree of freedom.

    Koopman's in the form of Miettinen and Nurminen (1985), which is defined where everybody bought, too.
    """
    b = n1 * phi + x1 + n0 + x0 * phi
    bought = x1 + x0
    p0 = 2 * bought / (b + sqrt(max(b * b - 4 * (n1 + n0) * phi * bought, 0.0)))
    p0 = min(p0, 1.0, 1 / phi)
    p1 = phi * p0
    off = x1 / n1 - phi * x0 / n0
    variance = p1 * (1 - p1) / n1 + phi * phi * p0 * (1 - p0) / n0
    if variance <= 0:
        return 0.0 if off == 0 else inf
    return off * off / variance
