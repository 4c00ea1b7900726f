"""Draws figures off the window's thread, and takes them to the clipboard or to a file."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog

from sandbox.gui.figures.figure_source import figure_of
from sandbox.gui.session.background import Background, sentence
from sandbox.gui.widgets.dialogs import Sentence

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from sandbox.export.figures.paper import Figure
    from sandbox.gui.figures.figure_source import FigureSource, Wanted

ENDINGS = {".svg": "Vector graphics", ".pdf": "PDF", ".png": "Pixels"}
PRINT_SCALE = 2  # 288 dots per inch
NOT_DRAWN = "The figure was not drawn"


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
        self._background.ask(draw, take, lambda error: self._refuse(NOT_DRAWN, sentence(error)))

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
