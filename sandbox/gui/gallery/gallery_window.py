"""The gallery: every claim with its source, what was measured here, and a figure of it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication, QImage, QPixmap
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from sandbox.claims.presets import presets
from sandbox.gui.gallery.measured import Measured, measured
from sandbox.gui.look.typeface import SMALL_PX, fit, px
from sandbox.gui.session.background import Background, sentence
from sandbox.gui.widgets.dialogs import Dialog
from sandbox.gui.widgets.dock import Scrolled
from sandbox.gui.widgets.parts import fill, label, paragraph, push_button

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent

    from sandbox.claims.pictures import Picture
    from sandbox.claims.presets import Preset
    from sandbox.drawing.styles import Palette

WIDE, HIGH, LIST_PX, ROW_PX = 940, 620, 264, 44
PARTS = {  # fields of a preset, and their headings
    "says": "What the source says",
    "watch": "What to watch for",
    "protocol": "How it is measured",
    "passes_when": "It passes when",
}
VERDICTS: Mapping[bool | None, str] = {True: "passes", False: "fails", None: "no verdict"}
SIGNS: Mapping[bool | None, str] = {True: "✓ ", False: "✗ ", None: ""}
UNREADABLE = "The report of measurements cannot be read. Run `reproduce` to write a new one."
NOTHING = "Nothing has been measured yet. Run the command below to measure it."
HIGH_PX, LEAST_PX = 190, 320  # of the plot; of the picture's width
PRINTED_PT = 7.0  # the picture's small type on paper


class GalleryWindow(Dialog):
    """The claims on the left, the chosen one on the right; Enter opens it in the window."""

    opened = Signal(object)  # Preset

    def __init__(self, parent: QWidget | None, palette: Palette) -> None:
        super().__init__("Gallery of claims", parent)
        self.setObjectName("gallery")
        self.presets = presets()
        self._measured: Mapping[str, Measured] = {}
        self._otherwise = NOTHING
        try:
            self._measured = measured()
        except (OSError, ValueError):
            logging.getLogger(__name__).exception("the report of claims cannot be read")
            self._otherwise = UNREADABLE
        self.list = QListWidget()
        self.page = Page(palette)
        self._fill()
        self._lay_out()
        self.list.currentRowChanged.connect(self._show)
        self.list.itemDoubleClicked.connect(self.open_chosen)
        self.finished.connect(self.page.picture.close_work)
        self.list.setCurrentRow(0)
        self.list.setFocus()

    def open_chosen(self) -> None:
        """Show the chosen claim's experiment, and close this window."""
        self.opened.emit(self.chosen)
        self.close()

    @property
    def chosen(self) -> Preset:
        """The claim on the right."""
        return self.presets[max(self.list.currentRow(), 0)]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the claim whatever has the focus."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_chosen()
        else:
            super().keyPressEvent(event)

    def _show(self, row: int) -> None:
        preset = self.presets[row]
        self.page.show_preset(preset, self._measured.get(preset.name), self._otherwise)
        self._area.verticalScrollBar().setValue(0)

    def _fill(self) -> None:
        self.list.setAccessibleName("Claims")
        self.list.setToolTip("Up and Down choose a claim, Enter opens it.")
        fit(self.list, width=LIST_PX)
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for preset in self.presets:
            found = self._measured.get(preset.name)
            sign = SIGNS[found.passed] if found is not None else ""
            item = QListWidgetItem(f"{preset.number}  {sign}{preset.title}")
            item.setSizeHint(QSize(px(LIST_PX - 20), px(ROW_PX)))
            item.setToolTip(preset.title)
            self.list.addItem(item)

    def _lay_out(self) -> None:
        self._area = Scrolled(self.page)
        row = fill(QHBoxLayout(), self.list, self._area, spacing=16, wide=self._area)
        words = "Published claims about recurrent nets. Open one and train it."
        self.column.addWidget(paragraph(words, "quiet"))
        self.column.addLayout(row, 1)
        tip = "Show this claim's nets, untrained, in the window. Undo brings back what was there."
        self.open_button = self.add_button("Open", tip, self.open_chosen)
        self.open_button.setDefault(True)
        self.finish()
        self.resize(WIDE, HIGH)


class Page(QWidget):
    """One claim."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self.setObjectName("column")
        self.picture = ClaimPicture(palette)
        self._palette = palette
        self._title, self._source = paragraph("", "large"), paragraph("", "quiet")
        self._parts = {name: paragraph("") for name in PARTS}
        self._verdict, self._rows = paragraph(""), QGridLayout()
        self.command = CommandLine()
        self._lay_out()

    def show_preset(self, preset: Preset, found: Measured | None, otherwise: str) -> None:
        """Show this claim, and what was measured or why nothing was."""
        self.picture.show_picture(None if found is None else found.picture)
        self._title.setText(preset.title)
        self._source.setText(preset.source)
        for name, part in self._parts.items():
            part.setText(getattr(preset, name))
        self.command.show_claim(preset.name)
        self._show_measured(found, otherwise)

    def _show_measured(self, found: Measured | None, otherwise: str) -> None:
        while (item := self._rows.takeAt(0)) and (old := item.widget()):
            old.hide()
            old.deleteLater()
        if found is None:
            self._verdict.setText(otherwise)
            self._verdict.setStyleSheet("")
            return
        colors = {True: self._palette.right, False: self._palette.wrong, None: self._palette.text}
        sign, verdict = SIGNS[found.passed], VERDICTS[found.passed]
        self._verdict.setStyleSheet(f"color: {colors[found.passed]};")
        self._verdict.setText(f"{sign}{verdict}, measured {found.date}")
        heads = ("", "source", "here (95% interval)", "required", "")
        cells = [heads] + [
            (row.name, row.paper, row.ours, row.asks, SIGNS[row.met].strip()) for row in found.rows
        ]
        for line, texts in enumerate(cells):
            for place, text in enumerate(texts):
                cell = paragraph(text, "caption" if line == 0 else "text")
                cell.setWordWrap(place in (0, 3))
                self._rows.addWidget(cell, line, place)
                cell.show()
        for line, words in enumerate(found.notes, len(cells)):
            note = paragraph(words, "quiet")
            self._rows.addWidget(note, line, 0, 1, len(heads))
            note.show()

    def _lay_out(self) -> None:
        head = (self._title, self._source, self.picture)
        layout = fill(QVBoxLayout(self), *head, spacing=4, margins=(0, 0, 16, 0))
        for name, heading in PARTS.items():
            self._add(layout, heading, self._parts[name])
        self._add(layout, "What was measured here", self._verdict)
        self._rows.setHorizontalSpacing(16)
        self._rows.setColumnStretch(0, 1)
        self._rows.setColumnStretch(3, 1)
        layout.addLayout(self._rows)
        self._add(layout, "Measure it again, with error bars", self.command)
        layout.addStretch(1)

    def _add(self, layout: QVBoxLayout, heading: str, widget: QWidget) -> None:
        fill(layout, 8, label(heading, "heading"), widget, margins=(0, 0, 16, 0))


class CommandLine(QWidget):
    """A line for a terminal, and a button that copies it."""

    def __init__(self) -> None:
        super().__init__()
        self.line = paragraph("")
        self.line.setWordWrap(False)
        self.line.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.line.setAccessibleName("Command")
        tip = "Copy the command, to run in a terminal in the program's folder."
        self.button = push_button("Copy", tip)
        self.button.clicked.connect(self.copy)
        fill(QHBoxLayout(self), self.line, self.button, None)

    def show_claim(self, name: str) -> None:
        """The command for this claim."""
        self.line.setText(f"python3 main.py reproduce {name}")
        self.button.setText("Copy")

    def copy(self) -> None:
        """Put it on the clipboard."""
        QGuiApplication.clipboard().setText(self.line.text())
        self.button.setText("Copied")


class ClaimPicture(QLabel):
    """The report's picture, as wide as there is room; empty if nothing was measured."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self.setAccessibleName("What was measured")
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._palette = palette
        self._picture: Picture | None = None
        self._background = Background("claims", self)

    def show_picture(self, picture: Picture | None) -> None:
        """Draw this one."""
        self._picture = picture
        self.setVisible(picture is not None)
        if picture is not None:
            self.setText("Drawing …")
            self.setFixedHeight(px(HIGH_PX))
            self.setAccessibleDescription(_in_words(picture))
            self.setToolTip(_in_words(picture))
            self._draw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw it at its new width."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._draw()

    def close_work(self) -> None:
        """Drop what is being drawn, without waiting for it."""
        self._background.close(wait=False)

    def _draw(self) -> None:
        picture, palette, ratio = self._picture, self._palette, self.devicePixelRatioF()
        if picture is None or not self.isVisible():
            return
        dots = px(SMALL_PX) * 72 / PRINTED_PT
        width, height = max(self.width(), LEAST_PX) / dots * 25.4, px(HIGH_PX) / dots * 72

        def draw() -> QImage:
            from sandbox.claims.drawing import bare_figure

            figure = bare_figure(picture, width, height, palette)
            return QImage.fromData(figure.pixels(dots * ratio))

        self._background.ask(draw, self._show, lambda error: self.setText(sentence(error)), "one")

    def _show(self, image: QImage) -> None:
        image.setDevicePixelRatio(self.devicePixelRatioF())
        self.setPixmap(QPixmap.fromImage(image))
        self.setFixedHeight(round(image.height() / self.devicePixelRatioF()))

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what was asked for while hidden."""
        super().showEvent(event)
        self._draw()


def _in_words(picture: Picture) -> str:
    """What the picture shows, for a screen reader."""
    if picture.rows:
        return f"{len(picture.rows)} rows with their intervals: {picture.axis}."
    names = ", ".join(curve.name.replace("_", " ") for curve in picture.curves)
    return f"Curves of {names}: {picture.axis}, by {picture.across}."
