"""From the flat vector's matrices to the tiles' panels, and gradients back."""

from __future__ import annotations

from typing import Any

from sandbox.engine.kernels.compiled import apart
from sandbox.engine.kernels.layer import gates_of
from sandbox.engine.kernels.products import add_vectors, copy_vector


@apart
def _columns(panel: Any, W: Any, hidden: int, gates: int, parts: int = 1) -> None:
    """Panel (blocks·parts, K, G·L / parts) from W (K, G·H)."""
    own = gates // parts
    L = panel.shape[2] // own
    for place in range(panel.shape[0]):
        j, part = place // parts, place % parts
        width = min(L, hidden - j * L)
        for k in range(W.shape[0]):
            for gate in range(own):
                to, start = gate * L, (part * own + gate) * hidden + j * L
                if width == L:
                    run = (place * panel.shape[1] + k) * own * L + to
                    copy_vector(panel, run, W, k * gates * hidden + start)
                else:
                    for n in range(width):
                        panel[place, k, to + n] = W[k, start + n]


@apart
def _back_columns(W: Any, panel: Any, hidden: int, gates: int) -> None:
    """W (K, G·H) from the panel."""
    L = panel.shape[2] // gates
    for j in range(panel.shape[0]):
        width = min(L, hidden - j * L)
        for k in range(W.shape[0]):
            for gate in range(gates):
                start, to = gate * L, gate * hidden + j * L
                if width == L:
                    run = (j * panel.shape[1] + k) * gates * L + start
                    copy_vector(W, k * gates * hidden + to, panel, run)
                else:
                    for n in range(width):
                        W[k, to + n] = panel[j, k, start + n]


@apart
def _transposed(panel: Any, W: Any, hidden: int, gates: int) -> None:
    """Panel (blocks of rows, blocks·G·L, L) from W (K, G·H): its columns as rows."""
    L = panel.shape[2]
    for up in range(panel.shape[0]):
        width = min(L, W.shape[0] - up * L)
        for j in range(panel.shape[1] // (gates * L)):
            for gate in range(gates):
                for n in range(min(L, hidden - j * L)):
                    column = gate * hidden + j * L + n
                    row = (j * gates + gate) * L + n
                    for k in range(width):
                        panel[up, row, k] = W[up * L + k, column]


@apart
def pack_layer(w: Any, parameters: Any, s: Any) -> None:
    """The layer's panels w from its parameters (W_x, W_h, b, b_h); b_h is (1, H), or (0, H)."""
    W_x, W_h, b, b_h = parameters
    hidden, gates = W_h.shape[0], gates_of(s)
    _columns(w.W_x, W_x, hidden, gates)
    _columns(w.b, b, hidden, gates)
    _columns(w.W_h, W_h, hidden, gates, w.W_h.shape[0] // w.W_x.shape[0])
    _columns(w.b_h, b_h, hidden, 1)
    _transposed(w.W_hT, W_h, hidden, gates)
    _transposed(w.W_xT, W_x, hidden, gates)


@apart
def pack_readout(r: Any, W_o: Any, b_o: Any) -> None:
    """The readout's arrays from W_o (H, O) and b_o (O,)."""
    L = r.W_oT.shape[2]
    for k in range(W_o.shape[0]):
        for o in range(W_o.shape[1]):
            r.W_o[k, o] = W_o[k, o]
            r.W_oT[k // L, o, k % L] = W_o[k, o]
    for o in range(b_o.shape[0]):
        r.b_o[o] = b_o[o]


@apart
def clear_layer(g: Any) -> None:
    """Zero a layer's gradients."""
    zero = g.W_h.dtype.type(0)
    g.W_x[:] = zero
    g.b[:] = zero
    g.W_h[:] = zero
    g.b_h[:] = zero


@apart
def unpack_layer(gradients: Any, g: Any, s: Any, from_tokens: bool) -> None:
    """The gradients (dW_x, dW_h, db, db_h) of the flat vector from the panels.

    Of tokens, whose rows are each counted in exactly one row of dW_x, db is their sum.
    """
    W_x, W_h, b, b_h = gradients
    hidden, gates = W_h.shape[0], gates_of(s)
    if from_tokens:
        _, inputs, width = g.W_x.shape
        for j in range(g.W_x.shape[0]):
            for token in range(inputs):
                add_vectors(g.b, j * width, g.W_x, (j * inputs + token) * width, gates)
    _back_columns(W_x, g.W_x, hidden, gates)
    _back_columns(W_h, g.W_h, hidden, gates)
    _back_columns(b, g.b, hidden, gates)
    _back_columns(b_h, g.b_h, hidden, 1)


@apart
def unpack_readout(W_o: Any, b_o: Any, r: Any) -> None:
    """dW_o and db_o of the flat vector."""
    for k in range(W_o.shape[0]):
        for o in range(W_o.shape[1]):
            W_o[k, o] = r.dW_o[k, o]
    for o in range(b_o.shape[0]):
        b_o[o] = r.db_o[o]


@apart
def clear_readout(r: Any) -> None:
    """Zero the readout's gradients."""
    zero = r.dW_o.dtype.type(0)
    r.dW_o[:] = zero
    r.db_o[:] = zero
