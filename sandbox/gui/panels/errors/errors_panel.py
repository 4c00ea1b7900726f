"""RMS errors over steps ahead: a curve a net, and quiet lines of simple forecasts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from sandbox.drawing.errors_shown import TITLE
from sandbox.gui.look.typeface import px
from sandbox.gui.panels.curves.curve_notes import (
    CurveEnd,
    DrawnCurve,
    Kind,
    Moment,
    Notes,
    Points,
)
from sandbox.gui.panels.curves.curve_plot import LEFT_WIDTH, CurvePlot, TrainingAxis, ValueAxis
from sandbox.gui.panels.shared.panel import StepPanel
from sandbox.gui.widgets.parts import BriefLabel, fill

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent

    from sandbox.drawing.errors_shown import ErrorLine, ErrorsShown
    from sandbox.drawing.styles import Palette

LEAST_WIDE, LEAST_HIGH = 360, 180  # at a type size of 100%


@dataclass(frozen=True)
class ErrorsView:
    """What the panel shows.  waiting: in words, why there are no errors."""

    shown: ErrorsShown | None
    waiting: str = ""


class AheadAxis(TrainingAxis):
    """Whole steps ahead; their name follows the last one."""

    @property
    def name(self) -> str:
        """What is counted."""
        return "steps ahead" if self.range[1] >= 2 else "step ahead"

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Whole steps, from the first on."""
        return [f"{value:,.0f}" if value >= 1 and value == round(value) else "" for value in values]


class ErrorsPanel(StepPanel[ErrorsView]):
    """One plot.  The mark is a number of steps ahead, counted from 0; its errors are told."""

    read_out = Signal(str)  # all errors at the mark, "" without one

    def __init__(self) -> None:
        super().__init__("errors_panel", TITLE)
        self.plots = pg.GraphicsLayoutWidget()
        self.plots.ci.setContentsMargins(0, 6, 4, 0)
        self.plots.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the panel itself takes the keys
        self.plot = CurvePlot(self.plots, 0, ValueAxis("left"), AheadAxis("bottom"))
        self.plot.box.setMouseEnabled(x=False, y=False)
        self.plots.scene().sigMouseMoved.connect(self._hover_place)
        self.title = BriefLabel()
        self._head = fill(QHBoxLayout(), self.title)
        rows = QVBoxLayout(self)
        fill(rows, self._head, self.plots, spacing=0, margins=(1, 4, 1, 1), wide=self.plots)
        self.set_palette(self._palette)

    def minimumSizeHint(self) -> QSize:
        """The least in which the lines can be told apart."""
        return QSize(px(LEAST_WIDE), px(LEAST_HIGH))

    def show_view(self, view: ErrorsView) -> None:
        """Draw this; a mark beyond the last step ahead goes."""
        super().show_view(view)
        if self.marked >= self._length():
            self.mark(-1)
        self._tell_mark()

    def set_palette(self, palette: Palette) -> None:
        """Draw everything in these colours, and in the type size now in force."""
        self.plots.setBackground(palette.ground)
        self.plot.set_palette(palette)
        self._head.setContentsMargins(px(LEFT_WIDTH), 0, 0, 0)
        self.updateGeometry()
        super().set_palette(palette)

    # -- drawing ------------------------------------------------------------------------

    def _draw(self, view: ErrorsView) -> None:
        shown = view.shown
        self.title.say("" if shown is None else shown.axis)
        if shown is not None:
            self.plot.box.setXRange(*shown.ends, padding=0)
            self.plot.set_y_range(0.0, shown.top)
        lines = () if shown is None else shown.lines
        curves = [_curve(n, line) for n, line in enumerate(lines) if len(line.steps)]
        self.plot.draw(curves, self._palette)
        self._write(view)

    def _write(self, view: ErrorsView) -> None:
        lines = () if view.shown is None else view.shown.lines
        told = [line for line in lines if len(line.steps)]
        alone = view.shown is not None and view.shown.found.steps == 1
        notes = Notes(
            ends=tuple(_end(line) for line in told),
            moments=self._mark_drawn(),
            markers=tuple(_points(line) for line in told if alone or not line.simple),
            paths=tuple(_points(line) for line in told),
            palette=self._palette,
        )
        self.plot.set_notes(notes)

    def _mark_drawn(self) -> tuple[Moment, ...]:
        if self.marked < 0:
            return ()
        ahead = self.marked + 1
        label = f"{ahead:,} ahead"
        return (Moment(float(ahead), label, label, self._palette.quiet, "quiet"),)

    def _show_mark(self) -> None:
        if self._view is not None:
            if self.isVisible():
                self._write(self._view)
            self._tell_mark()

    def _tell_mark(self) -> None:
        shown = None if self._view is None else self._view.shown
        words = shown.at(self.marked + 1) if shown is not None and self.marked >= 0 else ""
        self.read_out.emit(words)

    # -- pointing -----------------------------------------------------------------------

    def _length(self) -> int:
        """How many steps ahead there are."""
        shown = None if self._view is None else self._view.shown
        return 0 if shown is None else shown.found.steps

    def _hover_place(self, spot: QPointF) -> None:
        """Mark the step ahead under the pointer; spot: in the scene of the plot."""
        box, last = self.plot.box, self._length()
        if not last or not box.sceneBoundingRect().contains(spot):
            self._point(-1)
            return
        step = round(box.mapSceneToView(spot).x())
        self._point(min(max(step, 1), last) - 1)

    def leaveEvent(self, event: QEvent) -> None:
        """Mark nothing once the pointer is elsewhere."""
        self._point(-1)
        super().leaveEvent(event)

    def _in_words(self, view: ErrorsView) -> str:
        if view.shown is None:
            return view.waiting
        return " ".join([view.shown.about, *view.shown.sentences.values()])


def _kind(line: ErrorLine) -> Kind:
    return "simple" if line.simple else "own"


def _curve(number: int, line: ErrorLine) -> DrawnCurve:
    key = "", str(number)
    return DrawnCurve(_kind(line), key, line.title, line.style, line.steps, line.errors)


def _end(line: ErrorLine) -> CurveEnd:
    x, error = float(line.steps[-1]), float(line.errors[-1])
    return CurveEnd(x, error, line.title, line.style, _kind(line))


def _points(line: ErrorLine) -> Points:
    return Points(line.style, line.steps, line.errors)
