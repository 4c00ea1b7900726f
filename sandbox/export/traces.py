"""A probe's gates, states, gradients and answers as the arrays of an .npz file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.tasks.base import Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from sandbox.engine.trace import Trace
    from sandbox.tasks.base import Sequences, Task


def arrays(
    traces: Mapping[str, Trace],
    task: Task,
    probe: Sequences,
    ahead: Mapping[str, NDArray[Any]] | None = None,
) -> dict[str, NDArray[Any]]:
    """By name: gates, states and gradients (T, B, H); inputs and targets (T, B) or (T, B, I).

    answers: (T, B, O), probabilities or values.  ahead: the same for the probe and more steps in
    which nets were fed their own answers, (T + steps, B, O).
    cue_steps and query_steps: int32 (B, n), filled up with -1 if a sequence has fewer.
    """
    found: dict[str, NDArray[Any]] = {
        f"{key}.{name}": array for key, one in traces.items() for name, array in one.arrays.items()
    }
    found |= {f"{key}.answers": one.answers for key, one in traces.items()}
    found |= {f"{key}.ahead": answers for key, answers in (ahead or {}).items()}
    found["inputs"] = np.ascontiguousarray(np.swapaxes(probe.inputs, 0, 1))
    found["targets"] = np.ascontiguousarray(np.swapaxes(probe.targets, 0, 1))
    found["cue_steps"] = _steps_where(probe.roles == Role.CUE)
    found["query_steps"] = _steps_where(probe.scored)
    return found


def _steps_where(marked: NDArray[np.bool_]) -> NDArray[np.int32]:
    steps = [np.flatnonzero(row) for row in marked]
    found = np.full((len(steps), max(map(len, steps), default=0)), -1, np.int32)
    for row, places in zip(found, steps, strict=True):
        row[: len(places)] = places
    return found
