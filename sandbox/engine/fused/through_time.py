"""Backpropagation through time: loss and gradients of a whole sequence, layer by layer."""

from __future__ import annotations

from typing import Any

from numba import types
from numba.extending import overload

from sandbox.engine.fused.collect import collect, hand_down
from sandbox.engine.fused.compiled import JIT_OPTIONS, compiled
from sandbox.engine.fused.layer import back_step, clear_step, forget
from sandbox.engine.fused.readout import any_scored, readout_back, readout_step
from sandbox.engine.fused.stack import layer_of, states_of


def clear_below(below: Any) -> None:
    """Zero dL/dh of the layer below."""
    raise NotImplementedError


@overload(clear_below, jit_options=JIT_OPTIONS, strict=False)
def _overload_clear_below(below: Any) -> Any:
    if isinstance(below, types.NoneType):
        return lambda below: None

    def code(below: Any) -> None:
        below.dhs[:] = below.dhs.dtype.type(0)

    return code


def _collect(x: Any, below: Any, t: int, steps: int, batch: int, layer: Any) -> None:
    """Gradients of the weights of `steps` steps from t on, and of the layer below's states."""
    raise NotImplementedError


@overload(_collect, jit_options=JIT_OPTIONS, strict=False)
def _overload_collect(x: Any, below: Any, t: Any, steps: Any, batch: Any, layer: Any) -> Any:
    def first(x: Any, below: Any, t: Any, steps: Any, batch: Any, layer: Any) -> None:
        collect(x, t * batch, t, steps, batch, layer[1], layer[2])

    def upper(x: Any, below: Any, t: Any, steps: Any, batch: Any, layer: Any) -> None:
        collect(x, (t + 1) * batch, t, steps, batch, layer[1], layer[2])
        hand_down(below, layer[0].W_xT, t, steps, batch, layer[1])

    return first if isinstance(below, types.NoneType) else upper


@compiled
def _back_top(
    x: Any, below: Any, steps: int, batch: int, layer: Any, hold: Any, asked: Any
) -> tuple[float, int]:
    """Loss and hits; gradients of the layer that is read, and dL/dh of all its steps.

    below: the layer below, which is given its dL/dh, or None at the first one.
    asked: (targets, scored, weight, within, readout, number of outputs).
    """
    targets, scored, weight, within, r, outputs = asked
    w, s, _, _, _ = layer
    loss, hits = 0.0, 0
    kept = s.da.shape[1] // batch
    forget(s)
    clear_below(below)
    for t in range(steps - 1, -1, -1):
        clear_step(s, t, batch)
        if any_scored(scored[t], 0, scored.shape[1]):
            after = (t + 1) * batch
            part, hit = readout_step(s.hs, after, targets[t], scored[t], weight, within, r, outputs)
            loss += part
            hits += hit
            readout_back(s.dhs, s.hs, t * batch, after, r)
        back_step(t, steps, batch, w, s, hold)
        if t % kept == 0:
            _collect(x, below, t, min(kept, steps - t), batch, layer)
    return loss, hits


@compiled
def _back_below(x: Any, below: Any, steps: int, batch: int, layer: Any, hold: Any) -> None:
    """Gradients of a layer whose dL/dh has what the layer above gave."""
    w, s, _, _, _ = layer
    kept = s.da.shape[1] // batch
    forget(s)
    clear_below(below)
    for t in range(steps - 1, -1, -1):
        back_step(t, steps, batch, w, s, hold)
        if t % kept == 0:
            _collect(x, below, t, min(kept, steps - t), batch, layer)


def back_all(
    x: Any, steps: int, batch: int, first: Any, uppers: Any, hold: Any, asked: Any
) -> tuple[float, int]:
    """Loss and hits over all steps; gradients of every layer and of the readout."""
    raise NotImplementedError


@overload(back_all, jit_options=JIT_OPTIONS, strict=False)
def _overload_back_all(
    x: Any, steps: Any, batch: Any, first: Any, uppers: Any, hold: Any, asked: Any
) -> Any:
    def one(
        x: Any, steps: Any, batch: Any, first: Any, uppers: Any, hold: Any, asked: Any
    ) -> tuple[float, int]:
        return _back_top(x, None, steps, batch, first, hold, asked)

    def all_layers(
        x: Any, steps: Any, batch: Any, first: Any, uppers: Any, hold: Any, asked: Any
    ) -> tuple[float, int]:
        last = uppers[1].hs.shape[0] - 1
        loss, hits = 0.0, 0
        for n in range(last, -1, -1):
            below = first[1]
            if n > 0:
                below = states_of(uppers[1], n - 1)
            if n == last:
                loss, hits = _back_top(
                    below.hs, below, steps, batch, layer_of(uppers, n), hold, asked
                )
            else:
                _back_below(below.hs, below, steps, batch, layer_of(uppers, n), hold)
        _back_below(x, None, steps, batch, first, hold)
        return loss, hits

    return one if isinstance(uppers, types.NoneType) else all_layers
