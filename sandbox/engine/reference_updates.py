"""The update of a flat vector in torch, as in `kernels.optimizers`: torch.optim's formulas."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch

from sandbox.engine.optimizer_constants import (
    ADAM_BETA_1,
    ADAM_BETA_2,
    CODES,
    EPSILON,
    MOMENTUM,
    RMSPROP_ALPHA,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAMES = {code: name for name, code in CODES.items()}


@torch.no_grad()
def update(
    net: Mapping[str, torch.Tensor], gradient: torch.Tensor, count: int, rate: float, code: int
) -> None:
    """One update, in place, of theta and the state m and v, each (P,), by a clipped gradient.

    count: the number of this update, from 1.
    """
    theta, m, v = net["weights"], net["m"], net["v"]
    name = _NAMES[code]
    if name == "sgd":
        theta.sub_(gradient, alpha=rate)
    elif name == "momentum":
        m.mul_(MOMENTUM).add_(gradient)
        theta.sub_(m, alpha=rate)
    elif name == "rmsprop":
        v.mul_(RMSPROP_ALPHA).addcmul_(gradient, gradient, value=1 - RMSPROP_ALPHA)
        theta.addcdiv_(gradient, v.sqrt().add_(EPSILON), value=-rate)
    else:
        m.mul_(ADAM_BETA_1).add_(gradient, alpha=1 - ADAM_BETA_1)
        v.mul_(ADAM_BETA_2).addcmul_(gradient, gradient, value=1 - ADAM_BETA_2)
        root = 1 / math.sqrt(1 - ADAM_BETA_2**count)
        step = rate / (1 - ADAM_BETA_1**count)
        theta.addcdiv_(m, v.sqrt().mul_(root).add_(EPSILON), value=-step)
