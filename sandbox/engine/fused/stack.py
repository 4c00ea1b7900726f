"""Layers on top of one another: the first one, and any number above it in arrays of their own.

A layer is (weights, states, gradients of the weights, its parameters in the flat vector, their
gradients there).  Upper layers have the same shape; their arrays have one more axis in front,
so that the machine code does not depend on how many there are.  Without any, they are None.
"""

from __future__ import annotations

from typing import Any

from numba import types
from numba.extending import overload

from sandbox.engine.fused.compiled import JIT_OPTIONS, compiled
from sandbox.engine.fused.layer import forward
from sandbox.engine.fused.packing import clear_layer, pack_layer, unpack_layer
from sandbox.engine.fused.states import (
    Gradients,
    GruStates,
    LstmStates,
    ReluStates,
    RnnStates,
    Weights,
)


def states_of(s: Any, n: int) -> Any:
    """The states of the n-th upper layer."""
    raise NotImplementedError


@overload(states_of, jit_options=JIT_OPTIONS, strict=False)
def _overload_states_of(s: Any, n: Any) -> Any:
    if s.instance_class is RnnStates:
        return lambda s, n: RnnStates(s.hs[n], s.dhs[n], s.da[n])
    if s.instance_class is ReluStates:
        return lambda s, n: ReluStates(s.hs[n], s.dhs[n], s.da[n])
    if s.instance_class is LstmStates:
        return lambda s, n: LstmStates(
            s.hs[n], s.dhs[n], s.da[n], s.cs[n], s.dcs[n], s.gates[n], s.carry[n]
        )
    return lambda s, n: GruStates(s.hs[n], s.dhs[n], s.da[n], s.dax[n], s.gates[n], s.carry[n])


@compiled
def layer_of(uppers: Any, n: int) -> Any:
    """The n-th upper layer, as the first one is."""
    w, s, g, p, d = uppers
    return (
        Weights(w.W_x[n], w.b[n], w.W_h[n], w.W_hT[n], w.b_h[n], w.W_xT[n]),
        states_of(s, n),
        Gradients(g.W_x[n], g.b[n], g.W_h[n], g.b_h[n]),
        (p[0][n], p[1][n], p[2][n], p[3][n]),
        (d[0][n], d[1][n], d[2][n], d[3][n]),
    )


def top_states(first: Any, uppers: Any) -> Any:
    """The states that the readout reads."""
    raise NotImplementedError


def pack(first: Any, uppers: Any) -> None:
    """Every layer's weights from the flat vector."""
    raise NotImplementedError


def forward_all(x: Any, steps: int, batch: int, first: Any, uppers: Any, hold: Any) -> None:
    """The states of every layer over T steps."""
    raise NotImplementedError


def finish(first: Any, uppers: Any, tokens: bool) -> None:
    """Every layer's gradients to the flat vector."""
    raise NotImplementedError


@overload(top_states, jit_options=JIT_OPTIONS, strict=False)
def _overload_top_states(first: Any, uppers: Any) -> Any:
    if isinstance(uppers, types.NoneType):
        return lambda first, uppers: first[1]
    return lambda first, uppers: states_of(uppers[1], uppers[1].hs.shape[0] - 1)


@overload(pack, jit_options=JIT_OPTIONS, strict=False)
def _overload_pack(first: Any, uppers: Any) -> Any:
    def one(first: Any, uppers: Any) -> None:
        pack_layer(first[0], first[3], first[1])
        clear_layer(first[2])

    def all_layers(first: Any, uppers: Any) -> None:
        pack_layer(first[0], first[3], first[1])
        clear_layer(first[2])
        for n in range(uppers[1].hs.shape[0]):
            w, s, g, p, _ = layer_of(uppers, n)
            pack_layer(w, p, s)
            clear_layer(g)

    return one if isinstance(uppers, types.NoneType) else all_layers


@overload(forward_all, jit_options=JIT_OPTIONS, strict=False)
def _overload_forward_all(
    x: Any, steps: Any, batch: Any, first: Any, uppers: Any, hold: Any
) -> Any:
    def one(x: Any, steps: Any, batch: Any, first: Any, uppers: Any, hold: Any) -> None:
        forward(x, steps, batch, first[0], first[1], hold)

    def all_layers(x: Any, steps: Any, batch: Any, first: Any, uppers: Any, hold: Any) -> None:
        forward(x, steps, batch, first[0], first[1], hold)
        below = first[1].hs
        for n in range(uppers[1].hs.shape[0]):
            w, s, _, _, _ = layer_of(uppers, n)
            forward(below, steps, batch, w, s, hold)
            below = s.hs

    return one if isinstance(uppers, types.NoneType) else all_layers


@overload(finish, jit_options=JIT_OPTIONS, strict=False)
def _overload_finish(first: Any, uppers: Any, tokens: Any) -> Any:
    def one(first: Any, uppers: Any, tokens: Any) -> None:
        unpack_layer(first[4], first[2], first[1], tokens)

    def all_layers(first: Any, uppers: Any, tokens: Any) -> None:
        unpack_layer(first[4], first[2], first[1], tokens)
        for n in range(uppers[1].hs.shape[0]):
            _, s, g, _, d = layer_of(uppers, n)
            unpack_layer(d, g, s, False)

    return one if isinstance(uppers, types.NoneType) else all_layers
