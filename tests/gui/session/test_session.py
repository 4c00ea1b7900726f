from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from sandbox.experiment import Experiment
from sandbox.gui.session.drag import SETTLE_S
from sandbox.gui.session.recording import MORE_STEPS
from sandbox.gui.session.run_feed import TICKS_A_BEAT
from sandbox.run.control import FULL_SPEED
from sandbox.run.messages import Phase, Status
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.gui.conftest import Desk


def with_gap(experiment: Experiment, gap: object) -> Experiment:
    return experiment.changed(params={**experiment.params, "gap": gap})


def test_that_it_opens_an_untrained_run_of_the_default_experiment(desk: Desk) -> None:
    experiment, train = desk.opened
    assert (experiment.task, experiment.params["gap"], train) == ("fluent", 50, False)
    assert re.fullmatch(r"\d{8}-\d{6}-fluent-[0-9a-f]+", desk.session.run)
    assert desk.control.open.call_args.args[2] is desk.session.examples


def test_that_the_gap_changed_while_running_opens_a_new_run_that_trains(desk: Desk) -> None:
    desk.run_until(40)
    before = desk.session.run
    desk.session.edit(with_gap(desk.session.experiment, 80))
    experiment, train = desk.opened
    assert experiment.params["gap"] == 80
    assert train
    assert desk.session.run != before
    assert desk.session.examples.inputs.shape[1] == 88


def test_that_the_gap_changed_while_paused_opens_a_run_that_waits(desk: Desk) -> None:
    desk.run_until(40)
    desk.session.pause()
    desk.session.edit(with_gap(desk.session.experiment, 80))
    assert not desk.opened[1]


@pytest.mark.parametrize("field", ["lr", "clip", "steps"])
def test_that_live_fields_change_without_a_new_run(desk: Desk, field: str) -> None:
    desk.run_until(40)
    run = desk.session.run
    desk.session.edit(desk.session.experiment.changed(**{field: 7}))
    assert desk.session.run == run
    assert desk.control.open.call_count == 1
    assert getattr(desk.control.adjust.call_args.args[0], field) == 7


@pytest.mark.parametrize(
    ("field", "value"),
    [("seed", 3), ("batch", 16), ("optimizer", "sgd"), ("contestants", [{"cell": "rnn"}])],
)
def test_that_other_fields_start_again(desk: Desk, field: str, value: object) -> None:
    desk.run_until(40)
    desk.session.edit(desk.session.experiment.changed(**{field: value}))
    assert desk.control.open.call_count == 2
    assert desk.opened[1]
    assert not desk.control.adjust.called


def test_that_the_same_experiment_again_changes_nothing(desk: Desk, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(desk.session.experiment_changed):
        desk.session.edit(Experiment())
    assert desk.control.open.call_count == 1


def test_that_a_wrong_value_is_refused_and_the_old_one_stays(desk: Desk) -> None:
    with pytest.raises(ExperimentError, match="gap: 900 was given"):
        desk.session.edit(with_gap(desk.session.experiment, 900))
    assert desk.session.experiment.params["gap"] == 50
    assert desk.control.open.call_count == 1


def test_that_an_attempt_returns_the_refusal(desk: Desk) -> None:
    error = desk.session.attempt(lambda experiment: experiment.changed(lr=-1))
    assert error is not None
    assert str(error).startswith("lr: -1 was given; it takes a number above 0")
    assert desk.session.attempt(lambda experiment: experiment.changed(lr=0.1)) is None


def test_that_a_dragged_slider_does_not_flood_the_worker(desk: Desk, qtbot: QtBot) -> None:
    desk.run_until(40)
    for gap in range(51, 71):
        with qtbot.waitSignal(desk.session.experiment_changed):
            desk.session.edit(with_gap(desk.session.experiment, gap), coalesce=True)
        assert desk.session.examples.inputs.shape[1] == gap + 8
    assert desk.control.open.call_count == 1
    desk.now += SETTLE_S
    desk.session.tick()
    assert desk.control.open.call_count == 2
    assert (desk.opened[0].params["gap"], desk.opened[1]) == (70, True)


def test_that_what_the_old_run_says_while_a_slider_is_dragged_is_dropped(
    desk: Desk, qtbot: QtBot
) -> None:
    run = desk.session.run
    desk.session.edit(with_gap(desk.session.experiment, 60), coalesce=True)
    with qtbot.assertNotEmitted(desk.session.frame_arrived):
        desk.frame(step=9, run=run)


def test_that_train_while_a_slider_settles_trains_the_new_run(desk: Desk) -> None:
    desk.session.edit(with_gap(desk.session.experiment, 60), coalesce=True)
    desk.session.train()
    names = [name for name, *_ in desk.control.method_calls]
    assert names[-2:] == ["open", "train"]
    assert desk.opened[0].params["gap"] == 60


def test_that_frames_points_and_status_of_another_run_are_dropped(desk: Desk, qtbot: QtBot) -> None:
    session = desk.session
    with (
        qtbot.assertNotEmitted(session.frame_arrived),
        qtbot.assertNotEmitted(session.records_arrived),
        qtbot.assertNotEmitted(session.status_changed),
    ):
        desk.frame(run="another")
        desk.points(1, 5, run="another")
        desk.tell(Phase.RUNNING, 5, run="another")
    assert session.shown.frame is None
    assert session.shown.status is None


def test_that_it_asks_once_until_answered(desk: Desk) -> None:
    desk.run_until(10)
    for _ in range(5):
        desk.session.tick()
    assert desk.control.ask.call_count == 1
    desk.frame(step=10)
    desk.tell(Phase.RUNNING, 20)
    assert desk.control.ask.call_count == 2


def test_that_no_more_than_thirty_frames_a_second_are_asked_for(desk: Desk) -> None:
    desk.run_until(10)
    for step in range(100):
        desk.now += 0.01
        desk.frame(step)
    assert 20 <= desk.control.ask.call_count <= 31


def test_that_in_slow_motion_only_new_steps_are_asked_for(desk: Desk) -> None:
    desk.session.feed.set_speed(5)
    desk.run_until(10)
    desk.frame(step=10)
    for _ in range(10):
        desk.tell(Phase.RUNNING, 10)
    assert desk.control.ask.call_count == 1
    desk.points(11, 1)
    assert desk.control.ask.call_count == 2


def test_that_nothing_is_asked_while_nobody_looks(desk: Desk) -> None:
    desk.session.feed.watching = False
    desk.run_until(10)
    assert not desk.control.ask.called
    desk.session.feed.watching = True
    desk.session.tick()
    assert desk.control.ask.call_count == 1


def test_that_no_frame_of_the_same_step_is_asked_for_twice(desk: Desk) -> None:
    desk.tell(Phase.READY)
    desk.frame(step=0)
    for _ in range(3):
        desk.session.tick()
    assert desk.control.ask.call_count == 1


def test_that_train_pause_and_step_reach_the_worker(desk: Desk) -> None:
    desk.session.toggle()
    assert desk.control.train.called
    assert desk.session.feed.training
    desk.session.toggle()
    assert desk.control.pause.called
    assert not desk.session.feed.training
    desk.session.step()
    desk.control.step.assert_called_once_with(1)


def test_that_train_is_queued_while_the_engine_warms_up(desk: Desk) -> None:
    desk.tell(Phase.WARMING)
    desk.session.train()
    desk.tell(Phase.WARMING)
    assert desk.session.feed.training
    desk.tell(Phase.RUNNING, 1)
    assert desk.session.feed.training


def test_that_a_status_from_before_the_wish_does_not_undo_it(desk: Desk) -> None:
    desk.session.train()
    desk.tell(Phase.PAUSED, 0)
    assert desk.session.feed.training
    desk.tell(Phase.RUNNING, 5)
    desk.tell(Phase.PAUSED, 9)
    assert not desk.session.feed.training


def finished(desk: Desk, step: int = 3000) -> None:
    """All steps taken, and that some time ago."""
    desk.run_until(step)
    desk.tell(Phase.FINISHED, step)
    desk.now += 60


def test_that_train_after_the_last_step_adds_steps_to_this_run_alone(desk: Desk) -> None:
    finished(desk)
    assert not desk.session.feed.training
    run = desk.session.run
    desk.session.toggle()
    assert desk.session.experiment.steps == 3000 + MORE_STEPS
    assert desk.control.adjust.call_args.args[0].steps == 3000 + MORE_STEPS
    assert desk.session.run == run
    desk.tell(Phase.FINISHED, 3000)  # an older status
    assert desk.session.feed.training
    desk.tell(Phase.RUNNING, 3100)
    desk.session.edit(desk.session.experiment.changed(seed=4))
    assert (desk.session.experiment.steps, desk.opened[0].steps) == (3000, 3000)


def test_that_a_run_started_again_has_the_steps_that_were_planned(desk: Desk) -> None:
    finished(desk)
    desk.session.train()
    desk.tell(Phase.FINISHED, 6000)
    desk.session.train()
    assert desk.session.experiment.steps == 3000 + 2 * MORE_STEPS
    desk.session.restart()
    assert (desk.session.experiment.steps, desk.opened[0].steps) == (3000, 3000)


def test_that_a_run_after_a_fork_beyond_the_planned_end_has_the_steps_that_were_planned(
    desk: Desk,
) -> None:
    finished(desk)
    desk.session.train()
    desk.tell(Phase.PAUSED, 4000)
    desk.session.fork()
    desk.session.edit(desk.session.experiment.changed(batch=8))  # forks again
    assert desk.session.experiment.steps == 3000 + MORE_STEPS
    desk.session.train()
    desk.tell(Phase.RUNNING, 4100)
    desk.session.edit(desk.session.experiment.changed(seed=4))
    assert (desk.session.experiment.steps, desk.opened[0].steps) == (3000, 3000)


def test_that_steps_that_a_person_chose_stay(desk: Desk) -> None:
    finished(desk)
    desk.session.train()
    desk.session.edit(desk.session.experiment.changed(steps=5000))
    desk.session.edit(desk.session.experiment.changed(seed=4))
    assert desk.session.experiment.steps == 5000


def test_that_steps_typed_after_the_end_stay_even_if_train_would_add_as_many(desk: Desk) -> None:
    finished(desk)
    desk.session.edit(desk.session.experiment.changed(steps=3000 + MORE_STEPS))
    desk.session.edit(desk.session.experiment.changed(seed=4))
    assert desk.session.experiment.steps == 3000 + MORE_STEPS


def test_that_a_press_just_after_the_end_adds_no_steps(desk: Desk) -> None:
    """It was meant as Pause."""
    desk.run_until(3000)
    desk.tell(Phase.FINISHED, 3000)
    desk.session.toggle()
    assert (desk.session.feed.training, desk.session.experiment.steps) == (False, 3000)
    desk.now += 5
    desk.session.toggle()
    assert desk.session.feed.training


def test_that_a_step_after_the_end_adds_one(desk: Desk) -> None:
    finished(desk)
    desk.session.step()
    assert desk.session.experiment.steps == 3001
    desk.control.step.assert_called_once_with(1)


# Beginning anew ---------------------------------------------------------------------------


def test_that_new_is_the_default_experiment_untrained(desk: Desk, qtbot: QtBot) -> None:
    first = desk.session.experiment
    desk.session.edit(first.changed(task="copy", params={}, lr=0.1, steps=50, seed=7))
    desk.run_until(40)
    with qtbot.waitSignal(desk.session.edited):
        desk.session.new()
    assert desk.session.experiment == first
    assert desk.opened == (first, False)
    assert not desk.session.feed.training


def test_that_defaults_keep_task_nets_and_seed(desk: Desk) -> None:
    first = desk.session.experiment
    nets = [{"cell": "gru", "hidden": 9}]
    changed = first.changed(
        task="copy", params={"gap": 7}, lr=0.1, steps=50, batch=3, seed=7, contestants=nets
    )
    desk.session.edit(changed)
    desk.session.reset_settings()
    now = desk.session.experiment
    assert (now.task, now.seed, now.contestants[0].hidden) == ("copy", 7, 9)
    assert (now.lr, now.steps, now.batch) == (first.lr, first.steps, first.batch)
    assert now.params["gap"] != 7
    opened = desk.control.open.call_count
    desk.session.reset_settings()
    assert desk.control.open.call_count == opened


def test_that_a_task_picked_after_a_claim_leaves_its_settings(desk: Desk) -> None:
    first = desk.session.experiment
    claim = first.changed(
        task="copy", params={"gap": 7}, lr=0.1, batch=3, contestants=[{"cell": "gru"}]
    )
    desk.session.edit(claim, preset=True)
    desk.session.edit(desk.session.experiment.changed(batch=5))  # the person's own
    desk.session.pick_task("recall")
    now = desk.session.experiment
    assert (now.task, now.lr, now.batch) == ("recall", first.lr, 5)
    assert now.contestants == first.contestants
    desk.session.edit(now.changed(lr=0.1))
    desk.session.pick_task("copy")
    assert desk.session.experiment.lr == 0.1


def test_that_restart_is_the_same_experiment_in_another_run(desk: Desk) -> None:
    desk.run_until(40)
    run, experiment = desk.session.run, desk.session.experiment
    desk.session.restart()
    assert desk.opened == (experiment, True)
    assert desk.session.run != run
    assert desk.session.shown.status is None


def test_that_a_failure_is_told_once(desk: Desk, qtbot: QtBot) -> None:
    desk.session.train()
    with qtbot.waitSignal(desk.session.problem) as told:
        desk.tell(Phase.FAILED, 3, error="Traceback: boom")
    assert isinstance(told.args[0], Status)
    with qtbot.assertNotEmitted(desk.session.problem):
        desk.tell(Phase.FAILED, 3, error="Traceback: boom")
    assert not desk.session.feed.training


def test_that_train_after_a_failure_opens_a_new_run(desk: Desk) -> None:
    desk.run_until(3)
    desk.tell(Phase.FAILED, 3, error="boom")
    desk.session.train()
    assert desk.control.open.call_count == 2
    assert desk.control.train.call_count == 2


def test_that_another_example_needs_no_new_frame(desk: Desk, qtbot: QtBot) -> None:
    desk.tell(Phase.READY)
    desk.frame()
    with qtbot.waitSignal(desk.session.example_changed) as told:
        desk.session.select_example(2)
    assert told.args == [2]
    desk.session.select_example(9)
    assert desk.session.example == 2
    assert desk.control.ask.call_count == 1


def test_that_speed_is_handed_on(desk: Desk) -> None:
    assert desk.session.feed.speed == FULL_SPEED
    desk.session.feed.set_speed(10)
    desk.control.speed.assert_called_once_with(10)


def test_that_measurements_are_kept_and_forgotten_with_their_run(desk: Desk) -> None:
    desk.points(1, 10)
    desk.points(11, 5)
    assert list(desk.session.shown.recording.curve("lstm").steps) == list(range(1, 16))
    desk.session.restart()
    assert len(desk.session.shown.recording.curve("lstm")) == 0


def test_that_the_beat_comes_at_about_four_a_second(desk: Desk) -> None:
    beats: list[int] = []
    desk.session.beat.connect(lambda: beats.append(1))
    for _ in range(TICKS_A_BEAT * 3):
        desk.session.tick()
    assert len(beats) == 3


def test_that_closing_asks_the_worker_to_end_once(desk: Desk) -> None:
    desk.session.start()
    desk.session.close()
    desk.session.close()
    assert desk.control.close.call_count == 1


# What an edit says ----------------------------------------------------------------------


def test_that_a_new_run_says_what_changed_and_that_the_old_one_is_kept(desk: Desk) -> None:
    desk.run_until(2275)
    desk.session.edit(with_gap(desk.session.experiment, 60))
    assert desk.session.remark == "new run: gap 50 → 60; the previous run is kept"


def test_that_an_untrained_run_is_not_called_kept(desk: Desk) -> None:
    experiment = desk.session.experiment
    contestants = [c.model_dump() for c in experiment.contestants]
    desk.session.edit(experiment.changed(contestants=[*contestants, {"cell": "lstm", "name": "x"}]))
    assert desk.session.remark == "new run: LSTM x added"
    desk.session.edit(desk.session.experiment.with_contestant("lstm", forget_bias=5.0))
    assert desk.session.remark == "new run: LSTM forget bias chrono → 5"


def test_that_a_dragged_slider_tells_of_the_run_before_the_drag(desk: Desk) -> None:
    desk.run_until(40)
    for gap in (51, 55, 70):
        desk.session.edit(with_gap(desk.session.experiment, gap), coalesce=True)
    desk.now += SETTLE_S
    desk.session.tick()
    assert desk.session.remark == "new run: gap 50 → 70; the previous run is kept"
    desk.session.edit(with_gap(desk.session.experiment, 71))
    assert desk.session.remark == "new run: gap 70 → 71"


def test_that_a_long_drag_tells_of_the_gap_where_it_began(desk: Desk) -> None:
    desk.run_until(40)
    for gap in (90, 149, 200):
        desk.session.edit(with_gap(desk.session.experiment, gap), coalesce=True)
        desk.now += SETTLE_S
        desk.session.tick()  # the slider rests, and the edits become a run
    assert desk.session.remark.startswith("new run: gap 50 → 200")
    desk.session.drag.end()
    desk.session.edit(with_gap(desk.session.experiment, 100), coalesce=True)
    assert desk.session.remark.startswith("new run: gap 200 → 100")


def test_that_a_live_change_is_no_new_run(desk: Desk) -> None:
    desk.run_until(40)
    desk.session.edit(desk.session.experiment.changed(lr=0.001))
    assert desk.session.remark == ""


def test_that_a_restart_says_that_the_run_before_is_kept(desk: Desk) -> None:
    desk.run_until(40)
    desk.session.restart()
    assert desk.session.remark == "started again; the previous run is kept"
