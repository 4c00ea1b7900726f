"""tanh, sigmoid, exp, log and their like on numbers and vectors, and slopes in terms of values.

exp is 2^t = 2^n · 2^f with n the whole part of t and a polynomial for 2^f - 1, since a call of the
C library a value would cost more than everything else.  tanh(x) = u / (u + 2) with
u = exp(2x) - 1, which is small without cancellation where x is.  NaN passes through.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from llvmlite import ir

from sandbox.engine.kernels.values import DOUBLE

if TYPE_CHECKING:
    from sandbox.engine.kernels.values import Value

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
# ln(1 + u) / u for u in 0..1: Chebyshev, relative error 5e-9.
_LOG1P = (
    0.9999999947,
    -0.4999989265,
    0.333297105,
    -0.2495161626,
    0.1966327425,
    -0.1526966707,
    0.1054362379,
    -0.05637361275,
    0.01954252722,
    -0.00317605701,
)
_EXACT = tuple(math.log(2) ** k / math.factorial(k) for k in range(1, 15))  # Taylor's
_LN_2 = 0.693145751953125, 1.42860682030941723e-6  # in two parts: the first has 14 bits
_INV = 1 / math.log(2)
_LOG1P_TERMS = 18  # of the series of artanh up to 1/3, in float64


@dataclass(frozen=True)
class _Precision:
    """rounder: adding it rounds to whole numbers, in the lowest bits.  one_at: where tanh is 1.

    finite: exp stays finite and normal up to this size.  terms: of the series of artanh that log
    needs.
    """

    bits: int
    mantissa: int
    bias: int
    rounder: float
    one_at: float
    finite: float
    powers: tuple[float, ...]
    short: tuple[float, ...]
    terms: int


_SINGLE = _Precision(32, 23, 127, 1.5 * 2**23, 9.1, 87.0, _POWERS, _SHORT, 6)
_DOUBLE = _Precision(64, 52, 1023, 1.5 * 2**52, 19.1, 708.0, _EXACT, _EXACT, 12)


def tanh(x: Value) -> Value:
    """Hyperbolic tangent."""
    p = _precision(x)
    power, fraction = _exp2(_between(x, p.one_at), 2 * _INV, p.powers)
    u = (power - 1.0).plus_product(power, fraction)
    return u.over(u + 2.0)


def sigmoid(x: Value) -> Value:
    """1 / (1 + exp(-x))."""
    p = _precision(x)
    power, fraction = _exp2(_between(x, p.finite), -_INV, p.short)
    return (power + 1.0).plus_product(power, fraction).inverse()


def exp(x: Value) -> Value:
    """Exponential; below the smallest normal number it stays there, from 87 (708) on infinite."""
    p = _precision(x)
    e = _exp_inside(_between(x, p.finite))
    return x.is_(">", p.finite).choose(e.like(math.inf), e)


def _exp_of_negative(x: Value) -> Value:
    """The same of numbers that are never positive."""
    low = x.like(-_precision(x).finite)
    return _exp_inside(low.is_(">", x).choose(low, x))


def _exp_inside(x: Value) -> Value:
    p = _precision(x)
    power, fraction = _exp2(x, _INV, p.powers, _INV - _stored(_INV, p))
    return power.plus_product(power, fraction)


def log(x: Value) -> Value:
    """Natural logarithm of a positive normal number; NaN stays, and infinity becomes NaN."""
    p, code = _precision(x), x.code
    b, words = code.b, _words(x, p)

    def word(number: int) -> ir.Constant:
        return code.constant(number, words).value

    bits = b.bitcast(x.value, words)
    half = {32: 0x3F3504F3, 64: 0x3FE6A09E667F3BCD}[p.bits]  # of the square root of 1/2
    exponent = b.ashr(b.sub(bits, word(half)), word(p.mantissa))
    m = type(x)(code, b.bitcast(b.sub(bits, b.shl(exponent, word(p.mantissa))), x.kind))
    n = type(x)(code, b.sitofp(exponent, x.kind))
    small = _artanh_series((m - 1.0).over(m + 1.0), p.terms)
    found = n * _LN_2[0] + (n * _LN_2[1] + small)
    return x.is_("<", math.inf).choose(found, x + math.nan)


def log1p(u: Value) -> Value:
    """ln(1 + u) for u in 0..1, exact where u is small."""
    if _precision(u) is _SINGLE:
        return u * _polynomial(_LOG1P, u)
    return _artanh_series(u.over(u + 2.0), _LOG1P_TERMS)


def softplus(x: Value) -> Value:
    """ln(1 + exp(x))."""
    return x.is_("<", 0.0).choose(x.like(0.0), x) + log1p(_exp_of_negative(-_size(x)))


def logsigmoid(x: Value) -> Value:
    """ln(sigmoid(x))."""
    return x.is_(">", 0.0).choose(x.like(0.0), x) - log1p(_exp_of_negative(-_size(x)))


def relu(x: Value) -> Value:
    """The larger of x and 0; NaN stays."""
    return x.is_("<", 0.0).choose(x.like(0.0), x)


FUNCTIONS = {each.__name__: each for each in (tanh, sigmoid, exp, softplus, logsigmoid, relu)}


def slope(function: str, y: Value, gradient: Value) -> Value:
    """The gradient, times the slope of the function where its value is y."""
    if function == "tanh":
        return gradient * (1.0 - y * y)
    if function == "sigmoid":
        return gradient * (y * (1.0 - y))
    if function == "exp":
        return gradient * y
    if function == "softplus":
        return gradient * (1.0 - _exp_of_negative(-y))
    if function == "logsigmoid":
        return gradient * (1.0 - _exp_of_negative(y))
    return y.is_("<=", 0.0).choose(y.like(0.0), gradient)  # relu


def _precision(x: Value) -> _Precision:
    element = x.kind.element if isinstance(x.kind, ir.VectorType) else x.kind
    return _DOUBLE if element == DOUBLE else _SINGLE


def _stored(number: float, p: _Precision) -> float:
    """The number as this precision holds it."""
    return number if p.bits == 64 else float(np.float32(number))


def _words(x: Value, p: _Precision) -> ir.Type:
    whole = ir.IntType(p.bits)
    return ir.VectorType(whole, x.kind.count) if isinstance(x.kind, ir.VectorType) else whole


def _exp2(
    x: Value, scale: float, powers: tuple[float, ...], rest: float = 0.0
) -> tuple[Value, Value]:
    """2^n and 2^f - 1 with n + f = (scale + rest)·x, f in -1/2..1/2."""
    p, code = _precision(x), x.code
    words = _words(x, p)
    rounder = x.like(p.rounder)
    rounded = rounder.plus_product(x, scale)
    f = rounder.minus_exactly(rounded).plus_product(x, scale)
    if rest:
        f = f.plus_product(x, rest)
    bits = code.b.bitcast(rounded.value, words)
    bits = code.b.shl(bits, code.constant(p.mantissa, words).value)
    bits = code.b.add(bits, code.constant(p.bias << p.mantissa, words).value)
    return type(x)(code, code.b.bitcast(bits, x.kind)), f * _polynomial(powers, f)


def _between(x: Value, limit: float) -> Value:
    """What is within ±limit as it is, the limit for what is beyond; NaN stays."""
    high, low = x.like(limit), x.like(-limit)
    x = high.is_("<", x).choose(high, x)
    return low.is_(">", x).choose(low, x)


def _size(x: Value) -> Value:
    return x.is_("<", 0.0).choose(-x, x)


def _artanh_series(s: Value, terms: int) -> Value:
    """2 artanh(s) = 2 s (1 + s²/3 + s⁴/5 + …)."""
    return (s + s) * _polynomial(tuple(1 / (2 * k + 1) for k in range(terms)), s * s)


def _polynomial(coefficients: tuple[float, ...], x: Value) -> Value:
    total = x.like(coefficients[-1])
    for coefficient in coefficients[-2::-1]:
        total = x.like(coefficient).plus_product(total, x)
    return total
