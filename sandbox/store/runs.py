"""RunStore: runs as folders under one root, written as `sandbox.store.journal` says."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safetensors import SafetensorError
from safetensors.numpy import load as from_safetensors

from sandbox.experiment import Experiment, from_json
from sandbox.store import curves as csv
from sandbox.store.base import Measured, Progress, RunError, RunInfo, State, StoredRun
from sandbox.store.journal import CURVES, EVENTS, EXPERIMENT, INFO, VERSION, Journal
from sandbox.store.names import ACCEPTED, LAST, order, plain
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

_Info = dict[str, Any]


class RunStore:
    """The `Store` of run folders.  Each run is written by one thread at a time."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._journals: dict[str, Journal] = {}

    def begin(self, run: str, experiment: Experiment) -> None:
        """A new run; its folder comes with the first checkpoint."""
        self._journals[run] = Journal(self.root / plain(run), experiment, None)

    def resume(self, run: str) -> StoredRun:
        """The run, to be gone on with; RunError where it is damaged or in use."""
        stored = self.load(run)
        try:
            self._journals[run] = Journal(self._folder(run), stored.begun, self._info(run))
        except OSError as error:
            raise RunError(f"Run {run} cannot be gone on with: {error.strerror}.") from None
        return stored

    def append_curves(self, run: str, first: int, curves: Mapping[str, Measured]) -> None:
        """Measurements of the steps from `first` on, safe after the next checkpoint."""
        self._journals[run].append_curves(first, curves)

    def append(self, run: str, event: Mapping[str, Any]) -> None:
        """An event, safe after the next checkpoint."""
        self._journals[run].append(event)

    def checkpoint(self, run: str, state: State, progress: Progress) -> None:
        """Everything up to here on disk; OSError leaves the checkpoint before it whole."""
        self._journals[run].checkpoint(state, progress)

    def finish(self, run: str) -> None:
        """Let go of the run."""
        journal = self._journals.pop(run, None)
        if journal is not None:
            journal.close()

    def resolve(self, name: str) -> str:
        """The id that "last" or an id means; ExperimentError where there is none."""
        runs = self._names()
        if name == LAST:
            if not runs:
                raise ExperimentError("run", name, f"{ACCEPTED}; there are no runs yet")
            return runs[-1]
        if plain(name) not in runs:
            raise ExperimentError("run", name, f"{ACCEPTED}; there is no such run")
        return name

    def load(self, run: str) -> StoredRun:
        """The run as its last checkpoint left it; RunError in one sentence otherwise."""
        info = self._info(run)
        return StoredRun(
            info=_listed(run, info),
            begun=self._begun(run),
            events=self._events(run, info),
            state=self._state(run, info),
        )

    def curves(self, run: str) -> dict[str, tuple[NDArray[np.int64], Measured]]:
        """Steps (n,) and (loss, accuracy, grad_norm), each (n,), by contestant's key."""
        data = self._acknowledged(run, CURVES, self._info(run))
        begun = self._begun(run)
        try:
            return csv.read(data, begun)
        except RunError as error:
            raise self._damaged(run, CURVES, str(error)) from None

    def list(self) -> tuple[RunInfo, ...]:
        """Every run, oldest first; a damaged one says so in `damage`."""
        return tuple(self._listed(run) for run in self._names())

    def delete(self, run: str) -> None:
        """Remove the run's folder; RunError while it is being trained, or may not be."""
        folder = self._folder(self.resolve(run))
        try:
            _refuse_if_locked(folder)
            (folder / INFO).unlink(missing_ok=True)
            shutil.rmtree(folder)
        except OSError as error:
            raise RunError(f"Run {run} cannot be deleted: {error.strerror}.") from None

    def _names(self) -> tuple[str, ...]:
        """Ids of the runs that have a checkpoint, oldest first."""
        try:
            names = os.listdir(self.root)
        except OSError:
            return ()
        kept = (name for name in names if (self.root / name / INFO).exists())
        return tuple(sorted(kept, key=order))

    def _folder(self, run: str) -> Path:
        return self.root / plain(run)

    def _listed(self, run: str) -> RunInfo:
        try:
            return _listed(run, self._info(run))
        except (RunError, ExperimentError) as error:
            return RunInfo(run, damage=str(error))

    def _info(self, run: str) -> _Info:
        data = self._read(run, INFO)
        try:
            info: _Info = json.loads(data)
            known = info["version"] <= VERSION
            _listed(run, info), info["checkpoint"], info["checksum"], info["sizes"][EVENTS]
        except (ValueError, KeyError, TypeError, AttributeError):
            raise self._damaged(run, INFO, "it is cut short or changed") from None
        if not known:
            raise RunError(f"Run {run} was made by a later version of Sequence Sandbox; use that.")
        return info

    def _begun(self, run: str) -> Experiment:
        data = self._read(run, EXPERIMENT)
        try:
            return from_json(data.decode())
        except ValueError as error:
            raise self._damaged(run, EXPERIMENT, str(error).rstrip(".")) from None

    def _events(self, run: str, info: _Info) -> tuple[Mapping[str, Any], ...]:
        lines = self._acknowledged(run, EVENTS, info).splitlines()
        try:
            events = tuple(json.loads(line) for line in lines)
            for event in events:
                int(event["step"]), str(event["kind"])
        except (ValueError, KeyError, TypeError):
            raise self._damaged(run, EVENTS, "a line is damaged") from None
        return events

    def _state(self, run: str, info: _Info) -> State:
        name = plain_file(info["checkpoint"])
        data = self._read(run, name)
        if zlib.crc32(data) != info["checksum"]:
            raise self._damaged(run, name, "its checksum is wrong")
        try:
            state: State = from_safetensors(data)
        except SafetensorError as error:
            raise self._damaged(run, name, str(error)) from None
        return state

    def _acknowledged(self, run: str, name: str, info: _Info) -> bytes:
        size = int(info["sizes"][name])
        data = self._read(run, name)
        if len(data) < size:
            raise self._damaged(run, name, "its end is missing")
        return data[:size]

    def _read(self, run: str, name: str) -> bytes:
        try:
            return (self._folder(run) / name).read_bytes()
        except OSError as error:
            raise self._damaged(run, name, str(error.strerror)) from None

    def _damaged(self, run: str, name: str, why: str) -> RunError:
        return RunError(
            f"Run {run} cannot be read, because {name} is damaged: {why}; "
            f"restore {self.root / run} from a copy, or remove it with `runs delete {run}`."
        )


def plain_file(name: object) -> str:
    """A file's name without a folder."""
    return Path(str(name)).name


def _listed(run: str, info: _Info) -> RunInfo:
    return RunInfo(
        run=run,
        created=str(info["created"]),
        updated=str(info["updated"]),
        task=str(info["task"]),
        step=int(info["step"]),
        steps=int(info["steps"]),
        seconds=float(info["seconds"]),
        cells={str(key): dict(each) for key, each in info["cells"].items()},
    )


def _refuse_if_locked(folder: Path) -> None:
    try:
        handle = os.open(folder / ".lock", os.O_RDWR)
    except FileNotFoundError:
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise RunError(f"Run {folder.name} is being trained; stop it before.") from None
    finally:
        os.close(handle)
