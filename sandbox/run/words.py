"""Sentences for the user about what happens in a run."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sandbox.cells.known import called
from sandbox.run.differences import LINE, differences
from sandbox.tasks.registry import task_title

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sandbox.experiment import Experiment
    from sandbox.run.differences import Difference
    from sandbox.store.base import RunInfo
    from sandbox.tasks.base import Task

MOST_LINES = 2  # of a cell that are listed in an edit
title = called  # of a contestant


def solved(who: str, step: int, task: Task, splits: Mapping[str, tuple[float, float]]) -> str:
    """A contestant met the task's criterion: when, and its worst score on the deciding splits."""
    counts = "/".join(f"{n:,}" for n in dict.fromkeys(map(task.test_size, task.judged_on())))
    fresh = f"{counts} fresh sequences"
    if counts == "1":  # a stream
        fresh = f"one fresh sequence of {', '.join(task.judged_on())}"
    worst, _ = worst_score(task, splits)
    right = task.criterion.metric == "accuracy"
    score = f"{worst:.1%} of" if right else f"mean loss {worst:.3g}{beside(task, worst)} on"
    return f"{who} solved at step {step:,}: {score} {fresh}"


def worst_score(task: Task, splits: Mapping[str, tuple[float, float]]) -> tuple[float, str]:
    """The worst score on the splits that decide, and its words; NaN and "" if none was evaluated.

    splits: (loss, accuracy) by split.  For example (0.984, "98.4% on unseen filler").
    """
    scores = {split: splits[split] for split in task.judged_on() if split in splits}
    if not scores:
        return math.nan, ""
    if task.criterion.metric == "accuracy":
        split = min(scores, key=lambda name: scores[name][1])
        score = scores[split][1]
        found = f"{math.floor(score * 1000) / 10:.1f}%"
    else:
        split = max(scores, key=lambda name: (math.isnan(scores[name][0]), scores[name][0]))
        score = scores[split][0]
        told = beside(task, score)
        found = f"loss {score:.2g}{told}" if math.isfinite(score) else "infinite loss"
    return score, f"{found} on {'fresh sequences' if split == 'fresh' else split}"


def unsolved(task: Task, splits: Mapping[str, tuple[float, float]]) -> str:
    """Why a net has not solved the task, from (loss, accuracy) by split; "" if it meets it.

    For example "98.4% on unseen filler (needs 99%)".
    """
    score, found = worst_score(task, splits)
    if not found or task.criterion.met(score, score):
        return ""
    needed = task.criterion.threshold
    accuracy = task.criterion.metric == "accuracy"
    if accuracy:
        return f"{found} (needs {100 * needed:.4g}%)"
    units = ", ".join(filter(None, (f"{needed:.3g}", task.in_units(needed))))
    return f"{found} (needs less than {units})"


def beside(task: Task, loss: float) -> str:
    """What a loss means in the task's units, to stand behind it: " (RMS error 4.6 MW)", or ""."""
    words = task.in_units(loss)
    return f" ({words})" if words else ""


def grew(who: str, step: int, gap: int) -> str:
    """A contestant moved up to a longer gap."""
    return f"{who} moved up to gap {gap:,} at step {step:,}"


def edited(old: Experiment, new: Experiment) -> str:
    """Every difference as an edit: "gap 50 → 60, LSTM 2 added"; "" if there is none."""
    found = differences(old, new)
    if old.task != new.task:
        found = found[:1]
    return ", ".join(dict.fromkeys(_edit(each, found) for each in found))


def _edit(one: Difference, found: Sequence[Difference]) -> str:
    """A difference as an edit; where many lines of a cell differ, they are not listed."""
    lines = [each for each in found if each.where == one.where and each.field.endswith(LINE)]
    if one in lines and len(lines) > MOST_LINES:
        return f"{one.where} equations changed"
    return one.edit


def new_run(old: Experiment, new: Experiment, steps: int) -> str:
    """An edit started a new run, after `steps` steps of the previous one."""
    kept = "; the previous run is kept" if steps else ""
    what = edited(old, new)
    return f"{f'new run: {what}' if what else 'started again'}{kept}"


def counted(number: int, thing: str) -> str:
    """A number of things: "1 step", "2,275 steps"."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def finished(
    steps: int,
    keys: Mapping[str, str],
    solved_at: Mapping[str, int | None],
    why: Mapping[str, str],
    remarks: Mapping[str, str],
) -> str:
    """All steps are taken: who solved the task, or why not, with any remarks."""
    parts = []
    for key, cell in keys.items():
        at, reason, remark = solved_at.get(key), why.get(key), remarks.get(key)
        outcome = f"did not solve it{f' with {reason}' if reason else ''}"
        outcome = outcome if at is None else f"solved it at step {at:,}"
        parts.append(f"{title(key, cell)} {outcome}{f' and {remark}' if remark else ''}")
    return f"All {steps:,} steps are done: {', '.join(parts)}."


def forked(step: int, anew: Sequence[tuple[str, str]]) -> str:
    """Where a fork begins, and the nets, as (key, cell), that start untrained."""
    sentence = f"Forked at step {step:,}"
    if not anew:
        return f"{sentence}: every net continues with its weights from there."
    names = ", ".join(title(key, cell) for key, cell in anew)
    verb = "starts" if len(anew) == 1 else "start"
    return f"{sentence}: {names} {verb} untrained, since the weights there do not fit."


def interrupted(info: RunInfo) -> str:
    """A run was interrupted, and at which step."""
    gap = "" if info.gap is None else f", gap {info.gap:,}"
    return (
        f"Training was interrupted at step {info.step:,} of {info.steps:,} "
        f"({task_title(info.task)}{gap}); everything up to there is kept."
    )


def all_diverged(step: int) -> str:
    """Every net has diverged."""
    return (
        f"Training stopped at step {step:,}: every contestant has diverged; "
        "try a smaller learning rate or clipping limit."
    )


def unsaved(error: OSError) -> str:
    """The run is not being saved: why, and what to do."""
    reason = (error.strerror or str(error)).rstrip(".")
    return (
        f"The run is not being saved ({reason}); training goes on, and saving will be tried again. "
        "Free some space, or set SEQUENCE_SANDBOX_HOME to a folder that can be written to."
    )
