"""The linear readout and the loss: sum over scored steps, its gradient, and the score.

Everything here is for one step t.  `weight` (B,) is what a scored step of sequence b counts
in the loss: 1 / (scored steps in the batch) in training, 1 / (those of b) in a trace.
Targets say the loss: classes (T, B) cross-entropy; values (T, B, O) squared error; symbols
that are legal (T, B, O), as bytes, binary cross-entropy of each.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sandbox.engine.kernels.code import Code, Panel, Table
from sandbox.engine.kernels.functions import exp, log, log1p
from sandbox.engine.kernels.machine import ROWS
from sandbox.engine.kernels.tables import CALL, CLASSES, LAYER, PART, VALUES
from sandbox.engine.kernels.values import BYTE, DOUBLE, INT, WORD, Value

if TYPE_CHECKING:
    from sandbox.engine.kernels.values import Variable


def emit_any_scored(module: Any, dtype: Any) -> Any:
    """`(scored, first, last)`: whether anything is asked of sequences from first to last."""
    code = Code(module, "any_scored", "pww", dtype, WORD)
    scored, first, last = code.arguments
    found = code.variable(0)
    with code.loop(first, last) as b:
        asked = code.read(code.step(scored, b, BYTE), BYTE)
        with code.when(asked.is_("!=", 0)):
            found.set(code.whole(1))
    return code.end(found.get())


def emit_step(module: Any, dtype: Any, any_scored: Any) -> Any:
    """`(layer, part, call, t)`: loss and hits of one step are added to the part's.

    out (B', O') becomes dL/d(answers), zero where not asked; returns whether anything was.
    """
    judge = emit_judge(module, dtype)
    code = Code(module, "readout_step", "pppw", dtype, WORD)
    layer, part, call, t = code.arguments
    own, whole = Table(code, part, PART), Table(code, call, CALL)
    size, first, count = whole.word("size"), own.word("first"), own.word("count")
    batch, wide, L = own.word("batch"), whole.word("wide"), code.lanes
    at = (whole.word("now") * whole.word("steps") + t) * size + first
    scored = code.step(whole.pointer("scored"), at, BYTE)
    asked = code.call(any_scored, scored, 0, count)
    out = Panel(code, own.pointer("out"), batch, wide)
    hs = Panel(code, Table(code, layer, LAYER).pointer("hs"), own.word("after"), L)
    blocks = Table(code, layer, LAYER).word("blocks")
    W_o, b_o = own.pointer("W_o"), own.pointer("b_o")
    with code.when(asked.is_("!=", 0)), code.loop(0, batch, ROWS) as row:
        last = (row + ROWS < count).choose(row + ROWS, count)
        some = code.call(any_scored, scored, row, last)
        with code.when(some.is_("!=", 0)), code.loop(0, wide, L) as o:
            bias = code.load(code.step(b_o, o))
            sums = [[code.variable(bias)] for _ in range(ROWS)]
            code.multiply(
                sums,
                blocks,
                L,
                lambda j: hs.at(j, (t + 1) * batch + row),
                L,
                lambda j, _: code.step(W_o, j * (wide * L) + o),
                wide,
            )
            for r, (total,) in enumerate(sums):
                code.store(total.get(), out.at(0, row + r, o))
        for r in range(ROWS):
            place = code.step(scored, row + r, BYTE)
            known = code.variable(code.whole(0))
            with code.when(row + r < count):
                known.set(code.read(place, BYTE).as_(WORD))
            with code.either(known.get().is_("!=", 0)) as (then, otherwise):
                with then:
                    code.call(judge, part, call, out.at(0, row + r), at + row + r, row + r)
                with otherwise, code.loop(0, wide, L) as o:
                    code.store(code.vector_of(0.0), out.at(0, row + r, o))
    return code.end(asked)


def emit_judge(module: Any, dtype: Any) -> Any:
    """`(part, call, out, at, b)`: the loss of one answer; out (O',) becomes its gradient.

    at: the place of the scored step among all; b: of the sequence in the part.
    """
    code = Code(module, "judge", "pppww", dtype)
    part, call, out, at, b = code.arguments
    own, whole = Table(code, part, PART), Table(code, call, CALL)
    judged = whole.word("judged")
    weight = code.read(code.step(whole.pointer("weight"), own.word("first") + b))
    answer = _Answer(code, out, whole, weight)
    loss, hit = code.variable(code.real(0.0)), code.variable(0)
    with code.either(judged.is_("==", CLASSES)) as (then, otherwise):
        with then:
            _cross_entropy(answer, at, loss, hit)
        with otherwise, code.either(judged.is_("==", VALUES)) as (values, symbols):
            with values:
                _squared_error(answer, at, loss, hit)
            with symbols:
                _legal_symbols(answer, at, loss, hit)
    with code.loop(answer.count, whole.word("wide")) as o:
        answer.set(o, code.constant(0.0, code.element))
    own.write("loss", own.real("loss") + loss.get())
    own.write("hits", own.word("hits") + hit.get())
    return code.end()


class _Answer:
    """out (O',), of which the first `count` are answers."""

    def __init__(self, code: Code, out: Value, call: Table, weight: Value) -> None:
        self.code, self.out, self.call, self.weight = code, out, call, weight
        self.count = call.word("outputs")

    def get(self, o: Any) -> Value:
        return self.code.read(self.code.step(self.out, o))

    def set(self, o: Any, value: Value) -> None:
        self.code.write(value, self.code.step(self.out, o))

    def targets(self, place: Value, kind: Any) -> Value:
        return self.code.read(self.code.step(self.call.pointer("targets"), place, kind), kind)

    def zero(self) -> Variable:
        return self.code.variable(self.code.constant(0.0, self.code.element))


def _cross_entropy(a: _Answer, at: Value, loss: Variable, hit: Variable) -> None:
    """Logits become dL/dlogits = weight (p - onehot); hit: the first largest is the target."""
    code = a.code
    target = a.targets(at, INT).as_(WORD)
    best, top = code.variable(0), code.variable(a.get(0))
    with code.loop(1, a.count) as o, code.when(a.get(o) > top.get()):
        best.set(o)
        top.set(a.get(o))
    wanted = a.get(target)
    highest = code.spread(top.get())
    total = code.variable(code.vector_of(0.0))
    lanes = code.numbers()
    with code.loop(0, a.count, code.lanes) as o:
        here = code.step(a.out, o)
        inside = lanes.is_("<", code.spread((a.count - o).as_(code.element)))
        power = inside.choose(exp(code.load(here) - highest), 0.0)
        code.store(power, here)
        total.add(power)
    whole = code.sum(total.get())
    loss.set(((log(whole) + top.get() - wanted) * a.weight).as_(DOUBLE))
    share = code.spread(a.weight / whole)
    with code.loop(0, a.count, code.lanes) as o:
        here = code.step(a.out, o)
        code.store(code.load(here) * share, here)
    a.set(target, a.get(target) - a.weight)
    hit.set(best.get().is_("==", target).choose(code.whole(1), 0))


def _squared_error(a: _Answer, at: Value, loss: Variable, hit: Variable) -> None:
    """Mean of squares over outputs, and whether all are near."""
    code = a.code
    total, near = a.zero(), code.variable(1)
    share = a.weight / a.count.as_(code.element)
    within = a.call.real("within")
    with code.loop(0, a.count) as o:
        error = a.get(o) - a.targets(at * a.count + o, code.element)
        total.set(total.get().plus_product(error, error))
        size = error.is_("<", 0.0).choose(-error, error).as_(DOUBLE)
        near.set((size < within).choose(near.get(), 0))
        a.set(o, (share + share) * error)
    loss.set((total.get() * share).as_(DOUBLE))
    hit.set(near.get())


def _legal_symbols(a: _Answer, at: Value, loss: Variable, hit: Variable) -> None:
    """Mean binary cross-entropy over symbols; hit: every legal logit above every other.

    log(1 + exp(x)) - legal·x, as max(x, 0) + log1p(exp(-|x|)) - legal·x.
    """
    code = a.code
    total, zero = a.zero(), code.constant(0.0, code.element)
    least = code.variable(code.constant(math.inf, code.element))
    most = code.variable(code.constant(-math.inf, code.element))
    share = a.weight / a.count.as_(code.element)
    with code.loop(0, a.count) as o:
        x = a.get(o)
        small = exp(x.is_("<", 0.0).choose(x, -x))
        total.add((x > 0.0).choose(x, zero) + log1p(small))
        above = x.is_(">=", 0.0).choose(1.0 / (1.0 + small), small / (1.0 + small))
        p = code.variable(above)
        legal = a.targets(at * a.count + o, BYTE).is_("!=", 0)
        with code.either(legal) as (then, otherwise):
            with then:
                total.add(-x)
                least.set((x < least.get()).choose(x, least.get()))
                p.add(-1.0)
            with otherwise:
                most.set((x > most.get()).choose(x, most.get()))
        a.set(o, share * p.get())
    loss.set((total.get() * share).as_(DOUBLE))
    hit.set((least.get() > most.get()).choose(code.whole(1), 0))


def emit_back(module: Any, dtype: Any, product: Any, sum_rows: Any) -> Any:
    """`(layer, part, call, t)`: adds out's part to dL/dh_t, dW_o and db_o."""
    code = Code(module, "readout_back", "pppw", dtype)
    layer, part, call, t = code.arguments
    own, top = Table(code, part, PART), Table(code, layer, LAYER)
    batch, wide, L = own.word("batch"), Table(code, call, CALL).word("wide"), code.lanes
    blocks, out = top.word("blocks"), own.pointer("out")
    hs = Panel(code, top.pointer("hs"), own.word("after"), L)
    dhs = Panel(code, top.pointer("dhs"), own.word("rows"), L)
    dW_o, W_oT = own.pointer("dW_o"), own.pointer("W_oT")
    with code.loop(0, wide, L) as o, code.loop(0, blocks * L, ROWS) as k:
        a = hs.at(k // L, (t + 1) * batch, k % L)
        to, grad = code.step(dW_o, k * wide + o), code.step(out, o)
        code.call(product, to, a, grad, wide, 0, 1, L, wide, 0, batch)
    code.call(sum_rows, own.pointer("db_o"), out, wide, batch, wide // L)
    with code.loop(0, blocks) as j, code.loop(0, batch, ROWS) as row:
        to, grad = dhs.at(j, t * batch + row), code.step(out, row * wide)
        weights = code.step(W_oT, j * wide * L)
        code.call(product, to, grad, weights, L, 0, wide, 1, L, 0, wide)
    return code.end()
