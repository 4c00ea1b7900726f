"""What trains a net here: kernels, if the cell has them and this machine can compile, or PyTorch.

`load` and the first calls of kernels find out by trying; the answer holds for the rest of the
process.  SEQUENCE_SANDBOX_COMPILED=0 switches the kernels off.
"""

from __future__ import annotations

import logging
import os
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING

from sandbox import pytorch
from sandbox.engine.cells import CELLS
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np
    from numpy.typing import NDArray

    from sandbox.engine.network import Network
    from sandbox.engine.reference import ReferenceNetwork
    from sandbox.experiment import AnyContestant, Device
    from sandbox.tasks.base import Task

    Net = Network | ReferenceNetwork

SWITCH = "SEQUENCE_SANDBOX_COMPILED"
KERNELS = ("block", "workspace")  # these import the others
_COMPILERS = ("numba", "llvmlite")

_log = logging.getLogger(__name__)
_fault = ""


def fault() -> str:
    """Why there are no kernels, such as "ImportError: No module named 'numba'", or ""."""
    return f"{SWITCH} is 0" if switched_off() else _fault


def switched_off() -> bool:
    """Whether kernels were switched off, rather than failed."""
    return os.environ.get(SWITCH) == "0"


def load() -> None:
    """Import numba and the kernels, which takes about a second; `fault` says if it failed."""
    if fault():
        return
    with trying(ImportError, OSError):
        for name in KERNELS:
            import_module(f"sandbox.engine.kernels.{name}")


@contextmanager
def trying(*others: type[Exception]) -> Iterator[None]:
    """Give the kernels up if the compiler fails in here, or something raises one of the others."""
    try:
        yield
    except Exception as error:
        if not isinstance(error, others) and not is_of_the_compiler(error):
            raise
        _give_up(error)


@contextmanager
def reporting(tell: Callable[[], None]) -> Iterator[None]:
    """Call `tell` whenever numba compiles a function instead of loading cached machine code."""
    from numba.core import event

    class Listener(event.Listener):
        def on_start(self, event: event.Event) -> None:
            tell()

        def on_end(self, event: event.Event) -> None:
            """Do nothing: only the start is reported."""

    with event.install_listener("numba:compile", Listener()):
        yield


def is_of_the_compiler(error: BaseException) -> bool:
    """Whether numba or LLVM raised it; running out of memory does not count."""
    if isinstance(error, MemoryError):
        return False
    where = error.__traceback__
    while where is not None:
        if str(where.tb_frame.f_globals.get("__name__")).partition(".")[0] in _COMPILERS:
            return True
        where = where.tb_next
    return False


def _give_up(error: BaseException) -> None:
    """Stop using kernels; the traceback goes to the log."""
    global _fault
    _log.error("kernels cannot be compiled; PyTorch takes over", exc_info=error)
    first = (str(error).strip() or "no reason given").splitlines()[0]
    _fault = f"{type(error).__name__}: {first}"


def is_compiled(cell: str, device: Device = "cpu") -> bool:
    """Whether kernels train this cell here; otherwise PyTorch does."""
    return device == "cpu" and CELLS[cell].compiled and not fault()


def network_for(
    contestant: AnyContestant, task: Task, theta: NDArray[np.float32], device: Device = "cpu"
) -> Net:
    """The net of a contestant; theta (P,) becomes its own.

    ExperimentError if the device is missing, or if PyTorch is needed and is not here.
    """
    sizes = (task.inputs.size, contestant.hidden, len(task.outputs), task.correct_within)
    if is_compiled(contestant.cell, device):
        from sandbox.engine.network import Network

        return Network(contestant.cell, theta, *sizes, layers=contestant.layers)
    try:
        pytorch.check()
        from sandbox.engine.reference import ReferenceNetwork
    except (ImportError, OSError) as error:
        raise _without_torch(contestant, device, pytorch.reason(error)) from error
    return ReferenceNetwork(contestant.cell, theta, *sizes, layers=contestant.layers, device=device)


def _without_torch(contestant: AnyContestant, device: Device, why: str) -> ExperimentError:
    if is_compiled(contestant.cell):
        return ExperimentError("device", device, f"cpu, {why}")
    known = ", ".join(cell for cell in CELLS if is_compiled(cell)) or "nothing"
    return ExperimentError(f"{contestant.name}.cell", contestant.cell, f"{known}, {why}")
