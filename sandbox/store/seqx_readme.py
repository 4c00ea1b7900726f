"""README.txt of an experiment file: the experiment, its results, and how to read the file."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from sandbox.about import settings_in_force
from sandbox.cells.known import cell_named, is_own
from sandbox.reading.data import name_of
from sandbox.store.base import Net
from sandbox.store.seqx_archive import CHECKPOINT, CURVES, EVENTS, EXPERIMENT, README, RUN
from sandbox.tasks import user_tasks
from sandbox.tasks.registry import complete, task_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from numpy.typing import NDArray

    from sandbox.experiment import Experiment
    from sandbox.store.base import RunRecord

_CODE = f"""
    import json, zipfile
    from safetensors.numpy import load

    with zipfile.ZipFile({{name!r}}) as file:
        experiment = json.loads(file.read("{EXPERIMENT}"))
        run = json.loads(file.read("{RUN}"))
        events = json.loads(file.read("{EVENTS}"))
        curves = load(file.read("{CURVES}"))
        weights = load(file.read("{{last}}"))
"""


def readme(
    name: str, experiment: Experiment, record: RunRecord | None, curves: Mapping[str, Any]
) -> str:
    """The text.  name: the file's.  curves: the arrays of curves.safetensors."""
    parts = [
        "Sequence Sandbox: an experiment file",
        "====================================",
        "",
        *_what(experiment),
        "",
        *(_results(record) if record else ["It has not been trained yet."]),
        "",
        "What is in it",
        "-------------",
        f"{README}: this text.",
        f"{EXPERIMENT}: everything that decides the numbers, as JSON.",
        *(_entries(record, curves) if record else ()),
        "",
        "How to open it",
        "--------------",
        f"With Sequence Sandbox: python3 main.py {shlex.quote(name)}",
        *(_in_python(name, record) if record else ()),
    ]
    return "\n".join(parts) + "\n"


def _what(experiment: Experiment) -> Iterator[str]:
    task = task_of(experiment)
    own = complete(experiment).params
    params = ", ".join(f"{name} {value}" for name, value in own.items() if value != "")
    yield f"Task: {task.title} ({task.name}; {params}). {task.summary}"
    if isinstance(data := own.get("data"), str) and data:
        yield (
            f"Its data file {name_of(data)} (SHA-256 beginning {data[:16]}) is not included: "
            "open it before this file."
        )
    if (file := user_tasks.file_of(task.name)) is not None:
        yield (
            f"The task is its author's own and not included: open {file.path.name} (SHA-256 "
            f"{file.sha256}) before this file."
        )
    for one in experiment.contestants:
        told = ", ".join([cell_named(one.cell).title, *settings_in_force(one)])
        yield f"Net: {one.name} ({told})"
        if is_own(one.cell):
            yield from (f"    {line}" for line in cell_named(one.cell).equations.splitlines())
    yield f"Training: {', '.join(settings_in_force(experiment))}"


def _results(record: RunRecord) -> Iterator[str]:
    info = record.info
    steps = f"{info.step:,} of {info.steps:,} steps"
    yield f"Run {info.run} has taken {steps} in {info.seconds:,.1f} s of training."
    if info.origin:
        yield f"It is a fork of run {info.origin.parent} at step {info.origin.step:,}."
    for key, result in info.cells.items():
        yield f"{key} {_result(result)}"
    if info.note:
        yield f"Note: {info.note}"


def _result(result: Mapping[str, Any]) -> str:
    solved, diverged = result.get("solved_at"), result.get("diverged_at")
    outcome = f"solved it at step {solved:,}" if solved is not None else "did not solve it"
    if diverged is not None:
        outcome += f" and stopped at step {diverged:,}, where its loss or gradient is not finite"
    loss, accuracy = result.get("loss"), result.get("accuracy")
    if loss is None or accuracy is None:
        return outcome + "."
    units = f" ({result['in_units']})" if result.get("in_units") else ""
    return (
        f"{outcome}; on fresh sequences its loss is {loss:.4g}{units}, its accuracy {accuracy:.1%}."
    )


def _entries(record: RunRecord, curves: Mapping[str, Any]) -> Iterator[str]:
    steps = list(record.checkpoints)
    yield f"{RUN}: the run's entry in the list, its results, and the steps of its checkpoints."
    yield f"{EVENTS}: what happened, {len(record.events):,} events, each with its step and kind."
    yield f"{CURVES}: measurements of every training step, as safetensors:"
    yield from _arrays(curves)
    yield "    The columns of clock are a step and the seconds of training up to it."
    first, last = CHECKPOINT.format(steps[0]), CHECKPOINT.format(steps[-1])
    names = last if len(steps) == 1 else f"{first} to {last}"
    yield f"{names}: {len(steps):,} checkpoints, from which training can resume, with:"
    yield from _arrays(record.state)
    yield "    weights are a net's parameters, m and v its optimiser's state, all in this order:"
    yield from _layouts(record.begun)


def _arrays(arrays: Mapping[str, NDArray[Any]]) -> Iterable[str]:
    return (f"    {name}: {array.dtype} {array.shape}" for name, array in arrays.items())


def _layouts(experiment: Experiment) -> Iterator[str]:
    task = task_of(experiment)
    for one in experiment.contestants:
        shapes = Net(one, experiment.seed).layout(task).shapes
        order = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        yield f"    {one.name}: {order}; gates {', '.join(cell_named(one.cell).gates)}"


def _in_python(name: str, record: RunRecord) -> Iterator[str]:
    yield "With Python, numpy and safetensors (pip install numpy safetensors):"
    yield _CODE.format(name=name, last=CHECKPOINT.format(record.info.step))
    yield "The file is a plain zip; once unpacked, load_file reads each .safetensors."
