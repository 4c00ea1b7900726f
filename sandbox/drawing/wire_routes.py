"""Ways of wires on a grid, with horizontal and vertical pieces only.

Wires from different parts may cross, but never run on one another, and none goes through a part.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Spot = tuple[int, int]  # on the grid: column line, row line
_State = tuple[Spot, Spot]  # where a way has come to, and the step that led there
LEFT, RIGHT, UP, DOWN = (-1, 0), (1, 0), (0, -1), (0, 1)
SIDES = (RIGHT, DOWN, LEFT, UP)
BEND, AT_DOOR, CROSSING = 4.0, 1.0, 3.0  # in steps of the grid
JUNCTION, GOING_ON, NEW_SIDE = 4.5, 0.5, 10.0  # where a further wire begins
MARGIN = 3  # lines beyond the outermost parts


class NoRouteError(ValueError):
    """A wire finds no way."""


@dataclass(frozen=True)
class Task:
    """A wire to find a way for: of which net, from part to part, by their spots.

    leaves, enters: the sides of the parts that it may use, with what each costs.  rank: wires of a
    lower one are better found first.
    """

    net: int
    start: Spot
    end: Spot
    leaves: Mapping[Spot, float]
    enters: Mapping[Spot, float]
    rank: tuple[float, ...] = ()


@dataclass
class _Net:
    """The wires from one part so far, as a tree; before: of each spot, the one that leads to it."""

    before: dict[Spot, Spot | None] = field(default_factory=dict)
    arms: dict[Spot, set[Spot]] = field(default_factory=dict)  # directions in use at a spot

    def add(self, way: Sequence[Spot]) -> None:
        for one, other in pairwise(way):
            step = (other[0] - one[0], other[1] - one[1])
            self.arms.setdefault(one, set()).add(step)
            self.arms.setdefault(other, set()).add(_back(step))
            self.before.setdefault(other, one)


class Router:
    """Finds one way after another between parts on a grid."""

    def __init__(self, parts: Sequence[Spot]) -> None:
        self._parts = set(parts)
        self._doors: dict[Spot, set[Spot]] = {}  # the parts that a spot is next to a side of
        for part in parts:
            for side in SIDES:
                self._doors.setdefault(_next(part, side), set()).add(part)
        lines = list(zip(*parts, strict=True))
        self._low = min(lines[0]) - MARGIN, min(lines[1]) - MARGIN
        self._high = max(lines[0]) + MARGIN, max(lines[1]) + MARGIN
        self._nets: dict[int, _Net] = {}
        self._users: dict[Spot, set[int]] = {}
        self._used_sides: set[tuple[Spot, Spot]] = set()

    def route(self, task: Task) -> tuple[Spot, ...]:
        """The way of a wire from part to part, its corners only; NoRouteError if there is none."""
        net = self._nets.setdefault(task.net, _Net({task.start: None}))
        way = self._search(task, net)
        net.add(way)
        for spot in way:
            self._users.setdefault(spot, set()).add(task.net)
        self._use_side(way[0], way[1])
        self._use_side(way[-1], way[-2])
        return corners([*self._trunk(net, way[0]), *way])

    def _use_side(self, spot: Spot, outside: Spot) -> None:
        if spot in self._parts:
            self._used_sides.add((spot, (outside[0] - spot[0], outside[1] - spot[1])))

    @staticmethod
    def _trunk(net: _Net, spot: Spot) -> list[Spot]:
        """The spots that lead to this one, from the part on."""
        found: list[Spot] = []
        before = net.before[spot]
        while before is not None:
            found.insert(0, before)
            before = net.before[before]
        return found

    # -- search -------------------------------------------------------------------------

    def _search(self, task: Task, net: _Net) -> list[Spot]:
        """The spots of the cheapest way; the first may be any spot of the net."""
        waiting: list[tuple[float, float, _State]] = []
        best: dict[_State, float] = {}
        came: dict[_State, _State] = {}

        def offer(cost: float, state: _State, before: _State) -> None:
            if cost < best.get(state, math.inf):
                best[state], came[state] = cost, before
                ahead = abs(state[0][0] - task.end[0]) + abs(state[0][1] - task.end[1])
                heapq.heappush(waiting, (cost + ahead, cost, state))

        for cost, first, step in self._beginnings(task, net):
            spot = _next(first, step)
            further = self._cost(spot, step, step, task, net)
            if further is not None:
                offer(cost + further, (spot, step), (first, (0, 0)))
        while waiting:
            _, cost, state = heapq.heappop(waiting)
            spot, step = state
            if spot == task.end:
                return _walked(came, state)
            if cost > best[state]:
                continue
            for turn in SIDES:
                if turn != _back(step) and self._may_turn(spot, step, turn, task):
                    following = _next(spot, turn)
                    further = self._cost(following, step, turn, task, net)
                    if further is not None:
                        offer(cost + further + self._at_door(state, turn), (following, turn), state)
        raise NoRouteError(f"from {task.start} to {task.end}")

    def _beginnings(self, task: Task, net: _Net) -> Iterator[tuple[float, Spot, Spot]]:
        """Cost, spot and direction of where a wire may begin: at the part, or at its net."""
        for side, cost in task.leaves.items():
            if (task.start, side) not in self._used_sides:
                yield cost + (NEW_SIDE if net.arms else 0), task.start, side
        for spot, arms in net.arms.items():
            if spot in self._parts or len(self._users[spot]) > 1 or self._is_door(spot, task):
                continue
            for side in SIDES:
                if side not in arms:
                    yield GOING_ON if _back(side) in arms else JUNCTION, spot, side

    def _cost(self, spot: Spot, step: Spot, turn: Spot, task: Task, net: _Net) -> float | None:
        """Of going to a spot in direction `turn`, after `step`; None if that is not allowed."""
        inside = (
            self._low[0] <= spot[0] <= self._high[0] and self._low[1] <= spot[1] <= self._high[1]
        )
        cost = 1.0 if step == turn else 1.0 + BEND
        if spot in self._parts:
            side = _back(turn)
            if spot != task.end or side not in task.enters or (spot, side) in self._used_sides:
                return None
            return cost + task.enters[side]
        if not inside or spot in net.before:
            return None
        for user in self._users.get(spot, ()):
            arms = self._nets[user].arms[spot]
            if arms != {(turn[1], turn[0]), (-turn[1], -turn[0])}:
                return None  # it does not just go straight across
            cost += CROSSING
        return cost

    def _at_door(self, state: _State, turn: Spot) -> float:
        """What it costs to turn right beside a part, where a further wire could not begin."""
        spot, step = state
        return AT_DOOR if step != turn and spot in self._doors else 0.0

    def _may_turn(self, spot: Spot, step: Spot, turn: Spot, task: Task) -> bool:
        return step == turn or not (self._users.get(spot) or self._is_door(spot, task))

    def _is_door(self, spot: Spot, task: Task) -> bool:
        """Whether a spot is next to a side of another part, whose wires have to pass there."""
        beside = self._doors.get(spot)
        return beside is not None and not beside <= {task.start, task.end}


def _next(spot: Spot, step: Spot) -> Spot:
    return spot[0] + step[0], spot[1] + step[1]


def _back(step: Spot) -> Spot:
    return -step[0], -step[1]


def _walked(came: Mapping[_State, _State], state: _State) -> list[Spot]:
    way = [state[0]]
    while state in came:
        state = came[state]
        way.insert(0, state[0])
    return way


def corners(way: Sequence[Spot]) -> tuple[Spot, ...]:
    """A way without the spots that it goes straight through."""
    kept = [way[0]]
    for before, here, after in zip(way, way[1:], way[2:], strict=False):
        if (before[0] == here[0]) != (here[0] == after[0]):
            kept.append(here)
    return (*kept, way[-1])
