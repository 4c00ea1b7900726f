"""What stands over each net, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from sandbox.gui.window import scene
from sandbox.gui.window.counter import Counter
from sandbox.gui.window.stage import Stage
from sandbox.run.control import FULL_SPEED
from sandbox.run.messages import Curve, Evaluation, Phase, Points, Status
from sandbox.tasks.shown import ShownSequence

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.gui.conftest import Desk


def points(desk: Desk, first: int, count: int, loss: float, accuracy: float) -> None:
    losses, accuracies = np.full(count, loss, np.float32), np.full(count, accuracy, np.float32)
    curves = {key: Curve(losses, accuracies, losses) for key in desk.session.shown.cells}
    desk.mailbox.post(Points(desk.session.run, first, curves))
    desk.session.tick()


def head(desk: Desk, key: str = "lstm") -> tuple[str, str]:
    made = scene.heads(desk.session)[key]
    return made.status, made.tone


def test_that_a_solved_net_that_forgets_again_says_so(desk: Desk) -> None:
    points(desk, 1, 225, loss=1.0, accuracy=0.6)
    desk.event(225, "solved", "", "lstm")
    assert head(desk) == ("solved at step 225", "right")
    points(desk, 226, 60, loss=0.01, accuracy=1.0)
    assert head(desk) == ("solved at step 225", "right")
    points(desk, 286, 60, loss=1.9, accuracy=0.2)
    assert head(desk) == ("solved at step 225, lost since", "wrong")


def test_that_a_loss_far_above_guessing_says_so(desk: Desk) -> None:
    points(desk, 1, 1, loss=1.9, accuracy=0.1)
    points(desk, 2, 60, loss=40.0, accuracy=0.1)
    assert head(desk)[1] == "quiet"
    points(desk, 62, 60, loss=40.0, accuracy=0.1)
    assert head(desk) == ("loss far above guessing", "wrong")
    points(desk, 122, 60, loss=1.9, accuracy=0.1)
    assert head(desk)[1] == "quiet"


def test_that_contestants_of_one_cell_are_told_apart_by_what_differs(desk: Desk) -> None:
    experiment = desk.session.experiment
    lstms = [
        {"cell": "lstm", "name": "lstm"},
        {"cell": "lstm", "name": "lstm2", "forget_bias": 5.0},
    ]
    desk.session.edit(experiment.changed(contestants=lstms))
    assert head(desk) == ("chrono · untrained", "quiet")
    assert head(desk, "lstm2") == ("bias 5 · untrained", "quiet")
    assert scene.heads(desk.session)["lstm2"].title == "LSTM 2"
    desk.session.edit(desk.session.experiment.with_contestant("lstm2", hidden=16))
    assert head(desk, "lstm2") == ("16 units · untrained", "quiet")


def test_that_the_wait_for_pytorch_is_called_so(desk: Desk, qtbot: QtBot) -> None:
    desk.tell(Phase.WARMING)
    assert scene.phase_in_words(desk.session) == "warming up"
    with qtbot.waitSignal(desk.session.status_changed, timeout=0):
        desk.tell(Phase.WARMING, preparing="loading PyTorch")
    assert scene.phase_in_words(desk.session) == "loading PyTorch"
    desk.session.train()
    assert scene.phase_in_words(desk.session) == "loading PyTorch, training starts by itself"
    shown = ShownSequence(desk.session.task, desk.session.examples, 0)
    waiting = scene.nets_view(desk.session, shown, {}).waiting
    assert waiting == "loading PyTorch; training starts by itself"


def test_that_the_stage_says_what_takes_the_time(desk: Desk, qtbot: QtBot) -> None:
    stage = Stage(desk.session)
    for part in (stage.sentence, stage.nets, stage.answers, stage.curves):
        qtbot.addWidget(part)
    desk.tell(Phase.WARMING)
    desk.tell(Phase.WARMING, preparing="compiling kernels")
    view = stage.nets._view
    assert view is not None
    assert view.waiting == "compiling kernels"
    desk.session.train()
    assert stage.nets._view is not view


def test_that_the_counter_shows_the_wanted_pace_in_slow_motion(desk: Desk, qtbot: QtBot) -> None:
    counter = Counter(desk.session)
    qtbot.addWidget(counter)
    desk.session.train()
    for wanted, measured, words in (
        (5, 1107.0, "5.0"),
        (500, 120.0, "120"),
        (FULL_SPEED, 1107.0, "1,107"),
    ):
        desk.session.feed.set_speed(wanted)
        desk.mailbox.post(Status(desk.session.run, Phase.RUNNING, 5, measured, 1.0))
        desk.session.tick()
        counter.show_progress()
        assert f"{words} steps a second" in counter.accessibleDescription()


@pytest.mark.parametrize("task", ["copy", "reber"])
def test_that_a_net_at_the_loss_it_began_with_is_not_called_worse_than_guessing(
    desk: Desk, task: str
) -> None:
    """Early in a task whose baseline is far below the loss of an untrained net."""
    desk.session.pick_task(task)
    baseline = desk.session.task.baselines[0].loss
    points(desk, 1, 73, loss=3 * baseline + 1, accuracy=0.1)
    assert head(desk)[1] == "quiet"


def test_that_a_loss_that_was_too_high_for_a_moment_is_not_told(desk: Desk) -> None:
    points(desk, 1, 100, loss=1.8, accuracy=0.2)
    points(desk, 101, 40, loss=40.0, accuracy=0.1)
    assert head(desk)[1] == "quiet"
    points(desk, 141, 60, loss=40.0, accuracy=0.1)
    assert head(desk) == ("loss far above guessing", "wrong")


@pytest.mark.parametrize(
    ("unseen", "reason"), [(0.984, "98.4% on unseen filler"), (0.9899, "98.9% on unseen filler")]
)
def test_that_a_net_that_fails_on_unseen_filler_only_says_so(
    desk: Desk, unseen: float, reason: str
) -> None:
    points(desk, 1, 100, loss=0.01, accuracy=1.0)
    splits = {"fresh": (0.01, 1.0), "unseen filler": (0.3, unseen)}
    desk.mailbox.post(Evaluation(desk.session.run, 100, "rnn", splits, solved=False))
    desk.tell(Phase.FINISHED, 100)
    assert reason in head(desk, "rnn")[0]
    assert "99%" in head(desk, "rnn")[0].partition(reason)[2]
    assert "100" in head(desk, "lstm")[0]  # nothing is known but the steps


def test_that_the_counter_says_that_a_forks_seconds_begin_with_it(desk: Desk, qtbot: QtBot) -> None:
    counter = Counter(desk.session)
    qtbot.addWidget(counter)
    assert "fork" not in counter.accessibleDescription()
    desk.run_until(200)
    desk.session.pause()
    desk.tell(Phase.PAUSED, 200)
    desk.session.fork()
    assert "0.0 seconds since the fork" in counter.accessibleDescription()


def test_that_solved_says_what_it_means_where_it_is_about_the_loss(desk: Desk) -> None:
    desk.session.pick_task("adding")
    limit = f"{desk.session.task.criterion.threshold:.3g}"
    points(desk, 1, 225, loss=1e-5, accuracy=0.8)
    desk.event(225, "solved", "", "lstm")
    assert "loss" in head(desk)[0]
    assert limit in head(desk)[0]


def test_that_a_run_that_has_taken_no_step_yet_says_that_it_is_being_prepared(desk: Desk) -> None:
    desk.run_until(0)
    assert "prepar" in scene.phase_in_words(desk.session)
    desk.run_until(5)
    assert "prepar" not in scene.phase_in_words(desk.session)
