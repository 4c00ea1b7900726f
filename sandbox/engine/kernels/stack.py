"""Layers on top of one another: the first one, and any number above it in arrays of their own.

A layer is (weights, states, gradients of the weights, its parameters in the flat vector, their
gradients there).  Upper layers have the same shape; their arrays have one more axis in front,
so that the machine code does not depend on how many there are.  Without any, they are None.
"""

from __future__ import annotations

from typing import Any

from numba import types
from numba.extending import overload

from sandbox.engine.kernels.compiled import JIT_OPTIONS, compiled
from sandbox.engine.kernels.states import (
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


def count(uppers: Any) -> int:
    """How many upper layers there are."""
    raise NotImplementedError


@overload(count, jit_options=JIT_OPTIONS, strict=False)
def _overload_count(uppers: Any) -> Any:
    if isinstance(uppers, types.NoneType):
        return lambda uppers: 0
    return lambda uppers: uppers[1].hs.shape[0]
