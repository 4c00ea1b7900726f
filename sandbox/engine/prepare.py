"""Compiling every kernel ahead of its first use: `python -m sandbox.engine.prepare`.

It needs numpy and llvmlite alone, so that a set-up can begin it while other packages download.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.cells.known import CELLS
from sandbox.engine.cores import available
from sandbox.engine.kernels.calls import units_of
from sandbox.engine.kernels.library import Unit, is_kept, object_code

if TYPE_CHECKING:
    from collections.abc import Callable

_ROOT = Path(__file__).parents[2]
_log = logging.getLogger(__name__)
_started: list[subprocess.Popen[bytes]] = []  # kept, so that Python does not complain of them
FIRST = ("rnn", "lstm", "gru")  # asked for first
BELOW_OTHERS = 10  # how much less of the processor it asks for


def every_unit() -> list[Unit]:
    """What training and looking on may need, in the order in which it is likely asked for."""
    order = [*FIRST, *(name for name in CELLS if name not in FIRST)]
    units = [units_of(CELLS[name], "float32") for name in order]
    return [Unit("float32"), *(each[False] for each in units), *(each[True] for each in units)]


def missing() -> list[Unit]:
    """What is not compiled yet."""
    return [unit for unit in every_unit() if not is_kept(unit)]


def prepare(tell: Callable[[int, int], None] = lambda done, of: None) -> int:
    """Compile what is missing, on all cores; returns how many units that were.

    tell: called with the units done and their number.
    """
    units = missing()
    if units:
        workers = min(available(), len(units))
        with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
            for done, _ in enumerate(pool.map(_compile, units), 1):
                tell(done, len(units))
    return len(units)


def _compile(unit: Unit) -> None:
    if hasattr(os, "nice"):
        os.nice(max(BELOW_OTHERS - os.nice(0), 0))
    object_code(unit)


def in_background() -> subprocess.Popen[bytes] | None:
    """Compile what is missing in a process of its own, which may outlive this one.

    None if nothing is missing, or if no process can be started: then each is compiled when used.
    """
    if not missing():
        return None
    command, quiet = [sys.executable, "-m", "sandbox.engine.prepare"], subprocess.DEVNULL
    try:
        process = subprocess.Popen(command, cwd=_ROOT, stdin=quiet, stdout=quiet, stderr=quiet)
    except OSError as error:
        _log.warning("kernels are not compiled ahead: %s", error)
        return None
    _started.append(process)
    return process


if __name__ == "__main__":
    prepare(lambda done, of: print(f"kernels: {done} of {of}", flush=True))
