"""What exports need from a run's record: first step, clock and weights."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.store.base import RunError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from sandbox.store.base import RunRecord, State


def first_step(record: RunRecord) -> int:
    """The training step that the run starts after: 0, or a fork's."""
    if record.info.origin is not None:
        return record.info.origin.step
    return min((int(s[0]) - 1 for s, _ in record.curves.values() if len(s)), default=0)


def training_clock(record: RunRecord) -> NDArray[np.float64]:
    """Rows of (step, seconds of training up to it), float64 (m, 2), starting at 0 s."""
    return np.vstack([[[float(first_step(record)), 0.0]], record.clock])


def state_at(record: RunRecord, step: int) -> State:
    """The checkpoint of this step; if it is not kept, RunError names the nearest ones."""
    if step == record.info.step:
        return record.state
    if step not in record.checkpoints:
        kept = {*record.checkpoints, record.info.step}
        near = sorted(sorted(kept, key=lambda each: abs(each - step))[:2])
        steps = " or ".join(f"{each:,}" for each in near)
        raise RunError(
            f"Run {record.info.run} has no weights of step {step:,}; choose step {steps}, "
            "the nearest ones with weights."
        )
    return record.checkpoints[step]


def npz(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Arrays by name as the content of an .npz file."""
    file = BytesIO()
    np.savez(file, allow_pickle=False, **arrays)
    return file.getvalue()
