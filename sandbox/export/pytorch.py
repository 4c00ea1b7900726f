"""A run as PyTorch: a script that trains it again, and one that loads its weights.

Both are self-contained.  Their text comes from the templates in `pytorch_parts` and from this
project's own functions (`inline`), so that sequences and first weights are the run's, and from the
equations of its cells (`pytorch_cells`).
"""

from __future__ import annotations

import ast
import re
import textwrap
from importlib.util import decode_source
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sandbox.cells.known import cell_named
from sandbox.engine.initialisation import first_rules, memory_bias
from sandbox.engine.optimizer_constants import MOMENTUM, RMSPROP_ALPHA
from sandbox.export.inline import MAIN, SCRIPT, Inliner, Module
from sandbox.export.pytorch_cells import step_code, step_name
from sandbox.export.pytorch_weights import starting_weights, weights
from sandbox.export.recorded import first_step
from sandbox.export.standard_cells import torch_module
from sandbox.reading.data import name_of
from sandbox.store.base import RunError
from sandbox.tasks import curriculum, user_tasks
from sandbox.tasks.base import Tokens
from sandbox.tasks.batches import chunk_size
from sandbox.tasks.preview import example_sequences
from sandbox.tasks.registry import task_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from sandbox.contestants import AnyContestant
    from sandbox.store.base import RunRecord
    from sandbox.tasks.base import Drawn, Task

WIDTH = 100  # characters a line
TRAINING, ASKING, INSIDE = "training", "asking_the_trained_nets", "looking_inside"
ALWAYS = ("settings", "sequences_and_batches", "the_nets")  # as templates and sections are called
LABELLED = 60  # steps: longer sequences have no labels in a picture
TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "pytorch_parts"),
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
)
PIECE = re.compile(r"(?s).{1,79}(?:\s|$)|.{1,80}")  # of a string that is too long for a line


class Code(str):
    """Text that is already code."""

    __repr__ = str.__str__


class Call(NamedTuple):
    """A call, to be written as code."""

    name: str
    given: tuple[Any, ...]
    named: dict[str, Any]


INFINITE = Code("math.inf")
OPTIMIZERS = {
    "adam": Code("torch.optim.Adam"),
    "rmsprop": Code(f"partial(torch.optim.RMSprop, alpha={RMSPROP_ALPHA})"),
    "momentum": Code(f"partial(torch.optim.SGD, momentum={MOMENTUM})"),
    "sgd": Code("torch.optim.SGD"),
}


def script(record: RunRecord, use: str) -> str:
    """One script; use: TRAINING or ASKING.

    The first trains the run from its start, with the same numbers.  It prints its losses, and
    writes them to the file of `--csv FILE`; `--steps N` stops earlier.  A fork's reads the file of
    `starting_weights`, which has the script's name with ".start.npz".  The second loads the file
    of `weights`, with ".safetensors", and answers three example sequences.
    RunError as for `code_of`.
    """
    about, imports, sections = code_of(record, [use], [MAIN])
    cells = [cell_named(one.cell).title for one in record.begun.contestants]
    compared = " and ".join(filter(None, [", ".join(cells[:-1]), cells[-1]]))
    title = task_of(record.begun).title
    line = f'{compared} on "{title}": run {record.info.run} of Sequence Sandbox.'
    line = line.replace("\\", "\\\\").replace('"' * 3, r"\"\"\"")  # a title may have any sign
    head = f'"""{textwrap.fill(line, 96)}\n\n{about}\n"""\n\n{imports}\n\n'
    parts = [f"# {title} {'-' * (97 - len(title))}\n{code}" for title, code in sections.items()]
    return head + "\n\n\n".join(parts) + "\n"


def script_files(record: RunRecord, name: str) -> dict[str, bytes]:
    """Both scripts and the files they read, by file name.

    "NAME.py" trains, "NAME_trained.py" loads the last weights.  RunError if those that a fork
    starts from are not kept, or as for `code_of`.
    """
    start = starting_weights(record)
    return {
        f"{name}.py": script(record, TRAINING).encode(),
        **({} if start is None else {f"{name}.start.npz": start}),
        f"{name}_trained.py": script(record, ASKING).encode(),
        f"{name}_trained.safetensors": weights(record),
    }


def code_of(
    record: RunRecord, uses: Sequence[str], roots: Collection[str]
) -> tuple[str, str, dict[str, str]]:
    """What the code is for, the import statements, and the code of each section by its title.

    uses: names of templates besides those that are ALWAYS there; the first says what it is for.
    roots: what is run, of the definitions there.  RunError if the run needs a data file that a
    script would not have, if something is held in a net, or a user's task does not stand alone.
    """
    task, params = task_of(record.begun), record.begun.params
    data, file = params.get("data"), user_tasks.file_of(task.name)
    if data and isinstance(data, str) and params.get("series") in (None, "csv"):
        raise RunError(
            f"No script can be made of this run, since it would need {name_of(data)}: "
            "export it as .seqx, .csv, .json, .onnx or .safetensors."
        )
    if held := [one.name for one in record.begun.contestants if one.surgery]:
        raise RunError(
            f"No script can be made of this run, since none could hold what is held in {held[0]}: "
            "export it as .seqx, .csv, .json, .npz or .safetensors."
        )
    values = _values(record, uses, task, None if file else task.rule)  # its whole file goes in
    texts = {
        name: TEMPLATES.get_template(f"{name}.py.jinja").render(values) for name in (*ALWAYS, *uses)
    }
    parts = {
        name.replace("_", " ").capitalize(): Module(SCRIPT, text) for name, text in texts.items()
    }
    try:
        if file:
            own = Module(file.path.name, decode_source(file.text))
            parts = {"Settings": parts["Settings"], "The task": own, **parts}
        inliner = Inliner(parts)
        sections = inliner.sections(roots)
    except (LookupError, SyntaxError, TypeError, OSError) as error:
        if file is None:
            raise
        raise RunError(
            f"{file.path.name} cannot be made into a self-contained script ({error}): follow "
            "the task template, or export another kind of file."
        ) from error
    about = ast.get_docstring(ast.parse(texts[uses[0]])) or ""
    return about, f"from __future__ import annotations\n\n{inliner.imports()}", sections


def _values(
    record: RunRecord, uses: Sequence[str], task: Task, rule: Callable[..., Drawn] | None
) -> dict[str, Any]:
    """The templates' values by name."""
    e, first = record.begun, first_step(record)
    examples = example_sequences(task, e.seed, 3)
    changes, nets = _changes(record), [_net(one, task, TRAINING in uses) for one in e.contestants]
    tokens, inside = isinstance(task.inputs, Tokens), INSIDE in uses
    by_hand = [
        one for one in e.contestants if inside or not torch_module(cell_named(one.cell).step)
    ]
    words = [task.labels(examples, index) for index in range(3)]
    return {
        "e": e,
        "task": task,
        "record": record,
        "inside": inside,
        "training": TRAINING in uses,
        "adapted": changes or e.warmup or e.schedule != "constant",
        "growing": e.curriculum == "growing",
        "first": first,
        "planned": record.experiment_at(record.info.step).steps,
        "tokens": tokens,
        "read": "nn.functional.one_hot(inputs.long(), INPUTS).float()" if tokens else "inputs",
        "rule": rule,
        "draw": rule.__name__ if rule else "draw_own",
        "params": _parameters(task, rule),
        "questions": [task.question(examples, index) for index in range(3)],
        "words": [each if len(each) <= LABELLED else [] for each in words],
        "chunk": chunk_size(task, e.batch),
        "gaps": curriculum.gaps(e, task).tolist() or [0],
        "changes": changes,
        "stages": {first: e.steps} | {step: new.steps for step, new in record.changes},
        "steps": [
            step_code(cell_named(cell)) for cell in dict.fromkeys(one.cell for one in by_hand)
        ],
        "cells": {one.name: _cell(one) for one in by_hand},
        "gates": {
            one.name: cell_named(one.cell).gates
            for one in e.contestants
            if _biases(one, task) or first_rules(one)
        },
        "nets": nets,
        "gru": any(torch_module(cell_named(one.cell).step) == "nn.GRU" for one in e.contestants),
        "inits": any(map(first_rules, e.contestants)),
        "optimizers": OPTIMIZERS,
        "code": code,
    }


def _parameters(task: Task, rule: Callable[..., Drawn] | None) -> Iterator[str]:
    """The parameters that the task's sequences depend on, with what they mean, line by line."""
    fields = type(task.params).model_fields
    asked = rule.__code__.co_varnames if rule else fields
    for name in filter(asked.__contains__, fields):
        about = fields[name].description or ""
        line = f"    {code(getattr(task.params, name), f'{code(name)}: ', 4)},"
        comment = f"  # {about[:1].lower()}{about[1:]}"
        if len(line + comment) > WIDTH:
            yield textwrap.indent(textwrap.fill(comment[2:], 94, subsequent_indent="# "), "    ")
            comment = ""
        yield line + comment


def _changes(record: RunRecord) -> dict[int, dict[str, tuple[Any, Any]]]:
    """New learning rates and clips, by the step of the change and the contestant."""
    rates = [
        {one.name: (one.lr or e.lr, one.clip or e.clip or INFINITE) for one in e.contestants}
        for e in [record.begun, *(changed for _, changed in record.changes)]
    ]
    pairs = zip(record.changes, pairwise(rates), strict=True)
    return {step: new for (step, _), (old, new) in pairs if new != old}


def _net(one: AnyContestant, task: Task, training: bool) -> Call:
    """A contestant with what differs from the script's defaults."""
    module = torch_module(cell_named(one.cell).step)
    cell = module or f"partial(StepByStep, CELLS[{code(one.name)}])"
    named: dict[str, Any] = {"layers": one.layers if one.layers > 1 else None}
    if training:
        named |= {"optimizer": OPTIMIZERS.get(one.optimizer or ""), "lr": one.lr, "clip": one.clip}
        named |= _biases(one, task) | {"first": first_rules(one) or None}
    return Call("Net", (one.name, Code(cell), one.hidden), named)


def _biases(one: AnyContestant, task: Task) -> dict[str, Any]:
    """First biases of gates, or their signs and the T_max of chrono; {} for cells without."""
    memory, wanted = cell_named(one.cell).memory, memory_bias(one)
    if wanted == "chrono":
        longest = Code("DEPENDENCY") if task.dependency else 1
        return {"bias": dict(memory), "chrono": getattr(one, "chrono_max", None) or longest}
    return {} if wanted is None else {"bias": {gate: sign * wanted for gate, sign in memory[:1]}}


def _cell(one: AnyContestant) -> Call:
    kind = cell_named(one.cell)
    step = Code(step_name(kind))
    given = (step, len(kind.gates), kind.states, *([kind.extras] if kind.extras else []))
    return Call("Cell", given, {"recurrent": None if kind.recurrent else False})


def code(value: Any, before: str = "", at: int = 0) -> str:
    """A value as Python code after `before`: on one line if it fits, else with an entry a line.

    at: its indentation; a comma follows what is indented.
    """
    start, end, comma, entries = "(", ")", ",", list[tuple[str, Any]]()
    if isinstance(value, list) and len(value) > 1 and value == " ".join(map(str, value)).split():
        value, end = " ".join(value), ").split()"
    if type(value) is str:
        parts, comma = [*map(_quoted, PIECE.findall(value))], ""
        line = f"{before}{_quoted(value)}{end[1:]}"
    elif isinstance(value, dict | list | tuple):
        if isinstance(value, Call):
            start, entries = f"{value.name}(", [("", each) for each in value.given]
            entries += [(f"{n}=", each) for n, each in value.named.items() if each is not None]
        elif isinstance(value, dict):
            start, end, entries = "{", "}", [(f"{code(key)}: ", value[key]) for key in value]
        else:
            start, end = "[]" if isinstance(value, list) else "()"
            entries = [("", each) for each in value]
        parts = [code(each, name, at + 4) for name, each in entries]
        last = "," if start == "(" and len(parts) == 1 else ""
        line = f"{before}{start}{', '.join(parts)}{last}{end}"
    else:
        return f"{before}{value!r}"
    if "\n" not in line and at + len(line) + bool(at) <= WIDTH:
        return line
    rows = "".join(f"{' ' * at}    {part}{comma}\n" for part in parts)
    return f"{before}{start}\n{rows}{' ' * at}{end}"


def _quoted(text: str) -> str:
    """A string in double quotes, unless it has some itself."""
    return repr(text) if '"' in text else f'"{repr(chr(39) + text)[2:-1]}"'
