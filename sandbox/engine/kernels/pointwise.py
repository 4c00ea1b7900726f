"""tanh and sigmoid that vectorise, and the same names in float64 through libm.

In float32, tanh is Eigen's clamped rational polynomial, degree 13 over 6
(Eigen, MathFunctionsImpl.h, ptanh_float); sigmoid(x) = (1 + tanh(x / 2)) / 2.  NaN passes:
both comparisons of the clamp are false for it.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import types
from numba.extending import overload

from sandbox.engine.kernels.compiled import FAST_MATH

_LIMIT = np.float32(7.90531110763549805)
_A = tuple(
    np.float32(a)
    for a in (
        4.89352455891786e-03,
        6.37261928875436e-04,
        1.48572235717979e-05,
        5.12229709037114e-08,
        -8.60467152213735e-11,
        2.00018790482477e-13,
        -2.76076847742355e-16,
    )
)
_B = tuple(
    np.float32(b)
    for b in (
        4.89352518554385e-03,
        2.26843463243900e-03,
        1.18534705686654e-04,
        1.19825839466702e-06,
    )
)
_A1, _A3, _A5, _A7, _A9, _A11, _A13 = _A
_B0, _B2, _B4, _B6 = _B
_HALF = np.float32(0.5)


def tanh(x: Any) -> Any:
    """Hyperbolic tangent in x's own precision; for use in kernels."""
    return np.tanh(x)


def sigmoid(x: Any) -> Any:
    """1 / (1 + exp(-x)) in x's own precision; for use in kernels."""
    return 0.5 + 0.5 * np.tanh(0.5 * x)


def _tanh32(x: Any) -> Any:
    c = _LIMIT if x > _LIMIT else (-_LIMIT if x < -_LIMIT else x)
    s = c * c
    p = _A13
    p = p * s + _A11
    p = p * s + _A9
    p = p * s + _A7
    p = p * s + _A5
    p = p * s + _A3
    p = p * s + _A1
    q = _B6
    q = q * s + _B4
    q = q * s + _B2
    q = q * s + _B0
    return c * p / q


JIT_OPTIONS: Any = {"fastmath": FAST_MATH, "error_model": "numpy", "forceinline": True}


@overload(tanh, jit_options=JIT_OPTIONS, strict=False)
def _overload_tanh(x: Any) -> Any:
    if x == types.float32:
        return _tanh32
    return lambda x: math.tanh(x)


@overload(sigmoid, jit_options=JIT_OPTIONS, strict=False)
def _overload_sigmoid(x: Any) -> Any:
    if x == types.float32:
        return lambda x: _HALF + _HALF * tanh(_HALF * x)
    return lambda x: 0.5 + 0.5 * math.tanh(0.5 * x)
