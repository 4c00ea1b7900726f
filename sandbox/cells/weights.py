"""Weights of the gates in a sum: x W, b and v W of one gate become one "affine" node."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sandbox.cells.nodes import MOST_GATES, EquationError, Node

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.cells.lexer import Token

Place = tuple[int, int]  # line and column


@dataclass
class Names:
    """What the lines of a text have in common while they are read one after another.

    all: where each line is defined.  done: the lines read so far.  gates, parameters and before
    are filled in order of first use; inputs and fed tell where each gate's weights stand.
    """

    all: Mapping[str, Place]
    done: dict[str, Node] = field(default_factory=dict)
    gates: list[str] = field(default_factory=list)
    parameters: list[str] = field(default_factory=list)
    before: dict[str, Place] = field(default_factory=dict)
    inputs: dict[str, Place] = field(default_factory=dict)
    fed: dict[str, tuple[Node, Place]] = field(default_factory=dict)
    nodes: int = 0

    def use_gate(self, name: str, place: Place) -> None:
        """Note that a gate is used at a place."""
        if name in self.gates:
            return
        if len(self.gates) == MOST_GATES:
            raise EquationError(*place, f"expected at most {MOST_GATES} gates, found {name} too")
        self.gates.append(name)


@dataclass(frozen=True)
class Weights:
    """x W ("inputs"), b ("bias") or v W ("fed", by a node) of a gate, as they are written."""

    what: str
    gate: str
    place: Place
    text: str
    fed: Node | None = None


Terms = list[tuple["Token | None", "Node | Weights"]]  # each with the sign before it


def joined(terms: Terms, names: Names) -> list[tuple[Token | None, Node]]:
    """The terms of a sum, with the weights of each gate made one node where its first stands."""
    groups: dict[str, dict[str, Weights]] = {}
    for sign, term in terms:
        if isinstance(term, Weights):
            _add(groups.setdefault(term.gate, {}), term, sign)
    whole: list[tuple[Token | None, Node]] = []
    for sign, term in terms:
        if isinstance(term, Node):
            whole.append((sign, term))
        elif term.gate in groups:
            whole.append((sign, _affine(term.gate, groups.pop(term.gate), names)))
    return whole


def _add(group: dict[str, Weights], term: Weights, sign: Token | None) -> None:
    if sign and sign.text == "-":
        raise EquationError(*term.place, f"expected {term.text} to be added, found '-' before it")
    if term.what in group:
        raise EquationError(*term.place, f"expected {term.text} once in a sum, found it again")
    group[term.what] = term


def _affine(gate: str, group: Mapping[str, Weights], names: Names) -> Node:
    """The node of a gate's weights in a sum."""
    inputs, bias, fed = map(group.get, ("inputs", "bias", "fed"))
    if inputs:
        _wants(bias, inputs, "b")
        _once(inputs, names.inputs.get(gate))
        names.inputs[gate] = inputs.place
    elif bias:
        _wants(inputs, bias, "x W")
    if fed is None or fed.fed is None:
        return Node("affine", (), gate, inputs=True)
    _once(fed, names.fed[gate][1] if gate in names.fed else None)
    names.fed[gate] = fed.fed, fed.place
    return Node("affine", (fed.fed,), gate, inputs=inputs is not None)


def _wants(other: Weights | None, there: Weights, missing: str) -> None:
    """Raise EquationError if x W stands without b, or b without x W."""
    if other is None:
        gate = there.text.partition("_")[2]
        own = f"_{gate}" if gate else ""
        raise EquationError(
            *there.place,
            f"expected {missing}{own} in the same sum as {there.text}; write x W{own} + b{own}",
        )


def _once(term: Weights, used: Place | None) -> None:
    if used:
        raise EquationError(
            *term.place,
            f"expected {term.text} once, and the gate {term.gate} has it in line {used[0]}, "
            f"column {used[1]}; give the sum a line of its own, and write its name twice",
        )
