"""The statistics of insights: intervals that cover, and tests that may be looked at as often as one likes."""

from __future__ import annotations

from math import exp, inf, sqrt

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import chi2_contingency
from showfloor.insights.experiment import MISMATCH, Arm, judge
from showfloor.insights.ratio import ratio
from showfloor.insights.sequential import EFFECT, difference, rate_interval, split


def test_the_ratio_is_that_of_the_literature() -> None:
    found = ratio(24, 34, 34, 34)  # Fagerland, Lydersen and Laake 2015: everybody in one group
    assert found.value == pytest.approx(24 / 34)
    assert 0.5 < found.low < found.value < found.high < 0.9
    large = ratio(600, 10_000, 400, 10_000)  # here the log interval of Katz is right too
    half = 1.96 * sqrt(1 / 600 - 1 / 10_000 + 1 / 400 - 1 / 10_000)
    assert large.low == pytest.approx(1.5 * exp(-half), rel=0.01)
    assert large.high == pytest.approx(1.5 * exp(half), rel=0.01)


def test_the_score_interval_is_where_the_test_changes_its_mind() -> None:
    """At a ratio of one it is Pearson's chi-squared test without correction."""
    for bought in range(1, 60):
        p = chi2_contingency([[bought, 100 - bought], [25, 175]], correction=False).pvalue
        found = ratio(bought, 100, 25, 200)
        assert (found.low > 1 or found.high < 1) == (p < 0.05)


def test_the_ratio_of_few_and_of_none() -> None:
    assert ratio(0, 0, 5, 10) == ratio(5, 10, 0, 10) == ratio(1, 2, 0, 0) == ratio(0, 0, 0, 0)
    none = ratio(0, 10, 5, 10)
    assert (none.value, none.low) == (0, 0)
    assert 0 < none.high < 1
    one = ratio(1, 1, 1, 1)
    assert one.value == 1
    assert 0 < one.low < 1 < one.high <= inf


def test_the_ratio_where_everybody_bought() -> None:
    """Three of three with AR bought: with a ratio of 1 and more, the likeliest rate of those with AR is 1."""
    for others in (1, 2, 5, 25):
        found = ratio(3, 3, others, 25)
        assert 0 < found.low < found.value < found.high or (found.value == 1 and found.low < 1 < found.high)
        for phi in (found.low, found.high):
            rates = np.linspace(1e-9, min(1, 1 / phi), 400_001)
            with np.errstate(divide="ignore", invalid="ignore"):
                likely = (
                    3 * np.log(phi * rates) + others * np.log(rates) + np.nan_to_num((25 - others) * np.log1p(-rates))
                )
            without = float(rates[np.argmax(likely)])
            given = min(1.0, phi * without)
            error = given * (1 - given) / 3 + phi**2 * without * (1 - without) / 25
            assert (1 - phi * others / 25) ** 2 / error == pytest.approx(3.841, rel=0.01)
    for total in range(1, 12):
        for bought in range(total + 1):
            for others in range(1, 8):
                found = ratio(bought, total, others, 7)
                assert found.low <= found.value <= found.high


def test_the_ratio_covers() -> None:
    random = np.random.default_rng(1)
    misses = 0
    for _ in range(1000):
        a, b = random.binomial(60, 0.15), random.binomial(200, 0.1)
        found = ratio(int(a), 60, int(b), 200)
        misses += bool(b) and not found.low <= 1.5 <= found.high
    assert misses <= 65  # 5 %, and three standard errors


def walks(rate: float, rate_b: float, share: float, shoppers: int, seed: int) -> tuple[NDArray[np.bool_], ...]:
    """200 experiments: who is in b, and who succeeded."""
    random = np.random.default_rng(seed)
    in_b = random.random((200, shoppers)) < share
    return in_b, random.random((200, shoppers)) < np.where(in_b, rate_b, rate)


def looks(in_b: NDArray[np.bool_], success: NDArray[np.bool_]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """After every shopper: the always-valid p-value, by its formula, and the z of a test for one look."""
    n = np.arange(1, in_b.shape[1] + 1)
    n_b, x, x_b = np.cumsum(in_b, 1), np.cumsum(success, 1), np.cumsum(success & in_b, 1)
    information = x / n * (1 - x / n) * n_b * (n - n_b) / n
    score = x_b - x * n_b / n
    shrink = 1 + EFFECT**2 * information
    p = np.minimum(1, np.sqrt(shrink) * np.exp(-(EFFECT**2) * score**2 / (2 * shrink)))
    return p, np.abs(score) / np.sqrt(np.where(information > 0, information, inf))


@pytest.mark.parametrize(("rate", "share"), [(0.01, 0.5), (0.05, 0.5), (0.05, 0.1), (0.4, 0.5), (0.4, 0.1)])
def test_looking_after_every_shopper_fools_nobody(rate: float, share: float) -> None:
    in_b, success = walks(rate, rate, share, 5000, seed=7)
    p, z = looks(in_b, success)
    assert (p.min(1) <= 0.05).mean() <= 0.05
    assert (z[:, 100:].max(1) >= 1.96).mean() > 0.2  # the test for one look, looked at all the time
    some = np.random.default_rng(1).integers(0, 5000, 20)
    for at in some:  # the formula above is that of the code
        n_b, x_b, x = (int(v[0, : at + 1].sum()) for v in (in_b, success & in_b, success))
        assert difference(x - x_b, int(at + 1 - n_b), x_b, n_b) == pytest.approx(p[0, at], rel=1e-9)


def test_a_real_difference_is_found() -> None:
    p, _ = looks(*walks(0.05, 0.07, 0.5, 12_000, seed=3))
    assert (p.min(1) <= 0.05).mean() >= 0.9


def test_the_interval_of_a_rate_holds_at_every_moment() -> None:
    random = np.random.default_rng(5)
    moments = np.unique(np.geomspace(1, 3000, 60).astype(int))
    missed = 0
    for _ in range(200):
        successes = np.cumsum(random.random(3000) < 0.05)
        ends = [rate_interval(int(successes[n - 1]), int(n)) for n in moments]
        missed += any(not low <= 0.05 <= high for low, high in ends)
    assert missed <= 10
    assert rate_interval(0, 0) == (0, 1)
    low, high = rate_interval(0, 10)
    assert low == 0 < high < 0.6
    low, high = rate_interval(10, 10)
    assert 0.4 < low < high == 1


def test_the_split_is_watched_all_the_time() -> None:
    random = np.random.default_rng(9)
    called = 0
    for _ in range(200):
        sizes = np.cumsum(np.eye(3, dtype=int)[random.integers(0, 3, 3000)], 0)
        called += any(split(sizes[n].tolist()) <= MISMATCH for n in range(0, 3000, 50))
    assert called <= 4
    assert split([5000, 5400]) < MISMATCH < split([5000, 5050])
    assert split([]) == split([10]) == split([0, 0]) == 1


def arm(name: str, shoppers: int, successes: int) -> Arm:
    return Arm(name, shoppers, successes, *rate_interval(successes, shoppers))


def test_conclusions_say_what_the_numbers_say() -> None:
    better = judge([arm("a", 5000, 250), arm("b", 5000, 400)])
    assert better.p_value < 1e-6
    assert "'b' (8.0 %) is better than 'a' (5.0 %)" in better.conclusion
    alike = judge([arm("a", 5000, 250), arm("b", 5000, 255)])
    assert alike.p_value > 0.5
    assert "No arm is surely better yet" in alike.conclusion
    assert "only the arm 'a'" in judge([arm("a", 5, 1)]).conclusion
    lopsided = judge([arm("a", 5000, 250), arm("b", 4000, 320)])
    assert lopsided.conclusion.startswith("Careful: the arms do not have equally many shoppers (5,000, 4,000)")
    mixed = judge([arm("a", 50, 2), arm("b", 50, 2)], mixed=30)
    assert "30 of 100 shoppers saw several arms and count in their first. That many blur" in mixed.conclusion
    empty = judge([arm("a", 0, 0), arm("b", 0, 0)])
    assert empty.p_value == 1


def test_many_arms_are_corrected() -> None:
    two = judge([arm("a", 2000, 100), arm("b", 2000, 150)])
    nothing = [arm(f"c{n}", 2000, 100) for n in range(18)]
    twenty = judge([arm("a", 2000, 100), arm("b", 2000, 150), *nothing])
    assert two.p_value <= 0.05 < twenty.p_value
    assert twenty.p_value == pytest.approx(min(1, 190 * two.p_value))
    three = judge([arm("a", 5000, 250), arm("b", 5000, 400), arm("c", 5000, 402)])
    assert "'c' is better than 'a', but not yet surely better than 'b'" in three.conclusion


def test_p_is_a_number_for_any_counts() -> None:
    for counts in ((0, 0, 0, 0), (0, 5, 0, 5), (5, 5, 5, 5), (0, 5, 5, 5), (10**9, 2 * 10**9, 1, 10**9)):
        assert 0 <= difference(*counts) <= 1
    assert difference(0, 10**6, 10**6, 10**6) < 1e-6
