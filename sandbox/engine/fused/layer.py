"""One layer over a whole sequence: which tiles of which cell, in which order."""

from __future__ import annotations

from typing import Any

from numba.extending import overload

from sandbox.engine.fused import gru, lstm, rnn
from sandbox.engine.fused.compiled import JIT_OPTIONS, compiled
from sandbox.engine.fused.machine import ROWS
from sandbox.engine.fused.states import GruStates, LstmStates, ReluStates, RnnStates
from sandbox.engine.fused.tile import make_backward, make_forward

# By states: gates, blocks of units in a forward tile; forward tiles, one after another, of that
# many blocks and of one; backward tiles of two and of one.
_TILES: dict[type, tuple[int, int, tuple[Any, ...], tuple[Any, ...], Any, Any]] = {
    states: (
        gates,
        units,
        tuple(make_forward(f, gates, units, n, len(forward)) for n, f in enumerate(forward)),
        tuple(make_forward(f, gates, 1, n, len(forward)) for n, f in enumerate(forward)),
        make_backward(backward, gates, 2),
        make_backward(backward, gates, 1),
    )
    for states, gates, units, forward, backward in (
        (RnnStates, 1, 2, (rnn.forward_tanh,), rnn.backward_tanh),
        (ReluStates, 1, 2, (rnn.forward_relu,), rnn.backward_relu),
        (LstmStates, 4, 1, (lstm.forward_begin, lstm.forward_end), lstm.backward),
        (GruStates, 3, 1, (gru.forward,), gru.backward),
    )
}


def forward(x: Any, steps: int, batch: int, w: Any, s: Any, hold: Any) -> None:
    """Fill the states s of T steps; x: tokens (T·B',), channels (T·B', I) or states below."""
    raise NotImplementedError


def back_step(t: int, steps: int, batch: int, w: Any, s: Any, hold: Any) -> None:
    """dL/dh_t and all that follows from it, for use in kernels.

    Before, the rows of t in s.dhs hold what the loss and the layer above gave.
    """
    raise NotImplementedError


@overload(forward, jit_options=JIT_OPTIONS, strict=False)
def _overload_forward(x: Any, steps: Any, batch: Any, w: Any, s: Any, hold: Any) -> Any:
    _, units, wide, narrow, _, _ = _TILES[s.instance_class]
    if len(wide) == 2:
        return _forward_in_halves(*wide)
    (many,), (one,) = wide, narrow

    def code(x: Any, steps: Any, batch: Any, w: Any, s: Any, hold: Any) -> None:
        blocks = s.hs.shape[0]
        even = blocks - blocks % units
        for t in range(steps):
            for j in range(0, even, units):
                for row in range(0, batch, ROWS):
                    many(x, w, s, hold, j, t * batch + row, batch)
            for j in range(even, blocks):
                for row in range(0, batch, ROWS):
                    one(x, w, s, hold, j, t * batch + row, batch)

    return code


def _forward_in_halves(begin: Any, end: Any) -> Any:
    def code(x: Any, steps: Any, batch: Any, w: Any, s: Any, hold: Any) -> None:
        for t in range(steps):
            for j in range(s.hs.shape[0]):
                for row in range(0, batch, ROWS):
                    begin(x, w, s, hold, j, t * batch + row, batch)
                for row in range(0, batch, ROWS):
                    end(x, w, s, hold, j, t * batch + row, batch)

    return code


@overload(back_step, jit_options=JIT_OPTIONS, strict=False)
def _overload_back_step(t: Any, steps: Any, batch: Any, w: Any, s: Any, hold: Any) -> Any:
    wide, narrow = _TILES[s.instance_class][4:]

    def code(t: Any, steps: Any, batch: Any, w: Any, s: Any, hold: Any) -> None:
        kept = s.da.shape[1] // batch
        own, following = t % kept * batch, (t + 1) % kept * batch
        blocks = s.hs.shape[0]
        known = blocks if t + 1 < steps else 0
        even = blocks - blocks % 2
        for j in range(0, even, 2):
            for row in range(0, batch, ROWS):
                here = t * batch + row
                wide(w, s, hold, j, row, here, batch, own + row, following + row, known)
        for j in range(even, blocks):
            for row in range(0, batch, ROWS):
                here = t * batch + row
                narrow(w, s, hold, j, row, here, batch, own + row, following + row, known)

    return code


def gates_of(s: Any) -> int:
    """The number of gates, known when a kernel is compiled."""
    raise NotImplementedError


def for_inputs(s: Any) -> Any:
    """dL/da as W_x sees it: a GRU's is its own."""
    raise NotImplementedError


def forget(s: Any) -> None:
    """Zero what is carried backward: before the backward pass over a sequence."""
    raise NotImplementedError


@overload(gates_of, jit_options=JIT_OPTIONS, strict=False)
def _overload_gates_of(s: Any) -> Any:
    gates = _TILES[s.instance_class][0]
    return lambda s: gates


@overload(for_inputs, jit_options=JIT_OPTIONS, strict=False)
def _overload_for_inputs(s: Any) -> Any:
    if "dax" in s.fields:
        return lambda s: s.dax
    return lambda s: s.da


@overload(forget, jit_options=JIT_OPTIONS, strict=False)
def _overload_forget(s: Any) -> Any:
    if "carry" not in s.fields:
        return lambda s: None

    def code(s: Any) -> None:
        s.carry[:] = s.carry.dtype.type(0)

    return code


@compiled
def clear_step(s: Any, t: int, batch: int) -> None:
    """Zero dL/dh_t, before the loss adds its part."""
    zero = s.dhs.dtype.type(0)
    for j in range(s.dhs.shape[0]):
        s.dhs[j, t * batch : (t + 1) * batch] = zero
