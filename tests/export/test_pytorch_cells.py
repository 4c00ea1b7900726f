"""Functions made from equations: run, and compared with what the equations say."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from torch import nn

from sandbox.cells.cell_file import cell_of
from sandbox.cells.known import CELLS
from sandbox.engine.reference_cells import unroll
from sandbox.export.pytorch_cells import step_code, step_name
from tests.export.odd_cells import ODD, interpreted, weights

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.cells.cell import Cell

T, B, I, H = 6, 3, 2, 5  # noqa: E741
Arrays = dict[str, np.ndarray]


def inputs() -> np.ndarray:
    return np.random.default_rng(1).normal(size=(T, B, I)).astype(np.float32)


def run(cell: Cell, p: Arrays) -> Arrays:
    """What the function returns, (T, B, H), in float64."""
    defined: dict[str, Any] = {"torch": torch, "nn": nn, "Tensor": None, "Tensors": None}
    exec(step_code(cell), defined)
    own = {name: torch.from_numpy(np.float64(each)) for name, each in p.items()}
    past = dict.fromkeys(cell.states, torch.zeros(B, H, dtype=torch.float64))
    steps = []
    for x in torch.from_numpy(np.float64(inputs())) @ own["W_x"] + own["b"]:
        past = defined[step_name(cell)](x, past, own)
        steps.append(past)
    return {name: torch.stack([step[name] for step in steps]).numpy() for name in steps[0]}


@pytest.mark.parametrize("cell", CELLS)
def test_that_every_cell_is_what_the_reference_says(cell: str) -> None:
    kind = CELLS[cell]
    p = weights(kind, I, H)
    own = {name: torch.from_numpy(np.float64(each)) for name, each in p.items()}
    x = torch.from_numpy(np.float64(inputs())) @ own["W_x"] + own["b"]
    steps = list(unroll(kind, x, own, lambda _, value: value))
    found = run(kind, p)
    assert list(found) == [picture.name for picture in kind.pictures]
    for name, array in found.items():
        expected = torch.stack([step[name] for step in steps]).numpy()
        np.testing.assert_allclose(array, expected, rtol=1e-10, atol=1e-12, err_msg=name)


@pytest.mark.parametrize("cell", ODD)
def test_that_a_cell_of_any_kind_is_what_its_equations_say(cell: str) -> None:
    kind, p = ODD[cell], weights(ODD[cell], I, H)
    found, expected = run(kind, p), interpreted(kind, p, inputs())
    assert list(found) == [picture.name for picture in kind.pictures]
    for name, array in found.items():
        assert array.shape == (T, B, H), name
        np.testing.assert_allclose(array, expected[name], rtol=1e-9, atol=1e-12, err_msg=name)


def test_that_every_function_is_tidy(tmp_path: Path) -> None:
    head = "import torch\nfrom torch import Tensor, nn\n\nTensors = dict[str, Tensor]\n\n\n"
    for cell in (*CELLS.values(), *ODD.values()):
        text = f"{head}{step_code(cell)}\n".replace("import Tensor, nn", _imports(cell))
        (tmp_path / f"{cell.name}.py").write_text(text, encoding="utf-8")
    ruff, about = [sys.executable, "-m", "ruff"], ["--isolated", "--line-length=100"]
    chosen = ["--select=E,W,F,I,B,UP,RUF", "--ignore=RUF001,RUF002,RUF003"]
    for words in (["check", *about, *chosen], ["format", "--diff", *about]):
        done = subprocess.run(
            [*ruff, *words, str(tmp_path)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout


def _imports(cell: Cell) -> str:
    return "import Tensor, nn" if "nn." in step_code(cell) else "import Tensor"


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
