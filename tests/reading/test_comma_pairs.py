"""Decimal commas between commas without quotes are asked about, and joined by a click."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from sandbox.reading.comma_pairs import joined, width_in_pairs
from sandbox.reading.recipe import Recipe, recipe_of
from sandbox.reading.table import Table, table_of
from tests.reading.corpus import lines_of, truth_of

DAYS = [f"2024-01-{day:02d}" for day in range(1, 13)]
NAMES = ("level", "flow", "depth")
LABELS = {
    "date": DAYS,
    "year": [str(2000 + at) for at in range(12)],
    "station": [f"st{at}" for at in range(12)],
    "": [""] * 12,
}


def read(lines: list[str], recipe: str = "") -> Table:
    return table_of(lines, recipe_of(recipe))


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("many", [1, 2, 3])
def test_that_decimal_commas_between_commas_are_joined_by_a_click(label: str, many: int) -> None:
    if not label and many == 1:
        pytest.skip("then nothing separates")
    random = Random(many)
    values = [[random.randint(100, 300) / 10 for _ in LABELS[label]] for _ in range(many)]
    rows = [
        ",".join([name] * bool(label) + [f"{value:.1f}".replace(".", ",") for value in row])
        for name, row in zip(LABELS[label], zip(*values, strict=True), strict=True)
    ]
    names = [label] * bool(label) + list(NAMES[:many])
    lines = [f"{line}\n" for line in [",".join(names), *rows]]
    question = read(lines).questions[0]
    assert question.about == "separator"
    table = read(lines, str(Recipe().with_choices(dict(question.mends[0][1]))))
    assert not table.questions
    assert [column.name for column in table.columns] == list(NAMES[:many])
    for column, wanted in zip(table.columns, values, strict=True):
        assert np.array_equal(column.values, wanted)


def test_that_the_table_in_the_corpus_is_read_right_by_it() -> None:
    name = "decimal_commas_between_commas_unquoted.csv"
    table = read(list(lines_of(name)), "separator=pairs decimal=,")
    for column, (wanted, values) in zip(table.columns, truth_of(name).columns, strict=True):
        assert column.name == wanted
        assert np.array_equal(column.values, values)


def test_that_a_whole_number_among_pairs_is_one_value() -> None:
    rows = [f"{day},{16 + at}{',5' * (at % 3 > 0)}\n" for at, day in enumerate(DAYS)]
    (question,) = read(["date,level\n", *rows]).questions
    table = read(["date,level\n", *rows], str(Recipe().with_choices(dict(question.mends[0][1]))))
    assert np.array_equal(
        table.columns[0].values, [16 + at + 0.5 * (at % 3 > 0) for at in range(12)]
    )


def test_that_names_of_rows_that_count_are_those_of_r() -> None:
    lines = ["a,b\n", *(f"{at},{at * 3},{at * 7 % 5}\n" for at in range(1, 9))]
    assert not read(lines).questions


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        (["2024-01-01", "1", "5", "2", "7"], ["2024-01-01", "1,5", "2,7"]),
        (["2001", "-1", "5"], ["2001", "-1,5"]),
        (["1.5", "2", "3"], ["1.5", "2,3"]),
        (["1", "-5", "2", "7"], ["1", "-5", "2", "7"]),
        (["a", "b"], ["a", "b"]),
    ],
)
def test_that_whole_numbers_are_joined_in_pairs(row: list[str], wanted: list[str]) -> None:
    assert joined(row) == wanted


def test_that_pairs_are_uncertain_where_a_whole_number_could_stand_anywhere() -> None:
    rows = [["d", "16", "6", "2", "4"], ["d", "16", "2", "4"], ["d", "12", "6", "2", "9"]]
    assert width_in_pairs(rows) == 0


@pytest.mark.parametrize(
    "lines",
    [
        [",level,flow\n", *(f"{day},{at},{at * 7 % 5}\n" for at, day in enumerate(DAYS, 20))],
        ['"10,05",5,30195\n', '"8,09",6,27963\n', '"9,01",5,31847\n', '"9,06",7,31849\n'],
    ],
    ids=["a time without a name", "quoted decimal commas"],
)
def test_that_whole_numbers_are_no_pairs_where_names_or_quotes_say_so(lines: list[str]) -> None:
    assert not read(lines).questions
