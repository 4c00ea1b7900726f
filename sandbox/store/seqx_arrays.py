"""Curves and checkpoints of an experiment file: the arrays it must hold, and their shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from safetensors import SafetensorError, deserialize

from sandbox.engine.checkpoint import impossible, misfit
from sandbox.store.base import nets
from sandbox.store.seqx_archive import Refused, shown
from sandbox.tasks.registry import task_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from sandbox.engine.checkpoint import Kind
    from sandbox.experiment import Experiment
    from sandbox.store.base import Curves, Measured, State

    Arrays = Mapping[str, NDArray[Any]]

MAX_HEADER = 1 << 20  # bytes of a safetensors file's names, types and shapes
COLUMNS = ("step", "loss", "accuracy", "grad_norm")
CLOCK = "clock"
_DTYPES: Mapping[str, np.dtype[Any]] = {
    "F32": np.dtype("<f4"),
    "F64": np.dtype("<f8"),
    "I64": np.dtype("<i8"),
}
_ROUNDING = 1e-5


def sizes(experiment: Experiment) -> dict[str, int]:
    """The number of parameters by net's key, in order; ExperimentError for a wrong task."""
    task = task_of(experiment)
    return {key: net.layout(task).size for key, net in nets(experiment).items()}


def unpack(entry: str, data: bytes) -> dict[str, NDArray[Any]]:
    """Float32, float64 or int64 arrays by name; raises Refused for anything else."""
    header = int.from_bytes(data[:8], "little")
    if len(data) < 8 or 8 + header > len(data):
        raise Refused(entry, "is cut short")
    if header > MAX_HEADER:
        raise Refused(entry, "names more arrays than any run has")
    try:
        found: list[tuple[str, dict[str, Any]]] = deserialize(data)  # type: ignore[no-untyped-call]
    except SafetensorError:
        raise Refused(entry, "is damaged: its arrays do not match its header") from None
    arrays = {}
    for name, tensor in found:
        if tensor["dtype"] not in _DTYPES:
            raise Refused(entry, f"has {shown(name)} in a type that no run has")
        flat = np.frombuffer(tensor["data"], _DTYPES[tensor["dtype"]])
        arrays[name] = flat.reshape(tensor["shape"])
    return arrays


# Checkpoints ----------------------------------------------------------------------------


def check_state(entry: str, state: State, step: int, kinds: Mapping[str, Kind]) -> None:
    """Raise Refused if a checkpoint does not fit the nets or belongs to another step."""
    _check_names(entry, state, kinds)
    if wrong := misfit(state, kinds):
        raise Refused(entry, wrong)
    if int(state["step"]) != step:
        raise Refused(entry, "holds another step than its name says")
    keys = dict.fromkeys(name.rpartition("/")[0] for name in kinds if "/" in name)
    if wrong := impossible(state, keys):
        raise Refused(entry, f"has {wrong} that is impossible at step {step:,}")


def _check_names(entry: str, arrays: Arrays, kinds: Mapping[str, object]) -> None:
    for name in kinds:
        if name not in arrays:
            raise Refused(entry, f"lacks {name}")
    for name in arrays:
        if name not in kinds:
            raise Refused(entry, f"holds {shown(name)}, which does not belong there")


# Curves ---------------------------------------------------------------------------------


def curve_arrays(curves: Curves, clock: NDArray[np.float64]) -> dict[str, NDArray[Any]]:
    """Arrays by name: "lstm/step", "lstm/loss", …, each (n,), and "clock" (m, 2)."""
    arrays: dict[str, NDArray[Any]] = {}
    for key, (steps, measured) in curves.items():
        columns: tuple[NDArray[Any], ...] = (steps, *measured)
        named = zip(COLUMNS, columns, strict=True)
        arrays |= {f"{key}/{name}": column for name, column in named}
    return {**arrays, CLOCK: clock}


def curves_of(
    entry: str, arrays: Arrays, nets: Mapping[str, int], last: int
) -> tuple[Curves, NDArray[np.float64]]:
    """Undo `curve_arrays`; raises Refused if no such run can have these curves.

    nets: keys.  last: the run's step, beyond which no curve goes.
    """
    keys = [key for key in nets if f"{key}/{COLUMNS[0]}" in arrays]
    names = [f"{key}/{name}" for key in keys for name in COLUMNS]
    _check_names(entry, arrays, dict.fromkeys([*names, CLOCK]))
    curves = {}
    for key in keys:
        steps, loss, accuracy, norm = (arrays[f"{key}/{name}"] for name in COLUMNS)
        curves[key] = (steps, (loss, accuracy, norm))
        _check_curve(entry, key, *curves[key], last)
    if len({int(steps[0]) for steps, _ in curves.values() if len(steps)}) > 1:
        raise Refused(entry, "has curves that do not begin at the same step")
    _check_clock(entry, arrays[CLOCK], last)
    return curves, arrays[CLOCK]


def _check_curve(
    entry: str, key: str, steps: NDArray[np.int64], measured: Measured, last: int
) -> None:
    if steps.dtype != np.int64 or any(column.dtype != np.float32 for column in measured):
        raise Refused(entry, f"has a curve of the wrong type for {key}")
    if steps.ndim != 1 or any(column.shape != steps.shape for column in measured):
        raise Refused(entry, f"has columns of different lengths for {key}")
    if not len(steps):
        return
    if steps[0] < 1 or steps[-1] > last or not (np.diff(steps) == 1).all():
        raise Refused(entry, f"has steps for {key} that are not consecutive")
    _, accuracy, norm = measured
    if not all(np.isfinite(column).all() for column in measured):
        raise Refused(entry, f"has a number that is not finite for {key}")
    if accuracy.min() < 0 or accuracy.max() > 1 + _ROUNDING or norm.min() < 0:
        raise Refused(entry, f"has an impossible accuracy or gradient norm for {key}")


def _check_clock(entry: str, clock: NDArray[Any], last: int) -> None:
    if clock.dtype != np.float64 or clock.ndim != 2 or clock.shape[1] != 2:
        raise Refused(entry, f"has a {CLOCK} of the wrong type or shape")
    if not len(clock):
        return
    steps, seconds = clock.T
    with np.errstate(over="ignore"):
        sound = np.isfinite(clock).all() and steps[0] >= 1 and steps[-1] <= last
        sound = sound and (steps % 1 == 0).all() and (np.diff(steps) > 0).all()
        if not sound or seconds[0] < 0 or (np.diff(seconds) < 0).any():
            raise Refused(entry, f"has a {CLOCK} that does not go forward")
