"""Runs of whole vectors, added or copied from one array to another."""

from __future__ import annotations

from typing import Any

from numba import types

from sandbox.engine.kernels.vector import cgutils
from sandbox.engine.kernels.vectors import Emitter, index, intrinsic


@intrinsic(prefer_literal=False)
def add_vectors(typing: Any, C: Any, c: Any, A: Any, a: Any, count: Any) -> Any:
    """C[c : c + count·lanes] += A[a : …], by elements' places in the whole arrays."""

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
    """C[c : c + lanes] = A[a : a + lanes], by elements' places in whole C-contiguous arrays."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        e = Emitter(context, builder, C.dtype)
        to = e.step(context.make_array(C)(context, builder, args[0]).data, args[1])
        what = e.step(context.make_array(A)(context, builder, args[2]).data, args[3])
        e.store(e.load(what), to)
        return context.get_dummy_value()

    return types.void(C, c, A, a), codegen
