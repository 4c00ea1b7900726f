"""`runs`: list, show, delete and restore what is kept, and how much space it may take."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sandbox.cli import output
from sandbox.run import words
from sandbox.store import budget
from sandbox.store.runs import RunStore, runs_file
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from argparse import Namespace

    from sandbox.store.base import RunInfo, StoredRun


def list_runs(arguments: Namespace) -> int:
    """List every run, oldest first."""
    runs = RunStore(runs_file(), output.tell).list()
    if output.wants_json(arguments):
        for run in runs:
            output.print_json({"run": run.run, "damage": run.damage} if run.damage else _line(run))
    elif not runs:
        output.print_text("There are no runs yet; `train` makes one.")
    else:
        head = ("run", "task", "steps", "of", "best", "saved (UTC)")
        output.print_text(output.table(head, [_row(run) for run in runs if not run.damage]))
    for run in runs:
        if run.damage:
            output.tell(run.damage)
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
    output.answer(arguments, {"event": "deleted", "run": run}, text)
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
    output.answer(arguments, {"event": "restored", "run": run}, f"Run {run} is restored.")
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
    output.answer(arguments, {"event": "budget", **asdict(found)}, text)
    return 0


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
    return (
        f"{who}: loss {cell['loss']:.4f}, {cell['accuracy']:.1%} right on fresh sequences "
        f"at step {cell['evaluated_at']:,}"
    )
