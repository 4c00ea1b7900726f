"""In which part of a step a line is known, where another line of the same step stands before W.

Stage 0 needs the state before alone; stage 1 waits for the product with a line of stage 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.cells.nodes import Node


def stages_of(
    lines: Mapping[str, Node], fed: Mapping[str, str]
) -> tuple[dict[str, int], dict[str, int]]:
    """The stages of lines and of gates, by name; fed: what stands before each gate's W.

    All weights of a gate are used in one stage: a line with some of them waits for the others.
    """
    gates = {gate: int(by in lines) for gate, by in fed.items()}
    while True:
        stages: dict[str, int] = {}
        wanted = dict(gates)
        for name, node in lines.items():
            nodes = list(node.walk())
            own = [gates[each.name] for each in nodes if each.kind == "affine"]
            own += [stages[each.name] for each in nodes if each.kind == "line"]
            stages[name] = max(own, default=0)
            for each in nodes:
                if each.kind == "affine":
                    wanted[each.name] = max(wanted[each.name], stages[name])
        if wanted == gates:
            return stages, gates
        gates = wanted
