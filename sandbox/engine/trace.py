"""Trace: gates, states and gradients of a net on a probe, and which answers are right."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Mapping

Float32 = NDArray[np.float32]
_LOWER = re.compile(r"layer(\d+)\.hidden")


def layer_prefix(layer: int, layers: int) -> str:
    """The prefix of the names of a layer's arrays: "" for the top layer; the bottom one is 1."""
    return "" if layer == layers else f"layer{layer}."


@dataclass(frozen=True)
class Trace:
    """Everything one net did on B probe sequences of T steps, forward and backward.

    arrays: by name, each float32 (T, B, H): the cell's pictures (`cell.Cell.pictures`), as for
    an LSTM forget, input, candidate, output, cell, hidden, and grad_hidden, grad_cell for its
    states.  With several layers the top one has these names; those below have the prefix
    "layer1." (the bottom one), "layer2.", ….  grad_hidden[t] is dL/dh_t and grad_cell[t] is
    dL/dc_t over all paths, with L the mean loss over the scored steps of that one sequence.
    answers: (T, B, O) at every step, scored or not: class probabilities, the probability that
    each symbol is legal, or predicted values.
    loss: (B,) each sequence's mean over its scored steps; NaN if it has none.
    """

    cell: str
    arrays: Mapping[str, Float32]
    answers: Float32
    loss: Float32

    def __post_init__(self) -> None:
        for array in (*self.arrays.values(), self.answers, self.loss):
            array.setflags(write=False)
        object.__setattr__(self, "arrays", MappingProxyType(dict(self.arrays)))


def layer_count(trace: Trace) -> int:
    """The number of layers in a trace; the top one has the plain names."""
    found = (_LOWER.fullmatch(name) for name in trace.arrays)
    return 1 + max((int(lower[1]) for lower in found if lower), default=0)


def of_layer(trace: Trace, layer: int) -> Trace:
    """The arrays of one layer (1 is the bottom one) under their plain names.

    The answers stay the net's.  A number above the top layer's gives the top layer.
    """
    layers = layer_count(trace)
    start = layer_prefix(min(layer, layers), layers)
    own = {n.removeprefix(start): trace.arrays[n] for n in trace.arrays if n.startswith(start)}
    return replace(trace, arrays=own) if start else trace


def right_steps(
    answers: NDArray[Any], targets: NDArray[Any], within: float = 0.0
) -> NDArray[np.bool_]:
    """Which answers (…, O) are right, (…), by the kind of targets: see `Task.loss`."""
    if targets.ndim < answers.ndim:
        return np.asarray(answers.argmax(axis=-1) == targets)
    if targets.dtype == np.uint8:
        legal = targets.astype(bool)
        lowest = np.where(legal, answers, np.inf).min(axis=-1)
        highest = np.where(legal, -np.inf, answers).max(axis=-1)
        return np.asarray(lowest > highest)
    return np.asarray((np.abs(answers - targets) < within).all(axis=-1))
