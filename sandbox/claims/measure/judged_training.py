"""Train one seed of a claim, evaluating it on fresh sequences as it trains."""

from __future__ import annotations

import contextlib
import json
import time
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.engine.trainer import Trainer
from sandbox.store import atomic

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from sandbox.claims.measure.claim import Measurement, Values
    from sandbox.experiment import Experiment

LOOKS = 40  # evaluations of a run
KEEP_EVERY_S = 20.0
_RECORD = "record"  # the name of this module's array beside the trainer's
_BLOCK = 25  # steps


def train(experiment: Experiment, measurement: Measurement, looks: int = LOOKS) -> Values:
    """Train to the end, or until every net has diverged, with `looks` evaluations.

    Returns {"steps": [n], "scores": {key: {split: [[loss, accuracy], …]}},
    "diverged": {key: step or None}}.  A diverged net is evaluated with its last good weights.
    """
    trainer = Trainer(experiment)
    trainer.evaluating = False  # evaluations happen here, at other steps
    try:
        return _trained(trainer, measurement, max(_BLOCK, experiment.steps // looks))
    finally:
        trainer.close()


def _trained(trainer: Trainer, measurement: Measurement, every: int) -> Values:
    record = _gone_on(trainer, measurement.file) if measurement.file else None
    record = record or {"steps": [], "scores": {}}
    kept = time.monotonic()
    while not trainer.finished:
        trainer.run(min(_BLOCK, every - trainer.step % every))
        if trainer.step % every == 0 or trainer.finished:
            _judge(trainer, record)
            measurement.progress(trainer.step / trainer.experiment.steps)
            if measurement.file and time.monotonic() - kept > KEEP_EVERY_S:
                _keep(trainer, record, measurement.file)
                kept = time.monotonic()
    return {**record, "diverged": dict(trainer.diverged_at)}


def _judge(trainer: Trainer, record: Values) -> None:
    record["steps"].append(trainer.step)
    for found in trainer.evaluate():
        splits = record["scores"].setdefault(found.key, {})
        for split, score in found.splits.items():
            splits.setdefault(split, []).append([float(number) for number in score])


def _keep(trainer: Trainer, record: Values, file: Path) -> None:
    """Keep state and record in one file, so that they belong to the same step."""
    arrays: dict[str, Any] = dict(trainer.state())
    arrays[_RECORD] = np.frombuffer(json.dumps(record).encode(), np.uint8)
    atomic.write(file, lambda opened: np.savez(opened, **arrays))


def _gone_on(trainer: Trainer, file: Path) -> Values | None:
    """Restore the trainer and return its record; None if there is none or it is damaged."""
    with contextlib.suppress(OSError, ValueError, KeyError, EOFError):
        with np.load(file, allow_pickle=False) as archive:
            arrays: dict[str, NDArray[Any]] = dict(archive)
        record: Values = json.loads(arrays.pop(_RECORD).tobytes())
        trainer.restore(arrays)
        return record
    return None
