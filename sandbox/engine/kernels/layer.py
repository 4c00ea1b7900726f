"""One layer over a whole sequence: which tiles of a cell, in which order.

A cell's functions are called by address, so that what leads them is compiled once for all cells.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sandbox.engine.kernels import cell_code
from sandbox.engine.kernels.code import Code
from sandbox.engine.kernels.machine import ROWS
from sandbox.engine.kernels.tile import Tile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.engine.kernels.cell_plan import CellPlan
    from sandbox.engine.kernels.values import Value


def emit_forward(module: Any, plan: CellPlan, dtype: Any, held: bool) -> None:
    """`forward(layer, part, x, reads, steps)`: the states of `steps` steps."""
    code = Code(module, "forward", "pppww", dtype)
    layer, part, x, reads, steps = code.arguments
    tile = Tile(code, plan, layer, part, held)
    with code.loop(0, steps) as t:
        for stage, groups in enumerate(plan.groups):
            for _ in _blocks(tile, 2 if len(plan.gates) == 1 else 1):
                for n, group in enumerate(groups):
                    with _rows(tile) as row:
                        tile.here = t * tile.batch + row
                        cell_code.forward(tile, stage, group, n == len(groups) - 1, x, reads)
    code.end()


def emit_backward(module: Any, plan: CellPlan, dtype: Any, held: bool) -> None:
    """`backward(layer, part, t, steps)`: dL/dh_t and all that follows from it.

    Before, the rows of t in dhs hold what the loss and the layer above gave.
    """
    code = Code(module, "backward", "ppww", dtype)
    layer, part, t, steps = code.arguments
    tile = Tile(code, plan, layer, part, held)
    own, following = ((each % tile.slots) * tile.batch for each in (t, t + 1))
    known = (t + 1 < steps).choose(tile.blocks, 0)
    for stage in reversed(range(len(plan.groups))):
        for _ in _blocks(tile, 2):
            with _rows(tile) as row:
                tile.row, tile.here = row, t * tile.batch + row
                cell_code.backward(tile, stage, own + row, following + row, known)
    code.end()


@contextmanager
def _rows(tile: Tile) -> Iterator[Value]:
    with tile.code.loop(0, tile.batch, ROWS) as row:
        yield row


def _blocks(tile: Tile, units: int) -> Iterator[None]:
    """Emits loops that lead the tile over its blocks, so many at a time and then one by one."""
    whole = tile.blocks // units * units
    tile.units = units
    with tile.code.loop(0, whole, units) as tile.j:
        yield
    if units > 1:
        tile.units = 1
        with tile.code.loop(whole, tile.blocks) as tile.j:
            yield
