"""One step of a layer in numpy: the value of every operation of its cell, and the exact Jacobian.

Float64, for any number of sequences at once.  The engine's kernels compute the same in float32.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.cells.cell import layer_name, layer_parameters

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from sandbox.cells.cell import Cell
    from sandbox.cells.nodes import Node

    Floats = NDArray[np.float64]


class CellStep:
    """A cell with one layer's weights by plain name (W_x, W_h, b and the cell's vectors)."""

    def __init__(self, cell: Cell, weights: Mapping[str, NDArray[Any]]) -> None:
        self.cell = cell
        columns = len(cell.gates)
        wide = {name: np.asarray(each, np.float64) for name, each in weights.items()}
        self.hidden = len(wide["b"]) // columns
        self._W_x = dict(zip(cell.gates, np.split(wide["W_x"], columns, axis=1), strict=True))
        self._b = dict(zip(cell.gates, np.split(wide["b"], columns), strict=True))
        recurrent = np.split(wide["W_h"], columns, axis=1) if cell.recurrent else ()
        self._W_h = dict(zip(cell.gates, recurrent, strict=False))
        self._vectors = {name: wide[name] for name in cell.extras}

    def values(
        self,
        x: NDArray[Any],
        before: Mapping[str, NDArray[Any]],
        held: Mapping[str, NDArray[Any]] | None = None,
    ) -> dict[Node, Floats]:
        """The value (…, H) of every node of the cell's equations, a line's as it is held.

        x: tokens (…), whole numbers, or channels or the layer below (…, I).  before: the states
        (…, H) by name.  held: by line, NaN where free.
        """
        return _Pass(self, self.projected(x), before, held or {}).nodes

    def lines(
        self,
        x: NDArray[Any],
        before: Mapping[str, NDArray[Any]],
        held: Mapping[str, NDArray[Any]] | None = None,
    ) -> dict[str, Floats]:
        """The same of the lines, by name."""
        return _Pass(self, self.projected(x), before, held or {}).lines

    def next(self, x: NDArray[Any], before: Mapping[str, NDArray[Any]]) -> dict[str, Floats]:
        """The states (…, H) after the step."""
        lines = self.lines(x, before)
        return {name: lines[name] for name in self.cell.states}

    def step_flat(
        self, x: NDArray[Any], state: Floats, held: Mapping[str, NDArray[Any]] | None = None
    ) -> Floats:
        """The same for the flat state (N, D), all states one after another; else as in `values`."""
        after = self.lines(x, self.unflat(state), held)
        return np.concatenate([after[name] for name in self.cell.states], axis=-1)

    def jacobian(
        self, x: NDArray[Any], state: Floats, held: Mapping[str, NDArray[Any]] | None = None
    ) -> tuple[Floats, Floats]:
        """The flat state after the step, (N, D), and its derivatives by the one before, (N, D, D).

        Exact: every node is differentiated along with its value (forward mode).  What is held
        has no derivative.
        """
        run = _Slopes(self, self.projected(x), self.unflat(state), held or {})
        names = self.cell.states
        after = np.concatenate([run.lines[name] for name in names], axis=-1)
        return after, np.concatenate([run.slopes[name] for name in names], axis=1)

    def unflat(self, state: Floats) -> dict[str, Floats]:
        """A flat state (…, D) by name."""
        parts = np.split(state, len(self.cell.states), axis=-1)
        return dict(zip(self.cell.states, parts, strict=True))

    def projected(self, x: NDArray[Any]) -> dict[str, Floats]:
        """X W_x + b of every gate, (…, H)."""
        if np.issubdtype(x.dtype, np.integer):
            return {gate: self._W_x[gate][x] + self._b[gate] for gate in self._b}
        wide = np.asarray(x, np.float64)
        return {gate: wide @ self._W_x[gate] + self._b[gate] for gate in self._b}

    def recurrent(self, gate: str) -> Floats:
        """A gate's W_h (H, H)."""
        return self._W_h[gate]

    def vector(self, name: str) -> Floats:
        """A vector of weights (H,)."""
        return self._vectors[name]


def layer_step(cell: Cell, weights: Mapping[str, NDArray[Any]], layer: int = 1) -> CellStep:
    """The step of a layer, from 1 at the bottom, with a net's weights by their layout's names."""
    own = {name: weights[layer_name(name, layer - 1)] for name in layer_parameters(cell)}
    return CellStep(cell, own)


class _Pass:
    """The values of nodes, lines in order; equal nodes are computed once."""

    def __init__(
        self,
        step: CellStep,
        projected: Mapping[str, Floats],
        before: Mapping[str, NDArray[Any]],
        held: Mapping[str, NDArray[Any]],
    ) -> None:
        self._step, self._projected = step, projected
        self._before = {name: np.asarray(each, np.float64) for name, each in before.items()}
        self.nodes: dict[Node, Floats] = {}
        self.lines: dict[str, Floats] = {}
        with np.errstate(all="ignore"):
            for name, node in step.cell.step.lines:
                value = self.value(node)
                if name in held:
                    value = np.where(np.isnan(held[name]), value, held[name])
                    self.nodes[node] = value
                self.lines[name] = value

    def value(self, node: Node) -> Floats:
        """A node's value."""
        if node.kind == "line":
            return self.lines[node.name]
        if node not in self.nodes:
            self.nodes[node] = self._compute(node)
        return self.nodes[node]

    def _compute(self, node: Node) -> Floats:
        shape = next(iter(self._projected.values()))
        match node.kind:
            case "number":
                return np.full_like(shape, node.number)
            case "before":
                return np.broadcast_to(self._before[node.name], shape.shape)
            case "parameter":
                return np.broadcast_to(self._step.vector(node.name), shape.shape)
            case "affine":
                terms = [self.value(part) @ self._step.recurrent(node.name) for part in node.parts]
                own = [self._projected[node.name]] if node.inputs else []
                return np.asarray(sum([*own, *terms]))
        return np.asarray(FUNCTIONS[node.kind](*(self.value(part) for part in node.parts)))


class _Slopes(_Pass):
    """Values with their derivatives by the flat state, (N, H, D); a missing one is zero."""

    def __init__(
        self,
        step: CellStep,
        projected: Mapping[str, Floats],
        before: Mapping[str, Floats],
        held: Mapping[str, NDArray[Any]],
    ) -> None:
        self._known: dict[Node, Floats | None] = {}
        self.slopes: dict[str, Floats] = {}
        super().__init__(step, projected, before, held)
        count, hidden = next(iter(before.values())).shape
        size = hidden * len(step.cell.states)
        with np.errstate(all="ignore"):
            for name, node in step.cell.step.lines:
                found = self._slope(node)
                empty = np.zeros((count, hidden, size))
                slopes = empty if found is None else np.broadcast_to(found, empty.shape)
                if name in held:
                    free = np.isnan(np.broadcast_to(held[name], (count, hidden)))
                    slopes = np.where(free[..., None], slopes, 0)
                    self._known[node] = slopes
                self.slopes[name] = slopes

    def _slope(self, node: Node) -> Floats | None:
        if node.kind == "line":
            return self.slopes[node.name]
        if node not in self._known:
            self._known[node] = self._differentiate(node)
        return self._known[node]

    def _differentiate(self, node: Node) -> Floats | None:
        if node.kind == "before":
            return self._of_state(node.name)
        parts = [self._slope(part) for part in node.parts]
        if node.kind == "affine":
            if not parts or parts[0] is None:
                return None
            return np.asarray(self._step.recurrent(node.name).T @ parts[0])
        if node.kind in ("number", "parameter") or all(part is None for part in parts):
            return None
        values = [self.value(part) for part in node.parts]
        factors = SLOPES[node.kind](self.value(node), *values)
        terms = [
            np.asarray(factor)[..., None] * part
            for factor, part in zip(factors, parts, strict=True)
            if part is not None
        ]
        return np.asarray(sum(terms))

    def _of_state(self, name: str) -> Floats:
        hidden, states = self._step.hidden, self._step.cell.states
        whole = np.zeros((1, hidden, hidden * len(states)))
        units, start = np.arange(hidden), states.index(name) * hidden
        whole[0, units, start + units] = 1
        return whole


def _sigmoid(x: Floats) -> Floats:
    return np.asarray(0.5 * (1 + np.tanh(0.5 * x)))


def _softplus(x: Floats) -> Floats:
    return np.asarray(np.logaddexp(0, x))


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "sigmoid": _sigmoid,
    "tanh": np.tanh,
    "relu": lambda x: np.maximum(x, 0),
    "exp": np.exp,
    "logsigmoid": lambda x: -_softplus(-x),
    "softplus": _softplus,
    "max": np.maximum,
    "min": np.minimum,
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "neg": np.negative,
}
# The derivative by each part, from the value and the parts' values; where both of max or min are
# equal each has half, as in PyTorch.
SLOPES: Mapping[str, Callable[..., tuple[Any, ...]]] = {
    "sigmoid": lambda y, _: (y * (1 - y),),
    "tanh": lambda y, _: (1 - y * y,),
    "relu": lambda _, x: (np.where(x > 0, 1.0, 0.0),),
    "exp": lambda y, _: (y,),
    "logsigmoid": lambda _, x: (_sigmoid(-x),),
    "softplus": lambda _, x: (_sigmoid(x),),
    "max": lambda _, a, b: ((a > b) + 0.5 * (a == b), (b > a) + 0.5 * (a == b)),
    "min": lambda _, a, b: ((a < b) + 0.5 * (a == b), (b < a) + 0.5 * (a == b)),
    "+": lambda *_: (1.0, 1.0),
    "-": lambda *_: (1.0, -1.0),
    "*": lambda _, a, b: (b, a),
    "/": lambda y, _, b: (1 / b, -y / b),
    "neg": lambda *_: (-1.0,),
}
