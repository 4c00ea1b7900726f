"""Backpropagation through time in one layer, and its weight gradients.

Weight gradients are taken a few steps at a time, while their dL/da is in the cache.
"""

from __future__ import annotations

from typing import Any

from numba import types
from numba.extending import overload

from sandbox.engine.kernels.compiled import JIT_OPTIONS, compiled
from sandbox.engine.kernels.layer import back_step, clear_step, for_inputs, forget, gates_of
from sandbox.engine.kernels.machine import ROWS
from sandbox.engine.kernels.products import add_vectors, make_product, sum_rows
from sandbox.engine.kernels.readout import any_scored, readout_back, readout_step

_ONE, _TWO, _THREE = make_product(ROWS, 1), make_product(ROWS, 2), make_product(ROWS, 3)
_ROW = make_product(1, 1)


@compiled
def _outer(C: Any, A: Any, at: int, D: Any, first: int, rows: int, gates: int) -> None:
    """C (blocks, K', G·L) += the states A, rows from `at`, transposed, times D from `first`."""
    blocks, high, width = C.shape
    L = A.shape[2]
    c_block, d_block, a_block = high * width, D.shape[1] * width, A.shape[1] * L
    even = blocks - blocks % 2 if gates == 1 else 0
    for k in range(0, high, ROWS):
        a = k // L * a_block + at * L + k % L
        for j in range(0, even, 2):
            c, d = j * c_block + k * width, j * d_block + first * width
            _TWO(C, c, width, c_block, A, a, 1, L, D, d, width, d_block, rows)
    for j in range(even, blocks):
        for k in range(0, high, ROWS):
            a = k // L * a_block + at * L + k % L
            c, d = j * c_block + k * width, j * d_block + first * width
            if gates == 4:
                _TWO(C, c, width, L, A, a, 1, L, D, d, width, L, rows)
                _TWO(C, c + 2 * L, width, L, A, a, 1, L, D, d + 2 * L, width, L, rows)
            elif gates == 3:
                _THREE(C, c, width, L, A, a, 1, L, D, d, width, L, rows)
            else:
                _ONE(C, c, width, L, A, a, 1, L, D, d, width, L, rows)


@compiled
def _sum(C: Any, D: Any, first: int, rows: int, gates: int, vector: int) -> None:
    """C (blocks, 1, n·L) += the rows of D from `first`, n vectors from `vector` on."""
    width = D.shape[2]
    L = width // gates
    for j in range(D.shape[0]):
        place = (j * D.shape[1] + first) * width + vector * L
        sum_rows(C, j * C.shape[2], D, place, width, rows, C.shape[2] // L)


def collect_inputs(g: Any, x: Any, at: int, D: Any, first: int, rows: int, gates: int) -> None:
    """dW_x and db of some rows: x from row `at` on, dL/da from `first` on."""
    raise NotImplementedError


@overload(collect_inputs, jit_options=JIT_OPTIONS, strict=False)
def _overload(g: Any, x: Any, at: Any, D: Any, first: Any, rows: Any, gates: Any) -> Any:
    return {1: _tokens, 2: _channels, 3: _layer_below}[x.ndim]


def _tokens(g: Any, x: Any, at: Any, D: Any, first: Any, rows: Any, gates: Any) -> None:
    """Their sum is db, which `finish` takes from dW_x."""
    _, inputs, width = g.W_x.shape
    for j in range(D.shape[0]):
        for row in range(rows):
            to = (j * inputs + x[at + row]) * width
            add_vectors(g.W_x, to, D, (j * D.shape[1] + first + row) * width, gates)


def _channels(g: Any, x: Any, at: Any, D: Any, first: Any, rows: Any, gates: Any) -> None:
    blocks, inputs, width = g.W_x.shape
    L = width // gates
    for j in range(blocks):
        for i in range(inputs):
            for gate in range(gates):
                c, d = (
                    (j * inputs + i) * width + gate * L,
                    (j * D.shape[1] + first) * width + gate * L,
                )
                a = at * inputs + i
                _ROW(g.W_x, c, width, L, x, a, 1, inputs, D, d, width, L, rows)
    _sum(g.b, D, first, rows, gates, 0)


def _layer_below(g: Any, x: Any, at: Any, D: Any, first: Any, rows: Any, gates: Any) -> None:
    _outer(g.W_x, x, at, D, first, rows, gates)
    _sum(g.b, D, first, rows, gates, 0)


def collect_b_h(g: Any, s: Any, first: int, rows: int) -> None:
    """db_h of a GRU; other cells have none."""
    raise NotImplementedError


@overload(collect_b_h, jit_options=JIT_OPTIONS, strict=False)
def _overload_b_h(g: Any, s: Any, first: Any, rows: Any) -> Any:
    if "dax" not in s.fields:
        return lambda g, s, first, rows: None

    def code(g: Any, s: Any, first: Any, rows: Any) -> None:
        _sum(g.b_h, s.da, first, rows, 3, 2)

    return code


@compiled
def collect(x: Any, x_at: int, t: int, steps: int, batch: int, s: Any, g: Any) -> None:
    """Gradients of the weights from `steps` steps from t on, whose dL/da begins at slot 0."""
    rows, gates = steps * batch, gates_of(s)
    _outer(g.W_h, s.hs, t * batch, s.da, 0, rows, gates)
    collect_inputs(g, x, x_at, for_inputs(s), 0, rows, gates)
    collect_b_h(g, s, 0, rows)


@compiled
def hand_down(below: Any, W_xT: Any, t: int, steps: int, batch: int, s: Any) -> None:
    """Add dL/dx of `steps` steps from t on to dL/dh of the layer below."""
    D = for_inputs(s)
    blocks, kept, width = D.shape
    L, rows = below.dhs.shape[2], steps * batch
    for j in range(below.dhs.shape[0]):
        for o in range(blocks):
            w = (j * W_xT.shape[1] + o * width) * L
            for row in range(0, rows, ROWS):
                c = (j * below.dhs.shape[1] + t * batch + row) * L
                a = (o * kept + row) * width
                _ONE(below.dhs, c, L, 0, D, a, width, 1, W_xT, w, L, 0, width)


def clear_below(below: Any) -> None:
    """Zero dL/dh of the layer below, if there is one."""
    raise NotImplementedError


@overload(clear_below, jit_options=JIT_OPTIONS, strict=False)
def _overload_clear_below(below: Any) -> Any:
    if isinstance(below, types.NoneType):
        return lambda below: None

    def code(below: Any) -> None:
        below.dhs[:] = below.dhs.dtype.type(0)

    return code


def take_part(x: Any, below: Any, t: int, steps: int, batch: int, w: Any, s: Any, g: Any) -> None:
    """Weight gradients of `steps` steps from t on, and what the layer below is given."""
    raise NotImplementedError


@overload(take_part, jit_options=JIT_OPTIONS, strict=False)
def _overload_take_part(
    x: Any, below: Any, t: Any, steps: Any, batch: Any, w: Any, s: Any, g: Any
) -> Any:
    def first(x: Any, below: Any, t: Any, steps: Any, batch: Any, w: Any, s: Any, g: Any) -> None:
        collect(x, t * batch, t, steps, batch, s, g)

    def upper(x: Any, below: Any, t: Any, steps: Any, batch: Any, w: Any, s: Any, g: Any) -> None:
        collect(x, (t + 1) * batch, t, steps, batch, s, g)
        hand_down(below, w.W_xT, t, steps, batch, s)

    return first if isinstance(below, types.NoneType) else upper


@compiled
def through_time(
    x: Any,
    below: Any,
    steps: int,
    batch: int,
    layer: Any,
    hold: Any,
    read: bool,
    learns: bool,
    asking: Any,
) -> tuple[float, int]:
    """One layer backward through time: loss and hits if it is read, and gradients if it learns.

    below: the layer below, which is given its dL/dh, or None at the first one.
    asking: (targets, scored, weight, within, readout, number of outputs).
    """
    w, s, g, _, _ = layer
    targets, scored, weight, within, readout, outputs = asking
    kept = s.da.shape[1] // batch
    loss, hits = 0.0, 0
    if learns:
        forget(s)
        clear_below(below)
    for t in range(steps - 1, -1, -1):
        if read:
            if learns:
                clear_step(s, t, batch)
            if any_scored(scored[t], 0, scored.shape[1]):
                after = (t + 1) * batch
                part, hit = readout_step(
                    s.hs, after, targets[t], scored[t], weight, within, readout, outputs
                )
                loss += part
                hits += hit
                if learns:
                    readout_back(s.dhs, s.hs, t * batch, after, readout)
        if learns:
            back_step(t, steps, batch, w, s, hold)
            if t % kept == 0:
                take_part(x, below, t, min(kept, steps - t), batch, w, s, g)
    return loss, hits
