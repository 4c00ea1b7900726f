"""`trace`: write gates, states, gradients and answers on a probe to a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.cells.known import cell_named
from sandbox.cells.surgery import LESION, SurgeryError, read_hold
from sandbox.cli import output
from sandbox.cli.stored_steps import stored_step
from sandbox.engine.free_running import steps_ahead
from sandbox.engine.holding import merged, steps_of
from sandbox.export.traces import arrays
from sandbox.insight.patches import patched
from sandbox.store import atomic
from sandbox.store.base import RunError
from sandbox.tasks.preview import example_sequences
from sandbox.tasks.registry import task_of
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from sandbox.cells.surgery import Hold
    from sandbox.engine.holding import Held
    from sandbox.engine.trainer import Trainer
    from sandbox.experiment import Experiment

EXAMPLES = 3  # as in the window
NO_PLACE = (FileNotFoundError, PermissionError, IsADirectoryError, NotADirectoryError)
MOST_EXAMPLES = 10_000


def trace(arguments: Namespace) -> int:
    """Write the arrays of one run, step and probe."""
    at = stored_step(arguments.of, arguments.step)
    experiment = at.experiment
    task = task_of(experiment)
    if arguments.sequence is None:
        probe = example_sequences(task, experiment.seed, EXAMPLES)
    else:
        probe = task.encode(arguments.sequence)
    target = Path(arguments.out)
    if target.suffix != ".npz":
        raise ExperimentError("--out", arguments.out, "a file name that ends in .npz")
    with at.trainer() as trainer:
        further_steps = steps_ahead(probe.roles.shape[1])
        held = _held(arguments, experiment, trainer, probe.roles.shape[1] + further_steps)
        length = slice(0, probe.roles.shape[1])
        traces = trainer.trace(probe, {key: steps_of(own, length) for key, own in held.items()})
        further = trainer.ahead(probe, further_steps, held)
    _write(target, arrays(traces, task, probe, further))
    output.print_text(f"{target}: run {at.run} at step {at.step:,}, {len(probe)} sequences.")
    return 0


def _held(
    arguments: Namespace, experiment: Experiment, trainer: Trainer, steps: int
) -> dict[str, Held]:
    """What --clamp, --lesion and --patch hold in T steps, by net; ExperimentError."""
    held: dict[str, Held] = {}
    for option, field in (("--clamp", "clamp"), ("--lesion", "lesion")):
        for text in getattr(arguments, field):
            for key, hold in _holds(option, text, trainer, experiment):
                if hold.steps and hold.steps[-1][1] >= steps:
                    raise ExperimentError(option, text, f"steps from 0 to {steps - 1}")
                held[key] = merged(held.get(key, {}), trainer.held({key: (hold,)}, steps)[key])
    task = task_of(experiment)
    for text in arguments.patch:
        for key, hold in _holds("--patch", text, trainer, experiment):
            _check_patch(text, hold)
            donors = example_sequences(task, experiment.seed, int(hold.value) + 1)
            donor = donors.pick(int(hold.value))
            if not hold.steps[0][0] < min(steps, int(donor.scored.shape[1])):
                raise ExperimentError("--patch", text, f"a step from 0 to {steps - 1}")
            traced = trainer.trace(donor)[key]
            hidden = traced.arrays["hidden"].shape[2]
            held[key] = merged(held.get(key, {}), patched(traced, (hold,), hidden, steps))
    return held


def _holds(
    option: str, text: str, trainer: Trainer, experiment: Experiment
) -> Iterator[tuple[str, Hold]]:
    """The nets that an option names, and what it holds; ExperimentError says what can be held."""
    lesion = option == "--lesion"
    name, what = _name_and_rest(text, lesion)
    keys = [key for key in trainer.keys if name in (key, key.partition("#")[0])]
    if not keys:
        raise ExperimentError(option, text, f"the name of a net first: {', '.join(trainer.keys)}")
    contestant = experiment.contestant(keys[0].partition("#")[0])
    try:
        hold = read_hold(LESION + what if lesion else what)
        hold.check(cell_named(contestant.cell), contestant.hidden, contestant.layers)
    except SurgeryError as error:
        raise ExperimentError(option, text, error.accepts) from None
    if not lesion and hold.line == LESION:
        raise ExperimentError(option, text, "a gate or a state; --lesion takes units")
    for key in keys:
        yield key, hold


def _name_and_rest(text: str, lesion: bool) -> tuple[str, str]:
    """A net's name, and what follows the point, or of a lesion the name."""
    if not lesion:
        name, _, rest = text.strip().partition(".")
        return name, rest
    end = min(place if (place := text.find(mark)) >= 0 else len(text) for mark in "[@")
    return text[:end].strip(), text[end:]


def _check_patch(text: str, hold: Hold) -> None:
    one = len(hold.steps) == 1 and hold.steps[0][0] == hold.steps[0][1]
    if not one or not 0 <= hold.value <= MOST_EXAMPLES or hold.value != int(hold.value):
        accepts = f"NET.STATE[UNITS]@STEP=N, one step and an example from 0 to {MOST_EXAMPLES}"
        raise ExperimentError("--patch", text, accepts)


def _write(target: Path, found: dict[str, NDArray[Any]]) -> None:
    try:
        atomic.write(target, lambda file: np.savez(file, **found))  # type: ignore[arg-type]
    except NO_PLACE as error:
        words = f"a file in a folder that can be written ({error.strerror})"
        raise ExperimentError("--out", str(target), words) from None
    except OSError as error:
        raise RunError(f"{target} could not be written: {error.strerror}.") from None
