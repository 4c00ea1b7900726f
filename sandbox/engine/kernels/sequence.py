"""A part of the batch through a net and back: all layers, all steps, on one thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.engine.kernels.code import Code, Panel, Table
from sandbox.engine.kernels.packing import layer_in
from sandbox.engine.kernels.tables import BELOW, CALL, EVALUATE, LAYER, PART, TOKENS
from sandbox.engine.kernels.values import INT, Value

if TYPE_CHECKING:
    from collections.abc import Mapping


def emit_clear(module: Any, dtype: Any) -> Any:
    """`(A, count)`: count vectors of zero."""
    code = Code(module, "clear", "pw", dtype)
    A, count = code.arguments
    with code.loop(0, count) as n:
        code.store(code.vector_of(0.0), code.step(A, n * code.lanes))
    return code.end()


def emit_take_inputs(module: Any, dtype: Any) -> Any:
    """`(call, part)`: the part's inputs (T, B'[, I]) of this batch; what is padded stays zero."""
    code = Code(module, "take_inputs", "pp", dtype)
    call, part = code.arguments
    whole, own = Table(code, call, CALL), Table(code, part, PART)
    size, batch, count = whole.word("size"), own.word("batch"), own.word("count")
    x, given, inputs = own.pointer("x"), whole.pointer("x"), whole.word("inputs")
    start = whole.word("now") * whole.word("steps") * size + own.word("first")
    with code.loop(0, whole.word("until")) as t, code.loop(0, count) as b:
        of, to = start + t * size + b, t * batch + b
        with code.either(whole.word("reads").is_("==", TOKENS)) as (tokens, channels):
            with tokens:
                code.write(code.read(code.step(given, of, INT), INT), code.step(x, to, INT))
            with channels, code.loop(0, inputs) as i:
                one = code.read(code.step(given, of * inputs + i))
                code.write(one, code.step(x, to * inputs + i))
    return code.end()


def emit_pass(module: Any, dtype: Any, units: Mapping[str, Any]) -> Any:
    """`(call, part)`: forward, and unless it is evaluated, back: loss, hits and gradients."""
    code = Code(module, "pass_part", "pp", dtype)
    call, part = code.arguments
    whole, own = Table(code, call, CALL), Table(code, part, PART)
    layers, until = own.pointer("layers"), whole.word("until")
    own.write("loss", code.real(0.0))
    own.write("hits", code.whole(0))
    code.call(units["take_inputs"], call, part)
    with code.loop(0, whole.word("layers")) as n:
        layer = layer_in(code, layers, n)
        x, reads = _below(code, whole, own, n)
        forward = Table(code, layer, LAYER).pointer("forward")
        code.call_at(forward, layer, part, x, reads, until)
    learns = whole.word("mode").is_("!=", EVALUATE)
    with code.when(learns):
        code.call(units["clear_gradients"], call, part)
    top = whole.word("layers") - 1
    with code.loop(0, whole.word("layers")) as done:
        n = top - done
        with code.when(learns | done.is_("==", 0)):
            code.call(units["through_time"], call, part, n)
    return code.end()


def _below(code: Code, whole: Table, own: Table, n: Value) -> tuple[Value, Value]:
    """What a layer reads: the inputs, or the states of the layer below; and which of them."""
    first = n.is_("==", 0)
    under = first.choose(code.whole(0), n - 1)
    hs = Table(code, layer_in(code, own.pointer("layers"), under), LAYER).pointer("hs")
    return first.choose(own.pointer("x"), hs), first.choose(whole.word("reads"), BELOW)


def emit_clear_gradients(module: Any, dtype: Any, clear: Any) -> Any:
    """`(call, part)`: zero the part's gradients of weights, and what is carried backward."""
    code = Code(module, "clear_gradients", "pp", dtype)
    call, part = code.arguments
    whole, own = Table(code, call, CALL), Table(code, part, PART)
    L = code.lanes
    with code.loop(0, whole.word("layers")) as n:
        layer = Table(code, layer_in(code, own.pointer("layers"), n), LAYER)
        blocks, gates = layer.word("blocks"), layer.word("gates")
        runs = {
            "dW_x": layer.word("inputs") * gates,
            "db": gates,
            "dW_h": layer.word("recurrent") * blocks * L * gates,
            "dextras": layer.word("vectors"),
            "carry": own.word("batch") * layer.word("carried"),
        }
        for name, vectors in runs.items():
            code.call(clear, layer.pointer(name), blocks * vectors)
        with code.when(n + 1 < whole.word("layers")):
            code.call(clear, layer.pointer("dhs"), blocks * own.word("rows"))
    wide = whole.word("wide")
    high = Table(code, own.pointer("layers"), LAYER).word("blocks") * L
    code.call(clear, own.pointer("dW_o"), high * wide // L)
    code.call(clear, own.pointer("db_o"), wide // L)
    return code.end()


def emit_through_time(module: Any, dtype: Any, units: Mapping[str, Any]) -> Any:
    """`(call, part, n)`: one layer backward through time.

    The top layer is read: loss and hits.  If the net learns, the layer gives its weights'
    gradients, and the layer below its dL/dh.
    """
    code = Code(module, "through_time", "ppw", dtype)
    call, part, n = code.arguments
    whole, own = Table(code, call, CALL), Table(code, part, PART)
    layers = own.pointer("layers")
    layer = layer_in(code, layers, n)
    table = Table(code, layer, LAYER)
    batch, until, slots = own.word("batch"), whole.word("until"), own.word("slots")
    x, reads = _below(code, whole, own, n)
    learns, read = whole.word("mode").is_("!=", EVALUATE), (n + 1).is_("==", whole.word("layers"))
    dhs = Panel(code, table.pointer("dhs"), own.word("rows"), code.lanes)
    with code.loop(0, until) as gone:
        t = until - 1 - gone
        with code.when(read):
            with code.when(learns), code.loop(0, table.word("blocks")) as j:
                code.call(units["clear"], dhs.at(j, t * batch), batch)
            asked = code.call(units["readout_step"], layer, part, call, t)
            with code.when(learns & asked.is_("!=", 0)):
                code.call(units["readout_back"], layer, part, call, t)
        with code.when(learns):
            backward = table.pointer("backward")
            code.call_at(backward, layer, part, t, until)
            with code.when((t % slots).is_("==", 0)):
                rest = until - t
                steps = (rest < slots).choose(rest, slots)
                code.call(units["collect"], layer, part, x, reads, t, steps)
                with code.when(n.is_(">", 0)):
                    below = layer_in(code, layers, n - 1)
                    code.call(units["hand_down"], layer, below, part, t, steps)
    return code.end()
