"""The results of a run, as a JSON line and as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.cli import output
from sandbox.run import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.run.training import Training
    from sandbox.tasks.base import Task

UNITS = {"cross_entropy": "nats", "squared_error": "squared", "legal_symbols": "nats"}


def end_line(training: Training) -> dict[str, Any]:
    """The last JSON line: every net on fresh sequences, and the baseline."""
    baseline = training.trainer.task.baselines[0].loss
    cells = {
        key: {
            "loss": result.get("loss"),
            "accuracy": result.get("accuracy"),
            "baseline_loss": baseline,
            "solved_at": result["solved_at"],
            "steps_per_s": _pace(training),
            "parameters": result["parameters"],
            "diverged_at": result["diverged_at"],
            "splits": result.get("splits"),
            **({"remark": result["remark"]} if result.get("remark") else {}),
            **({"in_units": result["in_units"]} if result.get("in_units") else {}),
        }
        for key, result in training.results().items()
    }
    return {"event": "end", "run": training.run, "step": training.step, "cells": cells}


def end_text(training: Training) -> str:
    """A table with units, and sentences about it."""
    task, pace = training.trainer.task, _pace(training)
    speed = f", {pace:,.0f} steps/s of all contestants together" if pace else ""
    parts = (
        _table(training),
        "",
        _baseline(task),
        *_meaning(task),
        *(_outcome(training, key, result) for key, result in training.results().items()),
        f"{training.step:,} steps in {training.seconds:.3g} s of training{speed}.",
        f"Run {training.run}; another seed or other settings may give other results.",
    )
    return "\n".join(parts)


def _told(task: Task, loss: float) -> str:
    """A loss, and what it means in the task's units."""
    return f"loss {loss:.4f}{words.beside(task, loss)}"


def interrupted(training: Training, kept: bool) -> str:
    """How far the run got, and how to resume it, in a sentence."""
    at = f"Interrupted at step {training.step:,}"
    if not kept:
        return f"{at}; the run could not be saved."
    if not training.step:
        return f"{at}; there is nothing to save yet."
    return f"{at}; the run is saved: `train --resume {training.run}` continues it."


def _table(training: Training) -> str:
    unit = UNITS[training.trainer.task.loss]
    head = ("contestant", "parameters", f"loss ({unit})", "right", "solved at step")
    rows: list[tuple[str, ...]] = []
    for key, result in training.results().items():
        solved, diverged = result["solved_at"], result["diverged_at"]
        loss, accuracy = result.get("loss"), result.get("accuracy")
        end = f"{solved:,}" if solved is not None else "not solved"
        rows.append(
            (
                words.title(key, result["cell"]),
                f"{result['parameters']:,}",
                "-" if loss is None else f"{loss:.4f}",
                "-" if accuracy is None else f"{accuracy:.1%}",
                end if diverged is None else f"diverged at {diverged:,}",
            )
        )
    return output.table(head, rows)


def _baseline(task: Task) -> str:
    first = task.baselines[0]
    right = "" if first.accuracy is None else f", {first.accuracy:.1%} right"
    return (
        f"All on {words.counted(task.test_size(task.splits[0]), 'fresh sequence')}. "
        f"To beat ({first.label}): {_told(task, first.loss)}{right}. Solved: {task.criterion.text}."
    )


def _meaning(task: Task) -> Iterator[str]:
    """What loss and accuracy mean, except for one class at one step."""
    if task.loss == "legal_symbols":
        yield (
            f"Loss: the mean over the {len(task.outputs)} symbols of predicting whether each may "
            "come next. A step is right if every symbol that may is likelier than any that may not."
        )
    if task.whole_sequences:
        yield "A sequence is right if every scored step is."


def _outcome(training: Training, key: str, result: dict[str, Any]) -> str:
    """Whether a net solved the task, diverged or neither, in a sentence."""
    who, task = words.title(key, result["cell"]), training.trainer.task
    if result["diverged_at"] is not None:
        return f"{who} diverged at step {result['diverged_at']:,} and was stopped there."
    score = "; ".join([_beside_baseline(task, result), *_elsewhere(task, result)])
    if result["solved_at"] is not None:
        return f"{who} solved it at step {result['solved_at']:,}; at the end: {score}."
    return f"{who} did not solve it within {training.step:,} steps: {score}."


def _beside_baseline(task: Task, result: dict[str, Any]) -> str:
    """The criterion's metric, beside the baseline's."""
    first, loss, accuracy = task.baselines[0], result.get("loss"), result.get("accuracy")
    if loss is None or accuracy is None:
        return "not judged"
    if task.criterion.metric == "accuracy" and first.accuracy is not None:
        return f"{accuracy:.1%} right, where the baseline has {first.accuracy:.1%}"
    return f"{_told(task, loss)}, where the baseline has {_told(task, first.loss)[5:]}"


def _elsewhere(task: Task, result: dict[str, Any]) -> Iterator[str]:
    """The same on other splits, and the task's remark."""
    for split, (loss, accuracy) in (result.get("splits") or {}).items():
        if split != task.splits[0]:
            yield f"{split}: {accuracy:.1%} right, {_told(task, loss)}"
    if result.get("remark"):
        yield result["remark"]


def _pace(training: Training) -> float | None:
    return training.step / training.seconds if training.seconds else None
