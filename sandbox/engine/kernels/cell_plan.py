"""How a cell's equations are computed: which products first, what is kept for the way back.

A gate's sum is x W + b, h_{t-1} W, or both in one.  The gates whose W_h multiplies a line of the
same step ("seen") come in a second stage, after that line is known for all units, and so does
what needs them.

Kept for the backward pass are the gates, what is shown, and those functions, quotients and sums
of products whose values a derivative reads; everything else is cheaper to compute again.
"""

from __future__ import annotations

import math
import operator
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING

from sandbox.cells.stages import stages_of
from sandbox.engine.kernels.functions import FUNCTIONS
from sandbox.engine.kernels.machine import MOST_SUMS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from sandbox.cells.equations import Equations, Node

Group = tuple[str, tuple[str, ...]]  # what W_h multiplies ("" for nothing), and the gates
HIDDEN, BEFORE = "hidden", "hidden[t-1]"
LARGEST = 3e38  # of float32


class CellPlan:
    """What the tiles of a cell and its arrays are made from; shown: lines that a trace has."""

    def __init__(self, equations: Equations, shown: Iterable[str]) -> None:
        self.equations = equations
        self.lines = dict(equations.lines)
        self.gates, self.parameters = equations.gates, equations.parameters
        self.states = equations.states[1:]  # beside hidden, whose arrays have their own names
        self.shown = tuple(name for name in shown if name in self.lines)
        self.fed = dict(equations.fed)
        self.stage_of, self.stage_of_gate = stages_of(self.lines, self.fed)
        told = {*self.gates, *self.shown, *equations.states}
        self.holdable = tuple(name for name in self.lines if name in told)

    @cached_property
    def split(self) -> bool:
        """Whether a gate's x W + b and its h_{t-1} W have gradients of their own (GRU)."""
        return any(a.inputs != bool(a.parts) and self.fed[a.name] for a in self._affines())

    @cached_property
    def runs(self) -> tuple[Group, ...]:
        """Gates in order, divided where what their W_h multiplies changes."""
        runs: list[Group] = []
        for gate in self.gates:
            if runs and runs[-1][0] == self.fed[gate]:
                runs[-1] = (runs[-1][0], (*runs[-1][1], gate))
            else:
                runs.append((self.fed[gate], (gate,)))
        return tuple(runs)

    @cached_property
    def groups(self) -> tuple[tuple[Group, ...], ...]:
        """The gates that a tile computes at once, for each stage: their sums fit the registers."""
        stages: tuple[list[Group], ...] = ([], []) if self.seen else ([],)
        for number, stage in enumerate(stages):
            for fed, every in self.runs:
                for gates in self._neighbours(every, number):
                    each = -(-len(gates) // -(-len(gates) // MOST_SUMS))
                    stage += [(fed, gates[n : n + each]) for n in range(0, len(gates), each)]
        if not stages[0]:  # lines without a product of their own stand before W
            stages[0].append(("", ()))
        return tuple(tuple(stage) for stage in stages)

    def _neighbours(self, gates: tuple[str, ...], stage: int) -> Iterator[tuple[str, ...]]:
        """Those of a stage, as far as they follow one another."""
        for number, some in groupby(gates, self.stage_of_gate.__getitem__):
            if number == stage:
                yield tuple(some)

    @cached_property
    def seen(self) -> tuple[str, ...]:
        """The lines that a W_h multiplies."""
        return tuple(dict.fromkeys(fed for fed in self.fed.values() if fed not in ("", BEFORE)))

    @cached_property
    def carried(self) -> tuple[str, ...]:
        """The states that go to the next step past any W_h."""
        used = {
            each.name
            for node in self.lines.values()
            for each in beside_products(node)
            if each.kind == "before"
        }
        return tuple(name for name in (HIDDEN, *self.states) if name in used)

    @cached_property
    def crossing(self) -> tuple[str, ...]:
        """First-stage lines whose gradients the second stage hands over."""
        if not self.seen:
            return ()
        states = [name for name in (HIDDEN, *self.states) if self.stage_of[name] == 0]
        used = [
            each.name
            for name, node in self.lines.items()
            if self.stage_of[name] == 1
            for each in beside_products(node)
            if each.kind == "line" and self.stage_of[each.name] == 0
        ]
        return tuple(dict.fromkeys([*states, *used]))

    @cached_property
    def kept(self) -> tuple[Node | str, ...]:
        """What lies in `kept`, a vector each: names of lines, then nodes without a name.

        The first are the gates' own lines; those of states lie with the states.
        """
        named = [
            name
            for name in dict.fromkeys([*self.gates, *self.shown])
            if name in self.lines and not self.is_state(name)
        ]
        kept: list[Node | str] = list(named)
        for node in self._demanded():
            self._settle(node, kept)
        for name in self.crossing:
            self._settle(self.lines[name], kept)
        return tuple(kept)

    @cached_property
    def raw(self) -> dict[tuple[str, bool], int]:
        """Where the sums of a gate wait in `kept` for the rest of their stage.

        Keyed by gate and whether it is the recurrent sum of a split one.
        """
        places: dict[tuple[str, bool], int] = {}
        free = len(self.kept)
        for stage in self.groups:
            for _, gates in stage[:-1]:
                for gate in gates:
                    for recurrent in (False, True) if self.is_split(gate) else (False,):
                        if not recurrent and gate in self.kept:
                            places[gate, recurrent] = self.kept.index(gate)
                        else:
                            places[gate, recurrent], free = free, free + 1
        return places

    @property
    def kept_vectors(self) -> int:
        """The vectors in `kept`, with those of sums that wait."""
        return max([len(self.kept), *(place + 1 for place in self.raw.values())])

    @cached_property
    def inert(self) -> bool:
        """Whether a unit without weights stays zero, so that padding needs no mask."""
        known: dict[str, float] = {}
        for name, node in self.lines.items():
            known[name] = _at_zero(node, known)
        resting = all(known[name] == 0 for name in (HIDDEN, *self.states, *self.seen))
        return resting and all(math.isfinite(value) for value in known.values())

    def is_state(self, name: str) -> bool:
        """Whether a line is carried from step to step."""
        return name == HIDDEN or name in self.states

    def is_split(self, gate: str) -> bool:
        """Whether the gate's two sums are separate."""
        own = {(a.inputs, bool(a.parts)) for a in self._affines() if a.name == gate}
        return (True, True) not in own and len(own) > 1

    def _affines(self) -> Iterator[Node]:
        for node in self.lines.values():
            yield from (each for each in node.walk() if each.kind == "affine")

    def _demanded(self) -> Iterator[Node]:
        """Every node whose value a derivative reads."""
        for node in reversed(self.lines.values()):
            yield from self._read_by(node)

    def _read_by(self, node: Node) -> Iterator[Node]:
        if node.kind in FUNCTIONS:
            yield node
        elif node.kind == "/":
            yield from (node, node.parts[1])
        elif node.kind in ("*", "max", "min"):
            yield from (each for each in node.parts if each.kind != "number")
        if node.kind != "affine":
            for part in node.parts:
                yield from self._read_by(part)

    def _settle(self, node: Node, kept: list[Node | str]) -> None:
        """See that a node's value can be had on the way back."""
        name = self.name_of(node)
        if name and (name in kept or self.is_state(name)):
            return
        if node.kind == "line":
            self._settle(self.lines[node.name], kept)
        elif node in kept or node.kind in ("number", "before", "parameter"):
            return
        elif node.kind in FUNCTIONS or node.kind in ("/", "affine") or self._has_sum(node, kept):
            kept.append(node)
        else:
            for part in node.parts:
                self._settle(part, kept)

    def _has_sum(self, node: Node, kept: list[Node | str]) -> bool:
        """Whether computing it again would need a product."""
        name = self.name_of(node)
        if node in kept or (name and (name in kept or self.is_state(name))):
            return False
        if node.kind == "affine":
            return True
        if node.kind == "line":
            return self._has_sum(self.lines[node.name], kept)
        return node.kind not in FUNCTIONS and any(self._has_sum(p, kept) for p in node.parts)

    def name_of(self, node: Node) -> str:
        """The line that a node is, or ""."""
        if node.kind == "line":
            return node.name
        return next((name for name, own in self.lines.items() if own == node), "")


def beside_products(node: Node) -> Iterator[Node]:
    """A node and all that it is made of, without what W_h multiplies."""
    yield node
    if node.kind != "affine":
        for part in node.parts:
            yield from beside_products(part)


def _at_zero(node: Node, known: dict[str, float]) -> float:
    """A node's value where all weights and states are zero; NaN where a float32 has none."""
    parts = [_at_zero(part, known) for part in node.parts]
    match node.kind:
        case "number":
            return node.number
        case "line":
            return known[node.name]
        case "affine" | "before" | "parameter":
            return 0.0
        case "neg":
            return -parts[0]
    try:
        found = _AT[node.kind](*parts)
    except ArithmeticError:
        return math.nan
    return found if all(map(_is_single, (found, *parts))) else math.nan


def _is_single(value: float) -> bool:
    return abs(value) <= LARGEST


_AT: Mapping[str, Callable[..., float]] = {
    "max": max,
    "min": min,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    "tanh": math.tanh,
    "exp": math.exp,
    "relu": lambda x: max(x, 0.0),
    "softplus": lambda x: math.log1p(math.exp(x)),
    "logsigmoid": lambda x: -math.log1p(math.exp(-x)),
}
