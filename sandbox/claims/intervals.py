"""95% intervals over seeds: of a mean by Student's t, of a share by Clopper & Pearson 1934.

Both need the regularised incomplete beta function; its quantiles are found by bisection, which
takes microseconds here and always converges.
"""

from __future__ import annotations

import math
from statistics import fmean, stdev
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

LEVEL = 0.95
_TINY = 1e-300
_PRECISION = 1e-15
_MOST_TERMS = 10_000
_HALVINGS = 200

Interval = tuple[float, float]


def of_mean(values: Sequence[float]) -> Interval:
    """The t interval of the mean of independent values; a single value gives no width."""
    mean, count = fmean(values), len(values)
    if count < 2:
        return mean, mean
    half = t_quantile(0.5 + LEVEL / 2, count - 1) * stdev(values) / math.sqrt(count)
    return mean - half, mean + half


def of_share(hits: int, count: int) -> Interval:
    """The exact Clopper-Pearson interval of a share; ValueError unless 0 <= hits <= count."""
    if not 0 <= hits <= count or count < 1:
        raise ValueError(f"{hits} of {count} is not a share")
    tail = (1 - LEVEL) / 2
    low = beta_quantile(tail, hits, count - hits + 1) if hits else 0.0
    high = beta_quantile(1 - tail, hits + 1, count - hits) if hits < count else 1.0
    return low, high


def t_quantile(probability: float, freedom: float) -> float:
    """The quantile of Student's t, for a probability of at least 0.5."""
    x = beta_quantile(2 * (1 - probability), freedom / 2, 0.5)
    return math.sqrt(freedom * (1 - x) / x)


def beta_quantile(probability: float, a: float, b: float) -> float:
    """The x in 0..1 at which `incomplete_beta` equals the probability."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if incomplete_beta(middle, a, b) < probability:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def incomplete_beta(x: float, a: float, b: float) -> float:
    """I_x(a, b), the distribution function of Beta(a, b) at x.

    Its continued fraction (Abramowitz & Stegun 26.5.8) by Lentz's method, on the side of the
    mean where it converges quickly.
    """
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - incomplete_beta(1 - x, b, a)
    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    front = math.exp(log_front + a * math.log(x) + b * math.log1p(-x)) / a
    return front / _fraction(x, a, b)


def _fraction(x: float, a: float, b: float) -> float:
    """1 + d1/(1 + d2/(1 + …)) by Lentz's method."""
    value, up, down = 1.0, 1.0, 0.0
    for n in range(1, _MOST_TERMS):
        m = n // 2
        if n % 2:
            term = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            term = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        down = 1 / _off_zero(1 + term * down)
        up = _off_zero(1 + term / up)
        value *= up * down
        if abs(up * down - 1) < _PRECISION:
            return value
    raise ArithmeticError(f"I_{x}({a}, {b}) did not converge")


def _off_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
