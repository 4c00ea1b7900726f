"""One layer over a whole sequence: which tiles of which cell, in which order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from numba import types
from numba.extending import overload

from sandbox.engine.kernels import gru, lstm, rnn
from sandbox.engine.kernels.compiled import JIT_OPTIONS, compiled
from sandbox.engine.kernels.machine import ROWS
from sandbox.engine.kernels.states import GruStates, LstmStates, ReluStates, RnnStates, parts_of
from sandbox.engine.kernels.tile import Tile
from sandbox.engine.kernels.vectors import Emitter, Panel, cgutils, index, intrinsic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True)
class Code:
    """What emits a cell's tiles: forward, a part of the gates after another; backward.

    units: blocks of units in a forward tile.
    """

    gates: int
    units: int
    forward: tuple[Callable[[Tile, Any, Panel], None], ...]
    backward: Callable[..., None]


_CODE: dict[type, Code] = {
    RnnStates: Code(1, 2, (rnn.forward_tanh,), rnn.backward_tanh),
    ReluStates: Code(1, 2, (rnn.forward_relu,), rnn.backward_relu),
    LstmStates: Code(4, 1, (lstm.forward_begin, lstm.forward_end), lstm.backward),
    GruStates: Code(3, 1, (gru.forward,), gru.backward),
}


@intrinsic(prefer_literal=False)
def forward(typing: Any, x: Any, steps: Any, batch: Any, w: Any, s: Any, hold: Any) -> Any:
    """Fill the states s of T steps; x: tokens (T·B',), channels (T·B', I) or states below."""
    code = _CODE[s.instance_class]

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        tile = _tile(context, builder, code, (w, s, hold), args[3:])
        tile.batch = args[2]
        given = Panel(tile.e, x, args[0])
        with cgutils.for_range(builder, args[1]) as step:
            for _ in _blocks(tile, code.units):
                for tile.part, emit in enumerate(code.forward):
                    with _each(builder, 0, tile.batch, ROWS) as row:
                        tile.here = builder.add(builder.mul(step.index, tile.batch), row)
                        emit(tile, x, given)
        return context.get_dummy_value()

    return types.void(x, steps, batch, w, s, hold), codegen


@intrinsic(prefer_literal=False)
def back_step(typing: Any, t: Any, steps: Any, batch: Any, w: Any, s: Any, hold: Any) -> Any:
    """dL/dh_t and all that follows from it.

    Before, the rows of t in s.dhs hold what the loss and the layer above gave.
    """
    code = _CODE[s.instance_class]

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        tile = _tile(context, builder, code, (w, s, hold), args[3:])
        now, last, tile.batch = args[:3]
        after = builder.add(now, index(1))
        kept = builder.udiv(tile.s["da"].shape[1], tile.batch)
        own, following = (
            builder.mul(builder.urem(each, kept), tile.batch) for each in (now, after)
        )
        known = builder.select(
            builder.icmp_signed("<", after, last), tile.s["hs"].shape[0], index(0)
        )
        for _ in _blocks(tile, 2):
            with _each(builder, 0, tile.batch, ROWS) as row:
                tile.row = row
                tile.here = builder.add(builder.mul(now, tile.batch), row)
                code.backward(tile, builder.add(own, row), builder.add(following, row), known)
        return context.get_dummy_value()

    return types.void(t, steps, batch, w, s, hold), codegen


def _tile(context: Any, builder: Any, code: Code, kinds: Any, values: Any) -> Tile:
    e = Emitter(context, builder, kinds[1].types[0].dtype)
    tile = Tile(e, kinds, values)
    tile.gates, tile.parts = code.gates, parts_of(code.gates)
    return tile


def _each(builder: Any, start: Any, stop: Any, step: int) -> Any:
    """A loop's index, in a with statement."""
    return _Loop(cgutils.for_range_slice(builder, index(start), index(stop), index(step)))


class _Loop:
    def __init__(self, loop: Any) -> None:
        self._loop = loop

    def __enter__(self) -> Any:
        return self._loop.__enter__()[0]

    def __exit__(self, *error: Any) -> None:
        self._loop.__exit__(*error)


def _blocks(tile: Tile, units: int) -> Iterator[None]:
    """Emits loops that lead the tile over its blocks, so many at a time and then one by one."""
    b, blocks = tile.e.builder, tile.s["hs"].shape[0]
    whole = b.mul(b.udiv(blocks, index(units)), index(units))
    tile.units = units
    with _each(b, 0, whole, units) as tile.j:
        yield
    if units > 1:
        tile.units = 1
        with _each(b, whole, blocks, 1) as tile.j:
            yield


def gates_of(s: Any) -> int:
    """The number of gates, known when a kernel is compiled."""
    raise NotImplementedError


def for_inputs(s: Any) -> Any:
    """dL/da as W_x sees it: a GRU's is its own."""
    raise NotImplementedError


def forget(s: Any) -> None:
    """Zero what is carried backward: before the backward pass over a sequence."""
    raise NotImplementedError


@overload(gates_of, jit_options=JIT_OPTIONS, strict=False)
def _overload_gates_of(s: Any) -> Any:
    gates = _CODE[s.instance_class].gates
    return lambda s: gates


@overload(for_inputs, jit_options=JIT_OPTIONS, strict=False)
def _overload_for_inputs(s: Any) -> Any:
    if "dax" in s.fields:
        return lambda s: s.dax
    return lambda s: s.da


@overload(forget, jit_options=JIT_OPTIONS, strict=False)
def _overload_forget(s: Any) -> Any:
    if "carry" not in s.fields:
        return lambda s: None

    def code(s: Any) -> None:
        s.carry[:] = s.carry.dtype.type(0)

    return code


@compiled
def clear_step(s: Any, t: int, batch: int) -> None:
    """Zero dL/dh_t, before the loss adds its part."""
    zero = s.dhs.dtype.type(0)
    for j in range(s.dhs.shape[0]):
        s.dhs[j, t * batch : (t + 1) * batch] = zero
