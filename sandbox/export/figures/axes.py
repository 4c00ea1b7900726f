"""Axes: from values to places on paper, with round ticks whose words keep clear of one another."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sandbox.export.figures.ink import FRAME, HAIRLINE, INK, NAME, TEXT
from sandbox.export.figures.typeface import width_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    from sandbox.export.figures.drawing import Box, Drawing

TICK = 2.5  # points
BEYOND = 60.0  # points that a line may go on outside its frame, where it is cut off
_MANTISSAS = (1.0, 2.0, 2.5, 5.0)
_LEAST = 1e-300
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Scale:
    """Values from low to high on paper from start to end, in points."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def at(self, values: ArrayLike) -> NDArray[np.float64]:
        """The place of each value; NaN stays NaN, what is far outside stays near."""
        given = np.asarray(values, np.float64)
        low, high = self._on_axis(self.low), self._on_axis(self.high)
        with np.errstate(invalid="ignore", divide="ignore"):
            shares = (self._on_axis(given) - low) / (high - low)
        places = self.start + shares * (self.end - self.start)
        first, last = sorted((self.start, self.end))
        return np.clip(places, first - BEYOND, last + BEYOND)

    def place(self, value: float) -> float:
        """The place of one value."""
        return float(self.at(value))

    def _on_axis(self, values: ArrayLike) -> NDArray[np.float64]:
        given = np.asarray(values, np.float64)
        return np.log10(np.maximum(given, _LEAST)) if self.log else given


@dataclass(frozen=True)
class Tick:
    """A value that is marked on an axis, and how it is written."""

    value: float
    text: str


def plain_ticks(low: float, high: float, step: float) -> list[Tick]:
    """Multiples of a step, with as many decimals as it needs, thousands separated."""
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    if round(step * 10**decimals, 6) != round(step * 10**decimals):
        decimals += 1
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [Tick(n * step, f"{n * step:,.{decimals}f}") for n in range(first, last + 1)]


def percent_ticks(low: float, high: float, step: float) -> list[Tick]:
    """Shares in percent."""
    return [Tick(t.value, f"{t.value:.0%}") for t in plain_ticks(low, high, step)]


def steps_that_fit(
    scale: Scale,
    fits: Callable[[list[Tick]], bool],
    make: Callable[..., list[Tick]] = plain_ticks,
    least: float = 0.0,
) -> list[Tick]:
    """Ticks at the smallest round step, not below `least`, whose words fit.

    A step of whole numbers is asked for by a least one of 1: 2.5 is then left out.
    """
    span = scale.high - scale.low
    power = 10.0 ** math.floor(math.log10(span / 20))
    steps = [mantissa * power * 10.0**n for n in range(4) for mantissa in _MANTISSAS]
    for step in steps:
        if step < least or (least and step != round(step)):
            continue
        ticks = make(scale.low, scale.high, step)
        if len(ticks) <= 24 and fits(ticks):
            return ticks
    return []


def decade_ticks(scale: Scale, pitch: float) -> list[Tick]:
    """Powers of ten at least `pitch` points apart; 1, 2 and 5 of each where few decades show."""
    low, high = math.log10(scale.low), math.log10(scale.high)
    room = abs(scale.end - scale.start) / (high - low)
    exponents = range(math.floor(low + 1e-9), math.ceil(high - 1e-9) + 1)
    if high - low <= 1.5 and room * math.log10(2) >= pitch:
        values = [m * 10.0**e for e in exponents for m in (1, 2, 5)]
        within = [v for v in values if scale.low * 0.999 <= v <= scale.high * 1.001]
        return [Tick(v, f"{v:g}") for v in within]
    every = next((n for n in (1, 2, 3, 4, 5, 6, 8, 10) if n * room >= pitch), 20)
    chosen = [e for e in exponents if e % every == 0 and low - 1e-9 <= e <= high + 1e-9]
    return [Tick(10.0**e, power_of_ten(e)) for e in chosen]


def power_of_ten(exponent: int) -> str:
    """A power of ten as it is written at an axis."""
    return "1" if exponent == 0 else "10" + str(exponent).translate(_SUPERSCRIPT)


def across_ticks(scale: Scale, whole: bool) -> list[Tick]:
    """Ticks of a linear axis from left to right.  whole: of whole numbers only."""

    def fits(ticks: list[Tick]) -> bool:
        places = [(scale.place(t.value), width_of(t.text, TEXT) / 2) for t in ticks]
        pairs = itertools.pairwise(places)
        return all(a + half + 5 <= b - other for (a, half), (b, other) in pairs)

    return steps_that_fit(scale, fits, least=1.0 if whole else 0.0)


def up_ticks(scale: Scale, share: bool = False) -> list[Tick]:
    """Ticks of an axis from the bottom to the top."""
    if scale.log:
        return decade_ticks(scale, 1.5 * TEXT)

    def fits(ticks: list[Tick]) -> bool:
        room = abs(scale.place(ticks[1].value) - scale.place(ticks[0].value)) if ticks[1:] else 99
        return room >= 2.2 * TEXT

    return steps_that_fit(scale, fits, percent_ticks if share else plain_ticks)


def draw_up(drawing: Drawing, box: Box, scale: Scale, ticks: list[Tick]) -> None:
    """The axis at the left of a frame, with hairlines across it; its name stands above."""
    for tick in ticks:
        y = scale.place(tick.value)
        if box.top - 0.01 <= y <= box.bottom + 0.01:
            drawing.line([(box.left, y), (box.right, y)], HAIRLINE, 0.4)
            drawing.line([(box.left - TICK, y), (box.left, y)], INK, FRAME)
            baseline = y + TEXT * 0.36
            drawing.words(box.left - TICK - 1.5, baseline, tick.text, TEXT, anchor="end")


def draw_across(
    drawing: Drawing, box: Box, scale: Scale, ticks: list[Tick], name: str = ""
) -> float:
    """The axis under a frame, its name below; where it ends."""
    for tick in ticks:
        x = scale.place(tick.value)
        drawing.line([(x, box.bottom), (x, box.bottom + TICK)], INK, FRAME)
        drawing.words(x, box.bottom + TICK + 1 + TEXT, tick.text, TEXT, anchor="middle")
    bottom = box.bottom + TICK + 2 + TEXT
    if not name:
        return bottom
    middle = box.left + box.width / 2
    drawing.words(middle, bottom + 2 + NAME, name, NAME, anchor="middle")
    return bottom + 3.5 + NAME
