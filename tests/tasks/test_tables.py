"""Tables of the user's own: separators, headers, missing values, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from sandbox.experiment import Experiment
from sandbox.tasks import tables
from sandbox.tasks.data import adopt_file, path_of
from sandbox.tasks.registry import task_of
from sandbox.tasks.table_layout import layout_of
from sandbox.tasks.tables import column_of, opened
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from pathlib import Path


def kept(tmp_path: Path, text: str, encoding: str = "utf-8") -> str:
    path = tmp_path / "prices.csv"
    path.write_bytes(text.encode(encoding))
    return adopt_file(path)


@pytest.mark.parametrize(
    ("text", "separator", "header", "decimal", "names"),
    [
        ("a,b\n1,2.5\n3,4\n", ",", True, ".", ("a", "b")),
        ("a;b\n1;2,5\n3;4,25\n", ";", True, ",", ("a", "b")),
        ("a\tb\n1\t2.5\n", "\t", True, ".", ("a", "b")),
        ("a|b\n1|2\n", "|", True, ".", ("a", "b")),
        ("1,2\n3,4\n", ",", False, ".", ("column 1", "column 2")),
        ("1,5;2,5\n3,5;4,5\n", ";", False, ",", ("column 1", "column 2")),
        ("day;x\n2020-01-01;1,5\n2020-01-02;2,5\n", ";", True, ",", ("day", "x")),
        ("value\n1\n2\n", ";", True, ".", ("value",)),
        ("value\n1,5\n2,5\n3,5\n", ";", True, ",", ("value",)),
        ("1\n2\n", ";", False, ".", ("column 1",)),
        ('name,x\n"Doe, J",1\n"Roe; K",2\n', ",", True, ".", ("name", "x")),
        ("x,x,\n1,2,3\n", ",", True, ".", ("x", "x (2)", "column 3")),
        ("\n\na,b\r\n1,2\r\n", ",", True, ".", ("a", "b")),
        ("day,x\nMon,NA\nTue,2\nWed,3\n", ",", True, ".", ("day", "x")),
        ("1e3,-2\n+3.5e-2,.5\n", ",", False, ".", ("column 1", "column 2")),
    ],
)
def test_that_separator_header_and_decimal_are_told(
    tmp_path: Path, text: str, separator: str, header: bool, decimal: str, names: tuple[str, ...]
) -> None:
    found = layout_of(path_of(kept(tmp_path, text)))
    assert (found.separator, found.header, found.decimal, found.names) == (
        separator,
        header,
        decimal,
        names,
    )


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


GAPS = 'x,y\n1,a\n,b\n3,c\n\nNA,d\n5,"two\nlines"\nnan,e\n?,f\n8,g\n'


@pytest.mark.parametrize(
    ("missing", "values"), [("skip", [1, 3, 5, 8]), ("carry", [1, 1, 3, 3, 5, 5, 5, 8])]
)
def test_that_rows_without_a_value_are_skipped_or_carried_on_where_that_is_asked_for(
    tmp_path: Path, missing: str, values: list[float]
) -> None:
    assert column_of(kept(tmp_path, GAPS), "x", missing).tolist() == values


def test_that_nothing_is_carried_to_before_the_first_value(tmp_path: Path) -> None:
    assert column_of(kept(tmp_path, "x\nNA\n-\n1\nNA\n2\n"), "x", "carry").tolist() == [1, 1, 2]


def test_that_missing_values_are_named_by_row(tmp_path: Path) -> None:
    with pytest.raises(ExperimentError) as refused:
        column_of(kept(tmp_path, GAPS), "x", "refuse")
    assert str(refused.value) == (
        "missing: 'refuse' was given; it takes skip (leave out such rows) or carry (repeat the "
        "last value), since x has no value in rows 3, 6 and 9 and 1 more."
    )


@pytest.mark.parametrize(
    ("text", "params", "sentence"),
    [
        (
            "a,b\n1,x\n2,y\n3,z\n",
            {"column": "b"},
            "column: 'b' was given; it takes a numeric column, and row 2 of this one is 'x'; "
            "the numeric ones are a.",
        ),
        (
            "a,b\n1,2\n2,oops\n3,4\n5,6\n",
            {"column": "b"},
            "column: 'b' was given; it takes a numeric column, and row 3 of this one is "
            "'oops'; the numeric ones are a, b.",
        ),
        (
            "a\n1\n2\n1_0\n3\n",
            {},
            "column: 'a' was given; it takes a numeric column, and row 4 of this one is "
            "'1_0'; the numeric ones are a.",
        ),
        (
            "a\n1\n2\ninf\n",
            {},
            "column: 'a' was given; it takes a numeric column, and row 4 of this one is "
            "'inf'; the numeric ones are a.",
        ),
        (
            "a,b\n1,2\n",
            {"column": "c"},
            "column: 'c' was given; it takes a column of prices.csv; the numeric ones are a, b.",
        ),
        (
            "a,b\nx,y\nz,w\n",
            {},
            "column: 'prices.csv' was given; it takes a table with a numeric column, and this "
            "one has none.",
        ),
        ("a\n" + "5\n" * 400, {}, None),
        (
            "a\n" + "1\n2\n" * 40,
            {},
            "forecasts: 40 was given; it takes a smaller number, or a longer table than "
            "prices.csv: it has 80 values, and 250 are needed for that many after a gap of 10.",
        ),
        (
            "  \n \n",
            {},
            "data: 'prices.csv' was given; it takes a table with rows, and prices.csv has none.",
        ),
    ],
)
def test_that_a_column_that_cannot_be_forecast_is_refused_in_one_sentence(
    tmp_path: Path, text: str, params: dict[str, Any], sentence: str | None
) -> None:
    given = {"series": "csv", "data": kept(tmp_path, text), **params}
    with pytest.raises(ExperimentError) as refused:
        task_of(Experiment(task="forecast", params=given))
    constant = "it takes a column that changes, and this one is 5 in every row."
    assert str(refused.value).endswith(sentence or constant)


def test_that_an_unclosed_quotation_mark_is_named_by_row(tmp_path: Path) -> None:
    rows = "".join(f"{n},{n}\n" for n in range(300))
    data = kept(tmp_path, f'a,b\n{rows}1,"open\n' + "2,3\n" * 60_000)
    with pytest.raises(ExperimentError, match="closed quotation marks; see row"):
        column_of(data, "a", "refuse")


def test_that_all_columns_of_numbers_are_read_for_the_preview(tmp_path: Path) -> None:
    data = kept(tmp_path, "day,x,note,y\n1,2.5,a,\n2,3.5,b,7\n3,oops,c,8\n")
    layout, columns = opened(path_of(data))
    assert [layout.names[index] for index in columns] == ["day", "x", "y"]
    assert columns[0].values.tolist() == [1, 2, 3]
    assert (columns[1].row, columns[1].cell) == (2, "oops")
    assert np.isnan(columns[3].values).tolist() == [True, False, False]


def test_that_a_column_is_read_once_and_then_from_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = kept(tmp_path, "x\n1\n2\n3\n")
    before = column_of(data, "x", "refuse").tolist()
    tables._column.cache_clear()
    monkeypatch.setattr(tables, "_columns", None)  # it is not read again
    assert column_of(data, "x", "refuse").tolist() == before
