"""tanh and sigmoid on vectors, and their slopes in terms of their values.

float32: through 2^t = 2^n · 2^f with n the whole part of t and a polynomial for 2^f - 1, since a
call of the C library a value would cost more than everything else.  tanh(x) = u / (u + 2) with
u = exp(2x) - 1, which is small without cancellation where x is.  NaN passes through.
float64: the C library's, for comparing with finite differences.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from llvmlite import ir

if TYPE_CHECKING:
    from sandbox.engine.kernels.vectors import Vector

# (2^f - 1) / f for f in -1/2..1/2: minimax, relative error 1.1e-8.
_POWERS = (
    0.6931471880152247,
    0.24022649784168232,
    0.05550357005609564,
    0.00961823835408118,
    0.0013390964352088745,
    0.00015403515588262488,
)
# The same a degree less, relative error 4.4e-7: enough for a sigmoid, which is never small.
_SHORT = (
    0.6931471430622906,
    0.24022348946843575,
    0.05550500923011408,
    0.00966643802060464,
    0.00133335414800695,
)
_ONE_AT = 9.1  # tanh is 1 in float32 from here on
_FINITE = 87.0  # exp stays finite in float32 up to here
_ROUNDER = 1.5 * 2**23  # adding it to a float32 rounds to whole numbers, in the lowest bits


def tanh(x: Vector) -> Vector:
    """Hyperbolic tangent in the lanes' own precision."""
    if x.emitter.size == 8:
        return x.emitter.each_lane(_tanh64, x)
    power, fraction = _exp2(_between(x, _ONE_AT), 2 / math.log(2))
    u = (power - 1.0).plus_product(power, fraction)
    return u.over(u + 2.0)


def sigmoid(x: Vector) -> Vector:
    """1 / (1 + exp(-x)) in the lanes' own precision."""
    if x.emitter.size == 8:
        return x.emitter.each_lane(_sigmoid64, x)
    power, fraction = _exp2(_between(x, _FINITE), -1 / math.log(2), _SHORT)
    return (power + 1.0).plus_product(power, fraction).inverse()


def _exp2(x: Vector, scale: float, powers: tuple[float, ...] = _POWERS) -> tuple[Vector, Vector]:
    """2^n and 2^f - 1 with n + f = scale·x, f in -1/2..1/2."""
    e = x.emitter
    b, words = e.builder, ir.VectorType(ir.IntType(32), e.lanes)
    factor = e.vector_of(scale)
    rounded = e.vector_of(_ROUNDER).plus_product(x, factor)
    minus_whole = e.vector_of(_ROUNDER).minus_exactly(rounded)
    f = minus_whole.plus_product(x, factor)
    bits = b.shl(b.bitcast(rounded.value, words), ir.Constant(words, [23] * e.lanes))
    bits = b.add(bits, ir.Constant(words, [0x3F800000] * e.lanes))
    return e.vector(b.bitcast(bits, e.kind)), f * _polynomial(powers, f)


def relu(x: Vector) -> Vector:
    """The larger of x and 0; NaN stays."""
    zero = x.emitter.vector_of(0.0)
    return x.where("<", 0.0, zero, x)


def tanh_slope(y: Vector) -> Vector:
    """The slope of tanh where its value is y."""
    return 1.0 - y * y


def sigmoid_slope(y: Vector) -> Vector:
    """The slope of sigmoid where its value is y."""
    return y * (1.0 - y)


def _between(x: Vector, limit: float) -> Vector:
    """What is within ±limit as it is, the limit for what is beyond; NaN stays."""
    e = x.emitter
    high, low = e.vector_of(limit), e.vector_of(-limit)
    x = high.where("<", x, high, x)
    return low.where(">", x, low, x)


def _polynomial(coefficients: tuple[float, ...], x: Vector) -> Vector:
    total = x.emitter.vector_of(coefficients[-1])
    for coefficient in coefficients[-2::-1]:
        total = x.emitter.vector_of(coefficient).plus_product(total, x)
    return total


def _tanh64(x: float) -> float:
    return math.tanh(x)


def _sigmoid64(x: float) -> float:
    return 0.5 + 0.5 * math.tanh(0.5 * x)
