"""One tile of a layer's step: some rows of the batch by one or more blocks of units.

A cell's tile computes its part of the products in registers and goes on with the pointwise
part before anything is written (`rnn`, `lstm` and `gru` say how); this module reads its
operands and emits the products.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from numba import types

from sandbox.engine.kernels.vectors import Emitter, Panel, Vector, cgutils, index

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Tile:
    """The operands of a tile: states s and weights w by name, and where it lies.

    units: blocks of units in the tile, from block j on.   part: which of the parts of the gates
    the tile computes, of how many: more than three vectors of sums do not fit the registers.
    row: the tile's first sequence.   here: its row at this step (t·B' + row).   batch: B'.
    hold: values for gates, NaN where free.
    """

    def __init__(self, emitter: Emitter, kinds: Sequence[Any], values: Sequence[Any]) -> None:
        self.e = emitter
        (weights, states, hold), (w, s, held) = kinds, values
        self.w, self.s = emitter.fields(weights, w), emitter.fields(states, s)
        self.hold = None if isinstance(hold, types.NoneType) else Panel(emitter, hold, held)
        self.gates, self.units, self.part, self.parts = 1, 1, 0, 1
        self.j = self.row = self.here = self.batch = None

    @property
    def after(self) -> Any:
        """The row, in panels of states, of what this step leaves behind."""
        return self.add(self.here, self.batch)

    def rows(self, name: str, block: Any, row: Any, vectors: int = 1) -> Callable[..., Any]:
        """Pointers into a panel of states: (r, vector) of `row` + r of a block of units."""
        L = self.e.lanes
        start = self.s[name].at(block, row, 0, width=vectors * L)
        return lambda r, vector=0: self.e.step(start, (r * vectors + vector) * L)

    def add(self, one: Any, other: Any) -> Any:
        """The sum of two integers."""
        return self.e.builder.add(index(one), index(other))

    def times(self, one: Any, other: Any) -> Any:
        """The product of two integers."""
        return self.e.builder.mul(index(one), index(other))

    def held(self, gate: int, value: Vector) -> Vector:
        """The gate's value, or what it is held at."""
        if self.hold is None:
            return value
        wanted = self.e.spread(self.hold.at(gate))
        return wanted.where("uno", wanted, value, wanted)

    def free(self, gate: int, gradient: Vector) -> Vector:
        """The gate's gradient; zero where it is held."""
        if self.hold is None:
            return gradient
        wanted = self.e.spread(self.hold.at(gate))
        return wanted.where("uno", wanted, gradient, self.e.vector_of(0.0))

    def inputs(self, kind: Any, x: Panel, rows: int) -> list[list[Any]]:
        """Variables sums[r][c] = b + x W_x; columns c: the gates of the first block, the next, ….

        x: tokens (rows,), channels (rows, I), or the states of the layer below.
        """
        e, L = self.e, self.e.lanes
        own, skip = self.own, self.part * self.own * L
        place = [(self.add(self.j, c // own), skip + c % own * L) for c in range(own * self.units)]
        bias = [e.load(self.w["b"].at(block, 0, column)) for block, column in place]
        if kind.ndim == 1:
            return [self._gathered(x, r, place, bias) for r in range(rows)]
        sums = [[e.variable(each) for each in bias] for _ in range(rows)]
        W_x, width = self.w["W_x"], self.gates * L
        if kind.ndim == 2:
            e.multiply(
                sums,
                1,
                x.shape[1],
                lambda _: x.at(self.here, 0),
                x.shape[1],
                lambda _, v: W_x.at(place[v][0], 0, place[v][1]),
                width,
            )
        else:
            e.multiply(
                sums,
                x.shape[0],
                L,
                lambda o: x.at(o, self.after, 0, width=L),
                L,
                lambda o, v: W_x.at(place[v][0], self.times(o, L), place[v][1]),
                width,
            )
        return sums

    @property
    def own(self) -> int:
        """Gates that the tile computes."""
        return self.gates // self.parts

    def _gathered(self, x: Panel, r: int, place: Any, bias: list[Vector]) -> list[Any]:
        token = self.e.builder.sext(
            self.e.builder.load(x.at(self.add(self.here, r))), index(0).type
        )
        found = [
            self.e.load(self.w["W_x"].at(block, token, column, width=self.gates * self.e.lanes))
            for block, column in place
        ]
        return [self.e.variable(b + own) for b, own in zip(bias, found, strict=True)]

    def recur(self, sums: list[list[Any]]) -> None:
        """sums[r][c] += h_{t-1} W_h."""
        e, hs, W_h, L = self.e, self.s["hs"], self.w["W_h"], self.e.lanes
        width = self.own * L

        def column(o: Any, v: int) -> Any:
            block = self.add(self.times(self.add(self.j, v // self.own), self.parts), self.part)
            return W_h.at(block, self.times(o, L), v % self.own * L, width=width)

        e.multiply(
            sums,
            hs.shape[0],
            L,
            lambda o: hs.at(o, self.here, 0, width=L),
            L,
            column,
            width,
        )

    def come_back(
        self, rows: int, following: Any, blocks: Any, *wanted: tuple[str, Any, int]
    ) -> list[list[Any]]:
        """Variables dh[r][v] = dL/dh_t of the blocks: what the loss gave, and da_{t+1} W_h.T.

        following: the row of da_{t+1}; blocks: how many there are, 0 at the last step.
        wanted: (states, row, vectors) that the tile will read, fetched on the way.
        """
        e, L, da = self.e, self.e.lanes, self.s["da"]
        W_hT, width = self.w["W_hT"], self.gates * self.e.lanes
        given = [self.rows("dhs", self.add(self.j, v), self.here) for v in range(self.units)]
        sums = [[e.variable(e.load(at(r))) for at in given] for r in range(rows)]
        e.multiply(
            sums,
            blocks,
            width,
            lambda o: da.at(o, following, 0, width=width),
            width,
            lambda o, v: W_hT.at(self.add(self.j, v), self.times(o, width), 0, width=L),
            L,
            lambda o: self._fetch(o, blocks, rows, wanted),
        )
        return sums

    def _fetch(self, o: Any, outer: Any, rows: int, wanted: Sequence[tuple[str, Any, int]]) -> None:
        """Prefetch the o-th part, of `outer`, of the rows of some states."""
        b, L = self.e.builder, self.e.lanes
        first = b.udiv(b.mul(o, index(rows)), outer)
        last = b.udiv(b.mul(b.add(o, index(1)), index(rows)), outer)
        with cgutils.for_range_slice(builder=b, start=first, stop=last, step=index(1)) as (r, _):
            for v in range(self.units):
                for name, row, vectors in wanted:
                    block = self.add(self.j, v)
                    start = self.s[name].at(block, self.add(row, r), 0, width=vectors * L)
                    for vector in range(vectors):
                        self.e.prefetch(self.e.step(start, vector * L))
