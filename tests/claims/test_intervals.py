"""Intervals against tables and closed forms."""

from __future__ import annotations

import math

import pytest

from sandbox.claims.intervals import of_mean, of_share, t_quantile

# Student's t at 97.5%, from tables.
T = {1: 12.7062, 2: 4.3027, 4: 2.7764, 9: 2.2622, 30: 2.0423, 120: 1.9799}
# Clopper & Pearson 1934 at 95%: hits, count, ends, from tables.
SHARES = (
    (0, 5, 0.0, 0.5218),
    (5, 5, 0.4782, 1.0),
    (4, 5, 0.2836, 0.9949),
    (9, 10, 0.5550, 0.9975),
    (10, 10, 0.6915, 1.0),
    (37, 100, 0.2756, 0.4724),
)


@pytest.mark.parametrize("freedom", T)
def test_that_t_quantiles_are_those_of_the_tables(freedom: int) -> None:
    assert t_quantile(0.975, freedom) == pytest.approx(T[freedom], abs=6e-5)


@pytest.mark.parametrize(("hits", "count", "low", "high"), SHARES)
def test_that_shares_have_the_ends_of_the_tables(
    hits: int, count: int, low: float, high: float
) -> None:
    assert of_share(hits, count) == pytest.approx((low, high), abs=6e-5)


@pytest.mark.parametrize("hits", range(1, 10))
def test_that_each_end_leaves_one_fortieth_of_the_binomial_beyond_it(hits: int) -> None:
    low, high = of_share(hits, 10)

    def at_least(share: float) -> float:
        terms = (math.comb(10, n) * share**n * (1 - share) ** (10 - n) for n in range(hits, 11))
        return sum(terms)

    exactly = math.comb(10, hits) * high**hits * (1 - high) ** (10 - hits)
    assert at_least(low) == pytest.approx(0.025, rel=1e-9)
    assert 1 - at_least(high) + exactly == pytest.approx(0.025, rel=1e-9)


@pytest.mark.parametrize("probability", [0.5, 0.6, 0.9, 0.999])
def test_that_t_quantiles_have_their_closed_forms(probability: float) -> None:
    """One degree of freedom is the Cauchy distribution; two have an algebraic inverse."""
    centred = 2 * probability - 1
    assert t_quantile(probability, 1) == pytest.approx(
        math.tan(math.pi * centred / 2), rel=1e-9, abs=1e-12
    )
    algebraic = centred * math.sqrt(2 / (1 - centred**2))
    assert t_quantile(probability, 2) == pytest.approx(algebraic, rel=1e-9, abs=1e-12)


def test_that_a_mean_has_the_interval_of_the_textbook() -> None:
    low, high = of_mean([4.0, 5.0, 6.0, 7.0, 8.0])  # s = √2.5, t = 2.7764
    half = 2.7764 * math.sqrt(2.5) / math.sqrt(5)
    assert (low, high) == pytest.approx((6 - half, 6 + half), abs=1e-4)
    assert of_mean([3.5]) == (3.5, 3.5)


def test_that_a_share_of_more_than_all_is_refused() -> None:
    with pytest.raises(ValueError, match="6 of 5 is not a share"):
        of_share(6, 5)
