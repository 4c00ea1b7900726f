"""Views, what is held in the nets, and what is found in them, on a real run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from sandbox.cells.surgery import read_hold
from sandbox.run.messages import Phase
from sandbox.store import seqx
from tests.gui.live import PATIENCE_MS, Live, live

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from sandbox.gui.window.main_window import MainWindow
    from tests.gui.conftest import Desk

FORGET = "forget=0"


@pytest.fixture
def trained(tmp_path: Path, qtbot: QtBot) -> Iterator[Live]:
    with live(tmp_path / "home", qtbot) as made:
        made.train_to(200)
        yield made


def wait(made: Live, there: Callable[[], bool]) -> None:
    made.qtbot.waitUntil(there, timeout=PATIENCE_MS)


def hold(made: Live, key: str, text: str) -> None:
    """Hold it, and wait for its pictures and its effect."""
    links = made.window.insight_links
    links.hold(key, read_hold(text))
    wait(made, lambda: key in made.session.shown.frame.cut)  # type: ignore[union-attr]
    wait(made, lambda: links.feed.answer("effect", key) is not None)


# Views ---------------------------------------------------------------------------------


def test_that_a_view_is_shown_by_its_tab_and_by_its_key(window: MainWindow) -> None:
    views = window.insight_links.views
    assert views.shown == "watch"
    window.actions_by_name["view_why"].trigger()
    assert views.shown == "why"
    assert window.insight_links.why.isVisible()
    assert not window.stage.nets.isVisible()
    views.bar.setCurrentIndex(0)
    assert window.stage.nets.isVisible()
    assert window.actions_by_name["view_watch"].isChecked()


def test_that_answers_stand_under_the_nets_only(window: MainWindow) -> None:
    window.actions_by_name["answers"].trigger()
    assert window.stage.answers.isVisible()
    window.actions_by_name["view_why"].trigger()
    assert not window.stage.answers.isVisible()
    window.actions_by_name["view_watch"].trigger()
    assert window.stage.answers.isVisible()


def test_that_a_pin_stays_through_the_views(desk: Desk, window: MainWindow) -> None:
    desk.frame(0)
    window.stage.pin_unit("lstm", 2)
    pin = window.stage.pin
    window.actions_by_name["view_why"].trigger()
    assert window.stage.pin == window.insight_links.why.pin == pin
    window.actions_by_name["view_watch"].trigger()
    assert window.stage.nets.pin == pin


# Why -----------------------------------------------------------------------------------


def test_that_the_why_view_shows_what_is_computed_of_the_run_on_screen(trained: Live) -> None:
    window, feed = trained.window, trained.window.insight_links.feed
    assert not feed.answers("why")
    window.actions_by_name["view_why"].trigger()
    wait(trained, lambda: all(feed.answer("why", key) is not None for key in ("rnn", "lstm")))
    panel = window.insight_links.why
    for key in ("rnn", "lstm"):
        column = panel._columns[key]
        assert column.content is not None
        assert column.content.why is feed.answer("why", key)
        assert column.content.step == 200
    assert panel.accessibleDescription()


def test_that_units_can_be_sorted_by_each_measure(trained: Live) -> None:
    window, panel = trained.window, trained.window.insight_links.why
    window.actions_by_name["view_why"].trigger()
    wait(trained, lambda: window.insight_links.feed.answer("why", "lstm") is not None)
    carriers = window.insight_links.feed.answer("why", "lstm").insight.carriers
    for number, order in enumerate(("number", "swap", "lesion", "tells")):
        panel.order.setCurrentIndex(number)
        panel.order.activated.emit(number)
        content = panel._columns["lstm"].content
        assert content is not None
        values = np.arange(4)[::-1] if order == "number" else carriers.measure(order)
        assert (np.diff(values[content.units]) <= 0).all()


def test_that_another_run_forgets_what_was_found(trained: Live) -> None:
    window, feed = trained.window, trained.window.insight_links.feed
    window.actions_by_name["view_why"].trigger()
    wait(trained, lambda: feed.answer("why", "lstm") is not None)
    trained.session.restart()
    assert feed.answer("why", "lstm") is None
    assert not feed.log.log


# What is held --------------------------------------------------------------------------


def test_that_what_is_held_is_shown_beside_what_it_was(trained: Live) -> None:
    hold(trained, "lstm", FORGET)
    view = trained.window.stage.nets._view
    assert view is not None
    assert view.frame is not None
    assert (view.frame.traces["lstm"].arrays["forget"] == 0).all()
    assert not (view.untouched["lstm"].arrays["forget"] == 0).any()
    assert "rnn" not in view.untouched
    text = trained.window.insight_links.line.line.text
    assert "LSTM with forget held at 0" in text
    effect = trained.window.insight_links.feed.answer("effect", "lstm")
    assert effect.words in text


def test_that_training_never_sees_what_is_held(tmp_path: Path, qtbot: QtBot) -> None:
    losses = []
    for number, text in enumerate(("", FORGET)):
        with live(tmp_path / f"{number}", qtbot) as made:
            made.train_to(100)
            if text:
                hold(made, "lstm", text)
            made.train_to(200)
            losses.append(made.curves()["lstm"][1])
    assert np.array_equal(*losses)


def test_that_what_is_held_is_undone_and_redone(trained: Live) -> None:
    surgeries, actions = trained.window.insight_links.surgeries, trained.window.actions_by_name
    hold(trained, "lstm", FORGET)
    hold(trained, "lstm", "lesion[1]")
    assert surgeries.texts == {"lstm": "forget=0; lesion[1]"}
    actions["undo"].trigger()
    assert surgeries.texts == {"lstm": FORGET}
    actions["undo"].trigger()
    assert surgeries.texts == {}
    actions["redo"].trigger()
    assert surgeries.texts == {"lstm": FORGET}
    surgeries.clear()
    assert surgeries.texts == {}
    wait(trained, lambda: not trained.session.shown.frame.cut)  # type: ignore[union-attr]


def test_that_a_hold_that_cannot_be_is_refused_in_a_sentence(trained: Live) -> None:
    bar = trained.window.insight_links.bar
    trained.window.actions_by_name["surgery"].trigger()
    bar.line.setCurrentText("forget")
    for field, text, words in (
        (bar.units, "9", "units from 0 to 3"),
        (bar.units, "0", "numbers from 1"),
        (bar.value, "much", "a number, such as 0 or 1"),
    ):
        before = field.text()
        field.setText(text)
        bar._hold()
        assert words in bar.refusal.text()
        assert bar.refusal.isVisible()
        field.setText(before)
    assert not trained.window.insight_links.surgeries.held
    bar.units.setText("2, 4")
    bar._hold()
    assert not bar.refusal.isVisible()
    assert trained.window.insight_links.surgeries.texts == {"lstm": "forget[1,3]=0"}


def test_that_what_is_held_is_kept_with_the_run_and_in_its_file(
    trained: Live, tmp_path: Path
) -> None:
    run, path = trained.session.run, tmp_path / "held.seqx"
    hold(trained, "lstm", FORGET)
    kept = {"lstm": FORGET}
    wait(trained, lambda: kept in [each.held for each in trained.store.list()])
    trained.window.library.save_file(str(path), run)
    trained.answered()
    opened = seqx.read(path)
    assert opened.record is not None
    assert opened.record.info.held == {"lstm": FORGET}
    trained.session.new()
    assert not trained.window.insight_links.surgeries.held
    trained.window.insight_links.surgeries._by_run.clear()
    trained.window.library.open(run)
    wait(trained, lambda: trained.session.run == run)
    wait(trained, lambda: trained.window.insight_links.surgeries.texts == {"lstm": FORGET})


def test_that_training_on_with_it_is_a_fork(trained: Live) -> None:
    run = trained.session.run
    hold(trained, "lstm", FORGET)
    trained.window.insight_links.train_on()
    shown = trained.session.shown
    assert shown.run != run
    assert shown.origin is not None
    assert (shown.origin.parent, shown.origin.step) == (run, 200)
    assert trained.session.experiment.contestant("lstm").surgery == FORGET
    assert not trained.window.insight_links.surgeries.held
    wait(trained, lambda: trained.session.shown.last_step > 210)
    trained.session.pause()
    wait(trained, lambda: trained.session.feed.phase is not Phase.RUNNING)
    frame = trained.session.shown.frame
    assert frame is not None
    assert (frame.traces["lstm"].arrays["forget"] == 0).all()


def test_that_a_swap_of_all_states_gives_the_other_answer(trained: Live) -> None:
    window, panel = trained.window, trained.window.insight_links.why
    window.actions_by_name["view_why"].trigger()
    wait(trained, lambda: window.insight_links.feed.answer("why", "lstm") is not None)
    panel.form.show()
    panel.form.step.setText("3")
    panel.form.ask()
    wait(trained, lambda: window.insight_links.feed.answer("swap", "lstm") is not None)
    tried = window.insight_links.feed.answer("swap", "lstm").what
    np.testing.assert_allclose(tried.after, tried.other, rtol=1e-5)  # a batch of one, and of two
    assert "→" in panel.form.result.text()
    panel.form.step.setText("99")
    panel.form.ask()
    assert "a step from 1 to" in panel.form.result.text()


def test_that_the_dynamics_view_shows_what_the_inspector_found(trained: Live) -> None:
    window, feed = trained.window, trained.window.insight_links.feed
    window.actions_by_name["view_dynamics"].trigger()
    wait(trained, lambda: all(feed.answer("dynamics", key) for key in ("rnn", "lstm")))
    view = window.insight_links.dynamics._view
    assert view is not None
    for key in ("rnn", "lstm"):
        assert view.shown[key].found is feed.answer("dynamics", key)
        assert view.shown[key].step == 200
    assert not feed.answer("why", "lstm")


@pytest.mark.parametrize("name", ["watch", "why", "dynamics"])
def test_that_no_view_makes_the_window_larger(window: MainWindow, name: str) -> None:
    before = window.size()
    window.actions_by_name[f"view_{name}"].trigger()
    assert window.size() == before
    assert window.minimumSizeHint().height() <= 540
    assert window.minimumSizeHint().width() <= 960


def test_that_an_answer_about_another_sequence_is_not_drawn(trained: Live) -> None:
    window, feed = trained.window, trained.window.insight_links.feed
    window.actions_by_name["view_why"].trigger()
    wait(trained, lambda: feed.answer("why", "lstm") is not None)
    assert window.probe_links.probe.stretch(30) == ""
    window.grab()
    column = window.insight_links.why._columns["lstm"]
    assert column.content is not None
    assert column.content.why is None
    window.probe_links.probe.leave()
    wait(trained, lambda: feed.answer("why", "lstm") is not None)
    window.grab()
    assert column.content.why is feed.answer("why", "lstm")


def test_that_a_swap_of_a_unit_that_is_not_there_is_refused(trained: Live) -> None:
    window, panel = trained.window, trained.window.insight_links.why
    window.actions_by_name["view_why"].trigger()
    wait(trained, lambda: window.insight_links.feed.answer("why", "lstm") is not None)
    panel.form.units.setText("5")
    panel.form.ask()
    assert "units from 1 to 4" in panel.form.result.text()


def test_that_undo_holds_nothing_in_another_run(trained: Live) -> None:
    surgeries, actions = trained.window.insight_links.surgeries, trained.window.actions_by_name
    hold(trained, "lstm", FORGET)
    surgeries.clear()
    trained.session.restart()
    actions["undo"].trigger()
    assert surgeries.texts == {}


def test_that_a_refusal_stands_where_the_answer_would(trained: Live) -> None:
    window, feed = trained.window, trained.window.insight_links.feed
    window.actions_by_name["view_dynamics"].trigger()
    wait(trained, lambda: feed.answer("dynamics", "lstm") is not None)
    name = "dynamics lstm"
    feed._answers[name] = replace(feed._answers[name], found=None, refused="Too little memory.")
    feed.changed.emit("dynamics", "lstm")
    view = window.insight_links.dynamics._view
    assert view is not None
    assert view.waiting["lstm"] == "Too little memory."
    assert "lstm" not in view.shown


def test_that_pictures_of_dynamics_are_made_once_for_each_answer(trained: Live) -> None:
    window = trained.window
    window.actions_by_name["view_dynamics"].trigger()
    feed = window.insight_links.feed
    wait(trained, lambda: feed.answer("dynamics", "lstm") is not None)
    panel = window.insight_links.dynamics
    assert panel._view is not None
    before = panel._view.shown["lstm"]
    frame = trained.session.shown.frame
    assert frame is not None
    trained.session.frame_arrived.emit(frame)
    assert panel._view.shown["lstm"] is before
