"""curves.csv of a run that an earlier version kept as a folder: a line a step and net."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.store.base import Measured, RunError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sandbox.experiment import Experiment

HEADER = b"step,cell,seed,loss,accuracy,grad_norm\n"
_COLUMNS = [
    ("step", np.int64),
    ("cell", "U40"),
    ("seed", np.int64),
    ("loss", np.float32),
    ("accuracy", np.float32),
    ("grad_norm", np.float32),
]


def read(data: bytes, experiment: Experiment) -> dict[str, tuple[NDArray[np.int64], Measured]]:
    """Steps and measurements by contestant's key; RunError where a line is damaged."""
    if not data.startswith(HEADER):
        raise RunError("its first line is not the one that names the columns")
    if len(data) == len(HEADER):
        return {}
    try:
        rows = np.loadtxt(
            BytesIO(data), dtype=_COLUMNS, delimiter=",", skiprows=1, ndmin=1, comments=None
        )
    except (ValueError, UnicodeDecodeError) as error:
        raise RunError(f"a line is damaged ({error})") from None
    return _by_key(rows, experiment)


def _by_key(
    rows: NDArray[Any], experiment: Experiment
) -> dict[str, tuple[NDArray[np.int64], Measured]]:
    found = {}
    for contestant in experiment.contestants:
        for replicate in range(experiment.replicates):
            one = experiment.replicates == 1
            key = contestant.name if one else f"{contestant.name}#{replicate}"
            mine = rows["cell"] == contestant.name
            mine &= rows["seed"] == experiment.seed + replicate
            if mine.any():
                own = rows[mine]
                found[key] = (own["step"], (own["loss"], own["accuracy"], own["grad_norm"]))
    return found
