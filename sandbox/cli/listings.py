"""`tasks`, `tasks show` and `cells`, as text or JSON lines; `cells new` and `cells check`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandbox.about import about
from sandbox.cells.cell import Cell, layer_size
from sandbox.cells.known import CELLS
from sandbox.cells.lexer import lines_of
from sandbox.cli import output
from sandbox.cli.own_data import with_own_data
from sandbox.cli.request import whole
from sandbox.contestants import CONTESTANTS, OwnCellError
from sandbox.experiment import Experiment
from sandbox.settings import with_settings
from sandbox.store.cell_files import cell_in, name_for, write_example
from sandbox.tasks import preview
from sandbox.tasks.registry import complete, task_class, task_of, tasks
from sandbox.validation import ExperimentError, accepted

if TYPE_CHECKING:
    from argparse import Namespace

MOST_SHOWN = 1000
WRONG = 2  # the exit status of a wrong request


def list_tasks(arguments: Namespace) -> int:
    """List every task with its parameters."""
    if output.wants_json(arguments):
        for kind in tasks().values():
            output.print_json(preview.describe(kind))
    else:
        output.print_text(preview.catalogue())
    return 0


def show_task(arguments: Namespace) -> int:
    """Print sequences of one task."""
    seed = whole("seed", arguments.seed, 0, 2**32 - 1)
    count = whole("count", arguments.count, 1, MOST_SHOWN)
    task_class(arguments.name)
    experiment = Experiment(task=arguments.name)
    changed = with_own_data(with_settings(experiment, arguments.settings))
    _refuse_other_fields(experiment, changed)
    task = task_of(complete(changed))
    if output.wants_json(arguments):
        sequences = preview.example_sequences(task, seed, count)
        for index in range(count):
            output.print_json(preview.as_data(task, sequences, index))
    else:
        output.print_text(preview.show(task, seed, count))
    return 0


def list_cells(arguments: Namespace) -> int:
    """List every cell with its equations, gates and parameters."""
    cells = [_described(cell) for cell in CELLS.values()]
    output.answer(arguments, "\n\n".join(map(_entry, cells)), *cells)
    return 0


def new_cell(arguments: Namespace) -> int:
    """Write an example of a cell file and say what to do with it."""
    path = write_example(Path(arguments.file))
    text = (
        f"{path} is a working cell with comments on how to change it; check it with "
        f"`cells check {arguments.file}`, and train it with `train --cell-file {arguments.file}`."
    )
    output.answer(arguments, text, {"event": "written", "file": str(path)})
    return 0


def check_cell(arguments: Namespace) -> int:
    """Print what a cell file has, or what is wrong with it and where."""
    try:
        cell = cell_in(arguments.file)
    except OwnCellError as error:
        output.tell(str(error))
        output.tell(_marked(error))
        return WRONG
    found = {
        "cell": name_for(arguments.file),
        "title": cell.title,
        "gates": list(cell.gates),
        "states": list(cell.states),
        "vectors": list(cell.extras),
        "holdable": list(cell.holdable()),
        "parameters": layer_size(cell, "I"),
    }
    output.answer(arguments, _in_words(cell, found), found)
    return 0


def _marked(error: OwnCellError) -> str:
    """The line of an error, and a caret under the place."""
    line = lines_of(error.text)[error.error.line - 1]
    shown = "".join(letter if letter.isprintable() else " " for letter in line)
    return f"    {shown}\n    {' ' * (error.error.column - 1)}^"


def _in_words(cell: Cell, found: dict[str, Any]) -> str:
    lines = [f"{found['cell']}: {cell.title}"]
    lines += [f"    {line}" for line in cell.equations.splitlines()]
    for name in ("gates", "states", "vectors"):
        what = " (trained numbers, one a unit: no line is called so)" if name == "vectors" else ""
        lines += [f"{name}: {', '.join(found[name])}{what}"] if found[name] else []
    lines.append(f"parameters of a layer with I inputs and H units: {found['parameters']}")
    return "\n".join(lines)


def _refuse_other_fields(old: Experiment, new: Experiment) -> None:
    """Raise ExperimentError for settings that do not affect sequences."""
    before = old.model_dump()
    for name, value in new.model_dump().items():
        if name != "params" and value != before[name]:
            known = ", ".join(task_class(old.task).Params.model_fields)
            raise ExperimentError(name, value, f"no value here; {old.task} has: {known}")


def _described(cell: Cell) -> dict[str, Any]:
    return {
        "name": cell.name,
        "title": cell.title,
        "about": cell.about,
        "equations": cell.equations,
        "source": cell.source,
        "gates": list(cell.gates),
        "holdable": list(cell.holdable()),
        "pictures": [asdict(picture) for picture in cell.pictures],
        "parameters": _fields(cell),
        "size": f"{layer_size(cell, 'I')} + O(H + 1)",
        "size_of_further_layers": layer_size(cell, "H"),
    }


def _fields(cell: Cell) -> list[dict[str, Any]]:
    kind = CONTESTANTS[cell.name]
    schema = kind.model_json_schema()["properties"]
    return [
        {
            "name": name,
            "description": field["description"],
            "default": field["default"],
            "accepts": accepted(field),
        }
        for name, field in schema.items()
        if about(kind, name).group
    ]


def _entry(cell: dict[str, Any]) -> str:
    lines = [cell["name"], f"    {cell['title']}, {cell['source']}"]
    lines += [f"    {cell['about']}"] if cell["about"] else []
    lines += [f"        {line}" for line in cell["equations"].splitlines()]
    lines.append(f"    {cell['size']} parameters with I inputs, H units and O outputs")
    lines.append(f"    {cell['size_of_further_layers']} more for each further layer")
    lines += [f"    {p['title']}: {p['meaning']}" for p in cell["pictures"]]
    for field in cell["parameters"]:
        default = "none" if field["default"] is None else field["default"]
        name = f"--set {cell['name']}.{field['name']}={default}"
        lines.append(f"    {name}: {field['description']} ({field['accepts']})")
    return "\n".join(lines)
