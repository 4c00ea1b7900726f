"""A cell as a graph, for drawings: operations, wires between them, and what each gate lets by."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from sandbox.cells.nodes import Node

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.cells.cell import Cell
    from sandbox.cells.nodes import Equations

INPUT = Node("input")  # x of this step, which every affine node with inputs reads
ONE = Node("number", number=1.0)


@dataclass(frozen=True)
class Wire:
    """From one operation to another, by their places; argument: which of its inputs it is."""

    start: int
    end: int
    argument: int


@dataclass(frozen=True)
class Gating:
    """A gate times something: at which operation, and what it lets by.

    rest: whether it is 1 - gate that multiplies.
    """

    gate: str
    operation: int
    lets_by: int
    rest: bool


@dataclass(frozen=True)
class Wiring:
    """One step of a cell.

    operations: nodes without "line": equal ones are one, and each comes after what it reads.  A
    node of kind "input" is x.  lines: the operation that each line is.  wires: in the order of the
    operations that they end at.  memory: (state, operation that is its next value).
    """

    operations: tuple[Node, ...]
    lines: Mapping[str, int]
    wires: tuple[Wire, ...]
    gatings: tuple[Gating, ...]
    memory: tuple[tuple[str, int], ...]


@lru_cache(maxsize=64)
def wiring(cell: Cell) -> Wiring:
    """The graph of a cell; gates are the lines whose picture is in 0..1."""
    made = _Making(cell.step)
    for name, node in cell.step.lines:
        made.lines[name] = made.place(node)
    gates = {picture.name for picture in cell.pictures if picture.kind == "gate"}
    return Wiring(
        tuple(made.operations),
        made.lines,
        tuple(made.wires),
        tuple(_gatings(made, gates)),
        tuple((state, made.lines[state]) for state in cell.step.states),
    )


@dataclass
class _Making:
    """Operations in the order in which they are met, each after its parts."""

    equations: Equations
    operations: list[Node] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)
    wires: list[Wire] = field(default_factory=list)

    def place(self, node: Node) -> int:
        """Where a node is among the operations; it is added if it is new."""
        if node.kind == "line":
            return self.lines[node.name]
        if node in self.operations:
            return self.operations.index(node)
        starts = [self.place(part) for part in self._read(node)]
        self.operations.append(node)
        end = len(self.operations) - 1
        self.wires += [Wire(start, end, n) for n, start in enumerate(starts)]
        return end

    def _read(self, node: Node) -> tuple[Node, ...]:
        return (INPUT, *node.parts) if node.kind == "affine" and node.inputs else node.parts


def _gatings(made: _Making, gates: set[str]) -> list[Gating]:
    """Every product one of whose factors is a gate, or 1 minus a gate."""
    found = []
    for place, node in enumerate(made.operations):
        if node.kind == "*":
            for factor, other in (node.parts, node.parts[::-1]):
                gate, rest = _gate_in(factor)
                if gate in gates:
                    found.append(Gating(gate, place, made.place(other), rest))
    return found


def _gate_in(node: Node) -> tuple[str, bool]:
    """The line that a factor is, and whether it is 1 minus the line; "" if it is neither."""
    if node.kind == "-" and node.parts[0] == ONE and node.parts[1].kind == "line":
        return node.parts[1].name, True
    return (node.name if node.kind == "line" else ""), False
