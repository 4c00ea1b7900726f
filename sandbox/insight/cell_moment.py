"""One unit at one step of a sequence: the number on every wire, each gate in words, each equation.

A gate's words follow from what it multiplies: an old state, new content, or what is shown.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from sandbox.cells.wiring import INPUT, wiring
from sandbox.engine.trace import layer_count, layer_prefix
from sandbox.insight.numbers_put_in import told, with_numbers
from sandbox.insight.step import layer_step

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from sandbox.cells.cell import Cell
    from sandbox.cells.nodes import Node
    from sandbox.cells.wiring import Gating, Wiring
    from sandbox.engine.trace import Trace
    from sandbox.tasks.base import Sequences

Lets = Literal["old", "new", "out", "by"]
SAME = 1e-3  # of a line in float32 and in float64
NEARLY = 0.05  # from all, from nothing, and from half
WORDS: Mapping[Lets, tuple[str, str, str]] = {  # all, nothing, some
    "old": ("keeps", "forgets", "keeps {}"),
    "new": ("writes", "writes nothing", "writes {}"),
    "out": ("lets all out", "lets nothing out", "lets {} out"),
    "by": ("lets all by", "lets nothing by", "lets {} by"),
}


@dataclass(frozen=True)
class GateMoment:
    """What a gate does now: "forget", 0.98, "keeps"."""

    gate: str
    value: float
    words: str


@dataclass(frozen=True)
class CellMoment:
    """One unit at one step.

    values: of every operation of the wiring, in its order; NaN for x, which is no number.  held:
    the lines that are not what their equation says.
    """

    cell: Cell
    graph: Wiring
    values: tuple[float, ...]
    held: frozenset[str] = frozenset()

    def line(self, name: str) -> float:
        """The value of a line."""
        return self.values[self.graph.lines[name]]

    @cached_property
    def gates(self) -> tuple[GateMoment, ...]:
        """What each gate does, in the order of the equations."""
        found: dict[str, list[tuple[Lets, bool]]] = {}
        for gating in self.graph.gatings:
            found.setdefault(gating.gate, []).append((lets_by(self.graph, gating), gating.rest))
        order = [name for name, _ in self.cell.step.lines if name in found]
        return tuple(GateMoment(n, self.line(n), self._words(n, found[n])) for n in order)

    def _words(self, gate: str, acts: list[tuple[Lets, bool]]) -> str:
        """What a gate does wherever it multiplies; rest: as 1 - gate."""
        value, order = self.line(gate), list(WORDS)
        acts = sorted(acts, key=lambda act: order.index(act[0]))
        said = (share_in_words(lets, 1 - value if rest else value) for lets, rest in acts)
        held = ("held",) if gate in self.held else ()
        return ", ".join(dict.fromkeys((*said, *held)))

    @cached_property
    def equations(self) -> tuple[tuple[str, str], ...]:
        """Every line with its numbers: ("cell", "0.98·0.51 + 0.02·(−0.31) = 0.49")."""
        values = {node: self.values[n] for n, node in enumerate(self.graph.operations)}
        lines = {name: self.line(name) for name in self.graph.lines}
        return tuple(
            (
                name,
                f"held at {told(lines[name])}"
                if name in self.held
                else with_numbers(node, lines[name], values, lines),
            )
            for name, node in self.cell.step.lines
        )


class Moments:
    """A net on one sequence: what any unit of a layer does at any step.

    weights: by their layout's names.  index: of the sequence among those of the trace.  layer: 1 is
    the bottom one; the top one if None.  as_traced: whether lines have the trace's values where it
    has them, as where some are held.
    """

    def __init__(
        self,
        cell: Cell,
        weights: Mapping[str, NDArray[Any]],
        trace: Trace,
        sequences: Sequences,
        index: int,
        layer: int | None = None,
        as_traced: bool = False,
    ) -> None:
        layers = layer_count(trace)
        self.cell, self.graph, self._index = cell, wiring(cell), index
        self.layer = layers if layer is None else layer
        self._prefix = layer_prefix(self.layer, layers)
        self._trace, self._as_traced = trace, as_traced
        self._step = layer_step(cell, weights, self.layer)
        below = layer_prefix(self.layer - 1, layers) + "hidden"
        self._inputs = sequences.inputs[index] if self.layer == 1 else trace.arrays[below][:, index]
        self._nodes: dict[Node, NDArray[np.float64]] = {}
        self._held: dict[str, NDArray[np.bool_]] = {}
        self._at = -1

    @property
    def units(self) -> int:
        """H."""
        return self._step.hidden

    def of(self, name: str) -> NDArray[np.float32]:
        """A line of the trace on this sequence, (T, H)."""
        return self._trace.arrays[self._prefix + name][:, self._index]

    def at(self, step: int, unit: int) -> CellMoment:
        """One unit at one step."""
        if step != self._at:
            self._compute(step)
        values = tuple(
            math.nan if node == INPUT else float(self._nodes[node][unit])
            for node in self.graph.operations
        )
        held = frozenset(name for name, units in self._held.items() if units[unit])
        return CellMoment(self.cell, self.graph, values, held)

    def _compute(self, step: int) -> None:
        """Every operation, and which lines are not what they would be by their equation."""
        x = np.asarray(self._inputs[step])
        before = {
            name: self.of(name)[step - 1] if step else np.zeros(self.units)
            for name in self.cell.states
        }
        shown = [picture.name for picture in self.cell.pictures] if self._as_traced else []
        lines = {name: self.of(name)[step] for name in shown}
        self._nodes, self._at = self._step.values(x, before, lines), step
        self._held = {}
        for name, given in lines.items():
            others = {other: each for other, each in lines.items() if other != name}
            free = self._step.lines(x, before, others)[name]
            self._held[name] = ~np.isclose(free, given, rtol=SAME, atol=SAME, equal_nan=True)


# -- words ------------------------------------------------------------------------------


def lets_by(graph: Wiring, gating: Gating) -> Lets:
    """What a gate decides on where it multiplies."""
    memory = dict(graph.memory)
    into = [state for state, place in memory.items() if gating.operation in _summed(graph, place)]
    for state in into:
        before = graph.operations[gating.lets_by]
        if (before.kind, before.name) == ("before", state):
            return "old"
    if gating.operation == memory["hidden"]:
        return "out"
    return "new" if into else "by"


def _summed(graph: Wiring, place: int) -> set[int]:
    """An operation, and those that sums make it from."""
    found = {place}
    if graph.operations[place].kind in ("+", "-"):
        for wire in graph.wires:
            if wire.end == place:
                found |= _summed(graph, wire.start)
    return found


def share_in_words(lets: Lets, share: float) -> str:
    """A gate's share in words: "keeps", "writes nothing", "lets half out", "keeps 62%"."""
    if not math.isfinite(share):
        return "not a number"
    everything, nothing, some = WORDS[lets]
    if abs(share - 1) <= NEARLY:
        return everything
    if abs(share) <= NEARLY:
        return nothing
    return some.format("half" if abs(share - 0.5) <= NEARLY else f"{share:.0%}".replace("-", "−"))
