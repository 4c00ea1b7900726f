"""What the columns show of a view: one layer of each net, its curve, and the scales of both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.drawing.layers import layer_count
from sandbox.engine.cells import CELLS
from sandbox.gui.panels.nets.adaptive_ranges import DecadeRange, Limits
from sandbox.gui.panels.nets.content import (
    ColumnContent,
    GradientCurve,
    gradient_curves,
    row_count,
    shown_traces,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.drawing.styles import Palette
    from sandbox.engine.trace import Trace
    from sandbox.gui.panels.shared.views import NetsView


class Shown:
    """Resolves views; keeps the scales, which adapt slowly, and the layers that were asked for."""

    def __init__(self) -> None:
        self.traces: Mapping[str, Trace] = {}
        self.curves: tuple[GradientCurve, ...] = ()
        self.limits, self.decades = Limits(), DecadeRange()
        self.relative, self._run = False, ""
        self._view: NetsView | None = None
        self._chosen: dict[str, int] = {}  # layers that were asked for, by contestant
        self._lower: dict[str, int] = {}  # those of them that are there and not the top one

    def clear(self) -> None:
        """Nothing is shown."""
        self._view, self.traces, self.curves = None, {}, ()

    def take(self, view: NetsView) -> None:
        """This view's traces and curves from now on; the scales stay."""
        self._view = view
        self._lower = {
            key: layer for key, layer in self._chosen.items() if layer < self.layers_of(key)
        }
        self.traces = shown_traces(view, self._lower)
        self.curves = gradient_curves(view, self.traces, self.relative, self._lower)

    def adapt(self, view: NetsView) -> None:
        """Bring the scales nearer to what is shown; anew for another run."""
        run = view.frame.run if view.frame is not None else ""
        if run and run != self._run:
            self._run = run
            self.limits, self.decades = Limits(), DecadeRange()
        length, index = view.sequence.length, view.sequence.index
        self.limits.update(
            (key, picture.name, trace.arrays[picture.name][:length, index])
            for key, trace in self.traces.items()
            for picture in CELLS[trace.cell].pictures
            if picture.kind == "cell"
        )
        self.decades.update(curve.norms for curve in self.curves)

    def set_relative(self, relative: bool) -> None:
        """Whether the gradient is divided by its value at the question."""
        self.relative, self.decades = relative, DecadeRange()

    def choose_layer(self, key: str, layer: int) -> None:
        """Show this layer of a contestant where it has it; 1 is the bottom one."""
        self._chosen[key] = layer
        self.limits, self.decades = Limits(), DecadeRange()

    @property
    def layers(self) -> dict[str, int]:
        """Lower layers that are shown, by contestant; 1 is the bottom one."""
        return dict(self._lower)

    def layers_of(self, key: str) -> int:
        """How many layers the frame has of a contestant; 1 before there is one."""
        frame = self._view.frame if self._view is not None else None
        return layer_count(frame.traces[key]) if frame is not None and key in frame.traces else 1

    def content_of(self, view: NetsView, key: str, palette: Palette) -> ColumnContent:
        """One contestant's column."""
        return ColumnContent(
            key=key,
            head=view.heads[key],
            sequence=view.sequence,
            trace=self.traces.get(key),
            waiting=view.waiting,
            curves=self.curves,
            relative=self.relative,
            decades=(self.decades.low, self.decades.high),
            limits=self.limits.of(key),
            rows=row_count(view),
            palette=palette,
            layer=self._lower.get(key, self.layers_of(key)),
            layers=self.layers_of(key),
        )
