"""`trace`: write gates, states, gradients and answers on a probe to a file."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.cells.known import cell_named
from sandbox.cli import output
from sandbox.cli.stored_steps import stored_step
from sandbox.engine.free_running import steps_ahead
from sandbox.export.traces import arrays
from sandbox.store import atomic
from sandbox.store.base import RunError
from sandbox.tasks.preview import example_sequences
from sandbox.tasks.registry import task_of
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from argparse import Namespace

    from numpy.typing import NDArray

    from sandbox.experiment import Experiment

EXAMPLES = 3  # as in the window
NO_PLACE = (FileNotFoundError, PermissionError, IsADirectoryError, NotADirectoryError)
Clamp = dict[str, dict[str, float]]


def trace(arguments: Namespace) -> int:
    """Write the arrays of one run, step and probe."""
    at = stored_step(arguments.of, arguments.step)
    experiment = at.experiment
    task = task_of(experiment)
    if arguments.sequence is None:
        probe = example_sequences(task, experiment.seed, EXAMPLES)
    else:
        probe = task.encode(arguments.sequence)
    clamp, target = _clamp(experiment, arguments.clamp), Path(arguments.out)
    if target.suffix != ".npz":
        raise ExperimentError("--out", arguments.out, "a file name that ends in .npz")
    with at.trainer() as trainer:
        traces = trainer.trace(probe, clamp)
        further = trainer.ahead(probe, steps_ahead(probe.roles.shape[1]), clamp)
    _write(target, arrays(traces, task, probe, further))
    output.print_text(f"{target}: run {at.run} at step {at.step:,}, {len(probe)} sequences.")
    return 0


def _clamp(experiment: Experiment, given: list[str]) -> Clamp:
    """Read --clamp into {"lstm": {"forget": 1.0}}; ExperimentError names what can be held."""
    gates = {each.name: cell_named(each.cell).holdable() for each in experiment.contestants}
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
