"""A vector of lanes, with the operators of numbers: each emits an instruction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llvmlite import ir
from numba.core import cgutils as _cgutils

if TYPE_CHECKING:
    from sandbox.engine.kernels.vectors import Emitter

cgutils: Any = _cgutils  # untyped


class Vector:
    """A vector of lanes, with the operators of numbers."""

    def __init__(self, emitter: Emitter, value: Any) -> None:
        self.emitter, self.value = emitter, value

    def _do(self, name: str, one: Any, other: Any) -> Vector:
        e = self.emitter
        return Vector(e, getattr(e.builder, name)(e.vector_of(one).value, e.vector_of(other).value))

    def __add__(self, other: Any) -> Vector:
        return self._do("fadd", self, other)

    def __radd__(self, other: Any) -> Vector:
        return self._do("fadd", other, self)

    def __sub__(self, other: Any) -> Vector:
        return self._do("fsub", self, other)

    def __rsub__(self, other: Any) -> Vector:
        return self._do("fsub", other, self)

    def __mul__(self, other: Any) -> Vector:
        return self._do("fmul", self, other)

    def __rmul__(self, other: Any) -> Vector:
        return self._do("fmul", other, self)

    def __neg__(self) -> Vector:
        return self.emitter.vector_of(-0.0) - self

    def minus_exactly(self, other: Vector) -> Vector:
        """Self - other, which no optimisation may take together with what came before."""
        e = self.emitter
        return Vector(e, e.builder.fsub(self.value, other.value, flags=("nsz",)))

    def over(self, other: Vector) -> Vector:
        """Self / other to about half a unit in the last place; other is normal, or NaN.

        A division blocks its unit for 16 cycles; a reciprocal of 14 bits, of which the quotient's
        remainder is taken, does not.
        """
        e = self.emitter
        if not e.has_reciprocals:
            return self._do("fdiv", self, other)
        guess = other.reciprocal()
        quotient = self * guess
        return quotient.plus_product(self.plus_product(-other, quotient), guess)

    def inverse(self) -> Vector:
        """1 / self to about a unit in the last place; self is normal, or NaN."""
        e = self.emitter
        if not e.has_reciprocals:
            return self._do("fdiv", 1.0, self)
        guess = self.reciprocal()
        return guess.plus_product(guess, e.vector_of(1.0).plus_product(-self, guess))

    def reciprocal(self) -> Vector:
        """1 / self to 14 bits, as AVX-512 has it for float32."""
        e, words = self.emitter, ir.IntType(16)
        code = cgutils.get_or_insert_function(
            e.builder.module,
            ir.FunctionType(e.kind, [e.kind, e.kind, words]),
            "llvm.x86.avx512.rcp14.ps.512",
        )
        every = ir.Constant(words, -1)
        return Vector(e, e.builder.call(code, [self.value, e.vector_of(0.0).value, every]))

    def plus_product(self, a: Vector, b: Vector) -> Vector:
        """Self + a·b, rounded once where the machine can."""
        e = self.emitter
        return Vector(e, e.builder.call(e.fused, [a.value, b.value, self.value]))

    def where(self, relation: str, other: Any, then: Vector, otherwise: Vector) -> Vector:
        """Lane by lane, `then` where the relation holds; it holds for no NaN unless "uno"."""
        e = self.emitter
        compare = e.builder.fcmp_unordered if relation == "uno" else e.builder.fcmp_ordered
        chosen = compare(relation, self.value, e.vector_of(other).value)
        return Vector(e, e.builder.select(chosen, then.value, otherwise.value))
