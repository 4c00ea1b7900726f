"""A session with a worker that only notes what it is asked, and a window around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from unittest.mock import MagicMock

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from sandbox.gui.look.theme import Theme
from sandbox.gui.session.preferences import Preferences
from sandbox.gui.session.session import Session
from sandbox.gui.window.main_window import MainWindow
from sandbox.run.control import CommandBox
from sandbox.run.messages import Curve, Event, Frame, Mailbox, Phase, Points, Status
from tests.gui.canned_frames import trace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from sandbox.experiment import Experiment


class Desk:
    """A session, and a stand-in for its worker that answers as it is told."""

    def __init__(self, experiment: Experiment | None = None) -> None:
        self.control = MagicMock(spec=CommandBox)
        self.mailbox = Mailbox()
        self.now = 0.0
        self.session = Session(self.control, self.mailbox, experiment, clock=lambda: self.now)

    def tell(self, phase: Phase, step: int = 0, run: str | None = None, **more: Any) -> None:
        """The worker says its phase, and the session takes the mail."""
        run = self.session.run if run is None else run
        self.now += 0.04
        self.mailbox.post(Status(run, phase, step, 100.0, step / 100, **more))
        self.session.tick()

    def frame(self, step: int = 0, run: str | None = None) -> Frame:
        """The worker sends a frame, and the session takes the mail."""
        view = _View(self.session)
        traces = {key: trace(cell, view, 4) for key, cell in self.session.shown.cells.items()}
        run = self.session.run if run is None else run
        frame = Frame(run, step, self.session.examples, traces)
        self.mailbox.post(frame)
        self.session.tick()
        return frame

    def points(self, first: int, count: int, loss: float = 1.0, run: str | None = None) -> None:
        """The worker sends measurements of `count` steps, and the session takes the mail."""
        values = np.full(count, loss, np.float32)
        curves = {key: Curve(values, values / 2, values) for key in self.session.shown.cells}
        self.mailbox.post(Points(self.session.run if run is None else run, first, curves))
        self.session.tick()

    def event(self, step: int, kind: Any, text: str, cell: str | None = None) -> None:
        """The worker tells of an event, and the session takes the mail."""
        self.mailbox.post(Event(self.session.run, step, kind, text, cell))
        self.session.tick()

    def run_until(self, step: int) -> None:
        """Train pressed, and the worker so far."""
        self.session.train()
        self.tell(Phase.RUNNING, step)

    @property
    def opened(self) -> tuple[Experiment, bool]:
        """What the worker was last asked to open, and whether to train it."""
        call = self.control.open.call_args
        return call.args[1], call.kwargs["train"]


class _View:
    """As much of a ShownSequence as canned traces look at."""

    def __init__(self, session: Session) -> None:
        self.sequences, self.task = session.examples, session.task


@pytest.fixture
def experiment() -> Experiment | None:
    """What is on screen first; a module may have its own."""
    return None


@pytest.fixture
def desk(qapp: QApplication, experiment: Experiment | None) -> Iterator[Desk]:
    made = Desk(experiment)
    yield made
    made.session.close()
    # Windows are closed by now; Qt takes them apart here, not Python's collector some time later.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def window(desk: Desk, qtbot: QtBot) -> Iterator[MainWindow]:
    made = open_window(desk, qtbot)
    yield made
    made.close()


def open_window(desk: Desk, qtbot: QtBot, theme: str = "dark") -> MainWindow:
    """The window, shown at 1280 by 720 and active, on an engine that is warm."""
    made = MainWindow(desk.session, Theme(theme), Preferences())
    qtbot.addWidget(made)
    made.resize(1280, 720)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is made)
    desk.tell(Phase.READY)
    desk.frame()
    return made
