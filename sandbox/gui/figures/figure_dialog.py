"""Figures for print: a dialog with a preview, and a small menu for every panel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QCheckBox, QFormLayout, QHBoxLayout, QLabel, QMenu, QWidget

from sandbox.gui.figures.figure_source import (
    COLUMN_MM,
    CURVES,
    PAGE_MM,
    PRINT_SCALE,
    SENTENCE,
    Wanted,
)
from sandbox.gui.look.typeface import fit
from sandbox.gui.widgets.controls import QuietComboBox
from sandbox.gui.widgets.dialogs import Dialog
from sandbox.gui.widgets.parts import fill, named

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtGui import QImage, QResizeEvent

    from sandbox.export.figures.paper import Figure
    from sandbox.gui.figures.figure_source import FigureSource, FigureWork

    Source = Callable[[], FigureSource]

WIDE, HIGH = 560, 460  # of the preview, at a type size of 100%
INCH_MM = 25.4
DOTS = 144  # per inch, at a scale of 1


class FigureDialog(Dialog):
    """Choices of figure, width and format, with a preview, Save… and Copy.

    It draws what is on screen when it is opened, until Update asks `latest` again.
    """

    def __init__(
        self, latest: Source, work: FigureWork, name: str = CURVES, parent: QWidget | None = None
    ) -> None:
        super().__init__("Figure for print", parent)
        self.setObjectName("figure_dialog")
        self._latest, self._source, self._work = latest, latest(), work
        self.figure: Figure | None = None
        self._drawn = QSize()  # of the preview that was asked for
        self._build()
        self._lay_out()
        self.which.setCurrentIndex(max(self.which.findData(name), 0))
        self._suit()
        self.which.activated.connect(self._suit)
        for box in (self.which, self.width_box, self.by):
            box.activated.connect(self._draw)
        for check in (self.log, self.titled):
            check.clicked.connect(self._draw)
        self.finished.connect(work.drop_preview)

    def _build(self) -> None:
        widths = {COLUMN_MM: f"One column, {COLUMN_MM} mm", PAGE_MM: f"Page, {PAGE_MM} mm"}
        axes = {"step": "Training steps"}
        if self._source.clock is not None:
            axes["seconds"] = "Seconds of training"
        formats: dict[str | int, str] = {
            ".svg": "SVG: lines and text",
            ".pdf": "PDF: lines and text",
            **{n: f"PNG {n}×: {n * DOTS} dots per inch" for n in range(1, 5)},
        }
        tip = "Vector graphics (lines and text), or pixels."
        self.which = _box("figure_which", "Figure", "The figure to draw.", self._source.names)
        self.width_box = _box("figure_width", "Width", "The width on paper.", widths)
        self.by = _box("figure_by", "X axis", "The horizontal axis of the curves.", axes)
        self.format = _box("figure_format", "Format", tip, formats)
        tip, log = "Draw the loss on a logarithmic axis.", self._source.log
        self.log = _check("figure_log", "Logarithmic loss", tip, log)
        tip = "Write task, run and experiment above the figure. In a paper, the caption has them."
        self.titled = _check("figure_titled", "Title", tip, checked=True)
        self.preview = QLabel()
        self.preview.setObjectName("figure_preview")
        fit(self.preview, width=WIDE, height=HIGH)
        self.preview.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.preview.setWordWrap(True)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for box in (self.which, self.width_box, self.format, self.by):
            form.addRow(box.accessibleName(), box)
        form.addRow("", self.log)
        form.addRow("", self.titled)
        self.column.addLayout(fill(QHBoxLayout(), form, self.preview, spacing=24))
        self.save_button = self.add_button("Save…", "Save the figure to a file.", self.save)
        self.copy_button = self.add_button(
            "Copy", "Copy the figure to the clipboard, as pixels and as SVG.", self.copy
        )
        tip = "Draw what is on screen now: training may have gone on."
        self.add_button("Update", tip, self._update)
        self.finish()

    def _suit(self) -> None:
        """Choose the width that suits the figure, and offer only choices that apply to it."""
        curves = self.which.currentData() == CURVES
        wide = curves or self.which.currentData() == SENTENCE
        self.width_box.setCurrentIndex(self.width_box.findData(PAGE_MM if wide else COLUMN_MM))
        self.by.setEnabled(curves)
        self.log.setEnabled(curves)

    @property
    def wanted(self) -> Wanted:
        """The figure that is chosen."""
        return Wanted(
            name=self.which.currentData(),
            width_mm=self.width_box.currentData(),
            by=self.by.currentData(),
            log=self.log.isChecked(),
            titled=self.titled.isChecked(),
        )

    def _update(self) -> None:
        """Draw what is on screen now."""
        self._source = self._latest()
        self._draw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw the preview at its first size, and at that of another type size."""
        super().resizeEvent(event)
        if self._drawn != self.preview.size():
            self._draw()

    def _draw(self) -> None:
        """Ask for the chosen figure's preview."""
        self.figure, self._drawn = None, self.preview.size()
        self._tell("Drawing …")
        dots = self.preview.width() / self.width_box.currentData() * INCH_MM
        self._work.preview(
            self._source, self.wanted, dots * self.devicePixelRatioF(), self._show, self._tell
        )

    def _tell(self, words: str) -> None:
        """Show words in place of the preview."""
        self.preview.setText(words)
        self.preview.setAccessibleName(words)

    def _show(self, drawn: tuple[Figure, QImage]) -> None:
        self.figure, image = drawn
        ratio = self.preview.devicePixelRatioF()
        room = self.preview.size() * ratio
        if image.width() > room.width() or image.height() > room.height():
            keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode
            image = image.scaled(room, keep, smooth.SmoothTransformation)
        image.setDevicePixelRatio(ratio)
        self.preview.setPixmap(QPixmap.fromImage(image))
        self.preview.setAccessibleName(f"Preview: {self.figure.title}")

    def save(self) -> None:
        """Choose a file, then write it."""
        chosen = self.format.currentData()
        ending = ".png" if isinstance(chosen, int) else chosen
        self._work.ask_where(self, self._source, self.wanted, ending, self._scale)

    def copy(self) -> None:
        """Put the figure on the clipboard."""
        self.copy_button.setText("Copying …")
        told = self.copy_button.setText
        self._work.copy(self._source, self.wanted, self._scale, lambda: told("Copied"))

    @property
    def _scale(self) -> int:
        chosen = self.format.currentData()
        return chosen if isinstance(chosen, int) else PRINT_SCALE


class FigureMenu(QMenu):
    """Copy, save and show one figure of a panel; it deletes itself once it is closed.

    source: asked when something is chosen, so that it is what is on screen then.  name: as in
    `FigureSource.names`.
    """

    def __init__(
        self, window: QWidget, source: Source, work: FigureWork, name: str = CURVES
    ) -> None:
        super().__init__(window)
        self.setObjectName("figure_menu")
        self.setToolTipsVisible(True)
        self._window, self._source, self._work, self._name = window, source, work, name
        choose = "Choose the figure, its width and its format."
        for words, tip, act in (
            ("&Copy figure", "Copy it to the clipboard, in print colours.", self.copy),
            ("&Save figure…", "Save it as SVG, PDF or PNG, in print colours.", self.save),
            ("Figure for &print…", choose, self.show_dialog),
        ):
            action = self.addAction(words)
            action.setToolTip(tip)
            action.triggered.connect(act)
        self.aboutToHide.connect(self.deleteLater)  # after what was chosen has been done

    def copy(self) -> None:
        """Put the figure on the clipboard."""
        source = self._source()
        self._work.copy(source, Wanted(self._name, log=source.log))

    def save(self) -> None:
        """Choose a file, then write it."""
        source = self._source()
        wanted = Wanted(self._name, log=source.log)
        self._work.ask_where(self._window, source, wanted, ".svg", PRINT_SCALE)

    def show_dialog(self) -> None:
        """All choices, with a preview."""
        FigureDialog(self._source, self._work, self._name, self._window).open()


def _box(name: str, label: str, tip: str, items: Mapping[Any, str]) -> QuietComboBox:
    box = named(QuietComboBox(), label, tip)
    box.setObjectName(name)
    for data, words in items.items():
        box.addItem(words, data)
    return box


def _check(name: str, label: str, tip: str, checked: bool) -> QCheckBox:
    check = named(QCheckBox(label), label, tip)
    check.setChecked(checked)
    check.setObjectName(name)
    return check
