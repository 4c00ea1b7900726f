"""Nets behind one interface: compiled if there are kernels, else through PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from sandbox.engine import compilation
from sandbox.engine.cells import CELLS
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from sandbox.engine.cells import Cell, Layout
    from sandbox.engine.trace import Trace
    from sandbox.experiment import AnyContestant, Device
    from sandbox.tasks.base import Sequences, Task
    from sandbox.tasks.batches import Block


class Net(Protocol):
    """A cell, stacked `layers` times, with a linear readout, over one flat vector (P,)."""

    cell: Cell
    layers: int
    layout: Layout

    def learn(
        self,
        block: Block,
        done: int,
        rate: float | NDArray[np.float64],
        limit: float,
        code: int,
        by_value: bool = False,
    ) -> NDArray[np.float32]:
        """Take one step per batch of the block; returns loss, accuracy, gradient norm (3, n).

        At the first loss or norm that is not finite it stops before that step, so n is less than
        N.  done: updates already made.  rate: one for all, or one per batch (N,).  limit: the
        largest gradient norm, or with by_value the largest entry of the gradient.
        """
        ...

    def evaluate(self, sequences: Sequences) -> tuple[float, float]:
        """Mean loss and accuracy over the scored steps of N sequences."""
        ...

    def trace(self, sequences: Sequences, clamp: Mapping[str, float] | None = None) -> Trace:
        """Gates, states and gradients on N sequences; changes nothing.

        clamp: gates held at a value, by name ("forget"); ValueError for a gate it lacks.
        """
        ...

    def follow(
        self,
        sequences: Sequences,
        clamp: Mapping[str, float] | None = None,
        past: Any = None,
    ) -> tuple[NDArray[Any], Any]:
        """Answers (T, N, O) as in a Trace, forward pass only, and the states after the last step.

        past: initial states, as returned by an earlier call with as many sequences.
        """
        ...

    def vectors(self) -> dict[str, NDArray[Any]]:
        """Copies of weights, m and v, each (P,): see `engine.checkpoint`."""
        ...

    def load_vectors(self, vectors: Mapping[str, NDArray[Any]]) -> None:
        """Load what `vectors()` returned."""
        ...


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
