"""Below the nets: loss and accuracy of every contestant over training steps."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from sandbox.gui.palette import DARK, Palette
from sandbox.gui.panels.annotations import Notes
from sandbox.gui.panels.curvenotes import accuracy_notes, loss_notes
from sandbox.gui.panels.curveplot import new_plot, no_focus
from sandbox.gui.panels.describe import Description
from sandbox.gui.panels.plotaxes import LEFT_WIDTH, ShareAxis, ValueAxis
from sandbox.gui.panels.smoothing import MEMORY, Smoothed
from sandbox.gui.panels.typeface import SMALL_PX
from sandbox.gui.panels.wording import accuracy_name, loss_text, percent

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QShowEvent

    from sandbox.gui.views import CurveData, CurvesView
    from sandbox.tasks.base import Task

FEWEST_STEPS = 100.0
_NICE_ENDS = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)
_ROOM_FOR_NAMES = 1.14
TOOL_TIP = (
    f"Faint: each step's batch. Strong: smoothed, each step moving 1/{MEMORY} of the way to the "
    "new value. Markers: fresh sequences. Wheel and drag zoom the steps; Home or a double click "
    "shows all of them."
)


class CurvesPanel(QWidget):
    """Two plots with one step axis.  Home or a double click shows all steps again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("curves_panel")
        self.setAccessibleName("Loss and accuracy over training steps")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setToolTip(TOOL_TIP)
        self._palette = DARK
        self._view: CurvesView | None = None
        self._smoothed: dict[tuple[str, str], Smoothed] = {}
        self._stale, self._follow, self._top = False, True, 1.0
        self._description = Description(self, self._in_words)
        self._build()
        self.set_palette(DARK)
        self._fit_steps()

    def _build(self) -> None:
        self.plots = pg.GraphicsLayoutWidget()
        self.plots.setObjectName("curves_plots")
        self.plots.ci.setContentsMargins(0, 6, 20, 0)
        self.plots.ci.setSpacing(8)
        no_focus(self.plots)
        self.loss_plot = new_plot(self.plots, 0, ValueAxis("left"))
        self.accuracy_plot = new_plot(self.plots, 1, ShareAxis("left"))
        self.accuracy_plot.box.setXLink(self.loss_plot.box)
        self.accuracy_plot.plot.getAxis("left").setTickSpacing(0.5, 0.25)
        self.accuracy_plot.set_y_range(-0.04, 1.06)
        for plot in (self.loss_plot, self.accuracy_plot):
            plot.box.sigRangeChangedManually.connect(self._zoomed)
        self.plots.viewport().installEventFilter(self)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 4, 1, 1)
        outer.setSpacing(0)
        outer.addLayout(self._header())
        outer.addWidget(self.plots, 1)

    def _header(self) -> QHBoxLayout:
        self.loss_title, self.accuracy_title = QLabel("loss"), QLabel("accuracy")
        self.loss_title.setObjectName("curves_loss_name")
        self.accuracy_title.setObjectName("curves_accuracy_name")
        self.log_button = QToolButton()
        self.log_button.setObjectName("curves_log")
        self.log_button.setText("log")
        self.log_button.setCheckable(True)
        self.log_button.setAccessibleName("Logarithmic loss axis")
        self.log_button.setToolTip("Show the loss on a logarithmic axis")
        self.log_button.toggled.connect(self.set_log_loss)
        loss = QHBoxLayout()
        loss.setContentsMargins(LEFT_WIDTH, 0, 0, 0)
        loss.setSpacing(12)
        loss.addWidget(self.loss_title)
        loss.addWidget(self.log_button)
        loss.addStretch(1)
        accuracy = QHBoxLayout()
        accuracy.setContentsMargins(LEFT_WIDTH, 0, 0, 0)
        accuracy.addWidget(self.accuracy_title)
        accuracy.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addLayout(loss, 1)
        row.addLayout(accuracy, 1)
        return row

    # -- what is shown ------------------------------------------------------------------

    def show_view(self, view: CurvesView) -> None:
        """Draws this; a hidden panel keeps it until it is shown."""
        self._view = view
        if self.isVisible():
            self._draw()
        else:
            self._stale = True
        self._description.changed()

    def clear(self) -> None:
        """Shows no curves."""
        self._view, self._follow = None, True
        self._smoothed.clear()
        for plot in (self.loss_plot, self.accuracy_plot):
            plot.keep(set())
            plot.set_notes(Notes(palette=self._palette))
        self._fit_steps()
        self._description.changed()

    def set_palette(self, palette: Palette) -> None:
        """Repaints everything in these colours."""
        self._palette = palette
        self.plots.setBackground(palette.ground)
        for plot in (self.loss_plot, self.accuracy_plot):
            plot.set_palette(palette)
        self.setStyleSheet(
            f"#curves_panel {{ background: {palette.ground}; }}"
            f"#curves_panel:focus {{ border: 1px solid {palette.quiet}; }}"
            f"#curves_loss_name, #curves_accuracy_name {{ color: {palette.text};"
            f" font-size: {SMALL_PX}px; font-weight: bold; }}"
            f"#curves_log {{ color: {palette.quiet}; background: {palette.panel};"
            f" border: 1px solid {palette.hairline}; border-radius: 4px; padding: 0 6px;"
            f" font-size: {SMALL_PX}px; }}"
            f"#curves_log:checked {{ color: {palette.ground}; background: {palette.text}; }}"
            f"#curves_log:focus {{ border-color: {palette.text}; }}"
        )
        if self._view is not None:
            self.show_view(self._view)

    @Slot(bool)
    def set_log_loss(self, log: bool) -> None:
        """Whether the loss axis is logarithmic."""
        if log == self.loss_plot.log:
            return
        self.loss_plot.set_log(log)
        self.log_button.setChecked(log)
        if self._view is not None:
            self.show_view(self._view)

    @Slot()
    def show_all(self) -> None:
        """All steps again, and from now on as they come."""
        self._follow = True
        self._fit_steps()

    # -- drawing ------------------------------------------------------------------------

    def _draw(self) -> None:
        view, self._stale = self._view, False
        if view is None:
            return
        regression = view.task.loss == "squared_error"
        loss = "squared error" if regression else "cross-entropy, nats"
        self.loss_title.setText(f"loss: {loss}")
        self.accuracy_title.setText(_share_meaning(view.task))
        for plot in (self.loss_plot, self.accuracy_plot):
            plot.keep(set(view.curves))
        for key, curve in view.curves.items():
            smooth = self._smooth(key, "loss", curve.loss)
            self.loss_plot.draw(key, curve.steps, curve.loss, smooth, curve.style, self._palette)
            smooth = self._smooth(key, "accuracy", curve.accuracy)
            self.accuracy_plot.draw(
                key, curve.steps, curve.accuracy, smooth, curve.style, self._palette
            )
        self._fit_steps()
        self._fit_loss(view)
        self.loss_plot.set_notes(loss_notes(view, self._all_smooth("loss"), self._palette))
        notes = accuracy_notes(view, self._all_smooth("accuracy"), self._palette)
        self.accuracy_plot.set_notes(notes)

    def _smooth(self, key: str, name: str, values: np.ndarray) -> np.ndarray:
        return self._smoothed.setdefault((key, name), Smoothed()).extend(values)

    def _all_smooth(self, name: str) -> dict[str, np.ndarray]:
        """Each contestant's smoothed curve."""
        curves = {} if self._view is None else self._view.curves
        return {key: self._smooth(key, name, getattr(c, name)) for key, c in curves.items()}

    def _fit_steps(self) -> None:
        """Grows in steps, with room for the names at the curves' ends."""
        if not self._follow:
            return
        ends = [c.steps[-1] for c in self._curves() if len(c.steps)]
        last = nice_steps(max(ends, default=0.0) * _ROOM_FOR_NAMES)
        if self.loss_plot.box.viewRange()[0] != [0.0, last]:
            self.loss_plot.box.setXRange(0.0, last, padding=0)

    def _fit_loss(self, view: CurvesView) -> None:
        smooth = [self._smooth(key, "loss", curve.loss) for key, curve in view.curves.items()]
        baselines = [line.loss for line in view.task.baselines]
        highest = max([*baselines, *(float(s.max()) for s in smooth if len(s))], default=1.0)
        if self.loss_plot.log:
            known = [s[s > 0] for s in (*smooth, np.array(baselines))]
            lows = [float(part.min()) for part in known if len(part)]
            low = 10.0 ** math.floor(math.log10(min(lows, default=0.1)))
            self.loss_plot.set_y_range(low, 10.0 ** math.ceil(math.log10(highest * 1.2)))
        else:
            top = _nice_top(highest * 1.15)
            self.loss_plot.set_y_range(-0.03 * top, top)

    def _curves(self) -> list[CurveData]:
        return list(self._view.curves.values()) if self._view is not None else []

    # -- zooming ------------------------------------------------------------------------

    def _zoomed(self, *_: object) -> None:
        self._follow = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Home shows all steps; every other key is left to the window."""
        if event.key() == Qt.Key.Key_Home:
            self.show_all()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A double click shows all steps."""
        if event.type() == QEvent.Type.MouseButtonDblClick:
            self.show_all()
        return False

    def showEvent(self, event: QShowEvent) -> None:
        """Catches up with what came while hidden."""
        super().showEvent(event)
        if self._stale:
            self._draw()

    def _in_words(self) -> str:
        view = self._view
        if view is None or not any(len(curve.steps) for curve in self._curves()):
            return "No step has been trained yet."
        baselines = "; ".join(line.label for line in view.task.baselines)
        return " ".join([*map(self._curve_in_words, view.curves), f"Baselines: {baselines}."])

    def _curve_in_words(self, key: str) -> str:
        assert self._view is not None
        curve = self._view.curves[key]
        if not len(curve.steps):
            return f"{curve.title}: no steps yet."
        loss, accuracy = (
            float(self._smooth(key, name, getattr(curve, name))[-1])
            for name in ("loss", "accuracy")
        )
        parts = [
            f"{curve.title}: step {curve.steps[-1]:,.0f}",
            f"loss {loss_text(loss)}",
            f"{accuracy_name(self._view.task)} {percent(accuracy)}",
        ]
        if curve.solved_at is not None:
            parts.append(f"solved at step {curve.solved_at:,}")
        if curve.diverged_at is not None:
            parts.append(f"diverged at step {curve.diverged_at:,}")
        return ", ".join(parts) + "."


def nice_steps(needed: float) -> float:
    """The end of the step axis: 100, 120, 150, 200, 250, 300, 400, …"""
    if needed <= FEWEST_STEPS:
        return FEWEST_STEPS
    power = 10.0 ** math.floor(math.log10(needed))
    return next((n * power for n in _NICE_ENDS if n * power >= needed), 10.0 * power)


def _nice_top(value: float) -> float:
    power = 10.0 ** math.floor(math.log10(value)) if value > 0 and math.isfinite(value) else 1.0
    tops = (n * power for n in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8))
    return next((top for top in tops if top >= value), 10 * power)


def _share_meaning(task: Task) -> str:
    if task.loss == "cross_entropy":
        return "accuracy: share of right answers"
    return f"share of answers within {task.correct_within:g}"
