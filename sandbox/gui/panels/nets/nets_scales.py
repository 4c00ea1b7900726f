"""What the columns of nets show: one layer of each net, its gradient, and the scales of both."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from sandbox.cells.known import cell_named
from sandbox.drawing.ranges import (
    CELL_STATE,
    MOST_DECADES,
    PatientRange,
    cell_limit,
    decades,
    floor_label,
    gradient_norms,
    limit_of,
)
from sandbox.engine.trace import layer_count, of_layer
from sandbox.gui.panels.nets.column_words import Said
from sandbox.gui.panels.nets.gradient_history import GradientHistory, GradientRows
from sandbox.insight.gradient_flow import flow_of
from sandbox.tasks.base import Role
from sandbox.tasks.shown import unit_of_length

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from numpy.typing import NDArray

    from sandbox.cells.cell import Picture
    from sandbox.drawing.styles import LineStyle, Palette
    from sandbox.engine.trace import Trace
    from sandbox.gui.panels.shared.views import NetHead, NetsView
    from sandbox.tasks.shown import ShownSequence

FEWEST_ROWS = 4


@dataclass(frozen=True)
class GradientCurve:
    """‖dL/dh_t‖ of one contestant, (T,)."""

    key: str
    title: str
    style: LineStyle
    norms: NDArray[np.float64]
    sequence: ShownSequence

    @cached_property
    def way_back(self) -> tuple[str, ...]:
        """How it changes from the question back to the cue, in words, the longest first."""
        sequence = self.sequence
        cues = np.flatnonzero(sequence.roles == Role.CUE)
        cue = int(cues[0]) if len(cues) and cues[0] < sequence.asked_at else None
        per = unit_of_length(sequence.task).removesuffix("s")
        flow = flow_of(self.norms[: sequence.asked_at + 1], cue)
        return tuple(filter(None, (flow.words(per), flow.brief(per))))


@dataclass(frozen=True)
class ColumnContent:
    """All that one contestant's column draws.

    curves: every contestant's gradient; decades: the exponents at the ends of their axis.
    rows: how many rows of heatmaps all columns have room for.  limits: of the colours of
    unbounded heatmaps.  layer: which of its layers is shown, 1 being the bottom one.  untouched:
    the trace without what is held in the net; None where nothing is held.  history: of its
    gradient over training, in place of the curves; None for the curves.  said: what stands above
    every contestant's heatmaps.  folded: whether equations take no room from them.
    """

    key: str
    head: NetHead
    sequence: ShownSequence
    trace: Trace | None
    waiting: str
    curves: tuple[GradientCurve, ...]
    relative: bool
    decades: tuple[int, int]
    limits: Mapping[str, float]
    rows: int
    palette: Palette
    layer: int = 1
    layers: int = 1
    untouched: Trace | None = None
    history: GradientRows | None = None
    said: Mapping[str, Said] = field(default_factory=dict)
    folded: bool = False

    @property
    def untouched_norms(self) -> NDArray[np.float64] | None:
        """The gradient without what is held, (T,); None where nothing is held."""
        if self.untouched is None:
            return None
        return gradient_norms(self.untouched, self.sequence, self.relative)

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """The heatmaps of its cell, from top to bottom."""
        return cell_named(self.head.cell).pictures

    def values(self, name: str) -> NDArray[np.float32]:
        """A heatmap's values for the shown sequence, without padding, (T, H)."""
        assert self.trace is not None
        return self.trace.arrays[name][: self.sequence.length, self.sequence.index]

    @property
    def floor(self) -> str:
        """The label of the gradient's axis under its lowest decade."""
        return floor_label((curve.norms for curve in self.curves), self.decades[0])

    @property
    def units(self) -> int:
        """H, or 0 before the first frame."""
        return 0 if self.trace is None else int(self.trace.arrays["hidden"].shape[2])


def shown_traces(
    view: NetsView, chosen: Mapping[str, int] = MappingProxyType({})
) -> dict[str, Trace]:
    """The traces of the shown sequence, by contestant; none before the first frame.

    chosen: the layer to look at, by contestant, where it is not the top one.  A frame of
    another probe (shorter, or with fewer sequences) is not drawn.
    """
    if view.frame is None:
        return {}
    steps, index = view.sequence.length, view.sequence.index
    return {
        key: of_layer(trace, chosen.get(key, layer_count(trace)))
        for key, trace in view.frame.traces.items()
        if key in view.heads and len(trace.answers) >= steps and index < trace.answers.shape[1]
    }


def gradient_curves(
    view: NetsView,
    traces: Mapping[str, Trace],
    relative: bool,
    chosen: Mapping[str, int] = MappingProxyType({}),
) -> tuple[GradientCurve, ...]:
    """Every contestant's gradient over time; relative: divided by its value at the question.

    chosen: the layers that the traces are of, where they are not the top ones.
    """
    curves = []
    for key, trace in traces.items():
        head, norms = view.heads[key], gradient_norms(trace, view.sequence, relative)
        title = f"{head.title} layer {chosen[key]}" if key in chosen else head.title
        curves.append(GradientCurve(key, title, head.style, norms, view.sequence))
    return tuple(curves)


class NetsScales:
    """Resolves views; keeps the scales, which adapt slowly, and the layers asked for.

    layers: the lower layers that are shown, by contestant; 1 is the bottom one.  comments: on
    pictures, by contestant.  folded: whether equations take no room from heatmaps.
    """

    def __init__(self) -> None:
        self.comments: Mapping[str, str] = {}
        self.folded = False
        self.traces: Mapping[str, Trace] = {}
        self.curves: tuple[GradientCurve, ...] = ()
        self.layers: dict[str, int] = {}
        self.relative, self._run = False, ""
        self.over_training, self._history = False, GradientHistory()
        self._view: NetsView | None = None
        self._chosen: dict[str, int] = {}  # layers asked for, which not every net has
        self._reset()

    def _reset(self) -> None:
        self._cells = PatientRange(1.0, 1.0)
        self._limits: dict[tuple[str, str], PatientRange] = {}
        self._decades = PatientRange(-4, 0, MOST_DECADES)

    def set_view(self, view: NetsView) -> None:
        """Resolve this view from now on; the scales stay."""
        self._view = view
        chosen = self._chosen.items()
        self.layers = {key: layer for key, layer in chosen if layer < self.layer_count(key)}
        self.traces = shown_traces(view, self.layers)
        self.curves = gradient_curves(view, self.traces, self.relative, self.layers)

    def adapt(self) -> None:
        """Fit the scales to what is shown; start again for another run."""
        view = self._view
        if view is None or view.frame is None:
            return
        if view.frame.run != self._run:
            self._run = view.frame.run
            self._reset()
        cells = []
        for key, trace in self.traces.items():
            for name in (
                each.name for each in cell_named(trace.cell).pictures if each.kind == "cell"
            ):
                values = trace.arrays[name][: view.sequence.length, view.sequence.index]
                if name == CELL_STATE and name in cell_named(trace.cell).squashed:
                    cells.append(values)
                else:
                    own = self._limits.setdefault((key, name), PatientRange(1.0, 1.0))
                    own.update(1.0, limit_of([values]))
        self._cells.update(1.0, cell_limit(cells))
        sizes = {curve.key: curve.norms for curve in self.curves}
        if not view.untouched:
            self._history.note(self._place, view.frame.step, sizes)
        needed = decades(curve.norms for curve in self.curves)
        if needed is not None:
            self._decades.update(*needed)

    @property
    def _place(self) -> Hashable:
        """What a history of gradients is of."""
        view = self._view
        assert view is not None
        run = view.frame.run if view.frame is not None else ""
        layers = tuple(sorted(self.layers.items()))
        return run, view.sequence.sequences, view.sequence.index, layers, self.relative

    def _history_of(self, key: str) -> GradientRows | None:
        if not self.over_training or key not in self.traces:
            return None
        return self._history.of(self._place, key)

    @property
    def decades(self) -> tuple[int, int]:
        """Exponents at the ends of the gradient's axis."""
        return int(self._decades.low), int(self._decades.high)

    def limits_of(self, key: str) -> dict[str, float]:
        """The colour limits of a contestant's unbounded heatmaps; those of LSTMs' cells are one."""
        own = {name: each.high for (whose, name), each in self._limits.items() if whose == key}
        return {CELL_STATE: self._cells.high, **own}

    def set_relative(self, relative: bool) -> None:
        """Whether the gradient is divided by its value at the question."""
        self.relative = relative
        self._decades = PatientRange(-4, 0, MOST_DECADES)

    def choose_layer(self, key: str, layer: int) -> None:
        """Show this layer of a contestant if it has it; 1 is the bottom one."""
        self._chosen[key] = layer
        self._reset()

    def layer_count(self, key: str) -> int:
        """How many layers the frame has of a contestant; 1 before there is one."""
        frame = self._view.frame if self._view is not None else None
        return layer_count(frame.traces[key]) if frame is not None and key in frame.traces else 1

    def content_of(self, key: str, palette: Palette) -> ColumnContent:
        """One contestant's column."""
        view = self._view
        assert view is not None
        most = max(len(cell_named(head.cell).pictures) for head in view.heads.values())
        return ColumnContent(
            key=key,
            head=view.heads[key],
            sequence=view.sequence,
            trace=self.traces.get(key),
            waiting=view.waiting,
            curves=self.curves,
            relative=self.relative,
            decades=self.decades,
            limits=self.limits_of(key),
            rows=max(most, FEWEST_ROWS),
            palette=palette,
            layer=self.layers.get(key, self.layer_count(key)),
            layers=self.layer_count(key),
            untouched=self._untouched(key),
            history=self._history_of(key),
            said={
                each: Said(head.cell, self.comments.get(each, ""))
                for each, head in view.heads.items()
            },
            folded=self.folded,
        )

    def _untouched(self, key: str) -> Trace | None:
        view = self._view
        if view is None or key not in view.untouched or key not in self.traces:
            return None
        return of_layer(view.untouched[key], self.layers.get(key, self.layer_count(key)))
