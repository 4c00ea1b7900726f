"""Rows with a label and no number belong to a table, and footnotes do not."""

from __future__ import annotations

import numpy as np
import pytest

from sandbox.reading.recipe import Recipe, recipe_of
from sandbox.reading.table import Table, table_of

CITIES = "city,people,area\nParis,3,1\nOslo,4,2\nRome,5,3\nBonn,2,4\nNew York,7,3\n"
LABELS = {
    "numbered": [f"a{at}" for at in range(400)],
    "words": [
        f"{'north south east'.split()[at % 3]} {'abcdefgh'[at % 8] * (1 + at % 5)}"
        for at in range(400)
    ],
    "repeated": [("north", "south", "east")[at % 3] for at in range(400)],
}


def read(text: str, recipe: str = "") -> Table:
    return table_of(text.splitlines(keepends=True), recipe_of(recipe))


def test_that_a_label_without_numbers_above_a_table_without_names_is_asked_about() -> None:
    rows = "Bern,,\n" + CITIES.partition("\n")[2]
    (question,) = read(rows).questions
    assert question.about == "header"
    assert "'Bern'" in question.text
    recipe = Recipe().with_choices(dict(question.mends[0][1]))
    assert not read(rows, str(recipe)).questions
    assert not read("Cities,,\n" + CITIES).questions


@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS)
@pytest.mark.parametrize("first", [0, 200, 399, 371], ids=["first", "middle", "last", "many last"])
@pytest.mark.parametrize("gap", ["", "NA"])
def test_that_no_row_is_lost_where_a_label_has_no_number(
    labels: list[str], first: int, gap: str
) -> None:
    values = [at * 1.25 for at in range(400)]
    many = 29 if first == 371 else 1
    wanted = [np.nan if first <= at < first + many else value for at, value in enumerate(values)]
    cells = [gap if np.isnan(value) else f"{value}" for value in wanted]
    lines = [f"{label},{cell}\n" for label, cell in zip(labels, cells, strict=True)]
    table = table_of(["name,flow\n", *lines], Recipe())
    assert np.array_equal(table.columns[0].values, wanted, equal_nan=True)
    assert not table.questions
    assert table.columns[0].name == "flow"


@pytest.mark.parametrize(
    "row",
    [
        "Source: office,,",
        "Note,,",
        "* estimated,,",
        "figures in italics are provisional,,",
        "Total,,",
    ],
)
def test_that_a_footnote_as_wide_as_the_table_is_none_of_its_rows(row: str) -> None:
    table = read(f"{CITIES}{row}\n")
    assert len(table.columns[0].values) == 5
    assert not table.questions


def test_that_a_label_above_a_sum_is_a_row_and_the_sum_is_none() -> None:
    table = read(f"{CITIES}Bern,,\nTotal,21,13\n")
    assert np.array_equal(table.columns[0].values, [3, 4, 5, 2, 7, np.nan], equal_nan=True)


@pytest.mark.parametrize("label", ["Basel-Stadt", "St. Gallen", "L'Aquila", "Bern"])
def test_that_a_name_of_several_parts_is_a_label(label: str) -> None:
    table = read(f"{CITIES}{label},,\n")
    assert np.array_equal(table.columns[0].values, [3, 4, 5, 2, 7, np.nan], equal_nan=True)
    assert not table.questions


def test_that_units_below_the_header_are_no_row() -> None:
    table = read(CITIES.replace("area\n", "area\n,k,km2\n"))
    assert len(table.columns[0].values) == 5
    assert table.columns[1].unit == "km2"


@pytest.mark.parametrize("row", ["Bonn (old),,", "Oslo", ",,\nOslo,,"])
def test_that_a_row_that_may_belong_to_the_table_is_asked_about(row: str) -> None:
    (question,) = read(f"{CITIES}{row}\nSource: office,,\n").questions
    assert question.about == "skip_after"
    belong, leave = (str(Recipe().with_choices(dict(choices))) for _, choices in question.mends)
    kept = read(f"{CITIES}{row}\nSource: office,,\n", belong)
    left = read(f"{CITIES}{row}\nSource: office,,\n", leave)
    assert np.array_equal(kept.columns[0].values, [3, 4, 5, 2, 7, np.nan], equal_nan=True)
    assert np.array_equal(left.columns[0].values, [3, 4, 5, 2, 7])
    assert not left.questions


def test_that_odd_rows_are_left_out_or_kept_as_it_is_chosen() -> None:
    text = "date,a,b\n2024-01-01,1,2\n2024-01-02,2,3\ndevice offline\n2024-01-03,3,5\n"
    (question,) = read(text).questions
    leave, keep = (str(Recipe().with_choices(dict(choices))) for _, choices in question.mends)
    left, kept = read(text, leave), read(text, keep)
    assert not left.questions
    assert not kept.questions
    assert np.array_equal(left.columns[1].values, [2, 3, 5])
    assert np.array_equal(kept.columns[1].values, [2, 3, np.nan, 5], equal_nan=True)


def test_that_a_row_with_too_many_cells_can_only_be_left_out() -> None:
    text = "date,a,b\n2024-01-01,1,2\n2024-01-02,2,3,4\n2024-01-03,3,5\n2024-01-04,3,6\n"
    (question,) = read(text).questions
    (leave,) = (str(Recipe().with_choices(dict(choices))) for _, choices in question.mends)
    assert not read(text, leave).questions
    assert np.array_equal(read(text, leave).columns[1].values, [2, 5, 6])
