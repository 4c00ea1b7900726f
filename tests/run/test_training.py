"""A run under way and its store: what is kept, when, and that it goes on from there."""

from __future__ import annotations

import errno
from concurrent.futures import Future
from contextlib import closing
from typing import TYPE_CHECKING

import numpy as np
import pytest

from sandbox.run import words
from sandbox.run.looking import replayed
from sandbox.run.messages import Event, Phase, Points
from sandbox.run.opening import messages_of
from sandbox.run.saving import EVERY_S, IDLE_EVERY_S, RETRY_S, Saving
from sandbox.run.training import Training
from sandbox.store.base import Batch, Progress
from sandbox.store.runs import RunStore
from tests.run.fakes import FakeTrainer, RememberingMailbox, Script, experiment, running
from tests.store.blocks import settle

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MANY = 10_000


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RunStore]:
    with closing(RunStore(tmp_path / "runs.sqlite3")) as made:
        yield made


def begun(store: RunStore | None, run: str = "one", script: Script | None = None, **fields):
    mail = RememberingMailbox()
    trainer = FakeTrainer(experiment(**fields), script or Script())
    return Training(run, trainer, mail.post, store), mail  # type: ignore[arg-type]


def advance(training: Training, count: int) -> None:
    taken = 0
    while taken < count:
        taken += training.advance(count - taken, 1.0)


def resumed(store: RunStore, run: str = "one") -> tuple[Training, RememberingMailbox]:
    settle(store)
    store.resume(run)
    record, mail = store.record(run), RememberingMailbox()
    trainer = FakeTrainer(record.experiment_at(record.info.step), Script())
    return Training(run, trainer, mail.post, store, resumed=record), mail  # type: ignore[arg-type]


def test_that_a_run_is_kept_with_its_curves_events_and_results(store: RunStore) -> None:
    training, mail = begun(store, script=Script(solve={"lstm": 40}), steps=60)
    advance(training, 60)
    training.finish()
    training.close()
    stored, curves = store.load("one"), store.curves("one")
    assert stored.info.step == stored.info.steps == 60
    assert stored.info.cells["lstm"]["solved_at"] == 40
    assert stored.info.cells["rnn"]["accuracy"] == 0.25
    kinds = [event["kind"] for event in stored.events]
    assert kinds.count("solved") == kinds.count("finished") == 1
    told = np.concatenate([points.curves["lstm"].loss for points in mail.of(Points)])
    np.testing.assert_array_equal(curves["lstm"][1][0], told)
    np.testing.assert_array_equal(curves["lstm"][0], np.arange(1, 61))


def test_that_a_run_without_a_step_is_not_kept(store: RunStore) -> None:
    training, _ = begun(store)
    training.trainer.adjust(training.experiment.changed(lr=0.1))
    training.close()
    assert store.list() == ()
    assert not store.path.exists()


def test_that_a_resumed_run_goes_on_with_the_same_bits(store: RunStore) -> None:
    straight, _ = begun(None, steps=100)
    advance(straight, 100)
    training, _ = begun(store, steps=40)
    advance(training, 40)
    training.finish()
    training.close()
    again, _ = resumed(store)
    again.trainer.adjust(again.experiment.changed(steps=100))
    advance(again, 60)
    again.close()
    for name, array in straight.trainer.state().items():
        np.testing.assert_array_equal(array, store.load("one").state[name])
    assert list(store.curves("one")["rnn"][0]) == list(range(1, 101))
    assert store.load("one").changes[0][0] == 40


def test_that_a_change_is_announced_with_the_settings_it_replaced(store: RunStore) -> None:
    training, mail = begun(store, steps=100, lr=0.01)
    for step, lr in ((30, 0.02), (55, 0.03)):
        advance(training, step - training.step)
        training.trainer.adjust(training.experiment.changed(lr=lr))
    advance(training, 5)
    training.close()
    told = [(each.step, each.replaced.lr) for each in mail.events("changed") if each.replaced]
    assert told == [(30, 0.01), (55, 0.02)]
    settle(store)
    stored = [each for each in messages_of(store.record("one")) if isinstance(each, Event)]
    again = [(e.step, e.replaced.lr) for e in stored if e.kind == "changed" and e.replaced]
    assert again == told


def test_that_another_optimiser_is_no_change_of_a_run_in_what_is_told_or_trained() -> None:
    training, mail = begun(None, steps=100)
    advance(training, 10)
    own = training.experiment.with_contestant("lstm", lr=0.01, optimizer="sgd")
    training.trainer.adjust(own.changed(optimizer="momentum"))
    advance(training, 10)
    training.close()
    assert training.experiment.optimizer == "adam"
    assert training.experiment.contestant("lstm").optimizer is None
    assert training.experiment.contestant("lstm").lr == 0.01
    (told,) = mail.events("changed")
    assert told.text == "LSTM learning rate the run's (0.003) → 0.01"


def test_that_a_run_trained_again_honours_what_was_changed_on_the_way(store: RunStore) -> None:
    training, _ = begun(store, steps=100)
    for step, lr in ((30, 0.01), (55, 0.001)):
        advance(training, step - training.step)
        training.trainer.adjust(training.experiment.changed(lr=lr))
    states = {}
    for step in (70, 100):
        advance(training, step - training.step)
        states[step] = training.trainer.state()
    training.close()
    stored = store.load("one")
    for step, state in states.items():
        replay = replayed(
            lambda e: FakeTrainer(e, Script()),  # type: ignore[arg-type,return-value]
            stored.begun,
            stored.changes,
            lambda step: store.checkpoint("one", step),
            step,
        )
        for name, array in state.items():
            np.testing.assert_array_equal(array, replay.trainer.state()[name])
    assert stored.experiment_at(29).lr == 0.003
    assert stored.experiment_at(30).lr == 0.01


def test_that_replay_ends_where_all_nets_have_diverged(store: RunStore) -> None:
    training, _ = begun(store, steps=20)
    advance(training, 20)
    training.close()

    class Stuck(FakeTrainer):
        def run(self, count):
            return None

    first = store.checkpoint("one", 0)
    replay = replayed(lambda e: Stuck(e, Script()), training.begun, [], lambda step: first, 7)  # type: ignore[arg-type,return-value]
    assert replay.step == 0


def test_that_a_full_disk_is_reported_once_and_training_goes_on_and_is_kept_later(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    training, mail = begun(store)
    with monkeypatch.context() as broken:
        broken.setattr("sandbox.store.writing.write_batch", full)
        for _ in range(3):
            advance(training, 10)
            assert not training.save(wait=True)
    (event,) = mail.of(Event)
    assert "No space left on device" in event.text
    assert "SEQUENCE_SANDBOX_HOME" in event.text
    advance(training, 10)
    assert training.save(wait=True)
    training.close()
    assert list(store.curves("one")["rnn"][0]) == list(range(1, 41))


def test_that_a_folder_that_cannot_be_made_is_reported_and_training_goes_on(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    store = RunStore(blocked / "runs.sqlite3")
    with closing(store), running(store=store) as bench:
        bench.open(train=True)
        bench.mail.until_step(30)
        bench.worker.commands.pause()
        bench.mail.until(lambda: bench.mail.events("note"), "the note")
        bench.worker.commands.step(5)
        bench.mail.until_phase(Phase.PAUSED)
    assert len(bench.mail.events("note")) == 1


def test_that_the_worker_saves_at_pause_restart_and_close(store: RunStore) -> None:
    with running(store=store) as bench:
        bench.open("one", train=True)
        bench.mail.until_step(30, "one")
        bench.worker.commands.pause()
        paused = bench.mail.until_phase(Phase.PAUSED, "one").step
        bench.open("two", train=True)
        bench.mail.until_step(30, "two")
        assert store.load("one").info.step == paused
        bench.open("three")
        bench.mail.until_phase(Phase.READY, "three")
        assert store.load("two").info.step >= 30
        bench.open("four", train=True)
        bench.mail.until_step(5, "four")
    assert [run.run for run in store.list()] == ["four", "one", "two"]
    assert store.load("four").info.step == bench.mail.last_step("four")


def test_that_a_finished_run_is_saved_at_once(store: RunStore) -> None:
    with running(store=store) as bench:
        bench.open("one", train=True, steps=30)
        bench.mail.until_phase(Phase.FINISHED, "one")
        settle(store)
        assert store.load("one").info.step == 30


class Slow:
    """A store whose writes end when a test says so."""

    def __init__(self) -> None:
        self.writes: list[tuple[Batch, Future[None]]] = []

    def write(self, run: str, batch: Batch) -> Future[None]:
        self.writes.append((batch, Future()))
        return self.writes[-1][1]


def test_that_a_run_is_saved_about_once_a_second_and_never_waited_for() -> None:
    clock, slow = Clock(), Slow()
    saving = Saving("one", slow, clock, saved=0)  # type: ignore[arg-type]
    assert saving.due_in(0, idle=False) == float("inf")
    assert saving.due_in(5, idle=False) == pytest.approx(EVERY_S)
    saving.save(dict, Progress(5, 1.0, experiment()))
    assert saving.due_in(6, idle=False) == pytest.approx(EVERY_S)
    clock.now += 10
    saving.append({"step": 6, "kind": "note"})
    saving.save(dict, Progress(6, 1.0, experiment()))  # the disk is slow: nothing new is begun
    assert len(slow.writes) == 1
    assert saving.due_in(6, idle=True) > 0
    slow.writes[0][1].set_result(None)
    assert saving.due_in(6, idle=True) == 0
    saving.save(dict, Progress(7, 1.0, experiment()))
    assert [event["step"] for event in slow.writes[1][0].events] == [6]
    assert saving.due_in(8, idle=True) == pytest.approx(IDLE_EVERY_S)


def test_that_what_could_not_be_written_is_written_again_with_what_came_since() -> None:
    clock, slow = Clock(), Slow()
    saving = Saving("one", slow, clock, saved=0)  # type: ignore[arg-type]
    states = {n: {"theta": np.full(2, n)} for n in (1, 2, 3)}
    saving.append({"step": 1, "kind": "note"})
    saving.keep(1, states[1], set())
    saving.save(dict, Progress(1, 1.0, experiment()))
    saving.append({"step": 2, "kind": "note"})
    saving.keep(2, states[2], {1})
    slow.writes[0][1].set_exception(OSError(errno.EIO, "it is broken"))
    sentence = saving.save(dict, Progress(2, 1.0, experiment()))
    assert "it is broken" in (sentence or "")
    batch, future = slow.writes[1]
    assert [event["step"] for event in batch.events] == [1, 2]
    assert (set(batch.kept), batch.dropped) == ({2}, {1})
    future.set_exception(OSError(errno.EIO, "it is broken"))
    assert saving.due_in(2, idle=True) == 0
    assert saving.save(dict, Progress(2, 1.0, experiment())) is None  # it was told before
    assert saving.due_in(3, idle=True) <= RETRY_S
    assert saving.failing


def test_that_judging_leaves_the_run_as_it_was() -> None:
    training, _ = begun(None, script=Script(solve={"rnn": 5}))
    advance(training, 15)
    training.judge()
    assert training.results()["rnn"]["accuracy"] == 0.996
    assert training.trainer.solved_at["rnn"] is None


@pytest.mark.parametrize("step", [1, 2, 7])
def test_that_all_nets_may_diverge_at_the_first_step_of_a_block(step: int) -> None:
    training, _ = begun(None, script=Script(diverge={"rnn": step, "lstm": step}))
    for _ in range(step - 1):
        training.advance(1)
    training.advance(1)
    assert training.all_diverged
    assert training.over
    assert training.step == step - 1


def test_that_a_block_goes_on_to_the_next_stop_if_few_steps_are_left() -> None:
    """A call for one or two steps would cost more than they do."""
    script = Script(work_s=0.0)
    training, _ = begun(None, script=script)
    clock, taken = Clock(), []
    real = training.trainer.run
    training._clock = clock

    def timed(count: int):  # 1 ms a step: 7 fit into the time, of 10 to the next stop
        part = real(count)
        taken.append(len(part.curves["rnn"][0]))
        clock.now += 0.001 * taken[-1]
        return part

    training.trainer.run = timed  # type: ignore[method-assign]
    while training.step < 200:
        training.advance(200 - training.step, 0.0075)
    assert min(taken[5:]) >= 3
    assert sum(taken) == 200


def test_that_a_trainer_that_takes_no_step_is_a_bug() -> None:
    from sandbox.engine.trainer import Advance

    training, _ = begun(None)
    training.trainer.run = lambda count: Advance(1, {})  # type: ignore[method-assign]
    with pytest.raises(RuntimeError, match="took no step at step 0"):
        training.advance(5)


def test_that_what_changed_is_said_in_words() -> None:
    old = experiment()
    new = old.changed(lr=0.01, clip=None).with_contestant("lstm", lr=0.5)
    assert words.edited(old, new) == (
        "learning rate 0.003 → 0.01, clip 1 → none, LSTM learning rate the run's (0.003) → 0.5"
    )


def test_that_contestants_are_called_by_title_number_or_own_name() -> None:
    assert words.title("lstm", "lstm") == "LSTM"
    assert words.title("lstm#2", "lstm") == "LSTM #2"
    assert words.title("deep", "lstm") == "LSTM deep"
    assert words.title("bias_1#0", "lstm") == "LSTM bias 1 #0"
    assert words.title("my_lstm", "lstm") == "my lstm"
