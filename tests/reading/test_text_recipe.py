"""A person's choices about a text, and whether a file is a text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sandbox.reading.file_kind import kind_of, wanted_kind
from sandbox.reading.text_recipe import TextRecipe, text_recipe_of
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from pathlib import Path

TABLE = "day,level\n" + "".join(f"{n},{n % 7}\n" for n in range(40))
PROSE = "The rain fell on the town, and the wind blew.\n" * 40


def test_that_a_recipe_is_one_line_that_is_read_again() -> None:
    recipe = TextRecipe().with_choices(
        {"encoding": "cp1252", "controls": "left out", "accept": True}
    )
    assert str(recipe) == "encoding=cp1252 'controls=left out' accept=True"
    assert text_recipe_of(str(recipe)) == recipe
    assert str(TextRecipe()) == ""
    assert text_recipe_of("") == TextRecipe()


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("encoding=klingon", r"data\.encoding: 'klingon' was given; it takes the name of an enc"),
        ("encoding=hex", r"data\.encoding: 'hex' was given; it takes the name of an encoding"),
        ("controls=lost", r"data\.controls: 'lost' was given; it takes kept or left out\."),
        ("accept=perhaps", r"data\.accept: 'perhaps' was given; it takes true or false\."),
        ("decimal=,", r"data\.decimal: ',' was given; it takes no value: decimal is about tables"),
        ("colour=red", r"data\.colour: 'red' was given; it takes no value: colour is unknown, and"),
        ("encoding", r"recipe: 'encoding' was given; it takes choices such as encoding=cp1252"),
        ("'", r"recipe: "),
    ],
)
def test_that_a_wrong_choice_is_refused_by_its_field(line: str, sentence: str) -> None:
    with pytest.raises(ExperimentError, match=sentence):
        text_recipe_of(line)


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.csv", PROSE, "table"),
        ("a.TSV", PROSE, "table"),
        ("a.txt", TABLE, "table"),
        ("a", TABLE, "table"),
        ("a.txt", "LOGGER\n\nplace : pond\n\n" * 9 + TABLE, "table"),
        ("a.txt", PROSE, "text"),
        ("a.md", TABLE, "text"),
        ("a.txt", PROSE + TABLE[:60], "text"),
        ("a.log", "", "text"),
    ],
)
def test_that_name_and_first_lines_tell_a_table_from_a_text(
    tmp_path: Path, name: str, content: str, kind: str
) -> None:
    path = tmp_path / "copy"
    path.write_text(content)
    assert kind_of(name, path) == kind


def test_that_a_kind_is_wanted_by_its_name() -> None:
    assert wanted_kind(" text ") == "text"
    with pytest.raises(ExperimentError, match="kind: 'prose' was given; it takes one of text, t"):
        wanted_kind("prose")
