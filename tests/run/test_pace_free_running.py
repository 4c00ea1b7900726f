"""Frames that look ahead: only where asked, seldom while training, always when it rests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.run.control import CommandBox
from sandbox.run.messages import Phase
from sandbox.run.pace import FREE_EVERY_S, FREE_SHARE, FreeRunning
from tests.run.fakes import experiment, probe_of, running

if TYPE_CHECKING:
    from sandbox.run.messages import Frame

PROBE: Any = None  # what stands here is handed on only


class SlowTrainer:
    """Takes its time on a clock of the test's."""

    def __init__(self, takes_s: float) -> None:
        self.now, self.takes_s, self.asked = 0.0, takes_s, 0

    def ahead(self, probe: Any, steps: int) -> dict[str, np.ndarray]:
        self.now += self.takes_s
        self.asked += 1
        return {"lstm": np.zeros((3 + steps, 1, 1), np.float32)}


def share_of_time(takes_s: float, frame_s: float = 1 / 30, frames: int = 3_000) -> float:
    """How much of its time a training run spends on looking ahead."""
    trainer: Any = SlowTrainer(takes_s)
    looking, spent = FreeRunning(lambda: trainer.now), 0.0
    for _ in range(frames):
        before = trainer.now
        looking.of(trainer, PROBE, 5, Phase.RUNNING)
        spent += trainer.now - before
        trainer.now += frame_s
    return spent / trainer.now


def test_that_free_running_takes_a_twentieth_of_the_time_at_most() -> None:
    assert all(share_of_time(takes) <= FREE_SHARE * 1.02 for takes in (0.01, 0.1, 1.0))


def test_that_a_training_run_is_free_run_a_few_times_a_second_at_most() -> None:
    trainer: Any = SlowTrainer(0.0)
    looking = FreeRunning(lambda: trainer.now)
    for _ in range(300):
        looking.of(trainer, PROBE, 5, Phase.RUNNING)
        trainer.now += 0.01
    assert trainer.asked == round(3.0 / FREE_EVERY_S)


def test_that_a_resting_run_is_free_run_every_time() -> None:
    trainer: Any = SlowTrainer(1.0)
    looking = FreeRunning(lambda: trainer.now)
    assert all(looking.of(trainer, PROBE, 5, Phase.PAUSED) for _ in range(4))
    assert looking.of(trainer, PROBE, 0, Phase.PAUSED) == {}
    assert trainer.asked == 4


def test_that_free_running_answers_are_read_only() -> None:
    trainer: Any = SlowTrainer(0.0)
    found = FreeRunning(lambda: trainer.now).of(trainer, PROBE, 5, Phase.READY)
    assert not found["lstm"].flags.writeable


def test_that_a_new_run_keeps_the_number_of_free_running_steps() -> None:
    commands, described = CommandBox(), experiment()
    commands.look_ahead(7)
    commands.open("two", described, probe_of(described))
    assert commands.take(0).ahead == 7
    commands.look_ahead(0)
    pending = commands.take(0)
    assert (pending.ahead, pending.asked) == (0, False)


def test_that_frames_have_free_running_answers_once_asked_for() -> None:
    with running() as bench:
        bench.open()
        bench.mail.until_phase(Phase.READY)
        bench.mail.until(bench.mail.frames)
        first: Frame = bench.mail.frames()[0]
        bench.worker.commands.look_ahead(4)
        bench.mail.until(lambda: bench.mail.frames()[-1].ahead, "a frame that looks ahead")
        found = bench.mail.frames()[-1]
        bench.worker.commands.step(3)
        bench.mail.until(lambda: bench.mail.frames()[-1].step == 3, "the frame of step 3")
        paused = bench.mail.frames()[-1]
        bench.worker.commands.look_back(1)
        bench.mail.until(lambda: bench.mail.frames()[-1].step == 1, "the frame of step 1")
        back = bench.mail.frames()[-1]
        bench.worker.commands.look_ahead(0)
        bench.worker.commands.look_back(None)
        bench.mail.until(lambda: not bench.mail.frames()[-1].ahead, "a frame that does not")
    assert first.ahead == {}
    assert set(found.ahead) == {"rnn", "lstm"}
    assert len(found.ahead["rnn"]) == first.probe.inputs.shape[1] + 4
    assert (paused.ahead["rnn"] == 3).all()  # the fake says its step
    assert (back.ahead["rnn"] == 1).all()
