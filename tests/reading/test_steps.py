"""How far apart rows usually are, what is uneven, and which steps are offered."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from sandbox.reading.recipe import Recipe
from sandbox.reading.steps import coarser_steps, is_uneven, usual_step, without_dates
from sandbox.reading.table import Table, table_of
from sandbox.reading.words import times_in_words

START = dt.datetime(2024, 1, 31, 6)


def made(minutes: list[float], form: str = "%Y-%m-%d %H:%M") -> Table:
    """A table with rows so many minutes after START."""
    times = [START + dt.timedelta(minutes=each) for each in minutes]
    rows = [f"{when:{form}},{n * n % 17}.5\n" for n, when in enumerate(times)]
    return table_of(["time,load\n", *rows], Recipe())


EVEN = [60.0 * row for row in range(200)]


@pytest.mark.parametrize(
    ("minutes", "step", "uneven"),
    [
        (EVEN, "1 hour", False),
        ([15 * row for row in range(200)], "15 minutes", False),
        ([7 * row for row in range(200)], "7 minutes", False),
        ([1440 * row for row in range(200)], "1 day", False),
        (EVEN[:50] + EVEN[53:], "1 hour", True),
        (sorted([*EVEN, EVEN[9]]), "1 hour", True),
        ([each + random.Random(each).randrange(59) for each in EVEN], "1 hour", True),
        ([each / 2 if each < 600 else each - 300 for each in EVEN], "1 hour", True),
        ([0, 60, 120, 61, *EVEN[4:]], "1 hour", True),
    ],
)
def test_that_the_usual_step_is_found_and_uneven_rows_are(
    minutes: list[float], step: str, uneven: bool
) -> None:
    table = made(minutes)
    assert (usual_step(table), is_uneven(table)) == (step, uneven)


def test_that_months_are_even_though_their_days_are_not() -> None:
    rows = [f"{2000 + n // 12}-{n % 12 + 1:02},{n * n % 17}.5\n" for n in range(80)]
    table = table_of(["month,rain\n", *rows], Recipe())
    assert (usual_step(table), is_uneven(table)) == ("1 month", False)
    assert coarser_steps(table) == ["1 quarter"]
    assert is_uneven(table_of(["month,rain\n", *rows[:30], *rows[31:]], Recipe()))


def test_that_coarser_steps_are_longer_and_leave_rows() -> None:
    assert coarser_steps(made(EVEN)) == ["3 hours", "6 hours"]
    assert coarser_steps(made(EVEN[:10])) == []


@pytest.mark.parametrize("form", ["%H:%M", "%j %H"])
def test_that_times_of_day_are_no_dates(form: str) -> None:
    table = made(EVEN, form)
    assert without_dates(table) != ""
    assert (usual_step(table), is_uneven(table), coarser_steps(table)) == ("", False, [])


def test_that_no_gaps_are_counted_where_hardly_two_steps_are_alike() -> None:
    rng = random.Random(1)
    told = times_in_words(made([each + rng.randrange(59) for each in EVEN]))
    assert told.endswith(", uneven steps of about 1 hour")
    assert times_in_words(made(EVEN)).endswith(", a row every hour, no gaps, no doubles")
