"""What happens in a run, in sentences a person reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.engine.cells import called
from sandbox.run.differences import differences

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sandbox.experiment import Experiment
    from sandbox.store.base import RunInfo
    from sandbox.tasks.base import Task

title = called  # of a contestant


def solved(who: str, step: int, task: Task, splits: Mapping[str, tuple[float, float]]) -> str:
    """That a contestant met the task's criterion, with the worst of the splits that decide."""
    judged = [splits[split] for split in task.judged_on()]
    counts = "/".join(f"{n:,}" for n in dict.fromkeys(map(task.test_size, task.judged_on())))
    fresh = f"{counts} fresh sequence{'' if counts == '1' else 's'}"
    if task.criterion.metric == "accuracy":
        worst = min(accuracy for _, accuracy in judged)
        return f"{who} solved at step {step:,}: {worst:.1%} of {fresh}"
    worst = max(loss for loss, _ in judged)
    return f"{who} solved at step {step:,}: loss {worst:.3g} on {fresh}"


def grew(who: str, step: int, gap: int) -> str:
    """That a contestant goes on with a longer gap."""
    return f"{who} goes on with gap {gap:,} from step {step:,}"


def edited(old: Experiment, new: Experiment) -> str:
    """Every difference as what was done: "gap 50 → 60, LSTM 2 added"; "" for none."""
    found = differences(old, new)
    if old.task != new.task:
        found = found[:1]
    return ", ".join(each.edit for each in found)


def new_run(old: Experiment, new: Experiment, steps: int) -> str:
    """That an edit began another run, and what became of the one before, which took `steps`."""
    kept = f"; the run before ({counted(steps, 'step')}) is kept" if steps else ""
    what = edited(old, new)
    return f"{f'new run: {what}' if what else 'started again'}{kept}"


def counted(number: int, thing: str) -> str:
    """A number of things: "1 step", "2,275 steps"."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def finished(
    steps: int,
    keys: Mapping[str, str],
    solved_at: Mapping[str, int | None],
    remarks: Mapping[str, str] | None = None,
) -> str:
    """That all steps are taken, who solved the task by then, and what else was found of each."""
    parts = []
    for key, cell in keys.items():
        at = solved_at.get(key)
        outcome = "did not solve it" if at is None else f"solved it at step {at:,}"
        remark = (remarks or {}).get(key, "")
        parts.append(f"{title(key, cell)} {outcome}{f' and {remark}' if remark else ''}")
    return f"All {steps:,} steps are done: {', '.join(parts)}."


def forked(step: int, anew: Sequence[tuple[str, str]]) -> str:
    """Where a fork begins, and who begins it untrained: (key, cell) each."""
    sentence = f"Forked at step {step:,}"
    if not anew:
        return f"{sentence}: every net goes on with the weights it had there."
    names = ", ".join(title(key, cell) for key, cell in anew)
    verb = "begins" if len(anew) == 1 else "begin"
    return f"{sentence}: {names} {verb} untrained, since what was there does not fit."


def solved_before(who: str, step: int) -> str:
    """That a fork's net had solved the task before it was forked."""
    return f"{who} solved it at step {step:,}, before the fork"


def interrupted(info: RunInfo) -> str:
    """That a run ended before its time, and where."""
    gap = "" if info.gap is None else f", gap {info.gap:,}"
    return (
        f"Training was interrupted at step {info.step:,} of {info.steps:,} "
        f"({info.task}{gap}); all of it up to there is kept."
    )


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


def without_kernels(fault: str, wanted: bool) -> str:
    """That PyTorch trains every net, how much slower, what mends it, and last the reason."""
    so = "PyTorch trains all nets, ten to twenty times slower, since"
    if wanted:
        return f"{so} {fault}; start without that variable to have the kernels back."
    doctor = "`python3 main.py doctor` says what mends it"
    return f"{so} kernels cannot be compiled here; {doctor} ({fault})."
