"""Cells: their equations, gates by name, and how a flat vector holds their parameters.

Row vectors throughout: x_t (B, I), h_t (B, H).  W_x (I, gates·H), W_h (H, gates·H) and
b (gates·H) are what torch.nn calls weight_ih.T, weight_hh.T and bias_ih + bias_hh; the
gate order is torch's: input, forget, candidate, output.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Mapping

FloatArray = NDArray[np.floating]
PictureKind = Literal["gate", "signed", "cell"]


@dataclass(frozen=True)
class Picture:
    """One (T, B, H) array of a Trace, as a person reads it.

    kind: "gate" lies in 0..1, "signed" in -1..1, "cell" is signed and unbounded.
    """

    name: str
    title: str
    meaning: str
    kind: PictureKind


@dataclass(frozen=True)
class Cell:
    """A kind of cell.  `gates`: names of the blocks of columns of W_x, W_h and b, in order."""

    name: str
    title: str
    equations: str
    gates: tuple[str, ...]
    pictures: tuple[Picture, ...]


RNN = Cell(
    name="rnn",
    title="RNN",
    equations="h_t = tanh(x_t W_x + h_{t-1} W_h + b)",
    gates=("hidden",),
    pictures=(
        Picture("hidden", "hidden state", "one tanh layer, written anew each step", "signed"),
    ),
)

LSTM = Cell(
    name="lstm",
    title="LSTM",
    equations=(
        "i, f, o = sigmoid(x_t W_x + h_{t-1} W_h + b), each its own columns\n"
        "g = tanh(x_t W_x + h_{t-1} W_h + b)\n"
        "c_t = f * c_{t-1} + i * g\n"
        "h_t = o * tanh(c_t)"
    ),
    gates=("input", "forget", "candidate", "output"),
    pictures=(
        Picture("forget", "forget gate", "1 keeps the memory, 0 erases it", "gate"),
        Picture("input", "input gate", "1 writes the candidate, 0 writes nothing", "gate"),
        Picture("candidate", "candidate", "the new content", "signed"),
        Picture("output", "output gate", "1 shows the memory, 0 hides it", "gate"),
        Picture("cell", "cell state", "forget × old memory + input × candidate", "cell"),
        Picture("hidden", "hidden state", "what the net shows of its memory", "signed"),
    ),
)

CELLS: Mapping[str, Cell] = {cell.name: cell for cell in (RNN, LSTM)}


@dataclass(frozen=True)
class Layout:
    """Where each parameter of a net lies in its flat vector, in order.

    W_x (I, G·H), W_h (H, G·H), b (G·H,), W_o (H, O), b_o (O,); G is the number of gates.
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


def layout(cell: Cell, inputs: int, hidden: int, outputs: int) -> Layout:
    """The layout of a cell with a linear readout: I inputs, H hidden units, O outputs."""
    columns = len(cell.gates) * hidden
    return Layout(
        {
            "W_x": (inputs, columns),
            "W_h": (hidden, columns),
            "b": (columns,),
            "W_o": (hidden, outputs),
            "b_o": (outputs,),
        }
    )
