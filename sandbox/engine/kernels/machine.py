"""What the processor's vector registers hold: the sizes that every kernel is built from."""

from __future__ import annotations

from typing import Any

import llvmlite.binding as llvm
import numba
import numpy as np

# A processor that numba was told to compile for may have less than this one.
_HOST = not numba.config.CPU_NAME  # type: ignore[attr-defined]
_FEATURES = llvm.get_host_cpu_features() if _HOST else {}
MOST_SUMS = 3  # vectors of columns in a tile
# Bytes in a vector register, and rows of a batch in a tile: the sums of MOST_SUMS vectors for each
# row have to fit the registers, 32 with AVX-512, else 16.
if _FEATURES.get("avx512f"):
    VECTOR_BYTES, ROWS = 64, 8
elif _FEATURES.get("avx"):
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
