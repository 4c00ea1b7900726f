"""run.json and events.json of an experiment file: writing them, and checking them strictly."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from sandbox.cells.known import cell_named
from sandbox.cells.surgery import SurgeryError, check_surgery
from sandbox.engine.checkpoint import MAX_STEPS
from sandbox.experiment import Experiment, parse
from sandbox.store.base import Origin, RunInfo
from sandbox.store.blobs import finite
from sandbox.store.run_ids import plain
from sandbox.store.seqx_archive import CURVES, EVENTS, EXPERIMENT, RUN, Refused
from sandbox.store.seqx_arrays import CLOCK
from sandbox.tasks.registry import task_of
from sandbox.validation import ExperimentError, refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sandbox.store.base import RunRecord

VERSION = 1
MAX_EVENTS, MAX_CHANGES = 200_000, 5_000

Step = Annotated[int, Field(ge=0, le=MAX_STEPS)]
Score = list[float | None]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False)


class _Open(BaseModel):
    """Allows unknown fields, since later versions may add some to results and events."""

    model_config = ConfigDict(strict=True, frozen=True, extra="allow", allow_inf_nan=False)


class _Results(_Open):
    cell: str | None = None
    parameters: int | None = None
    solved_at: Step | None = None
    diverged_at: int | None = None
    evaluated_at: Step | None = None
    loss: float | None = None
    accuracy: float | None = None
    splits: dict[str, Score] | None = None


class _Event(_Open):
    step: Annotated[int, Field(ge=0, le=MAX_STEPS + 1)]  # also a step that could not be taken
    kind: Annotated[str, Field(max_length=40)]
    text: Annotated[str, Field(max_length=10_000)] | None = None
    cell: str | None = None
    splits: dict[str, Score] | None = None
    solved: bool | None = None
    judged: list[str] | None = None
    gap: int | None = None
    experiment: dict[str, Any] | None = None


class _Origin(_Strict):
    parent: str
    step: Step


class _Info(_Strict):
    run: str
    created: Annotated[str, Field(max_length=40)]
    updated: Annotated[str, Field(max_length=40)]
    task: str
    gap: int | None
    seed: Annotated[int, Field(ge=0, le=2**32 - 1)]
    step: Step
    steps: Step
    seconds: Annotated[float, Field(ge=0)]
    cells: dict[str, _Results]
    note: Annotated[str, Field(max_length=100_000)]
    star: bool
    origin: _Origin | None
    size: Annotated[int, Field(ge=0)]
    interrupted: bool
    damage: Annotated[str, Field(max_length=1_000)] | None
    held: dict[str, Annotated[str, Field(max_length=10_000)]] = {}


class _Run(_Strict):
    version: Literal[1]
    info: _Info
    clock: Literal["curves.safetensors: clock"]
    checkpoints: list[Step]


_EVENTS = TypeAdapter(list[_Event])


def run_of(record: RunRecord) -> dict[str, Any]:
    """The contents of run.json for a record, as plain values."""
    info = finite(asdict(record.info))
    if not info["held"]:  # versions before it refuse an entry that they do not know
        del info["held"]
    return {
        "version": VERSION,
        "info": info,
        "clock": f"{CURVES}: {CLOCK}",
        "checkpoints": list(record.checkpoints),
    }


def is_later(data: object, name: str, known: int) -> bool:
    """Whether plain values declare a format version later than `known`."""
    version = data.get(name) if isinstance(data, dict) else None
    return isinstance(version, int) and version > known


def experiment_of(data: object) -> Experiment:
    """The experiment in experiment.json; raises Refused if it or its task is not valid."""
    try:
        experiment = parse(data)
        task_of(experiment)
    except ExperimentError as error:
        raise _wrong(EXPERIMENT, error) from None
    return experiment


def info_of(data: Any, begun: Experiment, keys: Iterable[str]) -> tuple[RunInfo, tuple[int, ...]]:
    """RunInfo and the checkpoints' steps from run.json; raises Refused if a value is wrong."""
    try:
        _Run.model_validate(data)
    except ValidationError as error:
        raise _wrong(RUN, refusal(error, _Run, data=data)) from None
    info, steps = data["info"], tuple(data["checkpoints"])
    _check_info(info, begun, frozenset(keys))
    if not steps or steps[-1] != info["step"] or list(steps) != sorted(set(steps)):
        raise Refused(RUN, "has checkpoint steps that do not rise to the run's step")
    origin = info["origin"] and Origin(**info["origin"])
    return RunInfo(**{**info, "origin": origin, "seconds": float(info["seconds"])}), steps


def check_events(events: Sequence[Any], begun: Experiment, keys: Iterable[str]) -> None:
    """Raise Refused if an event cannot belong to a run of this experiment."""
    if not isinstance(events, list) or len(events) > MAX_EVENTS:
        raise Refused(EVENTS, f"is not a list of at most {MAX_EVENTS:,} events")
    try:
        _EVENTS.validate_python(events)
    except ValidationError as error:
        number = error.errors(include_input=False, include_url=False)[0]["loc"][0]
        raise Refused(EVENTS, f"has a wrong value in event {int(number) + 1:,}") from None
    _check_cells(EVENTS, {event.get("cell") for event in events} - {None}, frozenset(keys))
    changes = [event["experiment"] for event in events if event.get("experiment")]
    if len(changes) > MAX_CHANGES:
        raise Refused(EVENTS, f"has more than {MAX_CHANGES:,} changes")
    for change in changes:
        _check_change(change, begun)


def _check_info(info: Mapping[str, Any], begun: Experiment, keys: frozenset[str]) -> None:
    origin = info["origin"]
    try:
        for name in (info["run"], *([origin["parent"]] if origin else ())):
            plain(name)
        for moment in filter(None, (info["created"], info["updated"])):
            datetime.fromisoformat(moment)
    except ExperimentError as error:
        raise _wrong(RUN, error) from None
    except ValueError:
        raise Refused(RUN, "has a malformed date") from None
    if (info["task"], info["seed"]) != (begun.task, begun.seed):
        raise Refused(RUN, f"has a different task or seed from {EXPERIMENT}")
    if origin and origin["step"] > info["step"]:
        raise Refused(RUN, "forks at a step beyond the run's")
    _check_cells(RUN, set(info["cells"]), keys)
    _check_cells(RUN, set(info.get("held", {})), keys)
    for key, text in info.get("held", {}).items():
        net = begun.contestant(key.partition("#")[0])
        try:
            check_surgery(text, cell_named(net.cell), net.hidden, net.layers)
        except SurgeryError as error:
            raise Refused(RUN, f"holds in {key} what it cannot: {str(error).rstrip('.')}") from None


def _check_cells(entry: str, named: set[Any], keys: frozenset[str]) -> None:
    if named - keys:
        raise Refused(entry, f"names a net that {EXPERIMENT} does not have")


def _check_change(change: object, begun: Experiment) -> None:
    try:
        changed = parse(change)
    except ExperimentError as error:
        raise _wrong(EVENTS, error) from None
    if not begun.goes_on_as(changed):
        raise Refused(EVENTS, "changes a field that cannot change during a run")


def _wrong(entry: str, error: ExperimentError) -> Refused:
    return Refused(entry, f"has a wrong value: {str(error).rstrip('.')}")
