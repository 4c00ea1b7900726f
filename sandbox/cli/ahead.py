"""`ahead RUN`: how far off forecasts are, by the number of steps ahead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.cells.known import called
from sandbox.cli import output
from sandbox.cli.request import whole
from sandbox.cli.stored_steps import stored_step
from sandbox.engine.errors_ahead import better_in_words, steps_to_forecast
from sandbox.engine.free_running import MOST
from sandbox.tasks.registry import task_of
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator

    from sandbox.engine.errors_ahead import ErrorsAhead


def show_errors(arguments: Namespace) -> int:
    """Print the errors of a run's nets and of simple forecasts, a line a step ahead."""
    at = stored_step(arguments.name, arguments.step)
    steps = steps_to_forecast(task_of(at.experiment))
    if arguments.steps is not None:
        steps = whole("steps", arguments.steps, 1, MOST)
    with at.trainer() as trainer:
        found = trainer.errors_ahead(steps)
    if found is None:
        accepts = f"a run of forecast with more than {steps:,} held-out values"
        raise ExperimentError("run", at.run, accepts)
    cells = {contestant.name: contestant.cell for contestant in at.experiment.contestants}
    titles = {key: called(key, cells[key.partition("#")[0]]) for key in found.nets}
    end = {
        "event": "end",
        "run": at.run,
        "step": at.step,
        "better_until": {key: found.better_until(key) for key in found.nets},
    }
    output.answer(arguments, _in_words(found, titles), *_events(found), end)
    return 0


def _events(found: ErrorsAhead) -> Iterator[dict[str, Any]]:
    for at in range(found.steps):
        yield {
            "event": "ahead",
            "steps": at + 1,
            "errors": {key: float(errors[at]) for key, errors in found.nets.items()},
            "simple": {name: float(errors[at]) for name, errors in found.simple.items()},
            "unit": found.unit,
            "places": found.places,
        }


def _in_words(found: ErrorsAhead, titles: dict[str, str]) -> str:
    """A table with a row a step ahead, and a sentence about each net."""
    columns = [*found.nets.values(), *found.simple.values()]
    head = ("steps ahead", *titles.values(), *found.simple)
    rows = [
        (f"{at + 1:,}", *(f"{errors[at]:#.4g}" for errors in columns)) for at in range(found.steps)
    ]
    unit = f" in {found.unit}" if found.unit else ""
    about = f"RMS error{unit} of forecasts from {found.places:,} places, fed on themselves."
    sentences = (better_in_words(found, key, title) for key, title in titles.items())
    return "\n".join([about, "", output.table(head, rows), "", *sentences])
