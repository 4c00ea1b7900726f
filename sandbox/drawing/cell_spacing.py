"""From lines of a grid to lengths: every line as near to the one before as what stands there lets.

First the columns, with what may stand beside one another; then the rows, with what does.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sandbox.drawing.placing import Box
    from sandbox.drawing.wire_routes import Spot

# What is kept free between two things, across and down.
CLEAR = {
    ("part", "part"): (14.0, 14.0),
    ("part", "wire"): (8.0, 9.0),
    ("label", "part"): (4.0, 3.0),
    ("label", "wire"): (4.0, 3.0),
    ("label", "label"): (6.0, 3.0),
    ("wire", "wire"): (9.0, 9.0),
}
_NEAR = 0.5  # lines of the grid that a part takes up above and below its own
_ABOVE = 1.0  # and its labels


@dataclass(frozen=True)
class Standing:
    """A part with its labels, in lengths from its centre."""

    spot: Spot
    body: Box
    labels: tuple[Box, ...]


class _Thing(NamedTuple):
    """What keeps others away along one axis; owner: the part or the net it belongs to.

    line: where it is on this axis; low, high: how far it reaches from there.  start, stop: what it
    covers on the other axis.
    """

    kind: str
    owner: int
    line: int
    low: float
    high: float
    start: float
    stop: float


def spacing(
    standing: Sequence[Standing], ways: Sequence[tuple[int, tuple[Spot, ...]]]
) -> tuple[dict[int, float], dict[int, float]]:
    """Where the lines of the grid that are used run: x by column line, y by row line.

    ways: the net and the corners of every wire.
    """
    runs = {(net, min(pair), max(pair)) for net, way in ways for pair in pairwise(way)}
    across = _solve(
        [*_columns(standing), *(_upright(n, a, b) for n, a, b in runs if a[0] == b[0])], 0
    )
    level = (_level(n, a, b, across) for n, a, b in runs if a[1] == b[1])
    return across, _solve([*_rows(standing, across), *level], 1)


def _columns(standing: Sequence[Standing]) -> Iterable[_Thing]:
    for owner, each in enumerate(standing):
        column, row = each.spot
        body = each.body
        yield _Thing("part", owner, column, -body.left, body.right, row - _NEAR, row + _NEAR)
        for label in each.labels:
            above = (row - _ABOVE, float(row)) if label.bottom <= 0 else (row - _NEAR, row + _NEAR)
            yield _Thing("label", owner, column, -label.left, label.right, *above)


def _upright(net: int, one: Spot, other: Spot) -> _Thing:
    return _Thing("wire", -1 - net, one[0], 0.0, 0.0, float(one[1]), float(other[1]))


def _rows(standing: Sequence[Standing], across: Mapping[int, float]) -> Iterable[_Thing]:
    for owner, each in enumerate(standing):
        column, row = each.spot
        for kind, box in (("part", each.body), *(("label", label) for label in each.labels)):
            left, right = across[column] + box.left, across[column] + box.right
            yield _Thing(kind, owner, row, -box.top, box.bottom, left, right)


def _level(net: int, one: Spot, other: Spot, across: Mapping[int, float]) -> _Thing:
    return _Thing("wire", -1 - net, one[1], 0.0, 0.0, across[one[0]], across[other[0]])


def _solve(things: Sequence[_Thing], axis: int) -> dict[int, float]:
    """The places of all lines, in order, each as low as those before it allow."""
    by_line: dict[int, list[_Thing]] = {}
    for thing in things:
        by_line.setdefault(thing.line, []).append(thing)
    places: dict[int, float] = {}
    least = 0.0
    for line in sorted(by_line):
        for one in by_line[line]:
            for before, place in places.items():
                for other in by_line[before]:
                    least = max(least, place + _apart(other, one, axis))
        places[line] = least
    return places


def _apart(one: _Thing, other: _Thing, axis: int) -> float:
    """How far the line of the second has to be from that of the first."""
    clear = CLEAR[min(one.kind, other.kind), max(one.kind, other.kind)]
    slack = clear[1 - axis] if axis else 0.0  # on the way across, what is covered is in lines
    if one.owner == other.owner and "wire" not in (one.kind, other.kind):
        return 0.0
    if one.stop + slack < other.start or other.stop + slack < one.start:
        return 0.0
    return one.high + other.low + clear[axis]
