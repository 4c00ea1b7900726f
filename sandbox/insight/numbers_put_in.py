"""An equation with its numbers put in: 0.98·0.51 + 0.02·(−0.31) = 0.49."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.cells.nodes import Node

NAMES = {"sigmoid": "σ", "logsigmoid": "log σ"}
SIGNS = {"+": (1, " + "), "-": (1, " − "), "*": (2, "·"), "/": (2, " / ")}
_TIGHT = 3  # how tightly a number or a function holds together; a sign holds like a product
LARGE = 10_000.0


def with_numbers(
    node: Node, value: float, values: Mapping[Node, float], lines: Mapping[str, float]
) -> str:
    """What stands behind a line's "=": its operations on numbers, then "=" and their value.

    values: of operations; a matrix product is one number.  lines: by name.  Where nothing is
    computed but one number, that is all.
    """
    text = _Text(values, lines).of(node)[0]
    alone = node.kind == "affine" or not node.parts
    return text if alone else f"{text} = {told(value)}"


def told(value: float) -> str:
    """A number with two digits, a minus sign, and a power of ten where it is large."""
    if math.isnan(value):
        return "not a number"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    text = f"{value:z.2f}" if abs(value) < LARGE else f"{value:.1e}".replace("e+0", "e")
    return text.replace("e+", "e").replace("-", "−")


class _Text:
    """Writes nodes as text, in parentheses where they are needed."""

    def __init__(self, values: Mapping[Node, float], lines: Mapping[str, float]) -> None:
        self._values, self._lines = values, lines

    def of(self, node: Node) -> tuple[str, int]:
        """The text of a node, and how tightly it holds together."""
        if node.kind == "number":
            return _number(f"{node.number:g}".replace("-", "−").replace("e+", "e"))
        if node.kind == "line":
            return _number(told(self._lines[node.name]))
        if node.kind in ("before", "parameter", "affine"):
            return _number(told(self._values[node]))
        if node.kind in SIGNS:
            return self._sign(node)
        if node.kind == "neg":
            return f"−{self._held(node.parts[0], _TIGHT)}", 1
        parts = ", ".join(self.of(part)[0] for part in node.parts)
        return f"{NAMES.get(node.kind, node.kind)}({parts})", _TIGHT

    def _sign(self, node: Node) -> tuple[str, int]:
        level, sign = SIGNS[node.kind]
        left = self._held(node.parts[0], level)
        return f"{left}{sign}{self._held(node.parts[1], level + 1)}", level

    def _held(self, node: Node, least: int) -> str:
        text, level = self.of(node)
        return text if level >= least else f"({text})"


def _number(text: str) -> tuple[str, int]:
    """A negative number needs parentheses behind a sign."""
    return text, 1 if text.startswith("−") else _TIGHT
