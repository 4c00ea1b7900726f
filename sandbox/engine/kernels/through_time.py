"""Backpropagation through time in one layer."""

from __future__ import annotations

from typing import Any

from numba import types
from numba.extending import overload

from sandbox.engine.kernels.collect import collect, hand_down
from sandbox.engine.kernels.compiled import JIT_OPTIONS, compiled
from sandbox.engine.kernels.layer import back_step, clear_step, forget
from sandbox.engine.kernels.readout import any_scored, readout_back, readout_step


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
