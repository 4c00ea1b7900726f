"""Compiles kernels in processes of their own, once for all test processes.

A compiler keeps some 80 MB for each kernel, and numba's index of cached kernels has no lock.  The
children are forked from a server without threads, since a fork of a process that trains may wait
forever for a lock.  The server compiles the first kernel itself, so that its children find numba
loaded and warm, which saves each a quarter of its time.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import pickle
import tempfile
import threading
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

from filelock import FileLock
from numba.core.caching import Cache
from numba.core.dispatcher import Dispatcher
from numba.core.serialize import dumps

from sandbox.engine.kernels.block import run_block

FOLDER = Path(tempfile.gettempdir())
STARTING = threading.Lock()
CHILDREN = multiprocessing.get_context("forkserver")
FIRST = "SEQUENCE_SANDBOX_FIRST_KERNEL"  # tells the server what to compile


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
                    _see_to_the_server(signature)
                    child = CHILDREN.Process(target=_compile, args=(dumps(signature),))
                    child.start()
                    child.join()
        return alone(self, signature)

    Dispatcher.compile = compile_once


def _see_to_the_server(first: Any) -> None:
    """Start the server unless it runs; it compiles `first` before it forks any child."""
    with STARTING:  # nets compile on threads of their own
        os.environ[FIRST] = dumps(first).hex()
        try:
            forkserver.ensure_running()
        finally:
            del os.environ[FIRST]


def _compile(signature: bytes) -> None:
    run_block.compile(pickle.loads(signature))


def _save_in_turn() -> None:
    """Let processes write numba's index one after the other."""
    save = Cache.save_overload

    def save_in_turn(self: Any, signature: Any, data: Any) -> None:
        with FileLock(FOLDER / "sequence-sandbox-kernel-index.lock"):
            save(self, signature, data)

    Cache.save_overload = save_in_turn


def _is_cached(signature: Any) -> bool:
    cache = run_block._cache
    key = cache._index_key(signature, run_block.targetctx.codegen())
    return key in cache._cache_file._load_index()


if FIRST in os.environ:  # this is the server
    _save_in_turn()
    _compile(bytes.fromhex(os.environ.pop(FIRST)))
