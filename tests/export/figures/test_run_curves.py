"""What a figure of curves is drawn from, read from a stored run."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sandbox.experiment import parse
from sandbox.export.figures.run_curves import curves_of
from sandbox.tasks.registry import complete
from tests.export.figures.figure_data import run
from tests.export.records import forked, trained

SMALL = {"task": "recall", "params": {"gap": 3}, "steps": 60}


def test_that_seconds_come_from_the_runs_clock() -> None:
    curves = run(steps=100)
    np.testing.assert_allclose(curves.seconds(np.array([0, 25, 50, 75, 100])), [0, 0.5, 1, 2.5, 4])


def test_that_a_forks_seconds_begin_where_it_does() -> None:
    whole = complete(parse(SMALL))
    fork = replace(forked(trained(whole), 30, whole, 60), clock=np.array([[50, 4.0], [60, 6.0]]))
    np.testing.assert_allclose(curves_of(fork).seconds(np.array([30, 35, 50, 60])), [0, 1, 4, 6])


def test_that_a_run_without_times_has_no_clock() -> None:
    assert curves_of(replace(trained(complete(parse(SMALL))), clock=np.empty((0, 2)))).clock is None


def test_that_evaluations_and_ends_are_read_from_the_events() -> None:
    record = trained(complete(parse(SMALL)))
    splits = {"a": [1, 0.5], "b": [2, 0.4]}
    events = (
        {"step": 25, "kind": "evaluation", "cell": "lstm", "splits": splits},
        {"step": 25, "kind": "solved", "cell": "lstm", "text": ""},
        {"step": 30, "kind": "changed", "cell": None, "text": "clip 1 → 2"},
    )
    curves = curves_of(replace(record, events=events))
    lstm = next(each for each in curves.series if each.key == "lstm")
    assert lstm.evaluations == ((25, 2, 0.4),)  # of the split on which it does worst
    assert lstm.solved_at == 25
    assert curves.changes == ((30, "clip 1 → 2"),)
    unknown = {**events[0], "splits": {"a": [1, 0.5], "b": [None, None]}}
    (after,) = curves_of(replace(record, events=(unknown,))).series[1].evaluations
    np.testing.assert_array_equal(after, (25, np.nan, np.nan))
