"""What a tile computes from a cell's equations: forward, and backward by differentiating them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.engine.kernels.cell_plan import BEFORE, HIDDEN
from sandbox.engine.kernels.functions import FUNCTIONS, slope
from sandbox.engine.kernels.machine import ROWS
from sandbox.engine.kernels.tile import seen

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.cells.equations import Node
    from sandbox.engine.kernels.cell_plan import Group
    from sandbox.engine.kernels.tile import Sums, Tile
    from sandbox.engine.kernels.values import Value


def forward(tile: Tile, stage: int, group: Group, last: bool, x: Value, reads: Value) -> None:
    """A group's sums; with the stage's last group, its lines, of ROWS sequences."""
    plan, (fed, gates) = tile.plan, group
    inputs = tile.from_inputs(gates, x, reads) if gates else tile.zeros(0)
    recurrent = inputs
    if fed:
        recurrent = _apart(tile, gates, inputs)
        tile.recur(recurrent, gates, fed)
    for v in range(tile.units):
        for r in range(ROWS):
            sums = {}
            for n, gate in enumerate(gates):
                sums[gate, False] = inputs[r][v * len(gates) + n].get()
                sums[gate, True] = recurrent[r][v * len(gates) + n].get()
            if last:
                _Forward(tile, v, r, sums).lines(stage)
            else:
                for (gate, of_h), place in plan.raw.items():
                    if gate in gates:
                        tile.code.store(sums[gate, of_h], tile.at("kept", v, tile.here, r, place))


def _apart(tile: Tile, gates: tuple[str, ...], sums: Sums) -> Sums:
    """The same variables, but new ones for the recurrent sums of gates that are split."""
    split = [tile.plan.is_split(gate) for gate in gates] * tile.units
    zero = tile.code.vector_of(0.0)
    return [
        [tile.code.variable(zero) if own else old for own, old in zip(split, line, strict=True)]
        for line in sums
    ]


class _Forward:
    """One row of a tile on the way forward."""

    def __init__(self, tile: Tile, v: int, r: int, sums: dict[tuple[str, bool], Value]) -> None:
        self._tile, self._v, self._r, self._sums = tile, v, r, sums
        self._values: dict[Node, Value] = {}
        self._lines: dict[str, Value] = {}

    def lines(self, stage: int) -> None:
        """Compute the lines of a stage in order, and write what is kept."""
        tile, plan = self._tile, self._tile.plan
        self._stage = stage
        for name, node in plan.lines.items():
            if plan.stage_of[name] == stage:
                value = self._lines[name] = tile.held(name, self._v, self._r, self.value(node))
                if name == HIDDEN or name in plan.seen:  # what products read
                    value = self._lines[name] = tile.real(self._v, value)
                if plan.is_state(name):
                    tile.code.store(value, tile.state(name, self._v, tile.after, self._r))
                if name in plan.seen:
                    tile.code.store(value, tile.at(seen(name), self._v, tile.here, self._r))
        for place, kept in enumerate(plan.kept):
            found = self._lines.get(kept) if isinstance(kept, str) else self._values.get(kept)
            if found is not None:
                tile.code.store(found, tile.at("kept", self._v, tile.here, self._r, place))

    def value(self, node: Node) -> Value:
        """A node's value; equal nodes are computed once."""
        if node.kind == "line" and node.name in self._lines:
            return self._lines[node.name]
        if node not in self._values:
            self._values[node] = self._compute(node)
        return self._values[node]

    def _compute(self, node: Node) -> Value:
        tile, plan = self._tile, self._tile.plan
        if node.kind == "line":  # of the stage before
            if node.name in plan.kept:
                place = plan.kept.index(node.name)
                return tile.code.load(tile.at("kept", self._v, tile.here, self._r, place))
            if plan.is_state(node.name):
                return tile.code.load(tile.state(node.name, self._v, tile.after, self._r))
            return self.value(plan.lines[node.name])
        if node in plan.kept and self._is_of_before(node):
            place = plan.kept.index(node)
            return tile.code.load(tile.at("kept", self._v, tile.here, self._r, place))
        if node.kind == "affine":
            return self._sum(node)
        return computed(tile, node, self._v, self._r, self.value)

    def _is_of_before(self, node: Node) -> bool:
        plan, sums = self._tile.plan, (each for each in node.walk() if each.kind == "affine")
        return any(plan.stage_of_gate[each.name] < self._stage for each in sums)

    def _sum(self, node: Node) -> Value:
        key = (node.name, self._tile.plan.is_split(node.name) and bool(node.parts))
        if key in self._sums:
            return self._sums[key]
        place = self._tile.plan.raw[key]
        return self._tile.code.load(self._tile.at("kept", self._v, self._tile.here, self._r, place))


def computed(tile: Tile, node: Node, v: int, r: int, value: Callable[[Node], Value]) -> Value:
    """A node's value from its parts' values, which `value` gives."""
    code = tile.code
    if node.kind == "number":
        return code.vector_of(node.number)
    if node.kind == "before":
        return code.load(tile.state(node.name, v, tile.here, r))
    if node.kind == "parameter":
        return tile.parameter(node.name, v)
    parts = [value(part) for part in node.parts]
    if node.kind in FUNCTIONS:
        return FUNCTIONS[node.kind](parts[0])
    if node.kind == "neg":
        return -parts[0]
    one, other = parts
    match node.kind:
        case "+":
            return one + other
        case "-":
            return one - other
        case "*":
            return one * other
        case "/":
            return one / other
        case "max":  # NaN stays
            return other.is_(">", one).choose(other, other.is_("uno", other).choose(other, one))
        case "min":
            return other.is_("<", one).choose(other, other.is_("uno", other).choose(other, one))
    raise AssertionError(node.kind)


def backward(tile: Tile, stage: int, own: Value, following: Value, blocks: Value) -> None:
    """Gradients of a stage's lines of ROWS sequences, from the last line to the first.

    own, following: rows of dL/da of this step and of the next; blocks: how many the next step
    has, 0 at the last.
    """
    plan, code = tile.plan, tile.code
    first = stage == len(plan.groups) - 1
    sums: dict[str, Sums] = {}
    if first:
        sums[HIDDEN] = [
            [code.variable(code.load(tile.at("dhs", v, tile.here, r))) for v in range(tile.units)]
            for r in range(ROWS)
        ]
        for n, gates in enumerate(gates for fed, gates in plan.runs if fed == BEFORE):
            tile.come_back(sums[HIDDEN], gates, following, blocks, fetch=n == 0)
    if not first:
        for name in plan.seen:
            sums[name] = tile.zeros(tile.units)
            for fed, gates in plan.runs:
                if fed == name:
                    tile.come_back(sums[name], gates, own, tile.blocks)
    for v in range(tile.units):
        weights: dict[str, Value] = {}
        for r in range(ROWS):
            row = _Backward(tile, v, r, weights, own)
            row.begin(first, {name: each[r][v].get() for name, each in sums.items()})
            row.lines(stage)
            row.end(stage)
        for name, gradient in weights.items():
            place = plan.parameters.index(name) * code.lanes
            code.add_to(tile.panels["dextras"].at(tile.j + v, 0, place), gradient)


class _Backward:
    """One row of a tile on the way back; weights: gradients of the parameters, summed over rows."""

    def __init__(self, tile: Tile, v: int, r: int, weights: dict[str, Value], own: Value) -> None:
        self._tile, self._v, self._r, self._weights, self._own = tile, v, r, weights, own
        self._values: dict[Node, Value] = {}
        self._of_lines: dict[str, Value] = {}
        self._carry: dict[str, Value] = {}
        self._da: dict[str, Value] = {}
        self._dax: dict[str, Value] = {}

    def begin(self, first: bool, sums: dict[str, Value]) -> None:
        """What is known before any line: what later steps, the loss and the next stage gave."""
        plan, code = self._tile.plan, self._tile.code
        for place, name in enumerate(plan.carried):
            carried = code.load(self._carry_at(place))
            _add(self._of_lines if first else self._carry, name, carried)
        if not first:
            for place, name in enumerate(plan.crossing):
                _add(self._of_lines, name, code.load(self._cross_at(place)))
        for name, gradient in sums.items():
            _add(self._of_lines, name, gradient)

    def lines(self, stage: int) -> None:
        """Differentiate the lines of a stage."""
        tile, plan = self._tile, self._tile.plan
        for name, node in reversed(plan.lines.items()):
            if plan.stage_of[name] != stage:
                continue
            gradient = self._of_lines.pop(name, None)
            if plan.is_state(name):
                kept = gradient if gradient is not None else tile.code.vector_of(0.0)
                tile.code.store(kept, self._state_gradient(name))
            if gradient is not None:
                self._back(node, tile.free(name, self._v, self._r, gradient))

    def end(self, stage: int) -> None:
        """Write what the products, the step before and the stage before read."""
        tile, plan, code = self._tile, self._tile.plan, self._tile.code
        zero = code.vector_of(0.0)
        for place, gate in enumerate(plan.gates):
            if plan.stage_of_gate[gate] == stage:
                as_h = tile.real(self._v, self._da.get(gate, zero))
                code.store(as_h, tile.at("da", self._v, self._own, self._r, place))
                if plan.split:
                    as_x = tile.real(self._v, self._dax.get(gate, zero))
                    code.store(as_x, tile.at("dax", self._v, self._own, self._r, place))
        for place, name in enumerate(plan.carried):
            code.store(self._carry.get(name, zero), self._carry_at(place))
        if stage:
            for place, name in enumerate(plan.crossing):
                code.store(self._of_lines.get(name, zero), self._cross_at(place))

    def _carry_at(self, place: int) -> Value:
        return self._tile.at("carry", self._v, self._tile.row, self._r, place)

    def _cross_at(self, place: int) -> Value:
        return self._tile.at("cross", self._v, self._tile.row, self._r, place)

    def _state_gradient(self, name: str) -> Value:
        tile = self._tile
        if name == HIDDEN:
            return tile.at("dhs", self._v, tile.here, self._r)
        return tile.at("dcs", self._v, tile.here, self._r, tile.plan.states.index(name))

    def _back(self, node: Node, g: Value) -> None:
        """Add a node's gradient g to what it is made of."""
        if node.kind == "line":
            _add(self._of_lines, node.name, g)
        elif node.kind == "before":
            _add(self._carry, node.name, g)
        elif node.kind == "parameter":
            _add(self._weights, node.name, g)
        elif node.kind == "affine":
            if node.inputs:
                _add(self._dax, node.name, g)
            if node.parts or not self._tile.plan.is_split(node.name):
                _add(self._da, node.name, g)
        elif node.kind in FUNCTIONS:
            self._back(node.parts[0], slope(node.kind, self._known(node), g))
        elif node.kind != "number":
            self._back_through_two(node, g)

    def _back_through_two(self, node: Node, g: Value) -> None:
        one, other = node.parts[0], node.parts[-1]
        match node.kind:
            case "neg":
                self._back(one, -g)
            case "+":
                self._back(one, g)
                self._back(other, g)
            case "-":
                self._back(one, g)
                self._back(other, -g)
            case "*":
                for part, factor in ((one, other), (other, one)):
                    if part.kind != "number":
                        self._back(part, g * self._known(factor))
            case "/":
                quotient = g / self._known(other)
                self._back(one, quotient)
                if other.kind != "number":
                    self._back(other, -(quotient * self._known(node)))
            case _:  # max and min; where both are equal each has half, as in PyTorch
                a, b = self._known(one), self._known(other)
                relation, half = ">" if node.kind == "max" else "<", g * 0.5
                zero, tie = g.like(0.0), a.is_("==", b)
                self._back(one, a.is_(relation, b).choose(g, tie.choose(half, zero)))
                self._back(other, b.is_(relation, a).choose(g, tie.choose(half, zero)))

    def _known(self, node: Node) -> Value:
        """A node's value as the way forward left it, or computed again."""
        if node not in self._values:
            self._values[node] = self._find(node)
        return self._values[node]

    def _find(self, node: Node) -> Value:
        tile, plan = self._tile, self._tile.plan
        name = plan.name_of(node)
        for key in (name, node):
            if key and key in plan.kept:
                place = plan.kept.index(key)
                return tile.code.load(tile.at("kept", self._v, tile.here, self._r, place))
        if name and plan.is_state(name):
            return tile.code.load(tile.state(name, self._v, tile.after, self._r))
        if node.kind == "line":
            return self._known(plan.lines[node.name])
        return computed(tile, node, self._v, self._r, self._known)


def _add(to: dict[str, Value], name: str, gradient: Value) -> None:
    to[name] = to[name] + gradient if name in to else gradient
