"""Trace: gates, states and gradients of one probe, as read-only numpy."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Mapping

Float32 = NDArray[np.float32]


def layer_prefix(layer: int, layers: int) -> str:
    """What the names of a layer's arrays begin with: the top one's are plain; 1 is the bottom."""
    return "" if layer == layers else f"layer{layer}."


@dataclass(frozen=True)
class Trace:
    """Everything one net did on B probe sequences of T steps, forward and backward.

    arrays: by name, each float32 (T, B, H): the cell's pictures (`cells.Cell.pictures`), as for
    an LSTM forget, input, candidate, output, cell, hidden, and grad_hidden, grad_cell for its
    states.  Of stacked layers the top one, which is read, has the plain names, the others begin
    with "layer1." (the bottom one), "layer2.", ….  grad_hidden[t] is dL/dh_t and grad_cell[t] is
    dL/dc_t, all paths included, with L the mean loss over the scored steps of the *one* sequence
    b (so sequences can be read apart).
    answers: (T, B, O), at every step, also where nothing was asked: class probabilities, the
    probability of each symbol's being legal, or predicted values.
    loss: (B,) each sequence's mean over its scored steps; NaN where none.
    """

    cell: str
    arrays: Mapping[str, Float32]
    answers: Float32
    loss: Float32

    def __post_init__(self) -> None:
        for array in (*self.arrays.values(), self.answers, self.loss):
            array.setflags(write=False)
        object.__setattr__(self, "arrays", MappingProxyType(dict(self.arrays)))
