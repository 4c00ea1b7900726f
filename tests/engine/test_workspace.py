"""The memory in which a net works: as much as its largest batch needs, whatever it met."""

from __future__ import annotations

import math
import tracemalloc

import numpy as np
import pytest

from sandbox.cells.known import CELLS
from sandbox.engine.kernels import panels
from sandbox.engine.network import Network
from sandbox.engine.optimizer_constants import CODES
from sandbox.tasks.batches import block_of
from tests.engine.nets import KINDS, error, gradient_of, random_theta, sequences_of

pytestmark = pytest.mark.timeout(400)  # kernels may have to be compiled
I, H, O = 4, 16, 3  # noqa: E741


def net_of(cell: str = "lstm", layers: int = 1) -> Network:
    return Network(CELLS[cell], random_theta(cell, I, H, O, layers=layers), I, H, O, layers=layers)


def meet(net: Network, steps: int, count: int = 8) -> np.ndarray:
    """Train on, evaluate and trace one batch of so many steps; what was measured."""
    sequences = sequences_of("classes", count, steps, I, O, "lengths")
    learned = net.learn(block_of(sequences, count), 0, 0.01, math.inf, CODES["sgd"])
    traced = net.trace(sequences).arrays["hidden"]
    follow = net.follow(sequences)[0]
    found = (learned.ravel(), net.evaluate(sequences), traced.ravel(), follow.ravel())
    return np.concatenate([np.asarray(each, np.float64) for each in found])


def held_after(lengths: list[int]) -> int:
    """Bytes that a net holds after batches of these lengths."""
    tracemalloc.start()
    try:
        net = net_of()
        for steps in lengths:
            meet(net, steps)
        return tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()


def test_that_memory_is_bounded_however_many_sizes_a_net_meets() -> None:
    meet(net_of(), 3)  # the kernels are loaded
    only_the_longest = held_after([200])
    assert held_after([*range(101, 200, 3), 200]) < 1.2 * only_the_longest


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_that_earlier_batches_of_other_sizes_change_no_bit(cell: str, layers: int) -> None:
    fresh, experienced = net_of(cell, layers), net_of(cell, layers)
    before = experienced.vectors()
    for steps, count in ((40, 30), (7, 3), (90, 8)):
        meet(experienced, steps, count)
    experienced.theta[:] = np.inf  # nor does one that left nothing finite behind
    meet(experienced, 60)
    experienced.load_vectors(before)
    np.testing.assert_array_equal(meet(experienced, 20), meet(fresh, 20))
    np.testing.assert_array_equal(experienced.theta, fresh.theta)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize("cell", list(CELLS))
def test_that_a_divided_batch_has_the_loss_and_gradient_of_the_whole(
    cell: str, layers: int, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In parts of 16, the last one smaller; some sequences are shorter."""
    theta = random_theta(cell, I, 19, O, layers=layers)
    sequences = sequences_of(kind, 53, 9, I, O, "lengths")
    found = []
    for worth in (10**18, 0):
        monkeypatch.setattr(panels, "WORTH_DIVIDING", worth)
        net = Network(CELLS[cell], theta.copy(), I, 19, O, layers=layers)
        found.append((*gradient_of(net, sequences), *net.evaluate(sequences)))
        assert len(net._training._workspace.parts) == (1 if worth else 3)
    whole, divided = found
    assert divided[0] == pytest.approx(whole[0], rel=1e-6)
    assert error(divided[1], whole[1]) <= 1e-5
    assert divided[2:] == pytest.approx(whole[2:], rel=1e-6)
