"""The modules that are compiled: one for everything that leads a net, one for each cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.engine.kernels import (
    driver,
    gradients,
    optimizers,
    packing,
    products,
    readout,
    sequence,
)
from sandbox.engine.kernels.layer import emit_backward, emit_forward
from sandbox.engine.kernels.machine import ROWS

if TYPE_CHECKING:
    from sandbox.engine.kernels.cell_plan import CellPlan


def emit_engine(module: Any, dtype: Any) -> None:
    """`run` and `assist`, and what they need but the cells."""
    tiles = {n: products.emit_product(module, dtype, ROWS, n) for n in (1, 2, 3)}
    row, sum_rows = (
        products.emit_product(module, dtype, 1, 1),
        products.emit_sum_rows(module, dtype),
    )
    copy, add = packing.emit_copy(module, dtype), packing.emit_add(module, dtype)
    squares, clear = packing.emit_squares(module, dtype), sequence.emit_clear(module, dtype)
    scored = readout.emit_any_scored(module, dtype)
    outer = gradients.emit_outer(module, dtype, tiles)
    u: dict[str, Any] = {
        "clear": clear,
        "clear_gradients": sequence.emit_clear_gradients(module, dtype, clear),
        "take_inputs": sequence.emit_take_inputs(module, dtype),
        "readout_step": readout.emit_step(module, dtype, scored),
        "readout_back": readout.emit_back(module, dtype, tiles[1], sum_rows),
        "collect": gradients.emit_collect(module, dtype, outer, row, sum_rows),
        "hand_down": gradients.emit_hand_down(module, dtype, tiles[1]),
        "pack": packing.emit_pack(module, dtype, copy, packing.emit_transpose(module, dtype)),
        "pack_readout": packing.emit_pack_readout(module, dtype),
        "unpack": packing.emit_unpack(module, dtype, copy, add, squares),
        "unpack_readout": packing.emit_unpack_readout(module, dtype, add, squares),
        "update": optimizers.emit_update(module, dtype),
        "look_at": driver.emit_look_at(module, dtype),
    }
    u["through_time"] = sequence.emit_through_time(module, dtype, u)
    u["pass_part"] = sequence.emit_pass(module, dtype, u)
    take, do = driver.emit_take(module, dtype), driver.emit_do(module, dtype, u)
    u["share"] = driver.emit_share(module, dtype, take, do)
    driver.emit_run(module, dtype, u)
    driver.emit_assist(module, dtype, take, do)


def emit_cell(module: Any, plan: CellPlan, dtype: Any, held: bool) -> None:
    """`forward` and `backward` of a cell; held: with lines that can be held."""
    emit_forward(module, plan, dtype, held)
    emit_backward(module, plan, dtype, held)
