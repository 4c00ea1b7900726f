"""Rows at uneven times, brought to an even step: against a slow rewrite of each rule."""

from __future__ import annotations

import datetime as dt
import math
import random
from typing import TYPE_CHECKING

import numpy as np
import pytest

from sandbox.reading.recipe import Recipe
from sandbox.reading.resampling import even
from sandbox.reading.table import table_of
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from sandbox.reading.table import Table

START = dt.datetime(2024, 1, 3, 5, 10)


def table(rows: list[tuple[dt.datetime, float | None]]) -> Table:
    """A table with one column, in the order of the rows."""
    lines = ["when,level,other\n"]
    lines += [
        f"{when:%Y-%m-%d %H:%M},{'' if value is None else value},{n % 7}.5\n"
        for n, (when, value) in enumerate(rows)
    ]
    return table_of(lines, Recipe())


def uneven_rows(seed: int, step: dt.timedelta, count: int = 60) -> list[tuple[dt.datetime, float]]:
    """Rows at steps of a quarter to four times the usual one, some of them twice."""
    rng, when, rows = random.Random(seed), START, []
    for n in range(count):
        rows.append((when, round(20 + 5 * math.sin(n / 5) + rng.random(), 2)))
        minutes = int(step.total_seconds() / 60 * rng.choice([0.25, 0.5, 1, 1, 1, 2, 4]))
        when += dt.timedelta(minutes=minutes) * (rng.random() > 0.05)
    return rows


def begin(when: dt.datetime, every: str) -> dt.datetime:
    """The beginning of the step that a time is in."""
    day = when.replace(hour=0, minute=0)
    if every == "1 hour":
        return when.replace(minute=0)
    if every == "15 minutes":
        return when.replace(minute=when.minute // 15 * 15)
    if every == "6 hours":
        return when.replace(hour=when.hour // 6 * 6, minute=0)
    if every == "1 day":
        return day
    if every == "1 week":
        return day - dt.timedelta(days=day.weekday())
    return day.replace(day=1)


RULES = {
    "": lambda values: sum(values) / len(values),
    "mean": lambda values: sum(values) / len(values),
    "sum": sum,
    "last": lambda values: values[-1],
}


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("every", ["15 minutes", "1 hour", "6 hours", "1 day", "1 week", "1 month"])
def test_that_each_step_has_what_the_rule_makes_of_its_rows(every: str, rule: str) -> None:
    spacing = {"15": 10, "6": 120}.get(every.split()[0], 0)
    step = dt.timedelta(
        minutes=spacing or {"hour": 30, "day": 500, "week": 3000}.get(every[2:], 9000)
    )
    rows = uneven_rows(3, step)
    found = even(table(rows), Recipe(every=every, resample=rule))  # type: ignore[arg-type]
    assert found.times is not None
    wanted: dict[dt.datetime, list[float]] = {}
    for when, value in rows:
        wanted.setdefault(begin(when, every), []).append(value)
    times = [time.astype(dt.datetime) for time in found.times.values]
    assert times[0] == min(wanted)
    assert times[-1] == max(wanted)
    assert set(wanted) <= set(times)
    for time, value in zip(times, found.columns[0].values, strict=True):
        if time in wanted:
            assert value == pytest.approx(RULES[rule](wanted[time]))
        else:
            assert math.isnan(value)
    assert found.times.course.step in ("", every)


def test_that_lines_are_drawn_between_values_that_are_at_most_two_steps_apart() -> None:
    minutes = [0, 50, 130, 190, 500, 620, 680]
    rows: list[tuple[dt.datetime, float | None]] = [
        (dt.datetime(2024, 3, 1) + dt.timedelta(minutes=m), float(m)) for m in minutes
    ]
    found = even(table(rows), Recipe(every="1 hour", resample="interpolate"))
    values = found.columns[0].values.tolist()
    assert values[:4] == [0, 60, 120, 180]
    assert all(math.isnan(value) for value in values[4:9])  # 190 and 500 are too far apart
    assert values[9:] == [540, 600, 660]


def test_that_rows_need_no_order_and_missing_values_do_not_count() -> None:
    rows: list[tuple[dt.datetime, float | None]] = [
        (START + dt.timedelta(minutes=20 * n), None if n % 3 == 2 else float(n)) for n in range(48)
    ]
    sorted_one = even(table(rows), Recipe(every="1 hour"))
    random.Random(1).shuffle(rows)
    shuffled = even(table(rows), Recipe(every="1 hour"))
    assert np.array_equal(sorted_one.columns[0].values, shuffled.columns[0].values, equal_nan=True)
    assert not np.isnan(sorted_one.columns[0].values).any()


def test_that_a_step_is_refused_if_there_are_no_dates_or_far_too_many_rows() -> None:
    plain = table_of(["x,y\n", *(f"{n % 5}.5,{n % 3}.25\n" for n in range(30))], Recipe())
    with pytest.raises(ExperimentError, match=r"data.every: '1 hour' .* none of its columns holds"):
        even(plain, Recipe(every="1 hour"))
    rows = uneven_rows(1, dt.timedelta(days=30))
    with pytest.raises(ExperimentError, match=r"data.every: '1 second' .* a longer step"):
        even(table(list(rows)), Recipe(every="1 second"))
