"""Words and numbers that stand where a value is missing: known, certain, or asked about."""

from __future__ import annotations

import numpy as np
import pytest

from sandbox.reading.doubts import fillings
from sandbox.reading.recipe import Recipe
from sandbox.reading.table import Table, table_of


def read(cells: list[str], name: str = "level") -> Table:
    rows = [f"2024-01-{day:02d};{cell}\n" for day, cell in enumerate(cells, 1)]
    return table_of([f"date;{name}\n", *rows], Recipe())


def with_word(word: str, times: int = 3) -> list[str]:
    numbers = ["3.5", "4.25", "4", "3.75", "5", "2.5", "4.5"]
    return numbers + [word] * times + numbers


@pytest.mark.parametrize(
    "word",
    "н/д|brak|M|MM|Ice|Eqp|n/e|N/E|####|n.v.t.|fehlt|k.A.|no data|keine Angabe".split("|"),
)
def test_that_usual_words_are_missing_without_a_question(word: str) -> None:
    table = read(with_word(word, 1))
    assert table.questions == ()
    assert table.columns[0].missing == {word.lower(): 1}
    assert np.isnan(table.columns[0].values[7])


@pytest.mark.parametrize("word", ["XX", "ERR", "Ж/У", "ÄÖ"])
def test_that_one_short_word_in_capitals_that_comes_often_is_missing_and_told(word: str) -> None:
    table = read(with_word(word))
    assert table.questions == ()
    assert table.notes == (f"{word} in 3 cells of level is read as missing",)
    assert np.isnan(table.columns[0].values[7:10]).all()


@pytest.mark.parametrize(
    "cells",
    [
        with_word("XX", 2),  # twice may be a slip
        with_word("T"),  # a trace is not nothing
        with_word("OVER"),  # more than can be measured
        with_word("fault"),
        [*with_word("XX"), "YY"],
    ],
)
def test_that_other_words_among_numbers_are_asked_about(cells: list[str]) -> None:
    (question,) = read(cells).questions
    assert question.about == "missing"


@pytest.mark.parametrize("name", ["M", "MM", "Ice"])
def test_that_words_for_missing_values_may_name_columns(name: str) -> None:
    table = read(["3.5", "4.25", "4", name, "3.75"], name)
    assert table.columns[0].name == name
    assert len(table.columns[0].values) == 5
    alone = table_of([f"{name}\n", "1.5\n", "2.5\n", "2.25\n"], Recipe())
    assert alone.columns[0].name == name
    assert len(alone.columns[0].values) == 3


STEPS = [7746, 8631, 11856, 11610, 7226, 9127, 10065, 8878, 9558, 11204, 11859, 12306, 4041]


@pytest.mark.parametrize("code", [9999, 8888, 4095])
def test_that_a_code_that_comes_often_among_values_that_do_not_is_asked_about(code: int) -> None:
    values = np.array([*STEPS[:5], code, *STEPS[5:8], code, *STEPS[8:], code, STEPS[0]], float)
    (found,) = fillings(values)
    assert (found.value, found.times, found.sure, found.inside) == (code, 3, False, True)
    assert fillings(values, keep=[code]) == []
    question, *_ = read([f"{value:g}" for value in values]).questions
    assert "is far from all else" not in question.text


@pytest.mark.parametrize(
    "values",
    [
        [*STEPS, 9999, 9999],  # two days may be alike
        [*STEPS, 10000, 10000, 10000],  # a round number is a goal
        [*STEPS[:4] * 3, 9999, 9999, 9999],  # all others come so often
    ],
)
def test_that_values_that_may_well_repeat_are_not_asked_about(values: list[int]) -> None:
    assert fillings(np.array(values, float)) == []
