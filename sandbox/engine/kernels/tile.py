"""One tile of a layer's step: some rows of the batch by one or two blocks of units.

A tile computes its part of the products in registers and goes on with the equations before
anything is written; the way back is the equations differentiated, line by line from the last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.engine.kernels.cell_plan import BEFORE, HIDDEN
from sandbox.engine.kernels.code import Code, Panel, Table
from sandbox.engine.kernels.machine import ROWS
from sandbox.engine.kernels.tables import BELOW, CHANNELS, LAYER, PART, TOKENS
from sandbox.engine.kernels.values import INT, WORD, Value, Variable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.engine.kernels.cell_plan import CellPlan

Sums = list[list[Variable]]


def seen(line: str) -> str:
    """What the panel of a line that W_h multiplies is called; a line may be called "kept"."""
    return f"seen {line}"


class Tile:
    """The operands of a tile, and where it lies.

    units: blocks of units in it, from block j on.  row: its first sequence.  here: its row at this
    step (t·B' + row).  held: whether lines can be held, at the values of the panel "held".
    """

    def __init__(self, code: Code, plan: CellPlan, layer: Value, part: Value, held: bool) -> None:
        self.code, self.plan = code, plan
        own, common = Table(code, layer, LAYER), Table(code, part, PART)
        L, gates = code.lanes, len(plan.gates)
        self.batch, self.slots = common.word("batch"), common.word("slots")
        self.blocks, self.inputs = own.word("blocks"), own.word("inputs")
        rows, after, batch = common.word("rows"), common.word("after"), self.batch

        def panel(name: str, rows: Any, vectors: int) -> Panel:
            return Panel(code, own.pointer(name), rows, vectors * L)

        high = self.blocks * L
        self.panels = {
            "hs": panel("hs", after, 1),
            "dhs": panel("dhs", rows, 1),
            "da": panel("da", self.slots * batch, gates),
            "dax": panel("dax", self.slots * batch, gates),
            "cs": panel("cs", after, len(plan.states)),
            "dcs": panel("dcs", rows, len(plan.states)),
            "kept": panel("kept", rows, plan.kept_vectors),
            "carry": panel("carry", batch, len(plan.carried)),
            "cross": panel("cross", batch, len(plan.crossing)),
            "held": panel("held", rows, len(plan.holdable)),
            "W_x": panel("W_x", self.inputs, gates),
            "b": panel("b", 1, gates),
            "W_hT": panel("W_hT", self.blocks * (gates * L), 1),
            "extras": panel("extras", 1, len(plan.parameters)),
            "dextras": panel("dextras", 1, len(plan.parameters)),
        }
        for n, name in enumerate(plan.seen):
            self.panels[seen(name)] = panel(f"seen{n}", after, 1)
        self.W_h, self.high = own.pointer("W_h"), high
        self._held = plan.holdable if held else ()
        self._hidden = own.word("hidden")
        self.units, self.j, self.row, self.here = 1, code.whole(0), code.whole(0), code.whole(0)

    @property
    def after(self) -> Value:
        """The row, in panels of states, of what this step leaves behind."""
        return self.here + self.batch

    def at(self, name: str, v: int, row: Value, r: int, vector: int = 0) -> Value:
        """A pointer into a panel: row `row` + r of the v-th block of units."""
        panel = self.panels[name]
        start = panel.at(self.j + v, row)
        return self.code.step(start, panel.width * r + vector * self.code.lanes)

    def state(self, name: str, v: int, row: Value, r: int) -> Value:
        """A pointer to a state."""
        if name == HIDDEN:
            return self.at("hs", v, row, r)
        return self.at("cs", v, row, r, self.plan.states.index(name))

    def parameter(self, name: str, v: int) -> Value:
        """A vector of weights."""
        place = self.plan.parameters.index(name) * self.code.lanes
        return self.code.load(self.panels["extras"].at(self.j + v, 0, place))

    def real(self, v: int, value: Value) -> Value:
        """The value of units that there are; zero of those that only fill the last block."""
        if self.plan.inert:
            return value
        rest = (self._hidden - (self.j + v) * self.code.lanes).as_(self.code.element)
        return self.code.numbers().is_("<", self.code.spread(rest)).choose(value, 0.0)

    def held(self, name: str, v: int, r: int, value: Value) -> Value:
        """A line's value, or what it is held at."""
        if name not in self._held:
            return value
        wanted = self._wanted(name, v, r)
        return wanted.is_("uno", wanted).choose(value, wanted)

    def free(self, name: str, v: int, r: int, gradient: Value) -> Value:
        """A line's gradient; zero where it is held."""
        if name not in self._held:
            return gradient
        wanted = self._wanted(name, v, r)
        return wanted.is_("uno", wanted).choose(gradient, 0.0)

    def _wanted(self, name: str, v: int, r: int) -> Value:
        return self.code.load(self.at("held", v, self.here, r, self._held.index(name)))

    def zeros(self, columns: int) -> Sums:
        """Variables for `columns` sums of each row."""
        zero = self.code.vector_of(0.0)
        return [[self.code.variable(zero) for _ in range(columns)] for _ in range(ROWS)]

    def from_inputs(self, gates: Sequence[str], x: Value, reads: Value) -> Sums:
        """Variables sums[r][c] = b + x W_x; columns c: the gates of a block, then of the next.

        x: tokens (rows,), channels (rows, I), or the states of the layer below.
        """
        code, L, W_x = self.code, self.code.lanes, self.panels["W_x"]
        first = self.plan.gates.index(gates[0]) * L
        place = [(v, first + n * L) for v in range(self.units) for n in range(len(gates))]
        bias = [code.load(self.panels["b"].at(self.j + v, 0, column)) for v, column in place]
        sums = [[code.variable(each) for each in bias] for _ in range(ROWS)]
        with code.when(reads.is_("==", TOKENS)):
            for r, line in enumerate(sums):
                token = code.read(code.step(x, self.here + r, INT), INT).as_(WORD)
                for (v, column), total in zip(place, line, strict=True):
                    total.add(code.load(W_x.at(self.j + v, token, column)))
        with code.when(reads.is_("==", CHANNELS)):
            code.multiply(
                sums,
                1,
                self.inputs,
                lambda _: code.step(x, self.here * self.inputs),
                self.inputs,
                lambda _, n: W_x.at(self.j + place[n][0], 0, place[n][1]),
                W_x.width,
            )
        with code.when(reads.is_("==", BELOW)):
            below = Panel(code, x, self.panels["hs"].rows, L)
            code.multiply(
                sums,
                self.inputs // L,
                L,
                lambda o: below.at(o, self.after),
                L,
                lambda o, n: W_x.at(self.j + place[n][0], o * L, place[n][1]),
                W_x.width,
            )
        return sums

    def recur(self, sums: Sums, gates: Sequence[str], fed: str) -> None:
        """sums[r][c] += h_{t-1} W_h, or the line that is fed instead of h_{t-1}."""
        code, L, own = self.code, self.code.lanes, len(gates)
        first, every = self.plan.gates.index(gates[0]), len(self.plan.gates)
        W_h = Panel(code, self.W_h, self.high, L)  # a panel for each gate of each block
        source = self.panels["hs" if fed == BEFORE else seen(fed)]
        code.multiply(
            sums,
            self.blocks,
            L,
            lambda o: source.at(o, self.here),
            L,
            lambda o, n: W_h.at((self.j + n // own) * every + (first + n % own), o * L),
            W_h.width,
        )

    def come_back(
        self, sums: Sums, gates: Sequence[str], da: Value, blocks: Value, fetch: bool = False
    ) -> None:
        """sums[r][v] += da W_h.T of these gates, da's rows from `da` on; blocks: 0 for none.

        fetch: have what the tile will read fetched on the way.
        """
        code, L, W_hT = self.code, self.code.lanes, self.panels["W_hT"]
        skip, every = self.plan.gates.index(gates[0]) * L, len(self.plan.gates) * L
        panel = self.panels["da"]
        code.multiply(
            sums,
            blocks,
            len(gates) * L,
            lambda o: panel.at(o, da, skip),
            panel.width,
            lambda o, v: W_hT.at(self.j + v, o * every + skip),
            L,
            (lambda o: self._fetch(o, blocks)) if fetch else None,
        )

    def _fetch(self, o: Value, outer: Value) -> None:
        """Prefetch the o-th part, of `outer`, of the rows of what was kept and of states."""
        code, plan = self.code, self.plan
        wanted = [("kept", self.here, plan.kept_vectors), ("cs", self.here, len(plan.states))]
        if HIDDEN in plan.carried or not plan.kept_vectors:
            wanted.append(("hs", self.here if HIDDEN in plan.carried else self.after, 1))
        first, last = o * ROWS // outer, (o + 1) * ROWS // outer
        with code.loop(first, last) as r:
            for v in range(self.units):
                for name, row, vectors in wanted:
                    start = self.panels[name].at(self.j + v, row + r)
                    for vector in range(vectors):
                        code.prefetch(code.step(start, vector * code.lanes))
