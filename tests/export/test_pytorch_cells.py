"""Functions made from equations: run, and compared with what the equations say."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from torch import nn

from sandbox.cells.cell_file import cell_of
from sandbox.cells.known import CELLS
from sandbox.engine.reference_cells import unroll
from sandbox.export.pytorch_cells import step_code, step_name
from tests.cells.random_equations import cells
from tests.cells.random_equations import written as written_out
from tests.cells.stepping import parameters, run
from tests.export.odd_cells import ODD

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from sandbox.cells.cell import Cell
    from sandbox.cells.nodes import Node

T, B, I, H = 6, 3, 2, 5  # noqa: E741
Arrays = dict[str, np.ndarray]


def inputs() -> np.ndarray:
    return np.random.default_rng(1).normal(size=(T, B, I))


def returned(cell: Cell, p: Arrays) -> Arrays:
    """What the function returns, (T, B, H), in float64."""
    defined: dict[str, Any] = {"torch": torch, "nn": nn, "Tensor": None, "Tensors": None}
    exec(step_code(cell), defined)
    own = {name: torch.from_numpy(each) for name, each in p.items()}
    past = dict.fromkeys(cell.states, torch.zeros(B, H, dtype=torch.float64))
    steps = []
    for x in torch.from_numpy(inputs()) @ own["W_x"] + own["b"]:
        past = defined[step_name(cell)](x, past, own)
        steps.append(past)
    return {name: torch.stack([step[name] for step in steps]).numpy() for name in steps[0]}


@pytest.mark.parametrize("cell", CELLS)
def test_that_every_cell_is_what_the_reference_says(cell: str) -> None:
    kind = CELLS[cell]
    p = parameters(kind, I, H, 0.7)
    own = {name: torch.from_numpy(each) for name, each in p.items()}
    x = torch.from_numpy(inputs()) @ own["W_x"] + own["b"]
    steps = list(unroll(kind, x, own))
    found = returned(kind, p)
    assert list(found) == [picture.name for picture in kind.pictures]
    for name, array in found.items():
        expected = torch.stack([step[name] for step in steps]).numpy()
        np.testing.assert_allclose(array, expected, rtol=1e-10, atol=1e-12, err_msg=name)


@pytest.mark.parametrize("cell", ODD)
def test_that_a_cell_of_any_kind_is_what_its_equations_say(cell: str) -> None:
    kind, p = ODD[cell], parameters(ODD[cell], I, H, 0.7)
    found, expected = returned(kind, p), run(kind.step, inputs(), p)
    assert list(found) == [picture.name for picture in kind.pictures]
    for name, array in found.items():
        assert array.shape == (T, B, H), name
        np.testing.assert_allclose(array, expected[name], rtol=1e-9, atol=1e-12, err_msg=name)


def test_that_random_cells_are_what_their_equations_say_and_tidy(tmp_path: Path) -> None:
    written: list[Cell] = []

    @settings(max_examples=80, derandomize=True, deadline=None, database=None)
    @given(cells())
    def check(lines: list[tuple[str, Node]]) -> None:
        cell = cell_of(
            f"cell_{len(written)}", "\n".join(f"{n} = {written_out(v)}" for n, v in lines)
        )
        written.append(cell)
        p = parameters(cell, I, H, 0.7)
        nearly = {name: each * (1 + 1e-9) for name, each in p.items()}
        with np.errstate(all="ignore", divide="raise"):  # a quotient by 0 has any sign
            try:
                expected, sensitive = (run(cell.step, inputs(), each) for each in (p, nearly))
            except FloatingPointError:
                return
        for name, found in returned(cell, p).items():
            known = np.isfinite(expected[name] + sensitive[name])
            wanted = expected[name][known]
            within = np.abs(sensitive[name][known] - wanted) + 1e-9 * np.abs(wanted) + 1e-12
            assert (np.abs(found[known] - wanted) <= within).all(), name

    check()
    assert_tidy(tmp_path, [*written, *CELLS.values(), *ODD.values()])


def assert_tidy(folder: Path, cells: Iterable[Cell]) -> None:
    """Every function is as ruff wants it."""
    head = "import torch\nfrom torch import Tensor, nn\n\nTensors = dict[str, Tensor]\n\n\n"
    for cell in cells:
        (folder / f"{cell.name}.py").write_text(f"{head}{step_code(cell)}\n", encoding="utf-8")
    ruff, about = [sys.executable, "-m", "ruff"], ["--isolated", "--line-length=100"]
    chosen = ["--select=E,W,F,I,B,UP,RUF", "--ignore=F401,RUF001,RUF002,RUF003"]
    for words in (["check", *about, *chosen], ["format", "--diff", *about]):
        done = subprocess.run(
            [*ruff, *words, str(folder)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout


def test_that_a_student_can_read_the_equations() -> None:
    assert f"{step_code(CELLS['lstm_peephole'])}\n" == PEEPHOLE


PEEPHOLE = """\
def lstm_peephole_step(x: Tensor, past: Tensors, p: Tensors) -> Tensors:
    \"\"\"One step, from x (B, 4H) to gates and states (B, H) by name.\"\"\"
    x_input, x_forget, x_candidate, x_output = (x + past["hidden"] @ p["W_h"]).chunk(4, 1)
    # 1 writes the candidate, 0 writes nothing
    input = torch.sigmoid(x_input + p["p_i"] * past["cell"])
    forget = torch.sigmoid(x_forget + p["p_f"] * past["cell"])  # 1 keeps the memory, 0 erases it
    candidate = torch.tanh(x_candidate)  # the new content
    cell = forget * past["cell"] + input * candidate  # forget × old memory + input × candidate
    output = torch.sigmoid(x_output + p["p_o"] * cell)  # 1 shows the memory, 0 hides it
    hidden = output * torch.tanh(cell)  # what the net shows of its memory
    return {
        "forget": forget,
        "input": input,
        "candidate": candidate,
        "output": output,
        "cell": cell,
        "hidden": hidden,
    }
"""


@pytest.mark.parametrize("sign", ["\u2028", "\x85", "\x0c", "\x1e", "\x0b"])
def test_that_a_meaning_stays_a_comment(sign: str) -> None:
    """Some programs take these for the end of a line."""
    cell = cell_of("mine", f"hidden = tanh(x W + b)  # so{sign}print('no comment')")
    assert "# so print('no comment')" in step_code(cell)
    assert len(step_code(cell).splitlines()) == 4
