"""Claims 3 and 4: how the gradient flows back in nets with a closed form."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sandbox.cells.cell import layout
from sandbox.cells.known import CELLS
from sandbox.claims.measure.deviations import Deviations, trained_here
from sandbox.claims.pictures import Curve, Picture
from sandbox.tasks.base import Sequences
from sandbox.tasks.streams import Purpose, stream

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from sandbox.claims.measure.claim import Figure, Measurement, Values
    from sandbox.engine.trace import Trace

STEPS = 100
HIDDEN = 32
RADII = (0.8, 0.9, 0.95, 1.0, 1.05, 1.1)
DIRECT = {"0": 7.9e-31, "1": 2.5e-14, "3": 7.8e-3, "5": 0.51}  # forget bias -> product


class GradientFlow(Deviations):
    """Claim 3: a relu net whose units all stay positive is linear; W = ρ·orthogonal."""

    name, seeds, quick_seeds, seconds = "gradient_flow", 5, 2, 2.0
    limit: ClassVar[float] = 0.01
    near_zero: ClassVar[float] = 0.001
    worst = "largest relative deviation of a slope"
    asks = "every slope within 1% of ln ρ (within 0.001 where that is 0)"

    def protocol(self, quick: bool) -> Values:
        """Sizes and radii."""
        return {"steps": STEPS, "hidden": HIDDEN, "radii": RADII}

    def measure(self, seed: int, quick: bool, measurement: Measurement) -> Values:
        """{"measured": {"ρ = …": slope}, "norms": {"ρ = …": a norm a step back}}."""
        norms = {f"ρ = {radius:g}": gradient_norms(radius, seed) for radius in RADII}
        back = np.arange(STEPS)
        return {
            "measured": {n: float(np.polyfit(back, np.log(v), 1)[0]) for n, v in norms.items()},
            "norms": {name: (values / values[0]).tolist() for name, values in norms.items()},
        }

    def expected(self, results: Sequence[Values]) -> Mapping[str, float]:
        """Ln ρ."""
        return {f"ρ = {radius:g}": math.log(radius) for radius in RADII}

    def picture(self, figures: Sequence[Figure], results: Sequence[Values]) -> Picture:
        """The norms, going back in time."""
        return _back_in_time("norm of the gradient, as a share of the last step's", results)


class DirectPath(Deviations):
    """Claim 4: with zero input and weights, only the path along the cell state is left."""

    name, seeds, quick_seeds, seconds = "direct_path", 1, 1, 2.0
    limit: ClassVar[float] = 0.01
    worst = "largest relative deviation of a product or gradient"
    asks = "the four figures within 1%"

    def protocol(self, quick: bool) -> Values:
        """Steps and biases."""
        return {"steps": STEPS, "biases": DIRECT}

    def measure(self, seed: int, quick: bool, measurement: Measurement) -> Values:
        """{"measured": {…: product of gates, …: gradient}, "norms": {bias: a norm a step back}}."""
        measured, norms = dict[str, float](), dict[str, list[float]]()
        for bias in DIRECT:
            trace = resting_lstm(float(bias))
            gates = trace.arrays["forget"][1:, 0].astype(np.float64)
            back = _norms_back(trace, "cell")
            measured[_gates(bias)] = float(gates.prod(axis=0).mean())
            measured[_gradient(bias)] = float(back[-1] / back[0])
            norms[f"forget bias {bias}"] = (back / back[0]).tolist()
        return {"measured": measured, "norms": norms}

    def expected(self, results: Sequence[Values]) -> Mapping[str, float]:
        """The four figures, each for both."""
        of = (_gates, _gradient)
        return {name(bias): value for bias, value in DIRECT.items() for name in of}

    def picture(self, figures: Sequence[Figure], results: Sequence[Values]) -> Picture:
        """The gradient, going back in time."""
        return _back_in_time("norm of dL/dc, as a share of the last step's", results)


def _back_in_time(axis: str, results: Sequence[Values]) -> Picture:
    names: Sequence[str] = list(results[0]["norms"])
    values = {name: tuple(tuple(result["norms"][name]) for result in results) for name in names}
    curves = tuple(
        Curve(name, "", tuple(range(len(rows[0]))), rows) for name, rows in values.items()
    )
    return Picture(axis, "steps back in time", log=True, curves=curves)


def _gates(bias: str) -> str:
    return f"bias {bias}: product of {STEPS} forget gates"


def _gradient(bias: str) -> str:
    return f"bias {bias}: dL/dc over {STEPS} steps"


def gradient_norms(radius: float, seed: int) -> NDArray[np.float64]:
    """‖dL/dh‖ from the last of STEPS steps back to the first, (STEPS,).

    Q is orthogonal with 1 Q = 1; with an equal bias for all units every state is a positive
    multiple of 1, so no relu is active.  ArithmeticError if one is.
    """
    rng = stream(seed, Purpose.INITIALISATION)
    theta, views = _empty("rnn_relu", HIDDEN)
    views["W_h"][:] = radius * orthogonal_with_ones(HIDDEN, rng)
    views["b"][:] = 1.0
    views["W_o"][:] = rng.standard_normal(views["W_o"].shape)
    trace = _traced("rnn_relu", theta, HIDDEN, STEPS)
    if not (trace.arrays["hidden"] > 0).all():
        raise ArithmeticError("a unit is not positive, so the net is not linear")
    return _norms_back(trace, "hidden")


def _norms_back(trace: Trace, state: str) -> NDArray[np.float64]:
    """‖dL/d(state)‖ from the last step back, (T,), in float64 so that squares do not underflow."""
    gradient = trace.arrays[f"grad_{state}"][::-1, 0].astype(np.float64)
    return np.asarray(np.linalg.norm(gradient, axis=1))


def orthogonal_with_ones(size: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """A random orthogonal matrix W (size, size) with 1 W = 1."""
    basis = np.linalg.qr(np.column_stack([np.ones(size), rng.standard_normal((size, size - 1))]))[0]
    q, r = np.linalg.qr(rng.standard_normal((size - 1, size - 1)))
    inside = np.eye(size)
    inside[1:, 1:] = q * np.sign(np.diag(r))
    return np.asarray(basis @ inside @ basis.T)


def resting_lstm(bias: float) -> Trace:
    """An LSTM over STEPS + 1 steps whose only nonzero parameter is its forget bias."""
    theta, views = _empty("lstm", 4)
    place = CELLS["lstm"].gates.index("forget") * 4
    views["b"][place : place + 4] = bias
    views["W_o"][:] = 1.0  # lets the gradient in
    return _traced("lstm", theta, 4, STEPS + 1)


def _empty(cell: str, hidden: int) -> tuple[NDArray[np.float32], dict[str, NDArray[np.floating]]]:
    parts = layout(CELLS[cell], 1, hidden, 1)
    theta = np.zeros(parts.size, np.float32)
    return theta, parts.views(theta)


def _traced(cell: str, theta: NDArray[np.float32], hidden: int, steps: int) -> Trace:
    """The engine's trace of one sequence of zeros, scored at its last step."""
    shape = (1, steps)
    scored = np.zeros(shape, np.bool_)
    scored[:, -1] = True
    targets = np.ones((*shape, 1), np.float32)
    zeros = Sequences(np.zeros((*shape, 1), np.float32), targets, scored, np.ones(shape, np.uint8))
    return trained_here(cell, theta, 1, hidden, 1).trace(zeros)
