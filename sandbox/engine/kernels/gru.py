"""The GRU's tiles, as cuDNN and PyTorch have it.

r, z = sigmoid(a),  a_t = x_t W_x + h_{t-1} W_h + b
n = tanh(x_t W_xn + b_n + r * (h_{t-1} W_hn + b_h)),  h_t = (1 - z) * n + z * h_{t-1}
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.engine.kernels.activations import sigmoid, sigmoid_slope, tanh, tanh_slope
from sandbox.engine.kernels.machine import ROWS

if TYPE_CHECKING:
    from sandbox.engine.kernels.tile import Tile
    from sandbox.engine.kernels.vectors import Panel


def forward(tile: Tile, kind: Any, x: Panel) -> None:
    """Gates and h_t of ROWS sequences."""
    e, j = tile.e, tile.j
    before, kept = tile.rows("hs", j, tile.here), tile.rows("gates", j, tile.here, 4)
    hs = tile.rows("hs", j, tile.after)
    from_input = tile.inputs(kind, x, ROWS)
    b_h = e.load(tile.w["b_h"].at(j, 0, 0))
    sums = [[*line[:2], e.variable(b_h)] for line in from_input]
    tile.recur(sums)
    for row, line in enumerate(sums):
        r, z = (tile.held(n, sigmoid(e.value(line[n]))) for n in (0, 1))
        recurrent = e.value(line[2])
        n = tile.held(2, tanh(e.value(from_input[row][2]) + r * recurrent))
        e.store(n + z * (e.load(before(row)) - n), hs(row))
        for place, value in enumerate((r, z, n, recurrent)):
            e.store(value, kept(row, place))


def backward(tile: Tile, own: Any, following: Any, blocks: Any) -> None:
    """dL/dh_t, dL/da_t for W_h and for W_x, and what z carries to dL/dh_{t-1}."""
    e, here = tile.e, tile.here
    sums = tile.come_back(ROWS, following, blocks, ("gates", here, 4), ("hs", here, 1))
    for v in range(tile.units):
        j = tile.add(tile.j, v)
        before, kept = tile.rows("hs", j, here), tile.rows("gates", j, here, 4)
        dhs, carry = tile.rows("dhs", j, here), tile.rows("carry", j, tile.row)
        da, dax = tile.rows("da", j, own, 3), tile.rows("dax", j, own, 3)
        for row, line in enumerate(sums):
            r, z, n, recurrent = (e.load(kept(row, place)) for place in range(4))
            dh = e.value(line[v]) + e.load(carry(row))
            dn = tile.free(2, dh * (1.0 - z) * tanh_slope(n))
            dz = tile.free(1, dh * (e.load(before(row)) - n) * sigmoid_slope(z))
            dr = tile.free(0, dn * recurrent * sigmoid_slope(r))
            e.store(dh, dhs(row))
            e.store(dh * z, carry(row))
            for place, (as_h, as_x) in enumerate(((dr, dr), (dz, dz), (dn * r, dn))):
                e.store(as_h, da(row, place))
                e.store(as_x, dax(row, place))
