"""Writing vector code: arithmetic on vectors of lanes, in LLVM's own types.

A compiler's vectoriser gives up on loops with more than a handful of arrays, and streams a
product's result through memory at half speed.  Kernels are therefore written in vectors:
`Emitter` emits one tile of a kernel, from the numba arrays that it is given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from llvmlite import ir
from numba.core import cgutils as _cgutils
from numba.extending import intrinsic as _intrinsic

from sandbox.engine.kernels.machine import VECTOR_BYTES, lanes

if TYPE_CHECKING:
    from collections.abc import Callable

intrinsic: Any = _intrinsic  # untyped
cgutils: Any = _cgutils  # untyped
INDEX = ir.IntType(64)


def index(value: Any) -> Any:
    """An integer of the machine's word: constants from Python's ints."""
    return ir.Constant(INDEX, value) if isinstance(value, int) else value


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


class Panel:
    """A numba array of which tiles read and write vectors, by element's place."""

    def __init__(self, emitter: Emitter, kind: Any, value: Any) -> None:
        e = self.emitter = emitter
        self.kind = kind
        array = e.context.make_array(kind)(e.context, e.builder, value)
        self.data = array.data
        self.shape = cgutils.unpack_tuple(e.builder, array.shape, kind.ndim)

    def at(self, *place: Any, width: int | None = None) -> Any:
        """A pointer to the element at this place of a C-contiguous array.

        width: the last axis's length, where it is known when the kernel is compiled.
        """
        b = self.emitter.builder
        sizes = self.shape if width is None else [*self.shape[:-1], index(width)]
        flat = index(place[0])
        for size, axis in zip(sizes[1:], place[1:], strict=True):
            flat = b.add(b.mul(flat, size), index(axis))
        return b.gep(self.data, [flat])


class Emitter:
    """Emits vector code for elements of one dtype."""

    def __init__(self, context: Any, builder: ir.IRBuilder, dtype: Any) -> None:
        self.context, self.builder, self.dtype = context, builder, dtype
        self.lanes = lanes(dtype.bitwidth // 8)
        self.size = dtype.bitwidth // 8
        self.element = context.get_data_type(dtype)
        self.kind = ir.VectorType(self.element, self.lanes)
        self.has_reciprocals = VECTOR_BYTES == 64 and self.size == 4
        self.fused = cgutils.get_or_insert_function(
            builder.module,
            ir.FunctionType(self.kind, [self.kind] * 3),
            f"llvm.fmuladd.v{self.lanes}f{dtype.bitwidth}",
        )

    def fields(self, kind: Any, value: Any) -> dict[str, Panel]:
        """The arrays of a named tuple."""
        return {
            name: Panel(self, own, self.builder.extract_value(value, place))
            for place, (name, own) in enumerate(zip(kind.fields, kind.types, strict=True))
        }

    def vector(self, value: Any) -> Vector:
        """A value of LLVM as a vector."""
        return Vector(self, value)

    def vector_of(self, value: Any) -> Vector:
        """A vector, or a Python number in every lane."""
        if isinstance(value, Vector):
            return value
        number = float(np.float32(value)) if self.size == 4 else float(value)
        constant = ir.Constant(self.element, number)
        return Vector(self, ir.Constant(self.kind, [constant] * self.lanes))

    def load(self, pointer: Any) -> Vector:
        """The lanes that begin at an element."""
        place = self.builder.bitcast(pointer, self.kind.as_pointer())
        return Vector(self, self.builder.load(place, align=self.size))

    def store(self, vector: Vector, pointer: Any) -> None:
        """Write the lanes from an element on."""
        place = self.builder.bitcast(pointer, self.kind.as_pointer())
        self.builder.store(vector.value, place, align=self.size)

    def spread(self, pointer: Any) -> Vector:
        """One element in every lane."""
        return self._broadcast(self.builder.load(pointer))

    def _broadcast(self, scalar: Any) -> Vector:
        b, number = self.builder, ir.IntType(32)
        nothing = ir.Constant(self.kind, ir.Undefined)
        single = b.insert_element(nothing, scalar, ir.Constant(number, 0))
        zeros = ir.Constant(ir.VectorType(number, self.lanes), [0] * self.lanes)
        return Vector(self, b.shuffle_vector(single, nothing, zeros))

    def prefetch(self, pointer: Any) -> None:
        """Ask for an element's cache line, to be read soon."""
        number, byte = ir.IntType(32), ir.IntType(8).as_pointer()
        code = cgutils.get_or_insert_function(
            self.builder.module,
            ir.FunctionType(ir.VoidType(), [byte, number, number, number]),
            "llvm.prefetch.p0",
        )
        how = [ir.Constant(number, n) for n in (0, 3, 1)]
        self.builder.call(code, [self.builder.bitcast(pointer, byte), *how])

    def step(self, pointer: Any, count: Any) -> Any:
        """The pointer, `count` elements on."""
        return self.builder.gep(pointer, [index(count)])

    def variable(self, start: Vector) -> Any:
        """A place for a vector that changes; it becomes a register."""
        place = cgutils.alloca_once(self.builder, self.kind)
        self.builder.store(start.value, place)
        return place

    def value(self, place: Any) -> Vector:
        """What a variable holds."""
        return Vector(self, self.builder.load(place))

    def each_lane(self, function: Any, vector: Vector) -> Vector:
        """A scalar function of Python's math, lane by lane: for float64, which only tests use."""
        b, number = self.builder, ir.IntType(32)
        signature = self.dtype(self.dtype)
        result = vector.value
        for lane in range(self.lanes):
            place = ir.Constant(number, lane)
            one = b.extract_element(vector.value, place)
            one = self.context.compile_internal(b, function, signature, (one,))
            result = b.insert_element(result, one, place)
        return Vector(self, result)

    def multiply(
        self,
        sums: list[list[Any]],
        outer: Any,
        depth: Any,
        rows_at: Any,
        row_step: Any,
        columns_at: Any,
        column_step: Any,
        beside: Callable[[Any], None] | None = None,
    ) -> None:
        """sums[r][v] += Σ over o in 0..outer, k in 0..depth of A[o, r, k] · W[o, k, v].

        A's element is at rows_at(o) + r·row_step + k; W's vector at columns_at(o, v) +
        k·column_step.  `beside` emits what else is done in every o.  Lanes of W that are loaded
        serve all rows (Goto & van de Geijn 2008).
        """
        b = self.builder
        with cgutils.for_range(b, index(outer)) as outside:
            if beside is not None:
                beside(outside.index)
            a_start = rows_at(outside.index)
            w_start = [columns_at(outside.index, v) for v in range(len(sums[0]))]
            with cgutils.for_range(b, index(depth)) as inside:
                k = inside.index
                w = [self.load(self.step(start, b.mul(k, index(column_step)))) for start in w_start]
                for r, line in enumerate(sums):
                    place = b.add(k, b.mul(index(row_step), index(r)))
                    a = self.spread(self.step(a_start, place))
                    for v, total in enumerate(line):
                        grown = self.value(total).plus_product(a, w[v])
                        b.store(grown.value, total)
