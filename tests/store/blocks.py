"""Runs of invented numbers, written block by block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.experiment import Experiment
from sandbox.store.base import Batch, Origin, Progress

if TYPE_CHECKING:
    from sandbox.store.runs import RunStore

EXPERIMENT = Experiment(task="recall", steps=100)
BLOCK = 10
KEYS = ("rnn", "lstm")
PATIENCE_S = 60.0


def measured(first: int, count: int) -> tuple[Any, Any, Any]:
    steps = np.arange(first, first + count, dtype=np.float32)
    return steps, steps / 7, np.sqrt(steps)


def state(step: int) -> dict[str, Any]:
    return {"step": np.array(step), "theta": np.full(5, step, np.float32)}


def batch(block: int, kept: bool = False) -> Batch:
    """Ten steps, an event, and what to go on from."""
    first, last = BLOCK * block + 1, BLOCK * (block + 1)
    return Batch(
        points=[(first, {key: measured(first, BLOCK) for key in KEYS}, last / 10)],
        events=[{"step": first, "kind": "note", "text": f"block {block}"}],
        kept={last: state(last)} if kept else {},
        latest=state(last),
        progress=Progress(last, last / 10, EXPERIMENT, {"rnn": {"accuracy": 0.5}}),
    )


def write(store: RunStore, run: str = "one", blocks: int = 3, finish: bool = True) -> None:
    store.begin(run, EXPERIMENT)
    for block in range(blocks):
        put(store, run, batch(block))
    if finish:
        store.finish(run)
        settle(store)


def put(store: RunStore, run: str, batch: Batch) -> None:
    store.write(run, batch).result(PATIENCE_S)


def checkpoint_steps(store: RunStore, run: str) -> tuple[int, ...]:
    return tuple(store.record(run).checkpoints)


def settle(store: RunStore) -> None:
    """Wait until everything given to the store so far is done."""
    store._writer.submit(int).result(PATIENCE_S)


def fork(store: RunStore, run: str, parent: str, step: int) -> None:
    store.begin(run, EXPERIMENT, Origin(parent, step))
    put(store, run, batch(step // BLOCK))
    store.finish(run)
    settle(store)
