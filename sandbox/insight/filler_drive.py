"""A layer under constant filler input: the map from its states to those a step later.

Between cue and question a task gives filler.  With one input at every step a net is a map of its
states onto themselves, and what becomes of a memory can be read off that map.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sandbox.cells.cell import layer_name, layer_parameters
from sandbox.engine.holding import held_by
from sandbox.engine.trace import layer_prefix
from sandbox.insight.step import CellStep
from sandbox.insight.visited import filler_steps
from sandbox.tasks.base import Role, Tokens
from sandbox.tasks.shown import unit_of_length

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from sandbox.insight.subject import Subject
    from sandbox.insight.visited import Visited
    from sandbox.tasks.base import Sequences, Task

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class FillerDrive:
    """A layer's step with one input at every step; words: what that input is, in a sentence.

    cell_step: its input is in its biases.  held: by line, values (H,) that the net's surgery
    holds at every step, NaN where free.
    """

    cell_step: CellStep
    held: Mapping[str, Floats]
    words: str

    def step(self, states: Floats) -> Floats:
        """Flat states (N, D) a step later."""
        return self.cell_step.step_flat(np.zeros((len(states), 0)), states, self.held)

    def jacobian(self, states: Floats) -> tuple[Floats, Floats]:
        """The same, and their derivatives by the states before, (N, D, D)."""
        return self.cell_step.jacobian(np.zeros((len(states), 0)), states, self.held)


def filler_drive(subject: Subject, layer: int, found: Visited) -> FillerDrive:
    """A layer, from 1 at the bottom, under the mean of what it reads at filler steps.

    What a surgery holds at some steps only is left out.
    """
    if found.below is None:
        x = _mean_input(subject.task, found.sequences)
        words = _input_in_words(subject.task, found.sequences)
    else:
        x, words = found.below, f"the mean of what layer {layer - 1} gives at filler steps"
    own = {
        name: subject.weights[layer_name(name, layer - 1)].astype(np.float64)
        for name in layer_parameters(subject.cell)
    }
    own["b"] = own["b"] + x @ own["W_x"]
    own["W_x"] = own["W_x"][:0]
    return FillerDrive(CellStep(subject.cell, own), _held(subject, layer), f"{words}.")


def _mean_input(task: Task, sequences: Sequences) -> Floats:
    """The mean input (I,) at filler steps; of tokens, how often each comes."""
    read = sequences.inputs[filler_steps(sequences)]
    if isinstance(task.inputs, Tokens):
        return np.bincount(read, minlength=task.inputs.size) / len(read)
    return np.asarray(read.mean(axis=0, dtype=np.float64))


def _input_in_words(task: Task, sequences: Sequences) -> str:
    where = filler_steps(sequences)
    filler = bool((sequences.roles == Role.FILLER).any())
    if not isinstance(task.inputs, Tokens):
        return f"the mean of what {'filler' if filler else 'all'} steps read"
    tokens = np.unique(sequences.inputs[where])
    if len(tokens) == 1:
        return f"“{task.inputs.words[tokens[0]]}”, the only filler"
    kind = unit_of_length(task) if unit_of_length(task) != "steps" else "symbols"
    which = f"{len(tokens)} filler {kind}" if filler else f"all {len(tokens)} {kind}"
    return f"the mean of {which}, each as often as it comes"


def _held(subject: Subject, layer: int) -> dict[str, Floats]:
    """What the net's surgery holds at every step of this layer, by line, (H,)."""
    net = subject.net
    always = [hold for hold in net.surgery if not hold.steps]
    prefix = layer_prefix(layer, net.layers)
    arrays = held_by(always, subject.cell, net.layers, net.hidden, 1)
    named = {prefix + line: line for line in subject.cell.holdable()}
    return {named[name]: array[0, 0] for name, array in arrays.items() if name in named}
