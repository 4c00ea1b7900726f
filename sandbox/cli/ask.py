"""`ask RUN`: what a run's nets do, and why, with the numbers behind each sentence."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sandbox.cells.known import called
from sandbox.cli import output
from sandbox.cli.stored_steps import stored_step
from sandbox.insight.asking import ask
from sandbox.insight.dynamics import dynamics
from sandbox.insight.subject import subject_of
from sandbox.run.words import counted
from sandbox.tasks.preview import example_sequences
from sandbox.tasks.registry import task_of
from sandbox.tasks.shown import unit_of_length
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator

    from sandbox.insight.asking import Insight
    from sandbox.insight.dynamics import Dynamics

UNITS_SHOWN = 5  # in words; --json has all


def ask_run(arguments: Namespace) -> int:
    """Print findings, gradient, units and fixed points of a run's nets."""
    at = stored_step(arguments.name, arguments.step)
    experiment, task = at.experiment, task_of(at.experiment)
    with at.trainer() as trainer:
        weights, cells = trainer.weights(), trainer.keys
    keys = [key for key in cells if arguments.cell in (None, key, key.partition("#")[0])]
    if not keys:
        raise ExperimentError("--cell", arguments.cell, f"one of {', '.join(cells)}")
    examples = example_sequences(task, experiment.seed, 1)
    events: list[dict[str, Any]] = []
    words: list[str] = []
    for key in keys:
        subject = subject_of(experiment, key, weights[key], task)
        found = ask(subject, called(key, cells[key]), examples)
        dynamic = dynamics(subject)
        assert found is not None
        assert dynamic is not None
        events += [*_events(found), *_dynamic_events(dynamic)]
        words.append(f"{_in_words(found)}\n{_dynamics_in_words(dynamic)}")
    end = {"event": "end", "run": at.run, "step": at.step}
    output.answer(arguments, "\n\n".join(words), *events, end)
    return 0


def _events(found: Insight) -> Iterator[dict[str, Any]]:
    key = found.subject.key
    for each in found.findings():
        yield {
            "event": "finding",
            "cell": key,
            "text": each.text,
            "evidence": {name: _plain(value) for name, value in each.evidence.items()},
        }
    yield {
        "event": "gradient",
        "cell": key,
        "decay_per_step": _plain(found.flow.decay_per_step),
        "half_life": _plain(found.flow.half_life),
        "at_cue": _plain(found.flow.at_cue),
    }
    tells = found.carriers.measure("tells")
    for unit in range(len(tells)):
        yield {
            "event": "unit",
            "cell": key,
            "unit": unit,
            "tells": _plain(float(tells[unit])),
            "patch_effect": _plain(float(found.carriers.swap[unit])),
            "lesion_effect": _plain(float(found.carriers.lesion[unit])),
        }


def _dynamic_events(found: Dynamics) -> Iterator[dict[str, Any]]:
    """The verdict, and every fixed and slow point; a size that does not change has a null."""
    verdict = found.verdict
    evidence = {"dynamics": verdict.kind, "input": found.input, **verdict.evidence}
    yield {
        "event": "finding",
        "cell": found.key,
        "text": verdict.text,
        "evidence": {name: _plain(value) for name, value in evidence.items()},
    }
    for point in found.points:
        yield {
            "event": "fixed_point",
            "cell": found.key,
            "speed": point.speed,
            "fixed": point.fixed,
            "unstable": point.unstable,
            "neutral": point.neutral,
            "eigenvalues": [[value.real, value.imag] for value in point.eigenvalues.tolist()],
            "time_constants": [_plain(value) for value in point.time_constants.tolist()],
        }


def _dynamics_in_words(found: Dynamics) -> str:
    """The verdict, what was found, and under which input."""
    fixed = sum(point.fixed for point in found.points)
    slow = len(found.points) - fixed
    counts = f"{counted(fixed, 'fixed point')}, {counted(slow, 'slow point')}"
    return f"  Dynamics: {found.verdict.text}\n    {counts}; constant input: {found.input}"


def _plain(value: Any) -> Any:
    """A value that JSON can hold: null for what is not finite."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _in_words(found: Insight) -> str:
    """A net's findings, its gradient, and a table of the units that matter most."""
    per = unit_of_length(found.subject.task).removesuffix("s")
    said = [f"  {each.text}" for each in found.findings()] or ["  Nothing stands out."]
    if flow := found.flow.words(per):
        said.append(f"  Gradient: {flow}.")
    carriers = found.carriers
    order = carriers.ranked("swap")[:UNITS_SHOWN]
    tells = carriers.measure("tells")
    rows = [
        (
            f"{unit + 1}",
            f"{carriers.swap[unit]:.3f}",
            f"{carriers.lesion[unit]:.1%}",
            f"{tells[unit]:.1%}",
        )
        for unit in order
    ]
    head = ("unit", "swap moves the answer", "lost without it", "a readout tells")
    table = output.table(head, rows) if not math.isnan(float(carriers.swap[0])) else ""
    return "\n".join(filter(None, [found.title, *said, table]))
