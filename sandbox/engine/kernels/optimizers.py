"""Clipping and the update as one loop over the flat vector; torch.optim's formulas.

`engine.optimizers` has the codes; scale is the clipping factor.
"""

from __future__ import annotations

import math
from typing import Any

from sandbox.engine.kernels.compiled import compiled
from sandbox.engine.optimizer_constants import (
    ADAM_BETA_1,
    ADAM_BETA_2,
    EPSILON,
    MOMENTUM,
    RMSPROP_ALPHA,
)


@compiled
def norm(g: Any) -> float:
    """The Euclidean norm of a flat vector, summed in float64."""
    total = 0.0
    for n in range(g.shape[0]):
        total += float(g[n]) * float(g[n])
    return math.sqrt(total)


@compiled
def update(
    theta: Any, g: Any, m: Any, v: Any, count: int, rate: float, code: int, scale: float
) -> None:
    """One update of theta (P,) by gradient scale·g; m and v (P,) are the optimiser's state.

    count: the number of this update, from 1.
    """
    kind = theta.dtype.type
    lr, s, eps = kind(rate), kind(scale), kind(EPSILON)
    if code == 0:
        for n in range(theta.shape[0]):
            theta[n] -= lr * (s * g[n])
    elif code == 1:
        mu = kind(MOMENTUM)
        for n in range(theta.shape[0]):
            m[n] = mu * m[n] + s * g[n]
            theta[n] -= lr * m[n]
    elif code == 2:
        alpha, rest = kind(RMSPROP_ALPHA), kind(1.0 - RMSPROP_ALPHA)
        for n in range(theta.shape[0]):
            d = s * g[n]
            v[n] = alpha * v[n] + rest * d * d
            theta[n] -= lr * d / (math.sqrt(v[n]) + eps)
    else:
        b1, r1 = kind(ADAM_BETA_1), kind(1.0 - ADAM_BETA_1)
        b2, r2 = kind(ADAM_BETA_2), kind(1.0 - ADAM_BETA_2)
        step = kind(rate / (1.0 - ADAM_BETA_1**count))
        root = kind(1.0 / math.sqrt(1.0 - ADAM_BETA_2**count))
        for n in range(theta.shape[0]):
            d = s * g[n]
            m[n] = b1 * m[n] + r1 * d
            v[n] = b2 * v[n] + r2 * d * d
            theta[n] -= step * m[n] / (math.sqrt(v[n]) * root + eps)


@compiled
def cut_off(g: Any, limit: float) -> None:
    """Every entry of g (P,) into [-limit, limit], as torch's clip_grad_value_ does."""
    most = g.dtype.type(limit)
    for n in range(g.shape[0]):
        g[n] = min(max(g[n], -most), most)


@compiled
def learn(flat: Any, vectors: Any, number: int, learning: Any) -> float:
    """Norm, clip and update; returns the norm before clipping, theta untouched if not finite.

    flat: the gradient (P,).  vectors: theta, m, v.  number: of this update in the call, from 1;
    learning: updates before the call, a rate for each of the call, the limit, whether it is for
    each entry rather than for the norm, and the optimiser's code.
    """
    theta, m, v = vectors
    done, rates, limit, by_value, code = learning
    size: float = norm(flat)
    if math.isfinite(size):
        scale = 1.0
        if by_value:
            cut_off(flat, limit)
        elif size > limit:
            scale = limit / (size + 1e-6)
        update(theta, flat, m, v, done + number, rates[number - 1], code, min(scale, 1.0))
    return size
