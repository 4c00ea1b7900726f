"""What figures of one sequence are drawn from: its words, and what every net does with it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sandbox.engine.cells import CELLS
from sandbox.engine.trace import Trace, layer_prefix
from sandbox.export.figures.ink import Style, styles
from sandbox.export.figures.page import description, task_title, together
from sandbox.export.figures.record import called
from sandbox.tasks.base import Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from sandbox.experiment import Experiment
    from sandbox.tasks.base import Sequences, Task

LARGEST_LIMIT = 3.0  # tanh(3) = 0.995: beyond it the net reads nearly the same
CELL_STATE = "cell"  # the picture whose values the net reads through tanh
_NICE = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0)
_LOWER = re.compile(r"layer(\d+)\.hidden")


@dataclass(frozen=True)
class Probe:
    """Sequence number `index` of `sequences`, and the traces of all of them after `step`.

    layers: which layer is shown of a contestant, 1 being the bottom one; the top one where none
    is given.
    """

    run: str
    step: int
    experiment: Experiment
    task: Task
    sequences: Sequences
    index: int
    traces: Mapping[str, Trace]
    layers: Mapping[str, int] | None = None

    @cached_property
    def length(self) -> int:
        """Its steps without padding."""
        return int(np.count_nonzero(self.sequences.roles[self.index]))

    @cached_property
    def labels(self) -> list[str]:
        """What stands at each step, in words."""
        return self.task.labels(self.sequences, self.index)[: self.length]

    @property
    def roles(self) -> NDArray[np.uint8]:
        """`Role` of each step, without padding."""
        return self.sequences.roles[self.index, : self.length]

    @cached_property
    def marked(self) -> tuple[int, ...]:
        """Steps of cue and question."""
        return tuple(np.flatnonzero(np.isin(self.roles, (Role.CUE, Role.QUERY))).tolist())

    @cached_property
    def asked_at(self) -> int:
        """The last step at which something is asked."""
        scored = np.flatnonzero(self.sequences.scored[self.index, : self.length])
        return int(scored[-1]) if len(scored) else self.length - 1

    @cached_property
    def styles(self) -> dict[str, Style]:
        """Every contestant's line; replicates share theirs."""
        cells = {key.partition("#")[0]: trace.cell for key, trace in self.traces.items()}
        looks = styles(cells)
        return {key: looks[key.partition("#")[0]] for key in self.traces}

    def name(self, key: str) -> str:
        """A contestant as it is called, with its layer where it is not the top one."""
        title = called(key, self.traces[key].cell)
        layer, layers = self.layer(key)
        return title if layer == layers else f"{title} layer {layer}"

    def layer(self, key: str) -> tuple[int, int]:
        """Which layer of a contestant is shown, and how many there are."""
        found = (_LOWER.fullmatch(name) for name in self.traces[key].arrays)
        layers = 1 + max((int(lower[1]) for lower in found if lower), default=0)
        return min((self.layers or {}).get(key, layers), layers), layers

    def values(self, key: str, name: str) -> NDArray[np.float32]:
        """One array of the shown layer, (T, H)."""
        whole = layer_prefix(*self.layer(key)) + name
        return self.traces[key].arrays[whole][: self.length, self.index]

    def gradient(self, key: str) -> NDArray[np.float64]:
        """‖dL/dh_t‖₂ of the shown layer, (T,)."""
        with np.errstate(all="ignore"):
            gradient = self.values(key, "grad_hidden").astype(np.float64)
            norms: NDArray[np.float64] = np.linalg.norm(gradient, axis=1)
        return norms

    def limit(self, key: str, name: str) -> float:
        """±limit of a picture without bounds: all cell states share one, as in the window."""
        if name != CELL_STATE:
            return nice_above(_large(self.values(key, name)))
        states = [
            _large(self.values(other, name))
            for other, trace in self.traces.items()
            if any(picture.name == name for picture in CELLS[trace.cell].pictures)
        ]
        return min(nice_above(max(states, default=0.0)), LARGEST_LIMIT)

    @property
    def title(self) -> str:
        """Of its figures."""
        return task_title(self.task)

    @property
    def particulars(self) -> str:
        """Which run and step it is of."""
        after = "untrained" if not self.step else f"after {self.step:,} training steps"
        parts = (after, f"run {self.run}", f"experiment {self.experiment.digest}")
        return ", ".join(map(together, parts))

    def described(self, what: str) -> str:
        """What a file says of its figure."""
        return description(self.run, self.experiment, f"{what} after step {self.step:,}")


def nice_above(value: float) -> float:
    """The smallest of 1, 1.5, 2, 3, 5, 7, 10, … that is not below a value; 1 at least."""
    if not np.isfinite(value) or value <= 1.0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(value))
    return float(next(n * power for n in _NICE if n * power >= value))


def _large(array: NDArray[np.floating]) -> float:
    """The size that all but the largest 1% stay under."""
    finite = np.abs(array[np.isfinite(array)])
    if not finite.size:
        return 0.0
    place = (finite.size - 1) * 99 // 100
    return float(np.partition(finite, place)[place])
