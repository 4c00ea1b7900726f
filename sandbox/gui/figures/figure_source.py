"""A snapshot of what is on screen, and the figures for print drawn, copied and saved from it.

matplotlib is imported when the first figure is drawn; `figure_of` may be called on any thread.
"""

from __future__ import annotations

import errno
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog

from sandbox.cells.known import called
from sandbox.drawing.errors_shown import TITLE
from sandbox.export.figures.run_curves import RunCurves, curves_of
from sandbox.gui.session.background import Background, sentence
from sandbox.gui.widgets.dialogs import Sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray
    from PySide6.QtWidgets import QWidget

    from sandbox.drawing.errors_shown import ErrorsShown
    from sandbox.experiment import Experiment
    from sandbox.export.figures.curve_lines import By
    from sandbox.export.figures.paper import Figure
    from sandbox.export.figures.probe import Probe
    from sandbox.gui.panels.shared.views import CurvesView
    from sandbox.run.messages import Frame
    from sandbox.store.base import RunRecord

CURVES, GRADIENT, SENTENCE, ERRORS = "curves", "gradient", "sentence", "errors"
GATES = "gates:"  # before a net's key
COLUMN_MM, PAGE_MM = 85, 170
ENDINGS = {".svg": "Vector graphics", ".pdf": "PDF", ".png": "Pixels"}
PRINT_SCALE = 2  # 288 dots per inch


@dataclass(frozen=True)
class Further:
    """A figure of a view beside Watch.  draw: of a sequence, so wide, with a title or without."""

    title: str
    draw: Callable[[Probe, int, bool], Figure]


@dataclass(frozen=True)
class FigureSource:
    """What is on screen when figures are asked for.

    frame: the latest one, None before there is any.  example: which of its sequences is shown.
    log, relative, layers: as the window's switches stand; layers by key, 1 being the bottom one.
    clock: (m, 2), (step, seconds of training until then), or None.  read: reads the whole run
    from the store if the curves on screen are bins of several steps; None if they are whole.
    errors: by steps ahead, where they are measured.  further: those of other views, by name.
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
    errors: ErrorsShown | None = None
    further: Mapping[str, Further] = field(default_factory=dict)

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
        if self.errors is not None:
            names[ERRORS] = TITLE
        if self.frame is None:
            return names
        for key, trace in self.frame.traces.items():
            names[f"{GATES}{key}"] = f"Gates and states of {called(key, trace.cell)}"
        names |= {GRADIENT: "Gradient through time", SENTENCE: "Sentence and answers"}
        return {**names, **{name: each.title for name, each in self.further.items()}}


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
    from sandbox.export.figures.errors_figure import errors_figure
    from sandbox.export.figures.gates_figure import gates_figure
    from sandbox.export.figures.gradient_figure import gradient_figure
    from sandbox.export.figures.probe import Probe
    from sandbox.export.figures.sentence_figure import sentence_figure

    narrow, titled = wanted.width_mm or COLUMN_MM, wanted.titled
    if wanted.name == ERRORS and source.errors is not None:
        about = source.run, source.experiment, source.curves.task
        return errors_figure(source.errors, *about, narrow, titled)
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
    if wanted.name in source.further:
        return source.further[wanted.name].draw(probe, narrow, titled)
    return gates_figure(probe, wanted.name.removeprefix(GATES), narrow, titled)


# -- drawing, copying and saving --------------------------------------------------------


class FigureWork(QObject):
    """One thread for all figures of a window.

    Reading and drawing a long run takes a while; the window stays usable and may be closed
    meanwhile.  said: what is being done, in a few words.  done: what has been done.
    """

    said = Signal(str)
    done = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._background = Background("figures", self)

    def close(self) -> None:
        """Drop what is under way, without waiting for it."""
        self._background.close(wait=False)

    def preview(
        self,
        source: FigureSource,
        wanted: Wanted,
        dots: float,
        then: Callable[[tuple[Figure, QImage]], None],
        refused: Callable[[str], None],
    ) -> None:
        """Draw a figure and pass it on with its pixels; a later preview replaces it."""

        def draw() -> tuple[Figure, QImage]:
            figure = figure_of(source, wanted)
            return figure, QImage.fromData(figure.pixels(dots))

        self._background.ask(draw, then, lambda error: refused(sentence(error)), kind="preview")

    def drop_preview(self) -> None:
        """Drop the preview that is being drawn."""
        self._background.forget("preview")

    def copy(
        self,
        source: FigureSource,
        wanted: Wanted,
        scale: int = PRINT_SCALE,
        then: Callable[[], None] | None = None,
    ) -> None:
        """Put a figure on the clipboard, as pixels and as SVG; a program takes what it can use."""

        def draw() -> tuple[QImage, bytes, bytes]:
            figure = figure_of(source, wanted)
            png = figure.png(scale)
            return QImage.fromData(png), png, figure.svg()

        def take(drawn: tuple[QImage, bytes, bytes]) -> None:
            mime = QMimeData()
            mime.setImageData(drawn[0])
            mime.setData("image/png", drawn[1])
            mime.setData("image/svg+xml", drawn[2])
            QGuiApplication.clipboard().setMimeData(mime)
            self.done.emit("figure copied")
            if then is not None:
                then()

        self.said.emit("drawing the figure …")
        title = "The figure was not drawn"
        self._background.ask(draw, take, lambda error: self._refuse(title, sentence(error)))

    def ask_where(
        self, window: QWidget, source: FigureSource, wanted: Wanted, ending: str, scale: int
    ) -> None:
        """Choose a file, then write the figure to it, without blocking the event loop."""
        everything = " ".join(f"*{each}" for each in ENDINGS)
        filters = [f"Figures ({everything})", *(f"{n} (*{e})" for e, n in ENDINGS.items())]
        plain = "".join(c if c.isalnum() else "-" for c in wanted.name)
        name = f"{source.experiment.task}-{plain}{ending}"
        dialog = QFileDialog(window, "Save figure", name, ";;".join(filters))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(ending.removeprefix("."))
        dialog.fileSelected.connect(lambda path: self.save(source, wanted, Path(path), scale))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def save(
        self, source: FigureSource, wanted: Wanted, path: Path, scale: int = PRINT_SCALE
    ) -> None:
        """Write a figure in the format of the file's ending, whole or not at all."""
        from sandbox.store.atomic import write_bytes

        ending = path.suffix.lower()
        if ending not in ENDINGS:
            known = ", ".join(ENDINGS)
            self._refuse("The figure was not saved", f"{path.name}: end the name in {known}.")
            return

        def write() -> None:
            figure = figure_of(source, wanted)
            made = {".svg": figure.svg, ".pdf": figure.pdf}.get(ending)
            write_bytes(path, made() if made is not None else figure.png(scale))

        def refuse(error: Exception) -> None:
            words = unwritable(path, error) if isinstance(error, OSError) else sentence(error)
            self._refuse("The figure was not saved", words)

        self.said.emit(f"saving {path.name} …")
        self._background.ask(write, lambda _: self.done.emit(f"saved to {path}"), refuse)

    def _refuse(self, title: str, words: str) -> None:
        self.said.emit("")
        Sentence(title, words, self._window).open()


def unwritable(path: Path, error: OSError) -> str:
    """What to tell a person whose file cannot be written."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    mend = "Free some disk space, or choose another folder" if full else "Choose another folder"
    return f"{path} cannot be written: {error.strerror or error}. {mend}."
