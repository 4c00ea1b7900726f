"""The tool bar: new, defaults, restart, the large train button, step, speed, seed, counter."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from sandbox.drawing.styles import DARK, Palette
from sandbox.gui.look.marks import icon
from sandbox.gui.look.typeface import fit
from sandbox.gui.panels.shared.panel import small_button
from sandbox.gui.widgets.actions import bind
from sandbox.gui.widgets.fields import NumberField, Refusal
from sandbox.gui.widgets.info import InfoButton
from sandbox.gui.widgets.parts import fill, label, named
from sandbox.gui.window import scene
from sandbox.gui.window.counter import Counter
from sandbox.run.control import FULL_SPEED
from sandbox.tasks.registry import with_param
from sandbox.validation import schema_of

if TYPE_CHECKING:
    from PySide6.QtGui import QAction

    from sandbox.experiment import Experiment
    from sandbox.gui.session.session import Session
    from sandbox.gui.widgets.actions import Actions

TRAIN = QSize(132, 40)
GAP_PX = 150
LONGEST = 8  # characters in the large button's one line
BEGINNINGS = {"new": "New", "defaults": "Reset"}
SEED_MAX = 2**32 - 1
SPEED_TIP = "Pace of training, from one step a second to full speed ([ and ])."
SLOWED = "slowed down so that you can watch"
SEED_TIP = "The source of all randomness. Another seed starts a new run."
STOPS: tuple[float, ...] = (1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300, 500, FULL_SPEED)  # a second


class RunBar(QWidget):
    """The controls that run the nets, and how far they are."""

    def __init__(self, session: Session, actions: Actions) -> None:
        super().__init__()
        self._session, self._colors = session, DARK
        self._train_action = actions["train"]
        self._train = TrainButton(self._train_action)
        self._beginnings = [_button(actions[name], text) for name, text in BEGINNINGS.items()]
        self._buttons = {name: _button(actions[name], name.title()) for name in ("restart", "step")}
        for button in self._beginnings:  # half as high as the others
            fit(button, width=62, height=21)
        for button in self._buttons.values():
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
            fit(button, icon=20)
        self._speed = named(QSlider(Qt.Orientation.Horizontal), "Speed", SPEED_TIP)
        self._seed = named(NumberField(True, 0, SEED_MAX), "Seed", SEED_TIP)
        self._pace, self._refusal = label(role="caption"), Refusal()
        self.counter, self._gap = Counter(session), GapSlider(session)
        self.slowed = SlowedNote(actions["full_speed"])
        self._set_up_fields()
        self._lay_out()
        for name, by in (("slower", -1), ("faster", 1)):
            actions[name].triggered.connect(partial(self._change_speed, by))
        actions["full_speed"].triggered.connect(lambda: session.feed.set_speed(FULL_SPEED))
        for signal in (session.training_changed, session.status_changed, session.run_opened):
            signal.connect(self._show_train)
        session.experiment_changed.connect(self._follow)
        session.feed.speed_changed.connect(self._show_speed)
        self._seed.show_value(session.experiment.seed)
        self._show_speed(session.feed.speed)

    def set_palette(self, palette: Palette) -> None:
        """Draw in these colours."""
        self._colors = palette
        for name, button in self._buttons.items():
            button.setIcon(icon(name, palette.text, palette.quiet))
        self._show_train()

    def present(self, presenting: bool) -> None:
        """Show the controls that a presentation needs, or all of them."""
        for widget in self._settings:
            widget.setHidden(presenting)
        self.counter.present(presenting)
        self._gap.setVisible(presenting)

    def take_focus(self) -> None:
        """Give the keyboard to the large button."""
        self._train.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_train(self, *_: object) -> None:
        name = "pause" if self._session.feed.training else "train"
        self._train.setIcon(icon(name, self._colors.ground))
        words = scene.train_words(self._session)
        self._train_action.setText(f"&{words}")
        self._train.show_words(words)

    def _follow(self, old: Experiment, new: Experiment) -> None:
        self._refusal.say("")
        self._seed.show_value(new.seed)

    def _set_seed(self, value: object) -> None:
        error = self._session.attempt(lambda experiment: experiment.changed(seed=value))
        if error is not None:
            self._refusal.say(str(error))
            self._refusal.setToolTip(str(error))

    def _show_speed(self, steps_per_s: float) -> None:
        with QSignalBlocker(self._speed):
            self._speed.setValue(max(sum(stop <= steps_per_s for stop in STOPS) - 1, 0))
        self._pace.setText(speed_in_words(steps_per_s))
        self._speed.setAccessibleDescription(speed_in_words(steps_per_s))

    def _change_speed(self, stops: int) -> None:
        self._speed.setValue(self._speed.value() + stops)

    def _set_up_fields(self) -> None:
        self._speed.setRange(0, len(STOPS) - 1)
        self._speed.setPageStep(3)
        fit(self._speed, least_width=92)
        self._speed.setMaximumWidth(160)
        self._speed.valueChanged.connect(lambda stop: self._session.feed.set_speed(STOPS[stop]))
        fit(self._seed, width=120)
        self._refusal.setMaximumHeight(TRAIN.height())
        self._seed.committed.connect(self._set_seed)
        self._seed.settled.connect(self._refusal.say)

    def _lay_out(self) -> None:
        limits, seed = label("0 to 2³² − 1", "caption"), QWidget()
        seed.setLayout(_over("seed", self._seed, InfoButton("seed"), limits))
        self._settings = [seed, *self._beginnings]
        self._gap.hide()
        row = fill(
            QHBoxLayout(self),
            fill(QVBoxLayout(), *self._beginnings, spacing=2),
            self._buttons["restart"],
            self._train,
            self._buttons["step"],
            6,
            _over("speed", self._speed, InfoButton("speed"), self._pace),
            6,
            seed,
            self._gap,
            self._refusal,
            self.slowed,
            None,
            self.counter,
            spacing=8,
            margins=(12, 2, 12, 2),
        )
        row.setStretchFactor(self._refusal, 8)


class GapSlider(QWidget):
    """The gap of the session's task for a presentation; disabled for a task without one."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._slider, self._words = QSlider(Qt.Orientation.Horizontal), label(role="caption")
        fit(self._slider, width=GAP_PX)
        self._slider.setAccessibleName("Gap")
        fill(QVBoxLayout(self), self._slider, self._words, spacing=0)
        self._slider.valueChanged.connect(self._set)
        self._slider.sliderReleased.connect(session.drag.end)
        session.experiment_changed.connect(self.show_gap)
        self.show_gap()

    def show_gap(self, *_: object) -> None:
        """Show the gap in force and its range."""
        task, experiment = self._session.task, self._session.experiment
        field = task.gap_field
        self._slider.setEnabled(field is not None)
        if field is None:
            self._words.setText(f"gap fixed: {task.dependency} steps")
            return
        schema = schema_of(task.Params)["properties"][field]
        value = int(experiment.params[field])
        with QSignalBlocker(self._slider):
            self._slider.setRange(int(schema["minimum"]), int(schema["maximum"]))
            self._slider.setValue(value)
        self._words.setText(f"{field} {value:,}")
        self._slider.setToolTip(f"{schema.get('description', field)}.")

    def _set(self, value: int) -> None:
        field = self._session.task.gap_field
        if field is not None:
            self._session.attempt(lambda e: with_param(e, field, value), coalesce=True)


class SlowedNote(QWidget):
    """Says that training is slowed down, with the way out of it; hidden while it is not."""

    def __init__(self, full_speed: QAction) -> None:
        super().__init__()
        button = small_button("full_speed", "", "", "")
        bind(button, full_speed, "full speed (F)")
        words = label(SLOWED, "caption")
        self.setAccessibleName(SLOWED)
        below = fill(QHBoxLayout(), button, None)
        fill(QVBoxLayout(self), None, words, below, None, spacing=2)
        self.hide()


class TrainButton(QPushButton):
    """The one large button."""

    def __init__(self, action: QAction) -> None:
        super().__init__()
        self.setObjectName("train")
        fit(self, width=TRAIN.width(), height=TRAIN.height(), icon=20)
        bind(self, action, "Train")

    def show_words(self, words: str) -> None:
        """Show its label, in two smaller lines if it is long."""
        long = len(words) > LONGEST
        self.setText(words.replace(" ", "\n", 1) if long else words)
        self.setAccessibleName(words)
        self.setProperty("long", long)
        self.style().polish(self)


def _button(action: QAction, words: str) -> QToolButton:
    button = QToolButton()
    bind(button, action, words)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button


def _over(name: str, widget: QWidget, info: InfoButton, words: QLabel) -> QGridLayout:
    """A control above its name, its (i), and its value or range in words."""
    caption = label(name, "caption")
    caption.setBuddy(widget)
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(4)
    grid.setVerticalSpacing(0)
    grid.setColumnStretch(2, 1)
    grid.setRowMinimumHeight(0, 28)
    grid.addWidget(widget, 0, 0, 1, 3)
    for place, part in enumerate((caption, info, words)):
        grid.addWidget(part, 1, place)
    words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return grid


def speed_in_words(steps_per_s: float) -> str:
    """The speed as shown beside the slider."""
    if steps_per_s == FULL_SPEED:
        return "full speed"
    return f"{steps_per_s:.0f} a second" if steps_per_s > 1 else f"{steps_per_s:g} a second"
