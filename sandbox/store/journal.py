"""One run's folder while it is being written, and how it stays whole.

curves.csv and events.jsonl only ever grow; checkpoint-STEP.safetensors holds what the
trainer goes on from.  info.json, replaced last and at one stroke, names the checkpoint and
says how long the growing files were then.  Whatever lies beyond that was not acknowledged:
readers stop there, and the next writer cuts it off.  So a save costs what is new, never
what the run has become.
"""

from __future__ import annotations

import fcntl
import json
import os
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from safetensors.numpy import save as to_safetensors

from sandbox.store import atomic, curves
from sandbox.store.base import Measured, Progress, RunError, State

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.experiment import Experiment

VERSION = 1
INFO, EXPERIMENT, CURVES, EVENTS = "info.json", "experiment.json", "curves.csv", "events.jsonl"


class Journal:
    """Writes one run.  Not thread-safe: one thread trains a run."""

    def __init__(self, folder: Path, begun: Experiment, info: Mapping[str, Any] | None) -> None:
        """`info` is that of the checkpoint to go on from; None for a new run."""
        self._folder, self._begun = folder, begun
        self._created = str(info["created"]) if info else _now()
        self._sizes = dict(info["sizes"]) if info else {CURVES: 0, EVENTS: 0}
        self._new = {CURVES: bytearray(b"" if info else curves.HEADER), EVENTS: bytearray()}
        self._lock: int | None = None
        self._made = info is not None
        if info:
            self._take_lock()

    def append_curves(self, first: int, measured: Mapping[str, Measured]) -> None:
        """Measurements of the steps from `first` on, in memory until the next checkpoint."""
        self._new[CURVES] += curves.lines(first, measured, self._begun.seed)

    def append(self, event: Mapping[str, Any]) -> None:
        """An event, in memory until the next checkpoint."""
        self._new[EVENTS] += json.dumps(finite(event), allow_nan=False).encode() + b"\n"

    def checkpoint(self, state: State, progress: Progress) -> None:
        """Everything on disk, acknowledged at one stroke; OSError changes nothing."""
        self._make_folder()
        for name, new in self._new.items():
            self._grow(name, new)
        arrays = {name: np.array(array, order="C") for name, array in state.items()}
        data = to_safetensors(arrays)
        weights = f"checkpoint-{progress.step}.safetensors"
        atomic.write_bytes(self._folder / weights, data)
        sizes = {name: self._sizes[name] + len(new) for name, new in self._new.items()}
        self._acknowledge(weights, data, sizes, progress)
        self._sizes = sizes
        for new in self._new.values():
            new.clear()
        self._drop_older(weights)

    def close(self) -> None:
        """Let go of the folder."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _acknowledge(
        self, weights: str, data: bytes, sizes: Mapping[str, int], progress: Progress
    ) -> None:
        info = {
            "version": VERSION,
            "created": self._created,
            "updated": _now(),
            "task": progress.experiment.task,
            "step": progress.step,
            "steps": progress.experiment.steps,
            "seconds": progress.seconds,
            "cells": finite(progress.cells),
            "checkpoint": weights,
            "checksum": zlib.crc32(data),
            "sizes": sizes,
        }
        text = json.dumps(info, indent=1, allow_nan=False)
        atomic.write_bytes(self._folder / INFO, text.encode())

    def _make_folder(self) -> None:
        if self._made:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        if self._lock is None:
            self._take_lock()
        if (self._folder / INFO).exists():
            raise RunError(f"There is a run {self._folder.name} already; it is left as it is.")
        text = self._begun.to_json() + "\n"
        atomic.write_bytes(self._folder / EXPERIMENT, text.encode())
        atomic.sync_folder(self._folder.parent)
        self._made = True

    def _take_lock(self) -> None:
        handle = os.open(self._folder / ".lock", os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            raise RunError(
                f"Run {self._folder.name} is being trained by another process; close that first."
            ) from None
        except OSError:
            os.close(handle)
            raise
        self._lock = handle

    def _grow(self, name: str, new: bytes | bytearray) -> None:
        """Put `new` behind what is acknowledged, in place of whatever else is there."""
        with open(self._folder / name, "ab") as file:
            file.truncate(self._sizes[name])
            file.write(new)
            file.flush()
            os.fsync(file.fileno())

    def _drop_older(self, weights: str) -> None:
        for path in self._folder.glob("checkpoint-*.safetensors"):
            if path.name != weights:
                path.unlink(missing_ok=True)


def finite(value: Any) -> Any:
    """The value as strict JSON can say it: what is not finite becomes null."""
    if isinstance(value, Mapping):
        return {key: finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [finite(each) for each in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not np.isfinite(value) else value


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
