"""The tool bar: restart, one large train button, step, speed, seed, and the counter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QToolButton,
    QWidget,
)

from sandbox.drawing.styles import DARK, Palette
from sandbox.gui.look.fitting import fit
from sandbox.gui.look.icons import icon
from sandbox.gui.widgets.fields import NumberField, Refusal
from sandbox.gui.widgets.info import InfoButton
from sandbox.gui.widgets.speed import STOPS, in_words, nearest_stop
from sandbox.gui.window.counter import Counter

if TYPE_CHECKING:
    from PySide6.QtGui import QAction

    from sandbox.experiment import Experiment
    from sandbox.gui.session.session import Session
    from sandbox.gui.widgets.actions import Actions

TRAIN = QSize(128, 40)
SEED_MAX = 2**32 - 1


class RunBar(QWidget):
    """Everything that runs the nets; it shows the session and calls it."""

    def __init__(self, session: Session, actions: Actions) -> None:
        super().__init__()
        self._session, self._colors = session, DARK
        self._train = TrainButton(actions["train"])
        self._restart = ActionButton(actions["restart"], "Restart")
        self._step = ActionButton(actions["step"], "Step")
        self._speed, self._pace = QSlider(Qt.Orientation.Horizontal), QLabel()
        self._seed, self._refusal = NumberField(True, 0, SEED_MAX), Refusal()
        self._infos = {"speed": InfoButton("speed"), "seed": InfoButton("seed")}
        self.counter = Counter()
        self._set_up_fields()
        self._lay_out()
        actions["slower"].triggered.connect(self._slower)
        actions["faster"].triggered.connect(self._faster)
        session.training_changed.connect(self._show_training)
        session.experiment_changed.connect(self._follow)
        session.speed_changed.connect(self._show_speed)
        self._seed.show_value(session.experiment.seed)
        self._show_speed(session.speed)

    def set_palette(self, palette: Palette) -> None:
        """Draw in these colours."""
        self._colors = palette
        self._restart.setIcon(icon("restart", palette.text, palette.quiet))
        self._step.setIcon(icon("step", palette.text, palette.quiet))
        for info in self._infos.values():
            info.set_palette(palette)
        self._show_training(self._session.training)

    def take_focus(self) -> None:
        """The large button is where the keyboard begins."""
        self._train.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_training(self, training: bool) -> None:
        name = "pause" if training else "train"
        self._train.setIcon(icon(name, self._colors.ground))
        self._train.setText("Pause" if training else "Train")
        self._train.setAccessibleName(self._train.text())

    def _follow(self, old: Experiment, new: Experiment) -> None:
        self._refusal.say("")
        self._seed.show_value(new.seed)

    def _set_seed(self, value: object) -> None:
        error = self._session.attempt(lambda experiment: experiment.changed(seed=value))
        if error is not None:
            self._refusal.say(str(error))
            self._refusal.setToolTip(str(error))

    def _set_speed(self, stop: int) -> None:
        self._session.set_speed(STOPS[stop])

    def _show_speed(self, steps_per_s: float) -> None:
        self._speed.blockSignals(True)
        self._speed.setValue(nearest_stop(steps_per_s))
        self._speed.blockSignals(False)
        self._pace.setText(in_words(steps_per_s))
        self._speed.setAccessibleDescription(in_words(steps_per_s))

    def _slower(self) -> None:
        self._speed.setValue(self._speed.value() - 1)

    def _faster(self) -> None:
        self._speed.setValue(self._speed.value() + 1)

    def _set_up_fields(self) -> None:
        self._speed.setRange(0, len(STOPS) - 1)
        self._speed.setPageStep(3)
        fit(self._speed, width=160)
        self._speed.setAccessibleName("Speed")
        self._speed.setToolTip("Pace of training, from one step a second to full speed ([ and ]).")
        self._speed.valueChanged.connect(self._set_speed)
        fit(self._seed, width=120)
        self._seed.setAccessibleName("Seed")
        self._seed.setToolTip("Everything random grows from it; another seed is a new run.")
        self._refusal.setMaximumHeight(TRAIN.height())
        self._seed.committed.connect(self._set_seed)
        self._seed.settled.connect(self._refusal.forget)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(8)
        for button in (self._restart, self._train, self._step):
            row.addWidget(button)
        row.addSpacing(16)
        row.addLayout(_over("speed", self._speed, self._infos["speed"], self._pace))
        row.addSpacing(16)
        limits = QLabel("0 to 2³² - 1")
        row.addLayout(_over("seed", self._seed, self._infos["seed"], limits))
        row.addWidget(self._refusal, 8)
        row.addStretch(1)
        row.addWidget(self.counter)


class ActionButton(QToolButton):
    """A button that triggers an action of the registry; Space stays the window's."""

    def __init__(self, action: QAction, words: str) -> None:
        super().__init__()
        self._action = action
        self.setText(words)
        self.setAccessibleName(words)
        self.setToolTip(action.toolTip())
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        fit(self, width=60, height=44, icon=20)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setEnabled(action.isEnabled())
        action.enabledChanged.connect(self.setEnabled)
        self.clicked.connect(action.trigger)


class TrainButton(QPushButton):
    """The one large button."""

    def __init__(self, action: QAction) -> None:
        super().__init__()
        self.setObjectName("train")
        self.setToolTip(action.toolTip())
        fit(self, width=TRAIN.width(), height=TRAIN.height(), icon=20)
        self.setEnabled(action.isEnabled())
        action.enabledChanged.connect(self.setEnabled)
        self.clicked.connect(action.trigger)


def _over(name: str, widget: QWidget, info: InfoButton, words: QLabel) -> QGridLayout:
    """A control over its name, its (i), and words about its value or range."""
    label = QLabel(name)
    label.setBuddy(widget)
    grid = QGridLayout()
    grid.setHorizontalSpacing(4)
    grid.setVerticalSpacing(0)
    grid.setColumnStretch(2, 1)
    grid.setRowMinimumHeight(0, 28)
    grid.addWidget(widget, 0, 0, 1, 3)
    for place, part in enumerate((label, info, words)):
        grid.addWidget(part, 1, place)
    for part in (label, words):
        part.setProperty("role", "caption")
    words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return grid
