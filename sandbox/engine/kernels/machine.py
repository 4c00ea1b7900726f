"""What the processor's vector registers hold: the sizes that every kernel is built from."""

from __future__ import annotations

import os
import platform
from typing import Any

import llvmlite.binding as llvm
import numpy as np

CPU = "SEQUENCE_SANDBOX_CPU"  # compile for this processor, which may have less than this one
NAME: str = os.environ.get(CPU) or llvm.get_host_cpu_name()
_FOUND: Any = {} if os.environ.get(CPU) else llvm.get_host_cpu_features()
X86 = platform.machine().lower() in ("x86_64", "amd64")
# Of a name that it does not know LLVM makes a processor without even these, and ends the process.
_LEAST = "+64bit,+sse2,+cx8,+cmov" if X86 else ""
FEATURES: str = _FOUND.flatten() if _FOUND else _LEAST
MOST_SUMS = 3  # vectors of columns in a tile
# Bytes in a vector register, and rows of a batch in a tile: the sums of MOST_SUMS vectors for each
# row have to fit the registers, 32 with AVX-512, else 16.
if _FOUND.get("avx512f"):
    VECTOR_BYTES, ROWS = 64, 8
elif _FOUND.get("avx"):
    VECTOR_BYTES, ROWS = 32, 4
else:
    VECTOR_BYTES, ROWS = 16, 4


def lanes(itemsize: int) -> int:
    """Elements of that many bytes in a vector; never fewer than a tile has rows."""
    return max(VECTOR_BYTES // itemsize, ROWS)


def lanes_of(dtype: Any) -> int:
    """Elements of a dtype in a vector."""
    return lanes(np.dtype(dtype).itemsize)


def padded(count: int, multiple: int) -> int:
    """The smallest multiple that is not below count."""
    return -(-count // multiple) * multiple
