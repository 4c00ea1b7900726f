"""The window's way to the runs: what was interrupted, what is opened again, files of runs.

The store may wait for the disk, so all but the smallest questions are asked on a thread of
this one's own; answers come back as signals.
"""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from sandbox.store.base import RunError, RunInfo
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.gui.session import Session
    from sandbox.store.base import Store, StoredRun
    from sandbox.store.seqx import Opened

ENDING = ".seqx"

_log = logging.getLogger(__name__)


class Library(QObject):
    """Runs and files of runs, for one session.

    remarked: the store did something a person should know.  refused: (title, sentence).
    """

    remarked = Signal(str)
    refused = Signal(str, str)
    interrupted = Signal(object)  # RunInfo, the latest of those that nobody trains any more
    opened = Signal(str)  # the run that is shown now
    _answered = Signal(object, object)  # what to do with it, the future

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.store: Store | None = None
        self._thread = ThreadPoolExecutor(1, "library")
        self._answered.connect(self._take)
        self._closed = False

    def use(self, store: Store) -> None:
        """The store, as soon as there is one; looks for what was interrupted."""
        self.store = store
        self._ask(store.list, self._look_for_interrupted)

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

    def let_be(self, run: str) -> None:
        """Offer an interrupted run no more; it stays in the list."""
        store = self.store
        if store is not None:
            self._ask(lambda: store.let_be(run), _nothing)

    def open_file(self, path: str) -> None:
        """Take in an experiment file and show what is in it; one sentence where it is none."""

        def show(found: tuple[Opened, str]) -> None:
            opened, run = found
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
        untrained = run == self._session.run and not self._session.step_taken

        def write() -> None:
            if store is None or untrained:
                seqx.write_experiment(Path(path), experiment)
            else:
                seqx.write(Path(path), store.record(run))

        def tell(_: object) -> None:
            self._session.say(f"saved to {path}")

        self._ask(write, tell, "The run was not saved")

    def close(self) -> None:
        """End the thread."""
        self._closed = True
        self._thread.shutdown(cancel_futures=True)

    def _taken_in(self, path: str) -> tuple[Opened, str]:
        from sandbox.store import seqx

        opened, store = seqx.read(Path(path)), self.store
        if opened.record is None:
            return opened, ""
        if store is None:
            raise RunError("The runs cannot be kept here, so this file cannot be opened.")
        return opened, store.take(opened.record)

    def _look_for_interrupted(self, runs: tuple[RunInfo, ...]) -> None:
        left = [info for info in runs if info.interrupted and info.step < info.steps]
        if left:
            self.interrupted.emit(max(left, key=lambda info: info.updated))

    def _ask(
        self,
        question: Callable[[], Any],
        act: Callable[[Any], None],
        title: str = "The run was not opened",
    ) -> None:
        future = self._thread.submit(question)
        future.add_done_callback(lambda done: self._back(act, done, title))

    def _back(self, act: Callable[[Any], None], done: Future[Any], title: str) -> None:
        if not self._closed:
            self._answered.emit((act, title), done)

    def _take(self, asked: tuple[Callable[[Any], None], str], done: Future[Any]) -> None:
        act, title = asked
        if self._closed or done.cancelled():
            return
        error = done.exception()
        if isinstance(error, RunError | ExperimentError):
            self.refused.emit(title, str(error))
        elif error is not None:
            raise error
        else:
            try:
                act(done.result())
            except ExperimentError as refusal:
                self.refused.emit(title, str(refusal))


def _nothing(_: object) -> None:
    """There is nothing to be done about it."""
