"""Everything a net does with batches, in one call: it learns, is evaluated, or is traced.

A training step whose loss or gradient norm is not finite is not applied: the call returns the
number of steps it took before, and theta stays as it was then.

Numbers too small to matter are zero while a kernel runs. A gradient that fades passes 1e-38 after
a few hundred steps; below it a float32 has no leading one, and the processor takes a hundred times
longer for each. Flushing them to zero is a mode of the thread, so a kernel sets it when it is
entered and restores what it found. Where the processor is not an x86 the mode is left as it is.
"""

from __future__ import annotations

import math
import platform
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import overload

from sandbox.engine.kernels.compiled import JIT_OPTIONS, compiled, entry
from sandbox.engine.kernels.layer import forward
from sandbox.engine.kernels.optimizers import learn
from sandbox.engine.kernels.packing import (
    clear_layer,
    clear_readout,
    pack_layer,
    pack_readout,
    unpack_layer,
    unpack_readout,
)
from sandbox.engine.kernels.readout import last_scored
from sandbox.engine.kernels.stack import count, layer_of, states_of
from sandbox.engine.kernels.through_time import through_time
from sandbox.engine.kernels.vectors import intrinsic

LEARN, EVALUATE, TRACE = 0, 1, 2
_FLUSH = 0x8040  # of MXCSR: results that are denormal are zero, and so are operands
_KNOWN = platform.machine().lower() in ("x86_64", "amd64")


def _control(builder: Any, name: str, place: Any) -> None:
    byte = ir.IntType(8).as_pointer()
    code = builder.module.declare_intrinsic(name, fnty=ir.FunctionType(ir.VoidType(), [byte]))
    builder.call(code, [builder.bitcast(place, byte)])


@intrinsic
def flush_denormals(typing: Any) -> Any:
    """Treat denormal numbers as zero from here on; returns the mode before, for `restore_mode`."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        word = ir.IntType(32)
        if not _KNOWN:
            return ir.Constant(word, 0)
        place = builder.alloca(word)
        _control(builder, "llvm.x86.sse.stmxcsr", place)
        before = builder.load(place)
        builder.store(builder.or_(before, ir.Constant(word, _FLUSH)), place)
        _control(builder, "llvm.x86.sse.ldmxcsr", place)
        return before

    return types.uint32(), codegen


@intrinsic
def restore_mode(typing: Any, mode: Any) -> Any:
    """Back to a mode that `flush_denormals` returned."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        if _KNOWN:
            place = builder.alloca(ir.IntType(32))
            builder.store(args[0], place)
            _control(builder, "llvm.x86.sse.ldmxcsr", place)
        return context.get_dummy_value()

    return types.void(mode), codegen


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
    asked = 0
    for t in range(scored.shape[0]):
        for b in range(scored.shape[1]):
            asked += scored[t, b]
    weight[:] = weight.dtype.type(1.0 / max(asked, 1))
    return asked


@compiled
def _prepare(first: Any, uppers: Any, readout: Any, output: Any) -> None:
    """Weights from the flat vector to the tiles' panels; gradients to zero."""
    pack_layer(first[0], first[3], first[1])
    clear_layer(first[2])
    pack_readout(readout, output[0], output[1])
    clear_readout(readout)
    if uppers is not None:
        for n in range(count(uppers)):
            w, s, g, p, _ = layer_of(uppers, n)
            pack_layer(w, p, s)
            clear_layer(g)


@compiled
def _finish(first: Any, uppers: Any, readout: Any, d_output: Any, tokens: bool) -> None:
    """Every gradient to the flat vector."""
    unpack_layer(first[4], first[2], first[1], tokens)
    unpack_readout(d_output[0], d_output[1], readout)
    if uppers is not None:
        for n in range(count(uppers)):
            _, s, g, _, d = layer_of(uppers, n)
            unpack_layer(d, g, s, False)


@entry
def run_block(
    mode: int,
    inputs: Any,
    targets: Any,
    scored: Any,
    within: float,
    net: Any,
    uppers: Any,
    flat: Any,
    vectors: Any,
    learning: Any,
    hold: Any,
    scratch: Any,
    measured: Any,
) -> tuple[int, float, int]:
    """A training step, an evaluation or a trace a batch: steps taken, loss and hits.

    inputs (N, T, B[, I]); targets (N, T, B[, O]); scored (N, T, B); measured (3, N) takes loss,
    accuracy and gradient norm of training steps.  net: first layer, readout, its views of theta
    (W_o, b_o) and of the gradient.  uppers: upper layers, or None.  flat: the gradient (P,);
    vectors: theta, m and v.  learning: see `optimizers.learn`.  hold: values for gates, NaN
    where free, or None.  scratch: x (T·B'[, I]) and weight (B,): what a scored step counts in
    the loss, which is given for a trace.

    Evaluating sums loss and hits over all scored steps and batches; a trace takes all T steps,
    and leaves states and gradients in the net's arrays.
    """
    float_mode: Any = flush_denormals()
    first, readout, output, d_output = net
    x, weight = scratch
    batch, outputs = readout.out.shape[0], output[1].shape[0]
    taken, total, right = 0, 0.0, 0
    if mode == EVALUATE:
        weight[:] = weight.dtype.type(1)
    for n in range(inputs.shape[0]):
        asked = _even_weights(weight, scored[n]) if mode == LEARN else 1
        steps = last_scored(scored[n]) if mode != TRACE else inputs.shape[1]
        take_inputs(x, inputs[n], batch)
        if n == 0 or mode == LEARN:
            _prepare(first, uppers, readout, output)
        forward(x, steps, batch, first[0], first[1], hold)
        if uppers is not None:
            below = first[1].hs
            for up in range(count(uppers)):
                upper = layer_of(uppers, up)
                forward(below, steps, batch, upper[0], upper[1], hold)
                below = upper[1].hs
        asking = (targets[n], scored[n], weight, within, readout, outputs)
        learns = mode != EVALUATE
        loss, hits = 0.0, 0
        if uppers is None:
            loss, hits = through_time(x, None, steps, batch, first, hold, True, learns, asking)
        else:
            for up in range(count(uppers) - 1, -1, -1):
                read = up == count(uppers) - 1
                below = states_of(uppers[1], up - 1) if up > 0 else first[1]
                layer = layer_of(uppers, up)
                if read or learns:
                    part, hit = through_time(
                        below.hs, below, steps, batch, layer, hold, read, learns, asking
                    )
                    loss += part
                    hits += hit
            if learns:
                through_time(x, None, steps, batch, first, hold, False, True, asking)
        if mode == EVALUATE:
            total += loss
            right += hits
            continue
        _finish(first, uppers, readout, d_output, from_tokens(x))
        if mode == LEARN:
            size = math.inf
            if math.isfinite(loss):
                size = learn(flat, vectors, n + 1, learning)
            if not math.isfinite(size):
                break
            measured[0, n], measured[1, n], measured[2, n] = loss, hits / max(asked, 1), size
            taken += 1
    restore_mode(float_mode)
    return taken, total, right
