"""The window's way to the store: interrupted runs, runs opened again, files of runs.

The store may wait for the disk, so it is asked through `Background`.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from sandbox.gui.session.background import Background, sentence
from sandbox.gui.session.curvebuffer import SMOOTHED_OVER, Detail
from sandbox.gui.session.shown_run import still_inherited
from sandbox.store.base import RunError, RunInfo
from sandbox.tasks import user_tasks
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.gui.session.overlays import Overlay
    from sandbox.gui.session.recording import Inherited
    from sandbox.gui.session.session import Session
    from sandbox.store.base import RunRecord, StoredRun
    from sandbox.store.runs import RunStore
    from sandbox.store.seqx import Opened

ENDING = ".seqx"
LATEST_S, POLL_S = 3.0, 0.05  # how long to wait until what is on screen is on disk, too
NO_RUNS = "No runs are kept here."

_log = logging.getLogger(__name__)


class Library(QObject):
    """Opens, saves and exports runs for one session.

    remarked: the store did something that a person should know.  refused: (title, sentence).
    """

    remarked = Signal(str)
    refused = Signal(str, str)
    interrupted = Signal(object)  # RunInfo of the latest interrupted run
    filed = Signal(str)  # the path of a file that was opened or saved
    restored = Signal(object)  # what was held in the pictures of a run that is on screen again

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.store: RunStore | None = None
        self.unfinished = ""  # a run that was being trained when the window was last closed
        self._background = Background("library", self)
        self._closing = threading.Event()

    def use(self, store: RunStore) -> None:
        """Use this store from now on, and look for an interrupted run."""
        self.store = store
        self._ask(store.list, self._look_for_interrupted, "The runs cannot be read")

    def open(self, run: str, then_train: bool = False) -> None:
        """Show a run as it was left; then_train: and go on training it."""
        store = self.store
        if store is None:
            self.refused.emit("The run was not opened", NO_RUNS)
            return
        if run == self._session.run:
            self._session.say("this run is on screen already")
            return

        def read() -> tuple[StoredRun, Inherited]:
            stored = store.load(run)
            return stored, inherited_by(store, stored)

        def show(found: tuple[StoredRun, Inherited]) -> None:
            stored, inherited = found
            experiment = stored.experiment_at(stored.info.step)
            self._session.open_stored(run, experiment, stored.info.origin, inherited)
            self.restored.emit(stored.info.held)
            if then_train:
                self._session.train()

        self._ask(read, show)

    def keep_held(self, run: str, held: Mapping[str, str]) -> None:
        """Keep what is held in a run's pictures with it."""
        store = self.store
        if store is not None:
            keep = partial(self._annotate, store, run, held)
            self._ask(keep, lambda _: None, "What is held was not kept", aloud=False, always=True)

    def mark_closed(self, run: str) -> None:
        """Stop offering an interrupted run; it stays in the history."""
        store = self.store
        if store is not None:
            self._ask(lambda: store.mark_closed(run), lambda _: None, always=True)

    def open_file(self, path: str) -> None:
        """Import an experiment file and show what is in it; say why if that fails."""

        def show(found: tuple[Opened, str]) -> None:
            opened, run = found
            self.filed.emit(path)
            if run:
                self.open(run)
            else:
                self._session.edit(opened.experiment)
                self._session.say(f"{Path(path).name} opened")

        self._ask(lambda: self._taken_in(path), show, f"{Path(path).name} was not opened")

    def save_file(self, path: str, run: str) -> None:
        """Write a run as an experiment file; before its first step, the experiment alone."""
        from sandbox.store import seqx

        store, experiment = self.store, self._session.experiment
        untrained = run == self._session.run and not self._session.shown.kept
        step = self._shown_step(run)

        def write() -> None:
            if store is None or untrained:
                seqx.write_experiment(Path(path), experiment)
            else:
                seqx.write(Path(path), seqx.fitting(self._whole(store, run, step)))
                store.mark_exported(run)

        def tell(_: object) -> None:
            self.filed.emit(path)
            self._session.acknowledge(f"saved to {path}{needs_file(experiment.task)}")

        self._ask(write, tell, "The run was not saved", always=True)

    def overlay(self, run: str, show: Callable[[Overlay], None], wanted: bool = True) -> None:
        """Read another run's curves, to be drawn under the live ones.

        wanted: a person asked for them; otherwise a refusal is only a remark.
        """
        store = self.store
        if store is None:
            return  # nobody can have chosen a run

        def made() -> Overlay:
            from sandbox.gui.session.overlays import overlay_of

            info = store.info(run)
            if info.damage:
                raise RunError(info.damage)
            timeline, curves, times = store.load(run).timeline, store.curves(run), store.clock(run)
            when = f"{datetime.fromisoformat(info.created).astimezone():%H:%M:%S}"
            return overlay_of(run, when, timeline, curves, times)

        self._ask(made, show, "The curves were not drawn", wanted)

    def detail(self, run: str, first: int, last: int, show: Callable[[Detail], None]) -> None:
        """Read every step of a part of a run's curves, as far as it is stored."""
        store = self.store
        if store is None:
            return

        def read() -> Detail:
            return Detail(run, first, last, store.curves(run, first, last))

        self._ask(read, show, "The curves were not drawn")

    def export(self, run: str, path: Path) -> None:
        """Write a run in the format of the file's ending."""
        store = self.store
        if store is None:
            self.refused.emit("The run was not exported", NO_RUNS)
            return
        step = self._shown_step(run)

        def write() -> tuple[Path, ...]:
            from sandbox.export import files

            written = files.export(self._whole(store, run, step), path)
            store.mark_exported(run)
            return written

        def tell(written: tuple[Path, ...]) -> None:
            others = f" and {len(written) - 1} more" if len(written) > 1 else ""
            self._session.acknowledge(f"exported to {written[0]}{others}")

        self._session.say(f"exporting to {path.name} …")
        self._ask(write, tell, "The run was not exported", always=True)

    def close(self) -> None:
        """End the thread."""
        self._closing.set()
        self._background.close()

    def _shown_step(self, run: str) -> int:
        """The last step of the run on screen; 0 for any other run."""
        return self._session.shown.last_step if run == self._session.run else 0

    def _whole(self, store: RunStore, run: str, step: int) -> RunRecord:
        """The run, once the store has it up to this step or LATEST_S have passed."""
        end = time.monotonic() + LATEST_S
        while step and time.monotonic() < end:
            with contextlib.suppress(RunError):  # its first write is under way
                if store.info(run).step >= step:
                    break
            self._closing.wait(POLL_S)
        return store.record(run)

    def _annotate(self, store: RunStore, run: str, held: Mapping[str, str]) -> None:
        """Keep what is held with a run whose first write may be under way."""
        end = time.monotonic() + LATEST_S
        while True:
            try:
                store.annotate(run, held=held)
            except RunError:
                if time.monotonic() > end:
                    raise
                time.sleep(POLL_S)
            else:
                return

    def _taken_in(self, path: str) -> tuple[Opened, str]:
        from sandbox.store import seqx

        opened, store = seqx.read(Path(path)), self.store
        if opened.record is None:
            return opened, ""
        if store is None:
            raise RunError("The runs cannot be kept here, so this file cannot be opened.")
        return opened, store.import_run(opened.record)

    def _look_for_interrupted(self, runs: tuple[RunInfo, ...]) -> None:
        left = [
            info
            for info in runs
            if (info.interrupted or info.run == self.unfinished) and info.step < info.steps
        ]
        if left:
            self.interrupted.emit(max(left, key=lambda info: info.updated))

    def _ask(
        self,
        job: Callable[[], Any],
        then: Callable[[Any], None],
        title: str = "The run was not opened",
        aloud: bool = True,
        always: bool = False,
    ) -> None:
        """Ask off the window's thread; a refusal is a dialog, or said in passing if not `aloud`."""

        def refuse(error: Exception) -> None:
            if aloud:
                self.refused.emit(title, sentence(error))
            else:
                self._session.say(f"{title}: {sentence(error)}")

        def answer(result: Any) -> None:
            try:
                then(result)
            except ExperimentError as error:
                refuse(error)

        if not self._closing.is_set():
            self._background.ask(job, answer, refuse, always=always)


def inherited_by(store: RunStore, fork: StoredRun) -> Inherited:
    """What a fork's nets had at its first step; nothing if its parent is gone, or if it is none."""
    origin = fork.info.origin
    if origin is None:
        return {}
    try:
        parent = store.load(origin.parent)
        curves = store.curves(origin.parent, origin.step - SMOOTHED_OVER + 1, origin.step)
    except RunError:
        return {}
    found = dict(inherited_by(store, parent))  # of a fork that was forked at its first step
    for key, (steps, (loss, accuracy, _)) in curves.items():
        if len(steps):
            found[key] = float(loss.mean()), float(accuracy.mean())
    return still_inherited(found, parent.experiment_at(origin.step), fork.begun)


def needs_file(task: str) -> str:
    """The end of a sentence about a saved file: which task file it needs; "" for none."""
    file = user_tasks.file_of(task)
    return "" if file is None else f"; to open it, you also need its task file, {file.path.name}"
