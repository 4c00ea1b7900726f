"""How kernels are compiled: numba's flags, and where the machine code is kept.

The cache lies in the user's cache folder, in a folder named after the kernels' sources and
numba's version: a changed kernel never meets another one's machine code (numba itself looks
at the caller's file only), and a read-only installation works.
"""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
from pathlib import Path
from typing import Any

import numba

from sandbox.folders import cache_folder

# nnan and ninf are left out on purpose: they would hide NaN and infinity.
FAST_MATH = {"contract", "reassoc", "arcp", "nsz"}


def _fingerprint() -> str:
    digest = hashlib.sha256(numba.__version__.encode())
    here = Path(__file__).parent
    for source in [*sorted(here.glob("*.py")), here.parent / "optimizer_constants.py"]:
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def _cache_folder() -> Path:
    root = os.environ.get("NUMBA_CACHE_DIR")
    return (Path(root) if root else cache_folder() / "kernels") / _fingerprint()


def _is_writable(folder: Path) -> bool:
    """Whether machine code can be kept there; numba would look for another place itself."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError as error:
        _log.warning("kernels are compiled anew at every start: %s", error)
        return False


_log = logging.getLogger(__name__)
_FOLDER = _cache_folder()
_KEPT = _is_writable(_FOLDER)
numba.config.CACHE_DIR = str(_FOLDER)  # type: ignore[attr-defined]


JIT_OPTIONS: Any = {
    "nogil": True,
    "error_model": "numpy",
    "fastmath": FAST_MATH,
    "forceinline": True,
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
}


def compiled(function: Any) -> Any:
    """A part of a kernel, which is inlined into the one that Python calls.

    Otherwise the copy of a callee that runs is the one that the process happened to load first;
    copies are optimised differently, and the last bits would depend on what ran before.
    """
    return numba.njit(**JIT_OPTIONS)(function)


def apart(function: Any) -> Any:
    """A part of a kernel that only copies, and so need not be inlined: quicker to compile."""
    return numba.njit(**{**JIT_OPTIONS, "forceinline": False})(function)


def entry(function: Any) -> Any:
    """A kernel that Python calls, as machine code: no GIL, IEEE division, kept between processes.

    There is one for everything that a net does, so that training, evaluating and tracing run the
    same instructions.
    """
    return numba.njit(nogil=True, error_model="numpy", fastmath=FAST_MATH, cache=_KEPT)(function)
