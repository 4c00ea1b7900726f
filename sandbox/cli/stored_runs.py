"""`runs`: list, show, delete, restore, export and import what is kept, and limit its size."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandbox.cli import output
from sandbox.cli.interrupts import Interrupts
from sandbox.cli.request import whole
from sandbox.export import files
from sandbox.run import words
from sandbox.store import budget, seqx
from sandbox.store.base import InputError
from sandbox.store.runs import RunStore, runs_file
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from argparse import Namespace

    from sandbox.store.base import RunInfo, StoredRun

MOST_TIMES = 4  # scale of a .png


def list_runs(arguments: Namespace) -> int:
    """List every run, oldest first."""
    runs = RunStore(runs_file(), output.tell).list()
    head = ("run", "task", "steps", "of", "best", "saved (UTC)")
    table = output.table(head, [_row(run) for run in runs if not run.damage])
    text = table if runs else "There are no runs yet; `train` makes one."
    lines = ({"run": run.run, "damage": run.damage} if run.damage else _line(run) for run in runs)
    output.answer(arguments, text, *lines)
    for run in runs:
        output.tell(run.damage or "")
    return 0


def show_run(arguments: Namespace) -> int:
    """Show the experiment, results and events of one run."""
    store = RunStore(runs_file(), output.tell)
    run = store.load(store.resolve(arguments.name))
    if output.wants_json(arguments):
        experiment = run.experiment_at(run.info.step).model_dump(mode="json")
        events = [{k: v for k, v in event.items() if k != "experiment"} for event in run.events]
        output.print_json({**_line(run.info), "experiment": experiment, "events": events})
    else:
        output.print_text(_described(run))
    return 0


def delete_run(arguments: Namespace) -> int:
    """Delete one run; it can be restored for a week."""
    with closing(RunStore(runs_file(), output.tell)) as store:
        run = store.resolve(arguments.name)
        store.delete(run)
    text = f"Run {run} is deleted; `runs restore {run}` brings it back within a week."
    output.answer(arguments, text, {"event": "deleted", "run": run})
    return 0


def restore_run(arguments: Namespace) -> int:
    """Restore a deleted run; ExperimentError if there is none of that id."""
    run = arguments.name
    with closing(RunStore(runs_file(), output.tell)) as store:
        deleted = store.deleted()
        if run not in deleted:
            known = ", ".join(deleted) or "but no run is deleted"
            raise ExperimentError("run", run, f"the id of a deleted run, {known}")
        store.restore(run)
    output.answer(arguments, f"Run {run} is restored.", {"event": "restored", "run": run})
    return 0


def budget_of_runs(arguments: Namespace) -> int:
    """How much space all runs take and may take; a new limit if one is given."""
    with closing(RunStore(runs_file(), output.tell)) as store:
        if arguments.size is not None:
            store.set_budget(_size(arguments.size))
        found = store.usage()
    used, limit = budget.in_units(found.used), budget.in_units(found.budget)
    text = (
        f"All runs take {used} of {limit}. If they take more, the oldest give up checkpoints; "
        "curves, results, starred and exported runs stay as they are."
    )
    output.answer(arguments, text, {"event": "budget", **asdict(found)})
    return 0


def export_run(arguments: Namespace) -> int:
    """Write a run in the format of the file's ending."""
    path = Path(arguments.to)
    with closing(RunStore(runs_file(), output.tell)) as store, Interrupts():
        run, options = store.resolve(arguments.name), _options(arguments)
        record = store.record(run)
        written = files.export(record, path, options)
        store.mark_exported(run)
    what = files.ENDINGS[path.suffix.lower()]
    if path.suffix.lower() == ".onnx":
        what = f"{what}, {options.contestant or files.best(record)}"
    names = [str(each) for each in written]
    others = "".join(f"\n{name}" for name in names if name != str(path))
    line = {"event": "exported", "run": run, "files": names}
    output.answer(arguments, f"{path}: run {run}, {what}.{others}", line)
    return 0


def import_run(arguments: Namespace) -> int:
    """Store the run of an experiment file."""
    opened = seqx.read(Path(arguments.file))
    if opened.record is None:
        raise InputError(
            f"{arguments.file} has no run in it, only an experiment: train it with "
            f"`train --experiment {arguments.file}`."
        )
    with closing(RunStore(runs_file(), output.tell)) as store:
        run = store.import_run(opened.record)
    text = f"Run {run} is stored; `train --resume {run}` continues it."
    output.answer(arguments, text, {"event": "imported", "run": run})
    return 0


def _options(arguments: Namespace) -> files.Options:
    if arguments.by not in ("step", "seconds"):
        raise ExperimentError("--by", arguments.by, "step or seconds")
    scale = whole("--scale", arguments.scale, 1, MOST_TIMES)
    return files.Options(arguments.contestant, scale, arguments.by)


def _size(text: str) -> int:
    """A budget in bytes; ExperimentError if it is none, or too small."""
    try:
        size = budget.bytes_of(text)
    except (ValueError, OverflowError):
        size = 0
    if size < budget.LEAST:
        least = budget.in_units(budget.LEAST)
        raise ExperimentError("budget", text, f"a size of at least {least}, such as 2GB or 500MB")
    return size


def _line(run: RunInfo) -> dict[str, Any]:
    line = asdict(run)
    line.pop("damage")
    return line


def _row(run: RunInfo) -> tuple[str, ...]:
    accuracies = {k: c["accuracy"] for k, c in run.cells.items() if c.get("accuracy") is not None}
    best = max(accuracies, key=lambda key: accuracies[key], default=None)
    score = "-" if best is None else f"{best} {accuracies[best]:.1%}"
    saved = run.updated[:19].replace("T", " ")
    return run.run, run.task, f"{run.step:,}", f"{run.steps:,}", score, saved


def _described(run: StoredRun) -> str:
    info, experiment = run.info, run.experiment_at(run.info.step)
    parameters = ", ".join(f"{name}={value}" for name, value in experiment.params.items())
    lines = [
        f"Run {info.run}: {info.task} ({parameters}), seed {experiment.seed}",
        f"{info.step:,} of {info.steps:,} steps, {info.seconds:.1f} s of training",
        *(_result(key, cell) for key, cell in info.cells.items()),
        *(f"step {event['step']:,}: {event['text']}" for event in run.events if "text" in event),
    ]
    return "\n".join(lines)


def _result(key: str, cell: Any) -> str:
    who = words.title(key, cell["cell"])
    if cell.get("accuracy") is None:
        return f"{who}: not solved yet"
    units = f" ({cell['in_units']})" if cell.get("in_units") else ""
    return (
        f"{who}: loss {cell['loss']:.4f}{units}, {cell['accuracy']:.1%} right on fresh sequences "
        f"at step {cell['evaluated_at']:,}"
    )
