"""Below the nets: loss and accuracy of every contestant over training, and of other runs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout

from sandbox.drawing.curve_axes import ACCURACY_RANGE, accuracy_name, loss_levels, loss_range
from sandbox.drawing.smoothing import MEMORY
from sandbox.drawing.styles import GENERALISATION
from sandbox.drawing.wording import percent, told_loss
from sandbox.gui.look.typeface import px
from sandbox.gui.panels.curves.curve_notes import Details, DrawnCurve, Measure, curves_of, notes_of
from sandbox.gui.panels.curves.curve_plot import Clicks, CurvePlot, ShareAxis, ValueAxis
from sandbox.gui.panels.curves.curves_head import CurvesHead
from sandbox.gui.panels.shared.panel import Panel
from sandbox.gui.panels.shared.views import CurvesView, TrainingAxisScale
from sandbox.gui.widgets.parts import fill

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtGui import QKeyEvent

    from sandbox.drawing.styles import Palette
    from sandbox.gui.session.curvebuffer import Detail

LEAST_PX = 86  # of height, in which axes and a few names can be read
TOOL_TIP = (
    f"Faint: the batch of each step. Strong: smoothed; each step moves 1/{MEMORY} of the way to "
    f"the new value. Markers: fresh sequences. {GENERALISATION.word.capitalize()}, with hollow "
    "markers: sequences of a kind that no net is trained on, such as a longer gap. Scroll or drag "
    "to zoom along training; press Home or double-click to show all of it. Click to show every "
    "panel as it was at that step."
)


class CurvesPanel(Panel[CurvesView]):
    """Two plots with one training axis.  Home or a double click shows all of it again.

    detail_wanted: run, first and last step, when a zoom is finer than the bins of a long curve.
    Whoever has every step answers with `show_detail`; until then bins are drawn.
    """

    step_clicked = Signal(int)
    detail_wanted = Signal(str, int, int)

    def __init__(self) -> None:
        super().__init__("curves_panel", "Loss and accuracy over training")
        self.setToolTip(TOOL_TIP)
        self._curves: dict[Measure, list[DrawnCurve]] = {"loss": [], "accuracy": []}
        self._follow, self._by_time = True, False
        self._comments: tuple[tuple[str, int, str], ...] = ()
        self._details = Details(self)
        self._details.wanted.connect(self.detail_wanted)
        self._build()
        self.set_palette(self._palette)
        self._fit_axis()

    def _build(self) -> None:
        self.plots = pg.GraphicsLayoutWidget()
        self.plots.ci.setContentsMargins(0, 6, 4, 0)
        self.plots.ci.setSpacing(8)
        self.plots.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the panel itself takes the keys
        self.loss_plot = CurvePlot(self.plots, 0, ValueAxis("left"))
        self.accuracy_plot = CurvePlot(self.plots, 1, ShareAxis("left"))
        self.accuracy_plot.box.setXLink(self.loss_plot.box)
        self.accuracy_plot.plot.getAxis("left").setTickSpacing(0.5, 0.25)
        self.accuracy_plot.set_y_range(*ACCURACY_RANGE)
        self._plots: dict[Measure, CurvePlot] = {
            "loss": self.loss_plot,
            "accuracy": self.accuracy_plot,
        }
        for plot in self._plots.values():
            plot.box.sigRangeChangedManually.connect(self._zoomed)
        self._clicks = Clicks(self.plots.viewport())
        self._clicks.clicked.connect(self._click)
        self._clicks.double_clicked.connect(self.show_all)
        head = self._head = CurvesHead()
        self.loss_title, self.accuracy_title = head.loss_title, head.accuracy_title
        self.log_button, self.time_button = head.log_button, head.time_button
        self.beyond_button, self.all_button = head.beyond_button, head.all_button
        self.beyond_button.toggled.connect(self.set_generalisation)
        self.log_button.toggled.connect(self.set_log_loss)
        self.time_button.toggled.connect(self.set_by_time)
        self.all_button.clicked.connect(self.show_all)
        plots = self.plots
        fill(QVBoxLayout(self), head, plots, spacing=0, margins=(1, 4, 1, 1), wide=plots)

    def minimumSizeHint(self) -> QSize:
        """The least in which the curves can be read."""
        return QSize(super().minimumSizeHint().width(), px(LEAST_PX))

    # -- what is shown ------------------------------------------------------------------

    def show_view(self, view: CurvesView) -> None:
        """Draw this; a hidden panel keeps it until it is shown.  Another run ends a zoom."""
        if self._view is not None and view.run != self._view.run:
            self._set_follow(True)
        drawn = self.beyond_button.isChecked()
        super().show_view(replace(view, generalisation=drawn, comments=self._comments))

    def show_comments(self, comments: tuple[tuple[str, int, str], ...]) -> None:
        """Write these onto the curves: (contestant's key, step, a few words)."""
        if comments != self._comments:
            self._comments = comments
            if self._view is not None:
                self.show_view(self._view)

    def look_at(self, step: int | None) -> None:
        """Mark the step that the other panels show; the curves stay as they are drawn."""
        if self._view is None or step == self._view.looking:
            return
        self._view = replace(self._view, looking=step)
        if self.isVisible():
            self._write_notes(self._view)
        else:
            self._stale = True

    def show_detail(self, detail: Detail) -> None:
        """Draw every step where they were asked for."""
        self._details.set_detail(detail)
        self._redraw()

    def set_palette(self, palette: Palette) -> None:
        """Draw everything in these colours, and in the type size now in force."""
        self.plots.setBackground(palette.ground)
        for plot in self._plots.values():
            plot.set_palette(palette)
        self._head.refit()
        self.updateGeometry()
        super().set_palette(palette)

    @Slot(bool)
    def set_log_loss(self, log: bool) -> None:
        """Whether the loss axis is logarithmic."""
        if log != self.loss_plot.log:
            self.loss_plot.set_log(log)
            self.log_button.setChecked(log)
            self._redraw()

    @Slot(bool)
    def set_by_time(self, by_time: bool) -> None:
        """Whether curves are drawn over seconds of training; all of them are shown then."""
        if by_time == self._by_time:
            return
        self._by_time = by_time
        self.time_button.setChecked(by_time)
        for plot in self._plots.values():
            plot.plot.getAxis("bottom").show_by_time(by_time)
        self.show_all()

    @Slot(bool)
    def set_generalisation(self, shown: bool) -> None:
        """Whether generalisation curves are drawn."""
        self.beyond_button.setChecked(shown)
        if self._view is not None:
            self.show_view(self._view)

    @Slot()
    def show_all(self) -> None:
        """Show all of training again, and follow it from now on."""
        self._set_follow(True)
        self._fit_axis()
        self._redraw()

    def _set_follow(self, follow: bool) -> None:
        """Whether the axis follows training; a zoom has a button that ends it."""
        self._follow = follow
        self.all_button.setVisible(not follow)

    # -- drawing ------------------------------------------------------------------------

    def _draw(self, view: CurvesView) -> None:
        self._head.name(view.task)
        self.setToolTip("\n".join([TOOL_TIP, *_losses_in_units(view)]))
        for measure in self._plots:
            self._curves[measure] = curves_of(view, measure, self._scale, self._details)
        self._fit_axis()  # before drawing: curves are thinned for what is in view
        for measure, plot in self._plots.items():
            plot.draw(self._curves[measure], self._palette)
        self._fit_loss(view)
        self._write_notes(view)
        self._look_closer(moved=False)

    def _write_notes(self, view: CurvesView) -> None:
        until, scale = self.loss_plot.box.viewRange()[0][1], self._scale
        for measure, plot in self._plots.items():
            curves = self._curves[measure]
            plot.set_notes(notes_of(view, measure, curves, scale, until, self._palette))

    @property
    def _scale(self) -> TrainingAxisScale:
        """From steps to the axis."""
        if self._view is None:
            return TrainingAxisScale()
        return TrainingAxisScale(self._by_time, self._view.clock)

    def _fit_axis(self) -> None:
        """Let the training axis grow in steps."""
        ends = [c.x[-1] for c in self._curves["loss"] if c.kind != "generalisation"]
        last = self._scale.end(float(max(ends, default=0.0)))
        if self._follow and self.loss_plot.box.viewRange()[0] != [0.0, last]:
            self.loss_plot.box.setXRange(0.0, last, padding=0)

    def _fit_loss(self, view: CurvesView) -> None:
        curves = self._curves["loss"]
        measured = [curve for curve in curves if curve.kind != "generalisation"]
        ends = loss_range(
            [curve.values for curve in measured if not curve.diverged],
            [curve.values for curve in measured if curve.diverged],
            [curve.values for curve in curves if curve.kind == "generalisation"],
            [level.value for level in loss_levels(view.task)],
            self.loss_plot.log,
        )
        self.loss_plot.set_y_range(ends.low, ends.high)

    # -- zooming and clicking -----------------------------------------------------------

    def _zoomed(self, *_: object) -> None:
        self._set_follow(False)
        if self._view is not None and self.isVisible():
            self._write_notes(self._view)
        self._look_closer(moved=True)

    def _look_closer(self, moved: bool) -> None:
        """Ask for every step in view where bins are too coarse for it."""
        if self._view is None or self._view.bin == 1:
            return
        scale, (low, high) = self._scale, self.loss_plot.box.viewRange()[0]
        shown = float(scale.step(low)), float(scale.step(high))
        self._details.look(self._view, shown, round(self.loss_plot.box.width()), moved)

    def _click(self, at: QPointF) -> None:
        """Report the trained step nearest to a click; at: in pixels of the plots."""
        steps = [curve.steps for curve in self._view.curves.values()] if self._view else []
        last = max((int(each[-1]) for each in steps if len(each)), default=0)
        spot = self.plots.mapToScene(at.toPoint())
        for plot in self._plots.values():
            if last and plot.box.sceneBoundingRect().contains(spot):
                step = self._scale.step(plot.box.mapSceneToView(spot).x())
                self.step_clicked.emit(min(max(step, 0), last))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Home shows all steps; every other key is left to the window."""
        if event.key() == Qt.Key.Key_Home:
            self.show_all()
        else:
            super().keyPressEvent(event)

    # -- in words -----------------------------------------------------------------------

    def _in_words(self, view: CurvesView) -> str:
        if not any(len(curve.steps) for curve in view.curves.values()):
            return "No step has been trained yet."
        levels = (level for level in loss_levels(view.task) if not level.criterion)
        baselines = "; ".join(level.labels[0] for level in levels)
        said = [*(_in_words(view, key) for key in view.curves), f"Baselines: {baselines}."]
        if view.drawn_overlays:
            named = "; ".join(overlay.label for overlay in view.drawn_overlays)
            said.append(f"Other runs: {named}.")
        if view.remark:
            said.append(f"{view.remark}.")
        return " ".join(said)


def _losses_in_units(view: CurvesView) -> Iterator[str]:
    """Every contestant's latest loss with its units; nothing where it has none."""
    for curve in view.curves.values():
        loss = float(curve.bands["loss"].smooth[-1]) if len(curve.steps) else None
        if loss is not None and view.task.in_units(loss):
            yield f"{curve.title}: loss {told_loss(view.task, loss)}."


def _in_words(view: CurvesView, key: str) -> str:
    """How far one contestant is."""
    curve = view.curves[key]
    if not len(curve.steps):
        return f"{curve.title}: no steps yet."
    loss, accuracy = (float(curve.bands[name].smooth[-1]) for name in ("loss", "accuracy"))
    share = accuracy_name(view.task)
    parts = [
        f"{curve.title}: step {curve.steps[-1]:,.0f}",
        f"loss {told_loss(view.task, loss)}",
        f"{share} {percent(accuracy)}",
    ]
    if curve.generalisation and view.generalisation:
        step, loss, accuracy = curve.generalisation[-1]
        beyond = view.task.split_title(view.task.generalisation or "")
        where = f"{beyond} at step {step:,}"
        parts.append(f"{where} loss {told_loss(view.task, loss)}, {share} {percent(accuracy)}")
    if curve.solved_at is not None:
        parts.append(f"solved at step {curve.solved_at:,}")
    if curve.diverged_at is not None:
        parts.append(f"diverged at step {curve.diverged_at:,}")
    return ", ".join(parts) + "."
