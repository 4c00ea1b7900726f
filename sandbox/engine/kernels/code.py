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
from sandbox.engine.kernels.values import DOUBLE, FAST, INT, POINTER, VOID, WORD, Value, Variable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


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

    def place(self, name: str) -> Value:
        """A pointer to a word."""
        return self._code.step(self._start, self._names.index(name), WORD)

    def word(self, name: str) -> Value:
        """A whole number."""
        return self._code.read(self.place(name), WORD)

    def pointer(self, name: str) -> Value:
        """A pointer."""
        return self._code.read(self.place(name), POINTER)

    def real(self, name: str) -> Value:
        """A float64."""
        return self._code.read(self.place(name), DOUBLE)

    def write(self, name: str, value: Value) -> None:
        """Change a word."""
        self._code.write(value, self.place(name))


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
