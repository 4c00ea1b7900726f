"""The session at another step than the last: looking back, forks, runs of the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from sandbox.gui.session.curvebuffer import CurveBuffer
from sandbox.gui.session.recording import MORE_STEPS
from sandbox.gui.session.shown_run import Edit
from sandbox.gui.window import scene
from sandbox.run.messages import Curve, Event, Phase, Points
from sandbox.store.base import Origin
from sandbox.validation import ExperimentError
from tests.gui.live import PATIENCE_MS, assert_same_pictures, live, tiny

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from sandbox.gui.window.main_window import MainWindow
    from tests.gui.conftest import Desk

ORIGIN = Origin("20260101-000000-fluent-abcdef", 120)


def trained(desk: Desk, step: int = 200) -> None:
    """Paused at that step, with everything told."""
    desk.session.train()
    desk.tell(Phase.RUNNING, step)
    first = desk.session.shown.first_step + 1
    desk.points(first, step - first + 1)
    desk.session.pause()
    desk.tell(Phase.PAUSED, step)
    desk.frame(step)
    desk.control.reset_mock()


def start_of(desk: Desk) -> tuple[bool, Origin | None]:
    """Whether the run last opened is resumed, and where it was forked."""
    asked = desk.control.open.call_args.kwargs
    return asked["resumed"], asked["origin"]


# Looking back ---------------------------------------------------------------------------


def test_that_looking_back_asks_for_that_step_and_says_so(desk: Desk, qtbot: QtBot) -> None:
    trained(desk)
    with qtbot.waitSignal(desk.session.looked_back) as told:
        desk.session.look_back(120)
    assert told.args == [120]
    desk.control.look_back.assert_called_once_with(120)
    assert (
        desk.session.shown.looking,
        desk.session.shown.wanted_step,
        desk.session.shown.last_step,
    ) == (
        120,
        120,
        200,
    )


@pytest.mark.parametrize(("asked", "shown"), [(-5, 0), (0, 0), (200, 200), (10_000, 200)])
def test_that_steps_the_run_does_not_have_are_the_nearest_ones(
    desk: Desk, asked: int, shown: int
) -> None:
    trained(desk)
    desk.session.look_back(asked)
    assert desk.session.shown.wanted_step == shown


def test_that_the_same_step_again_asks_nothing(desk: Desk) -> None:
    trained(desk)
    desk.session.look_back(120)
    desk.session.look_back(120)
    assert desk.control.look_back.call_count == 1


def test_that_looking_back_pauses_the_training(desk: Desk) -> None:
    desk.run_until(200)
    desk.session.look_back(120)
    assert not desk.session.feed.training
    desk.tell(Phase.PAUSED, 204)
    assert desk.session.shown.wanted_step == 120
    assert "looking back at step 120 of 204" in scene.phase_in_words(desk.session)


def test_that_no_frame_is_asked_for_while_looking_back(desk: Desk) -> None:
    trained(desk)
    desk.session.look_back(120)
    for _ in range(5):
        desk.now += 1.0
        desk.session.tick()
    assert not desk.control.ask.called
    desk.frame(120)
    assert not desk.control.ask.called


@pytest.mark.parametrize("act", ["train", "step"])
def test_that_training_goes_on_from_the_last_step(desk: Desk, act: str) -> None:
    trained(desk)
    desk.session.look_back(120)
    getattr(desk.session, act)()
    assert desk.session.shown.looking is None
    assert [call.args for call in desk.control.look_back.call_args_list] == [(120,), (None,)]
    assert getattr(desk.control, act).called


def test_that_another_run_is_shown_as_it_is_now(desk: Desk, qtbot: QtBot) -> None:
    trained(desk)
    desk.session.look_back(120)
    with qtbot.waitSignal(desk.session.looked_back) as told:
        desk.session.edit(desk.session.experiment.changed(seed=3))
    assert told.args == [None]
    assert desk.session.shown.looking is None


# What stands over the nets --------------------------------------------------------------


def test_that_heads_tell_of_the_step_looked_back_at(desk: Desk) -> None:
    desk.run_until(200)
    desk.points(1, 100, loss=2.0)
    desk.points(101, 100, loss=0.5)
    desk.event(150, "solved", "LSTM solved it", "lstm")
    for step, words, loss in (
        (0, "untrained", None),
        (100, "at step 100", 2.0),
        (149, "at step 149", None),
        (200, "solved at step 150", 0.5),
    ):
        desk.session.look_back(step)
        head = scene.heads(desk.session)["lstm"]
        assert head.status == words
        if loss is not None or step == 0:
            assert head.loss == loss


def test_that_a_fork_stands_where_its_parent_did_until_its_first_step(desk: Desk) -> None:
    desk.run_until(200)
    desk.points(1, 100, loss=2.0)
    desk.points(101, 100, loss=0.5)
    desk.session.look_back(100)
    desk.session.fork()
    head = scene.heads(desk.session)["lstm"]
    assert (head.loss, head.accuracy) == (2.0, 1.0)
    desk.points(101, 50, loss=0.25)
    head = scene.heads(desk.session)["lstm"]
    assert (head.loss, head.accuracy) == (0.25, 0.125)
    desk.session.restart()
    head = scene.heads(desk.session)["lstm"]
    assert (head.loss, head.accuracy) == (2.0, 1.0)


def test_that_a_fork_changed_before_its_first_step_keeps_what_its_nets_keep(desk: Desk) -> None:
    trained(desk)
    desk.session.fork()
    desk.session.edit(desk.session.experiment.changed(batch=8))
    assert scene.heads(desk.session)["lstm"].loss == 1.0
    desk.session.edit(desk.session.experiment.with_contestant("rnn", hidden=5))
    heads = scene.heads(desk.session)
    assert (heads["lstm"].loss, heads["rnn"].loss) == (1.0, None)
    fork = desk.session.undo_point
    desk.session.edit(desk.session.experiment.changed(params={"gap": 9}))
    assert scene.heads(desk.session)["lstm"].loss is None
    desk.session.go_to(fork)
    assert scene.heads(desk.session)["lstm"].loss == 1.0


def test_that_a_trained_fork_that_undo_brings_back_knows_what_it_began_with(desk: Desk) -> None:
    trained(desk, 120)
    desk.session.fork()
    trained(desk, 200)
    fork = desk.session.undo_point
    desk.session.edit(desk.session.experiment.changed(seed=3))
    desk.session.go_to(fork)
    desk.tell(Phase.PAUSED, 200)
    desk.session.look_back(120)
    assert scene.heads(desk.session)["lstm"].loss == 1.0


def test_that_a_fork_takes_the_settings_in_force_at_its_step(desk: Desk, qtbot: QtBot) -> None:
    trained(desk, 100)
    first = desk.session.experiment.lr
    desk.session.edit(desk.session.experiment.changed(lr=0.5))
    desk.points(101, 100)
    desk.session.look_back(60)
    with qtbot.waitSignal(desk.session.experiment_changed):
        desk.session.fork()
    assert (desk.opened[0].lr, desk.session.experiment.lr) == (first, first)


def test_that_a_fork_after_a_change_keeps_it(desk: Desk) -> None:
    trained(desk, 100)
    desk.session.edit(desk.session.experiment.changed(lr=0.5))
    desk.points(101, 100)
    desk.session.look_back(150)
    desk.session.fork()
    assert desk.opened[0].lr == 0.5


def test_that_a_fork_edited_at_once_is_still_a_fork(desk: Desk) -> None:
    """Before the worker has said anything of it."""
    trained(desk)
    desk.session.fork()
    origin = desk.session.shown.origin
    desk.session.edit(desk.session.experiment.changed(batch=8))
    assert start_of(desk)[1] == origin


def test_that_a_net_that_diverged_later_had_not_then(desk: Desk) -> None:
    trained(desk)
    desk.event(180, "diverged", "LSTM diverged", "lstm")
    assert scene.heads(desk.session)["lstm"].status == "diverged at step 180"
    desk.session.look_back(179)
    desk.frame(179)
    assert scene.heads(desk.session)["lstm"].status == "at step 179"
    desk.session.look_back(180)
    desk.frame(180)
    assert scene.heads(desk.session)["lstm"].tone == "wrong"


def told(desk: Desk, first: int, count: int, loss: float, accuracy: float) -> None:
    values = [np.full(count, each, np.float32) for each in (loss, accuracy, loss)]
    curves = {key: Curve(*values) for key in desk.session.shown.cells}
    desk.mailbox.post(Points(desk.session.run, first, curves))
    desk.session.tick()


def test_that_a_fork_that_forgets_again_says_so(desk: Desk) -> None:
    """Its curve has fewer steps than the step at which it was solved."""
    trained(desk, 1000)
    desk.session.fork()
    told(desk, 1001, 50, loss=0.01, accuracy=1.0)
    desk.event(1050, "solved", "LSTM solved it", "lstm")
    assert scene.heads(desk.session)["lstm"].status == "solved at step 1,050"
    told(desk, 1051, 24, loss=1.9, accuracy=0.2)
    assert scene.heads(desk.session)["lstm"].status == "solved at step 1,050"
    told(desk, 1075, 60, loss=1.9, accuracy=0.2)
    assert scene.heads(desk.session)["lstm"].status == "solved at step 1,050, lost since"


def test_that_a_fork_solved_before_it_began_is_not_judged_by_a_few_steps() -> None:
    curve = CurveBuffer()
    bad = np.full(10, 9.0, np.float32)
    curve.extend(1001, Curve(bad, bad * 0, bad))

    class Task:
        class criterion:
            metric, threshold = "accuracy", 0.95

    assert not scene._has_lost(Task, curve, solved_at=400)  # type: ignore[arg-type]
    curve.extend(1011, Curve(*[np.full(20, each, np.float32) for each in (9.0, 0.0, 9.0)]))
    assert scene._has_lost(Task, curve, solved_at=400)  # type: ignore[arg-type]


# Forks ----------------------------------------------------------------------------------


def test_that_a_fork_is_a_run_of_its_own_from_the_step_shown(desk: Desk, qtbot: QtBot) -> None:
    trained(desk)
    parent = desk.session.run
    desk.session.look_back(120)
    with qtbot.waitSignal(desk.session.edited) as told_of:
        desk.session.fork()
    assert start_of(desk) == (False, Origin(parent, 120))
    assert not desk.opened[1]
    assert desk.session.run != parent
    assert (desk.session.shown.first_step, desk.session.shown.looking) == (120, None)
    assert "forked at step 120" in desk.session.remark
    (edit,) = told_of.args
    assert isinstance(edit, Edit)
    assert (edit.before.run, edit.before.kept, edit.what) == (parent, True, "fork at step 120")


def test_that_a_fork_without_looking_back_is_from_the_last_step(desk: Desk) -> None:
    trained(desk)
    parent = desk.session.run
    desk.session.fork()
    assert start_of(desk)[1] == Origin(parent, 200)


def test_that_edits_before_a_fork_trains_fork_again_and_later_ones_do_not(desk: Desk) -> None:
    trained(desk)
    desk.session.look_back(120)
    desk.session.fork()
    origin = desk.session.shown.origin
    desk.tell(Phase.PAUSED, 120)
    desk.session.edit(desk.session.experiment.changed(batch=16))
    assert start_of(desk)[1] == origin
    desk.tell(Phase.PAUSED, 120)
    trained(desk, 130)
    desk.session.edit(desk.session.experiment.changed(batch=8))
    assert start_of(desk)[1] is None
    assert desk.session.shown.first_step == 0


def test_that_restart_begins_at_the_fork_again(desk: Desk) -> None:
    trained(desk)
    desk.session.look_back(120)
    desk.session.fork()
    origin = desk.session.shown.origin
    trained(desk, 160)
    desk.session.restart()
    assert start_of(desk)[1] == origin


def test_that_a_fork_is_not_looked_back_at_before_it_began(desk: Desk) -> None:
    trained(desk)
    desk.session.look_back(120)
    desk.session.fork()
    trained(desk, 160)
    desk.session.look_back(30)
    assert desk.session.shown.wanted_step == 120


# Runs of the store ----------------------------------------------------------------------


def test_that_a_stored_run_is_shown_as_it_was_left(desk: Desk, qtbot: QtBot) -> None:
    trained(desk)
    before = desk.session.undo_point
    stored = desk.session.experiment.changed(seed=9, lr=0.01)
    with qtbot.waitSignals([desk.session.edited, desk.session.run_opened]):
        desk.session.open_stored(ORIGIN.parent, stored, None)
    assert desk.session.run == ORIGIN.parent
    assert (desk.session.experiment.seed, desk.session.feed.training) == (9, False)
    assert start_of(desk) == (True, None)
    assert desk.session.shown.kept
    desk.session.go_to(before)
    assert desk.session.run == before.run


def test_that_a_stored_fork_begins_where_it_was_forked(desk: Desk) -> None:
    desk.session.open_stored("another", desk.session.experiment, ORIGIN)
    desk.tell(Phase.PAUSED, 300)
    assert (desk.session.shown.first_step, desk.session.shown.wanted_step) == (120, 300)


@pytest.mark.parametrize(
    ("changed_at", "steps", "later"),
    [
        (3000, 3000 + MORE_STEPS, 3000),  # by Train
        (3000, 3001, 3000),  # by Step
        (3000, 5000, 5000),  # typed
        (1000, 1000 + MORE_STEPS, 1000 + MORE_STEPS),  # typed before the end
    ],
)
def test_that_steps_added_to_a_stored_run_are_not_those_of_a_new_one(
    desk: Desk, changed_at: int, steps: int, later: int
) -> None:
    begun = desk.session.experiment
    desk.session.open_stored(ORIGIN.parent, begun.changed(steps=steps), None)
    run = desk.session.run
    desk.mailbox.post(Event(run, changed_at, "changed", "more steps", replaced=begun))
    desk.mailbox.post(
        Event(run, changed_at, "changed", "rate", replaced=begun.changed(steps=steps))
    )
    desk.tell(Phase.PAUSED, changed_at)
    assert desk.session.experiment.steps == steps
    desk.session.edit(desk.session.experiment.changed(seed=4))
    assert (desk.session.experiment.steps, desk.opened[0].steps) == (later, later)


def test_that_a_stored_experiment_that_is_refused_changes_nothing(desk: Desk) -> None:
    run = desk.session.run
    wrong = desk.session.experiment.changed(params={"gap": 9_000})
    with pytest.raises(ExperimentError):
        desk.session.open_stored("another", wrong, None)
    assert desk.session.run == run
    assert desk.control.open.call_count == 1


# With the engine ------------------------------------------------------------------------


def test_that_a_fork_with_another_rate_begins_at_the_next_step_over_its_parents_curves(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with live(tmp_path, qtbot) as at:
        at.train_to(200)
        parent, before = at.session.run, at.curves()
        at.session.look_back(120)
        then = at.frame_of(120)
        at.session.fork()
        assert_same_pictures(at.until(Phase.PAUSED, 120), then)
        at.session.edit(at.session.experiment.changed(lr=0.02))
        at.session.train()
        at.until(Phase.FINISHED, 200)
        for key, (steps, loss) in at.curves().items():
            assert (steps[0], steps[-1]) == (121, 200)
            assert loss[0] == before[key][1][120]  # the same batch, the same weights
            assert not np.array_equal(loss[1:], before[key][1][121:])
        overlays = at.window.stage.overlays
        qtbot.waitUntil(lambda: len(overlays.shown) == 1, timeout=PATIENCE_MS)
        (overlay,) = overlays.shown
        assert (overlay.run, overlay.last) == (parent, 200)
        drawn = scene.curves_view(at.session, overlays.shown).overlays
        assert [each.run for each in drawn] == [parent]


def test_that_a_fork_made_a_moment_after_training_shows_all_of_its_parent(
    qtbot: QtBot, tmp_path: Path
) -> None:
    """The parent's last steps are on disk only once the worker has left it."""
    with live(tmp_path, qtbot) as at:
        at.train_to(60)
        at.session.fork()
        overlays = at.window.stage.overlays
        qtbot.waitUntil(lambda: len(overlays.shown) == 1, timeout=PATIENCE_MS)
        assert overlays.shown[0].last == 60
        assert not [w for w in QApplication.topLevelWidgets() if w.isVisible() and w.isModal()]


def test_that_the_first_run_after_a_fork_draws_no_parent(qtbot: QtBot, tmp_path: Path) -> None:
    with live(tmp_path, qtbot) as at:
        at.train_to(60)
        at.session.fork()
        overlays = at.window.stage.overlays
        qtbot.waitUntil(lambda: len(overlays.shown) == 1, timeout=PATIENCE_MS)
        at.session.edit(tiny(seed=5))
        assert at.session.shown.origin is not None  # it has not moved: it forks again
        assert len(overlays.shown) == 1
        at.train_to(70)
        at.session.edit(tiny(seed=6))
        assert overlays.shown == ()


def test_that_the_heads_say_the_step_of_the_pictures_that_are_drawn(
    window: MainWindow, desk: Desk
) -> None:
    desk.points(1, 300)
    desk.tell(Phase.PAUSED, 300)
    desk.frame(300)
    desk.session.look_back(120)
    desk.frame(100)  # the checkpoint before it comes first
    heads = scene.heads(desk.session)
    assert {head.status for head in heads.values()} == {"at step 100"}
    desk.frame(120)
    assert {head.status for head in scene.heads(desk.session).values()} == {"at step 120"}
