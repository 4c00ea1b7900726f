"""The registry of tasks, used by the form, the command line and the docs."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from sandbox.tasks.curriculum import check as check_curriculum
from sandbox.validation import ExperimentError, refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sandbox.experiment import Experiment
    from sandbox.tasks.base import Task


_own: dict[str, type[Task]] = {}  # replaced as a whole, since other threads read it
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


def put_own(kinds: Iterable[type[Task]], instead_of: Iterable[str] = ()) -> None:
    """Register these own tasks in one step, replacing those named in `instead_of`.

    ExperimentError, and no change, if a name is a built-in task's.
    """
    global _own
    new = {kind.name: kind for kind in kinds}
    for name in new:
        if name in built_in():
            raise ExperimentError("name", name, "a name that no built-in task has")
    _own = {**{name: kind for name, kind in _own.items() if name not in set(instead_of)}, **new}


@lru_cache(maxsize=1)
def built_in() -> dict[str, type[Task]]:
    """The tasks that come with the sandbox."""
    from sandbox.tasks.adding import Adding
    from sandbox.tasks.continual_reber import ContinualReber
    from sandbox.tasks.copy import Copy
    from sandbox.tasks.counting import Counting
    from sandbox.tasks.fluent import Fluent
    from sandbox.tasks.forecast import Forecast
    from sandbox.tasks.induction import Induction
    from sandbox.tasks.latch import Latch
    from sandbox.tasks.multiplication import Multiplication
    from sandbox.tasks.own import Own
    from sandbox.tasks.parity import Parity
    from sandbox.tasks.reber import Reber
    from sandbox.tasks.recall import Recall
    from sandbox.tasks.selective_copy import SelectiveCopy
    from sandbox.tasks.temporal_order import TemporalOrder
    from sandbox.tasks.water import Water

    kinds: tuple[type[Task], ...] = (
        Water,
        Fluent,
        Forecast,
        Recall,
        Latch,
        Adding,
        Multiplication,
        TemporalOrder,
        Copy,
        SelectiveCopy,
        Reber,
        ContinualReber,
        Counting,
        Parity,
        Induction,
        Own,
    )
    return {task.name: task for task in kinds}


def task_class(name: str) -> type[Task]:
    """The task of that name; ExperimentError lists the known ones."""
    known = tasks()
    if name not in known:
        raise ExperimentError("task", name, f"one of {', '.join(known)}, {ONE_OF_YOUR_OWN}")
    return known[name]


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
