"""Below the nets: loss and accuracy of every contestant over training, and of other runs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from sandbox.drawing.curve_axes import accuracy_name
from sandbox.drawing.smoothing import MEMORY
from sandbox.drawing.styles import DARK, Palette
from sandbox.drawing.words import loss_text, percent
from sandbox.gui.panels.curves.annotations import Notes
from sandbox.gui.panels.curves.curve_detail import Details
from sandbox.gui.panels.curves.curvehead import CurvesHead, head_style
from sandbox.gui.panels.curves.curvenotes import accuracy_notes, loss_notes
from sandbox.gui.panels.curves.curveplot import Line, Under, new_plot, no_focus
from sandbox.gui.panels.curves.plotaxes import ShareAxis, ValueAxis
from sandbox.gui.panels.curves.training_axis import Along, loss_range
from sandbox.gui.widgets.clicks import Clicks
from sandbox.gui.widgets.describe import Description

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QShowEvent

    from sandbox.gui.panels.curves.curvenotes import Measure
    from sandbox.gui.panels.shared.views import CurvesView
    from sandbox.gui.session.curvebuffer import Detail

MOST_ABOVE = 1.5  # the others: as high may a curve of generalisation make the loss axis
_ROOM_FOR_NAMES, _ROOM_FOR_RUNS = 1.14, 1.3  # of the axis, to the right of the curves' ends
TOOL_TIP = (
    f"Faint: each step's batch. Strong: smoothed, each step moving 1/{MEMORY} of the way to the "
    "new value. Markers: fresh sequences. Dashed, with hollow markers: sequences of a kind that "
    "nothing is trained on, such as a longer gap. Wheel and drag zoom along training; Home or a "
    "double click shows all of it. A click shows every panel as it was at that step."
)


class CurvesPanel(QWidget):
    """Two plots with one training axis.  Home or a double click shows all of it again.

    detail_wanted: run, first and last step: a zoom shows more than the bins of a long curve
    can tell.  Whoever has every step answers with `show_detail`; until then bins are drawn.
    """

    step_clicked = Signal(int)
    detail_wanted = Signal(str, int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("curves_panel")
        self.setAccessibleName("Loss and accuracy over training")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setToolTip(TOOL_TIP)
        self._palette = DARK
        self._view: CurvesView | None = None
        self._lines: dict[Measure, dict[str, Line]] = {"loss": {}, "accuracy": {}}
        self._stale, self._follow, self._by_time = False, True, False
        self._description = Description(self, self._in_words)
        self._details = Details(self)
        self._details.wanted.connect(self.detail_wanted)
        self._build()
        self.set_palette(DARK)
        self._fit_axis()

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
        self._plots = {"loss": self.loss_plot, "accuracy": self.accuracy_plot}
        for plot in self._plots.values():
            plot.box.sigRangeChangedManually.connect(self._zoomed)
        self._clicks = Clicks(self.plots.viewport())
        self._clicks.clicked.connect(self._click)
        self._clicks.double_clicked.connect(self.show_all)
        self._head = CurvesHead()
        self.loss_title, self.accuracy_title = self._head.loss_title, self._head.accuracy_title
        self.log_button, self.time_button = self._head.log_button, self._head.time_button
        self.beyond_button = self._head.beyond_button
        self.beyond_button.toggled.connect(self.set_generalisation)
        self.log_button.toggled.connect(self.set_log_loss)
        self.time_button.toggled.connect(self.set_by_time)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 4, 1, 1)
        outer.setSpacing(0)
        outer.addWidget(self._head)
        outer.addWidget(self.plots, 1)

    # -- what is shown ------------------------------------------------------------------

    def show_view(self, view: CurvesView) -> None:
        """Draws this; a hidden panel keeps it until it is shown."""
        self._view = replace(view, generalisation=self.beyond_button.isChecked())
        if self.isVisible():
            self._draw()
        else:
            self._stale = True
        self._description.changed()

    def look_at(self, step: int | None) -> None:
        """Marks the step that the other panels show; the curves stay as they are drawn."""
        if self._view is None or step == self._view.looking:
            return
        self._view = replace(self._view, looking=step)
        if self.isVisible():
            self._write_notes(self._view, self._along)
        else:
            self._stale = True

    def show_detail(self, detail: Detail) -> None:
        """Draws every step where they were asked for."""
        self._details.take(detail)
        self._draw_again()

    def clear(self) -> None:
        """Shows no curves."""
        self._view, self._follow = None, True
        for plot in self._plots.values():
            plot.keep(set())
            plot.draw_under({})
            plot.set_notes(Notes(palette=self._palette))
        self._fit_axis()
        self._description.changed()

    def set_palette(self, palette: Palette) -> None:
        """Repaints everything in these colours."""
        self._palette = palette
        self.plots.setBackground(palette.ground)
        for plot in self._plots.values():
            plot.set_palette(palette)
        self.setStyleSheet(
            f"#curves_panel {{ background: {palette.ground}; }}"
            f"#curves_panel:focus {{ border: 1px solid {palette.quiet}; }}{head_style(palette)}"
        )
        self._draw_again()

    @Slot(bool)
    def set_log_loss(self, log: bool) -> None:
        """Whether the loss axis is logarithmic."""
        if log != self.loss_plot.log:
            self.loss_plot.set_log(log)
            self.log_button.setChecked(log)
            self._draw_again()

    @Slot(bool)
    def set_by_time(self, by_time: bool) -> None:
        """Whether curves are drawn over seconds of training; all of them are shown then."""
        if by_time == self._by_time:
            return
        self._by_time, self._follow = by_time, True
        self.time_button.setChecked(by_time)
        for plot in self._plots.values():
            plot.set_by_time(by_time)
        self._fit_axis()
        self._draw_again()

    @Slot(bool)
    def set_generalisation(self, shown: bool) -> None:
        """Whether curves of generalisation are drawn."""
        self.beyond_button.setChecked(shown)
        self._draw_again()

    @Slot()
    def show_all(self) -> None:
        """All of training again, and from now on as it comes."""
        self._follow = True
        self._fit_axis()
        self._draw_again()

    # -- drawing ------------------------------------------------------------------------

    def _draw_again(self) -> None:
        if self._view is not None:
            self.show_view(self._view)

    def _draw(self) -> None:
        view, self._stale = self._view, False
        if view is None:
            return
        self._head.name(view.task)
        along = self._along
        self._fit_axis()  # first: curves are thinned for what is in view
        for measure in self._lines:
            lines = {key: self._details.line(view, key, measure, along) for key in view.curves}
            self._lines[measure] = lines
            self._draw_lines(measure, view, lines)
        self._fit_loss(view)
        self._write_notes(view, along)
        self._look_closer(moved=False)

    def _write_notes(self, view: CurvesView, along: Along) -> None:
        until, palette = self.loss_plot.box.viewRange()[0][1], self._palette
        loss = loss_notes(view, self._lines["loss"], along, until, palette)
        accuracy = accuracy_notes(view, self._lines["accuracy"], along, until, palette)
        self.loss_plot.set_notes(loss)
        self.accuracy_plot.set_notes(accuracy)

    def _draw_lines(self, measure: Measure, view: CurvesView, lines: dict[str, Line]) -> None:
        plot = self._plots[measure]
        plot.keep(set(lines))
        for key, line in lines.items():
            plot.draw(key, line, view.curves[key].style, self._palette)
        under = {
            (overlay.run, name): Under(
                curve.style,
                curve.seconds if self._by_time else curve.steps,
                getattr(curve, measure),
            )
            for overlay in view.overlays
            for name, curve in overlay.curves.items()
        }
        plot.draw_under({**under, **self._beyond(measure, view)})

    def _beyond(self, measure: Measure, view: CurvesView) -> dict[tuple[str, str], Under]:
        """The curves of generalisation, by contestant."""
        column, along = 1 if measure == "loss" else 2, self._along
        return {
            ("", key): Under(
                curve.style, along(curve.beyond[:, 0]), curve.beyond[:, column], beyond=True
            )
            for key, curve in view.curves.items()
            if view.generalisation and len(curve.beyond)
        }

    @property
    def _along(self) -> Along:
        """The axis of what is shown."""
        return Along(self._by_time, self._view.clock) if self._view is not None else Along()

    def _fit_axis(self) -> None:
        """Grows in steps, with room for the names at the curves' ends."""
        if not self._follow:
            return
        along, overlays = self._along, self._view.overlays if self._view is not None else ()
        curves = self._view.curves.values() if self._view is not None else ()
        ends = [along.place(curve.steps[-1]) for curve in curves if len(curve.steps)]
        for curve in (curve for overlay in overlays for curve in overlay.curves.values()):
            ends.append(float((curve.seconds if self._by_time else curve.steps)[-1]))
        room = _ROOM_FOR_RUNS if overlays else _ROOM_FOR_NAMES
        last = along.end(max(ends, default=0.0) * room)
        if self.loss_plot.box.viewRange()[0] != [0.0, last]:
            self.loss_plot.box.setXRange(0.0, last, padding=0)

    def _fit_loss(self, view: CurvesView) -> None:
        smooth = [line.smooth for line in self._lines["loss"].values()]
        smooth += [curve.loss for overlay in view.overlays for curve in overlay.curves.values()]
        baselines = [line.loss for line in view.task.baselines]
        if view.generalisation:
            highest = max([*baselines, *(float(c.max()) for c in smooth if len(c))], default=1.0)
            beyond = (curve.beyond[:, 1] for curve in view.curves.values())
            smooth += [np.minimum(losses, MOST_ABOVE * highest) for losses in beyond]
        self.loss_plot.set_y_range(*loss_range(smooth, baselines, self.loss_plot.log))

    # -- zooming and clicking -----------------------------------------------------------

    def _zoomed(self, *_: object) -> None:
        self._follow = False
        if self._view is not None and self.isVisible():
            self._write_notes(self._view, self._along)
        self._look_closer(moved=True)

    def _look_closer(self, moved: bool) -> None:
        """Ask for every step in view where bins are too coarse for it."""
        if self._view is None or self._view.bin == 1:
            return
        along, (low, high) = self._along, self.loss_plot.box.viewRange()[0]
        shown = float(along.step(low)), float(along.step(high))
        self._details.look(self._view, shown, round(self.loss_plot.box.width()), moved)

    def _click(self, at: QPointF) -> None:
        """A step of the run that was clicked at, in pixels of the plots; the nearest there is."""
        steps = [curve.steps for curve in self._view.curves.values()] if self._view else []
        last = max((int(each[-1]) for each in steps if len(each)), default=0)
        spot = self.plots.mapToScene(at.toPoint())
        for plot in self._plots.values():
            if last and plot.box.sceneBoundingRect().contains(spot):
                step = self._along.step(plot.box.mapSceneToView(spot).x())
                self.step_clicked.emit(min(max(step, 0), last))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Home shows all steps; every other key is left to the window."""
        if event.key() == Qt.Key.Key_Home:
            self.show_all()
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Catches up with what came while hidden."""
        super().showEvent(event)
        if self._stale:
            self._draw()

    # -- in words -----------------------------------------------------------------------

    def _in_words(self) -> str:
        view = self._view
        if view is None or not any(len(curve.steps) for curve in view.curves.values()):
            return "No step has been trained yet."
        baselines = "; ".join(line.label for line in view.task.baselines)
        said = [*(_in_words(view, key) for key in view.curves), f"Baselines: {baselines}."]
        if view.overlays:
            said.append(f"Other runs: {'; '.join(overlay.label for overlay in view.overlays)}.")
        return " ".join(said)


def _in_words(view: CurvesView, key: str) -> str:
    """Where one contestant stands."""
    curve = view.curves[key]
    if not len(curve.steps):
        return f"{curve.title}: no steps yet."
    loss, accuracy = (float(curve.bands[name].smooth[-1]) for name in ("loss", "accuracy"))
    parts = [
        f"{curve.title}: step {curve.steps[-1]:,.0f}",
        f"loss {loss_text(loss)}",
        f"{accuracy_name(view.task)} {percent(accuracy)}",
    ]
    if curve.generalisation and view.generalisation:
        step, loss, accuracy = curve.generalisation[-1]
        parts.append(
            f"{view.task.generalisation} at step {step:,} loss {loss_text(loss)}, "
            f"{accuracy_name(view.task)} {percent(accuracy)}"
        )
    if curve.solved_at is not None:
        parts.append(f"solved at step {curve.solved_at:,}")
    if curve.diverged_at is not None:
        parts.append(f"diverged at step {curve.diverged_at:,}")
    return ", ".join(parts) + "."
