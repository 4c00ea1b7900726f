"""curves.csv: a line a step and net, `step,cell,seed,loss,accuracy,grad_norm`.

Nine digits give a float32 back to the last bit.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.store.base import Measured, RunError

if TYPE_CHECKING:
    from collections.abc import Mapping

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


def lines(first: int, curves: Mapping[str, Measured], seed: int) -> bytes:
    """The lines of steps `first`, `first` + 1, …, step by step; columns end where they end.

    seed: the experiment's; replicate i of a contestant ("lstm#i") has seed + i.
    """
    text, start = [], 0
    for stop in sorted({len(measured[0]) for measured in curves.values()}):
        longer = {key: each for key, each in curves.items() if len(each[0]) >= stop}
        text.append(_lines(first + start, longer, slice(start, stop), seed))
        start = stop
    return "".join(text).encode()


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


def _lines(first: int, curves: Mapping[str, Measured], rows: slice, seed: int) -> str:
    steps = np.arange(first, first + rows.stop - rows.start)
    columns, line = [], ""
    for key, measured in curves.items():
        name, _, replicate = key.partition("#")
        line += f"%d,{name},{seed + int(replicate or 0)},%.9g,%.9g,%.9g\n"
        columns += [steps, *(values[rows] for values in measured)]
    numbers = np.column_stack([column.astype(np.float64) for column in columns])
    return (line * len(steps)) % tuple(numbers.ravel().tolist())


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
