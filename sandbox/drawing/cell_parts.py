"""What a drawing of a cell consists of: a matrix product and its activation are one box."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from sandbox.cells.nodes import FUNCTIONS
from sandbox.cells.wiring import wiring
from sandbox.drawing.cell_fusing import Fusing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sandbox.cells.cell import Cell
    from sandbox.cells.nodes import Node
    from sandbox.cells.wiring import Wire, Wiring

Kind = Literal[
    "gate", "function", "times", "plus", "other", "constant",
    "input", "join", "state in", "state out", "output",
]  # fmt: skip
SIGNS = {
    "affine": "W",
    "sigmoid": "σ",
    "logsigmoid": "log σ",
    "*": "×",
    "-": "−",
    "/": "/",
    "neg": "−",
}
ORDERED = ("−", "/")  # of these the first operand comes from the left
_LONGEST_CONSTANT = 8


@dataclass(frozen=True)
class Part:
    """Operations that are drawn as one; the value of the last one leaves it.

    kind: "gate" has a matrix product; "other" are the further operations with a circle; "join" is
    where x and hidden[t-1] become one line; "output" is hidden on its way to the layer above.
    name: of the line whose value it is, "" if it is none or an end of a state has the name.  line:
    in whose equation it stands, or the state of an end.
    """

    kind: Kind
    label: str
    operations: tuple[int, ...]
    name: str = ""
    line: str = ""


@dataclass(frozen=True)
class Link:
    """A line from one part to another, by their places.

    wires: those of the cell's wiring that it is.  values: the operations whose values it carries,
    two where x and hidden[t-1] are one line.  all_units: into a matrix product.  argument: of the
    operation that it ends at.
    """

    start: int
    end: int
    wires: tuple[Wire, ...]
    values: tuple[int, ...]
    all_units: bool = False
    argument: int = 0


@dataclass(frozen=True)
class CellParts:
    """The parts of a cell and the links between them.

    memory: by state, its way through the cell as places of parts, both ends among them.
    """

    cell: Cell
    graph: Wiring
    parts: tuple[Part, ...]
    links: tuple[Link, ...]
    memory: dict[str, tuple[int, ...]]

    def ordered(self, place: int) -> bool:
        """Whether the first operand of a part comes from the left and the second does not."""
        part = self.parts[place]
        on_way = any(place in way for way in self.memory.values())
        return (
            part.kind == "other" and not on_way and part.label in ORDERED and self._reads_two(part)
        )

    def _reads_two(self, part: Part) -> bool:
        return sum(wire.end == part.operations[-1] for wire in self.graph.wires) == 2


def cell_parts(cell: Cell) -> CellParts:
    """The parts of a cell."""
    return _Parts(cell, wiring(cell)).made()


class _Parts:
    """Parts first, then the links between them."""

    def __init__(self, cell: Cell, graph: Wiring) -> None:
        self._cell, self._graph, self._nodes = cell, graph, graph.operations
        fusing = Fusing(cell, graph)
        self._read, self._constant, self._root = fusing.read, fusing.constant, fusing.root
        self._states, self._ways, self._befores = fusing.states, fusing.ways, fusing.befores
        self._parts: list[Part] = []
        self._links: list[Link] = []
        self._part_of: dict[int, int] = {}

    # -- parts --------------------------------------------------------------------------

    def made(self) -> CellParts:
        """All of it."""
        for place in range(len(self._nodes)):
            drawn = place not in self._constant or place in self._states.values()
            if self._root[place] == place and drawn:
                self._add(place)
        self._join()
        for end, part in enumerate(tuple(self._parts)):
            if part.kind not in ("constant", "join"):
                self._link(end, part)
        self._ends()
        return CellParts(
            self._cell, self._graph, tuple(self._parts), tuple(self._links), self._memory()
        )

    def _add(self, root: int) -> None:
        inner = [place for place in self._root if self._root[place] == root and place != root]
        constants = [c for place in (root, *inner) for c in self._constants_of(place)]
        part = Part(
            self._kind(root, inner),
            self._label(root, inner),
            (*dict.fromkeys(constants), *inner, root),
            self._name(root),
            self._line(root),
        )
        self._part_of[root] = len(self._parts)
        self._parts.append(part)

    def _constants_of(self, place: int) -> Iterator[int]:
        for start in self._read[place]:
            if start in self._constant:
                yield from self._constants_of(start)
                yield start

    def _kind(self, root: int, inner: list[int]) -> Kind:
        node = self._nodes[root]
        if node.kind in ("before", "input"):
            return "state in" if node.kind == "before" else "input"
        if root in self._constant:
            return "constant"
        if any(self._nodes[place].kind == "affine" for place in (root, *inner)):
            return "gate"
        if FUNCTIONS.get(node.kind) == 1 or self._constant.intersection(self._read[root]):
            return "function"
        return {"*": "times", "+": "plus"}.get(node.kind, "other")  # type: ignore[return-value]

    def _label(self, root: int, inner: Iterable[int]) -> str:
        node = self._nodes[root]
        if node.kind in ("before", "input"):
            return f"{node.name}[t−1]" if node.kind == "before" else "x"
        if root in self._constant:
            return _constant_text(node)
        if FUNCTIONS.get(node.kind) != 1 and any(self._nodes[n].kind == "affine" for n in inner):
            return SIGNS["affine"]
        sign = SIGNS.get(node.kind, node.kind)
        if node.kind in ("affine", "neg") or len(self._read[root]) < 2:
            return sign
        first, second = self._read[root]
        if first in self._constant:
            before = sign in ("×", "+") or node.kind in FUNCTIONS
            text = _constant_text(self._nodes[first])
            return _beside(sign, text) if before else f"{text}{sign}"
        if second in self._constant:
            return _beside(sign, _constant_text(self._nodes[second]))
        return sign

    def _name(self, root: int) -> str:
        names = [name for name, place in self._graph.lines.items() if place == root]
        return ", ".join(name for name in names if name not in self._states)

    @cached_property
    def _lines(self) -> dict[int, str]:
        """In whose equation an operation stands first."""
        found: dict[int, str] = {}
        for name, line in self._cell.step.lines:
            for node in line.walk():
                if node.kind != "line":
                    found.setdefault(self._nodes.index(node), name)
        return found

    def _line(self, root: int) -> str:
        node = self._nodes[root]
        return node.name if node.kind == "before" else self._lines.get(root, "")

    # -- links --------------------------------------------------------------------------

    def _join(self) -> None:
        """One line of x and hidden[t-1], if any part takes both into its product."""
        hidden = set(self._befores("hidden"))
        for part in self._parts:
            fed = {self._nodes[start].kind for start in self._fed(part)}
            if fed == {"input", "before"}:
                both = sorted({place for place in self._part_of if self._is_input(place)} | hidden)
                self._parts.append(Part("join", "", ()))
                for place in both:
                    link = Link(self._part_of[place], len(self._parts) - 1, (), (place,), True)
                    self._links.append(link)
                return

    def _is_input(self, place: int) -> bool:
        return self._nodes[place].kind == "input"

    def _fed(self, part: Part) -> list[int]:
        """What goes into the products of a part."""
        products = [place for place in part.operations if self._nodes[place].kind == "affine"]
        return [start for place in products for start in self._read[place]]

    def _link(self, end: int, part: Part) -> None:
        inside = set(part.operations)
        given = [w for w in self._graph.wires if w.end in inside and w.start not in inside]
        fed = [wire for wire in given if self._nodes[wire.end].kind == "affine"]
        if {self._nodes[wire.start].kind for wire in fed} == {"input", "before"}:
            joint = next(n for n, each in enumerate(self._parts) if each.kind == "join")
            values = tuple(sorted({wire.start for wire in fed}))
            self._links.append(Link(joint, end, tuple(fed), values, True))
            given = [wire for wire in given if wire not in fed]
        for wire in given:
            self._add_link(end, wire, part.kind == "gate", wire in fed)

    def _add_link(self, end: int, wire: Wire, once: bool, all_units: bool) -> None:
        """once: a source that is read twice has one link."""
        start = self._part_of[self._root[wire.start]]
        link = Link(start, end, (wire,), (wire.start,), all_units, wire.argument)
        for place, other in enumerate(self._links):
            if once and (other.start, other.end, other.all_units) == (start, end, all_units):
                same = (*other.wires, wire)
                self._links[place] = Link(start, end, same, link.values, all_units)
                return
        self._links.append(link)

    def _ends(self) -> None:
        for state, place in self._graph.memory:
            start = self._part_of[self._root[place]]
            self._parts.append(Part("state out", state, (), "", state))
            self._links.append(Link(start, len(self._parts) - 1, (), (place,)))
        hidden = self._states["hidden"]
        self._parts.append(Part("output", "hidden", (), "", "hidden"))
        start = self._part_of[self._root[hidden]]
        self._links.append(Link(start, len(self._parts) - 1, (), (hidden,)))

    def _memory(self) -> dict[str, tuple[int, ...]]:
        ends = {part.line: n for n, part in enumerate(self._parts) if part.kind == "state out"}
        return {
            state: (*(self._part_of[place] for place in way), ends[state])
            for state, way in self._ways.items()
            if way
        }


def _constant_text(node: Node) -> str:
    if node.kind == "number":
        return f"{node.number:.3g}".replace("-", "−")
    name = node.name or "…"
    return name if len(name) <= _LONGEST_CONSTANT else f"{name[: _LONGEST_CONSTANT - 1]}…"


def _beside(sign: str, constant: str) -> str:
    return f"{sign} {constant}" if sign[0].isalpha() else f"{sign}{constant}"
