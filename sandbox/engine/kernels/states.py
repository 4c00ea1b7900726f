"""The arrays that a net works in, allocated once.

Everything lies in panels: the units of a layer in blocks of as many as a vector has lanes,
the rows of all steps after one another in each, so that a tile reads and writes whole vectors
and a block's rows are one run of memory.  An array is (blocks, rows, width): row t·B' + b is
sequence b at step t (states begin with the start state, so step t's is one batch further on),
and B' is the batch, padded to a whole number of tiles.  Units beyond H have weights of zero
and stay zero; sequences beyond B are never scored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sandbox.engine.kernels.machine import MOST_SUMS, lanes_of, padded

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Maker = Callable[[tuple[int, ...], Any], NDArray[Any]]  # zeros of a shape and dtype

CACHE_LINE = 64  # bytes
ROWS_AT_ONCE = 128  # rows of gradients kept for one pass over the weight gradients


def zeros(shape: tuple[int, ...], dtype: Any) -> NDArray[Any]:
    """Zeros that begin at a cache line: a vector that lies on two lines takes twice as long."""
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    raw = np.zeros(size + CACHE_LINE, np.uint8)
    start = -raw.ctypes.data % CACHE_LINE
    return np.asarray(raw[start : start + size].view(dtype).reshape(shape))


class Weights(NamedTuple):
    """One layer's weights as tiles want them; G·L columns a block of units.

    W_x (blocks, I, G·L); b (blocks, 1, G·L); W_h (blocks·parts, H', G·L / parts);
    W_hT (blocks, blocks·G·L, L); b_h (blocks, 1, L), a GRU's; W_xT (blocks below, blocks·G·L, L),
    of upper layers.
    """

    W_x: NDArray[Any]
    b: NDArray[Any]
    W_h: NDArray[Any]
    W_hT: NDArray[Any]
    b_h: NDArray[Any]
    W_xT: NDArray[Any]


class Gradients(NamedTuple):
    """dL/d(weights) in the same order, without the transposed ones."""

    W_x: NDArray[Any]
    b: NDArray[Any]
    W_h: NDArray[Any]
    b_h: NDArray[Any]


class Readout(NamedTuple):
    """The linear readout: W_o (H', O'), b_o (O',), W_oT (blocks, O', L); their gradients.

    out (B', O') takes a step's answers, then dL/d(answers).
    """

    W_o: NDArray[Any]
    b_o: NDArray[Any]
    W_oT: NDArray[Any]
    dW_o: NDArray[Any]
    db_o: NDArray[Any]
    out: NDArray[Any]


class RnnStates(NamedTuple):
    """h; dL/dh; dL/da of the last few steps."""

    hs: NDArray[Any]
    dhs: NDArray[Any]
    da: NDArray[Any]


class ReluStates(NamedTuple):
    """As RnnStates."""

    hs: NDArray[Any]
    dhs: NDArray[Any]
    da: NDArray[Any]


class LstmStates(NamedTuple):
    """gates: i, f, g, o and tanh(c) side by side; carry: dL/dc that comes from the next step."""

    hs: NDArray[Any]
    dhs: NDArray[Any]
    da: NDArray[Any]
    cs: NDArray[Any]
    dcs: NDArray[Any]
    gates: NDArray[Any]
    carry: NDArray[Any]


class GruStates(NamedTuple):
    """gates: r, z, n and h W_hn + b_h; da as W_h sees it, dax as W_x does.

    carry: dL/dh that comes from the next step past W_h.
    """

    hs: NDArray[Any]
    dhs: NDArray[Any]
    da: NDArray[Any]
    dax: NDArray[Any]
    gates: NDArray[Any]
    carry: NDArray[Any]


def parts_of(gates: int) -> int:
    """In how many parts a forward tile computes a unit's gates, so that their sums fit."""
    return -(-gates // MOST_SUMS)


def slots(steps: int, batch: int) -> int:
    """Steps whose dL/da is kept: at least two, of which one is read while one is written."""
    return max(min(ROWS_AT_ONCE // batch, steps), 2)


def make_states(
    cell: str, steps: int, batch: int, hidden: int, dtype: Any, new: Maker = zeros
) -> Any:
    """The states of one layer for T steps of B' sequences, all zero, in arrays made by `new`."""
    width = lanes_of(dtype)
    blocks = padded(hidden, width) // width
    kept = slots(steps, batch) * batch

    def panel(rows: int, vectors: int = 1) -> NDArray[Any]:
        return new((blocks, rows, vectors * width), dtype)

    hs, dhs = panel((steps + 1) * batch), panel(steps * batch)
    if cell == "rnn":
        return RnnStates(hs, dhs, panel(kept))
    if cell == "rnn_relu":
        return ReluStates(hs, dhs, panel(kept))
    if cell == "gru":
        da, dax = panel(kept, 3), panel(kept, 3)
        return GruStates(hs, dhs, da, dax, panel(steps * batch, 4), panel(batch))
    cs, dcs = panel((steps + 1) * batch), panel(steps * batch)
    return LstmStates(hs, dhs, panel(kept, 4), cs, dcs, panel(steps * batch, 5), panel(batch))


def make_weights(
    gates: int, inputs: int, hidden: int, below: int, dtype: Any
) -> tuple[Weights, Gradients]:
    """Room for one layer's weights and gradients; below: units of the layer below, 0: none."""
    width = lanes_of(dtype)
    high = padded(hidden, width)
    blocks, columns = high // width, gates * width
    rows = padded(below, width) if below else inputs

    def room(*shape: int) -> NDArray[Any]:
        return zeros(shape, dtype)

    W_x, b = room(blocks, rows, columns), room(blocks, 1, columns)
    parts = parts_of(gates)
    W_h = room(blocks * parts, high, columns // parts)
    b_h = room(blocks, 1, width)
    W_hT = room(blocks, blocks * columns, width)
    W_xT = room(rows // width if below else 0, blocks * columns, width)
    own = Weights(W_x, b, W_h, W_hT, b_h, W_xT)
    dW_h = room(blocks, high, columns)
    return own, Gradients(room(*W_x.shape), room(*b.shape), dW_h, room(*b_h.shape))


def make_readout(hidden: int, outputs: int, batch: int, dtype: Any, new: Maker = zeros) -> Readout:
    """Room for the readout of B' sequences, in arrays made by `new`."""
    width = lanes_of(dtype)
    high, wide = padded(hidden, width), padded(outputs, width)

    def room(*shape: int) -> NDArray[Any]:
        return new(shape, dtype)

    return Readout(
        room(high, wide),
        room(wide),
        room(high // width, wide, width),
        room(high, wide),
        room(wide),
        room(batch, wide),
    )


def as_steps(
    panel: NDArray[Any], batch: int, wanted: int, hidden: int, vector: int = 0
) -> NDArray[Any]:
    """The vector-th array (T, B, H) of a panel, copied: `wanted` of `batch` sequences."""
    width = lanes_of(panel.dtype)
    own = panel[:, :, vector * width : (vector + 1) * width]
    steps = np.moveaxis(own.reshape(len(panel), -1, batch, width), 0, 2)[:, :wanted]
    return np.array(steps.reshape(*steps.shape[:2], -1)[..., :hidden])  # never a view
