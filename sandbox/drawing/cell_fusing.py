"""Which operations of a cell are drawn as one, and the ways of its states through it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.cells.nodes import FUNCTIONS

if TYPE_CHECKING:
    from sandbox.cells.cell import Cell
    from sandbox.cells.wiring import Wiring

MOST_INPUTS = 3  # of a part: from the left, from below and from above


class Fusing:
    """What follows from a cell's wiring, by the places of operations.

    read, used: what an operation reads, and what reads it.  constant: those that are the same at
    every step.  ways: by state, the operations from its value before to its next one, [] if a
    matrix is in between.  root: the operation whose part each belongs to.
    """

    def __init__(self, cell: Cell, graph: Wiring) -> None:
        self._graph, self.nodes = graph, graph.operations
        self.read: dict[int, list[int]] = {place: [] for place in range(len(self.nodes))}
        self.used: dict[int, list[int]] = {place: [] for place in range(len(self.nodes))}
        for wire in graph.wires:
            self.read[wire.end].append(wire.start)
            self.used[wire.start].append(wire.end)
        self.constant = self._constants()
        self.states = dict(graph.memory)
        self.ways: dict[str, list[int]] = {}
        self._on_way: set[int] = set()
        for state in (*cell.states[1:], cell.states[0]):
            self.ways[state] = self._way(state)
            self._on_way.update(self.ways[state])
        self.root = {place: place for place in range(len(self.nodes))}
        self._fuse()

    def befores(self, state: str) -> list[int]:
        """The operation that is a state's value before, if it is used."""
        return [
            place
            for place, node in enumerate(self.nodes)
            if node.kind == "before" and node.name == state
        ]

    def _constants(self) -> set[int]:
        found: set[int] = set()
        for place, node in enumerate(self.nodes):
            reads = self.read[place]
            if node.kind in ("number", "parameter") or (
                node.kind != "affine" and reads and found.issuperset(reads)
            ):
                found.add(place)
        return found

    def _way(self, state: str) -> list[int]:
        """The shortest way from a state to its next value, through no matrix; [] if there is none.

        Operations on the way of another state are left to that one.
        """
        end, waiting = self.states[state], self.befores(state)
        came: dict[int, int] = {place: -1 for place in waiting}
        while waiting:
            place = waiting.pop(0)
            if place == end:
                return self._back(came, end)
            for following in self.used[place]:
                if following not in came and following not in self._on_way:
                    if self.nodes[following].kind != "affine":
                        came[following] = place
                        waiting.append(following)
        return []

    @staticmethod
    def _back(came: dict[int, int], place: int) -> list[int]:
        way = [place]
        while came[way[0]] >= 0:
            way.insert(0, came[way[0]])
        return way

    # -- what becomes one box -----------------------------------------------------------

    def _fuse(self) -> None:
        """An activation takes in the sum that it is of, and a sum the constants beside W."""
        for place in reversed(range(len(self.nodes))):
            kind = self.nodes[place].kind
            if self.root[place] != place or place in self._on_way or place in self.constant:
                continue
            if FUNCTIONS.get(kind) == 1:
                self._take_in(place, self.read[place][0], alone=False)
            elif kind in ("+", "-"):
                self._take_in(place, place, alone=True)

    def _take_in(self, root: int, top: int, alone: bool) -> None:
        """alone: whether only what has no wires of its own may stand beside the product."""
        inner = {root} | self._sum(top, root)
        products = [place for place in inner if self.nodes[place].kind == "affine"]
        outer = {start for place in inner for start in self.read[place]} - inner
        outer -= self.constant
        fed = {start for place in products for start in self.read[place]}
        if not products or (alone and outer - fed):
            return
        if len(outer - fed) + max(len(fed) - 1, 1) <= MOST_INPUTS:
            for place in inner:
                self.root[place] = root

    def _sum(self, place: int, root: int) -> set[int]:
        """The operations of a sum that are only of use to it: products with W, signs, scales."""
        node, own = self.nodes[place], place == root or self._is_inner(place)
        if place in self.constant or not own:
            return set()
        if node.kind == "affine":
            return {place}
        scaled = node.kind == "*" and self.constant.intersection(self.read[place])
        if node.kind not in ("+", "-", "neg") and not scaled:
            return set()
        found = {place}
        for part in self.read[place]:
            found |= self._sum(part, root)
        return found

    def _is_inner(self, place: int) -> bool:
        """Whether an operation has one reader, and no name by which a person knows it."""
        named = place in self._graph.lines.values()
        return len(self.used[place]) == 1 and not named and place not in self._on_way
