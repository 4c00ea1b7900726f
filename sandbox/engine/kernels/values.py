"""Numbers, vectors and conditions of machine code, with Python's operators."""

from __future__ import annotations

from typing import Any

from llvmlite import ir

WORD, BYTE, INT = ir.IntType(64), ir.IntType(8), ir.IntType(32)
DOUBLE, POINTER, VOID = ir.DoubleType(), ir.PointerType(), ir.VoidType()
# nnan and ninf are left out on purpose: they would hide NaN and infinity.
FAST = ("contract", "reassoc", "arcp", "nsz")
_INTEGERS = {"add": "add", "sub": "sub", "mul": "mul", "div": "udiv", "rem": "urem"}
_REALS = {"add": "fadd", "sub": "fsub", "mul": "fmul", "div": "fdiv"}


class Value:
    """A number, a vector of lanes or a condition, with the operators of numbers.

    code: the `Code` that it belongs to.
    """

    __slots__ = ("code", "value")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, code: Any, value: Any) -> None:
        self.code, self.value = code, value

    @property
    def kind(self) -> Any:
        """Its LLVM type."""
        return self.value.type

    def like(self, other: Any) -> Value:
        """The other as a value of this kind: Python's numbers are in every lane."""
        return other if isinstance(other, Value) else self.code.constant(other, self.kind)

    def _do(self, name: str, other: Any, swapped: bool = False) -> Value:
        one, two = (self.like(other), self) if swapped else (self, self.like(other))
        if isinstance(self.kind, ir.IntType):
            return Value(self.code, getattr(self.code.b, _INTEGERS[name])(one.value, two.value))
        made = getattr(self.code.b, _REALS[name])(one.value, two.value, flags=FAST)
        return Value(self.code, made)

    def __add__(self, other: Any) -> Value:
        return self._do("add", other)

    def __radd__(self, other: Any) -> Value:
        return self._do("add", other, True)

    def __sub__(self, other: Any) -> Value:
        return self._do("sub", other)

    def __rsub__(self, other: Any) -> Value:
        return self._do("sub", other, True)

    def __mul__(self, other: Any) -> Value:
        return self._do("mul", other)

    def __rmul__(self, other: Any) -> Value:
        return self._do("mul", other, True)

    def __floordiv__(self, other: Any) -> Value:
        return self._do("div", other)

    def __truediv__(self, other: Any) -> Value:
        return self._do("div", other)

    def __rtruediv__(self, other: Any) -> Value:
        return self._do("div", other, True)

    def __mod__(self, other: Any) -> Value:
        return self._do("rem", other)

    def __neg__(self) -> Value:
        return self.like(-0.0) - self

    def is_(self, relation: str, other: Any) -> Value:
        """A condition; it holds for no NaN unless the relation is "uno"."""
        b = self.code.b
        if isinstance(self.kind, (ir.IntType, ir.PointerType)):
            compare = b.icmp_signed
        else:
            compare = b.fcmp_unordered if relation == "uno" else b.fcmp_ordered
        return Value(self.code, compare(relation, self.value, self.like(other).value))

    def __lt__(self, other: Any) -> Value:
        return self.is_("<", other)

    def __gt__(self, other: Any) -> Value:
        return self.is_(">", other)

    def __and__(self, other: Value) -> Value:
        return Value(self.code, self.code.b.and_(self.value, other.value))

    def __or__(self, other: Value) -> Value:
        return Value(self.code, self.code.b.or_(self.value, other.value))

    def choose(self, then: Value, otherwise: Any) -> Value:
        """Where this condition holds the one, elsewhere the other."""
        other = then.like(otherwise).value
        return Value(self.code, self.code.b.select(self.value, then.value, other))

    def plus_product(self, a: Any, b: Any) -> Value:
        """Self + a·b, rounded once where the machine can."""
        made: Value = self.code.intrinsic("llvm.fmuladd", self.like(a), self.like(b), self)
        return made

    def minus_exactly(self, other: Value) -> Value:
        """Self - other, which no optimisation may take together with what came before."""
        return Value(self.code, self.code.b.fsub(self.value, other.value, flags=("nsz",)))

    def over(self, other: Value) -> Value:
        """Self / other to about half a unit in the last place; other is normal, or NaN.

        A division blocks its unit for 16 cycles; a reciprocal of 14 bits, of which the quotient's
        remainder is taken, does not.
        """
        if not self.code.has_reciprocals(self.kind):
            return self / other
        guess = other.reciprocal()
        quotient = self * guess
        return quotient.plus_product(self.plus_product(-other, quotient), guess)

    def inverse(self) -> Value:
        """1 / self to about a unit in the last place; self is normal, or NaN."""
        if not self.code.has_reciprocals(self.kind):
            return 1.0 / self
        guess = self.reciprocal()
        return guess.plus_product(guess, self.like(1.0).plus_product(-self, guess))

    def reciprocal(self) -> Value:
        """1 / self to 14 bits, as AVX-512 has it for float32."""
        words = ir.IntType(16)
        kind = ir.FunctionType(self.kind, [self.kind, self.kind, words])
        code = self.code.function_named("llvm.x86.avx512.rcp14.ps.512", kind)
        given = [self.value, self.like(0.0).value, ir.Constant(words, -1)]
        return Value(self.code, self.code.b.call(code, given))

    def as_(self, kind: Any) -> Value:
        """A scalar in another type: integers and reals of any width."""
        b, whole = self.code.b, isinstance(self.kind, ir.IntType)
        if self.kind == kind:
            return self
        if isinstance(kind, ir.IntType):
            made = b.trunc if self.kind.width > kind.width else b.sext
            return Value(self.code, made(self.value, kind))
        if whole:
            return Value(self.code, b.sitofp(self.value, kind))
        made = b.fpext if kind == DOUBLE else b.fptrunc
        return Value(self.code, made(self.value, kind))


class Variable:
    """A place for a value that changes; it becomes a register."""

    def __init__(self, code: Any, start: Value) -> None:
        self._code = code
        with code.b.goto_entry_block():
            self.place = code.b.alloca(start.kind)
        self._kind = start.kind
        self.set(start)

    def get(self) -> Value:
        """What it holds."""
        return Value(self._code, self._code.b.load(self.place, typ=self._kind))

    def set(self, value: Value) -> None:
        """Hold another value."""
        self._code.b.store(value.value, self.place)

    def add(self, value: Any) -> None:
        """Add to what it holds."""
        self.set(self.get() + value)
