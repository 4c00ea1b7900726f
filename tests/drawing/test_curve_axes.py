from __future__ import annotations

import numpy as np
import pytest

from sandbox.drawing.curve_axes import (
    LOSS_UNITS,
    accuracy_levels,
    accuracy_meanings,
    loss_levels,
    loss_range,
)
from sandbox.experiment import Experiment
from sandbox.tasks.registry import built_in, task_of
from tests.gui.canned_frames import SumTask, WordTask

FALLING = np.linspace(1.8, 0.1, 50)


def test_that_a_criterion_is_a_level_of_what_it_is_about() -> None:
    assert [level.value for level in loss_levels(SumTask(12)) if level.criterion] == [0.01]
    assert [level.value for level in accuracy_levels(WordTask(12)) if level.criterion] == [0.99]
    assert not any(level.criterion for level in loss_levels(WordTask(12)))


def test_that_the_loss_axis_holds_curves_and_levels() -> None:
    axis = loss_range([FALLING], [], [], [1.79], log=False)
    assert axis.low < 0 < 1.8 < axis.high <= 2 * 1.8
    assert not axis.cut
    axis = loss_range([FALLING], [], [], [1.79, 0.01], log=True)
    assert axis.low <= 0.01 < 1.8 <= axis.high


@pytest.mark.parametrize("log", [False, True])
def test_that_a_diverged_net_does_not_flatten_the_others(log: bool) -> None:
    wild = np.array([1.8, 40.0, 9e4])
    axis = loss_range([FALLING], [wild], [], [1.79], log)
    if not log:
        assert axis.high <= 10.0
        assert axis.cut


def test_that_generalisation_does_not_flatten_the_trained_curves() -> None:
    alone = loss_range([FALLING], [], [], [1.79], log=False)
    axis = loss_range([FALLING], [], [np.array([2.0, 90.0])], [1.79], log=False)
    assert axis.high == alone.high
    assert axis.cut


def test_that_no_number_is_a_fault_of_no_axis() -> None:
    for log in (False, True):
        axis = loss_range([np.array([0.0])], [], [np.array([np.nan])], [], log)
        assert np.isfinite([axis.low, axis.high]).all()
        assert axis.low < axis.high


@pytest.mark.parametrize("name", list(built_in()))
def test_that_every_task_says_what_loss_and_accuracy_are(name: str) -> None:
    task = task_of(Experiment(task=name))
    assert LOSS_UNITS[task.loss]
    long, short = accuracy_meanings(task)
    assert len(short) < len(long)
