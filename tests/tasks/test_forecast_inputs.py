"""forecast of a table with further columns, what is known ahead, and the calendar."""

from __future__ import annotations

import datetime as dt
import math
import random
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from sandbox.experiment import Experiment
from sandbox.reading.data import adopt_file, path_of
from sandbox.tasks.forecast import Forecast
from sandbox.tasks.forecast_inputs import list_of, names_in
from sandbox.tasks.forecast_params import ForecastParams
from sandbox.tasks.registry import task_of
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from pathlib import Path

ROWS, TRAINED = 500, 400
START = dt.datetime(2024, 2, 27, 15)


@pytest.fixture
def data(tmp_path: Path) -> str:
    """An hourly table of load in MW, temperature, and a tariff that is known beforehand."""
    rng = random.Random(3)
    lines = ["time,load (MW),temp,tariff"]
    for row in range(ROWS):
        when = START + dt.timedelta(hours=row)
        load = 50 + 9 * math.sin(when.hour / 4) + rng.random()
        lines.append(f"{when:%Y-%m-%d %H:%M},{load:.3f},{rng.gauss(9, 4):.3f},{row % 11}.{row % 3}")
    path = tmp_path / "load.csv"
    path.write_text("\n".join(lines))
    return adopt_file(path)


def make(data: str, **params: Any) -> Forecast:
    wanted = {"series": "csv", "data": data, "gap": 24, "forecasts": 20, **params}
    task = task_of(Experiment(task="forecast", params=wanted))
    assert isinstance(task, Forecast)
    return task


def columns(data: str) -> dict[str, list[float]]:
    """The numbers of the table by name, taken from its text."""
    rows = [line.split(",") for line in path_of(data).read_text().splitlines()[1:]]
    return {
        name: [float(row[at]) for row in rows]
        for at, name in ((1, "load"), (2, "temp"), (3, "tariff"))
    }


ALL = {"inputs": "temp", "known": "4", "calendar": "hour, weekday, month"}


def standard(values: list[float]) -> list[float]:
    part = values[:TRAINED]
    mean = sum(part) / len(part)
    spread = math.sqrt(sum((value - mean) ** 2 for value in part) / len(part))
    return [(value - mean) / spread for value in values]


@pytest.mark.parametrize("split", ["fresh", "unseen"])
def test_that_further_columns_are_of_the_row_and_what_is_known_ahead_of_the_next(
    data: str, split: str
) -> None:
    task, told = make(data, **ALL), columns(data)
    load, temp, tariff = (standard(told[name]) for name in ("load", "temp", "tariff"))
    drawn = task.draw(np.random.default_rng(1), 300, split)
    assert drawn.inputs.shape == (300, 43, 9)
    assert task.inputs.size == 9
    places = [(round(a, 5), round(b, 5)) for a, b in zip(load, temp, strict=True)]
    assert len(set(places)) == ROWS
    for index in range(len(drawn)):
        read = drawn.inputs[index, 0].astype(float)
        first = int(np.argmin([abs(a - read[0]) + abs(b - read[1]) for a, b in places]))
        rows = range(first, first + 43)
        assert (first + 43 < TRAINED) if split == "fresh" else first >= TRAINED
        assert np.allclose(drawn.inputs[index, :, 0], [load[row] for row in rows], atol=1e-5)
        assert np.allclose(drawn.targets[index, :, 0], [load[row + 1] for row in rows], atol=1e-5)
        assert np.allclose(drawn.inputs[index, :, 1], [temp[row] for row in rows], atol=1e-5)
        assert np.allclose(drawn.inputs[index, :, 2], [tariff[row + 1] for row in rows], atol=1e-5)
        times = [START + dt.timedelta(hours=row + 1) for row in rows]
        turns = (
            [time.hour / 24 for time in times],
            [time.weekday() / 7 for time in times],
            [(time.month - 1) / 12 for time in times],
        )
        for at, turn in enumerate(turns):
            angles = 2 * np.pi * np.array(turn)
            assert np.allclose(drawn.inputs[index, :, 3 + 2 * at], np.sin(angles), atol=1e-5)
            assert np.allclose(drawn.inputs[index, :, 4 + 2 * at], np.cos(angles), atol=1e-5)


def test_that_the_same_windows_are_drawn_whatever_is_read_beside_them(data: str) -> None:
    plain, more = make(data), make(data, **ALL)
    for split in plain.splits:
        a, b = (task.draw(np.random.default_rng(7), 50, split) for task in (plain, more))
        assert np.array_equal(a.inputs[:, :, 0], b.inputs[:, :, 0])
        assert np.array_equal(a.targets, b.targets)


def test_that_a_forecast_is_fed_on_with_what_is_known_of_the_next_rows(data: str) -> None:
    task, told = make(data, **ALL), columns(data)
    tariff = standard(told["tariff"])
    drawn = task.draw(np.random.default_rng(1), 5, "unseen")
    assert drawn.rows is not None
    longer, answers = drawn, np.full((5, 1), 0.5, np.float32)
    for step in range(3):
        further = task.continued(longer, answers)
        assert further is not None
        longer = further
        for index, first in enumerate(drawn.rows.tolist()):
            row = first + 43 + step
            read = longer.inputs[index, -1]
            assert read[0] == np.float32(0.5)
            assert read[1] == drawn.inputs[index, -1, 1]  # nobody knows the next temperature
            if row + 1 < ROWS:
                assert read[2] == pytest.approx(tariff[row + 1], abs=1e-5)
            hour = (START + dt.timedelta(hours=row + 1)).hour
            assert read[3] == pytest.approx(math.sin(2 * math.pi * hour / 24), abs=1e-5)


def test_that_typed_rows_are_what_labels_say(data: str) -> None:
    task = make(data, **ALL)
    drawn = task.draw(np.random.default_rng(1), 4)
    for index in range(4):
        labels = task.labels(drawn, index)
        typed = task.encode(" ".join(labels))
        assert np.allclose(typed.inputs[0], drawn.inputs[index], atol=0.02)
        hour = (START + dt.timedelta(hours=int(drawn.rows[index]) + 1)).hour  # type: ignore[index]
        assert labels[0].split("/")[3] == str(hour)
    asked = task.encode(" ".join(labels) + " ___ (55.5)")
    assert asked.scored[0, -1]
    assert asked.targets[0, -1, 0] == pytest.approx((55.5 - task.series.offset) / task.series.scale)
    assert task.continued(asked, np.zeros((1, 1), np.float32)) is None  # of which row is it?


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        (
            {"inputs": "temp, tide"},
            "inputs: 'tide' .*a column of numbers .*: load .MW., temp, tariff",
        ),
        ({"known": "temp", "inputs": "temp"}, "known: 'temp' .*columns that are not read already"),
        ({"inputs": "2"}, "inputs: '2' .*columns that are not read already"),
        ({"calendar": "hour, moon"}, "calendar: 'moon' .*any of hour, weekday, month"),
        ({"data": "", "calendar": "hour"}, "calendar: 'hour' .*nothing for the sample"),
        ({"data": "", "inputs": "temp"}, "inputs: 'temp' .*nothing for the sample"),
    ],
)
def test_that_what_cannot_be_read_beside_it_is_refused(
    data: str, params: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ExperimentError, match=sentence):
        make(**{"data": data, **params})  # type: ignore[arg-type]


def test_that_a_calendar_needs_dates(tmp_path: Path) -> None:
    path = tmp_path / "plain.csv"
    path.write_text("x,y\n" + "".join(f"{n % 7}.5,{n % 5}.25\n" for n in range(300)))
    with pytest.raises(ExperimentError, match=r"calendar: 'hour' .*it has no dates"):
        make(adopt_file(path), calendar="hour")


def test_that_a_column_that_never_changes_where_it_is_trained_on_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "flat.csv"
    rows = (f"{n % 7}.5,{0.5 if n < 290 else 1.5}\n" for n in range(300))
    path.write_text("x,flag\n" + "".join(rows))
    with pytest.raises(ExperimentError, match=r"inputs: 'flag' .*a column that changes"):
        make(adopt_file(path), inputs="flag")


@pytest.mark.parametrize("further", [{}, ALL])
def test_that_places_to_forecast_ahead_from_are_followed_by_held_out_rows(
    data: str, further: dict[str, str]
) -> None:
    task, told = make(data, **further), columns(data)
    ahead = task.ahead(30, 40)
    assert ahead is not None
    rows = ahead.read.rows
    assert rows is not None
    assert len(rows) == 40
    origins = rows + task.length - 1  # the last row that is read
    assert origins.min() == TRAINED - 1
    assert origins.max() == ROWS - 31
    load = standard(told["load"])
    for row, values, last, season in zip(
        origins, ahead.values, *ahead.simple.values(), strict=True
    ):
        assert np.allclose(values, load[row + 1 : row + 31], atol=1e-9)
        assert np.allclose(last, load[row])
        assert np.allclose(season, [load[row + 1 + h - 24 * (h // 24 + 1)] for h in range(30)])
    assert ahead.unit == "MW"
    assert ahead.scale == pytest.approx(np.std(told["load"][:TRAINED]))


def test_that_errors_are_told_in_the_columns_unit(data: str) -> None:
    task = make(data)
    assert task.in_units(0.25) == f"RMS error {0.5 * task.series.scale:.3g} MW"
    assert Forecast(ForecastParams()).in_units(0.25) == ""


@pytest.mark.parametrize(
    "names",
    [(), ("temp",), ("temp", "tariff"), ("load, MW", "b"), ('7" pipe', "a"), ('"', ",", "x y")],
)
def test_that_a_list_of_names_is_read_as_these_names(names: tuple[str, ...]) -> None:
    assert names_in(list_of(names)) == names


def test_that_a_step_is_short_at_an_axis_and_told_with_names(data: str) -> None:
    task = make(data, **ALL)
    drawn = task.draw(np.random.default_rng(0), 1)
    label, short, told = (
        each(drawn, 0)[7] for each in (task.labels, task.short_labels, task.told_steps)
    )
    value, temp, tariff, hour, weekday, month = label.split("/")
    assert short == value
    assert told == (
        f"{value}, temp {temp}, tariff {tariff}, hour {hour}, weekday {weekday}, month {month}"
    )


@pytest.mark.parametrize("column", ["clock", "seconds"])
def test_that_times_without_dates_have_no_calendar(tmp_path: Path, column: str) -> None:
    lines = [f"{column},load"]
    for row in range(ROWS):
        time = f"{row % 24:02}:00" if column == "clock" else 10 * row
        lines.append(f"{time},{row * row % 37}.5")
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines))
    with pytest.raises(ExperimentError, match="since it has no dates"):
        make(adopt_file(path), calendar="hour")
