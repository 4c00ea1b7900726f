"""The linear readout and the loss: sum over scored steps, its gradient, and the score.

Everything here is for one step t.  `weight` (B,) is what a scored step of sequence b counts
in the loss: 1 / (scored steps in the batch) in training, 1 / (those of b) in a trace.
Targets say the loss: classes (T, B) cross-entropy; values (T, B, O) squared error; symbols
that are legal (T, B, O), as bytes, binary cross-entropy of each.
"""

from __future__ import annotations

import math
from typing import Any

from numba import types
from numba.extending import overload

from sandbox.engine.kernels.compiled import JIT_OPTIONS, compiled
from sandbox.engine.kernels.machine import ROWS
from sandbox.engine.kernels.products import make_product, sum_rows

_TILE = make_product(ROWS, 1)


@compiled
def any_scored(scored: Any, first: int, last: int) -> bool:
    """Whether anything is asked of the sequences from first to last; scored (B,)."""
    for b in range(first, min(last, scored.shape[0])):
        if scored[b]:
            return True
    return False


@compiled
def last_scored(scored: Any) -> int:
    """The number of steps up to the last at which anything is asked; scored (T, B)."""
    for t in range(scored.shape[0] - 1, -1, -1):
        if any_scored(scored[t], 0, scored.shape[1]):
            return t + 1
    return 0


@compiled
def _answers(r: Any, hs: Any, at: int, row: int) -> None:
    """r.out of ROWS sequences from `row` on, whose states are at rows `at` of hs."""
    blocks, rows, L = hs.shape
    wide = r.b_o.shape[0]
    for b in range(row, row + ROWS):
        for o in range(wide):
            r.out[b, o] = r.b_o[o]
    for o in range(0, wide, L):
        for j in range(blocks):
            a, w = (j * rows + at) * L, j * L * wide + o
            _TILE(r.out, row * wide + o, wide, 0, hs, a, L, 1, r.W_o, w, wide, 0, L)


@compiled
def _cross_entropy(out: Any, count: int, target: int, weight: Any) -> tuple[float, bool]:
    """Loss and hit of one answer; logits out[:count] become dL/dlogits = weight (p - onehot)."""
    best = 0
    for o in range(1, count):
        if out[o] > out[best]:
            best = o
    top, wanted = out[best], out[target]
    total = out.dtype.type(0)
    for o in range(count):
        out[o] = math.exp(out[o] - top)
        total += out[o]
    loss = math.log(total) + top - wanted
    share = weight / total
    for o in range(count):
        out[o] *= share
    out[target] -= weight
    return loss * weight, best == target


@compiled
def _squared_error(
    out: Any, count: int, target: Any, weight: Any, within: float
) -> tuple[float, bool]:
    """Mean of squares over outputs, and whether all are near; out[:count] becomes dL/dout."""
    loss = out.dtype.type(0)
    hit = True
    share = weight / out.dtype.type(count)
    for o in range(count):
        error = out[o] - target[o]
        loss += error * error
        hit = hit and abs(error) < within
        out[o] = (share + share) * error
    return loss * share, hit


@compiled
def _legal_symbols(out: Any, count: int, target: Any, weight: Any) -> tuple[float, bool]:
    """Mean binary cross-entropy over symbols; hit: every legal logit above every other.

    log(1 + exp(x)) - legal·x, as max(x, 0) + log1p(exp(-|x|)) - legal·x.
    """
    zero, one = out.dtype.type(0), out.dtype.type(1)
    loss, least, most = zero, out.dtype.type(math.inf), out.dtype.type(-math.inf)
    share = weight / out.dtype.type(count)
    for o in range(count):
        x = out[o]
        small = math.exp(-abs(x))
        loss += max(x, zero) + math.log1p(small)
        p = one / (one + small) if x >= zero else small / (one + small)
        if target[o]:
            loss -= x
            least = min(least, x)
            p -= one
        else:
            most = max(most, x)
        out[o] = share * p
    return loss * share, least > most


def judge(out: Any, count: int, target: Any, weight: Any, within: float) -> Any:
    """Loss and hit of one answer by its target's type; out becomes dL/d(answer)."""
    raise NotImplementedError


@overload(judge, jit_options=JIT_OPTIONS, strict=False)
def _overload_judge(out: Any, count: Any, target: Any, weight: Any, within: Any) -> Any:
    if not hasattr(target, "ndim"):
        return lambda out, count, target, weight, within: _cross_entropy(out, count, target, weight)
    if isinstance(target.dtype, types.Float):
        return lambda out, count, target, weight, within: _squared_error(
            out, count, target, weight, within
        )
    return lambda out, count, target, weight, within: _legal_symbols(out, count, target, weight)


@compiled
def readout_step(
    hs: Any, at: int, targets: Any, scored: Any, weight: Any, within: float, r: Any, outputs: int
) -> tuple[float, int]:
    """Loss and hits of one step; r.out (B', O') becomes dL/d(answers), zero where not asked.

    at: the row in hs of this step's first sequence.
    """
    loss, hits = 0.0, 0
    zero = r.out.dtype.type(0)
    for row in range(0, r.out.shape[0], ROWS):
        if any_scored(scored, row, row + ROWS):
            _answers(r, hs, at + row, row)
        for b in range(row, row + ROWS):
            if b < scored.shape[0] and scored[b]:
                part, hit = judge(r.out[b], outputs, targets[b], weight[b], within)
                loss += part
                hits += hit
                r.out[b, outputs:] = zero
            else:
                r.out[b] = zero
    return loss, hits


@compiled
def readout_back(dhs: Any, hs: Any, before: int, at: int, r: Any) -> None:
    """Adds r.out's part to dL/dh (rows from `before` of dhs), dW_o and db_o."""
    blocks, rows, L = hs.shape
    batch, wide = r.out.shape
    for o in range(0, wide, L):
        for k in range(0, blocks * L, ROWS):
            a = (k // L * rows + at) * L + k % L
            _TILE(r.dW_o, k * wide + o, wide, 0, hs, a, 1, L, r.out, o, wide, 0, batch)
    sum_rows(r.db_o, 0, r.out, 0, wide, batch, wide // L)
    for j in range(blocks):
        for row in range(0, batch, ROWS):
            c, w = (j * dhs.shape[1] + before + row) * L, j * wide * L
            _TILE(dhs, c, L, 0, r.out, row * wide, wide, 1, r.W_oT, w, L, 0, wide)
