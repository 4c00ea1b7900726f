"""One unit at one step: every number beside the trace's, gates in words, equations with numbers."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from sandbox.cells.cell import layer_name, layout
from sandbox.cells.known import CELLS, own_cell
from sandbox.engine.network import Network
from sandbox.insight.cell_moment import Moments, share_in_words
from sandbox.insight.numbers_put_in import told
from tests.cells.test_wiring import FUNCTIONS
from tests.engine.nets import sequences_of
from tests.insight.nets import one_memory, recall_task
from tests.insight.test_step import OWN

EVERY = [*CELLS.values(), own_cell(OWN)]
I, H, O, T = 3, 6, 2, 7  # noqa: E741


def net_of(cell, layers: int = 1) -> Network:
    rng = np.random.default_rng(3)
    theta = rng.uniform(-1, 1, layout(cell, I, H, O, layers).size).astype(np.float32)
    return Network(cell, theta, I, H, O, layers=layers)


def tokens(count: int = 2):
    drawn = np.random.default_rng(0).integers(0, I, (count, T)).astype(np.int32)
    return replace(sequences_of("classes", count, T, I, O, "ends"), inputs=drawn)


def product(node, unit: int, t: int, layer: int, cell, weights, before, x, moment) -> float:
    """A matrix product of one unit, from the flat weights."""
    column = cell.gates.index(node.name) * H + unit
    found = 0.0
    if node.inputs:
        W_x, b = weights[layer_name("W_x", layer - 1)], weights[layer_name("b", layer - 1)]
        found += b[column] + (W_x[x, column] if layer == 1 else x @ W_x[:, column])
    for part in node.parts:
        fed = before["hidden"] if part.kind == "before" else moment(part.name)
        found += fed @ weights[layer_name("W_h", layer - 1)][:, column]
    return float(found)


@pytest.mark.parametrize("layer", [1, 2])
@pytest.mark.parametrize("cell", EVERY, ids=lambda cell: cell.title)
def test_that_every_wire_has_the_trace_s_number(cell, layer: int) -> None:
    net, sequences = net_of(cell, layers=2), tokens()
    trace, weights = net.trace(sequences), net.layout.views(net.theta)
    prefix = "layer1." if layer == 1 else ""
    moments = Moments(cell, weights, trace, sequences, 1, layer)
    for t, unit in ((0, 0), (4, 3), (T - 1, H - 1)):
        moment = moments.at(t, unit)
        for picture in cell.pictures:
            traced = trace.arrays[prefix + picture.name][t, 1, unit]
            assert moment.line(picture.name) == pytest.approx(traced, rel=2e-5, abs=2e-6)
        before = {
            state: trace.arrays[prefix + state][t - 1, 1] if t else np.zeros(H)
            for state in cell.states
        }
        x = sequences.inputs[1, t] if layer == 1 else trace.arrays["layer1.hidden"][t, 1]

        def line(name: str, t: int = t) -> np.ndarray:
            return np.array([moments.at(t, each).line(name) for each in range(H)])

        starts = {n: [] for n in range(len(moment.values))}
        for wire in sorted(moment.graph.wires, key=lambda wire: wire.argument):
            starts[wire.end].append(moment.values[wire.start])
        for n, node in enumerate(moment.graph.operations):
            if node.kind == "input":
                assert math.isnan(moment.values[n])
                continue
            if node.kind == "number":
                expected = node.number
            elif node.kind == "parameter":
                expected = weights[layer_name(node.name, layer - 1)][unit]
            elif node.kind == "before":
                expected = before[node.name][unit]
            elif node.kind == "affine":
                expected = product(node, unit, t, layer, cell, weights, before, x, line)
            else:
                expected = FUNCTIONS[node.kind](*starts[n])
            assert moment.values[n] == pytest.approx(expected, rel=2e-5, abs=2e-6), node
        assert not moment.held


def test_that_gates_say_what_they_do() -> None:
    task = recall_task()
    subject, sequences = one_memory(task), task.draw(np.random.default_rng(0), 1)
    moments = Moments(subject.cell, subject.weights, subject.net.trace(sequences), sequences, 0)
    for t, letter in enumerate(sequences.inputs[0]):
        said = {gate.gate: gate.words for gate in moments.at(t, 2).gates}
        assert said["forget"] == ("forgets" if letter < 2 else "keeps")
        assert said["input"] == ("writes" if letter < 2 else "writes nothing")
        assert said["output"] == "lets all out"
    assert {gate.words for gate in moments.at(1, 0).gates} == {
        "keeps half", "writes half", "lets half out",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("gru", {"reset": "lets {share} by", "update": "keeps {share}, writes {rest}"}),
        ("mgu", {"forget": "keeps {rest}, writes {share}, lets {share} by"}),
        ("mingru", {"update": "keeps {rest}, writes {share}"}),
        ("slstm", {"forget": "keeps {share}", "output": "lets {share} out"}),
        ("minlstm", {"input": "writes {share}", "forget": "keeps {share}"}),
        ("rnn", {}),
    ],
)
def test_that_a_gate_s_words_follow_from_what_it_multiplies(cell: str, said: dict) -> None:
    net, sequences = net_of(CELLS[cell]), tokens()
    weights = net.layout.views(net.theta)
    moments = Moments(CELLS[cell], weights, net.trace(sequences), sequences, 0)
    every = [moments.at(t, unit) for t in range(T) for unit in range(H)]
    seen = set()
    for gate in (gate for moment in every for gate in moment.gates):
        share, rest = gate.value, 1 - gate.value
        if gate.gate in said and min(abs(share - each) for each in (0, 0.5, 1)) > 0.06:
            seen.add(gate.gate)
            assert gate.words == said[gate.gate].format(share=f"{share:.0%}", rest=f"{rest:.0%}")
    assert seen == said.keys()


def test_that_shares_are_told_in_round_words() -> None:
    assert share_in_words("new", 0.02) == "writes nothing"
    assert share_in_words("old", 0.97) == "keeps"
    assert share_in_words("old", 0.03) == "forgets"
    assert share_in_words("out", 0.52) == "lets half out"
    assert share_in_words("by", 0.62) == "lets 62% by"
    assert share_in_words("new", 1.5) == "writes 150%"
    assert share_in_words("new", math.nan) == "not a number"


def test_that_equations_have_their_numbers_put_in() -> None:
    net, sequences = net_of(CELLS["lstm"]), tokens()
    weights = net.layout.views(net.theta)
    moment = Moments(CELLS["lstm"], weights, net.trace(sequences), sequences, 0).at(4, 3)
    found = dict(moment.equations)
    numbers = {name: told(moment.line(name)) for name in found}
    before = next(
        told(value)
        for node, value in zip(moment.graph.operations, moment.values, strict=True)
        if (node.kind, node.name) == ("before", "cell")
    )

    def factor(text: str) -> str:
        return f"({text})" if text.startswith("−") else text

    assert found["cell"] == (
        f"{numbers['forget']}·{factor(before)} + {numbers['input']}·{factor(numbers['candidate'])}"
        f" = {numbers['cell']}"
    )
    assert found["hidden"] == f"{numbers['output']}·tanh({numbers['cell']}) = {numbers['hidden']}"
    assert found["forget"].startswith("σ(")
    assert found["forget"].endswith(f") = {numbers['forget']}")


@pytest.mark.parametrize("cell", EVERY, ids=lambda cell: cell.title)
def test_that_an_equation_with_numbers_is_nearly_true(cell) -> None:
    """To the digits that are written: read back as Python, both sides are alike."""
    net, sequences = net_of(cell), tokens()
    weights = net.layout.views(net.theta)
    moment = Moments(cell, weights, net.trace(sequences), sequences, 0).at(3, 2)
    assert [name for name, _ in moment.equations] == [name for name, _ in cell.step.lines]
    for name, text in moment.equations:
        sides = text.replace("−", "-").replace("·", "*").replace("log σ", "logsigmoid")
        sides = sides.replace("σ", "sigmoid").split(" = ")
        left, right = (eval(side, dict(FUNCTIONS)) for side in (sides[0], sides[-1]))
        assert left == pytest.approx(right, abs=0.05), text
        assert right == pytest.approx(moment.line(name), abs=0.006)


def test_that_numbers_are_written_with_two_digits() -> None:
    assert [told(value) for value in (0.4949, -0.001, -0.31, 123456.0, -math.inf, math.nan)] == [
        "0.49", "0.00", "−0.31", "1.2e5", "−∞", "not a number",
    ]  # fmt: skip


def test_that_a_held_line_is_told_and_has_the_trace_s_value() -> None:
    cell = CELLS["lstm"]
    net, sequences = net_of(cell), tokens()
    held = np.full((1, 1, H), np.nan, np.float32)
    held[..., 3] = 1.0
    trace, weights = net.trace(sequences, {"forget": held}), net.layout.views(net.theta)
    moments = Moments(cell, weights, trace, sequences, 0, as_traced=True)
    moment = moments.at(4, 3)
    assert moment.held == {"forget"}
    assert moment.line("forget") == 1
    assert dict(moment.equations)["forget"] == "held at 1.00"
    assert moment.line("cell") == pytest.approx(float(trace.arrays["cell"][4, 0, 3]), rel=1e-5)
    assert not moments.at(4, 2).held
