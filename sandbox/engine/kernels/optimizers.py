"""Clipping and the update of a run of the flat vector; torch.optim's formulas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.engine.kernels.code import Code, Table
from sandbox.engine.kernels.tables import CALL
from sandbox.engine.optimizer_constants import (
    ADAM_BETA_1,
    ADAM_BETA_2,
    EPSILON,
    MOMENTUM,
    RMSPROP_ALPHA,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.engine.kernels.values import Value

RUN = 8192  # elements of the flat vector that are updated at once


def emit_update(module: Any, dtype: Any) -> Any:
    """`(call, run)`: one update of theta by scale·gradient, in a run of RUN elements.

    Before, with by_value every entry of the gradient is cut off at ±limit, as torch's
    clip_grad_value_ does.  m and v are the optimiser's state; `total` is the update's number.
    """
    code = Code(module, "update", "pw", dtype)
    call, run = code.arguments
    whole = Table(code, call, CALL)
    parameters, start = whole.word("parameters"), run * RUN
    stop = (start + RUN < parameters).choose(start + RUN, parameters)
    even = start + (stop - start) // code.lanes * code.lanes
    arrays = [whole.pointer(name) for name in ("theta", "gradient", "m", "v")]
    by_value, optimizer = whole.word("by_value"), whole.word("optimizer")
    numbers = _Numbers(code, whole)
    with code.when(by_value.is_("!=", 0)):
        _over(code, start, even, stop, arrays, numbers, _cut_off)
    for number, rule in enumerate((_sgd, _momentum, _rmsprop, _adam)):
        with code.when(optimizer.is_("==", number)):
            _over(code, start, even, stop, arrays, numbers, rule)
    return code.end()


class _Numbers:
    """What the rules read, as elements; `of` gives one for a whole vector where it is wanted."""

    def __init__(self, code: Code, call: Table) -> None:
        self._code = code
        real = call.real
        self._known = {
            "lr": real("rate"),
            "scale": real("scale"),
            "limit": real("limit"),
            "step": real("rate") / real("correction_1"),
            "root": 1.0 / code.intrinsic("llvm.sqrt", real("correction_2")),
        }

    def of(self, name: str, like: Value) -> Value:
        """The number in every lane of what is updated."""
        one = self._known[name].as_(self._code.element)
        return self._code.spread(one) if like.kind == self._code.vector else one


def _over(
    code: Code,
    start: Value,
    even: Value,
    stop: Value,
    arrays: list[Value],
    numbers: _Numbers,
    rule: Callable[..., dict[str, Value]],
) -> None:
    """Apply a rule to whole vectors, and to the elements that are left."""
    for first, last, by, read, write in (
        (start, even, code.lanes, code.load, code.store),
        (even, stop, 1, code.read, code.write),
    ):
        with code.loop(first, last, by) as n:
            places = dict(zip("tgmv", (code.step(each, n) for each in arrays), strict=True))
            given = {name: read(place) for name, place in places.items()}
            for name, value in rule(
                given["t"], given["g"], given["m"], given["v"], numbers
            ).items():
                write(value, places[name])


def _cut_off(t: Value, g: Value, m: Value, v: Value, numbers: _Numbers) -> dict[str, Value]:
    most = numbers.of("limit", g)
    low = g.is_("<", -most).choose(-most, g)
    return {"g": low.is_(">", most).choose(most, low)}


def _sgd(t: Value, g: Value, m: Value, v: Value, numbers: _Numbers) -> dict[str, Value]:
    return {"t": t - numbers.of("lr", t) * (numbers.of("scale", t) * g)}


def _momentum(t: Value, g: Value, m: Value, v: Value, numbers: _Numbers) -> dict[str, Value]:
    m = MOMENTUM * m + numbers.of("scale", t) * g
    return {"m": m, "t": t - numbers.of("lr", t) * m}


def _rmsprop(t: Value, g: Value, m: Value, v: Value, numbers: _Numbers) -> dict[str, Value]:
    d = numbers.of("scale", t) * g
    v = RMSPROP_ALPHA * v + (1.0 - RMSPROP_ALPHA) * d * d
    root = t.code.intrinsic("llvm.sqrt", v)
    return {"v": v, "t": t - numbers.of("lr", t) * d / (root + EPSILON)}


def _adam(t: Value, g: Value, m: Value, v: Value, numbers: _Numbers) -> dict[str, Value]:
    d = numbers.of("scale", t) * g
    m = ADAM_BETA_1 * m + (1.0 - ADAM_BETA_1) * d
    v = ADAM_BETA_2 * v + (1.0 - ADAM_BETA_2) * d * d
    root = t.code.intrinsic("llvm.sqrt", v) * numbers.of("root", t)
    return {"m": m, "v": v, "t": t - numbers.of("step", t) * m / (root + EPSILON)}
