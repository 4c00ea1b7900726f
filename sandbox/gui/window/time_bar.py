"""Under the curves: a slider over training time, its film, the way back to now, and the fork."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QSlider, QToolButton, QWidget

from sandbox.drawing.styles import DARK, Palette
from sandbox.gui.look.fitting import fit
from sandbox.gui.look.icons import icon
from sandbox.gui.look.typeface import SMALL_PX

if TYPE_CHECKING:
    from PySide6.QtGui import QAction

    from sandbox.gui.session.session import Session
    from sandbox.gui.widgets.actions import Actions

FILM_MS = 33
FILM_PICTURES = 300  # about, in a whole film
BAR_PX, LABEL_PX = 20, 168
PAGES = 20
WORDS = {"film": "Film", "now": "Now", "fork": "Fork"}
PAUSE_FILM = "Pause film"  # the film's button while it plays


class TimeBar(QWidget):
    """Shows which step the panels show, and goes to any other one of the run.

    Dragging pauses the training.  A film waits for each picture before it asks for the next.
    """

    def __init__(self, session: Session, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("time_bar")
        self._session, self._actions, self._colors = session, actions, DARK
        self.slider, self._label = QSlider(Qt.Orientation.Horizontal), QLabel()
        self._buttons = {name: _button(actions[name]) for name in ("film", "now", "fork")}
        self._film = QTimer(self)
        self._film.setInterval(FILM_MS)
        self._film.timeout.connect(self._next_picture)
        self._lay_out()
        for name, act in (
            ("film", self.toggle_film),
            ("earlier", self._earlier),
            ("later", self._later),
            ("now", self._to_now),
            ("fork", self._fork),
        ):
            actions[name].triggered.connect(act)
        self.slider.valueChanged.connect(self._go)
        session.beat.connect(self._follow)
        session.status_changed.connect(self._follow)
        session.run_opened.connect(self._begin)
        session.looked_back.connect(self._follow)
        session.training_changed.connect(self._follow)
        session.frame_arrived.connect(self._follow)
        self._follow()

    def set_palette(self, palette: Palette) -> None:
        """Draw in these colours."""
        self._colors = palette
        self._keep_width()
        self._show_film()

    def toggle_film(self) -> None:
        """Play what there is from the step that is shown, from the start where it is the last."""
        if self._film.isActive():
            self._stop_film()
            return
        if self._session.shown_step >= self._session.step_taken:
            self._session.look_back(self._session.first_step)
        self._film.start()
        self._show_film()

    def _next_picture(self) -> None:
        session = self._session
        if session.looking is None or session.looking >= session.step_taken:
            self._stop_film()
        elif session.frame is not None and session.frame.step == session.looking:
            whole = session.step_taken - session.first_step
            session.look_back(session.looking + max(1, whole // FILM_PICTURES))

    def _stop_film(self) -> None:
        self._film.stop()
        self._show_film()

    def _show_film(self) -> None:
        playing = self._film.isActive()
        button = self._buttons["film"]
        button.setText(PAUSE_FILM if playing else WORDS["film"])
        colors = self._colors
        button.setIcon(icon("pause" if playing else "train", colors.text, colors.quiet))

    def _keep_width(self) -> None:
        """One width for both of its words, so that the slider beside it stays where it is."""
        button, widths = self._buttons["film"], []
        for words in (WORDS["film"], PAUSE_FILM):
            button.setText(words)
            widths.append(button.sizeHint().width())
        button.setFixedWidth(max(widths))

    def _begin(self) -> None:
        self._stop_film()
        self._follow()

    def _go(self, step: int) -> None:
        if self.slider.isSliderDown():
            self._stop_film()
        self._show_step(step)

    def _earlier(self) -> None:
        self._move(-1)

    def _later(self) -> None:
        self._move(1)

    def _move(self, by: int) -> None:
        self._stop_film()
        self._show_step(self._session.shown_step + by)

    def _show_step(self, step: int) -> None:
        """The last step is now, from where training goes on."""
        self._session.look_back(None if step >= self.slider.maximum() else step)

    def _to_now(self) -> None:
        self._stop_film()
        self._session.look_back(None)

    def _fork(self) -> None:
        self._stop_film()
        if self._session.training:
            self._session.pause()  # a fork waits for what is to be changed
        self._session.fork()

    def _follow(self, *_: object) -> None:
        session = self._session
        first, last = session.first_step, max(session.step_taken, session.first_step)
        self.slider.blockSignals(True)
        there, back = last > first, session.looking is not None
        unmoved = last > 0 and not there  # a fork: its only step is the last, at the right end
        self.slider.setRange(first - unmoved, last)
        self.slider.setPageStep(max(1, (last - first) // PAGES))
        if not self.slider.isSliderDown() or session.looking is not None:
            self.slider.setValue(max(session.shown_step, first))
        self.slider.blockSignals(False)
        self._label.setText(self._words(last))
        self.slider.setAccessibleDescription(self._label.text())
        self.slider.setEnabled(there)
        for name, able in (
            ("film", there),
            ("earlier", there and session.shown_step > first),
            ("later", back and session.shown_step < last),
            ("now", back),
            ("fork", there),  # one that has not moved is at its fork already
        ):
            self._actions[name].setEnabled(able)

    def _words(self, last: int) -> str:
        session = self._session
        if not last:
            return "nothing trained yet"
        if session.looking is None:
            return f"step {last:,}, the last" if not session.training else f"step {last:,}"
        if session.drawn_step != session.looking:
            return f"step {session.looking:,} · shown: {session.drawn_step:,}"
        return f"step {session.looking:,} of {last:,}"

    def _lay_out(self) -> None:
        fit(self, height=BAR_PX)
        self.slider.setAccessibleName("Step shown")
        self.slider.setToolTip(
            "Drag to see every panel as it was at that step; training pauses meanwhile."
        )
        fit(self._label, type=SMALL_PX, width=LABEL_PX)
        self._label.setProperty("role", "caption")
        self.slider.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(8)
        row.addWidget(self._buttons["film"])
        row.addWidget(self.slider, 1)
        row.addWidget(self._label)
        row.addWidget(self._buttons["now"])
        row.addWidget(self._buttons["fork"])
        self._keep_width()
        self._show_film()


def _button(action: QAction) -> QToolButton:
    button = QToolButton()
    name = action.objectName().removeprefix("action_")
    button.setText(WORDS[name])
    button.setAccessibleName(WORDS[name])
    button.setToolTip(action.toolTip())
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    button.setProperty("compact", True)
    if name == "film":
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        fit(button, icon=14)
    button.setEnabled(action.isEnabled())
    action.enabledChanged.connect(button.setEnabled)
    button.clicked.connect(action.trigger)
    return button
