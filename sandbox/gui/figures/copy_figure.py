"""Pictures of what is on screen, for print: drawn, copied to the clipboard, written to a file."""

from __future__ import annotations

import errno
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from sandbox.engine.cells import called
from sandbox.export.figures.curves import curves_figure
from sandbox.export.figures.gates import gates_figure
from sandbox.export.figures.gradient import gradient_figure
from sandbox.export.figures.probe import Probe
from sandbox.export.figures.record import RunCurves, Series, curves_of
from sandbox.export.figures.sentence import sentence_figure
from sandbox.gui.widgets.dialogs import Sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray
    from PySide6.QtWidgets import QWidget

    from sandbox.experiment import Experiment
    from sandbox.export.figures.figure import Figure
    from sandbox.export.figures.lines import By
    from sandbox.gui.panels.shared.views import CurvesView
    from sandbox.run.messages import Frame
    from sandbox.store.base import RunRecord

CURVES, GRADIENT, SENTENCE = "curves", "gradient", "sentence"
GATES = "gates:"  # before a contestant's key
FILTER = "Pictures (*.svg *.png);;Vector graphics (*.svg);;Pixels (*.png)"
PRINT_SCALE = 2  # 288 dots an inch


@dataclass(frozen=True)
class FigureSource:
    """What is on screen, as far as figures need it; a store has no part in it.

    frame: of the latest pictures, None before there are any.  example: which of its sequences
    is shown.  log, relative, layers: as the window's switches stand; layers by contestant's key,
    1 being the bottom one.  clock: (m, 2), (step, seconds of training until then), where known.
    record: the whole run, where the curves on screen are bins of several steps.
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
    record: RunRecord | None = None


@dataclass(frozen=True)
class Wanted:
    """Which figure of a source, and how.  width_mm: None is what suits it."""

    name: str
    width_mm: int | None = None
    by: By = "step"
    log: bool = False
    titled: bool = True


def names_of(source: FigureSource) -> dict[str, str]:
    """The figures that a source has: name -> words."""
    names = {CURVES: "Curves"}
    if source.frame is None:
        return names
    for key, trace in source.frame.traces.items():
        names[f"{GATES}{key}"] = f"Gates and states of {called(key, trace.cell)}"
    return {**names, GRADIENT: "Gradient through time", SENTENCE: "Sentence and answers"}


def figure_of(source: FigureSource, wanted: Wanted) -> Figure:
    """The figure; ExperimentError where the source has none of that name."""
    narrow = wanted.width_mm or 85
    if wanted.name == CURVES or source.frame is None:
        log, wide = wanted.log, wanted.width_mm or 170
        curves = curves_of(source.record) if source.record else _curves(source)
        if not source.curves.generalisation:
            curves = replace(curves, series=tuple(map(_trained_on, curves.series)))
        return curves_figure(curves, wanted.by, log, width_mm=wide, titled=wanted.titled)
    probe = _probe(source, source.frame)
    if wanted.name == GRADIENT:
        return gradient_figure(probe, source.relative, narrow, wanted.titled)
    if wanted.name == SENTENCE:
        return sentence_figure(probe, narrow, wanted.titled)
    return gates_figure(probe, wanted.name.removeprefix(GATES), narrow, wanted.titled)


def _probe(source: FigureSource, frame: Frame) -> Probe:
    return Probe(
        run=frame.run,
        step=frame.step,
        experiment=source.experiment,
        task=source.curves.task,
        sequences=frame.probe,
        index=min(source.example, len(frame.probe) - 1),
        traces=frame.traces,
        layers=source.layers,
    )


def _curves(source: FigureSource) -> RunCurves:
    cells = {each.name: each.cell for each in source.experiment.contestants}
    series = tuple(
        Series(
            key,
            cells.get(key.partition("#")[0], ""),
            curve.steps,
            curve.loss,
            curve.accuracy,
            curve.grad_norm,
            curve.evaluations,
            curve.solved_at,
            curve.diverged_at,
            curve.generalisation,
        )
        for key, curve in source.curves.curves.items()
    )
    view = source.curves
    return RunCurves(source.run, source.experiment, view.task, series, view.changes, source.clock)


def _trained_on(one: Series) -> Series:
    """Without the curve of generalisation, as on screen where it is switched off."""
    return replace(one, generalisation=())


def copy(figure: Figure, scale: int = PRINT_SCALE) -> None:
    """The figure on the clipboard, as pixels and as SVG: each program takes what it can."""
    mime = QMimeData()
    mime.setImageData(figure.image(scale))
    mime.setData("image/png", figure.png(scale))
    mime.setData("image/svg+xml", figure.svg())
    QGuiApplication.clipboard().setMimeData(mime)


class FigureFile(QObject):
    """Writes a figure to the file that a person chose, by its ending."""

    def __init__(
        self,
        dialog: QFileDialog,
        window: QWidget,
        figure: Figure,
        scale: int,
        said: Callable[[str], object] | None,
    ) -> None:
        super().__init__(dialog)
        self._window, self._figure, self._scale, self._said = window, figure, scale, said

    def write(self, path: str) -> None:
        """Write the figure, whole or not at all; one sentence where that cannot be."""
        from sandbox.store.atomic import write_bytes

        ending = Path(path).suffix.lower()
        if ending not in (".svg", ".png"):
            self._refuse(f"{Path(path).name}: choose a name that ends in .svg or .png.")
            return
        data = self._figure.svg() if ending == ".svg" else self._figure.png(self._scale)
        try:
            write_bytes(Path(path), data)
        except OSError as error:
            self._refuse(unwritable(path, error))
        else:
            if self._said is not None:
                self._said(f"saved to {path}")

    def _refuse(self, sentence: str) -> None:
        Sentence("The picture was not saved", sentence, self._window).open()


def ask_where(
    window: QWidget,
    figure: Figure,
    name: str,
    scale: int = PRINT_SCALE,
    said: Callable[[str], object] | None = None,
) -> None:
    """Choose a file, then write the figure to it; the event loop goes on.  name: suggested."""
    dialog = QFileDialog(window, "Save picture", name, FILTER)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(Path(name).suffix.removeprefix("."))
    dialog.fileSelected.connect(FigureFile(dialog, window, figure, scale, said).write)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def file_name(source: FigureSource, name: str, ending: str) -> str:
    """What a figure's file is called at first: "recall-curves.svg"."""
    plain = "".join(c if c.isalnum() else "-" for c in name)
    return f"{source.experiment.task}-{plain}.{ending}"


def unwritable(path: str, error: OSError) -> str:
    """One sentence about a file that cannot be written."""
    mend = "Make room, or choose another folder"
    mend = mend if error.errno in (errno.ENOSPC, errno.EDQUOT) else "Choose another folder"
    return f"{path} cannot be written: {error.strerror or error}. {mend}."
