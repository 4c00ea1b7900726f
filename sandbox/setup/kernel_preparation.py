"""Compiling the kernels in a process of its own, while packages are still being downloaded."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time

from sandbox.setup import places
from sandbox.setup.faults import Fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

    from sandbox.setup.progress import Report

# What `sandbox.engine.prepare` may import, as far as it is in the lock file: installed first.
COMPILER = (
    "annotated-types",
    "llvmlite",
    "numpy",
    "pydantic",
    "pydantic-core",
    "typing-extensions",
    "typing-inspection",
)
NICENESS = 10
LOOK_S = 0.3
_started: list[subprocess.Popen[bytes]] = []


def prepare_kernels(python: str) -> None:
    """Start `PYTHON -m sandbox.engine.prepare`, if there is such a module and it was not started.

    COMPILER has to be installed for `python`; the other packages may be still on their way.  The
    process takes what time the machine has to spare, prints into a log and outlives this one.
    """
    if _started or not os.path.exists(os.path.join(places.PACKAGE, "engine", "prepare.py")):
        return
    with _log() as log:
        process = subprocess.Popen(
            [python, "-m", "sandbox.engine.prepare"],
            cwd=places.ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    with contextlib.suppress(OSError):  # it has ended already
        os.setpriority(os.PRIO_PROCESS, process.pid, NICENESS)
    _started.append(process)


def finish(report: Report) -> None:
    """Wait for that process, if it was started; raise Fault if the kernels cannot be compiled."""
    for process in _started:
        while process.poll() is None:
            report("compiling the kernels")
            time.sleep(LOOK_S)
        if process.returncode:
            raise Fault(f"The kernels could not be compiled; the reason is in {_log_file()}.")


def _log_file() -> str:
    return os.path.join(places.data_folder(), "log", "kernels.log")


def _log() -> BinaryIO:
    """Open the log anew; nothing is kept where it cannot be written."""
    try:
        os.makedirs(os.path.dirname(_log_file()), exist_ok=True)
        return open(_log_file(), "wb")
    except OSError:
        return open(os.devnull, "wb")
