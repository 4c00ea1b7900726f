"""What a unit keeps of its memory, against closed forms and against what becomes of its state."""

from __future__ import annotations

import numpy as np
import pytest

from sandbox.cells.cell import layout
from sandbox.cells.known import CELLS
from sandbox.engine.network import Network
from sandbox.insight.retention import Keeper, Kept, keeper, kept
from sandbox.insight.subject import Subject
from tests.insight.nets import OPEN, one_memory, recall_task

TASK = recall_task(gap=20)
FILLERS = slice(2, 18)  # tokens
GATED = [name for name, cell in CELLS.items() if keeper(cell)]


def logit(share: float) -> float:
    return float(np.log(share / (1 - share)))


def lstm_that_keeps(share: float) -> Subject:
    """An LSTM of which every unit's forget gate is at this value, whatever it reads."""
    cell, hidden = CELLS["lstm"], 4
    theta = np.zeros(layout(cell, TASK.inputs.size, hidden, 2).size, np.float32)
    net = Network(cell, theta, TASK.inputs.size, hidden, 2)
    forget = cell.gates.index("forget")
    net.layout.views(net.theta)["b"][forget * hidden : (forget + 1) * hidden] = logit(share)
    return Subject("lstm", net, TASK)


def test_that_cells_with_a_gate_on_their_memory_have_a_keeper() -> None:
    assert keeper(CELLS["lstm"]) == Keeper("cell", "forget", rest=False)
    assert keeper(CELLS["gru"]) == Keeper("hidden", "update", rest=False)
    assert keeper(CELLS["mgu"]) == Keeper("hidden", "forget", rest=True)
    without = {name for name, cell in CELLS.items() if keeper(cell) is None}
    assert without == {"rnn", "rnn_relu", "indrnn", "leaky_rnn", "lstm_no_forget", "slstm"}
    assert kept(Subject("rnn", rnn(), TASK)) is None


def rnn() -> Network:
    cell = CELLS["rnn"]
    theta = np.zeros(layout(cell, TASK.inputs.size, 4, 2).size, np.float32)
    return Network(cell, theta, TASK.inputs.size, 4, 2)


@pytest.mark.parametrize("share", [0.5, 0.9, 0.98, 0.9985])
def test_that_a_constant_gate_is_what_is_kept(share: float) -> None:
    found = kept(lstm_that_keeps(share))
    assert found is not None
    np.testing.assert_allclose(found.share, share, rtol=1e-5)
    np.testing.assert_allclose(found.least, share, rtol=1e-5)
    assert found.steps == 20
    half = found.half_life(0)
    assert half == pytest.approx(np.log(0.5) / np.log(share), rel=1e-3)
    assert share**half == pytest.approx(0.5, rel=1e-3)


def test_that_nothing_has_half_of_a_memory_that_is_lost_at_once_or_never() -> None:
    shares = np.array([0.0, 1.0])
    found = Kept(Keeper("cell", "forget", rest=False), shares, shares, steps=20)
    assert (found.half_life(0), found.half_life(1)) == (0, float("inf"))


def test_that_only_filler_counts() -> None:
    found = kept(one_memory(TASK))  # whose forget gate shuts at the cue
    assert found is not None
    assert found.share[2] == pytest.approx(1 / (1 + np.exp(-OPEN)))


def test_that_a_gate_that_follows_the_words_has_its_geometric_mean() -> None:
    subject = lstm_that_keeps(0.5)
    views, rng = subject.net.layout.views(subject.net.theta), np.random.default_rng(3)
    forget = CELLS["lstm"].gates.index("forget") * 4
    views["W_x"][FILLERS, forget] = rng.normal(0, 2, 16)
    found = kept(subject)
    assert found is not None
    words = subject.fresh(64, 4).inputs[:, 1:-1]
    gates = 1 / (1 + np.exp(-views["W_x"][words, forget].astype(np.float64)))
    by_sequence = np.exp(np.log(gates).mean(axis=1))
    assert found.share[0] == pytest.approx(np.exp(np.log(gates).mean()), rel=1e-4)
    assert found.least[0] == pytest.approx(np.quantile(by_sequence, 0.05), rel=1e-2)
    assert found.least[0] < found.share[0]
    assert found.share[1] == pytest.approx(0.5)


@pytest.mark.parametrize("name", GATED)
def test_that_of_a_difference_in_the_state_that_share_is_left(name: str) -> None:
    """Without weights on the hidden state nothing else leads from a state to the next one."""
    cell, hidden = CELLS[name], 3
    rng = np.random.default_rng(0)
    theta = rng.normal(0, 1, layout(cell, TASK.inputs.size, hidden, 2).size).astype(np.float32)
    net = Network(cell, theta, TASK.inputs.size, hidden, 2)
    views = net.layout.views(net.theta)
    for weights in views:
        if weights.startswith(("W_x", "W_h", "p_")):
            views[weights][:] = 0
    found = kept(Subject(name, net, TASK))
    assert found is not None
    state = found.keeper.state
    one = Subject(name, net, TASK).fresh(1)
    ends = []
    for value in (0.1, 0.5):
        held = np.full((22, 1, hidden), np.nan)
        held[3] = value
        ends.append(net.trace(one, {state: held}).arrays[state][8, 0].astype(np.float64))
    np.testing.assert_allclose((ends[1] - ends[0]) / 0.4, found.share**5, rtol=1e-3)
