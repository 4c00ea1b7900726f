"""What figures of one sequence are drawn from: its words, and what every net does with it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sandbox.drawing.ranges import CELL_STATE, LARGEST_LIMIT, limit_of
from sandbox.engine.cells import CELLS, called
from sandbox.engine.trace import Trace, layer_prefix
from sandbox.export.figures.ink import Style, styles
from sandbox.export.figures.page import description, task_title, together
from sandbox.tasks.base import Role
from sandbox.tasks.shown import ShownSequence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from sandbox.experiment import Experiment

_LOWER = re.compile(r"layer(\d+)\.hidden")


@dataclass(frozen=True)
class Probe(ShownSequence):
    """The sequence, and the traces of all of `sequences` after `step`.

    layers: which layer is shown of a contestant, 1 being the bottom one; the top one where none
    is given.
    """

    run: str
    step: int
    experiment: Experiment
    traces: Mapping[str, Trace]
    layers: Mapping[str, int] | None = None

    @cached_property
    def marked(self) -> tuple[int, ...]:
        """Steps of cue and question."""
        return tuple(np.flatnonzero(np.isin(self.roles, (Role.CUE, Role.QUERY))).tolist())

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
            return limit_of([self.values(key, name)])
        states = [
            self.values(other, name)
            for other, trace in self.traces.items()
            if any(picture.name == name for picture in CELLS[trace.cell].pictures)
        ]
        return min(limit_of(states), LARGEST_LIMIT)

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
