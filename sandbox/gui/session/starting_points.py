"""What another task takes over from an experiment."""

from __future__ import annotations

from sandbox.experiment import Experiment
from sandbox.tasks.registry import with_task

KEPT_APART = {"task", "params", "seed"}  # a task's own, and what the person draws anew


def with_picked_task(experiment: Experiment, name: str, preset: Experiment | None) -> Experiment:
    """The experiment with another task.

    preset: of the claim that was opened; fields that are still as it set them get their
    defaults, so that a claim's settings are left with its task.
    """
    if preset is not None:
        first = Experiment()
        fields = {
            field: getattr(first, field)
            for field in set(Experiment.model_fields) - KEPT_APART
            if getattr(experiment, field) == getattr(preset, field)
        }
        experiment = experiment.changed(**fields)
    return with_task(experiment, name)
