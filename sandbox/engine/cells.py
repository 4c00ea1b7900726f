"""Cells: equations, gates, and where a flat vector holds their parameters.

Row vectors throughout: x_t (B, I), h_t (B, H).  W_x (I, gates·H), W_h (H, gates·H) and
b (gates·H) are what torch.nn calls weight_ih.T, weight_hh.T and bias_ih + bias_hh; the
gate order is torch's: LSTM input, forget, candidate, output; GRU reset, update, candidate,
whose b_h is the candidate's own part of bias_hh.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    """A kind of cell.

    gates: names of the column blocks of W_x, W_h and b, in order.  states: what is carried from
    step to step; a Trace has their gradients.  extras: further parameters (H,).  recurrent:
    whether it has a W_h.  memory: (gate, sign) pairs whose bias makes it remember; a number sets
    the first one, "chrono" all.  compiled: whether it has kernels; others run in PyTorch.
    """

    name: str
    title: str
    equations: str
    gates: tuple[str, ...]
    pictures: tuple[Picture, ...]
    source: str = ""
    states: tuple[str, ...] = ("hidden",)
    extras: tuple[str, ...] = ()
    recurrent: bool = True
    memory: tuple[tuple[str, int], ...] = ()
    compiled: bool = False

    def holdable(self) -> tuple[str, ...]:
        """The gates that a clamp may hold; an RNN has none."""
        return self.gates if len(self.gates) > 1 else ()

    def check_clamp(self, clamp: Mapping[str, float]) -> None:
        """Raise ValueError if a gate cannot be held."""
        for gate in clamp:
            if gate not in self.holdable():
                raise ValueError(f"{self.title} has no {gate} gate to hold")


_FORGET = Picture("forget", "forget gate", "1 keeps the memory, 0 erases it", "gate")
_INPUT = Picture("input", "input gate", "1 writes the candidate, 0 writes nothing", "gate")
_CANDIDATE = Picture("candidate", "candidate", "the new content", "signed")
_OUTPUT = Picture("output", "output gate", "1 shows the memory, 0 hides it", "gate")
_CELL = Picture("cell", "cell state", "forget × old memory + input × candidate", "cell")
_HIDDEN = Picture("hidden", "hidden state", "what the net shows of its memory", "signed")
_MIX = "h_t = (1 − z) * n + z * h_{t−1}"

RNN = Cell(
    name="rnn",
    title="RNN",
    equations="h_t = tanh(x_t W_x + h_{t−1} W_h + b)",
    gates=("hidden",),
    pictures=(
        Picture("hidden", "hidden state", "one tanh layer, overwritten at each step", "signed"),
    ),
    source="Elman 1990",
    compiled=True,
)

RNN_RELU = Cell(
    name="rnn_relu",
    title="RNN relu",
    equations="h_t = max(0, x_t W_x + h_{t−1} W_h + b)",
    gates=("hidden",),
    pictures=(
        Picture("hidden", "hidden state", "one relu layer, overwritten at each step", "cell"),
    ),
    source="Le, Jaitly & Hinton 2015 (IRNN)",
    compiled=True,
)

LSTM = Cell(
    name="lstm",
    title="LSTM",
    equations=(
        "i, f, o = sigmoid(x_t W_x + h_{t−1} W_h + b), each with its own weights\n"
        "g = tanh(x_t W_x + h_{t−1} W_h + b)\n"
        "c_t = f * c_{t−1} + i * g\n"
        "h_t = o * tanh(c_t)"
    ),
    gates=("input", "forget", "candidate", "output"),
    pictures=(_FORGET, _INPUT, _CANDIDATE, _OUTPUT, _CELL, _HIDDEN),
    source="Hochreiter & Schmidhuber 1997; Gers, Schmidhuber & Cummins 2000",
    states=("hidden", "cell"),
    memory=(("forget", 1), ("input", -1)),
    compiled=True,
)

GRU = Cell(
    name="gru",
    title="GRU",
    equations=(
        "r, z = sigmoid(x_t W_x + h_{t−1} W_h + b), each with its own weights\n"
        "n = tanh(x_t W_x + b + r * (h_{t−1} W_h + b_h))\n" + _MIX
    ),
    gates=("reset", "update", "candidate"),
    pictures=(
        Picture("update", "update gate", "1 keeps the memory, 0 replaces it", "gate"),
        Picture("reset", "reset gate", "1 lets the candidate see the memory", "gate"),
        _CANDIDATE,
        replace(_HIDDEN, meaning="update × old memory + (1 − update) × candidate"),
    ),
    source="Cho et al. 2014, as in cuDNN and PyTorch",
    extras=("b_h",),
    memory=(("update", 1),),
    compiled=True,
)


def _variant(name: str, title: str, first: str, source: str, **changes: Any) -> Cell:
    """An LSTM with `changes`; `first` says how it differs."""
    return replace(
        LSTM, name=name, title=title, equations=first, source=source, compiled=False, **changes
    )


_GREFF = "Greff et al. 2016"
PEEPHOLE = _variant(
    "lstm_peephole",
    "LSTM peephole",
    "like the LSTM, but i and f also see p * c_{t−1}, and o sees p_o * c_t",
    "Gers & Schmidhuber 2000; Greff et al. 2016",
    extras=("p_i", "p_f", "p_o"),
)
COUPLED = _variant(
    "lstm_coupled",
    "LSTM coupled",
    "like the LSTM, but f = 1 - i",
    _GREFF + " (CIFG)",
    gates=("input", "candidate", "output"),
    memory=(("input", -1),),
)
NO_FORGET = _variant(
    "lstm_no_forget",
    "LSTM 1997",
    "like the LSTM, but without a forget gate: c_t = c_{t−1} + i * g",
    "Hochreiter & Schmidhuber 1997; Greff et al. 2016 (NFG)",
    gates=("input", "candidate", "output"),
    pictures=(
        _INPUT,
        _CANDIDATE,
        _OUTPUT,
        replace(_CELL, meaning="old memory + input × candidate"),
        _HIDDEN,
    ),
    memory=(),
)
NO_INPUT = _variant(
    "lstm_no_input",
    "LSTM no input gate",
    "like the LSTM, but without an input gate: c_t = f * c_{t−1} + g",
    _GREFF + " (NIG)",
    gates=("forget", "candidate", "output"),
    pictures=(
        _FORGET,
        _CANDIDATE,
        _OUTPUT,
        replace(_CELL, meaning="forget × old memory + candidate"),
        _HIDDEN,
    ),
    memory=(("forget", 1),),
)
NO_OUTPUT = _variant(
    "lstm_no_output",
    "LSTM no output gate",
    "like the LSTM, but without an output gate: h_t = tanh(c_t)",
    _GREFF + " (NOG)",
    gates=("input", "forget", "candidate"),
    pictures=(_FORGET, _INPUT, _CANDIDATE, _CELL, _HIDDEN),
)
LINEAR = _variant(
    "lstm_linear",
    "LSTM linear input",
    "like the LSTM, but its candidate has no tanh",
    _GREFF + " (NIAF)",
    pictures=(
        _FORGET,
        _INPUT,
        replace(_CANDIDATE, meaning="the new content, without a tanh", kind="cell"),
        _OUTPUT,
        _CELL,
        _HIDDEN,
    ),
)

MIN_GRU = Cell(
    name="mingru",
    title="minGRU",
    equations=(
        "z = sigmoid(x_t W_x + b),  n = x_t W_x + b, each with its own weights\n"
        "h_t = (1 − z) * h_{t−1} + z * n"
    ),
    gates=("update", "candidate"),
    pictures=(
        Picture("update", "update gate", "1 replaces the memory, 0 keeps it", "gate"),
        replace(_CANDIDATE, kind="cell"),
        replace(_HIDDEN, meaning="(1 − update) × old memory + update × candidate", kind="cell"),
    ),
    source="Feng et al. 2024",
    recurrent=False,
    memory=(("update", -1),),
)

MIN_LSTM = Cell(
    name="minlstm",
    title="minLSTM",
    equations=(
        "i, f = sigmoid(x_t W_x + b),  n = x_t W_x + b, each with its own weights\n"
        "h_t = f / (f + i) * h_{t−1} + i / (f + i) * n"
    ),
    gates=("input", "forget", "candidate"),
    pictures=(
        replace(_FORGET, meaning="its share of forget + input is kept"),
        replace(_INPUT, meaning="its share of forget + input is written"),
        replace(_CANDIDATE, kind="cell"),
        replace(_HIDDEN, meaning="share × old memory + share × candidate", kind="cell"),
    ),
    source="Feng et al. 2024",
    recurrent=False,
    memory=(("forget", 1), ("input", -1)),
)

CELLS: Mapping[str, Cell] = {
    cell.name: cell
    for cell in (
        *(RNN, RNN_RELU, LSTM, GRU, PEEPHOLE, COUPLED, NO_FORGET, NO_INPUT, NO_OUTPUT, LINEAR),
        *(MIN_GRU, MIN_LSTM),
    )
}


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


def called(key: str, cell: str) -> str:
    """The title of a contestant or net: "LSTM", "LSTM 2", "LSTM #1", "LSTM bias 1"."""
    name, _, replicate = key.partition("#")
    title, number = CELLS[cell].title if cell in CELLS else cell, name.removeprefix(cell)
    if number.isdigit() and name != number:
        title = f"{title} {number}"
    elif name not in cell:
        words = name.replace("_", " ")
        title = words if cell in name else f"{title} {words}"
    return f"{title} #{replicate}" if replicate else title
