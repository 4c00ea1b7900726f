from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from sandbox.drawing.smoothing import MEMORY
from sandbox.experiment import Experiment
from sandbox.gui.session.overlays import MOST_OVERLAYS, MOST_POINTS, Overlay, Overlays, overlay_of
from sandbox.gui.window.scene import curves_view
from sandbox.store.base import ExperimentTimeline, Origin

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from sandbox.gui.window.main_window import MainWindow
    from sandbox.store.base import Measured
    from tests.gui.conftest import Desk

Curves = dict[str, tuple[np.ndarray, "Measured"]]


def smoothed(values: np.ndarray) -> np.ndarray:
    """The rule, step by step."""
    found = [float(values[0])]
    for value in values[1:]:
        found.append(found[-1] + (float(value) - found[-1]) / MEMORY)
    return np.array(found)


def net(count: int, first: int = 1, seed: int = 0) -> tuple[np.ndarray, Measured]:
    loss, accuracy, norm = np.random.default_rng(seed).random((3, count)).astype(np.float32)
    return np.arange(first, first + count), (loss, accuracy, norm)


def made(curves: Curves, run: str = "run 1", times: object = ()) -> Overlay:
    names = dict.fromkeys(key.partition("#")[0] for key in curves)
    nets = [{"name": name, "cell": name.rstrip("2")} for name in names]
    experiment = Experiment().changed(contestants=nets)
    clock = np.array(times, float).reshape(-1, 2)
    return overlay_of(run, "14:03 gap 20", ExperimentTimeline(experiment), curves, clock)


def test_that_a_short_curve_is_kept_whole() -> None:
    curve = made({"lstm": net(300)}).curves["lstm"]
    assert curve.title == "LSTM"
    assert curve.steps.tolist() == list(range(1, 301))
    np.testing.assert_allclose(curve.loss, smoothed(net(300)[1][0]))
    np.testing.assert_allclose(curve.accuracy, smoothed(net(300)[1][1]))


@pytest.mark.parametrize("count", [1, 2, 3999, 4000, 4001, 50_000, 123_457])
def test_that_a_long_curve_is_thinned_to_values_of_its_own(count: int) -> None:
    curve = made({"lstm": net(count)}).curves["lstm"]
    assert min(count, MOST_POINTS // 2) <= len(curve.steps) <= MOST_POINTS
    assert curve.steps[[0, -1]].tolist() == [1, count]
    assert (np.diff(curve.steps) > 0).all()
    whole = smoothed(net(count)[1][0])
    np.testing.assert_allclose(curve.loss, whole[curve.steps.astype(int) - 1])


def test_that_seconds_follow_the_runs_clock() -> None:
    curve = made({"lstm": net(200, first=101)}, times=[(200, 1.0), (300, 5.0)]).curves["lstm"]
    at = dict(zip(curve.steps.tolist(), curve.seconds.tolist(), strict=True))
    assert at[200] == pytest.approx(1.0)
    assert at[150] == pytest.approx(0.5)
    assert at[250] == pytest.approx(3.0)
    assert at[300] == pytest.approx(5.0)


def test_that_replicates_become_their_mean_as_far_as_all_of_them_go() -> None:
    overlay = made({"lstm#0": net(50, seed=1), "lstm#1": net(30, seed=2)})
    (curve,) = overlay.curves.values()
    assert curve.title == "LSTM, mean of 2"
    assert overlay.last == 30
    each = [smoothed(net(n, seed=seed)[1][0])[:30] for n, seed in ((50, 1), (30, 2))]
    np.testing.assert_allclose(curve.loss, np.mean(each, axis=0))


def test_that_contestants_keep_their_looks_and_empty_ones_are_left_out() -> None:
    nothing = np.empty(0, np.float32)
    empty = np.empty(0, np.int64), (nothing, nothing, nothing)
    overlay = made({"rnn": net(5), "lstm": net(5), "lstm2": net(5), "gru": empty})
    assert list(overlay.curves) == ["rnn", "lstm", "lstm2"]
    styles = {name: curve.style for name, curve in overlay.curves.items()}
    assert (styles["rnn"].slot, styles["lstm"].slot) == (0, 1)
    assert styles["lstm2"] != styles["lstm"]


def test_that_no_more_runs_are_shown_than_can_be_told_apart(qtbot: QtBot) -> None:
    overlays = Overlays()
    for number in range(MOST_OVERLAYS):
        assert not overlays.full
        overlays.show(made({"lstm": net(5)}, f"run {number}"))
    assert overlays.full
    overlays.show(made({"lstm": net(6)}, "run 3"))  # in place of the older one
    with pytest.raises(ValueError, match="8 runs"):
        overlays.show(made({"lstm": net(5)}, "one more"))
    assert [each.run for each in overlays.shown] == [f"run {n}" for n in range(MOST_OVERLAYS)]
    assert overlays.shown[3].last == 6


def test_that_each_change_is_told_once(qtbot: QtBot) -> None:
    overlays, told = Overlays(), []
    overlays.changed.connect(lambda: told.append([each.run for each in overlays.shown]))
    overlays.show(made({"lstm": net(5)}, "a"))
    overlays.show(made({"lstm": net(5)}, "b"))
    overlays.hide("a")
    overlays.hide("a")
    overlays.hide("b")
    assert told == [["a"], ["a", "b"], ["b"], []]


def test_that_a_run_is_not_laid_under_itself(desk: Desk) -> None:
    other, own = (made({"lstm": net(5)}, run) for run in ("another", desk.session.run))
    assert curves_view(desk.session, (other, own)).overlays == (other,)


def test_that_the_window_draws_what_is_shown_at_once(window: MainWindow) -> None:
    items = window.stage.curves.loss_plot.plot.listDataItems
    before = len(items())
    window.stage.overlays.show(made({"lstm": net(500)}, "another"))
    assert len(items()) == before + 1
    window.stage.overlays.hide("another")
    assert len(items()) == before


def test_that_runs_are_labelled_with_what_tells_them_apart(qtbot: QtBot) -> None:
    shown, live = Overlays(), ExperimentTimeline(Experiment(seed=1))
    for seed, run in ((2, "run 2"), (1, "run 3")):
        lain = made({"lstm": net(5)}, run)
        shown.show(replace(lain, timeline=ExperimentTimeline(Experiment(seed=seed))))
    other, _ = shown.beside(live)
    assert "seed 2" in other.label
    shown.hide("run 2")
    (same,) = shown.beside(live)
    assert same.label == "14:03 gap 20"  # only the time tells it from the same experiment
    (changed,) = shown.beside(ExperimentTimeline(Experiment(seed=3)))
    assert "seed 1" in changed.label


def test_that_two_forks_with_the_same_settings_are_told_apart_by_their_time(qtbot: QtBot) -> None:
    shown, parent = Overlays(), ExperimentTimeline(Experiment())
    fork = ExperimentTimeline(Experiment(), (), Origin("run 1", 400))
    for run, label in (("run 2", "14:03:07"), ("run 3", "14:05:40")):
        shown.show(replace(made({"lstm": net(5)}, run), label=label, timeline=fork))
    assert [each.label for each in shown.beside(parent)] == [
        "fork at 400 · 14:03:07",
        "fork at 400 · 14:05:40",
    ]
