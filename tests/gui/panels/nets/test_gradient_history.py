"""The gradient over training: what was shown, at the step at which it was shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sandbox.gui.panels.nets.gradient_history import MOST_PLACES, MOST_ROWS, GradientHistory

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sandbox.gui.window.main_window import MainWindow
    from tests.gui.conftest import Desk


def sizes(value: float) -> dict[str, NDArray[np.float64]]:
    return {"lstm": np.full(3, value)}


def test_that_each_row_is_the_last_step_measured_before_it() -> None:
    history = GradientHistory()
    for step in (0, 100, 40):
        history.note("here", step, sizes(step))
    rows = history.of("here", "lstm")
    assert rows.steps == (0, 40, 100)
    picture = rows.picture(11)  # a row every ten steps
    assert picture.shape == (11, 3)
    assert picture[:, 0].tolist() == [0, 0, 0, 0, 40, 40, 40, 40, 40, 40, 100]


def test_that_places_are_kept_apart_and_the_oldest_is_dropped() -> None:
    history = GradientHistory()
    for place in range(MOST_PLACES + 1):
        history.note(place, 1, sizes(place))
    assert history.of(0, "lstm").steps == ()
    assert history.of(1, "lstm").norms[0][0] == 1


def test_that_a_long_history_is_thinned_and_keeps_its_ends() -> None:
    history = GradientHistory()
    for step in range(3 * MOST_ROWS):
        history.note("here", step, sizes(step))
    rows = history.of("here", "lstm")
    assert len(rows.steps) <= MOST_ROWS
    assert (rows.steps[0], rows.steps[-1]) == (0, 3 * MOST_ROWS - 1)
    assert all(norms[0] == step for step, norms in zip(rows.steps, rows.norms, strict=True))


def test_that_the_window_shows_what_frames_brought(desk: Desk, window: MainWindow) -> None:
    desk.run_until(30)
    for step in (10, 20, 30):
        desk.frame(step)
    column = window.stage.nets.column("lstm")
    assert column.content is not None
    assert column.content.history is None
    window.actions_by_name["gradient_history"].trigger()
    assert column.content.history is not None
    assert column.content.history.steps[-3:] == (10, 20, 30)
    assert np.array_equal(column.content.history.norms[-1], column.content.curves[1].norms)
    window.actions_by_name["gradient_history"].trigger()
    assert column.content.history is None
