"""The tile of a plain matrix product."""

from __future__ import annotations

from typing import Any

from numba import types

from sandbox.engine.kernels.vectors import Emitter, index, intrinsic


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
