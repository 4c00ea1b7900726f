"""Tables in the shapes that people's files have: each is read right, or a question is asked."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from tests.reading.corpus import NAMES, as_in_file, read, same, truth_of

# What a question is about, for each thing that has more than one sensible reading.
ABOUT = {
    "missing": {"missing"},
    "last row": {"skip_after"},
    "date": {"dates"},
    "header": {"header"},
    "orientation": {"orientation"},
    "series": {"only"},
    "separator": {"separator"},
    "decimal": {"decimal"},
    "thousands": {"decimal"},
    "table": {"table"},
    "unit": {"unit"},
}
# Files with one sensible reading of which something is asked all the same, and why.
ASKED_TOO = {
    "monthly_gas_file_of_blanks.txt": "-1 and -9.99 could be values",
    "sentinel_minus_200.csv": "-200 could be a value",
    "months_with_one_closed.csv": "a practice that was closed may have had none",
    "airport_traces_of_rain.txt": "a trace of rain is little, and no number",
    "negatives_in_brackets.csv": "one number in a column has a comma, before three digits",
    "one_column_decimal_commas_without_header.csv": "commas could separate two columns",
}
# Files that no one can read as they are; a question says so.
BROKEN = {
    "decimal_commas_between_commas_unquoted.csv": "more cells than names",
    "inches_as_lone_quotes.csv": "a column of words that begin with numbers",
}
OTHER_NAMES = {
    "names_twice_in_header.csv": "level, level (2)",  # each column has a name of its own
    # names in two rows that only stand above one another
    "weather_clock_with_a_and_p.txt": "Out, Temp, Temp (2), Hum, Pt., Speed, Speed (2), Bar, Rain",
}
ONE_READING = [name for name in NAMES if not truth_of(name).plausible]
SEVERAL = [name for name in NAMES if truth_of(name).plausible]
TIMED = [name for name in ONE_READING if truth_of(name).time and name not in BROKEN]


@pytest.mark.parametrize("name", ONE_READING)
def test_that_a_table_with_one_sensible_reading_is_read_right(name: str) -> None:
    table, truth = read(name), truth_of(name)
    assert bool(table.questions) == (name in ASKED_TOO or name in BROKEN), table.questions
    assert all(column.sure for column in table.columns) == (not table.questions)
    if name in BROKEN:
        return
    assert len(table.columns) == len(truth.columns)
    for column, (wanted, values) in zip(table.columns, truth.columns, strict=True):
        assert same(as_in_file(table, column.values), values), wanted
        assert column.name == " ".join(wanted.split()) or name in OTHER_NAMES
    if name in OTHER_NAMES:
        assert ", ".join(column.name for column in table.columns) == OTHER_NAMES[name]


@pytest.mark.parametrize("name", SEVERAL)
def test_that_what_has_several_sensible_readings_is_asked(name: str) -> None:
    table, plausible = read(name), truth_of(name).plausible
    expected = set().union(*(ABOUT[each] for each in plausible))
    assert expected & {question.about for question in table.questions}
    assert not all(column.sure for column in table.columns)


@pytest.mark.parametrize("name", TIMED)
def test_that_times_have_their_name_order_and_ends(name: str) -> None:
    table, wanted = read(name), truth_of(name).time
    assert table.times is not None
    assert wanted is not None
    values = as_in_file(table, table.times.values)
    for value, expected in ((values[0], wanted["first"]), (values[-1], wanted["last"])):
        whole = "s" if "T" in expected else "D"
        assert value.astype(f"datetime64[{whole}]") == in_utc(expected)
    order = {"rising": "rising", "falling": "rising", "none": "mixed"}[wanted["order"]]
    assert table.times.course.order == order
    assert (table.order == "turned round") == (wanted["order"] == "falling")
    if table.orientation == "columns":  # in rows, times have the name of the labels
        assert wanted["name"] in ("", table.times.name) or table.times.name.endswith(wanted["name"])


@pytest.mark.parametrize("name", [name for name in ONE_READING if truth_of(name).time is None])
def test_that_no_times_are_found_where_there_are_none(name: str) -> None:
    assert read(name).times is None


def in_utc(text: str) -> np.datetime64:
    """The first second of a day, month or year, or a time, in UTC if it has a zone."""
    if "+" not in text:
        return np.datetime64(text, "s")
    moment = datetime.datetime.fromisoformat(text).astimezone(datetime.UTC)
    return np.datetime64(moment.replace(tzinfo=None), "s")
