"""What exports ask of a run's record: its nets by their keys, its beginning, clock and weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sandbox.engine.cells import CELLS, layout
from sandbox.store.base import RunError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sandbox.engine.cells import Layout
    from sandbox.experiment import AnyContestant, Experiment
    from sandbox.store.base import RunRecord, State
    from sandbox.tasks.base import Task


@dataclass(frozen=True)
class Net:
    """A contestant's replicate.  seed: the experiment's + replicate."""

    contestant: AnyContestant
    seed: int

    def layout(self, task: Task) -> Layout:
        """Where each of its parameters lies in its flat vector."""
        one = self.contestant
        sizes = (task.inputs.size, one.hidden, len(task.outputs), one.layers)
        return layout(CELLS[one.cell], *sizes)


def nets(experiment: Experiment) -> dict[str, Net]:
    """Every net in the experiment's order, by its key: "lstm", or "lstm#1" with replicates."""
    one = experiment.replicates == 1
    return {
        each.name if one else f"{each.name}#{replicate}": Net(each, experiment.seed + replicate)
        for each in experiment.contestants
        for replicate in range(experiment.replicates)
    }


def first_step(record: RunRecord) -> int:
    """The step that the run goes on from; 0 where it began from the seed."""
    if record.info.origin is not None:
        return record.info.origin.step
    return min((int(s[0]) - 1 for s, _ in record.curves.values() if len(s)), default=0)


def training_clock(record: RunRecord) -> NDArray[np.float64]:
    """(step, seconds of training until then), (m, 2), from the run's beginning at 0 s on."""
    return np.vstack([[[float(first_step(record)), 0.0]], record.clock])


def state_at(record: RunRecord, step: int) -> State:
    """The checkpoint of this step; RunError names the nearest ones where there is none."""
    if step == record.info.step:
        return record.state
    if step not in record.checkpoints:
        kept = {*record.checkpoints, record.info.step}
        near = sorted(sorted(kept, key=lambda each: abs(each - step))[:2])
        steps = " or ".join(f"{each:,}" for each in near)
        raise RunError(
            f"Run {record.info.run} has no weights of step {step:,}; choose step {steps}, "
            "the nearest of which they are kept."
        )
    return record.checkpoints[step]
