"""Runs as an earlier version kept them: a folder each, under one root.  Only read now.

curves.csv and events.jsonl grew; info.json names the checkpoint and says how long the growing
files were then.  What lies beyond that was not acknowledged.
"""

from __future__ import annotations

import json
import os
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safetensors import SafetensorError
from safetensors.numpy import load as from_safetensors

from sandbox.experiment import Experiment, from_json
from sandbox.store import curves as csv
from sandbox.store.base import Measured, RunError, RunInfo, State, StoredRun
from sandbox.store.names import order, plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

VERSION = 1
INFO, EXPERIMENT, CURVES, EVENTS = "info.json", "experiment.json", "curves.csv", "events.jsonl"
_Info = dict[str, Any]


class FolderRuns:
    """The runs in the folders under `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def names(self) -> tuple[str, ...]:
        """Ids of the runs that have a checkpoint, oldest first."""
        try:
            names = os.listdir(self.root)
        except OSError:
            return ()
        kept = (name for name in names if (self.root / name / INFO).exists())
        return tuple(sorted(kept, key=order))

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

    def _folder(self, run: str) -> Path:
        return self.root / plain(run)

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
            f"Run {run} could not be taken in, because {name} in {self.root / run} is damaged: "
            f"{why}; the folder is left as it is."
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
