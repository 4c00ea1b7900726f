"""Every cell of the sandbox is what its file says, and computes what the reference computes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from sandbox.cells.bounds import bounds
from sandbox.cells.cell import layer_parameters, layout
from sandbox.cells.cell_file import cell_of
from sandbox.cells.equations import read
from sandbox.cells.known import CELLS, called, cells_in
from sandbox.cells.nodes import LONGEST_TEXT
from sandbox.engine.reference_cells import STEPS
from sandbox.setup import places
from tests.cells.stepping import parameters, run

HIDDEN, HIDDEN_CELL = ("hidden",), ("hidden", "cell")
FOUR = ("input", "forget", "candidate", "output")
SIX = "forget:gate input:gate candidate:signed output:gate cell:cell hidden:signed"
KEEPS = (("forget", 1), ("input", -1))
# gates, states, extras, whether it has a W_h, memory, pictures with their kinds
TWELVE: dict[str, tuple[Any, ...]] = {
    "rnn": (HIDDEN, HIDDEN, (), True, (), "hidden:signed"),
    "rnn_relu": (HIDDEN, HIDDEN, (), True, (), "hidden:cell"),
    "lstm": (FOUR, HIDDEN_CELL, (), True, KEEPS, SIX),
    "gru": (
        *(("reset", "update", "candidate"), HIDDEN, ("b_h",), True, (("update", 1),)),
        "update:gate reset:gate candidate:signed hidden:signed",
    ),
    "lstm_peephole": (FOUR, HIDDEN_CELL, ("p_i", "p_f", "p_o"), True, KEEPS, SIX),
    "lstm_coupled": (
        *(("input", "candidate", "output"), HIDDEN_CELL, (), True, (("input", -1),)),
        SIX,
    ),
    "lstm_no_forget": (
        *(("input", "candidate", "output"), HIDDEN_CELL, (), True, ()),
        "input:gate candidate:signed output:gate cell:cell hidden:signed",
    ),
    "lstm_no_input": (
        *(("forget", "candidate", "output"), HIDDEN_CELL, (), True, (("forget", 1),)),
        "forget:gate candidate:signed output:gate cell:cell hidden:signed",
    ),
    "lstm_no_output": (
        *(("input", "forget", "candidate"), HIDDEN_CELL, (), True, KEEPS),
        "forget:gate input:gate candidate:signed cell:cell hidden:signed",
    ),
    "lstm_linear": (
        *(FOUR, HIDDEN_CELL, (), True, KEEPS),
        "forget:gate input:gate candidate:cell output:gate cell:cell hidden:signed",
    ),
    "mingru": (
        *(("update", "candidate"), HIDDEN, (), False, (("update", -1),)),
        "update:gate candidate:cell hidden:cell",
    ),
    "minlstm": (
        *(("input", "forget", "candidate"), HIDDEN, (), False, KEEPS),
        "forget:gate input:gate candidate:cell hidden:cell",
    ),
}
STEPPED = [name for name in CELLS if name in STEPS]
T, B, I, H = 7, 3, 2, 4  # noqa: E741


@pytest.mark.parametrize("name", list(TWELVE))
def test_that_everything_follows_from_a_cells_equations(name: str) -> None:
    cell = CELLS[name]
    shown = " ".join(f"{each.name}:{each.kind}" for each in cell.pictures)
    facts = (cell.gates, cell.states, cell.extras, cell.recurrent, cell.memory, shown)
    assert facts == TWELVE[name]


def test_that_pictures_are_called_after_what_they_are() -> None:
    titles = {each.name: each.title for cell in CELLS.values() for each in cell.pictures}
    assert titles["forget"] == "forget gate"
    assert titles["candidate"] == "candidate"
    assert titles["cell"] == "cell state"
    assert titles["hidden"] == "hidden state"
    (coupled,) = (each for each in CELLS["lstm_coupled"].pictures if each.name == "forget")
    assert coupled.title == "forget gate"
    assert coupled.meaning == "1 keeps the memory, 0 erases it"


def test_that_the_cells_of_before_have_kept_their_places() -> None:
    """The short text of an experiment names a cell by its place."""
    assert list(CELLS)[:12] == list(TWELVE)
    places_given = [cell.order for cell in CELLS.values()]
    assert places_given == list(range(1, len(CELLS) + 1))


@pytest.mark.parametrize("name", list(CELLS))
def test_that_a_cells_file_has_all_that_is_told_about_it(name: str) -> None:
    cell = CELLS[name]
    assert cell.title
    assert cell.source
    assert all(picture.meaning for picture in cell.pictures)
    assert len(cell.text) <= LONGEST_TEXT
    assert cell_of(name, cell.text) == cell


@pytest.mark.parametrize("name", list(CELLS))
def test_that_the_printed_equations_can_be_read_again(name: str) -> None:
    cell = CELLS[name]
    assert "#" not in cell.equations
    assert read(cell.equations).lines == cell.step.lines


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("size", [0.5, 4.0])
@pytest.mark.parametrize("name", STEPPED)
def test_that_the_equations_compute_what_the_reference_computes(
    name: str, size: float, seed: int
) -> None:
    cell = CELLS[name]
    x = np.random.default_rng(seed).normal(size=(T, B, I))
    p = parameters(cell, I, H, size, seed)
    for held in ({}, *({gate: 0.25} for gate in cell.holdable())):
        wanted, found = reference(name, x, p, held), run(cell.step, x, p, held)
        for picture in cell.pictures:
            assert_allclose(found[picture.name], wanted[picture.name], 1e-11, 1e-12)


def reference(
    name: str, x: np.ndarray, p: dict[str, np.ndarray], held: dict[str, float]
) -> dict[str, np.ndarray]:
    own = {key: torch.from_numpy(each) for key, each in p.items()}
    past: Any = dict.fromkeys(CELLS[name].states, torch.zeros(B, H, dtype=torch.float64))
    steps = []
    for x_t in torch.from_numpy(x @ p["W_x"] + p["b"]):
        past = STEPS[name](
            x_t, past, own, lambda gate, a: torch.full_like(a, held[gate]) if gate in held else a
        )
        steps.append(past)
    return {key: torch.stack([each[key] for each in steps]).numpy() for key in steps[0]}


@pytest.mark.parametrize("size", [0.3, 3.0, 30.0])
@pytest.mark.parametrize("name", list(CELLS))
def test_that_no_line_leaves_its_bounds(name: str, size: float) -> None:
    cell, limits = CELLS[name], bounds(CELLS[name].step)
    x = np.random.default_rng(1).normal(0, size, (40, B, I))
    found = run(cell.step, x, parameters(cell, I, H, min(size, 3.0)))
    for line, (low, high) in limits.items():
        assert found[line].min() >= low - 1e-12, line
        assert found[line].max() <= high + 1e-12, line


def test_that_it_is_known_which_lines_are_read_through_tanh() -> None:
    reading = {name for name, cell in CELLS.items() if cell.squashed}
    assert reading == {name for name in CELLS if name.startswith("lstm")}
    assert all(CELLS[name].squashed == {"cell"} for name in reading)


def test_that_a_layout_has_the_parameters_that_the_equations_name() -> None:
    gru = layout(CELLS["gru"], inputs=5, hidden=3, outputs=2, layers=2)
    assert gru.shapes == {
        **{"W_x": (5, 9), "W_h": (3, 9), "b": (9,), "b_h": (3,)},
        **{"W_x.2": (3, 9), "W_h.2": (3, 9), "b.2": (9,), "b_h.2": (3,)},
        **{"W_o": (3, 2), "b_o": (2,)},
    }
    assert layer_parameters(CELLS["minlstm"]) == ("W_x", "b")


def test_that_a_folder_of_files_is_a_registry_of_cells(tmp_path: Path) -> None:
    for name in ("lstm", "rnn"):
        file = Path(places.resources()) / "cells" / f"{name}.cell"
        (tmp_path / file.name).write_bytes(file.read_bytes())
    text = "hidden = 0.5 * hidden[t-1] + x W + b  # fades\n"
    (tmp_path / "fading.cell").write_text(text, "utf-8")
    cells = cells_in(tmp_path)
    assert list(cells) == ["rnn", "lstm", "fading"]
    assert cells["lstm"] == CELLS["lstm"]
    assert cells["fading"].title == "fading"


@pytest.mark.parametrize(
    ("key", "cell", "title"),
    [
        ("lstm", "lstm", "LSTM"),
        ("lstm2", "lstm", "LSTM 2"),
        ("lstm#1", "lstm", "LSTM #1"),
        ("bias_1", "lstm", "LSTM bias 1"),
        ("gone", "gone", "gone"),
    ],
)
def test_that_a_contestant_is_called_after_its_cell(key: str, cell: str, title: str) -> None:
    assert called(key, cell) == title
