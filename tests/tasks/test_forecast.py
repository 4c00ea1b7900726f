"""forecast: every series by its rule, its baselines by simulation, and what is refused."""

from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from sandbox.experiment import Experiment
from sandbox.reading.data import adopt_file
from sandbox.tasks.base import Role
from sandbox.tasks.forecast import Forecast
from sandbox.tasks.forecast_params import ForecastParams
from sandbox.tasks.forecast_series import trajectories
from sandbox.tasks.registry import complete, task_of
from sandbox.tasks.samples import VISITORS
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

SETS = 1000
SPEEDS = (1.0, 2**0.5, 5**0.5)


def make(**params: Any) -> Forecast:
    return Forecast(ForecastParams(**params))


def series_of(task: Forecast, count: int, split: str = "fresh", seed: int = 0) -> NDArray[Any]:
    """The drawn values (count, T + 1), after checking that targets are the values that follow."""
    drawn = task.draw(np.random.default_rng(seed), count, split)
    assert np.array_equal(drawn.inputs[:, 1:, 0], drawn.targets[:, :-1, 0])
    values = np.concatenate([drawn.inputs[:, :, 0], drawn.targets[:, -1:, 0]], axis=1)
    return values.astype(np.float64)


def parameter_sets(series: str, most: int) -> list[dict[str, Any]]:
    """Lowest, highest, and others of which most are small."""
    rng = random.Random(series)
    sets = [
        {"gap": 2 + int(most * rng.random() ** 3), "forecasts": 10 + int(most * rng.random() ** 3)}
        for _ in range(SETS - 2)
    ]
    edges: list[dict[str, Any]] = [
        {"gap": 2, "forecasts": 10},
        {"gap": min(500, 2 + most), "forecasts": min(500, 10 + most)},
    ]
    noises = [round(rng.uniform(0.01, 1), 3) for _ in range(SETS)]
    return [
        {"series": series, "noise": noise, **each}
        for noise, each in zip(noises, edges + sets, strict=True)
    ]


def check_steps(task: Forecast, split: str) -> None:
    """Scored from the step on at which a whole gap was read; the last step is the question."""
    gap, asked = task.params.gap, task.params.forecasts
    longer = split == "unseen" and task.params.series in ("seasonal", "sines")
    drawn = task.draw(np.random.default_rng(1), 1, split)
    steps = gap - 1 + asked * (2 if longer else 1)
    assert drawn.scored[0].tolist() == [step >= gap - 1 for step in range(steps)]
    assert drawn.roles[0, -1] == Role.QUERY
    assert steps == task.length or longer
    cues = [step for step in range(steps) if drawn.roles[0, step] == Role.CUE]
    assert cues == ([steps - gap] if task.params.series == "seasonal" else [])


def test_that_the_seasonal_series_repeats_what_it_did_a_gap_ago() -> None:
    first, noise = [], []
    for seed, params in enumerate(parameter_sets("seasonal", 200)):
        task, gap, sigma = make(**params), params["gap"], params["noise"]
        split = task.splits[seed % 2]
        check_steps(task, split)
        (x,) = series_of(task, 1, split, seed).tolist()
        first += [value / sigma for value in x[:gap]]
        noise += [(x[t] - 0.9 * x[t - gap]) / sigma for t in range(gap, len(x))]
    assert max(map(abs, noise)) < 6
    assert np.var(noise) == pytest.approx(1, rel=0.02)
    assert np.var(first) == pytest.approx(1 / (1 - 0.81), rel=0.03)


def test_that_the_sines_are_three_with_noise() -> None:
    left, strengths = [], []
    for seed, params in enumerate(parameter_sets("sines", 60)):
        task = make(**params)
        split = task.splits[seed % 2]
        check_steps(task, split)
        (x,) = series_of(task, 1, split, seed)
        waves = [
            [wave(2 * math.pi * speed * t / params["gap"]) for t in range(len(x))]
            for speed in SPEEDS
            for wave in (math.cos, math.sin)
        ]
        found, rest, rank, _ = np.linalg.lstsq(np.array(waves).T, x, rcond=None)
        if rank == 6 and params["gap"] < len(x) / 2:
            left.append((rest[0] / params["noise"] ** 2, len(x) - 6))
            if params["noise"] < 0.2:
                strengths += found.tolist()
    assert sum(rest for rest, _ in left) / sum(free for _, free in left) == pytest.approx(
        1, rel=0.03
    )
    assert np.var(strengths) == pytest.approx(1 / 3, rel=0.15)


def mackey_glass(history: list[float], delay: int, units: float, h: float = 0.01) -> float:
    """Euler with a small step; history: the last `delay` + 1 values, one a time unit."""
    at = np.arange(-delay, 1)
    fine = np.arange(-delay, h / 2, h)
    x = np.interp(fine, at, history).tolist()
    lag = round(delay / h)
    for _ in range(round(units / h)):
        late = x[-1 - lag]
        x.append(x[-1] + h * (0.2 * late / (1 + late**10) - 0.1 * x[-1]))
    return float(x[-1])


@pytest.mark.parametrize("delay", [17, 30])
def test_that_mackey_glass_follows_its_equation(delay: int) -> None:
    paths, mean, deviation = trajectories(delay, 2400)
    own = paths.astype(np.float64) * deviation + mean
    for path in (0, 100, 255):
        for now in range(100, 2300, 550):
            expected = mackey_glass(own[path, now - delay : now + 1].tolist(), delay, 6)
            assert own[path, now + 6] == pytest.approx(expected, abs=0.02)
    assert mean == pytest.approx({17: 0.930, 30: 0.896}[delay], abs=0.01)


@pytest.mark.parametrize("delay", [17, 30])
def test_that_windows_of_mackey_glass_are_of_trajectories_of_their_split(delay: int) -> None:
    paths = trajectories(delay, 2400)[0]
    parts = {"fresh": paths[64:], "unseen": paths[:64]}
    where = {
        split: {value: divmod(at, 2400) for at, value in enumerate(part.ravel().tolist())}
        for split, part in parts.items()
    }
    for seed, params in enumerate(parameter_sets(f"mackey_glass_{delay}", 150)[: SETS // 2]):
        task = make(**params)
        split = task.splits[seed % 2]
        check_steps(task, split)
        (x,) = series_of(task, 1, split, seed).tolist()
        path, first = where[split][x[0]]
        if parts[split][path, first + 6] == x[1]:  # else two places have one value
            assert x == parts[split][path, first::6][: len(x)].tolist()


def table(path: Path, values: list[float]) -> str:
    path.write_text("value\n" + "".join(f"{value!r}\n" for value in values))
    return adopt_file(path)


def test_that_windows_of_a_column_are_of_rows_of_their_split(tmp_path: Path) -> None:
    rng = random.Random(0)
    for number in range(SETS):
        if number % 20 == 0:
            values = [rng.gauss(50, 9) for _ in range(60 + 10 * (number // 20))]
            data = table(tmp_path / f"{number}.csv", values)
        most = len(values) // 5 - 10
        gap = rng.randint(2, most)
        task = make(series="csv", data=data, gap=gap, forecasts=rng.randint(10, 10 + most - gap))
        split = task.splits[number % 2]
        check_steps(task, split)
        last = len(values) // 5
        part = values[:-last] if split == "fresh" else values[-last:]
        (x,) = series_of(task, 1, split, number).tolist()
        mean = sum(values[:-last]) / len(values[:-last])
        spread = math.sqrt(sum((v - mean) ** 2 for v in values[:-last]) / len(values[:-last]))
        read = [value * spread + mean for value in x]
        starts = [at for at, value in enumerate(part) if abs(value - read[0]) < 1e-3]
        assert any(
            all(abs(a - b) < 1e-3 for a, b in zip(part[at : at + len(x)], read, strict=False))
            and len(part) - at >= len(x)
            for at in starts
        )


# Baselines and noise floors ------------------------------------------------------------------


def errors_of_a_line(task: Forecast, split: str = "fresh", line: Any = None) -> tuple[float, Any]:
    """What the best line through the last value leaves on 1e5 forecasts, and the line."""
    values = series_of(task, 100_000 // task.params.forecasts, split)
    gap = task.params.gap
    last, following = values[:, gap - 1 : -1].ravel(), values[:, gap:].ravel()
    line = np.polyfit(last, following, 1) if line is None else line
    return float(np.mean((following - np.polyval(line, last)) ** 2)), line


@pytest.mark.parametrize(
    ("series", "gap"),
    [
        ("seasonal", 7),
        ("sines", 10),
        ("sines", 25),
        ("mackey_glass_17", 10),
        ("mackey_glass_30", 10),
        ("csv", 7),
    ],
)
def test_that_who_does_not_use_the_lag_scores_the_first_baseline(series: str, gap: int) -> None:
    task = make(series=series, gap=gap)
    loss, line = errors_of_a_line(task)
    assert loss == pytest.approx(task.baselines[0].loss, rel=0.02)
    if series == "csv":
        held_out, _ = errors_of_a_line(task, "unseen", line)
        assert held_out == pytest.approx(task.baselines[1].loss, rel=0.02)


def test_that_who_knows_the_seasonal_rule_scores_the_noise_floor() -> None:
    task = make(gap=7, noise=0.3)
    values = series_of(task, 2500)
    for guess, baseline in zip((0.0, 0.9 * values[:, :-7]), task.baselines, strict=True):
        wrong = values[:, 7:] - guess
        assert np.mean(wrong**2) == pytest.approx(baseline.loss, rel=0.02)
        near = np.mean(np.abs(wrong) < task.correct_within)
        assert near == pytest.approx(baseline.accuracy, abs=0.005)
    assert [one.loss for one in task.baselines] == pytest.approx([0.09 / 0.19, 0.09])


def test_that_an_unknown_value_is_read_as_the_last_one_and_never_asked(tmp_path: Path) -> None:
    rng = random.Random(4)
    values = [float(value) for value in rng.sample(range(1000), 400)]
    holes = set(rng.sample(range(400), 60))
    rows = [("" if at in holes else repr(value)) for at, value in enumerate(values)]
    path = tmp_path / "holes.csv"
    path.write_text("n,value\n" + "".join(f"a{at},{row}\n" for at, row in enumerate(rows)))
    task = make(series="csv", data=adopt_file(path), gap=6, forecasts=20, missing="unknown")
    mean, scale = task.series.offset, task.series.scale
    known = [value for at, value in enumerate(values[:320]) if at not in holes]
    assert mean == pytest.approx(sum(known) / len(known))
    drawn = task.draw(np.random.default_rng(0), 500)
    place = {round((value - mean) / scale, 4): at for at, value in enumerate(values)}
    asked = 0
    for read, targets, scored in zip(drawn.inputs, drawn.targets, drawn.scored, strict=True):
        first = next((round(float(x), 4) for x in read[:, 0] if round(float(x), 4) in place), None)
        assert first is not None
        for step in np.flatnonzero(scored):
            at = place[round(float(targets[step, 0]), 4)]
            assert at not in holes
            before = max((b for b in range(at) if b not in holes), default=-1)
            if round(float(read[step, 0]), 4) != 0.0:  # a hole at the window's beginning is 0
                assert place[round(float(read[step, 0]), 4)] == before
            asked += 1
    assert 0.8 * 500 * 20 < asked < 0.9 * 500 * 20  # 15% are holes


def with_holes(folder: Path, holes: range, count: int = 600) -> str:
    """The id of a table with a column of random numbers, unknown in the rows of `holes`."""
    rng = random.Random(5)
    path = folder / "holes.csv"
    rows = (f"a{at},{'' if at in holes else rng.random()},0\n" for at in range(count))
    path.write_text("n,value,flag\n" + "".join(rows))
    return adopt_file(path)


def test_that_every_window_of_a_column_with_long_holes_asks_for_something(tmp_path: Path) -> None:
    data = with_holes(tmp_path, range(100, 250))
    task = make(series="csv", data=data, missing="unknown", gap=5, forecasts=10)
    drawn = task.draw(np.random.default_rng(0), 2000)
    assert drawn.scored.any(axis=1).all()
    last = [int(np.flatnonzero(row)[-1]) for row in drawn.scored]
    assert [np.flatnonzero(row == Role.QUERY).tolist() for row in drawn.roles] == [
        [step] for step in last
    ]
    assert set(last) == set(range(4, 14))  # windows reach into the hole from both sides
    assert all("___ (" in task.question(drawn, index) for index in range(2000))


@pytest.mark.parametrize(
    ("holes", "part"),
    [
        (range(480, 580), "only 17% of the rows in its last fifth"),
        (range(300), "38% of the rows in its first four"),
    ],
)
def test_that_a_part_of_a_column_with_few_values_is_refused(
    tmp_path: Path, holes: range, part: str
) -> None:
    with pytest.raises(ValueError, match=part):
        make(series="csv", data=with_holes(tmp_path, holes), missing="unknown", gap=5)


def test_that_naive_forecasts_of_a_column_score_their_baselines() -> None:
    task = make(series="csv", gap=7)
    values = series_of(task, 100_000 // task.params.forecasts, "unseen")
    _, _, last, season = task.baselines
    following = values[:, 7:]
    assert np.mean((following - values[:, 6:-1]) ** 2) == pytest.approx(last.loss, rel=0.02)
    assert np.mean((following - values[:, :-7]) ** 2) == pytest.approx(season.loss, rel=0.02)


def test_that_the_best_linear_forecast_of_sines_scores_their_noise_floor() -> None:
    task = make(series="sines", gap=6, forecasts=10, noise=0.3)
    values = series_of(task, 20_000)
    losses = []
    for step in range(6, 16):
        weights = np.linalg.lstsq(values[:, :step], values[:, step], rcond=None)[0]
        losses.append(np.mean((values[:, step] - values[:, :step] @ weights) ** 2))
    assert np.mean(losses) == pytest.approx(task.baselines[1].loss, rel=0.02)
    assert task.criterion.threshold == pytest.approx(1.1 * task.baselines[1].loss)


@pytest.mark.parametrize(
    ("series", "judged"),
    [
        ("seasonal", ("fresh",)),
        ("sines", ("fresh",)),
        ("mackey_glass_17", ("fresh", "unseen")),
        ("csv", ("unseen",)),
    ],
)
def test_that_solved_means_on_values_that_no_net_was_trained_on(
    series: str, judged: tuple[str, ...]
) -> None:
    task = make(series=series)
    assert task.judged_on() == judged
    assert not task.criterion.met(task.baselines[-1].loss * 1.2, 1.0)


# Reading, writing, going on ------------------------------------------------------------------


def test_that_a_column_is_shown_in_its_own_units() -> None:
    task = make(series="csv", gap=7)
    drawn = task.draw(np.random.default_rng(0), 1)
    sample = VISITORS.split()
    labels = [f"{float(label):.0f}" for label in task.labels(drawn, 0)]
    starts = [at for at in range(len(sample)) if sample[at : at + len(labels)] == labels]
    assert len(starts) == 1
    assert task.question(drawn, 0).endswith(f"({sample[starts[0] + len(labels)]}.0)")


def test_that_nothing_is_asked_behind_the_last_value_that_was_typed() -> None:
    read = make(gap=2).encode("0.1 -0.5, .25 2e-1")
    assert read.inputs[0, :, 0].tolist() == pytest.approx([0.1, -0.5, 0.25, 0.2])
    assert read.scored[0].tolist() == [False, True, True, False]
    assert read.targets[0, 1:3, 0].tolist() == pytest.approx([0.25, 0.2])
    asked = make(gap=2).encode("0.1 -0.5 .25 ___ (0.2)")
    assert asked.scored[0].tolist() == [False, True, True]
    assert asked.targets[0, 1:, 0].tolist() == pytest.approx([0.25, 0.2])


def test_that_a_forecast_is_fed_back_as_the_next_value() -> None:
    task = make()
    drawn = task.draw(np.random.default_rng(0), 3)
    forecasts = np.array([[0.5], [-1.0], [2.0]], np.float32)
    again = task.continued(drawn, forecasts)
    assert again is not None
    assert np.array_equal(again.inputs[:, :-1], drawn.inputs)
    assert np.array_equal(again.inputs[:, -1], forecasts)
    assert again.inputs.dtype == again.targets.dtype == np.float32
    assert np.array_equal(again.targets[:, :-1], drawn.targets)
    assert np.array_equal(again.scored[:, :-1], drawn.scored)
    assert not again.scored[:, -1].any()
    assert (again.roles[:, -1] != Role.PADDING).all()


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        ({"series": "waves"}, "series: 'waves' was given; it takes one of seasonal, sines, .*csv"),
        ({"noise": 0.0}, "noise: 0.0 was given; it takes a number from 0.01 to 1"),
        ({"noise": "0.5"}, "noise: '0.5' was given; it takes a number from 0.01 to 1"),
        ({"series": "csv", "column": "price"}, "column: 'price' was .*the sample's only column"),
        ({"series": "csv", "gap": 300}, "forecasts: 40 was given; .* 560 values, and 1,700 are"),
        ({"data": "/tmp/a.csv"}, "data: '/tmp/a.csv' was given; it takes the name of a file that"),
    ],
)
def test_that_what_cannot_be_is_refused_in_one_sentence(
    params: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ExperimentError, match=sentence) as refused:
        task_of(Experiment(task="forecast", params=params))
    assert str(refused.value).endswith(".")


def test_that_a_gap_beyond_the_limits_can_be_tested() -> None:
    task = make().with_gap(700)
    assert task.length == 700 - 1 + 40
    assert complete(Experiment(task="forecast")).params["gap"] == 10
