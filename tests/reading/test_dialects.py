"""Known columns in random dialects: each table is read right, or something is asked."""

from __future__ import annotations

import io
from collections import Counter
from random import Random
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sandbox.reading.layout import NoTable
from sandbox.reading.recipe import TURNED, Recipe
from sandbox.reading.table import NoNumbers, Table, table_of
from tests.reading.corpus import as_in_file, same
from tests.reading.dialects import Written, written

if TYPE_CHECKING:
    from collections.abc import Iterator

PARTS = 5  # run side by side
TABLES = 1050  # in each part
MOST_ASKED = 0.1  # of the tables that a careful person reads without a doubt
found: Counter[tuple[str, bool]] = Counter()


@pytest.mark.parametrize("part", range(PARTS))
def test_that_no_dialect_is_read_wrong_without_a_word(part: int) -> None:
    found.clear()

    @settings(
        max_examples=TABLES,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(seed=st.integers(0, 2**48))
    def check(seed: int) -> None:
        table = written(Random(seed * PARTS + part))
        outcome = outcome_of(table)
        assert outcome in ("right", "asked", "refused"), (seed, outcome, table.text)
        found[outcome, not table.doubts] += 1

    check()
    certain = {outcome: count for (outcome, is_certain), count in found.items() if is_certain}
    assert found.total() >= 1000
    assert certain["right"] > (1 - MOST_ASKED) * sum(certain.values()), found


def outcome_of(written: Written) -> str:
    """What became of a table: "right", "asked", "refused", or what is wrong without a word."""
    try:
        table = table_of(list(io.StringIO(written.text, newline=None)), Recipe())
    except (NoTable, NoNumbers):
        return "refused"
    wrong = "; ".join(_wrong_columns(table, written))
    if table.questions:
        return "asked" if not any(column.sure for column in table.columns) or not wrong else wrong
    return "; ".join([*_wrong_columns(table, written), *_wrong_times(table, written)]) or "right"


def _wrong_columns(table: Table, written: Written) -> Iterator[str]:
    """What differs in the columns that are said to be sure."""
    left = [column for column in table.columns if column.sure]
    unsure = len(left) < len(table.columns)
    for name, values in written.columns:
        hits = [column for column in left if same(as_in_file(table, column.values), values)]
        if hits:
            left.remove(hits[0])
        elif not unsure and any(value is not None for value in values):
            yield f"{name} is not read"
        if (
            hits
            and written.named
            and not table.questions
            and hits[0].name.replace("_", " ") != name
        ):
            yield f"{name} is named {hits[0].name}"
    for column in left:
        yield f"{column.name} is sure, and has other values: {column.values[:5]}"


def _wrong_times(table: Table, written: Written) -> Iterator[str]:
    if written.times is None or table.times is None:
        if (written.times is None) != (table.times is None):
            yield f"times are {table.times}"
        return
    expected = np.array(written.times, "datetime64[s]")
    if not np.array_equal(as_in_file(table, table.times.values), expected):
        yield f"times are {table.times.values[:3]} in place of {expected[:3]}"
    if written.falling != (table.order == TURNED):
        yield f"the order is {table.order}"
