"""How kernels are compiled: numba's flags, and where the machine code is kept.

The cache lies in the user's cache folder, in a folder named after the kernels' sources and
numba's version: a changed kernel never meets another one's machine code (numba itself looks
at the caller's file only), and a read-only installation works.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import numba

from sandbox.folders import cache_folder

# nnan and ninf are left out on purpose: they would hide NaN and infinity.
FAST_MATH = {"contract", "reassoc", "arcp", "nsz"}


def _fingerprint() -> str:
    digest = hashlib.sha256(numba.__version__.encode())
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def _cache_folder() -> Path:
    root = os.environ.get("NUMBA_CACHE_DIR")
    return (Path(root) if root else cache_folder() / "kernels") / _fingerprint()


numba.config.CACHE_DIR = str(_cache_folder())  # type: ignore[attr-defined]


JIT_OPTIONS: Any = {"fastmath": FAST_MATH, "error_model": "numpy", "forceinline": True}


def compiled(function: Any) -> Any:
    """The function as machine code: no GIL, IEEE division, cached between processes.

    Kernels are inlined into those that call them.  Otherwise the copy of a callee that runs is
    the one that the process happened to load first; copies are optimised differently, and the
    last bits would depend on whether a trace was taken, or the cache filled, before training.
    """
    return numba.njit(
        nogil=True, error_model="numpy", fastmath=FAST_MATH, cache=True, forceinline=True
    )(function)
