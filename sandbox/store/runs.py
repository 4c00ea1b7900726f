"""RunStore: every run in one SQLite file, written by one thread.

The process that trains a run holds a lock file, which ends with the process. So a second window
on the same store is safe, and a run that is marked as open while nobody holds its lock was
interrupted. A damaged file is renamed, and what can be read is copied out of it.
"""

from __future__ import annotations

import json
import logging
import math
import os
import sys
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from sandbox.folders import data_folder
from sandbox.store import budget, reading, writing
from sandbox.store.base import ExperimentTimeline, RunError, RunInfo, Usage
from sandbox.store.file import RunsFile
from sandbox.store.locks import Held, Lock, is_held
from sandbox.store.run_ids import ACCEPTED, LAST, order, plain
from sandbox.store.writing import Begun
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from sandbox.experiment import Experiment
    from sandbox.store.base import Batch, Curves, Origin, RunRecord, State, StoredRun
    from sandbox.store.budget import Thinned

T = TypeVar("T")
LOCKS = "locks"
NICENESS = 5  # 0 is an ordinary thread, 19 the lowest priority
THINNING_S = 2.0  # at most at a time, since writes wait meanwhile

_log = logging.getLogger(__name__)


class RunStore:
    """The runs in the file at `path`, which the first write creates.  Thread-safe.

    A run is kept from its first write on. Every call but `begin`, `finish` and `write` may take a
    moment, and raises RunError in one sentence if the store cannot be read or changed.
    tell: called with sentences about the file that the user should know.
    """

    def __init__(self, path: Path, tell: Callable[[str], None] | None = None) -> None:
        self.path = path
        self._tell = tell or _log.warning
        self._writer = ThreadPoolExecutor(1, "store", initializer=_yield_to_others)
        self._file = RunsFile(path, path.parent / LOCKS / "recovering.lock", self._tell)
        self._begun: dict[str, Begun] = {}
        self._locks: dict[str, Lock | None] = {}
        self._said_full = False

    # A run that is trained here -------------------------------------------------------

    def begin(self, run: str, experiment: Experiment, origin: Origin | None = None) -> None:
        """Start a new run, written by this process.

        RunError if it is already being trained; the first write fails if a run with that id is
        already kept.
        """
        self._lock(plain(run))
        self._begun[run] = Begun(run, experiment, origin)

    def resume(self, run: str) -> StoredRun:
        """Resume a run in this process; RunError if it is damaged or trained elsewhere.

        A deleted run is put back on the list.
        """
        self._lock(plain(run))
        try:
            stored = self.load(run)
            if run in self.deleted():
                self.restore(run)
        except BaseException:
            self._unlock(run)
            raise
        self._begun[run] = Begun(
            run, stored.begun, stored.info.origin, fresh=False, after=stored.info.step
        )
        return stored

    def write(self, run: str, batch: Batch) -> Future[None]:
        """Write the whole batch, or nothing if the future ends in an OSError or a RunError.

        The store's own thread writes it; the batch must not be changed afterwards.
        """
        return self._writer.submit(self._write, self._begun[run], batch)

    def finish(self, run: str) -> None:
        """Release the run once all earlier writes are on disk."""
        if self._begun.pop(run, None) is not None:
            self._writer.submit(self._finish, run).add_done_callback(_log_fault)

    def close(self) -> None:
        """End the writer once all writes are done."""
        self._writer.shutdown()
        self._file.close()
        for run in tuple(self._locks):
            self._unlock(run)

    # What is kept ---------------------------------------------------------------------

    def resolve(self, name: str) -> str:
        """The id of the run called `name`, an id or "last"; ExperimentError if there is none."""
        runs = self._names()
        if name == LAST:
            if not runs:
                raise ExperimentError("run", name, f"{ACCEPTED}; there are no runs yet")
            return max(runs, key=order)
        if plain(name) not in runs:
            raise ExperimentError("run", name, f"{ACCEPTED}; there is no such run")
        return name

    def load(self, run: str) -> StoredRun:
        """The run at its last sound checkpoint; RunError if it has none."""
        return self._of(run, lambda db: reading.stored(db, reading.info(db, run, self._is_held)))

    def record(self, run: str) -> RunRecord:
        """The whole run; RunError if it has no sound checkpoint."""
        return self._of(run, lambda db: reading.record(db, reading.info(db, run, self._is_held)))

    def curves(self, run: str, first: int = 0, last: int = reading.LAST) -> Curves:
        """By net's key, steps int64 (n,) and (loss, accuracy, grad_norm), each float32 (n,)."""
        return self._of(run, lambda db: reading.curves(db, run, last, first))

    def clock(self, run: str) -> NDArray[np.float64]:
        """Rows of (step, seconds of training up to it), float64 (m, 2)."""
        return self._of(run, lambda db: reading.clock(db, run))

    def checkpoint(self, run: str, step: int) -> tuple[int, State]:
        """The last sound checkpoint at or before `step`, and its step; RunError if none."""
        return self._of(run, lambda db: reading.checkpoint(db, run, step))

    def info(self, run: str) -> RunInfo:
        """One line of the list."""
        return self._of(run, lambda db: reading.info(db, run, self._is_held))

    def list(self) -> tuple[RunInfo, ...]:
        """Every run that is not deleted, oldest first."""
        nothing: tuple[RunInfo, ...] = ()
        found = self._file.read(lambda db: reading.infos(db, self._is_held), nothing)
        return tuple(sorted(found, key=lambda info: order(info.run)))

    def deleted(self) -> tuple[str, ...]:
        """Ids of the runs that were deleted and can be restored."""
        return self._names(deleted=True)

    def timelines(self, runs: Iterable[RunInfo]) -> dict[str, ExperimentTimeline]:
        """By id, each run's settings from its first step on; unreadable runs are left out."""
        return self._file.read(lambda db: reading.timelines(db, runs), {})

    def usage(self) -> Usage:
        """How many bytes all runs take, and how many they may take."""
        return self._file.read(budget.usage, Usage(0, budget.DEFAULT))

    def set_budget(self, limit: int) -> None:
        """Let runs take `limit` bytes, and delete checkpoints at once if they take more.

        RunError if the limit is too low.
        """
        self._do(lambda db: budget.set_budget(db, limit))
        self._said_full = False
        self._writer.submit(self._keep_to_budget, math.inf).result()

    def mark_exported(self, run: str) -> None:
        """Keep all checkpoints of a run whatever the budget, since it was exported."""
        try:
            self._set(run, exported=True)
        except RunError as error:  # the exported file is there all the same
            _log.warning("run %s could not be marked as exported: %s", run, error)

    def import_run(self, record: RunRecord) -> str:
        """Keep a run from elsewhere; returns its id, a new one if its own is taken."""
        return self._do(lambda db: writing.import_run(db, record))

    def annotate(
        self,
        run: str,
        note: str | None = None,
        star: bool | None = None,
        held: Mapping[str, str] | None = None,
    ) -> None:
        """Set the note, whether the run is starred, or what is held in it; None leaves it."""
        values = {"note": note, "star": star}
        values["held"] = None if held is None else json.dumps(dict(held))
        self._set(run, **{name: value for name, value in values.items() if value is not None})

    def mark_closed(self, run: str) -> None:
        """Mark an interrupted run as closed, so that it is no longer offered."""
        self._do(lambda db: writing.update(db, run, open=False))

    def delete(self, run: str) -> None:
        """Take the run off the list, and delete it after a week; RunError while it trains."""
        if self._is_held(run):
            raise RunError(f"Run {run} is being trained; stop it first.")
        self._set(run, deleted=writing.now())

    def restore(self, run: str) -> None:
        """Put a deleted run back on the list."""
        self._set(run, deleted=None)

    # Reading --------------------------------------------------------------------------

    def _names(self, deleted: bool = False) -> tuple[str, ...]:
        return self._file.read(lambda db: reading.names(db, deleted), ())

    def _of(self, run: str, ask: Callable[[sqlite3.Connection], T]) -> T:
        """The answer to a query about one run; RunError if there are no runs at all."""
        found = self._file.read(lambda db: (ask(db),), None)
        if found is None:
            raise RunError(f"There is no run {run}.")
        return found[0]

    # Writing --------------------------------------------------------------------------

    def _set(self, run: str, **values: Any) -> None:
        """Change columns of a run's row; RunError if it has none."""
        if not self._do(lambda db: writing.update(db, run, **values)):
            raise RunError(f"There is no run {run} any more.")

    def _do(self, act: Callable[[sqlite3.Connection], T]) -> T:
        """Run `act` on the writer's thread and wait; RunError if it fails."""
        try:
            return self._writer.submit(self._file.change, act).result()
        except OSError as error:
            raise RunError(
                f"The runs in {self.path} cannot be changed ({error.strerror}): make room, or "
                "let the file be written."
            ) from None

    def _write(self, begun: Begun, batch: Batch) -> None:
        current = self._begun.get(begun.run, begun)  # as the previous batch left it
        self._file.change(lambda connection: writing.write_batch(connection, current, batch))
        if begun.run in self._begun:
            self._begun[begun.run] = replace(current, fresh=False, after=None)
        if current.fresh:
            self._keep_to_budget()

    def _finish(self, run: str) -> None:
        try:
            if self.path.exists():
                self._file.change(lambda db: writing.update(db, run, open=False))
        except (OSError, RunError) as error:
            _log.warning("run %s could not be closed: %s", run, error)
        finally:
            self._unlock(run)
        self._keep_to_budget()

    def _keep_to_budget(self, for_s: float = THINNING_S) -> None:
        """Delete checkpoints of old runs until the budget is kept, for at most `for_s` seconds."""
        if not self.path.exists():
            return
        thinned: list[Thinned] = []
        end = time.monotonic() + for_s
        try:
            while time.monotonic() < end:
                found = self._file.change(lambda db: budget.thin_next(db, self._is_held))
                if found is None:
                    break
                thinned.append(found)
                self._file.shrink(found.freed)
            known = self.usage()
        except (OSError, RunError) as error:
            _log.warning("space could not be saved: %s", error)
            return
        if thinned:
            self._tell(budget.in_words(thinned, known.budget))
        elif known.used > known.budget and not self._said_full:
            self._said_full = True
            self._tell(budget.too_full(known))

    # Locks ----------------------------------------------------------------------------

    def _lock(self, run: str) -> None:
        if run in self._locks and run not in self._begun:
            self._writer.submit(int).result()  # it is being released
        if run in self._locks:
            raise RunError(f"Run {run} is being trained already.")
        try:
            self._locks[run] = Lock(self._lock_of(run))
        except Held:
            raise RunError(
                f"Run {run} is being trained by another process; close that first."
            ) from None
        except OSError:
            self._locks[run] = None  # the folder cannot be written: the first write reports it

    def _unlock(self, run: str) -> None:
        if (lock := self._locks.get(run)) is not None:
            lock.release()
        self._locks.pop(run, None)  # last: `_lock` waits while it is there

    def _is_held(self, run: str) -> bool:
        return run in self._locks or is_held(self._lock_of(run))

    def _lock_of(self, run: str) -> Path:
        return self.path.parent / LOCKS / f"{plain(run)}.lock"


def runs_file() -> Path:
    """The database of all runs, in the data folder; not created here."""
    return data_folder().expanduser().absolute() / "runs.sqlite3"


def _yield_to_others() -> None:
    """Let training threads go first; only Linux has a priority for each thread."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)


def _log_fault(done: Future[None]) -> None:
    if (error := done.exception()) is not None:
        _log.error("a run could not be released", exc_info=error)
