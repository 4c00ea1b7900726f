"""How times follow one another: their order, step and gaps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Course:
    """How times follow one another.

    order: "rising", "falling", "mixed" or "none".  step: in words, "" if there is none.  gaps,
    doubles: steps that are longer than it, and times that come twice.
    """

    order: str
    step: str = ""
    gaps: int = 0
    doubles: int = 0


def course_of(times: NDArray[np.datetime64]) -> Course:
    """Order, step and gaps of times (n,)."""
    told = times[~np.isnat(times)]
    if len(told) < 2:
        return Course("none")
    steps = np.diff(told).astype(np.int64)
    rises, falls = int((steps > 0).sum()), int((steps < 0).sum())
    doubles = int((steps == 0).sum())
    if falls and rises:
        return Course("mixed", doubles=doubles)
    order = "falling" if falls else "rising"
    lengths = np.abs(steps[steps != 0])
    if not len(lengths):
        return Course("none", doubles=doubles)
    step, gaps = _step(np.sort(told), lengths)
    return Course(order, step, gaps, doubles)


_UNITS = (("week", 604800), ("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))


def _step(times: NDArray[np.datetime64], lengths: NDArray[np.int64]) -> tuple[str, int]:
    """The step in words, and how many steps are longer."""
    months = np.unique(times.astype("datetime64[M]")).astype(np.int64)
    if lengths.min() >= 28 * 86400 and len(months) == len(np.unique(times)):
        apart = np.diff(months)
        usual = int(np.bincount(apart).argmax())
        words = {1: "1 month", 3: "1 quarter", 12: "1 year"}.get(usual, f"{usual} months")
        return words, int((apart > usual).sum())
    values, counts = np.unique(lengths, return_counts=True)
    usual = int(values[counts.argmax()])
    name, unit = next((name, unit) for name, unit in _UNITS if usual % unit == 0)
    many = usual // unit
    return f"{many:,} {name}{'s' * (many > 1)}", int((lengths > usual).sum())
