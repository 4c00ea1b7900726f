"""What a cell is, and where a flat vector holds its parameters.

Row vectors throughout: x_t (B, I), h_t (B, H).  W_x (I, gates·H), W_h (H, gates·H) and
b (gates·H) are what torch.nn calls weight_ih.T, weight_hh.T and bias_ih + bias_hh; the
gate order is torch's: LSTM input, forget, candidate, output; GRU reset, update, candidate,
whose b_h is the candidate's own part of bias_hh.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from sandbox.cells.lexer import lines_of, without_comment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.cells.nodes import Equations
    from sandbox.cells.starts import Start

FloatArray = NDArray[np.floating]
PictureKind = Literal["gate", "signed", "cell"]


@dataclass(frozen=True)
class Picture:
    """How to show one (T, B, H) array of a Trace.

    kind: "gate" is in 0..1, "signed" in -1..1, "cell" is signed and unbounded.
    """

    name: str
    title: str
    meaning: str
    kind: PictureKind


@dataclass(frozen=True)
class Cell:
    """A kind of cell, as `sandbox.cells.cell_file` reads it.

    step: its equations.  pictures: what a Trace shows, in this order.  about: one sentence, or "".
    memory: (gate, sign) pairs whose bias makes it remember; a number sets the first one, "chrono"
    all.  start: first weights by its source, or None.  order: its place among others; None is
    last.  text: its file.
    """

    name: str
    title: str
    step: Equations
    pictures: tuple[Picture, ...]
    text: str
    about: str = ""
    source: str = ""
    memory: tuple[tuple[str, int], ...] = ()
    start: Start | None = None
    order: int | None = None

    @cached_property
    def equations(self) -> str:
        """The equations as a person reads them, a line each, without comments."""
        codes = (without_comment(line)[0] for line in lines_of(self.step.text))
        return "\n".join(" ".join(code.split()) for code in codes if code.strip())

    @property
    def gates(self) -> tuple[str, ...]:
        """The names of the column blocks of W_x, W_h and b, in order."""
        return self.step.gates

    @property
    def states(self) -> tuple[str, ...]:
        """What is carried from step to step; a Trace has their gradients."""
        return self.step.states

    @property
    def extras(self) -> tuple[str, ...]:
        """The further parameters (H,)."""
        return self.step.parameters

    @property
    def recurrent(self) -> bool:
        """Whether it has a W_h."""
        return self.step.recurrent

    @cached_property
    def squashed(self) -> frozenset[str]:
        """The lines whose tanh is taken, so that large values hardly differ."""
        nodes = [each for _, line in self.step.lines for each in line.walk()]
        return frozenset(
            part.name
            for node in nodes
            for part in node.parts
            if (node.kind, part.kind) == ("tanh", "line")
        )

    def title_of(self, line: str) -> str:
        """What a line is called over its picture: "cell state"; its name where it has none."""
        return next((each.title for each in self.pictures if each.name == line), line)

    def holdable(self) -> tuple[str, ...]:
        """The lines that can be held: gates, states and what else a Trace shows."""
        told = {*self.gates, *self.states, *(picture.name for picture in self.pictures)}
        return tuple(name for name, _ in self.step.lines if name in told)


@dataclass(frozen=True)
class Layout:
    """The parameters of a net in the order of its flat vector.

    For each layer: W_x (I, G·H), W_h (H, G·H), b (G·H,) and the cell's extras (H,), with G gates;
    from the second layer on, I is H and the names end in ".2", ".3", ….  Then the readout:
    W_o (H, O), b_o (O,).
    """

    shapes: Mapping[str, tuple[int, ...]]

    @property
    def size(self) -> int:
        """The number of parameters."""
        return sum(int(np.prod(shape)) for shape in self.shapes.values())

    def views(self, theta: FloatArray) -> dict[str, FloatArray]:
        """The parameters by name, as views into the flat vector theta (size,)."""
        views, start = {}, 0
        for name, shape in self.shapes.items():
            stop = start + int(np.prod(shape))
            views[name] = theta[start:stop].reshape(shape)
            start = stop
        return views


def layer_parameters(cell: Cell) -> tuple[str, ...]:
    """The names of a layer's parameters, in order, without the layer's number."""
    return ("W_x", "W_h", "b", *cell.extras) if cell.recurrent else ("W_x", "b", *cell.extras)


def layer_size(cell: Cell, inputs: str) -> str:
    """The number of parameters of a layer of H units, as a formula; inputs: "I", or "H"."""
    gates, names = len(cell.gates), layer_parameters(cell)
    if "W_h" in names:
        inputs = "2H" if inputs == "H" else f"{inputs} + H"
    extras = len(cell.extras)
    own = f" + {extras if extras > 1 else ''}H" if extras else ""
    return f"{gates if gates > 1 else ''}H({inputs} + 1){own}"


def layer_name(name: str, layer: int) -> str:
    """A parameter's name in the flat vector's layout; the first layer is 0."""
    return name if layer == 0 else f"{name}.{layer + 1}"


def layout(cell: Cell, inputs: int, hidden: int, outputs: int, layers: int = 1) -> Layout:
    """The layout of stacked cells with a linear readout: I inputs, H hidden units, O outputs."""
    columns = len(cell.gates) * hidden
    shapes: dict[str, tuple[int, ...]] = {}
    for layer in range(layers):
        known = {"W_x": (hidden if layer else inputs, columns), "W_h": (hidden, columns)}
        for name in layer_parameters(cell):
            shape = (columns,) if name == "b" else (hidden,)
            shapes[layer_name(name, layer)] = known.get(name, shape)
    return Layout({**shapes, "W_o": (hidden, outputs), "b_o": (outputs,)})
