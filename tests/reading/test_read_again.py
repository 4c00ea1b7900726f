"""A table that is read again by another recipe is what a first reading by that recipe gives."""

from __future__ import annotations

import io
from random import Random
from typing import TYPE_CHECKING

import pytest

from sandbox.reading import body, table
from sandbox.reading.layout import NoTable
from sandbox.reading.recipe import Recipe
from sandbox.reading.table import NoNumbers, Table, table_of
from sandbox.validation import ExperimentError
from tests.reading.corpus import FOLDER
from tests.reading.dialects import written

if TYPE_CHECKING:
    from collections.abc import Sequence

CHANGES = {
    "decimal": (".", ",", ""),
    "thousands": ("none", ",", ".", ""),
    "missing": ("-200", "5 nd", "NA 1", ""),
    "keep": ("-999", "9999", ""),
    "time": ("none", ""),
    "dates": ("day first", "month first", ""),
    "order": ("turned round", "as it stands", ""),
    "header": (0, 1, 2, None),
    "units": (0, 1, None),
    "skip_before": (1, 3, None),
    "skip_after": (0, 1, 2, None),
    "separator": ("comma", "space", "semicolon", "none", ""),
    "quote": ("'", "none", ""),
    "orientation": ("rows", "columns", ""),
    "table": (1, 2, None),
    "odd_rows": ("left out", "kept", ""),
    "limits": ("missing", "limit", "half", ""),
    "unit": ("kg", "% ignored", ""),
    "only": ("time=1", "all", ""),
    "every": ("1 day", "2 hours", ""),
    "resample": ("sum", "last", ""),
    "accept": (True, False),
}


@pytest.mark.parametrize("seed", range(12))
def test_that_any_changes_of_the_recipe_give_what_a_first_reading_gives(seed: int) -> None:
    random = Random(seed)
    lines = some_lines(random)
    recipe, told = Recipe(), []
    for _ in range(12):
        name = random.choice(list(CHANGES))
        recipe = recipe.with_choices({name: random.choice(CHANGES[name])})
        told.append((recipe, said(lines, recipe)))
    for recipe, before in told:
        forget()
        assert said(lines, recipe) == before, recipe


def test_that_a_table_is_not_changed_by_a_later_reading() -> None:
    lines = some_lines(Random(3))
    first = table_of(lines, Recipe())
    before = as_said(first)
    for name, values in CHANGES.items():
        for value in values:
            said(lines, Recipe().with_choices({name: value}))
    assert as_said(first) == before


def test_that_every_choice_of_a_recipe_is_tried() -> None:
    assert {"encoding", *CHANGES} == Recipe.model_fields.keys()


def some_lines(random: Random) -> Sequence[str]:
    """The lines of a table in a random dialect, or of one in the folder."""
    if random.random() < 0.5:
        return list(io.StringIO(written(random).text, newline=None))
    names = sorted(path.name for path in FOLDER.glob("*.csv"))
    return (FOLDER / random.choice(names)).read_text("latin-1").splitlines(keepends=True)


def forget() -> None:
    """Let the next reading be a first one."""
    for kept in (table._begun, body._body_of, body._body_of_few):
        kept.cache_clear()


def said(lines: Sequence[str], recipe: Recipe) -> object:
    """All that a reading says, or why there is none."""
    try:
        return as_said(table_of(lines, recipe))
    except (NoTable, NoNumbers, ExperimentError) as error:
        return str(error)


def as_said(found: Table) -> object:
    """All that a table says, to be compared; missing numbers are alike."""
    times = None if found.times is None else (found.times.name, repr(found.times))
    columns = [(each.values.tobytes(), repr(each)) for each in found.columns]
    return times, columns, found.questions, found.notes, found.order, repr(found.layout)
