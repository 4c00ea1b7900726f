"""The trainer: same numbers whatever the blocks, threads or pauses; divergence; solving."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from sandbox.cells.known import CELLS
from sandbox.engine.initialisation import initial_vector
from sandbox.engine.reference import ReferenceNetwork
from sandbox.engine.trainer import Advance, Trainer
from sandbox.experiment import Experiment, parse
from sandbox.settings import with_settings
from sandbox.tasks.registry import complete, task_of
from sandbox.tasks.streams import Purpose, stream
from tests.engine.twins import torch_optimizer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.tasks.base import Sequences

KNOBS = {"recall": "gap=8", "fluent": "gap=8", "adding": "length=20"}


@contextmanager
def trainer_of(*settings: str, task: str = "recall") -> Iterator[Trainer]:
    small = [f"task={task}", KNOBS[task], "hidden=8", "batch=6"]
    trainer = Trainer(with_settings(Experiment(), [*small, *settings]))
    yield trainer
    trainer.close()


def curves_of(trainer: Trainer, steps: int, count: int) -> dict[str, np.ndarray]:
    """Loss, accuracy and norm (3, steps) of every contestant, in blocks of at most `count`."""
    parts: dict[str, list[np.ndarray]] = {key: [] for key in trainer.keys}
    goal = trainer.step + steps
    while trainer.step < goal:
        advance: Advance = trainer.run(min(count, goal - trainer.step))
        for key, curve in advance.curves.items():
            parts[key].append(np.stack(curve))
    return {key: np.concatenate(part, axis=1) for key, part in parts.items()}


def same(a: dict[str, np.ndarray], b: dict[str, np.ndarray]) -> bool:
    return set(a) == set(b) and all(np.array_equal(a[key], b[key]) for key in a)


@pytest.mark.parametrize("task", ["recall", "adding", "fluent"])
def test_that_block_sizes_change_no_bit(task: str) -> None:
    with trainer_of(task=task) as one, trainer_of(task=task) as many:
        assert same(curves_of(one, 80, 1), curves_of(many, 80, 1000))


def test_that_a_contestant_trains_alone_as_it_does_beside_others() -> None:
    with trainer_of() as both:
        together = curves_of(both, 60, 9)
        alone = both.experiment.changed(contestants=both.experiment.contestants[:1])
    trainer = Trainer(alone)
    assert np.array_equal(curves_of(trainer, 60, 20)["rnn"], together["rnn"])
    trainer.close()


def test_that_a_restored_trainer_goes_on_with_the_same_bits() -> None:
    with trainer_of("replicates=2") as straight, trainer_of("replicates=2") as resumed:
        curves_of(straight, 33, 5)
        state = straight.state()
        expected = curves_of(straight, 40, 7)
        resumed.restore(state)
        assert resumed.step == 33
        assert same(curves_of(resumed, 40, 11), expected)


def test_that_a_checkpoint_of_another_size_is_refused_and_changes_nothing() -> None:
    with trainer_of() as small_nets, trainer_of("hidden=9") as others:
        before = small_nets.state()
        with pytest.raises(ValueError, match="another type or size"):
            small_nets.restore(others.state())
        for name, array in small_nets.state().items():
            assert np.array_equal(before[name], array, equal_nan=True)


def test_that_replicates_differ_and_the_first_is_the_run_without_them() -> None:
    with trainer_of("replicates=3") as three, trainer_of() as one:
        curves = curves_of(three, 30, 10)
        assert list(curves) == ["rnn#0", "rnn#1", "rnn#2", "lstm#0", "lstm#1", "lstm#2"]
        assert np.array_equal(curves["lstm#0"], curves_of(one, 30, 10)["lstm"])
        assert not np.array_equal(curves["lstm#0"], curves["lstm#1"])


def test_that_tracing_and_evaluating_change_no_bit() -> None:
    with trainer_of() as watched, trainer_of() as unwatched:
        probe = watched.task.draw(stream(0, Purpose.EXAMPLES), 3)
        first = curves_of(watched, 10, 5)
        watched.trace(probe)
        watched.evaluate()
        second = curves_of(watched, 10, 5)
        both = {key: np.concatenate([first[key], second[key]], axis=1) for key in first}
        assert same(both, curves_of(unwatched, 20, 20))


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "rmsprop", "adam"])
@pytest.mark.parametrize("clip", ["clip=0.05", "clip=none"])
def test_that_updates_agree_with_torch_optim(optimizer: str, clip: str) -> None:
    with trainer_of(f"optimizer={optimizer}", clip, "lr=0.01") as trainer:
        theta = torch.tensor(trainer.state()["lstm/weights"], requires_grad=True)
        oracle = torch_optimizer(optimizer, theta, 0.01)
        draws = trainer.task.draw(stream(0, Purpose.BATCHES, 0), 50 * 6)
        for step in range(12):
            trainer.run(1)
            batch = draws.pick(slice(step * 6, step * 6 + 6))
            theta.grad = torch.from_numpy(_gradient(trainer, theta, batch))
            if clip != "clip=none":
                torch.nn.utils.clip_grad_norm_([theta], 0.05)
            oracle.step()
        ours = trainer.state()["lstm/weights"]
        assert np.abs(ours - theta.detach().numpy()).max() < 2e-4


def _gradient(trainer: Trainer, theta: torch.Tensor, batch: Sequences) -> np.ndarray:
    task = trainer.task
    net = ReferenceNetwork("lstm", theta.detach().numpy(), task.inputs.size, 8, len(task.outputs))
    return net.gradient(batch)[1]


def test_that_a_diverged_contestant_stops_in_words_and_the_other_goes_on() -> None:
    with _diverging() as trainer:
        curves = curves_of(trainer, 60, 10)
        step = trainer.diverged_at["rnn"]
        assert step is not None
        assert trainer.diverged_at["lstm"] is None
        assert curves["rnn"].shape[1] == step - 1
        assert np.isfinite(curves["rnn"]).all()
        assert np.isfinite(trainer.state()["rnn/weights"]).all()
        assert curves["lstm"].shape[1] == 60


@contextmanager
def _diverging() -> Iterator[Trainer]:
    """The RNN's weights are pushed to overflow; the LSTM's are not."""
    with trainer_of("rnn.lr=10", "rnn.clip=1e30", "rnn.optimizer=sgd", task="adding") as trainer:
        state = trainer.state()
        state["rnn/weights"] = state["rnn/weights"] * np.float32(1e18)
        trainer.restore(state)
        yield trainer


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("cell", ["rnn", "rnn_relu", "lstm", "gru"])
def test_that_a_loss_that_is_not_finite_stops_that_contestant_only(cell: str, value: float) -> None:
    cells = ["rnn", "rnn_relu", "lstm", "gru"]
    contestants = [{"cell": each, "hidden": 6} for each in cells]
    base = {"task": "adding", "params": {"length": 20}, "batch": 6, "contestants": contestants}
    trainer = Trainer(complete(parse(base)))
    state = trainer.state()
    state[f"{cell}/weights"] = state[f"{cell}/weights"].copy()
    state[f"{cell}/weights"][-1] = value  # the readout's bias
    trainer.restore(state)
    advance = trainer.run(10)
    assert [(key, step) for key, step, _ in advance.diverged] == [(cell, 1)]
    assert advance.diverged[0][2].startswith(f"{cell} stopped at step 1: its loss or gradient")
    assert {key: len(curve[0]) for key, curve in advance.curves.items()} == {
        each: 0 if each == cell else 10 for each in cells
    }
    assert set(trainer.run(10).curves) == {each for each in cells if each != cell}
    np.testing.assert_array_equal(trainer.state()[f"{cell}/weights"], state[f"{cell}/weights"])
    trainer.close()


def test_that_the_learning_rate_changes_without_a_restart() -> None:
    with trainer_of() as adjusted, trainer_of() as untouched:
        curves_of(adjusted, 10, 10)
        curves_of(untouched, 10, 10)
        adjusted.adjust(adjusted.experiment.changed(lr=0.1))
        assert adjusted.step == 10
        assert not same(curves_of(adjusted, 10, 10), curves_of(untouched, 10, 10))


def test_that_another_optimiser_changes_neither_training_nor_what_it_says_it_trains() -> None:
    with trainer_of() as adjusted, trainer_of() as untouched:
        before = adjusted.experiment
        other = before.with_contestant("lstm", optimizer="momentum").changed(optimizer="sgd")
        adjusted.adjust(other)
        assert adjusted.experiment == before
        assert same(curves_of(adjusted, 10, 10), curves_of(untouched, 10, 10))


def test_that_an_lstm_is_declared_solved_on_fresh_sequences_only() -> None:
    with trainer_of("steps=1500", "hidden=16", "lr=0.01", "batch=32") as trainer:
        evaluated = []
        while not trainer.finished:
            evaluated += trainer.run(50).evaluated
        solved = [e.step for e in evaluated if e.key == "lstm" and e.solved]
        assert solved
        assert trainer.solved_at["lstm"] == solved[0]
        assert solved[0] % 25 == 0
        final = {e.key: e for e in trainer.evaluate()}
        assert final["lstm"].splits["fresh"][1] >= 0.99


def test_that_training_stops_at_its_number_of_steps() -> None:
    with trainer_of("steps=30") as trainer:
        assert curves_of(trainer, 30, 1000)["rnn"].shape == (3, 30)
        assert trainer.finished
        assert trainer.run(10).curves == {}


@pytest.mark.parametrize("cell", ["rnn", "lstm"])
def test_that_default_initialisation_is_uniform_as_in_torch(cell: str) -> None:
    theta = _start(f"{cell}.hidden=64", "lstm.forget_bias=0", cell=cell)
    bound = 1 / np.sqrt(64)
    free = theta[theta != 0]
    assert np.abs(free).max() <= bound
    assert np.abs(free).max() > 0.99 * bound
    assert abs(free.std() - bound / np.sqrt(3)) < 0.01 * bound


def _start(*settings: str, cell: str) -> np.ndarray:
    experiment = complete(with_settings(Experiment(), settings))
    place = [c.cell for c in experiment.contestants].index(cell)
    return initial_vector(experiment.contestants[place], task_of(experiment), 0, place)


def test_that_chrono_biases_follow_the_longest_dependency() -> None:
    from sandbox.cells.cell import layout

    experiment = complete(with_settings(Experiment(), ["lstm.hidden=512"]))
    task = task_of(experiment)
    theta = _start("lstm.hidden=512", cell="lstm")
    bias = layout(CELLS["lstm"], task.inputs.size, 512, len(task.outputs)).views(theta)["b"]
    forget, inputs = bias[512:1024], bias[:512]
    assert np.array_equal(forget, -inputs)
    times = np.exp(forget.astype(np.float64))
    assert times.min() >= 1
    assert times.max() <= task.dependency - 1
    assert abs(times.mean() - task.dependency / 2) < 2.5


@pytest.mark.parametrize("value", [0, 1, 3, 5, -0.5])
def test_that_a_forget_bias_is_what_was_asked_for(value: float) -> None:
    from sandbox.cells.cell import layout

    theta = _start(f"forget_bias={value}", cell="lstm")
    task = task_of(complete(Experiment()))
    bias = layout(CELLS["lstm"], task.inputs.size, 32, len(task.outputs)).views(theta)["b"]
    assert (bias[32:64] == np.float32(value)).all()


def test_that_orthogonal_and_identity_are_what_they_say() -> None:
    from sandbox.cells.cell import layout

    task = task_of(complete(Experiment()))
    parts = layout(CELLS["lstm"], task.inputs.size, 32, len(task.outputs))
    orthogonal = parts.views(_start("recurrent_init=orthogonal", cell="lstm"))["W_h"]
    identity = parts.views(_start("recurrent_init=identity", cell="lstm"))["W_h"]
    for gate in range(4):
        block = orthogonal[:, gate * 32 : gate * 32 + 32]
        assert np.abs(block @ block.T - np.eye(32)).max() < 1e-5
        assert np.array_equal(identity[:, gate * 32 : gate * 32 + 32], np.eye(32, dtype=np.float32))


def test_that_training_imports_neither_torch_nor_qt() -> None:
    code = (
        "import sys\nfrom sandbox.engine.trainer import Trainer\n"
        "from sandbox.experiment import Experiment\n"
        "t = Trainer(Experiment()); t.run(1); t.close()\n"
        "print([m for m in ('torch', 'PySide6') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
