"""The textbook's drawing of a cell, as geometry: parts, wires and labels.

Lengths are pixels at a type size of 100%, where a line of text is 13 high.  States run from left to
right at the top, x comes from below, hidden leaves on the right and upwards.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from sandbox.drawing.cell_parts import Kind, cell_parts
from sandbox.drawing.cell_places import cell_places
from sandbox.drawing.cell_routes import cell_routes
from sandbox.drawing.cell_spacing import Standing, spacing
from sandbox.drawing.placing import Box

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sandbox.cells.cell import Cell
    from sandbox.cells.wiring import Wire, Wiring
    from sandbox.drawing.cell_parts import CellParts, Part

Point = tuple[float, float]
TEXT = 13.0  # the height of a line of type
LETTER, NARROW, SIGN, WIDE = 6.9, 4.6, 9.3, 10.9  # the width of most letters, and of others
NARROW_ONES, SIGNS, WIDE_ONES = "iljtfrI.,:;|![]() ", "−×÷+=", "mwMW"
WIDTHS = {
    letter: width
    for letters, width in ((NARROW_ONES, NARROW), (SIGNS, SIGN), (WIDE_ONES, WIDE))
    for letter in letters
}
NUMBER, WORD = "−0.00", "x GERMANY"  # what there is room for beside a part, and beside x
BOX, ROUND, END, JOINT = 22.0, 20.0, 4.0, 3.0  # heights; of circles, ends and joints
EDGE = 6.0  # around everything


@dataclass(frozen=True)
class DrawnPart:
    """A part with its centre and its size.

    operations: places in the wiring; the last one's value leaves the part.  name: of the line whose
    value that is, or "".  line: in whose equation it stands.
    """

    kind: Kind
    label: str
    operations: tuple[int, ...]
    name: str
    line: str
    x: float
    y: float
    width: float
    height: float

    @property
    def box(self) -> Box:
        """What it covers."""
        half = self.width / 2, self.height / 2
        return Box(self.x - half[0], self.y - half[1], self.width, self.height)


@dataclass(frozen=True)
class DrawnWire:
    """A wire from part to part, by their places.

    points: from the centre of one part to that of the other; every piece is level or upright.
    wires: those of the wiring that it is; none at the cell's ends.  values: the operations whose
    values it carries; two where x and hidden[t-1] are one line.  all_units: whether it goes into a
    matrix product.
    """

    start: int
    end: int
    points: tuple[Point, ...]
    wires: tuple[Wire, ...]
    values: tuple[int, ...]
    all_units: bool


@dataclass(frozen=True)
class DrawnLabel:
    """Text beside a part: its name, or the room for its number, whose text is "".

    left, top: from the part's centre.  align: the end of the text that stays in its place.
    """

    part: int
    kind: Literal["name", "number"]
    text: str
    left: float
    top: float
    width: float
    height: float
    align: Literal["left", "right"] = "left"


@dataclass(frozen=True)
class CellDrawing:
    """The drawing of one cell.

    joints: where wires from one part divide: the part, and the place of the dot.
    """

    graph: Wiring
    width: float
    height: float
    parts: tuple[DrawnPart, ...]
    wires: tuple[DrawnWire, ...]
    labels: tuple[DrawnLabel, ...]
    joints: tuple[tuple[int, Point], ...]

    def box(self, label: DrawnLabel) -> Box:
        """What a label covers."""
        part = self.parts[label.part]
        return Box(part.x + label.left, part.y + label.top, label.width, label.height)

    def stretched(self, width: float, height: float) -> CellDrawing:
        """The same with more room between parts, at least as wide and high as now."""
        across = max((width - self.width) / self._span(0), 0.0) + 1
        down = max((height - self.height) / self._span(1), 0.0) + 1
        low = min(self._at(0)), min(self._at(1))

        def moved(x: float, y: float) -> Point:
            return low[0] + (x - low[0]) * across, low[1] + (y - low[1]) * down

        places = [moved(part.x, part.y) for part in self.parts]
        return replace(
            self,
            width=max(width, self.width),
            height=max(height, self.height),
            parts=tuple(
                replace(part, x=x, y=y) for part, (x, y) in zip(self.parts, places, strict=True)
            ),
            wires=tuple(
                replace(wire, points=tuple(moved(*point) for point in wire.points))
                for wire in self.wires
            ),
            joints=tuple((part, moved(*point)) for part, point in self.joints),
        )

    def _at(self, axis: int) -> list[float]:
        return [point[axis] for wire in self.wires for point in wire.points]

    def _span(self, axis: int) -> float:
        return max(max(self._at(axis)) - min(self._at(axis)), 1.0)


def nets(wires: Sequence[DrawnWire]) -> list[list[DrawnWire]]:
    """Wires that are to be drawn together, in the order of drawing: where two nets cross, the later
    one has a gap of ground around it, which must not cut the other wires of its own.
    """
    found: dict[tuple[bool, int], list[DrawnWire]] = {}
    for wire in wires:
        found.setdefault((not wire.all_units, wire.start), []).append(wire)
    return [found[net] for net in sorted(found)]


def _joints(wires: Sequence[DrawnWire]) -> Iterator[tuple[int, Point]]:
    """Corners of a part's wires that lie on another of its wires, where three ways meet."""
    ways: dict[int, set[tuple[Point, Point]]] = {}
    for wire in wires:
        ways.setdefault(wire.start, set()).update(pairwise(wire.points))
    ends = {wire.points[n] for wire in wires for n in (0, -1)}
    for start, pieces in ways.items():
        for point in {each for piece in pieces for each in piece} - ends:
            if len({arm for piece in pieces for arm in _arms(point, *piece)}) > 2:
                yield start, point


def _arms(point: Point, one: Point, other: Point) -> Iterator[Point]:
    """The directions in which a piece leads away from a point on it."""
    for axis in (0, 1):
        low, high = sorted((one[axis], other[axis]))
        on_it = one[1 - axis] == other[1 - axis] == point[1 - axis] and low <= point[axis] <= high
        if on_it and low < high:
            for end, sign in ((low, -1.0), (high, 1.0)):
                if point[axis] != end:
                    yield (sign, 0.0) if axis == 0 else (0.0, sign)


# -- making one -------------------------------------------------------------------------


@lru_cache(maxsize=64)
def cell_drawing(cell: Cell, numbers: bool = True) -> CellDrawing:
    """The drawing of a cell, as small as it can be read; numbers: with room for them."""
    parts = cell_parts(cell)
    places = cell_places(parts)
    spots, ways = cell_routes(parts, places)
    labels = [_labels(place, part, numbers) for place, part in enumerate(parts.parts)]
    standing = [
        Standing(spot, _body(part), tuple(Box(e.left, e.top, e.width, e.height) for e in own))
        for spot, part, own in zip(spots, parts.parts, labels, strict=True)
    ]
    nets = [(link.start, way) for link, way in zip(parts.links, ways, strict=True)]
    return _drawn(parts, labels, standing, nets)


def _drawn(
    parts: CellParts,
    labels: list[list[DrawnLabel]],
    standing: list[Standing],
    nets: list[tuple[int, tuple[tuple[int, int], ...]]],
) -> CellDrawing:
    across, down = spacing(standing, nets)
    boxes = [
        Box(across[s.spot[0]] + b.left, down[s.spot[1]] + b.top, b.width, b.height)
        for s in standing
        for b in (s.body, *s.labels)
    ]
    left = EDGE - min(min(across.values()), min(box.left for box in boxes))
    top = EDGE - min(min(down.values()), min(box.top for box in boxes))
    right = max(max(across.values()), max(box.right for box in boxes)) + left + EDGE
    bottom = max(max(down.values()), max(box.bottom for box in boxes)) + top + EDGE
    drawn = [
        DrawnPart(
            p.kind, p.label, p.operations, p.name, p.line,
            across[s.spot[0]] + left, down[s.spot[1]] + top, s.body.width, s.body.height,
        )
        for p, s in zip(parts.parts, standing, strict=True)
    ]  # fmt: skip
    wires = [
        DrawnWire(
            link.start, link.end, tuple((across[x] + left, down[y] + top) for x, y in way),
            link.wires, link.values, link.all_units,
        )
        for link, (_, way) in zip(parts.links, nets, strict=True)
    ]  # fmt: skip
    every = tuple(label for own in labels for label in own)
    joints = tuple(sorted(_joints(wires)))
    return CellDrawing(parts.graph, right, bottom, tuple(drawn), tuple(wires), every, joints)


def text_width(text: str) -> float:
    """The width of a text in type of 11 pixels, in most faces a little more than needed."""
    return sum(WIDTHS.get(letter, LETTER) for letter in text)


def _body(part: Part) -> Box:
    width, height = text_width(part.label) + 10, BOX
    if part.kind in ("times", "plus", "other"):
        width, height = max(ROUND, text_width(part.label) + 6), ROUND
    elif part.kind == "join":
        width = height = 2 * JOINT
    elif part.kind in ("state in", "state out", "input", "output"):
        width = height = 2 * END
    width = max(width, height)
    return Box(-width / 2, -height / 2, width, height)


def _labels(place: int, part: Part, numbers: bool) -> list[DrawnLabel]:
    """The name and the number of a part, below one another to the right of a wire that goes up."""
    body, wide = _body(part), text_width(NUMBER)
    if part.kind in ("join", "output"):
        return []
    if part.kind == "input":
        return [DrawnLabel(place, "name", part.label, END + 4, -TEXT / 2, text_width(WORD), TEXT)]
    if part.kind == "state out":
        width, top = text_width(part.label), -END - 1 - TEXT
        return [DrawnLabel(place, "name", part.label, END - width, top, width, TEXT, "right")]
    at_end = part.kind == "state in"
    name = part.label if at_end else part.name
    left, bottom = (-END, -END - 1) if at_end else (4.0, body.top - 1)
    rows: Mapping[str, str] = {"number": ""} if numbers else {}
    rows = {**rows, **({"name": name} if name else {})}
    return [
        DrawnLabel(
            place,
            "number" if kind == "number" else "name",
            text,
            left,
            bottom - (n + 1) * TEXT,
            wide if kind == "number" else text_width(text),
            TEXT,
        )
        for n, (kind, text) in enumerate(rows.items())
    ]
