"""The ways of a cell's links on the grid of its parts: which sides they use, and in what order."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from sandbox.drawing.wire_routes import DOWN, LEFT, RIGHT, UP, NoRouteError, Router, Spot, Task

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.drawing.cell_parts import CellParts, Link
    from sandbox.drawing.cell_places import Places

Sides = dict[Spot, float]  # with the cost of each, in steps of the grid
MOST_TRIES = 6
PITCHES = (4, 6, 9, 14)  # lines of the grid from part to part, tried in turn
LEAVES: Mapping[str, Sides] = {
    "gate": {UP: 0, RIGHT: 2},
    "state in": {RIGHT: 0},
    "input": {UP: 0},
    "join": {RIGHT: 0, UP: 2},
}
ENTERS: Mapping[str, Sides] = {
    "gate": {LEFT: 1, UP: 2, DOWN: 3},
    "join": {LEFT: 0, UP: 1, DOWN: 1},
    "state out": {LEFT: 0},
    "output": {DOWN: 0},
}
LEAVES_ELSE: Sides = {RIGHT: 0, UP: 0, DOWN: 1}
ENTERS_ELSE: Sides = {LEFT: 0, DOWN: 0, UP: 0}
FROM_BELOW: Sides = {DOWN: 0, LEFT: 4, UP: 6}
FROM_LEFT: Sides = {LEFT: 0}
FROM_BELOW_OR_ABOVE: Sides = {DOWN: 0, UP: 2}


def cell_routes(parts: CellParts, places: Places) -> tuple[list[Spot], list[tuple[Spot, ...]]]:
    """The spots of the parts, and the corners of every link from part to part."""
    for pitch in PITCHES:
        spots = [(c * pitch, r * pitch) for c, r in zip(places.column, places.row, strict=True)]
        ways = _routed(_tasks(parts, places, spots), spots)
        if ways is not None:
            return spots, ways
    raise NoRouteError(f"{parts.cell.title} has too many wires to be drawn")


def _routed(tasks: list[Task], spots: list[Spot]) -> list[tuple[Spot, ...]] | None:
    """Ways in the order of the tasks; one that finds none goes first in the next try."""
    order = sorted(range(len(tasks)), key=lambda n: tasks[n].rank)
    for _ in range(MOST_TRIES):
        router, ways = Router(spots), dict[int, tuple[Spot, ...]]()
        try:
            for n in order:
                ways[n] = router.route(tasks[n])
        except NoRouteError:
            if n == order[0]:
                return None
            order.remove(n)
            order.insert(0, n)
            continue
        return [ways[n] for n in range(len(tasks))]
    return None


def _tasks(parts: CellParts, places: Places, spots: list[Spot]) -> list[Task]:
    tasks = []
    along = {pair for way in parts.memory.values() for pair in pairwise(way)}
    for link in parts.links:
        leaves, enters = _sides(parts, link)
        first = (link.start, link.end) in along
        if first:
            along.remove((link.start, link.end))
            leaves, enters = {RIGHT: 0}, FROM_LEFT
        across = abs(places.column[link.start] - places.column[link.end])
        down = abs(places.row[link.start] - places.row[link.end])
        rank = (not first, across > 0, parts.parts[link.start].kind != "join", across + down)
        start, end = spots[link.start], spots[link.end]
        tasks.append(Task(link.start, start, end, leaves, enters, rank))
    return tasks


def _sides(parts: CellParts, link: Link) -> tuple[Sides, Sides]:
    start, end = parts.parts[link.start], parts.parts[link.end]
    leaves, enters = LEAVES.get(start.kind, LEAVES_ELSE), ENTERS.get(end.kind, ENTERS_ELSE)
    if link.all_units and end.kind == "gate":
        enters = FROM_BELOW
    if parts.ordered(link.end):
        enters = FROM_BELOW_OR_ABOVE if link.argument else FROM_LEFT
    return leaves, enters
