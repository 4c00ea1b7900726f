"""Looking back, going on with a stored run, and forks: with the engine, by the worker."""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from sandbox.engine.trainer import Trainer
from sandbox.experiment import Experiment
from sandbox.run.looking import FAR, replayed
from sandbox.run.messages import Evaluation, Frame, Phase, Points, Status
from sandbox.run.opening import messages_of
from sandbox.run.saving import (
    CHECKPOINT_EVERY,
    IN_MEMORY,
    STORED,
    CheckpointSchedule,
    Spacing,
    Tape,
)
from sandbox.run.worker import Worker
from sandbox.store.base import Origin
from sandbox.store.runs import RunStore
from sandbox.tasks.registry import complete
from tests.run.fakes import RememberingMailbox, probe_of
from tests.store.blocks import checkpoint_steps, settle

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PATIENCE_S = 60.0


def experiment(**fields: object) -> Experiment:
    small = [{"cell": "rnn", "hidden": 4}, {"cell": "lstm", "hidden": 4}]
    base = Experiment(task="recall", params={"gap": 3}, contestants=small, batch=8, steps=400)
    return complete(base.changed(**fields))


class Desk:
    """A worker with its store, and what it told."""

    def __init__(self, store: RunStore) -> None:
        self.store, self.mail = store, RememberingMailbox()
        self.worker = Worker(self.mail, store)
        self.worker.start()

    def open(self, run: str, what: Experiment, **start: Any) -> None:
        self.probe = probe_of(what)
        self.worker.commands.open(run, what, self.probe, **start)
        self.mail.until(lambda: self.statuses(run) and self.statuses(run)[-1].keys, "the run")

    def train_to(self, run: str, step: int) -> None:
        self.worker.commands.step(step - self.statuses(run)[-1].step)
        self.mail.until(lambda: self.rests_at(run, step), f"step {step}")

    def rests_at(self, run: str, step: int) -> bool:
        status = self.statuses(run)[-1]
        return status.step == step and status.phase in (Phase.PAUSED, Phase.FINISHED)

    def statuses(self, run: str) -> list[Status]:
        return self.mail.of(Status, run)

    def frame(self, run: str, step: int) -> Frame:
        def there() -> bool:
            return any(frame.step == step for frame in self.mail.of(Frame, run))

        self.mail.until(there, f"a frame of step {step}")
        return [frame for frame in self.mail.of(Frame, run) if frame.step == step][-1]

    def losses(self, run: str, key: str = "lstm") -> np.ndarray:
        return np.concatenate([p.curves[key].loss for p in self.mail.of(Points, run)])


@contextmanager
def desk_of(store: RunStore) -> Iterator[Desk]:
    desk = Desk(store)
    try:
        yield desk
    finally:
        desk.worker.commands.close()
        desk.worker.join(PATIENCE_S)
        assert not desk.worker.is_alive()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RunStore]:
    with closing(RunStore(tmp_path / "runs.sqlite3")) as made:
        yield made


def same(one: Frame, other: Frame) -> bool:
    for key, trace in one.traces.items():
        for name, array in trace.arrays.items():
            np.testing.assert_array_equal(array, other.traces[key].arrays[name])
        np.testing.assert_array_equal(trace.answers, other.traces[key].answers)
    return True


# Looking back ---------------------------------------------------------------------------


def test_that_looking_back_shows_what_was_shown_then_to_the_last_bit(store: RunStore) -> None:
    with desk_of(store) as desk:
        desk.open("one", experiment())
        live = {}
        for step in (1, 7, 60, 133, 301):
            desk.train_to("one", step)
            desk.worker.commands.adjust(experiment(lr=0.01 if step < 100 else 0.001))
            live[step] = desk.frame("one", step)
        for step in (133, 7, 301, 60, 1):
            desk.mail.all.clear()
            desk.worker.commands.look_back(step)
            assert same(live[step], desk.frame("one", step))


def test_that_looking_back_pauses_and_training_goes_on_from_the_last_step(store: RunStore) -> None:
    with desk_of(store) as desk:
        desk.open("straight", experiment())
        desk.train_to("straight", 200)
        desk.open("one", experiment())
        desk.train_to("one", 100)
        desk.worker.commands.look_back(30)
        desk.frame("one", 30)
        assert desk.statuses("one")[-1].step == 100
        desk.train_to("one", 200)
        np.testing.assert_array_equal(desk.losses("one"), desk.losses("straight"))


def test_that_a_step_beyond_the_last_is_the_last(store: RunStore) -> None:
    with desk_of(store) as desk:
        desk.open("one", experiment())
        desk.train_to("one", 50)
        desk.mail.all[:] = [m for m in desk.mail.all if not isinstance(m, Frame)]
        desk.worker.commands.look_back(5_000)
        assert desk.frame("one", 50).step == 50


def test_that_gaps_between_stored_checkpoints_are_filled_while_nothing_else_is_wanted(
    store: RunStore,
) -> None:
    with desk_of(store) as desk:
        desk.open("one", experiment())
        desk.train_to("one", 400)
        desk.open("two", experiment())
        assert max(np.diff(checkpoint_steps(store, "one"))) > FAR + CHECKPOINT_EVERY
        desk.open("one", experiment(), resumed=True)
        desk.worker.commands.look_back(390)
        desk.frame("one", 390)
        desk.mail.until(lambda: not desk.worker._looking.due, "the end of the filling")
        looking = desk.worker._looking
        known = sorted({*looking._training.tape.steps, *looking._passed.steps})
        assert max(np.diff(known)) <= FAR + CHECKPOINT_EVERY
        state = looking._nearest(250)[1]
        desk.worker.commands.look_back(30)  # the replay goes elsewhere, and what it kept stays
        desk.frame("one", 30)
        fresh = replayed(
            Trainer,
            experiment(),
            [],
            lambda step: (0, store.checkpoint("one", 0)[1]),
            int(state["step"]),
            evaluating=True,
        )
        for name, array in fresh.trainer.state().items():
            if name.endswith(("/weights", "/m", "/v", "/updates")):
                np.testing.assert_array_equal(array, state[name])
        fresh.close()


# Stored runs ----------------------------------------------------------------------------


def test_that_a_stored_run_is_reported_as_it_was_and_goes_on_with_the_same_bits(
    store: RunStore,
) -> None:
    with desk_of(store) as desk:
        desk.open("straight", experiment())
        desk.train_to("straight", 300)
        desk.open("one", experiment())
        desk.train_to("one", 150)
    with desk_of(store) as again:
        again.open("one", experiment(), resumed=True)
        assert again.statuses("one")[-1].step == 150
        np.testing.assert_array_equal(again.losses("one"), desk.losses("straight")[:150])
        again.train_to("one", 300)
        np.testing.assert_array_equal(again.losses("one"), desk.losses("straight"))
        assert again.mail.of(Evaluation, "one") == [
            replace(e, run="one") for e in desk.mail.of(Evaluation, "straight")
        ]
        again.worker.commands.look_back(77)
        assert again.frame("one", 77).step == 77


def test_that_a_run_that_another_window_trains_is_refused_in_a_sentence(store: RunStore) -> None:
    with desk_of(store) as desk, closing(RunStore(store.path)) as other:
        desk.open("one", experiment())
        desk.train_to("one", 30)
        settle(store)
        with desk_of(other) as second:
            second.worker.commands.open("one", experiment(), probe_of(experiment()), resumed=True)
            status = second.mail.until_phase(Phase.FAILED, "one")
            assert "by another process" in (status.refused or "")


def test_that_an_evaluation_that_was_not_finite_is_reported_again(store: RunStore) -> None:
    with desk_of(store) as desk:
        desk.open("one", experiment())
        desk.train_to("one", 60)
    record = store.record("one")
    wild = {"step": 50, "kind": "evaluation", "cell": "rnn", "splits": {"fresh": [None, 0.5]}}
    messages = messages_of(replace(record, events=(wild,)))
    (evaluation,) = [each for each in messages if isinstance(each, Evaluation)]
    assert np.isnan(evaluation.splits["fresh"][0])
    assert evaluation.splits["fresh"][1] == 0.5


# Forks ----------------------------------------------------------------------------------


def test_that_a_fork_without_a_change_goes_on_as_its_parent_did(store: RunStore) -> None:
    with desk_of(store) as desk:
        desk.open("one", experiment())
        desk.train_to("one", 300)
        desk.open("two", experiment(), origin=Origin("one", 110))
        assert desk.statuses("two")[-1].step == 110
        desk.train_to("two", 300)
        np.testing.assert_array_equal(desk.losses("two"), desk.losses("one")[110:])
        desk.open("three", experiment())
        one, two = store.load("one"), store.load("two")
        assert two.info.origin == Origin("one", 110)
        for name, array in one.state.items():
            np.testing.assert_array_equal(array, two.state[name])


def test_that_a_fork_can_have_other_settings(store: RunStore) -> None:
    with desk_of(store) as desk:
        desk.open("one", experiment())
        desk.train_to("one", 100)
        origin = Origin("one", 60)
        other = experiment(lr=0.02, params={"gap": 5}, optimizer="sgd")
        desk.open("two", other, origin=origin)
        assert "continues with its weights" in desk.mail.events("forked")[-1].text
        desk.train_to("two", 90)
        nets = [{"cell": "rnn", "hidden": 6}, {"cell": "lstm", "hidden": 4}, {"cell": "gru"}]
        desk.open("three", experiment(contestants=nets), origin=origin)
        text = desk.mail.events("forked")[-1].text
        assert "RNN, GRU start untrained" in text
        desk.train_to("three", 90)
        rnn, lstm = (desk.losses("three", key) for key in ("rnn", "lstm"))
        np.testing.assert_array_equal(lstm, desk.losses("one")[60:90])
        assert not np.array_equal(rnn, desk.losses("one", "rnn")[60:90])


def test_that_a_fork_is_stored_with_its_beginning_and_looked_back_at(store: RunStore) -> None:
    with desk_of(store) as desk:
        desk.open("one", experiment())
        desk.train_to("one", 80)
        desk.open("two", experiment(lr=0.1), origin=Origin("one", 40))
        first = desk.frame("two", 40)
        desk.train_to("two", 130)
    with desk_of(store) as again:
        again.open("two", experiment(lr=0.1), resumed=True)
        again.worker.commands.look_back(40)
        assert same(first, again.frame("two", 40))
        again.worker.commands.look_back(0)
        assert again.mail.of(Frame, "two")[-1].step >= 40


def test_that_a_fork_whose_parent_is_gone_is_refused_as_itself_and_nothing_is_lost(
    store: RunStore,
) -> None:
    with desk_of(store) as desk:
        desk.open("one", experiment())
        desk.train_to("one", 60)
        what = experiment()
        desk.worker.commands.open("two", what, probe_of(what), origin=Origin("gone", 5))
        status = desk.mail.until_phase(Phase.FAILED, "two")
        assert (status.refused or "").startswith("There is no run gone")
        settle(store)
        assert store.load("one").info.step == 60
        desk.open("three", experiment())


def test_that_a_fork_of_a_net_that_had_solved_it_says_so(store: RunStore) -> None:
    nets = [{"cell": "lstm", "hidden": 16}]
    what = experiment(contestants=nets, params={"gap": 0}, lr=0.02, batch=32)
    with desk_of(store) as desk:
        desk.open("one", what)
        desk.train_to("one", 300)
        (solved,) = desk.mail.events("solved")
        desk.open("two", what, origin=Origin("one", 290))
        again = desk.mail.events("solved")[-1]
        assert (again.run, again.step, again.cell) == ("two", solved.step, "lstm")
        other = what.changed(params={**what.params, "gap": 4})
        desk.open("three", other, origin=Origin("one", 290))
        assert [event.run for event in desk.mail.events("solved")] == ["one", "two"]


# The tape -------------------------------------------------------------------------------


def filled(places: CheckpointSchedule, steps: int, size: int) -> CheckpointSchedule:
    for step in range(1, steps + 1):
        if places.wants(step):
            places.put(step, size)
    return places


@pytest.mark.parametrize("steps", [3_000, 1_000_000])
def test_that_stored_checkpoints_are_spaced_logarithmically_within_their_budget(
    steps: int,
) -> None:
    small = filled(CheckpointSchedule(0, 1_000, STORED), steps, 1_000).steps
    assert len(small) < 30 * np.log10(steps)
    default = filled(CheckpointSchedule(0, 920_000, STORED), steps, 920_000).steps
    assert len(default) <= STORED.budget / 920_000
    for found in (small, default):
        assert found[0] == 0
        assert max(np.diff(found[-8:]) / np.array(found[-7:])) < 1  # also at the end


def test_that_every_step_is_near_a_checkpoint_in_memory_at_the_default_size() -> None:
    steps = filled(CheckpointSchedule(0, 920_000, IN_MEMORY), 3_000, 920_000).steps
    assert max(np.diff([*steps, 3_000])) <= 4 * CHECKPOINT_EVERY


def test_that_the_first_checkpoint_is_never_given_up() -> None:
    tape = Tape(40, {"theta": np.zeros(10)}, Spacing(200, 1 / 100))
    for step in range(50, 1_000, 25):
        if tape.wants(step):
            tape.keep(step, {"theta": np.full(10, step)})
    assert tape.steps[0] == 40
    assert len(tape.steps) == 2
    assert tape.before(3)[0] == 40
