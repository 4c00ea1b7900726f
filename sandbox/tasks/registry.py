"""The one registry of tasks: it feeds the form, the command line and the docs."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from pydantic import ValidationError

from sandbox.validation import ExperimentError, refusal

if TYPE_CHECKING:
    from sandbox.experiment import Experiment
    from sandbox.tasks.base import Task


@lru_cache(maxsize=1)
def tasks() -> dict[str, type[Task]]:
    """Every task by name, in the order in which a picker shows them."""
    from sandbox.tasks.adding import Adding
    from sandbox.tasks.fluent import Fluent
    from sandbox.tasks.recall import Recall
    from sandbox.tasks.temporal_order import TemporalOrder
    from sandbox.tasks.water import Water

    return {task.name: task for task in (Water, Fluent, Recall, Adding, TemporalOrder)}


def task_class(name: str) -> type[Task]:
    """The task of that name; ExperimentError lists what there is."""
    if name not in tasks():
        raise ExperimentError("task", name, "one of " + ", ".join(tasks()))
    return tasks()[name]


def task_of(experiment: Experiment) -> Task:
    """The experiment's task with its parameters; ExperimentError names a wrong one."""
    kind = task_class(experiment.task)
    try:
        params = kind.Params.model_validate(dict(experiment.params))
    except ValidationError as error:
        raise refusal(error, kind.Params) from None
    return kind(params)


def complete(experiment: Experiment) -> Experiment:
    """The experiment with every parameter of its task filled in and checked."""
    return experiment.changed(params=task_of(experiment).params.model_dump())
