"""One step of a cell as a Python function, line by line as its equations are written.

    def lstm_step(x: Tensor, past: Tensors, p: Tensors) -> Tensors:
        x_input, x_forget, … = (x + past["hidden"] @ p["W_h"]).chunk(4, 1)
        input = torch.sigmoid(x_input)  # 1 writes the candidate, 0 writes nothing
        …

Names and comments are the equations' own.  What has only numbers in it is worked out, a line that
would be too long is divided, and a name that would hide another is written with an underscore.
"""

from __future__ import annotations

import textwrap
from itertools import count
from typing import TYPE_CHECKING

import numpy as np

from sandbox.cells.nodes import Node

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sandbox.cells.cell import Cell
    from sandbox.cells.nodes import Equations

WIDTH, LONG = 100, 70  # columns of a line, of a part of one that gets its own
TAKEN = ("x", "past", "p", "torch", "nn", "l")  # what the function uses, and what looks like a 1
STRENGTH = {"+": 1, "-": 1, "*": 2, "/": 2, "@": 2, "neg": 3}  # of all else 4
CALLED = {
    "max": "torch.maximum",
    "min": "torch.minimum",
    "logsigmoid": "nn.functional.logsigmoid",
    "softplus": "nn.functional.softplus",
}
BOUND = {"max": "min", "min": "max"}  # what the number is to torch.clamp
PRODUCT = 'past["hidden"] @ p["W_h"]'
VALUES: Mapping[str, Callable[..., np.float64]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "neg": np.negative,
    "max": np.maximum,
    "min": np.minimum,
    "exp": np.exp,
    "tanh": np.tanh,
    "relu": lambda a: np.maximum(a, 0),
    "sigmoid": lambda a: np.exp(-np.logaddexp(0, -a)),
    "logsigmoid": lambda a: -np.logaddexp(0, -a),
    "softplus": lambda a: np.logaddexp(0, a),
}


def step_name(cell: Cell) -> str:
    """What a cell's function is called."""
    return f"{cell.name}_step"


def step_code(cell: Cell) -> str:
    """The function's text, which needs torch, nn, Tensor and Tensors.

    x (B, G·H) is x_t W_x + b of all gates, `past` has the states (B, H) of the step before, p the
    layer's parameters.  It returns what the cell has pictures of, its states among it, each (B, H).
    """
    return _Step(cell.step, [picture.name for picture in cell.pictures]).code(step_name(cell))


class _Step:
    """A function that is written line by line; `_wide`: one product serves all gates.

    shown: the lines that it returns.
    """

    def __init__(self, equations: Equations, shown: Sequence[str]) -> None:
        self._equations, self._fed, self._shown = equations, dict(equations.fed), shown
        self._taken = {*TAKEN, *(f"{kind}_{gate}" for gate in equations.gates for kind in "xh")}
        self._names = {name: self._free(name) for name, _ in equations.lines}
        self._wide = {*self._fed.values()} == {"hidden[t-1]"}
        self._joint = self._wide and all(node.inputs == bool(node.parts) for node in self._affine())
        self._numbers: dict[str, float] = {}  # lines that need be no more than that
        self._written: list[str] = []
        self._parts = count(1)

    def code(self, name: str) -> str:
        """The whole text."""
        equations, meanings = self._equations, dict(self._equations.meanings)
        self._unpack(equations.gates)
        for line, node in equations.lines:
            whole = self._folded(node)
            if whole.kind == "number" and line not in (*self._shown, *self._fed.values()):
                self._numbers[line] = whole.number  # written where it is used
                continue
            comment = " ".join(meanings.get(line, "").split())  # no sign ends a line
            self._write(self._names[line], self._whole(whole), comment)
        returned = [f'"{line}": {self._names[line]}' for line in self._shown]
        size = f"{len(equations.gates)}H" if len(equations.gates) > 1 else "H"
        head = [
            f"def {name}(x: Tensor, past: Tensors, p: Tensors) -> Tensors:",
            f'    """One step, from x (B, {size}) to gates and states (B, H) by name."""',
        ]
        return "\n".join([*head, *self._written, *_divided("return {", returned, "}")])

    def _affine(self) -> Iterator[Node]:
        nodes = (node for _, line in self._equations.lines for node in line.walk())
        return (node for node in nodes if node.kind == "affine")

    def _free(self, name: str) -> str:
        """The name, with underscores until nothing else is called so."""
        while name in self._taken:
            name += "_"
        self._taken.add(name)
        return name

    # The columns of each gate.

    def _unpack(self, gates: Sequence[str]) -> None:
        if len(gates) == 1:
            return
        if self._joint:
            self._chunks("x", gates, f"(x + {PRODUCT})")
            return
        self._chunks("x", gates, "x")
        if self._wide:
            self._chunks("h", gates, f"({PRODUCT})")
        elif self._equations.recurrent:
            self._chunks("W", [gate if self._fed[gate] else "" for gate in gates], 'p["W_h"]')

    def _chunks(self, kind: str, gates: Sequence[str], value: str) -> None:
        """The columns of a gate called "" are of no use."""
        targets = [f"{kind}_{gate}" if gate else "_" for gate in gates]
        rest = f" = {value}.chunk({len(targets)}, 1)"
        line = f"    {', '.join(targets)}{rest}"
        fits = len(line) <= WIDTH
        self._written += [line] if fits else _divided("(", targets, ")" + rest)

    # Lines.

    def _folded(self, node: Node) -> Node:
        """The node with a number in place of whatever has only numbers in it."""
        if node.kind == "line" and node.name in self._numbers:
            return Node("number", (), node.name, self._numbers[node.name])
        parts = tuple(map(self._folded, node.parts))
        if parts and node.kind in VALUES and all(part.kind == "number" for part in parts):
            with np.errstate(all="ignore"):
                value = VALUES[node.kind](*(np.float64(part.number) for part in parts))
            return Node("number", number=float(value))
        return Node(node.kind, parts, node.name, node.number, node.inputs)

    def _whole(self, node: Node) -> Node:
        """A line's expression in Python, (B, H) even if nothing in it is."""
        tree = self._tree(node)
        if node.kind == "number":
            return _python(f'torch.full_like(past["hidden"], {tree.name})')
        if any(each.kind in ("affine", "line", "before") for each in node.walk()):
            return tree
        return Node("expand", (tree,))

    def _tree(self, node: Node) -> Node:
        """The same with every value as "python", its text in `name`."""
        if node.kind == "number":
            return _python(self._number(node))
        if node.kind == "line":
            return _python(self._names[node.name])
        if node.kind in ("before", "parameter"):
            return _python(f'{"past" if node.kind == "before" else "p"}["{node.name}"]')
        if node.kind == "affine":
            return self._sum(node)
        if node.kind == "neg" and node.parts[0].kind == "neg":
            return self._tree(node.parts[0].parts[0])
        numbers = [part for part in node.parts if part.kind == "number"]
        if node.kind in BOUND and numbers:
            (other,) = (part for part in node.parts if part.kind != "number")
            bound = f"{BOUND[node.kind]}={self._number(numbers[0])}"
            return Node("clamp", (self._tree(other),), bound)
        return Node(node.kind, tuple(map(self._tree, node.parts)), node.name)

    def _number(self, node: Node) -> str:
        """A number's text; if it is a line of its own, its name."""
        text = _number(node.number)
        if not node.name:
            return text
        line = f"    {self._names[node.name]} = {text}"
        if line not in self._written:
            self._written.append(line)
        return self._names[node.name]

    def _sum(self, node: Node) -> Node:
        """The gate's columns of x, of the recurrent product, or of both."""
        alone = len(self._fed) == 1
        inputs = _python("x" if alone else f"x_{node.name}")
        if not node.parts or (self._joint and not alone):
            return inputs
        fed = _python(f"h_{node.name}")
        if alone or not self._wide:
            weights = 'p["W_h"]' if alone else f"W_{node.name}"
            fed = Node("@", (self._tree(node.parts[0]), _python(weights)))
        return Node("+", (inputs, fed)) if node.inputs else fed

    def _write(self, name: str, tree: Node, comment: str = "") -> None:
        while len(line := f"    {name} = {_text(tree)}") > WIDTH:
            tree = self._divide(tree)
        if comment and len(line) + len(comment) + 4 > WIDTH:
            self._written += textwrap.wrap(
                comment, WIDTH, initial_indent="    # ", subsequent_indent="    # "
            )
        elif comment:
            line += f"  # {comment}"
        self._written.append(line)

    def _divide(self, tree: Node) -> Node:
        """The tree without a long part of it, which gets a line of its own."""
        parts = [*tree.parts]
        longest = max(range(len(parts)), key=lambda place: len(_text(parts[place])))
        if len(text := _text(parts[longest])) > LONG:
            parts[longest] = self._divide(parts[longest])
        else:
            variable = self._free(f"part_{next(self._parts)}")
            self._written.append(f"    {variable} = {text}")
            parts[longest] = _python(variable)
        return Node(tree.kind, tuple(parts), tree.name)


def _python(text: str) -> Node:
    return Node("python", (), text)


def _number(number: float) -> str:
    if not np.isfinite(number):
        return f'float("{number}")'
    whole = number == int(number) and abs(number) < 1e6
    return str(int(number)) if whole else repr(number).replace("e+", "e")


def _text(tree: Node, least: int = 0) -> str:
    """Python's text, in parentheses if it binds less than `least`."""
    strength = STRENGTH.get(tree.kind, 4)
    if tree.kind == "python":
        return tree.name if least <= 3 or not tree.name.startswith("-") else f"({tree.name})"
    if tree.kind == "neg":
        text = f"-{_text(tree.parts[0], strength)}"
    elif tree.kind in STRENGTH:
        left, right = tree.parts
        text = f"{_text(left, strength)} {tree.kind} {_text(right, strength + 1)}"
    elif tree.kind == "expand":
        text = f'{_text(tree.parts[0], strength)}.expand_as(past["hidden"])'
    elif tree.kind == "clamp":
        text = f"torch.clamp({_text(tree.parts[0])}, {tree.name})"
    else:
        called = CALLED.get(tree.kind, f"torch.{tree.kind}")
        text = f"{called}({', '.join(map(_text, tree.parts))})"
    return text if strength >= least else f"({text})"


def _divided(start: str, parts: Sequence[str], end: str) -> list[str]:
    """A statement of many parts, on one line if it fits."""
    line = f"    {start}{', '.join(parts)}{end}"
    if len(line) <= WIDTH:
        return [line]
    return [f"    {start}", *(f"        {part}," for part in parts), f"    {end}"]
