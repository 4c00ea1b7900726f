"""`trace`: gates, states and gradients of a probe, as arrays in a file."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.cli import output
from sandbox.cli.interrupts import Interrupts
from sandbox.cli.request import whole
from sandbox.engine.cells import CELLS
from sandbox.run.engine import Engine, notice
from sandbox.run.replay import trainer_at
from sandbox.store import atomic
from sandbox.store.base import RunError, StoredRun
from sandbox.store.paths import runs_folder
from sandbox.store.runs import RunStore
from sandbox.tasks.base import Role, Sequences, Task
from sandbox.tasks.preview import example_sequences
from sandbox.tasks.registry import task_of
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from argparse import Namespace

    from numpy.typing import NDArray

    from sandbox.engine.trace import Trace
    from sandbox.experiment import Experiment

EXAMPLES = 3  # as in the window
NO_PLACE = (FileNotFoundError, PermissionError, IsADirectoryError, NotADirectoryError)
Clamp = dict[str, dict[str, float]]


def trace(arguments: Namespace) -> int:
    """Write the arrays of the contract for one run, step and probe."""
    store = RunStore(runs_folder())
    stored = store.load(store.resolve(arguments.of))
    step = stored.info.step
    if arguments.step is not None:
        step = whole("step", arguments.step, 0, stored.info.step)
    experiment = stored.experiment_at(step)
    task = task_of(experiment)
    probe = task.encode(arguments.sequence) if arguments.sequence is not None else None
    probe = example_sequences(task, experiment.seed, EXAMPLES) if probe is None else probe
    clamp, target = _clamp(experiment, arguments.clamp), _target(arguments.out)
    _write(target, _arrays(_traces(stored, step, probe, clamp), task, probe))
    output.print_text(f"{target}: run {stored.info.run} at step {step:,}, {len(probe)} sequences.")
    return 0


def _traces(stored: StoredRun, step: int, probe: Sequences, clamp: Clamp) -> dict[str, Trace]:
    with Interrupts():
        engine = Engine()
        engine.load()
        trainer = trainer_at(stored, step, engine)
        output.tell_if(notice())
        try:
            return trainer.trace(probe, clamp)
        finally:
            trainer.close()


def _arrays(traces: dict[str, Trace], task: Task, probe: Sequences) -> dict[str, NDArray[Any]]:
    """By name: gates, states and gradients (T, B, H); inputs and targets (T, B) or (T, B, I).

    cue_steps and query_steps: int32 (B, n), -1 where a sequence has fewer than n.
    """
    arrays: dict[str, NDArray[Any]] = {
        f"{key}.{name}": array for key, one in traces.items() for name, array in one.arrays.items()
    }
    arrays["inputs"] = np.ascontiguousarray(np.swapaxes(probe.inputs, 0, 1))
    arrays["targets"] = np.ascontiguousarray(np.swapaxes(probe.targets, 0, 1))
    arrays["cue_steps"] = _steps_where(probe.roles == Role.CUE)
    arrays["query_steps"] = _steps_where(probe.scored)
    return arrays


def _steps_where(marked: NDArray[np.bool_]) -> NDArray[np.int32]:
    steps = [np.flatnonzero(row) for row in marked]
    found = np.full((len(steps), max(map(len, steps), default=0)), -1, np.int32)
    for row, places in zip(found, steps, strict=True):
        row[: len(places)] = places
    return found


def _clamp(experiment: Experiment, given: list[str]) -> Clamp:
    """{"lstm": {"forget": 1.0}}; ExperimentError says which gates can be held."""
    gates = {each.name: CELLS[each.cell].holdable() for each in experiment.contestants}
    known = ", ".join(f"{name}.{gate}=VALUE" for name, own in gates.items() for gate in own)
    held: Clamp = {}
    for text in given:
        place, _, value = text.partition("=")
        key, _, gate = place.strip().partition(".")
        name, _, replicate = key.partition("#")
        number = _number(value)
        if gate not in gates.get(name, ()) or number is None or not _exists(experiment, replicate):
            raise ExperimentError("--clamp", text, known or "nothing: no contestant has gates")
        held.setdefault(key, {})[gate] = number
    return held


def _exists(experiment: Experiment, replicate: str) -> bool:
    count = experiment.replicates
    return not replicate or (count > 1 and replicate.isdecimal() and int(replicate) < count)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _target(name: str) -> Path:
    if not name.endswith(".npz"):
        raise ExperimentError("--out", name, "a file's name that ends in .npz")
    return Path(name)


def _write(target: Path, arrays: dict[str, NDArray[Any]]) -> None:
    try:
        atomic.write(target, lambda file: np.savez(file, **arrays))  # type: ignore[arg-type]
    except NO_PLACE as error:
        words = f"a file in a folder that can be written ({error.strerror})"
        raise ExperimentError("--out", str(target), words) from None
    except OSError as error:
        raise RunError(f"{target} could not be written: {error.strerror}.") from None
