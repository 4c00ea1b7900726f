"""One column of a table of the user's own: gaps, doubts, and what is refused."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.experiment import Experiment
from sandbox.reading import frames
from sandbox.reading.columns import opened
from sandbox.reading.data import adopt_file
from sandbox.reading.frames import complete, frame_of
from sandbox.tasks.registry import task_of
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray


def column_of(data: str, column: str, missing: str, recipe: str = "") -> NDArray[np.float64]:
    """The values (n,) of one column."""
    frame = frame_of(data, [("column", column)], recipe)
    return complete(frame, missing, data, recipe).values[0]


def kept(tmp_path: Path, text: str, encoding: str = "utf-8") -> str:
    path = tmp_path / "prices.csv"
    path.write_bytes(text.encode(encoding))
    return adopt_file(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_that_a_column_is_read_whatever_the_table_is_written_in(
    tmp_path: Path, encoding: str, separator: str
) -> None:
    decimal = "." if separator == "," else ","
    rows = [f"Größe{separator}Preis"]
    rows += [f"a{n}{separator}{n}{decimal}25" for n in range(9000)]
    data = kept(tmp_path, "\n".join(rows), encoding)
    for column in ("Preis", "2", ""):
        assert column_of(data, column, "refuse").tolist() == [n + 0.25 for n in range(9000)]


GAPS = "x,y\n1,a\n,b\n3,c\n\nNA,d\n5,e\nnan,f\n?,g\n8,h\n"


@pytest.mark.parametrize(
    ("missing", "values"),
    [
        ("skip", [1, 3, 5, 8]),
        ("carry", [1, 1, 3, 3, 5, 5, 5, 8]),
        ("interpolate", [1, 2, 3, 4, 5, 6, 7, 8]),
    ],
)
def test_that_rows_without_a_value_are_left_out_or_filled_as_it_is_asked_for(
    tmp_path: Path, missing: str, values: list[float]
) -> None:
    assert column_of(kept(tmp_path, GAPS), "x", missing).tolist() == values


def test_that_nothing_is_carried_to_before_the_first_value(tmp_path: Path) -> None:
    assert column_of(kept(tmp_path, "x\nNA\n-\n1\nNA\n2\n"), "x", "carry").tolist() == [1, 1, 2]


def test_that_missing_values_are_named_by_row(tmp_path: Path) -> None:
    with pytest.raises(ExperimentError) as refused:
        column_of(kept(tmp_path, GAPS), "x", "refuse")
    assert str(refused.value) == (
        "missing: 'refuse' was given; it takes skip (leave out such rows), carry (repeat the last "
        "value), interpolate (between neighbours) or unknown (ask nothing there), since x has no "
        "value in rows 3, 6 and 8 and 1 more."
    )


@pytest.mark.parametrize(
    ("text", "params", "sentence"),
    [
        ("a,b\n1,x\n2,y\n3,z\n", {"column": "b"}, "column: 'b' .* a column of numbers .*: a"),
        (
            "a,b\n1,2\n2,trace\n3,4\n5,6\n",
            {"column": "b"},
            "column: 'b' .* an answer first.* 'trace'",
        ),
        ("a\n1\n2\n1_0\n3\n", {}, "column: 'a' .* an answer first.* '1_0'"),
        ("a,b\n1,2\n2,3\n", {"column": "c"}, "column: 'c' .* a column of numbers of .*: a, b"),
        ("a,b\nx,y\nz,w\n", {}, "data: 'prices.csv' .* a table with a column of numbers"),
        ("a\n" + "5\n" * 400, {}, "a column that changes, and this one is 5 in every row"),
        (
            "a\n" + "".join(f"{n % 7}.5\n" for n in range(80)),
            {},
            "forecasts: 40 was given; it takes a smaller number, or a longer table than "
            "prices.csv: it has 80 values, and 250 are needed for that many after a gap of 10.",
        ),
        ("  \n \n", {}, "data: 'prices.csv' .* a table with a column of numbers"),
        ("a\n1\n2\n3\n", {"recipe": "decimal=x"}, "data.decimal: 'x' .* one of '.', ','"),
    ],
)
def test_that_a_column_that_cannot_be_forecast_is_refused_in_one_sentence(
    tmp_path: Path, text: str, params: dict[str, Any], sentence: str
) -> None:
    given = {"series": "csv", "data": kept(tmp_path, text), **params}
    with pytest.raises(ExperimentError, match=sentence) as refused:
        task_of(Experiment(task="forecast", params=given))
    assert "\n" not in str(refused.value)


ONE_OR_TWO = "".join(f"{20 + n % 9},{31 + n % 8}\n" for n in range(300))


@pytest.mark.parametrize(
    ("recipe", "first"), [("separator=none", 20.31), ("separator=comma", 20), ("accept=true", 20)]
)
def test_that_a_recipe_settles_what_is_in_doubt(tmp_path: Path, recipe: str, first: float) -> None:
    data = kept(tmp_path, ONE_OR_TWO)
    with pytest.raises(ExperimentError, match=r"Say --set data\.separator="):
        column_of(data, "", "refuse")
    assert column_of(data, "", "refuse", recipe)[0] == first


def test_that_every_column_in_doubt_has_its_question_however_many_there_are(tmp_path: Path) -> None:
    names = ",".join(f"c{n}" for n in range(20))
    rng = random.Random(1)
    rows = [",".join(str(rng.randint(1, 60)) for _ in range(20)) for _ in range(60)]
    for at in (10, 20, 30):
        rows[at] = ",".join(["-200"] * 20)
    data = kept(tmp_path, "\n".join([names, *rows, ""]))
    with pytest.raises(ExperimentError, match=r"-200 occurs 3 times in c19.*data\.missing=-200"):
        column_of(data, "c19", "refuse")
    assert len(opened(data, "").table.questions) == 20


def test_that_a_last_row_with_a_word_for_its_number_is_not_lost_in_silence(tmp_path: Path) -> None:
    rows = [f"x{n};{n * 3 % 17}" for n in range(40)]
    data = kept(tmp_path, "\n".join(["name;level", *rows, "x40;broken", ""]))
    with pytest.raises(ExperimentError, match="'x40 broken'"):
        column_of(data, "level", "refuse")


def test_that_a_column_left_out_makes_no_other_one_doubtful(tmp_path: Path) -> None:
    rows = [f"{n % 7},port -> {n * n}" for n in range(50)]
    data = kept(tmp_path, "\n".join(["level,log", *rows, ""]))
    (question,) = opened(data, "").table.questions
    assert "log is left out" in question.text
    assert len(column_of(data, "level", "refuse")) == 50


def test_that_each_reading_is_cached_by_itself(tmp_path: Path) -> None:
    data = kept(tmp_path, ONE_OR_TWO)
    assert len(opened(data, "separator=none").table.columns) == 1
    assert column_of(data, "1", "refuse", "separator=none")[0] == 20.31
    assert column_of(data, "1", "refuse", "separator=comma")[0] == 20


def test_that_a_column_is_read_once_and_then_from_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = kept(tmp_path, "x\n1\n2\n3\n")
    before = column_of(data, "x", "refuse").tolist()
    frames._frame.cache_clear()
    monkeypatch.setattr(frames, "opened", None)  # it is not read again
    assert column_of(data, "x", "refuse").tolist() == before
