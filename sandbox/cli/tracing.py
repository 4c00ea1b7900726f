"""`trace`: write gates, states, gradients and answers on a probe to a file."""

from __future__ import annotations

import math
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.cli import output
from sandbox.cli.interrupts import Interrupts
from sandbox.cli.request import whole
from sandbox.engine.cells import CELLS
from sandbox.engine.free_running import steps_ahead
from sandbox.export.traces import arrays
from sandbox.run.engine import Engine, notice
from sandbox.run.looking import replayed
from sandbox.store import atomic
from sandbox.store.base import RunError
from sandbox.store.runs import RunStore, runs_file
from sandbox.tasks.preview import example_sequences
from sandbox.tasks.registry import task_of
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from argparse import Namespace

    from numpy.typing import NDArray

    from sandbox.engine.trace import Trace
    from sandbox.experiment import Experiment
    from sandbox.store.base import StoredRun
    from sandbox.tasks.base import Sequences

EXAMPLES = 3  # as in the window
NO_PLACE = (FileNotFoundError, PermissionError, IsADirectoryError, NotADirectoryError)
Clamp = dict[str, dict[str, float]]


def trace(arguments: Namespace) -> int:
    """Write the arrays of one run, step and probe."""
    store = RunStore(runs_file(), output.tell)
    stored = store.load(store.resolve(arguments.of))
    step = stored.info.step
    if arguments.step is not None:
        step = whole("step", arguments.step, 0, stored.info.step)
    experiment = stored.experiment_at(step)
    task = task_of(experiment)
    if arguments.sequence is None:
        probe = example_sequences(task, experiment.seed, EXAMPLES)
    else:
        probe = task.encode(arguments.sequence)
    clamp, target = _clamp(experiment, arguments.clamp), Path(arguments.out)
    if target.suffix != ".npz":
        raise ExperimentError("--out", arguments.out, "a file name that ends in .npz")
    traces, further = _traces(store, stored, step, probe, clamp)
    _write(target, arrays(traces, task, probe, further))
    output.print_text(f"{target}: run {stored.info.run} at step {step:,}, {len(probe)} sequences.")
    return 0


def _traces(
    store: RunStore, stored: StoredRun, step: int, probe: Sequences, clamp: Clamp
) -> tuple[dict[str, Trace], dict[str, NDArray[Any]]]:
    """Each net's trace, and its free-running answers if the task has them."""
    with Interrupts():
        checkpoint = partial(store.checkpoint, stored.info.run)
        replay = replayed(Engine(), stored.begun, stored.changes, checkpoint, step)
        output.tell(notice())
        try:
            steps = steps_ahead(probe.roles.shape[1])
            return replay.trainer.trace(probe, clamp), replay.trainer.ahead(probe, steps, clamp)
        finally:
            replay.close()


def _clamp(experiment: Experiment, given: list[str]) -> Clamp:
    """Read --clamp into {"lstm": {"forget": 1.0}}; ExperimentError names what can be held."""
    gates = {each.name: CELLS[each.cell].holdable() for each in experiment.contestants}
    known = ", ".join(f"{name}.{gate}=VALUE" for name, own in gates.items() for gate in own)
    if experiment.replicates > 1:
        numbers = range(experiment.replicates)
        gates |= {f"{name}#{n}": own for name, own in gates.items() for n in numbers}
    held: Clamp = {}
    for text in given:
        place, _, value = text.partition("=")
        key, _, gate = place.strip().partition(".")
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if gate not in gates.get(key, ()) or not math.isfinite(number):
            raise ExperimentError("--clamp", text, known or "nothing: no contestant has gates")
        held.setdefault(key, {})[gate] = number
    return held


def _write(target: Path, found: dict[str, NDArray[Any]]) -> None:
    try:
        atomic.write(target, lambda file: np.savez(file, **found))  # type: ignore[arg-type]
    except NO_PLACE as error:
        words = f"a file in a folder that can be written ({error.strerror})"
        raise ExperimentError("--out", str(target), words) from None
    except OSError as error:
        raise RunError(f"{target} could not be written: {error.strerror}.") from None
