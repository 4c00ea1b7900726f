"""How much memory an experiment needs and how much is free, before anything is allocated.

An estimate: it counts the large arrays, and is checked against measured processes in the tests.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sandbox.cells.cell import layout
from sandbox.cells.known import cell_named
from sandbox.engine.compilation import is_compiled
from sandbox.tasks.base import Channels
from sandbox.tasks.batches import chunk_size
from sandbox.tasks.streams import Purpose, stream
from sandbox.validation import ExperimentError, Nothing

if TYPE_CHECKING:
    from sandbox.cells.cell import Cell
    from sandbox.contestants import AnyContestant
    from sandbox.experiment import Experiment
    from sandbox.tasks.base import Sequences, Task

FLOAT = 4  # bytes
GB = 1e9
ROWS, LANES = 8, 16  # the most that sequences and units are padded to
KEPT_BY_TORCH = 8  # the same for each gate, as autograd keeps them for the backward pass
VECTORS = 8  # weights, gradient, two optimiser vectors, and the order in which kernels read them
EVALUATED = 40  # sequences of an evaluation in one batch
COPIES = 2  # of sequences: as drawn, and time-major
SHARE = 0.95  # of the free memory that may be used
_MEMINFO, _CGROUP = "/proc/meminfo", "/sys/fs/cgroup/memory"


class NotEnoughMemory(ExperimentError):
    """An experiment that needs more memory than there is."""

    def __init__(self, needed: int, free: int, lower: str) -> None:
        super().__init__("experiment", Nothing, "less memory")
        self.needed = needed
        sizes = f"about {needed / GB:.1f} GB of memory and {free / GB:.1f} GB are free"
        self.args = (f"This experiment needs {sizes}: lower {lower}.",)


def check(experiment: Experiment, task: Task) -> None:
    """Raise NotEnoughMemory, before anything is allocated, if too little is free."""
    parts, free = footprint(experiment, task), available()
    if (needed := sum(parts.values())) > SHARE * free:
        raise NotEnoughMemory(needed, free, max(parts, key=lambda part: parts[part]))


def footprint(experiment: Experiment, task: Task) -> dict[str, int]:
    """Bytes that a complete experiment needs, by the settings that shrink them, in words."""
    rng = stream(experiment.seed, Purpose.EXAMPLES)
    drawn = {split: task.draw(rng, 1, split) for split in task.splits}
    longest = max(each.scored.shape[1] for each in drawn.values())
    weights = states = 0
    for one in experiment.contestants:
        sizes = task.inputs.size, one.hidden, len(task.outputs), one.layers
        size = layout(cell_named(one.cell), *sizes).size
        weights += experiment.replicates * size * VECTORS * FLOAT
        trained = _states(one, task, task.length, experiment.batch, experiment)
        tested = _states(one, task, longest, EVALUATED, experiment)
        states += experiment.replicates * (trained + tested)
    drawn_ahead = chunk_size(task, experiment.batch) * experiment.batch * task.length
    per_step = _bytes(drawn[task.splits[0]]) / drawn[task.splits[0]].scored.shape[1]
    evaluated = sum(task.test_size(split) * _bytes(each) for split, each in drawn.items())
    # Two chunks: the one being trained on, and the next, which is drawn meanwhile.
    sequences = COPIES * (2 * drawn_ahead * per_step + evaluated)
    return {
        "hidden, layers or the number of nets": weights,
        "the length of the sequences, the batch, hidden or the number of nets": states,
        "the length of the sequences or the batch": int(sequences),
    }


def _states(
    contestant: AnyContestant, task: Task, steps: int, count: int, experiment: Experiment
) -> int:
    """Bytes of a net's states and inputs for `count` sequences of `steps` steps."""
    rows, units = steps * _padded(count, ROWS), _padded(contestant.hidden, LANES)
    inputs = task.inputs.size if isinstance(task.inputs, Channels) else 1
    arrays = _arrays(cell_named(contestant.cell), is_compiled(experiment.device))
    return rows * (arrays * units * contestant.layers + inputs) * FLOAT


def _arrays(cell: Cell, compiled: bool) -> int:
    """The arrays (T, B, H) that a layer takes: states, what is kept, and their gradients."""
    if not compiled:
        return KEPT_BY_TORCH * len(cell.gates)
    from sandbox.engine.kernels.cell_plan import CellPlan

    plan = CellPlan(cell.step, (picture.name for picture in cell.pictures))
    return 2 + 2 * len(plan.states) + plan.kept_vectors + len(plan.seen)


def _padded(count: int, multiple: int) -> int:
    return -(-count // multiple) * multiple


def _bytes(sequences: Sequences) -> int:
    arrays = (sequences.inputs, sequences.targets, sequences.scored, sequences.roles)
    return sum(each.nbytes for each in arrays)


def available() -> int:
    """Bytes that this process can still allocate, within its control group if it has one."""
    free = [_free_in_machine()]
    try:
        with open(f"{_CGROUP}.max", encoding="ascii") as limit:
            most = int(limit.read())  # "max" where there is no limit
        with open(f"{_CGROUP}.current", encoding="ascii") as current:
            used = int(current.read())
        free.append(max(most - used + _field(f"{_CGROUP}.stat", "inactive_file"), 0))
    except (OSError, ValueError):
        pass
    return min(free)


def _free_in_machine() -> int:
    try:
        return _field(_MEMINFO, "MemAvailable:") * 1024
    except (OSError, ValueError):  # not Linux: all the memory of the machine
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _field(path: str, name: str) -> int:
    """The number after a name in a file of "name number" lines; ValueError if it is missing."""
    with open(path, encoding="ascii") as lines:
        for line in lines:
            words = line.split()
            if words[0] == name:
                return int(words[1])
    raise ValueError(f"{path} has no {name}")
