"""Whether anything in a cell's drawing lies on something else."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.drawing.cell_drawing import CellDrawing, Point
    from sandbox.drawing.placing import Box

Piece = tuple["Point", "Point"]


def share_area(a: Box, b: Box, least: float = 0.0) -> bool:
    """Whether two boxes are nearer to one another than that."""
    across = a.left < b.right + least and b.left < a.right + least
    return across and a.top < b.bottom + least and b.top < a.bottom + least


def passes_through(piece: Piece, box: Box) -> bool:
    (x, y), (u, v) = piece
    across = min(x, u) < box.right and max(x, u) > box.left
    return across and min(y, v) < box.bottom and max(y, v) > box.top


def run_together(one: Piece, other: Piece, near: float) -> bool:
    """Whether two pieces run side by side, nearer than that."""
    for axis in (0, 1):
        if one[0][axis] == one[1][axis] and other[0][axis] == other[1][axis]:
            low, high = sorted(point[1 - axis] for point in one)
            start, stop = sorted(point[1 - axis] for point in other)
            if abs(one[0][axis] - other[0][axis]) < near and low < stop and start < high:
                return True
    return False


def assert_nothing_overlaps(drawing: CellDrawing, near: float = 5.0) -> None:
    labels = [drawing.box(label) for label in drawing.labels]
    boxes = [*(part.box for part in drawing.parts), *labels]
    for box in boxes:
        assert 0 <= box.left < box.right <= drawing.width
        assert 0 <= box.top < box.bottom <= drawing.height
    for (n, one), (m, other) in combinations(enumerate(boxes), 2):
        assert not share_area(one, other), (n, m)
    for wire in drawing.wires:
        for piece in pairwise(wire.points):
            assert piece[0] != piece[1] or len(wire.points) == 2
            assert piece[0][0] == piece[1][0] or piece[0][1] == piece[1][1]
            for place, part in enumerate(drawing.parts):
                if place not in (wire.start, wire.end):
                    assert not passes_through(piece, part.box), (wire, part)
            for label, box in zip(drawing.labels, labels, strict=True):
                assert not passes_through(piece, box), (wire, label)
    for one, other in combinations(drawing.wires, 2):
        for a in pairwise(one.points):
            for b in pairwise(other.points):
                assert one.start == other.start or not run_together(a, b, near), (one, other)
