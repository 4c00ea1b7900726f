"""A task whose values are standardised is told in the column's units, everything else as before."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sandbox.drawing.answer_text import answer_at
from sandbox.drawing.curve_axes import (
    accuracy_meanings,
    accuracy_name,
    loss_levels,
    loss_meanings,
)
from sandbox.drawing.wording import (
    as_read,
    distance_text,
    told_loss,
    value_text,
    within_text,
)
from sandbox.run.words import solved, unsolved
from sandbox.tasks.base import Units
from sandbox.tasks.forecast import Forecast
from sandbox.tasks.forecast_params import ForecastParams
from sandbox.tasks.shown import ShownSequence

MEAN, DEVIATION = 50.0, 8.0


def load(unit: str = "MW") -> Forecast:
    """The sample, as if it had another mean, deviation and unit."""
    task = Forecast(ForecastParams(series="csv", gap=7))
    task.units = Units(MEAN, DEVIATION, unit)
    return task


def plain() -> Forecast:
    return Forecast(ForecastParams(gap=7))


def test_that_values_and_distances_are_in_the_columns_unit() -> None:
    task = load()
    assert value_text(task, 1.0) == "58.00 MW"
    assert value_text(task, -7.0) == "−6.00 MW"
    assert distance_text(task, 0.5) == "4 MW"
    assert distance_text(task, 1_000.0) == "8,000 MW"
    assert within_text(task) == "1.6 MW"
    assert as_read(task, np.array([-1.0, 0.0, np.nan])).tolist()[:2] == [42.0, 50.0]
    assert value_text(load(""), 1.0) == "58.00"


@pytest.mark.parametrize(
    ("deviation", "words"), [(1e-4, "0.000123"), (0.01, "0.0123"), (3e5, "369000")]
)
def test_that_a_value_has_as_many_digits_as_a_hundredth_of_the_deviation(
    deviation: float, words: str
) -> None:
    assert Units(0.0, deviation).value(1.23).startswith(words)


def test_that_what_is_not_finite_has_no_unit() -> None:
    for number in (math.nan, math.inf):
        assert value_text(load(), number) == "not a number"
        assert load().in_units(number) == ""
    assert told_loss(load(), math.inf) == "not finite"
    assert told_loss(load(), None) == "–"


def test_that_a_task_in_its_own_units_is_told_as_before() -> None:
    task = plain()
    assert value_text(task, 1.0) == "1.00"
    assert within_text(task) == "0.2"
    assert told_loss(task, 0.25) == "0.25"
    assert as_read(task, np.array([0.5])).tolist() == [0.5]
    assert loss_meanings(task) == ("loss: squared error",)
    assert [level.labels for level in loss_levels(task)] == [
        (level.label,) for level in loss_levels(task)
    ]


def test_that_losses_have_their_root_in_units_beside_them() -> None:
    task = load()
    assert told_loss(task, 0.25) == "0.25, RMS error 4 MW"
    assert accuracy_name(task) == "within 1.6 MW"
    assert accuracy_meanings(task)[0] == "accuracy: share of answers within 1.6 MW"
    assert loss_meanings(task) == ("loss: squared error, 1 is (8 MW)²", "loss: squared error")
    for level in loss_levels(task):
        long, short = level.labels
        root = DEVIATION * math.sqrt(level.value)
        assert long == f"{short} (RMS error {root:.3g} MW)"


def test_that_a_run_says_solved_and_why_not_in_units() -> None:
    task = load()
    good, bad = {"unseen": (0.0025, 0.9)}, {"unseen": (4.0, 0.1)}
    assert "mean loss 0.0025 (RMS error 0.4 MW) on 256 fresh" in solved("LSTM", 9, task, good)
    why = unsolved(task, bad)
    needed = task.criterion.threshold
    assert why.startswith("loss 4 (RMS error 16 MW) on unseen (needs less than ")
    assert why.endswith(f", RMS error {DEVIATION * math.sqrt(needed):.3g} MW)")
    assert "RMS" not in unsolved(plain(), {"fresh": (4.0, 0.1)})


def test_that_an_answer_and_its_verdict_are_in_units() -> None:
    task = load()
    sequences = task.draw(np.random.default_rng(0), 1)
    sequences.targets[:] = 1.0
    shown = ShownSequence(task, sequences, 0)
    for off, verdict in (
        (0.125, "right, it is 58.00 MW, within 1.6 MW"),
        (0.5, "wrong, it is 58.00 MW, off by 4 MW (right within 1.6 MW)"),
    ):
        said = answer_at(shown, np.full((shown.length, 1, 1), 1.0 + off, np.float32))
        assert said.answer == f"{58 + 8 * off:.2f} MW"
        assert said.verdict == verdict
    assert task.question(sequences, 0).endswith("(58.00 MW)")
