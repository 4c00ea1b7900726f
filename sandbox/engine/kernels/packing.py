"""From the flat vector's matrices to the tiles' panels, and gradients back: a block at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.engine.kernels.code import Code, Panel, Table
from sandbox.engine.kernels.tables import CALL, LAYER, PART, TOKENS
from sandbox.engine.kernels.values import BYTE, DOUBLE, POINTER, WORD, Value

if TYPE_CHECKING:
    from collections.abc import Callable


def emit_copy(module: Any, dtype: Any) -> Any:
    """`(to, of, rows, to_step, of_step, width)`: rows of `width` elements, one after another."""
    code = Code(module, "copy", "pp" + 4 * "w", dtype)
    to, of, rows, to_step, of_step, width = code.arguments
    with code.either(width.is_("==", code.lanes)) as (whole, partly):
        with whole, code.loop(0, rows) as k:
            code.store(code.load(code.step(of, k * of_step)), code.step(to, k * to_step))
        with partly, code.loop(0, rows) as k, code.loop(0, width) as n:
            one = code.read(code.step(of, k * of_step + n))
            code.write(one, code.step(to, k * to_step + n))
    return code.end()


def emit_transpose(module: Any, dtype: Any) -> Any:
    """`(panel, W, gates, hidden, rows, stride)`: a block of W's rows as columns of a panel.

    panel (blocks·G·L, L) is given W (rows, columns) with columns = G·hidden.
    """
    code = Code(module, "transpose", "pp" + 4 * "w", dtype)
    panel, W, gates, hidden, rows, stride = code.arguments
    L = code.lanes
    with code.loop(0, hidden) as unit, code.loop(0, gates) as gate:
        row = (unit // L * gates + gate) * L + unit % L
        with code.loop(0, rows) as k:
            one = code.read(code.step(W, k * stride + gate * hidden + unit))
            code.write(one, code.step(panel, row * L + k))
    return code.end()


def emit_pack(module: Any, dtype: Any, copy: Any, transpose: Any) -> Any:
    """`(layer, theta, j, upper)`: the j-th block of a layer's panels."""
    code = Code(module, "pack", "ppww", dtype)
    layer, theta, j, upper = code.arguments
    own, L = Table(code, layer, LAYER), code.lanes
    _each_run(code, own, theta, j, lambda to, of, *rest: code.call(copy, to, of, *rest))
    gates, hidden, blocks = own.word("gates"), own.word("hidden"), own.word("blocks")
    columns, rows = gates * hidden, _below(code, hidden, j)
    with code.when(own.word("recurrent").is_("!=", 0)):
        panel = Panel(code, own.pointer("W_hT"), blocks * gates * L, L)
        W_h = code.step(theta, own.word("at_W_h") + j * L * columns)
        code.call(transpose, panel.at(j, 0), W_h, gates, hidden, rows, columns)
    with code.when(upper.is_("!=", 0)):
        panel = Panel(code, own.pointer("W_xT"), blocks * gates * L, L)
        W_x = code.step(theta, own.word("at_W_x") + j * L * columns)
        code.call(transpose, panel.at(j, 0), W_x, gates, hidden, rows, columns)
    return code.end()


def _below(code: Code, hidden: Value, j: Value) -> Value:
    """How many of the units are in block j."""
    rest = hidden - j * code.lanes
    return (rest < code.lanes).choose(rest, code.whole(code.lanes))


def _each_run(
    code: Code, own: Table, flat: Value, j: Value, run: Callable[..., object], d: str = ""
) -> None:
    """Calls run(panel, flat, rows, panel's step, flat's step, width) for block j of each array.

    d: "d" for the gradients' panels, whose W_h is (blocks, H', G·L).
    """
    L, gates, hidden = code.lanes, own.word("gates"), own.word("hidden")
    blocks, width, columns = own.word("blocks"), _below(code, hidden, j), gates * hidden
    high, inputs = blocks * L, own.word("inputs")
    W_x = Panel(code, own.pointer(d + "W_x"), inputs, gates * L)
    wide_h = Panel(code, own.pointer(d + "W_h"), high, gates * L)
    narrow_h = Panel(code, own.pointer(d + "W_h"), high, L)
    b = Panel(code, own.pointer(d + "b"), 1, gates * L)
    extras = Panel(code, own.pointer(d + "extras"), 1, own.word("vectors") * L)

    def at(name: str, place: Value) -> Value:
        return code.step(flat, own.word(f"at_{name}") + place)

    rows = own.word("rows_of_W_x")
    with code.loop(0, gates) as gate:
        place = gate * hidden + j * L
        run(W_x.at(j, 0, gate * L), at("W_x", place), rows, gates * L, columns, width)
        with code.when(own.word("recurrent").is_("!=", 0)):
            if d:
                run(wide_h.at(j, 0, gate * L), at("W_h", place), hidden, gates * L, columns, width)
            else:
                run(narrow_h.at(j * gates + gate, 0), at("W_h", place), hidden, L, columns, width)
        run(b.at(j, 0, gate * L), at("b", place), 1, L, columns, width)
    with code.loop(0, own.word("vectors")) as each:
        place = each * hidden + j * L
        run(extras.at(j, 0, each * L), at("extras", place), 1, L, columns, width)


def emit_add(module: Any, dtype: Any) -> Any:
    """`(C, A, count)`: C[count vectors] += A."""
    code = Code(module, "add", "ppw", dtype)
    C, A, count = code.arguments
    with code.loop(0, count) as n:
        code.add_to(code.step(C, n * code.lanes), code.load(code.step(A, n * code.lanes)))
    return code.end()


def emit_squares(module: Any, dtype: Any) -> Any:
    """`(A, rows, step, width)`: the sum of squares of rows of `width` elements, in float64."""
    code = Code(module, "squares", "pwww", dtype, DOUBLE)
    A, rows, step, width = code.arguments
    total = code.variable(code.real(0.0))
    with code.loop(0, rows) as k, code.loop(0, width) as n:
        one = code.read(code.step(A, k * step + n)).as_(DOUBLE)
        total.set(total.get().plus_product(one, one))
    return code.end(total.get())


def emit_unpack(module: Any, dtype: Any, copy: Any, add: Any, squares: Any) -> Any:
    """`(call, layer, number, j)`: block j of a layer's gradients, summed over parts, made flat.

    Gives the sum of their squares.  Of tokens, whose rows are each counted in exactly one row of
    dW_x, db is their sum.
    """
    code = Code(module, "unpack", "ppww", dtype, DOUBLE)
    call, layer, number, j = code.arguments
    whole, own, L = Table(code, call, CALL), Table(code, layer, LAYER), code.lanes
    gates, high = own.word("gates"), own.word("blocks") * L
    sizes = {
        "W_x": own.word("inputs") * gates,
        "b": gates,
        "W_h": own.word("recurrent") * high * gates,
        "extras": own.word("vectors"),
    }
    starts = {name: code.step(own.pointer(f"d{name}"), j * n * L) for name, n in sizes.items()}
    with code.loop(1, whole.word("parts")) as p:
        other = Table(code, layer_of(code, call, p, number), LAYER)
        for name, vectors in sizes.items():
            given = code.step(other.pointer(f"d{name}"), j * vectors * L)
            code.call(add, starts[name], given, vectors)
    first = number.is_("==", 0) & whole.word("reads").is_("==", TOKENS)
    with code.when(first), code.loop(0, own.word("inputs")) as token:
        code.call(add, starts["b"], code.step(starts["W_x"], token * gates * L), gates)
    total = code.variable(code.real(0.0))

    def flatten(of: Value, to: Value, rows: Any, of_step: Any, to_step: Any, width: Any) -> None:
        code.call(copy, to, of, rows, to_step, of_step, width)
        total.add(code.call(squares, of, rows, of_step, width))

    _each_run(code, own, whole.pointer("gradient"), j, flatten, "d")
    return code.end(total.get())


def layer_of(code: Code, call: Value, part: Any, number: Value) -> Value:
    """The table of a part's layer."""
    return layer_in(code, Table(code, part_of(code, call, part), PART).pointer("layers"), number)


def layer_in(code: Code, layers: Value, number: Any) -> Value:
    """The table of a layer among a part's."""
    return code.step(layers, code.whole(number) * (8 * len(LAYER)), BYTE)


def part_of(code: Code, call: Value, part: Any) -> Value:
    """The table of a part of the batch: their pointers follow the call's other words."""
    return code.read(code.step(call, code.whole(part) + CALL.index("part0"), WORD), POINTER)


def emit_pack_readout(module: Any, dtype: Any) -> Any:
    """`(call)`: W_o (H', O'), b_o (O',) and W_oT (blocks, O', L) from the flat vector."""
    code = Code(module, "pack_readout", "p", dtype)
    (call,) = code.arguments
    whole, part, layer = _readout(code, call)
    hidden, outputs, wide = layer.word("hidden"), whole.word("outputs"), whole.word("wide")
    W_o = code.step(whole.pointer("theta"), whole.word("at_W_o"))
    b_o = code.step(whole.pointer("theta"), whole.word("at_b_o"))
    L, to, other = code.lanes, part.pointer("W_o"), part.pointer("W_oT")
    with code.loop(0, hidden) as k, code.loop(0, outputs) as o:
        one = code.read(code.step(W_o, k * outputs + o))
        code.write(one, code.step(to, k * wide + o))
        code.write(one, code.step(other, (k // L * wide + o) * L + k % L))
    with code.loop(0, outputs) as o:
        code.write(code.read(code.step(b_o, o)), code.step(part.pointer("b_o"), o))
    return code.end()


def _readout(code: Code, call: Value) -> tuple[Table, Table, Table]:
    part = Table(code, part_of(code, call, 0), PART)
    return Table(code, call, CALL), part, Table(code, part.pointer("layers"), LAYER)


def emit_unpack_readout(module: Any, dtype: Any, add: Any, squares: Any) -> Any:
    """`(call)`: dW_o and db_o of the flat vector, summed over parts; gives their squares' sum."""
    code = Code(module, "unpack_readout", "p", dtype, DOUBLE)
    (call,) = code.arguments
    whole, part, layer = _readout(code, call)
    outputs, wide, hidden = whole.word("outputs"), whole.word("wide"), layer.word("hidden")
    high = layer.word("blocks") * code.lanes
    dW_o, db_o = part.pointer("dW_o"), part.pointer("db_o")
    with code.loop(1, whole.word("parts")) as p:
        other = Table(code, part_of(code, call, p), PART)
        code.call(add, dW_o, other.pointer("dW_o"), high * wide // code.lanes)
        code.call(add, db_o, other.pointer("db_o"), wide // code.lanes)
    W_o = code.step(whole.pointer("gradient"), whole.word("at_W_o"))
    b_o = code.step(whole.pointer("gradient"), whole.word("at_b_o"))
    with code.loop(0, hidden) as k, code.loop(0, outputs) as o:
        one = code.read(code.step(dW_o, k * wide + o))
        code.write(one, code.step(W_o, k * outputs + o))
    with code.loop(0, outputs) as o:
        code.write(code.read(code.step(db_o, o)), code.step(b_o, o))
    total = code.call(squares, dW_o, hidden, wide, outputs)
    return code.end(total + code.call(squares, db_o, 1, 0, outputs))
