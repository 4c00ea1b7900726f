from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.reading.recipe import Recipe, recipe_of, with_words, words_of
from sandbox.reading.table import table_of
from sandbox.validation import ExperimentError

LINE = st.text(st.characters(exclude_categories=["C"]), max_size=40)
RECIPES = st.builds(
    Recipe,
    separator=st.sampled_from(["", "tab", "comma", "none"]),
    header=st.none() | st.integers(0, 5),
    decimal=st.sampled_from(["", ".", ","]),
    thousands=st.sampled_from(["", "none", " ", "'"]),
    missing=LINE,
    time=LINE,
    order=st.sampled_from(["", "turned round"]),
    accept=st.booleans(),
)


@given(RECIPES)
def test_that_a_recipe_is_read_back_from_its_line(recipe: Recipe) -> None:
    assert recipe_of(str(recipe)) == recipe


def test_that_the_line_says_only_what_was_settled() -> None:
    assert str(Recipe()) == ""
    assert str(Recipe(decimal=",", header=1, missing="-200 nd")) == (
        "header=1 decimal=, 'missing=-200 nd'"
    )


@pytest.mark.parametrize(
    ("typed", "field", "meant"),
    [
        (";", "separator", "semicolon"),
        ("\\t", "separator", "tab"),
        ("none", "separator", "none"),
        ("none", "thousands", "none"),
        ("space", "thousands", " "),
        ("comma", "decimal", ","),
        ("2", "header", 2),
        ("true", "accept", True),
    ],
)
def test_that_signs_and_words_mean_the_same(typed: object, field: str, meant: object) -> None:
    assert getattr(Recipe().with_choices({field: typed}), field) == meant


@pytest.mark.parametrize(
    ("choices", "sentence"),
    [
        ({"colour": 1}, "data.colour: 1 was given; it takes no value: the choices are encoding,"),
        ({"decimal": ";"}, "data.decimal: ';' was given; it takes one of '.', ','."),
        ({"header": "many"}, "data.header: 'many' was given; it takes a whole number from 0 to 5."),
        ({"separator": "dots"}, "data.separator: 'dots' .* one of 'tab', 'semicolon'"),
        ({"accept": "maybe"}, "data.accept: 'maybe' was given; it takes true or false"),
        ({"missing": "x" * 500}, "data.missing: .* a shorter text"),
    ],
)
def test_that_a_wrong_choice_is_refused_by_its_name(
    choices: dict[str, object], sentence: str
) -> None:
    with pytest.raises(ExperimentError, match=sentence):
        Recipe().with_choices(choices)


def test_that_a_line_that_is_no_recipe_is_refused() -> None:
    for text in ("decimal=, 'open", "decimal"):
        with pytest.raises(ExperimentError):
            recipe_of(text)


def test_that_words_with_blanks_are_kept_together() -> None:
    text = with_words("-200 nd", "not counted", "ND", "Ice")
    assert words_of(text) == ["-200", "nd", "not counted", "ice"]
    assert words_of("it's 5") == ["it's", "5"]


@pytest.mark.parametrize("word", ["not counted", "ice", "sensor fault"])
def test_that_a_mend_for_words_settles_them_beside_what_was_settled(word: str) -> None:
    rows = [f"x{n};{word if n in (12, 30) else n % 7}\n" for n in range(40)]
    lines = ["a;b\n", *rows]
    table = table_of(lines, Recipe(missing="nd"))
    (question,) = table.questions
    ((_, choices),) = question.mends
    settled = Recipe(missing="nd").with_choices(dict(choices))
    assert not table_of(lines, settled).questions
    assert set(words_of(settled.missing)) == {"nd", word}
