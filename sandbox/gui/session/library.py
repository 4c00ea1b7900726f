"""The window's way to the runs: what was interrupted, what is opened again, files of runs.

The store may wait for the disk, so all but the smallest questions go through `Background`.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from sandbox.gui.session.background import Background, sentence
from sandbox.gui.session.curvebuffer import Detail
from sandbox.gui.session.own_tasks_words import needs_file
from sandbox.store.base import RunError, RunInfo
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.gui.session.overlays import Overlay
    from sandbox.gui.session.session import Session
    from sandbox.store.base import RunRecord, Store, StoredRun
    from sandbox.store.seqx import Opened

ENDING = ".seqx"
LATEST_S, POLL_S = 3.0, 0.05  # until a step that is on screen is on disk, too

_log = logging.getLogger(__name__)


class Library(QObject):
    """Runs and files of runs, for one session.

    remarked: the store did something a person should know.  refused: (title, sentence).
    """

    remarked = Signal(str)
    refused = Signal(str, str)
    interrupted = Signal(object)  # RunInfo, the latest of those that nobody trains any more
    opened = Signal(str)  # the run that is shown now
    filed = Signal(str)  # the path of a file that was opened or saved

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.store: Store | None = None
        self.unfinished = ""  # a run that was being trained when the window was last closed
        self._background = Background("library", self)
        self._closing = threading.Event()

    def use(self, store: Store) -> None:
        """The store, as soon as there is one; looks for what was interrupted."""
        self.store = store
        self._ask(store.list, self._look_for_interrupted, "The runs cannot be read")

    def open(self, run: str, then_train: bool = False) -> None:
        """Show a run as it was left, and go on with it where that is wanted."""
        store = self.store
        if store is None or run == self._session.run:
            return

        def show(stored: StoredRun) -> None:
            experiment = stored.experiment_at(stored.info.step)
            self._session.open_stored(run, experiment, stored.info.origin)
            if then_train:
                self._session.train()
            self.opened.emit(run)

        self._ask(lambda: store.load(run), show)

    def mark_closed(self, run: str) -> None:
        """Offer an interrupted run no more; it stays in the list."""
        store = self.store
        if store is not None:
            self._ask(lambda: store.mark_closed(run), lambda _: None, always=True)

    def open_file(self, path: str) -> None:
        """Take in an experiment file and show what is in it; one sentence where it is none."""

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
        """Write a run as an experiment file; the experiment alone where it has no step yet."""
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

    def overlay(
        self,
        run: str,
        label: Callable[[RunInfo], str],
        show: Callable[[Overlay], None],
        wanted: bool = True,
    ) -> None:
        """Another run's curves, to be laid under the live ones.

        wanted: whether a person asked for them; else what is wrong is told in passing.
        """
        store = self.store
        if store is None:
            return

        def made() -> Overlay:
            from sandbox.gui.session.overlays import overlay_of

            info = store.info(run)
            if info.damage:
                raise RunError(info.damage)
            cells = {key: str(each.get("cell", key)) for key, each in info.cells.items()}
            curves, times = store.curves(run), store.clock(run)
            return overlay_of(
                run, label(info), cells, curves, times, task=info.task, looks=info.looks
            )

        self._ask(made, show, "The curves were not drawn", wanted)

    def detail(self, run: str, first: int, last: int, show: Callable[[Detail], None]) -> None:
        """Every step of a part of a run's curves, as far as it is stored."""
        store = self.store
        if store is None:
            return

        def read() -> Detail:
            return Detail(run, first, last, store.curves(run, first, last))

        self._ask(read, show, "The curves were not drawn")

    def export(self, run: str, path: Path) -> None:
        """Write a run as the file's ending says."""
        store = self.store
        if store is None:
            self.refused.emit("The run was not exported", "No run is kept here.")
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
        """The last step of a run that is on screen; 0 of any other."""
        return self._session.shown.last_step if run == self._session.run else 0

    def _whole(self, store: Store, run: str, step: int) -> RunRecord:
        """The run as soon as the store has it up to a step, or has had the time for it."""
        end = time.monotonic() + LATEST_S
        while step and time.monotonic() < end:
            with contextlib.suppress(RunError):  # its first write is under way
                if store.info(run).step >= step:
                    break
            self._closing.wait(POLL_S)
        return store.record(run)

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
            tell = self.refused.emit if aloud else self._remark
            tell(title, sentence(error))

        def answer(result: Any) -> None:
            try:
                then(result)
            except ExperimentError as error:
                refuse(error)

        if not self._closing.is_set():
            self._background.ask(job, answer, refuse, always=always)

    def _remark(self, title: str, sentence: str) -> None:
        self._session.say(f"{title}: {sentence}")
