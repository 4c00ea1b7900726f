"""Runs of whole vectors, added, summed or copied from one array to another.

Places are of elements in whole C-contiguous arrays.
"""

from __future__ import annotations

from typing import Any

from numba import types

from sandbox.engine.kernels.vector import cgutils
from sandbox.engine.kernels.vectors import Emitter, index, intrinsic


@intrinsic(prefer_literal=False)
def add_vectors(typing: Any, C: Any, c: Any, A: Any, a: Any, count: Any) -> Any:
    """C[c : c + count·lanes] += A[a : …]."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        e = Emitter(context, builder, C.dtype)
        to = e.step(context.make_array(C)(context, builder, args[0]).data, args[1])
        what = e.step(context.make_array(A)(context, builder, args[2]).data, args[3])
        with cgutils.for_range(builder, args[4]) as loop:
            place = builder.mul(loop.index, index(e.lanes))
            e.store(e.load(e.step(to, place)) + e.load(e.step(what, place)), e.step(to, place))
        return context.get_dummy_value()

    return types.void(C, c, A, a, count), codegen


@intrinsic(prefer_literal=False)
def copy_vector(typing: Any, C: Any, c: Any, A: Any, a: Any) -> Any:
    """C[c : c + lanes] = A[a : a + lanes]."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        e = Emitter(context, builder, C.dtype)
        to = e.step(context.make_array(C)(context, builder, args[0]).data, args[1])
        what = e.step(context.make_array(A)(context, builder, args[2]).data, args[3])
        e.store(e.load(what), to)
        return context.get_dummy_value()

    return types.void(C, c, A, a), codegen


@intrinsic(prefer_literal=False)
def sum_rows(
    typing: Any, C: Any, c: Any, A: Any, a: Any, row_step: Any, rows: Any, count: Any
) -> Any:
    """C[c : c + count·lanes] += the sum of `rows` such runs of A, the first at a.

    The rows are summed by themselves first: a total of thousands of terms that cancel would lose
    more digits with each that is added to it.
    """

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        e = Emitter(context, builder, C.dtype)
        to = e.step(context.make_array(C)(context, builder, args[0]).data, args[1])
        what = e.step(context.make_array(A)(context, builder, args[2]).data, args[3])
        with cgutils.for_range(builder, args[6]) as vectors:
            place = builder.mul(vectors.index, index(e.lanes))
            total = e.variable(e.vector_of(0.0))
            with cgutils.for_range(builder, args[5]) as each:
                own = builder.add(place, builder.mul(each.index, args[4]))
                builder.store((e.value(total) + e.load(e.step(what, own))).value, total)
            e.store(e.load(e.step(to, place)) + e.value(total), e.step(to, place))
        return context.get_dummy_value()

    return types.void(C, c, A, a, row_step, rows, count), codegen
