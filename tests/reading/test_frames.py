"""Several columns of a table side by side: their gaps, their times, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from sandbox.reading import frames, table_lines
from sandbox.reading.data import adopt_file
from sandbox.reading.frames import complete, frame_of
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from pathlib import Path

NAN = float("nan")
GAPS = """day,a,b,c
2024-05-01,1,,7.5
2024-05-02,2,20,6.5
2024-05-03,,30,7.25
2024-05-04,4,40,7
2024-05-05,5,,7.75
2024-05-06,6,60,8
2024-05-07,7,70,8.5
2024-05-08,8,,8.25
"""
WANTED = [("column", "a"), ("inputs", "b"), ("known", "4")]


def kept(tmp_path: Path, text: str) -> str:
    path = tmp_path / "river.csv"
    path.write_text(text)
    return adopt_file(path)


@pytest.mark.parametrize(
    ("missing", "days", "a", "b"),
    [
        ("skip", [2, 4, 6, 7], [2, 4, 6, 7], [20, 40, 60, 70]),
        ("carry", range(2, 9), [2, 2, 4, 5, 6, 7, 8], [20, 30, 40, 40, 60, 70, 70]),
        ("interpolate", range(2, 8), [2, 3, 4, 5, 6, 7], [20, 30, 40, 50, 60, 70]),
        ("unknown", range(2, 9), [2, NAN, 4, 5, 6, 7, 8], [20, 30, 40, 40, 60, 70, 70]),
    ],
)
def test_that_the_rows_of_all_columns_stay_together(
    tmp_path: Path, missing: str, days: list[int], a: list[float], b: list[float]
) -> None:
    found = complete(frame_of(kept(tmp_path, GAPS), WANTED, timed=True), missing)
    assert found.times is not None
    assert [time.astype("datetime64[D]").astype(object).day for time in found.times] == list(days)
    assert np.array_equal(found.values[0], a, equal_nan=True)
    assert found.values[1].tolist() == b
    c = [7.5, 6.5, 7.25, 7, 7.75, 8, 8.5, 8.25]
    assert found.values[2].tolist() == [c[day - 1] for day in days]
    assert found.names == ("a", "b", "c")


def test_that_the_column_with_missing_values_is_named(tmp_path: Path) -> None:
    data = kept(tmp_path, GAPS)
    with pytest.raises(ExperimentError, match=r"since b has no value in rows 2, 6 and 9\."):
        complete(frame_of(data, [("column", "c"), ("inputs", "b")]), "refuse", data)


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        (
            [("column", "a"), ("inputs", "nowhere")],
            "inputs: 'nowhere' .*column of numbers.*: a, b, c",
        ),
        ([("column", "a"), ("known", "1")], "known: '1' .*a column of numbers"),
        ([("column", "9")], "column: '9' .*a column of numbers"),
    ],
)
def test_that_a_column_that_is_not_there_is_refused_by_its_field(
    tmp_path: Path, wanted: list[tuple[str, str]], sentence: str
) -> None:
    with pytest.raises(ExperimentError, match=sentence):
        frame_of(kept(tmp_path, GAPS), wanted)


def test_that_an_even_step_is_that_of_the_recipe(tmp_path: Path) -> None:
    found = frame_of(kept(tmp_path, GAPS), WANTED[:1], "'every=2 days' resample=sum", timed=True)
    assert found.times is not None
    assert found.times.astype("datetime64[D]").astype(str).tolist() == [
        "2024-05-01",
        "2024-05-03",
        "2024-05-05",
        "2024-05-07",
    ]
    assert found.values[0].tolist() == [3, 4, 11, 15]


def test_that_a_frame_is_read_once_and_then_comes_from_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = kept(tmp_path, GAPS)
    before = frame_of(data, WANTED, timed=True)
    frames._frame.cache_clear()
    monkeypatch.setattr(frames, "opened", None)  # it is not read again
    found = frame_of(data, WANTED, timed=True)
    assert np.array_equal(found.values, before.values, equal_nan=True)
    assert np.array_equal(found.times, before.times)  # type: ignore[arg-type]
    assert (found.names, found.units) == (before.names, before.units)


@pytest.mark.parametrize(
    ("head", "row"),
    [
        ("time,x,y", "{:%d.%m.%Y %H:%M},{},{}"),
        ("date,clock,x,y", "{0:%Y-%m-%d},{0:%H:%M},{1},{2}"),
        ("time;x;y", "{:%Y-%m-%dT%H:%M:%S};{};{}"),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_that_a_large_table_has_the_time_of_every_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, head: str, row: str, turned: bool
) -> None:
    times = np.datetime64("2021-01-01T00:00") + np.arange(3000) * np.timedelta64(30, "m")
    lines = [row.format(t.astype(object), n % 97 + 0.5, n % 13) for n, t in enumerate(times)]
    text = "\n".join([head, *(reversed(lines) if turned else lines)])
    monkeypatch.setattr(table_lines, "WHOLE", 20_000)
    monkeypatch.setattr(table_lines, "HEAD", 8_000)
    monkeypatch.setattr(table_lines, "TAIL", 4_000)
    found = frame_of(kept(tmp_path, text), [("column", "x")], timed=True)
    assert found.times is not None
    assert np.array_equal(found.times, times.astype("datetime64[s]"))
    assert found.values[0].tolist() == [n % 97 + 0.5 for n in range(3000)]
