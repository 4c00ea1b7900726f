"""Tables of any size: a large one is read in chunks, and says the same as when read whole."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import numpy as np
import pytest

from sandbox.reading import large_tables, table_lines
from sandbox.reading.recipe import Recipe
from sandbox.reading.table_files import is_table, read_table
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sandbox.reading.table import Table

ROWS = 6000


def numbers(decimals: int) -> list[str]:
    rng = random.Random(decimals)
    return [f"{rng.uniform(10, 5000):.{decimals}f}" for _ in range(ROWS)]


def english() -> list[str]:
    return ["day,flow,count", *(f"{n},{v},{n % 97}" for n, v in enumerate(numbers(2)))]


def german() -> list[str]:
    flow = [f"{float(v):,.2f}".translate(str.maketrans(",.", ".,")) for v in numbers(2)]
    return ["Tag;Abfluss", *(f"{n % 28 + 1}. Tag;{v}" for n, v in enumerate(flow))]


def with_holes() -> list[str]:
    rows = [f"a{n},{v}" for n, v in enumerate(numbers(1))]
    for at in range(7, ROWS, 40):
        rows[at] = f"a{at},{['', 'NA', 'n/a', '-9999.0'][at % 4]}"
    return ["name,level", *rows]


def with_repeats() -> list[str]:
    rows = [f"x{n}\t{v}" for n, v in enumerate(numbers(3))]
    return ["name\tlevel", *rows[:3000], "name\tlevel", *rows[3000:]]


def with_sums() -> list[str]:
    values = numbers(0)
    total = sum(map(int, values))
    return ["item;sold", *(f"i{n};{v}" for n, v in enumerate(values)), f"Total;{total}"]


def of_blanks() -> list[str]:
    return ["time   level", *(f"{n:6d} {v:>9}" for n, v in enumerate(numbers(2)))]


def with_suffixes() -> list[str]:
    ends = [f"{float(v):.1f}{'KM'[n % 2]}" for n, v in enumerate(numbers(1))]
    return ["name;volume", *(f"a{n};{v}" for n, v in enumerate(ends))]


def with_fillings_in_the_middle() -> list[str]:
    rows = [f"a{n},{v}" for n, v in enumerate(numbers(1))]
    rows[2500:2600] = [f"a{n},-9999.0" for n in range(2500, 2600)]
    return ["name,level", *rows]


def both(path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Table, Table]:
    monkeypatch.setattr(table_lines, "WHOLE", 1 << 40)
    whole = read_table(path, Recipe()).table
    monkeypatch.setattr(table_lines, "WHOLE", 0)
    monkeypatch.setattr(table_lines, "HEAD", 20_000)
    monkeypatch.setattr(table_lines, "TAIL", 4_000)
    monkeypatch.setattr(large_tables, "CHUNK_ROWS", 1_000)
    return whole, read_table(path, Recipe()).table


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize(
    "make",
    [
        english,
        german,
        with_holes,
        with_repeats,
        with_sums,
        of_blanks,
        with_suffixes,
        with_fillings_in_the_middle,
    ],
)
def test_that_a_large_table_has_the_numbers_of_one_that_is_read_whole(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    make: Callable[[], list[str]],
    encoding: str,
    ends: str,
) -> None:
    path = tmp_path / "large.csv"
    path.write_bytes(ends.join([*make(), ""]).encode(encoding))
    whole, large = both(path, monkeypatch)
    assert [column.name for column in large.columns] == [column.name for column in whole.columns]
    for mine, theirs in zip(large.columns, whole.columns, strict=True):
        np.testing.assert_array_equal(mine.values, theirs.values, err_msg=mine.name)
        assert mine.sure == theirs.sure


def test_that_what_begins_in_the_middle_of_a_large_table_is_asked_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [f"a{n};{n % 90}" for n in range(ROWS)]
    rows[2500] = "a2500;20,24"
    rows[2700] = "a2700;broken"
    path = tmp_path / "large.csv"
    path.write_text("\n".join(["name;level", *rows, ""]))
    _, large = both(path, monkeypatch)
    (column,) = large.columns
    (question,) = large.questions
    assert not column.sure
    assert "2 cells" in question.text
    assert "'20,24'" in question.text
    assert np.flatnonzero(np.isnan(column.values)).tolist() == [2500, 2700]


def test_that_rows_with_too_many_cells_are_refused_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [f"{n},{n % 90}" for n in range(ROWS)]
    rows[2500] = "1,2,3,4"
    path = tmp_path / "large.csv"
    path.write_text("\n".join(["day,level", *rows, ""]))
    monkeypatch.setattr(table_lines, "WHOLE", 0)
    monkeypatch.setattr(table_lines, "HEAD", 20_000)
    monkeypatch.setattr(table_lines, "TAIL", 4_000)
    with pytest.raises(ExperimentError, match="a row with too many cells in line 2,502") as refused:
        read_table(path, Recipe())
    assert "\n" not in str(refused.value)


def test_that_reading_tells_how_far_it_is_and_can_be_cancelled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "large.csv"
    path.write_text("\n".join(english()))
    monkeypatch.setattr(table_lines, "WHOLE", 0)
    monkeypatch.setattr(table_lines, "HEAD", 20_000)
    monkeypatch.setattr(table_lines, "TAIL", 4_000)
    monkeypatch.setattr(large_tables, "CHUNK_ROWS", 500)
    told: list[float] = []
    read_table(path, Recipe(), told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0

    def cancel(done: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_table(path, Recipe(), cancel)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b\n" + "1,2\n" * 20, True),
        ("  1700   0.5\n" * 20, True),
        ("7.5\n" * 20, True),
        ("# station 7\n# in mm\n\n" + "2020-01-01\t3,5\n" * 20, True),
        ("The rain fell, in 1920, on the old town.\n" * 20, False),
        ("Chapter 1\n\n" + "It was 7, or 8, and cold.\nNobody came.\n" * 20, False),
        ("and the wind blew over the hills " * 40, False),
        ("milk\nbread\neggs\n" * 20, False),
        ("1,2\n3,4\n", False),
        ("\n", False),
    ],
)
def test_that_the_first_lines_tell_a_table_from_a_text(
    tmp_path: Path, text: str, expected: bool
) -> None:
    path = tmp_path / "a.txt"
    path.write_text(text)
    assert is_table(path) is expected


def test_that_a_small_table_says_how_far_it_is_and_can_be_stopped(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n".join(["day,a,b,c", *(f"{n},{n % 7},{n % 5}.5,{n}" for n in range(99))]))
    told: list[float] = []
    read_table(path, Recipe(), told.append)
    assert len(told) > 10
    assert told == sorted(told)
    assert 0 < told[0] < told[-1] <= 1

    def stop(done: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_table(path, Recipe(), stop)
