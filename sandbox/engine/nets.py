"""Nets that can stand in for each other: compiled if there are kernels, else through PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.engine import compilation
from sandbox.engine.cells import CELLS
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from sandbox.engine.network import Network
    from sandbox.engine.reference import ReferenceNetwork
    from sandbox.experiment import AnyContestant, Device
    from sandbox.tasks.base import Task

    Net = Network | ReferenceNetwork


def is_compiled(cell: str, device: Device = "cpu") -> bool:
    """Whether kernels train this cell here; otherwise PyTorch does."""
    return device == "cpu" and CELLS[cell].compiled and not compilation.fault()


def network_for(
    contestant: AnyContestant, task: Task, theta: NDArray[np.float32], device: Device = "cpu"
) -> Net:
    """The net of a contestant; theta (P,) becomes its own.

    ExperimentError if the device is missing, or PyTorch is needed and cannot be imported.
    """
    sizes = (task.inputs.size, contestant.hidden, len(task.outputs), task.correct_within)
    if is_compiled(contestant.cell, device):
        from sandbox.engine.network import Network

        return Network(contestant.cell, theta, *sizes, layers=contestant.layers)
    try:
        from sandbox.engine.reference import ReferenceNetwork
    except (ImportError, OSError) as error:
        raise _without_torch(contestant, device, error) from error
    return ReferenceNetwork(contestant.cell, theta, *sizes, layers=contestant.layers, device=device)


def _without_torch(contestant: AnyContestant, device: Device, error: Exception) -> ExperimentError:
    why = f"since PyTorch cannot be imported here ({error}); `python3 main.py doctor` says more"
    if is_compiled(contestant.cell):
        return ExperimentError("device", device, f"cpu, {why}")
    known = ", ".join(cell for cell in CELLS if is_compiled(cell)) or "nothing"
    return ExperimentError(f"{contestant.name}.cell", contestant.cell, f"{known}, {why}")
