"""One step of one unit: the number of every operation, what its gates do, and its equations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.cells.wiring import wiring
from sandbox.engine.trace import layer_count, layer_prefix
from sandbox.insight.step import FUNCTIONS, layer_step
from sandbox.tasks.base import Tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from sandbox.cells.cell import Cell
    from sandbox.cells.nodes import Node
    from sandbox.cells.wiring import Gating
    from sandbox.engine.trace import Trace
    from sandbox.tasks.base import Sequences, Task

MOSTLY, HARDLY = 0.9, 0.1
INFIX = {"+": (1, " + "), "-": (1, " − "), "*": (2, " · "), "/": (2, " / ")}
ATOM = 4
PAST = ("lets the past by", "shuts out the past", "lets {} of the past by")


@dataclass(frozen=True)
class Moment:
    """One unit of a layer at one step; values: of every operation of the cell's wiring.

    The value of x is NaN: it is no number of one unit.
    """

    cell: Cell
    values: tuple[float, ...]

    def line(self, name: str) -> float:
        """The value of a line."""
        return self.values[wiring(self.cell).lines[name]]

    def gates(self) -> Iterator[tuple[str, float, str]]:
        """Every gate with its value and what it does now: ("forget", 0.98, "keeps")."""
        graph = wiring(self.cell)
        said: dict[str, list[str]] = {}
        for gating in graph.gatings:
            value = self.line(gating.gate)
            share = 1 - value if gating.rest else value
            said.setdefault(gating.gate, []).append(_does(self.cell, gating, share))
        for name in self.cell.gates:
            if name in said:
                yield name, self.line(name), ", ".join(dict.fromkeys(said[name]))

    def equations(self) -> tuple[tuple[str, str], ...]:
        """Every line in numbers: ("cell", "0.98 · 0.51 + 0.02 · −0.31 = 0.49")."""
        numbers = dict(zip(wiring(self.cell).operations, self.values, strict=True))
        lines = {name: self.line(name) for name, _ in self.cell.step.lines}
        found = []
        for name, node in self.cell.step.lines:
            text, value = _text(node, numbers, lines, 0), number(lines[name])
            free = _computed(node, numbers, lines)
            tail = f" = {value}" if _is_close(free, lines[name]) else f", held at {value}"
            found.append((name, value if text == value else f"{text}{tail}"))
        return tuple(found)


def moment(
    cell: Cell,
    weights: Mapping[str, NDArray[Any]],
    task: Task,
    sequences: Sequences,
    index: int,
    trace: Trace,
    step: int,
    unit: int,
    layer: int = 0,
) -> Moment:
    """The numbers of a unit at a step of sequence `index` of a trace.

    weights: the net's, by their layout's names.  layer: from 1, the bottom one; 0 for the top.
    Lines that the trace has are as it has them, with what is held.
    """
    layers = layer_count(trace)
    layer = layer or layers
    prefix = layer_prefix(layer, layers)
    own = {name: trace.arrays[prefix + name] for name in cell.holdable()}
    zero = np.zeros(own[cell.states[0]].shape[2])
    before = {name: own[name][step - 1, index] if step else zero for name in cell.states}
    if layer > 1:
        x: Any = trace.arrays[layer_prefix(layer - 1, layers) + "hidden"][step, index]
    elif isinstance(task.inputs, Tokens):
        x = np.asarray(sequences.inputs[index, step], np.intp)
    else:
        x = sequences.inputs[index, step]
    held = {name: array[step, index].astype(np.float64) for name, array in own.items()}
    nodes = layer_step(cell, weights, layer).values(x, before, held)
    values = tuple(
        float(nodes[node][unit]) if node in nodes else float("nan")
        for node in wiring(cell).operations
    )
    return Moment(cell, values)


def number(value: float) -> str:
    """A number for an equation: two digits behind the point, or in powers of ten."""
    if not np.isfinite(value):
        return "not a finite number"
    if value and (abs(value) < 0.005 or abs(value) >= 1000):
        digits, _, exponent = f"{value:.1e}".partition("e")
        return f"{digits}e{int(exponent)}".replace("-", "−")
    return f"{value:.2f}".replace("-", "−")


def brief(value: float) -> str:
    """A number for a wire, of five characters at most: "−0.31", "12.0", "−123", "2e4"."""
    if not np.isfinite(value):
        return "–"
    size = abs(value)
    if size >= 999.5:
        digits, _, exponent = f"{value:.0e}".partition("e")
        return f"{digits}e{int(exponent)}".replace("-", "−")
    places = 2 if size < 9.995 else 1 if size < 99.95 else 0
    return f"{value:z.{places}f}".replace("-", "−")


def _does(cell: Cell, gating: Gating, share: float) -> str:
    """What a gate that lets so much by does, in a word or two."""
    graph, sums = wiring(cell), _sums(cell)
    node = graph.operations[gating.lets_by]
    summed = {name for name, parts in sums.items() if graph.operations[gating.operation] in parts}
    if node.kind == "before":
        words = ("keeps", "forgets", "keeps {}") if node.name in summed else PAST
    elif _reads_memory(cell, node):
        words = ("shows", "hides", "shows {}")
    elif not summed and any(each.kind == "affine" and not each.inputs for each in node.walk()):
        words = PAST
    else:
        words = ("writes", "writes nothing", "writes {}")
    if share >= MOSTLY:
        return words[0]
    return words[1] if share <= HARDLY else words[2].format(f"{share:.0%}")


def _sums(cell: Cell) -> dict[str, tuple[Node, ...]]:
    """What each state's next value is the sum of."""
    lines = dict(cell.step.lines)
    return {state: tuple(_summands(lines[state])) for state in cell.states if state in lines}


def _summands(node: Node) -> Iterator[Node]:
    if node.kind in ("+", "-"):
        for part in node.parts:
            yield from _summands(part)
    else:
        yield node


def _reads_memory(cell: Cell, node: Node) -> bool:
    """Whether it is a state of this step, or a function of one."""
    memory = {state for state in cell.states if state != "hidden"}
    graph = wiring(cell)
    named = {graph.operations[graph.lines[state]] for state in memory if state in graph.lines}
    return any(
        (each.kind == "line" and each.name in memory) or each in named for each in node.walk()
    )


def _computed(node: Node, numbers: Mapping[Node, float], lines: Mapping[str, float]) -> float:
    """A node's value from those of its parts, whatever it is held at."""
    if node.kind not in FUNCTIONS:
        return lines[node.name] if node.kind == "line" else numbers[node]
    parts = (lines[each.name] if each.kind == "line" else numbers[each] for each in node.parts)
    with np.errstate(all="ignore"):
        return float(FUNCTIONS[node.kind](*parts))


def _text(
    node: Node, numbers: Mapping[Node, float], lines: Mapping[str, float], around: int
) -> str:
    """A node with the numbers put in; around: how tightly the operation around it binds."""
    if node.kind == "line":
        return number(lines[node.name])
    if node.kind in ("before", "parameter", "number", "affine"):
        return f"{node.number:g}" if node.kind == "number" else number(numbers[node])
    parts = node.parts
    if node.kind in INFIX:
        binds, sign = INFIX[node.kind]
        right = binds + (node.kind in ("-", "/"))
        text = (
            _text(parts[0], numbers, lines, binds) + sign + _text(parts[1], numbers, lines, right)
        )
        return f"({text})" if binds < around else text
    if node.kind == "neg":
        return f"−{_text(parts[0], numbers, lines, ATOM)}"
    inner = ", ".join(_text(part, numbers, lines, 0) for part in parts)
    name = {"sigmoid": "σ", "logsigmoid": "log σ"}.get(node.kind, node.kind)
    return f"{name}({inner})"


def _is_close(one: float, other: float) -> bool:
    return abs(one - other) <= 1e-4 * max(abs(one), abs(other), 1e-3)
