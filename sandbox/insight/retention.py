"""How much of its memory a unit keeps from step to step: the gate that multiplies its own past."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sandbox.cells.wiring import ONE
from sandbox.engine.trace import layer_prefix
from sandbox.insight.subject import in_parts
from sandbox.tasks.base import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from sandbox.cells.cell import Cell
    from sandbox.cells.nodes import Node
    from sandbox.insight.subject import Subject

SEQUENCES = 64


@dataclass(frozen=True)
class Keeper:
    """The gate that lets a state by from one step to the next; rest: 1 - gate does."""

    state: str
    gate: str
    rest: bool


@dataclass(frozen=True)
class Kept:
    """What units keep of their memory a step of filler: geometric means over steps and sequences.

    share (H,): 1 for all of it.  least (H,): the 5% quantile over sequences of the same.  steps:
    of filler in a sequence, the median.
    """

    keeper: Keeper
    share: NDArray[np.float64]
    least: NDArray[np.float64]
    steps: int

    def half_life(self, unit: int) -> float:
        """Steps after which half of a unit's memory is left; inf if it loses nothing."""
        share = float(self.share[unit])
        if share <= 0:
            return 0.0
        return float(np.log(0.5) / np.log(share)) if share < 1 else float("inf")


def keeper(cell: Cell) -> Keeper | None:
    """The gate that multiplies a state's own past where it is summed up, if there is one.

    None if it keeps two states, as in an sLSTM: what is read is one divided by the other.
    """
    found = list(_keepers(cell))
    alone = [each for each in found if sum(other.gate == each.gate for other in found) == 1]
    return alone[0] if alone else None


def _keepers(cell: Cell) -> Iterator[Keeper]:
    """One for each state at most, a cell state before the hidden one."""
    lines = dict(cell.step.lines)
    for state in (*cell.states[1:], cell.states[0]):
        products = [each for part in _summands(lines[state]) if (each := _gated(cell, part, state))]
        yield from products[:1]


def _gated(cell: Cell, product: Node, state: str) -> Keeper | None:
    """The keeper, if this is a gate, or what a gate lacks of one, times the state's past."""
    gates = {picture.name for picture in cell.pictures if picture.kind == "gate"}
    for factor, other in (product.parts, product.parts[::-1]):
        rest = factor.kind == "-" and factor.parts[0] == ONE
        gate = factor.parts[1] if rest else factor
        own = (other.kind, other.name) == ("before", state)
        if own and gate.kind == "line" and gate.name in gates:
            return Keeper(state, gate.name, rest)
    return None


def kept(subject: Subject, layer: int = 0) -> Kept | None:
    """What every unit keeps at filler steps of fresh sequences; None if no gate says so."""
    found, sequences = keeper(subject.cell), subject.fresh(SEQUENCES, 4)
    filler = sequences.roles == Role.FILLER
    if found is None or not filler.any():
        return None
    prefix = layer_prefix(layer or subject.net.layers, subject.net.layers)
    logs = []
    for rows in in_parts(len(sequences), sequences.roles.shape[1]):
        part = sequences.pick(rows)
        gate = subject.net.trace(part).arrays[prefix + found.gate].astype(np.float64)
        share = np.log(np.maximum(1 - gate if found.rest else gate, 1e-30))
        there = np.swapaxes(part.roles == Role.FILLER, 0, 1)[..., None]
        logs.append(np.where(there, share, 0).sum(axis=0) / np.maximum(there.sum(axis=0), 1))
    whole, steps = np.concatenate(logs), int(np.median(filler.sum(axis=1)))
    least = np.exp(np.quantile(whole, 0.05, axis=0))
    return Kept(found, np.exp(whole.mean(axis=0)), least, steps)


def _summands(node: Node) -> Iterator[Node]:
    """The products that a sum is made of."""
    if node.kind in ("+", "-"):
        for part in node.parts:
            yield from _summands(part)
    elif node.kind == "*":
        yield node
