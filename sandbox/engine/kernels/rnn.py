"""The tanh RNN over a whole sequence.  h_t = tanh(x_t W_x + h_{t-1} W_h + b)

Shapes: x (T, B) or (T, B, I); hs (T+1, B, H) with the start state at 0; dhs (T, B, H).
"""

from __future__ import annotations

from typing import Any

from sandbox.engine.kernels.compiled import compiled
from sandbox.engine.kernels.inputs import collect, project
from sandbox.engine.kernels.pointwise import tanh
from sandbox.engine.kernels.products import accumulate, accumulate_transposed, transpose
from sandbox.engine.kernels.readout import any_scored, readout_step


@compiled
def rnn_forward(x: Any, W_x: Any, W_h: Any, b: Any, hs: Any) -> None:
    """Fills hs[1:]; hs[0] is the start state."""
    for t in range(x.shape[0]):
        h = hs[t + 1]
        project(h, x[t], W_x, b)
        accumulate(h, hs[t], W_h)
        for row in range(h.shape[0]):
            for j in range(h.shape[1]):
                h[row, j] = tanh(h[row, j])


@compiled
def rnn_backward(
    x: Any,
    targets: Any,
    scored: Any,
    weight: Any,
    within: float,
    parameters: Any,
    gradients: Any,
    hs: Any,
    dhs: Any,
    da: Any,
    W_hT: Any,
    work: Any,
) -> tuple[float, int]:
    """Loss and hits; adds to `gradients` and fills dhs[t] = dL/dh_t.

    parameters, gradients: (W_x, W_h, b, W_o, b_o).  Scratch: da (B, H), W_hT (H, H), work (O,).
    """
    _, W_h, _, W_o, b_o = parameters
    dW_x, dW_h, db, dW_o, db_o = gradients
    T, B, H = dhs.shape
    one = hs.dtype.type(1)
    loss, hits = 0.0, 0
    transpose(W_hT, W_h)
    dhs[:] = hs.dtype.type(0)
    for t in range(T - 1, -1, -1):
        h, dh = hs[t + 1], dhs[t]
        if any_scored(scored[t]):
            part, hit = readout_step(
                h, targets[t], scored[t], weight, W_o, b_o, within, work, dh, dW_o, db_o
            )
            loss += part
            hits += hit
        for row in range(B):
            for j in range(H):
                da[row, j] = dh[row, j] * (one - h[row, j] * h[row, j])
        collect(dW_x, db, x[t], da)
        if t > 0:
            accumulate_transposed(dW_h, hs[t], da)
            accumulate(dhs[t - 1], da, W_hT)
    return loss, hits
