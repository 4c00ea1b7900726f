"""Gradients of a layer's weights, a few steps at a time while their dL/da is in the cache."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.engine.kernels.code import Code, Panel, Table
from sandbox.engine.kernels.machine import ROWS
from sandbox.engine.kernels.tables import BELOW, CHANNELS, LAYER, PART, TOKENS
from sandbox.engine.kernels.values import INT, POINTER, WORD, Value

if TYPE_CHECKING:
    from collections.abc import Mapping

# The first of what each gate's W_h multiplies; the others follow.
_FED = LAYER.index("fed0")


def emit_outer(module: Any, dtype: Any, products: Mapping[int, Any]) -> Any:
    """`(C, A, D, blocks, high, gates, v, n, a_rows, d_rows, rows)`: C += Aᵀ D of n gates from v.

    C (blocks, K', gates·L), A (K' / L, a_rows, L), D (blocks, d_rows, gates·L); K' is `high`.
    """
    code = Code(module, "outer", "ppp" + 8 * "w", dtype)
    C, A, D, blocks, high, gates, v, n, a_rows, d_rows, rows = code.arguments
    L = code.lanes
    width = gates * L
    to, of, given = (
        Panel(code, C, high, width),
        Panel(code, A, a_rows, L),
        Panel(code, D, d_rows, width),
    )
    even = gates.is_("==", 1).choose(blocks // 2 * 2, 0)
    with code.loop(0, high, ROWS) as k, code.loop(0, even, 2) as j:
        a = of.at(k // L, 0, k % L)
        code.call(
            products[2],
            to.at(j, k),
            a,
            given.at(j, 0),
            width,
            high * L,
            1,
            L,
            width,
            d_rows * L,
            rows,
        )
    with code.loop(even, blocks) as j:
        left, at = code.variable(n), code.variable(v)
        with code.while_(lambda: left.get() > 0):
            rest = left.get()
            two = rest.is_("==", 4) | rest.is_("==", 2)
            some = two.choose(code.whole(2), rest.is_("==", 1).choose(code.whole(1), 3))
            with code.loop(0, high, ROWS) as k:
                a, place = of.at(k // L, 0, k % L), at.get() * L
                c, d = to.at(j, k, place), given.at(j, 0, place)
                for count, product in products.items():
                    with code.when(some.is_("==", count)):
                        code.call(product, c, a, d, width, L, 1, L, width, L, rows)
            at.add(some)
            left.set(rest - some)
    return code.end()


def emit_collect(module: Any, dtype: Any, outer: Any, product: Any, sum_rows: Any) -> Any:
    """`(layer, part, x, reads, t, steps)`: gradients of `steps` steps from t on.

    Their dL/da begins at slot 0.
    """
    recurrent = _emit_collect_recurrent(module, dtype, outer)
    tokens = _emit_collect_tokens(module, dtype)
    code = Code(module, "collect", "pppwww", dtype)
    layer, part, x, reads, t, steps = code.arguments
    own, common, L = Table(code, layer, LAYER), Table(code, part, PART), code.lanes
    batch, blocks, gates = common.word("batch"), own.word("blocks"), own.word("gates")
    rows, d_rows, width = steps * batch, common.word("slots") * batch, gates * L
    inputs, after = own.word("inputs"), common.word("after")
    code.call(recurrent, layer, part, t, steps)
    D, dW_x, db = own.pointer("dax"), own.pointer("dW_x"), own.pointer("db")
    given, to = Panel(code, D, d_rows, width), Panel(code, dW_x, inputs, width)
    with code.when(reads.is_("==", TOKENS)):
        code.call(tokens, layer, part, x, t, steps)
    with code.when(reads.is_("==", CHANNELS)):
        start = code.step(x, t * batch * inputs)
        with code.loop(0, blocks) as j, code.loop(0, inputs) as i, code.loop(0, width, L) as v:
            c, d = to.at(j, i, v), given.at(j, 0, v)
            a = code.step(start, i)
            code.call(product, c, a, d, width, L, 1, inputs, width, L, rows)
    with code.when(reads.is_("==", BELOW)):
        a = code.step(x, (t + 1) * batch * L)
        code.call(outer, dW_x, a, D, blocks, inputs, gates, 0, gates, after, d_rows, rows)
    with code.when(reads.is_("!=", TOKENS)), code.loop(0, blocks) as j:
        code.call(sum_rows, code.step(db, j * width), given.at(j, 0), width, rows, gates)
    return code.end()


def _emit_collect_tokens(module: Any, dtype: Any) -> Any:
    """`(layer, part, x, t, steps)`: dW_x; the sum of its rows is db, which is taken from it."""
    code = Code(module, "collect_tokens", "pppww", dtype)
    layer, part, x, t, steps = code.arguments
    own, common, L = Table(code, layer, LAYER), Table(code, part, PART), code.lanes
    batch, width = common.word("batch"), own.word("gates") * L
    given = Panel(code, own.pointer("dax"), common.word("slots") * batch, width)
    to = Panel(code, own.pointer("dW_x"), own.word("inputs"), width)
    with code.loop(0, own.word("blocks")) as j, code.loop(0, steps * batch) as row:
        token = code.read(code.step(x, t * batch + row, INT), INT).as_(WORD)
        start, end = given.at(j, row), to.at(j, token)
        with code.loop(0, width, L) as v:
            code.add_to(code.step(end, v), code.load(code.step(start, v)))
    return code.end()


def _emit_collect_recurrent(module: Any, dtype: Any, outer: Any) -> Any:
    """`(layer, part, t, steps)`: dW_h, for each run of gates that multiply the same states."""
    code = Code(module, "collect_recurrent", "ppww", dtype)
    layer, part, t, steps = code.arguments
    own, common, L = Table(code, layer, LAYER), Table(code, part, PART), code.lanes
    batch, blocks, gates = common.word("batch"), own.word("blocks"), own.word("gates")
    v = code.variable(0)
    with code.while_(lambda: v.get() < gates):
        first, n = v.get(), code.variable(1)
        fed = _fed(code, layer, first)
        with code.while_(
            lambda: (first + n.get() < gates) & fed.is_("==", _fed(code, layer, first + n.get()))
        ):
            n.add(1)
        with code.when(Value(code, code.b.ptrtoint(fed.value, WORD)).is_("!=", 0)):
            code.call(
                outer,
                own.pointer("dW_h"),
                code.step(fed, t * batch * L),
                own.pointer("da"),
                blocks,
                blocks * L,
                gates,
                first,
                n.get(),
                common.word("after"),
                common.word("slots") * batch,
                steps * batch,
            )
        v.add(n.get())
    return code.end()


def _fed(code: Code, layer: Value, gate: Value) -> Value:
    """What a gate's W_h multiplies; the table has a word beyond the last gate's."""
    return code.read(code.step(layer, gate + _FED, WORD), POINTER)


def emit_hand_down(module: Any, dtype: Any, product: Any) -> Any:
    """`(layer, below, part, t, steps)`: adds dL/dx of `steps` steps to the layer below's dL/dh."""
    code = Code(module, "hand_down", "pppww", dtype)
    layer, below, part, t, steps = code.arguments
    own, lower, common = (
        Table(code, layer, LAYER),
        Table(code, below, LAYER),
        Table(code, part, PART),
    )
    batch, blocks, L = common.word("batch"), own.word("blocks"), code.lanes
    width = own.word("gates") * L
    D = Panel(code, own.pointer("dax"), common.word("slots") * batch, width)
    to = Panel(code, lower.pointer("dhs"), common.word("rows"), L)
    W_xT = Panel(code, own.pointer("W_xT"), blocks * width, L)
    with code.loop(0, lower.word("blocks")) as j, code.loop(0, blocks) as o:
        weights = W_xT.at(j, o * width)
        with code.loop(0, steps * batch, ROWS) as row:
            c, a = to.at(j, t * batch + row), D.at(o, row)
            code.call(product, c, a, weights, L, 0, width, 1, L, 0, width)
    return code.end()
