"""A snapshot of what is on screen, and the figures for print that can be drawn from it.

matplotlib is imported when the first figure is drawn; `figure_of` may be called on any thread.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sandbox.engine.cells import called
from sandbox.export.figures.run_curves import RunCurves, curves_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from sandbox.experiment import Experiment
    from sandbox.export.figures.curve_lines import By
    from sandbox.export.figures.paper import Figure
    from sandbox.gui.panels.shared.views import CurvesView
    from sandbox.run.messages import Frame
    from sandbox.store.base import RunRecord

CURVES, GRADIENT, SENTENCE = "curves", "gradient", "sentence"
GATES = "gates:"  # before a net's key
COLUMN_MM, PAGE_MM = 85, 170


@dataclass(frozen=True)
class FigureSource:
    """What is on screen when figures are asked for.

    frame: the latest one, None before there is any.  example: which of its sequences is shown.
    log, relative, layers: as the window's switches stand; layers by key, 1 being the bottom one.
    clock: (m, 2), (step, seconds of training until then), or None.  read: reads the whole run
    from the store if the curves on screen are bins of several steps; None if they are whole.
    """

    run: str
    experiment: Experiment
    curves: CurvesView
    frame: Frame | None = None
    example: int = 0
    log: bool = False
    relative: bool = False
    layers: Mapping[str, int] = field(default_factory=dict)
    clock: NDArray[Any] | None = None
    read: Callable[[], RunRecord | None] | None = None

    @cached_property
    def run_curves(self) -> RunCurves:
        """The curves of the whole run; the first time they may be read from the store."""
        record, view = self.read() if self.read is not None else None, self.curves
        if record is not None:
            curves = curves_of(record)
        else:
            shown = tuple(view.curves.values())
            curves = RunCurves(
                self.run, self.experiment, view.task, shown, view.changes, self.clock
            )
        series = curves.series
        if not view.generalisation:  # switched off on screen
            series = tuple(replace(one, generalisation=()) for one in series)
        return replace(curves, series=series)

    @property
    def names(self) -> dict[str, str]:
        """The available figures: names and the titles shown on screen."""
        names = {CURVES: "Curves"}
        if self.frame is None:
            return names
        for key, trace in self.frame.traces.items():
            names[f"{GATES}{key}"] = f"Gates and states of {called(key, trace.cell)}"
        return {**names, GRADIENT: "Gradient through time", SENTENCE: "Sentence and answers"}


@dataclass(frozen=True)
class Wanted:
    """Which figure of a source, and how.  width_mm: None for the width that suits it."""

    name: str
    width_mm: int | None = None
    by: By = "step"
    log: bool = False
    titled: bool = True


def figure_of(source: FigureSource, wanted: Wanted) -> Figure:
    """Draw a figure; it may have to read the run from the store.

    ExperimentError or RunError if the source has no such figure, OSError if the store fails.
    """
    from sandbox.export.figures.curves_figure import curves_figure
    from sandbox.export.figures.gates_figure import gates_figure
    from sandbox.export.figures.gradient_figure import gradient_figure
    from sandbox.export.figures.probe import Probe
    from sandbox.export.figures.sentence_figure import sentence_figure

    narrow, titled = wanted.width_mm or COLUMN_MM, wanted.titled
    if wanted.name == CURVES or source.frame is None:
        wide = wanted.width_mm or PAGE_MM
        curves, by, log = source.run_curves, wanted.by, wanted.log
        return curves_figure(curves, by, log, width_mm=wide, titled=titled)
    frame = source.frame
    probe = Probe(
        task=source.curves.task,
        sequences=frame.probe,
        index=min(source.example, len(frame.probe) - 1),
        run=frame.run,
        step=frame.step,
        experiment=source.experiment,
        traces=frame.traces,
        layers=source.layers,
    )
    if wanted.name == GRADIENT:
        return gradient_figure(probe, source.relative, narrow, titled)
    if wanted.name == SENTENCE:
        return sentence_figure(probe, narrow, titled)
    return gates_figure(probe, wanted.name.removeprefix(GATES), narrow, titled)
