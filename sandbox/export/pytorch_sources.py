"""How this project's own source is edited into a PyTorch script's: tasks and cells."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING

from sandbox.engine.cells import CELLS
from sandbox.export.own_data import of_one_series, without_files
from sandbox.export.pytorch_settings import MODULES, WIDTH, plain, table
from sandbox.export.source_edits import Edit, Places, edited, renamed, specialised
from sandbox.export.source_slice import names_in
from sandbox.tasks.base import Task

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.engine.cells import Cell
    from sandbox.experiment import Frozen
    from sandbox.export.pytorch_settings import Settings
    from sandbox.export.source import Edits

PARTS = "sandbox.export.pytorch_parts."
NAMES = ("batches", "stepwise", "nets", "start", "training", "loading", "embedded", "gates")
SETTINGS = PARTS + "settings"
ABOUT_ANY_TASK = ("sandbox.tasks.batches", "sandbox.tasks.curriculum", "sandbox.tasks.preview")
EQUATIONS = "sandbox.engine.reference_cells"
ABOUT_PANELS = "  Panels draw cue, filler and query as bands."
WITH_GAP = '''
    def with_gap(self, gap: int) -> {name}:
        """This task with another gap."""
        return type(self)(replace(self.params, **{{self.gap_field: gap}}))
'''
INDENT = "    # "
FUTURE = "from __future__ import annotations\n"


def edits(task: Task, settings: Settings) -> Edits:
    """What is done to each module's text before anything is taken from it."""
    facts = asdict(settings.facts)
    own = type(task)
    return {
        **{PARTS + part: partial(specialised, facts=facts) for part in NAMES},
        **{name: partial(renamed, names={"Task": own.__name__}) for name in ABOUT_ANY_TASK},
        "sandbox.tasks.base": lambda text: text.replace(ABOUT_PANELS, ""),
        **without_files(),
        **_of_the_task(task),
        EQUATIONS: equations_as_modules,
        SETTINGS: lambda text: specialised(text, facts) + statements(task, settings),
    }


def _of_the_task(task: Task) -> Edits:
    """Edits of its module, of those that it inherits from, and of its parameters'."""
    params, above = type(task.params), type(task).__mro__
    kinds = [kind for kind in above if issubclass(kind, Task) and kind is not Task]
    names = {kind.Params.__name__: params.__name__ for kind in kinds}

    def edit(text: str, module: str) -> str:
        if any(kind.__module__ == module for kind in kinds):
            text = renamed(standing_alone(of_one_series(text, task)), names)
        return with_plain_parameters(text, task.params) if module == params.__module__ else text

    modules = {*(kind.__module__ for kind in kinds), params.__module__}
    return {module: partial(edit, module=module) for module in modules}


def statements(task: Task, settings: Settings) -> str:
    """The settings' values, and the imports that they need, as the end of their module."""
    cells = {cell: module_name(CELLS[cell]) for cell in settings.cells}
    modules = {cell: MODULES.get(cell, name) for cell, name in cells.items()}
    own, params = type(task), type(task.params)
    return "\n".join(
        [
            "",
            "import numpy as np",
            "import torch",
            "from functools import partial",
            "from pathlib import Path",
            "from torch import nn",
            "from sandbox.tasks.curriculum import Mixture, shares",
            f"from {own.__module__} import {own.__name__}",
            f"from {params.__module__} import {params.__name__}",
            *(f"from {EQUATIONS} import {name}" for name in cells.values()),
            settings.constants(),
            settings.nets(),
            f"TASK = {own.__name__}({params.__name__}())",
            "MIXTURE = Mixture(TASK, GAPS, shares(GAPS, GAP_POWER))",
            table("RECURRENT", modules),
            table("STEPPED", cells),
            settings.gates(),
            settings.optimizers(),
            "",
        ]
    )


def standing_alone(text: str) -> str:
    """A task's source without its base class, which has little but annotations."""
    places = Places(text)
    found = []
    for owner in ast.parse(text).body:
        if isinstance(owner, ast.ClassDef) and any(_is_name(base, "Task") for base in owner.bases):
            first, last = places.span(owner.bases[0])[0], places.span(owner.bases[-1])[1]
            others = [places.segment(base) for base in owner.bases if not _is_name(base, "Task")]
            found.append(Edit(first - 1, last + 1, f"({', '.join(others)})" if others else ""))
            found.append(_inherited(owner, places))
            found.append(_with_gap(owner, places))
            found += [
                Edit(*places.span(node), "self.params = params")
                for node in ast.walk(owner)
                if isinstance(node, ast.Expr)
                and places.segment(node).startswith("super().__init__")
            ]
    return f"{edited(text, found)}\nfrom dataclasses import replace\n"


def _inherited(owner: ast.ClassDef, places: Places) -> Edit:
    """The base class's values that the task does not set itself, behind its docstring."""
    own = {name for node in owner.body if isinstance(node, ast.Assign) for name in names_in([node])}
    base = ast.parse(inspect.getsource(Task)).body[0]
    assert isinstance(base, ast.ClassDef)
    lines = [
        f"    {node.target.id} = {plain(getattr(Task, node.target.id))}\n"
        for node in base.body
        if isinstance(node, ast.AnnAssign)
        and node.value is not None
        and isinstance(node.target, ast.Name)
        and node.target.id not in own
    ]
    _, place = places.lines(owner.body[0].lineno, owner.body[0].end_lineno or 0)
    return Edit(place, place, "\n" + "".join(lines))


def _with_gap(owner: ast.ClassDef, places: Places) -> Edit:
    """The base class's method of that name, for plain parameters, behind all others."""
    _, place = places.lines(owner.lineno, owner.end_lineno or 0)
    own = {node.name for node in owner.body if isinstance(node, ast.FunctionDef)}
    return Edit(place, place, "" if "with_gap" in own else WITH_GAP.format(name=owner.name))


def with_plain_parameters(text: str, params: Frozen) -> str:
    """A task's source with a plain dataclass in place of its validated parameters.

    Its defaults are the run's values.
    """
    places = Places(text)
    name = type(params).__name__
    owner = next(
        node
        for node in ast.parse(text).body
        if isinstance(node, ast.ClassDef) and node.name == name
    )
    rows = "".join(
        _commented(f"    {key}: {type(value).__name__} = {plain(value)}", _comment(params, key))
        for key, value in params.model_dump().items()
    )
    written = (
        f"@dataclass(frozen=True)\nclass {name}:\n"
        f'    """{inspect.cleandoc(type(params).__doc__ or "")}"""\n\n{rows}'
    )
    text = edited(text, [Edit(*places.span(owner), written.rstrip("\n"))])
    return f"{text}\nfrom dataclasses import dataclass\n"


def equations_as_modules(text: str) -> str:
    """The cells' equations, each as the `step` of a module, without held gates."""
    steps = _steps(text)
    functions = {name: CELLS[cell] for cell, name in steps.items()}
    text = edited(text, _without_holding(text, set(functions)))
    places = Places(text)
    classes = [
        Edit(*places.span(node), _module(functions[node.name], node, places))
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef) and node.name in functions
    ]
    text = edited(text, classes).replace("torch.Tensor", "Tensor")
    more = f"from torch import Tensor\nfrom {PARTS}stepwise import StepByStep\n"
    return text.replace(FUTURE, f"{FUTURE}\n{more}", 1)


def module_name(cell: Cell) -> str:
    """What a cell's module is called: "LSTMPeephole"."""
    return "".join(word[0].upper() + word[1:] for word in re.findall(r"\w+", cell.title))


def _steps(text: str) -> dict[str, str]:
    """STEPS as it is written: cell -> the name of its function."""
    for node in ast.parse(text).body:
        if isinstance(node, ast.AnnAssign) and _is_name(node.target, "STEPS"):
            assert isinstance(node.value, ast.Dict)
            return {
                ast.literal_eval(key): value.id
                for key, value in zip(node.value.keys, node.value.values, strict=True)
                if key is not None and isinstance(value, ast.Name)
            }
    raise LookupError("STEPS")


def _without_holding(text: str, functions: set[str]) -> Iterator[Edit]:
    """hold("input", value) -> value."""
    places = Places(text)
    for function in ast.parse(text).body:
        if isinstance(function, ast.FunctionDef) and function.name in functions:
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and _is_name(node.func, "hold"):
                    yield Edit(*places.span(node), places.segment(node.args[1]))


def _module(cell: Cell, function: ast.FunctionDef, places: Places) -> str:
    """The class text of a cell; the function's first argument is what the weights see."""
    seen, past, p = (each.arg for each in function.args.args[:3])
    body = [node for node in function.body if not _is_docstring(node)]
    first, last = body[0].lineno, body[-1].end_lineno
    assert last is not None
    start, stop = places.lines(first, last)
    equations = places.text[start:stop].rstrip("\n").splitlines()
    note = ast.get_docstring(function)
    signature = f"def step(self, {seen}: Tensor, {past}: Tensors, {p}: Tensors) -> Tensors:"
    lines = [
        f"class {module_name(cell)}(StepByStep):",
        *_docstring(cell),
        "",
        *(f"    {line}" for line in _attributes(cell)),
        "",
        f"    {signature}",
        *([f'        """{note}"""'] if note else []),
        *(f"    {line}" if line else "" for line in equations),
    ]
    return "\n".join(lines)


def _docstring(cell: Cell) -> list[str]:
    first, *more = f"{cell.title}: {cell.equations}".splitlines()
    source = [f"    {cell.source}"] if cell.source else []
    return [f'    """{first}', *(f"    {line}" for line in more), "", *source, '    """']


def _attributes(cell: Cell) -> Iterator[str]:
    for name in ("gates", "states", "extras"):
        values = getattr(cell, name)
        quoted = ", ".join(f'"{value}"' for value in values)
        if values and not (name == "states" and values == ("hidden",)):
            yield f"{name} = ({quoted}{',' if len(values) == 1 else ''})"
    if not cell.recurrent:
        yield "recurrent = False"


def _commented(line: str, comment: str) -> str:
    """A line with its comment behind it, or above it where that would be too long."""
    if len(line) + len(comment) + 4 <= WIDTH:
        return f"{line}  # {comment}\n"
    return (
        textwrap.fill(comment, WIDTH, initial_indent=INDENT, subsequent_indent=INDENT)
        + f"\n{line}\n"
    )


def _comment(params: Frozen, field: str) -> str:
    description = type(params).model_fields[field].description or ""
    return description[:1].lower() + description[1:]


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
