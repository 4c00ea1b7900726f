"""Products, sums and copies of whole vectors in arrays.

Places are of elements in whole C-contiguous arrays.
"""

from __future__ import annotations

from typing import Any

from numba import types

from sandbox.engine.kernels.vectors import Emitter, cgutils, index, intrinsic


def make_product(rows: int, vectors: int) -> Any:
    """An intrinsic that adds to C a product over k in 0..K; places and strides in elements.

    C[c + r·c_row + v·c_vector …] += Σ A[a + r·a_row + k·a_k] · W[w + k·w_k + v·w_vector …],
    for r in 0..rows, v in 0..vectors, a vector of lanes each.
    """

    @intrinsic(prefer_literal=False)
    def product(
        typing: Any,
        C: Any,
        c: Any,
        c_row: Any,
        c_vector: Any,
        A: Any,
        a: Any,
        a_row: Any,
        a_k: Any,
        W: Any,
        w: Any,
        w_k: Any,
        w_vector: Any,
        K: Any,
    ) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            e = Emitter(context, builder, C.dtype)
            _emit_product(e, rows, vectors, (C, A, W), args)
            return context.get_dummy_value()

        return (
            types.void(C, c, c_row, c_vector, A, a, a_row, a_k, W, w, w_k, w_vector, K),
            codegen,
        )

    return product


def _emit_product(e: Emitter, rows: int, vectors: int, kinds: Any, args: Any) -> None:
    C, c, c_row, c_vector, A, a, a_row, a_k, W, w, w_k, w_vector, K = args
    b = e.builder

    def data(place: int, value: Any) -> Any:
        return e.context.make_array(kinds[place])(e.context, b, value).data

    at_c, at_a, at_w = e.step(data(0, C), c), e.step(data(1, A), a), e.step(data(2, W), w)

    def result(r: int, v: int) -> Any:
        return e.step(at_c, b.add(b.mul(index(r), c_row), b.mul(index(v), c_vector)))

    sums = [[e.variable(e.load(result(r, v))) for v in range(vectors)] for r in range(rows)]
    # multiply's A steps by 1 in k: k is the outer loop here, a row of one each
    e.multiply(
        sums,
        K,
        1,
        lambda o: e.step(at_a, b.mul(o, a_k)),
        a_row,
        lambda o, v: e.step(at_w, b.add(b.mul(o, w_k), b.mul(index(v), w_vector))),
        0,
    )
    for r, line in enumerate(sums):
        for v, total in enumerate(line):
            e.store(e.value(total), result(r, v))


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
