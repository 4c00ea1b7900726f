"""The registry of tasks, used by the form, the command line and the docs."""

from __future__ import annotations

from functools import lru_cache
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from sandbox.settings import field_labelled
from sandbox.tasks.curriculum import check as check_curriculum
from sandbox.validation import ExperimentError, refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sandbox.experiment import Experiment
    from sandbox.tasks.base import Task


_own: dict[str, type[Task]] = {}  # replaced as a whole, since other threads read it
# Module and class, in the order of the picker; loaded when first asked for.
BUILT_IN = """
water:Water fluent:Fluent forecast:Forecast recall:Recall latch:Latch marked:Adding
marked:Multiplication temporal_order:TemporalOrder copy:Copy copy:SelectiveCopy reber:Reber
reber:ContinualReber counting:Counting parity:Parity induction:Induction own:Own
"""
ONE_OF_YOUR_OWN = (
    "or a task of your own, whose Python file has to be opened first (File > Open task file…, or "
    "--task-file FILE)"
)


def tasks() -> dict[str, type[Task]]:
    """Every task by name in the order of the picker; the user's own come last."""
    return {**built_in(), **_own}


def own_tasks() -> dict[str, type[Task]]:
    """The tasks from the user's files, by name."""
    return dict(_own)


def set_own(kinds: Iterable[type[Task]]) -> None:
    """Make these the own tasks, in one step."""
    global _own
    _own = {kind.name: kind for kind in kinds}


@lru_cache(maxsize=1)
def built_in() -> dict[str, type[Task]]:
    """The tasks that come with the sandbox."""
    kinds = (resolve_name(f"{__package__}.{place}") for place in BUILT_IN.split())
    return {kind.name: kind for kind in kinds}


def task_class(name: str) -> type[Task]:
    """The task of that name; ExperimentError lists the known ones."""
    known = tasks()
    if name not in known:
        raise ExperimentError("task", name, f"one of {', '.join(known)}, {ONE_OF_YOUR_OWN}")
    return known[name]


def task_title(name: str) -> str:
    """The task's title, or its name if this version does not know it."""
    return tasks()[name].title if name in tasks() else name


def task_of(experiment: Experiment) -> Task:
    """The experiment's task with its parameters; ExperimentError names a wrong one."""
    kind = task_class(experiment.task)
    for name, value in experiment.params.items():
        if name not in kind.Params.model_fields and (field := field_labelled(name)):
            raise ExperimentError(name, value, f"nothing: the name of that field is {field}")
    try:
        params = kind.Params.model_validate(dict(experiment.params))
    except ValidationError as error:
        raise refusal(error, kind.Params) from None
    return kind(params)


def complete(experiment: Experiment) -> Experiment:
    """The experiment with every parameter of its task filled in and checked."""
    task = task_of(experiment)
    check_curriculum(experiment, task)
    return experiment.changed(params=task.params.model_dump())


def with_task(experiment: Experiment, name: str) -> Experiment:
    """The experiment with another task at its defaults."""
    fields: dict[str, Any] = {"task": name, "params": {}, "gap_from": None}
    if task_class(name).gap_field is None:
        fields["curriculum"] = "fixed"
    return experiment.changed(**fields)


def with_param(experiment: Experiment, name: str, value: object) -> Experiment:
    """The experiment with another value of one of its task's parameters."""
    return experiment.changed(params={**experiment.params, name: value})
