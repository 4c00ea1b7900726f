"""Swaps: a state or gate of one pass put into another, and how far that moves the answer.

This is activation patching (Vig et al. 2020; Meng et al. 2022), for units and steps of a recurrent
net.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.engine.trace import layer_prefix
from sandbox.insight.contrast import Pair, margin

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from sandbox.insight.subject import Subject
    from sandbox.tasks.base import Sequences


@dataclass(frozen=True)
class SwapMap:
    """How far each swap moves the answer from the first sequence's (0) to the second's (1).

    effects: by line, (T, H), zero after the question; NaN if the two answers hardly differ.
    answers: the two passes' readouts, (2, O).
    """

    pair: Pair
    effects: Mapping[str, NDArray[np.float64]]
    answers: NDArray[Any]

    @property
    def told_apart(self) -> bool:
        """Whether the net answers the two differently, so that there is something to move."""
        return not all(np.isnan(effect).all() for effect in self.effects.values())


def swap_map(
    subject: Subject,
    pair: Pair,
    lines: Sequence[str] = (),
    layer: int = 0,
    stop: Callable[[], bool] = lambda: False,
) -> SwapMap | None:
    """Swap every unit's line at every step, one at a time; None if `stop` said so.

    lines: the cell's states unless given.  layer: from 1, the bottom one; 0 for the top.  One pass
    a step has all units of all lines as its batch, and begins where that step does.
    """
    net: Any = subject.net
    lines = tuple(lines) or subject.cell.states
    prefix = layer_prefix(layer or net.layers, net.layers)
    trace = net.trace(pair.both)
    plain = subject.raw(trace.arrays["hidden"][pair.asked])
    hidden = net.hidden
    count = hidden * len(lines)
    copies = _copies(pair.both, count)
    moved = np.zeros((pair.asked + 1, count))
    past: Any = None
    for step in range(pair.asked + 1):
        if stop():
            return None
        held = {}
        for n, line in enumerate(lines):
            array = np.full((1, count, hidden), np.nan)
            units = np.arange(hidden)
            array[0, n * hidden + units, units] = trace.arrays[prefix + line][step, 1]
            held[prefix + line] = array
        found, after = net.forward(copies.steps(slice(step, step + 1)), held, past, step)
        if step < pair.asked:
            found, _ = net.forward(
                copies.steps(slice(step + 1, pair.asked + 1)), None, after, step + 1
            )
            _, past = net.forward(copies.steps(slice(step, step + 1)), None, past, step)
        moved[step] = margin(subject.raw(found[-1]), plain, subject.task)
    effects = {}
    for n, line in enumerate(lines):
        whole = np.zeros((len(trace.arrays["hidden"]), hidden))
        whole[: pair.asked + 1] = moved[:, n * hidden : (n + 1) * hidden]
        effects[line] = whole
    return SwapMap(pair, effects, plain)


def swapped(
    subject: Subject,
    pair: Pair,
    units: Collection[int],
    step: int,
    lines: Sequence[str] = (),
    layer: int = 0,
) -> NDArray[Any]:
    """The first sequence's readout (O,) with these units' lines at a step taken from the second."""
    net, lines = subject.net, tuple(lines) or subject.cell.states
    prefix = layer_prefix(layer or net.layers, net.layers)
    trace, held = net.trace(pair.both), {}
    for line in lines:
        donor = trace.arrays[prefix + line]
        array = np.full((len(donor), 1, net.hidden), np.nan)
        array[step, 0, list(units)] = donor[step, 1, list(units)]
        held[prefix + line] = array
    hidden, _ = net.forward(pair.both.pick(0), held)
    return subject.raw(hidden[pair.asked, 0])


def _copies(both: Sequences, count: int) -> Sequences:
    """The first sequence, so many times."""
    return both.pick(np.zeros(count, np.intp))
