"""Columns and rows of a cell's drawing: states run along the top, boxes with weights at the bottom.

A part stands below the one that it leads up to, so most links are straight.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.drawing.cell_parts import CellParts, Link

ENDS = ("input", "join", "state in", "state out", "output")


@dataclass(frozen=True)
class Places:
    """column, row: of every part, by its place.  lines: rows of states; bus: of hidden[t-1]."""

    column: tuple[int, ...]
    row: tuple[int, ...]
    lines: dict[str, int]
    bus: int


def cell_places(parts: CellParts) -> Places:
    """Where the parts stand; no two in one place, and a link leads to the left nowhere."""
    return _Placing(parts).made()


class _Placing:
    """First the rows; then towers, which are the columns, from left to right."""

    def __init__(self, parts: CellParts) -> None:
        self._parts, self._kinds = parts, [part.kind for part in parts.parts]
        self._into: dict[int, list[Link]] = {place: [] for place in range(len(parts.parts))}
        for link in parts.links:
            self._into[link.end].append(link)
        self._lines = {state: row for row, state in enumerate(self._with_line())}
        self._row_of_way = {
            place: self._lines[state]
            for state, way in parts.memory.items()
            for place in way
            if self._kinds[place] not in ENDS
        }
        self._towers: list[list[int]] = []
        self._placed: set[int] = set()

    def _with_line(self) -> list[str]:
        """The states that have a row of their own, as a person sees them from top to bottom."""
        cell = self._parts.cell
        shown = [picture.name for picture in cell.pictures if picture.name in cell.states]
        states = sorted(cell.states, key=lambda state: (state == "hidden", shown.index(state)))
        return [state for state in states if state != "hidden" or state in self._parts.memory]

    def operands(self, place: int) -> list[int]:
        """What a part reads, apart from ends."""
        starts = [link.start for link in self._into[place]]
        return [start for start in starts if self._kinds[start] not in ENDS]

    # -- rows ---------------------------------------------------------------------------

    @cached_property
    def _order(self) -> list[int]:
        """Every part after those that it reads."""
        done: list[int] = []

        def visit(place: int) -> None:
            if place not in done:
                for start in self.operands(place):
                    visit(start)
                done.append(place)

        for place in range(len(self._kinds)):
            visit(place)
        return [place for place in done if self._kinds[place] not in ENDS]

    @cached_property
    def _late(self) -> set[int]:
        """The parts that read new values of states, but those on the states' own ways."""
        late: set[int] = set()
        for place in self._order:
            if place not in self._row_of_way:
                if any(each in late or each in self._row_of_way for each in self.operands(place)):
                    late.add(place)
        return late

    @cached_property
    def _levels(self) -> dict[int, int]:
        """Of late parts: how far below the states' rows; of others: how far above the boxes."""
        levels: dict[int, int] = {}
        for place in self._order:
            if place in self._row_of_way or self._kinds[place] == "gate":
                continue
            alike = [
                levels[each]
                for each in self.operands(place)
                if each in levels and (each in self._late) == (place in self._late)
            ]
            levels[place] = 1 + max(alike, default=0)
        return levels

    def _level(self, place: int) -> int:
        """A part with a column of its own stands beside what reads it."""
        level = self._levels[place]
        if [place] not in self._towers:
            return level
        readers = [link.end for link in self._parts.links if link.start == place]
        beside = [
            self._levels[each]
            for each in readers
            if each in self._levels and (each in self._late) == (place in self._late)
        ]
        return max(level, min(beside, default=level))

    def _row(self, place: int) -> int:
        part, boxes = self._parts.parts[place], self._boxes
        if part.kind in ("input", "join"):
            return boxes + 1 + (part.kind == "input")
        if part.kind == "output":
            return -1
        if part.kind in ("state in", "state out"):
            return self._lines.get(part.line, self._end_row(place))
        if part.kind == "gate" or place in self._row_of_way:
            return self._row_of_way.get(place, boxes)
        level = self._level(place)
        return len(self._lines) - 1 + level if place in self._late else boxes - level

    @cached_property
    def _boxes(self) -> int:
        return len(self._lines) + max(self._levels.values(), default=0)

    def _end_row(self, place: int) -> int:
        """Of hidden, where it has no row of its own: with the box that makes it, or below."""
        makers = [self._kinds[start] for start in self.operands(place)]
        return self._boxes if makers == ["gate"] else self._boxes + 1

    # -- columns ------------------------------------------------------------------------

    def made(self) -> Places:
        """All of it."""
        for state in self._lines:
            for place in self._parts.memory.get(state, ()):
                if place in self._row_of_way:
                    self._place(place)
        for place in self._order[::-1]:
            self._place(place)
        column = {place: 2 + n for n, tower in enumerate(self._towers) for place in tower}
        last = 2 + len(self._towers)
        ends = {"state in": 0, "input": 1, "join": 1, "output": last, "state out": last + 1}
        places = range(len(self._kinds))
        return Places(
            tuple(
                column[place] if place in column else ends[self._kinds[place]] for place in places
            ),
            tuple(map(self._row, places)),
            self._lines,
            self._boxes + 1,
        )

    def _place(self, root: int) -> None:
        """The tower of a part, after the towers of all that it reads."""
        if root in self._placed:
            return
        tower = [root]
        self._placed.add(root)
        while True:
            top = tower[-1]
            free = [each for each in self.operands(top) if each not in self._placed]
            chosen = next((each for each in free[::-1] if self._may_follow(top, each)), None)
            for each in dict.fromkeys(free):
                if each != chosen:
                    self._place(each)
            if chosen is None or chosen in self._placed:
                break
            tower.append(chosen)
            self._placed.add(chosen)
        self._towers.append(tower)

    def _may_follow(self, top: int, below: int) -> bool:
        if self._kinds[top] == "gate" or below in self._row_of_way:
            return False
        if self._parts.ordered(top) and below != self._into[top][-1].start:
            return False
        if self._kinds[below] == "gate":
            return top not in self._late and below not in self._late
        late = below in self._late
        return not late if top in self._row_of_way else late == (top in self._late)
