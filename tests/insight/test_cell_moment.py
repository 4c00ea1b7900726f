"""One unit at one step: its numbers are the trace's, and what its gates do follows from them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest

from sandbox.cells.known import CELLS
from sandbox.cells.wiring import wiring
from sandbox.engine.trace import layer_prefix
from sandbox.insight.cell_moment import Moment, brief, moment, number
from sandbox.insight.step import layer_step
from tests.insight.nets import drawn_at_random, one_memory, recall_task

if TYPE_CHECKING:
    from sandbox.insight.subject import Subject

TASK = recall_task()
SEQUENCES = TASK.draw(np.random.default_rng(0), 3)


def at(subject: Subject, step: int, unit: int, layer: int = 0) -> Moment:
    trace = subject.net.trace(SEQUENCES)
    return moment(subject.cell, subject.weights, TASK, SEQUENCES, 1, trace, step, unit, layer)


@pytest.mark.parametrize("layer", [1, 2])
@pytest.mark.parametrize("cell", list(CELLS))
def test_that_every_line_is_the_traces_number(cell: str, layer: int) -> None:
    subject = drawn_at_random(TASK, cell, layers=2)
    arrays, prefix = subject.net.trace(SEQUENCES).arrays, layer_prefix(layer, 2)
    for step in (0, 4):
        found = at(subject, step, 3, layer)
        for name in subject.cell.holdable():
            assert found.line(name) == pytest.approx(arrays[prefix + name][step, 1, 3], rel=1e-6)


@pytest.mark.parametrize("cell", list(CELLS))
def test_that_every_operation_is_that_of_a_free_step(cell: str) -> None:
    """The numbers between the lines, too: computed again from the states before, in float64."""
    subject, step, unit = drawn_at_random(TASK, cell), 4, 2
    arrays = subject.net.trace(SEQUENCES).arrays
    before = {name: arrays[name][step - 1, 1] for name in subject.cell.states}
    x = np.asarray(SEQUENCES.inputs[1, step], np.intp)
    free = layer_step(subject.cell, subject.weights).values(x, before)
    found = at(subject, step, unit)
    for node, value in zip(wiring(subject.cell).operations, found.values, strict=True):
        if node in free:
            assert value == pytest.approx(free[node][unit], rel=2e-4, abs=2e-5)
        else:
            assert node.kind == "input"


def test_that_gates_say_what_they_do() -> None:
    subject = one_memory(TASK)  # unit 2 is written at the first step and keeps from then on
    first, later = (dict((n, w) for n, _, w in at(subject, step, 2).gates()) for step in (0, 4))
    assert first == {"input": "writes", "forget": "forgets", "output": "shows"}
    assert later == {"input": "writes nothing", "forget": "keeps", "output": "shows"}


def test_that_a_grus_gates_keep_write_and_let_the_past_by() -> None:
    said = {name: words for name, _, words in at(drawn_at_random(TASK, "gru"), 4, 2).gates()}
    assert set(said) == {"reset", "update"}
    assert "past" in said["reset"]
    assert re.search("writes.*keeps|keeps.*writes", said["update"])


def test_that_equations_have_the_numbers_put_in() -> None:
    rows = dict(at(one_memory(TASK), 4, 2).equations())
    assert rows["forget"] == "σ(12.00) = 1.00"
    assert re.fullmatch(r"1\.00 · −?1\.00 \+ 6\.1e−6 · 0\.00 = −?1\.00", rows["cell"])
    assert rows["hidden"].endswith("76")  # tanh of 1


def test_that_what_is_held_is_said() -> None:
    subject = one_memory(TASK)
    trace = subject.net.trace(SEQUENCES, {"forget": 0.5})
    found = moment(subject.cell, subject.weights, TASK, SEQUENCES, 1, trace, 4, 2)
    assert found.line("forget") == 0.5
    assert "held at 0.50" in dict(found.equations())["forget"]


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0.00"), (-0.314, "−0.31"), (0.0012, "1.2e−3"), (12345.0, "1.2e4"), (np.nan, "not")],
)
def test_that_numbers_are_short(value: float, text: str) -> None:
    assert number(value).startswith(text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-0.004, "0.00"),
        (-0.314, "−0.31"),
        (-12.34, "−12.3"),
        (9.999, "10.0"),
        (-999.4, "−999"),
        (12345.0, "1e4"),
        (-1e12, "−1e12"),
        (np.nan, "–"),
    ],
)
def test_that_numbers_on_wires_have_five_characters_at_most(value: float, text: str) -> None:
    assert brief(value) == text
    assert len(text) <= 5
