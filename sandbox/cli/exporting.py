"""`runs export` and `runs import`."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sandbox.cli import output
from sandbox.cli.interrupts import Interrupts
from sandbox.cli.request import whole
from sandbox.export import files
from sandbox.store import seqx
from sandbox.store.base import InputError
from sandbox.store.runs import RunStore, runs_file
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from argparse import Namespace

MOST_TIMES = 4


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
    output.answer(arguments, line, f"{path}: run {run}, {what}.{others}")
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
    output.answer(arguments, {"event": "imported", "run": run}, text)
    return 0


def _options(arguments: Namespace) -> files.Options:
    if arguments.by not in ("step", "seconds"):
        raise ExperimentError("--by", arguments.by, "step or seconds")
    scale = whole("--scale", arguments.scale, 1, MOST_TIMES)
    axis: Literal["step", "seconds"] = arguments.by
    return files.Options(arguments.contestant, scale, axis)
