"""Values for the templates of a run's PyTorch script, as Python code."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING, Any

from sandbox.engine.cells import CELLS
from sandbox.engine.checkpoint import RECENT
from sandbox.engine.initialisation import memory_bias
from sandbox.engine.optimizer_constants import MOMENTUM, RMSPROP_ALPHA
from sandbox.engine.trainer import EVALUATE_EVERY
from sandbox.export.pytorch_weights import MODULES
from sandbox.export.recorded import first_step
from sandbox.tasks import curriculum, user_tasks
from sandbox.tasks.base import Tokens
from sandbox.tasks.batches import chunk_size
from sandbox.tasks.preview import example_sequences
from sandbox.tasks.registry import task_of
from sandbox.tasks.streams import Purpose

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from sandbox.experiment import AnyContestant, Experiment
    from sandbox.store.base import RunRecord
    from sandbox.tasks.base import Drawn, Task

WIDTH = 100  # characters a line
LABELLED = 60  # steps: longer sequences have no labels in a picture
OPTIMIZERS = {
    "adam": "torch.optim.Adam",
    "rmsprop": f"partial(torch.optim.RMSprop, alpha={RMSPROP_ALPHA})",
    "momentum": f"partial(torch.optim.SGD, momentum={MOMENTUM})",
    "sgd": "torch.optim.SGD",
}
PURPOSES = (  # of random numbers, with their names in scripts
    ("BATCHES", int(Purpose.BATCHES)),
    ("FIRST_WEIGHTS", int(Purpose.INITIALISATION)),
    ("EXAMPLES", int(Purpose.EXAMPLES)),
)
Changes = dict[int, dict[str, tuple[float, float]]]


def context(record: RunRecord, uses: Collection[str]) -> dict[str, Any]:
    """The templates' values by name.

    uses: "training", "loading", or both and "notebook".
    """
    e, step, first = record.begun, record.info.step, first_step(record)
    task, planned = task_of(e), record.experiment_at(record.info.step).steps
    cells = list(dict.fromkeys(one.cell for one in e.contestants))
    inits = list(dict.fromkeys(recurrent_init(one) for one in e.contestants))
    kept = [memory(one) for one in e.contestants]
    modules = [one for one in e.contestants if one.cell in MODULES]
    by_hand = [one for one in e.contestants if "notebook" in uses or one not in modules]
    own = [net(e, one, "training" in uses) for one in e.contestants]
    purposes = PURPOSES[: 2 if "training" in uses else 0] + PURPOSES[2:] * ("loading" in uses)
    return {
        **{use: use in uses for use in ("training", "loading", "notebook")},
        **(examples(task, e.seed) if "loading" in uses else {}),
        "purposes": " = ".join(", ".join(map(str, each)) for each in zip(*purposes, strict=True)),
        "nets": "(\n" + "".join(f"    {each},\n" for each in own) + ")",
        "equations": list(dict.fromkeys(one.cell for one in by_hand)),
        "stepped": table((one.name, stepwise(one)) for one in by_hand),
        "e": e,
        "task": task,
        "step": step,
        "first": first,
        "planned": f"  # of {planned:,} that were planned" if planned > step else "",
        "tokens": isinstance(task.inputs, Tokens),
        "classes": task.loss == "cross_entropy",
        "output_kind": "values a step" if task.loss == "squared_error" else "answers to tell apart",
        "gru": "gru" in cells,
        "two_biases": bool(modules),
        "layered": any(one.layers > 1 for one in e.contestants),
        "inits": inits if inits != ["default"] else [],
        "chrono": any("chrono" in each for each in kept),
        "chrono_max": any("chrono_max" in each for each in kept),
        "biased": any("bias" in each for each in kept),
        "gates": one_line(
            {one.name: CELLS[one.cell].gates for one in e.contestants if memory(one)}, "GATES = "
        ),
        "scheduled": e.schedule != "constant" or e.warmup > 0,
        "planned_steps": plain({first: e.steps} | {at: new.steps for at, new in record.changes}),
        "mixed": e.curriculum in ("range", "power_law"),
        "growing": e.curriculum == "growing",
        "gaps": curriculum.gaps(e, task).tolist(),
        "gap_power": e.gap_power if e.curriculum == "power_law" else 0,
        "recent": RECENT,
        "grow_every": EVALUATE_EVERY,
        "chunk": chunk_size(task, e.batch),
        "cuda": e.device == "cuda",
        "changes": changes(record),
        "clip": plain(math.inf if e.clip is None else e.clip),
        "optimizer": OPTIMIZERS[e.optimizer],
        "task_params": parameters(task),
        "plain": plain,
        "names": names(task.outputs),
    }


def examples(task: Task, seed: int) -> dict[str, Any]:
    """QUESTIONS about the three example sequences and the WORDS of their steps, as code."""
    shown = example_sequences(task, seed, 3)
    questions = [task.question(shown, index) for index in range(3)]
    words = [task.labels(shown, index) for index in range(3)]
    if len(words[0]) > LABELLED:
        words = [[], [], []]
    return {"questions": listed(questions), "words": listed(words)}


def rates(experiment: Experiment, one: AnyContestant) -> tuple[float, float]:
    """A contestant's learning rate and clip; a clip of infinity does nothing."""
    lr = one.lr if one.lr is not None else experiment.lr
    clip = one.clip if one.clip is not None else experiment.clip
    return lr, math.inf if clip is None else clip


def changes(record: RunRecord) -> str:
    """New learning rate and clip by step of the change and contestant, as code; "" for none."""
    found: Changes = {}
    now = {one.name: rates(record.begun, one) for one in record.begun.contestants}
    for step, experiment in record.changes:
        new = {one.name: rates(experiment, one) for one in experiment.contestants}
        different = {name: rate for name, rate in new.items() if rate != now.get(name)}
        if different:
            found[step] = found.get(step, {}) | different
        now |= new
    return table((step, plain(each)) for step, each in found.items()) if found else ""


def recurrent_init(one: AnyContestant) -> str:
    """How a contestant's recurrent weights start; "default" if it has no such field."""
    return str(getattr(one, "recurrent_init", "default"))


def memory(one: AnyContestant) -> dict[str, Any]:
    """Gates whose initial bias is set: {"chrono": {gate: sign}} or {"bias": {gate: value}}.

    With "chrono_max" if the contestant sets it; {} for other cells.
    """
    wanted = memory_bias(one)
    if wanted is None:
        return {}
    pairs = CELLS[one.cell].memory
    if wanted == "chrono":
        chosen = getattr(one, "chrono_max", None)
        longest = {} if chosen is None else {"chrono_max": chosen}
        return {"chrono": dict(pairs), **longest}
    return {"bias": {gate: sign * wanted for gate, sign in pairs[:1]}}


def net(e: Experiment, one: AnyContestant, training: bool) -> str:
    """A contestant as `Net(...)`, with what differs from the script's defaults."""
    (lr, clip), init = rates(e, one), recurrent_init(one)
    values: dict[str, Any] = {"layers": one.layers} if one.layers > 1 else {}
    if training:
        if one.optimizer not in (None, e.optimizer):
            values["optimizer"] = Code(OPTIMIZERS[one.optimizer])
        own = {"lr": (lr, e.lr), "clip": (clip, math.inf if e.clip is None else e.clip)}
        values |= {name: mine for name, (mine, runs) in own.items() if mine != runs}
        values |= memory(one) | ({} if init == "default" else {"recurrent_init": init})
    cell = MODULES.get(one.cell) or f"CELLS[{plain(one.name)}]"
    return call("Net", [one.name, Code(cell), one.hidden], values, 4)


def stepwise(one: AnyContestant) -> Code:
    """A contestant's cell as a StepByStep module, in code."""
    kind = CELLS[one.cell]
    values: dict[str, Any] = {"gates": len(kind.gates)}
    values |= {"states": kind.states} if kind.states != ("hidden",) else {}
    values |= {"extras": kind.extras} if kind.extras else {}
    values |= {} if kind.recurrent else {"recurrent": False}
    return Code(call("partial", [Code("StepByStep"), Code(one.cell)], values, 4, len(one.name) + 4))


def rule_of(task: Task) -> Callable[..., Drawn] | None:
    """What a script draws by; None for a task of the user's, whose whole file goes in instead."""
    return None if user_tasks.file_of(task.name) else task.rule


def parameters(task: Task) -> str:
    """The parameters that the task's sequences depend on, as code, with what they mean."""
    fields, lines = type(task.params).model_fields, []
    rule = rule_of(task)
    asked = rule.__code__.co_varnames if rule else fields.keys()
    for name, value in task.params.model_dump().items():
        if name in asked:
            line, about = f'    "{name}": {plain(value)},', fields[name].description or ""
            comment = f"  # {about[:1].lower()}{about[1:]}"
            if len(line + comment) > WIDTH:
                above = textwrap.fill(comment[4:], WIDTH - 6).splitlines()
                lines += [f"    # {each}" for each in above]
                comment = ""
            lines.append(line + comment)
    return "\n".join(["{", *lines, "}"]) if lines else "{}"


class Code(str):
    """Text that is already code."""


def call(name: str, first: Iterable[Any], values: Mapping[str, Any], at: int, used: int = 0) -> str:
    """`name(first, …, key=value, …)`, broken as ruff breaks it if the line is too long.

    at: its indentation.  used: characters before it in its line.
    """
    parts = [*map(plain, first), *(f"{key}={plain(value)}" for key, value in values.items())]
    line, end = ", ".join(parts), " " * at
    if at + used + len(name) + len(line) + 3 <= WIDTH:
        return f"{name}({line})"
    if at + 4 + len(line) <= WIDTH:
        return f"{name}(\n{end}    {line}\n{end})"
    return f"{name}(\n" + "".join(f"{end}    {part},\n" for part in parts) + f"{end})"


def one_line(values: Mapping[Any, Any], before: str) -> str:
    """A dictionary on one line if it fits after `before`, else one entry per line; "" if empty."""
    line = plain(dict(values)) if values else ""
    return line if len(before + line) <= WIDTH else table((k, plain(v)) for k, v in values.items())


def table(rows: Iterable[tuple[Any, str]]) -> str:
    """`{key: code, …}`, one entry per line; "" if there are none."""
    lines = "".join(f"    {plain(key)}: {code},\n" for key, code in rows)
    return f"{{\n{lines}}}" if lines else ""


def names(words: tuple[str, ...]) -> str:
    """A list of names, as code: a split string if no name has white space."""
    if any(word.split() != [word] or '"' in word or "\\" in word for word in words):
        return listed(words)
    lines = textwrap.fill(" ".join(words), WIDTH, break_on_hyphens=False, break_long_words=False)
    line = f'"{lines}".split()'
    return line if "\n" not in lines and len(line) < 88 else f'"""\n{lines}\n""".split()'


def listed(values: Iterable[Any]) -> str:
    """A list, as code, one entry per line; long texts are split."""
    rows = []
    for value in values:
        text = plain(value)
        if isinstance(value, str) and len(text) + 5 > WIDTH:
            pieces = textwrap.wrap(value, WIDTH - 20, drop_whitespace=False)
            text = "(\n        " + "\n        ".join(map(plain, pieces)) + "\n    )"
        elif isinstance(value, list) and value:
            text = names(tuple(value)) if len(text) + 5 > WIDTH else text
        rows.append(f"    {text},\n")
    return f"[\n{''.join(rows)}]"


def plain(value: Any) -> str:
    """A value as Python code, in double quotes."""
    if isinstance(value, Code):
        return value
    if isinstance(value, str):
        quoted = repr("'" + value)  # in double quotes, since it has a single one
        return f'"{quoted[2:-1]}"' if '"' not in value else repr(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{plain(k)}: {plain(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(plain, value)) + "]"
    if isinstance(value, tuple):
        inner = ", ".join(map(plain, value))
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    return "math.inf" if value == math.inf else repr(value)
