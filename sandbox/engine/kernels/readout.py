"""The linear readout and the loss: sum over scored steps, its gradient, and the score.

Everything here is for one step t.  `weight` (B,) is what a scored step of sequence b counts
in the loss: 1 / (scored steps in the batch) in training, 1 / (those of b) in a trace.
"""

from __future__ import annotations

import math
from typing import Any

from numba.extending import overload

from sandbox.engine.kernels.compiled import compiled
from sandbox.engine.kernels.pointwise import JIT_OPTIONS


@compiled
def any_scored(scored: Any) -> bool:
    """Whether anything is asked at this step; scored (B,)."""
    for b in range(scored.shape[0]):
        if scored[b]:
            return True
    return False


@compiled
def answer(out: Any, h: Any, W_o: Any, b_o: Any) -> None:
    """Out (O,) = h (H,) @ W_o (H, O) + b_o (O,)."""
    for o in range(out.shape[0]):
        out[o] = b_o[o]
    for j in range(h.shape[0]):
        for o in range(out.shape[0]):
            out[o] += h[j] * W_o[j, o]


@compiled
def cross_entropy(out: Any, target: Any, weight: Any) -> tuple[float, bool]:
    """Loss and hit of one answer; out (O,) logits become dL/dlogits = weight (p - onehot)."""
    best = 0
    for o in range(1, out.shape[0]):
        if out[o] > out[best]:
            best = o
    top = out[best]
    total = out[0] - out[0]
    for o in range(out.shape[0]):
        total += math.exp(out[o] - top)
    loss = math.log(total) + top - out[target]
    for o in range(out.shape[0]):
        out[o] = weight * (math.exp(out[o] - top) / total)
    out[target] -= weight
    return loss * weight, best == target


@compiled
def squared_error(out: Any, target: Any, weight: Any, within: float) -> tuple[float, bool]:
    """Mean of squares over outputs, and whether all are near; out (O,) becomes dL/dout."""
    loss = out[0] - out[0]
    hit = True
    share = weight / out.dtype.type(out.shape[0])
    for o in range(out.shape[0]):
        error = out[o] - target[o]
        loss += error * error
        hit = hit and abs(error) < within
        out[o] = (share + share) * error
    return loss * share, hit


def judge(out: Any, target: Any, weight: Any, within: float) -> Any:
    """cross_entropy for a class, squared_error for values: by the target's type."""
    raise NotImplementedError


@overload(judge, jit_options=JIT_OPTIONS, strict=False)
def _overload_judge(out: Any, target: Any, weight: Any, within: Any) -> Any:
    if hasattr(target, "ndim"):
        return lambda out, target, weight, within: squared_error(out, target, weight, within)
    return lambda out, target, weight, within: cross_entropy(out, target, weight)


@compiled
def readout_loss(
    hs: Any, targets: Any, scored: Any, weight: Any, W_o: Any, b_o: Any, within: float, work: Any
) -> tuple[float, int]:
    """Loss and hits over the whole sequence, without gradients.

    hs (T+1, B, H) with the start at 0; targets (T, B) or (T, B, O); scored (T, B); work (O,).
    """
    loss, hits = 0.0, 0
    for t in range(scored.shape[0]):
        for b in range(scored.shape[1]):
            if scored[t, b]:
                answer(work, hs[t + 1, b], W_o, b_o)
                part, hit = judge(work, targets[t, b], weight[b], within)
                loss += part
                hits += hit
    return loss, hits


@compiled
def readout_step(
    h: Any,
    targets: Any,
    scored: Any,
    weight: Any,
    W_o: Any,
    b_o: Any,
    within: float,
    work: Any,
    dh: Any,
    dW_o: Any,
    db_o: Any,
) -> tuple[float, int]:
    """Loss and hits of step t, adding its gradients to dh (B, H), dW_o (H, O) and db_o (O,)."""
    loss, hits = 0.0, 0
    for b in range(scored.shape[0]):
        if scored[b]:
            answer(work, h[b], W_o, b_o)
            part, hit = judge(work, targets[b], weight[b], within)
            loss += part
            hits += hit
            for j in range(h.shape[1]):
                total = work[0] - work[0]
                for o in range(work.shape[0]):
                    total += work[o] * W_o[j, o]
                    dW_o[j, o] += work[o] * h[b, j]
                dh[b, j] += total
            for o in range(work.shape[0]):
                db_o[o] += work[o]
    return loss, hits
