"""Bounds of lines: never left, and narrow where a person sees that they are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.cells.bounds import EVERYTHING, bounds
from sandbox.cells.equations import read
from tests.cells.random_equations import cells, written
from tests.cells.stepping import run

if TYPE_CHECKING:
    from sandbox.cells.equations import Node

INFINITE = math.inf


@pytest.mark.parametrize(
    ("expression", "low", "high"),
    [
        ("g", -1, 1),
        ("sigmoid(g)", 1 / (1 + math.e), 1 / (1 + math.exp(-1))),
        ("1 - sigmoid(u)", 0, 1),
        ("relu(u)", 0, INFINITE),
        ("exp(-relu(u))", 0, 1),
        ("logsigmoid(u)", -INFINITE, 0),
        ("softplus(u)", 0, INFINITE),
        ("min(max(u, -2), 3)", -2, 3),
        ("g * g", -1, 1),
        ("2 - 3 * g", -1, 5),
        ("g / 4", -0.25, 0.25),
        ("1 / g", *EVERYTHING),
        ("u - max(u, g)", -INFINITE, 0),
        ("g - max(g, u)", -INFINITE, 0),
        ("a * g + (1 - a) * cell[t-1]", -1, 1),
        ("(1 - a) * cell[t-1] + a * g", -1, 1),
        ("cell[t-1] * rest + g * a", -1, 1),
        ("cell[t-1] + a * (g - cell[t-1])", -1, 1),
        ("a * (g - cell[t-1]) + cell[t-1]", -1, 1),
        ("0.5 * cell[t-1]", 0, 0),
        ("cell[t-1] + 1", 1, INFINITE),
        ("cell[t-1] + g", *EVERYTHING),
        ("2 * g + (1 - 2) * cell[t-1]", *EVERYTHING),
        ("exp(exp(1000)) - exp(exp(1000))", *EVERYTHING),
    ],
)
def test_that_the_bounds_of_a_line_are_found(expression: str, low: float, high: float) -> None:
    text = (
        "g = tanh(x W + b)\n"
        "a = sigmoid(x W + b)\n"
        "rest = 1 - a\n"
        f"cell = {expression}\n"
        "hidden = cell + g + a + rest"
    )
    assert bounds(read(text))["cell"] == pytest.approx((low, high))


def test_that_states_depend_on_each_other() -> None:
    found = bounds(
        read(
            "slow = slow[t-1] + 0.5 * (fast[t-1] - slow[t-1])\n"
            "fast = tanh(x W + b) * slow[t-1] + 3\n"
            "hidden = slow + fast"
        )
    )
    assert found["slow"] == EVERYTHING  # |fast| ≤ |slow| + 3, which may grow
    found = bounds(
        read(
            "slow = slow[t-1] + 0.5 * (fast[t-1] - slow[t-1])\n"
            "fast = tanh(x W + b) + 3\n"
            "hidden = slow + fast"
        )
    )
    assert found == {"slow": (0, 4), "fast": (2, 4), "hidden": (2, 8)}


@given(cells(), st.integers(0, 1000))
def test_that_no_line_of_any_equations_leaves_its_bounds(
    lines: list[tuple[str, Node]], seed: int
) -> None:
    equations = read("\n".join(f"{name} = {written(node)}" for name, node in lines))
    rng, columns = np.random.default_rng(seed), 3 * len(equations.gates)
    shapes = {"W_x": (2, columns), "W_h": (3, columns), "b": (columns,), "u": (3,), "p_i": (3,)}
    p = {name: rng.normal(0, 2, shape) for name, shape in shapes.items()}
    with np.errstate(all="ignore"):
        found = run(equations, rng.normal(size=(6, 2, 2)), p)
    for name, (low, high) in bounds(equations).items():
        values = found[name][~np.isnan(found[name])]
        near = 1e-9 * (1 + np.abs(values))
        assert (values >= low - near).all()
        assert (values <= high + near).all()
