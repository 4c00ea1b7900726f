"""Random equations as nodes, and nodes written out as text."""

from __future__ import annotations

from hypothesis import strategies as st

from sandbox.cells.equations import Node
from sandbox.cells.nodes import FUNCTIONS

NAMES = ("hidden", "cell", "memory")
ORDINARY = {"+": 1, "-": 1, "*": 2, "/": 2}
BEFORE = Node("before", name="hidden")


def number(value: float) -> Node:
    return Node("number", number=value)


def affine(gate: str, *fed: Node, inputs: bool = True) -> Node:
    return Node("affine", fed, gate, inputs=inputs)


def line(name: str) -> Node:
    return Node("line", name=name)


def written(node: Node, least: int = 0) -> str:
    """A node as text, in parentheses where it binds less than `least`."""
    if node.kind == "affine":
        return f"(x W + {written(node.parts[0])} W + b)" if node.parts else "(b + x W)"
    if node.kind == "number":
        return repr(node.number)
    if node.kind in ("line", "parameter"):
        return node.name
    if node.kind == "before":
        return f"{node.name}[t-1]"
    if node.kind == "neg":
        return f"-{written(node.parts[0], 3)}"
    if node.kind in ORDINARY:
        level = ORDINARY[node.kind]
        left, right = written(node.parts[0], level), written(node.parts[1], level + 1)
        text = f"{left} {node.kind} {right}"
        return f"({text})" if level < least else text
    return f"{node.kind}({', '.join(map(written, node.parts))})"


def atoms(earlier: list[str]) -> st.SearchStrategy[Node]:
    numbers = st.floats(-1000, 1000).filter(lambda value: value == 0 or abs(value) > 1e-3)
    kinds = [numbers.map(number), st.sampled_from(NAMES).map(lambda n: Node("before", name=n))]
    kinds.append(st.sampled_from(("u", "p_i")).map(lambda n: Node("parameter", name=n)))
    return st.one_of(kinds + ([st.sampled_from(earlier).map(line)] if earlier else []))


def operations(parts: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    def made(kind: str) -> st.SearchStrategy[Node]:
        count = 1 if kind == "neg" else FUNCTIONS.get(kind, 2)
        return st.tuples(*[parts] * count).map(lambda given: Node(kind, given))

    found = st.sampled_from([*ORDINARY, "neg", *FUNCTIONS]).flatmap(made)
    return found.filter(lambda node: node.kind != "neg" or node.parts[0].kind != "number")


@st.composite
def cells(draw: st.DrawFn) -> list[tuple[str, Node]]:
    """Three lines, of which the last is `hidden` and uses the others; each has a gate."""
    lines: list[tuple[str, Node]] = []
    for name in ("cell", "memory", "hidden"):
        earlier = [each for each, _ in lines]
        gate = affine(name, *draw(st.sampled_from(((), (BEFORE,)))))
        node = draw(st.recursive(atoms(earlier), operations, max_leaves=6))
        for each in (gate, *(map(line, earlier) if name == "hidden" else ())):
            node = Node(draw(st.sampled_from("+*-")), (node, each))
        lines.append((name, node))
    return lines
