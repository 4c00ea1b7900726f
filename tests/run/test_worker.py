"""The worker's every transition, with a trainer that needs no engine."""

from __future__ import annotations

import logging
import threading
import time
from itertools import pairwise

import numpy as np
import pytest

from sandbox.run.control import FULL_SPEED
from sandbox.run.messages import Evaluation, Frame, Phase, Points, Status
from sandbox.validation import ExperimentError
from tests.run.fakes import Script, experiment, probe_of, running


def test_that_an_opened_run_is_ready_and_shows_a_frame_of_step_0() -> None:
    with running() as bench:
        opened = bench.open("one")
        status = bench.mail.until_phase(Phase.READY)
        bench.mail.until(bench.mail.frames)
    assert bench.mail.phases() == [Phase.WARMING, Phase.READY]
    assert (status.run, status.step, status.experiment) == ("one", 0, opened)
    assert dict(status.keys or {}) == {"rnn": "rnn", "lstm": "lstm"}
    assert bench.mail.frames()[0].step == 0


def test_that_the_first_status_is_there_before_anything_is_opened() -> None:
    with running() as bench:
        status = bench.mail.until_phase(Phase.WARMING)
    assert status.run == ""


def test_that_training_goes_on_until_paused_and_points_miss_no_step() -> None:
    with running() as bench:
        bench.open()
        bench.mail.until_phase(Phase.READY)
        bench.worker.commands.train()
        bench.mail.until_step(50)
        bench.worker.commands.pause()
        paused = bench.mail.until_phase(Phase.PAUSED)
        bench.mail.until(lambda: bench.mail.frames()[-1].step == paused.step, "the frame")
        steps = [
            p for points in bench.mail.of(Points) for p in range(points.first, points.last + 1)
        ]
    assert steps == list(range(1, paused.step + 1))
    assert bench.mail.phases() == [Phase.WARMING, Phase.READY, Phase.RUNNING, Phase.PAUSED]


def test_that_open_can_train_at_once() -> None:
    with running() as bench:
        bench.open(train=True)
        bench.mail.until_step(5)
    assert Phase.READY not in bench.mail.phases()


def test_that_train_before_the_engine_is_warm_is_queued() -> None:
    with running(Script()) as bench:
        bench.open()
        bench.worker.commands.train()
        bench.mail.until_step(5)


@pytest.mark.parametrize("count", [1, 3, 25])
def test_that_step_takes_the_given_number_of_steps_and_pauses(count: int) -> None:
    with running() as bench:
        bench.open()
        bench.worker.commands.step(count)
        status = bench.mail.until_phase(Phase.PAUSED)
        bench.mail.until(lambda: bench.mail.frames()[-1].step == count, "the frame")
    assert status.step == count == bench.mail.last_step()


def test_that_steps_asked_for_quickly_add_up() -> None:
    with running() as bench:
        bench.open()
        for _ in range(7):
            bench.worker.commands.step()
        bench.mail.until_step(7)
        bench.mail.until_phase(Phase.PAUSED)
    assert bench.mail.last_step() == 7


def test_that_step_while_running_pauses_after_these() -> None:
    script = Script(gate=threading.Event())
    with running(script) as bench:
        bench.open(train=True)
        assert script.entered.wait(5)
        bench.worker.commands.step(4)
        assert script.gate is not None
        script.gate.set()
        status = bench.mail.until_phase(Phase.PAUSED)
        first = bench.mail.of(Points)[0]
    assert status.step == first.last + 4


def test_that_a_run_ends_with_an_evaluation_of_every_net() -> None:
    with running(Script(solve={"lstm": 40})) as bench:
        bench.open(train=True, steps=50)
        status = bench.mail.until_phase(Phase.FINISHED)
    assert status.step == 50
    (event,) = bench.mail.events("finished")
    assert event.text == (
        "All 50 steps are done: RNN did not solve it with 25.0% on fresh sequences (needs 99%), "
        "LSTM solved it at step 40."
    )
    assert {e.cell for e in bench.mail.of(Evaluation) if e.step == 50} == {"rnn", "lstm"}


def test_that_nothing_more_is_trained_when_all_steps_are_done() -> None:
    with running() as bench:
        bench.open(train=True, steps=30)
        bench.mail.until_phase(Phase.FINISHED)
        bench.worker.commands.train()
        bench.worker.commands.ask()
        count = len(bench.mail.frames())
        bench.mail.until(lambda: len(bench.mail.frames()) > count)
        assert bench.mail.last_step() == 30
        assert len(bench.mail.events("finished")) == 1


def test_that_more_steps_make_a_finished_run_go_on() -> None:
    with running() as bench:
        described = bench.open(train=True, steps=30)
        bench.mail.until_phase(Phase.FINISHED)
        bench.worker.commands.adjust(described.changed(steps=60))
        bench.worker.commands.train()
        bench.mail.until_step(60)
        bench.mail.until(lambda: len(bench.mail.events("finished")) == 2)
    (event,) = bench.mail.events("changed")
    assert (event.step, event.text) == (30, "steps 30 → 60")


def test_that_a_solved_contestant_is_reported_once() -> None:
    with running(Script(solve={"lstm": 40})) as bench:
        bench.open(train=True)
        bench.mail.until_step(100)
    (event,) = bench.mail.events("solved")
    assert event.text == "LSTM solved at step 40: 99.6% of 2,000 fresh sequences"
    assert (event.step, event.cell) == (40, "lstm")


def test_that_a_contestant_that_diverged_stops_and_the_others_go_on() -> None:
    with running(Script(diverge={"rnn": 17})) as bench:
        bench.open("one", train=True)
        bench.mail.until_step(60)
        (event,) = bench.mail.events("diverged")
        rnn = sum(len(p.curves["rnn"].loss) for p in bench.mail.of(Points) if "rnn" in p.curves)
        assert bench.mail.phases()[-1] is Phase.RUNNING
    assert (event.step, event.cell, rnn) == (17, "rnn", 16)
    assert len(bench.losses("one")) >= 60


def test_that_a_run_says_so_when_all_nets_have_diverged() -> None:
    with running(Script(diverge={"rnn": 17, "lstm": 33})) as bench:
        bench.open(train=True)
        status = bench.mail.until_phase(Phase.FINISHED)
    (event,) = bench.mail.events("finished")
    assert "every contestant has diverged" in event.text
    assert status.step == 32
    assert len(bench.mail.events("diverged")) == 2


def test_that_many_quick_openings_build_the_last_run_and_few_others() -> None:
    script = Script(gate=threading.Event())
    with running(script) as bench:
        bench.open("first", train=True)
        assert script.entered.wait(5)
        for seed in range(200):
            bench.open(f"run{seed}", seed=seed)
        assert script.gate is not None
        script.gate.set()
        bench.mail.until_phase(Phase.READY, "run199")
    assert [built.seed for built in script.built] == [0, 199]
    assert script.closed == 2


def test_that_restart_gives_the_same_numbers_and_goes_on() -> None:
    with running() as bench:
        for run in ("one", "two"):
            bench.open(run, train=True, seed=3)
            bench.mail.until_step(45, run)
        one, two = bench.losses("one")[:45], bench.losses("two")[:45]
    np.testing.assert_array_equal(one, two)


def test_that_numbers_do_not_depend_on_pace_frames_or_blocks() -> None:
    with running() as bench:
        bench.open("fast", train=True, steps=60)
        bench.mail.until_phase(Phase.FINISHED, "fast")
        bench.open("slow", steps=60)
        bench.worker.commands.speed(2000)
        for count in (1, 2, 7):
            bench.worker.commands.step(count)
            bench.worker.commands.ask()
        bench.worker.commands.train()
        bench.mail.until_phase(Phase.FINISHED, "slow")
        np.testing.assert_array_equal(bench.losses("fast"), bench.losses("slow"))
        frames = bench.mail.frames()
    fast, slow = (next(f for f in reversed(frames) if f.run == run) for run in ("fast", "slow"))
    np.testing.assert_array_equal(
        fast.traces["lstm"].arrays["hidden"], slow.traces["lstm"].arrays["hidden"]
    )


def test_that_adjusting_is_one_event_at_its_step_however_often_the_slider_moved() -> None:
    with running() as bench:
        described = bench.open(train=True)
        bench.mail.until_step(20)
        bench.worker.commands.pause()
        at = bench.mail.until_phase(Phase.PAUSED).step
        for lr in (0.002, 0.0015, 0.001):
            bench.worker.commands.adjust(described.changed(lr=lr))
            bench.worker.commands.ask()
            count = len(bench.mail.frames())
            bench.mail.until(lambda count=count: len(bench.mail.frames()) > count)
        bench.worker.commands.step()
        bench.mail.until_step(at + 1)
    (event,) = bench.mail.events("changed")
    assert (event.step, event.text) == (at, "learning rate 0.003 → 0.001")


def test_that_one_step_a_second_waits_and_a_command_interrupts_the_wait() -> None:
    with running() as bench:
        bench.open()
        bench.worker.commands.speed(1)
        bench.worker.commands.train()
        bench.mail.until_step(1)
        started = time.monotonic()
        bench.worker.commands.pause()
        paused = bench.mail.until_phase(Phase.PAUSED)
        assert time.monotonic() - started < 0.5
    assert paused.step == 1
    assert paused.seconds < 0.5


def test_that_a_new_pace_applies_at_once() -> None:
    with running() as bench:
        bench.open()
        bench.worker.commands.speed(1)
        bench.worker.commands.train()
        bench.mail.until_step(1)
        started = time.monotonic()
        bench.worker.commands.speed(FULL_SPEED)
        bench.mail.until_step(20)
        assert time.monotonic() - started < 0.9


def test_that_the_pace_is_kept() -> None:
    with running() as bench:
        bench.open()
        bench.worker.commands.speed(100)
        started = time.monotonic()
        bench.worker.commands.train()
        bench.mail.until_step(60)
        took = time.monotonic() - started
    assert 0.45 < took < 2.0


def test_that_the_status_comes_four_times_a_second_also_in_slow_motion() -> None:
    with running() as bench:
        bench.open()
        bench.worker.commands.speed(1)
        bench.worker.commands.train()
        bench.mail.until_step(2)
        started = time.monotonic()
        before = len(bench.mail.of(Status))
        bench.mail.until(lambda: len(bench.mail.of(Status)) >= before + 4)
    assert time.monotonic() - started < 1.2


def test_that_an_idle_worker_waits_for_commands_only() -> None:
    with running() as bench:
        bench.open()
        bench.mail.until_phase(Phase.READY)
        bench.mail.until(lambda: bench.worker._timeout() is None, "a wait for the next command")


def test_that_frames_are_coalesced_and_of_the_latest_probe() -> None:
    script = Script(gate=threading.Event())
    with running(script) as bench:
        described = bench.open(train=True)
        assert script.entered.wait(5)
        short = probe_of(described).pick(1)
        for _ in range(50):
            bench.worker.commands.ask()
        bench.worker.commands.ask(short)
        assert script.gate is not None
        script.gate.set()
        bench.mail.until(lambda: any(len(frame.probe) == 1 for frame in bench.mail.frames()))
    assert len(bench.mail.frames()) <= 3  # of the opening, of the 51 requests, of the end


def test_that_asking_while_paused_is_answered_at_once() -> None:
    with running() as bench:
        bench.open()
        bench.mail.until(bench.mail.frames)
        bench.worker.commands.ask()
        bench.mail.until(lambda: len(bench.mail.frames()) == 2)


def test_that_a_bug_is_reported_once_with_its_traceback_and_the_thread_lives_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.ERROR), running(Script(fail_at=20)) as bench:
        bench.open("one", train=True)
        failed = bench.mail.until_phase(Phase.FAILED, "one")
        bench.worker.commands.train()
        bench.script.fail_at = None
        bench.open("two", train=True)
        bench.mail.until_step(5, "two")
    assert "ZeroDivisionError: the fake fails here" in (failed.error or "")
    assert failed.refused is None
    assert [s.phase for s in bench.mail.of(Status, "one")].count(Phase.FAILED) == 1
    assert "run one failed" in caplog.text


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ExperimentError("gap", -1, "a whole number"), "gap: -1 was given"),
        (MemoryError(), "not enough memory"),
    ],
)
def test_that_an_impossible_request_is_refused_in_a_sentence(error: Exception, words: str) -> None:
    with running(Script(refuse=error)) as bench:
        bench.open("one")
        failed = bench.mail.until_phase(Phase.FAILED, "one")
        bench.script.refuse = None
        bench.open("two")
        bench.mail.until_phase(Phase.READY, "two")
    assert failed.error is None
    assert words in (failed.refused or "")


def _warming(bench) -> None:
    bench.open()


def _ready(bench) -> None:
    bench.open()
    bench.mail.until_phase(Phase.READY)


def _running(bench) -> None:
    bench.open(train=True)
    bench.mail.until_step(10)


def _slow(bench) -> None:
    bench.worker.commands.speed(1)
    bench.open(train=True)
    bench.mail.until_step(1)


def _paused(bench) -> None:
    _running(bench)
    bench.worker.commands.pause()
    bench.mail.until_phase(Phase.PAUSED)


def _finished(bench) -> None:
    bench.open(train=True, steps=20)
    bench.mail.until_phase(Phase.FINISHED)


def _failed(bench) -> None:
    bench.script.refuse = ExperimentError("gap", -1, "more")
    bench.open()
    bench.mail.until_phase(Phase.FAILED)


@pytest.mark.parametrize(
    "reach",
    [_warming, _ready, _running, _slow, _paused, _finished, _failed],
    ids=lambda f: f.__name__,
)
def test_that_close_ends_the_thread_within_a_second_in_every_phase(reach) -> None:
    with running() as bench:
        reach(bench)
        started = time.monotonic()
        bench.worker.commands.close()
        bench.worker.join(1.0)
        assert not bench.worker.is_alive()
        assert time.monotonic() - started < 1.0
    assert bench.script.closed == len(bench.script.built)


def test_that_closing_before_the_start_or_twice_is_harmless() -> None:
    with running() as bench:
        bench.worker.commands.close()
        bench.worker.commands.close()


def test_that_points_are_copies_and_read_only() -> None:
    with running() as bench:
        bench.open()
        bench.worker.commands.step(3)
        bench.mail.until_step(3)
        curve = bench.mail.of(Points)[0].curves["rnn"]
    assert not any(a.flags.writeable for a in (curve.loss, curve.accuracy, curve.grad_norm))


def test_that_frames_carry_the_step_of_their_weights() -> None:
    with running() as bench:
        bench.open(train=True)
        for _ in range(20):
            count = len(bench.mail.frames())
            bench.worker.commands.ask()
            bench.mail.until(lambda count=count: len(bench.mail.frames()) > count)
    steps = [frame.step for frame in bench.mail.of(Frame)]
    assert all(before <= after for before, after in pairwise(steps))
    assert experiment().steps > steps[-1] > 0
