"""The LSTM over a whole sequence.

i, f, o = sigmoid(a),  g = tanh(a),  a = x_t W_x + h_{t-1} W_h + b
c_t = f * c_{t-1} + i * g,  h_t = o * tanh(c_t)

Shapes: x (T, B) or (T, B, I); gates (T, B, 4H) as i, f, g, o; cs, hs (T+1, B, H) with the
start state at 0; dhs, dcs (T, B, H).  clamp (4,): a value for a gate, NaN where it is free.
"""

from __future__ import annotations

import math
from typing import Any

from sandbox.engine.kernels.compiled import compiled
from sandbox.engine.kernels.inputs import collect, project
from sandbox.engine.kernels.pointwise import sigmoid, tanh
from sandbox.engine.kernels.products import accumulate, accumulate_transposed, transpose
from sandbox.engine.kernels.readout import any_scored, readout_step


@compiled
def _activate(a: Any, clamp: Any) -> None:
    """Gates (B, 4H) from their pre-activations, in place."""
    H = a.shape[1] // 4
    for row in range(a.shape[0]):
        both, g, o = a[row, : 2 * H], a[row, 2 * H : 3 * H], a[row, 3 * H :]
        for j in range(both.shape[0]):
            both[j] = sigmoid(both[j])
        for j in range(g.shape[0]):
            g[j] = tanh(g[j])
        for j in range(o.shape[0]):
            o[j] = sigmoid(o[j])
    for gate in range(4):
        if not math.isnan(clamp[gate]):
            a[:, gate * H : (gate + 1) * H] = clamp[gate]


@compiled
def _remember(a: Any, c_before: Any, c: Any, tc: Any, h: Any) -> None:
    """c, tanh(c) and h (B, H) from the gates (B, 4H)."""
    H = c.shape[1]
    for row in range(c.shape[0]):
        for j in range(H):
            c[row, j] = a[row, H + j] * c_before[row, j] + a[row, j] * a[row, 2 * H + j]
            tc[row, j] = tanh(c[row, j])
            h[row, j] = a[row, 3 * H + j] * tc[row, j]


@compiled
def lstm_forward(
    x: Any, W_x: Any, W_h: Any, b: Any, gates: Any, cs: Any, tanh_cs: Any, hs: Any, clamp: Any
) -> None:
    """Fills gates, cs[1:], tanh_cs (T, B, H) and hs[1:]; the start states are at 0."""
    for t in range(x.shape[0]):
        project(gates[t], x[t], W_x, b)
        accumulate(gates[t], hs[t], W_h)
        _activate(gates[t], clamp)
        _remember(gates[t], cs[t], cs[t + 1], tanh_cs[t], hs[t + 1])


@compiled
def _gate_gradients(da: Any, a: Any, tc: Any, c_before: Any, dh: Any, dc: Any) -> None:
    """Fill da (B, 4H) = dL/da and complete dc (B, H), from dh and what came from c_{t+1} in dc.

    A loop a gate: with all of them in one, there are too many arrays to vectorise it.
    """
    B, H = dh.shape
    one = a.dtype.type(1)
    for row in range(B):
        for j in range(H):
            th = tc[row, j]
            dc[row, j] += dh[row, j] * a[row, 3 * H + j] * (one - th * th)
        for j in range(H):
            i = a[row, j]
            da[row, j] = dc[row, j] * a[row, 2 * H + j] * i * (one - i)
        for j in range(H):
            f = a[row, H + j]
            da[row, H + j] = dc[row, j] * c_before[row, j] * f * (one - f)
        for j in range(H):
            g = a[row, 2 * H + j]
            da[row, 2 * H + j] = dc[row, j] * a[row, j] * (one - g * g)
        for j in range(H):
            o = a[row, 3 * H + j]
            da[row, 3 * H + j] = dh[row, j] * tc[row, j] * o * (one - o)


@compiled
def _carry(before: Any, dc: Any, a: Any) -> None:
    """dL/dc_{t-1} (B, H) along the cell state: what the forget gate lets through."""
    H = dc.shape[1]
    for row in range(dc.shape[0]):
        for j in range(H):
            before[row, j] = dc[row, j] * a[row, H + j]


@compiled
def _hold_clamped(da: Any, H: int, clamp: Any) -> None:
    for gate in range(4):
        if not math.isnan(clamp[gate]):
            da[:, gate * H : (gate + 1) * H] = da.dtype.type(0)


@compiled
def lstm_backward(
    x: Any,
    targets: Any,
    scored: Any,
    weight: Any,
    within: float,
    parameters: Any,
    gradients: Any,
    gates: Any,
    cs: Any,
    tanh_cs: Any,
    hs: Any,
    dhs: Any,
    dcs: Any,
    da: Any,
    W_hT: Any,
    work: Any,
    clamp: Any,
) -> tuple[float, int]:
    """Loss and hits; adds to `gradients`, fills dhs[t] = dL/dh_t and dcs[t] = dL/dc_t.

    parameters, gradients: (W_x, W_h, b, W_o, b_o).
    Scratch: da (B, 4H), W_hT (4H, H), work (O,).
    """
    _, W_h, _, W_o, b_o = parameters
    dW_x, dW_h, db, dW_o, db_o = gradients
    T, _, H = dhs.shape
    loss, hits = 0.0, 0
    transpose(W_hT, W_h)
    dhs[:] = hs.dtype.type(0)
    dcs[:] = hs.dtype.type(0)
    for t in range(T - 1, -1, -1):
        if any_scored(scored[t]):
            part, hit = readout_step(
                hs[t + 1], targets[t], scored[t], weight, W_o, b_o, within, work, dhs[t], dW_o, db_o
            )
            loss += part
            hits += hit
        _gate_gradients(da, gates[t], tanh_cs[t], cs[t], dhs[t], dcs[t])
        _hold_clamped(da, H, clamp)
        collect(dW_x, db, x[t], da)
        if t > 0:
            accumulate_transposed(dW_h, hs[t], da)
            accumulate(dhs[t - 1], da, W_hT)
            _carry(dcs[t - 1], dcs[t], gates[t])
    return loss, hits
