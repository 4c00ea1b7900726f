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
    assert table.notes == (f"{word!r} in 3 cells of level is read as missing",)
    assert np.isnan(table.columns[0].values[7:10]).all()


WORDS = (
    "fault|XX|ikke målt|nicht gemessen|illeg.|non mesuré|no medido|ei mitattu|не измерено|"
    "(kaputt)|Bad Input|out of order|sensor-fault|no signal|kein Signal|Pumpe defekt|Nebel"
)
FOR_NUMBERS = (
    "T|tr.|Spur|OVER|o.l.|LOW|sat|over range|nil rain|closed|geschlossen (Covid)|fermé|keine|"
    "no rain|sin lluvia|ingen nedbør|calm|dry|non détecté|nicht nachweisbar|ten|III|lO|A|idem|"
    "sold out|нет дождя|Feiertag|viele|off"
)


@pytest.mark.parametrize("word", WORDS.split("|"))
def test_that_a_word_that_can_stand_for_no_number_is_missing_and_told(word: str) -> None:
    table = read(with_word(word, 1))
    assert table.questions == ()
    assert table.notes == (f"{word!r} in 1 cell of level is read as missing",)
    assert table.columns[0].missing == {word.lower(): 1}
    assert np.isnan(table.columns[0].values[7])


@pytest.mark.parametrize("word", FOR_NUMBERS.split("|"))
def test_that_a_word_that_may_stand_for_a_number_is_asked_about(word: str) -> None:
    table = read(with_word(word, 1))
    (question,) = table.questions
    assert question.about == "missing"
    assert repr(word) in question.text
    assert not table.columns[0].sure


def test_that_the_first_of_many_words_are_named() -> None:
    cells = [f"{at}.5" for at in range(20)]
    words = ["wet", "odd", "new", "mud"]
    (note,) = read([*cells[:9], *words, *cells[9:]]).notes
    assert note == "'wet', 'odd', 'new' and 1 other in 4 cells of level are read as missing"


def test_that_only_the_words_in_doubt_are_asked_about() -> None:
    table = read([*with_word("not read"), "1.5", "T", "2.5"])
    (question,) = table.questions
    assert "1 cell that is no number: 'T'" in question.text
    assert table.notes == ("'not read' in 3 cells of level is read as missing",)


@pytest.mark.parametrize(
    "text",
    [
        "level\n" + "\n".join(with_word("weir", 1)),  # may be a heading
        "day;level\nYYYY;litres\n" + "".join(f"2024-01-{n:02d};{n}.5\n" for n in range(1, 9)),
        "place;level\na;3.5\nb;4\nThird;floor\nc;3.5\nd;2.5\ne;4.5\nf;4\ng;3\n",
        "day;level\n"
        + "".join(f"2024-01-{n:02d};{n if n % 8 < 5 else 'broken'}\n" for n in range(1, 9)),
    ],
)
def test_that_a_word_without_a_figure_beside_it_or_among_few_is_not_taken(text: str) -> None:
    table = table_of(text.splitlines(keepends=True), Recipe())
    assert not any("is read as missing" in note for note in table.notes)


@pytest.mark.parametrize("times", [1, 2])
def test_that_nines_among_like_values_are_one_of_them_if_they_come_once(times: int) -> None:
    values = [990 + 0.25 * (at * 37 % 101) for at in range(101)] + [999.0] * (times - 1)
    found = fillings(np.array([value for value in values if value != 999] + [999.0] * times))
    assert [each.value for each in found] == [999.0] * (times - 1)
    assert [each.value for each in fillings(np.array([900.5, 902.25, 903.5, 980.5, 999, 1400.5]))]


@pytest.mark.parametrize("nines", [-999.0, 9999.0])
def test_that_nines_among_values_far_apart_are_asked_about(nines: float) -> None:
    values = np.random.default_rng(2).normal(0, 30_000, 60).round(1)
    (found,) = fillings(np.append(values, nines))
    assert (found.value, found.sure) == (nines, False)


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
