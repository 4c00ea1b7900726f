"""Tables as LaTeX has them: an ampersand between cells, two backslashes behind a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from sandbox.reading import table_lines
from sandbox.reading.recipe import Recipe
from sandbox.reading.table import table_of
from sandbox.reading.table_files import read_table

if TYPE_CHECKING:
    from pathlib import Path

TOWNS = ["Bern", "St. Gallen", "Chur", "La Chaux-de-Fonds", "Zug"]
ROWS = [f"{town} & {at}.5 & {at * 3 % 5}\\% " for at, town in enumerate(TOWNS, 1)]
LINES = {"booktabs": ("\\toprule", "\\midrule", "\\bottomrule"), "hline": ("\\hline",) * 3}


@pytest.mark.parametrize("lines", LINES)
@pytest.mark.parametrize("end", ["\\\\", "\\\\[2pt]", "\\\\ \\hline"])
def test_that_the_rows_of_latex_keep_their_names(lines: str, end: str) -> None:
    top, middle, bottom = LINES[lines]
    rows = [f"{row}{end}" for row in ["town & wind speed & cloud\\_cover ", *ROWS]]
    text = ["\\begin{tabular}{lrr}", top, rows[0], middle, *rows[1:], bottom, "\\end{tabular}"]
    table = table_of([f"{line}\n" for line in text], Recipe())
    assert [column.name for column in table.columns] == ["wind speed", "cloud_cover"]
    assert np.array_equal(table.columns[0].values, [1.5, 2.5, 3.5, 4.5, 5.5])
    assert np.array_equal(table.columns[1].values, [3, 1, 4, 2, 0])
    assert table.columns[1].unit == "%"
    assert not table.questions


def test_that_the_rows_of_a_large_file_are_read_so_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "large.tex"
    rows = [f"a{at} & {at * 7 % 13}.5 & {at * 3 % 7} \\\\" for at in range(40_000)]
    path.write_text("\n".join(["name & load & cloud \\\\", *rows, ""]), "utf-8")
    monkeypatch.setattr(table_lines, "WHOLE", 1000)
    table = read_table(path, Recipe()).table
    assert [column.name for column in table.columns] == ["load", "cloud"]
    assert np.array_equal(table.columns[1].values, np.arange(40_000) * 3 % 7)
    assert [column.unit for column in table.columns] == ["", ""]
    assert not table.notes
