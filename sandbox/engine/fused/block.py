"""Many training steps in one call: forward, loss, backward, norm, clip and update.

A step whose loss or gradient norm is not finite is not applied: the call returns the number
of steps it took before, and theta stays as it was then.
"""

from __future__ import annotations

import math
from typing import Any

from numba import types
from numba.extending import overload

from sandbox.engine.fused.compiled import JIT_OPTIONS, compiled
from sandbox.engine.fused.denormals import flush_denormals, restore
from sandbox.engine.fused.optimizers import norm, update
from sandbox.engine.fused.packing import clear_readout, pack_readout, unpack_readout
from sandbox.engine.fused.readout import any_scored, last_scored, readout_step
from sandbox.engine.fused.stack import finish, forward_all, pack, top_states
from sandbox.engine.fused.through_time import back_all


def take_inputs(x: Any, inputs: Any, batch: int) -> None:
    """Copy a batch (T, B[, I]) to x (T·B'[, I]); what is padded stays zero."""
    raise NotImplementedError


@overload(take_inputs, jit_options=JIT_OPTIONS, strict=False)
def _overload_take_inputs(x: Any, inputs: Any, batch: Any) -> Any:
    def code(x: Any, inputs: Any, batch: Any) -> None:
        for t in range(inputs.shape[0]):
            for b in range(inputs.shape[1]):
                x[t * batch + b] = inputs[t, b]

    return code


def from_tokens(x: Any) -> bool:
    """Whether the input is tokens, known when a kernel is compiled."""
    raise NotImplementedError


@overload(from_tokens, jit_options=JIT_OPTIONS, strict=False)
def _overload_from_tokens(x: Any) -> Any:
    tokens = isinstance(x.dtype, types.Integer)
    return lambda x: tokens


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
def _prepare(net: Any) -> None:
    """Weights from the flat vector to the tiles' panels; gradients to zero."""
    first, uppers, readout, output, _ = net
    pack(first, uppers)
    pack_readout(readout, output[0], output[1])
    clear_readout(readout)


@compiled
def _update(flat: Any, vectors: Any, count: int, rate: float, limit: float, code: int) -> float:
    """Norm, clip and update; returns the norm before clipping, theta untouched if not finite."""
    theta, m, v = vectors
    size: float = norm(flat)
    if math.isfinite(size):
        scale = limit / (size + 1e-6) if size > limit else 1.0
        update(theta, flat, m, v, count, rate, code, min(scale, 1.0))
    return size


@compiled
def _learn_block(
    inputs: Any,
    targets: Any,
    scored: Any,
    within: float,
    net: Any,
    flat: Any,
    vectors: Any,
    learning: Any,
    scratch: Any,
    measured: Any,
) -> int:
    first, uppers, readout, _, d_output = net
    done, rate, limit, code = learning
    x, weight = scratch
    batch = readout.out.shape[0]
    for n in range(inputs.shape[0]):
        asked = _even_weights(weight, scored[n])
        steps = last_scored(scored[n])
        take_inputs(x, inputs[n], batch)
        _prepare(net)
        forward_all(x, steps, batch, first, uppers, None)
        wanted = (targets[n], scored[n], weight, within, readout, d_output[1].shape[0])
        loss, hits = back_all(x, steps, batch, first, uppers, None, wanted)
        if not math.isfinite(loss):
            return n
        finish(first, uppers, from_tokens(x))
        unpack_readout(d_output[0], d_output[1], readout)
        size = _update(flat, vectors, done + n + 1, rate, limit, code)
        if not math.isfinite(size):
            return n
        measured[0, n], measured[1, n], measured[2, n] = loss, hits / max(asked, 1), size
    return len(inputs)


@compiled
def learn_block(
    inputs: Any,
    targets: Any,
    scored: Any,
    within: float,
    net: Any,
    flat: Any,
    vectors: Any,
    learning: Any,
    scratch: Any,
    measured: Any,
) -> int:
    """A training step a batch; returns how many were taken.

    inputs (N, T, B[, I]); targets (N, T, B[, O]); scored (N, T, B); measured (3, N) takes loss,
    accuracy and gradient norm.  net: first layer, upper layers or None, readout, its views of
    theta (W_o, b_o) and of the gradient.  flat: the gradient (P,); vectors: theta, m and v.
    learning: updates done before, rate, largest norm, optimiser's code.
    scratch: x (T·B'[, I]) and weight (B,).
    """
    mode = flush_denormals()
    result = _learn_block(
        inputs, targets, scored, within, net, flat, vectors, learning, scratch, measured
    )
    restore(mode)
    return result


@compiled
def _evaluate_block(
    inputs: Any, targets: Any, scored: Any, within: float, net: Any, scratch: Any
) -> tuple[float, int]:
    first, uppers, readout, _, d_output = net
    x, weight = scratch
    batch = readout.out.shape[0]
    loss, hits = 0.0, 0
    weight[:] = weight.dtype.type(1)
    _prepare(net)
    states = top_states(first, uppers)
    for n in range(inputs.shape[0]):
        steps = last_scored(scored[n])
        take_inputs(x, inputs[n], batch)
        forward_all(x, steps, batch, first, uppers, None)
        for t in range(steps):
            if any_scored(scored[n, t], 0, scored.shape[2]):
                part, hit = readout_step(
                    states.hs,
                    (t + 1) * batch,
                    targets[n, t],
                    scored[n, t],
                    weight,
                    within,
                    readout,
                    d_output[1].shape[0],
                )
                loss += part
                hits += hit
    return loss, hits


@compiled
def evaluate_block(
    inputs: Any, targets: Any, scored: Any, within: float, net: Any, scratch: Any
) -> tuple[float, int]:
    """Sum of losses and hits over the scored steps of N batches; nothing is learned."""
    mode = flush_denormals()
    result = _evaluate_block(inputs, targets, scored, within, net, scratch)
    restore(mode)
    return result


@compiled
def _trace_pass(
    inputs: Any,
    targets: Any,
    scored: Any,
    within: float,
    net: Any,
    flat: Any,
    hold: Any,
    scratch: Any,
) -> tuple[float, int]:
    first, uppers, readout, _, d_output = net
    x, weight = scratch
    batch = readout.out.shape[0]
    take_inputs(x, inputs, batch)
    _prepare(net)
    forward_all(x, inputs.shape[0], batch, first, uppers, hold)
    wanted = (targets, scored, weight, within, readout, d_output[1].shape[0])
    loss, hits = back_all(x, inputs.shape[0], batch, first, uppers, hold, wanted)
    finish(first, uppers, from_tokens(x))
    unpack_readout(d_output[0], d_output[1], readout)
    return loss, hits


@compiled
def trace_pass(
    inputs: Any,
    targets: Any,
    scored: Any,
    within: float,
    net: Any,
    flat: Any,
    hold: Any,
    scratch: Any,
) -> tuple[float, int]:
    """Forward and backward over all T steps of one batch; fills the net's states and flat.

    scratch's weight (B,) says what a scored step counts; hold: values of gates, NaN where free.
    """
    mode = flush_denormals()
    result = _trace_pass(inputs, targets, scored, within, net, flat, hold, scratch)
    restore(mode)
    return result
