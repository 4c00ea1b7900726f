"""Numbers too small to matter are zero while kernels run.

A gradient that fades passes 1e-38 after a few hundred steps; below it a float32 has no leading
one, and the processor takes a hundred times longer for each.  Flushing them to zero is a mode
of the thread, so a kernel sets it when it is entered and puts back what it found.  Where the
processor is not an x86 the mode is left as it is.
"""

from __future__ import annotations

import platform
from typing import Any

from llvmlite import ir
from numba import types

from sandbox.engine.kernels.vectors import intrinsic

_FLUSH = 0x8040  # of MXCSR: results that are denormal are zero, and so are operands
_KNOWN = platform.machine().lower() in ("x86_64", "amd64")


def _control(builder: Any, name: str, place: Any) -> None:
    byte = ir.IntType(8).as_pointer()
    code = builder.module.declare_intrinsic(name, fnty=ir.FunctionType(ir.VoidType(), [byte]))
    builder.call(code, [builder.bitcast(place, byte)])


@intrinsic
def flush_denormals(typing: Any) -> Any:
    """Treat denormal numbers as zero from here on; returns the mode before, for `restore`."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        word = ir.IntType(32)
        if not _KNOWN:
            return ir.Constant(word, 0)
        place = builder.alloca(word)
        _control(builder, "llvm.x86.sse.stmxcsr", place)
        before = builder.load(place)
        builder.store(builder.or_(before, ir.Constant(word, _FLUSH)), place)
        _control(builder, "llvm.x86.sse.ldmxcsr", place)
        return before

    return types.uint32(), codegen


@intrinsic
def restore(typing: Any, mode: Any) -> Any:
    """Back to a mode that `flush_denormals` returned."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        if _KNOWN:
            place = builder.alloca(ir.IntType(32))
            builder.store(args[0], place)
            _control(builder, "llvm.x86.sse.ldmxcsr", place)
        return context.get_dummy_value()

    return types.void(mode), codegen
