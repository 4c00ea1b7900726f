"""A window with a real worker and a real store, on an experiment that trains in a moment."""

from __future__ import annotations

import gc
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from sandbox.experiment import Experiment
from sandbox.gui.look.theme import Theme
from sandbox.gui.session.preferences import Preferences
from sandbox.gui.session.session import Session
from sandbox.gui.window.main_window import MainWindow
from sandbox.run.messages import Mailbox, Phase
from sandbox.run.worker import Worker
from sandbox.store.runs import RunStore
from sandbox.tasks.registry import complete

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray
    from pytestqt.qtbot import QtBot

    from sandbox.run.messages import Frame

PATIENCE_MS = 60_000  # kernels may have to be compiled
FILE = "runs.sqlite3"


def tiny(**fields: object) -> Experiment:
    """RNN and LSTM of 4 units."""
    nets = [{"cell": "rnn", "hidden": 4}, {"cell": "lstm", "hidden": 4}]
    base = Experiment(task="recall", params={"gap": 3}, contestants=nets, batch=4, steps=200)
    return complete(base.changed(**fields))


class Live:
    """What `sandbox.gui.window.process` puts together, without the process."""

    def __init__(self, folder: Path, qtbot: QtBot, experiment: Experiment | None = None) -> None:
        self.qtbot, self.store = qtbot, RunStore(folder / FILE)
        mailbox = Mailbox()
        self.worker = Worker(mailbox, self.store)
        self.session = Session(self.worker.commands, mailbox, experiment or tiny())
        self.window = MainWindow(self.session, Theme("dark"), Preferences())
        self.window.resize(1280, 720)
        with qtbot.waitSignal(self.window.painted):  # it is told of later: not after the end
            self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(lambda: QApplication.activeWindow() is self.window)
        self.session.start()
        self.worker.start()
        self.window.library.use(self.store)

    def close(self) -> None:
        """As the process ends."""
        self.window.close()
        self.window.library.close()
        self.window.history_links.close()
        self.worker.join(PATIENCE_MS / 1000)
        self.store.close()
        assert not self.worker.is_alive()
        # Qt takes the window apart here, and Python's collector the rest: not a worker's thread.
        self.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        del self.window, self.session
        gc.collect()

    def until(self, phase: Phase, step: int) -> Frame:
        """Wait until the run is there, and the pictures are of that step; their frame."""

        def there() -> bool:
            status, frame = self.session.shown.status, self.session.shown.frame
            if status is None or frame is None:
                return False
            return (status.phase, status.step, frame.step) == (phase, step, step)

        self.qtbot.waitUntil(there, timeout=PATIENCE_MS)
        assert self.session.shown.frame is not None
        return self.session.shown.frame

    def train_to(self, step: int) -> Frame:
        """Take the steps up to there, and no more."""
        self.qtbot.waitUntil(lambda: self._is_open, timeout=PATIENCE_MS)
        self.worker.commands.step(step - self.session.shown.last_step)
        phase = Phase.FINISHED if step == self.session.experiment.steps else Phase.PAUSED
        return self.until(phase, step)

    @property
    def _is_open(self) -> bool:
        """Whether the worker has the run on screen, so that its step is known."""
        return self.session.shown.status is not None and bool(self.session.shown.status.keys)

    def frame_of(self, step: int) -> Frame:
        """Wait for the pictures of that step."""

        def there() -> bool:
            return self.session.shown.frame is not None and self.session.shown.frame.step == step

        self.qtbot.waitUntil(there, timeout=PATIENCE_MS)
        assert self.session.shown.frame is not None
        return self.session.shown.frame

    def curves(self) -> dict[str, tuple[NDArray[np.float64], NDArray[np.float32]]]:
        """Steps and losses on screen by key."""
        buffers = {key: self.session.shown.recording.curve(key) for key in self.session.shown.cells}
        return {key: (b.steps.copy(), b.loss.copy()) for key, b in buffers.items()}

    def answered(self) -> None:
        """Wait until the library has answered all that it was asked."""
        self.qtbot.waitUntil(lambda: not self.window.library._background.busy, timeout=PATIENCE_MS)

    def copy_to(self, folder: Path) -> None:
        """The store as a crash now would leave it: the copies are held by nobody."""
        folder.mkdir()

        def copy() -> None:
            for file in self.store.path.parent.glob(f"{FILE}*"):
                shutil.copy(file, folder)

        self.store._writer.submit(copy).result(PATIENCE_MS / 1000)


@contextmanager
def live(folder: Path, qtbot: QtBot, experiment: Experiment | None = None) -> Iterator[Live]:
    """A window on the store in that folder, closed at the end."""
    folder.mkdir(exist_ok=True)
    made = Live(folder, qtbot, experiment)
    try:
        yield made
    finally:
        made.close()


def assert_same_pictures(one: Frame, other: Frame) -> None:
    """To the last bit."""
    assert one.traces.keys() == other.traces.keys()
    for key, trace in one.traces.items():
        assert trace.arrays.keys() == other.traces[key].arrays.keys()
        for name, array in trace.arrays.items():
            np.testing.assert_array_equal(array, other.traces[key].arrays[name])
        np.testing.assert_array_equal(trace.answers, other.traces[key].answers)
