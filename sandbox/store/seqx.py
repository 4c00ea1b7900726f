"""Experiment files, .seqx: a whole run, or an experiment alone, in one self-contained zip.

Opening one runs no code and touches no other file: its entries are JSON and plain arrays under
known names, their sizes are limited before they are read, and every value is checked
(`seqx_archive`, `seqx_plain`, `seqx_run`, `seqx_arrays`).
"""

from __future__ import annotations

import contextlib
import stat
import zipfile
import zlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from sandbox.engine.checkpoint import kinds
from sandbox.input_files import plain_file
from sandbox.store import atomic, seqx_arrays, seqx_plain, seqx_run
from sandbox.store.base import InputError, RunError, RunRecord
from sandbox.store.blobs import finite, pack_state
from sandbox.store.seqx_archive import (
    CHECKPOINT,
    CURVES,
    EVENTS,
    EXPERIMENT,
    LIMITS,
    MAX_ENTRIES,
    MAX_ENTRY,
    MAX_FILE,
    MAX_RATIO,
    MAX_TOTAL,
    MIB,
    README,
    RUN,
    SMALL,
    Archive,
    Refused,
    checkpoint_step,
    shown,
)
from sandbox.store.seqx_readme import readme
from sandbox.tasks.registry import task_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from sandbox.experiment import Experiment
    from sandbox.store.base import State

MAX_ARRAYS = 150_000  # of all checkpoints
MAX_CHECKPOINTS = MAX_ENTRIES - len(LIMITS)
_ROOM = 4 * MIB  # for README.txt, the zip's own headers and the padding of arrays
_NAMED = 120  # bytes, more than an array's name, type and shape take
_LATER = "{} was made by a later version of Sequence Sandbox; open it with that one."


@dataclass(frozen=True)
class Opened:
    """What a file holds.  experiment: at the first step.  record: None if it is untrained."""

    experiment: Experiment
    record: RunRecord | None


# Writing --------------------------------------------------------------------------------


def write(path: Path, record: RunRecord) -> None:
    """Write the whole run to one file, or nothing; RunError in one sentence.

    NaN and infinity in results and events become null, as in the store.
    """
    with _told(path, "written"):
        nets = seqx_arrays.sizes(record.begun)
        texts = _texts(path.name, record, nets)
        _check_room(record, sum(map(len, texts.values())))
        expected = kinds(nets)
        for step, state in record.checkpoints.items():
            seqx_arrays.check_state(CHECKPOINT.format(step), state, step, expected)
        atomic.write(path, lambda file: _fill(file, texts, record))


def write_experiment(path: Path, experiment: Experiment) -> None:
    """Write an untrained experiment; RunError, or ExperimentError for a wrong task."""
    task_of(experiment)
    with _told(path, "written"):
        texts = {README: readme(shown(path.name), experiment, None, {}).encode()}
        texts[EXPERIMENT] = _experiment(experiment)
        atomic.write(path, lambda file: _fill(file, texts, None))


def fitting(record: RunRecord) -> RunRecord:
    """The record with as many checkpoints as a file can hold: first, last, evenly between.

    The record itself if all of them fit, or fewer than two.
    """
    steps = list(record.checkpoints)
    room = MAX_TOTAL - _ROOM - LIMITS[EVENTS] - _bytes(_curves(record))
    most = room // _bytes(record.state), MAX_ARRAYS // len(record.state), MAX_CHECKPOINTS
    fit = min(*most, len(steps))
    if fit < 2 or fit == len(steps):
        return record
    kept = [steps[i] for i in np.linspace(0, len(steps) - 1, fit).round().astype(int)]
    return replace(record, checkpoints={step: record.checkpoints[step] for step in kept})


def _texts(name: str, record: RunRecord, nets: Mapping[str, int]) -> dict[str, bytes]:
    """Every text entry, in order, checked as it will be on opening."""
    run, events = seqx_run.run_of(record), finite(record.events)
    known, _ = seqx_run.info_of(run, record.begun, nets)
    seqx_run.check_events(events, record.begun, nets)
    arrays = _curves(record)
    seqx_arrays.curves_of(CURVES, arrays, nets, known.step)
    return {
        README: readme(shown(name), record.begun, record, arrays).encode(),
        EXPERIMENT: _experiment(record.begun),
        RUN: seqx_plain.dumps(RUN, run),
        EVENTS: seqx_plain.dumps(EVENTS, events),
    }


def _experiment(experiment: Experiment) -> bytes:
    return seqx_plain.dumps(EXPERIMENT, experiment.model_dump(mode="json"))


def _check_room(record: RunRecord, texts: int) -> None:
    curves, states = _bytes(_curves(record)), record.checkpoints.values()
    last = CHECKPOINT.format(record.info.step)
    for entry, own in ((CURVES, curves), (last, _bytes(record.state))):
        if own + _ROOM > MAX_ENTRY:
            raise Refused(entry, f"would be larger than {MAX_ENTRY // MIB} MiB")
    if texts + curves + sum(map(_bytes, states)) + _ROOM > MAX_TOTAL:
        raise Refused("it", f"would be larger than {MAX_TOTAL // MIB} MiB; leave checkpoints out")
    if sum(map(len, states)) > MAX_ARRAYS or len(record.checkpoints) > MAX_CHECKPOINTS:
        raise Refused("it", "would have more arrays than a file can; leave checkpoints out")


def _curves(record: RunRecord) -> State:
    return seqx_arrays.curve_arrays(record.curves, record.clock)


def _bytes(arrays: State) -> int:
    return sum(array.nbytes + _NAMED for array in arrays.values())


def _fill(file: BinaryIO, texts: Mapping[str, bytes], record: RunRecord | None) -> None:
    with zipfile.ZipFile(file, "w", allowZip64=False) as archive:
        for name, data in texts.items():
            _add(archive, name, data, _method(data))
        if record is not None:
            _add(archive, CURVES, pack_state(_curves(record)), zipfile.ZIP_STORED)
            for step, state in record.checkpoints.items():
                data = pack_state(state)
                _add(archive, CHECKPOINT.format(step), data, zipfile.ZIP_STORED)


def _method(data: bytes) -> int:
    """Deflated, unless the text would be refused as too tightly packed."""
    tight = len(data) > SMALL and len(data) * 2 > MAX_RATIO * len(zlib.compress(data, 1))
    return zipfile.ZIP_STORED if tight else zipfile.ZIP_DEFLATED


def _add(archive: zipfile.ZipFile, name: str, data: bytes, method: int) -> None:
    """Add an entry whose bytes depend on nothing but its name and data."""
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.compress_type, info.create_system = method, 3
    info.external_attr = (stat.S_IFREG | 0o644) << 16
    archive.writestr(info, data)


# Reading --------------------------------------------------------------------------------


def read(path: Path) -> Opened:
    """What the file holds; InputError names the entry that is wrong."""
    with _told(path, "opened"), plain_file(path) as (file, size):
        if size > MAX_FILE:
            raise Refused("it", f"is larger than {MAX_FILE // MIB} MiB")
        archive = Archive(file, size)
        run = _known_version(path, archive)
        _check_names(archive, run is not None)
        experiment = seqx_run.experiment_of(_loaded(archive, EXPERIMENT))
        if run is None:
            return Opened(experiment, None)
        return Opened(experiment, _record(archive, experiment, run))


def _known_version(path: Path, archive: Archive) -> Any:
    """run.json, or None if there is none; InputError if a later version wrote the file."""
    run = _loaded(archive, RUN) if RUN in archive.names else None
    later = seqx_run.is_later(run, "version", seqx_run.VERSION)
    if later or seqx_run.is_later(_loaded(archive, EXPERIMENT), "format", 1):
        raise InputError(_LATER.format(shown(path.name)))
    return run


def _check_names(archive: Archive, trained: bool) -> None:
    known = {README, EXPERIMENT, *((RUN, EVENTS, CURVES) if trained else ())}
    for name in sorted(archive.names - known):
        if checkpoint_step(name) is None or not trained:
            raise Refused("it", f"holds {shown(name)}, which does not belong there")


def _record(archive: Archive, begun: Experiment, run: Any) -> RunRecord:
    nets = seqx_arrays.sizes(begun)
    info, steps = seqx_run.info_of(run, begun, nets)
    there = {step for name in archive.names if (step := checkpoint_step(name)) is not None}
    for step in sorted(there - set(steps)):
        raise Refused(CHECKPOINT.format(step), f"is not among the checkpoints of {RUN}")
    events = _loaded(archive, EVENTS)
    seqx_run.check_events(events, begun, nets)
    arrays = seqx_arrays.unpack(CURVES, archive.read(CURVES))
    curves, clock = seqx_arrays.curves_of(CURVES, arrays, nets, info.step)
    checkpoints = _checkpoints(archive, steps, nets)
    state = checkpoints[info.step]
    return RunRecord(info, begun, tuple(events), state, curves, clock, checkpoints)


def _checkpoints(
    archive: Archive, steps: tuple[int, ...], nets: Mapping[str, int]
) -> dict[int, State]:
    expected = kinds(nets)
    if len(steps) * len(expected) > MAX_ARRAYS:
        raise Refused(RUN, "has more nets and checkpoints than an experiment file can")
    checkpoints: dict[int, State] = {}
    for step in steps:
        name = CHECKPOINT.format(step)
        state = seqx_arrays.unpack(name, archive.read(name))
        seqx_arrays.check_state(name, state, step, expected)
        checkpoints[step] = {name: state[name] for name in expected}
    return checkpoints


def _loaded(archive: Archive, name: str) -> Any:
    return seqx_plain.loads(name, archive.read(name))


@contextlib.contextmanager
def _told(path: Path, done: str) -> Iterator[None]:
    """Turn whatever is wrong into one sentence that begins with the file's name."""
    name, kind = shown(path.name) or ".", InputError if done == "opened" else RunError
    try:
        if "\0" in str(path):
            raise Refused("it", "has an impossible file name")
        yield
    except Refused as error:
        raise kind(f"{name} cannot be {done}: {error}.") from None
    except OSError as error:
        raise kind(f"{name} cannot be {done}: {error.strerror or error}.") from None
