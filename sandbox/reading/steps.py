"""How far apart the rows of a table usually are, and even steps that they could be brought to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sandbox.reading.recipe import STEP_UNITS
from sandbox.reading.time_formats import CLOCK, ELAPSED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sandbox.reading.table import Table
    from sandbox.reading.time_columns import Times

EVEN = 0.5  # the least share of steps that are alike, if one is called the usual one
FEWEST_ROWS = 20  # that a coarser step leaves
MOST_CHOICES = 6
LADDER = (
    *("1 second", "10 seconds", "1 minute", "5 minutes", "10 minutes", "15 minutes", "30 minutes"),
    *("1 hour", "3 hours", "6 hours", "12 hours", "1 day", "1 week", "1 month", "1 quarter"),
    "1 year",
)


def seconds_of(step: str) -> int:
    """The length of a step such as "15 minutes", of months and longer ones about."""
    many, _, unit = step.partition(" ")
    return int(many) * STEP_UNITS[unit.removesuffix("s")]


def without_dates(table: Table) -> str:
    """Why the table has no dates, to be put behind "since"; "" if it has some."""
    times = table.times
    if times is None:
        return "none of its columns holds dates"
    if times.form in (CLOCK, ELAPSED):
        return f"{times.name} holds no dates"
    return f"no date in {times.name} can be read" if np.isnat(times.values).all() else ""


def usual_step(table: Table) -> str:
    """The step that most rows are apart, or the nearest in LADDER; "" if there are no dates."""
    if without_dates(table) or table.times is None:
        return ""
    lengths = table.times.apart
    if not len(lengths):
        return ""
    if _share(lengths) >= EVEN and table.times.course.step:
        return table.times.course.step.replace(",", "")
    middle = np.log(np.median(lengths))
    return min(LADDER, key=lambda step: abs(np.log(seconds_of(step)) - middle))


def coarser_steps(table: Table) -> list[str]:
    """Steps longer than the usual one at which some rows remain, finest first."""
    if without_dates(table) or table.times is None:
        return []
    lengths = table.times.apart
    if not len(lengths):
        return []
    span, least = int(lengths.sum()), 1.01 * float(np.median(lengths))
    found = [step for step in LADDER if least < seconds_of(step) <= span / FEWEST_ROWS]
    usual = usual_step(table)
    return [step for step in found if step != usual][:MOST_CHOICES]


def is_mostly_even(times: Times) -> bool:
    """Whether half of the rows or more are one step apart; True if no two can be compared."""
    if times.course.step.endswith(("month", "months", "quarter", "year")):
        return True
    lengths = times.apart
    return not len(lengths) or _share(lengths) >= EVEN


def is_uneven(table: Table) -> bool:
    """Whether rows are missing, double, in no order or not one step apart, by their dates."""
    times = table.times
    if times is None or without_dates(table):
        return False
    course = times.course
    if course.gaps or course.doubles or course.order == "mixed" or np.isnat(times.values).any():
        return True
    return not _is_one_step(times) or lacks_rows(table)


def lacks_rows(table: Table) -> bool:
    """Whether a large table, whose ends are known, has not as many rows as fit between them."""
    if table.times is None:
        return False
    times, rows = table.times, len(table.columns[0].values)
    lengths = times.apart
    if len(times.values) == rows or not len(lengths):
        return False
    return bool(round(lengths.sum() / np.median(lengths)) + 1 != rows)


def _is_one_step(times: Times) -> bool:
    if times.course.step.endswith(("month", "months", "quarter", "year")):
        return True
    return len(np.unique(times.apart)) <= 1


def _share(lengths: NDArray[np.int64]) -> float:
    """The share of the commonest length."""
    _, counts = np.unique(lengths, return_counts=True)
    return float(counts.max() / len(lengths))
