"""What equations are read into, and how large they may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_GATES = 8
MOST_STATES = 6
MOST_FED = 2  # lines of a step that stand before W
MOST_LINES = 24
MOST_NODES = 200
MOST_DEPTH = 20
LONGEST_TEXT = 4_000
LONGEST_NAME = 24
LARGEST_NUMBER = 1e6
SMALLEST_NUMBER = 1e-30  # float32, in which nets are computed, has none below 1e-38

# How many arguments each function has.
FUNCTIONS = {
    "sigmoid": 1,
    "tanh": 1,
    "relu": 1,
    "exp": 1,
    "logsigmoid": 1,
    "softplus": 1,
    "max": 2,
    "min": 2,
}


class EquationError(ValueError):
    """What is wrong with a text, and where: line and column count from 1."""

    def __init__(self, line: int, column: int, expected: str) -> None:
        super().__init__(f"line {line}, column {column}: {expected}")
        self.line = line
        self.column = column
        self.expected = expected


@dataclass(frozen=True)
class Node:
    """One operation or value; nodes with the same content are equal.

    kind: "number" (its `number`); "line" (the value of the earlier line called `name`); "before"
    (that line's value one step before, zero at the start); "parameter" (a vector (H,) of weights);
    "affine" (the columns of the gate called `name`: x W + b where `inputs`, plus v W_h where
    `parts` is (v,), a "before" of hidden or a "line"); "+" "-" "*" "/" of two parts; "neg"; or a
    function's name.
    """

    kind: str
    parts: tuple[Node, ...] = ()
    name: str = ""
    number: float = 0.0
    inputs: bool = False

    def walk(self) -> Iterator[Node]:
        """This node and all below it, parts from left to right."""
        yield self
        for part in self.parts:
            yield from part.walk()

    def depth(self) -> int:
        """The number of levels."""
        return 1 + max((part.depth() for part in self.parts), default=0)


@dataclass(frozen=True)
class Equations:
    """One step of a cell.

    lines: (name, node) in the order written; "hidden" is one of them.  gates: the names whose
    columns W_x, W_h and b have, in order of first use; each is a line too.  parameters: vectors
    (H,), in order of first use.  states: "hidden", then other names used as NAME[t-1].  fed:
    (gate, what stands before its W_h): "hidden[t-1]", the name of a line, or "" for a gate without
    W_h.  recurrent: whether any gate has W_h.  meanings: (line, the comment at its end).  text:
    what was read.
    """

    lines: tuple[tuple[str, Node], ...]
    gates: tuple[str, ...]
    parameters: tuple[str, ...]
    states: tuple[str, ...]
    fed: tuple[tuple[str, str], ...]
    recurrent: bool
    meanings: tuple[tuple[str, str], ...]
    text: str
