"""Errors ahead: once a training step while someone looks, seldom while training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.run.control import CommandBox
from sandbox.run.messages import MeasuredAhead, Phase
from sandbox.run.pace import ERRORS_EVERY_S, FREE_SHARE, RESTING_SHARE, ErrorsPace
from tests.run.fakes import experiment, probe_of, running

if TYPE_CHECKING:
    from tests.run.fakes import Bench


class SlowTrainer:
    """Takes its time on a clock of the test's."""

    def __init__(self, takes_s: float) -> None:
        self.now, self.takes_s, self.asked, self.step = 0.0, takes_s, 0, 0

    def errors_ahead(self, steps: int) -> None:
        self.now += self.takes_s
        self.asked += 1


def share_of_time(
    takes_s: float, phase: Phase, turn_s: float = 1 / 30, turns: int = 3_000
) -> float:
    """How much of its time a worker spends on errors, if every turn is at another step."""
    trainer: Any = SlowTrainer(takes_s)
    pace, spent = ErrorsPace(lambda: trainer.now), 0.0
    for _ in range(turns):
        before, trainer.step = trainer.now, trainer.step + 1
        if pace.due_in("one", trainer.step, 5, phase) <= 0:
            pace.of("one", trainer, 5)
        spent += trainer.now - before
        trainer.now += turn_s
    return spent / trainer.now


def test_that_errors_take_a_small_share_of_the_time() -> None:
    for takes in (0.01, 0.1, 1.0):
        assert 0 < share_of_time(takes, Phase.RUNNING) <= FREE_SHARE * 1.03
        assert 0 < share_of_time(takes, Phase.PAUSED) <= RESTING_SHARE * 1.03


def test_that_a_training_run_is_measured_twice_a_second_at_most() -> None:
    trainer: Any = SlowTrainer(0.0)
    pace = ErrorsPace(lambda: trainer.now)
    for trainer.step in range(300):
        if pace.due_in("one", trainer.step, 5, Phase.RUNNING) <= 0:
            pace.of("one", trainer, 5)
        trainer.now += 0.01
    assert trainer.asked == round(3.0 / ERRORS_EVERY_S)


def test_that_the_same_step_is_measured_once_unless_forgotten() -> None:
    trainer: Any = SlowTrainer(0.0)
    pace = ErrorsPace(lambda: trainer.now)
    pace.of("one", trainer, 5)
    assert pace.due_in("one", 0, 5, Phase.PAUSED) == float("inf")
    assert pace.due_in("one", 0, 0, Phase.PAUSED) == float("inf")
    assert pace.due_in("one", 1, 5, Phase.PAUSED) == 0.0
    assert pace.due_in("one", 0, 6, Phase.PAUSED) == 0.0
    assert pace.due_in("two", 0, 5, Phase.PAUSED) == 0.0
    pace.forget()
    assert pace.due_in("one", 0, 5, Phase.PAUSED) == 0.0


def test_that_the_last_step_waits_less_once_training_rests() -> None:
    trainer: Any = SlowTrainer(0.1)
    pace = ErrorsPace(lambda: trainer.now)
    pace.of("one", trainer, 5)
    assert pace.due_in("one", 1, 5, Phase.RUNNING) == 0.1 / FREE_SHARE
    assert pace.due_in("one", 1, 5, Phase.PAUSED) == 0.1 / RESTING_SHARE


def test_that_a_new_run_is_measured_as_the_one_before() -> None:
    commands, described = CommandBox(), experiment()
    commands.measure_ahead(7)
    commands.open("two", described, probe_of(described))
    assert commands.take(0).measured == 7
    assert commands.take(0).measured == 7  # it stays
    commands.measure_ahead(0)
    assert commands.take(0).measured == 0


def found(bench: Bench) -> list[MeasuredAhead]:
    return bench.mail.of(MeasuredAhead)


def test_that_nothing_is_measured_unless_asked() -> None:
    with running() as bench:
        bench.open()
        bench.mail.until_phase(Phase.READY)
        bench.worker.commands.step(3)
        bench.mail.until(lambda: bench.mail.frames()[-1].step == 3, "the frame of step 3")
    assert found(bench) == []


def test_that_errors_follow_training_pauses_and_looking_back() -> None:
    with running() as bench:
        bench.open()
        bench.mail.until_phase(Phase.READY)
        bench.worker.commands.measure_ahead(4)
        for step, ask in (
            (0, lambda: None),
            (3, lambda: bench.worker.commands.step(3)),
            (1, lambda: bench.worker.commands.look_back(1)),
            (3, lambda: bench.worker.commands.look_back(None)),
        ):
            ask()
            bench.mail.until(lambda at=step: found(bench)[-1:] and found(bench)[-1].step == at)
        bench.worker.commands.measure_ahead(9)
        bench.mail.until(lambda: found(bench)[-1].steps == 9, "errors further ahead")
        bench.worker.commands.train()
        bench.mail.until(lambda: found(bench)[-1].step > 100, "errors while training")
    for message in found(bench):
        assert message.run == "one"
        assert message.found is not None
        assert message.found.nets["rnn"].tolist() == [message.step] * message.steps


def test_that_another_run_is_measured_under_its_own_name() -> None:
    with running() as bench:
        bench.open("one")
        bench.worker.commands.measure_ahead(4)
        bench.mail.until(lambda: found(bench), "the first run's errors")
        bench.open("two")
        bench.mail.until(lambda: found(bench)[-1].run == "two", "the second run's errors")
        bench.open("one")
        bench.mail.until(lambda: found(bench)[-1].run == "one", "the first run's errors again")
