"""The LSTM's tiles.

i, f, o = sigmoid(a),  g = tanh(a),  a_t = x_t W_x + h_{t-1} W_h + b
c_t = f * c_{t-1} + i * g,  h_t = o * tanh(c_t)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.engine.kernels.activations import sigmoid, sigmoid_slope, tanh, tanh_slope
from sandbox.engine.kernels.machine import ROWS

if TYPE_CHECKING:
    from sandbox.engine.kernels.tile import Tile
    from sandbox.engine.kernels.vectors import Panel


def forward_begin(tile: Tile, kind: Any, x: Panel) -> None:
    """What goes into i and f of ROWS sequences."""
    kept = tile.rows("gates", tile.j, tile.here, 5)
    sums = tile.inputs(kind, x, ROWS)
    tile.recur(sums)
    for r, line in enumerate(sums):
        for gate, total in enumerate(line):
            tile.e.store(tile.e.value(total), kept(r, gate))


def forward_end(tile: Tile, kind: Any, x: Panel) -> None:
    """All gates, c_t, tanh(c_t) and h_t of ROWS sequences."""
    e, j = tile.e, tile.j
    before, kept = tile.rows("cs", j, tile.here), tile.rows("gates", j, tile.here, 5)
    cs, hs = tile.rows("cs", j, tile.after), tile.rows("hs", j, tile.after)
    sums = tile.inputs(kind, x, ROWS)
    tile.recur(sums)
    for r, line in enumerate(sums):
        i, f = (tile.held(n, sigmoid(e.load(kept(r, n)))) for n in (0, 1))
        g, o = tile.held(2, tanh(e.value(line[0]))), tile.held(3, sigmoid(e.value(line[1])))
        c = f * e.load(before(r)) + i * g
        tc = tanh(c)
        e.store(c, cs(r))
        e.store(o * tc, hs(r))
        for place, value in enumerate((i, f, g, o, tc)):
            e.store(value, kept(r, place))


def backward(tile: Tile, own: Any, following: Any, blocks: Any) -> None:
    """dL/dh_t, dL/dc_t, dL/da_t, and what the forget gate carries to dL/dc_{t-1}."""
    e, here = tile.e, tile.here
    sums = tile.come_back(ROWS, following, blocks, ("gates", here, 5), ("cs", here, 1))
    for v in range(tile.units):
        j = tile.add(tile.j, v)
        before, kept = tile.rows("cs", j, here), tile.rows("gates", j, here, 5)
        dhs, dcs, carry = (
            tile.rows(name, j, row)
            for name, row in (("dhs", here), ("dcs", here), ("carry", tile.row))
        )
        da = tile.rows("da", j, own, 4)
        for r, line in enumerate(sums):
            dh = e.value(line[v])
            i, f, g, o, tc = (e.load(kept(r, place)) for place in range(5))
            dc = e.load(carry(r)) + dh * o * tanh_slope(tc)
            through = (
                dc * g * sigmoid_slope(i),
                dc * e.load(before(r)) * sigmoid_slope(f),
                dc * i * tanh_slope(g),
                dh * tc * sigmoid_slope(o),
            )
            e.store(dh, dhs(r))
            e.store(dc, dcs(r))
            e.store(dc * f, carry(r))
            for gate, gradient in enumerate(through):
                e.store(tile.free(gate, gradient), da(r, gate))
