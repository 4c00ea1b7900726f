"""Values for the templates of a run's PyTorch script, as Python code."""

from __future__ import annotations

import math
import textwrap
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from sandbox.engine.cells import CELLS
from sandbox.engine.initialisation import memory_bias
from sandbox.engine.optimizer_constants import MOMENTUM, RMSPROP_ALPHA
from sandbox.export.pytorch_weights import MODULES
from sandbox.export.recorded import first_step
from sandbox.tasks import curriculum, user_tasks
from sandbox.tasks.base import Tokens
from sandbox.tasks.batches import chunk_size
from sandbox.tasks.preview import example_sequences
from sandbox.tasks.registry import task_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from sandbox.experiment import AnyContestant
    from sandbox.store.base import RunRecord
    from sandbox.tasks.base import Drawn, Task

WIDTH = 100  # characters a line
LABELLED = 60  # steps: longer sequences have no labels in a picture


class Code(str):
    """Text that is already code."""


class Call(NamedTuple):
    """A call, to be written as code."""

    name: str
    given: tuple[Any, ...]
    named: dict[str, Any]


OPTIMIZERS = {
    "adam": Code("torch.optim.Adam"),
    "rmsprop": Code(f"partial(torch.optim.RMSprop, alpha={RMSPROP_ALPHA})"),
    "momentum": Code(f"partial(torch.optim.SGD, momentum={MOMENTUM})"),
    "sgd": Code("torch.optim.SGD"),
}


def context(record: RunRecord, uses: Collection[str]) -> dict[str, Any]:
    """The templates' values by name; uses: as for `pytorch.code_of`."""
    e, task = record.begun, task_of(record.begun)
    rule = None if user_tasks.file_of(task.name) else task.rule  # a user's whole file goes in
    by_hand = [one for one in e.contestants if "inside" in uses or one.cell not in MODULES]
    changed, examples = _changes(record), example_sequences(task, e.seed, 3)
    words = [task.labels(examples, index) for index in range(3)]
    nets = [_net(one, task, "training" in uses) for one in e.contestants]
    gates = {one.name: CELLS[one.cell].gates for one in e.contestants if _biases(one, task)}
    stages = {first_step(record): e.steps} | {step: new.steps for step, new in record.changes}
    return {
        "e": e,
        "task": task,
        "uses": uses,
        "step": record.info.step,
        "planned": record.experiment_at(record.info.step).steps,
        "first": first_step(record),
        "tokens": isinstance(task.inputs, Tokens),
        "rule": rule,
        "draw": rule.__name__ if rule else "draw_own",
        "task_params": "\n".join(_parameters(task, rule)),
        "names": _split(task.outputs),
        "questions": code([task.question(examples, index) for index in range(3)], used=12),
        "words": code([_split(each, 4) if len(each) <= LABELLED else [] for each in words]),
        "chunk": chunk_size(task, e.batch),
        "gaps": curriculum.gaps(e, task).tolist() or [0],
        "changes": code(changed, used=10),
        "planned_steps": code(stages, used=75),
        "adapted": changed or e.warmup or e.schedule != "constant",
        "equations": sorted({one.cell for one in by_hand}),
        "cells": code({one.name: _cell(one) for one in by_hand}, used=8),
        "gates": code(gates, used=8),
        "nets": code(nets, used=7),
        "gru": any(one.cell == "gru" for one in e.contestants),
        "inits": any("recurrent_init" in net.named for net in nets),
        "optimizer": OPTIMIZERS[e.optimizer],
        "clip": code(e.clip or math.inf),
    }


def _parameters(task: Task, rule: Callable[..., Drawn] | None) -> Iterator[str]:
    """The parameters that the task's sequences depend on, with what they mean, line by line."""
    fields = type(task.params).model_fields
    asked = rule.__code__.co_varnames if rule else fields
    for name in filter(asked.__contains__, fields):
        about = fields[name].description or ""
        line = f'    "{name}": {code(getattr(task.params, name))},'
        comment = f"  # {about[:1].lower()}{about[1:]}"
        if len(line + comment) > WIDTH:
            yield textwrap.indent(textwrap.fill(comment[2:], 94, subsequent_indent="# "), "    ")
            comment = ""
        yield line + comment


def _changes(record: RunRecord) -> dict[int, dict[str, tuple[float, float]]]:
    """New learning rates and clips, by the step of the change and the contestant."""
    rates = [
        {one.name: (one.lr or e.lr, one.clip or e.clip or math.inf) for one in e.contestants}
        for e in [record.begun, *(changed for _, changed in record.changes)]
    ]
    pairs = zip(record.changes, pairwise(rates), strict=True)
    return {step: new for (step, _), (old, new) in pairs if new != old}


def _net(one: AnyContestant, task: Task, training: bool) -> Call:
    """A contestant with what differs from the script's defaults."""
    cell = MODULES.get(one.cell) or f"partial(StepByStep, CELLS[{code(one.name)}])"
    named: dict[str, Any] = {"layers": one.layers} if one.layers > 1 else {}
    if training:
        own = {"optimizer": OPTIMIZERS.get(one.optimizer or ""), "lr": one.lr, "clip": one.clip}
        named |= {name: value for name, value in own.items() if value is not None}
        named |= _biases(one, task)
        init = getattr(one, "recurrent_init", "default")
        named |= {"recurrent_init": init} if init != "default" else {}
    return Call("Net", (one.name, Code(cell), one.hidden), named)


def _biases(one: AnyContestant, task: Task) -> dict[str, Any]:
    """First biases of gates, or their signs and the T_max of chrono; {} for cells without."""
    memory, wanted = CELLS[one.cell].memory, memory_bias(one)
    if wanted == "chrono":
        longest = Code("DEPENDENCY") if task.dependency else 1
        return {"bias": dict(memory), "chrono": getattr(one, "chrono_max", None) or longest}
    return {} if wanted is None else {"bias": {gate: sign * wanted for gate, sign in memory[:1]}}


def _cell(one: AnyContestant) -> Call:
    kind = CELLS[one.cell]
    given = (Code(kind.name), len(kind.gates), kind.states, *([kind.extras] if kind.extras else []))
    return Call("Cell", given, {} if kind.recurrent else {"recurrent": False})


def _split(words: Sequence[str], at: int = 0) -> Code:
    """A list of words, as code: a split string unless that would change them."""
    line = " ".join(words)
    same = words and line.split() == [*words]
    return Code(f"{code(line, at, 16)}.split()" if same else code(words))


def code(value: Any, at: int = 0, used: int = 0) -> str:
    """A value as Python code: on one line if it fits, else with an entry a line.

    at: its indentation.  used: characters before and after it on its line.
    """
    entries: list[tuple[str, Any]]
    if isinstance(value, str):
        return value if isinstance(value, Code) else _quoted(value, at, used)
    if isinstance(value, dict):
        ends, entries = "{}", [(f"{code(key)}: ", each) for key, each in value.items()]
    elif isinstance(value, Call):
        ends, entries = f"{value.name}()", [("", each) for each in value.given]
        entries += [(f"{name}=", each) for name, each in value.named.items()]
    elif isinstance(value, list | tuple):
        ends, entries = "[]" if isinstance(value, list) else "()", [("", each) for each in value]
    else:
        return "math.inf" if value == math.inf else repr(value)
    parts = [before + code(each, at + 4, len(before) + 1) for before, each in entries]
    comma = "," if isinstance(value, tuple) and len(value) == 1 else ""
    line = f"{ends[:-1]}{', '.join(parts)}{comma}{ends[-1]}"
    if "\n" not in line and at + used + len(line) <= WIDTH:
        return line
    rows = "".join(f"{' ' * at}    {part},\n" for part in parts)
    return f"{ends[:-1]}\n{rows}{' ' * at}{ends[-1]}"


def _quoted(text: str, at: int, used: int) -> str:
    """A string in double quotes, in pieces if it is too long for a line."""
    quoted = repr(text) if '"' in text else f'"{repr(chr(39) + text)[2:-1]}"'
    if at + used + len(quoted) <= WIDTH:
        return quoted
    pieces = textwrap.wrap(
        text, WIDTH - 20, drop_whitespace=False, replace_whitespace=False, expand_tabs=False
    )
    whole = -len(quoted)  # leaves room for any piece
    rows = "".join(f"{' ' * at}    {_quoted(piece, 0, whole)}\n" for piece in pieces)
    return f"(\n{rows}{' ' * at})"
