"""How a table is read, in words for people: the same on the command line and in the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sandbox.reading.layout_questions import SPLIT
from sandbox.reading.recipe import KEPT
from sandbox.reading.steps import is_mostly_even, lacks_rows, usual_step
from sandbox.reading.time_formats import CLOCK, ELAPSED, SEASONS, YEARS

if TYPE_CHECKING:
    from sandbox.reading.recipe import Recipe
    from sandbox.reading.table import Table
    from sandbox.reading.table_files import TableFile
    from sandbox.reading.time_columns import Times

RULES = {  # what a step has of the rows in it
    "mean": "the mean of its rows",
    "sum": "the sum of its rows",
    "last": "the last of its rows",
    "interpolate": "the line between the rows around its beginning",
}
SIGNS = {".": "point", ",": "comma", " ": "space", "'": "apostrophe", "": "none"}


def reading_in_words(found: TableFile) -> str:
    """How the file is read, in one line."""
    table, layout = found.table, found.table.layout
    separator = layout.body.splitting.separator
    words = [
        f"{len(table.columns[0].values):,} rows",
        SPLIT[separator],
        f"{len(layout.header)} header row{'s' * (len(layout.header) != 1)}",
        f"decimal {SIGNS[table.decimal]}",
    ]
    words += [f"{SIGNS[table.thousands]} between thousands"] * bool(table.thousands)
    if table.times is not None:
        step = step_in_words(table.times) if is_mostly_even(table.times) else ""
        words.append(f"times in {table.times.name}" + f", {_every(step)}" * bool(step))
    words += [table.order] * (table.order != KEPT)
    words += ["a series a row"] * (table.orientation == "rows")
    return ", ".join([*words, found.encoding])


def times_in_words(table: Table) -> str:
    """First and last time, step, gaps and doubles, in one line."""
    times = table.times
    if times is None:
        return "No column of times: each row is one step."
    told = times.values[~np.isnat(times.values)]
    if not len(told):
        return f"{times.name} holds no time that can be read."
    course = times.course
    words = [_from_to(times)]
    words += _evenness(table, times)
    unread = len(times.values) - len(told)
    words += [f"{unread:,} times not read"] * bool(unread)
    words += ["in no order"] * (course.order == "mixed")
    return ", ".join(words)


def even_in_words(even: Table, recipe: Recipe) -> str:
    """First and last time of rows that were brought to the recipe's step, and by which rule."""
    if even.times is None:
        return ""
    rule = recipe.resample or "mean"
    rows = f"{len(even.times.values):,} rows"
    return f"{_from_to(even.times)}, brought to {recipe.every} ({rule}): {rows}"


def _from_to(times: Times) -> str:
    """The name of the times, the first and the last."""
    told = times.values[~np.isnat(times.values)]
    return f"{times.name}: {time_in_words(told[0], times)} to {time_in_words(told[-1], times)}"


def _evenness(table: Table, times: Times) -> list[str]:
    """The usual step, and how many gaps and doubles there are."""
    course, step = times.course, step_in_words(times)
    if not is_mostly_even(times):
        about = usual_step(table)
        return ["uneven steps" + f" of about {about}" * bool(about)]
    if len(times.values) != len(table.columns[0].values):  # a large file's two ends
        uneven = lacks_rows(table)
        between = "gaps or doubles in between" if uneven else "no gaps, no doubles"
        return [_every(step) if step else "no even step", between]
    words = [_every(step) if step else "no even step"]
    return [*words, _counted(course.gaps, "gap"), _counted(course.doubles, "double")]


def step_in_words(times: Times) -> str:
    """The usual step, "" if there is none; of numbers that only rise, a number."""
    if times.form != ELAPSED:
        return times.course.step
    steps = np.diff(times.values[~np.isnat(times.values)]).astype(np.int64)
    return f"{np.median(steps):g}" if len(steps) else ""


def _every(step: str) -> str:
    """A step as people say it: "a row every hour", "a row every 15 minutes"."""
    return f"a row every {step.removeprefix('1 ')}"


def time_in_words(time: np.datetime64, times: Times) -> str:
    """One time as briefly as its column allows."""
    if np.isnat(time):
        return ""
    seconds = int(time.astype("datetime64[s]").astype(np.int64))
    if times.form == ELAPSED:
        return f"{seconds:,}"
    date, _, clock = str(time.astype("datetime64[s]")).partition("T")
    if times.form in (YEARS, SEASONS):
        return date[:4]
    if times.form == CLOCK:
        return clock
    told = times.values[~np.isnat(times.values)].astype(np.int64)
    if not (told[:1000] % 86400).any():
        return date
    return f"{date} {clock[:5] if not (told[:1000] % 60).any() else clock}"


def number_in_words(value: float) -> str:
    """A value as exactly as a person would write it; "missing" for NaN."""
    return "missing" if np.isnan(value) else f"{value:.10g}"


def _counted(many: int, what: str) -> str:
    return f"{many:,} {what}{'s' * (many != 1)}" if many else f"no {what}s"
