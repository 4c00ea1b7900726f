"""95% intervals over seeds: of a mean by Student's t, of a share by Clopper & Pearson 1934."""

from __future__ import annotations

import math
from statistics import fmean, stdev
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LEVEL = 0.95
_HALVINGS = 200  # more than the digits of a float need

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
    low = _solved(lambda share: _at_least(hits, count, share), tail, 1.0) if hits else 0.0
    high = _solved(lambda share: _at_least(hits + 1, count, share), 1 - tail, 1.0)
    return low, high


def t_quantile(probability: float, freedom: int) -> float:
    """The quantile of Student's t, for a probability of at least 0.5."""
    angle = _solved(lambda angle: _inside(angle, freedom), 2 * probability - 1, math.pi / 2)
    return math.sqrt(freedom) * math.tan(angle)


def _at_least(hits: int, count: int, share: float) -> float:
    """The probability of `hits` or more of `count`, each with the probability `share`."""
    chosen = range(hits, count + 1)
    return sum(math.comb(count, n) * share**n * (1 - share) ** (count - n) for n in chosen)


def _inside(angle: float, freedom: int) -> float:
    """The probability that |t| < √freedom tan(angle) (Abramowitz & Stegun 26.7.3 and 26.7.4)."""
    odd, total = freedom % 2, 0.0
    term = math.cos(angle) if odd else 1.0
    for power in range(odd, freedom - 1, 2):
        total += term
        term *= math.cos(angle) ** 2 * (power + 1) / (power + 2)
    total *= math.sin(angle)
    return 2 / math.pi * (angle + total) if odd else total


def _solved(rising: Callable[[float], float], value: float, high: float) -> float:
    """The x in 0..high at which a rising function has this value, by bisection."""
    low = 0.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < value else (low, middle)
    return (low + high) / 2
