"""Cells that look alike are judged alike, so that one of them speaks for all."""

from __future__ import annotations

import io
from collections import Counter
from random import Random

from sandbox.reading.cell_columns import CellColumn, looks_of
from sandbox.reading.cells import Evidence, taken_apart
from sandbox.reading.column_styles import evidence_of
from sandbox.reading.kinds import kind_of, kinds_in, kinds_of_rows
from sandbox.reading.tally import factors_of
from sandbox.reading.time_formats import formats_of
from tests.reading.dialects import written

ODD = [
    *"0 00 05 -05 +05 5 -5 - -- 0.5 .5 5. 05.5 1.090 1,090 999 9999 -9999 20240131 199912".split(),
    *"2024013112 202401311259 20241399 1.5e3 1.5E+03 5e 5d 0e0 12:30 00:30 2024-01-31".split(),
    *"2024-01-31T12:30Z 5% 5m2 5m4 #DIV/0! #DIV/5! 1/2 12/2024 007 0x5 1'000 5- (5) <0.5".split(),
    *("", "na", "1 000", "20240131 12:30", "- 5", "- 05", "2024-01-31, 12:30", "31.01.2024"),
]


def some_columns() -> list[list[str]]:
    """Cells of all kinds, and the columns of tables in random dialects."""
    random, found = Random(1), [ODD, [*ODD, "\x015"], [*ODD, "5\n6"]]
    for seed in range(150):
        lines = list(io.StringIO(written(Random(seed)).text, newline=None))
        cells = [cell.strip() for line in lines for cell in line.split(random.choice(",;\t"))]
        found.append([*cells, *random.choices(ODD, k=20)])
    return found


def test_that_cells_that_look_alike_have_one_kind_and_may_be_times_in_the_same_formats() -> None:
    for cells in some_columns():
        told: dict[str, tuple[object, ...]] = {}
        for look, cell in zip(looks_of(cells), cells, strict=True):
            parts = taken_apart(cell)
            judged = kind_of(cell), formats_of(cell), parts.before, parts.after, parts.limit
            assert told.setdefault(look, judged) == judged, (look, cell)


def test_that_a_column_is_judged_as_all_its_cells_are() -> None:
    for cells in some_columns():
        column = CellColumn(cells)
        assert kinds_in(column) == Counter(map(kind_of, cells))
        assert kinds_of_rows([cells, cells[:3]]) == [
            list(map(kind_of, cells)),
            list(map(kind_of, cells[:3])),
        ]
        one_by_one = Evidence().add(map(taken_apart, cells))
        found = evidence_of(column)
        assert (found.decimal, found.thousands) == (one_by_one.decimal, one_by_one.thousands)
        assert Counter(found.short) == Counter(one_by_one.short)
        assert Counter(found.long) == Counter(one_by_one.long)
        assert list(found.open) == list(one_by_one.open)
        for mark, open_cells in found.open.items():
            assert open_cells[0] == one_by_one.open[mark][0]
            assert Counter(open_cells) == Counter(one_by_one.open[mark])
        assert factors_of(column) == factors_of([*cells])


def test_that_what_is_known_of_a_column_is_kept_with_it() -> None:
    column = CellColumn(["1", "2"])
    assert kinds_in(column) is kinds_in(column)
    assert kinds_in(CellColumn(["1", "2"])) is not kinds_in(column)
