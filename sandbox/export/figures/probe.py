"""The data of figures of one sequence: its words and every net's trace of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from sandbox.cells.known import called, cell_named
from sandbox.drawing.ranges import CELL_STATE, cell_limit, gradient_norms, limit_of
from sandbox.drawing.styles import LineStyle, line_styles
from sandbox.drawing.timeline import marked_steps
from sandbox.engine.trace import layer_count, of_layer
from sandbox.export.figures.paper import description, task_title, together
from sandbox.tasks.shown import ShownSequence

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from sandbox.engine.trace import Trace
    from sandbox.experiment import Experiment


@dataclass(frozen=True)
class Probe(ShownSequence):
    """The sequence, and every net's trace of all `sequences` after training step `step`.

    layers: by key, the layer shown, 1 at the bottom; by default the top one.
    """

    run: str
    step: int
    experiment: Experiment
    traces: Mapping[str, Trace]
    layers: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def marked(self) -> tuple[int, ...]:
        """The steps of cue and question."""
        return marked_steps(self.roles)

    @cached_property
    def styles(self) -> dict[str, LineStyle]:
        """Every net's look; replicates share theirs."""
        cells = {key: trace.cell for key, trace in self.traces.items()}
        return line_styles(cells, self.experiment.looks)

    @cached_property
    def shown(self) -> dict[str, Trace]:
        """Every net's shown layer under the plain array names."""
        return {
            key: of_layer(trace, self.layers[key]) if key in self.layers else trace
            for key, trace in self.traces.items()
        }

    def name(self, key: str) -> str:
        """A net's name, with its layer if that is not the top one."""
        title, layers = called(key, self.traces[key].cell), layer_count(self.traces[key])
        layer = min(self.layers.get(key, layers), layers)
        return title if layer == layers else f"{title} layer {layer}"

    def values(self, key: str, name: str) -> NDArray[np.float32]:
        """One array of the shown layer, (T, H)."""
        return self.shown[key].arrays[name][: self.length, self.index]

    def gradient(self, key: str, relative: bool) -> NDArray[np.float64]:
        """‖dL/dh_t‖₂ of the shown layer, (T,); relative: divided by its value at the question."""
        return gradient_norms(self.shown[key], self, relative)

    def limit(self, key: str, name: str) -> float:
        """The ±limit of an unbounded heatmap; LSTMs' cell states share one, as on screen."""
        squashing = [
            other for other, trace in self.traces.items() if name in cell_named(trace.cell).squashed
        ]
        if name != CELL_STATE or key not in squashing:
            return limit_of([self.values(key, name)])
        return cell_limit(self.values(other, name) for other in squashing)

    @property
    def title(self) -> str:
        """The title of its figures."""
        return task_title(self.task)

    @property
    def particulars(self) -> str:
        """The run and the training step."""
        after = "untrained" if not self.step else f"after {self.step:,} training steps"
        parts = (after, f"run {self.run}", f"experiment {self.experiment.digest}")
        return ", ".join(map(together, parts))

    def described(self, what: str) -> str:
        """Where a figure comes from, for its file's metadata."""
        return description(self.run, self.experiment, f"{what} after step {self.step:,}")
