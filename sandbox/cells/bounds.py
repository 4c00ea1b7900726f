"""Between which bounds the lines of equations stay, by interval arithmetic.

The bounds hold at every step: states begin at zero, and their intervals grow until one more step
does not leave them.  A mixture a * u + (1 - a) * v with a in 0..1 stays between u and v, and
u - max(u, v) below zero, which plain interval arithmetic would not see.
"""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sandbox.cells.nodes import Equations, Node

Interval = tuple[float, float]
EVERYTHING = (-math.inf, math.inf)
ROUNDS = 4  # of growing before a bound that still moves counts as infinite


def _softplus(x: float) -> float:
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


def _exp(x: float) -> float:
    return math.exp(x) if x < 700 else math.inf


# All of them grow with x, so they map bounds to bounds.
_GROWING: Mapping[str, Callable[[float], float]] = {
    "sigmoid": lambda x: 0.5 * (1 + math.tanh(x / 2)),
    "tanh": math.tanh,
    "relu": lambda x: max(x, 0.0),
    "exp": _exp,
    "logsigmoid": lambda x: -_softplus(-x),
    "softplus": _softplus,
}


def bounds(equations: Equations) -> dict[str, Interval]:
    """The interval of each line, over all steps, inputs and weights; each may be infinite."""
    states = dict.fromkeys(equations.states, (0.0, 0.0))
    for step in range(2 * len(states) + ROUNDS + 1):
        found = _Step(equations, states).lines
        grown = {name: _hull(old, found[name]) for name, old in states.items()}
        if grown == states:
            return found
        states = {
            name: _widened(states[name], new) if step >= ROUNDS else new
            for name, new in grown.items()
        }
    raise AssertionError("each bound becomes infinite once at most")


def _hull(one: Interval, other: Interval) -> Interval:
    return min(one[0], other[0]), max(one[1], other[1])


def _widened(old: Interval, new: Interval) -> Interval:
    return (
        new[0] if new[0] == old[0] else -math.inf,
        new[1] if new[1] == old[1] else math.inf,
    )


class _Step:
    """The intervals of all lines at a step, from those of the states before it."""

    def __init__(self, equations: Equations, before: Mapping[str, Interval]) -> None:
        self._before = before
        self._nodes = dict(equations.lines)
        self._known: dict[int, Interval] = {}  # by the identity of a node
        self.lines: dict[str, Interval] = {}
        for name, node in equations.lines:
            self.lines[name] = self._of(node)

    def _of(self, node: Node) -> Interval:
        if id(node) not in self._known:
            low, high = self._found(node)
            unknown = math.isnan(low) or math.isnan(high)  # inf - inf
            self._known[id(node)] = EVERYTHING if unknown else (low, high)
        return self._known[id(node)]

    def _found(self, node: Node) -> Interval:
        if node.kind == "number":
            return node.number, node.number
        if node.kind in ("line", "before"):
            return (self.lines if node.kind == "line" else self._before)[node.name]
        if node.kind in ("affine", "parameter"):
            return EVERYTHING
        mixed = self._of_mixture(node)
        return mixed if mixed else self._of_operation(node)

    def _of_operation(self, node: Node) -> Interval:
        parts = [self._of(part) for part in node.parts]
        if node.kind in _GROWING:
            low, high = parts[0]
            return _GROWING[node.kind](low), _GROWING[node.kind](high)
        if node.kind == "neg":
            return -parts[0][1], -parts[0][0]
        one, other = parts
        if node.kind in ("max", "min"):
            choose = max if node.kind == "max" else min
            return choose(one[0], other[0]), choose(one[1], other[1])
        if node.kind == "-":
            top = 0.0 if self._is_the_larger(*node.parts) else math.inf
            return one[0] - other[1], min(one[1] - other[0], top)
        if node.kind == "+":
            return one[0] + other[0], one[1] + other[1]
        return _product(one, other) if node.kind == "*" else _quotient(one, other)

    def _meant(self, node: Node) -> Node:
        """What a line's name stands for."""
        return self._nodes[node.name] if node.kind == "line" else node

    def _is_the_larger(self, small: Node, large: Node) -> bool:
        """Whether `large` is max(small, …)."""
        large = self._meant(large)
        return large.kind == "max" and small in large.parts

    def _of_mixture(self, node: Node) -> Interval | None:
        """The interval of a * u + (1 - a) * v or v + a * (u - v), with a in 0..1."""
        for a, one, other in self._mixtures(node):
            low, high = self._of(a)
            if low >= 0 and high <= 1:
                return _hull(self._of(one), self._of(other))
        return None

    def _mixtures(self, node: Node) -> Iterator[tuple[Node, Node, Node]]:
        """Every a, u and v as which a sum may be read."""
        if node.kind != "+":
            return
        left, right = node.parts
        if left.kind == right.kind == "*":
            for (a, u), (rest, v) in product(_turned(left), _turned(right)):
                if self._adds_up_to_one(a, rest):
                    yield a, u, v
                if self._adds_up_to_one(rest, a):
                    yield rest, v, u
        for v, moved in ((left, right), (right, left)):
            for a, way in _turned(moved) if moved.kind == "*" else ():
                if way.kind == "-" and way.parts[1] == v:
                    yield a, way.parts[0], v

    def _adds_up_to_one(self, a: Node, rest: Node) -> bool:
        """Whether `rest` is 1 - a."""
        rest = self._meant(rest)
        one = rest.parts[0] if rest.kind == "-" else rest
        return rest.kind == "-" and one.kind == "number" and one.number == 1 and rest.parts[1] == a


def _turned(product_node: Node) -> tuple[tuple[Node, Node], tuple[Node, Node]]:
    one, other = product_node.parts
    return (one, other), (other, one)


def _product(one: Interval, other: Interval) -> Interval:
    ends = [0.0 if 0 in (a, b) else a * b for a, b in product(one, other)]
    return min(ends), max(ends)


def _quotient(one: Interval, other: Interval) -> Interval:
    if other[0] <= 0 <= other[1]:
        return EVERYTHING
    return _product(one, (1 / other[1], 1 / other[0]))
