"""Writing machine code in Python: numbers and vectors with operators, loops as with statements.

A compiler's vectoriser gives up on loops with more than a handful of arrays, and streams a
product's result through memory at half speed.  Kernels are therefore written in vectors, in
LLVM's own types.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
from llvmlite import ir

from sandbox.engine.kernels.machine import VECTOR_BYTES, lanes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

WORD, BYTE, INT = ir.IntType(64), ir.IntType(8), ir.IntType(32)
DOUBLE, POINTER, VOID = ir.DoubleType(), ir.PointerType(), ir.VoidType()
# nnan and ninf are left out on purpose: they would hide NaN and infinity.
FAST = ("contract", "reassoc", "arcp", "nsz")
_INTEGERS = {"add": "add", "sub": "sub", "mul": "mul", "div": "udiv", "rem": "urem"}
_REALS = {"add": "fadd", "sub": "fsub", "mul": "fmul", "div": "fdiv"}


class Value:
    """A number, a vector of lanes or a condition, with the operators of numbers."""

    __slots__ = ("code", "value")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, code: Code, value: Any) -> None:
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
        return self.code.constant(-0.0, self.kind) - self

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
        return self.code.intrinsic("llvm.fmuladd", self.like(a), self.like(b), self)

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

    def __init__(self, code: Code, start: Value) -> None:
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


class Panel:
    """An array (blocks, rows, width) of which tiles read and write vectors, by element's place."""

    def __init__(self, code: Code, start: Value, rows: Any, width: Any) -> None:
        self.code, self.start = code, start
        self.rows, self.width = code.whole(rows), code.whole(width)

    def at(self, block: Any, row: Any, column: Any = 0) -> Value:
        """A pointer to an element."""
        run = (self.code.whole(block) * self.rows + row) * self.width
        return self.code.step(self.start, run + column)


class Table:
    """Words in memory that have names: numbers, and pointers to arrays and other tables."""

    def __init__(self, code: Code, start: Value, names: Sequence[str]) -> None:
        self._code, self._start, self._names = code, start, names

    def _place(self, name: str) -> Value:
        return self._code.step(self._start, self._names.index(name), WORD)

    def word(self, name: str) -> Value:
        """A whole number."""
        return self._code.read(self._place(name), WORD)

    def pointer(self, name: str) -> Value:
        """A pointer."""
        return self._code.read(self._place(name), POINTER)

    def real(self, name: str) -> Value:
        """A float64."""
        return self._code.read(self._place(name), DOUBLE)

    def write(self, name: str, value: Value) -> None:
        """Change a word."""
        self._code.write(value, self._place(name))

    def place(self, name: str) -> Value:
        """A pointer to the word itself."""
        return self._place(name)


class Code:
    """Emits one function for elements of one dtype: arguments are words and pointers."""

    def __init__(self, module: Any, name: str, kinds: str, dtype: Any, returns: Any = VOID) -> None:
        """kinds: a letter for each argument, "p" a pointer, "w" a word."""
        types = [POINTER if each == "p" else WORD for each in kinds]
        self.function = ir.Function(module, ir.FunctionType(returns, types), name)
        self.b = ir.IRBuilder(self.function.append_basic_block())
        self.size = np.dtype(dtype).itemsize
        self.element = ir.FloatType() if self.size == 4 else DOUBLE
        self.lanes = lanes(self.size)
        self.vector = ir.VectorType(self.element, self.lanes)

    @property
    def arguments(self) -> list[Value]:
        """What the function is called with."""
        return [Value(self, each) for each in self.function.args]

    def end(self, value: Value | None = None) -> Any:
        """Return; gives the function, for others of its module to call."""
        if value is None:
            self.b.ret_void()
        else:
            self.b.ret(value.value)
        return self.function

    def has_reciprocals(self, kind: Any) -> bool:
        """Whether the machine has approximate reciprocals of this kind."""
        return VECTOR_BYTES == 64 and kind == ir.VectorType(ir.FloatType(), 16)

    def constant(self, number: Any, kind: Any) -> Value:
        """A number of a kind, in every lane."""
        if isinstance(kind, ir.VectorType):
            one = self.constant(number, kind.element).value
            return Value(self, ir.Constant(kind, [one] * kind.count))
        if isinstance(kind, ir.FloatType):
            number = float(np.float32(number))
        return Value(self, ir.Constant(kind, number))

    def whole(self, value: Any) -> Value:
        """A word: constants from Python's ints."""
        return Value(self, ir.Constant(WORD, value)) if isinstance(value, int) else value

    def real(self, number: float) -> Value:
        """A float64."""
        return self.constant(number, DOUBLE)

    def vector_of(self, number: float) -> Value:
        """A number in every lane."""
        return self.constant(number, self.vector)

    def function_named(self, name: str, kind: Any) -> Any:
        """A function of the module or of LLVM."""
        known = self.b.module.globals.get(name)
        return known or ir.Function(self.b.module, kind, name)

    def intrinsic(self, name: str, *given: Value) -> Value:
        """Call an intrinsic of LLVM that is overloaded by one type, its arguments' and result's."""
        kind = given[0].kind
        vector = isinstance(kind, ir.VectorType)
        element = kind.element if vector else kind
        bits = 64 if element == DOUBLE else 32
        full = f"{name}.{f'v{kind.count}' if vector else ''}f{bits}"
        code = self.function_named(full, ir.FunctionType(kind, [kind] * len(given)))
        return Value(self, self.b.call(code, [each.value for each in given], fastmath=FAST))

    def call(self, function: Any, *given: Any) -> Value:
        """Call a function of this module."""
        return Value(self, self.b.call(function, [self.whole(each).value for each in given]))

    def call_at(self, address: Value, *given: Any) -> None:
        """Call a function by address, which returns nothing."""
        values = [self.whole(each).value for each in given]
        kind = ir.FunctionType(VOID, [each.type for each in values])
        # llvmlite's call wants a pointer that knows the callee's type
        word = self.b.ptrtoint(address.value, WORD)
        callee = self.b.inttoptr(word, kind.as_pointer())
        self.b.call(callee, values)

    @contextmanager
    def loop(self, start: Any, stop: Any, step: int = 1) -> Iterator[Value]:
        """A loop over start, start + step, … below stop."""
        b, first, last = self.b, self.whole(start), self.whole(stop)
        before, head = b.block, b.append_basic_block()
        body, after = b.append_basic_block(), b.append_basic_block()
        b.branch(head)
        b.position_at_end(head)
        place = b.phi(WORD)
        place.add_incoming(first.value, before)
        b.cbranch(b.icmp_signed("<", place, last.value), body, after)
        b.position_at_end(body)
        yield Value(self, place)
        place.add_incoming(b.add(place, ir.Constant(WORD, step)), b.block)
        b.branch(head)
        b.position_at_end(after)

    @contextmanager
    def when(self, condition: Value) -> Iterator[None]:
        """Only if it holds."""
        with self.b.if_then(condition.value):
            yield

    @contextmanager
    def either(self, condition: Value) -> Iterator[tuple[Any, Any]]:
        """Two with statements: if it holds, and if not."""
        with self.b.if_else(condition.value) as both:
            yield both

    @contextmanager
    def while_(self, condition: Callable[[], Value]) -> Iterator[None]:
        """As long as it holds."""
        b = self.b
        head, body, after = (b.append_basic_block() for _ in range(3))
        b.branch(head)
        b.position_at_end(head)
        b.cbranch(condition().value, body, after)
        b.position_at_end(body)
        yield
        b.branch(head)
        b.position_at_end(after)

    def variable(self, start: Any) -> Variable:
        """A place for a value that changes; whole numbers are words."""
        return Variable(self, self.whole(start))

    def step(self, pointer: Value, count: Any, kind: Any = None) -> Value:
        """The pointer, `count` elements on."""
        kind = kind or self.element
        made = self.b.gep(pointer.value, [self.whole(count).value], source_etype=kind)
        return Value(self, made)

    def read(self, pointer: Value, kind: Any = None) -> Value:
        """An element, or a number of another kind."""
        return Value(self, self.b.load(pointer.value, typ=kind or self.element))

    def write(self, value: Value, pointer: Value) -> None:
        """Write a number."""
        self.b.store(value.value, pointer.value)

    def load(self, pointer: Value) -> Value:
        """The lanes that begin at an element."""
        return Value(self, self.b.load(pointer.value, align=self.size, typ=self.vector))

    def store(self, vector: Value, pointer: Value) -> None:
        """Write the lanes from an element on."""
        self.b.store(vector.value, pointer.value, align=self.size)

    def add_to(self, pointer: Value, vector: Value) -> None:
        """Add to the lanes in memory."""
        self.store(self.load(pointer) + vector, pointer)

    def spread(self, scalar: Value) -> Value:
        """One element in every lane."""
        nothing = ir.Constant(self.vector, ir.Undefined)
        single = self.b.insert_element(nothing, scalar.value, ir.Constant(INT, 0))
        zeros = ir.Constant(ir.VectorType(INT, self.lanes), [0] * self.lanes)
        return Value(self, self.b.shuffle_vector(single, nothing, zeros))

    def numbers(self) -> Value:
        """0, 1, 2, … in the lanes."""
        numbers = [ir.Constant(self.element, float(n)) for n in range(self.lanes)]
        return Value(self, ir.Constant(self.vector, numbers))

    def lane(self, vector: Value, number: int) -> Value:
        """One lane."""
        return Value(self, self.b.extract_element(vector.value, ir.Constant(INT, number)))

    def sum(self, vector: Value) -> Value:
        """The sum of the lanes, in order."""
        total = self.lane(vector, 0)
        for number in range(1, self.lanes):
            total = total + self.lane(vector, number)
        return total

    def prefetch(self, pointer: Value) -> None:
        """Ask for an element's cache line, to be read soon."""
        kind = ir.FunctionType(VOID, [POINTER, INT, INT, INT])
        code = self.function_named("llvm.prefetch.p0", kind)
        self.b.call(code, [pointer.value, *(ir.Constant(INT, n) for n in (0, 3, 1))])

    def multiply(
        self,
        sums: list[list[Variable]],
        outer: Any,
        depth: Any,
        rows_at: Callable[[Value], Value],
        row_step: Any,
        columns_at: Callable[[Value, int], Value],
        column_step: Any,
        beside: Callable[[Value], None] | None = None,
    ) -> None:
        """sums[r][v] += Σ over o in 0..outer, k in 0..depth of A[o, r, k] · W[o, k, v].

        A's element is at rows_at(o) + r·row_step + k; W's vector at columns_at(o, v) +
        k·column_step.  `beside` emits what else is done in every o.  Lanes of W that are loaded
        serve all rows (Goto & van de Geijn 2008).
        """
        row_step, column_step = self.whole(row_step), self.whole(column_step)
        with self.loop(0, outer) as o:
            if beside is not None:
                beside(o)
            a_start = rows_at(o)
            w_start = [columns_at(o, v) for v in range(len(sums[0]))]
            with self.loop(0, depth) as k:
                w = [self.load(self.step(start, k * column_step)) for start in w_start]
                for r, line in enumerate(sums):
                    a = self.spread(self.read(self.step(a_start, k + row_step * r)))
                    for v, total in enumerate(line):
                        total.set(total.get().plus_product(a, w[v]))
