"""Errors by steps ahead: against forecasts made one by one from the table itself."""

from __future__ import annotations

import datetime as dt
import math
import random
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from sandbox.cells.known import CELLS
from sandbox.engine.errors_ahead import (
    ErrorsAhead,
    better_in_words,
    errors_ahead,
    steps_to_forecast,
)
from sandbox.engine.reference import ReferenceNetwork
from sandbox.reading.data import adopt_file
from sandbox.tasks.fluent import Fluent, FluentParams
from sandbox.tasks.forecast import Forecast
from sandbox.tasks.forecast_params import ForecastParams
from tests.engine.nets import random_theta

if TYPE_CHECKING:
    from pathlib import Path

GAP, FORECASTS, ROWS, STEPS = 6, 10, 150, 8
START = dt.datetime(2024, 5, 30, 20)


def rows() -> list[tuple[float, float]]:
    rng = random.Random(2)
    return [
        (round(20 + 5 * math.sin(n / 3) + rng.random(), 3), round(rng.gauss(3, 1), 3))
        for n in range(ROWS)
    ]


def make(folder: Path, **params: object) -> Forecast:
    lines = ["time,level (cm),rain"]
    for n, (level, rain) in enumerate(rows()):
        lines.append(f"{START + dt.timedelta(hours=n):%Y-%m-%d %H:%M},{level},{rain}")
    path = folder / "levels.csv"
    path.write_text("\n".join(lines))
    given = {
        "series": "csv",
        "data": adopt_file(path),
        "gap": GAP,
        "forecasts": FORECASTS,
        **params,
    }
    return Forecast(ForecastParams.model_validate(given))


def net_for(task: Forecast) -> ReferenceNetwork:
    sizes = (task.inputs.size, 5, 1)
    return ReferenceNetwork(
        CELLS["lstm"], random_theta("lstm", *sizes), *sizes, task.correct_within
    )


@pytest.mark.parametrize("further", [False, True])
def test_that_errors_are_those_of_forecasts_from_every_held_out_place(
    tmp_path: Path, further: bool
) -> None:
    task = make(tmp_path, **({"inputs": "rain", "calendar": "hour"} if further else {}))
    net, length = net_for(task), task.length
    found = errors_ahead({"lstm": net}, task, STEPS)
    assert found is not None
    trained = ROWS - ROWS // 5
    level, rain = (np.array(column) for column in zip(*rows(), strict=True))
    z = (level - level[:trained].mean()) / level[:trained].std()
    wet = (rain - rain[:trained].mean()) / rain[:trained].std()
    squares: dict[str, list[np.ndarray]] = {"net": [], "last": [], "season": []}
    places = range(trained - length, ROWS - length - STEPS + 1)
    for first in places:
        read = list(z[first : first + length])
        for ahead in range(STEPS):
            steps = np.arange(first, first + length + ahead)
            channels = [np.array(read)]
            if further:
                channels.append(wet[np.minimum(steps, first + length - 1)])
                hours = [(START + dt.timedelta(hours=int(n) + 1)).hour / 24 for n in steps]
                channels += [
                    np.sin(2 * np.pi * np.array(hours)),
                    np.cos(2 * np.pi * np.array(hours)),
                ]
            inputs = np.stack(channels, axis=-1)[None].astype(np.float32)
            blank = np.zeros((1, len(steps)), np.uint8)
            one = replace(
                task.draw(np.random.default_rng(0), 1),
                inputs=inputs,
                targets=np.zeros((1, len(steps), 1), np.float32),
                scored=blank.astype(bool),
                roles=blank + 3,
            )
            read.append(float(net.trace(one).answers[-1, 0, 0]))
        truth = z[first + length : first + length + STEPS]
        last = z[first + length - 1]
        season = z[[first + length + h - GAP * (h // GAP + 1) for h in range(STEPS)]]
        squares["net"].append((np.array(read[length:]) - truth) ** 2)
        squares["last"].append((last - truth) ** 2)
        squares["season"].append((season - truth) ** 2)
    assert found.places == len(places)
    assert found.unit == "cm"
    wanted = [np.sqrt(np.mean(each, axis=0)) * level[:trained].std() for each in squares.values()]
    np.testing.assert_allclose(found.nets["lstm"], wanted[0], rtol=1e-3)
    for errors, expected in zip(found.simple.values(), wanted[1:], strict=True):
        np.testing.assert_allclose(errors, expected, rtol=1e-9)


def test_that_unknown_values_do_not_count(tmp_path: Path) -> None:
    task = make(tmp_path)
    wanted = task.ahead(STEPS, 50)
    assert wanted is not None
    holes = wanted.values.copy()
    holes[::2, 3] = np.nan
    whole = errors_ahead({"lstm": net_for(task)}, task, STEPS)
    task.ahead = lambda *_: replace(wanted, values=holes)  # type: ignore[method-assign]
    found = errors_ahead({"lstm": net_for(task)}, task, STEPS)
    assert whole is not None
    assert found is not None
    last = wanted.simple["the last value"][1::2, 3]
    expected = math.sqrt(np.mean((last - wanted.values[1::2, 3]) ** 2)) * wanted.scale
    assert found.simple["the last value"][3] == pytest.approx(expected)
    assert np.delete(found.nets["lstm"], 3) == pytest.approx(np.delete(whole.nets["lstm"], 3))


@pytest.mark.parametrize("series", ["seasonal", "sines", "mackey_glass_17"])
def test_that_series_by_a_rule_are_forecast_ahead_too(series: str) -> None:
    task = Forecast(ForecastParams.model_validate({"series": series, "gap": 12}))
    found = errors_ahead({"lstm": net_for(task)}, task, steps_to_forecast(task))
    assert found is not None
    assert found.steps == 12
    assert found.places == 200
    if series == "seasonal":  # x(t) = 0.9 x(t - 12) + e: a season ago is off by var(x)/5 + ...
        spread = 0.2 / math.sqrt(1 - 0.81)
        last, season = (errors.mean() for errors in found.simple.values())
        assert last == pytest.approx(math.sqrt(2) * spread, rel=0.1)
        assert season == pytest.approx(math.sqrt(2 * (1 - 0.9)) * spread, rel=0.1)


def test_that_other_tasks_and_short_tables_have_no_errors_ahead(tmp_path: Path) -> None:
    assert errors_ahead({}, Fluent(FluentParams()), 5) is None
    task = make(tmp_path)
    assert errors_ahead({"lstm": net_for(task)}, task, ROWS // 5 + 1) is None


def test_that_it_is_said_up_to_where_a_net_is_better() -> None:
    simple = {"last": np.array([2.0, 3, 4, 5]), "season": np.array([4.0, 4, 3.5, 4])}
    nets = {
        "a": np.array([1.0, 2, 3, 3]),
        "b": np.array([1.0, 2, 3.6, 3]),
        "c": np.array([2.0, 2, 3, 3]),
        "d": np.array([1.0, np.nan, 3, 3]),
    }
    found = ErrorsAhead(nets, simple, "cm", 9)
    assert [found.better_until(key) for key in nets] == [4, 2, 0, 1]
    assert better_in_words(found, "a", "A").endswith("at all 4 steps ahead.")
    assert better_in_words(found, "b", "B").endswith("up to 2 steps ahead, not further.")
    assert better_in_words(found, "d", "D").endswith("up to one step ahead, not further.")
    assert "not even one step" in better_in_words(found, "c", "C")
