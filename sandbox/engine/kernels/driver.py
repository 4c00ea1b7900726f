"""Everything a net does with batches, in one call: it learns, is evaluated, or is traced.

A training step whose loss or gradient norm is not finite is not applied: the call ends with the
number of steps it took before, and theta stays as it was then.

The work of a step is cut into items: blocks of panels to pack, parts of the batch to pass, blocks
of gradients to unpack, runs of the flat vector to update.  The thread that calls `run` and any
number of threads that call `assist` take items one by one; which thread has which does not show
in the numbers, since every sum is over the same items in the same order.

Numbers too small to matter are zero while a kernel runs.  A gradient that fades passes 1e-38 after
a few hundred steps; below it a float32 has no leading one, and the processor takes a hundred times
longer for each.  Flushing them to zero is a mode of the thread, so a kernel sets it when it is
entered and restores what it found.  Where the processor is not an x86 the mode is left as it is.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from llvmlite import ir

from sandbox.engine.kernels.code import Code, Table
from sandbox.engine.kernels.machine import X86
from sandbox.engine.kernels.optimizers import RUN
from sandbox.engine.kernels.packing import layer_of, part_of
from sandbox.engine.kernels.tables import CALL, EVALUATE, LAYER, LEARN, PART, TRACE
from sandbox.engine.kernels.values import BYTE, DOUBLE, INT, POINTER, VOID, WORD, Value

if TYPE_CHECKING:
    from collections.abc import Mapping

PACK, PASS, UNPACK, UPDATE = range(4)
_FLUSH = 0x8040  # of MXCSR: results that are denormal are zero, and so are operands
# A ticket is one word, so that work, its items and the next of them are seen together.
_NEXT, _ITEMS, _WORK = 0, 24, 48  # its bits from here on; the rest counts the works
_MASK = 2**24 - 1
_PATIENCE = 200  # times that a thread looks for work before it lets others run


def emit_take(module: Any, dtype: Any) -> Any:
    """`(call)`: the next item of the work at hand and its kind, item·8 + kind, or -1."""
    code = Code(module, "take", "p", dtype, WORD)
    (call,) = code.arguments
    place = Table(code, call, CALL).place("ticket")
    found, trying = code.variable(-1), code.variable(1)
    with code.while_(lambda: trying.get() > 0):
        ticket = _load(code, place)
        item = ticket & code.whole(_MASK)
        items = _shifted(code, ticket, _ITEMS) & code.whole(_MASK)
        trying.set(code.whole(0))
        with code.when(item < items):
            mine = _exchange(code, place, ticket, ticket + 1)
            kind = _shifted(code, ticket, _WORK) & code.whole(7)
            found.set(mine.choose(item * 8 + kind, -1))
            trying.set(mine.choose(code.whole(0), 1))
    return code.end(found.get())


def emit_do(module: Any, dtype: Any, units: Mapping[str, Any]) -> Any:
    """`(call, taken)`: do an item."""
    code = Code(module, "do", "pw", dtype)
    call, taken = code.arguments
    whole = Table(code, call, CALL)
    item, kind = taken // 8, taken % 8
    layers = whole.word("layers")
    number, block = item % layers, item // layers
    first = Table(code, layer_of(code, call, 0, code.whole(0)), LAYER)
    readout = block.is_("==", first.word("blocks"))
    norms = whole.pointer("norms")
    own = layer_of(code, call, 0, number)
    with code.when(kind.is_("==", PACK)), code.either(readout) as (yes, no):
        with yes:
            code.call(units["pack_readout"], call)
        with no:
            upper = number.is_(">", 0).choose(code.whole(1), 0)
            code.call(units["pack"], own, whole.pointer("theta"), block, upper)
    with code.when(kind.is_("==", PASS)):
        code.call(units["pass_part"], call, part_of(code, call, item))
    with code.when(kind.is_("==", UNPACK)), code.either(readout) as (yes, no):
        with yes:
            squares = code.call(units["unpack_readout"], call)
            code.write(squares, code.step(norms, item, DOUBLE))
        with no:
            squares = code.call(units["unpack"], call, own, number, block)
            code.write(squares, code.step(norms, item, DOUBLE))
    with code.when(kind.is_("==", UPDATE)):
        code.call(units["update"], call, item)
    _add_one(code, whole.place("done"))
    return code.end()


def emit_share(module: Any, dtype: Any, take: Any, do: Any) -> Any:
    """`(call, kind, items)`: have all items of a work done, here and by threads that assist."""
    code = Code(module, "share", "pww", dtype)
    call, kind, items = code.arguments
    whole = Table(code, call, CALL)
    done, place = whole.place("done"), whole.place("ticket")
    _store(code, code.whole(0), done)
    count = _shifted(code, _load(code, place), _WORK + 3) + 1
    ticket = (count * 8 + kind) * 2**_WORK + items * 2**_ITEMS
    _store(code, ticket, place)
    item = code.variable(code.call(take, call))
    with code.while_(lambda: item.get() > -1):
        code.call(do, call, item.get())
        item.set(code.call(take, call))
    looked = code.variable(0)
    with code.while_(lambda: _load(code, done) < items):
        _wait(code, whole, looked)
    return code.end()


def emit_assist(module: Any, dtype: Any, take: Any, do: Any) -> None:
    """`assist(call)`: take items until the call is closed."""
    code = Code(module, "assist", "p", dtype)
    (call,) = code.arguments
    mode, whole, looked = _flush_denormals(code), Table(code, call, CALL), code.variable(0)
    closed = whole.place("closed")
    with code.while_(lambda: _load(code, closed).is_("==", 0)):
        item = code.call(take, call)
        with code.either(item > -1) as (some, none):
            with some:
                code.call(do, call, item)
                looked.set(code.whole(0))
            with none:
                _wait(code, whole, looked)
    _restore_mode(code, mode)
    code.end()


def emit_run(module: Any, dtype: Any, units: Mapping[str, Any]) -> None:
    """`run(call)`: a training step, an evaluation or a trace a batch.

    Evaluating sums loss and hits over all scored steps and batches; a trace takes all T steps,
    and leaves states and gradients in the net's arrays.
    """
    code = Code(module, "run", "p", dtype)
    (call,) = code.arguments
    float_mode, whole = _flush_denormals(code), Table(code, call, CALL)
    mode, going = whole.word("mode"), code.variable(1)
    layer = Table(code, layer_of(code, call, 0, code.whole(0)), LAYER)
    blocks = whole.word("layers") * layer.word("blocks") + 1
    runs = (whole.word("parameters") + (RUN - 1)) // RUN
    now = code.variable(0)
    with code.while_(lambda: going.get().is_("!=", 0) & (now.get() < whole.word("batches"))):
        whole.write("now", now.get())
        code.call(units["look_at"], call)
        fresh = now.get().is_("==", 0) | mode.is_("==", LEARN)
        with code.when(fresh):
            code.call(units["share"], call, PACK, blocks)
        code.call(units["share"], call, PASS, whole.word("parts"))
        loss, hits = _sum_of_parts(code, call, whole)
        with code.when(mode.is_("==", EVALUATE)):
            whole.write("loss", whole.real("loss") + loss)
            whole.write("hits", whole.word("hits") + hits)
        with code.when(mode.is_("!=", EVALUATE)):
            code.call(units["share"], call, UNPACK, blocks)
        with code.when(mode.is_("==", LEARN)):
            norm = _norm(code, whole, blocks)
            finite = _is_finite(norm) & _is_finite(loss)
            with code.either(finite) as (learns, stops):
                with learns:
                    _prepare_update(code, whole, norm)
                    code.call(units["share"], call, UPDATE, runs)
                    share = hits.as_(DOUBLE) / _at_least_one(code, whole.word("asked")).as_(DOUBLE)
                    for row, value in enumerate((loss, share, norm)):
                        place = whole.word("batches") * row + now.get()
                        measured = code.step(whole.pointer("measured"), place, ir.FloatType())
                        code.write(value.as_(ir.FloatType()), measured)
                    whole.write("taken", whole.word("taken") + 1)
                with stops:
                    going.set(code.whole(0))
        now.add(1)
    _restore_mode(code, float_mode)
    _store(code, code.whole(1), whole.place("closed"))
    code.end()


def emit_look_at(module: Any, dtype: Any) -> Any:
    """`(call)`: the steps of a batch up to the last scored one, and what a scored step counts."""
    code = Code(module, "look_at", "p", dtype)
    (call,) = code.arguments
    whole = Table(code, call, CALL)
    size, steps, mode = whole.word("size"), whole.word("steps"), whole.word("mode")
    scored = code.step(whole.pointer("scored"), whole.word("now") * steps * size, BYTE)
    asked, until = code.variable(0), code.variable(0)
    with code.loop(0, steps) as t:
        here = code.variable(0)
        with code.loop(0, size) as b:
            here.add(code.read(code.step(scored, t * size + b, BYTE), BYTE).as_(WORD))
        with code.when(here.get() > 0):
            until.set(t + 1)
        asked.add(here.get())
    whole.write("asked", asked.get())
    whole.write("until", mode.is_("==", TRACE).choose(steps, until.get()))
    with code.when(mode.is_("==", LEARN)), code.loop(0, size) as b:
        counts = 1.0 / _at_least_one(code, asked.get()).as_(DOUBLE)
        code.write(counts.as_(code.element), code.step(whole.pointer("weight"), b))
    return code.end()


def _at_least_one(code: Code, count: Value) -> Value:
    return (count > 1).choose(count, code.whole(1))


def _sum_of_parts(code: Code, call: Value, whole: Table) -> tuple[Value, Value]:
    loss, hits = code.variable(code.real(0.0)), code.variable(0)
    with code.loop(0, whole.word("parts")) as p:
        part = Table(code, part_of(code, call, p), PART)
        loss.add(part.real("loss"))
        hits.add(part.word("hits"))
    return loss.get(), hits.get()


def _norm(code: Code, whole: Table, items: Value) -> Value:
    total = code.variable(code.real(0.0))
    with code.loop(0, items) as item:
        total.add(code.read(code.step(whole.pointer("norms"), item, DOUBLE), DOUBLE))
    return code.intrinsic("llvm.sqrt", total.get())


def _prepare_update(code: Code, whole: Table, norm: Value) -> None:
    """The factor that clips the norm, and this batch's rate and corrections of Adam."""
    limit = whole.real("limit")
    above = (norm > limit) & whole.word("by_value").is_("==", 0)
    whole.write("scale", above.choose(limit / (norm + 1e-6), code.real(1.0)))
    for n, name in enumerate(("rate", "correction_1", "correction_2")):
        place = code.step(whole.pointer("rates"), whole.word("now") * 3 + n, DOUBLE)
        whole.write(name, code.read(place, DOUBLE))


def _is_finite(x: Value) -> Value:
    return x.is_("<", math.inf) & x.is_(">", -math.inf)


def _shifted(code: Code, word: Value, bits: int) -> Value:
    return Value(code, code.b.lshr(word.value, code.whole(bits).value))


def _load(code: Code, place: Value) -> Value:
    return Value(code, code.b.load_atomic(place.value, "acquire", 8, typ=WORD))


def _store(code: Code, value: Value, place: Value) -> None:
    # llvmlite's store_atomic wants a pointer that knows its type
    code.b.atomic_rmw("xchg", place.value, value.value, "release")


def _add_one(code: Code, place: Value) -> None:
    code.b.atomic_rmw("add", place.value, code.whole(1).value, "acq_rel")


def _exchange(code: Code, place: Value, old: Value, new: Value) -> Value:
    """Whether the word still was `old`, and became `new`."""
    both = code.b.cmpxchg(place.value, old.value, new.value, "acq_rel", "acquire")
    return Value(code, code.b.extract_value(both, 1))


def _wait(code: Code, whole: Table, looked: Any) -> None:
    """Spin for a while; then let other threads run, by the system's function if it is known."""
    looked.add(1)
    if X86:
        code.b.call(code.function_named("llvm.x86.sse2.pause", ir.FunctionType(VOID, [])), [])
    pause = whole.pointer("pause")
    known = Value(code, code.b.ptrtoint(pause.value, WORD)).is_("!=", 0)
    with code.when((looked.get() > _PATIENCE) & known):
        code.call_at(pause)


def _flush_denormals(code: Code) -> Any:
    """Treat denormal numbers as zero from here on; returns the mode before."""
    if not X86:
        return None
    before = code.variable(Value(code, ir.Constant(INT, 0)))
    place = before.place
    _control(code, "llvm.x86.sse.stmxcsr", place)
    mode = before.get()
    before.set(Value(code, code.b.or_(mode.value, ir.Constant(INT, _FLUSH))))
    _control(code, "llvm.x86.sse.ldmxcsr", place)
    return mode


def _restore_mode(code: Code, mode: Any) -> None:
    if mode is not None:
        place = code.variable(mode).place
        _control(code, "llvm.x86.sse.ldmxcsr", place)


def _control(code: Code, name: str, place: Any) -> None:
    code.b.call(code.function_named(name, ir.FunctionType(VOID, [POINTER])), [place])
