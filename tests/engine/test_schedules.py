"""Learning-rate schedules and clipping, beside torch's own and closed forms."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from sandbox.cells.known import CELLS
from sandbox.engine.network import Network
from sandbox.engine.optimizer_constants import CODES
from sandbox.engine.reference import ReferenceNetwork
from sandbox.engine.schedules import rates
from sandbox.engine.trainer import Trainer
from sandbox.experiment import Experiment
from sandbox.settings import with_settings
from sandbox.tasks.batches import block_of
from tests.engine.nets import random_theta, sequences_of

BLOCK = 6


def net_of(cell: str, outputs: int = 3, within: float = 0.0, inputs: int = 5) -> Any:
    """A small float32 net: compiled where there are kernels, through torch where not."""
    theta = random_theta(cell, inputs, 6, outputs)
    if CELLS[cell].compiled:
        return Network(cell, theta, inputs, 6, outputs, within)
    return ReferenceNetwork(cell, theta, inputs, 6, outputs, within)


def torch_rates(kind: str, rate: float, steps: int) -> list[float]:
    """What torch.optim's scheduler of the same name sets before each of its steps."""
    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([parameter], lr=rate)
    schedulers = {
        "constant": lambda: torch.optim.lr_scheduler.LambdaLR(optimizer, lambda _: 1.0),
        "linear": lambda: torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.0, steps),
        "cosine": lambda: torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps),
        "exponential": lambda: torch.optim.lr_scheduler.ExponentialLR(
            optimizer, 0.01 ** (1 / steps)
        ),
    }
    scheduler, found = schedulers[kind](), []
    for _ in range(steps):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return found


@pytest.mark.parametrize("kind", ["constant", "linear", "cosine", "exponential"])
def test_that_schedules_are_those_of_torch(kind: str) -> None:
    experiment = Experiment().changed(schedule=kind, steps=40)
    np.testing.assert_allclose(rates(experiment, 0.3, 0, 40), torch_rates(kind, 0.3, 40), rtol=1e-9)


@pytest.mark.parametrize("kind", ["constant", "linear", "cosine", "exponential"])
def test_that_a_warm_up_rises_to_the_schedule_and_then_leaves_it(kind: str) -> None:
    plain = Experiment().changed(schedule=kind, steps=40)
    warmed = rates(plain.changed(warmup=8), 0.3, 0, 40)
    without = rates(plain, 0.3, 0, 40)
    np.testing.assert_allclose(warmed[:8], without[:8] * np.arange(1, 9) / 8)
    np.testing.assert_array_equal(warmed[8:], without[8:])


def test_that_rates_of_a_part_are_the_part_of_the_rates() -> None:
    experiment = Experiment().changed(schedule="cosine", steps=50, warmup=7)
    whole = rates(experiment, 0.1, 0, 50)
    parts = [rates(experiment, 0.1, first, 10) for first in range(0, 50, 10)]
    np.testing.assert_array_equal(np.concatenate(parts), whole)


def test_that_steps_beyond_the_last_do_not_turn_the_rate_around() -> None:
    experiment = Experiment().changed(schedule="linear", steps=10)
    assert rates(experiment, 0.1, 10, 3).tolist() == [0, 0, 0]


@pytest.mark.parametrize("optimizer", list(CODES))
def test_that_each_step_is_taken_at_its_own_rate(optimizer: str) -> None:
    """A block with four rates is four blocks of one rate each."""
    block = block_of(sequences_of("classes", 4 * BLOCK, 7, 5, 3), BLOCK)
    own = np.array([0.02, 0.005, 0.0, 0.03])
    one, many = net_of("lstm"), net_of("lstm")
    one.learn(block, 0, own, 1.0, CODES[optimizer])
    for step, rate in enumerate(own):
        many.learn(block.part(step, step + 1), step, float(rate), 1.0, CODES[optimizer])
    np.testing.assert_array_equal(one.vectors()["weights"], many.vectors()["weights"])


@pytest.mark.parametrize("cell", ["rnn", "lstm", "lstm_peephole"])
def test_that_clipping_by_value_is_torchs_clip_grad_value(cell: str) -> None:
    """Plain gradient descent at rate 1 moves each weight by what is left of its gradient."""
    limit = 0.01
    block = block_of(sequences_of("classes", BLOCK, 7, 5, 3), BLOCK)
    free, held = net_of(cell), net_of(cell)
    before = free.vectors()["weights"].astype(np.float64)
    free.learn(block, 0, 1.0, np.inf, CODES["sgd"])
    whole = before - free.vectors()["weights"]
    measured = held.learn(block, 0, 1.0, limit, CODES["sgd"], by_value=True)
    moved = before - held.vectors()["weights"]
    parameter = torch.nn.Parameter(torch.zeros(len(whole), dtype=torch.float64))
    parameter.grad = torch.tensor(whole)
    torch.nn.utils.clip_grad_value_([parameter], limit)
    assert (np.abs(whole) > limit).any()
    np.testing.assert_allclose(moved, parameter.grad.numpy(), atol=1e-6)
    # The norm that is told is the one before clipping.
    assert measured[2, 0] == pytest.approx(np.linalg.norm(whole), rel=1e-4)


def test_that_a_schedule_and_clipping_by_value_train_through_the_trainer() -> None:
    """The same run with another schedule takes the same first step and other ones after it."""
    settings = ["task=recall", "gap=4", "hidden=8", "batch=4", "steps=10", "clip=0.01"]
    losses = {}
    for more in ([], ["schedule=linear"], ["clip_by=value"]):
        trainer = Trainer(with_settings(Experiment(), [*settings, *more]))
        try:
            losses[" ".join(more)] = trainer.run(10).curves["lstm"][0]
        finally:
            trainer.close()
    assert losses[""][1] == losses["schedule=linear"][1]
    assert losses[""][2] != losses["schedule=linear"][2]
    assert losses[""][0] == losses["clip_by=value"][0]
    assert losses[""][1] != losses["clip_by=value"][1]
