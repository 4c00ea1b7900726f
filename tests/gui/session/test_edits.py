"""Undo and redo: the experiment, and the run that was there, as it was left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QSlider, QWidget

from sandbox.experiment import Experiment
from sandbox.gui.session.drag import DRAG_S, SETTLE_S
from sandbox.gui.session.edits import LONGEST, MOST, Edits
from sandbox.gui.session.session import Session
from sandbox.gui.session.shown_run import UndoPoint
from sandbox.gui.widgets.actions import make_actions
from sandbox.gui.widgets.fields import NumberField
from sandbox.run.messages import Mailbox, Phase
from sandbox.run.worker import Worker
from sandbox.store.base import Origin
from sandbox.store.runs import RunStore, runs_file
from sandbox.tasks.registry import complete
from tests.gui.controls import focus, named, sentences, type_into
from tests.run.fakes import FakeTrainer, Script

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PySide6.QtGui import QAction
    from pytestqt.qtbot import QtBot

    from sandbox.gui.window.main_window import MainWindow
    from tests.gui.conftest import Desk

Z, CONTROL = Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def with_gap(experiment: Experiment, gap: object) -> Experiment:
    return experiment.changed(params={**experiment.params, "gap": gap})


def set_gap(desk: Desk, gap: int, coalesce: bool = False) -> None:
    desk.session.edit(with_gap(desk.session.experiment, gap), coalesce)


def gap(desk: Desk) -> object:
    return desk.session.experiment.params["gap"]


def undo(window: MainWindow) -> QAction:
    return window.actions_by_name["undo"]


def redo(window: MainWindow) -> QAction:
    return window.actions_by_name["redo"]


@pytest.fixture
def bare(qtbot: QtBot) -> QWidget:
    """Something for actions to belong to, with no panels that would be drawn."""
    made = QWidget()
    qtbot.addWidget(made)
    return made


def opened_run(desk: Desk) -> tuple[str, tuple[bool, Origin | None]]:
    """The run that the worker was last asked for: its id, whether resumed, where it was forked."""
    call = desk.control.open.call_args
    return call.args[0], (call.kwargs["resumed"], call.kwargs["origin"])


# One entry an edit --------------------------------------------------------------------


def test_that_nothing_can_be_undone_at_first(window: MainWindow) -> None:
    assert (undo(window).text(), undo(window).isEnabled()) == ("&Undo", False)
    assert (redo(window).text(), redo(window).isEnabled()) == ("&Redo", False)


def test_that_the_menu_says_what_undo_and_redo_would_do(desk: Desk, window: MainWindow) -> None:
    set_gap(desk, 80)
    assert (undo(window).text(), undo(window).isEnabled()) == ("&Undo gap 50 → 80", True)
    undo(window).trigger()
    assert not undo(window).isEnabled()
    assert (redo(window).text(), redo(window).isEnabled()) == ("&Redo gap 50 → 80", True)
    assert desk.session.remark == "undone; gap 80 → 50"
    redo(window).trigger()
    assert not redo(window).isEnabled()
    assert desk.session.remark == "redone: gap 50 → 80"


def test_that_what_undo_says_ends_with_what_holds_now(desk: Desk, window: MainWindow) -> None:
    desk.run_until(200)
    desk.session.edit(desk.session.experiment.changed(lr=0.01))
    undo(window).trigger()
    assert desk.session.experiment.lr == 0.003
    assert desk.session.remark == "undone; learning rate 0.01 → 0.003"


def test_that_what_is_no_other_value_is_said_to_be_taken_back(
    desk: Desk, window: MainWindow
) -> None:
    desk.run_until(200)
    desk.session.fork()
    undo(window).trigger()
    assert desk.session.remark == "undone: fork at step 200"


def test_that_every_way_of_editing_is_taken_back_in_turn(
    desk: Desk, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "other.json"
    path.write_text(Experiment(task="recall", seed=7).to_json())
    seen = [desk.session.experiment]
    window.docks[2].raise_()
    for act in (
        lambda: type_into(qtbot, named(window, "gap, as a number"), "80"),
        lambda: named(window, "gap").setValue(81),  # type: ignore[attr-defined]
        lambda: named(window, "Add GRU").click(),  # type: ignore[attr-defined]
        lambda: named(window, "Remove RNN").click(),  # type: ignore[attr-defined]
        lambda: type_into(qtbot, named(window, "LSTM units"), "16"),
        lambda: type_into(qtbot, named(window, "Seed"), "3"),
        lambda: type_into(qtbot, named(window, "learning rate"), "0.01"),
        lambda: window.commands.open(str(path)),
        lambda: window.commands.take_text(Experiment(seed=9).to_json(), "pasted"),
    ):
        act()
        assert desk.session.experiment != seen[-1]
        seen.append(desk.session.experiment)
    assert window.edits.stack.count() == len(seen) - 1
    for experiment in reversed(seen[:-1]):
        undo(window).trigger()
        assert desk.session.experiment == experiment
    assert not undo(window).isEnabled()
    for experiment in seen[1:]:
        redo(window).trigger()
        assert desk.session.experiment == experiment
    assert window.edits.stack.count() == len(seen) - 1


def test_that_a_refused_edit_and_one_that_changes_nothing_are_no_entries(
    desk: Desk, window: MainWindow, qtbot: QtBot
) -> None:
    type_into(qtbot, named(window, "gap, as a number"), "900")
    set_gap(desk, 50)
    assert window.edits.stack.count() == 0


def test_that_an_edit_after_undo_takes_the_place_of_what_was_undone(
    desk: Desk, window: MainWindow
) -> None:
    set_gap(desk, 80)
    undo(window).trigger()
    set_gap(desk, 20)
    assert not redo(window).isEnabled()
    undo(window).trigger()
    assert gap(desk) == 50


def test_that_there_are_two_hundred_entries_at_most(desk: Desk, bare: QWidget) -> None:
    edits = Edits(desk.session, make_actions(bare), print, bare)
    for seed in range(1, MOST + 11):
        desk.session.edit(desk.session.experiment.changed(seed=seed))
    assert edits.stack.count() == MOST == 200
    while edits.stack.canUndo():
        edits.undo()
    assert desk.session.experiment.seed == 10


def test_that_a_long_entry_is_cut_in_the_menu(desk: Desk, window: MainWindow) -> None:
    desk.session.edit(desk.session.experiment.changed(seed=5, batch=16, lr=0.1, clip=None, steps=9))
    assert undo(window).text().endswith("…")
    assert len(undo(window).text()) == len("&Undo ") + LONGEST


# Drags --------------------------------------------------------------------------------


def test_that_a_drag_is_one_edit_however_often_it_settles(desk: Desk, window: MainWindow) -> None:
    desk.run_until(40)
    run = desk.session.run
    slider = named(window, "gap")
    assert isinstance(slider, QSlider)
    slider.setSliderDown(True)
    for value in range(51, 71):
        slider.setValue(value)
        desk.now += SETTLE_S / 2
        desk.session.tick()
    slider.setSliderDown(False)
    assert desk.control.open.call_count > 3
    assert window.edits.stack.count() == 1
    assert undo(window).text() == "&Undo gap 50 → 70"
    undo(window).trigger()
    assert (gap(desk), opened_run(desk)) == (50, (run, (True, None)))
    redo(window).trigger()
    assert gap(desk) == 70


def test_that_two_drags_are_two_edits(desk: Desk, window: MainWindow) -> None:
    slider = named(window, "gap")
    assert isinstance(slider, QSlider)
    for value in (60, 70):
        slider.setSliderDown(True)
        slider.setValue(value - 1)
        slider.setValue(value)
        slider.setSliderDown(False)
    undo(window).trigger()
    assert gap(desk) == 60


def test_that_a_slider_that_rested_begins_another_edit(desk: Desk, window: MainWindow) -> None:
    set_gap(desk, 60, coalesce=True)
    desk.now += DRAG_S + 0.01
    set_gap(desk, 70, coalesce=True)
    undo(window).trigger()
    assert gap(desk) == 60


def test_that_training_in_between_ends_a_drag(desk: Desk, window: MainWindow) -> None:
    set_gap(desk, 60, coalesce=True)
    desk.run_until(5)
    set_gap(desk, 70, coalesce=True)
    undo(window).trigger()
    assert gap(desk) == 60


def test_that_a_drag_back_to_where_it_began_is_no_edit(desk: Desk, window: MainWindow) -> None:
    for value in (60, 70, 50):
        set_gap(desk, value, coalesce=True)
    assert window.edits.stack.count() == 0
    assert not undo(window).isEnabled()


def test_that_a_drag_back_brings_a_trained_run_back_when_it_is_undone(
    desk: Desk, window: MainWindow
) -> None:
    desk.run_until(40)
    run = desk.session.run
    for value in (60, 50):
        set_gap(desk, value, coalesce=True)
    assert undo(window).text() == "&Undo start again"
    undo(window).trigger()
    assert opened_run(desk) == (run, (True, None))


# Across runs --------------------------------------------------------------------------


def test_that_undo_shows_the_trained_run_again_and_trains_nothing(
    desk: Desk, window: MainWindow
) -> None:
    desk.run_until(2275)
    run, experiment = desk.session.run, desk.session.experiment
    set_gap(desk, 80)
    assert desk.opened[1]
    desk.tell(Phase.RUNNING, 30)
    trains = desk.control.train.call_count
    undo(window).trigger()
    assert desk.opened == (experiment, False)
    assert opened_run(desk) == (run, (True, None))
    assert not desk.session.feed.training
    assert desk.control.train.call_count == trains
    desk.tell(Phase.PAUSED, 2275)
    assert desk.session.shown.last_step == 2275


def test_that_redo_shows_the_later_run_as_it_was_left(desk: Desk, window: MainWindow) -> None:
    desk.run_until(40)
    set_gap(desk, 80)
    desk.tell(Phase.RUNNING, 30)
    later = desk.session.run
    undo(window).trigger()
    redo(window).trigger()
    assert opened_run(desk) == (later, (True, None))
    undo(window).trigger()  # before the worker said anything of the run it reads again
    redo(window).trigger()
    assert opened_run(desk) == (later, (True, None))


def test_that_an_untrained_run_comes_back_untrained(desk: Desk, window: MainWindow) -> None:
    desk.tell(Phase.READY)
    set_gap(desk, 80)
    desk.run_until(40)
    undo(window).trigger()
    assert (gap(desk), desk.opened[1], opened_run(desk)[1]) == (50, False, (False, None))


def test_that_undo_reaches_across_a_restart(desk: Desk, window: MainWindow) -> None:
    set_gap(desk, 80)
    desk.run_until(40)
    desk.session.restart()
    desk.run_until(7)
    again = desk.session.run
    undo(window).trigger()
    assert gap(desk) == 50
    redo(window).trigger()
    assert (gap(desk), opened_run(desk)[0]) == (80, again)


def test_that_undoing_a_fork_shows_its_parent(desk: Desk, window: MainWindow) -> None:
    desk.run_until(40)
    parent = desk.session.run
    desk.session.fork()
    assert undo(window).text() == "&Undo fork at step 40"
    undo(window).trigger()
    assert opened_run(desk) == (parent, (True, None))
    redo(window).trigger()
    assert opened_run(desk)[1] == (False, Origin(parent, 40))


def test_that_undoing_the_opening_of_a_run_shows_what_was_there(
    desk: Desk, window: MainWindow
) -> None:
    desk.run_until(40)
    before = desk.session.run
    desk.session.open_stored("20260101-000000-recall-abc123", Experiment(task="recall"), None)
    undo(window).trigger()
    assert (desk.session.experiment.task, opened_run(desk)[0]) == ("fluent", before)
    redo(window).trigger()
    assert opened_run(desk) == ("20260101-000000-recall-abc123", (True, None))
    assert desk.session.experiment == complete(Experiment(task="recall"))


def test_that_undo_leaves_a_step_that_was_looked_back_at(desk: Desk, window: MainWindow) -> None:
    desk.run_until(40)
    set_gap(desk, 80)
    desk.run_until(30)
    desk.session.look_back(10)
    undo(window).trigger()
    assert desk.session.shown.looking is None


# Live changes -------------------------------------------------------------------------


def test_that_a_live_change_is_taken_back_live(desk: Desk, window: MainWindow) -> None:
    desk.run_until(40)
    run = desk.session.run
    desk.session.edit(desk.session.experiment.changed(lr=0.001))
    assert undo(window).text() == "&Undo learning rate 0.003 → 0.001"
    undo(window).trigger()
    assert desk.control.adjust.call_args.args[0].lr == 0.003
    redo(window).trigger()
    assert desk.control.adjust.call_args.args[0].lr == 0.001
    assert (desk.session.run, desk.session.feed.training) == (run, True)
    assert desk.control.open.call_count == 1


def test_that_steps_added_by_train_are_taken_back_before_the_learning_rate(
    desk: Desk, window: MainWindow
) -> None:
    desk.run_until(40)
    desk.session.edit(desk.session.experiment.changed(lr=0.001))
    desk.tell(Phase.FINISHED, 3000)
    desk.session.train()
    undo(window).trigger()
    assert (desk.session.experiment.lr, desk.session.experiment.steps) == (0.001, 3000)
    undo(window).trigger()
    assert (desk.session.experiment.lr, desk.session.experiment.steps) == (0.003, 3000)
    redo(window).trigger()
    redo(window).trigger()
    assert (desk.session.experiment.lr, desk.session.experiment.steps) == (0.001, 6000)
    desk.session.restart()
    assert desk.session.experiment.steps == 3000


def test_that_new_and_defaults_are_taken_back(desk: Desk, window: MainWindow) -> None:
    set_gap(desk, 80)
    desk.run_until(40)
    run = desk.session.run
    for name in ("new", "defaults"):
        window.actions_by_name[name].trigger()
        assert desk.session.experiment.params["gap"] == 50
        undo(window).trigger()
        assert desk.session.experiment.params["gap"] == 80
        assert desk.session.run == run


def test_that_a_run_comes_back_with_what_was_changed_in_it(desk: Desk, window: MainWindow) -> None:
    desk.run_until(40)
    desk.session.edit(desk.session.experiment.changed(lr=0.001))
    set_gap(desk, 80)
    undo(window).trigger()
    assert desk.session.experiment.lr == 0.001
    assert desk.control.adjust.call_args.args[0].lr == 0.001
    undo(window).trigger()
    assert desk.session.experiment.lr == 0.003


# What cannot be undone ----------------------------------------------------------------


def test_that_a_run_that_was_deleted_is_told_and_its_experiment_shown_untrained(
    desk: Desk, window: MainWindow
) -> None:
    desk.run_until(40)
    set_gap(desk, 80)
    run = desk.session.run
    desk.tell(Phase.RUNNING, 30)
    undo(window).trigger()
    desk.tell(Phase.FAILED, refused="There is no run 20260101-000000-fluent-abc123.")
    assert sentences() == [
        "There is no run 20260101-000000-fluent-abc123; its experiment is shown untrained instead."
    ]
    assert (gap(desk), opened_run(desk)[1]) == (50, (False, None))
    assert (window.edits.stack.count(), window.edits.stack.index()) == (1, 0)
    desk.tell(Phase.READY)
    redo(window).trigger()
    assert (gap(desk), opened_run(desk)) == (80, (run, (True, None)))


def test_that_what_fails_later_in_that_run_is_told_as_ever(desk: Desk, window: MainWindow) -> None:
    desk.run_until(40)
    set_gap(desk, 80)
    undo(window).trigger()
    run = desk.session.run
    desk.tell(Phase.FAILED, 41, refused="There is not enough memory.", keys={"rnn": "rnn"})
    assert sentences() == ["There is not enough memory."]
    assert desk.session.run == run


# Keys and fields ----------------------------------------------------------------------


@pytest.mark.parametrize("again", [(Z, CONTROL | SHIFT), (Qt.Key.Key_Y, CONTROL)])
def test_that_the_keys_undo_and_redo(
    desk: Desk,
    window: MainWindow,
    qtbot: QtBot,
    again: tuple[Qt.Key, Qt.KeyboardModifier],
) -> None:
    set_gap(desk, 80)
    qtbot.keyClick(QApplication.focusWidget(), Z, CONTROL)
    assert gap(desk) == 50
    qtbot.keyClick(QApplication.focusWidget(), *again)
    assert gap(desk) == 80


def test_that_undo_in_a_field_that_is_typed_into_is_the_fields(
    desk: Desk, window: MainWindow, qtbot: QtBot
) -> None:
    set_gap(desk, 80)
    field = focus(qtbot, named(window, "gap, as a number"))
    assert isinstance(field, NumberField)
    qtbot.keyClick(field, Qt.Key.Key_End)
    qtbot.keyClick(field, "5")
    assert field.text() == "805"
    qtbot.keyClick(field, Z, CONTROL)
    assert (field.text(), gap(desk)) == ("80", 80)
    qtbot.keyClick(field, Z, CONTROL)
    assert (field.text(), gap(desk)) == ("50", 50)
    qtbot.keyClick(field, Qt.Key.Key_End)
    qtbot.keyClick(field, "1")
    for key, modifier in ((Qt.Key.Key_Y, CONTROL), (Z, CONTROL | SHIFT)):
        qtbot.keyClick(field, key, modifier)
        assert (field.text(), gap(desk)) == ("501", 50)
    qtbot.keyClick(field, Qt.Key.Key_Escape)


def test_that_undo_in_a_focused_field_is_the_windows_where_nothing_was_typed(
    desk: Desk, window: MainWindow, qtbot: QtBot
) -> None:
    field = focus(qtbot, named(window, "gap, as a number"))
    qtbot.keyClick(field, Qt.Key.Key_Up)
    assert gap(desk) == 51
    qtbot.keyClick(field, Z, CONTROL)
    assert gap(desk) == 50


def test_that_undo_while_a_net_is_renamed_is_the_names(
    desk: Desk, window: MainWindow, qtbot: QtBot
) -> None:
    set_gap(desk, 80)
    card = named(window, "Rename LSTM")
    card.click()  # type: ignore[attr-defined]
    field = focus(qtbot, named(window, "Name of LSTM"))
    qtbot.keyClicks(field, "abc")
    qtbot.keyClick(field, Z, CONTROL)
    assert (field.text(), gap(desk)) == ("lstm", 80)  # type: ignore[attr-defined]
    qtbot.keyClick(field, Qt.Key.Key_Escape)


# With a worker and a store ------------------------------------------------------------


@pytest.fixture
def store(home: Path) -> Iterator[RunStore]:
    home.mkdir()
    made = RunStore(runs_file())
    yield made
    made.close()


def test_that_undo_brings_back_the_very_weights_and_curve(
    qtbot: QtBot, store: RunStore, bare: QWidget
) -> None:
    said: list[tuple[str, str]] = []
    mailbox = Mailbox()
    worker = Worker(mailbox, store, lambda e: FakeTrainer(e, Script()))  # type: ignore[arg-type,return-value]
    begun = Experiment(task="recall", params={"gap": 2}, steps=40, batch=4)
    session = Session(worker.commands, mailbox, begun)
    edits = Edits(session, make_actions(bare), lambda *words: said.append(words), bare)
    session.problem.connect(edits.take_refusal)
    worker.start()
    session.start()
    try:
        session.train()
        qtbot.waitUntil(lambda: session.feed.phase is Phase.FINISHED, timeout=60_000)
        qtbot.waitUntil(lambda: session.shown.frame is not None and session.shown.frame.step == 40)
        assert session.shown.frame is not None
        before, run = session.shown.frame, session.run
        curve = session.shown.recording.curve("lstm").loss.copy()
        session.edit(session.experiment.changed(seed=5))
        edits.undo()  # at once: the worker may not even have left the run
        qtbot.waitUntil(lambda: session.shown.frame is not None or bool(said), timeout=20_000)
        assert said == []
        assert session.shown.frame is not None
        assert (session.run, session.shown.last_step, session.feed.phase) == (
            run,
            40,
            Phase.FINISHED,
        )
        np.testing.assert_array_equal(session.shown.recording.curve("lstm").loss, curve)
        for key, trace in session.shown.frame.traces.items():
            np.testing.assert_array_equal(
                trace.arrays["hidden"], before.traces[key].arrays["hidden"]
            )
        edits.redo()
        qtbot.waitUntil(lambda: session.shown.frame is not None, timeout=20_000)
        assert (session.experiment.seed, session.shown.last_step) == (5, 0)
        edits.go_to(UndoPoint("20260101-000000-recall-abc123", complete(begun), kept=True))
        qtbot.waitUntil(lambda: session.shown.frame is not None and bool(said), timeout=20_000)
        assert len(said) == 1
        assert "untrained instead" in said[0][1]
        assert (session.experiment, session.shown.last_step) == (complete(begun), 0)
    finally:
        session.close()
        worker.join(20)
