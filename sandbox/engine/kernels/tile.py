"""The register tile of the matrix products, in LLVM's vector types.

C[m:m+R, n:n+V·L] += A' @ W: R·V accumulators of L lanes stay in registers over the whole
inner dimension, so that C is read and written once and every lane of W that is loaded is
used R times (Goto & van de Geijn 2008).  A compiler's own vectoriser streams C instead, and
is bound by loads and stores at little more than half the speed.
"""

from __future__ import annotations

from typing import Any

import llvmlite.binding as llvm
from llvmlite import ir
from numba import types
from numba.core import cgutils as _cgutils
from numba.extending import intrinsic

cgutils: Any = _cgutils  # untyped
_FEATURES = llvm.get_host_cpu_features()
# Bytes in a vector register, and rows of a tile: rows x 2 accumulators, two vectors of W and
# one of A fit into 32 registers, or 16 with AVX.
if _FEATURES.get("avx512f"):
    VECTOR_BYTES, ROWS = 64, 8
elif _FEATURES.get("avx"):
    VECTOR_BYTES, ROWS = 32, 6
else:
    VECTOR_BYTES, ROWS = 16, 8


def make_tile(rows: int, vectors: int) -> Any:
    """An intrinsic tile(C, m, n, A, row_stride, k_stride, W, K), all arrays C-contiguous.

    Adds to C (M, N) at (m, n) the product of A's element m·row_stride + r·row_stride +
    k·k_stride (in elements, r in 0..rows) with W[k, n : n + vectors·lanes], k in 0..K.
    """

    @intrinsic(prefer_literal=False)
    def tile(
        typing_context: Any,
        C: Any,
        m: Any,
        n: Any,
        A: Any,
        row_stride: Any,
        k_stride: Any,
        W: Any,
        K: Any,
    ) -> Any:
        signature = types.void(C, m, n, A, row_stride, k_stride, W, K)
        return signature, _code(C, A, W, rows, vectors)

    return tile


def _code(C: Any, A: Any, W: Any, rows: int, vectors: int) -> Any:
    """The code generator of a tile for these array types."""

    def codegen(context: Any, builder: ir.IRBuilder, signature: Any, args: Any) -> Any:
        c_value, m, n, a_value, row_stride, k_stride, w_value, depth = args
        c_array = context.make_array(C)(context, builder, c_value)
        a_array = context.make_array(A)(context, builder, a_value)
        w_array = context.make_array(W)(context, builder, w_value)
        element = context.get_data_type(C.dtype)
        lanes = VECTOR_BYTES * 8 // C.dtype.bitwidth
        vector = ir.VectorType(element, lanes)
        c_width = cgutils.unpack_tuple(builder, c_array.shape, 2)[1]
        w_width = cgutils.unpack_tuple(builder, w_array.shape, 2)[1]
        size = C.dtype.bitwidth // 8
        fused = cgutils.get_or_insert_function(
            builder.module,
            ir.FunctionType(vector, [vector] * 3),
            f"llvm.fmuladd.v{lanes}f{C.dtype.bitwidth}",
        )

        def at(base: Any, index: Any) -> Any:
            return builder.bitcast(builder.gep(base, [index]), vector.as_pointer())

        def c_place(row: int, part: int) -> Any:
            line = builder.mul(builder.add(m, ir.Constant(m.type, row)), c_width)
            column = builder.add(n, ir.Constant(n.type, part * lanes))
            return at(c_array.data, builder.add(line, column))

        sums = {}
        for row in range(rows):
            for part in range(vectors):
                sums[row, part] = cgutils.alloca_once(builder, vector)
                builder.store(builder.load(c_place(row, part), align=size), sums[row, part])
        a_start = builder.mul(m, row_stride)
        with cgutils.for_range(builder, depth) as loop:
            w_row = builder.add(builder.mul(loop.index, w_width), n)
            w = [
                builder.load(
                    at(w_array.data, builder.add(w_row, ir.Constant(n.type, part * lanes))),
                    align=size,
                )
                for part in range(vectors)
            ]
            a_column = builder.add(a_start, builder.mul(loop.index, k_stride))
            for row in range(rows):
                offset = builder.mul(row_stride, ir.Constant(row_stride.type, row))
                a = builder.load(builder.gep(a_array.data, [builder.add(a_column, offset)]))
                spread = _broadcast(builder, a, vector)
                for part in range(vectors):
                    grown = builder.call(fused, [spread, w[part], builder.load(sums[row, part])])
                    builder.store(grown, sums[row, part])
        for (row, part), place in sums.items():
            builder.store(builder.load(place), c_place(row, part), align=size)
        return context.get_dummy_value()

    return codegen


def _broadcast(builder: ir.IRBuilder, value: Any, vector: ir.VectorType) -> Any:
    index = ir.IntType(32)
    single = builder.insert_element(ir.Constant(vector, ir.Undefined), value, ir.Constant(index, 0))
    zeros = ir.Constant(ir.VectorType(index, vector.count), [0] * vector.count)
    return builder.shuffle_vector(single, ir.Constant(vector, ir.Undefined), zeros)
