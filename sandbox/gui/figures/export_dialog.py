"""Figures for print: a dialog with a preview, and a small menu for every panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QCheckBox, QFormLayout, QHBoxLayout, QLabel, QMenu, QWidget

from sandbox.export.figures.figure import SCALES
from sandbox.gui.figures.copy_figure import (
    CURVES,
    SENTENCE,
    FigureSource,
    Wanted,
    ask_where,
    copy,
    figure_of,
    file_name,
    names_of,
)
from sandbox.gui.widgets.controls import QuietComboBox
from sandbox.gui.widgets.dialogs import Dialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.export.figures.figure import Figure

    Source = Callable[[], FigureSource]
    Said = Callable[[str], object]

PREVIEW = QSize(560, 460)
DOTS = {1: 144, 2: 288, 3: 432, 4: 576}
WIDTHS = {"One column, 85 mm": 85, "Page, 170 mm": 170}


class FigureDialog(Dialog):
    """Which figure, how wide, as what; a preview of it; Save… and Copy.

    It draws `source` as it was when the dialog was opened.  said: is told what was done.
    """

    def __init__(
        self,
        source: FigureSource,
        name: str = CURVES,
        parent: QWidget | None = None,
        said: Said | None = None,
    ) -> None:
        super().__init__("Picture for print", parent)
        self.setObjectName("figure_dialog")
        self._source, self._said = source, said
        self._names = names_of(source)
        self._figure: Figure | None = None
        self._build()
        self.which.setCurrentIndex(max(self.which.findData(name), 0))
        self._suit()
        self._connect()
        self._draw()

    @property
    def figure(self) -> Figure:
        """The figure that the preview shows."""
        assert self._figure is not None
        return self._figure

    def _build(self) -> None:
        self.which = _box("figure_which", "Figure", "Which figure is drawn.", self._names)
        self.width_box = _box("figure_width", "Width", "Its width on paper.", {})
        for words, width in WIDTHS.items():
            self.width_box.addItem(words, width)
        self.by = _box("figure_by", "Over", "What runs along the curves' axis.", {})
        self.by.addItem("Training steps", "step")
        if self._source.clock is not None:
            self.by.addItem("Seconds of training", "seconds")
        self.format = _box("figure_format", "Format", "Lines and text, or pixels.", {})
        self.format.addItem("SVG: lines and text", 0)
        for scale in SCALES:
            self.format.addItem(f"PNG {scale}×: {DOTS[scale]} dots an inch", scale)
        self.log = _check("figure_log", "Logarithmic loss", "Draw the loss on a logarithmic axis.")
        self.log.setChecked(self._source.log)
        tip = "Write task, run and experiment over the figure; a paper says them in its caption."
        self.titled = _check("figure_titled", "Title", tip)
        self.titled.setChecked(True)
        self.preview = QLabel()
        self.preview.setObjectName("figure_preview")
        self.preview.setFixedSize(PREVIEW)
        self.preview.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._lay_out()

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for box in (self.which, self.width_box, self.format, self.by):
            form.addRow(box.accessibleName(), box)
        form.addRow("", self.log)
        form.addRow("", self.titled)
        row = QHBoxLayout()
        row.setSpacing(24)
        row.addLayout(form)
        row.addWidget(self.preview, 1)
        self.column.addLayout(row)
        self.save_button = self.add_button("Save…", "Save the picture to a file.", self.save)
        self.copy_button = self.add_button(
            "Copy", "Copy the picture to the clipboard, as pixels and as SVG.", self.copy
        )
        self.finish()

    def _connect(self) -> None:
        self.which.activated.connect(self._suit)
        for box in (self.which, self.width_box, self.by):
            box.activated.connect(self._draw)
        for check in (self.log, self.titled):
            check.clicked.connect(self._draw)

    def _suit(self) -> None:
        """The width that suits the figure, and only the choices that it has."""
        curves = self.which.currentData() == CURVES
        wide = curves or self.which.currentData() == SENTENCE
        self.width_box.setCurrentIndex(self.width_box.findData(170 if wide else 85))
        self.by.setEnabled(curves)
        self.log.setEnabled(curves)

    def _draw(self) -> None:
        wanted = Wanted(
            name=self.which.currentData(),
            width_mm=self.width_box.currentData(),
            by=self.by.currentData(),
            log=self.log.isChecked(),
            titled=self.titled.isChecked(),
        )
        self._figure = figure_of(self._source, wanted)
        ratio = self.preview.devicePixelRatioF()
        drawn = QPixmap.fromImage(self._figure.image(1 if ratio <= 1 else 2)).scaled(
            PREVIEW * ratio,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        drawn.setDevicePixelRatio(ratio)
        self.preview.setPixmap(drawn)
        self.preview.setAccessibleName(f"Preview: {self._figure.title}")

    @property
    def scale(self) -> int:
        """Of the pixels, where they are asked for; else what suits print."""
        return int(self.format.currentData() or 2)

    def save(self) -> None:
        """Choose a file, then write it."""
        ending = "png" if self.format.currentData() else "svg"
        name = file_name(self._source, self.which.currentData(), ending)
        ask_where(self, self.figure, name, self.scale, self._said)

    def copy(self) -> None:
        """Put the picture on the clipboard."""
        copy(self.figure, self.scale)
        self.copy_button.setText("Copied")
        if self._said is not None:
            self._said("picture copied")


class FigureMenu(QMenu):
    """Copy, save and show one figure of what `source` says is on screen when it is asked."""

    def __init__(self, window: QWidget, source: Source, name: str, said: Said | None) -> None:
        super().__init__(window)
        self.setObjectName("figure_menu")
        self.setToolTipsVisible(True)
        self._window, self._source, self._name, self._said = window, source, name, said
        for words, tip, act in (
            ("&Copy picture", "Copy it to the clipboard, in print colours.", self.copy),
            ("&Save picture…", "Save it as SVG or PNG, in print colours.", self.save),
            ("&Picture for print…", "Choose figure, width and format.", self.show_dialog),
        ):
            action = self.addAction(words)
            action.setToolTip(tip)
            action.triggered.connect(act)
        self.aboutToHide.connect(self.deleteLater)  # after what was chosen has been done

    def copy(self) -> None:
        """The figure on the clipboard."""
        copy(self._drawn(self._source()))
        if self._said is not None:
            self._said("picture copied")

    def save(self) -> None:
        """Choose a file, then write it."""
        source = self._source()
        name = file_name(source, self._name, "svg")
        ask_where(self._window, self._drawn(source), name, said=self._said)

    def show_dialog(self) -> None:
        """All choices, with a preview."""
        FigureDialog(self._source(), self._name, self._window, self._said).open()

    def _drawn(self, source: FigureSource) -> Figure:
        return figure_of(source, Wanted(self._name, log=source.log))


def figure_menu(
    window: QWidget, source: Source, name: str = CURVES, said: Said | None = None
) -> QMenu:
    """A menu for a panel: copy its figure, save it, or see all choices; shown with `popup`.

    source: is asked when something is chosen, so that it is what is on screen then.  name: as in
    `copy_figure.names_of`.  said: is told what was done.  It deletes itself once it is closed.
    """
    return FigureMenu(window, source, name, said)


def _box(name: str, label: str, tip: str, items: dict[str, str]) -> QuietComboBox:
    box = QuietComboBox()
    box.setObjectName(name)
    box.setAccessibleName(label)
    box.setToolTip(tip)
    for data, words in items.items():
        box.addItem(words, data)
    return box


def _check(name: str, label: str, tip: str) -> QCheckBox:
    check = QCheckBox(label)
    check.setObjectName(name)
    check.setToolTip(tip)
    return check
