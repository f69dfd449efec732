"""Statistics that hold however often somebody looks: for an experiment, every look is one more chance to be fooled.

A value ``e`` of these tests is a (super)martingale that starts at 1 where there is no effect, so by Ville's inequality
the chance that it ever exceeds 20 is at most 5 %. ``1 / e`` is therefore a p-value at any moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, inf, log

from scipy.special import betaln, gammaln, xlogy

EFFECT = 0.3
"""Standard deviation of the effects that are thought likely, in log odds: 5 % may well become 3.7 % or 6.6 %."""

CONCENTRATION = 100.0
"""Of the Dirichlet distribution, for each arm: of two, shares off by some three hundredths are thought likely."""


def difference(successes: int, of: int, successes_2: int, of_2: int, effect: float = EFFECT) -> float:
    """Always-valid p-value that two Bernoulli rates are one.

    The mixture sequential probability ratio test (Robbins 1970; Johari, Koomen, Pekelis and Walsh 2022, Oper. Res.
    70:1806) on the score statistic of the log odds ratio, with effects mixed over a normal distribution. It needs no
    planned size and no split that is known beforehand. With few successes the mixture is nearly 1, which guards the
    normal approximation where it is weak.
    """
    total, sum_ = of + of_2, successes + successes_2
    if not (of and of_2) or sum_ in (0, total):
        return 1.0
    rate = sum_ / total
    information = rate * (1 - rate) * of * of_2 / total
    score = successes_2 - sum_ * of_2 / total
    shrink = 1 + effect**2 * information
    log_e = effect**2 * score**2 / (2 * shrink) - 0.5 * log(shrink)
    return min(1.0, exp(-min(max(log_e, -700.0), 700.0)))


def rate_interval(successes: int, of: int, level: float = 0.95) -> tuple[float, float]:
    """Confidence sequence of a Bernoulli rate: with probability ``level`` it holds the rate at every moment.

    All rates that a uniform mixture does not refute (Robbins 1970; Howard, Ramdas, McAuliffe and Sekhon 2021, Ann.
    Statist. 49:1055). Exact, for any number of shoppers.
    """
    if not of:
        return 0.0, 1.0
    mixed = float(betaln(1 + successes, 1 + of - successes))
    limit = -log(1 - level)

    def beyond(rate: float) -> float:
        plain = float(xlogy(successes, rate) + xlogy(of - successes, 1 - rate))
        return mixed - plain - limit if plain != -inf else 1.0

    rate = successes / of
    from scipy.optimize import brentq

    low = float(brentq(beyond, 1e-15, rate)) if successes and beyond(1e-15) > 0 else 0.0
    high = float(brentq(beyond, rate, 1 - 1e-15)) if successes < of and beyond(1 - 1e-15) > 0 else 1.0
    return low, high


def split(sizes: Sequence[int]) -> float:
    """Always-valid p-value that shoppers fall into all arms alike: the check for a sample-ratio mismatch.

    A multinomial mixed over a Dirichlet distribution around equal shares (Lindon and Malek 2022, NeurIPS 35). Exact.
    """
    k, n = len(sizes), sum(sizes)
    if k < 2 or n == 0:
        return 1.0
    arms = sum(gammaln(CONCENTRATION + s) for s in sizes) - k * gammaln(CONCENTRATION)
    log_e = gammaln(k * CONCENTRATION) - gammaln(k * CONCENTRATION + n) + arms + n * log(k)
    return min(1.0, exp(-min(max(float(log_e), -700.0), 700.0)))
