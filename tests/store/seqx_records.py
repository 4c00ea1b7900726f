"""Small runs for the tests of experiment files, and zips of any entries."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.experiment import Experiment, parse
from sandbox.store.base import Origin, RunInfo, RunRecord
from sandbox.store.seqx_arrays import sizes
from sandbox.tasks.registry import complete

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sandbox.store.base import State

TINY = complete(
    parse(
        {
            "task": "adding",
            "params": {"length": 4},
            "steps": 8,
            "contestants": [{"cell": "rnn", "hidden": 1}, {"cell": "lstm", "hidden": 2}],
        }
    )
)


def record(
    experiment: Experiment = TINY, steps: int = 8, first: int = 0, seed: int = 0, **info: Any
) -> RunRecord:
    """A run from `first` to `steps`, of numbers that no trainer made but one could have."""
    rng, keys = np.random.default_rng(seed), sizes(experiment)
    kept = sorted({first, (first + steps) // 2, steps})
    checkpoints = {step: state(experiment, step, rng) for step in kept}
    last = experiment.changed(lr=0.125, steps=steps)
    events = (
        {"step": first, "kind": "changed", "text": "→ é 😀", "experiment": _plain(last)},
        {"step": steps, "kind": "evaluation", "cell": next(iter(keys)), "solved": True}
        | {"splits": {"fresh": [0.25, None]}},
    )
    taken = np.arange(first + 1, steps + 1)
    return RunRecord(
        info=RunInfo(
            run="20260131-142233-adding-ab12c3",
            created="2026-01-31T14:22:33.123+00:00",
            task=experiment.task,
            seed=experiment.seed,
            step=steps,
            steps=last.steps,
            seconds=1.25,
            cells={key: {"cell": "rnn", "loss": 0.5, "accuracy": 1.0} for key in keys},
            origin=Origin("parent", first) if first else None,
            **{"note": "“first”\n😀", "star": True, "size": 123, **info},
        ),
        begun=experiment,
        events=events,
        state=checkpoints[steps],
        curves={key: curve(taken, rng) for key in keys},
        clock=np.column_stack([taken, np.cumsum(rng.random(len(taken)))]).astype(np.float64),
        checkpoints=checkpoints,
    )


def state(experiment: Experiment, step: int, rng: np.random.Generator) -> State:
    """A checkpoint as `Trainer.state` writes it; its vectors may hold any bits."""
    found: dict[str, Any] = {"step": np.array(step, np.int64)}
    for key, size in sizes(experiment).items():
        for name in ("weights", "m", "v"):
            found[f"{key}/{name}"] = rng.integers(0, 2**32, size, np.uint32).view(np.float32)
        found[f"{key}/recent"] = np.full((2, 10), np.nan, np.float32)
        counts = {
            "updates": step,
            "optimizer_began": 0,
            "stage": 0,
            "solved_at": -1,
            "diverged_at": -1,
            "failed": 2,
            "next_evaluation": step + 25,
        }
        found |= {f"{key}/{name}": np.array(count, np.int64) for name, count in counts.items()}
    return found


def curve(taken: Any, rng: np.random.Generator) -> Any:
    """Steps, and loss, accuracy and gradient norm at each."""
    return taken, tuple(rng.random(len(taken), np.float32) for _ in range(3))


def assert_same(one: RunRecord | None, other: RunRecord) -> None:
    """Equal in every value, and to the last bit in every array."""
    assert one is not None
    assert (one.info, one.begun, one.events) == (other.info, other.begun, other.events)
    assert list(one.curves) == list(other.curves)
    for key, (steps, measured) in one.curves.items():
        assert_bits(steps, other.curves[key][0])
        for column, theirs in zip(measured, other.curves[key][1], strict=True):
            assert_bits(column, theirs)
    assert_bits(one.clock, other.clock)
    assert list(one.checkpoints) == list(other.checkpoints)
    for step, mine in one.checkpoints.items():
        assert set(mine) == set(other.checkpoints[step])
        for name, array in mine.items():
            assert_bits(array, other.checkpoints[step][name])
    assert one.state is one.checkpoints[one.info.step]


def assert_bits(one: Any, other: Any) -> None:
    assert (one.dtype, one.shape) == (other.dtype, other.shape)
    assert one.tobytes() == other.tobytes()


def entries(path: Path) -> dict[str, bytes]:
    """What a zip holds, in order."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: Mapping[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    """A zip of these entries."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def _plain(experiment: Experiment) -> dict[str, Any]:
    return experiment.model_dump(mode="json")
