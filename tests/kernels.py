"""Compiles kernels in processes of their own, once for all test processes.

A compiler keeps some 80 MB for each kernel, and numba's index of cached kernels has no lock.  The
children are forked from a server without threads, since a fork of a process that trains may wait
forever for a lock.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import pickle
import tempfile
from pathlib import Path
from typing import Any

from filelock import FileLock
from numba.core.caching import Cache
from numba.core.dispatcher import Dispatcher
from numba.core.serialize import dumps

from sandbox.engine.kernels.block import run_block

FOLDER = Path(tempfile.gettempdir())
CHILDREN = multiprocessing.get_context("forkserver")


def compile_apart() -> None:
    """From now on, compile what is not cached in a child and read it from the cache."""
    # The server and its children import this module and what it needs, and no test.
    CHILDREN.set_forkserver_preload([__name__])
    alone = Dispatcher.compile

    def compile_once(self: Any, signature: Any) -> Any:
        if self is run_block and signature not in self.overloads:
            name = hashlib.sha256(str(signature).encode()).hexdigest()[:16]
            with FileLock(FOLDER / f"sequence-sandbox-kernel-{name}.lock"):
                if not _is_cached(signature):
                    child = CHILDREN.Process(target=_compile, args=(dumps(signature),))
                    child.start()
                    child.join()
        return alone(self, signature)

    Dispatcher.compile = compile_once


def _compile(signature: bytes) -> None:
    save = Cache.save_overload

    def save_in_turn(self: Any, signature: Any, data: Any) -> None:
        with FileLock(FOLDER / "sequence-sandbox-kernel-index.lock"):
            save(self, signature, data)

    Cache.save_overload = save_in_turn
    run_block.compile(pickle.loads(signature))


def _is_cached(signature: Any) -> bool:
    cache = run_block._cache
    key = cache._index_key(signature, run_block.targetctx.codegen())
    return key in cache._cache_file._load_index()
