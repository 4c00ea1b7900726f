"""After a run, a line says what to try next, and its button does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.run.messages import Phase

if TYPE_CHECKING:
    from sandbox.gui.widgets.hint_line import HintLine
    from sandbox.gui.window.main_window import MainWindow
    from tests.gui.conftest import Desk


def end(desk: Desk, *solved: str) -> None:
    """Train to the end; these solved it."""
    steps = desk.session.experiment.steps
    desk.run_until(1)
    for key in solved:
        desk.event(20, "solved", f"{key} solved it.", key)
    desk.event(steps, "finished", "All steps are done.")
    desk.tell(Phase.FINISHED, steps)


def hint(window: MainWindow) -> HintLine:
    return window.guide_links.hint


def test_that_a_longer_gap_is_one_click_away_and_can_be_undone(
    desk: Desk, window: MainWindow
) -> None:
    before = desk.session.experiment
    end(desk, "rnn", "lstm")
    assert "gap of 100" in hint(window).sentence
    assert hint(window).isVisible()
    hint(window).button.click()
    assert desk.session.experiment.params["gap"] == 100
    assert hint(window).sentence == ""
    window.actions_by_name["undo"].trigger()
    assert desk.session.experiment.params == before.params


def test_that_why_is_shown_where_one_failed(desk: Desk, window: MainWindow) -> None:
    end(desk, "lstm")
    hint(window).button.click()
    assert window.insight_links.views.shown == "why"


def test_that_it_goes_when_training_goes_on_or_another_run_is_opened(
    desk: Desk, window: MainWindow
) -> None:
    end(desk, "lstm")
    assert hint(window).sentence
    desk.session.train()
    assert hint(window).sentence == ""


def test_that_nothing_is_said_before_the_end(desk: Desk, window: MainWindow) -> None:
    desk.run_until(10)
    desk.session.pause()
    desk.tell(Phase.PAUSED, 10)
    assert hint(window).sentence == ""
    assert not hint(window).isVisible()


def test_that_it_can_be_dismissed(desk: Desk, window: MainWindow) -> None:
    end(desk, "lstm")
    hint(window).dismiss.click()
    assert not hint(window).isVisible()
