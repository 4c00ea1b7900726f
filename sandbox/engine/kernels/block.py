"""Many training steps in one call: forward, loss, backward, norm, clip and update.

A step whose loss or gradient norm is not finite is not applied: the call returns the number
of steps it took before, and theta stays as it was then.
"""

from __future__ import annotations

import math
from typing import Any

from sandbox.engine.kernels.compiled import compiled
from sandbox.engine.kernels.lstm import lstm_backward, lstm_forward
from sandbox.engine.kernels.optimizers import norm, update
from sandbox.engine.kernels.rnn import rnn_backward, rnn_forward


@compiled
def _even_weights(weight: Any, scored: Any) -> int:
    """Set every weight (B,) to 1 / scored steps of the batch; returns their number."""
    count = 0
    for t in range(scored.shape[0]):
        for b in range(scored.shape[1]):
            count += scored[t, b]
    weight[:] = weight.dtype.type(1.0 / max(count, 1))
    return count


@compiled
def _learn(
    theta: Any, flat: Any, m: Any, v: Any, count: int, rate: float, limit: float, code: int
) -> float:
    """Norm, clip and update; returns the norm before clipping, theta untouched if not finite."""
    size: float = norm(flat)
    if math.isfinite(size):
        scale = limit / (size + 1e-6) if size > limit else 1.0
        update(theta, flat, m, v, count, rate, code, min(scale, 1.0))
    return size


@compiled
def rnn_block(
    inputs: Any,
    targets: Any,
    scored: Any,
    within: float,
    net: Any,
    learning: Any,
    work: Any,
    measured: Any,
) -> int:
    """Steps of an RNN over N batches; see lstm_block."""
    parameters, gradients, theta, flat, m, v = net
    done, rate, limit, code = learning
    hs, dhs, da, W_hT, out, weight = work
    for n in range(inputs.shape[0]):
        asked = _even_weights(weight, scored[n])
        flat[:] = flat.dtype.type(0)
        rnn_forward(inputs[n], parameters[0], parameters[1], parameters[2], hs)
        loss, hits = rnn_backward(
            inputs[n],
            targets[n],
            scored[n],
            weight,
            within,
            parameters,
            gradients,
            hs,
            dhs,
            da,
            W_hT,
            out,
        )
        if not math.isfinite(loss):
            return n
        size = _learn(theta, flat, m, v, done + n + 1, rate, limit, code)
        if not math.isfinite(size):
            return n
        measured[0, n], measured[1, n], measured[2, n] = loss, hits / max(asked, 1), size
    return len(inputs)


@compiled
def lstm_block(
    inputs: Any,
    targets: Any,
    scored: Any,
    within: float,
    net: Any,
    learning: Any,
    work: Any,
    measured: Any,
) -> int:
    """Steps of an LSTM over N batches; returns how many were taken.

    inputs (N, T, B[, I]); targets (N, T, B[, O]); scored (N, T, B); measured (3, N) takes
    loss, accuracy and gradient norm.  net: parameter views, gradient views, and the flat
    theta, gradient, m, v.  learning: updates done before, rate, largest norm, optimiser code.
    """
    parameters, gradients, theta, flat, m, v = net
    done, rate, limit, code = learning
    gates, cs, tanh_cs, hs, dhs, dcs, da, W_hT, out, weight, clamp = work
    for n in range(inputs.shape[0]):
        asked = _even_weights(weight, scored[n])
        flat[:] = flat.dtype.type(0)
        lstm_forward(
            inputs[n], parameters[0], parameters[1], parameters[2], gates, cs, tanh_cs, hs, clamp
        )
        loss, hits = lstm_backward(
            inputs[n],
            targets[n],
            scored[n],
            weight,
            within,
            parameters,
            gradients,
            gates,
            cs,
            tanh_cs,
            hs,
            dhs,
            dcs,
            da,
            W_hT,
            out,
            clamp,
        )
        if not math.isfinite(loss):
            return n
        size = _learn(theta, flat, m, v, done + n + 1, rate, limit, code)
        if not math.isfinite(size):
            return n
        measured[0, n], measured[1, n], measured[2, n] = loss, hits / max(asked, 1), size
    return len(inputs)
