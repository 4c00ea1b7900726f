"""Equations that no cell of the sandbox has are computed as they are written."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sandbox.cells.cell import layout
from sandbox.cells.cell_file import cell_of
from sandbox.engine.network import Network
from sandbox.engine.reference import ReferenceNetwork
from sandbox.engine.trainer import Trainer
from sandbox.experiment import parse
from sandbox.tasks.registry import complete
from tests.engine.nets import error, gradient_of, sequences_of

pytestmark = pytest.mark.timeout(200)
CELLS = {
    "a trace before W": (
        "past = 0.9 * past[t-1] + 0.1 * hidden[t-1]\nhidden = tanh(x W + past W + b)"
    ),
    "a constant before W": "two = 2\nhidden = tanh(x W + two W + b)",
    "two lines before W, no gate first": (
        "slow = 0.5 * slow[t-1] + p\nless = 0.25 * hidden[t-1]\n"
        "new = tanh(x W + less W + b)\nhidden = new * tanh(x W + slow W + b)"
    ),
    "hidden of this step before W": (
        "hidden = tanh(x W + hidden[t-1] W + b) + later[t-1] / 2\nlater = tanh(x W + hidden W + b)"
    ),
    "names of the kernels' arrays": (
        "kept = tanh(x W + hidden[t-1] W + b)\ncs = kept * cs[t-1] + kept\n"
        "da = sigmoid(x W + cs W + b)\nhidden = tanh(x W + kept W + b) + da * seen0 * hs"
    ),
    "a quotient of weights": "new = tanh(x W + b)\nhidden = min(new, p / q)",
    "a larger quotient in a state": (
        "new = tanh(x W + b)\nmost = max(most[t-1], p / q)\nhidden = new * tanh(most)"
    ),
    "no input at the first step": "new = tanh(x W + b)\nhidden = new[t-1] + hidden[t-1] / 2",
    "gates of the state before among those that wait": (
        "g0 = sigmoid(x W + hidden[t-1] W + b)\ng1 = tanh(x W + hidden[t-1] W + b)\n"
        "g2 = sigmoid(x W + hidden[t-1] W + b)\nseen = g0 * hidden[t-1]\n"
        "g3 = tanh(x W + seen W + b) - g1\n"
        "g4 = sigmoid(x W + b + sigmoid(g3) * (hidden[t-1] W + q))\n"
        "hidden = g2 * tanh(x W + hidden[t-1] W + b + g3) + g4"
    ),
    "a constant as a state": "one = 1\nhidden = tanh(x W + b) * one[t-1] + one",
}


@pytest.mark.parametrize("sizes", [(3, 9, 2, 1), (2, 17, 3, 2)])
@pytest.mark.parametrize("text", CELLS.values(), ids=CELLS.keys())
def test_that_gradients_and_traces_are_those_of_the_nodes_in_torch(
    text: str, sizes: tuple[int, int, int, int]
) -> None:
    """H beyond whole vectors, so that there are units without weights."""
    I, H, O, layers = sizes  # noqa: E741
    cell = cell_of("own_odd", text)
    theta = np.random.default_rng(0).normal(0, 0.4, layout(cell, I, H, O, layers).size)
    sequences = sequences_of("values", 3, 5, I, O, "lengths", np.float64)
    more = (I, H, O, 0.1, layers)
    ours, theirs = Network(cell, theta.copy(), *more), ReferenceNetwork(cell, theta, *more)
    loss, gradient = gradient_of(ours, sequences)
    wanted_loss, wanted = theirs.gradient(sequences)
    assert_allclose(loss, wanted_loss, 1e-6)  # it is kept as float32
    assert error(gradient, wanted) <= 1e-8
    found, traced = ours.trace(sequences), theirs.trace(sequences)
    assert found.arrays.keys() == traced.arrays.keys()
    for name, array in traced.arrays.items():
        assert error(found.arrays[name], array) <= 1e-8, name


def test_that_a_cell_that_divides_by_its_zero_start_is_told_of_its_equations() -> None:
    text = "title: Boom\nhidden = tanh(x W + b) / hidden[t-1]\n"
    contestants = [{"cell": "own", "equations": text, "name": "boom"}, {"cell": "lstm"}]
    data = {"task": "recall", "contestants": contestants, "steps": 4}
    trainer = Trainer(complete(parse(data)))
    told = {key: sentence for key, _, sentence in trainer.run(4).diverged}
    trainer.close()
    assert list(told) == ["boom"]
    assert told["boom"].endswith("look for a division by zero in its equations.")
