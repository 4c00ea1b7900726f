"""The series of `forecast`: how each is drawn, and what is known about it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING

import numpy as np

from sandbox.tasks.base import Baseline
from sandbox.tasks.forecast_column import line_errors
from sandbox.tasks.forecast_table import TableSeries, simple_on_windows, table_series

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from sandbox.tasks.forecast_params import ForecastParams

    Draw = Callable[..., NDArray[np.floating]]

LINE = "best line through the last value"
WITHIN = 0.2  # a forecast this near counts as right
PHI = 0.9  # share of the last season that the seasonal series repeats
SPEEDS = (1.0, math.sqrt(2), math.sqrt(5))  # of the sines; the slowest has the gap as its period
FEED, DECAY, POWER = 0.2, 0.1, 10  # Mackey & Glass 1977: β, γ and n
PER_VALUE, PER_UNIT = 6, 5  # time units between two values; steps of integration a time unit
SETTLING, UNITS = 300, 2400  # time units that are thrown away, and the fewest that are kept
TRAJECTORIES, UNSEEN = 256, 64  # how many there are, and how many are not trained on


@dataclass(frozen=True)
class Series:
    """One series with the task's parameters set.

    draw: two functions of (rng, count, steps) that give values (count, steps): for training, and of
    what is not trained on; empty for a table.   table: whose windows are drawn instead.
    floor: the least squared error that anyone can reach, or None.
    offset, scale: value · scale + offset is what a person reads.   low, high: where nearly all
    values are.
    """

    draw: Sequence[Draw]
    baselines: tuple[Baseline, ...]
    floor: float | None = None
    table: TableSeries | None = None
    offset: float = 0.0
    scale: float = 1.0
    low: float = -3.0
    high: float = 3.0


def seasonal(p: ForecastParams) -> Series:
    """x(t) = φ x(t - gap) + ε, stationary from the first step, φ = 0.9, ε ~ N(0, σ²)."""
    floor = p.noise**2
    loss = floor / (1 - PHI**2)
    baselines = (
        Baseline("does not use the lag: σ²/(1 - φ²)", loss, share_within(loss)),
        Baseline("noise floor: σ²", floor, share_within(floor)),
    )
    values = partial(seasonal_values, gap=p.gap, noise=p.noise)
    return Series((values, values), baselines, floor, low=-1.5, high=1.5)


def sines(p: ForecastParams) -> Series:
    """Three sines of random phase and strength, of variance 1 together, and noise N(0, σ²).

    Each is a cos ωt + b sin ωt with a, b ~ N(0, 1/3), so the series is a Gaussian process: the
    best forecast is linear in what was read, and its error follows from the autocovariance.
    """
    near = float(np.cos(2 * np.pi / p.gap * np.array(SPEEDS)).mean())
    all_of_it = 1 + p.noise**2
    loss = all_of_it - near**2 / all_of_it
    best = best_of_sines(p.gap, p.forecasts, p.noise)
    baselines = (
        Baseline(LINE, loss, share_within(loss)),
        Baseline("noise floor: the best forecast from all that was read", best),
    )
    values = partial(sine_values, gap=p.gap, noise=p.noise)
    return Series((values, values), baselines, best)


def mackey_glass(p: ForecastParams) -> Series:
    """dx/dt = β x(t - τ)/(1 + x(t - τ)ⁿ) - γ x, a value every 6 time units, standardised.

    Windows of 256 trajectories from different beginnings, of which 64 are not trained on.
    """
    delay, units = delay_of(p.series), units_for(p.gap + p.forecasts)
    paths, offset, scale = trajectories(delay, units)
    baselines = (Baseline(LINE, line_on_trajectories(delay, units)),)
    trained, unseen = paths[UNSEEN:], paths[:UNSEEN]
    draw = (partial(trajectory_windows, paths=trained), partial(trajectory_windows, paths=unseen))
    return Series(draw, baselines, offset=offset, scale=scale)


def column(p: ForecastParams) -> Series:
    """Windows of a column: of its first four fifths, or of the last, which is not trained on.

    Mean and deviation are those of the first part.
    """
    table = table_series(p.wanted)
    loss, held_out, last, season = simple_on_windows(p.wanted, p.gap, p.forecasts)
    baselines = (
        Baseline(LINE, loss),
        Baseline("the same line on the held-out rows", held_out),
        Baseline("the last value again, on the held-out rows", last),
        Baseline(f"the value {p.gap} rows ago, on the held-out rows", season),
    )
    return Series((), baselines, table=table, offset=table.mean, scale=table.deviation)


SERIES: Mapping[str, Callable[[ForecastParams], Series]] = {
    "seasonal": seasonal,
    "sines": sines,
    "mackey_glass_17": mackey_glass,
    "mackey_glass_30": mackey_glass,
    "csv": column,
}


def seasonal_values(
    rng: np.random.Generator, count: int, steps: int, gap: int, noise: float
) -> NDArray[np.float32]:
    """x(t) = φ x(t - gap) + ε for `steps` steps, (count, steps), season by season."""
    values = rng.standard_normal((count, steps), np.float32)
    values *= np.float32(noise)
    values[:, :gap] /= np.float32(math.sqrt(1 - PHI**2))
    for first in range(gap, steps, gap):
        last = min(first + gap, steps)
        values[:, first:last] += np.float32(PHI) * values[:, first - gap : last - gap]
    return values


def sine_values(
    rng: np.random.Generator, count: int, steps: int, gap: int, noise: float
) -> NDArray[np.float32]:
    """Sines of random phase and strength with noise, (count, steps)."""
    angles = np.outer(2 * np.pi / gap * np.array(SPEEDS), np.arange(steps))
    waves = np.concatenate([np.cos(angles), np.sin(angles)])
    waves /= math.sqrt(len(SPEEDS))
    strengths = rng.standard_normal((count, len(waves)), np.float32)
    values = rng.standard_normal((count, steps), np.float32)
    values *= np.float32(noise)
    values += strengths @ waves.astype(np.float32)
    return values


def trajectory_windows(
    rng: np.random.Generator, count: int, steps: int, paths: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Windows (count, steps) that begin anywhere on one of the trajectories (n, units)."""
    starts = rng.integers(paths.shape[1] - PER_VALUE * (steps - 1), size=count)
    of = rng.integers(len(paths), size=count)
    windows: NDArray[np.float32]
    windows = paths[of[:, None], starts[:, None] + PER_VALUE * np.arange(steps)]
    return windows


def delay_of(series: str) -> int:
    """The delay τ of a Mackey-Glass series in time units, from its name."""
    return int(series.removeprefix("mackey_glass_"))


def units_for(steps: int) -> int:
    """The length of trajectories, in time units, that windows of `steps` values need."""
    return -(-PER_VALUE * (steps + 20) // UNITS) * UNITS


def share_within(variance: float) -> float:
    """The probability that |N(0, variance)| is below WITHIN."""
    return math.erf(WITHIN / math.sqrt(2 * variance))


@lru_cache(maxsize=64)
def best_of_sines(gap: int, forecasts: int, sigma: float) -> float:
    """The mean squared error of the best forecasts of x(gap) … x(gap + forecasts - 1).

    Each uses all values before it, so its error is a squared diagonal entry of the
    covariance's Cholesky factor.
    """
    apart = np.arange(gap + forecasts)
    covariance = np.cos(np.outer(apart, 2 * np.pi / gap * np.array(SPEEDS))).mean(axis=1)
    covariance[0] += sigma**2
    matrix = covariance[np.abs(apart[:, None] - apart)]
    factor = np.linalg.cholesky(matrix)
    return float((np.diag(factor)[gap:] ** 2).mean())


@lru_cache(maxsize=4)
def trajectories(delay: int, units: int) -> tuple[NDArray[np.float32], float, float]:
    """(TRAJECTORIES, units) standardised values, one a time unit, with their mean and deviation.

    Heun's method with the delayed values on its grid; the history before is a constant.
    """
    lag, steps = delay * PER_UNIT, (SETTLING + units) * PER_UNIT
    x = np.empty((lag + 1 + steps, TRAJECTORIES))
    x[: lag + 1] = np.linspace(0.4, 1.4, TRAJECTORIES)
    h, gain = 1 / PER_UNIT, _gain(x[0])
    for now in range(lag, lag + steps):
        next_gain = _gain(x[now - lag + 1])
        slope = gain - DECAY * x[now]
        ahead = x[now] + h * slope
        x[now + 1] = x[now] + h / 2 * (slope + next_gain - DECAY * ahead)
        gain = next_gain
    kept = x[-units * PER_UNIT :: PER_UNIT].T
    mean, deviation = float(kept[UNSEEN:].mean()), float(kept[UNSEEN:].std())
    return ((kept - mean) / deviation).astype(np.float32), mean, deviation


def _gain(delayed: NDArray[np.float64]) -> NDArray[np.float64]:
    """β x/(1 + xⁿ), n = 10."""
    fourth = (delayed * delayed) ** 2
    gain: NDArray[np.float64] = FEED * delayed / (1 + fourth * fourth * delayed * delayed)
    return gain


@lru_cache(maxsize=4)
def line_on_trajectories(delay: int, units: int) -> float:
    """The squared error of the best line through the last value, on training trajectories."""
    values = trajectories(delay, units)[0][UNSEEN:].astype(np.float64)
    last, following = values[:, :-PER_VALUE].ravel(), values[:, PER_VALUE:].ravel()
    return line_errors((last, following, None))[0]
