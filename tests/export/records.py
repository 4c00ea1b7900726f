"""Whole runs for the tests of exports: trained here, assembled as a store would have them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.engine.trainer import Trainer
from sandbox.experiment import Experiment, from_json
from sandbox.store.base import Origin, RunInfo, RunRecord

if TYPE_CHECKING:
    from collections.abc import Mapping

Changes = tuple[tuple[int, Experiment], ...]
KEPT = 4  # checkpoints after the first one


def trained(experiment: Experiment, steps: int | None = None, changes: Changes = ()) -> RunRecord:
    """The experiment's run after `steps` (all of its own, where None).

    changes: (step, experiment from the update after that step on), as a person made them.
    Trained once a test run, however often it is asked for.
    """
    given = tuple((step, changed.to_json()) for step, changed in changes)
    return _trained(experiment.to_json(), steps or experiment.steps, given)


def forked(parent: RunRecord, step: int, experiment: Experiment, steps: int) -> RunRecord:
    """A fork of the parent's at one of its checkpoints, gone on to `steps` as `experiment`."""
    trainer = Trainer(experiment)
    try:
        trainer.fork(parent.checkpoints[step], parent.experiment_at(step))
        return _record("fork", trainer, steps, (), Origin(parent.info.run, step))
    finally:
        trainer.close()


@lru_cache(maxsize=64)
def _trained(experiment: str, steps: int, changes: tuple[tuple[int, str], ...]) -> RunRecord:
    trainer = Trainer(from_json(experiment))
    try:
        return _record("run", trainer, steps, changes, None)
    finally:
        trainer.close()


def _record(
    run: str,
    trainer: Trainer,
    steps: int,
    changes: tuple[tuple[int, str], ...],
    origin: Origin | None,
) -> RunRecord:
    begun, first = trainer.experiment, trainer.step
    every = max((steps - first) // KEPT, 1)
    kept = {*range(first, steps, every), steps}
    checkpoints, events, parts = {first: trainer.state()}, [], []
    pending = dict(changes)
    while trainer.step < steps and not trainer.finished:
        if trainer.step in pending:
            trainer.adjust(from_json(pending.pop(trainer.step)))
            events.append(_changed(trainer))
        stops = {stop for stop in {*kept, *pending} if stop > trainer.step}
        advance = trainer.run(min(stops) - trainer.step)
        parts.append(advance.curves)
        for key, at, sentence in advance.diverged:
            events.append({"step": at, "kind": "diverged", "text": sentence, "cell": key})
        if trainer.step in kept:
            checkpoints[trainer.step] = trainer.state()
    checkpoints[trainer.step] = trainer.state()
    clock = np.column_stack(
        [np.arange(first + 1, trainer.step + 1), np.arange(1, 1.0 + trainer.step - first)]
    )
    return RunRecord(
        info=_info(run, trainer, begun, origin, float(clock[-1, 1]) if len(clock) else 0.0),
        begun=begun,
        events=tuple(events),
        state=trainer.state(),
        curves=_curves(first, parts),
        clock=clock.astype(np.float64),
        checkpoints=checkpoints,
    )


def _changed(trainer: Trainer) -> dict[str, Any]:
    plain = trainer.experiment.model_dump(mode="json")
    return {"step": trainer.step, "kind": "changed", "text": "", "cell": None, "experiment": plain}


def _curves(first: int, parts: list[Mapping[str, Any]]) -> dict[str, Any]:
    """By key: steps (n,) and loss, accuracy, gradient norm, each (n,)."""
    curves = {}
    for key in parts[0] if parts else ():
        columns = zip(*(part[key] for part in parts if key in part), strict=True)
        loss, accuracy, norm = (np.concatenate(column) for column in columns)
        curves[key] = (np.arange(first + 1, first + 1 + len(loss)), (loss, accuracy, norm))
    return curves


def _info(
    run: str, trainer: Trainer, begun: Experiment, origin: Origin | None, seconds: float
) -> RunInfo:
    gap = trainer.task.gap_field
    return RunInfo(
        run=run,
        created="2024-05-01T10:00:00+00:00",
        updated="2024-05-01T10:05:00+00:00",
        task=begun.task,
        gap=begun.params[gap] if gap else None,
        seed=begun.seed,
        step=trainer.step,
        steps=trainer.experiment.steps,
        seconds=seconds,
        cells=_results(trainer),
        origin=origin,
        size=sum(array.nbytes for array in trainer.state().values()),
    )


def _results(trainer: Trainer) -> dict[str, dict[str, Any]]:
    first = trainer.task.splits[0]
    return {
        each.key: {
            "evaluated_at": each.step,
            "loss": each.splits[first][0],
            "accuracy": each.splits[first][1],
            "splits": {split: list(score) for split, score in each.splits.items()},
            "cell": trainer.keys[each.key],
            "parameters": trainer.parameters[each.key],
            "solved_at": trainer.solved_at[each.key],
            "diverged_at": trainer.diverged_at[each.key],
        }
        for each in trainer.evaluate()
    }
