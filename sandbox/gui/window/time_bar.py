"""Under the curves: a slider over the training steps, with Film, Now and Fork."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, QTimer
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSizePolicy,
    QSlider,
    QStyle,
    QStyleOptionSlider,
    QToolButton,
    QWidget,
)

from sandbox.drawing.styles import DARK, Palette
from sandbox.gui.look.marks import icon
from sandbox.gui.look.typeface import SMALL_PX, fit
from sandbox.gui.widgets.actions import bind
from sandbox.gui.widgets.parts import fill, label, named
from sandbox.run.control import FULL_SPEED

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QAction, QMouseEvent

    from sandbox.gui.session.session import Session
    from sandbox.gui.widgets.actions import Actions

FILM_MS = 33  # at least, between two pictures
FILM_S = 10.0  # of a whole film at full speed, which alone would be over before it is seen
BAR_PX, LABEL_PX = 20, 168
PAGES = 20
SLIDER_TIP = "Drag to see every panel as it was at that step; training pauses meanwhile."
NOTHING_TO_PLAY = "There is nothing to play yet: press Train first."
BUTTONS = ("film", "now", "fork")


class StepSlider(QSlider):
    """A slider whose groove, clicked, moves the handle there at once."""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Put the handle under the mouse, to be dragged from there."""
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        rect, control = self.style().subControlRect, QStyle.ComplexControl.CC_Slider
        handle = rect(control, option, QStyle.SubControl.SC_SliderHandle, self)
        groove = rect(control, option, QStyle.SubControl.SC_SliderGroove, self)
        at, left = event.position().toPoint(), Qt.MouseButton.LeftButton
        if event.button() == left and not handle.contains(at):
            way, span = at.x() - groove.left() - handle.width() // 2, groove.width()
            self.setValue(
                QStyle.sliderValueFromPosition(
                    self.minimum(), self.maximum(), way, span - handle.width()
                )
            )
        super().mousePressEvent(event)


class TimeBar(QWidget):
    """Shows which step is on screen, and goes to any other one of the run.

    Dragging pauses training.  A film goes as fast as the speed slider says, from step to step.  It
    waits for each picture before it asks for the next, and leaves out steps to keep its pace.
    """

    def __init__(
        self, session: Session, actions: Actions, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__()
        self.setObjectName("time_bar")
        self._session, self._actions, self._colors = session, actions, DARK
        self._film_step, self._clock = 0.0, clock
        self._film_at: float | None = None  # when it was at that step; None before its picture
        self.slider = named(StepSlider(Qt.Orientation.Horizontal), "Step shown", SLIDER_TIP)
        self._label = label(role="caption")
        self._buttons = {name: _button(actions[name]) for name in BUTTONS}
        self._film = QTimer(self, interval=FILM_MS)
        self._film.timeout.connect(self._next_picture)
        self._lay_out()
        for name, act in (
            ("film", self.toggle_film),
            ("earlier", partial(self._move, -1)),
            ("later", partial(self._move, 1)),
            ("now", self._to_now),
            ("fork", self._fork),
        ):
            actions[name].triggered.connect(act)
        self.slider.valueChanged.connect(self._go)
        session.run_opened.connect(self._stop_film)
        for signal in (
            session.beat,
            session.status_changed,
            session.run_opened,
            session.looked_back,
            session.training_changed,
            session.frame_arrived,
        ):
            signal.connect(self._follow)
        self._follow()

    def set_palette(self, palette: Palette) -> None:
        """Draw in these colours."""
        self._colors = palette
        self._show_film()

    @property
    def playing(self) -> bool:
        """Whether the film plays."""
        return self._film.isActive()

    def toggle_film(self) -> None:
        """Play on from the step on screen, from the first one if that is the last; or stop."""
        if self.playing:
            self._stop_film()
            return
        shown = self._session.shown
        if shown.wanted_step >= shown.last_step:
            self._session.look_back(shown.first_step)
        self._film_step, self._film_at = float(shown.wanted_step), None
        self._film.start()
        self._show_film()

    def _next_picture(self) -> None:
        shown = self._session.shown
        if shown.looking is None or shown.looking >= shown.last_step:
            self._stop_film()
        elif shown.step == shown.looking:
            now = self._clock()
            elapsed = 0.0 if self._film_at is None else now - self._film_at
            further = self._film_step + self._film_pace * elapsed
            self._film_step, self._film_at = min(further, shown.last_step), now
            self._session.look_back(int(self._film_step))

    @property
    def _film_pace(self) -> float:
        """Training steps a second; at full speed at least one a picture."""
        shown, speed = self._session.shown, self._session.feed.speed
        if speed != FULL_SPEED:
            return speed
        return max((shown.last_step - shown.first_step) / FILM_S, 1000 / FILM_MS)

    def _stop_film(self) -> None:
        self._film.stop()
        self._show_film()

    def _show_film(self) -> None:
        """Show in the button whether it plays; its word stays, and so does its width."""
        button, colors = self._buttons["film"], self._colors
        button.setIcon(icon("pause" if self.playing else "train", colors.text, colors.quiet))

    def _go(self, step: int) -> None:
        if self.slider.isSliderDown():
            self._stop_film()
        self._show_step(step)

    def _move(self, by: int) -> None:
        self._stop_film()
        self._show_step(self._session.shown.wanted_step + by)

    def _show_step(self, step: int) -> None:
        """Look back at a step; at the last one training goes on, so that is now."""
        self._session.look_back(None if step >= self.slider.maximum() else step)

    def _to_now(self) -> None:
        self._stop_film()
        self._session.look_back(None)

    def _fork(self) -> None:
        self._stop_film()
        if self._session.feed.training:
            self._session.look_back(self._session.shown.step)  # the step that a person sees
        self._session.fork()

    def _follow(self, *_: object) -> None:
        shown, first = self._session.shown, self._session.shown.first_step
        # at the right end is the step of the pictures, while training
        last = max(shown.step if self._session.feed.training else shown.last_step, first)
        wanted = last if shown.looking is None else shown.looking
        there, back = last > first, shown.looking is not None
        unmoved = last > 0 and not there  # a fork: its only step is the last, at the right end
        with QSignalBlocker(self.slider):
            self.slider.setRange(first - unmoved, last)
            self.slider.setPageStep(max(1, (last - first) // PAGES))
            if not self.slider.isSliderDown() or back:
                self.slider.setValue(wanted)
        self._label.setText(self._words(last))
        self.slider.setAccessibleDescription(self._label.text())
        self.slider.setEnabled(there)
        film = self._actions["film"].toolTip() if there else NOTHING_TO_PLAY
        self._buttons["film"].setToolTip(film)
        for name, able in (
            ("film", there),
            ("earlier", there and wanted > first),
            ("later", back and wanted < last),
            ("now", back),
            ("fork", there),  # one that has not moved is at its fork already
        ):
            self._actions[name].setEnabled(able)

    def _words(self, last: int) -> str:
        shown = self._session.shown
        if not last:
            return "nothing trained yet"
        if shown.step != shown.wanted_step and not self._session.feed.training:
            return f"step {shown.wanted_step:,} · shown: {shown.step:,}"
        if shown.looking is not None:
            return f"step {shown.looking:,} of {last:,}"
        return f"step {last:,}" if self._session.feed.training else f"step {last:,}, the last"

    def _lay_out(self) -> None:
        fit(self, height=BAR_PX)
        fit(self._label, type=SMALL_PX, width=LABEL_PX)
        self.slider.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        film, now, fork = self._buttons.values()
        parts = film, self.slider, self._label, now, fork
        fill(QHBoxLayout(self), *parts, spacing=8, margins=(12, 0, 12, 0), wide=self.slider)
        self._show_film()


def _button(action: QAction) -> QToolButton:
    button, name = QToolButton(), action.objectName().removeprefix("action_")
    bind(button, action, name.title())
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    button.setProperty("compact", True)
    if name == "film":
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        fit(button, icon=14)
    return button
