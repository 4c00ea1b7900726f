"""What trains a net here: kernels, if this machine can compile, or PyTorch.

`load` finds out by trying; the answer holds for the rest of the process.
SEQUENCE_SANDBOX_COMPILED=0 switches the kernels off.
"""

from __future__ import annotations

import logging
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sandbox import pytorch
from sandbox.cells.known import cell_named
from sandbox.cells.surgery import read_surgery
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import numpy as np
    from numpy.typing import NDArray

    from sandbox.contestants import AnyContestant
    from sandbox.engine.cores import Cores
    from sandbox.engine.network import Network
    from sandbox.engine.reference import ReferenceNetwork
    from sandbox.experiment import Device
    from sandbox.tasks.base import Task

    Net = Network | ReferenceNetwork

SWITCH = "SEQUENCE_SANDBOX_COMPILED"
_COMPILER = "llvmlite"

_log = logging.getLogger(__name__)
_fault = ""


def fault() -> str:
    """Why there are no kernels, such as "ImportError: No module named 'llvmlite'", or ""."""
    return f"{SWITCH} is 0" if switched_off() else _fault


def switched_off() -> bool:
    """Whether kernels were switched off, rather than failed."""
    return os.environ.get(SWITCH) == "0"


def load(cells: Iterable[str] = (), tell_compiling: Callable[[], None] = lambda: None) -> None:
    """Have the kernels of these cells ready: a second or two if they were never compiled.

    tell_compiling: called before each part that is compiled rather than loaded.  `fault` says
    if it failed.
    """
    if fault():
        return
    with trying(ImportError, OSError):
        from sandbox.engine.kernels.calls import Kernels
        from sandbox.engine.kernels.library import reporting

        with reporting(tell_compiling):
            for cell in cells:
                Kernels(cell_named(cell), "float32", None).of_cell(held=False)


@contextmanager
def trying(*others: type[Exception]) -> Iterator[None]:
    """Give the kernels up if the compiler fails in here, or something raises one of the others."""
    try:
        yield
    except Exception as error:
        if not isinstance(error, others) and not is_of_the_compiler(error):
            raise
        _give_up(error)


def is_of_the_compiler(error: BaseException) -> bool:
    """Whether LLVM raised it; running out of memory does not count."""
    if isinstance(error, MemoryError):
        return False
    where = error.__traceback__
    while where is not None:
        if str(where.tb_frame.f_globals.get("__name__")).partition(".")[0] == _COMPILER:
            return True
        where = where.tb_next
    return False


def _give_up(error: BaseException) -> None:
    """Stop using kernels; the traceback goes to the log."""
    global _fault
    _log.error("kernels cannot be compiled; PyTorch takes over", exc_info=error)
    first = (str(error).strip() or "no reason given").splitlines()[0]
    _fault = f"{type(error).__name__}: {first}"


def is_compiled(device: Device = "cpu") -> bool:
    """Whether kernels train nets here; otherwise PyTorch does."""
    return device == "cpu" and not fault()


def network_for(
    contestant: AnyContestant,
    task: Task,
    theta: NDArray[np.float32],
    device: Device = "cpu",
    cores: Cores | None = None,
) -> Net:
    """The net of a contestant; theta (P,) becomes its own.  cores: may assist it.

    ExperimentError if the device is missing, or if PyTorch is needed and is not here.
    """
    cell = cell_named(contestant.cell)
    sizes = (task.inputs.size, contestant.hidden, len(task.outputs), task.correct_within)
    surgery = read_surgery(contestant.surgery)
    if is_compiled(device):
        from sandbox.engine.network import Network

        return Network(cell, theta, *sizes, contestant.layers, cores, surgery)
    try:
        pytorch.check()
        from sandbox.engine.reference import ReferenceNetwork
    except (ImportError, OSError) as error:
        raise _without_torch(contestant, device, pytorch.reason(error)) from error
    return ReferenceNetwork(cell, theta, *sizes, contestant.layers, device, surgery)


def _without_torch(contestant: AnyContestant, device: Device, why: str) -> ExperimentError:
    if is_compiled():
        return ExperimentError("device", device, f"cpu, {why}")
    return ExperimentError(f"{contestant.name}.cell", contestant.cell, f"nothing, {why}")
