"""What one column of the nets panel draws: values resolved from the view, nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sandbox.drawing.layers import layer_count, of_layer
from sandbox.engine.cells import CELLS, Picture
from sandbox.tasks.base import Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from sandbox.drawing.styles import LineStyle, Palette
    from sandbox.engine.trace import Trace
    from sandbox.gui.panels.shared.views import NetHead, NetsView, SequenceView

FEWEST_ROWS = 4


@dataclass(frozen=True)
class GradientCurve:
    """‖dL/dh_t‖ of one contestant, (T,)."""

    key: str
    title: str
    style: LineStyle
    norms: NDArray[np.float64]


@dataclass(frozen=True)
class ColumnContent:
    """One contestant's column.

    rows: how many rows of pictures all columns have room for.  limits: of the colours of
    pictures without bounds.  layer: which of its layers is shown, 1 being the bottom one.
    """

    key: str
    head: NetHead
    sequence: SequenceView
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

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """The pictures of its cell, from top to bottom."""
        return CELLS[self.head.cell].pictures

    def values(self, name: str) -> NDArray[np.float32]:
        """One picture's values of the shown sequence without padding, (T, H)."""
        assert self.trace is not None
        return self.trace.arrays[name][: self.sequence.length, self.sequence.index]

    @property
    def floor(self) -> str:
        """What the axis says under its lowest decade: "0", "less", or nothing where none is."""
        low = 10.0 ** self.decades[0] * (1 - 1e-6)
        below = [curve.norms[curve.norms < low] for curve in self.curves]
        if not any(len(norms) for norms in below):
            return ""
        return "less" if any(norms.any() for norms in below) else "0"

    @property
    def units(self) -> int:
        """H, or 0 before the first frame."""
        return 0 if self.trace is None else int(self.trace.arrays["hidden"].shape[2])


def shown_traces(view: NetsView, chosen: Mapping[str, int] | None = None) -> dict[str, Trace]:
    """The traces that belong to the shown sequence; none before the first frame.

    chosen: the layer to look at, by contestant, where it is not the top one.

    A frame of another probe (shorter, or with fewer sequences) is not drawn.
    """
    if view.frame is None:
        return {}
    steps, index = view.sequence.length, view.sequence.index
    return {
        key: of_layer(trace, (chosen or {}).get(key, layer_count(trace)))
        for key, trace in view.frame.traces.items()
        if key in view.heads and len(trace.answers) >= steps and index < trace.answers.shape[1]
    }


def gradient_curves(
    view: NetsView,
    traces: Mapping[str, Trace],
    relative: bool,
    chosen: Mapping[str, int] | None = None,
) -> tuple[GradientCurve, ...]:
    """Every contestant's gradient over time; relative: divided by its value at the query.

    chosen: the layers that the traces are of, where they are not the top ones.
    """
    sequence, curves = view.sequence, []
    for key, trace in traces.items():
        gradient = trace.arrays["grad_hidden"][: sequence.length, sequence.index]
        with np.errstate(all="ignore"):
            norms = np.linalg.norm(gradient.astype(np.float64), axis=1)
            at_question = norms[sequence.asked_at]
            if relative and at_question:
                norms = norms / at_question
        title, layer = view.heads[key].title, (chosen or {}).get(key)
        called = f"{title} layer {layer}" if layer else title
        curves.append(GradientCurve(key, called, view.heads[key].style, norms))
    return tuple(curves)


def row_count(view: NetsView) -> int:
    """Rows of pictures that every column is given room for."""
    most = max((len(CELLS[head.cell].pictures) for head in view.heads.values()), default=0)
    return max(most, FEWEST_ROWS)


def marked_steps(sequence: SequenceView) -> tuple[int, ...]:
    """Cue and query steps: always drawn, always labelled."""
    return tuple(np.flatnonzero(np.isin(sequence.roles, (Role.CUE, Role.QUERY))).tolist())
