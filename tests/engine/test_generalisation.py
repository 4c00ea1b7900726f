"""Probes of what nets were not trained on, whole sequences, and which splits decide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from sandbox.engine.learner import whole_right
from sandbox.engine.trace import right_steps
from sandbox.engine.trainer import Trainer
from sandbox.experiment import Experiment
from sandbox.settings import with_settings
from sandbox.tasks import registry
from sandbox.tasks.recall import Recall
from tests.engine.nets import sequences_of
from tests.engine.test_schedules import net_of

if TYPE_CHECKING:
    from sandbox.tasks.base import Sequences

SETTINGS = ("gap=3", "symbols=2", "fillers=2", "hidden=8", "batch=8", "steps=400", "lr=0.01")


class Further(Recall):
    """Recall with a longer gap beside, which does not decide."""

    name = "further"
    splits = ("fresh", "gap 12")
    generalisation = "gap 12"
    solved_on = ("fresh",)

    def draw(self, rng: np.random.Generator, count: int, split: str = "fresh") -> Sequences:
        if split == "gap 12":
            return Recall(self.params.model_copy(update={"gap": 12})).draw(rng, count)
        return super().draw(rng, count)


class Whole(Further):
    """The same, judged by whole sequences."""

    name = "whole"
    whole_sequences = True

    def remark(self, split: str, sequences: Sequences, right: Any) -> str:
        return f"got {int(right.sum())} of {split}"


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    every = {**registry.tasks(), "further": Further, "whole": Whole}
    monkeypatch.setattr(registry, "tasks", lambda: every)


def trained(task: str, *settings: str) -> tuple[list[Any], list[Any], Trainer]:
    trainer = Trainer(with_settings(Experiment(), [f"task={task}", *SETTINGS, *settings]))
    probes, evaluations = [], []
    while not trainer.finished:
        advance = trainer.run(100)
        probes += advance.generalised
        evaluations += advance.evaluated
    trainer.close()
    return probes, evaluations, trainer


def test_that_probes_come_at_steps_that_get_rarer_and_are_of_the_other_kind() -> None:
    probes, _, trainer = trained("further")
    steps = sorted({probe.step for probe in probes})
    assert steps[:8] == [25, 50, 75, 100, 125, 150, 175, 200]
    assert {split for probe in probes for split in probe.splits} == {"gap 12"}
    assert [probe.key for probe in probes if probe.step == 25] == ["rnn", "lstm"]
    assert trainer.step == 400


def test_that_probes_change_no_bit_of_training() -> None:
    with_probes, without = (
        Trainer(with_settings(Experiment(), [f"task={task}", *SETTINGS]))
        for task in ("further", "recall")
    )
    for trainer in (with_probes, without):
        while not trainer.finished:
            trainer.run(100)
        trainer.close()
    mine, other = with_probes.state(), without.state()
    for key in ("rnn/weights", "lstm/weights"):
        np.testing.assert_array_equal(mine[key], other[key])


def test_that_only_the_splits_that_decide_make_it_solved() -> None:
    _, evaluations, trainer = trained("further")
    solved = [each for each in evaluations if each.solved]
    assert solved
    for each in evaluations:
        assert set(each.splits) == {"fresh", "gap 12"}
        assert each.solved == (each.splits["fresh"][1] >= 0.99)
    assert trainer.solved_at["lstm"] is not None


def test_that_whole_sequences_are_counted_and_remarked_upon() -> None:
    _, evaluations, _ = trained("whole")
    last = evaluations[-1]
    got = round(last.splits["fresh"][1] * 2000)
    assert last.remark.startswith(f"got {got} of fresh; got ")


@pytest.mark.parametrize("kind", ["classes", "values", "legal"])
@pytest.mark.parametrize("cell", ["lstm", "lstm_peephole"])
def test_that_whole_sequences_are_right_where_every_step_is(kind: str, cell: str) -> None:
    """The share of right steps is what the net's own evaluation counts."""
    sequences = sequences_of(kind, 90, 7, 5, 3)
    net = net_of(cell, within=0.5)
    answers = np.swapaxes(net.trace(sequences).answers, 0, 1)
    right = right_steps(answers, sequences.targets, net.within)
    assert right[sequences.scored].mean() == pytest.approx(net.evaluate(sequences)[1], abs=1e-6)
    whole = whole_right(net, sequences, net.within)
    slow = [
        all(right[n, t] for t in range(right.shape[1]) if sequences.scored[n, t])
        for n in range(len(sequences))
    ]
    assert whole.tolist() == slow
