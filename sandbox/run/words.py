"""What happens in a run, in sentences a person reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.engine.cells import CELLS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.experiment import Experiment
    from sandbox.tasks.base import Task

_TITLES = {"lr": "learning rate", "clip": "clip", "steps": "steps", "optimizer": "optimiser"}


def title(key: str, cell: str) -> str:
    """A contestant as it is called: "LSTM", "LSTM 2", "LSTM #1", or the name it was given."""
    name, _, replicate = key.partition("#")
    number = name.removeprefix(cell)
    numbered = name.startswith(cell) and (not number or number.isdigit()) and cell in CELLS
    called = f"{CELLS[cell].title} {number}".strip() if numbered else name
    return f"{called} #{replicate}" if replicate else called


def solved(who: str, step: int, task: Task, splits: Mapping[str, tuple[float, float]]) -> str:
    """That a contestant met the task's criterion, with its worst split."""
    count = task.criterion.sequences
    if task.criterion.metric == "accuracy":
        worst = min(accuracy for _, accuracy in splits.values())
        return f"{who} solved at step {step:,}: {worst:.1%} of {count:,} fresh sequences"
    worst = max(loss for loss, _ in splits.values())
    return f"{who} solved at step {step:,}: loss {worst:.3g} on {count:,} fresh sequences"


def changed(old: Experiment, new: Experiment) -> str:
    """What is different, as "learning rate 0.003 -> 0.001, clip 1 -> none"; "" for nothing."""
    parts = _differences("", old.model_dump(), new.model_dump())
    for before, after in zip(old.contestants, new.contestants, strict=False):
        parts += _differences(f"{after.name} ", before.model_dump(), after.model_dump())
    return ", ".join(parts)


def finished(steps: int, keys: Mapping[str, str], solved_at: Mapping[str, int | None]) -> str:
    """That all steps are taken, and who solved the task by then."""
    parts = []
    for key, cell in keys.items():
        at = solved_at.get(key)
        outcome = "did not solve it" if at is None else f"solved it at step {at:,}"
        parts.append(f"{title(key, cell)} {outcome}")
    return f"All {steps:,} steps are done: {', '.join(parts)}."


def all_diverged(step: int) -> str:
    """That nobody is left."""
    return (
        f"Training stopped at step {step:,}: no contestant is left that could go on; "
        "a smaller learning rate or clip helps."
    )


def unsaved(error: OSError) -> str:
    """That the run is not being saved, why, and what to do."""
    reason = (error.strerror or str(error)).rstrip(".")
    return (
        f"The run is not being saved ({reason}); training goes on, and saving is tried again: "
        "make room, or point SEQUENCE_SANDBOX_HOME at a folder that can be written."
    )


def _differences(owner: str, old: Mapping[str, object], new: Mapping[str, object]) -> list[str]:
    return [
        f"{owner}{called} {_shown(old[name])} -> {_shown(new[name])}"
        for name, called in _TITLES.items()
        if name in old and name in new and old[name] != new[name]
    ]


def _shown(value: object) -> str:
    return "none" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
