"""Years, quarters and months below one another are asked about, and each can be picked."""

from __future__ import annotations

import pytest

from sandbox.reading.recipe import Recipe
from sandbox.reading.stacked_periods import period_of
from sandbox.reading.table import table_of

YEARS = [(f"{year}", year / 1000) for year in range(2018, 2024)]
QUARTERS = [(f"{2018 + n // 4} Q{n % 4 + 1}", 3 + n / 10) for n in range(25)]
NAMES = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()
MONTHS = [(f"{2018 + n // 12} {NAMES[n % 12]}", 5 - n / 100) for n in range(76)]
HEAD = ['"Title","CPIH ANNUAL RATE"\n', '"CDID","L55O"\n', '"Unit","%"\n']


def lines(*parts: list[tuple[str, float]]) -> list[str]:
    return [*HEAD, *(f'"{label}","{value}"\n' for part in parts for label, value in part)]


def test_that_periods_of_several_lengths_are_a_question() -> None:
    table = table_of(lines(YEARS, QUARTERS, MONTHS), Recipe())
    (question,) = [each for each in table.questions if each.about == "table"]
    assert question.text.startswith("Years, quarters and months stand below one another")
    assert [words for words, _ in question.mends] == [
        "Only the years",
        "Only the quarters",
        "Only the months",
    ]
    assert not any(column.sure for column in table.columns)


@pytest.mark.parametrize(("which", "wanted"), [(1, YEARS), (2, QUARTERS), (3, MONTHS)])
def test_that_each_kind_can_be_picked(which: int, wanted: list[tuple[str, float]]) -> None:
    table = table_of(lines(YEARS, QUARTERS, MONTHS), Recipe(table=which))
    assert table.columns[-1].values.tolist() == [value for _, value in wanted]
    assert not [each for each in table.questions if each.about == "table"]


@pytest.mark.parametrize("parts", [(YEARS,), (QUARTERS,), (MONTHS,), (YEARS[:2], MONTHS)])
def test_that_one_kind_alone_is_no_question(parts: tuple[list[tuple[str, float]], ...]) -> None:
    table = table_of(lines(*parts), Recipe())
    assert not [each for each in table.questions if each.about == "table"]


def test_that_a_period_is_known_by_its_shape() -> None:
    cells = ("2018", "2018 Q1", "Q1 2018", "2018 JAN", "Jan 2018", "2018-01", "2018M01")
    assert [period_of(cell) for cell in cells] == [
        "years",
        *["quarters"] * 2,
        *["months"] * 4,
    ]
    assert [period_of(cell) for cell in ("20181", "12", "Total", "2018 ABC", "")] == [""] * 5
