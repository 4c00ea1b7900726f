"""The plain RNN's tiles: h_t = f(a_t), a_t = x_t W_x + h_{t-1} W_h + b, f tanh or relu."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.engine.kernels.activations import relu, tanh, tanh_slope
from sandbox.engine.kernels.machine import ROWS

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.engine.kernels.tile import Tile
    from sandbox.engine.kernels.vectors import Panel, Vector


def forward_tanh(tile: Tile, kind: Any, x: Panel) -> None:
    """h_t of ROWS sequences."""
    _forward(tile, kind, x, tanh)


def forward_relu(tile: Tile, kind: Any, x: Panel) -> None:
    """h_t of ROWS sequences."""
    _forward(tile, kind, x, relu)


def backward_tanh(tile: Tile, own: Any, following: Any, blocks: Any) -> None:
    """dL/dh_t and dL/da_t = dL/dh_t (1 - h²)."""
    _backward(tile, own, following, blocks, lambda dh, h: dh * tanh_slope(h))


def backward_relu(tile: Tile, own: Any, following: Any, blocks: Any) -> None:
    """dL/dh_t, and dL/da_t which is that but where h is 0."""
    _backward(
        tile, own, following, blocks, lambda dh, h: h.where("<=", 0.0, h.emitter.vector_of(0.0), dh)
    )


def _forward(tile: Tile, kind: Any, x: Panel, activate: Callable[[Vector], Vector]) -> None:
    e = tile.e
    sums = tile.inputs(kind, x, ROWS)
    tile.recur(sums)
    for v in range(tile.units):
        h = tile.rows("hs", tile.add(tile.j, v), tile.after)
        for r, line in enumerate(sums):
            e.store(activate(e.value(line[v])), h(r))


def _backward(
    tile: Tile, own: Any, following: Any, blocks: Any, through: Callable[[Vector, Vector], Vector]
) -> None:
    e = tile.e
    sums = tile.come_back(ROWS, following, blocks, ("hs", tile.after, 1))
    for v in range(tile.units):
        block = tile.add(tile.j, v)
        h, dhs = tile.rows("hs", block, tile.after), tile.rows("dhs", block, tile.here)
        da = tile.rows("da", block, own)
        for r, line in enumerate(sums):
            dh = e.value(line[v])
            e.store(dh, dhs(r))
            e.store(through(dh, e.load(h(r))), da(r))
